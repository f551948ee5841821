"""End the meeting: what is on its way, and what stands in the box."""

from __future__ import annotations

import logging
from dataclasses import replace

from sim.director import settle
from sim.errors import NotNow
from sim.meeting import State, Step
from sim.ports import Utterance
from sim.practice import wording
from sim.practice.desk import Desk, mine
from sim.practice.flight import Flight
from sim.practice.mishap import whereabouts
from sim.practice.seen import Caller, Session
from sim.practice.showing import seen
from sim.practice.talk import TRIES, begun
from sim.practice.turns import directed, elapsed, learner_turn, setup_of, trace_of
from sim.sessions import Ending, SessionRecord, TurnRecord
from sim.transcript import word_count

log = logging.getLogger(__name__)

END_GRACE_SECONDS = 2.0
"""How long ending waits for a reply on its way: a line being streamed gets done, a hanging endpoint keeps nobody."""

UNTOUCHED = ("turn", "unlocked", "unlocked_turns", "referral_turn", "referral_declined", "questions_answered", "extra_minutes")
"""What only a spoken line changes."""


async def end_meeting(desk: Desk, session_id: str, caller: Caller, draft: str = "") -> Session:
    """End the meeting for the learner; safe to repeat. Text still in the box (`draft`) counts as their last turn.

    A reply on its way may finish within `END_GRACE_SECONDS`; after that it is cut off, and what was heard of it stays.
    """
    words = wording.message("draft", draft, desk.max_message_chars) if draft.strip() else ""
    await mine(desk, session_id, caller)
    for _ in range(TRIES):
        async with desk.flights.gate(session_id):
            flight = desk.flights.of(session_id)
            if flight:
                await flight.land(END_GRACE_SECONDS)
            record = await begun(desk, session_id, caller)
            if record.ending:
                return seen(desk, record)
            model = getattr(desk.contact, "model", None)
            last, state = _last_turns(record, flight, words, desk.clock.now(), model)
            ending = Ending(state.ended_by or "learner", state.minute)
            if await desk.store.finish(session_id, record.version, last, state, ending):
                return seen(desk, await mine(desk, session_id, caller))
    raise NotNow("the session is being changed from somewhere else; end the meeting again")


def _last_turns(record: SessionRecord, flight: Flight | None, words: str, now: float, model: str | None) -> tuple[list[TurnRecord], State]:
    """Return the turns still to be stored, and the state the meeting ends in; `model` is the one that was speaking, if any."""
    state, last = record.state or State(), list[TurnRecord]()
    if record.waiting:
        heard = flight.heard.strip() if flight else ""
        if flight and flight.step and heard:
            state = _unanswered(state, flight.step)
            state = settle(setup_of(record), state, word_count(heard), elapsed(record, now))
            last.append(_cut_off(len(record.turns), flight.step, state, heard, model))
        else:
            state = _after_words(record, state, record.waiting)
    if words:
        so_far = replace(record, state=state, turns=(*record.turns, *last))
        turn = learner_turn(so_far, words, None, now)
        last.append(replace(turn, answered=True))
        state = _after_words(so_far, state, turn)
    return last, state


def _after_words(record: SessionRecord, state: State, turn: TurnRecord) -> State:
    """Return the state after the learner's unanswered turn; words that cannot be worked out keep nobody from leaving."""
    try:
        return _unanswered(state, directed(record, state, turn))
    except Exception as error:
        log.error("a last turn could not be worked out: %s", whereabouts(error))
        return state


def _unanswered(before: State, step: Step) -> State:
    """Return the state after words that moved the contact but got no answer.

    Nothing is unlocked by a line that was not spoken, and only the clock, not the contact, can end a meeting that way.
    """
    ended_by = "time" if step.state.ended_by == "time" else None
    return step.state.model_copy(update={name: getattr(before, name) for name in UNTOUCHED} | {"ended_by": ended_by})


def _cut_off(index: int, step: Step, state: State, heard: str, model: str | None) -> TurnRecord:
    trace = trace_of(step, state, Utterance(heard, "model" if model else "scripted", model=model))
    trace = trace.model_copy(update={"turn": index, "unlocked": []})
    return TurnRecord(index, "contact", heard, step.state.minute, trace=trace, state=state)
