"""Keep the library up with what is published, whichever process published it.

Published versions never change, so one small query (who is on offer, by which version) tells what is new; a text is read and parsed
once. The query runs at most once in `SECONDS`, and only when somebody asks for a page.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from sim.errors import InputError, StoreUnavailable
from sim.library import Offer
from sim.persona import Persona, parse_persona
from sim.store.studio import Contacts
from sim.studio.records import OnOffer

SECONDS = 1.0
"""How long another process may go on offering what was on offer before (our judgement)."""

log = logging.getLogger(__name__)


class Shelf(Protocol):
    """Where offers are put."""

    def offer(self, offers: list[Offer]) -> None:
        """Put these beside the files."""
        ...


class Offers:
    """What is published, as last read."""

    def __init__(self, contacts: Contacts, shelf: Shelf, now: Callable[[], float] = time.monotonic) -> None:
        self._contacts = contacts
        self._shelf = shelf
        self._now = now
        self._asked: float | None = None
        self._parsed: dict[tuple[str, int], Persona | None] = {}
        self._looks = self._shown = 0

    async def fresh(self) -> None:
        """Look for news if the last look is a while ago. Where the database is away, what was on offer stays."""
        if self._asked is not None and self._now() - self._asked < SECONDS:
            return
        self._asked = self._now()
        try:
            await self.refresh()
        except StoreUnavailable as error:
            log.warning("%s", error)

    async def refresh(self) -> None:
        """Look for news now. Raises StoreUnavailable."""
        self._looks += 1
        look = self._looks
        rows = await self._contacts.on_offer()
        parsed: dict[tuple[str, int], Persona | None] = {}  # its own: another look may be under way, and put others out meanwhile
        for row in rows:
            key = (row.id, row.version)
            parsed[key] = self._parsed[key] if key in self._parsed else await self._read(row)
        if look < self._shown:  # a later look was done first, and knows better
            return
        self._shown, self._parsed = look, parsed
        found = [(parsed[row.id, row.version], row) for row in rows]
        self._shelf.offer([Offer(persona, row.account_id, row.audience == "everybody") for persona, row in found if persona])

    async def _read(self, row: OnOffer) -> Persona | None:
        source = await self._contacts.source(row.id, row.version)
        try:
            return await asyncio.to_thread(parse_persona, source or "", row.slug)
        except InputError as error:
            # It was in order when it was published, by an older release.
            log.warning("the contact %s, version %d, is not offered: %s", row.slug, row.version, error)
            return None
