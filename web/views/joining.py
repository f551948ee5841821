"""A workshop as its learners see it: what they are told before they join, and their own page in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.persona import Persona
from sim.workshop import Attendance
from sim.workshop.codes import spaced
from sim.workshops import Attempt, Member, Phase, Plan, Workshop
from web.views.contacts import ContactCard, MineLink, contact_card
from web.views.moments import iso, when
from web.views.words import CLOCKS, DIFFICULTIES, Option, count, day, iso_day, minutes, named


@dataclass(frozen=True)
class Told:
    """What everybody is told before joining: the settings, and who sees what."""

    rules: tuple[str, ...]
    numbers: bool
    hints: bool
    kept: str
    opens: str
    closes: str


@dataclass(frozen=True)
class DoorPage:
    """The page before joining. `name` is what was typed, or the name this browser joined under, where `joined_id` is set.

    `seen`: something was done in this browser before, so that whoever sits there now may be somebody else.
    """

    code: str
    name: str
    title: str
    welcome: str
    phase: Phase
    told: Told
    problem: str
    joined_id: str
    seen: bool


@dataclass(frozen=True)
class SessionLine:
    """One of the learner's sessions in the workshop. `state` is brief, meeting, note, ready, submitted or practice."""

    id: str
    href: str
    title: str
    contact: str
    opened: str
    opened_iso: str
    state: str
    stage: str
    turns: str
    assisted: bool


@dataclass(frozen=True)
class JoinedPage:
    """A member's page. `left` says how many attempts there still are; `can_open` whether one may be opened now."""

    id: str
    code: str
    name: str
    me: str
    welcome: str
    phase: Phase
    told: Told
    contacts: tuple[ContactCard, ...]
    clocks: tuple[Option, ...]
    lines: tuple[SessionLine, ...]
    left: str
    can_open: bool


def told(plan: Plan, keep_days: int | None = None) -> Told:
    """Return what a plan means for its learners; `keep_days` is the installation's own retention."""
    days = min((d for d in (plan.retention_days, keep_days) if d is not None), default=None)
    attempts = "as many attempts as you like" if plan.attempts is None else count(plan.attempts, "attempt", "attempts")
    lasts = "the minutes each contact agrees to" if plan.minutes is None else minutes(plan.minutes)
    rules = (
        f"{named(DIFFICULTIES, plan.difficulty)}, {lasts}, {attempts}.",
        "Hints may be switched on; an attempt with hints is marked as assisted." if plan.hints else "There are no hints.",
        "Marks are shown with the evidence." if plan.numbers else "Your debrief tells you in words what counted; it shows no numbers.",
    )
    kept = "when the workshop is deleted, and your name with it"
    if days:
        kept = f"{count(days, 'day', 'days')} after you opened it, your name as long after you joined, once no session of yours is left"
    return Told(
        rules=rules,
        numbers=plan.numbers,
        hints=plan.hints,
        kept=kept,
        opens=when(plan.opens_at, plan.zone) if plan.opens_at is not None else "",
        closes=when(plan.closes_at, plan.zone) if plan.closes_at is not None else "",
    )


def door_page(
    workshop: Workshop, phase: Phase, member: Member | None, *, keep_days: int | None, name: str = "", problem: str = "", seen: bool = False
) -> DoorPage:
    """Return the page before joining; `member` is who this browser is in the workshop already."""
    plan = workshop.plan
    return DoorPage(
        code=spaced(workshop.code),
        name=member.name if member else name,
        title=plan.name,
        welcome=plan.welcome,
        phase=phase,
        told=told(plan, keep_days),
        problem=problem,
        joined_id=workshop.id if member else "",
        seen=seen,
    )


def joined_page(found: Attendance, personas: Sequence[Persona], keep_days: int | None) -> JoinedPage:
    """Return a member's page; `personas` are the contacts on offer that are still there."""
    plan, left = found.workshop.plan, found.left
    words = "You may open as many attempts as you like." if left is None else f"You have {count(left, 'attempt', 'attempts')} left."
    return JoinedPage(
        id=found.workshop.id,
        code="" if found.phase == "closed" else spaced(found.workshop.code),
        name=plan.name,
        me=found.member.name,
        welcome=plan.welcome,
        phase=found.phase,
        told=told(plan, keep_days),
        contacts=tuple(map(contact_card, personas)),
        clocks=CLOCKS,
        lines=tuple(_line(a) for a in found.sessions),
        left=words,
        can_open=found.phase == "open" and left != 0,
    )


STATES = {"preparing": "brief", "meeting": "meeting", "note": "note", "debrief": "ready"}
STAGES = {
    "brief": "Prep sheet",
    "meeting": "In the meeting",
    "note": "Thank-you note not decided",
    "ready": "Finished, seen by you alone",
    "submitted": "Submitted",
    "practice": "Finished; practice, seen by you alone",
}


def _line(found: Attempt) -> SessionLine:
    state = STATES[found.whereabouts]
    if state == "ready" and found.attempt is None:
        state = "practice"
    if found.submitted_at is not None:
        state = "submitted"
    over = state in ("ready", "submitted", "practice")
    return SessionLine(
        id=found.session_id,
        href=f"/sessions/{found.session_id}/debrief" if over else f"/sessions/{found.session_id}",
        title="Tried again from a turn" if found.attempt is None else f"Attempt {found.attempt}",
        contact=found.contact,
        opened=day(found.opened_at),
        opened_iso=iso_day(found.opened_at),
        state=state,
        stage=STAGES[state],
        turns=count(found.turns, "turn", "turns"),
        assisted=found.assisted,
    )


def mine_links(workshops: Sequence[Workshop], now: float) -> tuple[MineLink, ...]:
    """Return the workshops one joined that are open, or will be."""
    return tuple(_link(w) for w in workshops if w.phase(now) != "closed")


def _link(workshop: Workshop) -> MineLink:
    closes = workshop.plan.closes_at
    told_until = (when(closes, workshop.plan.zone), iso(closes)) if closes is not None else ("", "")
    return MineLink(f"/joined/{workshop.id}", workshop.plan.name, *told_until)
