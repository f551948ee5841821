"""A workshop: what an instructor set, who joined, and how far each of them is. Plain data and what follows from it.

Every time named `*_at` is seconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.meeting import Difficulty
from sim.review import NO_REVIEW, Review
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.transcript import EndedBy

Phase = Literal["early", "open", "closed"]
"""Not open yet, open, or closed by its time or by hand."""

Whereabouts = Literal["joined", "preparing", "meeting", "note", "debrief"]
"""Where a learner is with their latest session: none opened, prep sheet, talking, thank-you note, over."""


@dataclass(frozen=True)
class Plan:
    """What the instructor sets.

    `personas` are the ids on offer; `minutes` None: as each contact agrees; `attempts`, `token_budget` and `retention_days` None: no
    limit. `numbers` False hides the marks' numbers from learners. `zone` is the time zone (IANA) that its times are shown in.
    """

    name: str
    personas: tuple[str, ...]
    welcome: str = ""
    rubric_id: str = "classic"
    difficulty: Difficulty = "realistic"
    minutes: float | None = None
    attempts: int | None = None
    hints: bool = True
    numbers: bool = True
    opens_at: float | None = None
    closes_at: float | None = None
    zone: str = "UTC"
    token_budget: int | None = None
    retention_days: int | None = 90


@dataclass(frozen=True)
class Workshop:
    """A workshop. `code` lets people join as long as it is open; `closed_at` is when it was closed by hand."""

    id: str
    account_id: str
    code: str
    plan: Plan
    created_at: float
    closed_at: float | None = None

    def phase(self, now: float) -> Phase:
        """Return whether it is open at a time."""
        if self.closed_at is not None or (self.plan.closes_at is not None and now >= self.plan.closes_at):
            return "closed"
        return "early" if self.plan.opens_at is not None and now < self.plan.opens_at else "open"


@dataclass(frozen=True)
class Tally:
    """A workshop in a list: how many joined, and how many attempts they submitted."""

    workshop: Workshop
    members: int
    submitted: int


@dataclass(frozen=True)
class Member:
    """Somebody who joined, by the name they gave. `opened` counts their attempts, deleted ones included."""

    id: str
    workshop_id: str
    name: str
    joined_at: float
    opened: int = 0


@dataclass(frozen=True)
class Attempt:
    """One session of a member as lists show it: figures, no words. `attempt` is None for one tried again from a turn.

    `minute` is the meeting's clock, `turns` counts the learner's own. `persona` is the contact's id, `contact` their name.
    """

    session_id: str
    member_id: str
    attempt: int | None
    persona: str
    contact: str
    opened_at: float
    begun: bool
    minute: float
    agreed_minutes: float
    turns: int
    ended_by: EndedBy | None
    decided: bool
    assisted: bool
    submitted_at: float | None = None

    @property
    def whereabouts(self) -> Whereabouts:
        """Where it stands."""
        if self.ended_by:
            return "debrief" if self.decided else "note"
        return "meeting" if self.begun else "preparing"


@dataclass(frozen=True)
class Standing:
    """A member on the board: their latest session, and how many attempts they opened and submitted."""

    member: Member
    latest: Attempt | None
    submitted: int = 0

    @property
    def whereabouts(self) -> Whereabouts:
        """Where the member is."""
        return self.latest.whereabouts if self.latest else "joined"


@dataclass(frozen=True)
class Submission:
    """An attempt that was handed in: whose, its figures, the computed marks with their rubric, and what the instructor added."""

    member: Member
    attempt: Attempt
    card: Scorecard
    rubric: Rubric
    review: Review = NO_REVIEW


@dataclass(frozen=True)
class Spent:
    """What models used for one member, or for members who left (`member_id` None); `cost` None where no call had a price."""

    member_id: str | None
    tokens: int
    cost: float | None = None
