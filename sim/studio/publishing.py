"""Publish a contact, look back at what was published, take it off offer, delete it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from sim.accounts import Account, Event
from sim.errors import InputError, UnknownItem
from sim.studio.desk import Studio, mine
from sim.studio.records import Audience, Made, Version
from sim.studio.writing import Overtaken, Typed, look, save

CONTEXT_LINES = 3
"""Lines shown around a difference."""


class Unfinished(InputError):
    """The draft has mistakes, so it cannot be published."""


async def publish(studio: Studio, account: Account, contact_id: str, audience: Audience) -> Made:
    """Offer the draft to learners as a new version. A meeting under way goes on with the version it was opened with.

    Raises UnknownItem, Unfinished with one problem for each mistake, Overtaken where the draft was saved at the same moment.
    """
    made = await mine(studio, account, contact_id)
    found = await look(studio, made)
    if found.problems:
        raise Unfinished(found.problems)
    event = Event("contact.published", "contact", made.id, detail={"name": made.slug, "for": audience})
    if await studio.contacts.publish(made, account.id, audience, studio.clock.now(), event) is None:
        raise Overtaken(await mine(studio, account, contact_id), made.draft)
    await studio.offers.refresh()
    return await mine(studio, account, contact_id)


async def retire(studio: Studio, account: Account, contact_id: str) -> Made:
    """Take a contact off offer: nobody can begin a session with it. Publishing it again brings it back."""
    made = await mine(studio, account, contact_id)
    if made.status == "published":
        event = Event("contact.retired", "contact", made.id, detail={"name": made.slug})
        await studio.contacts.retire(made.id, account.id, studio.clock.now(), event)
        await studio.offers.refresh()
    return await mine(studio, account, contact_id)


async def delete(studio: Studio, account: Account, contact_id: str) -> None:
    """Delete a contact, its versions and its worked examples. Sessions held with it stay readable."""
    made = await mine(studio, account, contact_id)
    event = Event("contact.deleted", "contact", made.id, detail={"name": made.slug})
    await studio.contacts.delete(made, account.id, studio.clock.now(), event)
    await studio.offers.refresh()


async def history(studio: Studio, account: Account, contact_id: str) -> list[Version]:
    """Return what was published, newest first."""
    return await studio.contacts.versions((await mine(studio, account, contact_id)).id)


async def version_of(studio: Studio, account: Account, contact_id: str, number: int) -> Version:
    """Return one published version; raises UnknownItem."""
    for version in await history(studio, account, contact_id):
        if version.version == number:
            return version
    raise UnknownItem(f"this contact has no version {number}")


async def restore(studio: Studio, account: Account, contact_id: str, number: int, draft_version: int) -> Made:
    """Make a published version the draft again; raises UnknownItem, or Overtaken where the draft is not the one that was seen."""
    version = await version_of(studio, account, contact_id, number)
    return await save(studio, account, contact_id, Typed(draft_version, source=version.source))


@dataclass(frozen=True)
class DiffLine:
    """One line of a comparison. `kind` gap: lines that are the same were left out here."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str
    line: int | None = None


def differences(old: str, new: str) -> list[DiffLine]:
    """Return how `new` differs from `old`, line by line with some lines around; empty where they are the same."""
    before, after = old.splitlines(), new.splitlines()
    out: list[DiffLine] = []
    for group in SequenceMatcher(None, before, after, False).get_grouped_opcodes(CONTEXT_LINES):
        if out or group[0][1] > 0:
            out.append(DiffLine("gap", ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                out += [DiffLine("same", line, j1 + n + 1) for n, line in enumerate(after[j1:j2])]
                continue
            out += [DiffLine("removed", line) for line in before[i1:i2]]
            out += [DiffLine("added", line, j1 + n + 1) for n, line in enumerate(after[j1:j2])]
    return out
