"""What practice needs from the outside, as small protocols. Adapters fulfil them; rules never see more than this."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from sim.meeting import Setup, Step
from sim.persona import Intent
from sim.transcript import Engine, Turn


@dataclass(frozen=True)
class Brief:
    """What an actor is given for one line: the setup, the state and direction, and everything said so far, oldest first.

    `session_id` and `workshop_id` say whose account it goes on, where the line costs something; no actor reads more into them.
    """

    setup: Setup
    step: Step
    turns: tuple[Turn, ...]
    session_id: str | None = None
    workshop_id: str | None = None


@dataclass(frozen=True)
class Utterance:
    """A finished line: its words, who spoke it, and the ids of the persona lines it used (so that none is said twice).

    `intent` says what the line did where that differs from the direction: a question the actor could not answer, for one.
    `model` and `prompts` name the model that spoke, or was to speak, and what it was asked with; `handled` what was done to its
    words, in order, as the trace records it.
    """

    text: str
    engine: Engine
    used_lines: tuple[str, ...] = ()
    intent: Intent | None = None
    model: str | None = None
    prompts: tuple[str, ...] = ()
    handled: tuple[str, ...] = ()


class Contact(Protocol):
    """An actor: a direction in, words out."""

    def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
        """Yield the line in pieces as it is spoken and the whole `Utterance` last; raises ChatUnavailable."""
        ...


class WallClock(Protocol):
    """Real time, for meetings held by the wall clock and for time stamps."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...
