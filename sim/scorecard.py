"""A scorecard: the scored debrief of one transcript (`sim.scorecard/1`)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "sim.scorecard/1"

GradedBy = Literal["detectors", "judge", "detectors+judge", "instructor"]

TOO_LITTLE = (
    "There was too little said to mark: it takes at least two messages and a few sentences in all, with a question in them, or a word on "
    "who you are or why you came."
)
"""The rationale of every mark of a session with next to nothing in it: an anchor would tell of faults that nobody had time for."""


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


class Opinion(_Frozen):
    """What the judge would have given, by its own answers alone.

    `score` is the middle one of its runs, `low` and `high` their band. `disagrees`: two marks or more from the detectors', which then
    stand. `checks` holds the answers that could be used: those whose quotes stand in the learner's own words.
    """

    score: int = Field(ge=1, le=5)
    low: int = Field(ge=1, le=5)
    high: int = Field(ge=1, le=5)
    disagrees: bool = False
    checks: list[CheckResult] = []


class CriterionScore(_Frozen):
    """The mark of one criterion: 1 to 5, or None where it was not assessed (the rationale says why).

    `judge` is there where a language model gave a second opinion; `detectors` is the mark without it.
    """

    id: str
    score: int | None = Field(ge=1, le=5)
    rationale: str = ""
    evidence: list[Evidence] = []
    advice: str = ""
    checks: list[CheckResult] = []
    detectors: int | None = Field(None, ge=1, le=5)
    judge: Opinion | None = None


class JudgeReport(_Frozen):
    """How the second reading went. `failed`: the marks are the detectors' alone, and `why` says so to the reader.

    `prompt` and `prompt_version` name the prompt file, `rung` the way answers were asked for (json_schema, json_object or text),
    `calls` counts requests. `answers` could be used; `void` were dropped, as their quotes are not the learner's or are missing.
    `steered`: the learner wrote to the grader; the words were not shown to the judge, and it could raise no mark.
    """

    status: Literal["answered", "failed"]
    model: str
    prompt: str
    prompt_version: str
    runs: int = 0
    calls: int = 0
    rung: str = ""
    answers: int = 0
    void: int = 0
    steered: bool = False
    why: str = ""


class Rewrite(_Frozen):
    """Another way to say a learner's line, written by a language model on request. `text` is empty where none was fit to show."""

    turn: int = Field(ge=0)
    text: str
    model: str
    prompt_version: str


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
    judge: JudgeReport | None = None
    rewrites: list[Rewrite] = []

    def to_json(self) -> dict[str, Any]:
        """Return the contract's JSON object; what only a judge adds is left out where there was none."""
        out = self.model_dump(by_alias=True, mode="json")
        for part in (out, *out["criteria"]):
            for name in ("judge", "detectors", "rewrites"):
                if not part.get(name, True):
                    del part[name]
        return out

    def criterion(self, criterion_id: str) -> CriterionScore:
        """Return one criterion's mark; raises KeyError where the rubric has no such criterion."""
        for item in self.criteria:
            if item.id == criterion_id:
                return item
        raise KeyError(criterion_id)
