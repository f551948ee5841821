"""`sim doctor`: what it says of a house in order, of one that is not, and of endpoints that are right, wrong, slow or strange."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tape import KEY, MODEL, URL, needs_tapes, patient, tape

from bench.endpoint import Answer, Body, Server, cut, says, silence, status, usage
from bench.tokens import counted
from sim.commands.doctor import examined, run
from sim.doctor import Finding, house
from sim.doctor.session import CONTACT, JUDGE, session_cost
from sim.model import Endpoint, shipped_prices
from sim.model.ladder import Rung
from sim.settings import read_settings

ANSWER = '{"answer": "yes", "quotes": ["What does a usual day look like for you?"]}'
SECRET = "a-very-secret-key"
NAMES = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "SIM_CONTACT_MODEL", "SIM_JUDGE_MODEL", "SIM_DATABASE_URL", "SIM_PRICES", "SIM_PERSONAS"]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start from the embedded default, in a folder of the test's own."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIM_DATA_DIR", str(tmp_path))


def findings() -> dict[str, Finding]:
    """Let the doctor look at everything."""

    async def look() -> list[Finding]:
        return [finding async for finding in examined()]

    return {f.name: f for f in asyncio.run(look())}


def wrong(found: dict[str, Finding]) -> list[str]:
    return [name for name, finding in found.items() if finding.state == "wrong"]


# -- the house ----------------------------------------------------------------------------------------------------------------


def test_without_a_model_it_says_so_and_checks_the_rest(tmp_path: Path) -> None:
    found = findings()
    assert wrong(found) == []
    assert list(found) == ["database", "personas and rubrics", "prompts", "prices", "act reader", "pages", "model"]
    assert "embedded default" in found["model"].found
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_the_command_prints_a_line_each_or_json_and_fails_where_something_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7
    assert all(line.startswith(("ok ", "note ")) for line in lines)
    monkeypatch.setenv("SIM_DATABASE_URL", "oracle://nowhere")
    with pytest.raises(SystemExit) as exit_:
        run(as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert exit_.value.code == 1
    assert shown["ok"] is False
    assert shown["findings"][0] == {"name": "database", "state": "wrong", "found": shown["findings"][0]["found"]}
    assert "sqlite:///" in shown["findings"][0]["found"]


def test_a_wrong_setting_is_all_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_MODEL_TIMEOUT", "soon")
    found = findings()
    assert list(found) == ["settings"]
    assert "SIM_MODEL_TIMEOUT: is 'soon'" in found["settings"].found


def test_the_database_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_database: Path) -> None:
    file = Path(shutil.copy(empty_database, tmp_path / "twenty-minutes.db"))
    before = file.read_bytes()
    assert "is up to date and can be written" in house.database(read_settings()).found
    assert file.read_bytes() == before
    _at_revision(file, "0001")
    older = house.database(read_settings())
    assert (older.state, "'0001'" in older.found) == ("note", True)
    _at_revision(file, "9999")
    assert house.database(read_settings()).state == "wrong"
    file.write_bytes(b"this is no database, it is a letter to my mother" * 100)
    broken = house.database(read_settings())
    assert (broken.state, "cannot be opened" in broken.found) == ("wrong", True)
    monkeypatch.setenv("SIM_DATA_DIR", str(tmp_path / "not" / "there"))
    assert "is not there" in house.database(read_settings()).found


def _at_revision(file: Path, revision: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_database_that_may_not_be_written_is_found(tmp_path: Path, empty_database: Path) -> None:
    file = Path(shutil.copy(empty_database, tmp_path / "twenty-minutes.db"))
    file.chmod(0o444)
    assert house.database(read_settings()).state == "wrong"


def test_files_that_will_not_do_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("schema: sim.persona/1\nid: broken\n", "utf-8")
    (tmp_path / "prices.yaml").write_text("schema: sim.prices/1\ncurrency: gold\n", "utf-8")
    monkeypatch.setenv("SIM_PERSONAS", str(tmp_path))
    monkeypatch.setenv("SIM_PRICES", str(tmp_path / "prices.yaml"))
    found = findings()
    assert {"personas and rubrics", "prices"} <= set(wrong(found))
    assert "broken.yaml" in found["personas and rubrics"].found


# -- the endpoint -------------------------------------------------------------------------------------------------------------


def models(*names: str) -> Answer:
    return status(
        200, body=json.dumps({"object": "list", "data": [{"id": n, "object": "model", "created": 1, "owned_by": "x"} for n in names]})
    )


def well(body: Body, number: int) -> Answer:
    """A good endpoint: it lists its models, streams, takes a schema and counts."""
    if not body:
        return models("small", "large")
    return says("Good morning, I am glad we could meet." if body.get("stream") else ANSWER, report=usage(900, 12, 600))


def only(rung: Rung) -> Callable[[Body, int], Answer]:
    """An endpoint that gives structured answers on one rung alone."""

    def answer(body: Body, number: int) -> Answer:
        if not body or body.get("stream"):
            return well(body, number)
        asked = body.get("response_format", {}).get("type", "text")
        return says(ANSWER) if asked == rung.value else status(500)

    return answer


def tried(
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[Body, int], Answer],
    *,
    contact: str = "small",
    judge: str = "large",
    seconds: int = 20,
) -> dict[str, Finding]:
    """Let the doctor try an endpoint, waiting for so many seconds at most."""
    with Server(answer=answer) as server:
        for name, value in {"API_KEY": SECRET, "BASE_URL": server.url}.items():
            monkeypatch.setenv(f"OPENAI_{name}", value)
        for name, value in {"CONTACT_MODEL": contact, "JUDGE_MODEL": judge, "MODEL_TIMEOUT": str(seconds), "JUDGE_SECONDS": "20"}.items():
            monkeypatch.setenv(f"SIM_{name}", value)
        found = findings()
    assert SECRET not in "".join(map(str, found.values()))
    return found


def test_a_good_endpoint_is_tried_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(monkeypatch, well)
    assert wrong(found) == []
    assert "has small and large" in found["endpoint"].found
    assert "small streams: " in found["contact"].found
    assert re.search(r"first words after \d+\.\d\d s", found["pace"].found)
    assert found["usage"].found == "the endpoint reports it: 900 tokens in, 12 out"
    assert "asked for as JSON schema (1 call)" in found["structured output"].found
    assert found["one session"].state == "note", "neither model has a price"


@pytest.mark.parametrize(("rung", "says_"), [(Rung.OBJECT, "as JSON object (2 calls)"), (Rung.TEXT, "as plain text (3 calls)")])
def test_the_rung_that_works_is_named(monkeypatch: pytest.MonkeyPatch, rung: Rung, says_: str) -> None:
    assert says_ in tried(monkeypatch, only(rung))["structured output"].found


def garbled(body: Body, number: int) -> Answer:
    return well(body, number) if not body or body.get("stream") else says("I would rather talk about the weather.")


def test_no_structured_output_at_all_is_wrong_and_says_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(monkeypatch, garbled)
    assert wrong(found) == ["structured output"]
    assert "SIM_JUDGE_MODEL" in found["structured output"].mend


def test_an_endpoint_without_a_list_is_tried_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(monkeypatch, lambda body, number: well(body, number) if body else status(404))
    assert found["endpoint"].state == "note"
    assert wrong(found) == []


def test_a_model_that_is_not_there_is_named_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(monkeypatch, lambda body, number: status(404) if body else models("small-v2", "large-v2"), judge="")
    assert found["endpoint"].state == "note"
    assert set(wrong(found)) == {"contact", "structured output"}
    assert "it has small-v2" in found["contact"].mend


STOPS = {
    "wrong key": (lambda body, number: status(401), "endpoint", "correct OPENAI_API_KEY"),
    "silence": (lambda body, number: silence, "endpoint", "SIM_MODEL_TIMEOUT"),
    "wait": (lambda body, number: status(429, {"retry-after": "30"}), "endpoint", "credit"),
    "too long": (lambda body, number: status(400) if body.get("stream") else well(body, number), "contact", "8,000 tokens"),
    "empty": (lambda body, number: says("") if body.get("stream") else well(body, number), "contact", "SIM_REPLY_TOKENS"),
    "cut": (lambda body, number: cut("Good morning, I am", 3) if body.get("stream") else well(body, number), "contact", "OPENAI_BASE_URL"),
}


@pytest.mark.parametrize("case", STOPS)
def test_what_fails_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    answer, name, mend = STOPS[case]
    found = tried(monkeypatch, answer, seconds=1 if case == "silence" else 20)
    assert name in wrong(found)
    assert mend in found[name].mend


def takes(shape: list[str]) -> Callable[[Body, int], Answer]:
    """A server whose chat template takes messages of these roles and refuses every other order."""

    def answer(body: Body, number: int) -> Answer:
        if body.get("stream") and [m["role"] for m in body["messages"]] != shape:
            return status(400)
        return well(body, number)

    return answer


@pytest.mark.parametrize(
    ("shape", "says_"),
    [(["system", "user"], "takes no system message after the conversation"), (["user"], "takes no system message at all")],
)
def test_a_chat_template_that_refuses_the_direction_last_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, shape: list[str], says_: str
) -> None:
    found = tried(monkeypatch, takes(shape))
    assert wrong(found) == ["contact"]
    assert says_ in found["contact"].found
    assert "chat template" in found["contact"].mend


def test_the_direction_last_is_what_a_good_endpoint_is_asked_with(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(monkeypatch, takes(["system", "user", "system"]))
    assert "takes the direction as a system message at the end" in found["contact"].found


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server:
        url = server.url
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("SIM_CONTACT_MODEL", "m")
    found = findings()
    assert wrong(found) == ["endpoint"]
    assert "start the server, or correct OPENAI_BASE_URL" in found["endpoint"].mend
    assert "contact" not in found


def test_half_set_is_told_as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    found = findings()
    assert wrong(found) == ["model"]
    assert "SIM_CONTACT_MODEL: is missing although OPENAI_API_KEY is set" in found["model"].found
    assert SECRET not in found["model"].found


# -- limits -------------------------------------------------------------------------------------------------------------------


def test_limits_are_told_and_one_in_money_without_a_price_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_CAP_DAY_COST", "2.5")
    loose = tried(monkeypatch, well, contact="gpt-4o-mini")["limits"]
    assert loose.state == "note"
    assert "SIM_CAP_DAY_COST cannot hold: no price is known for large;" in loose.found
    assert "SIM_CAP_DAY_TOKENS" in loose.found
    held = tried(monkeypatch, well, contact="gpt-4o-mini", judge="")["limits"]
    assert (held.state, held.found) == ("ok", "a session 250,000 tokens; a workshop no limit; a day 2.50 USD")


# -- what a session costs -----------------------------------------------------------------------------------------------------


def test_the_cost_of_a_session_is_that_of_the_reference_meeting() -> None:
    found = counted()
    for told, now in ((CONTACT, found.contact), (JUDGE, found.judge)):
        for name in ("asked", "kept", "said"):
            assert getattr(told, name) == pytest.approx(getattr(now, name), rel=0.2), (name, now)


def test_the_cost_of_a_session_adds_up_and_counts_every_run_of_the_judge() -> None:
    priced = Endpoint("http://h/v1", read_settings().openai_api_key, "gpt-4.1-mini", "gpt-4.1-mini")
    once, thrice = (session_cost(priced, shipped_prices(), runs).found for runs in (1, 3))
    price = (5_000 * 0.40 + 45_000 * 0.10 + 900 * 1.60 + 6_200 * 0.40 + 2_100 * 1.60) / 1_000_000
    assert f"about {price:.4f} USD" in once
    assert "about 59,200 tokens" not in thrice


# -- a real server ------------------------------------------------------------------------------------------------------------


@needs_tapes
def test_the_doctor_tries_a_real_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", URL)
    monkeypatch.setenv("SIM_CONTACT_MODEL", MODEL)
    monkeypatch.setenv("SIM_JUDGE_MODEL", MODEL)
    patient(monkeypatch)
    with tape("doctor"):
        found = findings()
    assert MODEL in found["endpoint"].found
    assert found["contact"].state == "ok"
    assert found["usage"].state == "note"
    assert "SIM_PRICES" in found["one session"].found
    assert "structured output" in found
