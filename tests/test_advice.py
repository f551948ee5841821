"""Advice: what would have raised the marks most, in the learner's own situation, in words that fit it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from handmade import ADA, RUBRICS, STEADY, act, embed, meeting, question, they, understand, you

from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Advice
from sim.scoring import material
from sim.scoring.advice import _one, advise
from sim.scoring.fact_kinds import _KINDS, invites_a_question, kind_of
from sim.scoring.facts import fact_line
from sim.scoring.gains import IN_PAIRS, Board
from sim.scoring.material import Material
from sim.scoring.rollup import overall
from sim.scoring.score import score_criterion
from sim.scoring.session import ReadSession
from sim.scoring.wording import follow_up, head, phrases, quoted, refusal, takeaway
from sim.transcript import word_count
from web.rendering import environment
from web.views.highlights import Piece


@pytest.fixture(autouse=True)
def _no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "embed", embed)
    monkeypatch.setattr(material, "understand", understand)


def advice_on(session: ReadSession, rubric: Rubric = STEADY) -> list[Advice]:
    return advise(session, rubric, [score_criterion(session, c) for c in rubric.criteria])


def on(session: ReadSession, criterion: str, rubric: Rubric = STEADY) -> Advice:
    return next(a for a in advice_on(session, rubric) if a.criterion == criterion)


HELLO = they("Hello, this is Ada. We have twenty minutes.")
OPENING = you(
    "Hello Ada, Otto Lindgren sent me. I mend watches and rebuilt a carillon last year. I came to learn how tower clocks "
    "are kept; we have twenty minutes and I will keep to that.",
    act("greeting", "Hello Ada"),
    act("referrer_mention", "Otto Lindgren sent me."),
    act("introduction", "I mend watches and rebuilt a carillon last year."),
    act("achievement", "rebuilt a carillon last year."),
    act("purpose", "I came to learn how tower clocks are kept"),
    act("time_check", "we have twenty minutes and I will keep to that."),
)
GENERIC = you("What does a typical day look like for you?", question("What does a typical day look like for you?"))
DAY = they("I spend half of it on ladders, because nobody carries a tower clock down to the bench. The rest is parish councils.")
BUILT = you(
    "You said parish councils: how do you bring them round in Harrow?",
    act("builds_on_answer", "You said parish councils"),
    question("how do you bring them round in Harrow?", specific=True, topic="stakeholders"),
)
COUNCIL = they(
    "I learned to bring the broken wheel along and put it on the table, because nobody argues with a wheel that lost its teeth. "
    "Before that I brought figures, and figures never moved anybody in a parish hall."
)
FACT = you(
    "I read that Bellfield looks after 212 tower clocks in three counties. Which of them worries you most?",
    act("researched_fact", "I read that Bellfield looks after 212 tower clocks", fact=ADA.dossier.company[0]),
    question("Which of them worries you most?", specific=True, topic="challenge"),
)
WORRY = they("The one at Saint Hugh's, because its winder is eighty and nobody has learned his hands.")
ASKED = you(
    "Who else should I talk to about winding by hand?",
    act("referral_ask", "Who else should I talk to about winding by hand?", confidence=0.99),
)
NAMED = they("You should meet Ines Falk, she casts bells and knows everyone.", offers_name=True)
NEXT = you("Thank you, may I say it comes from you?", act("thanks", "Thank you"), act("next_step", "may I say it comes from you?"))
YES = they("Of course, do.")
CLOSE = you(
    "I see we have two minutes left, so let me close. How would you like me to follow up? Thank you, Ada.",
    act("wrap_up", "I see we have two minutes left, so let me close."),
    act("follow_up_ask", "How would you like me to follow up?"),
    act("thanks", "Thank you, Ada."),
    act("goodbye", "Thank you, Ada."),
)
BYE = they("By letter. Goodbye.")
SECOND_FACT = you(
    "And Harrow Minster in 2023, without stopping the hands: how did you dare? You said figures never moved anybody.",
    act("researched_fact", "Harrow Minster in 2023, without stopping the hands", fact=ADA.dossier.company[1]),
    act("builds_on_answer", "You said figures never moved anybody."),
    question("how did you dare?", specific=True, topic="decisions"),
)
DARED = they("We hung the weights from the roof for six weeks, and I slept in the tower.")
PERFECT = (HELLO, OPENING, DAY, BUILT, COUNCIL, FACT, WORRY, SECOND_FACT, DARED)
MORE = you(
    "You slept in the tower: what did you hear at night?",
    act("builds_on_answer", "You slept in the tower"),
    question("what did you hear at night?", specific=True, topic="project"),
)
HEARD = they("The escapement slipping, one night in ten.")
LAST = you(
    "One night in ten, so it was wear and not dirt?",
    act("builds_on_answer", "One night in ten"),
    question("so it was wear and not dirt?", specific=True, topic="methods"),
)
GOOD_NOTE = you(
    "Dear Ada, thank you for today. I learned to bring the broken wheel along. I will do so on Friday.",
    act("thanks", "thank you for today."),
    act("learned", "I learned to bring the broken wheel along."),
    act("plan", "I will do so on Friday."),
)
FRIEND_NOTE = you("Dear Otto, thank you for sending me to Ada.", act("thanks", "thank you for sending me to Ada."))


def whole(*more: Any, **stages: Any) -> ReadSession:
    """Return the meeting that earns five everywhere."""
    lines = (*PERFECT, MORE, HEARD, LAST, they("Wear, yes."), ASKED, NAMED, NEXT, YES, CLOSE, BYE, *more)
    return meeting(*lines, **{"note": GOOD_NOTE, "friend": FRIEND_NOTE, **stages})


def without(*dropped: Any, **stages: Any) -> ReadSession:
    """Return the same meeting with some turns left out."""
    lines = [x for x in (*PERFECT, MORE, HEARD, LAST, they("Wear, yes."), ASKED, NAMED, NEXT, YES, CLOSE, BYE) if x not in dropped]
    return meeting(*lines, **{"note": GOOD_NOTE, "friend": FRIEND_NOTE, **stages})


# -- how much there is, and in what order ------------------------------------------------------------------------------


def test_an_empty_session_gets_one_piece_of_advice_and_it_says_how_to_begin() -> None:
    """A line to open with, made of the dossier, and nothing else to digest."""
    (only,) = advice_on(meeting(HELLO, you("ok", act("greeting", "ok"))))
    assert only.title.startswith("Begin")
    assert only.instead.startswith("Hello Ada")
    assert only.instead.endswith("?")


def test_full_marks_get_one_stretch_goal_from_what_was_left_open() -> None:
    """The question on the sheet that was never put, offered as a next step and not as a fault."""
    session = whole(prep={"goal": "g", "pitch": "p", "questions": ["How did Saint Hugh's keep its winder for 60 years?"]})
    assert overall(STEADY, [score_criterion(session, c) for c in STEADY.criteria]) == 100
    (only,) = advice_on(session)
    assert "Full marks" in only.title
    assert (only.where, only.instead) == ("prep", "How did Saint Hugh's keep its winder for 60 years?")


def test_never_more_than_three() -> None:
    """Three things are what one can follow."""
    tools = you("And what tools do you use up there, on the ladders?", question("And what tools do you use up there, on the ladders?"))
    trade = you("And where is the trade going, would you say?", question("And where is the trade going, would you say?", "industry"))
    more = you("And what is the best part of all this?", question("And what is the best part of all this?"))
    poor = meeting(HELLO, GENERIC, DAY, tools, COUNCIL, trade, WORRY, more, YES, ended=27)
    assert len(advice_on(poor)) == 3


def test_the_heaviest_loss_comes_first() -> None:
    """A direct ask, worth most in the classic school, outranks a missing time check."""
    asked = you("Do you have a job for me?", act("job_ask", "Do you have a job for me?", kind="direct"))
    lines = [*PERFECT, MORE, HEARD, asked, they("I do not hire.", no_job=True), ASKED, NAMED, NEXT, YES]
    first = advice_on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE))[0]
    assert first.criterion == "no_job_push"
    assert first.quote == "Do you have a job for me?"
    assert "I do not hire." in first.why


def test_two_changes_that_only_count_together_are_told_as_two() -> None:
    """Time respect at three needs the check and the wrap-up for a five; the second says that it adds to the first."""
    opening = you(OPENING.text, *(a for a in OPENING.acts if a.id != "time_check"))
    close = you("Thank you, Ada, how shall I follow up?", act("thanks", "Thank you, Ada"), act("follow_up_ask", "how shall I follow up?"))
    lines = [
        opening if x is OPENING else close if x is CLOSE else x
        for x in (*PERFECT, MORE, HEARD, LAST, YES, ASKED, NAMED, NEXT, YES, CLOSE, BYE)
    ]
    given = [a for a in advice_on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE)) if a.criterion == "time_respect"]
    assert len(given) == 2
    assert "to 4" in given[0].why or "and 4" in given[0].why
    assert "5" in given[1].why.split(".")[-2]


def test_what_a_change_is_said_to_be_worth_is_what_the_roll_up_says() -> None:
    """The figures in the advice are the rubric's own: leaving the referral out costs 5 to 1, asking alone brings 4."""
    advice = on(without(ASKED, NAMED, NEXT, YES), "referrals")
    assert re.search(r"\b1\b.*\b4\b", advice.why)


@pytest.mark.parametrize("rubric", [STEADY, *RUBRICS.values()], ids=lambda r: r.id)
def test_a_promise_for_one_line_is_kept_by_one_line(rubric: Rubric) -> None:
    """Where two such acts are counted the sentence says two; the figures are the roll-up's for that many and no more."""
    seen = set()
    for session in sessions():
        board = Board(session, rubric, [score_criterion(session, c) for c in rubric.criteria])
        for item in board.levers:
            step = board.step(item, ())
            if step is None or item.id not in IN_PAIRS:
                continue
            assert item.more == (2 if item.twice else 1)
            written = _one(Material(session), board, item, (), (item,))
            if written is not None:
                seen.add(item.twice)
                assert ("two such questions" in written.why.lower() or "second such question" in written.why) == item.twice
                assert re.search(rf"\b{step.new}\b", written.why)
    assert seen


def test_one_more_act_moves_what_one_more_act_moves() -> None:
    """No fact so far: one is not counted as two, though two are worth more."""
    session = meeting(HELLO, OPENING, DAY, GENERIC, DAY, ASKED, NAMED, NEXT, YES, CLOSE, BYE, note=GOOD_NOTE, friend=FRIEND_NOTE)
    board = Board(session, STEADY, [score_criterion(session, c) for c in STEADY.criteria])
    check = next(w for w in board.wrong if w.entry == "researched_facts" and w.check.at_least == 2)
    once, twice = (next(i for i in board.levers if i.id == "research" and i.twice == t) for t in (False, True))
    assert not board._mended(check.check, once)
    assert board._mended(check.check, twice)


# -- this situation ----------------------------------------------------------------------------------------------------


def test_the_moment_for_the_referral_is_named_and_quotes_both_sides() -> None:
    """Where the learner took up an answer in the second half: their own next line, the contact's words, the minute."""
    session = without(ASKED, NAMED, NEXT, YES)
    advice = on(session, "referrals")
    assert advice.where.startswith("turn:")
    assert session.transcript.turns[int(advice.where[5:])].text.startswith(advice.quote)
    assert "minute" in advice.why
    assert "“" in advice.why
    assert "?" in advice.instead


def test_a_name_that_was_there_to_be_asked_for_is_told_of_and_never_named() -> None:
    """The ledger says that somebody was there; who it is stays with the contact."""
    ledger = [{"item": "referral:Ines Falk", "status": "not_asked"}, {"item": "private:mistakes", "status": "not_asked"}]
    session = without(ASKED, NAMED, NEXT, YES, outcome={"door": "open", "why": "w", "ledger": ledger})
    advice = on(session, "referrals")
    assert "There was somebody Ada could have sent you to." in advice.why
    told = " ".join(f"{a.title} {a.why} {a.instead}" for a in advice_on(session))
    assert "Ines" not in told
    assert "pendulum" not in told


def test_an_offered_name_that_was_passed_over_is_quoted_as_the_contact_said_it() -> None:
    """The offer, the line that let it go, and how to take it."""
    lines = [*PERFECT, NAMED, MORE, HEARD, LAST, they("Wear, yes."), CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "referrals")
    assert "“You should meet Ines Falk, she casts bells and knows everyone.”" in advice.why
    assert advice.quote == MORE.text


def test_taking_up_a_name_says_the_name_and_quotes_the_sentence_that_offers_it() -> None:
    """Not its neighbour; and what one could say names the person."""
    offer = they("This building is full of people from Harrow. You should meet Ines Falk, she casts bells.", offers_name=True)
    lines = [*PERFECT, offer, MORE, HEARD, LAST, they("Wear, yes."), CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "referrals")
    assert "“You should meet Ines Falk, she casts bells.”" in advice.why
    assert "Ines Falk" in advice.instead
    unnamed = they("Ladders are the half of it. I know somebody you should talk to about that.", offers_name=True)
    lines = [*PERFECT, unnamed, MORE, HEARD, LAST, they("Wear, yes."), CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "referrals")
    assert "“I know somebody you should talk to about that.”" in advice.why
    assert "Who is it" in advice.instead


@pytest.mark.parametrize(
    "line", ["Oh, nice, that is good to know. What would help most?", "There's a pastry chef in graphics, and a nurse."]
)
def test_a_line_in_which_no_sentence_offers_anybody_is_no_offer(line: str) -> None:
    """Whatever the reading of the whole line was: the advice is another one."""
    lines = [*PERFECT, they(line, offers_name=True), MORE, HEARD, LAST, they("Wear, yes."), CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "referrals")
    assert "the offer was gone" not in advice.why


def test_a_no_is_quoted_only_where_a_sentence_refuses() -> None:
    """What was heard as a no by its drift is none to hold against a learner."""
    again = you("So who else could I talk to?", act("referral_push", "So who else could I talk to?"))

    def given(no: str, *between: Any) -> list[Advice]:
        lines = [*PERFECT, MORE, HEARD, ASKED, they(no, no_referral=True), *between, again, YES, CLOSE, BYE]
        return [a for a in advice_on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE)) if a.quote == again.text]

    (at_once,) = given("That is kind. I would rather not give names.")
    assert "“I would rather not give names.”" in at_once.why
    assert "understand" in at_once.instead
    (later,) = given("I would rather not give names.", MORE, HEARD)
    assert later.instead.endswith("?")
    assert given("Oh, absolutely, I was hoping you would ask.") == []


RUDE = you("That is a silly way to do it.", act("negative_tone", "That is a silly way to do it."))
RUDER = you("Do go on, if you must.", act("negative_tone", "Do go on, if you must."))


def broken_off(*, trace: bool = True, **stages: Any) -> ReadSession:
    """Return a meeting that the contact ended early, over the learner's tone."""
    warned = they("If that's the tone, we can both have our time back. What do you want to know?")
    lines = [HELLO, OPENING, DAY, GENERIC, DAY, RUDE, warned, RUDER, they("We'll stop here. Goodbye.")]
    intents = ["greeting", "answer", "answer", "negative_tone", "leaving_early"]
    entries = [{"turn": 2 * n, "minute": 2 * n, "patience": 0.1, "rapport": 0.1, "intent": i, "cue": "none"} for n, i in enumerate(intents)]
    more = {"trace": entries} if trace else {}
    return meeting(*lines, ended=12, ended_by="contact", **more, **stages)


@pytest.mark.parametrize("trace", [True, False])
def test_a_meeting_broken_off_over_tone_is_answered_with_a_word_of_sorry(trace: bool) -> None:
    """Nothing hangs on the last message, which closed nothing and could not have: what counted was the reply to the warning."""
    for rubric in (STEADY, *RUBRICS.values()):
        given = advice_on(broken_off(trace=trace, note=None, thank_you=None), rubric)
        told = " ".join(f"{a.title} {a.why} {a.instead}" for a in given)
        assert not re.search("minutes left|before you go|Before I let you go|few minutes early|How would you like me|How shall I", told)
    (cooled,) = [a for a in advice_on(broken_off(trace=trace)) if "warning" in a.why]
    assert cooled.quote == RUDER.text
    assert "“If that's the tone, we can both have our time back. What do you want to know?”" in cooled.why
    assert cooled.instead.startswith("I am sorry")
    assert cooled.instead.endswith("?")


def test_a_contact_who_closes_near_the_time_has_not_broken_off() -> None:
    """Then the advice is to close it oneself, as ever."""
    lines = [HELLO, OPENING, DAY, BUILT, COUNCIL, FACT, WORRY, RUDE, they("I have to go now. Goodbye.", must_go=True)]
    session = meeting(*lines, ended=19, ended_by="contact", note=GOOD_NOTE, friend=FRIEND_NOTE)
    assert not Material(session).broken_off
    assert Material(broken_off(trace=False)).broken_off


def test_notes_after_such_a_meeting_say_sorry() -> None:
    """To the contact and to the friend; no cheerful thanks for what was never given."""
    session = broken_off(thank_you=None)
    assert "sorry" in Material(session).note()
    told = [a.instead for a in advice_on(session, RUBRICS["earn-the-meeting"]) if a.instead.startswith("Dear Otto")]
    assert all("my doing" in line for line in told)


def test_a_harsh_remark_is_mended_by_the_question_that_stood_beside_it() -> None:
    """Else by one that can be said whatever was said before."""
    beside = you(
        "Ladders, how quaint. How do you choose an oil?",
        act("negative_tone", "Ladders, how quaint."),
        question("How do you choose an oil?", specific=True, topic="methods"),
    )
    for rude, asked in ((beside, "How do you choose an oil?"), (RUDE, "?")):
        lines = [*PERFECT, rude, YES, MORE, HEARD, LAST, they("Wear, yes."), ASKED, NAMED, NEXT, YES, CLOSE, BYE]
        advice = next(a for a in advice_on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE)) if a.quote in rude.text)
        assert advice.instead.endswith(asked)
        assert not re.search("I read|You said", advice.instead)


def test_the_piece_that_leaves_the_lead_is_the_longest_of_its_turn() -> None:
    """A mere "So" shows nobody what was wrong."""
    left = you("Hello. So... what should we talk about?", act("leads_none", "So..."), act("leads_none", "what should we talk about?"))
    advice = on(meeting(HELLO, left, DAY, GENERIC, DAY, ASKED, NAMED, NEXT, YES, CLOSE, BYE), "preparation", RUBRICS["classic"])
    assert advice.quote == "what should we talk about?"


def test_the_friend_hears_what_came_of_the_introduction() -> None:
    """The person passed on by name; where there was none, something that was said, never what was told in confidence."""
    passed_on = advice_on(whole(friend=None), RUBRICS["classic"])
    assert any("Ines Falk" in a.instead for a in passed_on if a.instead.startswith("Dear Otto"))
    told = [they("The hardest part of a tower is always the pendulum."), MORE, they("Nobody mends bells for the money.")]
    lines = [HELLO, OPENING, DAY, BUILT, *told, LAST, they("Wear, yes."), CLOSE, BYE]

    def heard(turn: int) -> str:
        entry = {
            "turn": turn,
            "minute": 4,
            "patience": 1,
            "rapport": 1,
            "intent": "answer",
            "cue": "none",
            "unlocked": ["private:mistakes"],
        }
        return Material(meeting(*lines, trace=[entry])).for_others()

    assert heard(6) == "The hardest part of a tower is always the pendulum"
    assert heard(4) != heard(6)


def test_where_nothing_was_said_to_take_home_the_subject_is_named() -> None:
    """A close is never a line of the contact's own life read back to them."""
    life = they("Started in 2001, six years on a round, four out at night finding leaks, seven at a desk with the data, and here I am.")
    closing = Material(meeting(HELLO, OPENING, life, GENERIC, life, CLOSE, BYE)).closing()
    assert "2001" not in closing
    assert "…" not in closing
    assert "what this work asks of you" in closing


def test_the_warmest_moment_by_the_trace_wins() -> None:
    """Where the trace stands by, the opening is the turn with the highest rapport of the second half."""
    session = without(ASKED, NAMED, NEXT, YES)
    late = [t for t in session.turns if session.later_part(t) >= 0.5]
    chosen = late[0]
    trace = [
        {
            "turn": n,
            "minute": 1,
            "patience": 0.5,
            "rapport": 0.9 if n == chosen.index - 1 else 0.4,
            "intent": "answer",
            "cue": "none",
        }
        for n, _ in session.contact_turns()
    ]
    session = without(ASKED, NAMED, NEXT, YES, trace=trace)
    assert on(session, "referrals").where == chosen.where


def test_a_job_hint_is_never_the_moment_for_a_referral() -> None:
    """The answer was good, and what came of it asked to be kept in mind: the moment shown is another, and so is the last line."""
    plug = you("Lovely. Please keep me in mind if something opens up.", act("job_ask", "Please keep me in mind", kind="veiled"))
    hinted = you(
        "I would love to meet others, and please keep me in mind.",
        act("referral_hint", "I would love to meet others"),
        act("job_possible", "please keep me in mind."),
    )
    for line in (plug, hinted):
        lines = [HELLO, OPENING, DAY, GENERIC, DAY, BUILT, COUNCIL, line, they("I will.", no_job=True), CLOSE, BYE]
        told = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "referrals")
        assert told.quote
        assert "in mind" not in told.quote
        short = on(meeting(HELLO, OPENING, YES, line), "referrals")
        assert "in mind" not in short.quote


def test_a_question_left_on_the_sheet_is_given_back() -> None:
    """By meaning, not by words: the asked one is known in other words, the one with a job in it is never suggested."""
    wanted = "How did Harrow Minster take the 2023 rebuild?"
    prep = {"goal": "g", "questions": ["What does your typical day look like?", "Is there a job at Bellfield for me?", wanted]}
    facts = [FACT, SECOND_FACT]  # so that particular questions are all that is missing
    plain = [you(f.text, *(a for a in f.acts if a.id != "question")) for f in facts]
    lines = [HELLO, OPENING, DAY, GENERIC, DAY, plain[0], WORRY, plain[1], DARED, ASKED, NAMED, NEXT, YES, CLOSE, BYE]
    session = meeting(*lines, prep=prep, note=GOOD_NOTE, friend=FRIEND_NOTE)
    found = [a for a in advice_on(session) if a.where == "prep"]
    assert [a.quote for a in found] == [wanted]
    assert wanted in found[0].instead


def test_homework_that_stayed_on_the_sheet_goes_before_a_fact_of_ours() -> None:
    """Where no fact was used and a question on the sheet holds one, their own question is the advice."""
    prep = {"goal": "g", "questions": ["How did Harrow Minster take the 2023 rebuild?"]}
    lines = [HELLO, OPENING, DAY, GENERIC, DAY, BUILT, COUNCIL, ASKED, NAMED, NEXT, YES, CLOSE, BYE]
    advice = on(meeting(*lines, prep=prep, note=GOOD_NOTE, friend=FRIEND_NOTE), "preparation")
    assert (advice.where, advice.quote) == ("prep", "How did Harrow Minster take the 2023 rebuild?")
    assert advice.quote in advice.instead


def test_a_line_that_only_may_have_asked_is_not_called_an_ask() -> None:
    """An unsure reading is spoken of as one."""
    unsure = you("If something turns up here, think of me?", act("job_possible", "If something turns up here, think of me?"))
    lines = [*PERFECT, MORE, HEARD, unsure, YES, LAST, YES, ASKED, NAMED, NEXT, YES, CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "no_job_push")
    assert advice.quote == "If something turns up here, think of me?"
    assert "may" in advice.why or "Half of this" in advice.why


def test_an_unused_fact_becomes_a_question_in_place_of_a_general_one() -> None:
    """The learner's general question beside the dossier's fact that lay ready; facts already used or told are left alone."""
    session = meeting(HELLO, OPENING, DAY, GENERIC, DAY, ASKED, NAMED, NEXT, YES, CLOSE, BYE, note=GOOD_NOTE, friend=FRIEND_NOTE)
    advice = on(session, "preparation")
    assert advice.quote == GENERIC.text
    assert any(fragment in advice.instead for fragment in ("212 tower clocks", "Harrow Minster", "bell-ringer", "Parishes are replacing"))
    assert advice.instead.endswith("?")


def test_a_monologue_is_given_back_as_its_own_question() -> None:
    """What stood at the end of the long message was all it needed."""
    story = "I was at the lathe when the mainspring of my grandmother's clock broke and " * 9
    long = you(f"{story}so how do you choose an oil?", question("so how do you choose an oil?", specific=True, topic="methods"))
    lines = [HELLO, OPENING, YES, long, DAY, long, COUNCIL, long, WORRY, ASKED, NAMED, NEXT, YES, CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE), "time_respect")
    assert advice.instead == "so how do you choose an oil?"


def test_a_missed_cue_is_answered_with_the_words_of_the_cue() -> None:
    """The contact's own sentence stands beside the line that went past it."""
    go = they("I really have to go now, the council is at the door.", must_go=True)
    on_and_on = you("And which oil do you use for the bearings?", question("And which oil do you use for the bearings?", specific=True))
    lines = [*PERFECT, MORE, HEARD, ASKED, NAMED, NEXT, go, on_and_on, they("Goodbye."), CLOSE, BYE]
    advice = on(meeting(*lines, note=GOOD_NOTE, friend=FRIEND_NOTE, ended=24), "time_respect")
    assert advice.quote == on_and_on.text
    assert "“I really have to go now, the council is at the door.”" in advice.why


def test_without_a_persona_it_still_finds_something_to_say() -> None:
    """An imported transcript has no dossier; the contact's own answers are what there is to work with."""
    session = meeting(
        HELLO,
        GENERIC,
        DAY,
        you("And is it hard work to do all year?", question("And is it hard work to do all year?")),
        COUNCIL,
        persona=None,
    )
    given = advice_on(session)
    assert given
    assert all("None" not in f"{a.title}{a.why}{a.instead}" for a in given)


# -- promises that hold everywhere -----------------------------------------------------------------------------------------


def sessions() -> list[ReadSession]:
    job = you("Could you keep me in mind for a job?", act("job_ask", "Could you keep me in mind for a job?", kind="veiled"))
    rude = you("That is a silly way to do it.", act("negative_tone", "That is a silly way to do it."))
    basic = you("What does your company do?", question("What does your company do?", "basic", topic="company_basics"))
    return [
        whole(),
        without(OPENING),
        without(ASKED, NAMED, NEXT, YES),
        without(CLOSE, BYE, note=None, friend=None, thank_you=None),
        meeting(HELLO, GENERIC, DAY, basic, COUNCIL, rude, WORRY, job, they("No.", no_job=True), job, YES, ended=26),
        meeting(HELLO, basic, DAY, GENERIC, COUNCIL, persona=None),
        meeting(GENERIC, DAY, basic),
        meeting(HELLO, you("asdf")),
        meeting(HELLO),
    ]


@pytest.mark.parametrize("rubric", [STEADY, *RUBRICS.values()], ids=lambda r: r.id)
@pytest.mark.parametrize("number", range(9))
def test_every_quote_is_the_learners_own_and_stands_where_it_says(number: int, rubric: Rubric) -> None:
    """Verbatim, in the turn, sheet or note that is named."""
    session = sessions()[number]
    for advice in advice_on(session, rubric):
        assert advice.title
        assert advice.why
        assert not re.search(r"\{\w*\}", f"{advice.title}{advice.why}{advice.instead}")
        if advice.where.startswith("turn:"):
            turn = session.transcript.turns[int(advice.where[5:])]
            assert turn.speaker == "learner"
            assert advice.quote in turn.text
        else:
            assert (advice.where == "") == (advice.quote == "")


@pytest.mark.parametrize("rubric", [STEADY, *RUBRICS.values()], ids=lambda r: r.id)
def test_the_same_session_gets_the_same_advice(rubric: Rubric) -> None:
    """Nothing is left to chance, not even the phrasing."""
    assert [advice_on(s, rubric) for s in sessions()] == [advice_on(s, rubric) for s in sessions()]


def test_a_school_never_advises_against_itself() -> None:
    """To state an interest is advised where it counts and nowhere else; leaving the job out likewise."""
    session = sessions()[4]
    classic = " ".join(a.title + a.instead for a in advice_on(session, RUBRICS["classic"]))
    order = advice_on(session, RUBRICS["ask-for-the-order"])
    assert "interests me a great deal" not in classic
    assert all(a.criterion != "interest" or "interests me a great deal" in a.instead for a in order)
    assert not any("Leave the small plug out" in a.title or "hint at a job" in a.title for a in order)


def test_a_rubrics_own_check_gets_its_own_sentence() -> None:
    """A school with a check nobody foresaw says what its file says."""
    document = STEADY.model_dump(by_alias=True)
    document["criteria"] = [
        {
            "id": "grace", "name": "Grace", "weight": 1, "question": "Grace?", "anchors": dict.fromkeys(range(1, 6), "a"),
            "checks": [{"id": "grace", "check": "grace_after_no", "advice": "Say that a no is fine."}],
            "marks": [{"mark": 5, "all": ["grace"]}],
        }
    ]  # fmt: skip
    (only,) = advice_on(whole(), Rubric.model_validate(document))
    assert only.why == "Say that a no is fine."


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fact", "said"),
    [
        ("company", "It moved to Leeds in 2020; nobody minded.", "Bellfield Clocks moved to Leeds in 2020."),
        ("company", "In 2024 it bought a foundry in Kent.", "in 2024 Bellfield Clocks bought a foundry in Kent."),
        ("company", "Its oldest clock, in Wells, still runs.", "Bellfield Clocks’ oldest clock, in Wells, still runs."),
        ("company", "Winders are paid by the step.", "“Winders are paid by the step.”"),
        (
            "contact",
            "Ada began as a ringer and took her papers at thirty.",
            "you began as a ringer and took your papers at thirty.",
        ),
        ("contact", "She leads nine people.", "you lead nine people."),
        (
            "contact",
            "Ada joined in 2001 and has run the shop since 2010.",
            "you joined in 2001 and have run the shop since 2010.",
        ),
        ("contact", "She studies old oils and teaches the young.", "“She studies old oils and teaches the young.”"),
        ("contact", "Her talk on oils was printed.", "your talk on oils was printed."),
        ("contact", "Two of her oils were printed.", "“Two of her oils were printed.”"),
        (
            "contact",
            "At the fair she first showed 'Oil and Time', their best.",
            "“At the fair she first showed 'Oil and Time', their best.”",
        ),
        ("contact", "In 2019 she first gave 'How They Wind' in Ghent.", "in 2019 you first gave 'How They Wind' in Ghent."),
        ("contact", "The jury proved her right.", "“The jury proved her right.”"),
        (
            "contact",
            "Ada was taught by a man who gave her to his brother.",
            "“Ada was taught by a man who gave her to his brother.”",
        ),
        ("contact", "Ada said: oil is a rumour!", "“Ada said: oil is a rumour!”"),
        ("industry", "About a third of winders are over 70.", "about a third of winders are over 70."),
        ("industry", "Two trades meet here. Neither likes it.", "“Two trades meet here. Neither likes it.”"),
    ],
)
def test_a_fact_is_said_in_good_grammar_or_quoted_whole(kind: str, fact: str, said: str) -> None:
    """Whatever sentence an author writes, the line made of it reads as one a person would say."""
    document = ADA.model_dump(by_alias=True, mode="json", exclude_defaults=True)
    persona = Persona.model_validate({**document, "schema": "sim.persona/1", "dossier": {kind: [fact]}})
    line = fact_line(fact, persona, "salt")
    assert said in line
    assert line.endswith("?")


@pytest.mark.parametrize(
    ("about", "fact", "kind"),
    [
        ("company", "It was called Dunmore Elevator until 2021.", "renamed"),
        ("company", "It lost 142 million litres a day last year, down from 163 million.", "trend"),
        ("company", "It paid a penalty of 3 million in 2022.", "mishap"),
        ("company", "It will move to Leeds in 2031.", "coming"),
        ("company", "In 2025 it bought Wabash Hoist of Fort Wayne.", "change"),
        ("company", "It opened 16 exhibitions last year.", "past"),
        ("company", "Its museum is closed on Mondays.", "plain"),
        ("company", "It has 6,400 elevators under contract.", "plain"),
        ("contact", "At a forum she reported that the share rose from 48.5 to 63 per cent.", "trend"),
        ("contact", "He wrote 'Doors First' for the alumni magazine.", "told"),
        ("contact", "She started Crate Night, an open evening.", "founded"),
        ("contact", "She started in 1999 on the night desk.", "path"),
        ("contact", "He managed 'Small Wonders', the insect gallery.", "piece"),
        ("contact", "She leads eleven analysts.", "leads"),
        ("contact", "She rides along with a mechanic one day in every month.", "habit"),
        ("contact", "He lost his sense of smell for four months.", "plain"),
        ("industry", "Parishes are replacing mechanical movements.", "change"),
        ("industry", "A museum exhibition takes three to five years.", "plain"),
    ],
)
def test_the_question_on_a_fact_goes_by_the_kind_of_fact(about: str, fact: str, kind: str) -> None:
    """Nobody asks what a new name has taught, nor what a number has changed; what is of no known kind gets what fits anything."""
    assert kind_of(fact, about) == kind
    document = {**ADA.model_dump(by_alias=True, mode="json", exclude_defaults=True), "dossier": {about: [fact]}}
    asks = phrases()["facts"]["ask"][about][kind]
    expected = asks["manager"] if isinstance(asks, dict) else asks
    assert any(fact_line(fact, Persona.model_validate(document), "s").endswith(ask) for ask in expected)


def test_every_kind_of_fact_has_its_questions_at_every_level() -> None:
    """No persona may meet a kind without words."""
    for about, kinds in _KINDS.items():
        asks = phrases()["facts"]["ask"][about]
        assert set(asks) == {"plain", *(kind for kind, _ in kinds)}
        assert all(set(a) == {"executive", "manager", "hr", "peer"} for a in asks.values() if isinstance(a, dict))


def test_names_and_ways_to_apply_are_not_what_one_asks_about() -> None:
    """A question on the application form would be heard as asking for a job."""
    assert not invites_a_question("It was called Dunmore until 2021.")
    assert not invites_a_question("Seasonal jobs are filled by an application form with no CV.")
    assert invites_a_question("It runs seven ships on four routes.")


def test_lines_to_say_can_be_said() -> None:
    """No stage directions: what a learner has to fill in is left open, and nothing is announced instead of being said."""
    for part in phrases()["advice"].values():
        for line in part["instead"]:
            assert not line.startswith("(")
            assert not re.search(r"what I do now|what had gone wrong|I will give you|listen to this for an hour", line)


def test_a_persona_without_pronouns_is_never_misnamed() -> None:
    """Where nobody knows whom "her" means, the sentence is quoted."""
    document = ADA.model_dump(by_alias=True, mode="json", exclude_defaults=True)
    document = {**document, "pronouns": "they/them", "dossier": {"contact": ["Ada took her papers at thirty."]}}
    line = fact_line("Ada took her papers at thirty.", Persona.model_validate(document), "s")
    assert "“Ada took her papers at thirty.”" in line


def test_excerpts_stay_verbatim_and_short() -> None:
    """A head is the text's own beginning; a long quotation is cut after a clause."""
    text = "One. Two three four five six seven eight. " + "word " * 60
    assert text.startswith(head(text))
    assert word_count(head(text)) <= 30
    long = "I went down before it was light, and there, by the gate with the broken lamp,"
    assert quoted(f"{long} stood all nine of them in the rain with their coats on") == f"“{long[:-1]} …”"
    assert quoted("No marks") == "“No marks.”"


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        (
            "Most trouble calls start at the doors, so we stopped chasing faults and rebuilt doors, worst buildings first.",
            "Most trouble calls start at the doors",
        ),
        ("What matters more is whether you can sit in a silence.", "What matters more is whether you can sit in a silence"),
        (
            "Nobody argues with a wheel, because everybody can see the teeth that went and the years that took them away.",
            "Nobody argues with a wheel",
        ),
        ("I learned to bring the broken wheel along.", "I learned to bring the broken wheel along"),
        ("I read meters for six years before anybody noticed.", ""),
        ("We lose 142 million litres, more than anybody.", ""),
        ("That is what nobody tells you.", ""),
        ("Less talk, more ladders.", ""),
        ("Since you always pick up what is said.", ""),
    ],
)
def test_what_is_taken_home_can_be_said_again(sentence: str, kept: str) -> None:
    """Short, whole and a lesson; no figures, no life story, nothing that leans on the sentence before."""
    assert takeaway(sentence) == kept


def test_a_refusal_is_a_sentence_that_refuses() -> None:
    """Drift is none, nor is a question, nor politeness with a no in it."""
    assert refusal("That's kind. I don't hand out names.") == "I don't hand out names."
    assert refusal("Oh, absolutely, I was hoping you'd ask.") == ""
    assert refusal("No problem at all. Why not?") == ""


def test_no_rubric_names_a_length_of_meeting_in_its_advice() -> None:
    """Personas agree on twenty minutes, on thirty, on whatever their file says."""
    for rubric in RUBRICS.values():
        told = " ".join(check.advice or "" for criterion in rubric.criteria for check in criterion.checks)
        assert not re.search(r"\b(?:twenty|thirty|\d+) minutes\b", told)


def test_a_quotation_that_stops_in_mid_sentence_shows_it() -> None:
    """On the page alone; the scorecard's quote stays verbatim. What ends its sentence or its text gets no mark."""
    source = environment().loader.get_source(environment(), "debrief.html")[0]  # type: ignore[union-attr]
    macro = source[source.index("{% macro said(") : source.index("{% macro quote_line(")]
    turn = SimpleNamespace(
        learner=True,
        pieces=(
            Piece("I mend clocks, "),
            Piece("in Kent. And you"),
        ),
    )
    page = SimpleNamespace(turns=(turn,), texts=(SimpleNamespace(pieces=(Piece("Dear Ada, thank you. Otto"),)),))

    def shown(words: str, place: str) -> str:
        return environment().from_string(macro + "{{ said(words, place) }}").render(page=page, words=words, place=place).strip()

    assert shown("I mend clocks,", "turn 0") == "“I mend clocks …”"
    assert shown("I mend clocks, in Kent.", "turn 0") == "“I mend clocks, in Kent.”"
    assert shown("And you", "turn 0") == "“And you”"
    assert shown("Dear Ada,", "thank-you note") == "“Dear Ada …”"
    assert shown("thank you. Otto", "thank-you note") == "“thank you. Otto”"
    assert shown("Which clock first", "prep sheet") == "“Which clock first”"


def test_every_phrasing_can_be_filled_in() -> None:
    """No field that no situation brings, and no situation without its three parts."""
    known = {
        "first", "First", "hello", "thanks", "minutes", "company", "at_company", "inside_outside", "referrer", "want", "said",
        "ask", "fact", "minute", "reason", "ledger", "reply", "note", "closing", "pitch", "words", "seconds", "ended", "count",
        "old", "new", "name", "subject",
        "criterion", "Left", "sheet", "own", "given", "quote", "asks",
    }  # fmt: skip

    def walk(found: Any) -> list[str]:
        if isinstance(found, dict):
            return [s for part in found.values() for s in walk(part)]
        assert isinstance(found, list)
        assert found
        return [str(s) for s in found]

    for sentence in walk(phrases()):
        assert set(re.findall(r"\{(\w+)\}", sentence)) <= known
        assert not re.search(r"\b(TODO|utilize|leverage)\b", sentence)
    assert all(set(part) == {"title", "why", "instead"} for part in phrases()["advice"].values())


def test_follow_up_questions_ask() -> None:
    """After a story and after an opinion alike."""
    assert follow_up("We lost two people that winter.", "a").endswith("?")
    assert follow_up("Cutting matters more than sewing.", "a").endswith("?")
