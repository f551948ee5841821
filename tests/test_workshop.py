"""A workshop through the front door, on either database: joining, practising, submitting, the board, marking, files, deleting."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from classroom import Person, Room, begun, code_of, finished, joined, opened, submitted
from conftest import PERSONA_YAML, FakeClock, FakeContact, OneBook
from sqlalchemy import delete, insert, select
from starlette.testclient import TestClient

from sim import people
from sim.accounts import Account, Event
from sim.people import Passwords
from sim.persona import Persona
from sim.rubric import Rubric, parse_rubric
from sim.scorecard import Advice, CheckResult, CriterionScore, Evidence, JudgeReport, Opinion, Scorecard
from sim.settings import Settings
from sim.store import Store
from sim.store.tables import ACCOUNT, MEMBER, METADATA
from sim.store.workshops import Workshops
from sim.transcript import Transcript
from sim.workshops import Member, Plan, Workshop
from web.app import create_app, forget

DAY = 24 * 3600.0
JSON = {"accept": "application/json"}

TWO_CRITERIA = """
schema: sim.rubric/1
id: classic
name: Two
school: For tests.
criteria:
  - id: listening
    name: Listening
    weight: 3
    question: Did they listen?
    anchors: {1: never, 2: hardly, 3: some, 4: well, 5: fully}
    checks: [{id: asked, asks: Did you ask?}, {id: rambled, asks: Did you ramble?, effect: hurts}]
  - id: closing
    name: Closing
    weight: 1
    question: Did they close?
    anchors: {1: never, 2: hardly, 3: some, 4: well, 5: fully}
    checks: [{id: closed, asks: Did you close?}]
"""


def by_length(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
    """Marks that follow from the number of learner words, with evidence, checks and an advice that tells marks."""
    said = [(n, t.text) for n, t in enumerate(transcript.turns) if t.speaker == "learner"]
    mark = min(5, max(1, sum(len(text.split()) for _, text in said) // 2))
    quotes = [Evidence(where=f"turn:{n}", quote=text, effect="helps", why="a question") for n, text in said]
    checks = [CheckResult(id="asked", passed=bool(said)), CheckResult(id="rambled", passed=False)]
    criteria = [
        CriterionScore(id="listening", score=mark, rationale="as it went", evidence=quotes, checks=checks),
        CriterionScore(id="closing", score=2, checks=[CheckResult(id="closed", passed=False)]),
    ]
    overall = round(100 * (3 * (mark - 1) / 4 + (2 - 1) / 4) / 4, 1)
    why = "It ends well. That alone takes “Closing” from 2 to 4."
    advice = [Advice(criterion="closing", title="Close", why=why, instead="Thank you.")]
    return Scorecard(transcript=transcript.id, rubric=rubric.id, overall=overall, graded_by="detectors", criteria=criteria, advice=advice)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture
def room(
    settings: Settings, persona: Persona, contact: FakeContact, clock: FakeClock, passwords: Passwords, plain_hearing: None
) -> Iterator[Room]:
    library: Any = OneBook(persona, parse_rubric(TWO_CRITERIA))
    app = create_app(settings, library=library, contact=contact, clock=clock, score=by_length, passwords=passwords)
    with TestClient(app) as client:
        yield Room(app, client)


@pytest.fixture
def ivo(room: Room) -> Person:
    """The instructor."""
    return room.instructor()


async def a_book(store: Store) -> Workshops:
    """The workshops of a store, with one in it, and nothing else."""
    account = Account("a1", "instructor", "ivo@example.org", "Ivo")
    values = {"id": account.id, "role": account.role, "email": account.email, "name": account.name, "password_hash": "", "created_at": 1.0}
    await store.write(lambda connection: connection.execute(insert(ACCOUNT).values(values)))
    book = Workshops(store)
    await book.add(Workshop("w1", "a1", "ABCDEFGH", Plan("Monday", ("ada",)), 1.0), Event("workshop.created", "workshop", "w1"))
    return book


# -- getting in ------------------------------------------------------------------------------------------------------------


def test_the_door_tells_who_sees_what_before_anybody_joins(room: Room, ivo: Person) -> None:
    code = code_of(ivo, opened(ivo, welcome="Bring a question."))
    page = room.learner().get(f"/join/{code.lower().replace('-', ' ')}").text
    for told in ("Bring a question.", "Practice is private", "on a board", "30 days after you opened it", "Realistic", "2 attempts"):
        assert told in page


def test_a_wrong_code_and_that_of_a_closed_workshop_are_told_alike(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    code = code_of(ivo, workshop)
    ivo.post(f"/workshops/{workshop}/close")
    answers = [room.learner().get(f"/join/{c}", status=404).text for c in (code, "ZZZZ-ZZZZ", "nonsense")]
    assert len({re.sub(r"nonce\S+", "", a) for a in answers}) == 1
    assert "no workshop that is open has this code" in answers[0].lower()


def test_a_new_code_replaces_the_old_one(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    old = code_of(ivo, workshop)
    ivo.post(f"/workshops/{workshop}/code")
    room.learner().get(f"/join/{old}", status=404)
    room.learner().get(f"/join/{code_of(ivo, workshop)}")


def test_nobody_joins_before_it_opens_and_times_are_told_in_their_zone(room: Room, ivo: Person, clock: FakeClock) -> None:
    workshop = opened(ivo, opens_at="1970-01-14T15:00", closes_at="1970-01-14T17:00", zone="Europe/Berlin")
    code = code_of(ivo, workshop)
    page = room.learner().get(f"/join/{code}").text
    assert "It opens 14 Jan 1970, 15:00 (Europe/Berlin)." in page
    room.learner().post(f"/join/{code}", status=409, name="Mira")
    clock.time = 13 * DAY + 14.5 * 3600  # half past two in Greenwich, half past three in Berlin
    learner = room.learner()
    learner.post(f"/join/{code}", name="Mira")
    clock.time += 2 * 3600
    room.learner().get(f"/join/{code}", status=404)
    assert "Go on as Mira" in learner.get(f"/join/{code}").text
    assert "The workshop is closed" in learner.get(f"/joined/{workshop}").text


def test_a_name_belongs_to_one_and_can_be_changed_by_joining_again(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    answer = room.learner().post(f"/join/{code_of(ivo, workshop)}", status=422, name="mIRA")
    assert "is taken in this workshop" in answer.text
    mira.post(f"/join/{code_of(ivo, workshop)}", name="Blue Fox")
    assert "Blue Fox" in mira.get(f"/joined/{workshop}").text
    assert "Blue Fox" in ivo.get(f"/workshops/{workshop}/board").text


def test_whoever_sits_down_at_the_same_computer_next_starts_afresh(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    code = code_of(ivo, workshop)
    mira = joined(room, ivo, workshop, "Mira Sol")
    session = finished(mira, workshop)
    next_one = Person(room.client, dict(mira.cookies))  # the same browser
    asked = next_one.get(f"/join/{code}").text
    assert "Go on as Mira Sol" in asked
    assert f"/afresh?code={code}" in asked
    assert "Your name in the workshop" not in asked
    assert "for whoever held them" in next_one.get(f"/afresh?code={code}").text
    answer = next_one.post("/afresh", code=code)
    assert answer.headers["location"] == f"/join/{code}"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert 'sim_owner="";' in answer.headers["set-cookie"]
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    next_one.cookies.clear()
    assert "Your name in the workshop" in next_one.get(f"/join/{code}").text
    next_one.post(f"/join/{code}", name="Eli")
    next_one.get(f"/sessions/{session}/debrief", status=404)
    assert "Ada" not in next_one.get("/progress").text
    mira.get(f"/sessions/{session}/debrief")  # nothing was deleted


def test_a_browser_that_practised_elsewhere_is_asked_who_sits_at_it(room: Room, ivo: Person) -> None:
    code = code_of(ivo, opened(ivo))
    learner = room.learner()
    assert "practised in this browser before" not in learner.get(f"/join/{code}").text
    learner.post("/sessions", persona="ada")
    assert "practised in this browser before" in learner.get(f"/join/{code}").text


@pytest.mark.parametrize("code", ["https://evil.example.org", "//evil", "ZZZZ"])
def test_starting_afresh_leads_nowhere_else(room: Room, code: str) -> None:
    assert room.learner().post("/afresh", code=code).headers["location"] == "/"


def test_joining_is_throttled(room: Room, ivo: Person) -> None:
    learner = joined(room, ivo, opened(ivo), "Mira")
    found = {learner.send("GET", f"/join/ZZZZ-ZZ{a}{b}").status_code for a in "23456789" for b in "23456"}
    assert found == {404, 429}


def test_a_form_sent_twice_joins_once(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    code, mira = code_of(ivo, workshop), room.learner()
    assert mira.get(f"/join/{code}").headers["cache-control"] == "private, no-store"
    for _ in range(2):
        assert mira.post(f"/join/{code}", name="Mira").headers["location"] == f"/joined/{workshop}"
    assert ivo.get(f"/workshops/{workshop}/board").text.count("Mira") == 1


async def test_two_clicks_at_once_make_one_member(store: Store, anyio_backend: str) -> None:
    """On PostgreSQL the second comes while the first has not committed; it waits for the workshop's row."""
    book = await a_book(store)
    members = await asyncio.gather(*(book.join(Member(f"m{n}", "w1", "Mira", 1.0), "hash") for n in range(8)))
    assert len({m.id for m in members if m}) == 1
    others = await asyncio.gather(*(book.join(Member(f"o{n}", "w1", "Eli", 1.0), f"hash{n}") for n in range(8)))
    assert len([m for m in others if m]) == 1
    assert await book.members("w1") == 2


# -- practising ------------------------------------------------------------------------------------------------------------


def test_attempts_are_counted_and_deleting_gives_none_back(room: Room, ivo: Person) -> None:
    workshop = opened(ivo, attempts="2")
    mira = joined(room, ivo, workshop, "Mira")
    first = begun(mira, workshop)
    mira.post(f"/sessions/{first}/delete")
    second = finished(mira, workshop)
    mira.post(f"/joined/{workshop}/sessions", status=409, persona="ada")
    mira.post(f"/sessions/{second}/fork", turn="1")
    page = mira.get(f"/joined/{workshop}").text
    assert "Attempt 2" in page
    assert "Tried again from a turn" in page
    assert "You have used every attempt." in page


def test_a_program_is_held_to_the_same_rules(room: Room, ivo: Person) -> None:
    workshop = opened(ivo, attempts="1", hints="", minutes="15", difficulty="gentle")
    code, mira = code_of(ivo, workshop), room.learner()

    def send(method: str, path: str, **body: Any) -> Any:
        return mira.send(method, path, headers=JSON, json=body or None)

    stranger = room.learner().send("POST", "/api/sessions", headers=JSON, json={"persona": "ada", "workshop": workshop})
    assert stranger.status_code == 404
    state = send("POST", "/api/workshops/join", code=code, name="Mira").json()
    assert (state["id"], state["attempts_left"], state["hints"]) == (workshop, 1, False)
    for other in ({"difficulty": "tough"}, {"minutes": 30.0}, {"rubric": "other"}):
        refused = send("POST", "/api/sessions", persona="ada", workshop=workshop, **other)
        assert refused.status_code == 422
        assert "settled by the workshop" in refused.json()["detail"]
    made = send("POST", "/api/sessions", persona="ada", workshop=workshop, difficulty="gentle")
    assert made.status_code == 201
    assert (made.json()["agreed_minutes"], made.json()["difficulty"], made.json()["attempt"]) == (15, "gentle", 1)
    assert send("POST", "/api/sessions", persona="ada", workshop=workshop).status_code == 409
    assert send("PUT", f"/api/sessions/{made.json()['id']}/submission").status_code == 409
    assert mira.send("POST", f"/joined/{workshop}/sessions", data={"persona": "ada", "hints": "on"}).status_code == 409
    label = send("POST", "/api/sessions", persona="ada", workshop="autumn term")
    assert (label.status_code, label.json()["workshop"], label.json()["attempt"]) == (201, "autumn term", None)


def test_hints_mark_an_attempt_as_assisted(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    submitted(mira, workshop, hints="on")
    assert "assisted" in ivo.get(f"/workshops/{workshop}/results").text
    assert csv_of(ivo, workshop)[0]["assisted"] == "yes"


def test_practice_is_private_until_it_is_submitted_and_again_after_it_is_taken_back(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    session = finished(mira, workshop, text="A most private heron question?")
    board = ivo.get(f"/workshops/{workshop}/board").text
    assert "Mira" in board
    assert "Debrief" in board
    for path in (f"/workshops/{workshop}/board", f"/workshops/{workshop}/results", f"/workshops/{workshop}/export/jsonl"):
        assert "heron" not in ivo.get(path).text
    ivo.get(f"/submitted/{session}", status=404)
    mira.post(f"/sessions/{session}/submit")
    assert "heron" in ivo.get(f"/submitted/{session}").text
    mira.post(f"/sessions/{session}/withdraw")
    ivo.get(f"/submitted/{session}", status=404)
    assert csv_of(ivo, workshop) == []


def test_only_finished_whole_attempts_are_submitted_and_only_while_it_is_open(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    going_on = begun(mira, workshop)
    mira.post(f"/sessions/{going_on}/submit", status=409)
    done = finished(mira, workshop)
    again = str(mira.post(f"/sessions/{done}/fork", turn="1").headers["location"]).split("/")[2]
    mira.post(f"/sessions/{again}/end")
    mira.post(f"/sessions/{again}/thank-you", skip="1")
    mira.post(f"/sessions/{again}/submit", status=409)
    mira.post(f"/sessions/{done}/submit")
    ivo.post(f"/workshops/{workshop}/close")
    mira.post(f"/sessions/{done}/withdraw", status=409)
    mira.post(f"/joined/{workshop}/sessions", status=409, persona="ada")
    mira.post(f"/sessions/{going_on}/say", text="Still here?", key="k9")
    ivo.post(f"/workshops/{workshop}/reopen")
    mira.post(f"/sessions/{done}/withdraw")


NUMBERED = re.compile(
    r"(?<!Step )\b[1-5] of 5\b|of 100|“Closing” from|scale-on|\"overall\"|\"score\"|overall-mark|You rated yourself|saw it the same"
)


def test_a_workshop_that_hides_numbers_hides_them_everywhere(room: Room, ivo: Person) -> None:
    workshop = opened(ivo, numbers="hide")
    mira = joined(room, ivo, workshop, "Mira")
    session = submitted(mira, workshop, text="What did the river teach you about time and stone?")
    mira.post(f"/sessions/{session}/self-rating", **{"rate-listening": "3"})
    ivo.post(f"/submitted/{session}/marks", criterion="listening", mark="5", reason="You let her finish.")
    ivo.post(f"/submitted/{session}/comments", turn="1", comment="A fine question.")
    pages = ("debrief", "debrief?numbers=show", "debrief?rubric=other&numbers=show", "export.md", "export.json", "self-rating")
    shown = [mira.get(f"/sessions/{session}/{path}").text for path in pages]
    shown += [mira.get(f"/{path}").text for path in (f"joined/{workshop}", "progress?numbers=show", "")]
    shown += [f.decode() for f in zip_of(mira.get(f"/joined/{workshop}/mine.zip").content).values()]
    for text in shown:
        assert NUMBERED.search(text) is None, NUMBERED.search(text)
    assert "You let her finish." in shown[0]
    assert "A fine question." in shown[0]
    assert mira.send("GET", f"/api/sessions/{session}/scorecard", headers=JSON).status_code == 409
    past = mira.send("GET", "/api/sessions", headers=JSON).json()[0]
    assert (past["overall"], past["marks"]) == (None, {})
    assert "computed" in ivo.get(f"/submitted/{session}").text


# -- the board -------------------------------------------------------------------------------------------------------------


def test_the_board_shows_where_everybody_is(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    joined(room, ivo, workshop, "Ada")
    preparing, meeting, noting, ready = (joined(room, ivo, workshop, n) for n in ("Ben", "Cem", "Dua", "Eli"))
    preparing.post(f"/joined/{workshop}/sessions", persona="ada")
    session = begun(meeting, workshop)
    meeting.post(f"/sessions/{session}/say", text="How is the river?", key="k1")
    noted = begun(noting, workshop)
    noting.post(f"/sessions/{noted}/end")
    submitted(ready, workshop)
    lines = {r["name"]: r for r in ivo.send("GET", f"/api/workshops/{workshop}/board", headers=JSON).json()["learners"]}
    assert [lines[n]["whereabouts"] for n in ("Ada", "Ben", "Cem", "Dua", "Eli")] == ["joined", "preparing", "meeting", "note", "debrief"]
    assert (lines["Cem"]["turns"], lines["Eli"]["submitted"]) == (1, 1)
    part = ivo.get(f"/workshops/{workshop}/board", headers={"hx-request": "true"}).text
    assert part.lstrip().startswith('<div id="live"')
    assert "In the meeting" in part
    hidden = ivo.get(f"/workshops/{workshop}/board?names=hide").text
    assert "Learner 3" in hidden
    assert "Cem" not in hidden
    assert "names=hide" in hidden.split('hx-get="')[1].split('"')[0]


# -- marking, results, files -----------------------------------------------------------------------------------------------


def csv_of(ivo: Person, workshop: str) -> list[dict[str, str]]:
    text = ivo.get(f"/workshops/{workshop}/export/csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def zip_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_instructors_mark_counts_everywhere_and_both_are_kept(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    session = submitted(mira, workshop, text="How is the old river these days?")
    before = csv_of(ivo, workshop)[0]
    assert (before["score"], before["listening"], before["closing"]) == ("43.8", "3", "2")
    ivo.post(f"/submitted/{session}/marks", status=422, criterion="listening", mark="5", reason=" ")
    ivo.post(f"/submitted/{session}/marks", criterion="listening", mark="5", reason="She heard every word.")
    after = csv_of(ivo, workshop)[0]
    assert (after["score"], after["listening"], after["closing"]) == ("81.2", "5", "2")
    results = ivo.get(f"/workshops/{workshop}/results").text
    assert ">81.2<" in results
    assert "computed 43.8" in results
    debrief = mira.get(f"/sessions/{session}/debrief").text
    for shown in ("81.2", "She heard every word.", "computed: 3"):
        assert shown in debrief
    assert mira.get("/progress").text.count("<strong>81</strong>") == 1
    card = mira.send("GET", f"/api/sessions/{session}/scorecard", headers=JSON).json()
    assert (card["overall"], card["graded_by"], card["criteria"][0]["score"]) == (81.2, "instructor", 5)
    line = json.loads(ivo.get(f"/workshops/{workshop}/export/jsonl").text)
    assert (line["scorecard"]["overall"], line["computed_scorecard"]["overall"]) == (81.2, 43.8)
    ivo.post(f"/submitted/{session}/marks/listening/remove")
    assert csv_of(ivo, workshop)[0]["score"] == "43.8"


def test_comments_stand_beside_the_turn_for_both(room: Room, ivo: Person, clock: FakeClock) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    session = submitted(mira, workshop)
    ivo.post(f"/submitted/{session}/comments", turn="1", comment="Here she opened up.")
    clock.time += 1
    ivo.post(f"/submitted/{session}/comments", comment="Well done in all.")
    ivo.post(f"/submitted/{session}/comments", status=422, turn="99", comment="Nowhere.")
    for who, path in ((mira, f"/sessions/{session}/debrief"), (ivo, f"/submitted/{session}")):
        page = who.get(path).text
        assert "Here she opened up." in page.split('id="turn-1"')[1].split("</article>")[0]
        assert "Well done in all." in page
    comment = re.search(rf"/submitted/{session}/comments/(\w+)/delete", ivo.get(f"/submitted/{session}").text)
    assert comment is not None
    ivo.post(comment[0])
    assert "Here she opened up." not in mira.get(f"/sessions/{session}/debrief").text


def test_results_show_the_spread_and_what_most_people_miss(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    for name in ("Ben", "Cem"):
        submitted(joined(room, ivo, workshop, name), workshop)
    page = ivo.get(f"/workshops/{workshop}/results").text
    assert "2 with mark 2. Mean 2.0." in page
    heat = page.split("What most people miss")[1]
    assert "Did you close?" in heat
    assert "2 of 2" in heat
    assert "Did you ask?" not in heat  # nobody missed it


def test_an_excerpt_keeps_the_contacts_name_and_not_the_learners(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira Sol")
    session = submitted(mira, workshop, text="Hello, I'm Miriam Solway. MIRA here, how is Ada's river?")
    page = ivo.get(f"/submitted/{session}/excerpt?first=1&last=2").text
    shown = page.split('class="excerpt"')[1].split("<details")[0]
    assert "Hello, I&#39;m Learner. Learner here, how is Ada&#39;s river?" in shown
    assert "Ada Ferro" in shown
    for name in ("Mira", "Miriam", "Solway"):
        assert name not in page
    assert "turn 0" not in shown
    told = page.split("<details")[1]
    for name in ("mira", "miriam", "solway"):  # what was replaced can be looked at, folded away from the projector
        assert f"<strong>{name}</strong>" in told


def test_words_to_leave_out_are_in_no_address(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    session = submitted(joined(room, ivo, workshop, "Mira"), workshop, text="I grew up by the old bridge. How is the river?")
    at = f"/submitted/{session}/excerpt"
    answer = ivo.post(at, status=200, first="0", last="99", also="the old bridge")
    assert "by Learner. How is the river?" in answer.text.split("<details")[0]
    assert 'method="post"' in answer.text.split("<details")[1]
    assert "the old bridge" in ivo.get(f"{at}?first=0&last=99&also=the old bridge").text  # an address leaves nothing out
    assert ivo.post(at, first="1", last="2", also=" ").headers["location"] == f"{at}?first=1&last=2"


def test_files_hold_everything_submitted(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "=cmd|' /C calc'!A0")
    session = submitted(mira, workshop)
    row = csv_of(ivo, workshop)[0]
    assert row["student"].startswith("'=cmd")
    header = ivo.get(f"/workshops/{workshop}/export/csv").content.decode("utf-8-sig").splitlines()[0]
    assert header.startswith("student,attempt,score,listening,closing,turns,minutes,submitted_at")
    statements = [json.loads(line) for line in ivo.get(f"/workshops/{workshop}/export/xapi").text.splitlines()]
    assert statements[0]["result"]["score"]["raw"] == float(row["score"])
    assert "cmd" not in json.dumps(statements)
    files = zip_of(ivo.get(f"/workshops/{workshop}/export/zip").content)
    assert {"gradebook.csv", "sessions.jsonl", "statements.jsonl"} < set(files)
    assert any(name.endswith(f"{session}.md") for name in files)
    ivo.get(f"/workshops/{workshop}/export/exe", status=404)


# -- the audit trail, deleting, keeping --------------------------------------------------------------------------------------


def test_every_look_and_every_change_is_in_the_trail_without_a_word_of_the_learners(room: Room, ivo: Person, clock: FakeClock) -> None:
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    session = submitted(mira, workshop, text="A heron by the river?")
    ivo.get(f"/submitted/{session}")
    ivo.get(f"/submitted/{session}/excerpt?first=0&last=1")
    ivo.get(f"/submitted/{session}/usage")
    ivo.get(f"/workshops/{workshop}/results")
    for _ in range(5):
        ivo.get(f"/workshops/{workshop}/board", headers={"hx-request": "true"})
    ivo.post(f"/submitted/{session}/marks", criterion="listening", mark="4", reason="Good heron.")
    ivo.get(f"/workshops/{workshop}/export/csv")
    ivo.post(f"/workshops/{workshop}/edit", name="Tuesday class", personas="ada", attempts="3", hints="on", retention_days="30")
    ivo.post(f"/workshops/{workshop}/close")
    trail = room.run(lambda: room.app.state.office.trail.entries(None, before=None, most=50))
    actions = [e.event.action for e in trail]
    for action in ("created", "exported", "changed", "closed"):
        assert f"workshop.{action}" in actions
    for action in ("session.read", "session.excerpted", "session.usage_read", "results.read", "mark.overridden"):
        assert action in actions
    assert actions.count("board.watched") == actions.count("workshop.usage_read") == 1  # a board asks again every five seconds
    clock.time += 3601
    ivo.get(f"/workshops/{workshop}/board")
    trail = room.run(lambda: room.app.state.office.trail.entries(None, before=None, most=50))
    assert [e.event.action for e in trail].count("board.watched") == 2
    assert "heron" not in str(trail)
    assert "Mira" not in str(trail)


def everything(room: Room) -> str:
    """Return every value of every table."""

    def read(connection: Any) -> str:
        return "\n".join(f"{t.name}: {list(connection.execute(select(t)))}" for t in METADATA.sorted_tables)

    return str(room.run(lambda: room.app.state.store.read(read)))


def test_a_deleted_workshop_leaves_no_word_of_a_learner_anywhere(room: Room, ivo: Person) -> None:
    workshop, other = opened(ivo), opened(ivo)
    mira = joined(room, ivo, workshop, "Heronmarker Mira")
    session = finished(mira, workshop, text="The heronmarker stands in the river?")
    mira.post(f"/sessions/{session}/fork", turn="1")
    mira.post(f"/sessions/{session}/submit")
    ivo.post(f"/submitted/{session}/comments", turn="1", comment="You said heronmarker.")
    ivo.post(f"/submitted/{session}/marks", criterion="listening", mark="4", reason="For the heronmarker.")
    second = begun(mira, workshop)
    for path, form in (("notes", {"notes": "heronmarker note"}), ("say", {"text": "heronmarker?", "key": "k"})):
        mira.send("POST", f"/sessions/{second}/{path}", data=form)
    stays = joined(room, ivo, other, "Stays")
    submitted(stays, other, text="The kingfisher stays?")
    assert everything(room).lower().count("heronmarker") > 5
    ivo.get(f"/workshops/{workshop}/delete")
    ivo.post(f"/workshops/{workshop}/delete")
    left = everything(room)
    assert "heronmarker" not in left.lower()
    assert "kingfisher" in left
    mira.get(f"/joined/{workshop}", status=404)
    mira.get(f"/sessions/{session}", status=404)


@dataclass
class SlowJudge:
    """Raises every mark to the top, once it is let."""

    model: str = "tiny"
    seconds: float = 5.0
    calls: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, script: Transcript, persona: Any, rubric: Rubric, card: Scorecard, *account: str | None) -> Scorecard:
        self.calls += 1
        await self.go_on.wait()
        report = JudgeReport(status="answered", model=self.model, prompt="p", prompt_version="1")
        criteria = [
            c.model_copy(update={"score": 5, "detectors": c.score, "judge": Opinion(score=5, low=5, high=5)}) for c in card.criteria
        ]
        return card.model_copy(update={"criteria": criteria, "overall": 100.0, "judge": report, "graded_by": "detectors+judge"})


def judged(room: Room) -> SlowJudge:
    """Let the application have a judge that is held."""
    judge = SlowJudge()
    state = room.app.state
    state.desk = replace(state.desk, judge=judge)
    state.office = replace(state.office, desk=state.desk)
    return judge


async def _set(event: asyncio.Event) -> None:
    event.set()


def test_submitting_waits_for_no_judge_and_its_opinion_comes_when_it_is_there(room: Room, ivo: Person) -> None:
    judge = judged(room)
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    session = finished(mira, workshop, text="How is the river?")
    began = time.monotonic()
    mira.post(f"/sessions/{session}/submit")
    assert "Submitted" in mira.get(f"/joined/{workshop}").text
    page = ivo.get(f"/workshops/{workshop}/results").text
    assert "1 attempt is still being read" in page
    assert 'data-column="listening">2<' in page, "the detectors' mark meanwhile"
    assert "The language model is still reading." in ivo.get(f"/submitted/{session}").text
    ivo.get(f"/submitted/{session}/excerpt?first=0&last=1")
    ivo.post(f"/submitted/{session}/marks", criterion="closing", mark="3", reason="It closed well enough.")
    assert time.monotonic() - began < judge.seconds, "nobody waited for the judge"
    room.run(lambda: _set(judge.go_on))
    (row,) = csv_of(ivo, workshop)  # a file waits for what is on its way
    assert (row["listening"], row["closing"]) == ("5", "3")
    page = ivo.get(f"/workshops/{workshop}/results").text
    assert "still being read" not in page
    assert 'data-column="listening">5<' in page
    assert judge.calls == 1


def test_a_reading_that_a_stop_cut_off_begins_again_and_loses_no_submission(room: Room, ivo: Person) -> None:
    judge = judged(room)
    workshop = opened(ivo)
    mira = joined(room, ivo, workshop, "Mira")
    session = finished(mira, workshop)
    mira.post(f"/sessions/{session}/submit")
    room.run(lambda: room.app.state.desk.readings.stop_all())
    assert "1 attempt is still being read" in ivo.get(f"/workshops/{workshop}/results").text
    room.run(lambda: _set(judge.go_on))
    assert [row["listening"] for row in csv_of(ivo, workshop)] == ["5"]


# -- numbers hidden: no mark in any form reaches the learner ---------------------------------------------------------------

FIGURES = re.compile(r"[1-5] (?:of|out of|/) ?5|of 100|\bscore\b|scaled|\boverall\b|computed_|gave [1-5]|give [1-5]|from [1-5] to [1-5]")
"""How a mark is told anywhere in the product, as words beside a figure or as a field's name."""


def test_where_numbers_are_hidden_none_reaches_the_learner_in_any_form(room: Room, ivo: Person) -> None:
    """Pages, files and the interface for programs, with a judge's opinion, an instructor's mark, a self-rating and a second try."""
    judge = judged(room)
    room.run(lambda: _set(judge.go_on))
    workshop = opened(ivo, numbers="hide")
    mira = joined(room, ivo, workshop, "Mira")
    session = finished(mira, workshop, text="How is the river?")
    mira.post(f"/sessions/{session}/self-rating", **{"rate-listening": "3"})
    again = str(mira.post(f"/sessions/{session}/fork", turn="1").headers["location"]).split("/")[2]
    mira.post(f"/sessions/{again}/say", text="Why?", key="k9")
    mira.post(f"/sessions/{again}/end")
    mira.post(f"/sessions/{again}/thank-you", skip="1")
    mira.post(f"/sessions/{session}/submit")
    ivo.post(f"/submitted/{session}/marks", criterion="listening", mark="4", reason="You took up what was said.")
    assert "4" in csv_of(ivo, workshop)[0]["listening"]
    addresses = [f"/joined/{workshop}", "/progress", "/progress?numbers=show", f"/joined/{workshop}/leave"]
    for one in (session, again):
        pages = ("debrief", "debrief?numbers=show", "debrief?rubric=classic", "self-rating", "delete", "export.json", "export.md")
        addresses += [f"/sessions/{one}/{what}" for what in pages]
        mira.get(f"/api/sessions/{one}/scorecard", 409, headers=JSON)
    told = {address: mira.get(address).text for address in addresses}
    for address in ("/api/sessions", f"/api/sessions/{session}", f"/api/sessions/{session}/transcript", f"/api/joined/{workshop}"):
        told[address] = mira.get(address, headers=JSON).text
    for name, body in zip_of(mira.get(f"/joined/{workshop}/mine.zip").content).items():
        told[f"mine.zip: {name}"] = body.decode()
    for address, text in told.items():
        found = FIGURES.search(re.sub(r"Step \d of 5|\"overall\":null", "", text))
        assert found is None, (address, found, text[found.start() - 100 : found.end() + 100])
    assert "You took up what was said." in told[f"/sessions/{session}/debrief"]


def published_by(room: Room, somebody: Person, name: str, audience: str) -> str:
    """Let somebody write a contact and publish it; return its id in the studio."""
    text = PERSONA_YAML.replace("id: ada", f"id: {name}")
    at = str(somebody.send("POST", "/studio/import", files={"file": ("a.yaml", text.encode())}).headers["location"])
    answer = somebody.post(f"{at}/publish", 200, version="0", side="form", audience=audience)
    assert "is published" in answer.text
    return at.rsplit("/", 1)[1]


@pytest.mark.parametrize("by", ["the owner", "themselves"])
def test_a_closed_account_takes_its_workshops_along_and_leaves_what_is_everybodys(room: Room, ivo: Person, by: str) -> None:
    """`ivo` is the owner here; somebody else's account is closed. No learner's word stays, and the trail stays without the name."""
    una = room.instructor("una@example.org")
    una.post("/account/name", 200, name="Una Heronmarker")
    workshop, kept = opened(una), opened(ivo)
    mira = joined(room, una, workshop, "Heronmarker Mira")
    session = submitted(mira, workshop, text="The heronmarker stands in the river?")
    una.post(f"/submitted/{session}/comments", turn="1", comment="You said heronmarker.")
    submitted(joined(room, ivo, kept, "Eli"), kept, text="The kingfisher stays?")
    mine, shared = published_by(room, una, "for-mine", "workshops"), published_by(room, una, "for-all", "everybody")
    un = next(a for a in room.run(lambda: people.people(room.app.state.registry)).accounts if a.account.email == "una@example.org")
    if by == "the owner":
        asked = ivo.get(f"/people/{un.account.id}/close").text
        assert "1 learner, 1 submitted attempt" in asked
        ivo.post(f"/people/{un.account.id}/close", 200)
    else:
        una.post("/account/close", 422, current="not this one")
        una.get(f"/workshops/{workshop}")
        una.post("/account/close", current="seven grey herons")
    left = everything(room)
    for gone in ("heronmarker", "una@example.org"):
        assert gone not in left.lower(), gone
    assert "kingfisher" in left
    una.get("/workshops", 303)
    una.post("/sign-in", 422, email="una@example.org", password="seven grey herons")
    mira.get(f"/joined/{workshop}", status=404)
    ivo.get(f"/studio/{mine}", 404)
    assert "Version 1 is published for everybody" in ivo.get(f"/studio/{shared}").text, "it is the owner's now, and still on offer"
    page = ivo.get("/people").text
    assert "losed account" not in page
    trail = ivo.get("/audit").text
    assert f"A closed account ({un.account.id[:6]})" in trail
    assert "closed an account" in trail
    again = room.instructor("una@example.org")  # the address is free for an invitation
    again.get("/workshops")


def test_the_owner_cannot_be_closed_by_anybody(room: Room, ivo: Person) -> None:
    una = room.instructor("una@example.org")
    owner = room.run(lambda: room.app.state.registry.accounts.owner()).account.id
    assert "cannot be closed" in ivo.get("/account").text
    ivo.get("/account/close", 404)
    ivo.post("/account/close", 404, current="seven grey herons")
    ivo.get(f"/people/{owner}/close", 409)
    ivo.post(f"/people/{owner}/close", 409)
    una.post(f"/people/{owner}/close", 404)
    ivo.get("/workshops")


def test_a_learner_deletes_what_they_did_or_leaves(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    mira, eli = joined(room, ivo, workshop, "Mira"), joined(room, ivo, workshop, "Eli")
    submitted(mira, workshop, text="A heron question?")
    submitted(eli, workshop)
    files = zip_of(mira.get(f"/joined/{workshop}/mine.zip").content)
    assert any(b"heron" in body for body in files.values())
    mira.post(f"/joined/{workshop}/delete")
    assert "heron" not in everything(room)
    assert "Mira" in ivo.get(f"/workshops/{workshop}/board").text
    mira.post(f"/joined/{workshop}/leave")
    assert "Mira" not in everything(room)
    assert [row["student"] for row in csv_of(ivo, workshop)] == ["Eli"]


def test_leaving_and_joining_again_gives_no_attempt_back(room: Room, ivo: Person, clock: FakeClock) -> None:
    workshop = opened(ivo, attempts="2", retention_days="30")
    mira = joined(room, ivo, workshop, "Mira")
    begun(mira, workshop)
    begun(mira, workshop)
    mira.post(f"/joined/{workshop}/leave")
    assert "Mira" not in everything(room)
    assert "Nobody has joined yet." in ivo.get(f"/workshops/{workshop}/board").text
    mira.get(f"/joined/{workshop}", status=404)
    mira.post(f"/join/{code_of(ivo, workshop)}", name="Blue Fox")
    assert "You have used every attempt." in mira.get(f"/joined/{workshop}").text
    mira.post(f"/joined/{workshop}/sessions", status=409, persona="ada")
    mira.post(f"/joined/{workshop}/leave")
    mira.post(f"/join/{code_of(ivo, workshop)}", name="Mira again")
    mira.post(f"/joined/{workshop}/sessions", status=409, persona="ada")
    joined(room, ivo, workshop, "Mira")  # the name is free again, and somebody else has all of theirs
    mira.post(f"/joined/{workshop}/leave")
    clock.time += 31 * DAY
    room.run(lambda: forget(room.app))
    assert "leavers: []" in everything(room)


def test_names_go_when_the_installation_keeps_nothing_longer(room: Room, ivo: Person, clock: FakeClock) -> None:
    """Whatever the workshop says, or says not."""
    room.app.state.settings = room.app.state.settings.model_copy(update={"retention_days": 10})
    for days in ("", "30"):
        workshop = opened(ivo, retention_days=days)
        joined(room, ivo, workshop, "Heron who did nothing")
        submitted(joined(room, ivo, workshop, "Heron Sol"), workshop)
        left = joined(room, ivo, workshop, "Heron who left")
        left.post(f"/joined/{workshop}/leave")
    clock.time += 9 * DAY
    room.run(lambda: forget(room.app))
    assert everything(room).count("Heron") == 4
    clock.time += 2 * DAY
    room.run(lambda: forget(room.app))
    found = everything(room)
    assert "Heron" not in found
    assert "leavers: []" in found


def test_learners_are_told_when_their_names_go(room: Room, ivo: Person) -> None:
    page = room.learner().get(f"/join/{code_of(ivo, opened(ivo, retention_days='30'))}").text
    assert "30 days after you opened it, your name as long after you joined" in page
    page = room.learner().get(f"/join/{code_of(ivo, opened(ivo, retention_days=''))}").text
    assert "when the workshop is deleted, and your name with it" in page


def test_a_session_whose_member_is_gone_goes_with_the_daily_chore(room: Room, ivo: Person) -> None:
    workshop = opened(ivo, retention_days="")
    begun(joined(room, ivo, workshop, "Mira"), workshop)
    room.run(lambda: room.app.state.store.write(lambda connection: connection.execute(delete(MEMBER))))
    room.run(lambda: forget(room.app))
    assert "sessions: []" in everything(room)


def test_words_are_kept_for_as_many_days_as_the_workshop_says(room: Room, ivo: Person, clock: FakeClock) -> None:
    workshop, kept = opened(ivo, retention_days="30"), opened(ivo, retention_days="")
    mira = joined(room, ivo, workshop, "Mira Heron")
    submitted(mira, workshop, text="A heron question?")
    eli = joined(room, ivo, kept, "Eli")
    submitted(eli, kept, text="A kingfisher question?")
    clock.time += 29 * DAY
    room.run(lambda: forget(room.app))
    assert "heron" in everything(room)
    clock.time += 2 * DAY
    room.run(lambda: forget(room.app))
    assert "heron" not in everything(room).lower()
    assert "kingfisher" in everything(room)


# -- changing it -----------------------------------------------------------------------------------------------------------


def test_once_somebody_joined_what_they_were_told_stays(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    same = {"personas": "ada", "attempts": "2", "hints": "on", "retention_days": "30"}
    ivo.post(f"/workshops/{workshop}/edit", name="Free", personas="ada", attempts="1", difficulty="tough", retention_days="60")
    ivo.post(f"/workshops/{workshop}/edit", name="Back", **same)
    joined(room, ivo, workshop, "Mira")
    for change in (
        {"difficulty": "tough"},
        {"numbers": "hide"},
        {"attempts": "1"},
        {"retention_days": "60"},
        {"minutes": "5"},
        {"hints": ""},
    ):
        ivo.post(f"/workshops/{workshop}/edit", status=422, name="Broken", **same | change)
    assert "Broken" not in ivo.get("/workshops").text
    ivo.post(f"/workshops/{workshop}/edit", name="Renamed", **same | {"attempts": "", "retention_days": "7", "token_budget": "1000"})
    assert "Renamed" in ivo.get("/workshops").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("personas", "nobody"),
        ("minutes", "500"),
        ("attempts", "0"),
        ("opens_at", "soon"),
        ("closes_at", "9999-12-31T23:59"),
        ("zone", "../etc/passwd"),
        ("retention_days", "x"),
        ("token_budget", "9" * 12),
        ("difficulty", "odd"),
        ("rubric", "odd"),
    ],
)
def test_what_will_not_do_comes_back_with_the_form(ivo: Person, field: str, value: str) -> None:
    answer = ivo.send("POST", "/workshops", data={"name": "Kept name", "personas": "ada"} | {field: value})
    assert answer.status_code == 422
    assert 'role="alert"><p>' in answer.text
    assert field == "name" or "Kept name" in answer.text
    assert "data-zone" not in answer.text, "the zone that was chosen stays"


def test_a_form_nobody_touched_takes_the_zone_of_the_browser(ivo: Person) -> None:
    assert " data-zone>" in ivo.get("/workshops/new").text


def test_the_picture_is_a_code_for_the_address(room: Room, ivo: Person) -> None:
    workshop = opened(ivo)
    answer = ivo.get(f"/workshops/{workshop}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    assert f"http://testserver/join/{code_of(ivo, workshop)}" in ivo.get(f"/workshops/{workshop}").text


def test_tokens_and_cost_are_shown_by_learner(room: Room, ivo: Person) -> None:
    workshop = opened(ivo, token_budget="1000")
    session = finished(joined(room, ivo, workshop, "Mira"), workshop)
    joined(room, ivo, workshop, "Eli")
    from sim.store.tables import USAGE

    used = {"at": 1.0, "session_id": session, "workshop_id": workshop, "purpose": "contact", "model": "m", "estimated": False}
    row = used | {"tokens_in": 800, "tokens_cached": 0, "tokens_out": 50, "cost": 0.5}
    room.run(lambda: room.app.state.store.write(lambda c: c.execute(USAGE.insert().values(row))))
    page = ivo.get(f"/workshops/{workshop}").text
    for told in ("850 tokens used", "1,000 tokens", "(85%)", "Most of the budget is used", "near an even share", "0.50"):
        assert told in page
