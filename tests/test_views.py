"""Domain values become what a page shows: pure functions, no HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from conftest import PERSONA_YAML, RUBRIC_YAML
from hypothesis import given, strategies as st

from sim.persona import Persona, Temperament, parse_persona
from sim.practice import Debrief, HistoryRow, Session, Spoken, Timeline
from sim.review import Override, Review
from sim.rubric import Rubric, parse_rubric
from sim.scorecard import TOO_LITTLE, Advice, CriterionScore, Evidence, Scorecard
from sim.transcript import LedgerEntry, Outcome, Prep, ThankYou, TraceEntry, Transcript, Turn
from web.views.charts import NARROW, meeting_chart, movements
from web.views.contacts import QUESTION_LINES, contact_card, dossier, hard_parts, home_page, prep_page
from web.views.debrief import DebriefPage, debrief_page, gap_words, ledger, opening, rounded, telling
from web.views.highlights import Mark, find, pieces, place_link
from web.views.meeting import clock, cue_line, meeting_page
from web.views.progress import error_page, progress_page, self_rating_page, to_you
from web.views.words import count, initials_of, minutes, topic_words

ADA = parse_persona(PERSONA_YAML)
SMALL = parse_rubric(RUBRIC_YAML)


def session(**more: Any) -> Session:
    given: dict[str, Any] = {
        "id": "s1",
        "persona": ADA,
        "rubric": SMALL,
        "agreed_minutes": 20.0,
        "difficulty": "realistic",
        "clock": "simulated",
        "seed": 1,
        "stage": "meeting",
    }
    return Session(**(given | more))


def entry(turn: int, minute: float, patience: float, rapport: float, **more: Any) -> TraceEntry:
    return TraceEntry(
        **({"turn": turn, "minute": minute, "patience": patience, "rapport": rapport, "intent": "answer", "cue": "none"} | more)
    )


# -- evidence over text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("Could you put in a word?", "put in a word", "put in a word"),
        ("Could you\nput  in a word?", "you put in", "you\nput  in"),
        ("one two", "one\r\ntwo", "one two"),
        ("Could you?", "could you", None),
        ("a.b", "a+b", None),
        ("anything", "   ", None),
    ],
)
def test_a_quote_is_found_whatever_its_blanks_and_only_then(text: str, quote: str, found: str | None) -> None:
    place = find(text, quote)
    assert (text[slice(*place)] if place else None) == found


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["helps", "hurts"])), max_size=5))
def test_pieces_joined_are_the_text(text: str, quotes: list[tuple[str, str]]) -> None:
    cut = pieces(text, [Mark(quote, effect, "why") for quote, effect in quotes])
    assert "".join(p.text for p in cut) == text


def test_words_that_helped_and_hurt_are_shown_as_hurting_with_both_reasons() -> None:
    cut = pieces("Are you hiring now?", [Mark("you hiring", "helps", "asked"), Mark("hiring now", "hurts", "pushed")])
    assert [(p.text, p.effect, p.why) for p in cut] == [
        ("Are ", "", ""),
        ("you ", "helps", "asked"),
        ("hiring", "hurts", "asked; pushed"),
        (" now", "hurts", "pushed"),
        ("?", "", ""),
    ]


@pytest.mark.parametrize(
    ("where", "link"),
    [("turn:7", "#turn-7"), ("prep", "#prep"), ("thank_you", "#thank-you"), ("clock", ""), ("turn:x", ""), ("javascript:", "")],
)
def test_evidence_is_linked_to_its_place_and_to_nowhere_else(where: str, link: str) -> None:
    assert place_link(where) == link


# -- words -----------------------------------------------------------------------------------------------------------------


def test_minutes_counts_initials_and_topics_read_as_people_write_them() -> None:
    assert (minutes(1.2), minutes(19.6), count(1, "turn", "turns"), count(0, "turn", "turns")) == (
        "1 minute",
        "20 minutes",
        "1 turn",
        "0 turns",
    )
    assert [initials_of(n) for n in ("Dr. Gwen van Tarkowski", "Madonna", "7 of 9", "!!")] == ["GT", "M", "O", "?"]
    assert topic_words("daily_work") == "a typical day or week"
    assert topic_words("night_desk") == "night desk"


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did the learner treat the time as a promise?", "Did you treat the time as a promise?"),
        ("Was the learner courteous, and did they listen?", "Were you courteous, and did you listen?"),
        ("Had the learner done their homework?", "Had you done your homework?"),
        ("Was it good?", "Was it good?"),
    ],
)
def test_a_rubric_asks_the_learner_directly_when_they_rate_themselves(question: str, asked: str) -> None:
    assert to_you(question) == asked


def test_clock_figures_are_rounded_for_reading() -> None:
    assert rounded("12.354 of 20 minutes") == "12.4 of 20 minutes"
    assert rounded("20.04 of 20 minutes") == "20 of 20 minutes"


def test_an_opening_keeps_the_words_and_says_when_there_are_more() -> None:
    assert opening("one two three", 2) == "one two…"
    assert opening("one two", 2) == "one two"


# -- before the meeting ------------------------------------------------------------------------------------------------------


def test_every_temperament_is_told_in_one_to_three_parts() -> None:
    for patience in range(1, 6):
        for warmth in range(1, 6):
            for talk in range(1, 6):
                mind = Temperament(patience=patience, warmth=warmth, talkativeness=talk, job_sensitivity=3)
                assert 1 <= len(hard_parts(mind)) <= 3


def test_a_card_holds_nothing_that_is_to_be_earned(persona: Persona) -> None:
    shown = f"{contact_card(persona)}{dossier(persona)}"
    assert "river moved" not in shown
    assert "Ira Novak" not in shown


def test_the_easiest_contact_comes_first() -> None:
    kind = ADA.model_copy(update={"id": "kind", "temperament": Temperament(patience=5, warmth=5, job_sensitivity=1)})
    hard = ADA.model_copy(update={"id": "hard", "temperament": Temperament(patience=1, warmth=1, job_sensitivity=5)})
    assert [c.id for c in home_page([hard, ADA, kind], []).contacts] == ["kind", "ada", "hard"]


def test_only_the_three_newest_unfinished_sessions_are_offered_to_go_on_with() -> None:
    rows = [row(id=f"s{n}", stage="meeting") for n in range(5)] + [row(id="done", stage="debrief")]
    assert [u.href for u in home_page([ADA], rows).unfinished] == ["/sessions/s0", "/sessions/s1", "/sessions/s2"]


def test_the_prep_sheet_has_room_to_write_and_more_on_request() -> None:
    written = session(stage="brief", prep=Prep(questions=["a?", " ", "b?"]))
    page, longer = prep_page(written), prep_page(written, more=True)
    assert page.lines == ("a?", "b?", *[""] * (QUESTION_LINES - 2))
    assert longer.lines[:2] == ("a?", "b?")
    assert longer.focus == 2
    assert prep_page(session(stage="brief", prep=Prep(questions=["?"] * 9))).lines[-1] == ""


# -- the meeting -------------------------------------------------------------------------------------------------------------


def test_the_clock_tells_the_share_that_is_gone_and_never_more_than_all() -> None:
    assert clock(session(minute=5.0)).share == 25
    assert clock(session(minute=31.0)).share == 100
    assert clock(session(minute=5.0, clock="untimed")).share is None


def test_only_the_wall_clock_ticks_and_only_until_the_end() -> None:
    assert clock(session(clock="wall", minute=2.0, elapsed=3.5)).elapsed_seconds == 210
    assert clock(session(clock="wall", minute=2.0, elapsed=3.5, ended_by="learner")).elapsed_seconds is None
    assert clock(session(minute=2.0)).elapsed_seconds is None


@pytest.mark.parametrize(
    ("cue", "left", "over", "said"),
    [
        ("none", 12.0, False, ""),
        ("soft", 5.4, False, "Ada is watching the time."),
        ("soft", 0.4, False, "The agreed time is almost gone."),
        ("soft", -0.5, False, "The agreed time is up."),
        ("hard", 1.0, False, "Ada has to go. Time to close."),
        ("leaving", 0.0, False, "The meeting is over."),
        ("none", 9.0, True, "The meeting is over."),
    ],
)
def test_a_time_cue_is_told_as_what_it_means_now(cue: Any, left: float, over: bool, said: str) -> None:
    assert cue_line("Ada", cue, left, over) == said


def test_a_turn_without_its_reply_is_shown_as_waiting() -> None:
    turns = (Spoken(0, "contact", "Hello.", 0.0), Spoken(1, "learner", "How?", 0.4, key="k1", answered=False))
    page = meeting_page(session(turns=turns), "k2")
    assert page.waiting is not None
    assert (page.waiting.text, page.waiting.key, page.key) == ("How?", "k1", "k2")
    assert meeting_page(session(turns=turns[:1]), "k2").waiting is None


# -- the debrief -------------------------------------------------------------------------------------------------------------

TURNS = (
    Spoken(0, "contact", "Hello.", 0.0),
    Spoken(1, "learner", "How is the river?", 0.5, key="a"),
    Spoken(2, "contact", "Moving.", 1.0),
    Spoken(3, "learner", "Can you get me a job?", 2.0, key="b"),
    Spoken(4, "contact", "No.", 3.0),
)
TRACE = (entry(0, 0.5, 0.7, 0.3), entry(2, 2.0, 0.7, 0.45, unlocked=["private:challenge"]), entry(4, 4.0, 0.4, 0.35, cue="hard"))


def debriefed(evidence: list[Evidence] | None = None, **more: Any) -> Debrief:
    script = Transcript(
        id="s1",
        persona="ada",
        agreed_minutes=20,
        turns=[Turn(speaker=t.speaker, text=t.text, at=t.at) for t in TURNS],
        prep=Prep(goal="Learn of rivers"),
        thank_you=ThankYou(to_contact="Thank you for the river."),
        ended_at=4.0,
        ended_by="learner",
    )
    mark = CriterionScore(id="listening", score=4, rationale="well", evidence=evidence or [])
    card = Scorecard(transcript="s1", rubric="classic", overall=71.6, graded_by="detectors", criteria=[mark], advice=more.pop("advice", []))
    outcome = Outcome(door="ajar", why="Because.", ledger=[LedgerEntry(item="private:challenge", status="earned", turn=2)])
    found = Debrief(session(stage="debrief", turns=TURNS), ADA, SMALL, script, TRACE, outcome, card)
    return replace(found, **more)


def shown(found: Debrief, before: Debrief | None = None) -> DebriefPage:
    return debrief_page(found, numbers=True, rubrics=[SMALL], before=before)


def test_evidence_is_marked_in_the_turn_it_was_taken_from() -> None:
    item = Evidence(where="turn:3", quote="get me\n a job", effect="hurts", why="asked for work")
    page = shown(debriefed([item, Evidence(where="thank_you", quote="the river", effect="helps")]))
    turn = page.turns[3]
    assert [(p.text, p.effect) for p in turn.pieces] == [("Can you ", ""), ("get me a job", "hurts"), ("?", "")]
    assert [n.text for n in turn.notes] == ["Listening: asked for work"]
    assert page.marks[0].quotes[0].link == "#turn-3"
    note = next(t for t in page.texts if t.id == "thank-you")
    assert [p.text for p in note.pieces if p.effect] == ["the river"]


def test_a_quote_that_is_not_there_marks_nothing_and_the_contacts_words_are_never_marked() -> None:
    page = shown(
        debriefed(
            [
                Evidence(where="turn:1", quote="never said", effect="helps"),
                Evidence(where="turn:2", quote="Moving", effect="helps"),
            ]
        )
    )
    assert [p.effect for t in page.turns for p in t.pieces if p.effect] == []
    assert page.turns[1].notes == ()


def test_quotes_inside_longer_ones_are_left_out_and_what_hurts_comes_first() -> None:
    given = [
        Evidence(where="turn:1", quote="How is the river", effect="helps"),
        Evidence(where="turn:1", quote="the river", effect="helps"),
        Evidence(where="turn:1", quote="river", effect="hurts"),
    ]
    assert [(e.quote, e.effect) for e in telling(given)] == [("river", "hurts"), ("How is the river", "helps")]


def test_a_rationale_that_only_repeats_the_anchor_is_not_shown_twice() -> None:
    mark = shown(debriefed()).marks[0]
    assert (mark.anchor, mark.rationale) == ("well", "")


def test_where_too_little_was_said_the_anchor_gives_way_to_that() -> None:
    """No accusing words of the rubric on somebody who said hello; an instructor's own mark brings the rubric's words back."""
    found = debriefed()
    low = found.scorecard.criteria[0].model_copy(update={"score": 1, "rationale": TOO_LITTLE})
    found = replace(found, scorecard=found.scorecard.model_copy(update={"criteria": [low]}))
    mark = shown(found).marks[0]
    assert (mark.score, mark.anchor, mark.rationale) == (1, TOO_LITTLE, "")
    given = replace(found, review=Review(overrides=(Override("listening", 4, "We spoke outside."),)))
    mark = shown(given).marks[0]
    assert (mark.score, mark.anchor) == (4, "well")


@pytest.mark.parametrize(
    ("own", "mark", "said"),
    [
        (3, 3, "You saw it the same way."),
        (5, 3, "You rated yourself 2 steps higher."),
        (2, 3, "You rated yourself 1 step lower."),
        (None, 3, ""),
        (3, None, ""),
    ],
)
def test_the_learners_own_mark_is_compared_where_both_are_there(own: int | None, mark: int | None, said: str) -> None:
    assert gap_words(own, mark) == said


def test_a_private_thing_is_told_only_where_it_was_earned() -> None:
    status = ("earned", "not_asked", "lost")
    books = [ledger([LedgerEntry(item="private:challenge", status=s, turn=3)], ADA, _turns()) for s in status]
    assert books[0].earned[0].about == "The river moved."
    assert books[1].not_asked[0].about == ""
    assert books[2].lost[0].items[0].about == ""


def _turns() -> list[Turn]:
    return [Turn(speaker=t.speaker, text=t.text) for t in TURNS]


def test_what_one_line_lost_stands_under_that_line() -> None:
    lost = [
        LedgerEntry(item="referral:Ira Novak", status="lost", turn=3),
        LedgerEntry(item="private:challenge", status="lost", turn=3),
    ]
    (loss,) = ledger(lost, ADA, _turns()).lost
    assert (loss.line, loss.link, len(loss.items)) == ("Can you get me a job?", "#turn-3", 2)


def test_at_most_three_things_to_try() -> None:
    many = [Advice(criterion="listening", title=f"t{n}", why="w") for n in range(5)]
    assert [a.title for a in shown(debriefed(advice=many)).advice] == ["t0", "t1", "t2"]


def test_a_fork_shows_both_runs_on_one_scale_and_the_marks_of_both() -> None:
    original = Timeline("s0", TURNS, (*TRACE, entry(6, 12.0, 0.3, 0.3)), "learner")
    fork = debriefed(session=session(id="s1", stage="debrief", turns=TURNS, parent="s0", fork_turn=3), original=original)
    page = shown(fork, before=debriefed())
    first, again = page.pictures
    assert [t.label for t in first.wide.ticks] == [t.label for t in again.wide.ticks]
    assert first.wide.shared_until is not None
    assert (page.marks[0].before, page.overall_before) == (4, 72)
    assert [t.shared for t in page.turns] == [True, True, True, False, False]
    assert first.moments[-1].link.startswith("/sessions/s0/debrief#turn-")


# -- pictures ----------------------------------------------------------------------------------------------------------------


def test_every_point_of_a_picture_lies_within_its_plot() -> None:
    wild = tuple(entry(n * 2, n * 3.0, 1.4 - n, n * 0.5 - 1, cue="soft") for n in range(6))
    chart = meeting_chart(Timeline("s", (), wild, None), 20.0, width=NARROW)
    for dot in (*chart.patience, *chart.rapport):
        assert chart.plot_left <= dot.x <= chart.plot_right
        assert chart.plot_top <= dot.y <= chart.plot_bottom


def test_a_cue_is_marked_where_it_first_came() -> None:
    run = (
        entry(0, 1.0, 1, 0),
        entry(2, 14.0, 1, 0, cue="soft"),
        entry(4, 16.0, 1, 0, cue="soft"),
        entry(6, 19.0, 1, 0, cue="hard"),
    )
    chart = meeting_chart(Timeline("s", (), run, None), 20.0)
    assert [m.kind for m in chart.markers] == ["soft", "hard", "agreed"]
    assert meeting_chart(Timeline("s", (), run, None), 20.0, timed=False).markers[-1].kind == "hard"


def test_the_turns_that_moved_the_contact_are_named_and_small_moves_are_not() -> None:
    assert [(m.turn, m.rise) for m in movements(TRACE)] == [(1, True), (3, False)]
    assert movements((entry(0, 0, 0.5, 0.5), entry(2, 1, 0.5, 0.51))) == ()
    assert movements(()) == ()


def test_a_meeting_without_a_word_still_has_a_picture() -> None:
    chart = meeting_chart(Timeline("s", (), (), None), 20.0)
    assert chart.patience_points == ""
    assert chart.ticks[-1].label == "20"


# -- progress ----------------------------------------------------------------------------------------------------------------


def row(**more: Any) -> HistoryRow:
    given: dict[str, Any] = {
        "id": "s1",
        "persona_id": "ada",
        "persona_name": "Ada Ferro",
        "persona_title": "Head of Bridges",
        "company": "Span & Co",
        "rubric_id": "classic",
        "difficulty": "realistic",
        "stage": "debrief",
        "opened_at": 1_000_000.0,
        "learner_turns": 3,
        "minute": 4.0,
        "agreed_minutes": 20.0,
        "ended_by": "learner",
        "overall": 60.0,
        "marks": {"listening": 3},
        "parent": None,
        "fork_turn": None,
        "assisted": False,
    }
    return HistoryRow(**(given | more))


def rubrics() -> dict[str, Rubric]:
    return {SMALL.id: SMALL}


def test_progress_is_drawn_oldest_first_and_only_within_one_school() -> None:
    rows = [row(overall=80.0), row(overall=10.0, rubric_id="other"), row(overall=60.0, marks={"listening": 2})]
    page = progress_page(rows, rubrics(), numbers=True)
    assert page.wide is not None
    assert [d.short for d in page.wide.dots] == ["60", "80"]
    assert page.summary == "Over 2 debriefed sessions the overall mark went up from 60 to 80."
    assert (page.trends[0].name, page.trends[0].marks) == ("Listening", (2, 3))
    assert len(page.rows) == 3


def test_one_session_has_no_line_and_none_has_no_trends() -> None:
    assert progress_page([row()], rubrics(), numbers=True).wide is None
    empty = progress_page([], rubrics(), numbers=True)
    assert (empty.rows, empty.trends, empty.summary) == ((), (), "")


def test_a_rubric_that_is_gone_still_leaves_readable_names() -> None:
    assert progress_page([row(marks={"time_respect": 3})], {}, numbers=True).trends[0].name == "Time respect"


def test_self_rating_offers_five_marks_with_their_anchors() -> None:
    (asked,) = self_rating_page(session(self_ratings={"listening": 2})).rows
    assert [(n, anchor) for n, _, anchor in asked.anchors] == [
        (1, "never"),
        (2, "hardly"),
        (3, "some"),
        (4, "well"),
        (5, "fully"),
    ]
    assert (asked.question, asked.chosen) == ("Did they listen?", 2)


def test_an_error_page_gives_back_words_and_no_other_fields() -> None:
    page = error_page(503, "The database is away.", [("text", "my words"), ("key", "k1"), ("goal", "  ")], "/sessions/s1")
    assert [(t.label, t.text) for t in page.typed] == [("Your message", "my words")]
    assert page.back_label == "Back to the session"


def test_a_picture_is_told_in_words_without_figures() -> None:
    (picture,) = shown(debriefed()).pictures
    assert picture.summary == "Patience fell from high to fair and rapport rose from low to fair. Ada said it was time to stop at minute 4."
