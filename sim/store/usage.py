"""What the models used, kept beside the sessions: the ledger that caps read, and the sums that an instructor reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, true

from sim.model.endpoint import Caps
from sim.model.usage import Cap, Usage
from sim.store.store import Store
from sim.store.tables import SESSION, USAGE, WORKSHOP

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Sum:
    """What a number of calls used together. `cost` is None where no call had a price; `unpriced` counts the calls without one.

    `estimated` counts the calls whose tokens are our estimate.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float | None = None
    unpriced: int = 0
    estimated: int = 0

    @property
    def tokens(self) -> int:
        """Tokens in and out together: what the caps count."""
        return self.tokens_in + self.tokens_out


class UsageBook:
    """The ledger of one database; fulfils `sim.model.Ledger`. Every call raises StoreUnavailable where the database fails."""

    def __init__(self, store: Store, caps: Caps | None = None, now: Callable[[], float] = time.time) -> None:
        """Keep `caps`; `now` returns seconds since the epoch."""
        self._store = store
        self._caps = caps or Caps()
        self._now = now

    # -- the ledger ----------------------------------------------------------------------------------------------------

    async def allowed(self, session_id: str | None, workshop_id: str | None) -> Cap | None:
        """Return None if the model may be asked, else the first limit that is reached: the session's, the workshop's, the day's.

        A workshop's own budget, where it has one, stands in place of the general one.
        """
        return await self._store.read(lambda connection: self._reached(connection, session_id, workshop_id))

    def _reached(self, connection: Connection, session_id: str | None, workshop_id: str | None) -> Cap | None:
        if session_id and (limit := self._caps.session):
            used = _tokens(connection, USAGE.c.session_id == session_id)
            if used >= limit:
                return Cap("session", limit, used)
        if workshop_id and (limit := self._workshop_limit(connection, workshop_id)):
            used = _tokens(connection, USAGE.c.workshop_id == workshop_id)
            if used >= limit:
                return Cap("workshop", limit, used)
        if limit := self._caps.day:
            used = _tokens(connection, USAGE.c.at >= self._midnight())
            if used >= limit:
                return Cap("day", limit, used)
        return None

    def _workshop_limit(self, connection: Connection, workshop_id: str) -> int | None:
        own: int | None = connection.execute(select(WORKSHOP.c.token_budget).where(WORKSHOP.c.id == workshop_id)).scalar()
        return own or self._caps.workshop

    def _midnight(self) -> float:
        now = self._now()
        return now - now % DAY_SECONDS

    async def record(self, session_id: str | None, workshop_id: str | None, usage: Usage) -> None:
        """Keep what a call used; a session deleted meanwhile is left out, what was spent is not."""

        def work(connection: Connection) -> None:
            known = connection.execute(select(SESSION.c.id).where(SESSION.c.id == session_id)).scalar()
            connection.execute(
                insert(USAGE).values(
                    at=self._now(),
                    session_id=known,
                    workshop_id=workshop_id,
                    purpose=usage.purpose,
                    model=usage.model,
                    tokens_in=usage.tokens_in,
                    tokens_cached=usage.tokens_cached,
                    tokens_out=usage.tokens_out,
                    estimated=usage.estimated,
                    cost=usage.cost,
                )
            )

        await self._store.write(work)

    # -- sums ----------------------------------------------------------------------------------------------------------

    async def of_session(self, session_id: str) -> Sum:
        """Return what one session used."""
        return await self._sum(USAGE.c.session_id == session_id)

    async def of_workshop(self, workshop_id: str) -> Sum:
        """Return what a workshop used, deleted sessions included."""
        return await self._sum(USAGE.c.workshop_id == workshop_id)

    async def of_today(self) -> Sum:
        """Return what all sessions used since midnight (UTC)."""
        return await self._sum(USAGE.c.at >= self._midnight())

    async def of_all(self) -> Sum:
        """Return everything that was ever used."""
        return await self._sum(true())

    async def by_session(self, workshop_id: str) -> dict[str, Sum]:
        """Return what each session of a workshop used; sessions that used nothing are left out."""
        query = _sums(USAGE.c.session_id).where(USAGE.c.workshop_id == workshop_id, USAGE.c.session_id.is_not(None))
        query = query.group_by(USAGE.c.session_id)
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        return {row[0]: Sum(*row[1:]) for row in rows}

    async def by_purpose(self, session_id: str) -> dict[str, Sum]:
        """Return what one session used for the contact, the judge and drafts, each where it was called at all."""
        query = _sums(USAGE.c.purpose).where(USAGE.c.session_id == session_id).group_by(USAGE.c.purpose)
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        return {row[0]: Sum(*row[1:]) for row in rows}

    async def _sum(self, where: ColumnElement[bool]) -> Sum:
        row = await self._store.read(lambda connection: connection.execute(_sums().where(where)).one())
        return Sum(*row)


def _sums(*by: ColumnElement[str]) -> Select[Any]:
    """Select the fields of a `Sum`, in its order, after what they are grouped by."""
    tokens = [func.coalesce(func.sum(c), 0) for c in (USAGE.c.tokens_in, USAGE.c.tokens_cached, USAGE.c.tokens_out)]
    unpriced = func.count() - func.count(USAGE.c.cost)
    columns: list[Any] = [*by, func.count(), *tokens, func.sum(USAGE.c.cost), unpriced, func.count().filter(USAGE.c.estimated)]
    return select(*columns)


def _tokens(connection: Connection, where: ColumnElement[bool]) -> int:
    total = func.coalesce(func.sum(USAGE.c.tokens_in + USAGE.c.tokens_out), 0)
    return int(connection.execute(select(total).where(where)).scalar_one())
