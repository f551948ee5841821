"""How the marks given lie against the raters' marks, criterion by criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.calibrate.folder import Case
from sim.calibrate.measures import Interval, bias, confusion, qwk_interval, within
from sim.rubric import Rubric
from sim.scorecard import Scorecard


@dataclass(frozen=True)
class MarkPair:
    """One session's mark by the raters and by us."""

    session: str
    label: int
    given: int

    @property
    def gap(self) -> int:
        """Ours minus theirs, in marks."""
        return self.given - self.label


@dataclass(frozen=True)
class CriterionFigures:
    """One criterion over all sessions. `unmarked`: ids of sessions where either side has no mark; they are not counted."""

    id: str
    pairs: tuple[MarkPair, ...]
    unmarked: tuple[str, ...]
    seed: int

    @cached_property
    def table(self) -> np.ndarray:
        """Counts, (5, 5): rows the raters' marks, columns ours."""
        return confusion([p.label for p in self.pairs], [p.given for p in self.pairs])

    @cached_property
    def qwk(self) -> Interval:
        """Weighted kappa with its bootstrap interval."""
        return qwk_interval(self.table, self.seed)

    @property
    def exact(self) -> float | None:
        """The share of marks that are the same."""
        return within(self.table, 0)

    @property
    def adjacent(self) -> float | None:
        """The share at most one mark apart."""
        return within(self.table, 1)

    @property
    def bias(self) -> float | None:
        """Ours minus theirs, mean, in marks."""
        return bias(self.table)


def measure_marks(cases: Sequence[Case], cards: Sequence[Scorecard], rubric: Rubric, seed: int) -> list[CriterionFigures]:
    """Return the figures of every criterion of the rubric that raters marked, in the rubric's order."""
    marked = {name for case in cases for name in case.labels.scores}
    return [_criterion(c.id, cases, cards, seed) for c in rubric.criteria if c.id in marked]


def _criterion(criterion_id: str, cases: Sequence[Case], cards: Sequence[Scorecard], seed: int) -> CriterionFigures:
    pairs, unmarked = [], []
    for case, card in zip(cases, cards, strict=True):
        label, given = case.labels.scores.get(criterion_id), card.criterion(criterion_id).score
        if label is None or given is None:
            unmarked.append(case.id)
        else:
            pairs.append(MarkPair(case.id, label, given))
    return CriterionFigures(criterion_id, tuple(pairs), tuple(unmarked), seed)


def together(figures: Sequence[CriterionFigures]) -> np.ndarray:
    """Return the confusion counts summed over criteria."""
    return np.sum([f.table for f in figures], axis=0) if figures else confusion([], [])
