"""The form of a workshop: what was typed, the plan it makes, and the plan as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sim.errors import InputError, Problem
from sim.meeting import Difficulty
from sim.persona import Persona
from sim.rubric import Rubric
from sim.workshops import Plan
from web.views.moments import field, parsed, zones
from web.views.words import DIFFICULTIES, Option

LABELS = {
    "personas": "Contacts on offer",
    "rubric": "The rubric",
    "rubric_id": "The rubric",
    "difficulty": "The difficulty",
    "minutes": "Minutes",
    "attempts": "Attempts",
    "hints": "Hints",
    "numbers": "Marks as numbers",
    "opens_at": "Opens",
    "closes_at": "Closes",
    "zone": "Time zone",
    "token_budget": "Token budget",
    "retention_days": "Days until deletion",
    "mark": "The mark",
    "criterion": "The criterion",
    "turn": "The turn",
}
"""What the form calls its fields."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Typed:
    """The form as typed."""

    name: str = ""
    welcome: str = ""
    personas: tuple[str, ...] = ()
    rubric: str = "classic"
    difficulty: str = "realistic"
    minutes: str = ""
    attempts: str = ""
    hints: str = ""
    numbers: str = "show"
    opens_at: str = ""
    closes_at: str = ""
    zone: str = "UTC"
    token_budget: str = ""
    retention_days: str = "90"

    def plan(self) -> Plan:
        """Return the plan; raises InputError with one problem for each field that cannot be read."""
        problems: list[Problem] = []

        def read(path: str, reader: Callable[[str], Value], expected: str) -> Value | None:
            text = getattr(self, path).strip()
            try:
                return reader(text) if text else None
            except ValueError:
                problems.append(Problem("request", None, path, f"is {text[:40]!r}; expected {expected}"))
                return None

        whole = "a whole number, or nothing"
        times = "a date and a time, such as 2026-11-24T14:00"
        made: dict[str, Any] = {
            "minutes": read("minutes", _number, "a number, or nothing"),
            "attempts": read("attempts", _whole, whole),
            "token_budget": read("token_budget", _whole, whole),
            "retention_days": read("retention_days", _whole, whole),
            "opens_at": read("opens_at", lambda text: parsed(text, self.zone), times),
            "closes_at": read("closes_at", lambda text: parsed(text, self.zone), times),
        }
        if self.zone not in zones():
            problems.append(Problem("request", None, "zone", "is not known here; choose one of the list"))
        if self.difficulty not in {o.value for o in DIFFICULTIES}:
            problems.append(Problem("request", None, "difficulty", "is not known; choose one of the list"))
        if problems:
            raise InputError(problems)
        return Plan(
            name=self.name,
            welcome=self.welcome,
            personas=tuple(dict.fromkeys(self.personas)),
            rubric_id=self.rubric,
            difficulty=cast(Difficulty, self.difficulty),
            hints=bool(self.hints),
            numbers=self.numbers != "hide",
            zone=self.zone,
            **made,
        )


def _whole(text: str) -> int:
    if not text.isascii() or len(text) > 12:
        raise ValueError(text)
    return int(text.replace(",", "").replace(" ", ""))


def _number(text: str) -> float:
    found = float(text.replace(",", ".")) if text.isascii() and len(text) <= 12 else float("nan")
    if found != found or found in (float("inf"), float("-inf")):
        raise ValueError(text)
    return found


def typed(plan: Plan) -> Typed:
    """Return a plan as it would be typed."""
    return Typed(
        name=plan.name,
        welcome=plan.welcome,
        personas=plan.personas,
        rubric=plan.rubric_id,
        difficulty=plan.difficulty,
        minutes="" if plan.minutes is None else f"{plan.minutes:g}",
        attempts=_text(plan.attempts),
        hints="on" if plan.hints else "",
        numbers="show" if plan.numbers else "hide",
        opens_at=field(plan.opens_at, plan.zone),
        closes_at=field(plan.closes_at, plan.zone),
        zone=plan.zone,
        token_budget=_text(plan.token_budget),
        retention_days=_text(plan.retention_days),
    )


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True)
class FormPage:
    """The form of a new workshop, or of one that exists (`id`). `joined`: somebody did, and some settings are settled."""

    id: str
    typed: Typed
    contacts: tuple[Option, ...]
    rubrics: tuple[Option, ...]
    difficulties: tuple[Option, ...]
    zones: tuple[str, ...]
    joined: bool
    keep_days: int | None
    problem: str


def form_page(
    given: Typed,
    personas: Sequence[Persona],
    rubrics: Sequence[Rubric],
    *,
    workshop_id: str = "",
    joined: bool = False,
    keep_days: int | None = None,
    problem: str = "",
) -> FormPage:
    """Return the form with its choices."""
    contacts = tuple(Option(p.id, p.name, f"{p.title}, {p.company}; {p.minutes} minutes") for p in personas)
    usual_first = sorted(rubrics, key=lambda r: (r.id != "classic", r.name))
    schools = tuple(Option(r.id, r.name, " ".join(r.school.split())) for r in usual_first)
    return FormPage(workshop_id, given, contacts, schools, DIFFICULTIES, zones(), joined, keep_days, problem)
