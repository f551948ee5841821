"""Errors as answers: problem+json (RFC 9457) for programs, a page for people. Nothing here repeats what a learner wrote."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.errors import ChatUnavailable, InputError, NotNow, PersonaError, RubricError, SimError, StoreUnavailable, TooMany, UnknownItem
from sim.practice.mishap import whereabouts
from web.logs import without_secrets

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "5"
"""What `Retry-After` says when the database or the model is away: soon enough for a person, seldom enough for a server."""

PROGRAM_PATHS = ("/api/", "/healthz", "/openapi.json")
"""Where only programs call: an error there is never a page."""


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    path: str = Field(description="the place in the request, such as `text` or `questions[2]`")
    message: str


class ProblemDetails(BaseModel):
    """An error, with a detail that somebody can act on (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = Field(None, description="one entry for each wrong part of the request")


DATABASE_AWAY = "the database is not available. Nothing that was confirmed is lost; send it again in a while. The server's log says why"

ErrorPage = Callable[[Request, ProblemDetails], Response]
"""Renders a problem as a page; the pages put theirs into `app.state.error_page`."""


def problem(status: int, detail: str, errors: list[FieldProblem] | None = None) -> ProblemDetails:
    """Return the problem of an HTTP status with its usual title."""
    return ProblemDetails(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)


def of_error(error: SimError) -> ProblemDetails:
    """Return the problem that tells one of our errors, by who can mend it."""
    match error:
        case PersonaError() | RubricError():
            log.error("%s", error)
            return problem(500, "a persona or rubric file of this server has mistakes; whoever runs it finds them with `sim check`")
        case InputError(problems=found):
            errors = [FieldProblem(path=p.path, message=p.message) for p in found]
            return problem(422, "; ".join(f"{p.path} {p.message}".strip() for p in found), errors)
        case UnknownItem():
            return problem(404, str(error))
        case NotNow():
            return problem(409, str(error))
        case TooMany():
            return problem(429, str(error))
        case StoreUnavailable():
            log.error("%s", error)  # where the database is, and what is wrong with it, is for whoever runs the server
            return problem(503, DATABASE_AWAY)
        case ChatUnavailable():
            return problem(503, str(error))
        case _:
            return problem(500, str(error))


def headers_of(error: SimError) -> dict[str, str]:
    """Return the headers that tell a program when to try again; empty where it would not help."""
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}


def of_validation(error: RequestValidationError) -> ProblemDetails:
    """Return the problem of a request whose shape is wrong. What was sent is not repeated: it may be long, and private."""
    found = error.errors()
    unreadable = next((e for e in found if e["type"] == "json_invalid"), None)
    if unreadable:
        return problem(400, f"the body is not valid JSON (character {unreadable['loc'][-1]})")
    errors = [FieldProblem(path=_dotted(e["loc"]), message=_said(e)) for e in found]
    detail = "; ".join(f"{e.path}: {e.message}" if e.path else e.message for e in errors)
    return problem(422, detail, errors)


def _dotted(place: tuple[Any, ...]) -> str:
    parts = place[1:] if place and place[0] in ("body", "path", "query") else place
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in parts).lstrip(".")


def _said(error: Any) -> str:
    if error["type"] == "model_attributes_type":
        return "expected a JSON object, sent as application/json"
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        return "is not known here; remove it or correct its spelling"
    return str(error["msg"])


def wants_page(request: Request) -> bool:
    """Tell whether whoever asks is a browser showing pages."""
    return not request.url.path.startswith(PROGRAM_PATHS) and "text/html" in request.headers.get("accept", "")


def respond(request: Request, found: ProblemDetails, headers: dict[str, str] | None = None) -> Response:
    """Return the answer that tells a problem: a page where one is wanted and can be had."""
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is not None and wants_page(request):
        response = page(request, found)
    else:
        response = JSONResponse(found.model_dump(exclude_none=True), found.status, media_type=MEDIA_TYPE)
    response.headers.update(headers or {})
    if found.status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def install(app: FastAPI) -> None:
    """Let every error that a route raises be told here."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, SimError)
        return respond(request, of_error(error), headers_of(error))

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(request, of_validation(error))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        detail = {404: "there is nothing at this address", 405: "this address does not take that method"}.get(error.status_code)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(request)) or headers.get("Allow", "")
        return respond(request, problem(error.status_code, detail or str(error.detail)), headers)

    app.add_exception_handler(SimError, ours)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, refused)


def _methods(request: Request) -> list[str]:
    """Return every method that the address takes; the router itself names those of the first route that fits."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    fits = (ops for path, ops in paths.items() if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path))
    return sorted({method.upper() for operations in fits for method in operations})


class CatchAll:
    """Answers what no one foresaw with a 500, and logs where it happened but not its message, which may quote a learner.

    An application that cannot start says why in one sentence, for whoever can mend it, where the framework would show its
    insides.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._start(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            log.error("%s %s failed: %s", scope["method"], without_secrets(scope["path"]), whereabouts(error))
            if not started:
                detail = "something went wrong on our side; it is in the server's log. What was confirmed is kept."
                await respond(Request(scope), problem(500, detail))(scope, receive, send)

    async def _start(self, scope: Scope, receive: Receive, send: Send) -> None:
        failure: Message | None = None

        async def held(message: Message) -> None:
            nonlocal failure
            if message["type"] == "lifespan.startup.failed":
                failure = message
            else:
                await send(message)

        try:
            await self.app(scope, receive, held)
        except SimError as error:
            if failure is None:
                raise
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        except Exception:
            if failure is not None:
                await send(failure)
            raise
