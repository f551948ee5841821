"""A finished session leaves in four forms, and nothing a learner typed does anything in any of them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

from sim.export import Record, duration, export, safe_cell, to_csv, to_json, to_markdown, to_object, to_xapi
from sim.persona import load_persona
from sim.rubric import load_rubric
from sim.scorecard import TOO_LITTLE, Advice, CheckResult, CriterionScore, Evidence, JudgeReport, Opinion, Scorecard
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


def judged(disagrees: bool) -> Scorecard:
    """The card after a second reading that differs from the detectors by one, or by two."""
    heard = Evidence(where="turn:1", quote="I read *that* you", effect="helps", why="noticed")
    opinion = Opinion(
        score=5, low=4, high=5, disagrees=disagrees, checks=[CheckResult(id="facts", passed=True, by="judge", evidence=[heard])]
    )
    first = CARD.criteria[0].model_copy(update={"detectors": 3, "judge": opinion, "score": 3 if disagrees else 4})
    report = JudgeReport(status="answered", model="tiny_1", prompt="judge/checks", prompt_version="1:0")
    return CARD.model_copy(update={"criteria": [first, CARD.criteria[1]], "judge": report, "graded_by": "detectors+judge"})


def test_a_disagreement_of_the_graders_is_shown_and_marked_as_one() -> None:
    text = to_markdown(replace(RECORD, scorecard=judged(disagrees=True)))
    assert "*Second opinion:* The language model tiny\\_1 gave a second opinion." in text
    assert "| criterion | mark | detectors | language model | |" in text
    assert "| Preparation | 3 of 5 | 3 | 5 | they disagree |" in text
    assert "not assessed | – | – |  |" in text
    assert "*Disagreement:* The two graders disagree: the detectors give 3, the language model 5." in text
    assert "The language model went by:\n\n- ✓ “I read \\*that\\* you” (turn:1): noticed" in text
    data = to_object(replace(RECORD, scorecard=judged(disagrees=True)))["scorecard"]
    Draft202012Validator(SCORECARD).validate(data)
    assert data["judge"]["model"] == "tiny_1"
    assert data["criteria"][0]["judge"]["disagrees"] is True
    assert data["criteria"][0]["judge"]["checks"][0]["by"] == "judge"


def test_an_opinion_that_moved_a_mark_is_told_and_one_beside_the_instructors_mark_is_about_the_computed_one() -> None:
    moved = "*Second opinion:* The detectors gave 3; the language model gave 5, and the mark followed it. Its readings ran from 4 to 5."
    card = judged(disagrees=False)
    assert moved in to_markdown(replace(RECORD, scorecard=card))
    given = card.model_copy(update={"criteria": [card.criteria[0].model_copy(update={"score": 1}), card.criteria[1]]})
    text = to_markdown(replace(RECORD, scorecard=given, computed=card))
    assert "| Preparation | 1 of 5 | 3 | 5 |" in text
    assert moved in text


def test_a_failed_reading_is_told_and_without_one_nothing_is() -> None:
    failed = JudgeReport(status="failed", model="tiny", prompt="judge/checks", prompt_version="1:0", why="the endpoint was silent")
    assert "the endpoint was silent" in to_markdown(replace(RECORD, scorecard=CARD.model_copy(update={"judge": failed})))
    assert "econd opinion" not in to_markdown(RECORD)
    assert "| criterion | mark |\n" in to_markdown(RECORD)


def test_without_numbers_the_second_opinion_is_told_without_them() -> None:
    record = replace(RECORD, scorecard=judged(disagrees=True), numbers=False)
    text, debrief = to_markdown(record), to_object(record)["debrief"]
    assert "*Disagreement:* The language model read this more kindly." in text
    assert "detectors give" not in text
    assert (debrief["criteria"][0]["second_opinion"], debrief["criteria"][0]["disagreement"]) == (
        "The language model read this more kindly.",
        True,
    )
    assert "tiny_1" in debrief["second_opinion"]


@pytest.mark.parametrize("numbers", [True, False])
def test_too_little_to_mark_is_said_in_every_form_that_gives_reasons(numbers: bool) -> None:
    low = CARD.criteria[0].model_copy(update={"score": 1, "rationale": TOO_LITTLE, "evidence": []})
    record = replace(RECORD, scorecard=CARD.model_copy(update={"criteria": [low]}), numbers=numbers)
    assert "There was too little said to mark" in to_markdown(record)
    assert "There was too little said to mark" in to_json(record)
    assert not any(anchor.strip()[:40] in to_markdown(record) for c in RECORD.rubric.criteria for anchor in c.anchors.values())


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
