"""The pages: each whole and in the parts htmx asks for, whatever is typed into them and whatever goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import PERSONA_YAML, RUBRIC_YAML, FakeClock, FakeContact, OneBook
from fastapi import FastAPI
from jinja2 import TemplateRuntimeError, UndefinedError
from starlette.testclient import TestClient

from sim.errors import StoreUnavailable
from sim.persona import parse_persona
from sim.rubric import parse_rubric
from sim.scorecard import Advice, CriterionScore, Evidence, Scorecard
from sim.settings import Settings
from web import rendering, vendor
from web.app import create_app
from web.rendering import environment, render

HTMX = {"HX-Request": "true", "Accept": "text/html, text/event-stream"}
PAGE = {"Accept": "text/html"}
BAD = """<script>alert(1)</script>"'><img src=x onerror=alert(1)><hx-partial hx-target="body">gone</hx-partial>{{7*7}}"""
TEMPLATES = Path(rendering.__file__).parent / "templates"


def started(client: TestClient, persona: str = "ada", **form: str) -> str:
    """Open a session by the form on the brief; return its address."""
    answer = client.post("/sessions", data={"persona": persona, **form}, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return str(answer.url.path).removesuffix("/prep")


def begun(client: TestClient, **form: str) -> str:
    at = started(client, **form)
    assert client.post(f"{at}/begin", data={}, headers=PAGE).url.path == f"{at}/meeting"
    return at


def said(client: TestClient, at: str, text: str = "How is the river?", key: str = "k1", **form: str) -> Any:
    return client.post(f"{at}/say", data={"text": text, "key": key, **form}, headers=PAGE)


def ended(client: TestClient, **form: str) -> str:
    at = begun(client, **form)
    said(client, at)
    assert client.post(f"{at}/end", data={}, headers=PAGE).url.path == f"{at}/thank-you"
    return at


def finished(client: TestClient, **form: str) -> str:
    at = ended(client, **form)
    client.post(f"{at}/thank-you", data={"to_contact": "Thank you for the river."}, headers=PAGE)
    return at


def text_of(html: str) -> str:
    """Return what a page says, one blank between words."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(html)
    return " ".join(" ".join(found).split())


# -- every page, whole -----------------------------------------------------------------------------------------------------


def test_choosing_a_contact_shows_who_they_are_and_what_makes_them_hard(client: TestClient) -> None:
    page = text_of(client.get("/", headers=PAGE).text)
    for part in ("Ada Ferro", "Head of Bridges, Span & Co", "Manager · 20 minutes", "Closes up when asked for a job"):
        assert part in page


def test_the_brief_shows_the_dossier_and_nothing_that_is_to_be_earned(client: TestClient) -> None:
    page = client.get("/contacts/ada", headers=PAGE).text
    assert "Span &amp; Co built forty bridges." in page
    assert "Jo Park" in page
    assert "river moved" not in page
    assert "Ira Novak" not in page
    for choice in ("gentle", "realistic", "tough", "simulated", "wall", "untimed"):
        assert f'value="{choice}"' in page


def test_the_choices_of_the_brief_are_those_of_the_session(client: TestClient) -> None:
    at = started(client, difficulty="tough", clock="untimed", minutes="35", hints="on")
    page = text_of(client.get(f"{at}/prep", headers=PAGE).text)
    assert "35 minutes; Tough, untimed, assisted by hints" in page


def test_the_prep_sheet_is_kept_by_its_button_and_comes_back(client: TestClient) -> None:
    at = started(client)
    form = {"goal": "Learn", "pitch": "I build", "agenda": "First", "question": ["Why?", "", "How?\nWhen?"]}
    answer = client.post(f"{at}/prep", data=form, headers=PAGE)
    assert "Saved" in answer.text
    page = client.get(f"{at}/prep", headers=PAGE).text
    lines = re.findall(r'<textarea name="question"[^>]*>(.*?)</textarea>', page)
    assert lines[:3] == ["Why?", "How?", "When?"]
    assert "Learn</textarea>" in page


def test_more_lines_keep_what_is_written_and_put_the_cursor_into_the_first_blank_one(client: TestClient) -> None:
    at = started(client)
    page = client.post(f"{at}/prep/questions", data={"question": ["Why?"], "goal": "Learn"}, headers=PAGE).text
    lines = re.findall(r'<textarea name="question"([^>]*)>(.*?)</textarea>', page)
    assert [text for _, text in lines] == ["Why?", "", "", ""]
    assert ["autofocus" in attributes for attributes, _ in lines] == [False, True, False, False]
    assert "Learn</textarea>" in page


def test_a_meeting_is_held_by_plain_forms(client: TestClient) -> None:
    at = begun(client)
    answer = said(client, at, notes="remember the river")
    assert answer.url.path == f"{at}/meeting"
    page = text_of(answer.text)
    assert "How is the river?" in page
    assert "Contact line 2" in page
    assert "remember the river" in page


def test_the_transcript_is_a_log_and_what_streams_stands_outside_it(client: TestClient) -> None:
    page = client.get(f"{begun(client)}/meeting", headers=PAGE).text
    log = page[page.index('id="log"') : page.index('id="reply"')]
    assert 'role="log"' in log
    assert "reply-words" not in log
    assert re.search(r'id="clock"[^>]*role="status"', page)
    assert re.search(r'id="problem"[^>]*role="alert"', page)


def test_ending_leads_to_the_note_the_note_to_the_self_rating_and_that_to_the_debrief(client: TestClient) -> None:
    at = ended(client)
    note = client.post(f"{at}/thank-you", data={"to_contact": "Thanks", "to_referrer": "And you"}, headers=PAGE)
    assert note.url.path == f"{at}/self-rating"
    debrief = client.post(f"{at}/self-rating", data={"rate-listening": "5"}, headers=PAGE)
    assert debrief.url.path == f"{at}/debrief"
    page = text_of(debrief.text)
    assert "You: 5. You rated yourself 4 steps higher." in page
    assert "The door is" in page


def test_skipping_the_note_and_the_rating_is_possible(client: TestClient) -> None:
    at = ended(client)
    assert client.post(f"{at}/thank-you", data={"skip": "1"}, headers=PAGE).url.path == f"{at}/self-rating"
    page = text_of(client.get(f"{at}/debrief", headers=PAGE).text)
    assert "No thank-you note was sent." in page
    assert "You rated" not in page


def test_the_draft_counts_when_the_meeting_is_ended(client: TestClient) -> None:
    at = begun(client)
    client.post(f"{at}/end", data={"text": "I was about to ask", "notes": "n"}, headers=PAGE)
    assert "I was about to ask" in client.get(f"{at}/thank-you", headers=PAGE).text


@pytest.mark.parametrize("rest", ["", "/prep", "/meeting", "/thank-you", "/self-rating", "/debrief"])
def test_a_session_goes_on_where_it_stands(client: TestClient, rest: str) -> None:
    def leads_to(at: str) -> str:
        return client.get(f"{at}{rest}", headers=PAGE).url.path.removeprefix(at)

    assert leads_to(started(client)) == "/prep"
    assert leads_to(begun(client)) == "/meeting"
    assert leads_to(ended(client)) == (rest if rest == "/meeting" else "/thank-you")
    assert leads_to(finished(client)) == (rest if rest == "/self-rating" else "/debrief")


def test_trying_again_opens_a_session_of_its_own_and_its_debrief_shows_both(client: TestClient) -> None:
    at = finished(client)
    again = client.post(f"{at}/fork", data={"turn": "1"}, headers=PAGE)
    fork = again.url.path.removesuffix("/meeting")
    assert fork != at
    assert "From here on you are trying again." in again.text
    assert "How is the river?" not in text_of(again.text)
    said(client, fork, "What about steel and stone and sand and water then?", "k9")
    client.post(f"{fork}/end", headers=PAGE)
    client.post(f"{fork}/thank-you", data={"skip": "1"}, headers=PAGE)
    page = client.get(f"{fork}/debrief", headers=PAGE).text
    assert "Both times, side by side" in page
    assert f'href="{at}/debrief"' in page
    assert "How is the river?" in client.get(f"{at}/debrief", headers=PAGE).text


def test_the_debrief_of_a_fork_stands_alone_when_the_first_run_was_deleted(client: TestClient) -> None:
    at = finished(client)
    fork = client.post(f"{at}/fork", data={"turn": "1"}, headers=PAGE).url.path.removesuffix("/meeting")
    client.post(f"{fork}/end", data={"text": "Bye"}, headers=PAGE)
    client.post(f"{fork}/thank-you", data={"skip": "1"}, headers=PAGE)
    client.post(f"{at}/delete", headers=PAGE)
    page = client.get(f"{fork}/debrief", headers=PAGE)
    assert page.status_code == 200
    assert "The first time" not in text_of(page.text)


def test_numbers_can_be_hidden_everywhere_and_stay_hidden(client: TestClient) -> None:
    at = finished(client)
    assert "of 100" in text_of(client.get(f"{at}/debrief", headers=PAGE).text)
    for hidden in (client.get(f"{at}/debrief?numbers=hide", headers=PAGE), client.get("/progress", headers=PAGE)):
        assert not re.search(r'of 100|id="overall|class="scale|mark-figure|<strong>\d', hidden.text)
    assert "of 100" in text_of(client.get(f"{at}/debrief?numbers=show", headers=PAGE).text)


def test_another_school_can_mark_the_same_session(client: TestClient) -> None:
    assert client.get(f"{finished(client)}/debrief?rubric=other", headers=PAGE).status_code == 200


def test_a_session_can_be_saved_in_two_forms(client: TestClient) -> None:
    at = finished(client)
    data = client.get(f"{at}/export.json")
    assert data.json()["schema"] == "sim.transcript/1"
    assert "attachment" in data.headers["content-disposition"]
    assert "How is the river?" in client.get(f"{at}/export.md").text
    assert client.get(f"{at}/export.exe", headers=PAGE).status_code == 404


def test_deleting_asks_once_more_and_then_nothing_is_left(client: TestClient) -> None:
    at = finished(client)
    assert "Delete this session?" in client.get(f"{at}/delete", headers=PAGE).text
    assert client.get(f"{at}/debrief", headers=PAGE).status_code == 200
    gone = client.post(f"{at}/delete", headers=PAGE)
    assert gone.url.path == "/progress"
    assert "Nothing here yet" in gone.text
    assert client.get(f"{at}/debrief", headers=PAGE).status_code == 404


def test_progress_is_empty_first_and_then_lists_every_session(client: TestClient) -> None:
    assert "Nothing here yet" in client.get("/progress", headers=PAGE).text
    at, open_one = finished(client), begun(client)
    client.get(f"{at}/debrief", headers=PAGE)
    page = client.get("/progress", headers=PAGE).text
    assert f'href="{at}/debrief"' in page
    assert f'href="{open_one}"' in page
    assert "Go on where you left off" in client.get("/", headers=PAGE).text


def test_hints_are_shown_only_to_who_chose_them(client: TestClient, contact: FakeContact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.scoring.hints.hint_for", lambda *given, timed: "Nobody else mentioned yet.")
    assert "Nobody else mentioned" not in said(client, begun(client)).text
    with_hints = begun(client, hints="on")
    assert "Nobody else mentioned yet." in said(client, with_hints).text
    client.post(f"{with_hints}/end", headers=PAGE)
    client.post(f"{with_hints}/thank-you", data={"skip": "1"}, headers=PAGE)
    assert "Assisted" in client.get(f"{with_hints}/debrief", headers=PAGE).text


# -- the parts htmx asks for ---------------------------------------------------------------------------------------------------


def test_typing_on_the_prep_sheet_returns_only_the_word_that_it_is_saved(client: TestClient) -> None:
    at = started(client)
    answer = client.post(f"{at}/prep", data={"goal": "Learn"}, headers=HTMX)
    assert answer.text.strip() == "Saved"
    assert "HX-Request" in answer.headers["vary"]
    assert "Learn" in client.get(f"{at}/prep", headers=PAGE).text


def test_more_lines_return_only_the_questions(client: TestClient) -> None:
    part = client.post(f"{started(client)}/prep/questions", data={"question": ["Why?"]}, headers=HTMX).text
    assert part.strip().startswith("<fieldset")
    assert "<html" not in part


def test_notes_and_drafts_are_kept_while_typing(client: TestClient) -> None:
    at = begun(client)
    assert client.post(f"{at}/notes", data={"notes": "river", "text": "half a"}, headers=HTMX).text == "Saved"
    client.post(f"{at}/end", data={}, headers=PAGE)
    assert client.post(f"{at}/thank-you/draft", data={"to_contact": "Dear"}, headers=HTMX).text == "Draft kept"
    page = client.get(f"{at}/thank-you", headers=PAGE).text
    assert "Dear</textarea>" in page
    assert "river" in page


def test_saving_notes_by_the_button_keeps_the_message_in_the_box(client: TestClient) -> None:
    page = client.post(f"{begun(client)}/notes", data={"notes": "river", "text": "half a"}, headers=PAGE).text
    assert "half a</textarea>" in page
    assert "river</textarea>" in page


def streamed(client: TestClient, at: str, text: str = "How is the river?", key: str = "k1", **form: str) -> Any:
    return client.post(f"{at}/say/stream", data={"text": text, "key": key, **form}, headers=HTMX)


def events(answer: Any) -> list[str]:
    """Return the HTML of each event of a stream, as a browser reads it."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [b for b in answer.text.split("\n\n") if b.strip()]
    return ["\n".join(line.removeprefix("data: ") for line in block.split("\n")) for block in blocks]


def test_a_reply_streams_as_parts_and_enters_the_log_once(client: TestClient) -> None:
    at = begun(client)
    first, *tokens, last = events(streamed(client, at))
    assert first.count('hx-target="#log"') == 1
    assert "How is the river?" in first
    assert all('hx-target="#reply-words"' in t for t in tokens)
    assert "".join(re.findall(r">([^<]*)</hx-partial>", "".join(tokens))) == "Contact line 2 answer."
    assert last.count("Contact line 2 answer.") == 1
    assert 'hx-target="#log"' in last
    assert 'id="turn-2"' in last


def test_each_message_gets_a_key_of_its_own(client: TestClient) -> None:
    at = begun(client)
    before = re.search(r'id="key"[^>]*value="(\w+)"', client.get(f"{at}/meeting", headers=PAGE).text)
    after = re.search(r'id="key"[^>]*value="(\w+)"', events(streamed(client, at))[0])
    assert before is not None
    assert after is not None
    assert before[1] != after[1]


def test_a_resend_with_the_same_key_gets_the_same_reply_and_adds_nothing(client: TestClient, contact: FakeContact) -> None:
    at = begun(client)
    streamed(client, at)
    spoken = contact.spoken
    assert "Contact line 2 answer." in events(streamed(client, at))[-1]
    assert contact.spoken == spoken
    assert client.get(f"{at}/meeting", headers=PAGE).text.count("How is the river?") == 1


def test_when_the_contact_leaves_the_box_gives_way_to_the_next_step(client: TestClient) -> None:
    last = events(streamed(client, begun(client, minutes="1"), "word " * 300))[-1]
    assert 'hx-target="#say"' in last
    assert "Write the thank-you note" in last


def test_a_broken_reply_says_so_and_keeps_the_words(client: TestClient, contact: FakeContact) -> None:
    at = begun(client)
    contact.fails = True
    last = events(streamed(client, at))[-1]
    assert 'hx-target="#problem"' in last
    assert "Get the reply" in last
    assert "stuck" in last
    assert 'value="How is the river?"' in last
    contact.fails = False
    again = events(streamed(client, at, resume="1"))
    assert 'hx-target="#log"' not in again[0]
    assert "Contact line 2 answer." in again[-1]


def test_a_broken_reply_can_be_had_by_plain_forms_too(client: TestClient, contact: FakeContact) -> None:
    at = begun(client)
    contact.fails = True
    answer = said(client, at)
    assert answer.status_code == 503
    assert "The endpoint is down." in text_of(answer.text)
    assert "How is the river?" in text_of(answer.text)
    contact.fails = False
    again = said(client, at, resume="1")
    assert again.url.path == f"{at}/meeting"
    assert text_of(again.text).count("How is the river?") == 1
    assert "Contact line 2" in again.text


def test_a_page_reloaded_while_the_reply_is_on_its_way_joins_it(client: TestClient, contact: FakeContact) -> None:
    at = begun(client)
    hold = contact.hold()
    assert client.portal is not None
    with ThreadPoolExecutor(2) as others:
        first = others.submit(streamed, client, at)
        client.portal.call(contact.waiting.wait)
        page = client.get(f"{at}/meeting", headers=PAGE).text
        second = others.submit(streamed, client, at, resume="1")
        client.portal.call(hold.set)
        answers = [events(a.result()) for a in (first, second)]
    assert "How is the river?" in page
    assert 'hx-trigger="load, submit"' in page
    assert "Contact line 2" not in page
    assert all("Contact line 2 answer." in a[-1] for a in answers)


def test_ending_by_htmx_sends_the_browser_on(client: TestClient) -> None:
    at = begun(client)
    answer = client.post(f"{at}/end", data={"text": "One last thing"}, headers=HTMX)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"{at}/thank-you")


# -- unhappy ways ----------------------------------------------------------------------------------------------------------------


def test_an_empty_message_is_sent_back_with_the_reason(client: TestClient) -> None:
    answer = said(client, begun(client), "   ")
    assert answer.status_code == 422
    assert "Your message is empty" in text_of(answer.text)


def test_an_overlong_message_stays_in_the_box(client: TestClient) -> None:
    long = "many words " * 9_000
    answer = said(client, begun(client), long, notes="and a note")
    assert answer.status_code == 422
    assert "at most 4,000 are taken" in text_of(answer.text)
    assert long.strip() in answer.text
    assert "and a note" in answer.text


def test_control_characters_do_no_harm(client: TestClient) -> None:
    answer = said(client, begun(client), "Is\x00 it\x07 so\u202e?")
    assert answer.status_code == 200
    assert "\x07" not in answer.text


def test_a_second_message_while_one_is_in_flight_is_refused_and_kept(client: TestClient, contact: FakeContact) -> None:
    at = begun(client)
    hold = contact.hold()
    assert client.portal is not None
    with ThreadPoolExecutor(1) as other:
        first = other.submit(said, client, at)
        client.portal.call(contact.waiting.wait)
        plain = said(client, at, "And why?", "k2")
        part = streamed(client, at, "And why?", "k2")
        client.portal.call(hold.set)
        assert first.result().status_code == 200
    assert plain.status_code == 409
    assert "And why?</textarea>" in plain.text
    assert (part.status_code, part.headers["hx-retarget"]) == (409, "#problem")
    assert "<html" not in part.text


def test_what_is_sent_after_the_end_is_given_back(client: TestClient) -> None:
    at = ended(client)
    answer = said(client, at, "One more thing", "k7")
    assert answer.status_code == 409
    assert "The meeting is over" in text_of(answer.text)
    assert "One more thing" in answer.text


def test_a_note_to_nobody_is_asked_for_again(client: TestClient) -> None:
    answer = client.post(f"{ended(client)}/thank-you", data={"to_contact": " "}, headers=PAGE)
    assert answer.status_code == 422
    assert "Nothing is written in either note." in text_of(answer.text)


def test_an_overlong_note_stays_in_its_box(client: TestClient) -> None:
    answer = client.post(f"{ended(client)}/thank-you", data={"to_contact": "so " * 2_000}, headers=PAGE)
    assert answer.status_code == 422
    assert "so so so" in answer.text


@pytest.mark.parametrize("path", ["/contacts/nobody", "/sessions/nothing", "/sessions/nothing/debrief", "/no/such/page"])
def test_what_is_not_there_is_a_page_with_a_way_back(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert "Back to the contacts" in answer.text


def test_somebody_elses_session_is_not_there(client: TestClient, app: FastAPI) -> None:
    at = finished(client)
    client.cookies.clear()
    for rest in ("/debrief", "/export.json", "/delete"):
        assert client.get(f"{at}{rest}", headers=PAGE).status_code == 404
    assert client.post(f"{at}/delete", headers=PAGE).status_code == 404


@pytest.mark.parametrize("form", [{"minutes": "soon"}, {"minutes": "0"}, {"difficulty": "deadly"}, {"clock": "sand"}, {"rubric": "x"}])
def test_a_choice_that_is_none_is_refused_in_words(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post("/sessions", data={"persona": "ada"} | form, headers=PAGE)
    assert answer.status_code in (404, 422)
    assert "Traceback" not in answer.text
    assert "<main" in answer.text


@pytest.mark.parametrize("turn", ["0", "99", "-1", "x"])
def test_trying_again_from_a_turn_that_is_none_of_ones_own_is_refused(client: TestClient, turn: str) -> None:
    assert client.post(f"{finished(client)}/fork", data={"turn": turn}, headers=PAGE).status_code == 422


@pytest.mark.parametrize("mark", ["0", "6", "-1", "x", "٣", "5" * 5000])
def test_a_self_rating_off_the_scale_is_refused_or_ignored(client: TestClient, mark: str) -> None:
    at = finished(client)
    assert client.post(f"{at}/self-rating", data={"rate-listening": mark}, headers=PAGE).status_code in (200, 422)
    assert client.post(f"{at}/self-rating", data={"rate-nothing": "3"}, headers=PAGE).status_code == 422


def test_a_database_that_is_away_gives_back_what_was_typed(client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    at = begun(client)

    async def away(*given: Any, **more: Any) -> None:
        raise StoreUnavailable("the database cannot be reached")

    monkeypatch.setattr(app.state.store, "hear", away)
    answer = said(client, at, "My careful question")
    assert answer.status_code == 503
    assert "My careful question</textarea>" in answer.text
    assert answer.headers["retry-after"]
    part = streamed(client, at, "My careful question")
    assert (part.status_code, part.headers["hx-retarget"]) == (503, "#problem")


def test_a_form_from_another_site_is_refused_on_a_page(client: TestClient) -> None:
    answer = client.post("/sessions", data={"persona": "ada"}, headers=PAGE | {"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "<main" in answer.text


def test_a_request_that_is_too_large_is_refused_on_a_page(client: TestClient) -> None:
    at = begun(client)
    answer = said(client, at, "x" * 300_000)
    assert answer.status_code == 413
    assert "<main" in answer.text


def test_what_nobody_foresaw_is_a_page_without_the_learners_words(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*given: Any, **more: Any) -> None:
        raise RuntimeError("a secret thought")

    with TestClient(app, headers={"sec-fetch-site": "same-origin"}, raise_server_exceptions=False) as client:
        at = begun(client)
        monkeypatch.setattr(app.state.store, "load", broken)
        answer = client.get(f"{at}/meeting", headers=PAGE)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "<main" in answer.text


# -- whatever is typed ---------------------------------------------------------------------------------------------------------


def nasty(yaml: str) -> str:
    """Put the bad text behind every name and sentence of a document."""
    quoted = BAD.replace("'", "''")
    return re.sub(r"(?m)(name|title|company|summary|relation|role|school|question|tells): [^{}\[\],\n]+", rf"\1: '\1 {quoted}'", yaml)


def nasty_marks(transcript: Any, persona: Any, rubric: Any) -> Scorecard:
    """Quote the learner's bad text as evidence everywhere, with bad reasons."""
    places = [("turn:1", BAD), ("prep", BAD), ("notes", BAD), ("thank_you", BAD), ("clock", BAD), (BAD, BAD)]
    evidence = [Evidence(where=w, quote=q, effect=e, why=BAD) for w, q in places for e in ("helps", "hurts")]
    marks = [CriterionScore(id=c.id, score=2, rationale=BAD, evidence=evidence, advice=BAD) for c in rubric.criteria]
    advice = [Advice(criterion=BAD, title=BAD, where=BAD, quote=BAD, why=BAD, instead=BAD)]
    return Scorecard(transcript=transcript.id, rubric=rubric.id, overall=40, graded_by="detectors", criteria=marks, advice=advice)


class NastyContact(FakeContact):
    """Answers with markup, a piece at a time."""

    async def speak(self, brief: Any) -> Any:
        async for piece in super().speak(brief):
            yield piece if not isinstance(piece, str) else f"{piece}{BAD}"


@pytest.fixture
def nasty_client(settings: Settings, clock: FakeClock, plain_hearing: None) -> Iterator[TestClient]:
    library = OneBook(parse_persona(nasty(PERSONA_YAML)), parse_rubric(nasty(RUBRIC_YAML)))
    app = create_app(settings, library=library, contact=NastyContact(), clock=clock, score=nasty_marks)  # type: ignore[arg-type]
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as opened:
        yield opened


def nasty_walk(client: TestClient) -> Iterator[str]:
    """Type the bad text into every field of every form and yield every page and part on the way."""
    for path in ("/", "/contacts/ada", f"/contacts/{BAD}", f"/sessions/{BAD}", f"/progress?numbers={BAD}"):
        yield client.get(path, headers=PAGE).text
    yield client.post("/sessions", data={"persona": BAD, "minutes": BAD, "difficulty": BAD}, headers=PAGE).text
    at = started(client)
    sheet = {"goal": BAD, "pitch": BAD, "agenda": BAD, "question": [BAD, BAD]}
    for headers in (PAGE, HTMX):
        yield client.post(f"{at}/prep", data=sheet, headers=headers).text
        yield client.post(f"{at}/prep/questions", data=sheet, headers=headers).text
    yield client.post(f"{at}/begin", data=sheet, headers=PAGE).text
    yield streamed(client, at, BAD, BAD[:60]).text
    yield said(client, at, BAD, "second", notes=BAD).text
    yield said(client, at, BAD + "x" * 9_000, "third").text
    for headers in (PAGE, HTMX):
        yield client.post(f"{at}/notes", data={"notes": BAD, "text": BAD}, headers=headers).text
    yield client.post(f"{at}/end", data={"text": BAD}, headers=PAGE).text
    yield client.get(f"{at}/meeting", headers=PAGE).text
    yield client.post(f"{at}/thank-you/draft", data={"to_contact": BAD, "to_referrer": BAD}, headers=HTMX).text
    yield client.get(f"{at}/thank-you", headers=PAGE).text
    yield client.post(f"{at}/thank-you", data={"to_contact": BAD, "to_referrer": BAD}, headers=PAGE).text
    yield client.post(f"{at}/self-rating", data={f"rate-{BAD}": "3"}, headers=PAGE).text
    for query in ("", "?numbers=hide", f"?rubric={BAD}", "?numbers=show"):
        yield client.get(f"{at}/debrief{query}", headers=PAGE).text
    yield client.post(f"{at}/fork", data={"turn": BAD}, headers=PAGE).text
    yield client.get(f"{at}/delete", headers=PAGE).text
    yield client.get("/progress", headers=PAGE).text


def test_markup_in_any_field_stays_text(nasty_client: TestClient) -> None:
    seen = 0
    for html in nasty_walk(nasty_client):
        seen += "&lt;script&gt;alert(1)" in html
        for live in ("<script>alert", "<img src=x", '<hx-partial hx-target="body"', "onerror=alert(1)>", "49}}"):
            assert live not in html
    assert seen > 12


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(html)
    return found


def test_no_page_holds_what_the_policy_would_stop_or_leaves_this_site(nasty_client: TestClient) -> None:
    for html in nasty_walk(nasty_client):
        for tag, attributes in tags(html):
            assert tag != "style"
            assert tag != "script" or str(attributes.get("src")).startswith("/static/")
            assert not any(name == "style" or name.startswith(("on", "hx-on")) for name in attributes)
            for name in ("href", "src", "action", "formaction", "hx-post", "hx-get"):
                value = attributes.get(name)
                assert value is None or re.match(r"/(?!/)|#|\?", value), (tag, name, value)


def test_every_page_names_its_language_its_title_its_main_part_and_a_way_past_the_frame(nasty_client: TestClient) -> None:
    for html in nasty_walk(nasty_client):
        if "<html" not in html:
            continue
        names = [tag for tag, _ in tags(html)]
        assert '<html lang="en">' in html
        assert (names.count("main"), names.count("h1")) == (1, 1)
        assert re.search(r"<title>\s*\S.* · Twenty Minutes</title>", html)
        assert 'class="skip"' in html
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids))


def test_every_field_has_a_name_for_those_who_do_not_see_it(nasty_client: TestClient) -> None:
    for html in nasty_walk(nasty_client):
        if "<html" not in html:
            continue
        found = tags(html)
        labelled = {a.get("for") for tag, a in found if tag == "label"}
        for tag, attributes in found:
            if tag in ("textarea", "select") or (tag == "input" and attributes.get("type") not in ("hidden", "radio", "checkbox")):
                assert attributes.get("id") in labelled or attributes.get("aria-label"), attributes


# -- the templates and files --------------------------------------------------------------------------------------------------


def test_a_name_that_a_page_forgot_to_pass_is_an_error() -> None:
    with pytest.raises((UndefinedError, TemplateRuntimeError)):
        render("home.html")


def test_no_template_trusts_words_and_all_are_escaped() -> None:
    for path in TEMPLATES.iterdir():
        assert path.suffix == ".html"
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", path.read_text("utf-8"))
    assert environment().autoescape is True


def test_static_files_are_served_and_named_by_what_is_in_them(client: TestClient) -> None:
    page = client.get("/", headers=PAGE).text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        assert client.get(address).status_code == 200
        assert re.search(r"\?v=[0-9a-f]{10}$", address)


def test_without_the_script_library_pages_are_whole_and_ask_for_none_of_it(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(environment().globals, "scripted", False)
    assert "htmx" not in "".join(str(a.get("src")) for t, a in tags(client.get("/", headers=PAGE).text) if t == "script")
    assert "Contact line 2" in said(client, begun(client)).text


def test_vendoring_copies_what_npm_installed_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in vendor.FILES.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    monkeypatch.setattr(vendor, "TARGET", tmp_path / "vendor")
    (tmp_path / "package.json").write_text('{"dependencies": {"htmx.org": "4.0.1"}}')
    (tmp_path / "node_modules/htmx.org/package.json").write_text('{"version": "4.0.1"}')
    assert vendor.main([]) == 0
    assert sorted(p.name for p in (tmp_path / "vendor").iterdir()) == sorted(vendor.FILES)
    (tmp_path / "node_modules/htmx.org/package.json").write_text('{"version": "3.9.0"}')
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert vendor.main([]) == 0
    assert vendor.main(["--strict"]) == 1
    assert "npm is not installed" in capsys.readouterr().err
