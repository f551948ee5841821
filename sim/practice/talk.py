"""One meeting, one turn at a time: understand, direct, act, record.

`say` stores the learner's words and launches the reply; `_answer` is the turn itself. A learner's turn stands unanswered in
the store until its reply is stored beside it, so whatever breaks in between is mended by making the reply again: from the
same stored words, figures and seed it comes out the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from sim.director import open_meeting
from sim.errors import ChatUnavailable, NotNow, SimError
from sim.meeting import State
from sim.ports import Brief, Utterance
from sim.practice import wording
from sim.practice.desk import Desk, mine
from sim.practice.flight import Flight
from sim.practice.mishap import whereabouts
from sim.practice.seen import Caller, Session, Token
from sim.practice.showing import seen
from sim.practice.turns import directed, done_of, elapsed, learner_turn, script, settled, setup_of, trace_of
from sim.sessions import Ending, SessionRecord, TurnRecord

Reply = Flight

REPLY_SECONDS = 60.0
"""Longest a contact may take for one line before the turn is given back for another try; a model's slow answer takes some 20."""

PICK_UP_SECONDS = 10.0
"""How long looking at a session waits for a reply that is being made again after a crash."""

TRIES = 3
"""How often to decide anew when another process moved the session on meanwhile."""

KEY_CHARS = 64
"""Longest key of a message; a UUID has 36 characters."""

log = logging.getLogger(__name__)


async def look(desk: Desk, session_id: str, caller: Caller) -> Session:
    """Return the session. A reply that a crash cut off is finished first (or after a few seconds left `waiting`)."""
    record = await mine(desk, session_id, caller)
    if record.waiting and not desk.flights.of(session_id):
        async with desk.flights.gate(session_id):
            flight = await _pick_up(desk, await mine(desk, session_id, caller))
        if flight:
            await flight.wait(PICK_UP_SECONDS)
        record = await mine(desk, session_id, caller)
    return seen(desk, record)


async def begin(desk: Desk, session_id: str, caller: Caller) -> Session:
    """Start the meeting: the contact greets (turn 0) and the clock runs. Safe to repeat; `say` does it where it was left out."""
    async with desk.flights.gate(session_id):
        record = await begun(desk, session_id, caller)
    return seen(desk, record)


async def begun(desk: Desk, session_id: str, caller: Caller) -> SessionRecord:
    """Return the caller's session with the greeting spoken."""
    record = await mine(desk, session_id, caller)
    if record.state is not None:
        return record
    setup = setup_of(record)
    step = open_meeting(setup)
    async for said in _spoken(desk, Brief(setup, step, (), record.id, record.payer)):
        if isinstance(said, Utterance):
            state = settled(setup, step, said, 0.0)
            greeting = TurnRecord(0, "contact", said.text, 0.0, trace=trace_of(step, state, said), state=state)
            await desk.store.begin(session_id, record.version, greeting, desk.clock.now())
    return await mine(desk, session_id, caller)


async def say(desk: Desk, session_id: str, caller: Caller, text: str, key: str) -> Reply:
    """Store the learner's message and start the reply; returns once the words are safe.

    `key` (1 to 64 characters, unique for this message) makes a resend harmless: it gets the stored reply, or joins the one
    on its way. Raises NotNow while another turn is in flight and after the end, InputError for an empty or overlong text or
    a key that was used for other words; nothing is stored then.
    """
    words = wording.message("text", text, desk.max_message_chars)
    key = wording.message("key", key, KEY_CHARS)
    for _ in range(TRIES):
        async with desk.flights.gate(session_id):
            record = await begun(desk, session_id, caller)
            earlier = next((t for t in record.turns if t.key == key), None)
            if earlier:
                return await _again(desk, record, earlier, words)
            await _refuse_out_of_turn(desk, record)
            turn = learner_turn(record, words, key, desk.clock.now())
            if await desk.store.hear(session_id, record.version, turn):
                return _launch(desk, replace(record, version=record.version + 1, turns=(*record.turns, turn)))
    raise NotNow("the session is being changed from somewhere else; send the message again")


async def _refuse_out_of_turn(desk: Desk, record: SessionRecord) -> None:
    if record.ending:
        raise NotNow("the meeting is over; nothing more can be said in it")
    if record.waiting:
        await _pick_up(desk, record)
        raise NotNow("your last message is still waiting for its reply; send this one when it has come")


async def _again(desk: Desk, record: SessionRecord, turn: TurnRecord, words: str) -> Reply:
    """Return the reply to a turn that is stored already: the one on its way, the stored one, or one made again."""
    if turn.text != words:
        raise wording.refuse("key", "was used for other words before; send new words with a new key")
    if not turn.answered:
        flight = await _pick_up(desk, record)
        if flight is None:
            raise NotNow("the reply is on its way in another process; ask again in a moment")
        return flight
    reply = record.turns[turn.index + 1] if turn.index + 1 < len(record.turns) else None
    if reply is None or reply.trace is None:
        raise NotNow("the meeting was ended before the contact replied; your words are kept")
    flight = Flight(turn.index, turn.key or "")
    flight.add(Token(reply.text))
    flight.add(done_of(reply, reply.trace, record.ending is not None and reply is record.turns[-1]))
    flight.close()
    return flight


async def _pick_up(desk: Desk, record: SessionRecord) -> Reply | None:
    """Return the reply on its way, or start one that was cut off; None where another process has it."""
    flying = desk.flights.of(record.id)
    if flying or record.held or not record.waiting:
        return flying
    if not await desk.store.adopt(record.id, record.version):
        return None
    return _launch(desk, replace(record, version=record.version + 1))


def _launch(desk: Desk, record: SessionRecord) -> Reply:
    turn = record.turns[-1]
    return desk.flights.launch(record.id, Flight(turn.index, turn.key or ""), partial(_reply, desk, record))


async def _reply(desk: Desk, record: SessionRecord, flight: Flight) -> SimError | None:
    """Make the reply to the last turn; whatever goes wrong is returned and leaves the turn to be answered later."""
    try:
        await _answer(desk, record, flight)
        return None
    except asyncio.CancelledError:
        await _give_back(desk, record)
        raise
    except SimError as error:
        failure = error
    except Exception as error:
        log.error("a reply failed: %s", whereabouts(error))
        failure = ChatUnavailable("the reply could not be made; your words are kept, send them again")
    await _give_back(desk, record)
    return failure


async def _give_back(desk: Desk, record: SessionRecord) -> None:
    """Let any process make the reply from now on; where that cannot be said, the lease runs out by itself."""
    try:
        await desk.store.release(record.id, record.version)
    except SimError as error:
        log.warning("%s", error)


async def _answer(desk: Desk, record: SessionRecord, flight: Flight) -> None:
    """The turn itself. The learner's words are stored already, and no transaction is open while the contact speaks."""
    setup, turn = setup_of(record), record.turns[-1]
    # Reading a message takes some 20 ms of computing: on a thread, so that nobody else's words wait for it.
    step = flight.step = await asyncio.to_thread(directed, record, record.state or State(), turn)
    async for said in _spoken(desk, Brief(setup, step, script(record.turns), record.id, record.payer)):
        if isinstance(said, str):
            flight.add(Token(said))
            continue
        state = settled(setup, step, said, elapsed(record, desk.clock.now()))
        trace = trace_of(step, state, said)
        reply = TurnRecord(turn.index + 1, "contact", said.text, step.state.minute, trace=trace, state=state)
        ending = Ending(state.ended_by, state.minute) if state.ended_by else None
        if not await desk.store.answer(record.id, record.version, reply, ending):
            raise NotNow("the meeting was ended or changed from somewhere else while the contact spoke")
        flight.add(done_of(reply, trace, ending is not None))


async def _spoken(desk: Desk, brief: Brief) -> AsyncIterator[str | Utterance]:
    """Yield the contact's line in pieces and whole; raises ChatUnavailable where it stays away, breaks off or says nothing."""
    whole = None
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            async for piece in desk.contact.speak(brief):
                if isinstance(piece, Utterance):
                    whole = piece
                else:
                    yield piece
    except TimeoutError as error:
        raise ChatUnavailable("the contact took too long to answer; your words are kept, send them again") from error
    if whole is None or not whole.text.strip():
        raise ChatUnavailable("the contact broke off; your words are kept, send them again")
    yield whole
