"""Workshops, who joined them, what was handed in, and what instructors added, as rows.

What an instructor changes is told in the audit trail within the same transaction. Times are seconds since the epoch; every method
raises StoreUnavailable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, insert, null, select, update

from sim.accounts import Event
from sim.errors import UnknownItem
from sim.persona import Persona
from sim.review import NO_REVIEW, Comment, Override, Review
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.store.audit import record
from sim.store.ending import end
from sim.store.store import Store
from sim.store.tables import COMMENT, LEAVER, MEMBER, OVERRIDE, SESSION, TURN, USAGE, WORKSHOP
from sim.workshops import Attempt, Member, Plan, Spent, Standing, Submission, Tally, Workshop

Made = TypeVar("Made")

DAY_SECONDS = 24 * 3600

PLAN = (
    "name", "personas", "welcome", "rubric_id", "difficulty", "minutes", "attempts", "hints", "numbers", "opens_at", "closes_at",
    "zone", "token_budget", "retention_days",
)  # fmt: skip
"""The columns of a workshop that are its plan's fields."""


def _said() -> ColumnElement[int]:
    mine = (TURN.c.session_id == SESSION.c.id, TURN.c.speaker == "learner")
    return select(func.count()).where(*mine).correlate(SESSION).scalar_subquery().label("turns")


def _figures() -> tuple[ColumnElement[Any], ...]:
    """Return what lists show of a session: no column that holds a learner's words."""
    minute = func.coalesce(SESSION.c.ended_minute, SESSION.c.state["minute"].as_float(), 0.0).label("minute")
    return (
        SESSION.c.id.label("session_id"),
        SESSION.c.member,
        SESSION.c.attempt,
        SESSION.c.persona_hash,
        SESSION.c.opened_at,
        SESSION.c.begun_at,
        minute,
        SESSION.c.agreed_minutes,
        _said(),
        SESSION.c.ended_by,
        SESSION.c.note_stage,
        SESSION.c.assisted,
        SESSION.c.submitted_at,
    )


def _held_in(workshop_id: str) -> ColumnElement[bool]:
    return (SESSION.c.workshop == workshop_id) & SESSION.c.member.is_not(None)


def _maybe(make: Callable[[Row[Any]], Made], row: Row[Any] | None) -> Made | None:
    return None if row is None else make(row)


class Workshops:
    """The workshops of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- workshops -----------------------------------------------------------------------------------------------------

    async def add(self, workshop: Workshop, event: Event) -> bool:
        """Keep a new workshop; False where its code is taken."""
        values = {"id": workshop.id, "account_id": workshop.account_id, "code": workshop.code, "created_at": workshop.created_at}
        taken = select(WORKSHOP.c.id).where(WORKSHOP.c.code == workshop.code)

        def work(connection: Connection) -> bool:
            if connection.execute(taken).first() is not None:
                return False
            connection.execute(insert(WORKSHOP).values(values | plan_values(workshop.plan)))
            record(connection, workshop.created_at, workshop.account_id, event)
            return True

        return await self._store.write(work)

    async def change(self, workshop_id: str, by: str, at: float, event: Event, **values: Any) -> None:
        """Set columns of a workshop and tell it."""
        statement = update(WORKSHOP).where(WORKSHOP.c.id == workshop_id).values(**values)
        await self._told(statement, by, at, event)

    async def replan(self, workshop_id: str, plan: Plan, by: str, at: float, event: Event) -> None:
        """Set what the instructor set, and tell it."""
        await self.change(workshop_id, by, at, event, **plan_values(plan))

    async def _told(self, statement: Any, by: str, at: float, event: Event) -> bool:
        """Run a statement and tell it where it changed something."""

        def work(connection: Connection) -> bool:
            changed = connection.execute(statement).rowcount > 0
            if changed:
                record(connection, at, by, event)
            return changed

        return await self._store.write(work)

    async def get(self, workshop_id: str) -> Workshop | None:
        """Return a workshop by its id."""
        return await self._one(WORKSHOP.c.id == workshop_id)

    async def by_code(self, code: str) -> Workshop | None:
        """Return a workshop by its join code, in capitals and without dashes."""
        return await self._one(WORKSHOP.c.code == code)

    async def _one(self, condition: ColumnElement[bool]) -> Workshop | None:
        query = select(WORKSHOP).where(condition)
        return await self._store.read(lambda connection: _maybe(_workshop, connection.execute(query).first()))

    async def owned(self, account_id: str) -> list[Tally]:
        """Return an account's workshops, newest first."""
        joined = select(func.count()).where(MEMBER.c.workshop_id == WORKSHOP.c.id).correlate(WORKSHOP).scalar_subquery()
        handed_in = (SESSION.c.workshop == WORKSHOP.c.id, SESSION.c.member.is_not(None), SESSION.c.submitted_at.is_not(None))
        submitted = select(func.count()).where(*handed_in).correlate(WORKSHOP).scalar_subquery()
        query = select(WORKSHOP, joined.label("joined"), submitted.label("submitted")).where(WORKSHOP.c.account_id == account_id)
        query = query.order_by(WORKSHOP.c.created_at.desc(), WORKSHOP.c.id)
        return await self._store.read(lambda c: [Tally(_workshop(r), r.joined, r.submitted) for r in c.execute(query)])

    async def delete(self, workshop_id: str, by: str, at: float, event: Event) -> None:
        """Delete a workshop with its members, their sessions and everything said, marked and commented in them."""

        def work(connection: Connection) -> None:
            if end(connection, WORKSHOP.c.id == workshop_id):
                record(connection, at, by, event)

        await self._store.write(work)

    async def session_ids(self, workshop_id: str, member_id: str | None = None) -> list[str]:
        """Return the ids of the sessions held in a workshop, or those of one member."""
        query = select(SESSION.c.id).where(_held_in(workshop_id)).order_by(SESSION.c.opened_at, SESSION.c.id)
        if member_id:
            query = query.where(SESSION.c.member == member_id)
        return await self._store.read(lambda connection: list(connection.execute(query).scalars()))

    async def forget(self, now: float, keep_days: int | None = None) -> int:
        """Delete what is older than its workshop's retention, or the installation's `keep_days` where that is shorter: sessions so many
        days after they were opened, members without one as long after they joined, what is kept of those who left as long after that.

        Sessions whose member is gone go, too: one that was opened while they left. Returns how many sessions.
        """
        shortest: ColumnElement[Any] = WORKSHOP.c.retention_days
        if keep_days is not None:
            shortest = case((WORKSHOP.c.retention_days < keep_days, WORKSHOP.c.retention_days), else_=keep_days)
        kept_since = now - shortest * DAY_SECONDS
        old = select(SESSION.c.id).join(WORKSHOP, WORKSHOP.c.id == SESSION.c.workshop)
        old = old.where(SESSION.c.member.is_not(None), SESSION.c.opened_at < kept_since)
        lost = SESSION.c.member.is_not(None) & ~select(MEMBER.c.id).where(MEMBER.c.id == SESSION.c.member).exists()
        gone = select(MEMBER.c.id).join(WORKSHOP, WORKSHOP.c.id == MEMBER.c.workshop_id)
        gone = gone.where(MEMBER.c.joined_at < kept_since, ~select(SESSION.c.id).where(SESSION.c.member == MEMBER.c.id).exists())
        over = select(WORKSHOP.c.id).where(WORKSHOP.c.id == LEAVER.c.workshop_id, LEAVER.c.left_at < kept_since).correlate(LEAVER)

        def sessions(connection: Connection) -> int:
            return connection.execute(delete(SESSION).where(SESSION.c.id.in_(old) | lost)).rowcount

        def people(connection: Connection) -> None:
            connection.execute(delete(MEMBER).where(MEMBER.c.id.in_(gone)))
            connection.execute(delete(LEAVER).where(over.exists()))

        # Two transactions: whoever deletes a workshop takes members before sessions, and the two would wait for each other.
        forgotten = await self._store.write(sessions)
        await self._store.write(people)
        return forgotten

    # -- members -------------------------------------------------------------------------------------------------------

    async def join(self, member: Member, owner_hash: str) -> Member | None:
        """Keep a member, or give the one that this browser is already the name; returns them as stored.

        Whoever left before has as many attempts behind them as then. None where somebody else in the workshop has that name, in
        whatever case. Raises UnknownItem where the workshop was deleted meanwhile.
        """
        workshop = select(WORKSHOP.c.id).where(WORKSHOP.c.id == member.workshop_id).with_for_update()  # one joins after the other
        here = select(MEMBER).where(MEMBER.c.workshop_id == member.workshop_id)
        left = (LEAVER.c.workshop_id == member.workshop_id, LEAVER.c.owner_hash == owner_hash)

        def work(connection: Connection) -> Member | None:
            if connection.execute(workshop).first() is None:
                raise UnknownItem("the workshop was deleted")
            rows = connection.execute(here).all()
            row = next((r for r in rows if r.owner_hash == owner_hash), None)
            if any(r.name.casefold() == member.name.casefold() for r in rows if r is not row):
                return None
            if row is None:
                again = replace(member, opened=connection.execute(select(LEAVER.c.opened).where(*left)).scalar() or 0)
                connection.execute(insert(MEMBER).values(**vars(again), owner_hash=owner_hash))
                connection.execute(delete(LEAVER).where(*left))
                return again
            connection.execute(update(MEMBER).where(MEMBER.c.id == row.id).values(name=member.name))
            return Member(row.id, row.workshop_id, member.name, row.joined_at, row.opened)

        return await self._store.write(work)

    async def member(self, workshop_id: str, owner_hash: str) -> Member | None:
        """Return the member that a browser is in a workshop."""
        query = select(MEMBER).where(MEMBER.c.workshop_id == workshop_id, MEMBER.c.owner_hash == owner_hash)
        return await self._store.read(lambda connection: _maybe(_member, connection.execute(query).first()))

    async def member_by_id(self, member_id: str) -> Member | None:
        """Return a member by their id."""
        query = select(MEMBER).where(MEMBER.c.id == member_id)
        return await self._store.read(lambda connection: _maybe(_member, connection.execute(query).first()))

    async def joined(self, owner_hash: str) -> list[Workshop]:
        """Return the workshops that a browser joined, the last one first."""
        query = select(WORKSHOP).join(MEMBER, MEMBER.c.workshop_id == WORKSHOP.c.id).where(MEMBER.c.owner_hash == owner_hash)
        query = query.order_by(MEMBER.c.joined_at.desc(), WORKSHOP.c.id)
        return await self._store.read(lambda connection: [_workshop(row) for row in connection.execute(query)])

    async def seen(self, owner_hash: str) -> bool:
        """Tell whether a browser joined or opened anything that is still here."""
        opened = select(SESSION.c.id).where(SESSION.c.owner_hash == owner_hash).exists()
        joined = select(MEMBER.c.id).where(MEMBER.c.owner_hash == owner_hash).exists()
        return await self._store.read(lambda connection: bool(connection.execute(select(opened | joined)).scalar()))

    async def members(self, workshop_id: str) -> int:
        """Return how many joined."""
        query = select(func.count()).where(MEMBER.c.workshop_id == workshop_id)
        return await self._store.read(lambda connection: connection.execute(query).scalar_one())

    async def delete_sessions(self, member_id: str) -> int:
        """Delete everything a member did in the workshop; returns how many sessions."""
        statement = delete(SESSION).where(SESSION.c.member == member_id)
        return await self._store.write(lambda connection: connection.execute(statement).rowcount)

    async def leave(self, member_id: str, at: float) -> None:
        """Delete a member and everything they did in the workshop; how many attempts they had is kept without them."""
        gone = delete(MEMBER).where(MEMBER.c.id == member_id).returning(MEMBER.c.workshop_id, MEMBER.c.owner_hash, MEMBER.c.opened)

        def work(connection: Connection) -> None:
            row = connection.execute(gone).first()  # first: an attempt that is just being opened holds this row
            connection.execute(delete(SESSION).where(SESSION.c.member == member_id))
            if row is not None:
                connection.execute(insert(LEAVER).values(**row._mapping, left_at=at))

        await self._store.write(work)

    # -- how far they are ----------------------------------------------------------------------------------------------

    async def attempts(self, member_id: str) -> list[Attempt]:
        """Return a member's sessions, newest first, those tried again included."""
        query = select(*_figures()).where(SESSION.c.member == member_id).order_by(SESSION.c.opened_at.desc(), SESSION.c.id)
        return await self._store.read(lambda connection: [self._attempt(connection, row) for row in connection.execute(query).all()])

    async def standings(self, workshop_id: str) -> list[Standing]:
        """Return every member with their latest session, in the order they joined; one query."""
        mine = SESSION.c.member
        place = func.row_number().over(partition_by=mine, order_by=(SESSION.c.opened_at.desc(), SESSION.c.id)).label("place")
        submitted = func.count(SESSION.c.submitted_at).over(partition_by=mine).label("submitted")
        ranked = select(*_figures(), place, submitted).where(_held_in(workshop_id)).subquery()
        query = select(MEMBER, ranked).outerjoin(ranked, (ranked.c.member == MEMBER.c.id) & (ranked.c.place == 1))
        query = query.where(MEMBER.c.workshop_id == workshop_id).order_by(MEMBER.c.joined_at, MEMBER.c.id)

        def work(connection: Connection) -> list[Standing]:
            rows = connection.execute(query).all()
            return [Standing(_member(r), self._attempt(connection, r) if r.session_id else None, r.submitted or 0) for r in rows]

        return await self._store.read(work)

    def _attempt(self, connection: Connection, row: Row[Any]) -> Attempt:
        contact = self._store.thaw(connection, row.persona_hash, Persona)
        return Attempt(
            session_id=row.session_id,
            member_id=row.member,
            attempt=row.attempt,
            persona=contact.id,
            contact=contact.name,
            opened_at=row.opened_at,
            begun=row.begun_at is not None,
            minute=row.minute,
            agreed_minutes=row.agreed_minutes,
            turns=row.turns,
            ended_by=row.ended_by,
            decided=row.note_stage != "open",
            assisted=row.assisted,
            submitted_at=row.submitted_at,
        )

    async def unmarked(self, workshop_id: str) -> list[str]:
        """Return the ids of what was handed in and has no marks for good yet."""
        here = (_held_in(workshop_id), SESSION.c.submitted_at.is_not(None), SESSION.c.scorecard.is_(null()))
        query = select(SESSION.c.id).where(*here).order_by(SESSION.c.submitted_at, SESSION.c.id)
        return await self._store.read(lambda connection: list(connection.execute(query).scalars()))

    async def submitted(self, workshop_id: str, meanwhile: Mapping[str, Scorecard] | None = None) -> list[Submission]:
        """Return what was handed in, by the learners' names, with marks and what the instructor added.

        `meanwhile` holds marks of sessions that have none for good yet, by id; other sessions without marks are left out.
        """
        instead = meanwhile or {}
        here = _held_in(workshop_id) & SESSION.c.submitted_at.is_not(None)
        query = select(MEMBER, *_figures(), SESSION.c.rubric_hash, SESSION.c.scorecard)
        has_marks = SESSION.c.scorecard.is_not(None) | SESSION.c.id.in_(instead)
        query = query.join(MEMBER, MEMBER.c.id == SESSION.c.member).where(here, has_marks)
        query = query.order_by(func.lower(MEMBER.c.name), MEMBER.c.id, SESSION.c.attempt, SESSION.c.id)

        def work(connection: Connection) -> list[Submission]:
            reviews = _reviews(connection, select(SESSION.c.id).where(here))
            rows = connection.execute(query).all()
            return [self._submission(connection, row, reviews.get(row.session_id, NO_REVIEW), instead.get(row.session_id)) for row in rows]

        return await self._store.read(work)

    def _submission(self, connection: Connection, row: Row[Any], review: Review, meanwhile: Scorecard | None) -> Submission:
        card = Scorecard.model_validate(row.scorecard) if row.scorecard else meanwhile
        assert card is not None
        rubric = self._store.thaw(connection, row.rubric_hash, Rubric)
        return Submission(_member(row), self._attempt(connection, row), card, rubric, review)

    async def spent(self, workshop_id: str) -> list[Spent]:
        """Return what models used for each member, most first; what was used in sessions since deleted stands under None."""
        tokens = func.sum(USAGE.c.tokens_in + USAGE.c.tokens_out).label("tokens")
        query = select(SESSION.c.member, tokens, func.sum(USAGE.c.cost).label("cost"))
        query = query.outerjoin_from(USAGE, SESSION, SESSION.c.id == USAGE.c.session_id).where(USAGE.c.workshop_id == workshop_id)
        query = query.group_by(SESSION.c.member).order_by(tokens.desc())
        return await self._store.read(lambda connection: [Spent(r.member, int(r.tokens), r.cost) for r in connection.execute(query)])

    # -- handing in, and what the instructor adds ----------------------------------------------------------------------

    async def hand_in(self, session_id: str, at: float | None) -> None:
        """Set when a session was handed in; None takes it back."""
        await self._store.save(session_id, submitted_at=at)

    async def override(self, session_id: str, given: Override, by: str, event: Event) -> bool:
        """Keep an instructor's mark in place of an earlier one; False where the session is gone or was taken back."""
        which = (OVERRIDE.c.session_id == session_id, OVERRIDE.c.criterion == given.criterion)
        values = {**vars(given), "session_id": session_id, "account_id": by}

        def work(connection: Connection) -> bool:
            if not _readable(connection, session_id):
                return False
            connection.execute(delete(OVERRIDE).where(*which))
            connection.execute(insert(OVERRIDE).values(values))
            record(connection, given.at, by, event)
            return True

        return await self._store.write(work)

    async def take_back(self, session_id: str, criterion: str, by: str, at: float, event: Event) -> bool:
        """Let the computed mark count again; False where there was no other."""
        which = (OVERRIDE.c.session_id == session_id, OVERRIDE.c.criterion == criterion)
        return await self._told(delete(OVERRIDE).where(*which), by, at, event)

    async def comment(self, session_id: str, given: Comment, by: str, event: Event) -> bool:
        """Keep a comment; False where the session is gone or was taken back."""
        values = {"id": given.id, "session_id": session_id, "turn_index": given.turn, "text": given.text, "at": given.at, "account_id": by}

        def work(connection: Connection) -> bool:
            if not _readable(connection, session_id):
                return False
            connection.execute(insert(COMMENT).values(values))
            record(connection, given.at, by, event)
            return True

        return await self._store.write(work)

    async def uncomment(self, session_id: str, comment_id: str, by: str, at: float, event: Event) -> bool:
        """Delete a comment; False where there is none."""
        statement = delete(COMMENT).where(COMMENT.c.session_id == session_id, COMMENT.c.id == comment_id)
        return await self._told(statement, by, at, event)


def _readable(connection: Connection, session_id: str) -> bool:
    """Tell whether the instructor may read a session, and keep it from being deleted meanwhile."""
    query = select(SESSION.c.id).where(SESSION.c.id == session_id, SESSION.c.submitted_at.is_not(None)).with_for_update()
    return connection.execute(query).first() is not None


def _reviews(connection: Connection, sessions: Select[Any]) -> dict[str, Review]:
    marks: dict[str, list[Override]] = {}
    for o in connection.execute(select(OVERRIDE).where(OVERRIDE.c.session_id.in_(sessions)).order_by(OVERRIDE.c.criterion)):
        marks.setdefault(o.session_id, []).append(Override(o.criterion, o.mark, o.reason, o.at))
    words: dict[str, list[Comment]] = {}
    for c in connection.execute(select(COMMENT).where(COMMENT.c.session_id.in_(sessions)).order_by(COMMENT.c.at, COMMENT.c.id)):
        words.setdefault(c.session_id, []).append(Comment(c.id, c.turn_index, c.text, c.at))
    return {s: Review(tuple(marks.get(s, ())), tuple(words.get(s, ()))) for s in {*marks, *words}}


def plan_values(plan: Plan) -> dict[str, Any]:
    """Return a plan as columns."""
    return {name: getattr(plan, name) for name in PLAN} | {"personas": list(plan.personas)}


def _workshop(row: Row[Any]) -> Workshop:
    plan = Plan(**{name: getattr(row, name) for name in PLAN} | {"personas": tuple(row.personas)})
    return Workshop(row.id, row.account_id, row.code, plan, row.created_at, row.closed_at)


def _member(row: Row[Any]) -> Member:
    return Member(row.id, row.workshop_id, row.name, row.joined_at, row.opened)
