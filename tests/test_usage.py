"""What models used, through the front door: the pages of owner and instructors, limits in money, models without a price."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from classroom import Person, Room, finished, joined, opened, submitted
from conftest import OneBook, count_words
from fastapi import FastAPI
from starlette.testclient import TestClient

from bench.endpoint import Server, obliging, says, usage
from sim.errors import InputError
from sim.model import Caps, Usage, amount
from sim.people import Passwords
from sim.settings import Settings, read_settings
from sim.store import Store
from sim.store.usage import Part, Sum, UsageBook
from web.app import create_app

PRICED = "gpt-4o-mini"
REPLY = (100 * 0.15 + 900 * 0.075 + 20 * 0.60) / 1_000_000
"""What one reply costs that is asked with 1,000 tokens, 900 of them cached, and has 20."""

QUESTION = "How is the river behind the mill?"


@dataclass
class School(Room):
    """A room whose contact is a model's, and what that was asked."""

    server: Server


@contextmanager
def school(database_url: str, library: OneBook, passwords: Passwords, **more: Any) -> Iterator[School]:
    """Open an application whose endpoint counts tokens."""
    with Server(answer=lambda body, number: says(obliging(body), report=usage(1_000, 20, cached=900))) as server:
        given = {"openai_api_key": "key", "openai_base_url": server.url, "contact_model": PRICED, "database_url": database_url} | more
        app: FastAPI = create_app(Settings(**given), library=library, passwords=passwords, score=count_words)  # type: ignore[arg-type]
        with TestClient(app) as client:
            yield School(app, client, server)


Opens = Callable[..., Any]


@pytest.fixture
def opens(database_url: str, library: OneBook, passwords: Passwords, plain_hearing: None) -> Opens:
    """Opens a school on either database, with further settings."""
    return lambda **more: school(database_url, library, passwords, **more)


def row_of(page: str, words: str) -> str:
    """Return the cells of the table row that holds these words, as text with bars between."""
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if words in r)
    text = re.sub(r"<[^>]*>", "", re.sub(r"</t[hd]>|<span", "|<", row))
    return "|".join(part.strip() for part in text.split("|") if part.strip())


# -- the pages ----------------------------------------------------------------------------------------------------------------


def test_the_instructor_sees_what_each_reply_session_workshop_and_day_took(opens: Opens) -> None:
    with opens() as room:
        ivo = room.instructor()
        workshop = opened(ivo)
        session = submitted(joined(room, ivo, workshop, "Mira"), workshop, QUESTION)
        page = ivo.get("/usage").text
        both = "2|2,000|1,800|40"
        cost = f"{amount(2 * REPLY)} USD"
        assert row_of(page, "Monday class") == f"Monday class|{cost}|–|{both}"
        assert row_of(page, session[:8]).endswith(f"{session[:8]}, Monday class|{cost}|0% of 250,000 tokens|{both}")
        assert row_of(page[page.index("By day") :], "datetime=").endswith(f"|{cost}|{both}")
        assert f'href="/submitted/{session}/usage"' in page
        assert "Mira" not in page
        assert "river" not in page
        shown = ivo.get(f"/workshops/{workshop}").text
        assert "2,040 tokens used" in shown
        assert f"2,000 in (1,800 of them cached), 40 out. Cost: {cost}." in shown
        by_reply = ivo.get(f"/submitted/{session}/usage").text
        one = f"{amount(REPLY)} USD|1|1,000|900|20"
        assert row_of(by_reply, "Turn 0").endswith(one)
        assert f"in a language model&#39;s words|{one}" in row_of(by_reply, "Turn 2")
        assert "river" not in by_reply
        assert f'href="/submitted/{session}/usage"' in ivo.get(f"/submitted/{session}").text


def test_practice_is_counted_and_not_opened_and_only_to_whose_workshop_it_is(opens: Opens) -> None:
    with opens() as room:
        olga, ivo, una = (room.instructor(f"{name}@example.org") for name in ("olga", "ivo", "una"))
        workshop = opened(ivo)
        session = finished(joined(room, ivo, workshop, "Mira"), workshop)
        stranger = room.learner()
        alone = str(stranger.post("/sessions", persona="ada").headers["location"]).split("/")[2]
        stranger.post(f"/sessions/{alone}/begin")
        assert session[:8] in ivo.get("/usage").text
        assert f"/submitted/{session}" not in ivo.get("/usage").text
        ivo.get(f"/submitted/{session}/usage", 404)
        assert "No model was asked yet" in una.get("/usage").text
        for private in (session[:8], alone[:8], "Monday class"):
            assert private not in una.get("/usage").text
        everything = olga.get("/usage").text
        assert "Everything on this server" in everything
        assert "Monday class|Ivo" in row_of(everything, "Monday class")
        assert f"/workshops/{workshop}" not in everything
        assert "practice without one" in row_of(everything, "Outside workshops")
        assert session[:8] in everything
        assert alone[:8] in everything
        assert alone[:8] not in ivo.get("/usage").text


def test_what_was_used_in_what_is_deleted_stays_counted(opens: Opens) -> None:
    with opens() as room:
        olga = room.instructor("olga@example.org")
        workshop = opened(olga)
        finished(joined(room, olga, workshop, "Mira"), workshop)
        olga.post(f"/workshops/{workshop}/delete")
        page = olga.get("/usage").text
        assert "2|2,000|1,800|40" in row_of(page, "A workshop since deleted")
        assert "None is kept" in page


def test_a_model_without_a_price_is_named_with_what_would_do(opens: Opens) -> None:
    with opens(contact_model="somebody-elses") as room:
        ivo = room.instructor()
        workshop = opened(ivo)
        session = submitted(joined(room, ivo, workshop, "Mira"), workshop)
        page = ivo.get("/usage").text
        assert "No price is known for somebody-elses: add it to <code>prompts/prices.yaml</code>" in page
        assert "|not known|0% of 250,000 tokens|2|2,000|1,800|40" in row_of(page, session[:8])
        assert "not known" in row_of(ivo.get(f"/submitted/{session}/usage").text, "Turn 2")


def test_without_a_model_there_is_nothing_to_show(room_without: Room) -> None:
    page = room_without.instructor().get("/usage").text
    assert "No model was asked yet" in page
    assert "A session: at most 250,000 tokens." in page


@pytest.fixture
def room_without(app: FastAPI) -> Iterator[Room]:
    with TestClient(app) as client:
        yield Room(app, client)


# -- limits in money ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "whose"),
    [("cap_session_cost", "this session’s"), ("cap_workshop_cost", "this workshop’s"), ("cap_day_cost", "today’s")],
)
def test_a_limit_in_money_hands_over_to_the_scripted_contact_and_says_so(opens: Opens, limit: str, whose: str) -> None:
    with opens(**{limit: REPLY}) as room:
        ivo = room.instructor()
        workshop = opened(ivo)
        session = submitted(joined(room, ivo, workshop, "Mira"), workshop)
        assert len(room.server.requests) == 1
        page = ivo.get(f"/submitted/{session}/usage").text.replace("&#39;", "’")
        assert f"scripted; {whose} allowance for the model is used up|–|0|0|0|0" in row_of(page, "Turn 2")
        assert f"100% of {amount(REPLY)} USD" in ivo.get("/usage").text


@pytest.mark.parametrize("label", ["my own practice", "x" * 64])
def test_a_label_switches_no_limit_off_and_is_in_no_accounts(opens: Opens, label: str) -> None:
    with opens(cap_session_cost=REPLY) as room:
        stranger = room.learner()
        session = stranger.send("POST", "/api/sessions", json={"persona": "ada", "workshop": label}).json()["id"]
        stranger.send("POST", f"/api/sessions/{session}/messages", json={"text": QUESTION, "key": "k1"})
        assert len(room.server.requests) == 1
        page = room.instructor().get("/usage").text
        assert "1|1,000|900|20" in row_of(page, "Outside workshops")
        assert label not in page


async def test_each_limit_is_told_in_its_own_unit_tokens_first(store: Store) -> None:
    def book(**caps: Any) -> UsageBook:
        return UsageBook(store, Caps(**caps, currency="EUR"))

    await book().record(None, "w", Usage("contact", PRICED, 60, 0, 40, False, 0.75))
    await book().record(None, "w", Usage("contact", "free", 60, 0, 40, False, None))
    assert await book(workshop_cost=0.76, day_cost=0.76).allowed(None, "w") is None
    assert str(await book(workshop_cost=0.75).allowed(None, "w")).endswith("for this workshop is used up (0.75 of 0.75 EUR)")
    assert str(await book(workshop=200, workshop_cost=0.5).allowed(None, "w")).endswith("(200 of 200 tokens)")
    assert str(await book(day_cost=0.01).allowed(None, None)).endswith("for today is used up (0.75 of 0.01 EUR)")


async def test_the_book_keeps_the_turn_a_call_was_for(store: Store) -> None:
    from sqlalchemy import insert

    from sim.store.tables import USAGE

    book = UsageBook(store)
    await book.record(None, None, Usage("contact", "m", 5, 0, 1, False, 0.5, 4))
    kept = await store.read(lambda c: c.execute(USAGE.select()).one())
    assert (kept.turn_index, kept.tokens_in) == (4, 5)
    await store.write(lambda c: c.execute(insert(USAGE), [dict(kept._mapping) | {"id": n, "at": 86_400.0 * n} for n in (20, 21)]).rowcount)
    days = UsageBook(store, now=lambda: 86_400.0 * 21 + 5)
    assert [(d.begins / 86_400, d.sum.calls) for d in await days.by_day(None)] == [(21, 1), (20, 1)]
    assert await days.by_day("nobody") == []
    assert await days.by_part("nobody") == []


def test_sums_add_up_and_what_is_not_known_stays_so() -> None:
    one, other = Sum(1, 10, 5, 1, 0.5, 0, 1), Sum(2, 20, 0, 2, None, 2, 0)
    assert one + other == Sum(3, 30, 5, 3, 0.5, 2, 1)
    assert (other + Sum()).cost is None
    assert Part("contact", 2, "m", one).sum.tokens == 11


# -- settings -----------------------------------------------------------------------------------------------------------------


def test_a_limit_in_money_that_cannot_hold_is_warned_of_at_the_start(opens: Opens, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), opens(contact_model="somebody-elses", cap_day_cost=2.0):
        pass
    assert "SIM_CAP_DAY_COST: cannot hold: no price is known for somebody-elses" in caplog.text
    assert "SIM_CAP_DAY_TOKENS" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING), opens(cap_day_cost=2.0):
        pass
    assert "cannot hold" not in caplog.text


@pytest.mark.parametrize("value", ["0", "-1", "much", "nan"])
def test_a_wrong_limit_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SIM_CAP_DAY_COST", value)
    with pytest.raises(InputError, match="SIM_CAP_DAY_COST: is"):
        read_settings()
    monkeypatch.setenv("SIM_CAP_DAY_COST", "")
    assert read_settings().cap_day_cost is None


def test_a_person_may_be_both(opens: Opens) -> None:
    """The owner's own workshop is linked from the page that shows everybody's."""
    with opens() as room:
        olga: Person = room.instructor("olga@example.org")
        workshop = opened(olga)
        session = submitted(joined(room, olga, workshop, "Mira"), workshop)
        page = olga.get("/usage").text
        assert f'href="/workshops/{workshop}"' in page
        assert f'href="/submitted/{session}/usage"' in page
