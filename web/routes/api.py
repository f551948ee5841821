"""The HTTP interface of `contracts/http.md`: what the pages can do, a program can do. The same use cases underneath."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from sim import __version__, practice, workshop
from sim.errors import SimError, StoreUnavailable
from sim.practice import Caller, Desk, Done, Drafts, Opened, Reply
from sim.scorecard import Rewrite, Scorecard
from sim.transcript import Prep, Transcript
from sim.workshop import Office
from web.context import CallerHere, DeskHere, LibraryHere, OfficeHere, remember, welcome
from web.limits import limit_opening, limit_trying_again, limit_turns
from web.problems import ProblemDetails, of_error
from web.routes import models

IDLE_SECONDS = 15.0
"""After so long without a word a comment keeps the stream open; proxies close what is silent for 30 to 60."""


def problems_told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    told = {
        400: "the body is not JSON",
        403: "sent by another site through a browser",
        404: "no such session, or not yours",
        409: "not now",
        413: "too large",
        429: "too many in a short time; Retry-After says when to come again",
        422: "the request says something it may not",
        503: "the database or the model is away",
    }
    return {status: {"model": ProblemDetails, "description": told[status]} for status in statuses}


router = APIRouter(responses=problems_told(503))
sessions = APIRouter(prefix="/api/sessions", tags=["sessions"], responses=problems_told(404, 422))

WRITES = problems_told(400, 403, 409, 413)

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The reply as it is spoken: `token` events, then one `done` or `error`. As JSON, the whole reply at once.",
        "content": {
            "text/event-stream": {"schema": {"type": "string"}},
            "application/json": {"schema": {"$ref": "#/components/schemas/WholeReply"}},
        },
    },
    **WRITES,
    **problems_told(429),
}


# -- what is on offer ------------------------------------------------------------------------------------------------------


@router.get("/api/personas", tags=["library"])
def personas(library: LibraryHere) -> list[models.PersonaCard]:
    """List the personas on offer, public parts only."""
    return [models.PersonaCard.of(p) for p in library.personas()]


@router.get("/api/rubrics", tags=["library"])
def rubrics(library: LibraryHere) -> list[models.RubricCard]:
    """List the rubrics on offer."""
    return [models.RubricCard.of(r) for r in library.rubrics()]


@router.get("/healthz", tags=["operation"], responses={503: {"model": models.Health, "description": "it cannot serve"}})
async def healthz(request: Request, desk: DeskHere) -> models.Health:
    """Tell whether the application can serve, with the database and the engine named."""
    health = models.Health(status="ok", database=desk.store.backend, engine=request.app.state.engine, version=__version__)
    try:
        await desk.store.ping()
    except StoreUnavailable as error:
        sick = health.model_copy(update={"status": "unavailable", "detail": of_error(error).detail})
        return JSONResponse(sick.model_dump(), 503)  # type: ignore[return-value] # FastAPI sends a response as it is
    return health


# -- sessions --------------------------------------------------------------------------------------------------------------


@sessions.post("", status_code=201, responses=WRITES | problems_told(429), dependencies=[Depends(limit_opening)])
async def open_session(
    body: models.NewSession, request: Request, response: Response, desk: DeskHere, office: OfficeHere, caller: CallerHere
) -> models.OpenedSession:
    """Open a session; the contact greets at once, unless the wall clock runs: then with `begin` or the first message.

    With the id of a workshop you joined as `workshop`, it is your next attempt there, with the settings of the workshop.
    """
    owner = welcome(caller)
    new = await _opened(desk, office, owner, body)
    if body.clock != "wall":
        new = Opened(await practice.begin(desk, new.session.id, Caller(token=new.token)), new.token)
    if not caller.token:
        remember(request, response, owner)
    response.headers["Location"] = f"/api/sessions/{new.session.id}"
    return models.OpenedSession.opened(new)


async def _opened(desk: Desk, office: Office, owner: Caller, body: models.NewSession) -> Opened:
    if not (body.workshop and await workshop.known(office, body.workshop)):
        return await practice.open_session(desk, owner, **body.model_dump())
    given = body.model_dump(include=set(body.model_fields_set))
    await workshop.refuse_other_settings(office, body.workshop, given)
    return await workshop.open_attempt(office, owner, body.workshop, body.persona, clock=body.clock, seed=body.seed)


@sessions.get("")
async def history(desk: DeskHere, caller: CallerHere) -> list[models.PastSession]:
    """List the sessions of the cookie's owner, newest first; a token opens one session and lists none."""
    return [models.PastSession.of(row) for row in await practice.history(desk, caller)]


@sessions.get("/{session_id}")
async def look(session_id: str, desk: DeskHere, caller: CallerHere) -> models.SessionState:
    """Return a session as it stands; a reply that a crash cut off is finished first."""
    return models.SessionState.of(await practice.look(desk, session_id, caller))


@sessions.delete("/{session_id}", status_code=204, responses=problems_told(403))
async def delete(session_id: str, desk: DeskHere, caller: CallerHere) -> None:
    """Delete the session and every word in it, for good."""
    await practice.delete(desk, session_id, caller)


@sessions.put("/{session_id}/prep", status_code=204, responses=WRITES)
async def save_prep(session_id: str, body: models.PrepSheet, desk: DeskHere, caller: CallerHere) -> None:
    """Keep the prep sheet."""
    await practice.save_prep(desk, session_id, caller, Prep(**body.model_dump()))


@sessions.put("/{session_id}/notes", status_code=204, responses=WRITES)
async def save_notes(session_id: str, body: models.Text, desk: DeskHere, caller: CallerHere) -> None:
    """Keep the notes."""
    await practice.save_notes(desk, session_id, caller, body.text)


@sessions.put("/{session_id}/drafts", status_code=204, responses=WRITES)
async def save_drafts(session_id: str, body: models.DraftTexts, desk: DeskHere, caller: CallerHere) -> None:
    """Keep what stands unsent in the boxes."""
    await practice.save_drafts(desk, session_id, caller, Drafts(**body.model_dump()))


@sessions.post("/{session_id}/begin", responses=WRITES)
async def begin(session_id: str, desk: DeskHere, caller: CallerHere) -> models.SessionState:
    """Start the meeting: the contact greets and the clock runs. Safe to repeat."""
    return models.SessionState.of(await practice.begin(desk, session_id, caller))


# -- the talk --------------------------------------------------------------------------------------------------------------


@sessions.post("/{session_id}/turns", response_class=Response, responses=STREAMED, dependencies=[Depends(limit_turns)])
async def say(session_id: str, body: models.Message, request: Request, desk: DeskHere, caller: CallerHere) -> Response:
    """Say something. The words are stored before the reply starts, and the reply is finished even when nobody listens."""
    reply = await practice.say(desk, session_id, caller, body.text, body.key)
    if wants_json(request.headers.get("accept", "")):
        return JSONResponse(models.WholeReply.whole(await reply.whole()).model_dump())
    return EventSourceResponse(events(reply), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})


def wants_json(accept: str) -> bool:
    """Tell whether a reply is wanted at once: JSON is named and an event stream is not."""
    return "application/json" in accept and "text/event-stream" not in accept


async def events(reply: Reply) -> AsyncIterator[bytes]:
    """Yield a reply as server-sent events, the last of them `done` or `error`."""
    try:
        async for event in reply.listen(IDLE_SECONDS):
            if event is None:
                yield KEEPALIVE_COMMENT
            elif isinstance(event, Done):
                yield _event("done", models.DoneEvent.of(event))
            else:
                yield _event("token", models.TokenEvent(text=event.text))
    except SimError as error:
        yield _event("error", models.ErrorEvent(detail=of_error(error).detail))


def _event(name: str, data: BaseModel) -> bytes:
    return format_sse_event(event=name, data_str=data.model_dump_json())


@sessions.post("/{session_id}/end", responses=WRITES)
async def end(session_id: str, desk: DeskHere, caller: CallerHere, body: models.End | None = None) -> models.SessionState:
    """End the meeting; safe to repeat. A reply on its way may finish, for two seconds."""
    return models.SessionState.of(await practice.end_meeting(desk, session_id, caller, body.draft if body else ""))


@sessions.post("/{session_id}/thank-you", responses=WRITES)
async def thank(session_id: str, body: models.Note, desk: DeskHere, caller: CallerHere) -> models.SessionState:
    """Send the thank-you notes, or skip them."""
    notes = {"to_contact": body.to_contact or "", "to_referrer": body.to_referrer or ""}
    return models.SessionState.of(await practice.thank(desk, session_id, caller, **notes, skip=body.skip))


# -- looking back ----------------------------------------------------------------------------------------------------------


@sessions.get("/{session_id}/scorecard", response_model=Scorecard, responses=problems_told(409))
async def scorecard(session_id: str, desk: DeskHere, caller: CallerHere, rubric: str | None = None) -> JSONResponse:
    """Return the marks (sim.scorecard/1); `rubric` has another school mark the same session."""
    return JSONResponse((await practice.scorecard(desk, session_id, caller, rubric)).to_json())


@sessions.get("/{session_id}/transcript", response_model=Transcript, responses=problems_told(409))
async def transcript(session_id: str, desk: DeskHere, caller: CallerHere) -> JSONResponse:
    """Return the session (sim.transcript/1), `trace` and `outcome` included once the meeting is over."""
    return JSONResponse((await practice.transcript(desk, session_id, caller)).to_json())


@sessions.put("/{session_id}/self-ratings", status_code=204, responses=WRITES)
async def rate_self(session_id: str, body: models.Ratings, desk: DeskHere, caller: CallerHere) -> None:
    """Keep the learner's own marks, given before the debrief is read."""
    await practice.rate_self(desk, session_id, caller, body.ratings)


@sessions.post("/{session_id}/fork", status_code=201, responses=WRITES | problems_told(429), dependencies=[Depends(limit_trying_again)])
async def fork(session_id: str, body: models.ForkAt, response: Response, desk: DeskHere, caller: CallerHere) -> models.OpenedSession:
    """Open a new session that shares everything before that learner turn; the original stays as it is."""
    new = await practice.fork(desk, session_id, caller, body.turn)
    response.headers["Location"] = f"/api/sessions/{new.session.id}"
    return models.OpenedSession.opened(new)


@sessions.post("/{session_id}/rewrite", responses=WRITES)
async def rewrite(session_id: str, body: models.RewriteOf, desk: DeskHere, caller: CallerHere) -> Rewrite:
    """Have a language model suggest another way to say a weak line; 409 where none is configured or all suggestions are used up."""
    return await practice.rewrite(desk, session_id, caller, body.turn)


router.include_router(sessions)
