"""One learner message on its way through the rules: where the meeting stood, what was heard, and the numbers while they
move.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.director.tuning import EFFECTS, RAMBLE_EARNS, RAMBLE_WORDS, RAPPORT_ROOM, TUNINGS, Tuning
from sim.meeting import Reveal, Setup, State
from sim.persona import Intent, Persona
from sim.transcript import Cue, EndedBy
from sim.understanding.acts import Act, Understanding


@dataclass
class Moment:
    """Mutable, and alive for one call of `direct` only.

    `minute` is when the contact begins to answer. `reactions` come first in the contact's line, then `mains`, then
    `clock_words`.
    `changes` are the fields of the new state that one rule alone decides.
    """

    setup: Setup
    before: State
    heard: Understanding
    minute: float
    patience: float
    rapport: float
    reactions: list[Intent] = field(default_factory=list)
    mains: list[Intent] = field(default_factory=list)
    clock_words: list[Intent] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    reveal: list[Reveal] = field(default_factory=list)
    referral_name: str | None = None
    fact: str | None = None
    cue: Cue = "none"
    unlocked: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    changes: dict[str, object] = field(default_factory=dict)
    ended_by: EndedBy | None = None

    @property
    def persona(self) -> Persona:
        """Whom the learner talks to."""
        return self.setup.persona

    @property
    def tuning(self) -> Tuning:
        """The numbers of this difficulty."""
        return TUNINGS[self.setup.difficulty]

    @property
    def learner_turn(self) -> int:
        """The transcript index of the message."""
        return self.before.turn + 1

    @property
    def turn(self) -> int:
        """The transcript index of the line being directed."""
        return self.before.turn + 2

    @property
    def timed(self) -> bool:
        """Whether a clock runs at all."""
        return self.setup.clock != "untimed"

    @property
    def opening(self) -> bool:
        """Whether this is one of the learner's first two messages, when people still settle in."""
        return self.before.learner_turns < 2

    @property
    def silent(self) -> bool:
        """Whether nothing of substance was said."""
        return self.heard.words == 0 or self.heard.nonsense

    @property
    def rambling(self) -> bool:
        """Whether the message was a monologue."""
        return self.heard.words > self.ramble_limit

    @property
    def ramble_limit(self) -> float:
        """Words from which a message is a monologue on this difficulty."""
        return RAMBLE_WORDS * self.tuning.ramble

    @property
    def thin_skin(self) -> float:
        """How much more than others this contact minds: 1.3 for temperament patience 1, down to 0.7 for 5; times the
        difficulty.
        """
        return self.tuning.loss * (1.45 - 0.15 * self.persona.temperament.patience)

    @property
    def extra_minutes(self) -> float:
        """Minutes granted on top of the agreed ones so far, this message included."""
        granted = self.changes.get("extra_minutes", self.before.extra_minutes)
        assert isinstance(granted, float)
        return granted

    def spoken(self, reason: str) -> bool:
        """Tell whether the contact remembers this from an earlier message."""
        return any(key == reason for key, _ in self.before.reasons)

    def below_level(self, act: Act) -> bool:
        """A basic question costs where the level is above it; peers and recruiters are asked basics all day."""
        return act.kind == "basic" and not act.specific and self.persona.level in ("executive", "manager")

    def cost(self, patience: float, rapport: float = 0.0) -> None:
        """Take patience, more from the impatient, and rapport."""
        self.patience -= patience * self.thin_skin
        self.rapport -= rapport * self.tuning.loss

    def earn(self, patience: float, rapport: float) -> None:
        """Give patience and rapport, more from the warm, less the more there is already, and to a monologue next to none."""
        warmth = 0.7 + 0.1 * self.persona.temperament.warmth
        room = min(1.0, RAPPORT_ROOM - self.rapport)
        if self.rambling:
            patience, rapport = 0.0, rapport * RAMBLE_EARNS
        self.patience += patience
        self.rapport += rapport * self.tuning.gain * warmth * room

    def apply(self, name: str) -> None:
        """Let one effect of the table work."""
        effect = EFFECTS[name]
        self.cost(max(0.0, -effect.patience), max(0.0, -effect.rapport))
        self.earn(max(0.0, effect.patience), max(0.0, effect.rapport))

    def remember(self, reason: str) -> None:
        """Note what the contact will take away from this message."""
        self.reasons.append((reason, self.learner_turn))

    def unlock(self, reveal: Reveal) -> None:
        """Open an item for this line and for good."""
        self.unlocked[reveal.item] = self.turn
        self.reveal.append(reveal)

    def leave(self, intent: Intent, by: EndedBy, *keep: Intent) -> None:
        """End the meeting with this line: `keep` is still said, then the goodbye, and nothing else."""
        kept = [i for i in self.mains if i in keep]
        self.reactions, self.mains, self.clock_words = [], [*kept, intent], []
        self.topics = []
        self.reveal = [r for r in self.reveal if kept and r.item.startswith("referral:")]
        self.cue, self.ended_by = "leaving", by
