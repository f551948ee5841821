"""Signing in and out. The server keeps who is signed in; the browser keeps a random secret that means nothing elsewhere."""

from __future__ import annotations

import secrets

from sim.accounts import Account, AccountRow, Event, SignIn
from sim.people.registry import Registry
from sim.sessions import digest

TOUCH_SECONDS = 60.0
"""How often at most it is noted that a browser was seen; more often would cost a write for every page."""

EMAIL_CHARS = 254


def new_sign_in(registry: Registry, account_id: str) -> tuple[str, SignIn]:
    """Return a new secret for a browser, and what is stored of it."""
    token, now = secrets.token_urlsafe(32), registry.clock.now()
    return token, SignIn(digest(token), account_id, now, now, now + registry.longest_seconds)


async def sign_in(registry: Registry, email: str, password: str, *, replaced: str | None = None) -> str | None:
    """Return a new secret for the browser, None where e-mail and password do not fit or the account is disabled.

    The three are not told apart, and take equally long. `replaced` is the secret the browser had: it is worth nothing from then on.
    """
    written = email.strip().lower()
    fit = len(written) <= EMAIL_CHARS and written.isprintable()  # PostgreSQL refuses to compare with some of the rest
    row = await registry.accounts.by_email(written) if fit else None
    right, better = await registry.passwords.check(password, row.password_hash if row else None)
    if row is None or not right or row.disabled_at is not None:
        return None
    if better:
        await _rehash(registry, row, better)
    token, kept = new_sign_in(registry, row.account.id)
    event = Event("account.signed_in", "account", row.account.id)
    done = await registry.accounts.sign_in(kept, digest(replaced) if replaced else None, registry.idle_since(), event)
    return token if done else None


async def _rehash(registry: Registry, row: AccountRow, password_hash: str) -> None:
    event = Event("account.password_rehashed", "account", row.account.id)
    await registry.accounts.change(row.account.id, None, registry.clock.now(), event, password_hash=password_hash)


async def who(registry: Registry, token: str | None) -> Account | None:
    """Return who is signed in with this secret; None where nobody is, or the time is over."""
    if not token:
        return None
    found = await registry.accounts.signed_in(digest(token))
    if found is None:
        return None
    account, kept = found
    now = registry.clock.now()
    if now >= kept.expires_at or kept.seen_at <= registry.idle_since():
        return None
    if now - kept.seen_at >= TOUCH_SECONDS:
        await registry.accounts.seen(kept.token_hash, now)
    return account


async def sign_out(registry: Registry, token: str | None) -> None:
    """Make a browser's secret worthless."""
    if token:
        await registry.accounts.sign_out(digest(token))
