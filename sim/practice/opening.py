"""Open a session, or fork one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sim.errors import NotNow
from sim.meeting import Difficulty
from sim.practice import wording
from sim.practice.desk import Desk, mine
from sim.practice.seen import Caller, Opened
from sim.practice.showing import seen
from sim.sessions import SessionRecord, digest
from sim.transcript import Clock

MOST_MINUTES = 180
"""Longest meeting one can ask for; the persona schema's own limit."""


@dataclass(frozen=True)
class Seat:
    """A learner's place in a workshop: whose session it will be, and how many they may open there (None: any number)."""

    workshop: str
    member: str
    attempts: int | None = None


async def open_session(
    desk: Desk,
    caller: Caller,
    persona: str,
    *,
    minutes: float | None = None,
    rubric: str = "classic",
    difficulty: Difficulty = "realistic",
    clock: Clock = "simulated",
    seed: int | None = None,
    workshop: str | None = None,
    seat: Seat | None = None,
) -> Opened:
    """Open a session with the persona of that id; `minutes` (1 to 180) default to the persona's, `seed` to chance.

    `workshop` is a label and no more; a session is held in a workshop by its `seat`, which `sim.workshop` gives out with the other
    settings. Raises UnknownItem for a persona or rubric that is not in the library, NotNow where the seat has no attempt left. The
    meeting begins with `begin`.
    """
    contact = desk.library.persona(persona)
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise wording.refuse("minutes", f"is {minutes:g}; expected 1 to {MOST_MINUTES}")
    token = secrets.token_urlsafe(24)
    record = SessionRecord(
        id=_new_id(),
        owner_hash=digest(caller.owner or token),
        token_hash=digest(token),
        persona=contact,
        rubric=desk.library.rubric(rubric),
        difficulty=difficulty,
        clock=clock,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        agreed_minutes=float(minutes or contact.minutes),
        opened_at=desk.clock.now(),
        workshop=wording.field("workshop", workshop, 64) if workshop else None,
    )
    return Opened(seen(desk, await _keep(desk, record, seat)), token)


async def _keep(desk: Desk, record: SessionRecord, seat: Seat | None) -> SessionRecord:
    if seat is None:
        await desk.store.create(record)
        return record
    attempt = await desk.store.create_attempt(replace(record, workshop=seat.workshop, member=seat.member), seat.attempts)
    if attempt is None:
        raise NotNow("you have used every attempt this workshop gives; you can still try again from any turn of the meetings you had")
    return attempt


async def fork(desk: Desk, session_id: str, caller: Caller, turn: int) -> Opened:
    """Open a new session that shares everything before the learner's turn of that index; the original stays as it is.

    In a workshop it is practice: no attempt is used up, and it cannot be submitted. Raises InputError where that index is no learner turn.
    """
    record = await mine(desk, session_id, caller)
    ours = [t.index for t in record.turns if t.speaker == "learner" and record.turns[t.index - 1].speaker == "contact"]
    state = await desk.store.state_at(session_id, turn - 1) if turn in ours else None
    if state is None:
        raise wording.refuse("turn", f"is {turn}; expected one of your own turns: {', '.join(map(str, ours)) or 'there is none yet'}")
    token = secrets.token_urlsafe(24)
    now = desk.clock.now()
    branch = replace(
        record,
        id=_new_id(),
        token_hash=digest(token),
        opened_at=now,
        begun_at=now - 60 * state.minute,
        parent=record.id,
        fork_turn=turn,
        version=0,
        state=state,
        ending=None,
        drafts={},
        thank_you=None,
        note_stage="open",
        self_ratings={},
        scorecard=None,
        held=False,
        turns=record.turns[:turn],
        attempt=None,
        submitted_at=None,
    )
    await desk.store.create(branch)
    return Opened(seen(desk, branch), token)


def _new_id() -> str:
    # Sessions are named in addresses and on command lines: no dash in front, nothing a shell minds.
    return secrets.token_hex(10)
