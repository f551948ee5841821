"""A scorecard: the scored debrief of one transcript (`sim.scorecard/1`)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "sim.scorecard/1"

GradedBy = Literal["detectors", "judge", "detectors+judge", "instructor"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Evidence(_Frozen):
    """Words that earned or cost something. `where`: 'turn:N' (0-based), 'prep', 'notes', 'thank_you' or 'clock'."""

    where: str
    quote: str
    effect: Literal["helps", "hurts"]
    why: str = ""


class CheckResult(_Frozen):
    """One yes/no check of a criterion; None: not applicable."""

    id: str
    passed: bool | None
    by: Literal["detectors", "judge"] = "detectors"
    evidence: list[Evidence] = []


class CriterionScore(_Frozen):
    """The mark of one criterion: 1 to 5, or None where it was not assessed (the rationale says why)."""

    id: str
    score: int | None = Field(ge=1, le=5)
    rationale: str = ""
    evidence: list[Evidence] = []
    advice: str = ""
    checks: list[CheckResult] = []


class Advice(_Frozen):
    """One thing to try next time: the learner's own words, why they cost, and what could have been said instead."""

    criterion: str
    title: str
    where: str = ""
    quote: str = ""
    why: str
    instead: str = ""


class Scorecard(_Frozen):
    """The debrief of one transcript. `overall` is 0 to 100, weighted over assessed criteria that carry weight."""

    schema_: Literal["sim.scorecard/1"] = Field("sim.scorecard/1", alias="schema")
    transcript: str
    rubric: str
    overall: float = Field(ge=0, le=100)
    graded_by: GradedBy
    criteria: list[CriterionScore]
    advice: list[Advice] = Field([], description="one to three things that would have raised the marks most, best first")

    def to_json(self) -> dict[str, Any]:
        """Return the contract's JSON object."""
        return self.model_dump(by_alias=True, mode="json")

    def criterion(self, criterion_id: str) -> CriterionScore:
        """Return one criterion's mark; raises KeyError where the rubric has no such criterion."""
        for item in self.criteria:
            if item.id == criterion_id:
                return item
        raise KeyError(criterion_id)
