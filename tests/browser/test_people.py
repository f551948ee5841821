"""The first visit, in two browsers: become the owner, invite, accept, sign in. And everybody can use those pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.conftest import PATIENCE_MS, Live
from browser.steps import no_sideways
from browser.test_access import NARROW_AND_DARK, WIDE_AND_LIGHT, check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PASSWORD = "seven grey herons"


@pytest.fixture
def second(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    """Somebody else's browser."""
    context = browser.new_context(base_url=live.url)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def fill(page: Page, name: str, email: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_an_owner_comes_in_and_invites_an_instructor_who_signs_in(page: Page, second: BrowserContext, live: Live) -> None:
    page.goto(live.owner_link())
    expect(page).to_have_url(re.compile("/welcome$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome")
    check(page)
    fill(page, "Olga Owner", "olga@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    check(page)
    no_sideways(page)
    page.get_by_role("link", name="People").click()
    page.get_by_label("Note").fill("Ivo, spring class")
    page.get_by_role("button", name="Make an invitation link").click()
    expect(page.get_by_label("Link", exact=True)).to_be_focused()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied")
    check(page)
    no_sideways(page)
    link = page.get_by_label("Link", exact=True).input_value()

    theirs = second.new_page()
    theirs.goto(link)
    fill(theirs, "Ivo", "ivo@example.org")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(theirs.get_by_role("link", name="People")).to_have_count(0)
    theirs.get_by_role("button", name="Sign out", exact=True).click()
    theirs.goto("/audit")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")
    check(theirs)
    theirs.get_by_label("E-mail").fill("ivo@example.org")
    theirs.get_by_label("Password").fill("not this one")
    theirs.get_by_role("button", name="Sign in").click()
    expect(theirs.get_by_role("alert")).to_contain_text("not right")
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.get_by_role("button", name="Sign in").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Audit trail")
    check(theirs)

    page.goto("/people")
    expect(page.get_by_role("heading", name="Ivo")).to_be_visible()
    page.get_by_role("button", name="Disable Ivo").click()
    expect(page.get_by_role("button", name="Enable Ivo")).to_be_visible()
    check(page)
    theirs.reload()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("link", name="Audit trail").first.click()
    expect(page.get_by_role("cell", name="disabled").first).to_be_visible()
    no_sideways(page)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
