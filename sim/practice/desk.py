"""What the use cases need to work: the ports, and the session that belongs to the caller."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sim.errors import UnknownItem
from sim.persona import Persona
from sim.ports import Contact, WallClock
from sim.practice.flight import Flights
from sim.practice.readings import Readings
from sim.practice.seen import Caller
from sim.rubric import Rubric
from sim.scorecard import Rewrite, Scorecard
from sim.sessions import SessionRecord, SessionStore, digest
from sim.transcript import Transcript

Scorer = Callable[[Transcript, Persona | None, Rubric], Scorecard]


class SecondReader(Protocol):
    """A judge: gives its opinion on a scorecard, within so many `seconds`."""

    seconds: float

    @property
    def model(self) -> str:
        """The model that reads."""
        ...

    async def __call__(
        self, script: Transcript, persona: Persona | None, rubric: Rubric, card: Scorecard, session: str | None, workshop: str | None
    ) -> Scorecard:
        """Return the scorecard with the opinion combined into it, or the same marks and why there is none."""
        ...


class Rewriter(Protocol):
    """Writes another way to say one of the learner's lines."""

    async def __call__(
        self, script: Transcript, persona: Persona, turn: int, weakness: str, session: str | None, workshop: str | None
    ) -> Rewrite:
        """Return the suggestion, its text empty where none was fit to show; raises ChatUnavailable."""
        ...


class Shelf(Protocol):
    """Where personas and rubrics come from."""

    def persona(self, persona_id: str) -> Persona:
        """Return a persona by id; raises UnknownItem."""
        ...

    def rubric(self, rubric_id: str) -> Rubric:
        """Return a rubric by id; raises UnknownItem."""
        ...


def by_detectors(script: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
    """Return the scorecard as the detectors give it."""
    from sim.scoring import score  # what it loads takes a while, and a server is to be ready before

    return score(script, persona, rubric)


@dataclass(frozen=True)
class Desk:
    """The ports every use case needs; `web/app.py` and `sim/cli.py` build it. `max_message_chars` bounds one message."""

    library: Shelf
    store: SessionStore
    contact: Contact
    clock: WallClock
    max_message_chars: int = 4_000
    score: Scorer = by_detectors
    judge: SecondReader | None = None
    rewriter: Rewriter | None = None
    flights: Flights = field(default_factory=Flights)
    readings: Readings = field(default_factory=Readings)

    async def close(self, seconds: float = 2.0) -> None:
        """Let replies on their way end within so many seconds; those that do not are made again after the next start."""
        await self.readings.stop_all()
        await self.flights.land_all(seconds)


async def mine(desk: Desk, session_id: str, caller: Caller) -> SessionRecord:
    """Return the session if it is the caller's, else raise UnknownItem: a stranger does not even learn that it exists."""
    plausible = session_id.isascii() and session_id.isalnum() and len(session_id) <= 32  # PostgreSQL fails at a NUL
    record = await desk.store.load(session_id) if plausible else None
    if record is None or not _belongs(record, caller):
        raise UnknownItem("there is no such session here; it may have been deleted, or opened in another browser")
    return record


def _belongs(record: SessionRecord, caller: Caller) -> bool:
    by_owner = bool(caller.owner) and hmac.compare_digest(digest(caller.owner or ""), record.owner_hash)
    by_token = bool(caller.token) and hmac.compare_digest(digest(caller.token or ""), record.token_hash)
    return by_owner or by_token
