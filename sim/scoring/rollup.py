"""Add checks up into marks, and marks into the overall figure. Arithmetic only; every rule stands in the rubric file."""

from __future__ import annotations

from collections.abc import Mapping

from sim.rubric import Criterion, MarkRule, Rubric
from sim.scorecard import CheckResult, CriterionScore


def passes(rule: MarkRule, passed: Mapping[str, bool | None]) -> bool:
    """Tell whether a mark's rule holds. A check that does not apply neither helps nor hurts: it satisfies `all`, never `any`."""
    return (
        all(passed[c] is not False for c in rule.all)
        and (not rule.any or any(passed[c] is True for c in rule.any))
        and not any(passed[c] is True for c in rule.none)
        and all(sum(passed[c] is True for c in part.of) >= part.n for part in rule.at_least)
    )


def deciding(criterion: Criterion, results: list[CheckResult]) -> MarkRule | None:
    """Return the first rule that holds, or None where none does."""
    passed = {r.id: r.passed for r in results}
    return next((rule for rule in criterion.marks if passes(rule, passed)), None)


def mark(criterion: Criterion, results: list[CheckResult]) -> int:
    """Return the criterion's mark, 1 to 5: that of the first rule that holds."""
    rule = deciding(criterion, results)
    return rule.mark if rule else criterion.otherwise


def overall(rubric: Rubric, scores: list[CriterionScore]) -> float:
    """Return the overall mark, 0 to 100: the weighted mean of assessed marks, where 1 counts 0 and 5 counts 100."""
    weight = total = 0.0
    for score in scores:
        share = rubric.criterion(score.id).weight
        if score.score is not None and share > 0:
            weight += share
            total += share * (score.score - 1) / 4
    return round(100 * total / weight, 1) if weight else 0.0
