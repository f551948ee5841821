"""What a learner may see of their sessions: plain values, the same for the pages, the HTTP interface and the command line.

Nothing here tells what the contact thinks or withholds while the meeting lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.meeting import Difficulty
from sim.persona import Persona
from sim.practice.counting import counting
from sim.review import NO_REVIEW, Review
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.transcript import Clock, Cue, EndedBy, Engine, Outcome, Prep, ThankYou, TraceEntry, Transcript

Stage = Literal["brief", "meeting", "thank_you", "debrief"]
"""Where a session stands: not begun, talking, over with the note not decided, and over with the note sent or skipped."""


@dataclass(frozen=True)
class Caller:
    """Who asks: the value of their owner cookie, the bearer token of one session, or both. Neither finds anything."""

    owner: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class Drafts:
    """What stands in the boxes unsent: the message, and the two thank-you notes."""

    message: str = ""
    to_contact: str = ""
    to_referrer: str = ""


@dataclass(frozen=True)
class Spoken:
    """One turn of a session. `index` is its place in the transcript (0-based), `at` the minute it starts.

    `key` belongs to learner turns; `engine`, `cue` and `handled` (what was done to a model's words, as the trace has it) to the
    contact's. `answered` is False for a learner turn whose reply
    is on its way or was cut off by a crash; saying the same text with the same `key` again gets the reply and adds nothing.
    """

    index: int
    speaker: Literal["learner", "contact"]
    text: str
    at: float
    key: str | None = None
    answered: bool = True
    engine: Engine | None = None
    cue: Cue = "none"
    handled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """A session as its learner may see it. Nothing here tells what the contact thinks or withholds.

    `persona` and `rubric` are the versions frozen when it was opened; show only a persona's public parts. `minute` is the
    meeting's clock (minutes from the start), `cue` the contact's last time cue, `elapsed` minutes by the wall clock for
    meetings held by it, else None. `in_flight`: a reply is being spoken in this process right now.

    In a workshop `attempt` counts from 1 (None for one tried again), `submitted_at` is set once it was handed in, and `numbers` and
    `hints` tell whether the workshop lets its learners see marks as numbers and use hints.
    """

    id: str
    persona: Persona
    rubric: Rubric
    agreed_minutes: float
    difficulty: Difficulty
    clock: Clock
    seed: int
    stage: Stage
    turns: tuple[Spoken, ...] = ()
    minute: float = 0.0
    elapsed: float | None = None
    cue: Cue = "none"
    ended_by: EndedBy | None = None
    ended_at: float | None = None
    prep: Prep | None = None
    notes: str = ""
    drafts: Drafts = Drafts()
    thank_you: ThankYou | None = None
    parent: str | None = None
    fork_turn: int | None = None
    assisted: bool = False
    self_ratings: Mapping[str, int] = field(default_factory=dict)
    workshop: str | None = None
    opened_at: float = 0.0
    in_flight: bool = False
    member: str | None = None
    attempt: int | None = None
    submitted_at: float | None = None
    numbers: bool = True
    hints: bool = True

    @property
    def waiting(self) -> Spoken | None:
        """The learner's last turn, where its reply is still missing."""
        return self.turns[-1] if self.turns and not self.turns[-1].answered else None

    @property
    def over(self) -> bool:
        """Whether the meeting has ended."""
        return self.ended_by is not None


@dataclass(frozen=True)
class Opened:
    """A new session, and the bearer token that opens it to a program. The token is told once and never stored."""

    session: Session
    token: str


@dataclass(frozen=True)
class Token:
    """A piece of the reply as it is spoken."""

    text: str


@dataclass(frozen=True)
class Done:
    """The reply is spoken and stored. `turn` is its index, `text` the whole line, `minute` the clock after it."""

    turn: int
    text: str
    minute: float
    cue: Cue
    ended: bool
    engine: Engine


@dataclass(frozen=True)
class Timeline:
    """One run of a meeting, for a picture of how patience and rapport moved."""

    session: str
    turns: tuple[Spoken, ...]
    trace: tuple[TraceEntry, ...]
    ended_by: EndedBy | None


@dataclass(frozen=True)
class Debrief:
    """Everything the debrief shows. `rubric` is the one it was marked with; `original` the run a fork came from.

    `scorecard` holds the computed marks, `review` what an instructor added; `counting` is what counts of the two. `pending`: a judge is
    still reading, and the marks here are not the last word. `rewritable` are the learner's turns for which another way to say them can
    be asked for.
    """

    session: Session
    persona: Persona
    rubric: Rubric
    transcript: Transcript
    trace: tuple[TraceEntry, ...]
    outcome: Outcome
    scorecard: Scorecard
    original: Timeline | None = None
    pending: bool = False
    rewritable: frozenset[int] = frozenset()
    review: Review = NO_REVIEW

    @property
    def counting(self) -> Scorecard:
        """The scorecard that counts: the instructor's marks in place of the computed ones."""
        return counting(self.scorecard, self.rubric, self.review)


@dataclass(frozen=True)
class HistoryRow:
    """One session in the learner's history, newest first. `overall` (0 to 100) and `marks` (criterion id to 1-5 or None)
    are None and empty until it was debriefed, and where its workshop hides numbers; an instructor's marks count. `opened_at` is seconds
    since the epoch.
    """

    id: str
    persona_id: str
    persona_name: str
    persona_title: str
    company: str
    rubric_id: str
    difficulty: Difficulty
    stage: Stage
    opened_at: float
    learner_turns: int
    minute: float
    agreed_minutes: float
    ended_by: EndedBy | None
    overall: float | None
    marks: Mapping[str, int | None]
    parent: str | None
    fork_turn: int | None
    assisted: bool
    workshop: str | None = None
