"""Wiring: settings in, an application out. Everything is introduced to everything else here, and nothing is decided."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from sim import __version__
from sim.contact.scripted import ScriptedContact
from sim.errors import SimError
from sim.library import Library
from sim.ports import Contact, WallClock
from sim.practice import Desk, Scorer
from sim.practice.desk import by_detectors
from sim.practice.mishap import whereabouts
from sim.settings import Settings, read_settings
from sim.store import Store
from web import openapi, problems
from web.routes import api, pages
from web.routes.pages.common import problem_page
from web.security import BodyLimit, SameOriginGuard, SecurityHeaders

STATIC = Path(__file__).parent / "static"
DAY_SECONDS = 24 * 3600.0

log = logging.getLogger(__name__)


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()


def create_app(
    settings: Settings | None = None,
    *,
    contact: Contact | None = None,
    store: Store | None = None,
    library: Library | None = None,
    clock: WallClock | None = None,
    score: Scorer = by_detectors,
) -> FastAPI:
    """Return the application; what is not given comes from `settings`, and those from the environment.

    Raises InputError for a setting that will not do. The database is opened and brought up to date when the application starts.
    """
    settings = settings or read_settings()
    app = FastAPI(
        title="Twenty Minutes",
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(problems.CatchAll),
            Middleware(BodyLimit, most=settings.max_body_bytes),
            Middleware(SameOriginGuard, public_origin=settings.public_origin),
        ],
    )
    app.state.settings = settings
    app.state.library = library or Library(settings.personas, settings.rubrics)
    app.state.store = store or Store(settings.database)
    app.state.desk = Desk(
        library=app.state.library,
        store=app.state.store,
        contact=contact or ScriptedContact(),
        clock=clock or SystemClock(),
        max_message_chars=settings.max_message_chars,
        score=score,
    )
    app.state.engine = "scripted"
    app.state.error_page = problem_page
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(api.router)
    app.include_router(openapi.router)
    app.include_router(pages.router)
    problems.install(app)
    openapi.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    store, desk = app.state.store, app.state.desk
    await store.open()
    chores = [asyncio.create_task(_warm_up(app)), asyncio.create_task(_forget_old(app))]
    try:
        yield
    finally:
        for chore in chores:
            chore.cancel()
            with suppress(asyncio.CancelledError):
                await chore
        await desk.close()
        await store.close()


async def _warm_up(app: FastAPI) -> None:
    """Do what the first visitor would otherwise wait for, and tell the operator about files that will not do."""
    try:
        for error in await asyncio.to_thread(app.state.library.problems):
            log.warning("%s", error)
        prepare = getattr(app.state.desk.contact, "prepare", None)
        if prepare is not None:
            await prepare()
            await asyncio.to_thread(_read_once)
    except Exception as error:
        log.error("warming up failed: %s", whereabouts(error))


def _read_once() -> None:
    """Load the reader's model and the detectors, so that the first turn and the first debrief need not."""
    from sim.scoring import score  # noqa: F401 - loading is all
    from sim.understanding import understand

    understand("Good morning.")


async def _forget_old(app: FastAPI) -> None:
    """Delete what is older than the retention setting, once a day."""
    days = app.state.settings.retention_days
    while days:
        try:
            gone = await app.state.store.delete_opened_before(app.state.desk.clock.now() - days * DAY_SECONDS)
            log.info("deleted %d sessions opened more than %d days ago", gone, days)
        except SimError as error:
            log.warning("%s", error)
        await asyncio.sleep(DAY_SECONDS)
