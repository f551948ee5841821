"""Worked examples that instructors kept, whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select

from sim.examples import Example
from sim.scorecard import Scorecard
from sim.store.store import Store
from sim.store.tables import WORKED_EXAMPLE
from sim.transcript import Transcript


class KeptExamples:
    """The rows of `worked_examples`. Every call raises StoreUnavailable when it could not be done."""

    def __init__(self, store: Store) -> None:
        """Use an open store."""
        self._store = store

    async def keep(self, example: Example) -> None:
        """Add an example; its `account` must be there."""
        values = {
            "id": example.id,
            "persona_slug": example.persona,
            "account_id": example.account,
            "quality": example.quality,
            "title": example.title,
            "transcript": {"contact": example.contact, "session": example.transcript.to_json()},
            "scorecard": example.scorecard.to_json(),
            "created_at": example.kept_at,
        }
        await self._store.write(lambda connection: connection.execute(insert(WORKED_EXAMPLE).values(values)))

    async def get(self, example_id: str) -> Example | None:
        """Return one example, or None."""
        query = select(WORKED_EXAMPLE).where(WORKED_EXAMPLE.c.id == example_id)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        return _example(row) if row else None

    async def of(self, persona_id: str) -> list[Example]:
        """Return the examples of a contact, the latest first."""
        query = select(WORKED_EXAMPLE).where(WORKED_EXAMPLE.c.persona_slug == persona_id)
        query = query.order_by(WORKED_EXAMPLE.c.created_at.desc(), WORKED_EXAMPLE.c.id)
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        return [_example(row) for row in rows]

    async def remove(self, example_id: str) -> None:
        """Delete one example, if it is there."""
        statement = delete(WORKED_EXAMPLE).where(WORKED_EXAMPLE.c.id == example_id)
        await self._store.write(lambda connection: connection.execute(statement))


def _example(row: Row[Any]) -> Example:
    return Example(
        id=row.id,
        persona=row.persona_slug,
        contact=row.transcript["contact"],
        quality=row.quality,
        title=row.title,
        transcript=Transcript.model_validate(row.transcript["session"]),
        scorecard=Scorecard.model_validate(row.scorecard),
        account=row.account_id,
        kept_at=row.created_at,
    )
