"""The thank-you note, the debrief, the history, and deleting."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.director import outcome
from sim.errors import NotNow
from sim.meeting import State
from sim.practice import wording
from sim.practice.beside import NOTE_CHARS
from sim.practice.desk import Desk, mine
from sim.practice.seen import Caller, Debrief, HistoryRow, Session, Timeline
from sim.practice.showing import seen, spoken, stage, traces
from sim.practice.talk import look
from sim.practice.turns import script, setup_of
from sim.sessions import HistoryRecord, NoteStage, SessionRecord, digest
from sim.transcript import Outcome, ThankYou, Transcript


async def thank(desk: Desk, session_id: str, caller: Caller, *, to_contact: str = "", to_referrer: str = "", skip: bool = False) -> Session:
    """Send the thank-you notes, or skip them (which is marked).

    Raises NotNow before the end and for a second, different answer, InputError for a note to nobody or no note at all.
    """
    record = await mine(desk, session_id, caller)
    if not record.ending:
        raise NotNow("the meeting is not over; end it first")
    note = _note(record, to_contact, to_referrer, skip)
    answer: NoteStage = "sent" if note else "skipped"
    if record.note_stage != "open" and (record.note_stage, record.thank_you) != (answer, note):
        raise NotNow("the thank-you stage is over; what was sent stays as it was")
    await desk.store.save(session_id, thank_you=note, note_stage=answer)
    return seen(desk, replace(record, thank_you=note, note_stage=answer))


def _note(record: SessionRecord, to_contact: str, to_referrer: str, skip: bool) -> ThankYou | None:
    contact = wording.field("to_contact", to_contact.strip(), NOTE_CHARS) or None
    referrer = wording.field("to_referrer", to_referrer.strip(), NOTE_CHARS) or None
    if skip:
        if contact or referrer:
            raise wording.refuse("skip", "is true although a note was written; send the note, or leave it out")
        return None
    if referrer and not record.persona.referrer:
        raise wording.refuse("to_referrer", "has words although nobody made an introduction; leave it out")
    if not contact and not referrer:
        raise wording.refuse("to_contact", 'is empty; write a note, or skip this stage with {"skip": true}')
    return ThankYou(to_contact=contact, to_referrer=referrer)


async def transcript(desk: Desk, session_id: str, caller: Caller) -> Transcript:
    """Return the session as sim.transcript/1, with trace and outcome once the meeting is over; raises NotNow before it began."""
    await look(desk, session_id, caller)
    return transcript_of(await mine(desk, session_id, caller))


def transcript_of(record: SessionRecord) -> Transcript:
    """Return a stored session as sim.transcript/1, for whoever may see it; raises NotNow before it began."""
    if record.state is None:
        raise NotNow("the meeting has not begun; there is no transcript yet")
    optional: dict[str, object] = {}
    if record.note_stage != "open":
        optional["thank_you"] = record.thank_you
    if record.ending:
        optional |= {"ended_by": record.ending.by, "ended_at": record.ending.at}
        optional |= {"trace": list(traces(record)), "outcome": _outcome(record)}
    if record.parent:
        optional |= {"forked_from": {"session": record.parent, "turn": record.fork_turn}}
    return Transcript.model_validate(
        {
            "id": record.id,
            "persona": record.persona.id,
            "rubric": record.rubric.id,
            "agreed_minutes": record.agreed_minutes,
            "prep": record.prep,
            "notes": record.notes or None,
            "turns": list(script(record.turns)),
            "difficulty": record.difficulty,
            "clock": record.clock,
            "seed": record.seed,
            "assisted": record.assisted,
            **optional,
        }
    )


def _outcome(record: SessionRecord) -> Outcome:
    return outcome(setup_of(record), record.state or State())


async def debrief(desk: Desk, session_id: str, caller: Caller, rubric: str | None = None) -> Debrief:
    """Return marks, evidence and what the contact decided; raises NotNow before the end.

    With `rubric`, another school marks the same session; the session's own rubric and its stored marks stay as they are.
    """
    record = await mine(desk, session_id, caller)
    if not record.ending:
        raise NotNow("the meeting is not over; the debrief comes after it")
    own = rubric is None or rubric == record.rubric.id
    school = record.rubric if own else desk.library.rubric(rubric or "")
    script = transcript_of(record)
    card = record.scorecard if own else None
    if card is None:
        card = await asyncio.to_thread(desk.score, script, record.persona, school)
        if own and record.note_stage != "open":
            await desk.store.save(session_id, scorecard=card)
    return Debrief(
        session=seen(desk, record),
        persona=record.persona,
        rubric=school,
        transcript=script,
        trace=traces(record),
        outcome=_outcome(record),
        scorecard=card,
        original=await _original(desk, record),
    )


async def _original(desk: Desk, record: SessionRecord) -> Timeline | None:
    source = await desk.store.load(record.parent) if record.parent else None
    if source is None:
        return None
    return Timeline(source.id, tuple(map(spoken, source.turns)), traces(source), source.ending.by if source.ending else None)


async def rate_self(desk: Desk, session_id: str, caller: Caller, ratings: Mapping[str, int]) -> None:
    """Keep the learner's own marks (criterion id to 1-5), given before the debrief is read; raises NotNow before the end."""
    record = await mine(desk, session_id, caller)
    if not record.ending:
        raise NotNow("the meeting is not over; rate it afterwards")
    known = {c.id for c in record.rubric.criteria}
    for criterion, mark in ratings.items():
        if criterion not in known:
            raise wording.refuse("ratings", f"names {criterion[:60]!r}; expected one of {', '.join(sorted(known))}")
        if not 1 <= mark <= 5:
            raise wording.refuse(f"ratings.{criterion}", f"is {mark}; expected 1 to 5")
    await desk.store.save(session_id, self_ratings=dict(ratings))


async def history(desk: Desk, caller: Caller) -> Sequence[HistoryRow]:
    """Return the caller's sessions, newest first; empty for nobody."""
    if not caller.owner:
        return ()
    return [_row(record) for record in await desk.store.history(digest(caller.owner))]


def _row(record: HistoryRecord) -> HistoryRow:
    card = record.scorecard or {}
    return HistoryRow(
        id=record.id,
        persona_id=record.persona.id,
        persona_name=record.persona.name,
        persona_title=record.persona.title,
        company=record.persona.company,
        rubric_id=record.rubric_id,
        difficulty=record.difficulty,
        stage=stage(record.minute is not None, record.ended_by is not None, record.note_stage),
        opened_at=record.opened_at,
        learner_turns=record.learner_turns,
        minute=record.minute or 0.0,
        agreed_minutes=record.agreed_minutes,
        ended_by=record.ended_by,
        overall=card.get("overall"),
        marks={c["id"]: c["score"] for c in card.get("criteria", ())},
        parent=record.parent,
        fork_turn=record.fork_turn,
        assisted=record.assisted,
    )


async def delete(desk: Desk, session_id: str, caller: Caller) -> None:
    """Delete the session and every word in it, for good; forks made from it stay, as they are sessions of their own."""
    await mine(desk, session_id, caller)
    flight = desk.flights.of(session_id)
    if flight:
        await flight.land(0)
    await desk.store.delete(session_id)


async def delete_all(desk: Desk, caller: Caller) -> int:
    """Delete every session of this owner and return how many there were."""
    return await desk.store.delete_owned(digest(caller.owner)) if caller.owner else 0
