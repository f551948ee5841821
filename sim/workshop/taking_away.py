"""What leaves a workshop as files: everything submitted for the instructor, everything of their own for a learner."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from sim.accounts import Account
from sim.errors import UnknownItem
from sim.export import HOME_PAGE, Record, to_csv, to_json, to_markdown, to_object, to_xapi
from sim.jsonl import json_line
from sim.practice import Caller
from sim.practice.keeping import record_of
from sim.practice.looking_back import debrief_of
from sim.practice.marking import marked
from sim.practice.showing import transcript_of
from sim.sessions import SessionRecord
from sim.workshop.office import Office, event, own, place
from sim.workshops import Submission, Workshop

Kind = Literal["csv", "jsonl", "xapi", "zip"]

KINDS: Mapping[Kind, tuple[str, str]] = {
    "csv": ("gradebook.csv", "text/csv; charset=utf-8"),
    "jsonl": ("sessions.jsonl", "application/jsonl; charset=utf-8"),
    "xapi": ("statements.jsonl", "application/jsonl; charset=utf-8"),
    "zip": ("workshop.zip", "application/zip"),
}
"""The files an instructor can take away: name and media type."""


async def exported(office: Office, account: Account, workshop_id: str, kind: str, home_page: str = "") -> tuple[str, str, bytes]:
    """Return a file of everything submitted: its name, media type and bytes. `home_page` is the address this server is known by.

    Raises UnknownItem for a kind there is none of. The marks are those that count; JSON and the zip hold the computed ones too.
    """
    workshop = await own(office, account, workshop_id)
    wanted = next((known for known in KINDS if known == kind), None)
    if wanted is None:
        raise UnknownItem(f"there is no export of that kind; use {', '.join(KINDS)}")
    await _all_marked(office, workshop)
    submitted = await office.book.submitted(workshop.id)
    records = [r for s in submitted if (r := await _record(office, s))]
    told = event(workshop, "workshop.exported", kind=wanted, sessions=len(records))
    await office.trail.add(office.now(), account.id, told)
    body = await asyncio.to_thread(_written, wanted, records, await _criteria(office, workshop, submitted), home_page or HOME_PAGE)
    name, media = KINDS[wanted]
    return f"{slug(workshop.plan.name)}-{name}", media, body


async def _all_marked(office: Office, workshop: Workshop) -> None:
    """Wait until everything has the marks it keeps: a file is not looked at again. A judge's own limit bounds it, all reading at once."""
    records = [await office.desk.store.load(session_id) for session_id in await office.book.unmarked(workshop.id)]
    await asyncio.gather(*(marked(office.desk, record, None) for record in records if record is not None))


async def _record(office: Office, found: Submission) -> Record | None:
    record = await office.desk.store.load(found.attempt.session_id)
    if record is None or record.submitted_at is None:  # taken back or deleted since
        return None
    debrief = await debrief_of(office.desk, record)
    return record_of(debrief, student=found.member.name, person=found.member.id, submitted_at=iso(record.submitted_at))


async def _criteria(office: Office, workshop: Workshop, submitted: Sequence[Submission]) -> list[str]:
    """Return the gradebook's columns: the rubric's criteria, though nobody has submitted yet."""
    if submitted:
        return [c.id for c in submitted[0].rubric.criteria]
    return [c.id for c in office.shelf_of(workshop.account_id).rubric(workshop.plan.rubric_id).criteria]


def _written(kind: Kind, records: Sequence[Record], criteria: Sequence[str], home_page: str) -> bytes:
    if kind == "zip":
        return _everything(records, criteria, home_page)
    if kind == "csv":
        # The mark tells Excel that this is UTF-8; other programs know it and skip it.
        return ("\ufeff" + to_csv(records, criteria)).encode()
    return (_lines(records) if kind == "jsonl" else "".join(to_xapi(r, home_page) for r in records)).encode()


def _lines(records: Sequence[Record]) -> str:
    named = ({"student": r.student, "attempt": r.attempt, "submitted_at": r.submitted_at, **to_object(r)} for r in records)
    return "".join(json_line(one) + "\n" for one in named)


def _everything(records: Sequence[Record], criteria: Sequence[str], home_page: str) -> bytes:
    files = {
        "gradebook.csv": "\ufeff" + to_csv(records, criteria),
        "sessions.jsonl": _lines(records),
        "statements.jsonl": "".join(to_xapi(r, home_page) for r in records),
    }
    for record in records:
        name = f"sessions/{slug(record.student)}-{record.attempt}-{record.transcript.id}"
        files |= {f"{name}.md": to_markdown(record), f"{name}.json": to_json(record)}
    return zipped(files)


async def mine_exported(office: Office, caller: Caller, workshop_id: str) -> tuple[str, str, bytes]:
    """Return everything the caller did in a workshop as a zip: each session as JSON, and to read; numbers by the workshop's rule."""
    here = await place(office, caller, workshop_id)
    files: dict[str, str] = {}
    for session_id in await office.book.session_ids(here.workshop.id, here.member.id):
        record = await office.desk.store.load(session_id)
        if record is not None:
            files |= await _own_files(office, record)
    body = await asyncio.to_thread(zipped, files)
    return f"{slug(here.workshop.plan.name)}-mine.zip", "application/zip", body


async def _own_files(office: Office, record: SessionRecord) -> dict[str, str]:
    if record.state is None:
        prep = record.prep.model_dump(mode="json") if record.prep else None
        return {
            f"{record.id}.json": json.dumps({"id": record.id, "persona": record.persona.id, "prep": prep}, ensure_ascii=False, indent=2)
        }
    if record.ending is None:
        found = Record(transcript_of(record), persona=record.persona, rubric=record.rubric, numbers=record.numbers)
    else:
        found = record_of(await debrief_of(office.desk, record), numbers=record.numbers)
    return {f"{record.id}.json": to_json(found), f"{record.id}.md": to_markdown(found)}


def zipped(files: Mapping[str, str]) -> bytes:
    """Return texts as a zip; the same texts always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def slug(text: str) -> str:
    """Return a text fit for a file's name: plain letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "x"


def iso(seconds: float) -> str:
    """Return a moment as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
