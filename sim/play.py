"""Hold a whole meeting with a scripted learner: what `sim play` prints."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sim.contact.scripted import ScriptedContact
from sim.director import direct, end_by_learner, open_meeting, outcome, settle
from sim.hearing import hear
from sim.meeting import Difficulty, Setup, State, Step
from sim.persona import Persona
from sim.ports import Brief, Contact, Utterance
from sim.transcript import LearnerFile, TraceEntry, Transcript, Turn, word_count

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
    meeting = asyncio.run(_hold(setup, learner.messages, contact or ScriptedContact()))
    stages = {name: getattr(learner, name) for name in ("prep", "thank_you") if name in learner.model_fields_set}
    return Transcript(
        id=f"{learner.id}-{persona.id}-{difficulty}-{seed}",
        persona=persona.id,
        rubric="classic",
        agreed_minutes=setup.agreed_minutes,
        turns=meeting.turns,
        ended_at=meeting.state.minute,
        ended_by=meeting.state.ended_by,
        trace=meeting.trace,
        outcome=outcome(setup, meeting.state),
        **stages,
    )


@dataclass
class _Meeting:
    setup: Setup
    contact: Contact
    state: State = field(default_factory=State)
    turns: list[Turn] = field(default_factory=list)
    trace: list[TraceEntry] = field(default_factory=list)

    async def answer(self, step: Step) -> None:
        """Let the contact speak the line of a step and record it."""
        at = step.state.minute
        said = await _whole(self.contact, Brief(self.setup, step, tuple(self.turns)))
        opened = [item for item in step.state.unlocked if item not in self.state.unlocked]
        used = {"used_lines": (*step.state.used_lines, *said.used_lines)}
        self.state = settle(self.setup, step.state.model_copy(update=used), word_count(said.text))
        self.turns.append(Turn(speaker="contact", text=said.text, at=at))
        self.trace.append(_entry(step, self.state, said, opened))

    def listen(self, text: str) -> Step:
        """Take the learner's message in and return what it makes of the meeting."""
        heard = hear(self.setup, self.state, self.turns, text)
        self.turns.append(Turn(speaker="learner", text=text if text else WORDLESS, at=self.state.minute))
        return direct(self.setup, self.state, heard)


async def _hold(setup: Setup, messages: list[str], contact: Contact) -> _Meeting:
    meeting = _Meeting(setup, contact)
    await meeting.answer(open_meeting(setup))
    for text in messages:
        if meeting.state.ended_by:
            break
        await meeting.answer(meeting.listen(text))
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
    )
