"""What a learner does in a workshop: look at the door, join, open an attempt, submit it or take it back, delete, leave."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sim import practice
from sim.errors import InputError, NotNow, Problem, UnknownItem
from sim.practice import Caller, Opened, Seat, wording
from sim.practice.desk import mine
from sim.practice.marking import marked
from sim.sessions import digest
from sim.transcript import Clock
from sim.workshop.codes import tidy
from sim.workshop.office import NO_WORKSHOP, Office, Place, known, place
from sim.workshop.running import land
from sim.workshops import Attempt, Member, Phase, Workshop

NAME_CHARS = 80
WRONG_CODE = "no workshop that is open has this code; look at it again, or ask whoever runs the workshop"


@dataclass(frozen=True)
class Attendance:
    """A member's page: the workshop, whether it is open, and their sessions, newest first. `left` None: any number of attempts."""

    workshop: Workshop
    member: Member
    phase: Phase
    sessions: tuple[Attempt, ...]

    @property
    def left(self) -> int | None:
        """How many attempts may still be opened."""
        most = self.workshop.plan.attempts
        return None if most is None else max(0, most - self.member.opened)


async def door(office: Office, caller: Caller, typed: str) -> tuple[Workshop, Member | None]:
    """Return the workshop a code leads to, and who the caller is in it already.

    Raises UnknownItem for a wrong code, and for the code of a closed workshop unless the caller joined it.
    """
    code = tidy(typed)
    workshop = await office.book.by_code(code) if code else None
    if workshop is None:
        raise UnknownItem(WRONG_CODE)
    member = await office.book.member(workshop.id, digest(caller.owner)) if caller.owner else None
    if member is None and workshop.phase(office.now()) == "closed":
        raise UnknownItem(WRONG_CODE)
    return workshop, member


async def join(office: Office, caller: Caller, typed: str, name: str) -> Place:
    """Join by a code, under a name that may be a pseudonym; joining again changes the name. The caller has a cookie.

    Raises UnknownItem for a wrong code, NotNow before the workshop opens, InputError for a name that will not do or is taken.
    """
    workshop, _ = await door(office, caller, typed)
    phase = workshop.phase(office.now())
    if phase != "open":
        raise NotNow("this workshop is not open yet; come back when it is" if phase == "early" else "this workshop is closed")
    called = " ".join(wording.message("name", name, NAME_CHARS).split())
    new = Member(secrets.token_hex(10), workshop.id, called, office.now())
    member = await office.book.join(new, digest(caller.owner or ""))
    if member is None:
        raise wording.refuse("name", "is taken in this workshop; add something to tell the two of you apart")
    return Place(workshop, member)


async def seen(office: Office, caller: Caller) -> bool:
    """Tell whether anything that is still here was joined or opened in the caller's browser, by whomever."""
    return bool(caller.owner) and await office.book.seen(digest(caller.owner or ""))


async def joined(office: Office, caller: Caller) -> Sequence[Workshop]:
    """Return the workshops that the caller joined, the last one first."""
    return await office.book.joined(digest(caller.owner)) if caller.owner else ()


async def attendance(office: Office, caller: Caller, workshop_id: str) -> Attendance:
    """Return the member's page; raises UnknownItem for whoever has not joined."""
    here = await place(office, caller, workshop_id)
    sessions = await office.book.attempts(here.member.id)
    return Attendance(here.workshop, here.member, here.workshop.phase(office.now()), tuple(sessions))


async def refuse_other_settings(office: Office, workshop_id: str, given: Mapping[str, object]) -> None:
    """Raise InputError where a program asks for a setting other than the workshop's: `given` holds those it named, by their names."""
    workshop = await known(office, workshop_id)
    plan = workshop.plan if workshop else None
    settled = {"minutes": plan.minutes, "rubric": plan.rubric_id, "difficulty": plan.difficulty} if plan else {}
    problems = [
        Problem("request", None, name, f"is settled by the workshop{'' if settled[name] is None else f': {settled[name]}'}; leave it out")
        for name, value in given.items()
        if name in settled and value is not None and value != settled[name]
    ]
    if problems:
        raise InputError(problems)


async def open_attempt(
    office: Office,
    caller: Caller,
    workshop_id: str,
    persona: str,
    *,
    clock: Clock = "simulated",
    hints: bool = False,
    seed: int | None = None,
) -> Opened:
    """Open an attempt with one of the contacts on offer, as the workshop has it. With `hints` it is marked as assisted.

    Raises UnknownItem for whoever has not joined and for a contact not on offer, NotNow outside the opening time, where no attempt is
    left, and for hints where there are none.
    """
    here = await place(office, caller, workshop_id)
    plan = here.workshop.plan
    _refuse_unless_open(here.workshop.phase(office.now()), "opened")
    if persona not in plan.personas:
        raise UnknownItem("this contact is not on offer in this workshop; choose one of those that are")
    if hints and not plan.hints:
        raise NotNow("this workshop is held without hints")
    opened = await practice.open_session(
        replace(office.desk, library=office.shelf_of(here.workshop.account_id)),
        caller,
        persona,
        minutes=plan.minutes,
        rubric=plan.rubric_id,
        difficulty=plan.difficulty,
        clock=clock,
        seed=seed,
        seat=Seat(here.workshop.id, here.member.id, plan.attempts),
    )
    if hints:
        await practice.mark_assisted(office.desk, opened.session.id, caller)
    return opened


def _refuse_unless_open(phase: Phase, what: str) -> None:
    if phase == "early":
        raise NotNow(f"the workshop is not open yet; nothing can be {what} in it")
    if phase == "closed":
        raise NotNow(f"the workshop is closed; nothing can be {what} in it any more")


async def submit(office: Office, caller: Caller, session_id: str) -> Workshop:
    """Hand in a finished attempt, which the instructor may read from now on; safe to repeat. Returns its workshop.

    Raises NotNow before its thank-you note is decided, for a session tried again from a turn, and where the workshop is not open.
    """
    record = await mine(office.desk, session_id, caller)
    workshop = await _workshop_of(office, record.workshop if record.member else None)
    if record.submitted_at is not None:
        return workshop
    if record.attempt is None:
        raise NotNow("this is a second try from a turn of another meeting: practice, which is not submitted. Submit a whole attempt")
    if not record.ending or record.note_stage == "open":
        raise NotNow("this attempt is not finished; end the meeting and decide on the thank-you note first")
    _refuse_unless_open(workshop.phase(office.now()), "submitted")
    await marked(office.desk, record, 0)  # keeps the marks, or lets the judge begin; nobody waits for a judge to hand something in
    await office.book.hand_in(record.id, office.now())
    return workshop


async def withdraw(office: Office, caller: Caller, session_id: str) -> Workshop:
    """Take a submitted attempt back: the instructor sees nothing of it any more. Until the workshop closes; safe to repeat."""
    record = await mine(office.desk, session_id, caller)
    workshop = await _workshop_of(office, record.workshop if record.member else None)
    if record.submitted_at is not None:
        _refuse_unless_open(workshop.phase(office.now()), "taken back")
        await office.book.hand_in(record.id, None)
    return workshop


async def _workshop_of(office: Office, workshop_id: str | None) -> Workshop:
    workshop = await office.book.get(workshop_id) if workshop_id else None
    if workshop is None:
        raise UnknownItem(NO_WORKSHOP)
    return workshop


async def delete_mine(office: Office, caller: Caller, workshop_id: str) -> int:
    """Delete everything the caller did in the workshop, submitted or not; returns how many sessions. They stay a member."""
    here = await place(office, caller, workshop_id)
    await land(office, await office.book.session_ids(here.workshop.id, here.member.id))
    return await office.book.delete_sessions(here.member.id)


async def leave(office: Office, caller: Caller, workshop_id: str) -> None:
    """Leave the workshop; the name and everything done there are deleted. Attempts that were used stay used."""
    here = await place(office, caller, workshop_id)
    await land(office, await office.book.session_ids(here.workshop.id, here.member.id))
    await office.book.leave(here.member.id, office.now())
