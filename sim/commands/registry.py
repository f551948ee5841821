"""The register of people a command works with, and `sim owner-link`: how whoever runs the server lets its owner in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sim.commands.desk import SystemClock
from sim.errors import NotNow
from sim.people import Registry, owner_link, owner_reset_link
from sim.settings import Settings, read_settings
from sim.store import Store
from sim.store.accounts import Accounts
from sim.store.audit import Trail


@asynccontextmanager
async def open_registry(settings: Settings) -> AsyncIterator[Registry]:
    """Yield the register of people with its store open; raises StoreUnavailable."""
    store = Store(settings.database)
    try:
        await store.open()
        yield Registry(Accounts(store), Trail(store), SystemClock())
    finally:
        await store.close()


def run(address: str, reset: bool) -> None:
    """Print a link: to becoming the owner, or with `reset` to a new password for the owner there is.

    Raises StoreUnavailable, and NotNow where there is an owner already or, with `reset`, none yet.
    """
    settings = read_settings()
    token = asyncio.run(_token(settings, reset))
    if token is None:
        raise NotNow("there is an owner already; `sim owner-link --reset` makes a link to a new password for them")
    print(f"{(settings.public_origin or address).rstrip('/')}/welcome/{token}")


async def _token(settings: Settings, reset: bool) -> str | None:
    async with open_registry(settings) as registry:
        return await (owner_reset_link(registry) if reset else owner_link(registry))
