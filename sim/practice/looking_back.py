"""The thank-you note, the debrief, the history, and deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.errors import NotNow
from sim.practice import wording
from sim.practice.beside import NOTE_CHARS
from sim.practice.counting import weighted
from sim.practice.desk import Desk, mine
from sim.practice.marking import begin_reading, by_detectors_alone, marked
from sim.practice.rewriting import rewritable
from sim.practice.seen import Caller, Debrief, HistoryRow, Session, Timeline
from sim.practice.showing import outcome_of, seen, spoken, stage, traces, transcript_of
from sim.practice.talk import look
from sim.review import NO_REVIEW
from sim.scorecard import Scorecard
from sim.sessions import HistoryRecord, NoteStage, SessionRecord, digest
from sim.transcript import ThankYou, Transcript


async def thank(desk: Desk, session_id: str, caller: Caller, *, to_contact: str = "", to_referrer: str = "", skip: bool = False) -> Session:
    """Send the thank-you notes, or skip them (which is marked).

    Raises NotNow before the end and for a second, different answer, InputError for a note to nobody or no note at all.
    """
    record = await mine(desk, session_id, caller)
    if not record.ending:
        raise NotNow("the meeting is not over; end it first")
    note = _note(record, to_contact, to_referrer, skip)
    answer: NoteStage = "sent" if note else "skipped"
    if record.note_stage == "open":
        await desk.store.decide_note(session_id, answer, note)
        record = await mine(desk, session_id, caller)  # two answers at once: the first stands, and is the one that is marked
    if (record.note_stage, record.thank_you) != (answer, note):
        raise NotNow("the thank-you stage is over; what was sent stays as it was")
    begin_reading(desk, record)
    return seen(desk, record)


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


async def debrief(desk: Desk, session_id: str, caller: Caller, rubric: str | None = None, wait: float | None = None) -> Debrief:
    """Return marks, evidence and what the contact decided; raises NotNow before the end.

    With `rubric`, another school marks the same session, by the detectors alone; the session's own rubric and its stored marks stay as
    they are. `wait` is how many seconds to wait for a judge that is still reading (None: to its end); after that the debrief comes
    with the detectors' marks, which are not stored yet, and says that it is `pending`. Whoever shows it minds `session.numbers`: False
    where a workshop hides the marks' numbers.
    """
    return await debrief_of(desk, await mine(desk, session_id, caller), rubric, wait)


async def scorecard(desk: Desk, session_id: str, caller: Caller, rubric: str | None = None) -> Scorecard:
    """Return the marks that count; raises NotNow before the end, and where the workshop hides their numbers."""
    found = await debrief(desk, session_id, caller, rubric)
    if not found.session.numbers:
        raise NotNow("this workshop shows no marks in numbers; the debrief tells in words what they stand on")
    return found.counting


async def debrief_of(desk: Desk, record: SessionRecord, rubric: str | None = None, wait: float | None = None) -> Debrief:
    """Return the debrief of a stored session, for whoever may see it; raises NotNow before the end."""
    if not record.ending:
        raise NotNow("the meeting is not over; the debrief comes after it")
    own = rubric is None or rubric == record.rubric.id
    school = record.rubric if own else desk.library.rubric(rubric or "")
    card = await marked(desk, record, wait) if own else None
    return Debrief(
        session=seen(desk, record),
        persona=record.persona,
        rubric=school,
        transcript=transcript_of(record),
        trace=traces(record),
        outcome=outcome_of(record),
        scorecard=card or await by_detectors_alone(desk, record, school),
        original=await _original(desk, record),
        pending=own and card is None,
        rewritable=rewritable(desk, card) if card and record.note_stage != "open" else frozenset(),
        review=await desk.store.review(record.id) if record.member and own else NO_REVIEW,
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
    overall, marks = _marks(record)
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
        overall=overall,
        marks=marks,
        parent=record.parent,
        fork_turn=record.fork_turn,
        assisted=record.assisted,
        workshop=record.workshop,
    )


def _marks(record: HistoryRecord) -> tuple[float | None, dict[str, int | None]]:
    """Return the overall mark and the marks by criterion that count; nothing where there are none to show."""
    card = record.scorecard
    if card is None or not record.numbers:
        return None, {}
    marks = {c["id"]: record.overrides.get(c["id"], c["score"]) for c in card["criteria"]}
    if record.rubric and record.overrides:
        return weighted(record.rubric, marks), marks
    return card["overall"], marks


async def delete(desk: Desk, session_id: str, caller: Caller) -> None:
    """Delete the session and every word in it, for good; forks made from it stay, as they are sessions of their own."""
    await mine(desk, session_id, caller)
    await desk.readings.stop(session_id)
    flight = desk.flights.of(session_id)
    if flight:
        await flight.land(0)
    await desk.store.delete(session_id)


async def delete_all(desk: Desk, caller: Caller) -> int:
    """Delete every session of this owner, one after another, as `delete` does; returns how many there were."""
    rows = await history(desk, caller)
    for row in rows:
        await delete(desk, row.id, caller)
    return len(rows)
