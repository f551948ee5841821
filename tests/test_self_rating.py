"""The learner's own marks beside the given ones."""

from __future__ import annotations

import pytest
from handmade import STEADY, act, meeting, question, they, you

from sim.scorecard import Scorecard
from sim.scoring.rollup import overall
from sim.scoring.score import score_criterion
from sim.scoring.self_rating import compare

SESSION = meeting(
    they("Hello."),
    you(
        "Hello Ada, I came to learn how clocks are kept. What is the hardest thing about oil in winter, for a tower clock?",
        act("purpose", "I came to learn how clocks are kept."),
        question("What is the hardest thing about oil in winter, for a tower clock?", specific=True),
        act("time_check", "Hello Ada"),
    ),
    they("It freezes."),
    you("Do you have a job for me, by the way?", act("job_ask", "Do you have a job for me, by the way?", kind="direct")),
    they("No."),
    you("Fine, and how do you choose the oil?", question("how do you choose the oil?", specific=True, topic="methods")),
)
CARD = Scorecard(
    transcript="t",
    rubric="steady",
    overall=overall(STEADY, [score_criterion(SESSION, c) for c in STEADY.criteria]),
    graded_by="detectors",
    criteria=[score_criterion(SESSION, c) for c in STEADY.criteria],
)


def test_where_the_learner_was_kinder_the_words_that_cost_are_shown() -> None:
    """Their own line, verbatim, and the two figures."""
    (found,) = compare({"no_job_push": 5}, CARD, STEADY)
    assert (found.own, found.given, found.gap) == (5, 2, 3)
    assert found.evidence is not None
    assert found.evidence.quote == "Do you have a job for me, by the way?"
    assert "“Do you have a job for me, by the way?”" in found.sentence
    assert "5" in found.sentence
    assert "2" in found.sentence


def test_where_something_is_missing_the_question_is_named() -> None:
    """No line can be shown for what was not said; the check that would have moved the mark can."""
    document = STEADY.model_dump(by_alias=True)
    for check in document["criteria"][2]["checks"]:
        check["asks"] = f"Was it {check['id']}?"
    (found,) = compare({"referrals": 4}, CARD, type(STEADY).model_validate(document))
    assert found.evidence is None
    assert "Was it asked?" in found.sentence


def test_where_the_learner_was_harder_the_words_that_count_are_shown() -> None:
    """Credit where it is due: the line that earned the mark."""
    (found,) = compare({"time_respect": 1}, CARD, STEADY)
    assert found.gap < 0
    assert found.evidence is not None
    assert found.evidence.effect == "helps"


def test_widest_gap_first_and_equals_left_out() -> None:
    """What differs most is read first; what agrees needs no sentence."""
    given = {c.id: c.score for c in CARD.criteria if c.score is not None}
    own = {**given, "no_job_push": 5, "preparation": given["preparation"] + 1}
    assert [d.criterion for d in compare(own, CARD, STEADY)] == ["no_job_push", "preparation"]
    assert compare(given, CARD, STEADY) == []


def test_what_was_not_marked_or_not_asked_is_left_out() -> None:
    """No thank-you stage, no comparison; a criterion of another school neither."""
    assert compare({"follow_through": 4, "successes": 2}, CARD, STEADY) == []


@pytest.mark.parametrize("value", [0, 6])
def test_a_mark_outside_the_scale_is_refused(value: int) -> None:
    """The message says which and what would do."""
    with pytest.raises(ValueError, match="self-rating of preparation is .*; expected a whole number from 1 to 5"):
        compare({"preparation": value}, CARD, STEADY)
