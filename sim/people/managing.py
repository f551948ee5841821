"""What an account changes about itself, what the owner changes about others, and who reads the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from sim.accounts import Account, AccountRow, Event, Holdings, Invitation, TrailEntry
from sim.errors import NotNow, UnknownItem
from sim.people.entering import new_sign_in
from sim.people.inviting import name_of
from sim.people.passwords import new_password
from sim.people.registry import Registry, known_id
from sim.practice import wording

TRAIL_PAGE = 100
"""Entries of the audit trail on one page."""

NO_ACCOUNT = "there is no such account here"
OWNER_STAYS = "the owner's account cannot be closed: an installation has an owner at all times"


@dataclass(frozen=True)
class People:
    """All accounts, and the invitations that are still open."""

    accounts: tuple[AccountRow, ...]
    invitations: tuple[Invitation, ...]


@dataclass(frozen=True)
class TrailPage:
    """A page of the audit trail, newest first; `before` asks for the next page, None on the last."""

    entries: tuple[TrailEntry, ...]
    before: int | None


async def people(registry: Registry) -> People:
    """Return everybody, for the owner."""
    now = registry.clock.now()
    rows = await registry.accounts.everybody(now, registry.idle_since())
    return People(tuple(rows), tuple(await registry.accounts.invitations(now)))


async def rename(registry: Registry, account: Account, name: str) -> None:
    """Change one's own name; raises InputError."""
    event = Event("account.renamed", "account", account.id)
    await registry.accounts.change(account.id, account.id, registry.clock.now(), event, name=name_of(name))


async def require_password(registry: Registry, account: Account, current: str) -> None:
    """Raise InputError unless this is the account's password."""
    row = await registry.accounts.by_id(account.id)
    if not (await registry.passwords.check(current, row.password_hash if row else None))[0]:
        raise wording.refuse("current", "is not right")


async def change_password(registry: Registry, account: Account, current: str, new: str) -> str:
    """Change one's own password; every browser is signed out, and this one gets the secret that is returned.

    Raises InputError where the current password is wrong or the new one will not do.
    """
    await require_password(registry, account, current)
    hashed = await registry.passwords.hash(new_password(new, account.email, account.name))
    token, kept = new_sign_in(registry, account.id)
    await registry.accounts.set_password(
        account.id, hashed, kept, kept.created_at, Event("account.password_changed", "account", account.id)
    )
    return token


async def sign_out_everywhere(registry: Registry, by: Account, account_id: str) -> None:
    """Sign an account out in every browser; raises UnknownItem."""
    event = Event("account.signed_out_everywhere", "account", known_id(account_id, "account"))
    if not await registry.accounts.sign_out_everywhere(account_id, by.id, registry.clock.now(), event):
        raise UnknownItem(NO_ACCOUNT)


async def disable(registry: Registry, owner: Account, account_id: str) -> None:
    """Keep an account out until it is enabled again; its workshops go on. Raises UnknownItem, and NotNow for the owner's own."""
    if account_id == owner.id:
        raise NotNow("this is your own account: an installation has an owner at all times")
    event = Event("account.disabled", "account", known_id(account_id, "account"))
    if not await registry.accounts.disable(account_id, owner.id, registry.clock.now(), event):
        raise UnknownItem(NO_ACCOUNT)


async def enable(registry: Registry, owner: Account, account_id: str) -> None:
    """Let an account in again; raises UnknownItem."""
    event = Event("account.enabled", "account", known_id(account_id, "account"))
    if not await registry.accounts.change(account_id, owner.id, registry.clock.now(), event, disabled_at=None):
        raise UnknownItem(NO_ACCOUNT)


async def holdings(registry: Registry, account_id: str) -> tuple[Account, Holdings]:
    """Return an account that can be closed, and what that would do; raises UnknownItem, and NotNow for the owner's."""
    row = await registry.accounts.by_id(known_id(account_id, "account"))
    if row is None:
        raise UnknownItem(NO_ACCOUNT)
    if row.account.role == "owner":
        raise NotNow(OWNER_STAYS)
    return row.account, await registry.accounts.holdings(account_id)


async def close(registry: Registry, by: Account, account_id: str) -> Holdings:
    """Close an instructor's account for good; returns what went with it. Raises UnknownItem, and NotNow for the owner's.

    Name, address and password go, so do the workshops with every word said in them and the contacts; those published for everybody pass to
    the owner. What the account did stays in the audit trail, under "a closed account". Whoever calls breaks off the replies on their way.
    """
    await holdings(registry, account_id)
    found = await registry.accounts.close(account_id, by.id, registry.clock.now(), Event("account.closed", "account", account_id))
    if found is None:
        raise UnknownItem(NO_ACCOUNT)
    return found


async def trail(registry: Registry, account: Account, before: int | None = None) -> TrailPage:
    """Return a page of the audit trail: all of it for the owner; for an instructor what they did and what was done in their
    workshops.
    """
    theirs = None if account.role == "owner" else account.id
    found = await registry.trail.entries(theirs, before=before, most=TRAIL_PAGE + 1)
    shown = found[:TRAIL_PAGE]
    return TrailPage(tuple(shown), shown[-1].id if len(found) > TRAIL_PAGE else None)
