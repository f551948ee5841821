"""Submitted attempts as figures: the table, how the marks of each criterion spread, which checks most people miss. Rules only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.practice.counting import counting
from sim.rubric import Check, Rubric
from sim.scorecard import CheckResult, Scorecard
from sim.workshops import Attempt, Member, Submission

MARKS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Row:
    """One submitted attempt. `marks` are those that count, by criterion; `overridden` names the instructor's, `computed` holds all
    as computed.
    """

    member: Member
    attempt: Attempt
    overall: float
    marks: Mapping[str, int | None]
    computed: Mapping[str, int | None]
    computed_overall: float
    overridden: frozenset[str]
    comments: int


@dataclass(frozen=True)
class Spread:
    """How many attempts got each mark of a criterion, from 1 to 5, and how many were not assessed on it."""

    criterion: str
    name: str
    counts: tuple[int, int, int, int, int]
    unassessed: int

    @property
    def mean(self) -> float | None:
        """The mean of the assessed marks."""
        assessed = sum(self.counts)
        return sum(m * n for m, n in zip(MARKS, self.counts, strict=True)) / assessed if assessed else None


@dataclass(frozen=True)
class Missed:
    """How often a check went the wrong way: `missed` of `asked` attempts to which it applied."""

    missed: int
    asked: int

    @property
    def share(self) -> float:
        """Missed of asked, 0 to 1."""
        return self.missed / self.asked if self.asked else 0.0


@dataclass(frozen=True)
class Heat:
    """One check of the heat-map: over all attempts, and with each contact (by id)."""

    criterion: str
    check: str
    asks: str
    all: Missed
    by_persona: Mapping[str, Missed]


@dataclass(frozen=True)
class Results:
    """Everything that was submitted. `criteria` and `personas` are ids with names; `heat` has the checks missed most often first.

    `pending` are sessions (by id) that a judge is still reading: they stand here with the detectors' marks.
    """

    rows: tuple[Row, ...]
    criteria: Mapping[str, str]
    personas: Mapping[str, str]
    spreads: tuple[Spread, ...]
    heat: tuple[Heat, ...]
    pending: frozenset[str] = frozenset()


def results_of(submissions: Sequence[Submission]) -> Results:
    """Return the figures of submitted attempts. An instructor's marks count; checks are as computed."""
    rubrics = list({s.rubric.id: s.rubric for s in submissions}.values())
    names = {c.id: c.name for rubric in rubrics for c in rubric.criteria}
    rows = tuple(_row(s) for s in submissions)
    return Results(
        rows=rows,
        criteria=names,
        personas={s.attempt.persona: s.attempt.contact for s in submissions},
        spreads=tuple(spread(name, names[name], [r.marks.get(name) for r in rows]) for name in names),
        heat=heat_map(submissions, rubrics),
    )


def _row(found: Submission) -> Row:
    card = counting(found.card, found.rubric, found.review)
    marks, computed = _marks(card), _marks(found.card)
    overridden = frozenset(o.criterion for o in found.review.overrides if o.criterion in marks)
    return Row(found.member, found.attempt, card.overall, marks, computed, found.card.overall, overridden, len(found.review.comments))


def _marks(card: Scorecard) -> dict[str, int | None]:
    return {c.id: c.score for c in card.criteria}


def spread(criterion: str, name: str, marks: Sequence[int | None]) -> Spread:
    """Return how marks spread over 1 to 5."""
    one, two, three, four, five = (sum(m == n for m in marks) for n in MARKS)
    return Spread(criterion, name, (one, two, three, four, five), sum(m is None for m in marks))


def heat_map(submissions: Sequence[Submission], rubrics: Sequence[Rubric]) -> tuple[Heat, ...]:
    """Return every check that applied to somebody, missed most often first; ties in the rubric's order."""
    checks = [(c.id, check) for rubric in rubrics for c in rubric.criteria for check in c.checks]
    answers: dict[tuple[str, str], list[tuple[str, CheckResult]]] = {}
    for found in submissions:
        for criterion, result in ((c.id, r) for c in found.card.criteria for r in c.checks):
            answers.setdefault((criterion, result.id), []).append((found.attempt.persona, result))
    heats = [_heat(criterion, check, answers.get((criterion, check.id), [])) for criterion, check in checks]
    return tuple(sorted((h for h in heats if h.all.asked), key=lambda h: (-h.all.share, -h.all.missed)))


def _heat(criterion: str, check: Check, answers: Sequence[tuple[str, CheckResult]]) -> Heat:
    personas = dict.fromkeys(p for p, _ in answers)
    by_persona = {p: _missed(check, [r for q, r in answers if q == p]) for p in personas}
    return Heat(criterion, check.id, check.asks or check.id.replace("_", " "), _missed(check, [r for _, r in answers]), by_persona)


def _missed(check: Check, answers: Sequence[CheckResult]) -> Missed:
    """Count what went the wrong way: a helping check that failed, a hurting one that held. What did not apply is not asked."""
    asked = [r.passed for r in answers if r.passed is not None]
    return Missed(sum(passed is (check.effect == "hurts") for passed in asked), len(asked))
