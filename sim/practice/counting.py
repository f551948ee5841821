"""The marks that count: an instructor's in place of the computed ones, added up by the rubric's own weights."""

from __future__ import annotations

from collections.abc import Mapping

from sim.review import Override, Review
from sim.rubric import Rubric
from sim.scorecard import CriterionScore, Scorecard


def counting(card: Scorecard, rubric: Rubric, review: Review) -> Scorecard:
    """Return the scorecard that counts: the instructor's marks in place of the computed ones, and the overall by the rubric's weights.

    Without overrides the card comes back as it is. A criterion that was not assessed and got the instructor's mark counts from then
    on. Overrides of criteria that are not on the card change nothing.
    """
    if not any(review.override(c.id) for c in card.criteria):
        return card
    criteria = [_overridden(c, review.override(c.id)) for c in card.criteria]
    marks = {c.id: c.score for c in criteria}
    return card.model_copy(update={"criteria": criteria, "overall": weighted(rubric, marks), "graded_by": "instructor"})


def _overridden(score: CriterionScore, given: Override | None) -> CriterionScore:
    if given is None:
        return score
    computed = "not assessed" if score.score is None else f"{score.score} of 5"
    rationale = f"The instructor's mark; computed: {computed}. {given.reason}"
    return score.model_copy(update={"score": given.mark, "rationale": rationale})


def weighted(rubric: Rubric, marks: Mapping[str, int | None]) -> float:
    """Return the overall mark, 0 to 100, of marks by criterion, as the rubric's own roll-up adds them up."""
    from sim.scoring.rollup import overall  # the scorer takes a while to load, and most sessions have no override

    return overall(rubric, [CriterionScore(id=name, score=mark) for name, mark in marks.items()])
