"""The store: sessions in a database, every call one short transaction."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection, Insert, Select, delete, func, insert, literal, null, select, text, update

from sim.errors import StoreUnavailable, UnknownItem
from sim.meeting import State
from sim.persona import Persona
from sim.review import Comment, Override, Review
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.sessions import Ending, HistoryRecord, NoteStage, SessionRecord, TurnRecord, digest
from sim.store.engine import BUSY_SECONDS, database_file, database_url, make_engine
from sim.store.failures import translated
from sim.store.lanes import Lanes
from sim.store.leases import LEASE_SECONDS, held_by_other, this_process
from sim.store.migrate import migrate
from sim.store.rows import SPOKEN, history_record, json_values, session_record, session_values, turn_record, turn_values
from sim.store.tables import COMMENT, FROZEN, MEMBER, OVERRIDE, SESSION, TURN, WORKSHOP
from sim.transcript import ThankYou

Document = TypeVar("Document", Persona, Rubric)
Result = TypeVar("Result")

RULES = (WORKSHOP.c.numbers.label("workshop_numbers"), WORKSHOP.c.hints.label("workshop_hints"))
"""What a workshop fixes for whoever looks at a session held in it."""

NO_LEASE: dict[str, Any] = {"lease_holder": None, "lease_until": None}

KEPT_DOCUMENTS = 64
"""How many frozen personas and rubrics stay parsed in memory, some 200 kB each; every open meeting's turn needs its own two."""


class Store:
    """Keeps sessions; fulfils `sim.sessions.SessionStore`. Call `open` before anything else and `close` at the end."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS, now: Callable[[], float] = time.time) -> None:
        """Prepare for the database at `url`; raises StoreUnavailable where no driver fits it. Connects to nothing yet."""
        self.engine = make_engine(url, busy_seconds)
        parsed = database_url(url)
        self.backend = parsed.get_backend_name()
        self.file = database_file(parsed)
        host = parsed.host or parsed.query.get("host") or "in memory"
        self.place = str(self.file or f"{host}/{parsed.database or ''}")
        self._lanes = Lanes(self.engine, self._check_file, single=self.backend == "sqlite" and not self.file)
        self._now = now
        self._me = this_process()
        self._inode: tuple[int, int] | None = None
        self._documents: OrderedDict[str, Persona | Rubric] = OrderedDict()
        self._documents_lock = threading.Lock()  # sessions are read on several threads at once

    # -- opening and closing -------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Create or upgrade the tables. Raises StoreUnavailable."""
        with translated(self.place):
            await self._lanes.alone(self._open)

    def _open(self) -> None:
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600)  # what learners write is for the server's user alone
        migrate(self.engine)
        self._inode = self._found_file()

    async def close(self) -> None:
        """Finish what is being written and close every connection."""
        await self._lanes.alone(self.engine.dispose)
        self._lanes.close()

    async def ping(self) -> None:
        """Return if the database can be read; raises StoreUnavailable."""
        await self.read(lambda connection: connection.execute(select(SESSION.c.id).limit(1)).first())

    def _found_file(self) -> tuple[int, int] | None:
        if not self.file:
            return None
        found = self.file.stat()
        return (found.st_dev, found.st_ino)

    def _check_file(self) -> None:
        """Notice a database file that was deleted or replaced under us: an open connection would go on writing into nothing."""
        try:
            found = self._found_file()
        except FileNotFoundError as error:
            self.engine.dispose()
            mend = "its file has vanished; put it back, or restart the application for an empty one"
            raise StoreUnavailable(f"the database {self.place} is not available: {mend}") from error
        if found != self._inode:
            self.engine.dispose()
            self._inode = found

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` on a thread with a connection of its own and return what it returns. Raises StoreUnavailable."""
        with translated(self.place):
            return await self._lanes.read(work)

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` as one transaction and return what it returns; an error of its own is raised and undoes it.

        Raises StoreUnavailable. `work` may be run again alone where it was joined with others and one of them failed.
        """
        with translated(self.place):
            return await self._lanes.write(work)

    # -- sessions ------------------------------------------------------------------------------------------------------

    async def create(self, record: SessionRecord) -> None:
        """Keep a new session; a fork gets the turns of its parent before `fork_turn`, with their states."""
        await self.write(lambda connection: self._insert(connection, record))

    def _insert(self, connection: Connection, record: SessionRecord) -> None:
        persona_hash = self._freeze(connection, "persona", record.persona)
        rubric_hash = self._freeze(connection, "rubric", record.rubric)
        connection.execute(insert(SESSION).values(session_values(record, persona_hash, rubric_hash)))
        if record.parent and record.fork_turn:
            connection.execute(_copied_turns(record.parent, record.id, record.fork_turn))

    async def create_attempt(self, record: SessionRecord, most: int | None) -> SessionRecord | None:
        """Keep a new session as its member's next attempt and return it numbered; None where they have had `most` already.

        Raises UnknownItem where the member has left meanwhile. The count and the session come in one transaction, so that two tabs
        at once get no attempt too many.
        """
        mine = MEMBER.c.id == record.member
        again = update(MEMBER).where(mine).values(opened=MEMBER.c.opened + 1).returning(MEMBER.c.opened)

        def work(connection: Connection) -> SessionRecord | None:
            left = again if most is None else again.where(MEMBER.c.opened < most)
            number = connection.execute(left).scalar()
            if number is None:
                if connection.execute(select(MEMBER.c.id).where(mine)).first() is None:
                    raise UnknownItem("you are not in this workshop any more; join it again")
                return None
            numbered = replace(record, attempt=number)
            self._insert(connection, numbered)
            return numbered

        return await self.write(work)

    def _freeze(self, connection: Connection, kind: str, document: BaseModel) -> str:
        body = document.model_dump_json(by_alias=True, exclude_unset=True)
        key = digest(body)
        statement = text("INSERT INTO frozen (hash, kind, body) VALUES (:hash, :kind, :body) ON CONFLICT (hash) DO NOTHING")
        connection.execute(statement, {"hash": key, "kind": kind, "body": body})
        return key

    async def load(self, session_id: str) -> SessionRecord | None:
        """Return the session, or None."""
        return await self.read(lambda connection: self._load(connection, session_id))

    def _load(self, connection: Connection, session_id: str) -> SessionRecord | None:
        row = connection.execute(_with_rules(select(SESSION, *RULES)).where(SESSION.c.id == session_id)).first()
        if row is None:
            return None
        spoken = select(*SPOKEN).where(TURN.c.session_id == session_id).order_by(TURN.c.turn_index)
        turns = tuple(turn_record(r) for r in connection.execute(spoken))
        persona = self.thaw(connection, row.persona_hash, Persona)
        rubric = self.thaw(connection, row.rubric_hash, Rubric)
        held = held_by_other(row.lease_holder, row.lease_until, self._me, self._now())
        return session_record(row, turns, persona, rubric, held)

    def thaw(self, connection: Connection, key: str, model: type[Document]) -> Document:
        """Return a frozen persona or rubric by its hash; the last ones asked for stay parsed in memory."""
        with self._documents_lock:
            known = self._documents.get(key)
            if isinstance(known, model):
                self._documents.move_to_end(key)
                return known
        body = connection.execute(select(FROZEN.c.body).where(FROZEN.c.hash == key)).scalar_one()
        read = model.model_validate_json(body)
        with self._documents_lock:
            self._documents[key] = read
            self._documents.move_to_end(key)
            if len(self._documents) > KEPT_DOCUMENTS:
                self._documents.popitem(last=False)
        return read

    async def save(self, session_id: str, **values: Any) -> None:
        """Set columns that are no part of the meeting's course."""
        statement = update(SESSION).where(SESSION.c.id == session_id).values(json_values(values))
        await self.write(lambda connection: connection.execute(statement))

    async def decide_note(self, session_id: str, stage: NoteStage, note: ThankYou | None) -> None:
        """Keep what became of the thank-you note, unless it is decided already."""
        still_open = update(SESSION).where(SESSION.c.id == session_id, SESSION.c.note_stage == "open")
        decided = still_open.values(json_values({"thank_you": note, "note_stage": stage}))
        await self.write(lambda connection: connection.execute(decided))

    async def settle(self, session_id: str, card: Scorecard) -> Scorecard:
        """Keep the scorecard unless there is one already; returns the one that is kept, so that marks are given once."""
        this = SESSION.c.id == session_id
        fresh = update(SESSION).where(this, SESSION.c.scorecard.is_(null())).values(json_values({"scorecard": card}))

        def work(connection: Connection) -> Scorecard:
            if connection.execute(fresh).rowcount:
                return card
            kept = connection.execute(select(SESSION.c.scorecard).where(this)).scalar()
            return Scorecard.model_validate(kept) if kept else card

        return await self.write(work)

    async def amend(self, session_id: str, change: Callable[[Scorecard], Scorecard]) -> None:
        """Put what `change` makes of the stored scorecard in its place; nothing where there is none."""
        this = SESSION.c.id == session_id

        def work(connection: Connection) -> None:
            kept = connection.execute(select(SESSION.c.scorecard).where(this).with_for_update()).scalar()
            if kept:
                changed = change(Scorecard.model_validate(kept))
                connection.execute(update(SESSION).where(this).values(json_values({"scorecard": changed})))

        await self.write(work)

    async def delete(self, session_id: str) -> None:
        """Delete a session and its turns; forks of it stay."""
        statement = delete(SESSION).where(SESSION.c.id == session_id)
        await self.write(lambda connection: connection.execute(statement))

    async def delete_opened_before(self, moment: float) -> int:
        """Delete sessions opened before `moment` (seconds since the epoch) and frozen files that nobody uses any more.

        Returns how many sessions.
        """
        used = select(SESSION.c.persona_hash).union(select(SESSION.c.rubric_hash))

        def work(connection: Connection) -> int:
            gone = connection.execute(delete(SESSION).where(SESSION.c.opened_at < moment)).rowcount
            connection.execute(delete(FROZEN).where(FROZEN.c.hash.not_in(used)))
            return gone

        return await self.write(work)

    async def history(self, owner_hash: str) -> list[HistoryRecord]:
        """Return an owner's sessions, newest first."""
        of_learner = (TURN.c.session_id == SESSION.c.id, TURN.c.speaker == "learner")
        said = select(func.count()).where(*of_learner).correlate(SESSION).scalar_subquery().label("learner_turns")
        query = _with_rules(select(SESSION, said, *RULES)).where(SESSION.c.owner_hash == owner_hash)
        query = query.order_by(SESSION.c.opened_at.desc(), SESSION.c.id)
        given = select(OVERRIDE).join(SESSION, SESSION.c.id == OVERRIDE.c.session_id).where(SESSION.c.owner_hash == owner_hash)

        def work(connection: Connection) -> list[HistoryRecord]:
            rows = connection.execute(query).all()
            marks: dict[str, dict[str, int]] = {}
            for o in connection.execute(given):
                marks.setdefault(o.session_id, {})[o.criterion] = o.mark
            return [self._history_record(connection, row, marks.get(row.id)) for row in rows]

        return await self.read(work)

    def _history_record(self, connection: Connection, row: Any, overrides: dict[str, int] | None) -> HistoryRecord:
        persona = self.thaw(connection, row.persona_hash, Persona)
        if not overrides:
            return history_record(row, persona)
        return history_record(row, persona, rubric=self.thaw(connection, row.rubric_hash, Rubric), overrides=overrides)

    async def review(self, session_id: str) -> Review:
        """Return what an instructor added to a session; empty where nobody did."""
        marks = select(OVERRIDE).where(OVERRIDE.c.session_id == session_id).order_by(OVERRIDE.c.criterion)
        words = select(COMMENT).where(COMMENT.c.session_id == session_id).order_by(COMMENT.c.at, COMMENT.c.id)

        def work(connection: Connection) -> Review:
            overrides = [Override(o.criterion, o.mark, o.reason, o.at) for o in connection.execute(marks)]
            comments = [Comment(c.id, c.turn_index, c.text, c.at) for c in connection.execute(words)]
            return Review(tuple(overrides), tuple(comments))

        return await self.read(work)

    # -- the course of a meeting ---------------------------------------------------------------------------------------

    async def state_at(self, session_id: str, turn: int) -> State | None:
        """Return the state stored with a contact turn, or None."""
        query = select(TURN.c.state).where(TURN.c.session_id == session_id, TURN.c.turn_index == turn)
        found = await self.read(lambda connection: connection.execute(query).scalar())
        return State.model_validate(found) if found else None

    async def begin(self, session_id: str, version: int, greeting: TurnRecord, begun_at: float) -> bool:
        """Store the greeting and its state, unless the session has moved on."""
        return await self._change(session_id, version, [greeting], state=greeting.state, begun_at=begun_at)

    async def hear(self, session_id: str, version: int, turn: TurnRecord) -> bool:
        """Store a learner's turn as unanswered and lease the session to this process for its reply."""
        return await self._change(session_id, version, [turn], **self._lease())

    async def adopt(self, session_id: str, version: int) -> bool:
        """Lease a session whose reply was cut off."""
        return await self._change(session_id, version, [], **self._lease())

    async def release(self, session_id: str, version: int) -> None:
        """Give the lease back without a reply."""
        await self._change(session_id, version, [], **NO_LEASE)

    async def answer(self, session_id: str, version: int, turn: TurnRecord, ending: Ending | None) -> bool:
        """Store the contact's turn with its state, mark the learner's turn answered and give the lease back."""
        return await self._change(session_id, version, [turn], ending, answered=True, state=turn.state, **NO_LEASE)

    async def finish(self, session_id: str, version: int, last: Sequence[TurnRecord], state: State, ending: Ending) -> bool:
        """End the meeting, adding `last` turns if any; nothing stays unanswered."""
        return await self._change(session_id, version, last, ending, answered=True, state=state, **NO_LEASE)

    def _lease(self) -> dict[str, Any]:
        return {"lease_holder": str(self._me), "lease_until": self._now() + LEASE_SECONDS}

    async def _change(
        self,
        session_id: str,
        version: int,
        turns: Sequence[TurnRecord],
        ending: Ending | None = None,
        *,
        answered: bool = False,
        **values: Any,
    ) -> bool:
        """Move a session on from `version`: set columns, add turns, settle unanswered ones. False where it moved on already."""
        if ending:
            values |= {"ended_by": ending.by, "ended_minute": ending.at}
        moved = update(SESSION).where(SESSION.c.id == session_id, SESSION.c.version == version)
        moved = moved.values(version=version + 1, **json_values(values))
        pending = (TURN.c.session_id == session_id, TURN.c.status == "pending")

        def work(connection: Connection) -> bool:
            if connection.execute(moved).rowcount != 1:
                return False
            if answered:
                connection.execute(update(TURN).where(*pending).values(status="complete"))
            for turn in turns:
                connection.execute(insert(TURN).values(turn_values(session_id, turn)))
            return True

        return await self.write(work)


def _with_rules(query: Select[Any]) -> Select[Any]:
    """Let a query of sessions tell what their workshops let learners see and use."""
    held = (WORKSHOP.c.id == SESSION.c.workshop) & SESSION.c.member.is_not(None)
    return query.outerjoin_from(SESSION, WORKSHOP, held)


def _copied_turns(source: str, target: str, before: int) -> Insert:
    columns = [c for c in TURN.c if c is not TURN.c.session_id]
    copied = select(literal(target), *columns).where(TURN.c.session_id == source, TURN.c.turn_index < before)
    return insert(TURN).from_select([TURN.c.session_id, *columns], copied)
