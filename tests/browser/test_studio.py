"""An instructor who writes no code makes a contact, mends a mistake shown while typing, test-drives it, publishes it and meets it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Live
from browser.steps import begin, choose, no_sideways, prepare, say
from browser.test_access import NARROW_AND_DARK, WIDE_AND_LIGHT, check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DRIVEN_MS = 240_000
"""Longest wait for six meetings in a process of their own, on a machine that is busy with other tests."""


def enter(page: Page, live: Live) -> None:
    """Become the owner, who is an instructor too."""
    page.goto(live.owner_link())
    page.get_by_label("Name").fill("Olga Owner")
    page.get_by_label("E-mail").fill("olga@example.org")
    page.get_by_label("Password").fill("seven grey herons")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def saved(page: Page) -> None:
    """Wait until the server has what was typed."""
    expect(page.locator("#state .saved")).to_have_text("Saved")


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).first.fill(text)


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_from_an_empty_form_to_a_meeting(page: Page, live: Live) -> None:
    enter(page, live)
    page.get_by_role("link", name="Studio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Studio")
    check(page)
    no_sideways(page)
    page.get_by_role("button", name="Begin with an empty form").click()
    problems = page.locator("#state .check-list li[data-field]")
    expect(problems).to_have_count(4)
    check(page)
    no_sideways(page)

    fill(page, "Name", "Mara Lind")
    expect(problems).to_have_count(3)
    expect(page.locator("#source")).to_have_value(re.compile(r'name: "Mara Lind"'))
    fill(page, "Job title", "Head of Night Ferries")
    fill(page, "Company", "Strait Line")
    fill(page, "Summary", "Runs the ferries that sail while others sleep.")
    expect(page.get_by_text("Nothing is wrong. It can be published.")).to_be_visible()

    minutes = page.get_by_label("Agreed minutes", exact=True)
    minutes.fill("soon")
    expect(page.locator("#f-minutes-problem")).to_contain_text("is 'soon'")
    expect(minutes).to_have_attribute("aria-invalid", "true")
    check(page)
    minutes.fill("15")
    expect(page.locator("#f-minutes-problem")).to_have_text("")

    fill(page, "About the company", "Strait Line sails nine ferries.\nIt was founded in 1911.")
    page.get_by_role("button", name="Add a private fact").click()
    expect(page.get_by_role("group", name="Private fact 1")).to_be_visible()
    page.locator("[name='private[0].topic']").select_option("mistakes")
    page.locator("[name='private[0].tells']").fill("She once sailed without the mail.")
    expect(page.locator("#source")).to_have_value(re.compile("sailed without the mail"))
    page.get_by_label("A topic of your own").fill("night watch")
    page.get_by_role("button", name="Add the topic").click()
    page.locator("[name='answers.night_watch.asks']").fill("How does the night watch work?")
    page.locator("[name='answers.night_watch.says']").fill("Four people, one bridge, no coffee after three.")
    expect(page.get_by_text("Nothing is wrong. It can be published.")).to_be_visible()
    expect(page.locator("#source")).to_have_value(re.compile("no coffee after three"))

    # The file is the other side of the same thing.
    source = page.locator("#source")
    source.fill(source.input_value().replace("Head of Night Ferries", "Head of Night Sailings"))
    expect(page.get_by_label("Job title", exact=True)).to_have_value("Head of Night Sailings")
    source.fill("schema: [")
    expect(page.get_by_text("The form rests")).to_be_visible()
    page.goto("/studio")
    page.get_by_role("link", name="A contact without a name").click()
    expect(page.get_by_text("The form rests")).to_be_visible()
    check(page)


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_test_drive_publish_and_meet(page: Page, live: Live) -> None:
    enter(page, live)
    page.goto("/studio")
    page.get_by_label("Contact to begin with").select_option("generous-alumnus")
    page.get_by_role("button", name="Begin with a copy").click()
    expect(page.get_by_text("Nothing is wrong. It can be published.")).to_be_visible()
    name = "Teo Marsh" if (page.viewport_size or {}).get("width", 0) > 400 else "Ida Marsh"
    fill(page, "Name", name)
    expect(page.locator("#source")).to_have_value(re.compile(f'name: "{name}"'))
    page.get_by_role("link", name="See the brief").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    check(page)
    page.get_by_role("link", name="Back to the form").click()
    page.get_by_role("link", name="Test-drive").click()
    check(page)
    page.get_by_role("button", name="Hold the six meetings").click(no_wait_after=True)
    expect(page.get_by_role("heading", name="What each learner got")).to_be_visible(timeout=DRIVEN_MS)
    check(page)
    no_sideways(page)
    page.get_by_role("button", name=re.compile("^Keep as a good example.*Model student")).click()
    expect(page.get_by_text("a good example, kept")).to_be_visible(timeout=DRIVEN_MS)
    check(page)
    page.get_by_role("link", name=f"Back to {name}").click()
    page.get_by_label("For everybody").check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is published for everybody")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Versions and differences").click()
    page.get_by_role("link", name="Compare version 1").click()
    check(page)
    page.goto("/studio/import")
    check(page)
    choose(page, name)
    prepare(page)
    begin(page)
    say(page, "Hello, thank you for making time. What does a typical week look like for you?")


def test_two_windows_and_fast_typing_lose_nothing(page: Page, live: Live) -> None:
    enter(page, live)
    page.goto("/studio")
    page.get_by_role("button", name="Begin with an empty form").click()
    other = page.context.new_page()
    other.goto(page.url)
    title = page.get_by_label("Job title", exact=True)
    title.press_sequentially("Head of everything that sails by night", delay=15)
    fill(page, "Company", "Strait Line")
    expect(page.locator("#source")).to_have_value(re.compile('title: "Head of everything that sails by night"'))
    expect(page.locator("#source")).to_have_value(re.compile('company: "Strait Line"'))
    expect(page.locator("#problem")).to_be_empty()
    other.get_by_label("Company", exact=True).fill("Another Line")
    expect(other.get_by_role("alert")).to_contain_text("saved somewhere else")
    expect(other.get_by_label("Company", exact=True)).to_have_value("Another Line")
    other.get_by_role("button", name="Compare the two").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("was changed in another window")
    check(other)
    other.get_by_role("button", name="Keep this one").click()
    expect(other.locator("#source")).to_have_value(re.compile("Another Line"))
    other.close()
