"""The HTTP interface keeps to `contracts/http.md`, whoever calls and however."""

from __future__ import annotations

import json
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import PERSONA_YAML, FakeClock, FakeContact, OneBook, count_words
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from sim.errors import PersonaError, Problem, SimError
from sim.library import Library
from sim.settings import Settings
from web.app import create_app
from web.problems import of_error, problem
from web.security import SameOriginGuard

PROBLEM = "application/problem+json"
CONTRACTS = Path(__file__).parent / "contracts"


def opened(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/sessions", json={"persona": "ada", "seed": 1, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(session: dict[str, Any], rest: str = "") -> str:
    return f"/api/sessions/{session['id']}{rest}"


def say(client: TestClient, session: dict[str, Any], text: str = "How?", key: str = "k1", **headers: str) -> Any:
    accept = {"accept": "application/json"} | headers
    return client.post(at(session, "/turns"), json={"text": text, "key": key}, headers=accept)


def events(body: str) -> list[tuple[str, dict[str, Any]]]:
    """Read a stream as a browser would."""
    found = []
    for block in body.replace("\r\n", "\n").strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def conforms(data: Any, name: str) -> bool:
    schema = json.loads((CONTRACTS / f"{name}.schema.json").read_text("utf-8"))
    return not list(Draft202012Validator(schema).iter_errors(data))


# -- the table of the contract, row by row -----------------------------------------------------------------------------


def test_personas_are_offered_with_their_public_parts_only(client: TestClient) -> None:
    answer = client.get("/api/personas")
    (card,) = answer.json()
    assert (card["id"], card["referrer"]["name"], card["minutes"]) == ("ada", "Jo Park", 20)
    for secret in ("river moved", "Ira Novak", "temperament", "private", "lines"):
        assert secret not in answer.text


def test_rubrics_are_offered(client: TestClient) -> None:
    assert client.get("/api/rubrics").json()[0]["criteria"] == {"listening": "Did they listen?"}


def test_opening_returns_the_session_with_its_token_and_the_greeting(client: TestClient) -> None:
    answer = client.post("/api/sessions", json={"persona": "ada", "minutes": 12.5, "difficulty": "tough", "seed": 4})
    found = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == at(found)
    assert (found["persona"], found["agreed_minutes"], found["difficulty"], found["seed"]) == ("ada", 12.5, "tough", 4)
    assert found["turns"][0]["text"] == "Contact line 0 greeting."
    assert len(found["token"]) >= 32


def test_prep_and_notes_are_kept(client: TestClient) -> None:
    session = opened(client)
    assert client.put(at(session, "/prep"), json={"goal": "learn", "questions": ["How?"]}).status_code == 204
    assert client.put(at(session, "/notes"), json={"text": "bridges"}).status_code == 204
    found = client.get(at(session)).json()
    assert (found["prep"]["questions"], found["notes"]) == (["How?"], "bridges")


def test_a_reply_streams_as_tokens_and_one_done(client: TestClient) -> None:
    session = opened(client)
    answer = client.post(at(session, "/turns"), json={"text": "How?", "key": "k1"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    *tokens, (last, done) = events(answer.text)
    assert {name for name, _ in tokens} == {"token"}
    assert "".join(data["text"] for _, data in tokens) == "Contact line 2 answer."
    assert last == "done"
    assert set(done) == {"turn", "minute", "cue", "ended", "engine"}
    assert (done["turn"], done["cue"], done["ended"], done["engine"]) == (2, "none", False, "scripted")


def test_a_reply_can_be_had_at_once(client: TestClient) -> None:
    found = say(client, opened(client)).json()
    assert found["text"] == "Contact line 2 answer."
    assert found["turn"] == 2


def test_a_resend_streams_the_stored_reply(client: TestClient, contact: FakeContact) -> None:
    session = opened(client)
    first, second = [client.post(at(session, "/turns"), json={"text": "How?", "key": "k1"}).text for _ in range(2)]
    assert events(second)[-1] == events(first)[-1]
    assert contact.spoken == 2


def test_one_turn_in_flight(client: TestClient, contact: FakeContact) -> None:
    session = opened(client)
    hold = contact.hold()
    assert client.portal is not None
    with ThreadPoolExecutor(1) as other:
        first = other.submit(say, client, session)
        client.portal.call(contact.waiting.wait)
        second = say(client, session, "And why?", "k2")
        assert client.get(at(session)).json()["in_flight"] is True
        client.portal.call(hold.set)
        assert first.result().status_code == 200
    assert (second.status_code, second.headers["content-type"]) == (409, PROBLEM)
    assert "waiting for its reply" in second.json()["detail"]


def test_a_reply_that_fails_ends_its_stream_with_an_error_and_can_be_had_by_a_resend(client: TestClient, contact: FakeContact) -> None:
    session = opened(client)
    contact.fails = True
    stream = events(client.post(at(session, "/turns"), json={"text": "How?", "key": "k1"}).text)
    assert [name for name, _ in stream] == ["token", "error"]
    assert "endpoint is down" in stream[-1][1]["detail"]
    assert say(client, session).status_code == 503
    contact.fails = False
    assert say(client, session).json()["turn"] == 2


def test_ending_can_be_repeated_and_takes_the_draft_along(client: TestClient) -> None:
    session = opened(client)
    first = client.post(at(session, "/end"), json={"draft": "I was about to ask"})
    second = client.post(at(session, "/end"))
    assert first.status_code == second.status_code == 200
    assert [t["text"] for t in second.json()["turns"]][1:] == ["I was about to ask"]
    assert say(client, session).status_code == 409


def test_the_note_is_sent_or_skipped(client: TestClient) -> None:
    for note, stage in (({"to_contact": "Thanks."}, "debrief"), ({"skip": True}, "debrief")):
        session = opened(client)
        assert client.post(at(session, "/thank-you"), json=note).status_code == 409
        client.post(at(session, "/end"))
        assert client.post(at(session, "/thank-you"), json=note).json()["stage"] == stage


def test_scorecard_and_transcript_keep_to_their_schemas(client: TestClient) -> None:
    session = opened(client)
    client.put(at(session, "/prep"), json={"goal": "learn"})
    say(client, session)
    assert client.get(at(session, "/scorecard")).status_code == 409
    assert "trace" not in client.get(at(session, "/transcript")).json()
    client.post(at(session, "/end"))
    client.post(at(session, "/thank-you"), json={"skip": True})
    card, script = client.get(at(session, "/scorecard")).json(), client.get(at(session, "/transcript")).json()
    assert conforms(card, "scorecard")
    assert conforms(script, "transcript")
    assert card["transcript"] == script["id"] == session["id"]
    assert [entry["turn"] for entry in script["trace"]] == [0, 2]
    assert set(script["outcome"]) == {"door", "why", "ledger"}
    assert client.get(at(session, "/scorecard?rubric=other")).json()["rubric"] == "other"


def test_a_fork_is_a_session_of_its_own(client: TestClient) -> None:
    session = opened(client)
    say(client, session)
    answer = client.post(at(session, "/fork"), json={"turn": 1})
    fork = answer.json()
    assert answer.status_code == 201
    assert (fork["parent"], fork["fork_turn"], len(fork["turns"])) == (session["id"], 1, 1)
    assert say(client, fork, "Something better?").status_code == 200
    assert len(client.get(at(session)).json()["turns"]) == 3


def test_deleting_is_for_good(client: TestClient) -> None:
    session = opened(client)
    assert client.delete(at(session)).status_code == 204
    assert client.get(at(session)).status_code == 404
    assert client.delete(at(session)).status_code == 404


def test_the_history_belongs_to_the_cookie(client: TestClient) -> None:
    session = opened(client)
    assert [row["id"] for row in client.get("/api/sessions").json()] == [session["id"]]
    client.cookies.clear()
    assert client.get("/api/sessions").json() == []


def test_the_rest_of_what_pages_do_can_be_done_too(client: TestClient) -> None:
    session = opened(client, clock="wall")
    assert session["stage"] == "brief"
    assert client.post(at(session, "/begin")).json()["stage"] == "meeting"
    assert client.put(at(session, "/drafts"), json={"message": "Half a"}).status_code == 204
    client.post(at(session, "/end"))
    assert client.put(at(session, "/self-ratings"), json={"ratings": {"listening": 3}}).status_code == 204
    assert client.get(at(session)).json()["self_ratings"] == {"listening": 3}


def test_health_names_the_database_and_the_engine(client: TestClient) -> None:
    found = client.get("/healthz").json()
    assert (found["status"], found["database"], found["engine"]) == ("ok", "sqlite", "scripted")


# -- whose session it is -----------------------------------------------------------------------------------------------


def test_the_token_works_without_the_cookie_and_a_stranger_gets_404(client: TestClient) -> None:
    session, other = opened(client), opened(client)
    client.cookies.clear()
    mine = {"authorization": f"Bearer {session['token']}"}
    assert client.get(at(session), headers=mine).status_code == 200
    assert say(client, session, **mine).status_code == 200
    for headers in ({}, {"authorization": f"Bearer {other['token']}"}, {"authorization": "Bearer x"}, {"cookie": "sim_owner=x"}):
        answer = client.get(at(session), headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
        assert answer.json() == client.get("/api/sessions/nope", headers=headers).json(), "not yours and not there look alike"


def test_a_token_opens_its_own_session_even_beside_a_cookie(client: TestClient) -> None:
    session = opened(client)
    assert client.get(at(session), headers={"authorization": "Bearer wrong"}).status_code == 404


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_is_for_http_and_this_site_only(client: TestClient, scheme: str, secure: bool) -> None:
    cookie = client.post(f"{scheme}://testserver/api/sessions", json={"persona": "ada"}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert ("secure" in cookie) is secure


def test_secrets_are_stored_as_hashes(client: TestClient, database_file: Path) -> None:
    session = opened(client)
    owner = client.cookies["sim_owner"]
    connection = sqlite3.connect(database_file)
    row = connection.execute("SELECT * FROM sessions").fetchone()
    connection.close()
    assert session["token"] not in map(str, row)
    assert owner not in map(str, row)


# -- requests that will not do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "persona: is missing"),
        ({"persona": 3}, "persona"),
        ({"persona": "ada", "minutes": "20"}, "minutes"),
        ({"persona": "ada", "minutes": 0}, "minutes"),
        ({"persona": "ada", "difficulty": "brutal"}, "difficulty"),
        ({"persona": "ada", "seed": -1}, "seed"),
        ({"persona": "ada", "dificulty": "tough"}, "dificulty: is not known here"),
        ([], "expected a JSON object"),
    ],
)
def test_a_wrong_body_is_told_by_its_place(client: TestClient, body: Any, told: str) -> None:
    answer = client.post("/api/sessions", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert told in answer.json()["detail"]
    assert all(set(error) == {"path", "message"} for error in answer.json()["errors"])


def test_a_body_that_is_no_json_is_told(client: TestClient) -> None:
    answer = client.post("/api/sessions", content=b'{"persona": ', headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "the body is not valid JSON (character 12)")


@pytest.mark.parametrize("name", ["nope", "../personas/ada", "/etc/passwd", "ada.yaml", "\x00", "<script>alert(1)</script>"])
def test_a_persona_is_an_id_and_never_a_path(client: TestClient, app: FastAPI, tmp_path: Path, name: str) -> None:
    (tmp_path / "ada.yaml").write_text(PERSONA_YAML)
    app.state.desk = replace(app.state.desk, library=Library([tmp_path]))
    assert client.post("/api/sessions", json={"persona": "ada"}).status_code == 201
    answer = client.post("/api/sessions", json={"persona": name})
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)


@pytest.mark.parametrize(("text", "told"), [("", "empty"), (" \x00 ", "empty"), ("x" * 4_001, "has 4,001 characters; at most 4,000")])
def test_a_message_that_will_not_do_is_told_and_not_stored(client: TestClient, text: str, told: str) -> None:
    session = opened(client)
    answer = say(client, session, text)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert text.strip() not in answer.text or not text.strip()
    assert len(client.get(at(session)).json()["turns"]) == 1


@pytest.mark.parametrize("says_so", [True, False], ids=["by its length", "as it arrives"])
def test_a_body_beyond_all_bounds_is_refused(client: TestClient, settings: Settings, says_so: bool) -> None:
    session = opened(client)
    body = json.dumps({"text": "x" * settings.max_body_bytes, "key": "k"}).encode()
    pieces = body if says_so else iter([body[:1000], body[1000:]])
    answer = client.post(at(session, "/turns"), content=pieces, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert "256,000 bytes" in answer.json()["detail"]


def test_addresses_and_methods_that_are_none_are_problems_too(client: TestClient) -> None:
    for answer, status in ((client.get("/api/nope"), 404), (client.put("/api/personas"), 405), (client.get("/nope"), 404)):
        assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
        assert answer.json()["status"] == status


def test_a_refused_method_is_told_which_ones_are_taken(client: TestClient) -> None:
    assert client.patch("/api/sessions").headers["allow"] == "GET, POST"
    assert client.patch("/api/sessions/abc").headers["allow"] == "DELETE, GET"


def test_a_whole_number_may_be_written_with_a_point(client: TestClient) -> None:
    assert opened(client, seed=3.0)["seed"] == 3
    assert client.post("/api/sessions", json={"persona": "ada", "seed": 3.5}).status_code == 422


def test_a_browser_gets_a_page_where_a_program_gets_a_problem(client: TestClient) -> None:
    assert client.get("/nope", headers={"accept": "text/html"}).headers["content-type"].startswith("text/html")
    assert client.get("/api/nope", headers={"accept": "text/html"}).headers["content-type"] == PROBLEM


# -- when something is away --------------------------------------------------------------------------------------------


def test_a_vanished_database_is_a_503_and_what_was_typed_can_be_sent_again(
    client: TestClient, database_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = opened(client)
    with sqlite3.connect(database_file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    away = database_file.rename(database_file.with_suffix(".away"))
    answer = say(client, session)
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert "the database is not available" in answer.json()["detail"]
    assert "has vanished; put it back" in caplog.text
    assert answer.headers["retry-after"] == "5"
    health = client.get("/healthz")
    assert (health.status_code, health.json()["status"], health.json()["database"]) == (503, "unavailable", "sqlite")
    for told in (answer.text, health.text, client.get(f"/api/sessions/{session}", headers={"accept": "text/html"}).text):
        assert str(database_file.parent) not in told, "where the database is concerns nobody else"
    away.rename(database_file)
    assert say(client, session).json()["turn"] == 2


def test_what_nobody_foresaw_is_a_500_without_a_word_of_the_learner(
    app: FastAPI, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*given: Any) -> None:
        raise RuntimeError(f"cannot say {given}")

    monkeypatch.setattr("sim.practice.say", broken)
    with TestClient(app) as client, caplog.at_level(logging.DEBUG):
        session = opened(client)
        mine = {"authorization": f"Bearer {session['token']}"}
        answer = say(client, session, "my private words", **mine)
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert "RuntimeError" in caplog.text
    for private in ("my private words", session["token"]):
        assert private not in answer.text + caplog.text


@pytest.mark.anyio
async def test_an_application_that_cannot_start_says_why_in_one_sentence(tmp_path: Path, anyio_backend: str) -> None:
    (tmp_path / "notes.db").write_text("no database at all, just words " * 200)
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'notes.db'}"))
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
    (failed,) = sent
    assert failed["type"] == "lifespan.startup.failed"
    assert "is not a SQLite database; point SIM_DATABASE_URL at another file" in failed["message"]
    assert "Traceback" not in failed["message"]
    await app.state.store.close()


def test_a_broken_persona_file_is_the_operators_to_mend(library: OneBook, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise PersonaError([Problem("/srv/secret/ada.yaml", 3, "minutes", "is missing")])

    monkeypatch.setattr(library, "persona", broken)
    answer = client.post("/api/sessions", json={"persona": "ada"})
    assert (answer.status_code, "sim check" in answer.json()["detail"]) == (500, True)
    assert "/srv/secret" not in answer.text


def test_a_problem_has_the_usual_title_of_its_status() -> None:
    assert problem(409, "x").title == "Conflict"
    assert of_error(SimError("odd")).status == 500


# -- security ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"sec-fetch-site": "none"}, 201),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 201),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "http://testserver:81"}, 403),
        ({"origin": "null"}, 403),
        ({}, 201),
        ({"cookie": "sim_owner=abc"}, 201),
        ({"sec-fetch-site": "cross-site", "authorization": "Bearer x"}, 201),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
    ],
)
def test_writes_come_from_our_own_pages_or_from_programs(app: FastAPI, headers: dict[str, str], status: int) -> None:
    with TestClient(app) as client:
        assert client.post("/api/sessions", json={"persona": "ada"}, headers=headers).status_code == status


def test_an_address_behind_a_proxy_can_be_named() -> None:
    guard = SameOriginGuard(lambda *_: None, "https://practice.example.org")  # type: ignore[arg-type,return-value]
    assert guard.trusts(Headers({"origin": "https://practice.example.org", "host": "10.0.0.1:8000"}))
    assert not guard.trusts(Headers({"origin": "https://evil.example.org", "host": "10.0.0.1:8000"}))


@pytest.mark.parametrize("path", ["/api/personas", "/api/nope", "/", "/docs", "/static/favicon.svg"])
def test_every_answer_carries_the_strict_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert ("private" in headers.get("cache-control", "")) is not path.startswith("/static")


def test_pages_hold_no_script_or_style_that_the_policy_would_stop(client: TestClient) -> None:
    for path in ("/", "/docs"):
        page = client.get(path, headers={"accept": "text/html"}).text
        assert "<script>" not in page
        assert " style=" not in page
        assert " onclick=" not in page


# -- the document ------------------------------------------------------------------------------------------------------


def test_the_document_describes_every_call_of_the_contract(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    calls = {(method, path) for path, operations in document["paths"].items() for method in operations}
    one = "/api/sessions/{session_id}"
    assert calls >= {
        ("get", "/api/personas"),
        ("post", "/api/sessions"),
        ("put", f"{one}/prep"),
        ("post", f"{one}/turns"),
        ("put", f"{one}/notes"),
        ("post", f"{one}/end"),
        ("post", f"{one}/thank-you"),
        ("get", f"{one}/scorecard"),
        ("get", f"{one}/transcript"),
        ("post", f"{one}/fork"),
        ("delete", one),
        ("get", "/healthz"),
    }
    assert not [path for path in document["paths"] if not path.startswith(("/api/", "/healthz"))], "pages are no part of it"


def test_the_document_names_problems_by_their_media_type(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    turns = document["paths"]["/api/sessions/{session_id}/turns"]["post"]["responses"]
    assert set(turns["200"]["content"]) == {"text/event-stream", "application/json"}
    for status in ("404", "409", "422", "503"):
        assert set(turns[status]["content"]) == {PROBLEM}
    schemas = document["components"]["schemas"]
    refs = {ref.split("/")[-1] for ref in _refs(document)}
    assert refs <= set(schemas), refs - set(schemas)


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [ref for value in node.values() for ref in _refs(value)]
    return [ref for value in node for ref in _refs(value)] if isinstance(node, list) else []


def test_the_document_can_be_read_by_people(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "POST /api/sessions/{session_id}/turns" in page
    assert "makes" in page or "harmless" in page


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


def test_it_all_works_on_postgresql(
    empty_postgres: str, settings: Settings, library: OneBook, contact: FakeContact, plain_hearing: None
) -> None:
    there = settings.model_copy(update={"database_url": empty_postgres})
    app = create_app(there, library=library, contact=contact, score=count_words)  # type: ignore[arg-type]
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as client:
        assert client.get("/healthz").json()["database"] == "postgresql"
        session = opened(client)
        assert say(client, session).status_code == 200
        client.post(at(session, "/end"), json={"draft": "Bye"})
        client.post(at(session, "/thank-you"), json={"to_contact": "Thanks, Ada. 日本"})
        assert client.get(at(session, "/scorecard")).json()["overall"] > 0
        assert client.get("/api/sessions").json()[0]["overall"] is not None
        assert client.delete(at(session)).status_code == 204


def test_old_sessions_are_forgotten_where_retention_says_so(
    settings: Settings, library: OneBook, contact: FakeContact, clock: FakeClock, plain_hearing: None
) -> None:
    ports = {"library": library, "contact": contact, "clock": clock, "score": count_words}
    with TestClient(create_app(settings, **ports)) as client:  # type: ignore[arg-type]
        session = opened(client)
    clock.time += 31 * 24 * 3600
    short = settings.model_copy(update={"retention_days": 30})
    with TestClient(create_app(short, **ports)) as client:  # type: ignore[arg-type]
        tries = (client.get(at(session), headers={"authorization": f"Bearer {session['token']}"}) for _ in range(200))
        assert any(answer.status_code == 404 for answer in tries)
