"""A transcript comes in as the contract says, keeps what it carries, and tells time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from sim.errors import LearnerFileError, TranscriptError
from sim.schemas import json_schema
from sim.transcript import end_time, load_learner, load_transcript, parse_transcript, turn_times, word_count

CONTRACT = json.loads((Path(__file__).parent / "contracts" / "transcript.schema.json").read_text("utf-8"))


def plain(**changes: Any) -> dict[str, Any]:
    """Return a small transcript; Ellipsis takes a key away."""
    turns = [{"speaker": "contact", "text": "Hello."}, {"speaker": "learner", "text": "Hello. Thank you for the time."}]
    data = {"schema": "sim.transcript/1", "id": "t1", "persona": "p", "agreed_minutes": 20, "turns": turns, **changes}
    return {k: v for k, v in data.items() if v is not ...}


def problems(data: Any) -> list[str]:
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(json.dumps(data), "t.json")
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schema": ...}, "schema: is missing; write `sim.transcript/1` here"),
        ({"id": ...}, "id: is missing"),
        ({"agreed_minutes": 0}, "agreed_minutes: is 0; it should be greater than 0"),
        ({"agreed_minutes": "soon"}, "agreed_minutes: is 'soon'"),
        ({"turns": []}, "turns: is a list; list should have at least 1 item"),
        ({"turns": [{"speaker": "host", "text": "x"}]}, "turns[0].speaker: is 'host'; it should be 'learner' or 'contact'"),
        ({"turns": [{"speaker": "learner", "text": ""}]}, "turns[0].text"),
        ({"turns": [{"speaker": "learner", "text": "x", "at": -1}]}, "turns[0].at: is -1"),
        (
            {"turns": [{"speaker": "learner", "text": "x", "at": 3}, {"speaker": "contact", "text": "y", "at": 2}]},
            "times must not fall",
        ),
        ({"ended_by": "boredom"}, "ended_by: is 'boredom'"),
        ({"prep": "yes"}, "prep: is 'yes'"),
        ({"thank_you": {"to_contact": 5}}, "thank_you.to_contact: is 5"),
        ({"turns": [{"speaker": "learner", "text": "\ud800"}]}, "turns[0].text"),
    ],
)
def test_each_mistake_is_told_by_key_with_what_was_found(changes: dict[str, Any], says: str) -> None:
    found = problems(plain(**changes))
    assert len(found) == 1, found
    assert says in found[0]


def test_numbers_that_are_none_are_refused() -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1e999", "9" * 5000):
        text = json.dumps(plain()).replace("20", number)
        with pytest.raises(TranscriptError):
            parse_transcript(text, "t.json")


def test_a_stage_that_was_not_there_stays_apart_from_one_left_empty() -> None:
    absent, null = parse_transcript(json.dumps(plain())), parse_transcript(json.dumps(plain(prep=None, thank_you=None)))
    assert (absent.has_prep_stage, absent.has_thank_you_stage) == (False, False)
    assert (null.has_prep_stage, null.has_thank_you_stage) == (True, True)
    assert absent.to_json() == plain()
    assert null.to_json() == plain(prep=None, thank_you=None)


def test_keys_that_others_added_are_kept() -> None:
    data = plain(course="B2", turns=[{"speaker": "learner", "text": "Hi.", "mood": "calm"}])
    assert parse_transcript(json.dumps(data)).to_json() == data


def test_times_are_taken_where_given_and_estimated_where_not() -> None:
    """150 words a minute is the contract's figure."""
    turns = [
        {"speaker": "contact", "text": "word " * 150},
        {"speaker": "learner", "text": "word " * 75, "at": 3},
        {"speaker": "contact", "text": "ok"},
    ]
    session = parse_transcript(json.dumps(plain(turns=turns)))
    assert turn_times(session) == pytest.approx([0, 3, 3.5])
    assert end_time(session) == pytest.approx(3.5 + 1 / 150)
    assert end_time(session.model_copy(update={"ended_at": 21.0})) == 21.0


@pytest.mark.parametrize(("text", "words"), [("", 0), ("... !?", 0), ("I don't know", 3), ("it’s e-mail", 3), ("日本語", 1), ("3.5 %", 2)])
def test_words_are_what_a_speaker_would_say(text: str, words: int) -> None:
    assert word_count(text) == words


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe")
    for path, says in ((tmp_path / "gone.json", "cannot be read"), (tmp_path / "x.json", "UTF-8"), (tmp_path, "cannot be read")):
        with pytest.raises(TranscriptError, match=says):
            load_transcript(path)


def test_a_scripted_learner_is_read_strictly(tmp_path: Path) -> None:
    file = tmp_path / "l.json"
    good = {"schema": "sim.learner/1", "id": "a", "prep": None, "messages": ["Hi.", ""], "thank_you": {"to_contact": "Thanks."}}
    file.write_text(json.dumps(good))
    learner = load_learner(file)
    assert learner.messages == ["Hi.", ""]
    assert learner.thank_you is not None
    for bad in ({**good, "messages": "Hi."}, {**good, "mesages": []}, {**good, "schema": "sim.transcript/1"}):
        file.write_text(json.dumps(bad))
        with pytest.raises(LearnerFileError):
            load_learner(file)


texts = st.text(min_size=1, max_size=30)
minutes = st.floats(0, 60, allow_nan=False)
turns = st.lists(st.fixed_dictionaries({"speaker": st.sampled_from(["learner", "contact"]), "text": texts}), min_size=1, max_size=5)
sheets = st.none() | st.fixed_dictionaries(
    {}, optional={"goal": texts, "pitch": texts, "agenda": texts, "questions": st.lists(texts, max_size=3)}
)
notes = st.fixed_dictionaries({}, optional=dict.fromkeys(["to_contact", "to_referrer"], st.none() | texts))
sessions = st.fixed_dictionaries(
    {"schema": st.just("sim.transcript/1"), "id": texts, "persona": texts, "agreed_minutes": st.integers(1, 90), "turns": turns},
    optional={
        "rubric": texts, "prep": sheets, "notes": st.none() | texts, "ended_at": st.none() | minutes,
        "ended_by": st.sampled_from(["learner", "contact", "time", None]),
        "thank_you": st.none() | notes,
        "from_elsewhere": st.dictionaries(texts, st.integers(), max_size=2),
    },
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(sessions)
def test_every_session_of_the_contract_comes_back_word_for_word(data: dict[str, Any]) -> None:
    session = parse_transcript(json.dumps(data))
    assert session.to_json() == data
    for schema in (CONTRACT, json_schema("transcript")):
        Draft202012Validator(schema).validate(session.to_json())
    assert len(turn_times(session)) == len(session.turns)


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=9),
    st.lists(st.none() | st.text(max_size=5), max_size=2),
)
keys = st.sampled_from(
    [
        "schema",
        "id",
        "persona",
        "agreed_minutes",
        "turns",
        "prep",
        "notes",
        "ended_at",
        "ended_by",
        "thank_you",
        "trace",
        "outcome",
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(keys, values, max_size=3))
def test_whatever_is_sent_is_a_transcript_or_our_error(changes: dict[str, Any]) -> None:
    try:
        parse_transcript(json.dumps(plain(**changes)), "t.json")
    except TranscriptError as error:
        assert all(p.message for p in error.problems)
