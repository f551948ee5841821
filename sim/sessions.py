"""What is kept of a session, and what a store must be able to do with it. Plain data and one protocol.

A record carries a `version` that every change of the meeting raises by one. A change names the version it was decided on and is
refused (False) when somebody else was faster; whoever is refused loads again and decides anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sim.meeting import Difficulty, State
from sim.persona import Persona
from sim.review import Review
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.transcript import Clock, EndedBy, Prep, ThankYou, TraceEntry

NoteStage = Literal["open", "sent", "skipped"]
"""What became of the thank-you note: not decided yet, sent, or skipped."""


def digest(secret: str) -> str:
    """Return what is stored of a cookie or token: its SHA-256. The secrets are 128 random bits or more, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class TurnRecord:
    """One turn as stored. `at` is minutes to its start.

    Learner turns carry `key`, `answered` (False until the reply is stored too) and, for meetings by the wall clock, the
    `elapsed` minutes at which the message came in, so that a reply made again is made from the same figures. Contact turns
    carry their `trace`; the state after them stays in the store until a fork asks for it.
    """

    index: int
    speaker: Literal["learner", "contact"]
    text: str
    at: float
    key: str | None = None
    answered: bool = True
    elapsed: float | None = None
    trace: TraceEntry | None = None
    state: State | None = None


@dataclass(frozen=True)
class Ending:
    """How and at which minute a meeting ended."""

    by: EndedBy
    at: float


@dataclass(frozen=True)
class SessionRecord:
    """One session as stored. Times named `*_at` are seconds since the epoch, `agreed_minutes` and `ending.at` minutes.

    In a workshop `member` says whose it is and `attempt` which of theirs, from 1 (None for one tried again from a turn); `numbers`
    and `hints` are what the workshop lets its learners see and use. `state` is None until the meeting begins. `held` tells that a
    living process other than this one is speaking the reply.
    """

    id: str
    owner_hash: str
    token_hash: str
    persona: Persona
    rubric: Rubric
    difficulty: Difficulty
    clock: Clock
    seed: int
    agreed_minutes: float
    opened_at: float
    workshop: str | None = None
    parent: str | None = None
    fork_turn: int | None = None
    version: int = 0
    state: State | None = None
    begun_at: float | None = None
    ending: Ending | None = None
    prep: Prep | None = None
    notes: str = ""
    drafts: Mapping[str, str] = field(default_factory=dict)
    thank_you: ThankYou | None = None
    note_stage: NoteStage = "open"
    assisted: bool = False
    self_ratings: Mapping[str, int] = field(default_factory=dict)
    scorecard: Scorecard | None = None
    held: bool = False
    turns: tuple[TurnRecord, ...] = ()
    member: str | None = None
    attempt: int | None = None
    submitted_at: float | None = None
    numbers: bool = True
    hints: bool = True

    @property
    def waiting(self) -> TurnRecord | None:
        """The learner's last turn, where its reply is missing."""
        return self.turns[-1] if self.turns and not self.turns[-1].answered else None

    @property
    def payer(self) -> str | None:
        """The workshop whose allowance its calls to a model come out of; None outside one, where `workshop` is whatever label was given."""
        return self.workshop if self.member else None


@dataclass(frozen=True)
class HistoryRecord:
    """The figures of one session for the history page; `scorecard` as its JSON object, None until marked.

    `overrides` are an instructor's marks by criterion, `numbers` whether its workshop shows marks to learners.
    """

    id: str
    persona: Persona
    rubric_id: str
    difficulty: Difficulty
    agreed_minutes: float
    opened_at: float
    learner_turns: int
    minute: float | None
    ended_by: EndedBy | None
    note_stage: NoteStage
    scorecard: Mapping[str, Any] | None
    parent: str | None
    fork_turn: int | None
    assisted: bool
    workshop: str | None = None
    numbers: bool = True
    rubric: Rubric | None = None
    overrides: Mapping[str, int] = field(default_factory=dict)


class SessionStore(Protocol):
    """Where sessions are kept. Every call raises StoreUnavailable when it could not be done; nothing is half done then."""

    @property
    def backend(self) -> str:
        """What it is: sqlite or postgresql."""
        ...

    async def ping(self) -> None:
        """Return if it can be used."""
        ...

    async def create(self, record: SessionRecord) -> None:
        """Keep a new session; one with `parent` and `fork_turn` gets the parent's turns before that one, with their states."""
        ...

    async def create_attempt(self, record: SessionRecord, most: int | None) -> SessionRecord | None:
        """Keep a new session as its member's next attempt and return it numbered; None where they have had `most` already.

        Raises UnknownItem where the member has left meanwhile.
        """
        ...

    async def load(self, session_id: str) -> SessionRecord | None:
        """Return the session, or None."""
        ...

    async def review(self, session_id: str) -> Review:
        """Return what an instructor added to a session; empty where nobody did."""
        ...

    async def state_at(self, session_id: str, turn: int) -> State | None:
        """Return the state stored with a contact turn, or None."""
        ...

    async def begin(self, session_id: str, version: int, greeting: TurnRecord, begun_at: float) -> bool:
        """Store the greeting and its state, unless the meeting has begun meanwhile."""
        ...

    async def hear(self, session_id: str, version: int, turn: TurnRecord) -> bool:
        """Store a learner's turn as unanswered and lease the session to this process for its reply."""
        ...

    async def adopt(self, session_id: str, version: int) -> bool:
        """Lease a session whose reply was cut off."""
        ...

    async def release(self, session_id: str, version: int) -> None:
        """Give the lease back without a reply."""
        ...

    async def answer(self, session_id: str, version: int, turn: TurnRecord, ending: Ending | None) -> bool:
        """Store the contact's turn with its state, mark the learner's turn answered and give the lease back."""
        ...

    async def finish(self, session_id: str, version: int, last: Sequence[TurnRecord], state: State, ending: Ending) -> bool:
        """End the meeting, adding `last` turns if any; nothing stays unanswered."""
        ...

    async def save(self, session_id: str, **values: Any) -> None:
        """Set columns that are no part of the meeting's course: prep, notes, drafts, thank_you, note_stage, assisted, ..."""
        ...

    async def decide_note(self, session_id: str, stage: NoteStage, note: ThankYou | None) -> None:
        """Keep what became of the thank-you note, unless it is decided already."""
        ...

    async def settle(self, session_id: str, card: Scorecard) -> Scorecard:
        """Keep the scorecard unless there is one already; returns the one that is kept."""
        ...

    async def amend(self, session_id: str, change: Callable[[Scorecard], Scorecard]) -> None:
        """Put what `change` makes of the stored scorecard in its place; nothing where there is none."""
        ...

    async def history(self, owner_hash: str) -> list[HistoryRecord]:
        """Return an owner's sessions, newest first."""
        ...

    async def delete(self, session_id: str) -> None:
        """Delete a session and its turns."""
        ...
