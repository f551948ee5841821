"""End workshops: in an order in which nothing that is begun meanwhile stays behind."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, select

from sim.store.tables import MEMBER, SESSION, WORKSHOP


def end(connection: Connection, which: ColumnElement[bool]) -> int:
    """Delete workshops with their members and every session held in them; returns how many workshops.

    The workshops' rows are taken first, so that nobody joins meanwhile, then the members go: whoever is opening an attempt holds
    theirs until it is there, and finds none afterwards. Only then is it known which sessions there are.
    """
    ids = list(connection.execute(select(WORKSHOP.c.id).where(which).order_by(WORKSHOP.c.id).with_for_update()).scalars())
    connection.execute(delete(MEMBER).where(MEMBER.c.workshop_id.in_(ids)))
    connection.execute(delete(SESSION).where(SESSION.c.workshop.in_(ids), SESSION.c.member.is_not(None)))
    return connection.execute(delete(WORKSHOP).where(WORKSHOP.c.id.in_(ids))).rowcount
