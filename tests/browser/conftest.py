"""A live server in a thread of the test process, and Debian's Chromium. Everything waits on conditions; nothing sleeps."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import delete

from sim.contact.scripted import ScriptedContact
from sim.errors import ChatUnavailable
from sim.people import Registry, owner_link
from sim.ports import Brief, Utterance
from sim.settings import Settings
from sim.store import Store
from sim.store.accounts import Accounts
from sim.store.audit import Trail
from sim.store.tables import ACCOUNT
from web.app import SystemClock, create_app

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE_MS = 20_000
"""Longest wait for a condition. Machines that test are busy; a condition that holds is never waited for longer than it takes."""


@dataclass
class HeldContact:
    """The scripted contact, which a test can stop after its first words or let break off."""

    inner: ScriptedContact = field(default_factory=ScriptedContact)
    go_on: threading.Event = field(default_factory=threading.Event)
    fails: bool = False

    def __post_init__(self) -> None:
        self.go_on.set()

    async def prepare(self) -> None:
        """Do the slow imports."""
        await self.inner.prepare()

    async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
        """Yield the line; the third piece waits until the test lets it go on."""
        number = 0
        async for piece in self.inner.speak(brief):
            number += 1
            if number == 3:
                if self.fails:
                    raise ChatUnavailable("the contact broke off; your words are kept, send them again")
                await asyncio.to_thread(self.go_on.wait)
            yield piece


@dataclass(frozen=True)
class Live:
    """A running server: where it is, its contact, its database, and the application itself."""

    url: str
    contact: HeldContact
    database: str
    app: FastAPI

    def owner_link(self) -> str:
        """Take the installation from its owner, if it has one, and return the link that makes the next one."""
        with ThreadPoolExecutor(1) as thread:  # Playwright keeps an event loop of its own in this one
            return f"/welcome/{thread.submit(asyncio.run, _owner_token(self.database)).result()}"


async def _owner_token(database: str) -> str:
    store = Store(database)
    await store.open()
    try:
        await store.write(lambda connection: connection.execute(delete(ACCOUNT)).rowcount)
        return str(await owner_link(Registry(Accounts(store), Trail(store), SystemClock())))
    finally:
        await store.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The whole application with its shipped personas, on a database of its own."""
    folder: Path = tmp_path_factory.mktemp("live")
    contact = HeldContact()
    database = f"sqlite:///{folder / 'live.db'}"
    app = create_app(Settings(database_url=database), contact=contact)
    with serving(app) as url:
        yield Live(url, contact, database, app)
        contact.go_on.set()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Run an application on a thread of this process and yield its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a named skip where it is not installed, a failure in CI."""
    program = shutil.which("chromium")
    if program is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def options() -> dict[str, object]:
    """How a test's browser window is set up; tests override this by parametrizing it."""
    return {}


@pytest.fixture
def window(browser: Browser, live: Live, options: dict[str, object]) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no drafts."""
    context = browser.new_context(**{"base_url": live.url, "viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    yield context
    live.contact.go_on.set()
    live.contact.fails = False
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A page that may not stumble over an error of its own scripts or our policy."""
    opened = window.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    yield opened
    assert wrong == []
