"""Hold a whole meeting with a scripted learner: what `sim play` prints, and what a test-drive is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.contact.scripted import ScriptedContact
from sim.director import direct, end_by_learner, open_meeting, outcome, settle
from sim.hearing import hear
from sim.meeting import Difficulty, Setup, State, Step
from sim.persona import Persona
from sim.ports import Brief, Contact, Utterance
from sim.transcript import LearnerFile, Prep, ThankYou, TraceEntry, Transcript, Turn, word_count
from sim.understanding import Understanding

Speaker = Callable[[Sequence[Turn], float], str | None]
"""A learner: everything said so far and the minute in, the next message out; None to leave."""

WORDLESS = "…"
"""What stands in the transcript for a message without a character in it; the contract wants every turn to have text."""


def play(
    persona: Persona,
    learner: LearnerFile,
    *,
    seed: int = 0,
    difficulty: Difficulty = "realistic",
    minutes: float | None = None,
    contact: Contact | None = None,
) -> Transcript:
    """Return the meeting of a scripted learner with a contact, trace and outcome included.

    `minutes` (above 0) is the agreed length, the persona's own by default. Messages are sent in order until they run out, on
    which the learner ends the meeting, or until the contact has left. The same arguments give the same transcript. `contact`
    is the scripted one by default; raises what it raises.
    """
    setup = Setup(persona=persona, agreed_minutes=persona.minutes if minutes is None else minutes, difficulty=difficulty, seed=seed)
    messages = iter(learner.messages)
    meeting = hold(setup, lambda turns, minute: next(messages, None), contact)
    stages = {name: getattr(learner, name) for name in ("prep", "thank_you") if name in learner.model_fields_set}
    return written(meeting, learner.id, **stages)


def hold(setup: Setup, speak: Speaker, contact: Contact | None = None) -> Meeting:
    """Return the meeting of any learner with a contact, held to its end. Deterministic where `speak` is.

    Not to be called on a running event loop: it brings its own. Raises what the contact raises.
    """
    return asyncio.run(_hold(Meeting(setup, contact or ScriptedContact()), speak))


def written(meeting: Meeting, learner: str, **stages: Prep | ThankYou | None) -> Transcript:
    """Return the transcript of a meeting; `stages` are `prep` and `thank_you`, absent where they were no part of the session."""
    setup = meeting.setup
    return Transcript(
        id=f"{learner}-{setup.persona.id}-{setup.difficulty}-{setup.seed}",
        persona=setup.persona.id,
        rubric="classic",
        agreed_minutes=setup.agreed_minutes,
        turns=meeting.turns,
        ended_at=meeting.state.minute,
        ended_by=meeting.state.ended_by,
        trace=meeting.trace,
        outcome=outcome(setup, meeting.state),
        **stages,
    )


@dataclass(frozen=True)
class Exchange:
    """A learner's message as it was understood, and the contact's line that answered it. `turn` is the message's index."""

    turn: int
    heard: Understanding
    said: Utterance


@dataclass
class Meeting:
    """A meeting while it is held, and afterwards. `exchanges` hold what a transcript does not tell: how each message was read."""

    setup: Setup
    contact: Contact
    state: State = field(default_factory=State)
    turns: list[Turn] = field(default_factory=list)
    trace: list[TraceEntry] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    async def answer(self, step: Step) -> Utterance:
        """Let the contact speak the line of a step, record it and return it."""
        at = step.state.minute
        said = await _whole(self.contact, Brief(self.setup, step, tuple(self.turns)))
        opened = [item for item in step.state.unlocked if item not in self.state.unlocked]
        used = {"used_lines": (*step.state.used_lines, *said.used_lines)}
        self.state = settle(self.setup, step.state.model_copy(update=used), word_count(said.text))
        self.turns.append(Turn(speaker="contact", text=said.text, at=at))
        self.trace.append(_entry(step, self.state, said, opened))
        return said

    async def listen(self, text: str) -> None:
        """Take the learner's message in and let the contact answer it."""
        heard = hear(self.setup, self.state, self.turns, text)
        self.turns.append(Turn(speaker="learner", text=text if text else WORDLESS, at=self.state.minute))
        turn = len(self.turns) - 1
        self.exchanges.append(Exchange(turn, heard, await self.answer(direct(self.setup, self.state, heard))))


async def _hold(meeting: Meeting, speak: Speaker) -> Meeting:
    try:
        await meeting.answer(open_meeting(meeting.setup))
        while not meeting.state.ended_by:
            text = speak(tuple(meeting.turns), meeting.state.minute)
            if text is None:
                break
            await meeting.listen(text)
    finally:
        close = getattr(meeting.contact, "close", None)  # what a model's contact keeps open belongs to this loop
        if close is not None:
            await close()
    meeting.state = end_by_learner(meeting.state)
    return meeting


async def _whole(contact: Contact, brief: Brief) -> Utterance:
    async for piece in contact.speak(brief):
        if isinstance(piece, Utterance):
            return piece
    raise TypeError("the contact's last piece must be an Utterance")


def _entry(step: Step, after: State, said: Utterance, opened: list[str]) -> TraceEntry:
    return TraceEntry(
        turn=after.turn,
        minute=round(after.minute, 2),
        patience=after.patience,
        rapport=after.rapport,
        intent=said.intent or step.direction.main,
        cue=step.direction.cue,
        unlocked=opened,
        engine=said.engine,
        model=said.model,
        prompts=list(said.prompts),
        handled=list(said.handled),
    )
