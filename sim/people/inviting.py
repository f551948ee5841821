"""Links that let somebody in once: the one a first start prints, invitations, and links to a new password."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from sim.accounts import Account, AccountRow, Event, Invitation, Role
from sim.errors import NotNow, UnknownItem
from sim.people.entering import EMAIL_CHARS, new_sign_in
from sim.people.passwords import new_password
from sim.people.registry import Registry, known_id
from sim.practice import wording
from sim.sessions import digest

NAME_CHARS = 120
NOTE_CHARS = 200

EMAIL = re.compile(r"[^\s@<>\"'(),:;\[\]\\]+@[^\s@<>\"'(),:;\[\]\\]+")
"""An address is what has an @ in the middle; whether it exists only a letter could tell, and none is sent."""

GONE = "this link does not work: it was used or withdrawn, or its time is over. Ask whoever sent it for a new one"


@dataclass(frozen=True)
class Welcome:
    """What a link offers its opener. `email` and `name` are set where it sets an existing account's password anew."""

    role: Role
    email: str = ""
    name: str = ""

    @property
    def reset(self) -> bool:
        """Whether the account exists already."""
        return bool(self.email)


async def owner_link(registry: Registry) -> str | None:
    """Return the secret of a new link that makes its opener the owner; None where there is an owner. Earlier ones are worthless."""
    token, now = secrets.token_urlsafe(32), registry.clock.now()
    link = Invitation(digest(token), "owner", now, now + registry.owner_link_seconds)
    return token if await registry.accounts.offer_ownership(link) else None


async def owner_reset_link(registry: Registry) -> str:
    """Return the secret of a link to a new password for the owner, for whoever runs the server; raises NotNow without an owner."""
    owner = await registry.accounts.owner()
    if owner is None:
        raise NotNow("there is no owner yet; leave --reset out to get the link that makes one")
    return await _reset_link(registry, owner, None)


async def invite(registry: Registry, owner: Account, note: str = "") -> str:
    """Return the secret of an invitation for a new instructor. Only its hash is kept, so it is shown once."""
    token, now = secrets.token_urlsafe(32), registry.clock.now()
    told = " ".join(wording.field("note", note, NOTE_CHARS).split())
    link = Invitation(digest(token), "instructor", now, now + registry.invitation_seconds, told, owner.id)
    await registry.accounts.invite(link, Event("invitation.made", "invitation", link.token_hash))
    return token


async def reset_link(registry: Registry, owner: Account, account_id: str) -> str:
    """Return the secret of a link that sets an account's password anew; raises UnknownItem, and NotNow for a disabled account."""
    row = await registry.accounts.by_id(known_id(account_id, "account"))
    if row is None:
        raise UnknownItem("there is no such account here")
    if row.disabled_at is not None:
        raise NotNow("the account is disabled; enable it first")
    return await _reset_link(registry, row, owner.id)


async def _reset_link(registry: Registry, row: AccountRow, by: str | None) -> str:
    token, now = secrets.token_urlsafe(32), registry.clock.now()
    account = row.account
    link = Invitation(digest(token), account.role, now, now + registry.reset_seconds, invited_by=by, account_id=account.id)
    await registry.accounts.invite(link, Event("account.reset_link_made", "account", account.id))
    return token


async def withdraw(registry: Registry, owner: Account, token_hash: str) -> None:
    """Make an invitation useless; raises UnknownItem where it was used or is not there."""
    event = Event("invitation.withdrawn", "invitation", known_id(token_hash, "invitation"))
    if not await registry.accounts.withdraw(token_hash, owner.id, registry.clock.now(), event):
        raise UnknownItem("there is no such invitation here; it may have been used already")


async def look_at(registry: Registry, token: str | None) -> Welcome:
    """Return what a link offers; raises UnknownItem where it does not work. Looking uses nothing up."""
    return (await _usable(registry, token))[1]


async def _usable(registry: Registry, token: str | None) -> tuple[Invitation, Welcome]:
    link = await registry.accounts.invitation(digest(token)) if token else None
    if link is None or link.used_at is not None or link.expires_at <= registry.clock.now():
        raise UnknownItem(GONE)
    if link.account_id is None:
        if link.role == "owner" and await registry.accounts.owner():
            raise UnknownItem(GONE)
        return link, Welcome(link.role)
    row = await registry.accounts.by_id(link.account_id)
    if row is None or row.disabled_at is not None:
        raise UnknownItem(GONE)
    return link, Welcome(link.role, row.account.email, row.account.name)


async def accept(registry: Registry, token: str | None, *, password: str, email: str = "", name: str = "") -> str:
    """Use a link up: make the account, or set the password of the one it names. Returns the browser's secret, signed in.

    Raises InputError for what was typed (the link stays good), UnknownItem where the link does not work.
    """
    link, offered = await _usable(registry, token)
    if offered.reset:
        return await _set_anew(registry, link, offered, password)
    account = Account(secrets.token_hex(16), link.role, email_of(email), name_of(name))
    hashed = await registry.passwords.hash(new_password(password, account.email, account.name))
    secret, kept = new_sign_in(registry, account.id)
    event = Event("account.made", "account", account.id, detail={"role": account.role})
    became = await registry.accounts.accept_as_new(link.token_hash, AccountRow(account, hashed, kept.created_at), kept, event)
    if became == "taken":
        raise wording.refuse("email", "has an account already; sign in with it, or use another address")
    if became == "gone":
        raise UnknownItem(GONE)
    return secret


async def _set_anew(registry: Registry, link: Invitation, offered: Welcome, password: str) -> str:
    hashed = await registry.passwords.hash(new_password(password, offered.email, offered.name))
    secret, kept = new_sign_in(registry, link.account_id or "")
    event = Event("account.password_reset", "account", kept.account_id)
    if await registry.accounts.accept_as_reset(link.token_hash, hashed, kept, event) != "accepted":
        raise UnknownItem(GONE)
    return secret


def email_of(text: str) -> str:
    """Return an e-mail address in lower case; raises InputError where it is none."""
    email = wording.message("email", text, EMAIL_CHARS).lower()
    if not EMAIL.fullmatch(email):
        raise wording.refuse("email", "is not an e-mail address; expected one such as ann@example.org")
    return email


def name_of(text: str) -> str:
    """Return a name on one line; raises InputError where nothing is left or it is too long."""
    return " ".join(wording.message("name", text, NAME_CHARS).split())
