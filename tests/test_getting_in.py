"""The pages for getting in, by plain forms: links, signing in, cookies, and what is told when it goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import FakeClock, FakeContact, OneBook
from fastapi import FastAPI
from starlette.testclient import TestClient

from sim import people
from sim.people import Passwords
from sim.people.registry import HOUR
from sim.settings import Settings
from web.app import create_app
from web.routes.pages.people import HOME, own_page

PAGE = {"accept": "text/html"}
PASSWORD = "seven grey herons"
OWNER = {"name": "Olga Owner", "email": "olga@example.org", "password": PASSWORD}


def link_of(client: TestClient) -> str:
    """Return the address that a first start prints."""
    assert client.portal is not None
    token = client.portal.call(people.owner_link, client.app.state.registry)  # type: ignore[attr-defined]
    return f"/welcome/{token}"


def owned(client: TestClient) -> TestClient:
    """Open the first start's link and become the owner."""
    client.get(link_of(client), headers=PAGE)
    assert client.post("/welcome", data=OWNER, headers=PAGE).url.path == HOME
    return client


def sign_in(client: TestClient, password: str = PASSWORD, email: str = "olga@example.org", **form: str) -> Any:
    return client.post("/sign-in", data={"email": email, "password": password, **form}, headers=PAGE, follow_redirects=False)


# -- links ---------------------------------------------------------------------------------------------------------------


def test_a_link_leaves_the_address_bar_at_once_and_is_kept_nowhere(client: TestClient) -> None:
    link = link_of(client)
    answer = client.get(link, headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "path=/welcome", "max-age=3600"):
        assert part in cookie
    page = client.get("/welcome", headers=PAGE)
    assert page.headers["cache-control"] == "no-store"
    assert link.rsplit("/", 1)[1] not in page.text


def test_opening_a_link_twice_before_using_it_is_fine(client: TestClient) -> None:
    link = link_of(client)
    client.get(link, headers={"user-agent": "a mail program that looks at links"})
    client.cookies.clear()
    assert "it is yours" in client.get(link, headers=PAGE).text


def test_a_mistake_keeps_what_was_typed_but_never_the_password(client: TestClient) -> None:
    client.get(link_of(client), headers=PAGE)
    answer = client.post("/welcome", data=OWNER | {"password": "a1!short"}, headers=PAGE)
    assert answer.status_code == 422
    assert "The password has 8 characters; at least 10 are needed" in answer.text
    assert 'value="Olga Owner"' in answer.text
    assert "a1!short" not in answer.text


@pytest.mark.parametrize("path", ["/welcome", "/welcome/none-such", "/welcome/" + "x" * 5000, "/welcome/%E6%97%A5", "/welcome/a;b=c"])
def test_a_link_that_does_not_work_says_what_would(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert "Ask whoever sent it for a new one" in answer.text


def test_an_invitation_is_shown_once_and_lets_an_instructor_in(client: TestClient) -> None:
    owned(client)
    page = client.post("/people/invitations", data={"note": "Ann, spring"}, headers=PAGE)
    link = re.search(r'value="(http://testserver/welcome/[\w-]+)"', page.text)
    assert link
    assert page.headers["cache-control"] == "no-store"
    again = client.get("/people", headers=PAGE)
    assert "Ann, spring" in again.text
    assert link[1] not in again.text
    client.cookies.clear()
    client.get(link[1], headers=PAGE)
    answer = client.post("/welcome", data={"name": "Ann", "email": "ann@example.org", "password": PASSWORD}, headers=PAGE)
    assert answer.url.path == HOME
    assert client.get("/people", headers=PAGE).status_code == 404
    assert ">People<" not in answer.text


def test_the_link_is_at_the_address_people_open(client: TestClient, app: FastAPI) -> None:
    owned(client)
    app.state.settings = app.state.settings.model_copy(update={"public_origin": "https://practice.example.org"})
    page = client.post("/people/invitations", data={}, headers=PAGE)
    assert "https://practice.example.org/welcome/" in page.text


def test_the_owner_disables_enables_and_makes_a_link_to_a_new_password(client: TestClient) -> None:
    owned(client)
    link = re.search(r"http://testserver(/welcome/[\w-]+)", client.post("/people/invitations", data={}, headers=PAGE).text)
    assert link
    mine = dict(client.cookies)
    client.cookies.clear()
    client.get(link[1], headers=PAGE)
    client.post("/welcome", data={"name": "Ann", "email": "ann@example.org", "password": PASSWORD}, headers=PAGE)
    hers = dict(client.cookies)
    client.cookies.clear()
    client.cookies.update(mine)
    ann = re.search(r"/people/(\w+)/disable", client.get("/people", headers=PAGE).text)
    assert ann
    assert "disabled" in client.post(f"/people/{ann[1]}/disable", data={}, headers=PAGE).text
    client.cookies.clear()
    client.cookies.update(hers)
    assert client.get("/account", headers=PAGE).url.path == "/sign-in"
    assert sign_in(client, email="ann@example.org").status_code == 422
    client.cookies.clear()
    client.cookies.update(mine)
    client.post(f"/people/{ann[1]}/enable", data={}, headers=PAGE)
    page = client.post(f"/people/{ann[1]}/password", data={}, headers=PAGE)
    reset = re.search(r"http://testserver(/welcome/[\w-]+)", page.text)
    assert reset
    client.cookies.clear()
    assert "ann@example.org" in client.get(reset[1], headers=PAGE).text
    assert client.post("/welcome", data={"password": "nine green frogs"}, headers=PAGE).url.path == HOME
    assert sign_in(client, "nine green frogs", "ann@example.org").status_code == 303


# -- signing in and out --------------------------------------------------------------------------------------------------


def test_a_wrong_password_gives_the_address_back_and_nothing_away(client: TestClient) -> None:
    owned(client).post("/sign-out")
    known, unknown = sign_in(client, "wrong password"), sign_in(client, "wrong password", "nobody@example.org")
    assert known.status_code == unknown.status_code == 422
    assert 'value="olga@example.org"' in known.text
    assert "wrong password" not in known.text
    assert known.text.replace("olga@example.org", "") == unknown.text.replace("nobody@example.org", "")


def test_signing_in_leads_to_the_page_that_was_asked_for(client: TestClient) -> None:
    owned(client).post("/sign-out")
    asked = client.get("/audit?before=99", headers=PAGE)
    assert asked.url.path == "/sign-in"
    assert 'name="next" value="/audit?before=99"' in asked.text
    assert sign_in(client, next="/audit?before=99").headers["location"] == "/audit?before=99"
    assert client.get("/sign-in?next=/people", headers=PAGE).url.path == "/people"


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example.org", "//evil.example.org", "/\\evil.example.org", "\\\\evil.example.org", "javascript:alert(1)", "evil",
        "/\t/evil.example.org", "/\n//evil", "", "/sign-in?next=/sign-in", "/sign-out", "/welcome", "http:/evil", "///evil.example.org",
        "//[", "/\u2028/evil",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(client: TestClient, next: str) -> None:
    assert own_page(next) == HOME


def test_signing_out_is_for_good(client: TestClient) -> None:
    secret = owned(client).cookies["sim_account"]
    answer = client.post("/sign-out", headers=PAGE)
    assert answer.url.path == "/sign-in"
    assert "sim_account" not in client.cookies
    client.cookies.set("sim_account", secret)
    assert client.get("/account", headers=PAGE).url.path == "/sign-in"


def test_signing_out_everywhere_takes_this_browser_along(client: TestClient) -> None:
    owned(client)
    assert client.post("/account/sign-out-everywhere", headers=PAGE).url.path == "/sign-in"
    assert client.get("/account", headers=PAGE).url.path == "/sign-in"


def test_a_form_sent_after_the_time_was_over_gives_back_what_was_typed(client: TestClient, clock: FakeClock) -> None:
    owned(client)
    clock.time += 13 * HOUR
    answer = client.post("/account/name", data={"name": "A long new name"}, headers=PAGE)
    assert answer.status_code == 404
    assert "A long new name</textarea>" in answer.text
    assert "not signed in any more" in answer.text


def test_ones_own_name_and_password_can_be_changed(client: TestClient) -> None:
    owned(client)
    assert "Olga  O" not in client.post("/account/name", data={"name": "Olga  O"}, headers=PAGE).text
    assert "Olga O" in client.get("/account", headers=PAGE).text
    wrong = client.post("/account/password", data={"current": "wrong", "password": "nine green frogs"}, headers=PAGE)
    assert (wrong.status_code, "The current password is not right." in wrong.text) == (422, True)
    assert "is changed" in client.post("/account/password", data={"current": PASSWORD, "password": "nine green frogs"}, headers=PAGE).text
    assert client.get("/account", headers=PAGE).url.path == "/account"
    assert sign_in(client, "nine green frogs").status_code == 303


@pytest.mark.parametrize("before", ["0", "x", "9" * 30])
def test_a_page_of_the_trail_that_is_none_is_refused(client: TestClient, before: str) -> None:
    assert owned(client).get(f"/audit?before={before}", headers=PAGE).status_code == 422


def test_learners_are_not_bothered(client: TestClient) -> None:
    page = client.get("/", headers=PAGE)
    assert 'href="/sign-in">For instructors' in page.text
    assert "signed-in" not in page.text
    assert not client.cookies
    assert page.headers["cache-control"] == "private, no-cache"


def test_whoever_is_signed_in_sees_it_on_every_page_and_leaves_nothing_for_the_back_button(client: TestClient) -> None:
    owned(client)
    for path in ("/", "/progress", "/people", "/contacts/nobody"):
        page = client.get(path, headers=PAGE)
        assert 'class="signed-in"' in page.text
        assert "no-store" in page.headers["cache-control"]


# -- cookies -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "settings_", "secure"),
    [
        ("http://testserver", {}, False),
        ("https://testserver", {}, True),
        ("http://testserver", {"public_origin": "https://practice.example.org"}, True),
        ("http://testserver", {"secure_cookies": "always"}, True),
        ("https://testserver", {"secure_cookies": "never"}, False),
    ],
    ids=["plain", "TLS", "behind a proxy", "always", "never"],
)
def test_every_cookie_is_for_http_for_this_site_and_for_tls_where_there_is_some(
    settings: Settings, library: OneBook, contact: FakeContact, passwords: Passwords, address: str, settings_: dict[str, Any], secure: bool
) -> None:
    app = create_app(settings.model_copy(update=settings_), library=library, contact=contact, passwords=passwords)  # type: ignore[arg-type]
    with TestClient(app, address, headers={"sec-fetch-site": "same-origin"}) as client:
        answers = [client.get(link_of(client), headers=PAGE, follow_redirects=False)]
        token = answers[0].headers["set-cookie"].split("=")[1].split(";")[0]
        answers.append(client.post("/welcome", data=OWNER, headers={**PAGE, "cookie": f"sim_welcome={token}"}, follow_redirects=False))
        answers.append(sign_in(client))
        answers.append(client.post("/sign-out", follow_redirects=False))
        answers.append(client.post("/sessions", data={"persona": "ada"}, headers=PAGE, follow_redirects=False))
        answers.append(client.get("/progress?numbers=hide", headers=PAGE))
    cookies = [c.lower() for answer in answers for c in answer.headers.get_list("set-cookie")]
    assert {c.split("=")[0] for c in cookies} == {"sim_welcome", "sim_account", "sim_owner", "numbers"}
    for cookie in cookies:
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ("; secure" in cookie) is secure, cookie
        assert "domain=" not in cookie


# -- limits --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(settings: Settings) -> Settings:
    """Limits that a test reaches."""
    rates = {"limit_turns": "3/minute", "limit_sign_in": "3/15minute", "limit_sign_in_address": "6/15minute", "limit_newcomers": "4/hour"}
    return settings.model_copy(update=rates)


@pytest.fixture
def limited(strict: Settings, library: OneBook, contact: FakeContact, passwords: Passwords, plain_hearing: None) -> Iterator[TestClient]:
    app = create_app(strict, library=library, contact=contact, passwords=passwords)  # type: ignore[arg-type]
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as client:
        yield client


def test_too_many_tries_to_sign_in_are_told_when_to_come_again(limited: TestClient) -> None:
    owned(limited).post("/sign-out")
    assert [sign_in(limited, "wrong").status_code for _ in range(4)] == [422, 422, 422, 429]
    answer = sign_in(limited)
    assert answer.status_code == 429, "the right password does not help any more"
    assert 1 <= int(answer.headers["retry-after"]) <= 900
    assert 'value="olga@example.org"' in answer.text
    assert re.search(r'role="alert">Too many tries to sign in; try again in \d+ minutes\.', answer.text)


def test_an_account_that_is_none_is_throttled_like_one_that_is(limited: TestClient) -> None:
    assert [sign_in(limited, "wrong", "nobody@example.org").status_code for _ in range(4)] == [422, 422, 422, 429]
    assert sign_in(limited, "wrong", " NOBODY@example.org").status_code == 429


def test_one_address_cannot_try_many_accounts(limited: TestClient) -> None:
    assert [sign_in(limited, "wrong", f"{n}@example.org").status_code for n in range(7)] == [422] * 6 + [429]


def test_the_right_password_forgets_the_wrong_ones(limited: TestClient) -> None:
    owned(limited).post("/sign-out")
    tries = [sign_in(limited, p).status_code for p in ("wrong", "wrong", PASSWORD, "wrong", "wrong")]
    assert tries == [422, 422, 303, 422, 422]


def test_a_learner_who_talks_too_fast_is_told_and_keeps_the_words(limited: TestClient) -> None:
    at = limited.post("/sessions", data={"persona": "ada"}, headers=PAGE).url.path.removesuffix("/prep")
    limited.post(f"{at}/begin", headers=PAGE)

    def say(number: int, rest: str = "", **headers: str) -> Any:
        form = {"text": "How is it?", "key": f"k{number}"}
        return limited.post(f"{at}/say{rest}", data=form, headers=PAGE | headers)

    answers = [say(number) for number in range(4)]
    answer = answers[3]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert "How is it?</textarea>" in answer.text
    assert "faster than anybody talks" in answer.text
    assert int(answer.headers["retry-after"]) <= 60
    by_htmx = say(9, "/stream", **{"hx-request": "true"})
    assert (by_htmx.status_code, by_htmx.headers["hx-retarget"]) == (429, "#problem")
    assert "retry-after" in by_htmx.headers


def test_a_program_is_told_by_a_problem(limited: TestClient) -> None:
    session = limited.post("/api/sessions", json={"persona": "ada"}).json()
    mine = {"authorization": f"Bearer {session['token']}", "accept": "application/json"}
    at = f"/api/sessions/{session['id']}/turns"
    answers = [limited.post(at, json={"text": "How?", "key": f"k{n}"}, headers=mine) for n in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[3].headers["content-type"] == "application/problem+json"
    assert answers[3].json()["status"] == 429
    assert int(answers[3].headers["retry-after"]) >= 1


def test_a_class_behind_one_address_is_not_throttled(client: TestClient) -> None:
    """Thirty learners, by the default settings, as fast as the server takes it."""
    for _ in range(30):
        client.cookies.clear()
        at = client.post("/sessions", data={"persona": "ada"}, headers=PAGE).url.path.removesuffix("/prep")
        client.post(f"{at}/begin", headers=PAGE)
        for n in range(3):
            assert client.post(f"{at}/say", data={"text": "How?", "key": f"k{n}"}, headers=PAGE).status_code == 200


def test_browsers_not_seen_before_are_counted_by_address_and_others_are_not(limited: TestClient) -> None:
    for _ in range(6):
        limited.post("/sessions", data={"persona": "ada"}, headers=PAGE)
    codes = []
    for _ in range(4):
        limited.cookies.clear()
        codes.append(limited.post("/sessions", data={"persona": "ada"}, headers=PAGE).status_code)
    assert codes == [200, 200, 200, 429]


def test_a_made_up_cookie_is_counted_by_its_address(limited: TestClient) -> None:
    codes = []
    for n in range(5):
        limited.cookies.clear()
        codes.append(limited.post("/sessions", data={"persona": "ada"}, headers=PAGE | {"cookie": f"sim_owner=made-up-{n}"}).status_code)
    assert codes == [200] * 4 + [429]
    limited.cookies.clear()
    bearer = {"authorization": "Bearer made-up", "accept": "application/json"}
    assert limited.post("/api/sessions", json={"persona": "ada"}, headers=bearer).status_code == 429


def test_wrong_codes_are_counted_by_address_whatever_the_cookie_says(limited: TestClient) -> None:
    limited.post("/sessions", data={"persona": "ada"}, headers=PAGE)  # known from here on
    tries = (
        ("GET", "/join/ZZZZ-ZZZZ", {}),
        ("POST", "/join", {"data": {"code": "ZZZZZZZZ"}}),
        ("POST", "/join/ZZZZZZZZ", {"data": {"name": "M"}}),
    )
    assert [limited.request(m, p, headers=PAGE, **form).status_code for m, p, form in tries] == [404] * 3
    limited.cookies.clear()
    made_up = PAGE | {"cookie": "sim_owner=made-up"}
    assert [limited.get("/join/ZZZZ-ZZZ2", headers=made_up).status_code for _ in range(2)] == [404, 429]


def test_a_newcomer_is_counted_once(limited: TestClient) -> None:
    """Typing the code, reading what is told and giving a name are one joining, and a name that is taken is none."""
    owned(limited)
    made = limited.post("/workshops", data={"name": "Monday", "personas": "ada"}, headers=PAGE)
    code = made.text.split("Code: </span>")[1][:9]
    steps: tuple[tuple[str, str, dict[str, str]], ...] = (("POST", "/join", {"code": code}), ("GET", f"/join/{code}", {}))
    for n in range(4):
        limited.cookies.clear()
        for method, path, form in (*steps, ("POST", f"/join/{code}", {"name": " "}), ("POST", f"/join/{code}", {"name": f"Learner {n}"})):
            answer = limited.request(method, path, data=form, headers=PAGE)
            assert answer.status_code == (422 if form.get("name") == " " else 200), (n, path)
        assert f"You are here as <strong>Learner {n}" in answer.text
    assert limited.get(f"/join/{code}", headers=PAGE).status_code == 200  # who is in may come back
    limited.cookies.clear()
    assert limited.get(f"/join/{code}", headers=PAGE).status_code == 429


def test_opening_and_trying_again_are_counted_by_learner(
    strict: Settings, library: OneBook, contact: FakeContact, passwords: Passwords, plain_hearing: None
) -> None:
    few = strict.model_copy(update={"limit_opening": "3/minute"})
    app = create_app(few, library=library, contact=contact, passwords=passwords)  # type: ignore[arg-type]
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as client:
        codes = [client.post("/sessions", data={"persona": "ada"}, headers=PAGE).status_code for _ in range(3)]
        session = client.post("/api/sessions", json={"persona": "ada"}).json()
        client.post(f"/api/sessions/{session['id']}/turns", json={"text": "How?", "key": "k1"})
        forks = [client.post(f"/api/sessions/{session['id']}/fork", json={"turn": 1}).status_code for _ in range(2)]
    assert codes == [200] * 3
    assert forks == [429] * 2


@pytest.mark.parametrize("rate", ["many", "10/fortnight", "10", "10/minute,5/hour"])
def test_a_rate_that_is_none_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, rate: str) -> None:
    from sim.errors import InputError
    from sim.settings import read_settings

    monkeypatch.setenv("SIM_LIMIT_TURNS", rate)
    with pytest.raises(InputError, match="SIM_LIMIT_TURNS: .*expected a rate such as 60/minute"):
        read_settings()
