"""Choosing a contact, the brief, the prep sheet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from sim import practice, workshop
from sim.meeting import Difficulty
from sim.practice import Caller, Session
from sim.practice.examples import examples_of
from sim.transcript import Clock, Prep
from web.context import CallerHere, DeskHere, LibraryHere, OfficeHere, remember, welcome
from web.limits import limit_opening
from web.rendering import by_htmx, fragment, go, page, part
from web.routes.pages.common import PageRoute
from web.routes.pages.examples import ExamplesHere
from web.views.contacts import brief_page, home_page, prep_page
from web.views.joining import mine_links

router = APIRouter(route_class=PageRoute)

STAGES = {"brief": "prep", "meeting": "meeting", "thank_you": "thank-you", "debrief": "debrief"}
"""The page on which a session goes on, by its stage."""

Text = Annotated[str, Form()]
Lines = Annotated[list[str], Form()]


def place(session: Session) -> str:
    """Return the address at which a session goes on."""
    return f"/sessions/{session.id}/{STAGES[session.stage]}"


@router.get("/")
async def home(desk: DeskHere, library: LibraryHere, office: OfficeHere, caller: CallerHere) -> Response:
    """Show the contacts, what is unfinished, and the workshops one joined."""
    joined = mine_links(await workshop.joined(office, caller), office.now())
    return page("home.html", page=home_page(library.personas(), await practice.history(desk, caller), joined))


@router.get("/contacts/{persona_id}")
async def brief(persona_id: str, library: LibraryHere, examples: ExamplesHere) -> Response:
    """Show a contact's brief and the choices for a session."""
    persona = library.persona(persona_id)
    shown = brief_page(persona, library.rubrics(), examples=bool(await examples_of(examples, persona)))
    return page("brief.html", page=shown)


@router.post("/sessions", dependencies=[Depends(limit_opening)])
async def start(
    request: Request,
    desk: DeskHere,
    caller: CallerHere,
    persona: Text,
    difficulty: Annotated[Difficulty, Form()] = "realistic",
    clock: Annotated[Clock, Form()] = "simulated",
    rubric: Text = "classic",
    minutes: Annotated[float | None, Form()] = None,
    hints: Text = "",
) -> Response:
    """Open a session; somebody new gets the cookie that leads back to it."""
    learner = welcome(caller)
    opened = await practice.open_session(desk, learner, persona, minutes=minutes, rubric=rubric, difficulty=difficulty, clock=clock)
    if hints:
        await practice.mark_assisted(desk, opened.session.id, learner)
    response = go(request, place(opened.session))
    remember(request, response, learner)
    return response


@router.get("/sessions/{session_id}")
async def go_on(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Lead to the page on which a session goes on."""
    return go(request, place(await practice.look(desk, session_id, caller)))


@router.get("/sessions/{session_id}/prep")
async def prep(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Show the prep sheet until the meeting begins."""
    session = await practice.look(desk, session_id, caller)
    if session.stage != "brief":
        return go(request, place(session))
    return page("prep.html", page=prep_page(session))


def written(
    goal: Text = "",
    pitch: Text = "",
    agenda: Text = "",
    question: Lines = [],  # noqa: B006 - FastAPI copies it
) -> Prep:
    """Return the prep sheet of a form; a question may come as a field of its own or as a line of one."""
    lines = [line.strip() for text in question for line in text.splitlines()]
    return Prep(goal=goal, pitch=pitch, agenda=agenda, questions=[line for line in lines if line])


Sheet = Annotated[Prep, Depends(written)]


async def _keep(desk: DeskHere, session_id: str, caller: Caller, sheet: Prep) -> Session:
    await practice.save_prep(desk, session_id, caller, sheet)
    return await practice.look(desk, session_id, caller)


@router.post("/sessions/{session_id}/prep")
async def save_prep(
    session_id: str,
    request: Request,
    desk: DeskHere,
    caller: CallerHere,
    sheet: Sheet,
) -> Response:
    """Keep the prep sheet; htmx is told only that it is saved."""
    session = await _keep(desk, session_id, caller, sheet)
    shown = prep_page(session, saved=True)
    if by_htmx(request):
        return fragment(part("prep.html", "saved", page=shown))
    return page("prep.html", page=shown)


@router.post("/sessions/{session_id}/prep/questions")
async def more_questions(
    session_id: str,
    request: Request,
    desk: DeskHere,
    caller: CallerHere,
    sheet: Sheet,
) -> Response:
    """Keep the prep sheet and offer more lines for questions."""
    session = await _keep(desk, session_id, caller, sheet)
    shown = prep_page(session, more=True, saved=True)
    if by_htmx(request):
        return fragment(part("prep.html", "questions", page=shown))
    return page("prep.html", page=shown)


@router.post("/sessions/{session_id}/begin")
async def begin(
    session_id: str,
    request: Request,
    desk: DeskHere,
    caller: CallerHere,
    sheet: Sheet,
) -> Response:
    """Keep the prep sheet and start the meeting."""
    await _keep(desk, session_id, caller, sheet)
    return go(request, place(await practice.begin(desk, session_id, caller)))
