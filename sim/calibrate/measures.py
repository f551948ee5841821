"""Agreement, counted by hand: weighted kappa, exact and adjacent agreement, bias, precision, recall, and how sure each figure is.

Small enough to check against a pocket calculator (`tests/test_calibrate.py` does). Nothing here knows what is being measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

MARKS = 5
"""Marks run from 1 to this."""

RESAMPLES = 2_000
"""Bootstrap resamples; the ends of a 95% interval then rest on 50 resamples each."""

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95% interval."""


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval. None: not defined (nothing to count, or marks that never vary)."""

    value: float | None
    low: float | None = None
    high: float | None = None


def confusion(labels: Sequence[int], given: Sequence[int]) -> np.ndarray:
    """Return counts, (5, 5): rows are the raters' marks 1 to 5, columns the marks given.

    Raises ValueError on a mark outside 1 to 5 or on lists of different length.
    """
    table = np.zeros((MARKS, MARKS), np.int64)
    for label, mark in zip(labels, given, strict=True):
        if not (1 <= label <= MARKS and 1 <= mark <= MARKS):
            raise ValueError(f"marks run from 1 to {MARKS}; found {label} and {mark}")
        table[label - 1, mark - 1] += 1
    return table


def _distance() -> np.ndarray:
    place = np.arange(MARKS)
    return np.subtract.outer(place, place)


def qwk(table: np.ndarray) -> float | None:
    """Return Cohen's kappa with quadratic weights, -1 to 1; None where it is not defined.

    1 is perfect, 0 what two raters with these habits reach by chance. Not defined for an empty table, and where both sides gave
    one and the same mark throughout: then chance agrees perfectly too and there is nothing to be better than.
    Source: Cohen (1968), Weighted kappa, Psychological Bulletin 70.
    """
    n = table.sum()
    if n == 0:
        return None
    weights = _distance() ** 2
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chance = float((weights * expected).sum())
    return None if chance == 0 else 1 - float((weights * table).sum()) / chance


def qwk_interval(table: np.ndarray, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Return QWK with its percentile bootstrap interval; the same seed gives the same interval.

    Drawing n sessions with replacement and tabulating them is one multinomial draw over the table's cells. Resamples on which
    kappa is not defined are left out.
    """
    value = qwk(table)
    if value is None:
        return Interval(None)
    n = int(table.sum())
    draws = np.random.default_rng(seed).multinomial(n, (table / n).ravel(), size=resamples)
    found = [k for k in (qwk(d.reshape(MARKS, MARKS)) for d in draws) if k is not None]
    if not found:
        return Interval(value)
    low, high = np.quantile(found, [0.025, 0.975])
    return Interval(value, float(low), float(high))


def within(table: np.ndarray, steps: int) -> float | None:
    """Return the share of marks at most `steps` away from the raters' (0: exact, 1: adjacent); None for an empty table."""
    n = table.sum()
    return None if n == 0 else float(table[np.abs(_distance()) <= steps].sum() / n)


def bias(table: np.ndarray) -> float | None:
    """Return the mean of given minus rated, in marks: above zero is too kind. None for an empty table."""
    n = table.sum()
    return None if n == 0 else float(-(_distance() * table).sum() / n)


def wilson(hits: int, n: int) -> Interval:
    """Return a share with its Wilson score interval; not defined for n = 0.

    Chosen over the textbook interval because ours often stand near 0 or 1 with few cases. Source: Wilson (1927), JASA 22.
    """
    if n == 0:
        return Interval(None)
    share = hits / n
    spread = 1 + Z95**2 / n
    middle = (share + Z95**2 / (2 * n)) / spread
    half = Z95 / spread * sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def f1(hits: int, false_alarms: int, misses: int) -> float | None:
    """Return the harmonic mean of precision and recall; None where there was nothing to find and nothing found."""
    total = 2 * hits + false_alarms + misses
    return None if total == 0 else 2 * hits / total
