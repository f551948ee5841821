"""One turn worked out: from words to a step, from a step to what is stored. No store and no waiting in here."""

from __future__ import annotations

from collections.abc import Sequence

from sim.director import direct, settle
from sim.hearing import hear
from sim.meeting import Setup, State, Step
from sim.ports import Utterance
from sim.practice.seen import Done
from sim.sessions import SessionRecord, TurnRecord
from sim.transcript import TraceEntry, Turn, word_count


def setup_of(record: SessionRecord) -> Setup:
    """Return what the rules need to know of a session."""
    return Setup(
        persona=record.persona,
        agreed_minutes=record.agreed_minutes,
        difficulty=record.difficulty,
        clock=record.clock,
        seed=record.seed,
    )


def script(turns: Sequence[TurnRecord]) -> tuple[Turn, ...]:
    """Return stored turns as the transcript has them."""
    return tuple(Turn(speaker=t.speaker, text=t.text, at=t.at) for t in turns)


def elapsed(record: SessionRecord, now: float) -> float | None:
    """Return the minutes since the meeting began for one held by the wall clock, else None; `now` is seconds since the epoch."""
    if record.clock != "wall" or record.begun_at is None:
        return None
    return round(max(0.0, now - record.begun_at) / 60, 3)


def learner_turn(record: SessionRecord, words: str, key: str | None, now: float) -> TurnRecord:
    """Return the learner's next turn, not answered yet; it starts when the contact's last one ended."""
    minute = record.state.minute if record.state else 0.0
    return TurnRecord(len(record.turns), "learner", words, minute, key, answered=False, elapsed=elapsed(record, now))


def directed(record: SessionRecord, state: State, turn: TurnRecord) -> Step:
    """Return what a learner's turn makes of the meeting. Only stored figures go in, so a reply made again comes out the same."""
    setup = setup_of(record)
    heard = hear(setup, state, script(record.turns[: turn.index]), turn.text)
    return direct(setup, state, heard, turn.elapsed)


def settled(setup: Setup, step: Step, said: Utterance, minutes: float | None) -> State:
    """Return the state after the line was spoken; `minutes` by the wall clock, None otherwise."""
    state = settle(setup, step.state, word_count(said.text), minutes)
    return state.model_copy(update={"used_lines": (*state.used_lines, *said.used_lines)})


def trace_of(step: Step, state: State, said: Utterance) -> TraceEntry:
    """Return the trace of a contact turn, as the contract has it."""
    return TraceEntry(
        turn=state.turn,
        minute=state.minute,
        patience=state.patience,
        rapport=state.rapport,
        intent=said.intent or step.direction.main,
        cue=step.direction.cue,
        unlocked=[item for item, turn in zip(state.unlocked, state.unlocked_turns, strict=True) if turn == state.turn],
        engine=said.engine,
        model=said.model,
        prompts=list(said.prompts),
        handled=list(said.handled),
    )


def done_of(reply: TurnRecord, trace: TraceEntry, ended: bool) -> Done:
    """Return the event that closes a reply."""
    return Done(reply.index, reply.text, trace.minute, trace.cue, ended, trace.engine)
