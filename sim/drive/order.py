"""Whether better learners fare better: a few claims, each with its rule, held against the six runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.director.disclosure import locked_items
from sim.drive.cast import AVERAGE, MODEL
from sim.drive.result import Check, Run
from sim.persona import Persona

MARGIN = 10.0
"""Points of 100 by which the model student must stand above everybody else: less than a mark in one criterion is no difference
that a learner would notice (our judgement)."""

DOORS = ("shut", "ajar", "open")


def order_checks(persona: Persona, runs: Sequence[Run]) -> tuple[Check, ...]:
    """Return every claim on the order with what was found; claims on earning do not apply where nothing can be earned."""
    model, average, rest = _sorted(runs)
    earnable = bool(locked_items(persona))
    return (
        _overall_model(model, [average, *rest]),
        _overall_average(average, rest),
        _earned_model(model, average, rest, earnable),
        _earned_average(average, rest, earnable),
        _door_model(model),
        _door_rest(average, rest),
    )


def earned_too(runs: Sequence[Run]) -> list[Run]:
    """Return the runs of less skilled learners that earned as much as the model student, or of the least skilled that earned more
    than the average one.
    """
    model, average, rest = _sorted(runs)
    many = len(model.unlocked)
    as_many = [r for r in (average, *rest) if r.unlocked and len(r.unlocked) >= many]
    return [*as_many, *(r for r in rest if len(r.unlocked) > len(average.unlocked) and r not in as_many)]


def _sorted(runs: Sequence[Run]) -> tuple[Run, Run, list[Run]]:
    by = {run.learner: run for run in runs}
    return by[MODEL], by[AVERAGE], [run for run in runs if run.learner not in (MODEL, AVERAGE)]


def _overall_model(model: Run, others: Sequence[Run]) -> Check:
    best = max(others, key=lambda r: r.overall)
    claim = f"The model student's overall mark is at least {MARGIN:g} points above everybody else's."
    return Check("overall-model", claim, model.overall >= best.overall + MARGIN, _two(model, best, _mark))


def _overall_average(average: Run, rest: Sequence[Run]) -> Check:
    best = max(rest, key=lambda r: r.overall)
    claim = "The average learner's overall mark is above that of the pushers, the rambler and the silent one."
    return Check("overall-average", claim, average.overall > best.overall, _two(average, best, _mark))


def _earned_model(model: Run, average: Run, rest: Sequence[Run], earnable: bool) -> Check:
    best = max([average, *rest], key=lambda r: len(r.unlocked))
    claim = "The model student earns as much of what the contact can give as the average learner or more, and more than the others."
    most, others = len(model.unlocked), max(len(r.unlocked) for r in rest)
    holds = most >= len(average.unlocked) and most > others if earnable else None
    return Check("earned-model", claim, holds, _two(model, best, _items) if earnable else "There is nothing to earn.")


def _earned_average(average: Run, rest: Sequence[Run], earnable: bool) -> Check:
    best = max(rest, key=lambda r: len(r.unlocked))
    claim = "The pushers, the rambler and the silent one earn no more than the average learner."
    holds = len(average.unlocked) >= len(best.unlocked) if earnable else None
    return Check("earned-average", claim, holds, _two(average, best, _items) if earnable else "There is nothing to earn.")


def _door_model(model: Run) -> Check:
    claim = "The contact would take the model student's call again."
    return Check("door-model", claim, model.door == "open", f"Model student: door {model.door}.")


def _door_rest(average: Run, rest: Sequence[Run]) -> Check:
    best = max(rest, key=lambda r: DOORS.index(r.door))
    claim = "The door is no further open to the pushers, the rambler and the silent one than to the average learner, and never wide."
    holds = best.door != "open" and DOORS.index(best.door) <= DOORS.index(average.door)
    return Check("door-rest", claim, holds, _two(average, best, lambda r: f"door {r.door}"))


def _two(one: Run, other: Run, tell: Callable[[Run], str]) -> str:
    return f"{one.name}: {tell(one)}; next best, {other.name.lower()}: {tell(other)}."


def _mark(run: Run) -> str:
    return f"{run.overall:g}"


def _items(run: Run) -> str:
    return f"{len(run.unlocked)} earned"
