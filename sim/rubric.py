"""A rubric: one school of marking (`sim.rubric/1`). Criteria, anchors, and which checks add up to which mark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.documents import check_schema_name, parse_yaml, validate
from sim.errors import Problem, RubricError

SCHEMA = "sim.rubric/1"

Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


class Check(_Strict):
    """A yes/no question of this rubric, answered by an entry of the check catalogue (`sim/scoring/catalogue.py`).

    `check` names the catalogue's entry (the id itself where left out); the bounds apply to entries that count or measure.
    """

    id: Slug
    check: Slug | None = None
    at_least: float | None = None
    at_most: float | None = None
    asks: Words | None = Field(None, description="the question in plain words, shown in the debrief")
    effect: Literal["helps", "hurts"] = "helps"
    advice: Words | None = Field(None, description="what to try next time when the check went the wrong way")


class AtLeast(_Strict):
    """So many of these checks passed."""

    n: int = Field(gt=0)
    of: list[Slug]


class MarkRule(_Strict):
    """A mark and the checks that earn it: all of `all`, any of `any`, none of `none`, and every `at_least`.

    `because` stands in the place of the anchor's words where the rule gives its mark for something the anchor does not say.
    """

    mark: int = Field(ge=1, le=5)
    all: list[Slug] = []
    any: list[Slug] = []
    none: list[Slug] = []
    at_least: list[AtLeast] = []
    because: Words | None = None

    def checks(self) -> set[str]:
        """Return every check id the rule names."""
        return {*self.all, *self.any, *self.none, *(c for a in self.at_least for c in a.of)}


class Criterion(_Strict):
    """One criterion: its weight in the overall mark, five anchors, its checks, and the rules that add them up.

    `marks` are tried in order and the first that holds decides; where none holds the mark is `otherwise`.
    """

    id: Slug
    name: Words
    weight: float = Field(ge=0)
    question: Words
    anchors: dict[int, Words]
    supporting: bool = False
    checks: list[Check] = []
    marks: list[MarkRule] = []
    otherwise: int = Field(1, ge=1, le=5)
    needs: Literal["thank_you", "clock", "meeting"] = "meeting"

    @model_validator(mode="after")
    def _coherent(self) -> Criterion:
        if set(self.anchors) != {1, 2, 3, 4, 5}:
            raise ValueError(f"criterion {self.id!r} needs anchors 1, 2, 3, 4 and 5; found {sorted(self.anchors)}")
        ids = [c.id for c in self.checks]
        if len(ids) != len(set(ids)):
            raise ValueError(f"criterion {self.id!r} names a check twice")
        for rule in self.marks:
            unknown = rule.checks() - set(ids)
            if unknown:
                raise ValueError(f"criterion {self.id!r}: the rule for mark {rule.mark} names {sorted(unknown)}, not among its checks")
        return self


class Rubric(_Strict):
    """One school of marking."""

    schema_: Literal["sim.rubric/1"] = Field(alias="schema")
    id: Slug
    name: Words
    school: Words
    criteria: list[Criterion] = Field(min_length=1)
    extensions: dict[str, Any] = {}

    @model_validator(mode="after")
    def _coherent(self) -> Rubric:
        ids = [c.id for c in self.criteria]
        if len(ids) != len(set(ids)):
            raise ValueError("two criteria have the same id")
        if not any(c.weight > 0 for c in self.criteria):
            raise ValueError("at least one criterion must carry weight")
        return self

    def criterion(self, criterion_id: str) -> Criterion:
        """Return a criterion by id; raises KeyError."""
        for item in self.criteria:
            if item.id == criterion_id:
                return item
        raise KeyError(criterion_id)


def parse_rubric(text: str, file: str = "rubric") -> Rubric:
    """Return the rubric written in `text` (YAML); raises RubricError with one problem for each mistake."""
    document = parse_yaml(text, file, RubricError)
    check_schema_name(document, SCHEMA, RubricError)
    return validate(document, Rubric, RubricError)


def load_rubric(path: Path) -> Rubric:
    """Return the rubric in a file; raises RubricError, also where the file cannot be read."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError([Problem(str(path), None, "", f"cannot be read ({error})")]) from error
    return parse_rubric(text, str(path))
