"""A server that is killed in the middle of a reply comes back with every word the learner sent, and the reply can be had."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from conftest import PERSONA_YAML, RUBRIC_YAML, FakeContact, OneBook, count_words, parse_persona, parse_rubric, plain_hear
from fastapi import FastAPI

from sim.ports import Brief, Utterance
from sim.settings import Settings

TESTS = Path(__file__).parent
GO_ON = Path(os.environ.get("GO_ON", "/"))


class HeldContact(FakeContact):
    """Stops after the first word of every reply until a file is there."""

    async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
        async for piece in super().speak(brief):
            yield piece
            while brief.step.state.turn and not GO_ON.exists():  # noqa: ASYNC110, ASYNC240 - another process makes the file
                await asyncio.sleep(0.01)


def held_app() -> FastAPI:
    """The application that the server process runs."""
    import sim.practice.turns
    from web.app import create_app

    sim.practice.turns.hear = plain_hear
    library = OneBook(parse_persona(PERSONA_YAML), parse_rubric(RUBRIC_YAML))
    return create_app(Settings(), library=library, contact=HeldContact(), score=count_words)  # type: ignore[arg-type]


class Server:
    """A real server process on a socket that outlives it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.go_on = folder / "go-on"
        self.log = folder / "server.log"
        paths = os.pathsep.join((str(TESTS.parent), str(TESTS)))
        self.env = os.environ | {"SIM_DATABASE_URL": database, "GO_ON": str(self.go_on), "PYTHONPATH": paths}
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.socket.getsockname()[1]}", timeout=30)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "--factory", "test_crash:held_app", "--fd", str(self.socket.fileno())]
        command += ["--timeout-graceful-shutdown", "1"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env, pass_fds=[self.socket.fileno()], stdout=log, stderr=log)
        assert self.client.get("/healthz").status_code == 200, self.log.read_text()

    def stop(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(10)

    def close(self) -> None:
        self.stop(signal.SIGKILL)
        self.client.close()
        self.socket.close()


@pytest.fixture
def server(tmp_path: Path, sqlite_url: str) -> Iterator[Server]:
    running = Server(tmp_path, sqlite_url)
    yield running
    running.close()


@contextmanager
def speaking(server: Server, session: str, mine: dict[str, str], text: str, key: str) -> Iterator[None]:
    """Say something and wait until the first word of the reply has come."""
    with server.client.stream("POST", f"{session}/turns", json={"text": text, "key": key}, headers=mine) as stream:
        assert any("token" in line for line in stream.iter_lines())
        yield


def stored(database: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT text, status FROM turns WHERE speaker = 'learner' ORDER BY turn_index").fetchall()
    connection.close()
    return rows


def test_a_server_killed_while_a_reply_streams_loses_nothing(server: Server, database_file: Path) -> None:
    opened = server.client.post("/api/sessions", json={"persona": "ada", "seed": 1}).json()
    session, mine = f"/api/sessions/{opened['id']}", {"authorization": f"Bearer {opened['token']}"}
    server.client.cookies.clear()

    with speaking(server, session, mine, "How did you start?", "k1"):
        server.stop(signal.SIGKILL)
    assert stored(database_file) == [("How did you start?", "pending")]

    server.go_on.touch()
    server.start()
    again = server.client.post(
        f"{session}/turns", json={"text": "How did you start?", "key": "k1"}, headers=mine | {"accept": "application/json"}
    )
    assert again.json()["text"] == "Contact line 2 answer."
    assert stored(database_file) == [("How did you start?", "complete")]

    turns = server.client.get(session, headers=mine).json()["turns"]
    assert [t["text"] for t in turns][1:] == ["How did you start?", "Contact line 2 answer."]

    server.go_on.unlink()
    with speaking(server, session, mine, "And then?", "k2"):
        server.stop(signal.SIGTERM)
    assert stored(database_file)[-1] == ("And then?", "pending"), "an orderly stop waits for nobody's slow reply either"
    assert "How did you start" not in server.log.read_text()
    assert opened["token"] not in server.log.read_text()
