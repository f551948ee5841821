"""What tests share: databases, a small persona, a contact that does as told, and an application made of them."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text
from starlette.testclient import TestClient

from sim.errors import ChatUnavailable, UnknownItem
from sim.hearing import hear as really_hear
from sim.people import Passwords, Registry
from sim.persona import Persona, parse_persona
from sim.ports import Brief, Utterance
from sim.practice import Caller, Desk
from sim.rubric import Rubric, parse_rubric
from sim.scorecard import CriterionScore, Scorecard
from sim.settings import Settings
from sim.store import Store
from sim.store.accounts import Accounts
from sim.store.audit import Trail
from sim.store.tables import METADATA
from sim.transcript import Transcript, word_count
from sim.understanding import Act, Understanding

PERSONA_YAML = """
schema: sim.persona/1
id: ada
name: Ada Ferro
title: Head of Bridges
company: Span & Co
level: manager
minutes: 20
summary: Builds bridges and has little time.
referrer: {name: Jo Park, relation: shared an office with her}
dossier:
  company: [Span & Co built forty bridges.]
private:
  - {topic: challenge, tells: The river moved., says: ["Honestly, the river moved."], min_rapport: 0}
temperament: {patience: 3, warmth: 3, talkativeness: 3, job_sensitivity: 4}
referrals:
  - {name: Ira Novak, role: Steel, gives_when: always}
"""

RUBRIC_YAML = """
schema: sim.rubric/1
id: classic
name: Small
school: For tests.
criteria:
  - id: listening
    name: Listening
    weight: 1
    question: Did they listen?
    anchors: {1: never, 2: hardly, 3: some, 4: well, 5: fully}
"""


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark that the next function sets, and start from the embedded default."""
    config.addinivalue_line("markers", "postgres: needs PostgreSQL's programs, which the test run starts by itself")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SIM_CONTACT_MODEL", "SIM_JUDGE_MODEL"):
        os.environ.pop(name, None)  # no test asks a model that somebody uses


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on PostgreSQL, and keep it on one worker so that one server is started."""
    for item in items:
        chosen = getattr(getattr(item, "callspec", None), "params", {}).get("database_url")
        if chosen == "postgresql" or {"postgres", "empty_postgres"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("postgres")
            item.add_marker(pytest.mark.xdist_group("postgres"))


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the application does."""
    return "asyncio"


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


def _postgres_program(name: str) -> str | None:
    found = shutil.which(name)
    return os.path.realpath(found) if found else next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


def _as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; there it runs as its own user."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of this test run: its own folder, a unix socket and nothing else. Yields the URL of its first database."""
    initdb, server = _postgres_program("initdb"), _postgres_program("postgres")
    if not initdb or not server:
        reason = "PostgreSQL is not installed (no initdb): apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    root = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has at most 107 bytes
    become = _as_postgres()
    if become:
        os.chown(root, become["user"], become["group"])
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
    make = [initdb, "-D", f"{root}/data", "-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"]
    subprocess.run(make, check=True, cwd=root, env=env, stdout=subprocess.DEVNULL, **become)
    fast = [part for o in ("listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=32MB") for part in ("-c", o)]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [server, "-D", f"{root}/data", "-k", str(root), *fast], cwd=root, env=env, stdout=log, stderr=log, **become
        )
        try:
            _wait_for(lambda: "ready to accept" in (root / "log").read_text() and (root / ".s.PGSQL.5432").exists())
            yield f"postgresql://app@/postgres?host={root}"
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)
            shutil.rmtree(root, ignore_errors=True)


def _wait_for(ready: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError("the server did not come up")
        time.sleep(0.02)


# -- stores ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and no rows; copying it is quicker than migrating anew for every test."""
    path = tmp_path_factory.mktemp("db") / "empty.db"

    async def make() -> None:
        store = Store(f"sqlite:///{path}")
        await store.open()
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture
def database_file(empty_database: Path, tmp_path: Path) -> Path:
    """A SQLite file of this test's own."""
    return Path(shutil.copy(empty_database, tmp_path / "test.db"))


@pytest.fixture
def sqlite_url(database_file: Path) -> str:
    """The URL of this test's SQLite file."""
    return f"sqlite:///{database_file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once for each kind we support."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "empty_postgres")
    return url


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """The URL of a PostgreSQL database without rows."""

    async def clear() -> None:
        store = Store(postgres)
        await store.open()
        with store.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY"))
        await store.close()

    asyncio.run(clear())
    return postgres


@pytest.fixture
async def store(database_url: str, anyio_backend: str) -> AsyncIterator[Store]:
    """An open store on either database."""
    opened = Store(database_url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str, anyio_backend: str) -> AsyncIterator[Store]:
    """An open store on SQLite, for what does not depend on the database."""
    opened = Store(sqlite_url)
    await opened.open()
    yield opened
    await opened.close()


# -- the other ports ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def persona() -> Persona:
    """A small persona: one private fact, one referral given to whoever asks, a referrer."""
    return parse_persona(PERSONA_YAML)


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    """A rubric with one criterion."""
    return parse_rubric(RUBRIC_YAML)


@dataclass
class OneBook:
    """A library with one persona and one rubric."""

    one_persona: Persona
    one_rubric: Rubric

    def personas(self) -> list[Persona]:
        return [self.one_persona]

    def rubrics(self) -> list[Rubric]:
        return [self.one_rubric]

    def problems(self) -> list[Exception]:
        return []

    def offer(self, offers: Any) -> None:
        pass

    def for_workshops(self, account_id: str) -> OneBook:
        return self

    def file_of_persona(self, persona_id: str) -> None:
        return None

    def persona(self, persona_id: str) -> Persona:
        if persona_id != self.one_persona.id:
            raise UnknownItem(f"there is no persona {persona_id!r}")
        return self.one_persona

    def rubric(self, rubric_id: str) -> Rubric:
        if rubric_id not in (self.one_rubric.id, "other"):
            raise UnknownItem(f"there is no rubric {rubric_id!r}")
        return self.one_rubric.model_copy(update={"id": rubric_id})


@dataclass
class FakeContact:
    """Says which turn it answers, a word at a time. It can be held mid-line, break off, and count its lines."""

    spoken: int = 0
    fails: bool = False
    holds: asyncio.Event | None = None
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def hold(self) -> asyncio.Event:
        """Let the next lines stop after their first word until the event is set."""
        self.holds = asyncio.Event()
        self.waiting = asyncio.Event()
        return self.holds

    async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
        """Yield the words, then the line."""
        self.spoken += 1
        line = f"Contact line {brief.step.state.turn} {brief.step.direction.main.value}."
        for number, word in enumerate(line.split()):
            if number == 1:
                if self.fails:
                    raise ChatUnavailable("the endpoint is down")
                if self.holds is not None:
                    self.waiting.set()
                    await self.holds.wait()
            yield word if number == 0 else f" {word}"
        yield Utterance(line, "scripted", (f"line-{brief.step.state.turn}",))


@dataclass
class FakeClock:
    """A clock that is set by hand."""

    time: float = 1_000_000.0

    def now(self) -> float:
        return self.time


def plain_hear(*given: Any) -> Understanding:
    """Read a message by a handful of words; the real reader has tests of its own, and a model to load."""
    words = given[-1]
    clues = {"job": "job_ask", "who else": "referral_ask", "bye": "goodbye", "?": "question", "rude": "negative_tone"}
    acts = tuple(
        Act(act, 0, len(words), words, kind="direct" if act == "job_ask" else "other", topic="challenge", specific=True)
        for clue, act in clues.items()
        if clue in words.lower()
    )
    return Understanding(words, acts, word_count(words), nonsense=word_count(words) == 0)


@pytest.fixture
def plain_hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let practice read messages without the model."""
    assert really_hear is not None
    monkeypatch.setattr("sim.practice.turns.hear", plain_hear)


def count_words(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
    """Mark a session by how much the learner said; quick, and different for different sessions."""
    words = sum(word_count(turn.text) for turn in transcript.turns if turn.speaker == "learner")
    marks = [CriterionScore(id=c.id, score=min(5, 1 + words // 10)) for c in rubric.criteria]
    return Scorecard(transcript=transcript.id, rubric=rubric.id, overall=float(min(100, words)), graded_by="detectors", criteria=marks)


@pytest.fixture
def contact() -> FakeContact:
    return FakeContact()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def library(persona: Persona, rubric: Rubric) -> OneBook:
    return OneBook(persona, rubric)


@pytest.fixture
async def desk(sqlite_store: Store, library: OneBook, contact: FakeContact, clock: FakeClock, plain_hearing: None) -> AsyncIterator[Desk]:
    """A desk on SQLite with a contact that does as told."""
    made = Desk(library=library, store=sqlite_store, contact=contact, clock=clock, score=count_words)
    yield made
    await made.close(0)


@pytest.fixture
def me() -> Caller:
    return Caller(owner="my-cookie")


@pytest.fixture
def passwords() -> Passwords:
    """Real Argon2, made quick: tests have nothing to hide."""
    return Passwords(PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))


@pytest.fixture
def registry(store: Store, clock: FakeClock, passwords: Passwords) -> Iterator[Registry]:
    """The register of people on either database."""
    made = Registry(Accounts(store), Trail(store), clock, passwords)
    yield made
    made.close()


# -- the application ---------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(sqlite_url: str) -> Settings:
    return Settings(database_url=sqlite_url)


@pytest.fixture
def app(settings: Settings, library: OneBook, contact: FakeContact, clock: FakeClock, passwords: Passwords, plain_hearing: None) -> FastAPI:
    """The application on SQLite with a contact that does as told."""
    from web.app import create_app

    return create_app(settings, library=library, contact=contact, clock=clock, score=count_words, passwords=passwords)  # type: ignore[arg-type]


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser on the application's own pages: same origin, cookies kept."""
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as opened:
        yield opened
