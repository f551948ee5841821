"""Hints: one private line from the same readings as the marks, most urgent first, and never nagging."""

from __future__ import annotations

from itertools import pairwise

import pytest
from handmade import ADA, RUBRICS, act, embed, meeting, question, they, understand, you

from sim.rubric import Rubric
from sim.scoring import hints, material
from sim.scoring.hints import RULES, hint_for
from sim.scoring.session import ReadSession
from sim.scoring.wording import phrases
from sim.understanding import Understanding
from sim.understanding.contact_lines import ContactLine

CLASSIC = RUBRICS["classic"]
HELLO = they("Hello, this is Ada. We have twenty minutes.")
GOOD_START = you(
    "Hello Ada, Otto Lindgren sent me. I came to learn how tower clocks are kept; I read that you look after 212 of them.",
    act("referrer_mention", "Otto Lindgren sent me."),
    act("purpose", "I came to learn how tower clocks are kept"),
    act("researched_fact", "you look after 212 of them", fact=ADA.dossier.company[0]),
)
PLAIN = they("That depends on the tower.")
ASKS = you("How do you choose an oil for them?", question("How do you choose an oil for them?", specific=True, topic="methods"))
JOB = you("Might you have a job for me?", act("job_ask", "Might you have a job for me?", kind="direct"))
REFERRAL = you("Who else should I talk to?", act("referral_ask", "Who else should I talk to?"))


@pytest.fixture
def hint(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(material, "embed", embed)
    monkeypatch.setattr(material, "understand", understand)

    def ask(
        *lines: Understanding | ContactLine, minute: float, rubric: Rubric = CLASSIC, persona=ADA, timed: bool = True, **stages
    ) -> str | None:
        session = meeting(*lines, persona=persona, ended=minute, **stages)
        monkeypatch.setattr(hints, "read_session", lambda *_: session)
        return hint_for(session.transcript, persona, rubric, minute, timed=timed)

    return ask


def is_one_of(line: str | None, kind: str) -> bool:
    """Tell whether a hint is of a kind, whatever its fields were filled with."""
    starts = [text.split("{")[0] or text.split("}")[1].split("{")[0] for text in phrases()["hints"][kind]]
    return line is not None and any(start.strip() in line for start in starts)


def test_nothing_is_said_before_the_learner_spoke(hint) -> None:
    """The greeting alone calls for no advice."""
    assert hint(HELLO, minute=0.3) is None


def test_all_is_well_is_silence(hint) -> None:
    """A good start, a good question, time in hand: None."""
    assert hint(HELLO, GOOD_START, PLAIN, ASKS, PLAIN, minute=4) is None


@pytest.mark.parametrize(
    ("kind", "lines", "minute"),
    [
        ("job", (HELLO, GOOD_START, PLAIN, JOB, PLAIN), 5),
        ("go", (HELLO, GOOD_START, PLAIN, ASKS, they("I must go now.", must_go=True)), 19),
        ("push", (HELLO, GOOD_START, PLAIN, REFERRAL, they("Nobody I could name.", no_referral=True)), 12),
        ("name", (HELLO, GOOD_START, PLAIN, REFERRAL, they("Ines Falk, talk to her.", offers_name=True)), 12),
        ("referral", (HELLO, GOOD_START, PLAIN, ASKS, PLAIN, ASKS, PLAIN), 16),
        ("wrap", (HELLO, GOOD_START, PLAIN, ASKS, PLAIN, REFERRAL, PLAIN), 18),
        ("dossier", (HELLO, you("Hello, I came to learn.", act("purpose", "I came to learn."), act("referrer_mention", "Hello")),
                     PLAIN, ASKS, PLAIN, ASKS, PLAIN), 6),
        ("purpose", (HELLO, ASKS, PLAIN, ASKS, PLAIN), 2),
        ("referrer", (HELLO, you("I came to learn.", act("purpose", "I came to learn.")), PLAIN, ASKS, PLAIN), 2),
        ("hiring", (HELLO, GOOD_START, PLAIN, you("How does one get in?", question("How does one get in?", "hiring")), PLAIN), 5),
        ("fact", (HELLO, GOOD_START, PLAIN, you("You have 300 clocks.", act("wrong_fact", "You have 300 clocks.")), PLAIN), 5),
        ("long", (HELLO, GOOD_START, PLAIN, you("and then " * 60 + "what?", question("what?")), PLAIN), 5),
        ("lead", (HELLO, GOOD_START, PLAIN, you("I see."), PLAIN, you("Right."), PLAIN), 4),
    ],
)  # fmt: skip
def test_each_situation_gets_its_hint(hint, kind: str, lines, minute: float) -> None:
    """What was just said first, then what is running out, then what would be good."""
    assert is_one_of(hint(*lines, minute=minute), kind), (kind, hint(*lines, minute=minute))


def test_minutes_left_are_said_in_words(hint) -> None:
    """Four minutes left and nobody else mentioned yet."""
    line = hint(HELLO, GOOD_START, PLAIN, ASKS, PLAIN, minute=16)
    assert line is not None
    assert line.startswith("Four minutes left")


def test_a_thread_is_quoted(hint) -> None:
    """The contact's own sentence, so that the learner need not scroll."""
    story = they("I learned to bring the broken wheel along, because nobody argues with a wheel that has lost four teeth.")
    line = hint(HELLO, GOOD_START, PLAIN, ASKS, story, minute=5)
    assert line is not None
    assert "“I learned to bring the broken wheel along" in line


def test_a_question_on_the_sheet_is_brought_back_past_the_middle(hint) -> None:
    """The learner's own words, once there is time to use them."""
    prep = {"questions": ["How did Harrow Minster take the 2023 rebuild?"]}
    line = hint(HELLO, GOOD_START, PLAIN, ASKS, PLAIN, minute=11, prep=prep)
    assert line is not None
    assert "“How did Harrow Minster take the 2023 rebuild?”" in line


def test_the_most_urgent_comes_first(hint) -> None:
    """A contact who has to go outranks the referral that is missing and the job that was asked for."""
    assert is_one_of(hint(HELLO, JOB, they("I must go.", must_go=True), minute=19), "go")


def test_the_same_hint_is_not_given_twice_in_a_row(hint) -> None:
    """Said once, it rests for some turns; something else may be said meanwhile, or nothing."""
    meeting_so_far: list[Understanding | ContactLine] = [
        HELLO,
        you("Hello there, I came to learn.", act("purpose", "I came to learn.")),
    ]
    given = []
    for _ in range(8):
        meeting_so_far += [PLAIN, you("Tell me more about the oil?", question("Tell me more about the oil?"))]
        given.append(hint(*meeting_so_far, PLAIN, minute=9, persona=ADA.model_copy(update={"referrer": None})))
    told = [h for h in given if h]
    assert told
    assert all(a is None or a != b for a, b in pairwise(given))


def test_once_the_time_is_up_nothing_keeps_the_learner_talking(hint) -> None:
    """Over the agreed minutes the only word is to close, and after it silence: no dossier, no thread, no sheet."""
    lines = (HELLO, ASKS, PLAIN, ASKS, PLAIN)
    assert is_one_of(hint(*lines, minute=21), "go")
    hard = they("I have to stop there.", must_go=True)
    assert hint(HELLO, ASKS, hard, ASKS, PLAIN, minute=26) is None


@pytest.mark.parametrize(("minute", "closes"), [(2, False), (14.9, False), (15, True), (19, True)])
def test_a_figure_of_speech_ends_no_meeting(hint, minute: float, closes: bool) -> None:
    """ "I must go and look that up" early on is no cue, to the hint as to the marks; from three quarters of the time it is one."""
    told = hint(HELLO, GOOD_START, PLAIN, ASKS, they("I must go and look that up.", must_go=True), minute=minute)
    assert is_one_of(told, "go") == closes


def test_without_a_clock_no_hint_speaks_of_time(hint) -> None:
    """Neither minutes left nor the end of them, not even where the contact speaks of going; what else is missing is still said."""
    going = they("I must go.", must_go=True)
    for minute in (16, 18, 19, 24):
        for lines in ((HELLO, GOOD_START, PLAIN, ASKS, PLAIN), (HELLO, GOOD_START, PLAIN, ASKS, going, ASKS, going)):
            told = hint(*lines, minute=minute, timed=False)
            assert told is None or not any(is_one_of(told, kind) for kind in ("go", "referral", "wrap")), told
    assert is_one_of(hint(HELLO, GOOD_START, PLAIN, JOB, PLAIN, minute=24, timed=False), "job")


def test_a_goodbye_is_the_end_of_hints(hint) -> None:
    """After the learner has taken leave there is nothing to add."""
    assert hint(HELLO, GOOD_START, PLAIN, you("Goodbye, Ada.", act("goodbye", "Goodbye, Ada.")), PLAIN, minute=18) is None


def test_a_hint_belongs_to_the_school(hint) -> None:
    """Asking for the order once is no warning there, and an interest left unsaid is; neither holds in the classic school."""
    order = RUBRICS["ask-for-the-order"]
    assert not is_one_of(hint(HELLO, GOOD_START, PLAIN, JOB, PLAIN, minute=13, rubric=order), "job")
    lines = (HELLO, GOOD_START, PLAIN, ASKS, PLAIN, REFERRAL, PLAIN)
    assert is_one_of(hint(*lines, minute=13, rubric=order), "interest")
    assert not is_one_of(hint(*lines, minute=13), "interest")
    assert is_one_of(hint(*lines, minute=13, rubric=RUBRICS["earn-the-meeting"]), "offer")


def test_no_persona_and_no_clock_are_no_trouble(hint) -> None:
    """An imported talk without dossier or times still gets what can be known."""
    line = hint(you("and then " * 60 + "?", question("?")), PLAIN, minute=2, persona=None)
    assert is_one_of(line, "long")


def test_every_rule_has_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint nobody could read would be an error in the middle of a talk."""
    assert set(RULES) <= set(phrases()["hints"])


def test_earlier_turns_are_judged_by_what_was_known_then() -> None:
    """Cutting a session back leaves no later turn and no later line."""
    session: ReadSession = meeting(HELLO, GOOD_START, PLAIN, ASKS, PLAIN)
    cut = hints._up_to(session, session.turns[0])
    assert [t.index for t in cut.turns] == [1]
    assert sorted(cut.contact) == [0, 2]
