"""What a test-drive found: plain values for the command line, the studio's page and worked examples."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sim.meeting import Difficulty
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.transcript import Door, EndedBy, TraceEntry, Transcript

SCHEMA = "sim.drive/1"

Kind = Literal["order", "reach", "words"]
"""What a finding is about: whether better learners fare better, what can be earned, or what the contact has to say."""


@dataclass(frozen=True)
class Unlocked:
    """Something earned: `item` is private:TOPIC or referral:NAME, `turn` the contact's turn that gave it, at that minute."""

    item: str
    turn: int
    minute: float


@dataclass(frozen=True)
class Unanswered:
    """A question the contact had nothing of its own to say on. `turn` is the learner's.

    `shrugged`: it was told so ("I can't say", "I don't follow"); else stock words spoke, which suit anybody.
    """

    turn: int
    question: str
    topic: str
    shrugged: bool


@dataclass(frozen=True)
class Asked:
    """A topic that a question was heard to be about. `fitting`: put so that it could have earned a private fact."""

    turn: int
    topic: str
    fitting: bool


@dataclass(frozen=True)
class Run:
    """One learner's meeting and its marks. `used_lines` are ids of every line the contact spoke."""

    learner: str
    name: str
    about: str
    transcript: Transcript
    scorecard: Scorecard
    unlocked: tuple[Unlocked, ...]
    unanswered: tuple[Unanswered, ...]
    asked: tuple[Asked, ...]
    used_lines: tuple[str, ...]

    @property
    def overall(self) -> float:
        """The overall mark, 0 to 100."""
        return self.scorecard.overall

    @property
    def marks(self) -> dict[str, int | None]:
        """The mark of each criterion, 1 to 5, None where it was not assessed."""
        return {c.id: c.score for c in self.scorecard.criteria}

    @property
    def trace(self) -> tuple[TraceEntry, ...]:
        """Patience and rapport after each of the contact's turns."""
        return tuple(self.transcript.trace or ())

    @property
    def minutes(self) -> float:
        """How long the meeting lasted."""
        return self.transcript.ended_at or 0.0

    @property
    def ended_by(self) -> EndedBy:
        """Who ended it."""
        return self.transcript.ended_by or "learner"

    @property
    def left_at(self) -> float | None:
        """The minute at which the contact left, None where the learner ended the meeting."""
        return None if self.ended_by == "learner" else self.minutes

    @property
    def door(self) -> Door:
        """What the contact privately decided."""
        return self.transcript.outcome.door if self.transcript.outcome else "shut"

    @property
    def best_rapport(self) -> float:
        """The highest rapport of the meeting, 0 to 1."""
        return max((entry.rapport for entry in self.trace), default=0.0)

    def to_json(self) -> dict[str, Any]:
        """Return the run as a JSON object, transcript and scorecard whole."""
        told = {k: [asdict(x) for x in getattr(self, k)] for k in ("unlocked", "unanswered", "asked")}
        figures = {k: getattr(self, k) for k in ("overall", "marks", "minutes", "ended_by", "left_at", "door")}
        whole = {"transcript": self.transcript.to_json(), "scorecard": self.scorecard.to_json()}
        return {"learner": self.learner, "name": self.name, "about": self.about, **figures, **told, **whole}


@dataclass(frozen=True)
class Check:
    """One claim on the order of the learners. `holds` None: it does not apply to this contact. `found` says what was seen."""

    id: str
    claim: str
    holds: bool | None
    found: str


@dataclass(frozen=True)
class Finding:
    """Something the author may want to mend: the key path in the persona file, what was seen, and what would do."""

    kind: Kind
    place: str
    message: str


@dataclass(frozen=True)
class UnusedLine:
    """A line of the file that nobody heard in the whole drive: its key path and its words."""

    place: str
    text: str


@dataclass(frozen=True)
class Drive:
    """The whole test-drive: one run a learner in the order of the cast, the order's checks, and what to mend, gravest first.

    `lines` counts the persona's own lines; `unused` holds those that nobody heard.
    """

    persona: Persona
    rubric: Rubric
    seed: int
    difficulty: Difficulty
    agreed_minutes: float
    runs: tuple[Run, ...]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    lines: int
    unused: tuple[UnusedLine, ...]

    @property
    def in_order(self) -> bool:
        """Whether better learners fared better, in every way that applies."""
        return all(check.holds is not False for check in self.checks)

    def run(self, learner: str) -> Run:
        """Return one learner's run; raises KeyError for an id that is not in the cast."""
        for run in self.runs:
            if run.learner == learner:
                return run
        raise KeyError(learner)

    def to_json(self) -> dict[str, Any]:
        """Return the drive as a JSON object (`sim.drive/1`)."""
        said = {k: [asdict(x) for x in getattr(self, k)] for k in ("checks", "findings", "unused")}
        setup = {"persona": self.persona.id, "rubric": self.rubric.id, "seed": self.seed, "difficulty": self.difficulty}
        counted = {"agreed_minutes": self.agreed_minutes, "in_order": self.in_order, "lines": self.lines}
        return {"schema": SCHEMA, **setup, **counted, "runs": [r.to_json() for r in self.runs], **said}
