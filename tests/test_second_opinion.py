"""The rule that combines a judge with the detectors, as properties of every rubric's criteria and every answer."""

from __future__ import annotations

from typing import Any

import pytest
from handmade import RUBRICS, act, meeting, they, you
from hypothesis import given, settings, strategies as st

from sim.rubric import Check, Criterion, parse_rubric
from sim.scorecard import CheckResult, Evidence
from sim.scoring.catalogue import CATALOGUE, TERMS
from sim.scoring.provable import MEASURED, entry_id, fits, proved
from sim.scoring.rollup import mark
from sim.scoring.second_opinion import combine

CRITERIA = [criterion for rubric in RUBRICS.values() for criterion in rubric.criteria]
WORDS = Evidence(where="turn:1", quote="some words", effect="helps")
ANSWERS = st.dictionaries(st.integers(0, 20), st.sampled_from([True, False, None]), max_size=16)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Criterion, list[CheckResult], list[dict[str, CheckResult]]]:
    """A criterion, what the detectors found, and up to four runs of a judge that answers anything."""
    criterion = draw(st.sampled_from(CRITERIA))
    detected = []
    for check in criterion.checks:
        passed = draw(st.sampled_from([True, False, None]))
        quoted = passed is True and (entry_id(check) not in MEASURED or draw(st.booleans())) and draw(st.integers(0, 3)) > 0
        detected.append(CheckResult(id=check.id, passed=passed, evidence=[WORDS] if quoted else []))
    runs = []
    for answers in draw(st.lists(ANSWERS, max_size=4)):
        named = {criterion.checks[n % len(criterion.checks)].id: passed for n, passed in answers.items()}
        runs.append({i: CheckResult(id=i, passed=p, by="judge", evidence=[WORDS] if p else []) for i, p in named.items()})
    return criterion, detected, runs


@given(cases(), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_the_judge_moves_a_mark_by_one_at_most_and_only_its_own_way(case, trivial, steered) -> None:
    criterion, detected, runs = case
    before = mark(criterion, detected)
    found = combine(criterion, detected, runs, trivial=trivial, steered=steered)
    moved = found.mark - before
    assert 1 <= found.mark <= 5
    assert abs(moved) <= 1
    assert moved in (0, found.opinion.score - before)
    if trivial or not runs:
        assert moved == 0
    if steered:
        assert moved <= 0


@given(cases())
@settings(max_examples=300, deadline=None)
def test_two_marks_apart_is_a_disagreement_and_moves_nothing(case) -> None:
    criterion, detected, runs = case
    before = mark(criterion, detected)
    found = combine(criterion, detected, runs)
    assert found.opinion.disagrees == (abs(found.opinion.score - before) >= 2)
    if found.opinion.disagrees:
        assert found.mark == before
    assert found.opinion.low <= found.opinion.score <= found.opinion.high


@given(cases())
@settings(max_examples=300, deadline=None)
def test_what_is_proved_stands_whatever_the_judge_says(case) -> None:
    criterion, detected, runs = case
    found = combine(criterion, detected, runs)
    for check, before, after in zip(criterion.checks, detected, found.checks, strict=True):
        if proved(check, before):
            assert after == before
    if all(proved(c, r) for c, r in zip(criterion.checks, detected, strict=True)):
        assert found.mark == mark(criterion, detected)


@given(cases(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_of_runs_and_repeating_them_change_nothing(case, random) -> None:
    criterion, detected, runs = case
    shuffled = list(runs)
    random.shuffle(shuffled)
    one, other = combine(criterion, detected, runs), combine(criterion, detected, shuffled)
    assert (one.mark, one.opinion.score, one.opinion.low, one.opinion.high) == (
        other.mark,
        other.opinion.score,
        other.opinion.low,
        other.opinion.high,
    )
    if runs:
        once, twice = combine(criterion, detected, runs[:1]), combine(criterion, detected, runs[:1] * 2)
        assert (once.mark, once.opinion) == (twice.mark, twice.opinion)


@given(cases())
@settings(max_examples=150, deadline=None)
def test_a_judge_that_says_what_the_detectors_say_changes_nothing(case) -> None:
    criterion, detected, _ = case
    echo = {r.id: r.model_copy(update={"by": "judge"}) for r in detected}
    found = combine(criterion, detected, [echo])
    assert (found.mark, found.opinion.score, found.opinion.disagrees) == (mark(criterion, detected), mark(criterion, detected), False)


STEPS = parse_rubric(
    """
schema: sim.rubric/1
id: steps
name: Steps
school: One mark for each thing done.
criteria:
  - id: c
    name: C
    weight: 1
    question: How many?
    anchors: {1: a, 2: b, 3: c, 4: d, 5: e}
    checks: [{id: purpose}, {id: thanked}, {id: builds}, {id: within_time}, {id: job_asks, effect: hurts}]
    marks:
      - {mark: 1, any: [job_asks]}
      - {mark: 5, all: [purpose, thanked, builds, within_time]}
      - {mark: 4, at_least: [{n: 3, of: [purpose, thanked, builds, within_time]}]}
      - {mark: 3, at_least: [{n: 2, of: [purpose, thanked, builds, within_time]}]}
      - {mark: 2, at_least: [{n: 1, of: [purpose, thanked, builds, within_time]}]}
    otherwise: 1
"""
).criteria[0]


def found(*passed: str) -> list[CheckResult]:
    """The detectors' results: these passed, with words."""
    return [CheckResult(id=c.id, passed=c.id in passed, evidence=[WORDS] if c.id in passed else []) for c in STEPS.checks]


def says(**answers: bool) -> dict[str, CheckResult]:
    """A run of the judge."""
    return {i: CheckResult(id=i, passed=p, by="judge", evidence=[WORDS] if p else []) for i, p in answers.items()}


def test_one_thing_found_besides_raises_the_mark_by_one_and_shows_the_judges_words() -> None:
    card = combine(STEPS, found("within_time", "purpose"), [says(thanked=True)])
    assert (card.mark, card.opinion.score) == (4, 4)
    assert [c.id for c in card.checks if c.by == "judge"] == ["thanked"]


def test_two_things_found_besides_are_a_disagreement() -> None:
    card = combine(STEPS, found("within_time", "purpose"), [says(thanked=True, builds=True)])
    assert (card.mark, card.opinion.score, card.opinion.disagrees) == (3, 5, True)
    assert all(c.by == "detectors" for c in card.checks)


def test_words_that_were_found_cannot_be_argued_away() -> None:
    card = combine(STEPS, found("job_asks", "purpose"), [says(job_asks=False)])
    assert (card.mark, card.opinion.score) == (1, 2)
    lower = combine(STEPS, found("within_time", "purpose"), [says(purpose=False)])
    assert (lower.mark, lower.opinion.score) == (3, 2)


def test_the_clock_is_not_asked_of_the_judge() -> None:
    card = combine(STEPS, found("purpose"), [says(within_time=True)])
    assert (card.mark, card.opinion.score, card.opinion.checks) == (2, 2, [])


def test_the_middle_of_three_runs_speaks_and_the_band_shows_all() -> None:
    runs = [says(), says(thanked=True), says(thanked=True, builds=True)]
    card = combine(STEPS, found("within_time", "purpose"), runs)
    assert (card.mark, card.opinion.score, card.opinion.low, card.opinion.high) == (4, 4, 3, 5)
    assert combine(STEPS, found("within_time", "purpose"), runs[:2]).mark == 3  # of two, the lower one


# -- where and when the words of an answer may stand -------------------------------------------------------------------


OF_NOTES = sorted(name for name in CATALOGUE if name.startswith("note_") or name.endswith("_in_note"))


@pytest.mark.parametrize("name", [*OF_NOTES, "referrer_thanked"])
def test_what_is_asked_of_a_note_is_answered_by_the_note_alone(name: str) -> None:
    session = meeting(they("Hello."), you("Please give me a job."), note=you("Please give me a job."))
    assert fits(session, Check(id=name), "thank_you")
    assert not fits(session, Check(id=name), "turn:1")


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - set(OF_NOTES) - {"referrer_thanked"}))
def test_what_is_asked_of_the_meeting_is_not_answered_by_a_note_unless_both_are_meant(name: str) -> None:
    session = meeting(they("Hello."), you("Hello."), note=you("Hello."))
    assert fits(session, Check(id=name), "thank_you") == (name in ("gave_back", "offered_back"))


BEGIN = (they("Hello."), you("Hello, Ada."))
ASK = you("Who else should I meet?", act("referral_ask", "Who else should I meet?"))
JOB = you("Is there a job for me?", act("job_ask", "Is there a job for me?", kind="direct"))
HINT = you("Keep me in mind.", act("job_ask", "Keep me in mind.", kind="veiled"))
NOT_FOR_A_JOB = you("I am not here for a job.", act("job_disclaimer", "I am not here for a job."))


@pytest.mark.parametrize(
    ("name", "lines", "may", "may_not"),
    [
        ("job_asks_after_no", [JOB, they("No openings here.", no_job=True), JOB], "turn:4", "turn:2"),
        ("referral_pushes", [ASK, they("I pass no names on.", no_referral=True), ASK], "turn:4", "turn:2"),
        ("next_step", [ASK, they("Well."), you("May I use your name?")], "turn:4", "turn:1"),
        ("next_step", [they("Talk to Rowle.", offers_name=True), you("May I use your name?")], "turn:3", "turn:1"),
        ("name_taken_up", [ASK, they("No.", no_referral=True), ASK, they("Rowle.", offers_name=True), you("Rowle.")], "turn:6", "turn:4"),
        ("pretexts", [JOB, they("Well."), NOT_FOR_A_JOB, they("Good."), JOB], "turn:6", "turn:2"),
        ("pretexts", [HINT, they("Well."), JOB], "turn:2", "turn:4"),
    ],
)  # fmt: skip
def test_the_judges_words_must_have_been_said_when_they_could_mean_that(name: str, lines: list[Any], may: str, may_not: str) -> None:
    """Nobody asks again after a no that has not been given, or settles a next step before there is anybody to reach."""
    session = meeting(*BEGIN, *lines)
    assert fits(session, Check(id=name), may)
    assert not fits(session, Check(id=name), may_not)


def test_where_no_request_for_names_was_heard_the_judge_may_have_heard_one() -> None:
    session = meeting(*BEGIN, they("Well."), you("May I use your name?"))
    assert fits(session, Check(id="next_step"), "turn:3")


def test_every_entry_has_its_terms() -> None:
    assert set(TERMS) == set(CATALOGUE)
