"""What every route needs of its request: the desk, who asks, who is signed in, and how to greet somebody new."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from sim.accounts import Account
from sim.errors import UnknownItem
from sim.library import Library
from sim.people import Registry, who
from sim.practice import Caller, Desk
from sim.settings import Settings
from sim.store import Store
from sim.studio.desk import Studio
from sim.workshop import Office
from web.problems import wants_page
from web.rendering import SIGNED_IN

OWNER_COOKIE = "sim_owner"
OWNER_SECONDS = 400 * 24 * 3600
"""How long a browser keeps the cookie: as long as browsers allow, for it is all that leads back to one's own sessions."""

ACCOUNT_COOKIE = "sim_account"
"""The secret of a browser in which an instructor or the owner is signed in; gone when the browser is closed."""

NOTHING_HERE = "there is nothing at this address, or you are not signed in any more; sign in in another tab and send it again"

_bearer = HTTPBearer(auto_error=False, description="the token that opening a session returned; good for that session alone")
_cookie = APIKeyCookie(name=OWNER_COOKIE, auto_error=False, description="the cookie the session was opened with")


async def fresh_offers(request: Request) -> None:
    """See to it that what was published a moment ago, in this process or another, is on the shelf."""
    studio: Studio = request.app.state.studio
    await studio.offers.fresh()


Fresh = Depends(fresh_offers)


def desk_of(request: Request, _: Annotated[None, Fresh]) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def library_of(request: Request, _: Annotated[None, Fresh]) -> Library:
    """Return the application's library."""
    library: Library = request.app.state.library
    return library


def studio_of(request: Request) -> Studio:
    """Return the application's studio."""
    studio: Studio = request.app.state.studio
    return studio


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


def store_of(request: Request) -> Store:
    """Return the application's store."""
    store: Store = request.app.state.store
    return store


def registry_of(request: Request) -> Registry:
    """Return the application's register of people."""
    registry: Registry = request.app.state.registry
    return registry


def address_of(request: Request) -> str:
    """Return the address a request comes from, as far as a trusted proxy tells it."""
    return request.client.host if request.client else "unknown"


async def account_of(request: Request) -> Account | None:
    """Return who is signed in. Learners have no such cookie and cost no look into the database."""
    account = await who(registry_of(request), request.cookies.get(ACCOUNT_COOKIE))
    SIGNED_IN.set(account)
    return account


class SignInFirst(Exception):
    """Somebody who is not signed in opened a page of the instructors': they are led to the sign-in page, and back from there."""


async def instructor_of(request: Request, account: Annotated[Account | None, Depends(account_of)]) -> Account:
    """Return the instructor or the owner who is signed in, for whom there is something at this address; raises UnknownItem.

    Whose object it is, the use case has to ask: `sim.people.require_own`.
    """
    if account is None:
        if request.method == "GET" and wants_page(request):
            raise SignInFirst
        raise UnknownItem(NOTHING_HERE)
    return account


async def owner_of(account: Annotated[Account, Depends(instructor_of)]) -> Account:
    """Return the owner of the installation; raises UnknownItem for anybody else."""
    if account.role != "owner":
        raise UnknownItem(NOTHING_HERE)
    return account


DeskHere = Annotated[Desk, Depends(desk_of)]
LibraryHere = Annotated[Library, Depends(library_of)]


def office_of(request: Request, _: Annotated[None, Fresh]) -> Office:
    """Return what workshops are run with."""
    office: Office = request.app.state.office
    return office


OfficeHere = Annotated[Office, Depends(office_of)]
StudioHere = Annotated[Studio, Depends(studio_of)]
StoreHere = Annotated[Store, Depends(store_of)]
RegistryHere = Annotated[Registry, Depends(registry_of)]
CallerHere = Annotated[Caller, Depends(caller_of)]
AccountHere = Annotated[Account | None, Depends(account_of)]
"""Who is signed in, if anybody."""
InstructorHere = Annotated[Account, Depends(instructor_of)]
"""An instructor, or the owner as one; a stranger is led to sign in, or told 404."""
OwnerHere = Annotated[Account, Depends(owner_of)]
"""The owner; anybody else is told 404."""


def welcome(caller: Caller) -> Caller:
    """Return the caller as an owner; somebody new gets a secret of their own, to be handed over with `remember`."""
    return caller if caller.owner else Caller(owner=secrets.token_urlsafe(24), token=caller.token)


def https_only(request: Request) -> bool:
    """Tell whether cookies set now are to travel over https only."""
    settings = settings_of(request)
    https = request.url.scheme == "https" or settings.public_origin.startswith("https:")
    return settings.secure_cookies == "always" or (settings.secure_cookies == "auto" and https)


def remember(request: Request, response: Response, caller: Caller) -> None:
    """Give the browser its owner's secret: for HTTP only, for this site only, over https only where the site is."""
    if caller.owner:
        set_cookie(request, response, OWNER_COOKIE, caller.owner, OWNER_SECONDS)


def forget_owner(request: Request, response: Response) -> None:
    """Take the secret from the browser: nothing leads back from it to what was done there."""
    set_cookie(request, response, OWNER_COOKIE, "", 0)


def remember_account(request: Request, response: Response, secret: str) -> None:
    """Give the browser the secret it is signed in with, until it is closed."""
    set_cookie(request, response, ACCOUNT_COOKIE, secret, None)


def forget_account(request: Request, response: Response) -> None:
    """Take the secret from the browser; on the server it is worth nothing any more."""
    set_cookie(request, response, ACCOUNT_COOKIE, "", 0)


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None, path: str = "/") -> None:
    """Set a cookie for so many seconds, None until the browser is closed: for HTTP only, for this site only, over https where it is."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=https_only(request), path=path)
