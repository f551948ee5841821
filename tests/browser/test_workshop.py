"""An instructor and three learners in four browsers: join, practise, submit; one mark overridden; the file has the page's figures."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.conftest import PATIENCE_MS, Live
from browser.steps import LINES, begin, box, end, meet, no_sideways, say
from browser.test_access import check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


@pytest.fixture
def windows(browser: Browser, live: Live) -> Iterator[Any]:
    """Opens profiles that know nothing of each other."""
    contexts: list[BrowserContext] = []

    def another(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": live.url, "viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield another
    for context in contexts:
        context.close()


def sign_in(page: Page, link: str) -> None:
    """Open the link that makes its opener the owner."""
    page.goto(link)
    page.get_by_label("Name").fill("Ivo Lang")
    page.get_by_label("E-mail").fill("ivo@example.org")
    page.get_by_label("Password").fill("seven grey herons")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def join(page: Page, code: str, name: str) -> None:
    """Type the code, read who sees what, and join."""
    page.goto("/join")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Who sees what")).to_be_visible()
    page.get_by_label("Your name in the workshop").fill(name)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_text(f"You are here as {name}")).to_be_visible()


def practise(page: Page, lines: int, *, by: str) -> None:
    """Hold a short meeting and come to its debrief."""
    page.get_by_label(re.compile("Gwen Tarkowski")).check()
    page.get_by_role("button", name="Prepare", exact=True).click()
    begin(page)
    for line in LINES[:lines]:
        say(page, line, by=by)
    end(page)
    page.get_by_role("button", name="Send nothing").click()
    page.get_by_role("link", name="Skip", exact=True).click()


def test_a_class_of_three(windows: Any, live: Live) -> None:
    ivo: Page = windows()
    sign_in(ivo, live.owner_link())
    ivo.get_by_role("link", name="Workshops").click()
    ivo.get_by_role("link", name="New workshop").click()
    ivo.get_by_label("Name", exact=True).fill("Monday class")
    ivo.get_by_label(re.compile("Gwen Tarkowski")).check()
    check(ivo)
    ivo.get_by_role("button", name="Make the workshop").click()
    expect(ivo.get_by_role("heading", level=1)).to_have_text("Monday class")
    expect(ivo.locator("img.qr")).to_have_js_property("complete", True)
    assert ivo.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    check(ivo)
    code = ivo.locator(".join-code").inner_text().split()[-1]
    workshop = ivo.url

    ivo.get_by_role("link", name="Board").click()
    expect(ivo.get_by_text("Nobody has joined yet.")).to_be_visible()
    learners = {name: windows(**options) for name, options in (("Mira", {}), ("Blue Fox", PHONE), ("Eli", {"java_script_enabled": False}))}
    for number, (name, page) in enumerate(learners.items(), 1):
        join(page, code, name)
        if name != "Eli":
            check(page)
            no_sideways(page)
        practise(page, number, by="Enter" if name != "Eli" else "the button")
        page.get_by_role("button", name=re.compile("^Submit")).click()
        expect(page.get_by_text("Submitted", exact=True)).to_be_visible()
    expect(ivo.get_by_text("3 Submitted")).to_be_visible(timeout=30_000)  # the board moves by itself
    check(ivo)
    ivo.get_by_role("link", name="Hide the names").click()
    expect(ivo.get_by_text("Learner 2")).to_be_visible()
    expect(ivo.get_by_text("Blue Fox")).to_have_count(0)

    ivo.goto(f"{workshop}/results")
    check(ivo)
    ivo.get_by_role("link", name="Mira").click()
    row = ivo.locator("#mark-preparation")
    row.locator(".override summary").click()
    row.get_by_label("5", exact=True).check()
    row.get_by_label("Why").fill("The research was in every question.")
    row.get_by_role("button", name="Let this mark count").click()
    expect(ivo.locator("#mark-preparation")).to_contain_text("computed:")
    ivo.locator("#turn-1 summary").click()
    ivo.get_by_label("Comment on turn 1").fill("A strong opening.")
    ivo.locator("#turn-1").get_by_role("button", name=re.compile("^Add")).click()
    expect(ivo.locator("#turn-1")).to_contain_text("A strong opening.")
    check(ivo)
    ivo.get_by_role("button", name="Show without names").click()
    expect(ivo.locator(".excerpt")).to_contain_text("Gwen Tarkowski")
    check(ivo)
    excerpt = ivo.url

    ivo.goto(f"{workshop}/results")
    with ivo.expect_download() as started:
        ivo.get_by_role("link", name="Gradebook (CSV)").click()
    text = started.value.path().read_text("utf-8-sig")
    rows = {r["session"]: r for r in csv.DictReader(io.StringIO(text))}
    shown = ivo.locator(".gradebook tbody tr")
    assert shown.count() == len(rows) == 3
    for n in range(3):
        told = rows[shown.nth(n).get_attribute("data-session") or ""]
        for cell in shown.nth(n).locator("[data-column]").all():
            column = cell.get_attribute("data-column") or ""
            assert cell.inner_text() == (told[column] or "–"), column
    mira = learners["Mira"]
    mira.reload()
    mira.get_by_role("link", name=re.compile("Attempt 1")).click()
    expect(mira.locator("#mark-preparation")).to_contain_text("The research was in every question.")
    expect(mira.locator("#turn-1")).to_contain_text("A strong opening.")
    check(mira)

    ivo.emulate_media(color_scheme="dark")
    ivo.set_viewport_size({"width": 360, "height": 740})
    reading = excerpt.split("/excerpt")[0]
    for address in (
        "/workshops",
        "/workshops/new",
        workshop,
        f"{workshop}/board",
        f"{workshop}/results",
        reading,
        excerpt,
        f"{workshop}/delete",
    ):
        ivo.goto(address)
        check(ivo)
        no_sideways(ivo)
    for address in (f"/joined/{workshop.split('/')[-1]}", f"/joined/{workshop.split('/')[-1]}/leave"):
        mira.goto(address)
        check(mira)


def kept(page: Page) -> list[str]:
    """What the browser keeps of ours."""
    return [str(name) for name in page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('twenty-minutes:'))")]


def test_nothing_is_left_for_whoever_sits_down_next(windows: Any, live: Live) -> None:
    page: Page = windows()
    meet(page)
    say(page, LINES[0])
    end(page)
    page.get_by_label("To Gwen Tarkowski").fill("Dear Gwen, thank you.")
    assert [name.split(":")[1].split("-")[0] for name in kept(page)] == ["note"]
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Before you see the marks")).to_be_visible()
    assert kept(page) == []  # the note is sent

    meet(page)
    box(page).fill("Half a sentence")
    assert len(kept(page)) == 1
    page.goto("/")
    page.get_by_role("link", name="Not you? Start afresh").click()
    check(page)
    no_sideways(page)
    page.get_by_role("button", name="Start afresh").click()
    expect(page.get_by_role("heading", name="Whom would you like to meet?")).to_be_visible()
    assert kept(page) == []
    assert page.context.cookies() == []
    page.goto("/progress")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
