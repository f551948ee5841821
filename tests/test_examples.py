"""Worked examples: the shipped ones are what the code writes, instructors' are kept whole, and both can be read side by side."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import FakeClock, OneBook
from fastapi import FastAPI
from sqlalchemy import insert
from starlette.testclient import TestClient

from sim.commands.examples import examples_for
from sim.drive.result import Run
from sim.errors import InputError, TranscriptError, UnknownItem
from sim.example_files import ShippedExamples
from sim.examples import Example, parse_example
from sim.persona import Persona, load_persona
from sim.practice.examples import ExampleDesk, examples_of, find_example, keep_example, pair, remove_example
from sim.rubric import load_rubric
from sim.scorecard import CriterionScore, Evidence, Scorecard
from sim.scoring.score import verbatim
from sim.store import Store
from sim.store.examples import KeptExamples
from sim.store.tables import ACCOUNT
from sim.transcript import Outcome, Prep, ThankYou, TraceEntry, Transcript, Turn

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "personas").glob("*.yaml"))
CLASSIC = load_rubric(ROOT / "prompts" / "rubrics" / "classic.yaml")
PAGE = {"Accept": "text/html"}
BAD = "<script>alert(1)</script>"


def shipped(persona: str) -> list[Example]:
    return ShippedExamples([ROOT / "personas"]).of(persona)


# -- the shipped ones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_contact_has_a_good_and_a_poor_example(path: Path) -> None:
    """Quotes stand in the words; good is good and poor is poor."""
    persona = load_persona(path)
    good, poor = pair(shipped(persona.id))
    assert good is not None
    assert poor is not None
    assert good.scorecard.overall >= 80 > 50 >= poor.scorecard.overall
    for example in (good, poor):
        assert (example.persona, example.contact) == (persona.id, persona.name)
        quotes = [e for c in example.scorecard.criteria for e in c.evidence]
        assert quotes
        assert all(verbatim(example.transcript, e) for e in quotes)


def test_shipped_examples_are_what_the_code_writes() -> None:
    """`make examples` writes them; one contact stands for all, as each takes seconds."""
    persona = load_persona(SHIPPED[0])
    assert [e.to_json() for e in examples_for(persona, CLASSIC)] == [e.to_json() for e in shipped(persona.id)]


def test_a_file_that_is_no_example_is_refused_by_key_and_left_out(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="quality"):
        parse_example(json.dumps(shipped("busy-vp")[0].to_json() | {"quality": "fair"}), "e.json")
    folder = tmp_path / "examples"
    folder.mkdir()
    (folder / "ada.good.json").write_text("{")
    files = ShippedExamples([tmp_path, tmp_path / "nowhere"])
    assert files.of("ada") == []
    assert files.get("ada.good") is None


# -- those that instructors keep ------------------------------------------------------------------------------------------------


def meeting(rubric: str = "classic") -> Run:
    """A short run with evidence in every place; some of its words are markup."""
    learner = f"How is the river? {BAD}"
    transcript = Transcript(
        id="t",
        persona="ada",
        rubric=rubric,
        agreed_minutes=20,
        prep=Prep(goal="Learn", questions=["How is the river?"]),
        turns=[
            Turn(speaker="contact", text="Hello.", at=0),
            Turn(speaker="learner", text=learner, at=0.6),
            Turn(speaker="contact", text="It moved.", at=1.5),
        ],
        ended_at=2.4,
        ended_by="learner",
        thank_you=ThankYou(to_contact="Thank you for the river."),
        trace=[
            TraceEntry(turn=0, minute=0.6, patience=0.7, rapport=0.3, intent="greeting", cue="none"),
            TraceEntry(turn=2, minute=2.4, patience=0.7, rapport=0.5, intent="answer", cue="none", unlocked=["private:challenge"]),
        ],
        outcome=Outcome(door="ajar", why="I would answer an e-mail."),
    )
    evidence = [
        Evidence(where="turn:1", quote="How is the river?", effect="helps"),
        Evidence(where="thank_you", quote="Thank you for the river.", effect="helps"),
    ]
    marks = [CriterionScore(id="listening", score=3, rationale="some", evidence=evidence)]
    card = Scorecard(transcript="t", rubric=rubric, overall=50, graded_by="detectors", criteria=marks)
    return Run("model", "Model student", "prepared", transcript, card, (), (), (), ())


def with_account(store: Store, account: str = "ines") -> None:
    values = {
        "id": account,
        "role": "instructor",
        "email": f"{account}@example.org",
        "name": account,
        "password_hash": "x",
        "created_at": 1.0,
    }
    with store.engine.begin() as connection:
        connection.execute(insert(ACCOUNT).values(values))


def desk_on(store: Store, tmp_path: Path) -> ExampleDesk:
    with_account(store)
    return ExampleDesk(KeptExamples(store), ShippedExamples([tmp_path]), FakeClock())


@pytest.mark.anyio
async def test_a_kept_example_comes_back_whole_the_latest_first(store: Store, persona: Persona, tmp_path: Path) -> None:
    desk = desk_on(store, tmp_path)
    first = await keep_example(desk, "ines", persona, meeting(), "good")
    assert isinstance(desk.clock, FakeClock)
    desk.clock.time += 60
    second = await keep_example(desk, "ines", persona, meeting(), "good", "  On the\nriver ")
    assert (first.title, second.title) == ("Model student", "On the river")
    found = await examples_of(desk, persona)
    assert found == [second, first]
    assert await find_example(desk, first.id) == first
    assert pair(found) == (second, None)


@pytest.mark.anyio
async def test_only_who_kept_it_or_the_owner_removes_it(sqlite_store: Store, persona: Persona, tmp_path: Path) -> None:
    desk = desk_on(sqlite_store, tmp_path)
    kept = [await keep_example(desk, "ines", persona, meeting(), "poor") for _ in range(2)]
    with pytest.raises(UnknownItem):
        await remove_example(desk, "somebody", kept[0].id)
    await remove_example(desk, "ines", kept[0].id)
    await remove_example(desk, "somebody", kept[1].id, owner=True)
    assert await examples_of(desk, persona) == []
    with pytest.raises(UnknownItem):
        await remove_example(desk, "ines", "nothing")
    with pytest.raises(UnknownItem):
        await find_example(desk, kept[0].id)


@pytest.mark.anyio
async def test_what_does_not_fit_is_refused(sqlite_store: Store, persona: Persona, tmp_path: Path) -> None:
    desk = desk_on(sqlite_store, tmp_path)
    with pytest.raises(InputError, match="201"):
        await keep_example(desk, "ines", persona, meeting(), "good", "x" * 201)
    other = persona.model_copy(update={"id": "other"})
    with pytest.raises(InputError, match="'ada'"):
        await keep_example(desk, "ines", other, meeting(), "good")


# -- the pages --------------------------------------------------------------------------------------------------------------------


async def kept_in(app: FastAPI, persona: Persona) -> list[Example]:
    with_account(app.state.store)
    desk: ExampleDesk = app.state.examples
    return [await keep_example(desk, "ines", persona, meeting(), quality) for quality in ("good", "poor", "poor")]


def keep(client: TestClient, app: FastAPI, library: OneBook) -> list[Example]:
    assert client.portal is not None
    found: list[Example] = client.portal.call(kept_in, app, library.one_persona)
    return found


def test_a_contact_without_examples_shows_none(client: TestClient) -> None:
    assert "/examples" not in client.get("/contacts/ada", headers=PAGE).text
    assert client.get("/contacts/ada/examples", headers=PAGE).status_code == 404
    assert client.get("/contacts/nobody/examples", headers=PAGE).status_code == 404
    for name in ("nothing", "%00", "..%2Fpersonas", "x" * 200, "%F0%9F%99%82"):
        assert client.get(f"/examples/{name}", headers=PAGE).status_code == 404


def test_a_good_and_a_poor_one_stand_side_by_side(client: TestClient, app: FastAPI, library: OneBook) -> None:
    keep(client, app, library)
    assert 'href="/contacts/ada/examples"' in client.get("/contacts/ada", headers=PAGE).text
    html = client.get("/contacts/ada/examples", headers=PAGE).text
    assert html.index("A good meeting") < html.index("A poor meeting")
    assert html.count("<article") == 2
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert '<mark class="helps"' in html
    assert BAD not in html
    assert 'style="' not in html
    assert "More examples" in html
    assert html.count('href="/examples/') == 1


def test_one_example_alone_has_its_evidence_marked(client: TestClient, app: FastAPI, library: OneBook) -> None:
    good, *_ = keep(client, app, library)
    answer = client.get(f"/examples/{good.id}", headers=PAGE)
    assert answer.status_code == 200
    for part in ("How is the river?", "Thank you for the river.", "The door is ajar", "Listening", "Learner", "told in confidence"):
        assert part in answer.text
    assert "You<" not in answer.text


def test_an_example_of_somebody_of_another_name_is_not_shown(client: TestClient, app: FastAPI, library: OneBook) -> None:
    good, *_ = keep(client, app, library)
    library.one_persona = library.one_persona.model_copy(update={"name": "Bea Ferro"})
    assert client.get(f"/examples/{good.id}", headers=PAGE).status_code == 404
    assert client.get("/contacts/ada/examples", headers=PAGE).status_code == 404
