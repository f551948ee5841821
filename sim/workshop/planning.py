"""What an instructor may set, and what may still change once somebody joined. Rules only."""

from __future__ import annotations

from dataclasses import fields, replace

from sim.errors import InputError, Problem, UnknownItem
from sim.practice import wording
from sim.practice.desk import Shelf
from sim.practice.opening import MOST_MINUTES
from sim.workshops import Plan

NAME_CHARS, WELCOME_CHARS = 200, 4_000
MOST_PERSONAS, MOST_ATTEMPTS, MOST_DAYS = 50, 100, 3_650
MOST_TOKENS = 2_000_000_000
"""Most tokens of a budget: what fits the column; far more than a class uses in a year."""

TOLD = {
    "rubric_id": "the rubric",
    "difficulty": "the difficulty",
    "minutes": "the minutes",
    "hints": "whether there are hints",
    "numbers": "whether numbers are shown",
}
"""Settings that everybody was told before joining, and that make attempts comparable: they stay once somebody joined."""


def checked(plan: Plan, shelf: Shelf) -> Plan:
    """Return a plan with its texts cleaned; raises InputError with one problem for each setting that will not do."""
    problems = [*_texts(plan), *_numbers(plan), *_times(plan), *_choices(plan, shelf)]
    if problems:
        raise InputError(problems)
    return replace(plan, name=" ".join(wording.clean(plan.name).split()), welcome=wording.clean(plan.welcome).strip())


def _wrong(path: str, message: str) -> Problem:
    return Problem("request", None, path, message)


def _texts(plan: Plan) -> list[Problem]:
    found = []
    if not plan.name.strip():
        found.append(_wrong("name", "is empty; give the workshop a name that your learners know"))
    for path, text, most in (("name", plan.name, NAME_CHARS), ("welcome", plan.welcome, WELCOME_CHARS)):
        if len(text) > most:
            found.append(_wrong(path, f"has {len(text):,} characters; at most {most:,} are taken"))
    return found


def _numbers(plan: Plan) -> list[Problem]:
    bounds = (
        ("minutes", plan.minutes, MOST_MINUTES),
        ("attempts", plan.attempts, MOST_ATTEMPTS),
        ("token_budget", plan.token_budget, MOST_TOKENS),
        ("retention_days", plan.retention_days, MOST_DAYS),
    )
    return [_wrong(p, f"is {n:g}; expected 1 to {most:,}, or nothing") for p, n, most in bounds if n is not None and not 1 <= n <= most]


def _times(plan: Plan) -> list[Problem]:
    if plan.opens_at is not None and plan.closes_at is not None and plan.closes_at <= plan.opens_at:
        return [_wrong("closes_at", "is not after the opening; set a later time, or none")]
    return []


def _choices(plan: Plan, shelf: Shelf) -> list[Problem]:
    found = []
    if not 1 <= len(plan.personas) <= MOST_PERSONAS:
        found.append(_wrong("personas", f"has {len(plan.personas)} entries; offer 1 to {MOST_PERSONAS} contacts"))
    for persona in plan.personas[:MOST_PERSONAS]:
        try:
            shelf.persona(persona)
        except UnknownItem as error:
            found.append(_wrong("personas", str(error)))
    try:
        shelf.rubric(plan.rubric_id)
    except UnknownItem as error:
        found.append(_wrong("rubric", str(error)))
    return found


def refuse_broken_word(old: Plan, new: Plan) -> None:
    """Raise InputError where a change would break what those who joined were told.

    Once somebody joined, the settings of `TOLD` stay. Attempts may only become more, contacts may only be added, and words may only be
    kept for fewer days. Name, welcome, times and token budget are free.
    """
    problems = [
        _wrong(name, f"cannot change any more: people joined and were told {what}")
        for name, what in TOLD.items()
        if _differ(name, old, new)
    ]
    if _limit(new.attempts) < _limit(old.attempts):
        problems.append(_wrong("attempts", "can only become more: people joined with more in view"))
    if set(old.personas) - set(new.personas):
        problems.append(_wrong("personas", "can only become more: people joined and may have begun with the one you took away"))
    if _limit(new.retention_days) > _limit(old.retention_days):
        problems.append(_wrong("retention_days", "can only become fewer: people joined and were told when their words are deleted"))
    if problems:
        raise InputError(problems)


def _differ(name: str, old: Plan, new: Plan) -> bool:
    return bool(getattr(old, name) != getattr(new, name))


def _limit(value: int | None) -> float:
    return float("inf") if value is None else value


def changed(old: Plan, new: Plan) -> list[str]:
    """Return the names of the settings that differ, in the plan's order."""
    return [f.name for f in fields(Plan) if _differ(f.name, old, new)]
