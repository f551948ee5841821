"""Close an account: what goes with it, what passes to the owner, and what stays in its place, in one transaction.

The row stays without name, address and password, so that the audit trail still tells who did what from who did something else.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from sim.accounts import Event, Holdings
from sim.store.audit import record
from sim.store.ending import end
from sim.store.tables import ACCOUNT, INVITATION, MEMBER, PERSONA, SESSION, SIGN_IN, WORKED_EXAMPLE, WORKSHOP

CLOSED = "closed"
"""The role of a row that nobody signs in to; it is in no list of accounts."""


def holdings(connection: Connection, account_id: str) -> Holdings:
    """Return what closing the account would do."""
    here = select(WORKSHOP.c.id).where(WORKSHOP.c.account_id == account_id)
    handed_in = (SESSION.c.workshop.in_(here), SESSION.c.member.is_not(None), SESSION.c.submitted_at.is_not(None))
    mine = PERSONA.c.account_id == account_id
    everything, kept = _count(connection, PERSONA.c.id, mine), _count(connection, PERSONA.c.id, mine & _for_everybody())
    return Holdings(
        workshops=_count(connection, WORKSHOP.c.id, WORKSHOP.c.account_id == account_id),
        learners=_count(connection, MEMBER.c.id, MEMBER.c.workshop_id.in_(here)),
        submitted=_count(connection, SESSION.c.id, *handed_in),
        contacts=everything - kept,
        passed_on=kept,
    )


def _count(connection: Connection, column: ColumnElement[Any], *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count(column)).where(*where)).scalar_one())


def _for_everybody() -> ColumnElement[bool]:
    """What workshops of others may have on offer: it cannot go without breaking their word to their learners."""
    return (PERSONA.c.status == "published") & (PERSONA.c.audience == "everybody")


def close(connection: Connection, account_id: str, by: str, at: float, event: Event) -> Holdings | None:
    """Close an instructor's account and tell it; None where there is none of that id, and for the owner's."""
    closed = {"role": CLOSED, "email": f"{CLOSED}:{account_id}", "name": f"A closed account ({account_id[:6]})", "password_hash": ""}
    which = (ACCOUNT.c.id == account_id, ACCOUNT.c.role == "instructor")
    if connection.execute(update(ACCOUNT).where(*which).values(**closed, disabled_at=at)).rowcount != 1:
        return None
    found = holdings(connection, account_id)
    _sign_out(connection, account_id)
    end(connection, WORKSHOP.c.account_id == account_id)
    _let_contacts_go(connection, account_id)
    record(connection, at, by, replace(event, detail={**event.detail, **asdict(found)}))
    return found


def _sign_out(connection: Connection, account_id: str) -> None:
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.account_id == account_id))
    connection.execute(delete(INVITATION).where(INVITATION.c.account_id == account_id))


def _let_contacts_go(connection: Connection, account_id: str) -> None:
    """Pass what is published for everybody to the owner, worked examples included, and delete the rest."""
    owner = select(ACCOUNT.c.id).where(ACCOUNT.c.role == "owner").scalar_subquery()
    kept = select(PERSONA.c.slug).where(PERSONA.c.account_id == account_id, _for_everybody())
    examples = WORKED_EXAMPLE.c.account_id == account_id
    connection.execute(update(WORKED_EXAMPLE).where(examples, WORKED_EXAMPLE.c.persona_slug.in_(kept)).values(account_id=owner))
    connection.execute(delete(WORKED_EXAMPLE).where(WORKED_EXAMPLE.c.account_id == account_id))
    connection.execute(update(PERSONA).where(PERSONA.c.account_id == account_id, _for_everybody()).values(account_id=owner))
    connection.execute(delete(PERSONA).where(PERSONA.c.account_id == account_id))
