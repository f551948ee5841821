"""Workshops: set up and read by the instructor whose they are; a member's page is the member's; nothing is read before it is submitted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from access import EVERYBODY, INSTRUCTOR, LEARNER, OTHER, STAFF, Row, World

CODE = "ABCDEFGH"


def furnish(world: World) -> None:
    """Give the first class a code that can be typed."""
    world.sql("UPDATE workshops SET code = :code WHERE id = 'w1'", code=CODE)
    world.ids |= {"code": CODE, "kind": "csv", "criterion": "listening", "comment_id": "none"}


def a_class(world: World) -> Mapping[str, str]:
    """The first class as it is at first: open, nobody in it but the learner and another."""
    world.sql("DELETE FROM members WHERE workshop_id = 'w1'")
    world.sql("UPDATE workshops SET closed_at = NULL, code = :code WHERE id = 'w1'", code=CODE)
    for role in (LEARNER, OTHER):
        answer = world.send(role, "POST", f"/join/{CODE}", data={"name": role})
        assert answer.status_code == 303, answer.text
    return {"name": f"Somebody {secrets.token_hex(4)}"}


def a_class_to_delete(world: World) -> Mapping[str, str]:
    """One more class of the instructor's."""
    answer = world.send(INSTRUCTOR, "POST", "/workshops", data={"name": "Another", "personas": "ada"})
    assert answer.status_code == 303, answer.text
    return {"workshop_id": answer.headers["location"].split("/")[2]}


def an_attempt(world: World) -> Mapping[str, str]:
    """A finished attempt of the learner's that nobody else has seen."""
    a_class(world)
    answer = world.send(LEARNER, "POST", "/joined/w1/sessions", data={"persona": "ada"})
    assert answer.status_code == 303, answer.text
    session = answer.headers["location"].split("/")[2]
    for step, form in (("begin", {}), ("say", {"text": "How is the river?", "key": "k0"}), ("end", {}), ("thank-you", {"skip": "1"})):
        answer = world.send(LEARNER, "POST", f"/sessions/{session}/{step}", data=form)
        assert answer.status_code == 303, answer.text
    return {"session_id": session}


def submitted(world: World) -> Mapping[str, str]:
    """The same, handed in."""
    ids = an_attempt(world)
    assert world.send(LEARNER, "POST", f"/sessions/{ids['session_id']}/submit").status_code == 303
    return ids


MINE = {LEARNER}
MEMBERS = {LEARNER, OTHER}
HERS = {INSTRUCTOR}
MARK = {"criterion": "listening", "mark": "4", "reason": "They did."}

ROWS = {
    ("GET", "/workshops"): Row(STAFF, leads_to_sign_in=True),
    ("GET", "/workshops/new"): Row(STAFF, leads_to_sign_in=True),
    ("POST", "/workshops"): Row(STAFF, form={"name": "New", "personas": "ada"}),
    ("GET", "/workshops/{workshop_id}"): Row(HERS, leads_to_sign_in=True),
    ("GET", "/workshops/{workshop_id}/qr.svg"): Row(HERS, leads_to_sign_in=True, page=False),
    ("GET", "/workshops/{workshop_id}/edit"): Row(HERS, leads_to_sign_in=True),
    ("POST", "/workshops/{workshop_id}/edit"): Row(HERS, a_class_to_delete, form={"name": "New", "personas": "ada"}),
    ("POST", "/workshops/{workshop_id}/close"): Row(HERS, a_class, form={}),
    ("POST", "/workshops/{workshop_id}/reopen"): Row(HERS, a_class, form={}),
    ("POST", "/workshops/{workshop_id}/code"): Row(HERS, a_class, form={}),
    ("GET", "/workshops/{workshop_id}/delete"): Row(HERS, leads_to_sign_in=True),
    ("POST", "/workshops/{workshop_id}/delete"): Row(HERS, a_class_to_delete, form={}),
    ("GET", "/workshops/{workshop_id}/board"): Row(HERS, submitted, leads_to_sign_in=True),
    ("GET", "/workshops/{workshop_id}/results"): Row(HERS, submitted, leads_to_sign_in=True),
    ("GET", "/workshops/{workshop_id}/export/{kind}"): Row(HERS, submitted, leads_to_sign_in=True, page=False),
    ("GET", "/submitted/{session_id}"): Row(HERS, submitted, leads_to_sign_in=True),
    ("GET", "/submitted/{session_id}/excerpt"): Row(HERS, submitted, leads_to_sign_in=True),
    ("POST", "/submitted/{session_id}/excerpt"): Row(HERS, submitted, form={"first": "0", "last": "1", "also": "bridge"}),
    ("GET", "/submitted/{session_id}/usage"): Row(HERS, submitted, leads_to_sign_in=True),
    ("GET", "/usage"): Row(STAFF, leads_to_sign_in=True),
    ("POST", "/submitted/{session_id}/marks"): Row(HERS, submitted, form=MARK),
    ("POST", "/submitted/{session_id}/marks/{criterion}/remove"): Row(HERS, submitted, form={}),
    ("POST", "/submitted/{session_id}/comments"): Row(HERS, submitted, form={"comment": "Well asked."}),
    ("POST", "/submitted/{session_id}/comments/{comment_id}/delete"): Row(HERS, submitted, form={}),
    ("GET", "/join"): Row(EVERYBODY),
    ("POST", "/join"): Row(EVERYBODY, a_class, form={"code": CODE}),
    ("GET", "/join/{code}"): Row(EVERYBODY, a_class),
    ("POST", "/join/{code}"): Row(EVERYBODY, a_class, form={"name": "{name}"}),
    ("GET", "/afresh"): Row(EVERYBODY),
    ("POST", "/afresh"): Row(EVERYBODY, form={"code": CODE}),
    ("GET", "/joined/{workshop_id}"): Row(MEMBERS, a_class),
    ("POST", "/joined/{workshop_id}/sessions"): Row(MEMBERS, a_class, form={"persona": "ada"}),
    ("GET", "/joined/{workshop_id}/mine.zip"): Row(MEMBERS, a_class, page=False),
    ("GET", "/joined/{workshop_id}/leave"): Row(MEMBERS, a_class),
    ("POST", "/joined/{workshop_id}/delete"): Row(MEMBERS, a_class, form={}),
    ("POST", "/joined/{workshop_id}/leave"): Row(MEMBERS, a_class, form={}),
    ("POST", "/sessions/{session_id}/submit"): Row(MINE, an_attempt, form={}),
    ("POST", "/sessions/{session_id}/withdraw"): Row(MINE, submitted, form={}),
    ("POST", "/api/workshops/join"): Row(EVERYBODY, a_class, json={"code": CODE, "name": "Somebody new"}),
    ("GET", "/api/joined/{workshop_id}"): Row(MEMBERS, a_class, page=False),
    ("PUT", "/api/sessions/{session_id}/submission"): Row(MINE, an_attempt),
    ("DELETE", "/api/sessions/{session_id}/submission"): Row(MINE, submitted),
    ("GET", "/api/workshops/{workshop_id}/board"): Row(HERS, page=False),
    ("GET", "/api/workshops/{workshop_id}/export/{kind}"): Row(HERS, submitted, page=False),
}
