"""What the models used, kept beside the sessions: the ledger that caps read, and the sums that an instructor reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, insert, literal, select, true, union_all

from sim.model.endpoint import Caps
from sim.model.usage import Cap, Usage
from sim.store.store import Store
from sim.store.tables import ACCOUNT, SESSION, USAGE, WORKSHOP

DAY_SECONDS = 24 * 3600
DAYS_SHOWN, WORKSHOPS_SHOWN, SESSIONS_SHOWN = 30, 50, 25
"""How far back the sums by day go, and how many workshops and sessions, those asked for last first (our judgement)."""


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

    def __add__(self, other: Sum) -> Sum:
        """Return both together."""
        cost = None if self.cost is None and other.cost is None else (self.cost or 0.0) + (other.cost or 0.0)
        return Sum(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_cached=self.tokens_cached + other.tokens_cached,
            tokens_out=self.tokens_out + other.tokens_out,
            cost=cost,
            unpriced=self.unpriced + other.unpriced,
            estimated=self.estimated + other.estimated,
        )


@dataclass(frozen=True)
class DaySum:
    """What one day used. `begins` is its midnight (UTC), in seconds since the epoch."""

    begins: float
    sum: Sum


@dataclass(frozen=True)
class WorkshopSum:
    """What a workshop used. All but the sum is None for calls outside workshops; `name` and `account_id` alone for one since deleted."""

    workshop_id: str | None
    name: str | None
    account_id: str | None
    account_name: str | None
    token_budget: int | None
    sum: Sum


@dataclass(frozen=True)
class SessionSum:
    """What a session used; no name and no word of whoever held it. `account_id` is the workshop's, None outside one."""

    session_id: str
    opened_at: float
    workshop: str | None
    account_id: str | None
    submitted: bool
    sum: Sum


@dataclass(frozen=True)
class Part:
    """What one session used for one thing of one model's: a reply, by its `turn`, or the judge, or drafts (`turn` None)."""

    purpose: str
    turn: int | None
    model: str
    sum: Sum


class UsageBook:
    """The ledger of one database; fulfils `sim.model.Ledger`. Every call raises StoreUnavailable where the database fails."""

    def __init__(self, store: Store, caps: Caps | None = None, now: Callable[[], float] = time.time) -> None:
        """Keep `caps`; `now` returns seconds since the epoch."""
        self._store = store
        self.caps = caps or Caps()
        self._now = now

    # -- the ledger ----------------------------------------------------------------------------------------------------

    async def allowed(self, session_id: str | None, workshop_id: str | None) -> Cap | None:
        """Return None if the model may be asked, else the first limit that is reached: the session's, the workshop's, the day's.

        A workshop's own budget, where it has one, stands in place of the general one in tokens; that in money holds beside it.
        """
        return await self._store.read(lambda connection: self._reached(connection, session_id, workshop_id))

    def _reached(self, connection: Connection, session_id: str | None, workshop_id: str | None) -> Cap | None:
        caps, found = self.caps, None
        if session_id:
            found = self._over(connection, Cap("session", caps.session or 0, 0), caps.session_cost, USAGE.c.session_id == session_id)
        if workshop_id and not found:
            limit = Cap("workshop", self._workshop_limit(connection, workshop_id) or 0, 0)
            found = self._over(connection, limit, caps.workshop_cost, USAGE.c.workshop_id == workshop_id)
        return found or self._over(connection, Cap("day", caps.day or 0, 0), caps.day_cost, USAGE.c.at >= self._midnight())

    def _over(self, connection: Connection, tokens: Cap, cost: float | None, where: ColumnElement[bool]) -> Cap | None:
        """Return the limit that is reached, the one in tokens first; a limit of 0 tokens is none."""
        if not (tokens.limit or cost):
            return None
        used, spent = _used(connection, where)
        if tokens.limit and used >= tokens.limit:
            return replace(tokens, used=used)
        return Cap(tokens.kind, cost, spent, self.caps.currency) if cost and spent >= cost else None

    def _workshop_limit(self, connection: Connection, workshop_id: str) -> int | None:
        own: int | None = connection.execute(select(WORKSHOP.c.token_budget).where(WORKSHOP.c.id == workshop_id)).scalar()
        return own or self.caps.workshop

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
                    turn_index=usage.turn,
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

    async def of_account(self, account_id: str | None) -> Sum:
        """Return what an account's workshops used, those since deleted left out; None: everything."""
        return await self._sum(_of(account_id))

    async def by_part(self, session_id: str) -> list[Part]:
        """Return what one session used, reply by reply in their order, then what no reply was for."""
        by = (USAGE.c.purpose, USAGE.c.turn_index, USAGE.c.model)
        query = _sums(*by).where(USAGE.c.session_id == session_id).group_by(*by)
        query = query.order_by(USAGE.c.turn_index.is_(None), USAGE.c.turn_index, USAGE.c.purpose, USAGE.c.model)
        return [Part(row[0], row[1], row[2], _sum_in(row)) for row in await self._rows(query)]

    async def by_day(self, account_id: str | None) -> list[DaySum]:
        """Return what each of the last days used on which anything was, newest first; of an account's workshops, or (None) everything."""
        days = _days(self._midnight())
        on_it = (USAGE.c.at >= days.c.begins, USAGE.c.at < days.c.begins + DAY_SECONDS)
        query = _sums(days.c.begins).select_from(days).join(USAGE, on_it[0] & on_it[1]).where(_of(account_id))
        query = query.group_by(days.c.begins).order_by(days.c.begins.desc())
        return [DaySum(row[0], _sum_in(row)) for row in await self._rows(query)]

    async def by_workshop(self, account_id: str | None) -> list[WorkshopSum]:
        """Return what each workshop used, the one asked for last first; of an account, or (None) of everybody."""
        by = (USAGE.c.workshop_id, WORKSHOP.c.name, WORKSHOP.c.account_id, ACCOUNT.c.name, WORKSHOP.c.token_budget)
        query = _sums(*by).select_from(USAGE).outerjoin(WORKSHOP, WORKSHOP.c.id == USAGE.c.workshop_id)
        query = query.outerjoin(ACCOUNT, ACCOUNT.c.id == WORKSHOP.c.account_id).where(_of(account_id))
        query = query.group_by(*by).order_by(func.max(USAGE.c.at).desc()).limit(WORKSHOPS_SHOWN)
        return [WorkshopSum(row[0], row[1], row[2], row[3], row[4], _sum_in(row)) for row in await self._rows(query)]

    async def by_session(self, account_id: str | None) -> list[SessionSum]:
        """Return what each of the latest sessions used, the one asked for last first; sessions since deleted are left out."""
        by = (SESSION.c.id, SESSION.c.opened_at, WORKSHOP.c.name, WORKSHOP.c.account_id, SESSION.c.submitted_at)
        query = _sums(*by).select_from(USAGE).join(SESSION, SESSION.c.id == USAGE.c.session_id)
        held = (WORKSHOP.c.id == SESSION.c.workshop) & SESSION.c.member.is_not(None)
        query = query.outerjoin(WORKSHOP, held).where(_of(account_id))
        query = query.group_by(*by).order_by(func.max(USAGE.c.at).desc()).limit(SESSIONS_SHOWN)
        return [SessionSum(row[0], row[1], row[2], row[3], row[4] is not None, _sum_in(row)) for row in await self._rows(query)]

    async def unpriced(self, account_id: str | None) -> list[str]:
        """Return the models that were asked and had no price then."""
        query = select(USAGE.c.model).where(USAGE.c.cost.is_(None), _of(account_id)).distinct().order_by(USAGE.c.model)
        return [row[0] for row in await self._rows(query)]

    async def _sum(self, where: ColumnElement[bool]) -> Sum:
        return _sum_in((await self._rows(_sums().where(where)))[0])

    async def _rows(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        return await self._store.read(lambda connection: [tuple(row) for row in connection.execute(query)])


def _of(account_id: str | None) -> ColumnElement[bool]:
    """Select the calls in an account's workshops; all of them for None."""
    if account_id is None:
        return true()
    return USAGE.c.workshop_id.in_(select(WORKSHOP.c.id).where(WORKSHOP.c.account_id == account_id))


def _days(today: float) -> Subquery:
    """Return the midnights of the last days as a table: SQLite and PostgreSQL share no function that cuts a time to its day."""
    return union_all(*(select(literal(today - n * DAY_SECONDS).label("begins")) for n in range(DAYS_SHOWN))).subquery("days")


def _sums(*by: ColumnElement[Any]) -> Select[Any]:
    """Select the fields of a `Sum`, in its order, after what they are grouped by."""
    tokens = [func.coalesce(func.sum(c), 0) for c in (USAGE.c.tokens_in, USAGE.c.tokens_cached, USAGE.c.tokens_out)]
    unpriced = func.count() - func.count(USAGE.c.cost)
    columns: list[Any] = [*by, func.count(), *tokens, func.sum(USAGE.c.cost), unpriced, func.count().filter(USAGE.c.estimated)]
    return select(*columns)


def _sum_in(row: tuple[Any, ...]) -> Sum:
    """Return the sum that ends a row of `_sums`."""
    calls, tokens_in, cached, tokens_out, cost, unpriced, estimated = row[-7:]
    return Sum(calls, int(tokens_in), int(cached), int(tokens_out), cost, unpriced, estimated)


def _used(connection: Connection, where: ColumnElement[bool]) -> tuple[int, float]:
    """Return the tokens that were used, and the money as far as the models had a price."""
    tokens = func.coalesce(func.sum(USAGE.c.tokens_in + USAGE.c.tokens_out), 0)
    row = connection.execute(select(tokens, func.coalesce(func.sum(USAGE.c.cost), 0.0)).where(where)).one()
    return int(row[0]), float(row[1])
