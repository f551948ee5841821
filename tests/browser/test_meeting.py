"""A learner practises a meeting in a real browser: with htmx, without any script, on a phone, and when the line breaks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import Live
from browser.steps import LINES, begin, box, choose, debrief, end, meet, no_sideways, prepare, say

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def test_a_whole_meeting_by_clicking_and_typing(page: Page) -> None:
    choose(page)
    page.get_by_label("Gentle").check()
    prepare(page)
    page.get_by_label("Goal").fill("Learn how a night desk is staffed")
    page.get_by_label("Question 1").fill("What did you change first?")
    page.get_by_label("Question 1").press("Enter")
    expect(page.get_by_label("Question 2")).to_be_focused()
    expect(page.locator("#saved")).to_have_text("Saved")
    begin(page)
    say(page, LINES[0])
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("")
    say(page, LINES[1], by="the button")
    expect(box(page)).to_be_focused()
    page.get_by_label("Your notes").fill("doors first")
    expect(page.locator("#notes-saved")).to_have_text("Saved")
    box(page).fill("One more question I am still typing")
    end(page)
    expect(page.get_by_text("doors first")).to_be_visible()
    page.get_by_label("To Gwen Tarkowski").fill("Thank you, Gwen. I will walk the route with our porters next week.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("group", name="Preparation").get_by_label("4").check()
    page.get_by_role("button", name="Show the debrief").click()
    expect(page.locator(".overall-mark")).to_be_visible()
    expect(page.locator("#mark-preparation .gap")).to_contain_text("You: 4.")
    expect(page.locator(".annotated")).to_contain_text("One more question I am still typing")
    quote = page.locator("#mark-preparation .quote-place[href^='#turn-']").first
    target = quote.get_attribute("href")
    quote.click()
    expect(page.locator(f"{target}:target")).to_be_in_viewport()
    page.locator("#turn-3").get_by_role("button", name=re.compile("^Try again from here")).click()
    expect(page.get_by_text("From here on you are trying again.")).to_be_visible()
    say(page, LINES[2])
    end(page)
    debrief(page)
    expect(page.locator("figure.picture")).to_have_count(2)


@pytest.mark.parametrize("options", [{"java_script_enabled": False}])
def test_a_whole_meeting_without_script(page: Page) -> None:
    choose(page)
    prepare(page)
    page.get_by_label("Question 1").fill("What did you change first?")
    page.get_by_role("button", name="More lines").click()
    expect(page.get_by_label("Question 1")).to_have_value("What did you change first?")
    begin(page)
    page.get_by_label("Your notes").fill("doors first")
    say(page, LINES[0], by="the button")
    expect(page.get_by_label("Your notes")).to_have_value("doors first")
    say(page, LINES[1], by="the button")
    expect(page.locator(".turn").last).to_be_in_viewport()
    box(page).fill("Still typing")
    page.get_by_role("button", name="Save the notes").click()
    expect(box(page)).to_have_value("Still typing")
    end(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is written")
    debrief(page)
    expect(page.locator("#turn-5")).to_contain_text("Still typing")
    page.locator("#turn-1").get_by_role("button", name=re.compile("^Try again")).click()
    expect(page.locator("#log .turn")).to_have_count(1)
    page.goto("/progress")
    page.get_by_role("link", name=re.compile("^Delete the session")).last.click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.locator("table.sessions tbody tr")).to_have_count(1)


@pytest.mark.parametrize("options", [PHONE])
def test_a_whole_meeting_on_a_phone(page: Page) -> None:
    page.goto("/")
    no_sideways(page)
    choose(page)
    no_sideways(page)
    prepare(page)
    no_sideways(page)
    begin(page)
    say(page, LINES[0], by="the button")
    expect(box(page)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport()
    expect(page.locator(".turn").last).to_be_in_viewport()
    expect(page.get_by_label("Your notes")).not_to_be_visible()
    page.get_by_text("Notes, prep sheet, dossier").click()
    page.get_by_label("Your notes").fill("doors first")
    expect(page.locator("#notes-saved")).to_have_text("Saved")
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport()
    no_sideways(page)
    end(page)
    no_sideways(page)
    debrief(page)
    no_sideways(page)
    page.get_by_text("As a table").click()
    no_sideways(page)
    page.goto("/progress")
    no_sideways(page)


def test_words_stream_outside_the_log_and_enter_it_once(page: Page, live: Live) -> None:
    meet(page)
    live.contact.go_on.clear()
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.locator("#reply-words")).not_to_be_empty()
    expect(page.locator("#log .turn")).to_have_count(2)
    expect(page.locator("#presence")).to_have_text("Gwen is answering…")
    live.contact.go_on.set()
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(page.locator("#reply .turn")).to_have_count(0)
    expect(page.locator("#presence")).to_be_empty()


def test_what_is_typed_while_the_contact_speaks_stays_in_the_box(page: Page, live: Live) -> None:
    meet(page)
    live.contact.go_on.clear()
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.locator("#reply-words")).not_to_be_empty()
    box(page).fill("And the next thing")
    box(page).press("Enter")
    expect(page.locator("#presence")).to_contain_text("Your words stay in the box.")
    expect(page.locator("#log .turn")).to_have_count(2)
    live.contact.go_on.set()
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(box(page)).to_have_value("And the next thing")


def test_a_reload_in_mid_reply_keeps_the_words_and_finishes_the_reply(page: Page, live: Live) -> None:
    meet(page)
    live.contact.go_on.clear()
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.locator("#reply-words")).not_to_be_empty()
    page.reload()
    expect(page.locator("#log .turn-learner")).to_have_count(1)
    expect(page.locator("#reply-words")).not_to_be_empty()
    live.contact.go_on.set()
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(page.locator("#log .turn-learner")).to_have_count(1)
    expect(box(page)).to_have_value("")


def test_a_contact_that_breaks_off_is_told_and_can_be_asked_again(page: Page, live: Live) -> None:
    meet(page)
    live.contact.fails = True
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("your words are kept")
    expect(page.locator("#log .turn-learner")).to_have_count(1)
    live.contact.fails = False
    page.get_by_role("button", name="Get the reply").click()
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_server_that_cannot_be_reached_leaves_the_words_in_the_box(page: Page) -> None:
    meet(page)
    page.route("**/say/stream", lambda route: route.abort())
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    expect(box(page)).to_have_value(LINES[1])
    page.unroute("**/say/stream")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#log .turn")).to_have_count(3)
    expect(page.get_by_role("alert")).to_be_empty()


def test_notes_that_could_not_be_saved_say_so(page: Page) -> None:
    meet(page)
    page.route("**/notes", lambda route: route.abort())
    page.get_by_label("Your notes").fill("doors")
    expect(page.locator("#notes-saved")).to_contain_text("Not saved")
    page.unroute("**/notes")
    page.get_by_label("Your notes").fill("doors first")
    expect(page.locator("#notes-saved")).to_have_text("Saved")


def test_a_stream_that_breaks_is_taken_up_again_by_itself(page: Page, live: Live) -> None:
    meet(page)
    broken: list[str] = []

    def cut(route: Route) -> None:
        answer = route.fetch()
        first = answer.text().split("\n\n")[0] + "\n\n"
        broken.append(first)
        route.fulfill(response=answer, body=first)

    page.route("**/say/stream", cut, times=1)
    box(page).fill(LINES[1])
    box(page).press("Enter")
    expect(page.locator("#log .turn")).to_have_count(3)
    assert len(broken) == 1
    expect(page.locator("#reply .turn")).to_have_count(0)
    expect(page.locator("#log .turn-learner")).to_have_count(1)


def test_no_typed_word_is_lost_by_leaving(page: Page) -> None:
    meet(page)
    box(page).fill("Half a question")
    page.goto("/progress")
    page.go_back()
    expect(box(page)).to_have_value("Half a question")
    page.reload()
    expect(box(page)).to_have_value("Half a question")
    say(page, "Half a question, now whole?")
    page.reload()
    expect(box(page)).to_have_value("")


def test_enter_does_not_send_half_a_word_of_an_input_method(page: Page) -> None:
    meet(page)
    box(page).fill("にほ")
    for how in ("{key: 'Enter', isComposing: true}", "{key: 'Enter', keyCode: 229}"):
        script = "(field, how) => field.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...how}))"
        assert box(page).evaluate(script.replace("...how", f"...{how}")) is True
    box(page).press("Shift+Enter")
    expect(box(page)).to_have_value("にほ\n")
    expect(page.locator("#log .turn")).to_have_count(1)


def test_the_meeting_ends_on_the_page_when_the_contact_leaves_and_unsent_words_are_shown(page: Page, live: Live) -> None:
    choose(page)
    page.get_by_label("Agreed minutes").fill("1")
    prepare(page)
    begin(page)
    live.contact.go_on.clear()
    box(page).fill("word " * 120)
    box(page).press("Enter")
    expect(page.locator("#reply-words")).not_to_be_empty()
    box(page).fill("But I was not finished")
    live.contact.go_on.set()
    after = page.get_by_role("link", name="Write the thank-you note")
    expect(after).to_be_focused()
    expect(page.locator("[data-unsent]")).to_have_text("But I was not finished")
    after.click()
    expect(page.get_by_role("heading", name="Say thank you")).to_be_visible()


def test_the_wall_clock_ticks_in_the_page(page: Page) -> None:
    page.clock.install()
    choose(page)
    page.get_by_label("Wall clock").check()
    prepare(page)
    begin(page)
    expect(page.locator("[data-minutes]")).to_have_text("0")
    page.clock.run_for(5 * 60_000)
    expect(page.locator("[data-minutes]")).to_have_text("5")


def test_hints_give_a_private_line(page: Page) -> None:
    choose(page)
    page.get_by_label("Hints").check()
    page.get_by_label("Agreed minutes").fill("6")
    prepare(page)
    begin(page)
    for line in (*LINES, "What would you look at first?", "And what else?"):
        if page.locator("#after").count() or page.locator("#hint").inner_text().strip():
            break
        say(page, line)
    expect(page.locator("#hint")).not_to_be_empty()
    expect(page.locator("#log")).not_to_contain_text(page.locator("#hint").inner_text())


@pytest.mark.parametrize("missing", ["**/vendor/**", "**/*.js*"])
def test_a_meeting_works_where_scripts_do_not_arrive(page: Page, missing: str) -> None:
    page.route(missing, lambda route: route.abort())
    meet(page)
    say(page, LINES[0], by="the button")
    expect(box(page)).to_have_value("")
    end(page)
