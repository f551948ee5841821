"""Worked examples: anybody reads them, instructors keep and remove them. Only test-drive runs are kept, never a learner's words."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Protocol

from sim.drive.result import Run
from sim.errors import InputError, Problem, UnknownItem
from sim.examples import Example, Quality
from sim.persona import Persona
from sim.ports import WallClock

ID = re.compile(r"[a-z0-9.-]{1,80}")
"""What an example's id can look like; anything else never reaches a database."""

LONGEST_TITLE = 200
"""Characters of a title; the table holds no more."""


class Kept(Protocol):
    """Where instructors' examples are stored."""

    async def keep(self, example: Example) -> None:
        """Add an example."""
        ...

    async def get(self, example_id: str) -> Example | None:
        """Return one example, or None."""
        ...

    async def of(self, persona_id: str) -> list[Example]:
        """Return the examples of a contact, the latest first."""
        ...

    async def remove(self, example_id: str) -> None:
        """Delete one example, if it is there."""
        ...


class Shipped(Protocol):
    """Where examples come from that nobody can remove here."""

    def of(self, persona_id: str) -> list[Example]:
        """Return the examples of a contact."""
        ...

    def get(self, example_id: str) -> Example | None:
        """Return one example, or None."""
        ...


@dataclass(frozen=True)
class ExampleDesk:
    """The ports of worked examples; `web/app.py` builds it."""

    kept: Kept
    shipped: Shipped
    clock: WallClock


async def keep_example(desk: ExampleDesk, account: str, persona: Persona, run: Run, quality: Quality, title: str = "") -> Example:
    """Keep a test-drive's run as a worked example and return it. `account` is the signed-in instructor's id.

    `title` (at most 200 characters) defaults to the learner's name. Raises InputError where it is too long, or where the run is
    of another contact. Whether the account may do so is the caller's to know.
    """
    title = " ".join(title.split()) or run.name
    if len(title) > LONGEST_TITLE:
        raise InputError([Problem("request", None, "title", f"has {len(title)} characters; at most {LONGEST_TITLE}")])
    if run.transcript.persona != persona.id:
        raise InputError([Problem("request", None, "run", f"is a meeting with {run.transcript.persona!r}, not with {persona.id!r}")])
    example = Example(
        id=secrets.token_hex(16),
        persona=persona.id,
        contact=persona.name,
        quality=quality,
        title=title,
        transcript=run.transcript,
        scorecard=run.scorecard,
        account=account,
        kept_at=desk.clock.now(),
    )
    await desk.kept.keep(example)
    return example


async def remove_example(desk: ExampleDesk, account: str, example_id: str, *, owner: bool = False) -> None:
    """Remove an example that this account kept; with `owner`, anybody's. Raises UnknownItem for any other."""
    found = await desk.kept.get(example_id)
    if found is None or not (owner or found.account == account):
        raise UnknownItem("there is no such example of yours")
    await desk.kept.remove(example_id)


async def examples_of(desk: ExampleDesk, persona: Persona) -> list[Example]:
    """Return a contact's examples: those that instructors kept, the latest first, then the shipped ones.

    Examples of somebody of another name are left out: the file of that id has changed hands since.
    """
    found = [*await desk.kept.of(persona.id), *desk.shipped.of(persona.id)]
    return [example for example in found if example.contact == persona.name]


async def find_example(desk: ExampleDesk, example_id: str) -> Example:
    """Return one example; raises UnknownItem."""
    possible = bool(ID.fullmatch(example_id))
    found = (desk.shipped.get(example_id) or await desk.kept.get(example_id)) if possible else None
    if found is None:
        raise UnknownItem("there is no such example; it may have been removed")
    return found


def pair(examples: list[Example]) -> tuple[Example | None, Example | None]:
    """Return the first good and the first poor example, None where there is none of the kind."""
    first = {quality: next((e for e in examples if e.quality == quality), None) for quality in ("good", "poor")}
    return first["good"], first["poor"]
