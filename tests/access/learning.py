"""What learners do: a session is its browser's alone, also in a workshop and after it was submitted."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace

from access import ELSEWHERE, EVERYBODY, LEARNER, OTHER, Row, World
from sim.scorecard import Rewrite


def furnish(world: World) -> None:
    """Give three learners their browsers: two of one class, one of another."""
    for number, (role, workshop) in enumerate(((LEARNER, "w1"), (OTHER, "w1"), (ELSEWHERE, "w2"))):
        world.cookies[role] = f"sim_owner=secret-of-learner-{number}"


def opened(world: World) -> Mapping[str, str]:
    """A session of the learner's, in the first class, submitted."""
    answer = world.send(LEARNER, "POST", "/sessions", data={"persona": "ada"})
    session = answer.headers["location"].split("/")[2]
    world.sql("UPDATE sessions SET workshop = 'w1', submitted_at = 1 WHERE id = :id", id=session)
    return {"session_id": session, "key": secrets.token_hex(8)}


def begun(world: World) -> Mapping[str, str]:
    """One whose meeting is going on."""
    ids = opened(world)
    _do(world, ids, "begin")
    return ids


def spoken(world: World) -> Mapping[str, str]:
    """One in which something was said."""
    ids = begun(world)
    _do(world, ids, "say", text="How is the river?", key="k0")
    return ids


def ended(world: World) -> Mapping[str, str]:
    """One at the thank-you note."""
    ids = spoken(world)
    _do(world, ids, "end")
    return ids


def finished(world: World) -> Mapping[str, str]:
    """One that can be debriefed."""
    ids = ended(world)
    _do(world, ids, "thank-you", skip="1")
    return ids


def rewritten(world: World) -> Mapping[str, str]:
    """One for which a better way to say its first line is known already, so that no model is asked."""
    world.app.state.desk = replace(world.app.state.desk, rewriter=_nobody)
    ids = finished(world)
    address = f"/api/sessions/{ids['session_id']}/scorecard"
    card = world.send(LEARNER, "GET", address).json()
    made = {"turn": 1, "text": "What did the river do?", "model": "m", "prompt_version": "1"}
    card["rewrites"] = [made]
    world.sql("UPDATE sessions SET scorecard = :card WHERE id = :id", card=json.dumps(card), id=ids["session_id"])
    return ids


async def _nobody(*_: object) -> Rewrite:
    raise AssertionError("the line is known already")


def exemplified(world: World) -> Mapping[str, str]:
    """A worked example, made of the learner's own meeting."""
    ids = finished(world)
    transcript = world.send(LEARNER, "GET", f"/api/sessions/{ids['session_id']}/transcript").json()
    card = world.send(LEARNER, "GET", f"/api/sessions/{ids['session_id']}/scorecard").json()
    example = secrets.token_hex(8)
    world.sql(
        "INSERT INTO worked_examples (id, persona_slug, account_id, quality, title, transcript, scorecard, created_at) "
        "SELECT :id, 'ada', id, 'good', 'A good one', :transcript, :card, 1 FROM accounts LIMIT 1",
        id=example,
        transcript=json.dumps({"contact": "Ada Ferro", "session": transcript}),
        card=json.dumps(card),
    )
    return {"example_id": example}


def _do(world: World, ids: Mapping[str, str], what: str, **form: str) -> None:
    answer = world.send(LEARNER, "POST", f"/sessions/{ids['session_id']}/{what}", data=form)
    assert answer.status_code == 303, answer.text


MINE = {LEARNER}
SAY = {"text": "How?", "key": "{key}"}

ROWS = {
    ("GET", "/"): Row(EVERYBODY),
    ("GET", "/docs"): Row(EVERYBODY),
    ("GET", "/openapi.json"): Row(EVERYBODY, page=False),
    ("GET", "/healthz"): Row(EVERYBODY, page=False),
    ("GET", "/contacts/{persona_id}"): Row(EVERYBODY),
    ("GET", "/progress"): Row(EVERYBODY),
    ("POST", "/sessions"): Row(EVERYBODY, form={"persona": "ada"}),
    ("GET", "/sessions/{session_id}"): Row(MINE, opened),
    ("GET", "/sessions/{session_id}/prep"): Row(MINE, opened),
    ("POST", "/sessions/{session_id}/prep"): Row(MINE, opened, form={"goal": "Learn"}),
    ("POST", "/sessions/{session_id}/prep/questions"): Row(MINE, opened, form={"goal": "Learn"}),
    ("POST", "/sessions/{session_id}/begin"): Row(MINE, opened, form={}),
    ("GET", "/sessions/{session_id}/meeting"): Row(MINE, begun),
    ("POST", "/sessions/{session_id}/say"): Row(MINE, begun, form=SAY),
    ("POST", "/sessions/{session_id}/say/stream"): Row(MINE, begun, form=SAY),
    ("POST", "/sessions/{session_id}/notes"): Row(MINE, begun, form={"notes": "n"}),
    ("POST", "/sessions/{session_id}/end"): Row(MINE, spoken, form={}),
    ("GET", "/sessions/{session_id}/thank-you"): Row(MINE, ended),
    ("POST", "/sessions/{session_id}/thank-you/draft"): Row(MINE, ended, form={"to_contact": "T"}),
    ("POST", "/sessions/{session_id}/thank-you"): Row(MINE, ended, form={"to_contact": "T"}),
    ("GET", "/sessions/{session_id}/self-rating"): Row(MINE, finished),
    ("POST", "/sessions/{session_id}/self-rating"): Row(MINE, finished, form={"rate-listening": "3"}),
    ("GET", "/sessions/{session_id}/debrief"): Row(MINE, finished),
    ("GET", "/sessions/{session_id}/debrief/ready"): Row(MINE, finished, page=False),
    ("POST", "/sessions/{session_id}/debrief/now"): Row(MINE, finished, form={}),
    ("POST", "/sessions/{session_id}/rewrite"): Row(MINE, rewritten, form={"turn": "1"}),
    ("GET", "/contacts/{persona_id}/examples"): Row(EVERYBODY, exemplified),
    ("GET", "/examples/{example_id}"): Row(EVERYBODY, exemplified),
    ("POST", "/sessions/{session_id}/fork"): Row(MINE, finished, form={"turn": "1"}),
    ("GET", "/sessions/{session_id}/export.{form}"): Row(MINE, finished, page=False),
    ("GET", "/sessions/{session_id}/delete"): Row(MINE, finished),
    ("POST", "/sessions/{session_id}/delete"): Row(MINE, finished, form={}),
    ("GET", "/progress/delete"): Row(EVERYBODY),
    ("POST", "/progress/delete"): Row(EVERYBODY, form={}),
    ("GET", "/api/personas"): Row(EVERYBODY, page=False),
    ("GET", "/api/rubrics"): Row(EVERYBODY, page=False),
    ("POST", "/api/sessions"): Row(EVERYBODY, json={"persona": "ada"}),
    ("GET", "/api/sessions"): Row(EVERYBODY, page=False),
    ("GET", "/api/sessions/{session_id}"): Row(MINE, opened, page=False),
    ("DELETE", "/api/sessions/{session_id}"): Row(MINE, opened),
    ("PUT", "/api/sessions/{session_id}/prep"): Row(MINE, opened, json={"goal": "Learn"}),
    ("PUT", "/api/sessions/{session_id}/notes"): Row(MINE, begun, json={"text": "n"}),
    ("PUT", "/api/sessions/{session_id}/drafts"): Row(MINE, ended, json={"to_contact": "T"}),
    ("POST", "/api/sessions/{session_id}/begin"): Row(MINE, opened),
    ("POST", "/api/sessions/{session_id}/turns"): Row(MINE, begun, json={"text": "How?", "key": "k"}),
    ("POST", "/api/sessions/{session_id}/end"): Row(MINE, spoken, json={"draft": ""}),
    ("POST", "/api/sessions/{session_id}/thank-you"): Row(MINE, ended, json={"skip": True}),
    ("GET", "/api/sessions/{session_id}/scorecard"): Row(MINE, finished, page=False),
    ("GET", "/api/sessions/{session_id}/transcript"): Row(MINE, finished, page=False),
    ("PUT", "/api/sessions/{session_id}/self-ratings"): Row(MINE, finished, json={"ratings": {"listening": 3}}),
    ("POST", "/api/sessions/{session_id}/rewrite"): Row(MINE, rewritten, json={"turn": 1}),
    ("POST", "/api/sessions/{session_id}/fork"): Row(MINE, finished, json={"turn": 1}),
}
