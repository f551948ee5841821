"""Everybody can use it: axe finds nothing on any page in light or dark, and the keyboard alone is enough."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Live
from browser.steps import LINES, begin, box, choose, debrief, end, prepare, say

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def check(page: Page) -> None:
    """Let axe look at the page as it stands; every rule it has, the good practices included."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    told = [f"{v['id']}: {n['html'][:120]} {n['failureSummary'][:200]}" for v in found for n in v["nodes"]]
    assert told == [], f"{page.url}\n" + "\n".join(told)


WIDE_AND_LIGHT = {"color_scheme": "light"}
NARROW_AND_DARK = {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, live: Live) -> None:
    page.goto("/progress")
    check(page)
    choose(page)
    check(page)
    page.goto("/")
    check(page)
    choose(page)
    page.get_by_label("Hints").check()
    prepare(page)
    page.get_by_label("Goal").fill("Learn")
    page.get_by_label("Question 1").fill("Why?")
    check(page)
    begin(page)
    check(page)
    say(page, LINES[0])
    live.contact.go_on.clear()
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.locator("#reply-words")).not_to_be_empty()
    check(page)
    live.contact.go_on.set()
    expect(page.locator("#log .turn")).to_have_count(5)
    live.contact.fails = True
    box(page).fill("Can you put in a word for me with whoever hires?")
    box(page).press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    check(page)
    live.contact.fails = False
    page.get_by_role("button", name="Get the reply").click()
    expect(page.locator("#log .turn")).to_have_count(7)
    meeting = page.url
    end(page)
    check(page)
    page.goto(meeting)
    expect(page.get_by_role("link", name="Write the thank-you note")).to_be_visible()
    check(page)
    page.goto(meeting.replace("/meeting", "/thank-you"))
    page.get_by_label("To Gwen Tarkowski").fill("Thank you for telling me about the doors.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("group", name="Preparation").get_by_label("4").check()
    page.get_by_text(re.compile("^What each mark means")).first.click()
    check(page)
    page.get_by_role("button", name="Show the debrief").click()
    expect(page.locator(".overall-mark")).to_be_visible()
    for summary in page.locator("main summary").all():
        summary.click()
    check(page)
    first = page.url
    page.goto(f"{first}?numbers=hide")
    check(page)
    page.goto(f"{first}?numbers=show")
    page.locator("#turn-3").get_by_role("button").click()
    say(page, LINES[2])
    end(page)
    debrief(page)
    check(page)
    page.goto("/progress")
    check(page)
    page.goto(first.replace("debrief", "delete"))
    check(page)
    page.goto("/contacts/nobody")
    check(page)


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by keyboard")


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Gwen Tarkowski"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gwen Tarkowski")
    tab_to(page, page.get_by_label("Realistic"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Tough")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Prepare for Gwen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Prep sheet")).to_be_visible()
    tab_to(page, page.get_by_label("Question 5"))
    page.keyboard.type("Why the doors?")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Question 2")).to_be_focused()
    expect(page.get_by_label("Question 1")).to_have_value("Why the doors?")
    tab_to(page, page.get_by_role("button", name="Start the meeting"))
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type(LINES[1])
    page.keyboard.press("Enter")
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(box(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("region", name="Conversation")).to_be_focused()
    tab_to(page, page.get_by_label("Your notes"))
    page.keyboard.type("doors")
    page.keyboard.press("Shift+Tab")
    tab_to(page, page.get_by_role("button", name="End the meeting"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Say thank you")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Send nothing"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("group", name="Preparation").get_by_label("1"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("group", name="Preparation").get_by_label("2")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Show the debrief"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".glance-marks a").first)
    page.keyboard.press("Enter")
    expect(page.locator("#mark-preparation")).to_be_in_viewport()
    tab_to(page, page.locator("#turn-1").get_by_role("button"))
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()


def test_focus_is_always_seen(page: Page) -> None:
    choose(page)
    seen = 0
    style = "element => [getComputedStyle(element).outlineStyle, getComputedStyle(element, '::after').outlineStyle]"
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement !== document.body"):
        assert set(page.locator("*:focus").evaluate(style)) - {"none"}
        page.keyboard.press("Tab")
        seen += 1
    assert seen >= 8
