"""The studio through its pages, on both databases: drafts as typed, checked, published, versioned, offered, taken off again."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from conftest import PERSONA_YAML, FakeClock, FakeContact, count_words
from fastapi import FastAPI
from starlette.testclient import TestClient

from sim import people
from sim.checking import look_over
from sim.people import Passwords
from sim.settings import Settings
from sim.studio.offers import Offers
from sim.studio.records import OnOffer
from web.app import create_app

PASSWORD = "seven grey herons"
PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
HTMX = {**PAGE, "hx-request": "true"}


def application(database_url: str, contact: FakeContact, clock: FakeClock, passwords: Passwords) -> FastAPI:
    settings = Settings(database_url=database_url)
    return create_app(settings, contact=contact, clock=clock, score=count_words, passwords=passwords)


@pytest.fixture
def app(database_url: str, contact: FakeContact, clock: FakeClock, passwords: Passwords, plain_hearing: None) -> FastAPI:
    """The application with its shipped contacts, on either database."""
    return application(database_url, contact, clock, passwords)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser in which the owner is signed in."""
    with TestClient(app, headers=PAGE) as opened:
        opened.cookies.set("sim_account", sign_in(opened))
        yield opened


def sign_in(client: TestClient, email: str = "olga@example.org") -> str:
    """Return the secret of a new account's browser."""

    async def accept() -> str:
        registry = client.app.state.registry  # type: ignore[attr-defined]
        owner = await registry.accounts.owner()
        link = await people.invite(registry, owner.account) if owner else await people.owner_link(registry)
        return await people.accept(registry, link, password=PASSWORD, email=email, name="Olga")

    assert client.portal is not None
    secret: str = client.portal.call(accept)
    return secret


def begun(client: TestClient, text: str = "") -> str:
    """Begin a contact and return its address."""
    if text:
        answer = client.post("/studio/import", files={"file": ("ada.yaml", text.encode(), "application/yaml")})
    else:
        answer = client.post("/studio", data={})
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


def draft(client: TestClient, at: str) -> str:
    return client.get(f"{at}/export").text


def version(client: TestClient, at: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(at).text)
    assert found
    return found[1]


def save(client: TestClient, at: str, *, htmx: bool = True, **form: str) -> Any:
    return client.post(at, data={"version": version(client, at), **form}, headers=HTMX if htmx else PAGE)


def write(client: TestClient, at: str, text: str) -> Any:
    return save(client, at, side="file", source=text)


def publish(client: TestClient, at: str, audience: str = "everybody") -> Any:
    return client.post(f"{at}/publish", data={"version": version(client, at), "side": "form", "audience": audience})


ADA = PERSONA_YAML.replace("id: ada", "id: ada-ferro").lstrip()


# -- beginning ---------------------------------------------------------------------------------------------------------


def test_a_blank_contact_says_what_is_missing_in_the_words_of_sim_check(client: TestClient) -> None:
    at = begun(client)
    page = html.unescape(client.get(at).text)
    text = draft(client, at)
    problems = look_over(text, "new-contact.yaml").problems
    assert {p.path for p in problems} == {"name", "title", "company", "summary"}
    for problem in problems:
        assert f'>{problem.path}</a> <span class="quiet">line {problem.line}</span>' in page
        assert problem.message in page


def test_a_shipped_contact_is_duplicated_with_its_comments_and_an_id_of_its_own(client: TestClient) -> None:
    at = str(client.post("/studio", data={"begin": "busy-vp"}).url.path)
    text = draft(client, at)
    assert "id: busy-vp-copy" in text
    assert "# Who opened the door." in text
    assert "Nothing is wrong" in client.get(at).text
    other = str(client.post("/studio", data={"begin": "busy-vp"}).url.path)
    assert "id: busy-vp-copy-2" in draft(client, other)
    assert client.post("/studio", data={"begin": "nobody"}).status_code == 404


def test_an_imported_file_is_kept_as_it_is_right_or_wrong(client: TestClient) -> None:
    broken = "schema: sim.persona/1\nid: [\nname: Ada\n"
    assert draft(client, begun(client, broken)) == broken
    assert "The form rests" in client.get(begun(client, broken)).text
    assert draft(client, begun(client, ADA)) == ADA
    assert "id: busy-vp-2" in draft(client, begun(client, PERSONA_YAML.replace("id: ada", "id: busy-vp")))


def test_a_file_that_will_not_do_is_refused_with_a_reason(client: TestClient) -> None:
    long = ADA.encode() + b"# x\n" * 80_000
    before = client.get("/studio").text
    for content, told in (
        (b"", "is empty"),
        (b"\xff\xd8\xff\xe0 a photograph", "is a JPEG picture"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"PK\x03\x04 word/document.xml", "is a zip archive (documents of Word"),
        (b"\xff\xfes\0c\0", "is text in UTF-16; save it as UTF-8"),
        (b"name: \x80", "is no text in UTF-8 (byte 7"),
        (b"<!DOCTYPE html><p>Ada", "is a web page"),
        (b"Dear Ada,\nwhat a river it was: wide.\n", "is text without a persona's keys"),
        (b"student,attempt,score\nAda,1,80\n", "is text without a persona's keys"),
        (Path("prompts/rubrics/classic.yaml").read_bytes(), "is a rubric"),
        (b'{"schema": "sim.transcript/1"}', "is a session's transcript"),
        (b"[1]", "is a JSON list"),
        (long, "expected at most 256 kB"),
    ):
        answer = client.post("/studio/import", files={"file": ("my contact.yaml", content)})
        said = html.unescape(answer.text)
        assert (answer.status_code, told in said) == (422, True), (content[:20], said)
        assert "“my contact.yaml”" in said
        assert "your contacts are as they were" in said
        assert 'type="file"' in said, "the next file can be chosen at once"
    assert client.get("/studio").text == before
    assert client.post("/studio/import", files={"file": ("a.yaml", b"x" * 5_000_000)}).status_code == 422
    assert client.post("/studio/import", files={"file": ("a.yaml", b"x" * 7_000_000)}).status_code == 413


def test_a_file_is_taken_by_what_is_in_it_not_by_its_name(client: TestClient) -> None:
    card = client.get(f"{begun(client, ADA)}/export?format=png").content
    for name, content in (("photo.jpg", card), ("ada.pdf", card), ("ada", card)):
        assert "comes back word for word" in client.post("/studio/import", files={"file": (name, content)}).text
    answer = client.post("/studio/import", files={"file": ("ada.png", ADA.encode())})
    assert "id: ada-ferro-2" in draft(client, str(answer.url.path))
    as_json = json.dumps(yaml.safe_load(ADA))
    assert "id: ada-ferro-3" in draft(client, begun(client, as_json))


HEAVY = (
    ("sim.studio.making", "dumped"),
    ("sim.studio.making", "data_of"),
    ("sim.studio.making", "with_value"),
    ("sim.studio.writing", "data_of"),
    ("sim.studio.writing", "with_value"),
    ("web.routes.pages.studio", "look_into"),
    ("web.routes.pages.studio", "read_card"),
    ("web.routes.pages.studio", "card_in_png"),
    ("web.routes.pages.studio", "persona_from"),
    ("web.routes.pages.studio", "card_png"),
)
"""What takes long for a long file, and where it is called from."""


def test_no_meeting_waits_while_a_contact_is_brought_in(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    on_the_loop: dict[str, bool] = {}

    def watched(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **more: Any) -> Any:
            with suppress(RuntimeError):
                asyncio.get_running_loop()
                on_the_loop[name] = True
            on_the_loop.setdefault(name, False)
            return work(*given, **more)

        return run

    for module, name in HEAVY:
        monkeypatch.setattr(f"{module}.{name}", watched(f"{module}.{name}", getattr(import_module(module), name)))
    at = begun(client, json.dumps(yaml.safe_load(ADA)))
    save(client, at, side="form", name="Ida Ferro")
    card = client.get(f"{at}/export?format=png").content
    client.post("/studio/import", files={"file": ("ida.png", card)})
    foreign = json.dumps({"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Bo", "description": "Bo bakes."}})
    client.post("/studio/import/card", data={"card": foreign})
    assert on_the_loop == {f"{module}.{name}": False for module, name in HEAVY}


def test_a_file_that_is_too_long_is_refused_before_it_is_written_anew(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data: Any) -> str:
        raise AssertionError("it was written anew")

    monkeypatch.setattr("sim.studio.making.dumped", refuse)
    long = json.dumps(yaml.safe_load(ADA) | {"extensions": {"x": "y" * 300_000}}).encode()
    answer = client.post("/studio/import", files={"file": ("ada.json", long)})
    assert (answer.status_code, "expected at most 256 kB" in html.unescape(answer.text)) == (422, True)


# -- writing -----------------------------------------------------------------------------------------------------------


def test_the_form_writes_the_file_and_the_file_fills_the_form(client: TestClient) -> None:
    at = begun(client, ADA)
    answer = save(client, at, side="form", **{"private[0].tells": "The bank moved.", "temperament.patience": "5"})
    assert 'hx-target="#file"' in answer.text
    assert 'hx-target="#fields"' not in answer.text
    assert "The bank moved." in draft(client, at)
    assert "patience: 5" in draft(client, at)
    answer = write(client, at, ADA.replace("Head of Bridges", "Head of Tunnels"))
    assert 'hx-target="#fields"' in answer.text
    assert "Head of Tunnels" in answer.text


def test_a_plain_form_may_change_both_sides_at_once(client: TestClient) -> None:
    at = begun(client, ADA)
    answer = save(client, at, htmx=False, source=ADA.replace("minutes: 20", "minutes: 25").replace("\n", "\r\n"), title="Head of Locks")
    assert "Saved" in answer.text
    assert draft(client, at) == ADA.replace("minutes: 20", "minutes: 25").replace("Head of Bridges", '"Head of Locks"')


def test_what_is_typed_wrong_is_kept_and_told_beside_its_field(client: TestClient) -> None:
    at = begun(client, ADA)
    answer = save(client, at, side="form", minutes="soon", title="")
    page = html.unescape(answer.text)
    assert "2 things to mend" in page
    assert "is empty; write something here" in page
    assert 'data-field="f-minutes"' in page
    again = client.get(at).text
    assert 'value="soon"' in again
    assert 'aria-invalid="true"' in again


def test_a_file_that_cannot_be_read_is_kept_and_the_form_rests_until_it_can(client: TestClient) -> None:
    at = begun(client, ADA)
    broken = ADA.replace("name: Ada Ferro", "name: [Ada")
    answer = write(client, at, broken)
    assert "not valid YAML" in answer.text
    assert "The form rests" in answer.text
    assert draft(client, at) == broken
    assert "The form rests" not in write(client, at, ADA).text


def test_a_form_changed_beside_a_broken_file_gives_everything_back(client: TestClient) -> None:
    at = begun(client, ADA)
    answer = save(client, at, htmx=False, source="schema: [", title="Head of Locks")
    assert answer.status_code == 422
    assert "schema: [" in answer.text
    assert "Head of Locks" in answer.text
    assert draft(client, at) == ADA


def test_rows_and_topics_are_added_and_removed_by_buttons(client: TestClient) -> None:
    at = begun(client, ADA)
    answer = save(client, at, side="form", do="add:private")
    assert "Private fact 2" in answer.text
    save(client, at, side="form", do="remove:private:0")
    assert "The river moved" not in draft(client, at)
    assert "night_desk" in save(client, at, side="form", do="add:topic", new_topic="Night desk").text
    refused = save(client, at, htmx=False, side="form", do="add:topic", new_topic="pay")
    assert (refused.status_code, "is there already" in refused.text) == (422, True)
    assert "night_desk" not in save(client, at, side="form", do="remove:topic:night_desk").text


def test_the_id_follows_the_name_until_it_is_published(client: TestClient) -> None:
    at = begun(client)
    save(client, at, side="form", name="Gwen")
    assert "id: gwen\n" in draft(client, at)
    save(client, at, side="form", name="Gwen Tarkowski")
    assert "id: gwen-tarkowski" in draft(client, at)
    save(client, at, side="form", id="the-night-desk")
    save(client, at, side="form", name="Gwen T.")
    assert "id: the-night-desk" in draft(client, at)


@pytest.mark.parametrize("taken", ["busy-vp", "ada-ferro"])
def test_an_id_that_another_contact_has_is_told(client: TestClient, taken: str) -> None:
    begun(client, ADA)
    at = begun(client, ADA.replace("id: ada-ferro", "id: ada-second"))
    answer = save(client, at, side="form", id=taken)
    assert f"another contact has; take another, for instance {taken}-2" in html.unescape(answer.text)
    assert publish(client, at).status_code == 422


@pytest.mark.parametrize("made_up", ["%00", "a%00b", "no-such"])
def test_an_id_that_none_can_be_is_nobodys_contact(client: TestClient, made_up: str) -> None:
    assert client.get(f"/studio/{made_up}").status_code == 404


@pytest.mark.anyio
async def test_two_looks_at_once_at_what_is_on_offer_do_not_trip_each_other() -> None:
    ada, bo = (OnOffer(name, name, "olga", "everybody", 1) for name in ("ada", "bo"))

    class Contacts:
        """Ada is taken off while Bo is being read, and another page asks just then."""

        def __init__(self) -> None:
            self.on = [[bo], [ada, bo]]

        async def on_offer(self) -> list[OnOffer]:
            return self.on.pop()

        async def source(self, contact_id: str, version: int) -> str:
            if contact_id == "bo" and self.on:
                await offers.refresh()
            return ADA

    shown: list[Any] = []
    contacts: Any = Contacts()
    shelf: Any = SimpleNamespace(offer=shown.append)
    offers = Offers(contacts, shelf)
    await offers.refresh()
    assert [len(found) for found in shown] == [1], "what was seen later stays"


def test_two_windows_cannot_overwrite_each_other(client: TestClient) -> None:
    at = begun(client, ADA)
    old = version(client, at)
    write(client, at, ADA.replace("minutes: 20", "minutes: 25"))
    late = {"version": old, "side": "form", "title": "Head of Locks", "source": ADA}
    answer = client.post(at, data=late, headers=HTMX)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#problem")
    assert "changed in another window" not in draft(client, at)
    answer = client.post(at, data={**late, "side": ""})
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "minutes: 25" in page
    assert 'title: "Head of Locks"' in page
    assert "minutes: 25" in draft(client, at)
    kept = re.search(r'name="version" value="(\d+)"', page)
    assert kept
    assert client.post(at, data={"version": kept[1], "side": "file", "source": ADA}).status_code == 200
    assert draft(client, at) == ADA


def test_markup_in_a_draft_stays_dead(client: TestClient) -> None:
    bad = "<script>alert(1)</script></textarea><img src=x onerror=alert(1)>"
    at = begun(client, ADA.replace("Head of Bridges", f'"{bad}"'))
    for page in (client.get(at).text, client.get(f"{at}/brief").text, client.get("/studio").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# -- publishing --------------------------------------------------------------------------------------------------------


def offered(client: TestClient) -> set[str]:
    return {p["id"] for p in client.get("/api/personas").json()}


def test_a_published_contact_stands_beside_the_files_everywhere(client: TestClient) -> None:
    at = begun(client, ADA)
    assert "ada-ferro" not in offered(client)
    assert "Published" in publish(client, at).text
    assert "ada-ferro" in offered(client)
    assert "Ada Ferro" in client.get("/").text
    assert client.get("/contacts/ada-ferro").status_code == 200
    assert client.post("/api/sessions", json={"persona": "ada-ferro"}).status_code == 201
    assert client.post("/sessions", data={"persona": "ada-ferro"}).status_code == 200


def test_one_for_workshops_is_met_only_there(client: TestClient, app: FastAPI) -> None:
    at = begun(client, ADA)
    publish(client, at, "workshops")
    assert "ada-ferro" not in offered(client)
    assert client.get("/contacts/ada-ferro").status_code == 404
    assert client.post("/api/sessions", json={"persona": "ada-ferro"}).status_code == 404
    (maker,) = {row.account_id for row in client.portal.call(app.state.studio.contacts.on_offer)}  # type: ignore[union-attr]
    shelf = app.state.library.for_workshops(maker)
    assert shelf.persona("ada-ferro").name == "Ada Ferro"
    assert {"ada-ferro", "busy-vp"} <= {p.id for p in shelf.personas()}
    assert "ada-ferro" not in {p.id for p in app.state.library.for_workshops("another").personas()}


def test_what_one_process_publishes_another_offers_within_a_second(
    client: TestClient, database_url: str, contact: FakeContact, clock: FakeClock, passwords: Passwords
) -> None:
    other = application(database_url, contact, clock, passwords)
    seconds = [0.0]
    other.state.studio.offers._now = lambda: seconds[0]
    with TestClient(other, headers=PAGE) as neighbour:
        assert "ada-ferro" not in offered(neighbour)
        at = begun(client, ADA)
        publish(client, at)
        seconds[0] = 1.0
        assert "ada-ferro" in offered(neighbour)
        client.post(f"{at}/retire")
        assert "ada-ferro" not in offered(client)
        seconds[0] = 2.0
        assert "ada-ferro" not in offered(neighbour)


def test_a_draft_with_mistakes_is_kept_and_not_published(client: TestClient) -> None:
    at = begun(client, ADA)
    answer = client.post(f"{at}/publish", data={"version": "0", "side": "form", "minutes": "0", "audience": "everybody"})
    assert answer.status_code == 422
    assert "not published" in answer.text
    assert "minutes: 0" in draft(client, at)
    assert "ada-ferro" not in offered(client)


def test_a_meeting_goes_on_with_the_version_it_began_with(client: TestClient) -> None:
    at = begun(client, ADA)
    publish(client, at)
    session = client.post("/api/sessions", json={"persona": "ada-ferro"}).json()
    write(client, at, ADA.replace("Head of Bridges", "Head of Tunnels"))
    publish(client, at)
    assert "Head of Tunnels" in client.get("/contacts/ada-ferro").text
    page = client.get(f"/sessions/{session['id']}/meeting").text
    assert "Head of Bridges" in page
    assert "Head of Tunnels" not in page
    client.post(f"{at}/retire")
    key = {"Authorization": f"Bearer {session['token']}", "accept": "application/json"}
    said = client.post(f"/api/sessions/{session['id']}/turns", json={"text": "How is the river?", "key": "k"}, headers=key)
    assert said.status_code == 200
    client.post(f"{at}/delete")
    assert "Head of Bridges" in client.get(f"/sessions/{session['id']}/meeting").text


def test_each_publishing_is_a_version_to_compare_and_to_go_back_to(client: TestClient) -> None:
    at = begun(client, ADA)
    publish(client, at)
    publish(client, at, "workshops")
    write(client, at, ADA.replace("minutes: 20", "minutes: 25"))
    publish(client, at)
    page = client.get(f"{at}/versions").text
    assert page.count("<h2>Version") == 2, "the same words published again are no new version"
    shown = client.get(f"{at}/versions?version=2&against=before").text
    assert "<code>minutes: 25</code>" in shown
    assert "<code>minutes: 20</code>" in shown
    assert "word for word" in client.get(f"{at}/versions?version=2").text
    assert client.get(f"{at}/versions?version=1").text.count("diff-added") == 1
    client.post(f"{at}/versions/1/restore", data={"version": version(client, at)})
    assert draft(client, at) == ADA
    assert client.post(f"{at}/versions/1/restore", data={"version": "0"}).status_code == 409
    assert client.post(f"{at}/versions/9/restore", data={"version": version(client, at)}).status_code == 404


def test_the_id_follows_the_name_while_the_page_still_shows_the_one_before(client: TestClient) -> None:
    """What is typed next comes with the id that the page was made with; nobody asked for that one back."""
    at = begun(client)
    old = {"id": "new-contact", "id_was": "new-contact"}
    answer = save(client, at, side="form", name="Mara Lind", **old)
    assert 'hx-target="#f-id-box"' in answer.text
    assert 'value="mara-lind"' in answer.text
    assert 'hx-target="#contact-name" hx-swap="innerHTML">Mara Lind<' in answer.text
    save(client, at, side="form", name="Mara Lind", title="Head of Night Ferries", **old)
    assert "id: mara-lind" in draft(client, at)
    save(client, at, side="form", name="Mara Lind", title="Head", id="mara-of-the-ferries", id_was="mara-lind")
    assert "id: mara-of-the-ferries" in draft(client, at)


def test_a_published_contact_keeps_its_id(client: TestClient) -> None:
    at = begun(client, ADA)
    publish(client, at)
    answer = save(client, at, side="form", id="another")
    assert "it was published as 'ada-ferro'" in html.unescape(answer.text)
    assert publish(client, at).status_code == 422


def test_retired_and_published_again(client: TestClient) -> None:
    at = begun(client, ADA)
    publish(client, at)
    assert "Retired" in client.post(f"{at}/retire").text
    assert client.get("/contacts/ada-ferro").status_code == 404
    publish(client, at)
    assert client.get("/contacts/ada-ferro").status_code == 200


def test_deleting_takes_everything_and_is_told_in_the_trail(client: TestClient) -> None:
    at = begun(client, ADA)
    publish(client, at)
    assert "Delete Ada Ferro?" in client.get(f"{at}/delete").text
    client.post(f"{at}/delete")
    assert client.get(at).status_code == 404
    assert "ada-ferro" not in offered(client)
    assert draft(client, begun(client, ADA)) == ADA, "the id is free again"
    trail = client.get("/audit").text
    assert [words in trail for words in ("began a contact", "published a contact", "deleted a contact")] == [True] * 3


def test_a_duplicate_is_a_contact_of_its_own(client: TestClient) -> None:
    at = begun(client, ADA)
    copy = str(client.post(f"{at}/duplicate").url.path)
    assert copy != at
    assert draft(client, copy) == ADA.replace("id: ada-ferro", "id: ada-ferro-copy")


def test_the_brief_shows_what_a_learner_will_see_and_no_more(client: TestClient) -> None:
    at = begun(client, ADA)
    page = html.unescape(client.get(f"{at}/brief").text)
    assert "Span & Co built forty bridges." in page
    assert "The river moved" not in page
    assert "Ira Novak" not in page
    assert "check finds nothing wrong" in client.get(f"{begun(client)}/brief").text


# -- cards -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["v2", "v3", "png"])
def test_a_card_that_was_exported_comes_back_word_for_word(client: TestClient, form: str) -> None:
    at = begun(client, ADA)
    card = client.get(f"{at}/export?format={form}")
    assert "attachment" in card.headers["content-disposition"]
    shown = client.post("/studio/import", files={"file": ("card", card.content)})
    assert "comes back word for word" in shown.text
    found = re.search(r'name="card" value="([^"]*)"', shown.text)
    assert found
    made = client.post("/studio/import/card", data={"card": html.unescape(found[1])})
    assert draft(client, str(made.url.path)) == ADA.replace("id: ada-ferro", "id: ada-ferro-2")


def test_a_foreign_cards_instructions_are_shown_and_kept_only_when_confirmed(client: TestClient) -> None:
    data = {"name": "Bo", "description": "Bo bakes.", "system_prompt": "Obey Bo."}
    card = json.dumps({"spec": "chara_card_v2", "spec_version": "2.0", "data": data})
    shown = client.post("/studio/import", files={"file": ("card.json", card.encode())}).text
    assert "Obey Bo." in shown
    assert "Still to be written" in shown
    assert "Obey" not in draft(client, str(client.post("/studio/import/card", data={"card": card}).url.path))
    assert "Obey Bo." in draft(client, str(client.post("/studio/import/card", data={"card": card, "keep": "yes"}).url.path))


def test_a_card_that_is_none_is_refused(client: TestClient) -> None:
    for content in (b"{}", b'{"spec": "other", "data": {}}', b"\x89PNG\r\n\x1a\n and nothing", b"{" * 1000):
        answer = client.post("/studio/import", files={"file": ("card.json", content)})
        assert answer.status_code == 422
    begun(client)
    assert client.get(f"{begun(client)}/export?format=v2").status_code == 422


# -- the test-drive ----------------------------------------------------------------------------------------------------


def test_a_draft_is_test_driven_and_a_run_is_kept_for_learners(client: TestClient) -> None:
    at = begun(client, ADA)
    assert "Hold the six meetings" in client.get(f"{at}/drive").text
    page = client.post(f"{at}/drive", data={"rubric": "classic", "difficulty": "realistic", "seed": "0"}).text
    assert "What each learner got" in page
    assert page.count("Keep as a good example") == 6
    kept = client.post(f"{at}/examples", data={"learner": "model", "quality": "good", "rubric": "classic"}).text
    assert "a good example, kept" in kept
    publish(client, at)
    assert "Model student" in client.get("/contacts/ada-ferro/examples").text
    gone = re.search(rf'action="({at}/examples/\w+/remove)"', kept)
    assert gone
    assert "a good example, kept" not in client.post(gone[1]).text
    assert client.post(f"{at}/examples", data={"learner": "nobody", "quality": "good"}).status_code == 409


def test_two_runs_of_one_drive_are_kept_and_read_before_anything_is_published(client: TestClient) -> None:
    at = begun(client, PERSONA_YAML)
    run = {"rubric": "classic", "difficulty": "realistic", "seed": "0"}
    for learner, quality in (("model", "good"), ("pushy", "poor")):
        answer = client.post(f"{at}/examples", data={**run, "learner": learner, "quality": quality}, headers=HTMX)
        assert f"a {quality} example, kept" in answer.text
        assert "Hold the six meetings" not in answer.text, "the answer is the list alone, so that the drive stays on the page"
    reads = re.findall(rf'href="({at}/examples/[a-z0-9]+)"', client.get(f"{at}/drive").text)
    assert len(reads) == 2
    page = client.get(reads[0]).text
    assert "A worked example with Ada" in page
    assert f'href="{at}/drive"' in page


def test_a_draft_with_mistakes_is_not_driven(client: TestClient) -> None:
    at = begun(client)
    assert "The draft has mistakes" in client.get(f"{at}/drive").text
    assert "The draft has mistakes" in client.post(f"{at}/drive", data={}).text
    assert client.post(f"{at}/examples", data={"learner": "model", "quality": "good"}).status_code == 409
