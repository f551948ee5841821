"""What a learner's message can do: the dialogue acts of the contract, and the finer signals that only scoring and the director use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.persona import Persona

ACT_IDS = (
    "greeting", "thanks", "purpose", "introduction", "referrer_mention", "small_talk", "time_check", "wrap_up",
    "more_time", "researched_fact", "question", "builds_on_answer", "referral_ask", "referral_push", "job_ask",
    "job_disclaimer", "interest", "follow_up_ask", "connect_ask", "offer_back", "negative_tone", "goodbye",
    "off_topic", "steering",
)  # fmt: skip
"""The act ids of the `sim acts` contract, in its order."""

SIGNAL_IDS = (
    "achievement", "wrong_fact", "referral_hint", "demand", "next_step", "takes_offer", "takes_no", "leads_none",
    "learned", "plan", "favour", "template", "job_possible",
)  # fmt: skip
"""Finer readings that `sim acts` does not print: a concrete achievement told, a researched fact that is wrong, a mere hint at a
referral, contact details demanded, the next step of a referral settled, an offered name taken up, a no taken with grace, the
lead left to the contact, (in notes) something specific learned, a plan, a favour asked, a form letter; and a message that
*may* ask for a job, too unsure to be marked, on which the contact asks back."""


@dataclass(frozen=True)
class Act:
    """One act and the words that perform it: `quote` is `text[start:end]` of the learner's message, verbatim.

    `kind`: for a question its contract kind, for a job_ask `direct` or `veiled`. `topic`: for a question, the catalogue's or the
    persona's own topic. `specific`: a question that could not be put unchanged to just anybody. `fact`: for a researched_fact, the
    dossier's sentence it uses; for a referral_ask, the persona's referral who knows about what was asked for.
    `confidence` runs from 0 to 1.
    """

    id: str
    start: int
    end: int
    quote: str
    confidence: float = 1.0
    kind: str | None = None
    topic: str | None = None
    specific: bool = False
    fact: str | None = None


@dataclass(frozen=True)
class Context:
    """What a message is read in the light of.

    `before` is the contact's last line; `heard` every contact line so far, in order; `cue` the strongest time cue the contact has
    given ("none", "soft", "hard", "leaving"); `over` whether the agreed time has passed; `referral_declined` whether the contact
    has said no to a referral; `said` the learner's own earlier messages; `note` whether the text is a thank-you note. Once the
    meeting is over: `reply` what the contact said to it, and `habits` what the rest of the meeting lends it (`hindsight.habits`).
    `live`: the contact is about to answer, and gives the benefit of the doubt: scolding somebody for a kind word spoils a meeting.
    """

    persona: Persona | None = None
    before: str = ""
    heard: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    cue: str = "none"
    over: bool = False
    referral_declined: bool = False
    note: bool = False
    reply: str = ""
    habits: tuple[tuple[str, float], ...] = ()
    live: bool = False


@dataclass(frozen=True)
class Understanding:
    """Everything understood of one message. `acts` holds contract acts and signals in order of position.

    `words` counts what a speaker would say. `nonsense`: letters without meaning. `delights` and `peeves` are the entries of the
    persona's lists that the message touches.
    """

    text: str
    acts: tuple[Act, ...] = ()
    words: int = 0
    nonsense: bool = False
    delights: tuple[str, ...] = ()
    peeves: tuple[str, ...] = ()

    def all(self, act_id: str, kind: str | None = None) -> Iterator[Act]:
        """Yield the acts with this id (and kind), in order of position."""
        return (a for a in self.acts if a.id == act_id and (kind is None or a.kind == kind))

    def first(self, act_id: str, kind: str | None = None) -> Act | None:
        """Return the first act with this id (and kind), or None."""
        return next(self.all(act_id, kind), None)

    def has(self, *act_ids: str) -> bool:
        """Tell whether any of these acts was performed."""
        return any(a.id in act_ids for a in self.acts)

    @property
    def questions(self) -> tuple[Act, ...]:
        """The questions asked, in order of position."""
        return tuple(self.all("question"))
