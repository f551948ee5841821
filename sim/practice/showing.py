"""From a stored session to what its learner may see."""

from __future__ import annotations

from dataclasses import asdict

from sim.director import outcome
from sim.errors import NotNow
from sim.meeting import State
from sim.practice.desk import Desk
from sim.practice.seen import Drafts, Session, Spoken, Stage
from sim.practice.turns import elapsed, script, setup_of
from sim.sessions import NoteStage, SessionRecord, TurnRecord
from sim.transcript import Outcome, TraceEntry, Transcript


def stage(begun: bool, over: bool, note_stage: NoteStage) -> Stage:
    """Return where a session stands."""
    if over:
        return "thank_you" if note_stage == "open" else "debrief"
    return "meeting" if begun else "brief"


def seen(desk: Desk, record: SessionRecord) -> Session:
    """Return the session without what the contact thinks or withholds."""
    state = record.state or State()
    return Session(
        id=record.id,
        persona=record.persona,
        rubric=record.rubric,
        agreed_minutes=record.agreed_minutes,
        difficulty=record.difficulty,
        clock=record.clock,
        seed=record.seed,
        stage=stage(record.state is not None, record.ending is not None, record.note_stage),
        turns=tuple(map(spoken, record.turns)),
        minute=record.ending.at if record.ending else state.minute,
        elapsed=None if record.ending else elapsed(record, desk.clock.now()),
        cue=state.cue,
        ended_by=record.ending.by if record.ending else None,
        ended_at=record.ending.at if record.ending else None,
        prep=record.prep,
        notes=record.notes,
        drafts=Drafts(**{**asdict(Drafts()), **record.drafts}),
        thank_you=record.thank_you,
        parent=record.parent,
        fork_turn=record.fork_turn,
        assisted=record.assisted,
        self_ratings=record.self_ratings,
        workshop=record.workshop,
        opened_at=record.opened_at,
        in_flight=desk.flights.of(record.id) is not None or record.held,
        member=record.member,
        attempt=record.attempt,
        submitted_at=record.submitted_at,
        numbers=record.numbers,
        hints=record.hints,
    )


def spoken(turn: TurnRecord) -> Spoken:
    """Return one turn without its trace."""
    if turn.trace is None:
        return Spoken(turn.index, turn.speaker, turn.text, turn.at, turn.key, turn.answered)
    trace = turn.trace
    said = (turn.index, turn.speaker, turn.text, turn.at, turn.key, turn.answered)
    return Spoken(*said, engine=trace.engine, cue=trace.cue, handled=tuple(trace.handled))


def traces(record: SessionRecord) -> tuple[TraceEntry, ...]:
    """Return the trace of every contact turn, in order."""
    return tuple(t.trace for t in record.turns if t.trace)


def transcript_of(record: SessionRecord) -> Transcript:
    """Return a stored session as sim.transcript/1, for whoever may see it; raises NotNow before it began."""
    if record.state is None:
        raise NotNow("the meeting has not begun; there is no transcript yet")
    optional: dict[str, object] = {}
    if record.note_stage != "open":
        optional["thank_you"] = record.thank_you
    if record.ending:
        optional |= {"ended_by": record.ending.by, "ended_at": record.ending.at}
        optional |= {"trace": list(traces(record)), "outcome": outcome_of(record)}
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


def outcome_of(record: SessionRecord) -> Outcome:
    return outcome(setup_of(record), record.state or State())
