"""Getting in: signing in and out, links that let somebody in, one's own account, and for the owner everybody's."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from sim import people, workshop
from sim.accounts import Holdings
from sim.errors import InputError, NotNow, TooMany, UnknownItem
from sim.people import Account
from web.context import (
    ACCOUNT_COOKIE,
    AccountHere,
    InstructorHere,
    OfficeHere,
    OwnerHere,
    RegistryHere,
    SignInFirst,
    StudioHere,
    address_of,
    forget_account,
    remember_account,
    set_cookie,
    settings_of,
)
from web.limits import Limits, LimitsHere
from web.problems import headers_of, of_error
from web.rendering import SIGNED_IN, go, page
from web.routes.pages.common import PageRoute, words_of
from web.views.people import SignInPage, account_page, audit_page, close_page, people_page, welcome_page

router = APIRouter(route_class=PageRoute)

HOME = "/account"
"""Where signing in leads when no page was asked for."""

WELCOME_COOKIE = "sim_welcome"
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
WELCOME_SECONDS = 3600
"""How long the form behind a link may stay open before the link has to be opened again."""

WRONG = "The e-mail address or the password is not right, or the account is disabled."
NO_STORE = {"Cache-Control": "no-store"}
LEAVE_NO_TRACE = NO_STORE | {"Referrer-Policy": "no-referrer"}

Text = Annotated[str, Form()]


def install(app: FastAPI) -> None:
    """Lead whoever opens an instructors' page without being signed in to the sign-in page, and back from there."""

    async def to_sign_in(request: Request, error: Exception) -> Response:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go(request, f"/sign-in?next={quote(asked, safe='/')}")

    app.add_exception_handler(SignInFirst, to_sign_in)


def own_page(text: str) -> str:
    """Return a path of this site to go to, the usual one for anything else: nobody is led away by a link to our own sign-in page."""
    plain = text.isascii() and text.isprintable() and "\\" not in text
    own = plain and text.startswith("/") and not text.startswith(("//", "/sign-", "/welcome"))
    return text if own else HOME


# -- signing in and out --------------------------------------------------------------------------------------------------


@router.get("/sign-in")
async def ask(request: Request, account: AccountHere, next: str = "") -> Response:
    """Show the form; whoever is signed in goes straight on."""
    if account:
        return go(request, own_page(next))
    return page("sign_in.html", page=SignInPage(own_page(next)))


@router.post("/sign-in")
async def sign_in(
    request: Request, registry: RegistryHere, limits: LimitsHere, email: Text = "", password: Text = "", next: Text = ""
) -> Response:
    """Sign in; a wrong or one too many try shows the form again with the address in it."""
    try:
        limits.sign_in(email, address_of(request))
    except TooMany as error:
        return _again(SignInPage(own_page(next), email, words_of(error)), error)
    secret = await people.sign_in(registry, email, password, replaced=request.cookies.get(ACCOUNT_COOKIE))
    if secret is None:
        return page("sign_in.html", 422, page=SignInPage(own_page(next), email, WRONG))
    limits.signed_in(email)
    return _in(request, secret, own_page(next))


def _again(shown: SignInPage, error: TooMany) -> Response:
    response = page("sign_in.html", 429, page=shown)
    response.headers.update(headers_of(error))
    return response


def _in(request: Request, secret: str, to: str) -> Response:
    response = go(request, to)
    remember_account(request, response, secret)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, registry: RegistryHere) -> Response:
    """Sign this browser out; safe to repeat."""
    await people.sign_out(registry, request.cookies.get(ACCOUNT_COOKIE))
    return _out(request)


def _out(request: Request) -> Response:
    response = go(request, "/sign-in")
    forget_account(request, response)
    return response


# -- links that let somebody in ------------------------------------------------------------------------------------------


@router.get("/welcome/{token}")
async def exchange(token: str, request: Request) -> Response:
    """Take the secret out of the address: it goes into a cookie of this page alone, and the browser goes on without it.

    Nothing is used up, for mail programs open links to look at them.
    """
    if not TOKEN.fullmatch(token):
        raise UnknownItem(people.GONE)
    response = RedirectResponse("/welcome", 303, LEAVE_NO_TRACE)
    set_cookie(request, response, WELCOME_COOKIE, token, WELCOME_SECONDS, "/welcome")
    return response


@router.get("/welcome")
async def welcome(request: Request, registry: RegistryHere) -> Response:
    """Show what the link offers."""
    offered = await people.look_at(registry, request.cookies.get(WELCOME_COOKIE))
    response = page("welcome.html", page=welcome_page(offered))
    response.headers.update(NO_STORE)
    return response


@router.post("/welcome")
async def accept(request: Request, registry: RegistryHere, email: Text = "", name: Text = "", password: Text = "") -> Response:
    """Make the account, or set the password, and sign in."""
    token = request.cookies.get(WELCOME_COOKIE)
    try:
        secret = await people.accept(registry, token, password=password, email=email, name=name)
    except InputError as error:
        offered = await people.look_at(registry, token)
        return page("welcome.html", 422, page=welcome_page(offered, email=email, name=name, problem=words_of(error)))
    response = _in(request, secret, HOME)
    set_cookie(request, response, WELCOME_COOKIE, "", 0, "/welcome")
    return response


# -- one's own account ---------------------------------------------------------------------------------------------------


@router.get("/account")
async def account(mine: InstructorHere) -> Response:
    """Show one's own account."""
    return page("account.html", page=account_page(mine))


@router.post("/account/name")
async def rename(registry: RegistryHere, mine: InstructorHere, name: Text = "") -> Response:
    """Change one's own name."""
    try:
        await people.rename(registry, mine, name)
    except InputError as error:
        return page("account.html", 422, page=account_page(mine, name=name, problem=words_of(error)))
    renamed = Account(mine.id, mine.role, mine.email, " ".join(name.split()))
    SIGNED_IN.set(renamed)
    return page("account.html", page=account_page(renamed, saved="Your name is saved."))


@router.post("/account/password")
async def change_password(
    request: Request, registry: RegistryHere, limits: LimitsHere, mine: InstructorHere, current: Text = "", password: Text = ""
) -> Response:
    """Change one's own password; wrong tries count as tries to sign in."""
    try:
        secret = await _changed(request, registry, limits, mine, (current, password))
    except (InputError, TooMany) as error:
        response: Response = page("account.html", of_error(error).status, page=account_page(mine, problem=words_of(error)))
        response.headers.update(headers_of(error))
        return response
    response = page("account.html", page=account_page(mine, saved="Your password is changed, and your other browsers are signed out."))
    remember_account(request, response, secret)
    return response


async def _changed(request: Request, registry: RegistryHere, limits: Limits, mine: Account, typed: tuple[str, str]) -> str:
    limits.sign_in(mine.email, address_of(request))
    secret = await people.change_password(registry, mine, *typed)
    limits.signed_in(mine.email)
    return secret


@router.post("/account/sign-out-everywhere")
async def leave(request: Request, registry: RegistryHere, mine: InstructorHere) -> Response:
    """Sign every browser of one's own out."""
    await people.sign_out_everywhere(registry, mine, mine.id)
    return _out(request)


@router.get("/account/close")
async def ask_close(registry: RegistryHere, mine: InstructorHere) -> Response:
    """Say what closing one's own account does, and ask for the password."""
    return page("account_close.html", page=close_page(*await _closable(registry, mine), mine))


async def _closable(registry: RegistryHere, mine: Account) -> tuple[Account, Holdings]:
    """Return one's own account with what hangs on it; for the owner there is no such page."""
    if mine.role == "owner":
        raise UnknownItem(people.OWNER_STAYS)
    return await people.holdings(registry, mine.id)


@router.post("/account/close")
async def close_own(
    request: Request,
    registry: RegistryHere,
    limits: LimitsHere,
    office: OfficeHere,
    studio: StudioHere,
    mine: InstructorHere,
    current: Text = "",
) -> Response:
    """Close one's own account; a wrong password counts as a try to sign in."""
    account, found = await _closable(registry, mine)
    try:
        limits.sign_in(mine.email, address_of(request))
        await people.require_password(registry, mine, current)
    except (InputError, TooMany) as error:
        shown = close_page(account, found, mine, problem=words_of(error))
        response: Response = page("account_close.html", of_error(error).status, page=shown)
        response.headers.update(headers_of(error))
        return response
    limits.signed_in(mine.email)
    await _close(registry, office, studio, mine, mine.id)
    return _out(request)


async def _close(registry: RegistryHere, office: OfficeHere, studio: StudioHere, by: Account, account_id: str) -> None:
    await workshop.break_off(office, account_id)
    await people.close(registry, by, account_id)
    await studio.offers.refresh()


@router.get("/audit")
async def audit(registry: RegistryHere, mine: InstructorHere, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None) -> Response:
    """Show the audit trail: all of it to the owner, one's own part to an instructor."""
    return page("audit.html", page=audit_page(await people.trail(registry, mine, before), mine))


# -- everybody, for the owner --------------------------------------------------------------------------------------------


@router.get("/people")
async def everybody(registry: RegistryHere, owner: OwnerHere) -> Response:
    """Show all accounts and open invitations."""
    return await _people(registry, owner)


async def _people(registry: RegistryHere, owner: Account, status: int = 200, **shown: str) -> Response:
    response = page("people.html", status, page=people_page(await people.people(registry), owner, **shown))
    response.headers.update(NO_STORE)
    return response


def link_to(request: Request, token: str) -> str:
    """Return the whole link that carries a secret, at the address people open."""
    origin = settings_of(request).public_origin or str(request.base_url).rstrip("/")
    return f"{origin}/welcome/{token}"


@router.post("/people/invitations")
async def invite(request: Request, registry: RegistryHere, owner: OwnerHere, note: Text = "") -> Response:
    """Make an invitation; its link is in the answer and nowhere else."""
    try:
        token = await people.invite(registry, owner, note)
    except InputError as error:
        return await _people(registry, owner, 422, note=note, problem=words_of(error))
    return await _people(registry, owner, link=link_to(request, token), link_for="The invitation is ready")


@router.post("/people/invitations/{invitation_id}/withdraw")
async def withdraw(invitation_id: str, registry: RegistryHere, owner: OwnerHere) -> Response:
    """Make an invitation useless."""
    await people.withdraw(registry, owner, invitation_id)
    return await _people(registry, owner, saved="The link is withdrawn.")


@router.post("/people/{account_id}/password")
async def new_password(account_id: str, request: Request, registry: RegistryHere, owner: OwnerHere) -> Response:
    """Make a link to a new password; shown once."""
    token = await people.reset_link(registry, owner, account_id)
    return await _people(registry, owner, link=link_to(request, token), link_for="The link to a new password is ready")


@router.post("/people/{account_id}/sign-out")
async def sign_them_out(account_id: str, registry: RegistryHere, owner: OwnerHere) -> Response:
    """Sign an account out in every browser."""
    await people.sign_out_everywhere(registry, owner, account_id)
    return await _people(registry, owner, saved="Signed out everywhere.")


@router.post("/people/{account_id}/disable")
async def disable(account_id: str, registry: RegistryHere, owner: OwnerHere) -> Response:
    """Keep an account out."""
    try:
        await people.disable(registry, owner, account_id)
    except NotNow as error:
        return await _people(registry, owner, 409, problem=words_of(error))
    return await _people(registry, owner, saved="The account is disabled and signed out everywhere. Its workshops go on.")


@router.post("/people/{account_id}/enable")
async def enable(account_id: str, registry: RegistryHere, owner: OwnerHere) -> Response:
    """Let an account in again."""
    await people.enable(registry, owner, account_id)
    return await _people(registry, owner, saved="The account is enabled.")


@router.get("/people/{account_id}/close")
async def ask_close_theirs(account_id: str, registry: RegistryHere, owner: OwnerHere) -> Response:
    """Say what closing an account does."""
    return page("account_close.html", page=close_page(*await people.holdings(registry, account_id), owner))


@router.post("/people/{account_id}/close")
async def close_theirs(account_id: str, registry: RegistryHere, office: OfficeHere, studio: StudioHere, owner: OwnerHere) -> Response:
    """Close an account for good."""
    await people.holdings(registry, account_id)
    await _close(registry, office, studio, owner, account_id)
    return await _people(registry, owner, saved="The account is closed. What it had published for everybody is yours now.")
