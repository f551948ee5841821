"""What an instructor adds to a submitted session: a mark of their own with the reason, and comments."""

from __future__ import annotations

import secrets

from sim.accounts import Account
from sim.errors import UnknownItem
from sim.practice import wording
from sim.review import Comment, Override
from sim.workshop.office import Office, event, own_session, plausible

REASON_CHARS, COMMENT_CHARS = 2_000, 4_000

GONE = "this session was taken back or deleted meanwhile; nothing was changed"


async def override(office: Office, account: Account, session_id: str, criterion: str, mark: int, reason: str) -> None:
    """Give a criterion the instructor's mark (1 to 5) and the reason, in place of an earlier one; the computed mark is kept.

    Raises UnknownItem for a session that is not theirs to read, InputError for a mark or reason that will not do.
    """
    workshop, _, record = await own_session(office, account, session_id)
    if criterion not in {c.id for c in record.rubric.criteria}:
        raise wording.refuse("criterion", "is none of this session's rubric; choose one of those on the page")
    if not 1 <= mark <= 5:
        raise wording.refuse("mark", f"is {mark}; expected a whole number from 1 to 5")
    given = Override(criterion, mark, wording.message("reason", reason, REASON_CHARS), office.now())
    told = event(workshop, "mark.overridden", "session", session_id, criterion=criterion, mark=mark)
    if not await office.book.override(session_id, given, account.id, told):
        raise UnknownItem(GONE)


async def take_back(office: Office, account: Account, session_id: str, criterion: str) -> None:
    """Let the computed mark count again. Safe to repeat."""
    workshop, _, record = await own_session(office, account, session_id)
    if criterion not in {c.id for c in record.rubric.criteria}:
        raise UnknownItem("there is no such criterion in this session's rubric")
    told = event(workshop, "mark.override_removed", "session", session_id, criterion=criterion)
    await office.book.take_back(session_id, criterion, account.id, office.now(), told)


async def comment(office: Office, account: Account, session_id: str, turn: int | None, text: str) -> None:
    """Add a comment on a turn of the meeting (its index), or on the whole session where `turn` is None."""
    workshop, _, record = await own_session(office, account, session_id)
    if turn is not None and not 0 <= turn < len(record.turns):
        raise wording.refuse("turn", f"is {turn}; expected 0 to {len(record.turns) - 1}")
    given = Comment(secrets.token_hex(10), turn, wording.message("comment", text, COMMENT_CHARS), office.now())
    told = event(workshop, "comment.added", "session", session_id, turn=turn)
    if not await office.book.comment(session_id, given, account.id, told):
        raise UnknownItem(GONE)


async def uncomment(office: Office, account: Account, session_id: str, comment_id: str) -> None:
    """Delete a comment. Safe to repeat."""
    workshop, _, _ = await own_session(office, account, session_id)
    told = event(workshop, "comment.deleted", "session", session_id)
    if plausible(comment_id):
        await office.book.uncomment(session_id, comment_id, account.id, office.now(), told)
