"""The studio: what an instructor makes is theirs alone, also for the owner of the installation."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from conftest import PERSONA_YAML

from access import INSTRUCTOR, STAFF, Row, World
from sim.accounts import Account
from sim.rubric import load_rubric
from sim.studio import making, publishing

MINE = {INSTRUCTOR}


def drafted(world: World) -> Mapping[str, str]:
    """A draft of the instructor's, in order."""
    studio = world.app.state.studio
    account = Account(world.accounts[INSTRUCTOR], "instructor", "", "")
    text = PERSONA_YAML.replace("id: ada", f"id: ada-{secrets.token_hex(4)}")
    made = world.run(lambda: making.make_from(studio, account, text))
    return {"contact_id": made.id, "source": text}


def drivable(world: World) -> Mapping[str, str]:
    """One that can be driven: by a rubric that has checks, as the shipped ones have."""
    world.app.state.library.one_rubric = load_rubric(Path("prompts/rubrics/classic.yaml"))
    return drafted(world)


def published(world: World) -> Mapping[str, str]:
    """One that is on offer in its maker's workshops."""
    ids = drafted(world)
    account = Account(world.accounts[INSTRUCTOR], "instructor", "", "")
    world.run(lambda: publishing.publish(world.app.state.studio, account, ids["contact_id"], "workshops"))
    return {**ids, "number": "1"}


def exemplified(world: World) -> Mapping[str, str]:
    """One with a worked example."""
    ids = drafted(world)
    slug = world.run(lambda: world.app.state.studio.contacts.load(ids["contact_id"])).slug
    world.sql(
        "INSERT INTO worked_examples (id, persona_slug, account_id, quality, title, transcript, scorecard, created_at) VALUES "
        "(:id, :slug, :account, 'good', 'T', :transcript, :scorecard, 1)",
        id=f"e{ids['contact_id']}",
        slug=slug,
        account=world.accounts[INSTRUCTOR],
        transcript=json.dumps({"contact": "A", "session": SESSION}),
        scorecard=json.dumps(MARKS),
    )
    return {**ids, "example_id": f"e{ids['contact_id']}"}


TURNS = [{"speaker": "contact", "text": "Hello.", "at": 0}, {"speaker": "learner", "text": "Hello.", "at": 0.1}]
SESSION = {"schema": "sim.transcript/1", "id": "t", "persona": "x", "rubric": "classic", "agreed_minutes": 20, "turns": TURNS}
MARKS = {"schema": "sim.scorecard/1", "transcript": "t", "rubric": "classic", "overall": 0, "graded_by": "detectors", "criteria": []}
SAVE = {"version": "0", "side": "file", "source": "{source}"}
CARD = {"card": '{{"name": "Ada", "description": "Builds.", "first_mes": "Hello."}}'}

ROWS = {
    ("GET", "/studio"): Row(STAFF, leads_to_sign_in=True),
    ("POST", "/studio"): Row(STAFF, form={}),
    ("GET", "/studio/import"): Row(STAFF, leads_to_sign_in=True),
    ("POST", "/studio/import"): Row(STAFF, files={"file": ("ada.yaml", PERSONA_YAML.encode(), "application/yaml")}),
    ("POST", "/studio/import/card"): Row(STAFF, form=CARD),
    ("GET", "/studio/{contact_id}"): Row(MINE, drafted, leads_to_sign_in=True),
    ("POST", "/studio/{contact_id}"): Row(MINE, drafted, form=SAVE),
    ("POST", "/studio/{contact_id}/publish"): Row(MINE, drafted, form={**SAVE, "audience": "workshops"}),
    ("GET", "/studio/{contact_id}/brief"): Row(MINE, drafted, leads_to_sign_in=True),
    ("GET", "/studio/{contact_id}/drive"): Row(MINE, drafted, leads_to_sign_in=True),
    ("POST", "/studio/{contact_id}/drive"): Row(MINE, drivable, form={"rubric": "classic"}),
    ("POST", "/studio/{contact_id}/examples"): Row(MINE, drivable, form={"learner": "model", "quality": "good"}),
    ("GET", "/studio/{contact_id}/examples/{example_id}"): Row(MINE, exemplified, leads_to_sign_in=True),
    ("POST", "/studio/{contact_id}/examples/{example_id}/remove"): Row(MINE, exemplified, form={}),
    ("GET", "/studio/{contact_id}/versions"): Row(MINE, published, leads_to_sign_in=True),
    ("POST", "/studio/{contact_id}/versions/{number}/restore"): Row(MINE, published, form={"version": "0"}),
    ("POST", "/studio/{contact_id}/duplicate"): Row(MINE, drafted, form={}),
    ("POST", "/studio/{contact_id}/retire"): Row(MINE, published, form={}),
    ("GET", "/studio/{contact_id}/delete"): Row(MINE, drafted, leads_to_sign_in=True),
    ("POST", "/studio/{contact_id}/delete"): Row(MINE, drafted, form={}),
    ("GET", "/studio/{contact_id}/export"): Row(MINE, drafted, leads_to_sign_in=True, page=False),
}
