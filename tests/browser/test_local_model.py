"""A whole meeting in Chromium with a small local model as the contact, from its cassette."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tape import KEY, MODEL, PATIENCE, RECORDING, URL, needs_tapes, patient, tape

from browser.conftest import PATIENCE_MS, serving
from browser.steps import LINES, begin, choose, debrief, end, prepare, say
from sim.settings import Settings
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), needs_tapes]
SEED = 1


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application as the settings make it, with a meeting that can be held again word for word."""
    monkeypatch.setattr("sim.practice.opening.secrets.randbelow", lambda below: SEED)
    patient(monkeypatch)
    given = {"openai_api_key": KEY, "openai_base_url": URL, "contact_model": MODEL}
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'live.db'}", **given)  # type: ignore[arg-type]
    with serving(create_app(settings)) as address:
        yield address


@pytest.fixture
def window(browser: Browser, url: str) -> Iterator[BrowserContext]:
    """A fresh profile, patient while recording: nothing of a reply is seen before it is on the tape whole."""
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(1000 * PATIENCE if RECORDING else PATIENCE_MS)
    yield context
    context.close()


def test_a_whole_meeting_with_a_local_model(window: BrowserContext) -> None:
    page = window.new_page()
    with tape("browser-meeting") as cassette:
        choose(page)
        prepare(page)
        begin(page)
        for line in LINES:
            say(page, line)
        end(page)
        debrief(page)
        assert len(cassette) >= len(LINES) + 1
    expect(page.locator(".annotated")).to_contain_text(LINES[1].split(". ")[-1])
    expect(page.locator(".overall-mark")).to_be_visible()
