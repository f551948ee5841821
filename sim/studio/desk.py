"""What the use cases of the studio need to work, and the contact that belongs to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sim.accounts import Account
from sim.people.registry import require_own
from sim.ports import WallClock
from sim.slugs import SLUG_CHARS
from sim.store.studio import Contacts
from sim.studio.offers import Offers
from sim.studio.records import Made

NEW = "new-contact"
"""The id of a contact that has no name yet."""


class Files(Protocol):
    """The personas that stand in files."""

    def file_of_persona(self, persona_id: str) -> Path | None:
        """Return the file that holds a persona, None where none does."""
        ...


@dataclass(frozen=True)
class Studio:
    """The ports."""

    contacts: Contacts
    files: Files
    offers: Offers
    clock: WallClock


async def mine(studio: Studio, account: Account, contact_id: str) -> Made:
    """Return a contact that the account made; raises UnknownItem for anybody else's, as for one that is not there."""
    plausible = contact_id.isascii() and contact_id.isalnum() and len(contact_id) <= 32
    made = await studio.contacts.load(contact_id) if plausible else None
    require_own(account, made.account_id if made else None, "contact")
    assert made is not None
    return made


async def taken(studio: Studio, slug: str, but: Made | None = None) -> bool:
    """Tell whether an id belongs to a file's persona or to another contact made in the browser."""
    if studio.files.file_of_persona(slug) is not None:
        return True
    return (but is None or slug != but.slug) and slug in await studio.contacts.slugs()


async def free_slug(studio: Studio, wanted: str, but: Made | None = None) -> str:
    """Return the id, with a number behind it where it is taken."""
    slug, number = wanted, 1
    while await taken(studio, slug, but):
        number += 1
        slug = f"{wanted[: SLUG_CHARS - 6].rstrip('-')}-{number}"
    return slug
