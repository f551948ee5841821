"""What a learner does in the browser, step by step. Every step ends when the page shows that it was done."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=20_000)

LINES = (
    "Hello Gwen, thank you for making time. Walt Ferreira suggested I talk to you. I have dispatched nights at a hospital for three "
    "years, and I would like to learn how a service desk like yours is run. I know we have twenty minutes.",
    "In your talk you said callbacks fell from 3.4 to 2.1 per elevator. What did you change first on a route?",
    "You mention the route. How do you decide which mechanic gets a hospital call at night?",
)


def choose(page: Page, name: str = "Gwen Tarkowski") -> None:
    """Go from the contacts to the brief."""
    page.goto("/")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def prepare(page: Page) -> None:
    """Open a session and go to its prep sheet."""
    page.get_by_role("button", name=re.compile("^Prepare for")).click()
    expect(page.get_by_role("heading", name="Prep sheet")).to_be_visible()


def begin(page: Page) -> None:
    """Start the meeting and hear the greeting."""
    page.get_by_role("button", name="Start the meeting").click()
    expect(page.locator("#log .turn")).to_have_count(1)


def meet(page: Page) -> None:
    """Go from the contacts into a meeting."""
    choose(page)
    prepare(page)
    begin(page)


def box(page: Page) -> Locator:
    """The message box."""
    return page.get_by_label(re.compile("^Your message"))


def say(page: Page, text: str, *, by: str = "Enter") -> None:
    """Say something and wait for the finished reply."""
    turns = page.locator("#log .turn").count()
    box(page).fill(text)
    if by == "Enter":
        box(page).press("Enter")
    else:
        page.get_by_role("button", name="Send").click()
    expect(page.locator("#log .turn")).to_have_count(turns + 2)


def end(page: Page) -> None:
    """End the meeting and come to the thank-you note."""
    page.get_by_role("button", name="End the meeting").click()
    expect(page.get_by_role("heading", name="Say thank you")).to_be_visible()


def debrief(page: Page) -> None:
    """Send nothing, rate nothing, and read the debrief."""
    page.get_by_role("button", name="Send nothing").click()
    page.get_by_role("link", name="Skip", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Your meeting with"))


def no_sideways(page: Page) -> None:
    """Nothing is wider than the window."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"
