"""What a learner keeps beside the talk: prep sheet, notes, drafts."""

from __future__ import annotations

from sim.errors import NotNow
from sim.practice import wording
from sim.practice.desk import Desk, mine
from sim.practice.seen import Caller, Drafts
from sim.transcript import Prep

PREP_CHARS, NOTES_CHARS, NOTE_CHARS, PREP_QUESTIONS = 4_000, 20_000, 4_000, 50
"""Most characters of a prep field, of the notes and of a thank-you note, and most questions on the sheet: far more than people
write, far less than would fill a disk."""


async def save_prep(desk: Desk, session_id: str, caller: Caller, prep: Prep) -> None:
    """Keep the prep sheet. Raises NotNow once the meeting is over."""
    record = await mine(desk, session_id, caller)
    if record.ending:
        raise NotNow("the meeting is over; the prep sheet stays as it was")
    if len(prep.questions) > PREP_QUESTIONS:
        raise wording.refuse("questions", f"has {len(prep.questions)} entries; at most {PREP_QUESTIONS} are taken")
    kept = Prep(
        goal=wording.field("goal", prep.goal, PREP_CHARS),
        pitch=wording.field("pitch", prep.pitch, PREP_CHARS),
        agenda=wording.field("agenda", prep.agenda, PREP_CHARS),
        questions=[wording.field(f"questions[{n}]", q, PREP_CHARS) for n, q in enumerate(prep.questions)],
    )
    await desk.store.save(session_id, prep=kept)


async def save_notes(desk: Desk, session_id: str, caller: Caller, notes: str) -> None:
    """Keep the notes; allowed until the debrief, since people finish their notes right after a call."""
    record = await mine(desk, session_id, caller)
    if record.note_stage != "open":
        raise NotNow("the debrief is written; the notes stay as they were")
    await desk.store.save(session_id, notes=wording.field("text", notes, NOTES_CHARS))


async def save_drafts(desk: Desk, session_id: str, caller: Caller, drafts: Drafts) -> None:
    """Keep what stands unsent in the boxes, so that a reload brings it back. A draft may be longer than what can be sent."""
    await mine(desk, session_id, caller)
    limits = {"message": 4 * desk.max_message_chars, "to_contact": 4 * NOTE_CHARS, "to_referrer": 4 * NOTE_CHARS}
    kept = {name: wording.field(name, getattr(drafts, name), limit) for name, limit in limits.items()}
    await desk.store.save(session_id, drafts=kept)


async def mark_assisted(desk: Desk, session_id: str, caller: Caller) -> None:
    """Record that the learner used help while talking; the debrief and the exports say so. Raises NotNow where there is none."""
    record = await mine(desk, session_id, caller)
    if not record.hints:
        raise NotNow("this workshop is held without hints")
    await desk.store.save(session_id, assisted=True)
