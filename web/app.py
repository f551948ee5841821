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
from sim.engines import engines_of
from sim.errors import SimError
from sim.example_files import ShippedExamples
from sim.library import Library, shipped
from sim.model import caps_of
from sim.people import Passwords, Registry
from sim.people.registry import DAY, HOUR
from sim.ports import Contact, WallClock
from sim.practice import Desk, Scorer
from sim.practice.desk import by_detectors
from sim.practice.examples import ExampleDesk
from sim.practice.mishap import whereabouts
from sim.settings import Settings, read_settings
from sim.store import Store
from sim.store.accounts import Accounts
from sim.store.audit import Trail
from sim.store.examples import KeptExamples
from sim.store.studio import Contacts
from sim.store.usage import UsageBook
from sim.store.workshops import Workshops
from sim.studio.desk import Studio
from sim.studio.driving import Driver
from sim.studio.offers import Offers
from sim.workshop import Office
from web import logs, openapi, problems
from web.limits import Limits
from web.routes import api, pages, workshop_api
from web.routes.pages import people
from web.routes.pages.common import problem_page
from web.security import BodyLimit, SameOriginGuard, SecurityHeaders

STATIC = Path(__file__).parent / "static"
DAY_SECONDS = 24 * 3600.0

STUDIO_BYTES = {"/studio": 6_000_000}
"""Where instructors work requests may be larger, in bytes: a contact's form with its file beside it, a character card's picture."""

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
    passwords: Passwords | None = None,
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
            Middleware(BodyLimit, most=settings.max_body_bytes, larger=STUDIO_BYTES),
            Middleware(SameOriginGuard, public_origin=settings.public_origin),
        ],
    )
    app.state.settings = settings
    app.state.library = library or Library(settings.personas, settings.rubrics)
    app.state.store = store or Store(settings.database)
    app.state.engines = engines_of(settings, app.state.store)
    app.state.desk = Desk(
        library=app.state.library,
        store=app.state.store,
        contact=contact or app.state.engines.contact,
        clock=clock or SystemClock(),
        max_message_chars=settings.max_message_chars,
        score=score,
        judge=app.state.engines.judge,
        rewriter=app.state.engines.rewriter,
    )
    _furnish(app, settings, passwords or Passwords())
    app.state.engine = "scripted" if contact else app.state.engines.name
    app.state.error_page = problem_page
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(api.router)
    app.include_router(workshop_api.router)
    app.include_router(openapi.router)
    app.include_router(pages.router)
    logs.install()
    problems.install(app)
    people.install(app)
    openapi.install(app)
    return app


def _furnish(app: FastAPI, settings: Settings, passwords: Passwords) -> None:
    """Give the application what instructors need: accounts, the studio, workshops, examples, and limits for everybody."""
    app.state.registry = Registry(
        Accounts(app.state.store),
        Trail(app.state.store),
        app.state.desk.clock,
        passwords,
        idle_seconds=settings.sign_in_idle_hours * HOUR,
        longest_seconds=settings.sign_in_days * DAY,
    )
    contacts = Contacts(app.state.store)
    app.state.studio = Studio(contacts, app.state.library, Offers(contacts, app.state.library), app.state.desk.clock)
    app.state.driver = Driver()
    app.state.office = Office(
        app.state.desk,
        Workshops(app.state.store),
        app.state.registry.trail,
        UsageBook(app.state.store, caps_of(settings, app.state.engines.prices.currency), app.state.desk.clock.now),
        app.state.library.for_workshops,
        keep_days=settings.retention_days,
    )
    app.state.limits = Limits(settings)
    app.state.examples = ExampleDesk(
        kept=KeptExamples(app.state.store),
        shipped=ShippedExamples([shipped("personas"), *settings.personas]),
        clock=app.state.desk.clock,
    )


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
        app.state.registry.close()
        await app.state.engines.close()
        app.state.driver.close()
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
        await asyncio.to_thread(app.state.limits.prepare)
    except Exception as error:
        log.error("warming up failed: %s", whereabouts(error))


def _read_once() -> None:
    """Load the reader's model and the detectors, so that the first turn and the first debrief need not."""
    from sim.scoring import score  # noqa: F401 - loading is all
    from sim.understanding import understand

    understand("Good morning.")


async def _forget_old(app: FastAPI) -> None:
    """Delete what is older than the retention setting and the workshops' own, once a day."""
    while True:
        try:
            await forget(app)
        except SimError as error:
            log.warning("%s", error)
        await asyncio.sleep(DAY_SECONDS)


async def forget(app: FastAPI) -> None:
    """Delete what is too old to be kept now. Raises StoreUnavailable."""
    now, days = app.state.desk.clock.now(), app.state.settings.retention_days
    gone = await app.state.office.book.forget(now, days)
    log.info("deleted %d sessions that their workshops keep no longer", gone)
    if days:
        gone = await app.state.store.delete_opened_before(now - days * DAY_SECONDS)
        log.info("deleted %d sessions opened more than %d days ago", gone, days)
