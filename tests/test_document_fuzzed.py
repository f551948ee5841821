"""Whatever a program sends that the OpenAPI document allows, and a good deal that it does not: never a 500."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from conftest import PERSONA_YAML, RUBRIC_YAML, FakeContact, OneBook, count_words
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings as examples, strategies as st
from serving import serving

from sim.persona import parse_persona
from sim.rubric import parse_rubric
from sim.settings import Settings
from web.app import create_app

UNLIMITED = {"limit_turns": "", "limit_newcomers": "", "limit_opening": ""}


def the_app(database: str, **given: Any) -> FastAPI:
    return create_app(Settings(database_url=database, **UNLIMITED), score=count_words, **given)


DOCUMENT = schemathesis.openapi.from_dict(the_app("sqlite://").openapi())
OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]


@pytest.fixture(scope="module")
def address(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the small persona, on a database of its own."""
    file = shutil.copy(empty_database, tmp_path_factory.mktemp("fuzzed") / "test.db")
    shelf = OneBook(parse_persona(PERSONA_YAML), parse_rubric(RUBRIC_YAML))
    with serving(the_app(f"sqlite:///{file}", library=shelf, contact=FakeContact()), log_level="critical") as found:
        yield found


def a_session(wire: requests.Session, address: str, stage: int) -> dict[str, str]:
    """Open a session and take it a little further: 0 opened, 1 begun, 2 over, 3 to be debriefed."""
    session: dict[str, str] = wire.post(f"{address}/api/sessions", json={"persona": "ada"}).json()
    mine = {"authorization": f"Bearer {session['token']}"}
    steps: list[tuple[str, dict[str, object]]] = [("begin", {}), ("end", {"draft": "How?"}), ("thank-you", {"skip": True})]
    for step, body in steps[:stage]:
        wire.post(f"{address}/api/sessions/{session['id']}/{step}", json=body, headers=mine)
    return session


@pytest.mark.parametrize("operation", OPERATIONS, ids=[f"{o.method.upper()} {o.path}" for o in OPERATIONS])
def test_no_request_is_answered_with_a_500(operation: Any, address: str, plain_hearing: None) -> None:
    """Most requests are about a session that is there, and the sender's own."""

    @examples(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), stage=st.integers(0, 4))
    def try_it(case: Any, stage: int) -> None:
        headers = {}
        if "session_id" in (case.path_parameters or {}) and stage < 4:
            session = a_session(wire, address, stage)
            case.path_parameters["session_id"] = session["id"]
            headers["authorization"] = f"Bearer {session['token']}"
        response = case.call(base_url=address, session=wire, headers=headers)
        assert response.status_code < 500, response.text

    with requests.Session() as wire:
        try_it()
