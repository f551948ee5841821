"""What a meeting with a model cost, from the day's sum to one reply's, in Chromium: wide and light, narrow and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.endpoint import Server, obliging, says, usage
from browser.conftest import PATIENCE_MS, HeldContact, Live, serving
from browser.steps import no_sideways
from browser.test_access import check
from browser.test_workshop import join, practise, sign_in
from sim.settings import Settings
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDE_AND_LIGHT = {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}
NARROW_AND_DARK = {"color_scheme": "dark", "viewport": {"width": 375, "height": 740}}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """The application with a contact of a model's, whose endpoint counts tokens and whose day is limited in money."""
    with Server(answer=lambda body, number: says(obliging(body), report=usage(2_000, 40, cached=1_500))) as server:
        database = f"sqlite:///{tmp_path / 'live.db'}"
        given = {"openai_api_key": "key", "openai_base_url": server.url, "contact_model": "gpt-4.1-mini", "cap_day_cost": 2}
        app = create_app(Settings(database_url=database, **given))  # type: ignore[arg-type]
        with serving(app) as url:
            yield Live(url, HeldContact(), database, app)


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_from_the_days_cost_to_a_reply(page: Page, browser: Browser, live: Live) -> None:
    sign_in(page, live.owner_link())
    page.get_by_role("link", name="Usage", exact=True).click()
    expect(page.get_by_text("No model was asked yet.")).to_be_visible()
    page.goto("/workshops/new")
    page.get_by_label("Name", exact=True).fill("Monday class")
    page.get_by_label(re.compile("Gwen Tarkowski")).check()
    page.get_by_role("button", name="Make the workshop").click()
    context = browser.new_context(base_url=live.url)
    context.set_default_timeout(PATIENCE_MS)
    learner = context.new_page()
    join(learner, page.locator(".join-code").inner_text().split()[-1], "Mira")
    practise(learner, 2, by="Enter")
    learner.get_by_role("button", name=re.compile("^Submit")).click()
    expect(learner.get_by_text("Submitted", exact=True)).to_be_visible()
    context.close()

    page.get_by_role("link", name="Usage", exact=True).click()
    spent = re.compile(r"Today \(UTC\), everybody together: [\d,]+ tokens, cost 0\.00\d+ USD; 0% of 2\.00 USD")
    expect(page.get_by_text(spent)).to_be_visible()
    expect(page.get_by_role("link", name="Monday class")).to_be_visible()
    check(page)
    no_sideways(page)
    page.get_by_role("region", name="Usage by session").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What models used for this session")
    expect(page.get_by_role("row", name=re.compile("^Turn 0"))).to_contain_text("gpt-4.1-mini")
    check(page)
    no_sideways(page)
    page.get_by_role("link", name="Turn 2").click()
    expect(page.locator("#turn-2")).to_be_in_viewport()
