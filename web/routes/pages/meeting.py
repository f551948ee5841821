"""The meeting: show it, say something (as a stream of parts, or as a whole page), keep notes, end it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, format_sse_event
from markupsafe import escape

from sim import practice
from sim.errors import ChatUnavailable, InputError, NotNow, SimError, StoreUnavailable, TooMany
from sim.practice import Caller, Desk, Reply, Session, Token
from web.context import CallerHere, DeskHere
from web.limits import LimitsHere, limit_turns
from web.problems import headers_of, of_error
from web.rendering import by_htmx, fragment, go, page, render
from web.routes.pages.before import place
from web.routes.pages.common import PageRoute, words_of
from web.views.meeting import MeetingPage, meeting_page, turn_view

router = APIRouter(route_class=PageRoute)

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A stream is neither kept nor gathered up by a proxy."""

Text = Annotated[str, Form()]
Notes = Annotated[str | None, Form()]


def _new_key() -> str:
    return secrets.token_hex(16)


async def _view(desk: Desk, caller: Caller, session: Session, draft: str = "", problem: str = "") -> MeetingPage:
    hint = await _hint(desk, caller, session)
    return meeting_page(session, _new_key(), draft=draft, problem=problem, hint=hint, max_chars=desk.max_message_chars)


async def _hint(desk: Desk, caller: Caller, session: Session) -> str:
    """Return one private line of help, for learners who chose hints; empty where there is nothing to say."""
    if not session.assisted or session.over or session.waiting or len(session.turns) < 2:
        return ""
    from sim.scoring.hints import hint_for  # what it loads takes a while, and most meetings have no hints

    so_far = await practice.transcript(desk, session.id, caller)
    timed = session.clock != "untimed"
    return await asyncio.to_thread(hint_for, so_far, session.persona, session.rubric, session.minute, timed=timed) or ""


async def _keep_notes(desk: Desk, session_id: str, caller: Caller, notes: str | None) -> None:
    """Without script the notes travel with every message, so that sending one does not lose them."""
    if notes is not None:
        await practice.save_notes(desk, session_id, caller, notes)


@router.get("/sessions/{session_id}/meeting")
async def meeting(session_id: str, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Show the meeting as it stands, also in mid-reply and after its end."""
    session = await practice.look(desk, session_id, caller)
    if session.stage in ("brief", "debrief"):
        return go(request, place(session))
    return page("meeting.html", page=await _view(desk, caller, session))


@router.post("/sessions/{session_id}/say")
async def say(
    session_id: str,
    request: Request,
    desk: DeskHere,
    limits: LimitsHere,
    caller: CallerHere,
    text: Text = "",
    key: Text = "",
    notes: Notes = None,
    resume: Text = "",
) -> Response:
    """Say something by a plain form; the page comes back with the whole reply, or with the words and what was wrong."""
    try:
        await _keep_notes(desk, session_id, caller, notes)
        limit_turns(request, limits, caller)
        reply = await practice.say(desk, session_id, caller, text, key)
    except (InputError, NotNow, TooMany) as error:
        session = await practice.look(desk, session_id, caller)
        shown = await _view(desk, caller, session, draft="" if resume else text, problem=words_of(error))
        response = page("meeting.html", of_error(error).status, page=shown)
        response.headers.update(headers_of(error))
        return response
    try:
        await reply.whole()
    except (ChatUnavailable, NotNow) as error:
        session = await practice.look(desk, session_id, caller)
        return page("meeting.html", of_error(error).status, page=await _view(desk, caller, session, problem=words_of(error)))
    return go(request, f"/sessions/{session_id}/meeting")


@router.post("/sessions/{session_id}/say/stream", dependencies=[Depends(limit_turns)])
async def say_stream(session_id: str, desk: DeskHere, caller: CallerHere, text: Text = "", key: Text = "", resume: Text = "") -> Response:
    """Say something by htmx; the reply streams as parts of the page. With `resume`, the words are in the page already."""
    reply = await practice.say(desk, session_id, caller, text, key)
    events = _events(desk, session_id, caller, reply, resume=bool(resume))
    return EventSourceResponse(events, headers=STREAM_HEADERS)


async def _events(desk: Desk, session_id: str, caller: Caller, reply: Reply, *, resume: bool) -> AsyncIterator[bytes]:
    """Yield the reply as parts of the page: the learner's own turn first, then the words as they come, then the finished turn."""
    session = await practice.look(desk, session_id, caller)
    contact = session.persona.first_name
    said = turn_view(session.turns[reply.turn], contact)
    yield _event(render("_accepted.html", turn=said, id=session_id, contact=contact, key=_new_key(), resume=resume, stuck=False))
    try:
        spoken = reply.turn + 1
        async for event in reply:
            if isinstance(event, Token):
                yield _event(f'<hx-partial hx-target="#reply-words" hx-swap="beforeend">{escape(event.text)}</hx-partial>')
            else:
                spoken = event.turn
        session = await practice.look(desk, session_id, caller)
        answer = turn_view(session.turns[spoken], contact)
        yield _event(render("_answered.html", turn=answer, page=await _view(desk, caller, session)))
    except (ChatUnavailable, StoreUnavailable, NotNow) as error:
        yield _event(render("_stuck.html", detail=words_of(error), turn=said, id=session_id, contact=contact))


def _event(html: str) -> bytes:
    return format_sse_event(data_str=html)


@router.post("/sessions/{session_id}/notes")
async def keep_notes(session_id: str, request: Request, desk: DeskHere, caller: CallerHere, notes: Text = "", text: Text = "") -> Response:
    """Keep the notes; by a plain form the message in the box comes back with the page."""
    await practice.save_notes(desk, session_id, caller, notes)
    if by_htmx(request):
        return fragment("Saved")
    session = await practice.look(desk, session_id, caller)
    return page("meeting.html", page=await _view(desk, caller, session, draft=text))


@router.post("/sessions/{session_id}/end")
async def end(
    session_id: str,
    request: Request,
    desk: DeskHere,
    caller: CallerHere,
    text: Text = "",
    notes: Notes = None,
) -> Response:
    """End the meeting; what stands in the box counts."""
    try:
        await _keep_notes(desk, session_id, caller, notes)
        session = await practice.end_meeting(desk, session_id, caller, draft=text)
    except SimError as error:
        if by_htmx(request) or not isinstance(error, InputError | NotNow):
            raise
        session = await practice.look(desk, session_id, caller)
        return page("meeting.html", of_error(error).status, page=await _view(desk, caller, session, draft=text, problem=words_of(error)))
    return go(request, place(session))
