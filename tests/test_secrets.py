"""No log holds a secret or a word of a learner's, and behind a proxy the address and the scheme are the browser's own."""

from __future__ import annotations

import asyncio
import logging

import httpx2
import pytest
from conftest import FakeClock, FakeContact, OneBook
from fastapi import FastAPI
from serving import serving

from sim import people
from sim.errors import StoreUnavailable
from sim.people import Passwords, Registry
from sim.settings import Settings
from sim.store import Store
from sim.store.accounts import Accounts
from sim.store.audit import Trail
from web.app import create_app
from web.logs import without_secrets

PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
PASSWORD = "seven grey herons"
WORDS = "my very private words"


async def owner_token(url: str, clock: FakeClock) -> str:
    """Make the first start's link, as the command line does: with a store of its own."""
    store = Store(url)
    await store.open()
    try:
        token = await people.owner_link(Registry(Accounts(store), Trail(store), clock))
        assert token
        return token
    finally:
        await store.close()


def visit(client: httpx2.Client, token: str) -> list[str]:
    """Become the owner, hold a meeting with mistakes in it, and return every secret of it."""
    client.get(f"/welcome/{token}", headers=PAGE)
    client.post("/welcome", data={"name": "Olga", "email": "olga@example.org", "password": "too short"}, headers=PAGE)
    client.post("/welcome", data={"name": "Olga", "email": "olga@example.org", "password": PASSWORD}, headers=PAGE)
    client.post("/sign-in", data={"email": "olga@example.org", "password": f"{PASSWORD}!"}, headers=PAGE)
    session = client.post("/api/sessions", json={"persona": "ada"}).json()
    at, mine = f"/api/sessions/{session['id']}", {"authorization": f"Bearer {session['token']}", "accept": "application/json"}
    client.post(f"{at}/turns", json={"text": WORDS, "key": "k1"}, headers=mine)
    client.post(f"{at}/turns", json={"text": f"{WORDS} again", "key": "k1"}, headers=mine)
    client.post(f"{at}/turns", json={"text": WORDS, "nonsense": WORDS}, headers=mine)
    client.put(f"{at}/notes", json={"text": WORDS * 2000}, headers=mine)
    client.post(f"{at}/end", json={"draft": WORDS}, headers=mine)
    client.post(f"{at}/thank-you", json={"to_contact": WORDS}, headers=mine)
    return [token, PASSWORD, "too short", WORDS, session["token"], *client.cookies.values()]


def test_no_log_holds_a_secret_or_a_learners_words(
    app: FastAPI, settings: Settings, clock: FakeClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the access log on and our own loggers at their most talkative; a database that fails on the way included."""
    token = asyncio.run(owner_token(settings.database, clock))
    caplog.set_level(logging.INFO)
    for name in ("sim", "web", "uvicorn", "uvicorn.access", "uvicorn.error"):
        caplog.set_level(logging.DEBUG, name)
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)  # a server that ran before may have set up logs of its own
    with (
        serving(app, log_config=None, access_log=True) as address,
        httpx2.Client(base_url=address, follow_redirects=True, timeout=60) as client,
    ):
        private = visit(client, token)

        async def fails(*given: object) -> None:
            raise StoreUnavailable("the database is not available: the disk is full")

        async def breaks(*given: object) -> None:
            raise RuntimeError(f"cannot take {given}")

        for failure in (fails, breaks):
            monkeypatch.setattr("sim.people.look_at", failure)
            monkeypatch.setattr("sim.people.sign_in", failure)
            client.get(f"/welcome/{token}", headers=PAGE)
            client.post("/sign-in", data={"email": "olga@example.org", "password": PASSWORD}, headers=PAGE)
    told = [r for r in caplog.records if not r.name.startswith("http")]  # the client's own log is not ours
    assert any(r.name == "uvicorn.access" and "/welcome/... " in r.getMessage() for r in told)
    everything = "\n".join(f"{r.getMessage()} {r.exc_text or ''}" for r in told)
    assert [secret for secret in private if secret in everything] == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/welcome/abc-DEF_1", "/welcome/..."),
        ("/welcome/abc?next=/x", "/welcome/...?next=/x"),
        ("GET /welcome/abc/def HTTP", "GET /welcome/.../def HTTP"),
        ("/welcome", "/welcome"),
        ("/sessions/abc", "/sessions/abc"),
    ],
)
def test_secrets_in_addresses_are_left_out(path: str, told: str) -> None:
    assert without_secrets(path) == told


@pytest.mark.parametrize(("trusted", "secure"), [("127.0.0.1", True), ("10.0.0.0/8", False)])
def test_a_trusted_proxy_tells_where_a_request_comes_from(
    settings: Settings, library: OneBook, contact: FakeContact, passwords: Passwords, trusted: str, secure: bool
) -> None:
    """Only a trusted one: else anybody could say of themselves to come from elsewhere, and be counted as another."""
    strict = settings.model_copy(update={"limit_newcomers": "1/hour"})
    app = create_app(strict, library=library, contact=contact, passwords=passwords)  # type: ignore[arg-type]
    codes = []
    with serving(app, log_config=None, proxy_headers=True, forwarded_allow_ips=trusted) as address:
        for number in (1, 2):
            said = {"x-forwarded-for": f"203.0.113.{number}", "x-forwarded-proto": "https"}
            answer = httpx2.post(f"{address}/api/sessions", json={"persona": "ada"}, headers=said)
            codes.append(answer.status_code)
            if number == 1:
                assert ("secure" in answer.headers["set-cookie"].lower()) is secure
    assert codes == ([201, 201] if secure else [201, 429])
