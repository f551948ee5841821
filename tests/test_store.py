"""The store keeps what it confirmed, on both databases, and says what is wrong when it cannot."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings as hypothesis_settings, strategies as st
from sqlalchemy import create_engine, event, text

from sim.errors import StoreUnavailable
from sim.meeting import State
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.sessions import Ending, SessionRecord, TurnRecord
from sim.store import Store
from sim.store.engine import database_url as parsed_url, make_engine
from sim.store.failures import explain
from sim.store.lanes import Lanes
from sim.store.leases import Holder, held_by_other
from sim.store.migrate import alembic_config
from sim.store.migrations import HEAD
from sim.store.tables import METADATA
from sim.transcript import Prep, ThankYou, TraceEntry

pytestmark = pytest.mark.anyio

TRACE = TraceEntry(turn=0, minute=0.5, patience=0.7, rapport=0.4, intent="greeting", cue="none")
GREETING = TurnRecord(0, "contact", "Hello.", 0.0, trace=TRACE, state=State(minute=0.5))


@pytest.fixture
def record(persona: Persona, rubric: Rubric) -> SessionRecord:
    return SessionRecord("s1", "owner", "token", persona, rubric, "tough", "wall", 2**40, 20.0, 1_000.5)


def learner(index: int, words: str = "Hi", key: str = "k") -> TurnRecord:
    return TurnRecord(index, "learner", words, 0.5, key, answered=False, elapsed=1.25)


def reply(index: int, minute: float = 2.0) -> TurnRecord:
    return TurnRecord(index, "contact", "Well.", 1.0, trace=TRACE, state=State(turn=index, minute=minute))


async def begun(store: Store, record: SessionRecord) -> SessionRecord:
    await store.create(record)
    await store.begin(record.id, 0, GREETING, 1_001.0)
    found = await store.load(record.id)
    assert found is not None
    return found


def put_in_place(new: Path, old: Path) -> None:
    """Replace a database by another file, as somebody does who restores a backup."""
    for side in ("", "-wal", "-shm"):
        Path(f"{old}{side}").unlink(missing_ok=True)
    old.write_bytes(new.read_bytes())


# -- what is kept ------------------------------------------------------------------------------------------------------


async def test_a_session_comes_back_as_it_was_given(store: Store, record: SessionRecord) -> None:
    full = replace(record, prep=Prep(goal="learn", questions=["Why?"]), notes="n", thank_you=ThankYou(to_contact="Ta"))
    await store.create(full)
    assert await store.load("s1") == full


async def test_nothing_is_found_under_an_id_that_was_never_given(store: Store) -> None:
    assert await store.load("nope") is None


async def test_the_persona_is_frozen_once_for_all_sessions(store: Store, record: SessionRecord) -> None:
    for name in ("a", "b", "c"):
        await store.create(replace(record, id=name))
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM frozen WHERE kind = 'persona'")).scalar() == 1


async def test_a_changed_persona_leaves_old_sessions_with_the_old_one(store: Store, record: SessionRecord) -> None:
    await store.create(record)
    newer = record.persona.model_copy(update={"summary": "Somebody else now."})
    await store.create(replace(record, id="s2", persona=newer))
    old, new = await store.load("s1"), await store.load("s2")
    assert old is not None
    assert new is not None
    assert (old.persona.summary, new.persona.summary) == (record.persona.summary, "Somebody else now.")


async def test_many_threads_read_more_files_than_are_kept_in_memory(rubric: Rubric, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(OrderedDict[str, Persona | Rubric]):
        def get(self, key: str, default: Any = None) -> Any:
            found = super().get(key, default)
            time.sleep(0)  # another thread's turn
            return found

    monkeypatch.setattr("sim.store.store.KEPT_DOCUMENTS", 1)
    monkeypatch.setattr(Rubric, "model_validate_json", lambda body: rubric)
    store = Store("sqlite://")
    store._documents = Slow()
    row: Any = SimpleNamespace(execute=lambda query: SimpleNamespace(scalar_one=lambda: "{}"))

    def read(key: str) -> None:
        for _ in range(300):
            assert store.thaw(row, key, Rubric) is rubric

    await asyncio.gather(*(asyncio.to_thread(read, key) for key in ("one", "one", "two", "two")))


async def test_a_turn_is_pending_until_its_reply_is_stored(store: Store, record: SessionRecord) -> None:
    session = await begun(store, record)
    assert await store.hear("s1", session.version, learner(1))
    waiting = await store.load("s1")
    assert waiting is not None
    assert waiting.waiting is not None
    assert waiting.waiting.text == "Hi"
    assert waiting.waiting.elapsed == 1.25
    assert await store.answer("s1", waiting.version, reply(2), None)
    done = await store.load("s1")
    assert done is not None
    assert done.waiting is None
    assert [t.text for t in done.turns] == ["Hello.", "Hi", "Well."]
    assert done.state == State(turn=2, minute=2.0)


async def test_the_state_after_every_contact_turn_can_be_had_again(store: Store, record: SessionRecord) -> None:
    session = await begun(store, record)
    await store.hear("s1", session.version, learner(1))
    await store.answer("s1", session.version + 1, reply(2), None)
    assert await store.state_at("s1", 0) == GREETING.state
    assert await store.state_at("s1", 2) == State(turn=2, minute=2.0)
    assert await store.state_at("s1", 1) is None


async def test_the_end_settles_what_was_unanswered(store: Store, record: SessionRecord) -> None:
    session = await begun(store, record)
    await store.hear("s1", session.version, learner(1))
    last = replace(learner(2, "And bye", "k2"), answered=True)
    assert await store.finish("s1", session.version + 1, [last], State(minute=3.0), Ending("learner", 3.0))
    over = await store.load("s1")
    assert over is not None
    assert over.ending == Ending("learner", 3.0)
    assert over.waiting is None
    assert [t.text for t in over.turns] == ["Hello.", "Hi", "And bye"]


async def test_a_fork_has_its_own_copy_of_the_turns_before_it(store: Store, record: SessionRecord) -> None:
    session = await begun(store, record)
    await store.hear("s1", session.version, learner(1))
    await store.answer("s1", session.version + 1, reply(2), None)
    await store.create(replace(record, id="f", parent="s1", fork_turn=1, state=GREETING.state))
    await store.delete("s1")
    fork = await store.load("f")
    assert fork is not None
    assert [t.text for t in fork.turns] == ["Hello."]
    assert fork.parent is None
    assert await store.state_at("f", 0) == GREETING.state


async def test_history_has_the_owners_sessions_newest_first(store: Store, record: SessionRecord) -> None:
    await begun(store, record)
    await store.hear("s1", 1, learner(1))
    await store.create(replace(record, id="s2", opened_at=2_000.0))
    await store.create(replace(record, id="s3", owner_hash="stranger"))
    card = Scorecard(transcript="s1", rubric="classic", overall=61.5, graded_by="detectors", criteria=[])
    await store.save("s1", scorecard=card)
    rows = await store.history("owner")
    assert [r.id for r in rows] == ["s2", "s1"]
    assert [r.learner_turns for r in rows] == [0, 1]
    assert [(r.scorecard or {}).get("overall") for r in rows] == [None, 61.5]


async def test_deleting_takes_every_word_along(store: Store, record: SessionRecord) -> None:
    await begun(store, record)
    await store.delete("s1")
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM turns")).scalar() == 0


async def test_retention_forgets_old_sessions_and_files_nobody_uses(store: Store, record: SessionRecord) -> None:
    await store.create(record)
    assert await store.delete_opened_before(1_000.0) == 0
    assert await store.delete_opened_before(2_000.0) == 1
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM frozen")).scalar() == 0


@pytest.mark.parametrize("words", ["naïve 日本 👩‍🚀", "'; DROP TABLE turns; --", "<script>alert(1)</script>", "a\nb\tc", "\u2028"])
async def test_words_come_back_as_they_were_typed(store: Store, record: SessionRecord, words: str) -> None:
    session = await begun(store, record)
    await store.hear("s1", session.version, learner(1, words))
    found = await store.load("s1")
    assert found is not None
    assert found.turns[1].text == words


# -- who is first ------------------------------------------------------------------------------------------------------


async def test_only_one_of_many_changes_decided_on_the_same_version_is_made(store: Store, record: SessionRecord) -> None:
    session = await begun(store, record)
    tries = [store.hear("s1", session.version, learner(1, f"try {n}", f"k{n}")) for n in range(20)]
    made = await asyncio.gather(*tries)
    assert sum(made) == 1
    found = await store.load("s1")
    assert found is not None
    assert len(found.turns) == 2


async def test_two_processes_never_both_answer(store: Store, database_url: str, record: SessionRecord) -> None:
    session = await begun(store, record)
    await store.hear("s1", session.version, learner(1))
    other = Store(database_url)
    await other.open()
    made = await asyncio.gather(
        store.answer("s1", session.version + 1, reply(2), None), other.answer("s1", session.version + 1, reply(2), None)
    )
    await other.close()
    assert sorted(made) == [False, True]


async def test_many_writers_at_once_all_get_their_turn(store: Store, record: SessionRecord) -> None:
    await asyncio.gather(*(store.create(replace(record, id=f"m{n}")) for n in range(150)))
    assert len(await store.history("owner")) == 150


async def test_one_write_that_fails_takes_no_other_down(store: Store, record: SessionRecord) -> None:
    await store.create(record)
    tries = [store.create(replace(record, id=name)) for name in ("s2", "s1", "s3")]
    made = await asyncio.gather(*tries, return_exceptions=True)
    assert [isinstance(m, Exception) for m in made] == [False, True, False]
    assert len(await store.history("owner")) == 3


async def test_a_write_is_finished_when_nobody_waits_for_it_any_more(store: Store, record: SessionRecord) -> None:
    session = await begun(store, record)
    task = asyncio.create_task(store.hear("s1", session.version, learner(1)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.save("s1", notes="after")
    found = await store.load("s1")
    assert found is not None
    assert len(found.turns) == 2


ME = Holder("here", 100, "aa")


@pytest.mark.parametrize(
    ("holder", "until", "held"),
    [
        (None, None, False),
        ("here:100:aa", 50.0, False),
        ("elsewhere:7:bb", 50.0, True),
        ("elsewhere:7:bb", 5.0, False),
        ("here:100:bb", 50.0, False),
        ("here:1:bb", 50.0, True),
        ("here:4194304:bb", 50.0, False),
    ],
    ids=["nobody", "me", "another machine", "run out", "my number before a restart", "alive here", "dead here"],
)
def test_a_lease_holds_only_while_its_process_can_be_alive(holder: str | None, until: float | None, held: bool) -> None:
    assert held_by_other(holder, until, ME, now=10.0) is held


def test_no_order_of_events_loses_or_doubles_a_turn(persona: Persona, rubric: Rubric) -> None:
    """Whatever happens in whatever order, also decided on stale versions: indices run from 0 without a gap, and words stay."""
    store = Store("sqlite://")

    async def happen(ops: list[str], stale: int) -> None:
        record = SessionRecord(secrets.token_hex(8), "owner", "token", persona, rubric, "tough", "wall", 1, 20.0, 1.0)
        session = await begun(store, record)
        kept = ["Hello."]
        for n, op in enumerate(ops):
            version = max(0, session.version - (stale if n % 3 == 2 else 0))
            kept += await do(op, session, version, n)
            found = await store.load(record.id)
            assert found is not None
            session = found
        assert [t.text for t in session.turns] == kept
        assert [t.index for t in session.turns] == list(range(len(kept)))

    async def do(op: str, session: SessionRecord, version: int, n: int) -> list[str]:
        index, free = len(session.turns), session.waiting is None and session.ending is None
        if op == "hear" and free:
            return [f"w{n}"] if await store.hear(session.id, version, learner(index, f"w{n}", f"k{n}")) else []
        if op == "answer" and session.waiting is not None:
            return ["Well."] if await store.answer(session.id, version, reply(index), None) else []
        if op == "adopt":
            await store.adopt(session.id, version)
        if op == "finish" and free:
            await store.finish(session.id, version, [], State(), Ending("learner", 1.0))
        return []

    with asyncio.Runner() as runner:
        runner.run(store.open())

        @given(ops=st.lists(st.sampled_from(["hear", "answer", "adopt", "finish"]), max_size=12), stale=st.integers(0, 2))
        @hypothesis_settings(max_examples=40, deadline=None)
        def always(ops: list[str], stale: int) -> None:
            runner.run(happen(ops, stale))

        always()
        runner.run(store.close())


# -- tables ------------------------------------------------------------------------------------------------------------


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


async def test_the_migrations_make_the_tables_the_code_expects(store: Store) -> None:
    with store.engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.check(config)
        assert MigrationContext.configure(connection).get_current_revision() == HEAD


async def test_the_migrations_can_be_taken_back(sqlite_store: Store) -> None:
    config = alembic_config()
    with sqlite_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    await sqlite_store.open()
    await sqlite_store.ping()


async def test_an_upgrade_from_the_first_tables_keeps_every_turn(tmp_path: Path) -> None:
    """SQLite changes some columns by making the table anew, and dropping the old one would take what hangs on it along."""
    config = alembic_config()
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = make_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO frozen VALUES ('p', 'persona', '{}'), ('r', 'rubric', '{}')"))
        connection.execute(
            text(
                "INSERT INTO sessions (id, owner_hash, token_hash, persona_id, persona_hash, rubric_id, rubric_hash, difficulty, clock,"
                " seed, agreed_minutes, opened_at) VALUES ('s', 'o', 't', 'ada', 'p', 'classic', 'r', 'realistic', 'simulated', 1, 20, 0)"
            )
        )
        connection.execute(
            text("INSERT INTO turns (session_id, turn_index, speaker, text, at, status) VALUES ('s', 0, 'contact', 'Hi', 0, 'complete')")
        )
    engine.dispose()
    store = Store(url)
    await store.open()
    kept = await store.read(lambda connection: connection.execute(text("SELECT session_id, text FROM turns")).all())
    await store.close()
    assert [tuple(row) for row in kept] == [("s", "Hi")]


async def test_opening_a_database_again_keeps_what_is_in_it(store: Store, database_url: str, record: SessionRecord) -> None:
    await store.create(record)
    again = Store(database_url)
    await again.open()
    assert await again.load("s1") is not None
    await again.close()


async def test_two_servers_can_start_on_a_new_database_at_once(tmp_path: Path) -> None:
    stores = [Store(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(2)]
    await asyncio.gather(*(store.open() for store in stores))
    for store in stores:
        await store.ping()
        await store.close()


async def test_a_new_database_can_be_read_by_its_user_alone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'deep' / 'new.db'}")
    await store.open()
    assert store.file is not None
    assert store.file.stat().st_mode & 0o077 == 0
    await store.close()


async def test_a_database_of_a_newer_version_is_left_alone(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    store = Store(sqlite_url)
    with pytest.raises(StoreUnavailable, match="'9999'.*newer version"):
        await store.open()
    await store.close()


def test_every_table_has_its_migration() -> None:
    """`command.check` looks for what is missing; this looks for names that two databases would make up differently."""
    unnamed = [c for t in METADATA.tables.values() for c in t.constraints if not c.name]
    assert not unnamed


# -- what goes wrong ---------------------------------------------------------------------------------------------------


async def test_a_vanished_file_is_told_and_comes_back(sqlite_store: Store, record: SessionRecord) -> None:
    await sqlite_store.create(record)
    path = sqlite_store.file
    assert path is not None
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    path.rename(path.with_suffix(".away"))
    with pytest.raises(StoreUnavailable, match="has vanished; put it back"):
        await sqlite_store.load("s1")
    with pytest.raises(StoreUnavailable, match="vanished"):
        await sqlite_store.save("s1", notes="lost?")
    assert not path.exists(), "an empty file in its place would hide that the data is gone"
    path.with_suffix(".away").rename(path)
    assert await sqlite_store.load("s1") is not None


async def test_a_replaced_file_is_read_instead_of_the_one_that_was_open(
    sqlite_store: Store, empty_database: Path, record: SessionRecord
) -> None:
    await sqlite_store.create(record)
    assert sqlite_store.file is not None
    put_in_place(empty_database, sqlite_store.file)
    assert await sqlite_store.load("s1") is None


async def test_a_full_disk_is_told_and_leaves_nothing_half_done(sqlite_store: Store, record: SessionRecord) -> None:
    session = await begun(sqlite_store, record)
    sqlite_store.engine.dispose()

    @event.listens_for(sqlite_store.engine, "connect")
    def small(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreUnavailable, match="the disk is full; free some space"):
        await sqlite_store.hear("s1", session.version, learner(1, "word " * 20_000))
    event.remove(sqlite_store.engine, "connect", small)
    sqlite_store.engine.dispose()
    found = await sqlite_store.load("s1")
    assert found == session
    assert await sqlite_store.hear("s1", session.version, learner(1))


async def test_a_database_that_somebody_else_writes_to_is_told(sqlite_url: str, database_file: Path, record: SessionRecord) -> None:
    store = Store(sqlite_url, busy_seconds=0.05)
    await store.open()
    blocker = sqlite3.connect(database_file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="another program has been writing"):
        await store.create(record)
    assert await store.load("s1") is None, "reading goes on meanwhile"
    blocker.execute("ROLLBACK")
    blocker.close()
    await store.create(record)
    await store.close()


async def test_what_is_not_a_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, just some words that are long enough to be a header" * 20)
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match=r"notes\.txt is not available: the file is not a SQLite database"):
        await store.open()
    await store.close()


async def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    store = Store("postgresql://me:hunter2@127.0.0.1:9/db")
    with pytest.raises(StoreUnavailable, match="server cannot be reached") as told:
        await store.open()
    assert "hunter2" not in str(told.value)
    await store.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite+pysqlcipher:///x"])
def test_a_url_we_have_no_driver_for_is_told(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="SIM_DATABASE_URL"):
        Store(url)


@pytest.mark.parametrize(
    ("written", "driver"),
    [("sqlite:///x.db", "sqlite"), ("postgres://h/d", "postgresql+psycopg"), ("postgresql://h/d", "postgresql+psycopg")],
)
def test_people_write_urls_in_several_ways(written: str, driver: str) -> None:
    assert parsed_url(written).drivername == driver


def test_an_explanation_never_repeats_what_was_to_be_written() -> None:
    engine = create_engine("sqlite://", hide_parameters=True)
    with engine.connect() as connection, pytest.raises(Exception, match="no such table") as caught:
        connection.execute(text("INSERT INTO t VALUES (:said)"), {"said": "my secret"})
    engine.dispose()
    assert "my secret" not in explain("x", caught.value)
    assert "my secret" not in str(caught.value)


async def test_a_store_that_was_closed_says_so_and_hangs_nobody(sqlite_url: str, record: SessionRecord) -> None:
    store = Store(sqlite_url)
    await store.open()
    await store.close()
    async with asyncio.timeout(5):
        for call in (store.create(record), store.load("s1")):
            with pytest.raises((RuntimeError, StoreUnavailable)):
                await call


async def test_writes_that_wait_share_a_commit() -> None:
    """While one commit is under way others queue up, and all of those go in one transaction."""
    engine = make_engine("sqlite://")
    commits = []
    event.listen(engine, "commit", commits.append)
    lanes = Lanes(engine, lambda: None, single=True)
    await asyncio.gather(*(lanes.write(lambda connection: connection.execute(text("SELECT 1")).scalar()) for _ in range(30)))
    assert len(commits) <= 2
    await lanes.alone(engine.dispose)
    lanes.close()
