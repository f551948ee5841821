"""Accounts, who is signed in, and invitations, as rows. Every change of an account is told in the audit trail with it."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sim.accounts import Account, AccountRow, Event, Holdings, Invitation, SignIn
from sim.store.audit import record
from sim.store.closing import CLOSED, close, holdings
from sim.store.store import Store
from sim.store.tables import ACCOUNT, INVITATION, SIGN_IN

Accepted = Literal["accepted", "gone", "taken"]
"""What became of an invitation: accepted; used, withdrawn or too old; or its e-mail belongs to an account already."""

INVITATION_COLUMNS = tuple(INVITATION.c)
OPEN = ACCOUNT.c.role != CLOSED
"""What stands in a closed account's place is nobody."""


class Accounts:
    """The people of one database. Times are seconds since the epoch; every method raises StoreUnavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- accounts ------------------------------------------------------------------------------------------------------

    async def owner(self) -> AccountRow | None:
        """Return the owner, None as long as there is none."""
        return await self._one(ACCOUNT.c.role == "owner")

    async def by_email(self, email: str) -> AccountRow | None:
        """Return the account of an e-mail address, given in lower case."""
        return await self._one(ACCOUNT.c.email == email)

    async def by_id(self, account_id: str) -> AccountRow | None:
        """Return an account by its id."""
        return await self._one(ACCOUNT.c.id == account_id)

    async def _one(self, condition: Any) -> AccountRow | None:
        query = select(ACCOUNT).where(condition, OPEN)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        return _account_row(row) if row else None

    async def everybody(self, now: float, idle_since: float) -> list[AccountRow]:
        """Return all accounts, the owner first, then by name, with the browsers that are signed in."""
        query = (
            select(ACCOUNT, func.count(SIGN_IN.c.token_hash).label("browsers"), func.max(SIGN_IN.c.seen_at).label("seen_at"))
            .outerjoin(
                SIGN_IN,
                (SIGN_IN.c.account_id == ACCOUNT.c.id) & (SIGN_IN.c.expires_at > now) & (SIGN_IN.c.seen_at > idle_since),
            )
            .where(OPEN)
            .group_by(*ACCOUNT.c)
            .order_by(ACCOUNT.c.role.desc(), func.lower(ACCOUNT.c.name), ACCOUNT.c.id)
        )
        return await self._store.read(lambda connection: [_account_row(row) for row in connection.execute(query)])

    async def change(self, account_id: str, by: str | None, at: float, event: Event, **values: Any) -> bool:
        """Set columns of an account and tell it; False where there is no such account."""

        def work(connection: Connection) -> bool:
            changed = connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id, OPEN).values(**values)).rowcount == 1
            if changed:
                record(connection, at, by, event)
            return changed

        return await self._store.write(work)

    async def disable(self, account_id: str, by: str, at: float, event: Event) -> bool:
        """Disable an account that is no owner's: it is signed out everywhere and its links are gone."""

        def work(connection: Connection) -> bool:
            which = (ACCOUNT.c.id == account_id, ACCOUNT.c.role == "instructor")
            if connection.execute(update(ACCOUNT).where(*which).values(disabled_at=at)).rowcount != 1:
                return False
            connection.execute(delete(SIGN_IN).where(SIGN_IN.c.account_id == account_id))
            connection.execute(delete(INVITATION).where(INVITATION.c.account_id == account_id, INVITATION.c.used_at.is_(None)))
            record(connection, at, by, event)
            return True

        return await self._store.write(work)

    async def holdings(self, account_id: str) -> Holdings:
        """Return what closing an account would do."""
        return await self._store.read(lambda connection: holdings(connection, account_id))

    async def close(self, account_id: str, by: str, at: float, event: Event) -> Holdings | None:
        """Close an instructor's account and return what went with it; None where there is none of that id, and for the owner's."""
        return await self._store.write(lambda connection: close(connection, account_id, by, at, event))

    async def set_password(self, account_id: str, password_hash: str, sign_in: SignIn, at: float, event: Event) -> None:
        """Set a password and sign out every browser but the one that `sign_in` makes anew."""

        def work(connection: Connection) -> None:
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(password_hash=password_hash))
            _only_browser(connection, sign_in)
            record(connection, at, account_id, event)

        await self._store.write(work)

    # -- signing in ----------------------------------------------------------------------------------------------------

    async def sign_in(self, new: SignIn, replaced: str | None, idle_since: float, event: Event) -> bool:
        """Keep a signed-in browser in place of what it was before, and forget those that are over.

        False where the account was disabled meanwhile.
        """

        def work(connection: Connection) -> bool:
            over = (SIGN_IN.c.expires_at <= new.created_at) | (SIGN_IN.c.seen_at <= idle_since) | (SIGN_IN.c.token_hash == replaced)
            connection.execute(delete(SIGN_IN).where(over))
            able = select(ACCOUNT.c.id).where(ACCOUNT.c.id == new.account_id, ACCOUNT.c.disabled_at.is_(None))
            if connection.execute(able.with_for_update()).first() is None:
                return False
            connection.execute(insert(SIGN_IN).values(vars(new)))
            record(connection, new.created_at, new.account_id, event)
            return True

        return await self._store.write(work)

    async def signed_in(self, token_hash: str) -> tuple[Account, SignIn] | None:
        """Return the account and sign-in of a browser, unless the account is disabled. Whether it is over is the caller's to say."""
        query = select(SIGN_IN, ACCOUNT.c.role, ACCOUNT.c.email, ACCOUNT.c.name).join(ACCOUNT, ACCOUNT.c.id == SIGN_IN.c.account_id)
        query = query.where(SIGN_IN.c.token_hash == token_hash, ACCOUNT.c.disabled_at.is_(None))

        def work(connection: Connection) -> tuple[Account, SignIn] | None:
            row = connection.execute(query).first()
            if row is None:
                return None
            found = row._mapping
            account = Account(found["account_id"], found["role"], found["email"], found["name"])
            return account, SignIn(*(found[column] for column in SIGN_IN.c))

        return await self._store.read(work)

    async def seen(self, token_hash: str, at: float) -> None:
        """Note when a browser was last seen."""
        changed = update(SIGN_IN).where(SIGN_IN.c.token_hash == token_hash).values(seen_at=at)
        await self._store.write(lambda connection: connection.execute(changed).rowcount)

    async def sign_out(self, token_hash: str) -> None:
        """Forget one browser."""
        gone = delete(SIGN_IN).where(SIGN_IN.c.token_hash == token_hash)
        await self._store.write(lambda connection: connection.execute(gone).rowcount)

    async def sign_out_everywhere(self, account_id: str, by: str, at: float, event: Event) -> bool:
        """Forget every browser of an account; False where there is no such account."""

        def work(connection: Connection) -> bool:
            if connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == account_id, OPEN)).first() is None:
                return False
            connection.execute(delete(SIGN_IN).where(SIGN_IN.c.account_id == account_id))
            record(connection, at, by, event)
            return True

        return await self._store.write(work)

    # -- invitations ---------------------------------------------------------------------------------------------------

    async def offer_ownership(self, link: Invitation) -> bool:
        """Keep the link that makes its opener the owner, in place of every earlier one; False where there is an owner."""

        def work(connection: Connection) -> bool:
            if connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.role == "owner")).first():
                return False
            connection.execute(delete(INVITATION).where(INVITATION.c.role == "owner"))
            connection.execute(insert(INVITATION).values(vars(link)))
            return True

        return await self._store.write(work)

    async def invite(self, link: Invitation, event: Event) -> None:
        """Keep an invitation; one that sets a password anew takes the place of earlier ones for the same account."""

        def work(connection: Connection) -> None:
            if link.account_id:
                earlier = (INVITATION.c.account_id == link.account_id, INVITATION.c.used_at.is_(None))
                connection.execute(delete(INVITATION).where(*earlier))
            connection.execute(insert(INVITATION).values(vars(link)))
            record(connection, link.created_at, link.invited_by, event)

        await self._store.write(work)

    async def invitation(self, token_hash: str) -> Invitation | None:
        """Return an invitation, used or not."""
        query = select(*INVITATION_COLUMNS).where(INVITATION.c.token_hash == token_hash)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        return _invitation(row) if row else None

    async def invitations(self, now: float) -> list[Invitation]:
        """Return the invitations that can still be used, newest first; not the one that makes an owner."""
        open_ones = (INVITATION.c.used_at.is_(None), INVITATION.c.expires_at > now, INVITATION.c.invited_by.is_not(None))
        query = select(*INVITATION_COLUMNS).where(*open_ones).order_by(INVITATION.c.created_at.desc())
        return await self._store.read(lambda connection: [_invitation(row) for row in connection.execute(query)])

    async def withdraw(self, token_hash: str, by: str, at: float, event: Event) -> bool:
        """Make an unused invitation useless; False where there is none."""

        def work(connection: Connection) -> bool:
            unused = (INVITATION.c.token_hash == token_hash, INVITATION.c.used_at.is_(None), INVITATION.c.invited_by.is_not(None))
            if connection.execute(delete(INVITATION).where(*unused)).rowcount != 1:
                return False
            record(connection, at, by, event)
            return True

        return await self._store.write(work)

    async def accept_as_new(self, token_hash: str, account: AccountRow, sign_in: SignIn, event: Event) -> Accepted:
        """Use an invitation up for a new account, and sign its browser in."""

        def work(connection: Connection) -> Accepted:
            if connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.email == account.account.email)).first():
                return "taken"
            if not _use_up(connection, token_hash, account.created_at):
                return "gone"
            values = vars(account.account) | {"password_hash": account.password_hash, "created_at": account.created_at}
            connection.execute(insert(ACCOUNT).values(values))
            connection.execute(insert(SIGN_IN).values(vars(sign_in)))
            record(connection, account.created_at, account.account.id, event)
            return "accepted"

        return await self._store.write(work)

    async def accept_as_reset(self, token_hash: str, password_hash: str, sign_in: SignIn, event: Event) -> Accepted:
        """Use a link up to set a password anew; every browser but the one that used it is signed out."""

        def work(connection: Connection) -> Accepted:
            able = select(ACCOUNT.c.id).where(ACCOUNT.c.id == sign_in.account_id, ACCOUNT.c.disabled_at.is_(None))
            if not connection.execute(able).first() or not _use_up(connection, token_hash, sign_in.created_at):
                return "gone"
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == sign_in.account_id).values(password_hash=password_hash))
            _only_browser(connection, sign_in)
            record(connection, sign_in.created_at, sign_in.account_id, event)
            return "accepted"

        return await self._store.write(work)


def _use_up(connection: Connection, token_hash: str, at: float) -> bool:
    """Mark an invitation as used; False where somebody was faster or its time is over."""
    usable = (INVITATION.c.token_hash == token_hash, INVITATION.c.used_at.is_(None), INVITATION.c.expires_at > at)
    return connection.execute(update(INVITATION).where(*usable).values(used_at=at)).rowcount == 1


def _only_browser(connection: Connection, sign_in: SignIn) -> None:
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.account_id == sign_in.account_id))
    connection.execute(insert(SIGN_IN).values(vars(sign_in)))


def _account_row(row: Row[Any]) -> AccountRow:
    found = row._mapping
    account = Account(found[ACCOUNT.c.id], found[ACCOUNT.c.role], found[ACCOUNT.c.email], found[ACCOUNT.c.name])
    browsers = {"browsers": found["browsers"], "seen_at": found["seen_at"]} if "browsers" in found else {}
    return AccountRow(account, found[ACCOUNT.c.password_hash], found[ACCOUNT.c.created_at], found[ACCOUNT.c.disabled_at], **browsers)


def _invitation(row: Row[Any]) -> Invitation:
    found = row._mapping
    return Invitation(**{column.name: found[column] for column in INVITATION_COLUMNS})
