"""Why a mark is what it is: said from the answered checks, so that nothing in it can contradict the words beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sim.rubric import Check, Criterion, MarkRule, load_rubric
from sim.scorecard import CheckResult
from sim.scoring.catalogue import CATALOGUE
from sim.scoring.rationale import rationale
from sim.scoring.reasons import COUNTED, PART_OF, RULED_OUT_BY
from sim.scoring.rollup import mark
from sim.scoring.unnumbered import without_marks

SCHOOLS = [load_rubric(path) for path in sorted(Path("prompts/rubrics").glob("*.yaml"))]
CRITERIA = [pytest.param(c, id=f"{r.id}-{c.id}") for r in SCHOOLS for c in r.criteria]
CLASSIC = next(r for r in SCHOOLS if r.id == "classic")


def answers(criterion: Criterion, **given: bool | None) -> list[CheckResult]:
    """Return answers to all of a criterion's checks: took part, nothing else of note, but what is given."""
    return [CheckResult(id=c.id, passed=given.get(c.id, c.id == "took_part"), evidence=[]) for c in criterion.checks]


def test_it_names_what_counted_and_what_the_next_mark_needs() -> None:
    preparation = CLASSIC.criterion("preparation")
    found = answers(preparation, introduced=True, one_fact=True, asked_two=True, referrer_named=None)
    assert mark(preparation, found) == 3
    assert rationale(preparation, found) == (
        "Counts for it: who you are, a fact you had found out beforehand and two or more questions. "
        "For a 4: two facts you had found out beforehand."
    )


def test_it_names_what_counted_against_and_what_it_would_be_without() -> None:
    job = CLASSIC.criterion("no_job_push")
    found = answers(job, asked=True, asked_directly=True, ambiguous=True)
    assert rationale(job, found) == (
        "Counts against it: asking openly for a job and a moment that could be taken for asking about a job. "
        "Without asking for a job openly or in disguise it is a 4."
    )
    assert rationale(job, answers(job, ambiguous=True)).endswith("Without that it is a 5.")


def test_where_nothing_counted_the_anchor_speaks() -> None:
    job = CLASSIC.criterion("no_job_push")
    assert rationale(job, answers(job)) == " ".join(job.anchors[5].split())


def test_ending_in_time_leaves_no_minutes_over() -> None:
    time = CLASSIC.criterion("time_respect")
    found = answers(time, over_tenth=True, over_quarter=True)
    assert rationale(time, found).endswith("For a 3: an end within the agreed time.")


def test_a_rules_own_words_come_first() -> None:
    rapport = CLASSIC.criterion("rapport")
    assert rationale(rapport, answers(rapport, greeted=True, built_once=True)).startswith("Polite, and takes up an answer now and then")


def test_a_check_of_an_entry_without_a_name_is_passed_over() -> None:
    """A school may use entries that nobody can be praised or blamed for, such as whether there was a stage for a note."""
    rules = [MarkRule(mark=4, all=["stage"]), MarkRule(mark=3, all=["greeted"])]
    checks = [Check(id="stage", check="note_stage"), Check(id="greeted")]
    one = Criterion(id="x", name="X", weight=1, question="X?", anchors=dict.fromkeys(range(1, 6), "so"), checks=checks, marks=rules)
    assert rationale(one, answers(one, greeted=True)) == "Counts for it: a greeting."


@pytest.mark.parametrize("criterion", CRITERIA)
@given(data=st.data())
def test_what_it_promises_is_what_the_rules_give(criterion: Criterion, data: st.DataObject) -> None:
    """The next mark is above the one given, a 5 promises nothing, and no two sentences say opposite things of one check."""
    given = {c.id: data.draw(st.sampled_from([True, False, False])) for c in criterion.checks if c.id != "took_part"}
    found = answers(criterion, **given)
    held, words = mark(criterion, found), rationale(criterion, found)
    promised = re.search(r"(?:\bFor a|it is a) ([1-5])[:.]", words)
    assert promised is None or held < int(promised[1]) <= 5
    assert held < 5 or promised is None
    assert not re.search(r"(?:\bFor a|it is a) [1-5][:.]", without_marks(words))
    for_it, against = (set(re.findall(rf"{label}: (.*?)\.", words)) for label in ("Counts for it", "Counts against it"))
    assert not for_it & against


def test_every_name_is_of_an_entry_in_the_catalogue() -> None:
    assert set(COUNTED) <= set(CATALOGUE)
    assert {*PART_OF, *PART_OF.values(), *RULED_OUT_BY, *RULED_OUT_BY.values()} <= set(COUNTED)
    unnamed = {c.check or c.id for r in SCHOOLS for k in r.criteria for c in k.checks} - set(COUNTED)
    assert unnamed == {"took_part", "note_stage"}
