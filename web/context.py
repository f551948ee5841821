"""What every route needs of its request: the desk, who asks, and how to greet somebody new."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from sim.library import Library
from sim.practice import Caller, Desk
from sim.settings import Settings

OWNER_COOKIE = "sim_owner"
OWNER_SECONDS = 400 * 24 * 3600
"""How long a browser keeps the cookie: as long as browsers allow, for it is all that leads back to one's own sessions."""

_bearer = HTTPBearer(auto_error=False, description="the token that opening a session returned; good for that session alone")
_cookie = APIKeyCookie(name=OWNER_COOKIE, auto_error=False, description="the cookie the session was opened with")


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def library_of(request: Request) -> Library:
    """Return the application's library."""
    library: Library = request.app.state.library
    return library


def settings_of(request: Request) -> Settings:
    """Return the application's settings."""
    settings: Settings = request.app.state.settings
    return settings


def caller_of(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    owner: Annotated[str | None, Depends(_cookie)],
) -> Caller:
    """Return who asks. Somebody who sends a token is taken at the token alone."""
    if bearer is not None:
        return Caller(token=bearer.credentials)
    return Caller(owner=owner or None)


DeskHere = Annotated[Desk, Depends(desk_of)]
LibraryHere = Annotated[Library, Depends(library_of)]
CallerHere = Annotated[Caller, Depends(caller_of)]


def welcome(caller: Caller) -> Caller:
    """Return the caller as an owner; somebody new gets a secret of their own, to be handed over with `remember`."""
    return caller if caller.owner else Caller(owner=secrets.token_urlsafe(24), token=caller.token)


def remember(request: Request, response: Response, caller: Caller) -> None:
    """Give the browser its owner's secret: for HTTP only, for this site only, over https only where the site is."""
    if not caller.owner:
        return
    settings = settings_of(request)
    https = request.url.scheme == "https" or settings.public_origin.startswith("https:")
    secure = settings.secure_cookies == "always" or (settings.secure_cookies == "auto" and https)
    response.set_cookie(OWNER_COOKIE, caller.owner, max_age=OWNER_SECONDS, httponly=True, samesite="lax", secure=secure, path="/")
