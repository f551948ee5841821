"""Worked examples and the test-drive in a real browser: readable by everybody, side by side on a desk, one below the other on a phone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.steps import choose, no_sideways
from browser.test_access import NARROW_AND_DARK, WIDE_AND_LIGHT, check
from sim.drive.drive import drive
from sim.drive.result import Drive
from sim.persona import load_persona
from sim.rubric import load_rubric
from web.rendering import environment
from web.views.drive import drive_view

ROOT = Path(__file__).parent.parent.parent

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STUDIO = """{% extends "base.html" %}{% from "_drive.html" import drive_result %}
{% block title %}Test-drive{% endblock %}
{% block main %}<div class="wrap"><h1>Test-drive</h1>{{ drive_result(drive, "/keep") }}</div>{% endblock %}"""


@cache
def driven() -> Drive:
    """A short drive; what the page shows of it does not depend on the minutes."""
    persona = load_persona(ROOT / "tests" / "contracts" / "example-persona.yaml")
    rubric = load_rubric(ROOT / "prompts" / "rubrics" / "classic.yaml")
    with ThreadPoolExecutor(1) as pool:  # Playwright's event loop runs on this thread, and a drive brings its own
        return pool.submit(drive, persona, rubric, minutes=8).result()


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_examples_are_read_from_the_brief(page: Page) -> None:
    choose(page)
    page.get_by_role("link", name="See a good and a poor meeting with Gwen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Worked examples with Gwen")
    expect(page.locator("article.example")).to_have_count(2)
    check(page)
    no_sideways(page)
    good, poor = (page.locator(f".example-{key}").bounding_box() for key in ("good", "poor"))
    assert good is not None
    assert poor is not None
    side_by_side = page.viewport_size is not None and page.viewport_size["width"] > 900
    assert (good["y"] == poor["y"]) is side_by_side
    page.goto("/examples/busy-vp.good")
    expect(page.locator("mark").first).to_be_visible()
    check(page)
    no_sideways(page)


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_everybody_can_read_the_test_drive(page: Page) -> None:
    """The part that the studio includes, on a page of ours."""
    page.goto("/")
    page.set_content(environment().from_string(STUDIO).render(drive=drive_view(driven())))
    expect(page.get_by_role("table", name="What each learner got")).to_be_visible()
    expect(page.get_by_role("img", name="Overall mark of each learner")).to_be_visible()
    check(page)
    no_sideways(page)
