"""`sim export`: a stored session as other programs take it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sim.commands.desk import open_desk
from sim.commands.files import Files
from sim.errors import UnknownItem
from sim.export import Format, Record, export
from sim.practice import Desk
from sim.practice.showing import transcript_of
from sim.sessions import SessionRecord


def _submitted_at(record: SessionRecord) -> str:
    """Return when the session was opened, to the second, in UTC: the one moment of it that is stored."""
    return datetime.fromtimestamp(record.opened_at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


async def load(desk: Desk, session_id: str) -> Record:
    """Return a session for whoever runs this machine; raises UnknownItem, or NotNow for a meeting that has not begun."""
    found = await desk.store.load(session_id)
    if found is None:
        other = "SIM_DATABASE_URL or SIM_DATA_DIR name another"
        raise UnknownItem(f"there is no session {session_id[:60]!r} in this database; {other}")
    transcript = transcript_of(found)
    card = found.scorecard
    if card is None and found.ending:
        card = desk.score(transcript, found.persona, found.rubric)
    return Record(transcript, card, found.persona, found.rubric, student=found.owner_hash[:12], submitted_at=_submitted_at(found))


async def _text(session_id: str, form: Format) -> str:
    async with open_desk(Files(())) as desk:
        return export(await load(desk, session_id), form)


def run(session_id: str, form: Format) -> None:
    """Print the session."""
    print(asyncio.run(_text(session_id, form)), end="")
