"""A transcript, read once: every learner message understood in its place, the notes too, and the clock worked out.

Every check looks at this and at nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sim.persona import Persona
from sim.scorecard import Evidence
from sim.scoring.names import signed_from
from sim.transcript import Transcript, end_time, turn_times, word_count
from sim.understanding import Act, Context, Understanding, model, understand
from sim.understanding.contact_lines import ContactLine, read_contact_lines
from sim.understanding.hindsight import habits
from sim.understanding.reader import words_that_count

MEANINGFUL_WORDS = 30
"""Words a learner must have said, over at least two messages that make sense, for there to be something to mark. Below, the session
is trivial and earns the bottom mark (our judgement; the shortest greeting, question and goodbye take about as many)."""

TELLING_TURNS = 4
"""Different questions that make a meeting of however few words: who asks in telegrams has taken part."""

CUE_SHARE = 0.75
"""Share of the agreed time before which "I must go" is a figure of speech or belongs to another story."""


@dataclass(frozen=True)
class LearnerTurn:
    """One learner message in its place. `index` is the transcript's, `order` counts learner turns only, both 0-based.

    `cue` is the strongest time cue the contact had given before it: "none", "soft" (how much is left) or "hard" (must go).
    """

    index: int
    order: int
    start: float
    heard: Understanding
    cue: str

    @property
    def where(self) -> str:
        """The evidence's place."""
        return f"turn:{self.index}"


@dataclass(frozen=True)
class Found:
    """An act together with where it was performed."""

    act: Act
    where: str
    turn: LearnerTurn | None = None

    def evidence(self, effect: str, why: str = "") -> Evidence:
        """Return the act's words as evidence."""
        return Evidence(where=self.where, quote=self.act.quote, effect="helps" if effect == "helps" else "hurts", why=why)


@dataclass(frozen=True)
class ReadSession:
    """Everything the checks may ask about."""

    transcript: Transcript
    persona: Persona | None
    turns: tuple[LearnerTurn, ...]
    contact: dict[int, ContactLine]
    note: Understanding | None
    note_referrer: Understanding | None

    @property
    def agreed(self) -> float:
        """The agreed minutes."""
        return self.transcript.agreed_minutes

    @cached_property
    def ended(self) -> float:
        """The minute the meeting ended."""
        return end_time(self.transcript)

    @cached_property
    def took_part(self) -> bool:
        """Whether the learner said enough that makes sense to be marked at all."""
        sensible = [t for t in self.turns if not t.heard.nonsense and t.heard.words and not t.heard.has("steering")]
        said = {t.heard.text.strip().lower(): t.heard.words for t in sensible}
        substance = any(t.heard.has("question", "introduction", "purpose", "referral_ask", "job_ask", "builds_on_answer") for t in sensible)
        telling = {t.heard.text.strip().lower() for t in sensible if t.heard.has("question", "referral_ask") and t.heard.words >= 3}
        enough = sum(said.values()) >= MEANINGFUL_WORDS or len(telling) >= TELLING_TURNS
        return len(said) >= 2 and enough and substance

    def find(self, *act_ids: str, kind: str | None = None) -> list[Found]:
        """Return every act with one of these ids, in order, from the meeting (not from the notes)."""
        return [
            Found(act, turn.where, turn) for turn in self.turns for act in turn.heard.acts
            if act.id in act_ids and (kind is None or act.kind == kind)
        ]  # fmt: skip

    def turns_with(self, *act_ids: str) -> list[LearnerTurn]:
        """Return the learner turns that perform any of these acts."""
        return [t for t in self.turns if t.heard.has(*act_ids)]

    def facts_used(self) -> list[Found]:
        """Return the researched facts that were told rightly, in order; the same one as often as it was told."""
        wrong = {(f.where, f.act.start) for f in self.find("wrong_fact")}
        return [f for f in self.find("researched_fact") if (f.where, f.act.start) not in wrong]

    def in_note(self, *act_ids: str, notes: tuple[Understanding, ...] | None = None) -> list[Found]:
        """Return the acts in the notes, in both unless told which. A signature does nothing, whatever its name sounds like."""
        read = (self.note, self.note_referrer) if notes is None else notes
        return [
            Found(act, "thank_you") for note in read if note
            for act in note.acts if act.id in act_ids and act.start < signed_from(note.text)
        ]  # fmt: skip

    def later_part(self, turn: LearnerTurn) -> float:
        """Return how far into the meeting a turn stands, 0 to 1, by its place among the learner's turns."""
        return turn.order / max(1, len(self.turns) - 1)

    def contact_before(self, turn: LearnerTurn) -> ContactLine | None:
        """Return the contact's line right before a learner turn."""
        return self.contact.get(turn.index - 1)

    def contact_after(self, turn: LearnerTurn) -> ContactLine | None:
        """Return the contact's reply to a learner turn."""
        return self.contact.get(turn.index + 1)

    def contact_turns(self) -> Iterator[tuple[int, ContactLine]]:
        """Yield (transcript index, line) for every contact turn, in order."""
        return iter(sorted(self.contact.items()))


def read_session(transcript: Transcript, persona: Persona | None) -> ReadSession:
    """Return the session understood. The same transcript and persona give the same reading."""
    times = turn_times(transcript)
    timed = transcript.ended_at is not None or any(t.at is not None for t in transcript.turns)
    lines = [(n, t.text) for n, t in enumerate(transcript.turns) if t.speaker == "contact"]
    befores = [transcript.turns[n - 1].text if n and transcript.turns[n - 1].speaker == "learner" else "" for n, _ in lines]
    contact = dict(zip([n for n, _ in lines], read_contact_lines([t for _, t in lines], befores), strict=True))
    own = [(turn.text, _before(transcript, n)) for n, turn in enumerate(transcript.turns) if turn.speaker == "learner"]
    model.read(own)  # all at once
    words = [text for text, _ in own]
    lent = habits([words_that_count(text, before, tuple(words[:n]), tuple(words[n + 1 :])) for n, (text, before) in enumerate(own)])
    learner: list[LearnerTurn] = []
    heard: list[str] = []
    said: list[str] = []
    cue, declined = "none", False
    for index, turn in enumerate(transcript.turns):
        if turn.speaker == "contact":
            line = contact[index]
            heard.append(turn.text)
            # without any times the place among the turns must tell how late it is
            late = times[index] / transcript.agreed_minutes if timed else index / len(transcript.turns)
            going = line.must_go and late >= CUE_SHARE
            cue = "hard" if going or cue == "hard" else ("soft" if line.cue or cue == "soft" else "none")
            refused = line.no_referral and bool(learner) and learner[-1].heard.has("referral_ask")
            declined = (declined or refused) and not line.offers_name  # who comes back with a name has taken the no back
            continue
        before = _before(transcript, index)
        context = Context(
            persona=persona, before=before, heard=tuple(heard), said=tuple(said), cue=cue,
            over=times[index] > transcript.agreed_minutes, referral_declined=declined, reply=_reply(transcript, index, contact),
            habits=lent[len(learner)],
        )  # fmt: skip
        understood = understand(turn.text, context)
        learner.append(LearnerTurn(index, len(learner), times[index], _leaving(understood) if cue == "hard" else understood, cue))
        said.append(turn.text)
    note = note_referrer = None
    if transcript.thank_you:
        context = Context(persona=persona, heard=tuple(heard), said=tuple(said), note=True)
        if (transcript.thank_you.to_contact or "").strip():
            note = understand(transcript.thank_you.to_contact or "", context)
        if (transcript.thank_you.to_referrer or "").strip():
            note_referrer = understand(transcript.thank_you.to_referrer or "", context)
    return ReadSession(transcript, persona, tuple(learner), contact, note, note_referrer)


def _leaving(understood: Understanding) -> Understanding:
    """Return what was understood after the contact has taken leave: nobody begins the closing then, so what sounds like it says goodbye."""
    return replace(understood, acts=tuple(replace(a, id="goodbye") if a.id == "wrap_up" else a for a in understood.acts))


def _before(transcript: Transcript, index: int) -> str:
    """Return the contact's line that a learner's message answers."""
    return transcript.turns[index - 1].text if index and transcript.turns[index - 1].speaker == "contact" else ""


_TAKES_BACK = re.compile(
    r"\A\W*(?:(?:oh|ah|um+|uh|hm+|gosh|god|goodness|sorry|ha(?:ha)?|wait|well|please|lord|sir|madam|ma['’]am)\W+)*"
    r"(?:no|not|nope|nothing|never|i (?:did|was|do|am)n['’]?t|i['’]m not)\b",
    re.I,
)


def _reply(transcript: Transcript, index: int, contact: dict[int, ContactLine]) -> str:
    """Return the contact's line that answers a learner's message; none where the contact only asked whether it was about a job and the
    learner said no: then the message is taken for what it says by itself.
    """
    after = contact.get(index + 1)
    if after is None:
        return ""
    answer = transcript.turns[index + 2].text if index + 2 < len(transcript.turns) else ""
    asked_back = after.raises_job and "?" in after.text
    return "" if asked_back and _TAKES_BACK.match(answer) else after.text


def longest(session: ReadSession) -> LearnerTurn | None:
    """Return the learner's longest message, the first where several tie."""
    return max(session.turns, key=lambda t: word_count(t.heard.text), default=None)
