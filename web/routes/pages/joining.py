"""What learners do with workshops: join by a code, open attempts, submit them or take them back, download, delete, leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from sim import workshop
from sim.errors import InputError, NotNow, PersonaError, UnknownItem
from sim.persona import Persona
from sim.transcript import Clock
from sim.workshop import Office
from sim.workshop.codes import spaced, tidy
from sim.workshops import Workshop
from web.context import CallerHere, OfficeHere, forget_owner, remember, welcome
from web.limits import JoinerHere, limit_opening
from web.problems import of_error
from web.rendering import go, page
from web.routes.pages.before import place
from web.routes.pages.common import PageRoute, words_of
from web.routes.pages.workshops import attached
from web.views.joining import door_page, joined_page

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class JoinPage:
    """The form for a code."""

    code: str = ""
    problem: str = ""


# -- getting in ------------------------------------------------------------------------------------------------------------


@router.get("/join")
async def ask() -> Response:
    """Ask for the code."""
    return page("join.html", page=JoinPage())


@router.post("/join")
async def find(request: Request, office: OfficeHere, caller: CallerHere, joiner: JoinerHere, code: Text = "") -> Response:
    """Lead to the workshop that has the code."""
    try:
        with joiner.guesses():
            found, _ = await workshop.door(office, caller, code)
    except UnknownItem as error:
        return page("join.html", 404, page=JoinPage(code[:40], words_of(error)))
    return go(request, f"/join/{spaced(found.code)}")


@router.get("/join/{code}")
async def door(code: str, request: Request, office: OfficeHere, caller: CallerHere, joiner: JoinerHere) -> Response:
    """Tell who sees what, before anybody joins; a browser that is in already is asked who sits at it, as computers are shared.

    Somebody new gets the cookie here, so that a form sent twice joins once.
    """
    with joiner.guesses():
        found, member = await workshop.door(office, caller, code)
    shown = door_page(found, found.phase(office.now()), member, keep_days=office.keep_days, seen=not joiner.new)
    response = page("door.html", page=shown)
    response.headers["Cache-Control"] = "private, no-store"
    if not caller.owner:
        remember(request, response, welcome(caller))
    return response


@router.post("/join/{code}")
async def join(code: str, request: Request, office: OfficeHere, caller: CallerHere, joiner: JoinerHere, name: Text = "") -> Response:
    """Join."""
    learner = welcome(caller)
    try:
        with joiner.guesses():
            here = await workshop.join(office, learner, tidy(code), name)
    except (InputError, NotNow) as error:
        found, _ = await workshop.door(office, caller, code)
        shown = door_page(found, found.phase(office.now()), None, keep_days=office.keep_days, name=name[:80], problem=words_of(error))
        return page("door.html", of_error(error).status, page=shown)
    joiner.joined()
    response = go(request, f"/joined/{here.workshop.id}")
    remember(request, response, learner)
    return response


# -- somebody else at the same computer ------------------------------------------------------------------------------------


@router.get("/afresh")
async def ask_afresh(code: str = "") -> Response:
    """Ask once more: what was done in this browser cannot be reached any more afterwards."""
    return page("afresh.html", page=JoinPage(spaced(tidy(code))))


@router.post("/afresh")
async def afresh(request: Request, code: Text = "") -> Response:
    """Make this browser a new one: take its cookie, and what it keeps of drafts and pages. Nothing is deleted on the server."""
    known = tidy(code)
    response = go(request, f"/join/{spaced(known)}" if known else "/")
    forget_owner(request, response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


# -- being in --------------------------------------------------------------------------------------------------------------


def on_offer(office: Office, found: Workshop) -> list[Persona]:
    """Return the contacts of a workshop that are still there."""
    shelf, there = office.shelf_of(found.account_id), []
    for persona in found.plan.personas:
        try:
            there.append(shelf.persona(persona))
        except (UnknownItem, PersonaError):  # retired, or a file that broke: the others can be met
            continue
    return there


@router.get("/joined/{workshop_id}")
async def mine(workshop_id: str, office: OfficeHere, caller: CallerHere) -> Response:
    """Show the member's page."""
    found = await workshop.attendance(office, caller, workshop_id)
    return page("joined.html", page=joined_page(found, on_offer(office, found.workshop), office.keep_days))


@router.post("/joined/{workshop_id}/sessions", dependencies=[Depends(limit_opening)])
async def open_attempt(
    workshop_id: str,
    request: Request,
    office: OfficeHere,
    caller: CallerHere,
    persona: Text = "",
    clock: Annotated[Clock, Form()] = "simulated",
    hints: Text = "",
) -> Response:
    """Open an attempt and go to its prep sheet."""
    opened = await workshop.open_attempt(office, caller, workshop_id, persona, clock=clock, hints=bool(hints))
    return go(request, place(opened.session))


@router.post("/sessions/{session_id}/submit")
async def submit(session_id: str, request: Request, office: OfficeHere, caller: CallerHere) -> Response:
    """Hand an attempt in."""
    found = await workshop.submit(office, caller, session_id)
    return go(request, f"/joined/{found.id}")


@router.post("/sessions/{session_id}/withdraw")
async def withdraw(session_id: str, request: Request, office: OfficeHere, caller: CallerHere) -> Response:
    """Take it back."""
    found = await workshop.withdraw(office, caller, session_id)
    return go(request, f"/joined/{found.id}")


@router.get("/joined/{workshop_id}/mine.zip")
async def download(workshop_id: str, office: OfficeHere, caller: CallerHere) -> Response:
    """Give everything the learner did in the workshop."""
    name, media, body = await workshop.mine_exported(office, caller, workshop_id)
    return Response(body, media_type=media, headers=attached(name))


@router.get("/joined/{workshop_id}/leave")
async def ask_leave(workshop_id: str, office: OfficeHere, caller: CallerHere) -> Response:
    """Ask whether to delete, or to leave."""
    found = await workshop.attendance(office, caller, workshop_id)
    return page("leave.html", page=joined_page(found, [], office.keep_days))


@router.post("/joined/{workshop_id}/delete")
async def delete(workshop_id: str, request: Request, office: OfficeHere, caller: CallerHere) -> Response:
    """Delete the learner's sessions in the workshop."""
    await workshop.delete_mine(office, caller, workshop_id)
    return go(request, f"/joined/{workshop_id}")


@router.post("/joined/{workshop_id}/leave")
async def leave(workshop_id: str, request: Request, office: OfficeHere, caller: CallerHere) -> Response:
    """Leave, with everything."""
    await workshop.leave(office, caller, workshop_id)
    return go(request, "/")
