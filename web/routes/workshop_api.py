"""Workshops for programs: joining and submitting for learners, the board and the exports for instructors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from sim import workshop
from sim.meeting import Difficulty
from sim.workshop.attending import Attendance
from sim.workshops import Attempt, Phase, Whereabouts
from web.context import CallerHere, InstructorHere, OfficeHere, remember, welcome
from web.limits import JoinerHere
from web.routes.api import WRITES, problems_told
from web.routes.models import Body
from web.routes.pages.workshops import exported

router = APIRouter(prefix="/api", tags=["workshops"], responses=problems_told(404, 422, 503))


class Joining(Body):
    """A code, and the name to be known by."""

    code: str = Field(max_length=40, description="the join code, in any case, with or without its dash")
    name: str = Field(max_length=400, description="your name in the workshop; a pseudonym is fine")


class AttemptState(BaseModel):
    """One session held in a workshop. `attempt` is null for one tried again from a turn, which cannot be submitted."""

    session: str
    attempt: int | None
    persona: str
    whereabouts: Whereabouts
    turns: int
    minute: float
    assisted: bool
    submitted_at: float | None

    @classmethod
    def of(cls, found: Attempt) -> AttemptState:
        """Return a session as programs get it."""
        same = ("attempt", "persona", "whereabouts", "turns", "minute", "assisted", "submitted_at")
        return cls(session=found.session_id, **{name: getattr(found, name) for name in same})


class JoinedWorkshop(BaseModel):
    """A workshop as its member sees it. Times are seconds since the epoch; null where there is no limit."""

    id: str
    name: str
    welcome: str
    me: str = Field(description="the name you gave")
    phase: Phase
    personas: list[str]
    rubric: str
    difficulty: Difficulty
    minutes: float | None
    attempts: int | None
    attempts_left: int | None
    hints: bool
    numbers: bool = Field(description="whether marks are shown as numbers; where not, there is no scorecard to fetch")
    opens_at: float | None
    closes_at: float | None
    retention_days: int | None
    sessions: list[AttemptState]

    @classmethod
    def of(cls, found: Attendance) -> JoinedWorkshop:
        """Return a member's view."""
        plan = found.workshop.plan
        same = ("name", "welcome", "difficulty", "minutes", "attempts", "hints", "numbers", "opens_at", "closes_at", "retention_days")
        return cls(
            id=found.workshop.id,
            me=found.member.name,
            phase=found.phase,
            personas=list(plan.personas),
            rubric=plan.rubric_id,
            attempts_left=found.left,
            sessions=[AttemptState.of(a) for a in found.sessions],
            **{name: getattr(plan, name) for name in same},
        )


class BoardLine(BaseModel):
    """One learner on the board: where they are with their latest session, and no word of it."""

    name: str
    whereabouts: Whereabouts
    attempt: int | None
    turns: int | None
    minute: float | None
    opened: int = Field(description="attempts opened so far, deleted ones included")
    submitted: int


class BoardState(BaseModel):
    """Who is where."""

    workshop: str
    phase: Phase
    learners: list[BoardLine]


@router.post("/workshops/join", responses=WRITES | problems_told(422, 429))
async def join(
    body: Joining, request: Request, response: Response, office: OfficeHere, caller: CallerHere, joiner: JoinerHere
) -> JoinedWorkshop:
    """Join a workshop; the cookie that comes with the answer is what you are known by."""
    learner = welcome(caller)
    with joiner.guesses():
        here = await workshop.join(office, learner, body.code, body.name)
    joiner.joined()
    remember(request, response, learner)
    return JoinedWorkshop.of(await workshop.attendance(office, learner, here.workshop.id))


@router.get("/joined/{workshop_id}")
async def joined(workshop_id: str, office: OfficeHere, caller: CallerHere) -> JoinedWorkshop:
    """Return a workshop you joined, with your sessions in it."""
    return JoinedWorkshop.of(await workshop.attendance(office, caller, workshop_id))


@router.put("/sessions/{session_id}/submission", status_code=204, responses=problems_told(403, 409, 422))
async def submit(session_id: str, office: OfficeHere, caller: CallerHere) -> None:
    """Hand in a finished attempt; the instructor may read it from now on."""
    await workshop.submit(office, caller, session_id)


@router.delete("/sessions/{session_id}/submission", status_code=204, responses=problems_told(403, 409, 422))
async def withdraw(session_id: str, office: OfficeHere, caller: CallerHere) -> None:
    """Take a submitted attempt back, until the workshop closes."""
    await workshop.withdraw(office, caller, session_id)


@router.get("/workshops/{workshop_id}/board")
async def board(workshop_id: str, office: OfficeHere, account: InstructorHere) -> BoardState:
    """Return the board of your workshop."""
    found = await workshop.board(office, account, workshop_id)
    lines = [
        BoardLine(
            name=s.member.name,
            whereabouts=s.whereabouts,
            attempt=s.latest.attempt if s.latest else None,
            turns=s.latest.turns if s.latest else None,
            minute=s.latest.minute if s.latest else None,
            opened=s.member.opened,
            submitted=s.submitted,
        )
        for s in found.standings
    ]
    return BoardState(workshop=found.workshop.id, phase=found.phase, learners=lines)


Kind = Annotated[str, Path(description="csv, jsonl, xapi or zip")]

FILES = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "description": "the file"}}


@router.get("/workshops/{workshop_id}/export/{kind}", response_class=Response, responses=FILES)  # type: ignore[arg-type]
async def export(workshop_id: str, kind: Kind, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Return everything submitted in your workshop as a file."""
    return await exported(workshop_id, kind, request, office, account)
