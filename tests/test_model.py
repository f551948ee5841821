"""The way to a model: settings in one sentence, prompts that declare what they use, prices, usage, caps, and what failures mean."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from sim.contact.directions import directions, load_directions
from sim.engines import engines_of
from sim.errors import InputError
from sim.model import (
    Breaker,
    Caps,
    Endpoint,
    Failure,
    PromptError,
    Usage,
    amount,
    endpoint_of,
    estimate_tokens,
    failure_of,
    load_prices,
    load_prompt,
    prompt,
    shipped_prices,
    usage_of,
)
from sim.model.failures import retry_after
from sim.model.prompts import prompt_files
from sim.settings import Settings, read_settings
from sim.store import Store
from sim.store.tables import USAGE, WORKSHOP
from sim.store.usage import Sum, UsageBook

pytestmark = pytest.mark.anyio

KEY = "very-secret-key"
ALL = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SIM_CONTACT_MODEL", "SIM_JUDGE_MODEL", "SIM_PRICES")


def configured(monkeypatch: pytest.MonkeyPatch, **env: str) -> Endpoint | None:
    for name in ALL:
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return endpoint_of(read_settings())


# -- settings -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("env", [{}, {"OPENAI_API_KEY": "", "SIM_CONTACT_MODEL": " "}])
def test_nothing_set_is_the_embedded_default_silently(monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    assert configured(monkeypatch, **env) is None
    assert engines_of(read_settings()).name == "scripted"


HALF = [
    ({"OPENAI_API_KEY": KEY}, "SIM_CONTACT_MODEL: is missing although OPENAI_API_KEY is set"),
    ({"OPENAI_BASE_URL": "http://h/v1"}, "SIM_CONTACT_MODEL: is missing although OPENAI_BASE_URL is set"),
    ({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://h/v1"}, "SIM_CONTACT_MODEL: is missing"),
    ({"SIM_CONTACT_MODEL": "m"}, "OPENAI_API_KEY: is missing although the model 'm' is named; set your key"),
    ({"SIM_JUDGE_MODEL": "m", "OPENAI_BASE_URL": "http://h/v1"}, "OPENAI_API_KEY: is missing"),
    ({"SIM_CONTACT_MODEL": "m", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "h/v1"}, "OPENAI_BASE_URL: is no http address"),
    ({"SIM_CONTACT_MODEL": "m", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "ftp://h/v1"}, "OPENAI_BASE_URL: is no http address"),
    ({"SIM_CONTACT_MODEL": "m", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://h:x/v1"}, "OPENAI_BASE_URL: is no address"),
    (
        {"SIM_CONTACT_MODEL": "m", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"http://u:{KEY}@h"},
        "OPENAI_BASE_URL: holds more than an address",
    ),
]


@pytest.mark.parametrize(("env", "says"), HALF)
def test_half_set_is_told_in_one_sentence_without_the_key(monkeypatch: pytest.MonkeyPatch, env: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as error:
        configured(monkeypatch, **env)
    assert says in str(error.value)
    assert len(error.value.problems) == 1
    assert KEY not in str(error.value)


def test_one_model_is_enough_and_openai_is_the_address_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    found = configured(monkeypatch, OPENAI_API_KEY=KEY, SIM_JUDGE_MODEL="j")
    assert found is not None
    assert (found.base_url, found.contact_model, found.judge_model) == ("https://api.openai.com/v1", None, "j")
    assert engines_of(read_settings()).name == "scripted"


def test_the_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    found = configured(monkeypatch, OPENAI_API_KEY=KEY, SIM_CONTACT_MODEL="m", OPENAI_BASE_URL="http://h/v1/")
    assert KEY not in repr(found) + str(found) + repr(read_settings()) + read_settings().model_dump_json()
    assert found is not None
    assert found.base_url == "http://h/v1"
    monkeypatch.setenv("SIM_MODEL_TIMEOUT", "soon")
    with pytest.raises(InputError, match="SIM_MODEL_TIMEOUT: is 'soon'") as error:
        read_settings()
    assert KEY not in str(error.value)


async def test_the_token_limit_travels_under_the_name_the_endpoint_reads() -> None:
    from httpx2 import AsyncClient

    from sim.model import chat_model

    async with AsyncClient() as http:
        ours = chat_model(Endpoint("http://localhost:1/v1", SecretStr("x"), "m", None), "contact", max_tokens=9, http=http)
        theirs = chat_model(Endpoint("https://api.openai.com/v1", SecretStr("x"), "m", None), "contact", max_tokens=9, http=http)
        assert ours._get_request_payload([("human", "hi")])["max_tokens"] == 9
        assert theirs._get_request_payload([("human", "hi")])["max_completion_tokens"] == 9
        with pytest.raises(ValueError, match="judge"):
            chat_model(Endpoint("http://localhost:1/v1", SecretStr("x"), "m", None), "judge", max_tokens=9, http=http)


# -- prompts ------------------------------------------------------------------------------------------------------------------


def test_every_shipped_prompt_loads() -> None:
    assert {"contact/line.system", "contact/line.direction", "contact/line.opening"} <= set(prompt_files())
    assert all(prompt(name).id == name for name in prompt_files())
    assert directions().version >= 1


WRONG = [
    ("Hello", ":1: must begin with a front matter"),
    ("---\nid: a\nversion: 1\ninputs: []\n---\nHi\n{{ name }}", ":7: name: is used but not declared"),
    ("---\nid: a\nversion: 1\ninputs: [name]\n---\nHi", "inputs: name: is declared but not used"),
    ("---\nid: a\nversion: 1\ninputs: []\n---\n\n{% if %}", ":7: this is not valid Jinja"),
    ("---\nid: b\nversion: 1\ninputs: []\n---\nHi", "id: is 'b'; the file's place makes it 'a'"),
    ("---\nid: a\nversion: one\ninputs: []\n---\nHi", "version: is 'one'"),
    ("---\nid: a\nversion: 1\ninputs: []\nmore: 1\n---\nHi", "more: this key is not known"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_a_prompt_that_will_not_do_is_refused_with_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "a.md"
    file.write_text(text)
    with pytest.raises(PromptError) as error:
        load_prompt(file, "a")
    assert says in str(error.value)
    assert "a.md" in str(error.value)


def test_a_prompt_takes_exactly_its_inputs(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text('---\nid: a\nversion: 3\ninputs: [name]\n---\nHi <{{ name }}> "{{ name|tojson }}"\n')
    found = load_prompt(file, "a")
    assert found.render(name="Zoë & Co") == 'Hi <Zoë & Co> ""Zo\\u00eb \\u0026 Co""' or "Zoë & Co" in found.render(name="Zoë & Co")
    assert found.name.startswith("a@3:")
    with pytest.raises(ValueError, match="more"):
        found.render(name="x", more=1)
    with pytest.raises(ValueError, match="name"):
        found.render()


def test_directions_need_a_sentence_for_everything(tmp_path: Path) -> None:
    text = (prompt_files()["contact/line.direction"].parent / "words.yaml").read_text("utf-8")
    file = tmp_path / "words.yaml"
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith(("  greeting:", "  coaching:"))))
    with pytest.raises(InputError, match=r"intents.greeting, again.coaching"):
        load_directions(file)


# -- prices and usage ---------------------------------------------------------------------------------------------------------


def test_prices_are_a_strict_file_and_nothing_is_guessed(tmp_path: Path) -> None:
    prices = shipped_prices()
    assert prices.cost("gpt-4o-mini", 1_000_000, 400_000, 0) == pytest.approx(0.6 * 0.15 + 0.4 * 0.075)
    assert prices.cost("somebody-elses", 10, 0, 10) is None
    file = tmp_path / "p.yaml"
    file.write_text("schema: sim.prices/1\ncurrency: USD\nas_of: May 2026\nmodels:\n  m: {in: 1, out: -2}\n")
    with pytest.raises(InputError, match=r"p.yaml:5: models.m.out: is -2"):
        load_prices(file)
    with pytest.raises(InputError, match="cannot be read"):
        load_prices(tmp_path / "none.yaml")


WRONG_PRICES = [
    ("currency: gold", "p.yaml:2: currency: is 'gold'; write the three capitals of ISO 4217, such as USD"),
    ("as_of: May", "p.yaml:3: as_of: is 'May'; say when these prices were looked up, with the year"),
    (
        "  m: {in: 1, cached: 3, out: 2}",
        "p.yaml:5: models.m.cached: is 3, more than `in` (1); write the price of what the provider",
    ),
    ("  m: {in: one, out: 2}", "p.yaml:5: models.m.in: is 'one'"),
    ("  m: {in: 1}", "p.yaml:5: models.m.out: is missing; add it"),
    ("  m: {input: 1, out: 2}", "p.yaml:5: models.m.input: this key is not known"),
    ("schema: sim.prices/2", "p.yaml:1: schema: is 'sim.prices/2'; write `sim.prices/1` here"),
]
GOOD_PRICES = ["schema: sim.prices/1", "currency: USD", "as_of: May 2026", "models:", "  m: {in: 1, out: 2}"]


@pytest.mark.parametrize(("line", "says"), WRONG_PRICES)
def test_a_wrong_price_file_is_told_by_line_with_what_was_found_and_what_would_do(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "p.yaml"
    key = line.split(":", 1)[0]
    file.write_text("\n".join(line if good.startswith(f"{key}:") else good for good in GOOD_PRICES))
    with pytest.raises(InputError) as error:
        load_prices(file)
    assert says in str(error.value)
    with pytest.raises(InputError, match="p.yaml"):
        engines_of(Settings(prices=file))


def test_what_was_cached_costs_its_own_price_or_that_of_any_prompt(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("\n".join([*GOOD_PRICES, "  n: {in: 1, cached: 0, out: 2}"]))
    prices = load_prices(file)
    assert prices.cost("m", 1_000_000, 900_000, 0) == pytest.approx(1.0)
    assert prices.cost("n", 1_000_000, 900_000, 0) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (0, "0.00"),
        (0.05, "0.05"),
        (0.0284, "0.0284"),
        (0.001, "0.001"),
        (0.00009, "under 0.0001"),
        (0.0999999, "0.10"),
        (1234.5, "1,234.50"),
    ],
)
def test_an_amount_shows_its_cents_and_no_more_than_is_there(cost: float, told: str) -> None:
    assert amount(cost) == told


def test_the_shipped_prices_say_as_of_when_and_cached_is_never_dearer() -> None:
    prices = shipped_prices()
    assert re.search(r"20\d\d", prices.as_of)
    assert all(p.cached is not None and p.cached < p.in_ < p.out for p in prices.models.values())


def test_usage_is_what_was_reported_or_an_estimate_that_says_so() -> None:
    reported = {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120, "input_token_details": {"cache_read": 80}}
    assert usage_of("contact", "m", shipped_prices(), reported, ["x"], "y") == Usage("contact", "m", 100, 80, 20, False, None)
    guessed = usage_of("contact", "m", shipped_prices(), None, ["a" * 40, "b" * 41], "c" * 8)
    assert (guessed.tokens_in, guessed.tokens_cached, guessed.tokens_out, guessed.estimated) == (10 + 11 + 8, 0, 2, True)
    assert estimate_tokens(["é" * 4]) == 2 + 4


def use(tokens: int, cost: float | None = None) -> Usage:
    return Usage("contact", "m", tokens - 1, 0, 1, False, cost)


async def test_the_book_adds_up_and_says_when_a_limit_is_reached(store: Store) -> None:
    now = [1_000_000.0]
    book = UsageBook(store, Caps(session=None, workshop=100, day=150), lambda: now[0])
    assert await book.allowed("s", "w") is None
    await book.record(None, "w", use(60, 0.5))
    await book.record("gone", "w", use(39))
    assert await book.allowed(None, "w") is None
    await book.record(None, "w", use(1))
    cap = await book.allowed(None, "w")
    assert cap is not None
    assert (cap.kind, cap.limit, cap.used) == ("workshop", 100, 100)
    assert str(cap) == "the model's allowance for this workshop is used up (100 of 100 tokens)"
    assert await book.allowed(None, None) is None
    await book.record(None, None, use(50))
    day = await book.allowed(None, None)
    assert day is not None
    assert day.kind == "day"
    assert await book.of_workshop("w") == Sum(3, 97, 0, 3, 0.5, 2, 0)
    assert (await book.of_all()).tokens == 150
    now[0] += 24 * 3600
    assert await book.allowed(None, None) is None
    assert await book.of_today() == Sum()


async def test_a_workshops_own_budget_comes_before_the_general_limit(store: Store) -> None:
    from sqlalchemy import insert

    from sim.store.tables import ACCOUNT

    account = {"id": "a", "role": "instructor", "email": "a@b", "name": "A", "password_hash": "x", "created_at": 0.0}
    workshop = {
        "id": "w", "account_id": "a", "name": "W", "code": "c", "personas": [], "rubric_id": "classic", "difficulty": "realistic",
        "hints": False, "numbers": True, "created_at": 0.0, "token_budget": 10,
    }  # fmt: skip
    await store.write(lambda c: (c.execute(insert(ACCOUNT).values(account)), c.execute(insert(WORKSHOP).values(workshop))))
    book = UsageBook(store, Caps(workshop=1_000))
    await book.record(None, "w", use(10))
    cap = await book.allowed(None, "w")
    assert cap is not None
    assert cap.limit == 10
    assert USAGE.c.cost.nullable


# -- failures and the breaker ---------------------------------------------------------------------------------------------------


def test_retry_after_is_read_in_both_forms() -> None:
    assert retry_after("7") == 7
    assert retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now=30) == 30
    assert retry_after("99999") == 600
    assert [retry_after(v) for v in (None, "", "soon", "nan")] == [None] * 4


def test_a_bug_of_ours_is_no_failure_of_the_endpoint() -> None:
    assert failure_of(AssertionError()) is None
    assert failure_of(RuntimeError()) is None
    assert failure_of(TimeoutError()) == Failure("silent")
    assert failure_of(ValueError("not JSON")) == Failure("garbled")


def test_the_breaker_leaves_a_dead_endpoint_alone_and_tries_again() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], probe_seconds=10)
    assert breaker.allows()
    breaker.failed(Failure("refused"))
    assert not breaker.allows()
    now[0] = 5.0
    assert breaker.allows()
    assert not breaker.allows(), "one probe at a time"
    breaker.failed(Failure("refused"))
    now[0] = 14.9
    assert not breaker.allows()
    now[0] = 15.0
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.last is None


@pytest.mark.parametrize(
    ("failure", "pause"), [(Failure("rate_limited", 42.0), 42.0), (Failure("unauthorised"), 300.0), (Failure("server_error"), 5.0)]
)
def test_how_long_an_endpoint_is_left_alone(failure: Failure, pause: float) -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    breaker.failed(failure)
    now[0] = pause - 0.01
    assert not breaker.allows()
    now[0] = pause
    assert breaker.allows()


def test_a_filtered_reply_says_nothing_about_the_next() -> None:
    breaker = Breaker()
    breaker.failed(Failure("filtered"))
    assert breaker.allows()


def test_settings_of_a_model_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Settings(openai_api_key=SecretStr(KEY), contact_model="m")
    assert KEY not in caplog.text
