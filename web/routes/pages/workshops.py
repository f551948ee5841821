"""What instructors do with workshops: set them up, watch the board, read the results, take them away."""

from __future__ import annotations

import io
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from sim import workshop
from sim.errors import InputError, UnknownItem
from sim.people import Account
from sim.workshop import Office
from sim.workshop.codes import spaced
from sim.workshops import Workshop
from web.context import InstructorHere, OfficeHere, settings_of
from web.problems import of_error
from web.rendering import by_htmx, fragment, go, page, part
from web.routes.pages.common import PageRoute, words_of
from web.views.workshop_form import FormPage, Typed, form_page, typed
from web.views.workshops import board_page, list_page, results_page, workshop_page

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]


@router.get("/workshops")
async def overview(office: OfficeHere, account: InstructorHere) -> Response:
    """List the account's workshops."""
    return page("workshops.html", page=list_page(await workshop.workshops(office, account), office.now()))


# -- setting up ------------------------------------------------------------------------------------------------------------


def filled(
    name: Text = "",
    welcome: Text = "",
    personas: Texts = [],  # noqa: B006 - FastAPI copies it
    rubric: Text = "classic",
    difficulty: Text = "realistic",
    minutes: Text = "",
    attempts: Text = "",
    hints: Text = "",
    numbers: Text = "show",
    opens_at: Text = "",
    closes_at: Text = "",
    zone: Text = "UTC",
    token_budget: Text = "",
    retention_days: Text = "",
) -> Typed:
    """Return the form as it was typed."""
    limits = {"minutes": minutes, "attempts": attempts, "token_budget": token_budget, "retention_days": retention_days}
    times = {"opens_at": opens_at, "closes_at": closes_at, "zone": zone}
    return Typed(name, welcome, tuple(personas), rubric, difficulty, hints=hints, numbers=numbers, **limits, **times)


Filled = Annotated[Typed, Depends(filled)]


def _form(office: Office, account: Account, given: Typed, **more: Any) -> FormPage:
    shelf: Any = office.shelf_of(account.id)
    return form_page(given, shelf.personas(), shelf.rubrics(), keep_days=office.keep_days, **more)


@router.get("/workshops/new")
async def new(office: OfficeHere, account: InstructorHere) -> Response:
    """Show the form, filled with what most workshops want."""
    return page("workshop_form.html", page=_form(office, account, Typed(hints="on", attempts="3")))


@router.post("/workshops")
async def create(request: Request, office: OfficeHere, account: InstructorHere, form: Filled) -> Response:
    """Make a workshop; what will not do comes back with the form."""
    try:
        made = await workshop.create(office, account, form.plan())
    except InputError as error:
        return page("workshop_form.html", of_error(error).status, page=_form(office, account, form, problem=words_of(error)))
    return go(request, f"/workshops/{made.id}")


@router.get("/workshops/{workshop_id}")
async def show(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Show one workshop: how people join, what was set, what models used."""
    board = await workshop.board(office, account, workshop_id)
    spent = await workshop.costs(office, account, workshop_id)
    plan = board.workshop.plan
    shelf: Any = office.shelf_of(account.id)
    names = {p.id: p.name for p in shelf.personas()}
    rubrics = {r.id: r.name for r in shelf.rubrics()}
    contacts = [names.get(p, f"{p} (no longer on offer)") for p in plan.personas]
    shown = workshop_page(
        board,
        spent,
        link=join_link(request, board.workshop),
        contacts=contacts,
        rubric=rubrics.get(plan.rubric_id, plan.rubric_id),
        keep_days=office.keep_days,
    )
    return page("workshop.html", page=shown)


def join_link(request: Request, found: Workshop) -> str:
    """Return the address at which a workshop is joined."""
    base = settings_of(request).public_origin or str(request.base_url).rstrip("/")
    return f"{base}/join/{spaced(found.code)}"


@router.get("/workshops/{workshop_id}/qr.svg")
async def qr(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Draw the address at which the workshop is joined, dark on white whatever the page's colours."""
    import segno  # only this picture needs it

    found = await workshop.own(office, account, workshop_id)
    drawn = io.BytesIO()
    segno.make(join_link(request, found), error="m", micro=False).save(
        drawn, kind="svg", scale=8, border=4, dark="#000000", light="#ffffff", xmldecl=False, title="Address to join"
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/workshops/{workshop_id}/edit")
async def ask_edit(workshop_id: str, office: OfficeHere, account: InstructorHere) -> Response:
    """Show the form with what was set."""
    found = await workshop.own(office, account, workshop_id)
    joined = bool(await office.book.members(found.id))
    return page("workshop_form.html", page=_form(office, account, typed(found.plan), workshop_id=found.id, joined=joined))


@router.post("/workshops/{workshop_id}/edit")
async def edit(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere, form: Filled) -> Response:
    """Change what may still change."""
    try:
        await workshop.edit(office, account, workshop_id, form.plan())
    except InputError as error:
        found = await workshop.own(office, account, workshop_id)
        joined = bool(await office.book.members(found.id))
        shown = _form(office, account, form, workshop_id=found.id, joined=joined, problem=words_of(error))
        return page("workshop_form.html", of_error(error).status, page=shown)
    return go(request, f"/workshops/{workshop_id}")


@router.post("/workshops/{workshop_id}/close")
async def close(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Close the workshop."""
    await workshop.close(office, account, workshop_id)
    return go(request, f"/workshops/{workshop_id}")


@router.post("/workshops/{workshop_id}/reopen")
async def reopen(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Open it again."""
    await workshop.reopen(office, account, workshop_id)
    return go(request, f"/workshops/{workshop_id}")


@router.post("/workshops/{workshop_id}/code")
async def renew_code(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Give it another code."""
    await workshop.renew_code(office, account, workshop_id)
    return go(request, f"/workshops/{workshop_id}")


@router.get("/workshops/{workshop_id}/delete")
async def ask_delete(workshop_id: str, office: OfficeHere, account: InstructorHere) -> Response:
    """Ask once more."""
    return page("workshop_delete.html", page=await workshop.own(office, account, workshop_id))


@router.post("/workshops/{workshop_id}/delete")
async def delete(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Delete it with every word in it."""
    await workshop.delete(office, account, workshop_id)
    return go(request, "/workshops")


# -- while it runs, and after ----------------------------------------------------------------------------------------------


@router.get("/workshops/{workshop_id}/board")
async def board(workshop_id: str, request: Request, office: OfficeHere, account: InstructorHere, names: str = "") -> Response:
    """Show who is where; htmx asks for the moving part every few seconds."""
    shown = board_page(await workshop.board(office, account, workshop_id), names=names != "hide")
    if by_htmx(request):
        return fragment(part("board.html", "live", page=shown))
    return page("board.html", page=shown)


@router.get("/workshops/{workshop_id}/results")
async def results(workshop_id: str, office: OfficeHere, account: InstructorHere) -> Response:
    """Show what was submitted, as figures."""
    found, figures = await workshop.results(office, account, workshop_id)
    return page("results.html", page=results_page(found, figures))


@router.get("/workshops/{workshop_id}/export/{kind}")
async def export(workshop_id: str, kind: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Give everything submitted as a file: csv, jsonl, xapi or zip."""
    return await exported(workshop_id, kind, request, office, account)


async def exported(workshop_id: str, kind: str, request: Request, office: Office, account: Account) -> Response:
    """Return a file of everything submitted, for the pages and for programs."""
    if not kind.isalpha():
        raise UnknownItem("there is no export of that kind")
    home = settings_of(request).public_origin
    name, media, body = await workshop.exported(office, account, workshop_id, kind, home)
    return Response(body, media_type=media, headers=attached(name))


def attached(name: str) -> dict[str, str]:
    """Return the headers of a file to keep, which nobody on the way keeps."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
