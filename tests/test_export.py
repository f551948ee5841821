"""A finished session leaves in four forms, and nothing a learner typed does anything in any of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

from sim.export import Record, duration, export, safe_cell, to_csv, to_json, to_markdown, to_xapi
from sim.persona import load_persona
from sim.rubric import load_rubric
from sim.scorecard import Advice, CheckResult, CriterionScore, Evidence, Scorecard
from sim.transcript import LedgerEntry, Outcome, Prep, ThankYou, Transcript, Turn, parse_transcript

HERE = Path(__file__).parent
CONTRACT = json.loads((HERE / "contracts" / "transcript.schema.json").read_text("utf-8"))
SCORECARD = json.loads((HERE / "contracts" / "scorecard.schema.json").read_text("utf-8"))

CARD = Scorecard(
    transcript="s-1",
    rubric="classic",
    overall=62.5,
    graded_by="detectors",
    criteria=[
        CriterionScore(
            id="preparation",
            score=4,
            rationale="One fact used.",
            evidence=[Evidence(where="turn:1", quote="I read *that* you <b>moved</b>", effect="helps", why="from the dossier")],
            advice="Bring a second one.",
            checks=[CheckResult(id="facts", passed=True)],
        ),
        CriterionScore(id="follow_through", score=None, rationale="No note could be sent."),
    ],
    advice=[
        Advice(
            criterion="preparation",
            title="Use the move.",
            where="turn:1",
            quote="I read",
            why="It was there.",
            instead="Why Trelleborg?",
        )
    ],
)
TRANSCRIPT = Transcript(
    id="s-1",
    persona="example-ops-director",
    agreed_minutes=25,
    prep=Prep(goal="Learn", questions=["Why?", ""]),
    notes="- call Ilse",
    turns=[Turn(speaker="contact", text="Hello.", at=0.0), Turn(speaker="learner", text="# Hi | there\n1. <script>", at=0.5)],
    ended_at=18.5,
    ended_by="learner",
    thank_you=ThankYou(to_contact="Thanks.", to_referrer=None),
    outcome=Outcome(door="ajar", why="you listened", ledger=[LedgerEntry(item="referral:Ilse Brandt", status="not_asked")]),
)
RECORD = Record(
    transcript=TRANSCRIPT,
    scorecard=CARD,
    persona=load_persona(HERE / "contracts" / "example-persona.yaml"),
    rubric=load_rubric(HERE / "contracts" / "classic.yaml"),
    student="=cmd|' /C calc'!A0",
    attempt=2,
    submitted_at="2026-11-22T10:00:00Z",
    versions=(("engine", "scripted"),),
)


def test_json_is_a_transcript_that_can_be_taken_back_and_carries_its_marks() -> None:
    data = json.loads(to_json(RECORD))
    Draft202012Validator(CONTRACT).validate(data)
    Draft202012Validator(SCORECARD).validate(data["scorecard"])
    assert data["versions"]["engine"] == "scripted"
    again = parse_transcript(to_json(RECORD))
    assert {k: v for k, v in again.to_json().items() if k not in {"scorecard", "versions"}} == TRANSCRIPT.to_json()


def test_markdown_shows_marks_advice_ledger_and_every_word() -> None:
    text = to_markdown(RECORD)
    for words in (
        "Marta Lindqvist",
        "62.5 of 100",
        "| Preparation | 4 of 5 |",
        "not assessed",
        "Door **ajar**",
        "Why Trelleborg?",
        "not asked",
        "18.5 of 25",
    ):
        assert words in text, words
    assert "to the referrer" not in text


def test_what_was_typed_stays_text_in_markdown() -> None:
    text = to_markdown(RECORD)
    assert "<script>" not in text.replace("\\<", "")
    assert "> \\# Hi \\| there\n> 1\\. \\<script\\>" in text
    assert "\\*that\\*" in text


def test_the_gradebook_row_has_the_columns_and_no_formula() -> None:
    header, row = csv.reader(io.StringIO(to_csv([RECORD])))
    assert header == "student attempt score preparation follow_through turns minutes submitted_at session persona rubric assisted".split()
    cells = dict(zip(header, row, strict=True))
    assert cells["student"] == "'=cmd|' /C calc'!A0"
    assert (cells["attempt"], cells["score"], cells["preparation"], cells["follow_through"]) == ("2", "62.5", "4", "")
    assert (cells["turns"], cells["minutes"]) == ("1", "18.5")


def test_a_session_without_marks_has_empty_cells_not_zeros() -> None:
    header, row = csv.reader(io.StringIO(to_csv([Record(TRANSCRIPT)])))
    assert dict(zip(header, row, strict=True))["score"] == ""


@given(st.text())
def test_no_cell_is_ever_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell.lstrip("\ufeff \u00a0\t\r\n\v\f\0")[:1] not in set("=+-@＝＋－＠")
    assert cell[:1] not in set("\t\r\n")
    assert cell in {text, "'" + text}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=1, max_size=3))
def test_cells_come_back_from_the_file_as_they_went_in(students: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(to_csv([Record(TRANSCRIPT, student=s) for s in students]), newline="")))
    assert [r[0] for r in rows[1:]] == [safe_cell(s) for s in students]


def test_xapi_names_nobody_and_sends_the_same_ids_twice() -> None:
    lines = to_xapi(RECORD, "https://school.example/").splitlines()
    statements = [json.loads(line) for line in lines]
    assert [s["verb"]["display"]["en"] for s in statements] == ["completed", "scored"]
    meeting, mark = statements
    assert meeting["result"] == {
        "completion": True,
        "duration": "PT18M30S",
        "score": {"scaled": 0.625, "raw": 62.5, "min": 0, "max": 100},
    }
    assert mark["result"]["score"] == {"scaled": 0.75, "raw": 4, "min": 1, "max": 5}
    assert {s["actor"]["account"]["homePage"] for s in statements} == {"https://school.example/"}
    assert "calc" not in "".join(lines)
    assert len({str(UUID(s["id"])) for s in statements}) == 2
    assert to_xapi(RECORD, "https://school.example/").splitlines() == lines


@pytest.mark.parametrize(("minutes", "text"), [(0, "PT0M0S"), (18.5, "PT18M30S"), (61, "PT61M0S"), (0.999, "PT1M0S"), (-1, "PT0M0S")])
def test_durations_are_iso_8601(minutes: float, text: str) -> None:
    assert duration(minutes) == text


def test_each_form_has_its_writer() -> None:
    assert [export(RECORD, form) for form in ("json", "md", "csv", "xapi")] == [
        to_json(RECORD),
        to_markdown(RECORD),
        to_csv([RECORD]),
        to_xapi(RECORD),
    ]
