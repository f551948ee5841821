"""The desk a command works at: the same store and the same contact as the web application's, without the web."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sim.engines import engines_of
from sim.practice import Desk
from sim.practice.desk import Shelf
from sim.settings import read_settings
from sim.store import Store


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()


@asynccontextmanager
async def open_desk(library: Shelf) -> AsyncIterator[Desk]:
    """Yield a desk with its store open; raises StoreUnavailable, or InputError for wrong settings."""
    settings = read_settings()
    store = Store(settings.database)
    engines = engines_of(settings, store)
    await store.open()
    desk = Desk(
        library,
        store,
        engines.contact,
        SystemClock(),
        settings.max_message_chars,
        judge=engines.judge,
        rewriter=engines.rewriter,
    )
    try:
        yield desk
    finally:
        await desk.close()
        await engines.close()
        await store.close()
