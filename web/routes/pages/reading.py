"""A submitted session as its instructor reads it: evidence, marks of their own, comments, an excerpt for the projector."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from sim import workshop
from sim.accounts import Account
from sim.workshop import Office
from web.context import InstructorHere, OfficeHere
from web.rendering import go, page
from web.routes.pages.common import PageRoute
from web.views.reading import excerpt_page, reading_page

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]

FIRST_TURNS = 6
"""Turns of an excerpt where none were chosen."""


@router.get("/submitted/{session_id}")
async def read(session_id: str, office: OfficeHere, account: InstructorHere) -> Response:
    """Show a submitted session; that it was read goes to the audit trail."""
    return page("submitted.html", page=reading_page(await workshop.read(office, account, session_id)))


@router.post("/submitted/{session_id}/marks")
async def override(
    session_id: str,
    request: Request,
    office: OfficeHere,
    account: InstructorHere,
    criterion: Text,
    mark: Annotated[int, Form()],
    reason: Text = "",
) -> Response:
    """Give a criterion the instructor's mark."""
    await workshop.override(office, account, session_id, criterion, mark, reason)
    return go(request, f"/submitted/{session_id}#mark-{criterion}")


@router.post("/submitted/{session_id}/marks/{criterion}/remove")
async def take_back(session_id: str, criterion: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Let the computed mark count again."""
    await workshop.take_back(office, account, session_id, criterion)
    return go(request, f"/submitted/{session_id}#marks-title")


@router.post("/submitted/{session_id}/comments")
async def comment(
    session_id: str,
    request: Request,
    office: OfficeHere,
    account: InstructorHere,
    comment: Text = "",
    turn: Annotated[int | None, Form()] = None,
) -> Response:
    """Add a comment, on a turn or on the whole session."""
    await workshop.comment(office, account, session_id, turn, comment)
    return go(request, f"/submitted/{session_id}#{'comments' if turn is None else f'turn-{turn}'}")


@router.post("/submitted/{session_id}/comments/{comment_id}/delete")
async def uncomment(session_id: str, comment_id: str, request: Request, office: OfficeHere, account: InstructorHere) -> Response:
    """Delete a comment."""
    await workshop.uncomment(office, account, session_id, comment_id)
    return go(request, f"/submitted/{session_id}#comments")


@router.get("/submitted/{session_id}/excerpt")
async def excerpt(session_id: str, office: OfficeHere, account: InstructorHere, first: int = 0, last: int | None = None) -> Response:
    """Show some turns without the learner's names."""
    return await _excerpt(office, account, session_id, first, last)


@router.post("/submitted/{session_id}/excerpt")
async def excerpt_without(
    session_id: str,
    request: Request,
    office: OfficeHere,
    account: InstructorHere,
    first: Annotated[int, Form()] = 0,
    last: Annotated[int | None, Form()] = None,
    also: Text = "",
) -> Response:
    """The same without further words. They name somebody, so no address, and with it no history and no log, holds them."""
    if not also.strip():
        turns = f"first={first}" if last is None else f"first={first}&last={last}"
        return go(request, f"/submitted/{session_id}/excerpt?{turns}")
    return await _excerpt(office, account, session_id, first, last, also)


async def _excerpt(office: Office, account: Account, session_id: str, first: int, last: int | None, also: str = "") -> Response:
    words = [w.strip() for w in also[:400].split(",") if w.strip()]
    cut = await workshop.cut(office, account, session_id, first, first + FIRST_TURNS - 1 if last is None else last, words)
    return page("excerpt.html", page=excerpt_page(session_id, cut, also[:400]))
