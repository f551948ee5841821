"""Contacts made in the browser: their drafts, their versions, and which of them are on offer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from sim.accounts import Event
from sim.store.audit import record
from sim.store.store import Store
from sim.store.tables import ACCOUNT, PERSONA, PERSONA_VERSION, WORKED_EXAMPLE
from sim.studio.records import Audience, Made, OnOffer, Version


class SlugTaken(Exception):
    """Another contact made in the browser has this id."""


class Contacts:
    """Reads and writes the tables `personas` and `persona_versions`. Every method raises StoreUnavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- reading ---------------------------------------------------------------------------------------------------------

    async def load(self, contact_id: str) -> Made | None:
        """Return a contact, or None."""
        query = select(PERSONA).where(PERSONA.c.id == contact_id)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        return _made(row) if row else None

    async def of_account(self, account_id: str) -> list[Made]:
        """Return what an account made, last changed first."""
        query = select(PERSONA).where(PERSONA.c.account_id == account_id).order_by(PERSONA.c.updated_at.desc(), PERSONA.c.id)
        return await self._store.read(lambda connection: [_made(row) for row in connection.execute(query)])

    async def slugs(self) -> set[str]:
        """Return every id that a contact made in the browser has."""
        return set(await self._store.read(lambda connection: list(connection.execute(select(PERSONA.c.slug)).scalars())))

    async def versions(self, contact_id: str) -> list[Version]:
        """Return every published version, newest first."""
        query = select(PERSONA_VERSION, ACCOUNT.c.name).outerjoin(ACCOUNT, ACCOUNT.c.id == PERSONA_VERSION.c.account_id)
        query = query.where(PERSONA_VERSION.c.persona_id == contact_id).order_by(PERSONA_VERSION.c.version.desc())
        return await self._store.read(lambda connection: [_version(row) for row in connection.execute(query)])

    async def on_offer(self) -> list[OnOffer]:
        """Return what is on offer, without the texts: a query small enough to ask every second."""
        columns = (PERSONA.c.id, PERSONA.c.slug, PERSONA.c.account_id, PERSONA.c.audience, PERSONA.c.published)
        query = select(*columns).where(PERSONA.c.status == "published", PERSONA.c.published.is_not(None)).order_by(PERSONA.c.slug)
        return await self._store.read(lambda connection: [OnOffer(*row) for row in connection.execute(query)])

    async def source(self, contact_id: str, version: int) -> str | None:
        """Return the YAML of a published version, or None."""
        query = select(PERSONA_VERSION.c.source)
        query = query.where(PERSONA_VERSION.c.persona_id == contact_id, PERSONA_VERSION.c.version == version)
        return await self._store.read(lambda connection: connection.execute(query).scalar())

    # -- writing ---------------------------------------------------------------------------------------------------------

    async def create(self, made: Made, event: Event) -> None:
        """Keep a new contact; raises SlugTaken."""

        def work(connection: Connection) -> None:
            _claim(connection, made.id, made.slug)
            _unique(connection, insert(PERSONA).values(**vars(made)))
            record(connection, made.created_at, made.account_id, event)

        await self._store.write(work)

    async def save_draft(self, contact_id: str, version: int, draft: str, slug: str, now: float) -> bool:
        """Keep a draft made from the draft of that version; False where another was saved since. Raises SlugTaken."""

        def work(connection: Connection) -> bool:
            _claim(connection, contact_id, slug)
            values = {"draft": draft, "slug": slug, "draft_version": version + 1, "updated_at": now}
            return _unique(connection, _at(contact_id, version).values(values)) == 1

        return await self._store.write(work)

    async def publish(self, made: Made, by: str, audience: Audience, now: float, event: Event) -> int | None:
        """Offer the draft, as a new version unless it is the last one word for word. Returns the version.

        None where another draft was saved since `made` was read.
        """

        def work(connection: Connection) -> int | None:
            newest = select(PERSONA_VERSION).where(PERSONA_VERSION.c.persona_id == made.id)
            last = connection.execute(newest.order_by(PERSONA_VERSION.c.version.desc()).limit(1)).first()
            same = last is not None and last.source == made.draft
            version = (last.version if last else 0) + (not same)
            values = {"status": "published", "audience": audience, "published": version, "updated_at": now}
            if connection.execute(_at(made.id, made.draft_version).values(values)).rowcount != 1:
                return None
            if not same:
                row = {"persona_id": made.id, "version": version, "source": made.draft, "published_at": now, "account_id": by}
                connection.execute(insert(PERSONA_VERSION).values(row))
            record(connection, now, by, event)
            return version

        return await self._store.write(work)

    async def retire(self, contact_id: str, by: str, now: float, event: Event) -> None:
        """Take a contact off offer; its versions stay."""

        def work(connection: Connection) -> None:
            connection.execute(update(PERSONA).where(PERSONA.c.id == contact_id).values(status="retired", updated_at=now))
            record(connection, now, by, event)

        await self._store.write(work)

    async def delete(self, made: Made, by: str, now: float, event: Event) -> None:
        """Delete a contact with its versions and its worked examples; sessions keep the version they were opened with."""

        def work(connection: Connection) -> None:
            connection.execute(delete(WORKED_EXAMPLE).where(WORKED_EXAMPLE.c.persona_slug == made.slug))
            connection.execute(delete(PERSONA).where(PERSONA.c.id == made.id))
            record(connection, now, by, event)

        await self._store.write(work)


def _at(contact_id: str, version: int) -> Any:
    return update(PERSONA).where(PERSONA.c.id == contact_id, PERSONA.c.draft_version == version)


def _claim(connection: Connection, contact_id: str, slug: str) -> None:
    others = select(func.count()).select_from(PERSONA).where(PERSONA.c.slug == slug, PERSONA.c.id != contact_id)
    if connection.execute(others).scalar():
        raise SlugTaken(slug)


def _unique(connection: Connection, statement: Any) -> int:
    """Run a statement that two processes may run at the same moment with the same slug."""
    try:
        return int(connection.execute(statement).rowcount)
    except IntegrityError as error:
        raise SlugTaken from error


def _made(row: Row[Any]) -> Made:
    return Made(**row._mapping)


def _version(row: Row[Any]) -> Version:
    found = row._mapping
    return Version(found["version"], found["source"], found["published_at"], found["name"])
