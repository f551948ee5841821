"""The audit trail's rows. `record` joins the transaction of the change it tells of, so that neither exists without the other."""

from __future__ import annotations

from sqlalchemy import Connection, Row, insert, or_, select

from sim.accounts import Event, TrailEntry
from sim.store.store import Store
from sim.store.tables import ACCOUNT, AUDIT, WORKSHOP

DETAIL_CHARS = 200
"""Longest text in a detail; names and settings fit, speeches do not."""


def record(connection: Connection, at: float, account_id: str | None, event: Event) -> None:
    """Add an event to the trail, within the caller's transaction; `at` is seconds since the epoch."""
    detail = {k: v[:DETAIL_CHARS] if isinstance(v, str) else v for k, v in event.detail.items()}
    values = {
        "at": at,
        "account_id": account_id,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "workshop_id": event.workshop_id,
        "detail": detail or None,
    }
    connection.execute(insert(AUDIT).values(values))


class Trail:
    """Reads and adds to the trail."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, at: float, account_id: str | None, event: Event) -> None:
        """Add an event in a transaction of its own. Raises StoreUnavailable."""
        await self._store.write(lambda connection: record(connection, at, account_id, event))

    async def add_once(self, at: float, account_id: str, event: Event, seconds: float) -> None:
        """Add an event unless the account has one like it from the last so many seconds: for what a page asks for again by itself."""
        alike = (AUDIT.c.object_id == event.object_id, AUDIT.c.account_id == account_id, AUDIT.c.action == event.action)
        query = select(AUDIT.c.id).where(*alike, AUDIT.c.at > at - seconds).limit(1)
        if await self._store.read(lambda connection: connection.execute(query).first()) is None:
            await self.add(at, account_id, event)

    async def entries(self, account_id: str | None, *, before: int | None, most: int) -> list[TrailEntry]:
        """Return the newest entries, newest first: all, or those by an account and those about its workshops.

        `before` is the id of the last entry of the page before.
        """
        query = select(AUDIT, ACCOUNT.c.name).outerjoin(ACCOUNT, ACCOUNT.c.id == AUDIT.c.account_id)
        if account_id is not None:
            theirs = select(WORKSHOP.c.id).where(WORKSHOP.c.account_id == account_id)
            query = query.where(or_(AUDIT.c.account_id == account_id, AUDIT.c.workshop_id.in_(theirs)))
        if before is not None:
            query = query.where(AUDIT.c.id < before)
        query = query.order_by(AUDIT.c.id.desc()).limit(most)
        return await self._store.read(lambda connection: [_entry(row) for row in connection.execute(query)])


def _entry(row: Row[tuple[object, ...]]) -> TrailEntry:
    found = row._mapping
    event = Event(
        found[AUDIT.c.action],
        found[AUDIT.c.object_kind],
        found[AUDIT.c.object_id],
        found[AUDIT.c.workshop_id],
        found[AUDIT.c.detail] or {},
    )
    return TrailEntry(found[AUDIT.c.id], found[AUDIT.c.at], found[AUDIT.c.account_id], found[ACCOUNT.c.name], event)
