"""What the judge is asked: the rubric's checks that are not measured, and the form its answers take."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sim.model.extract import find_object, objects
from sim.model.ladder import Form
from sim.rubric import Check, Rubric
from sim.scoring.catalogue import CATALOGUE
from sim.scoring.provable import MEASURED, entry_id


@dataclass(frozen=True)
class Question:
    """One check put to the judge. `key` is `criterion.check`; `needed` the quotes that a yes takes."""

    key: str
    criterion: str
    check: Check
    needed: int

    @property
    def line(self) -> str:
        """The question as the prompt shows it: what the learner would be asked, and what exactly counts."""
        shown: dict[str, Any] = {"check": self.key, "counts": _counts(self.check)}
        if self.check.asks:
            shown["asks"] = self.check.asks
        if self.needed > 1:
            shown["quotes_needed"] = self.needed
        return json.dumps(shown, ensure_ascii=False)


def _counts(check: Check) -> str:
    return " ".join((CATALOGUE[entry_id(check)].__doc__ or "").split("\n\n")[0].split())


def questions(rubric: Rubric, *, with_note: bool) -> list[Question]:
    """Return the questions of a rubric in its order. Measured checks are left out, as are upper bounds, which only code can count.

    Criteria about a thank-you note are asked only in sessions that had that stage (`with_note`).
    """
    return [
        Question(f"{criterion.id}.{check.id}", criterion.id, check, max(1, round(check.at_least or 1)))
        for criterion in rubric.criteria
        if with_note or criterion.needs != "thank_you"
        for check in criterion.checks
        if entry_id(check) not in MEASURED and check.at_most is None
    ]


def form(asked: list[Question]) -> Form:
    """Return the form of the answers: an entry a question, quotes before the answer so that it follows from them."""
    entry = {
        "type": "object",
        "properties": {
            "check": {"type": "string", "enum": [q.key for q in asked]},
            "quotes": {"type": "array", "items": {"type": "string"}},
            "answer": {"type": "string", "enum": ["yes", "no", "n/a"]},
        },
        "required": ["check", "quotes", "answer"],
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {"answers": {"type": "array", "items": entry}},
        "required": ["answers"],
        "additionalProperties": False,
    }
    known = {q.key for q in asked}
    return Form("answers", schema, lambda reply: _read(reply, known))


def _read(reply: str, known: set[str]) -> dict[str, Any] | None:
    """Return the answers in a reply, of one that was cut off those that are whole; None where it answers nothing."""
    whole = find_object(reply, lambda found: bool(_entries(found.get("answers"), known)))
    answers = _entries(whole["answers"], known) if whole else _entries(list(objects(reply)), known)
    return {"answers": answers} if answers else None


def _entries(found: Any, known: set[str]) -> list[dict[str, Any]]:
    listed = found if isinstance(found, list) else []
    return [e for e in listed if isinstance(e, dict) and isinstance(e.get("check"), str) and e["check"] in known and "answer" in e]
