"""The thank-you note, the self-rating, the debrief, forking, exporting, deleting, and progress."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from sim import practice
from sim.errors import InputError, NotNow, UnknownItem
from sim.export import Format, export
from sim.practice import Caller, Debrief, Desk, Drafts
from sim.practice.keeping import take_away
from web.context import CallerHere, DeskHere, LibraryHere, set_cookie
from web.limits import limit_trying_again
from web.problems import of_error
from web.rendering import by_htmx, fragment, go, page, part
from web.routes.pages.before import place
from web.routes.pages.common import PageRoute, words_of
from web.views.debrief import debrief_page, reading_page
from web.views.meeting import thank_you_page
from web.views.progress import delete_all_page, delete_page, progress_page, self_rating_page

router = APIRouter(route_class=PageRoute)

NO_NOTE = "Nothing is written in either note. Write one, or choose “Send nothing”."
NUMBERS = "numbers"
FIRST_WAIT, LONG_WAIT = 1.5, 20.0
"""Seconds a page waits for a judge that is still reading: before it says so, and again each time it asks from then on."""

YEAR_SECONDS = 365 * 24 * 3600
MEDIA: dict[Format, str] = {"json": "application/json", "md": "text/markdown; charset=utf-8"}
"""What a learner can save, by the ending of the file."""

MARKS = ("1", "2", "3", "4", "5")

Text = Annotated[str, Form()]


@router.get("/sessions/{session_id}/thank-you")
async def thank_you(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Show the thank-you note until it is sent or skipped."""
    session = await practice.look(desk, session_id, caller)
    if session.stage != "thank_you":
        return go(request, place(session))
    return page("thank_you.html", page=thank_you_page(session))


@router.post("/sessions/{session_id}/thank-you/draft")
async def draft(session_id: str, desk: DeskHere, caller: CallerHere, to_contact: Text = "", to_referrer: Text = "") -> Response:
    """Keep the notes as they are typed."""
    await practice.save_drafts(desk, session_id, caller, Drafts(to_contact=to_contact, to_referrer=to_referrer))
    return fragment("Draft kept")


@router.post("/sessions/{session_id}/thank-you")
async def thank(
    session_id: str,
    request: Request,
    desk: DeskHere,
    caller: CallerHere,
    to_contact: Text = "",
    to_referrer: Text = "",
    skip: Text = "",
) -> Response:
    """Send the notes, or nothing."""
    problem, status = NO_NOTE, 422
    if skip or to_contact.strip() or to_referrer.strip():
        try:
            if skip:
                await practice.thank(desk, session_id, caller, skip=True)
            else:
                await practice.thank(desk, session_id, caller, to_contact=to_contact, to_referrer=to_referrer)
            return go(request, f"/sessions/{session_id}/self-rating")
        except (InputError, NotNow) as error:
            problem, status = words_of(error), of_error(error).status
    session = await practice.look(desk, session_id, caller)
    shown = thank_you_page(session, to_contact=to_contact, to_referrer=to_referrer, problem=problem)
    return page("thank_you.html", status, page=shown)


@router.get("/sessions/{session_id}/self-rating")
async def self_rating(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Ask for the learner's own marks before they see ours."""
    session = await practice.look(desk, session_id, caller)
    if session.stage != "debrief":
        return go(request, place(session))
    return page("self_rating.html", page=self_rating_page(session))


@router.post("/sessions/{session_id}/self-rating")
async def rate(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Keep the learner's own marks; none at all is fine."""
    fields = (await request.form()).items()
    given = {k.removeprefix("rate-"): v for k, v in fields if k.startswith("rate-") and isinstance(v, str)}
    ratings = {criterion: int(mark) for criterion, mark in given.items() if mark in MARKS}
    if ratings:
        await practice.rate_self(desk, session_id, caller, ratings)
    return go(request, f"/sessions/{session_id}/debrief")


def _numbers(request: Request, wanted: str | None) -> bool:
    return (wanted or request.cookies.get(NUMBERS, "show")) != "hide"


def _remember(request: Request, response: Response, wanted: str | None) -> Response:
    """Keep the choice to see or hide numbers for the pages to come."""
    if wanted in ("hide", "show"):
        set_cookie(request, response, NUMBERS, wanted, YEAR_SECONDS)
    return response


@router.get("/sessions/{session_id}/debrief")
async def debrief(
    session_id: str,
    request: Request,
    desk: DeskHere,
    library: LibraryHere,
    caller: CallerHere,
    rubric: str | None = None,
    numbers: str | None = None,
) -> Response:
    """Show the debrief, by another school or without numbers on request."""
    session = await practice.look(desk, session_id, caller)
    if session.stage != "debrief":
        return go(request, place(session))
    found = await practice.debrief(desk, session_id, caller, rubric, FIRST_WAIT)
    if found.pending:
        return page("reading.html", page=reading_page(found, desk.judge.seconds if desk.judge else 0))
    before = await _first_run(desk, caller, found)
    shown = debrief_page(found, numbers=_numbers(request, numbers), rubrics=library.rubrics(), before=before)
    return _remember(request, page("debrief.html", page=shown), numbers)


@router.get("/sessions/{session_id}/debrief/ready")
async def ready(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Answer when the judge has read the session, or after a while to say that it is still reading."""
    found = await practice.debrief(desk, session_id, caller, wait=LONG_WAIT if by_htmx(request) else FIRST_WAIT)
    if found.pending and by_htmx(request):
        return fragment(part("reading.html", "waiting", page=reading_page(found, desk.judge.seconds if desk.judge else 0)))
    return go(request, f"/sessions/{session_id}/debrief")


@router.post("/sessions/{session_id}/debrief/now")
async def mark_now(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Go without the second opinion."""
    await practice.mark_now(desk, session_id, caller)
    return go(request, f"/sessions/{session_id}/debrief")


@router.post("/sessions/{session_id}/rewrite")
async def rewrite(session_id: str, request: Request, desk: DeskHere, caller: CallerHere, turn: Annotated[int, Form()]) -> Response:
    """Have a model suggest another way to say a line."""
    made = await practice.rewrite(desk, session_id, caller, turn)
    return go(request, f"/sessions/{session_id}/debrief#turn-{made.turn}")


async def _first_run(desk: Desk, caller: Caller, found: Debrief) -> Debrief | None:
    """Return the debrief of the run a fork came from; None where it was deleted or is not over."""
    if found.session.parent is None:
        return None
    try:
        return await practice.debrief(desk, found.session.parent, caller, found.rubric.id, 0)
    except (UnknownItem, NotNow):
        return None


@router.post("/sessions/{session_id}/fork", dependencies=[Depends(limit_trying_again)])
async def fork(session_id: str, request: Request, desk: DeskHere, caller: CallerHere, turn: Annotated[int, Form()]) -> Response:
    """Try again from a turn."""
    opened = await practice.fork(desk, session_id, caller, turn)
    return go(request, place(opened.session))


@router.get("/sessions/{session_id}/export.{form}")
async def save(session_id: str, form: str, desk: DeskHere, caller: CallerHere) -> Response:
    """Give the session as a file."""
    kind: Format | None = next((k for k in MEDIA if k == form), None)
    if kind is None:
        raise UnknownItem(f"there is no export called {form!r}; use {' or '.join(MEDIA)}")
    record = await take_away(desk, session_id, caller)
    headers = {"Content-Disposition": f'attachment; filename="meeting-{session_id}.{form}"', "Cache-Control": "no-store"}
    return Response(export(record, kind), media_type=MEDIA[kind], headers=headers)


@router.get("/sessions/{session_id}/delete")
async def ask_delete(session_id: str, desk: DeskHere, caller: CallerHere) -> Response:
    """Ask once more before deleting."""
    return page("delete.html", page=delete_page(await practice.look(desk, session_id, caller)))


@router.post("/sessions/{session_id}/delete")
async def delete(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Delete the session for good."""
    await practice.delete(desk, session_id, caller)
    return go(request, "/progress")


@router.get("/progress/delete")
async def ask_delete_all(request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Ask once more before deleting everything of this browser's."""
    rows = await practice.history(desk, caller)
    return page("delete_all.html", page=delete_all_page(rows)) if rows else go(request, "/progress")


@router.post("/progress/delete")
async def delete_all(request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Delete every session of this browser's for good."""
    await practice.delete_all(desk, caller)
    return go(request, "/progress")


@router.get("/progress")
async def progress(request: Request, desk: DeskHere, library: LibraryHere, caller: CallerHere, numbers: str | None = None) -> Response:
    """Show the sessions and how the marks moved."""
    rubrics = {r.id: r for r in library.rubrics()}
    shown = progress_page(await practice.history(desk, caller), rubrics, numbers=_numbers(request, numbers))
    return _remember(request, page("progress.html", page=shown), numbers)
