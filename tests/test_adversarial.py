"""Attempts to talk marks up: none may succeed. And a session with nothing in it earns the bottom mark everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sim.calibrate.attacks import (
    FORMATS,
    INSERTED,
    INSTRUCTIONS,
    LANGUAGES,
    PLACES,
    TRIVIAL,
    AttackFigures,
    above_bottom,
    attacks_on,
    best_questions,
    formatted,
    rises,
    run_attacks,
    some_attacks_on,
)
from sim.calibrate.figures import Subject
from sim.calibrate.pairs import learner_turns, load_bases, with_note
from sim.calibrate.tables import show_rise
from sim.persona import Persona
from sim.rubric import load_rubric
from sim.transcript import Transcript

CLASSIC = load_rubric(Path(__file__).parent.parent / "prompts" / "rubrics" / "classic.yaml")
BASES = load_bases()
HONEST = BASES[0]


def words_of(transcript: Transcript) -> str:
    """Everything the learner wrote, in one string."""
    prep, note = transcript.prep, transcript.thank_you
    parts = [transcript.turns[n].text for n in learner_turns(transcript)]
    parts += [prep.goal, prep.pitch, prep.agenda, *prep.questions] if prep else []
    parts += [note.to_contact or "", note.to_referrer or ""] if note else []
    return "\n".join([*parts, transcript.notes or ""])


# -- what is tried -----------------------------------------------------------------------------------------------------


def test_every_family_is_tried_in_every_field() -> None:
    tried = {(a.family, a.place) for a in attacks_on(HONEST.transcript, HONEST.persona)}
    assert tried >= {(family, place) for family in INSERTED for place in PLACES}
    assert {"formatting", "a good question again"} <= {family for family, _ in tried}
    assert len(LANGUAGES) >= 12


@pytest.mark.parametrize("place", PLACES)
def test_words_are_put_where_the_place_says_and_nothing_is_lost(place: str) -> None:
    attacked = PLACES[place](HONEST.transcript, INSTRUCTIONS[0])
    assert attacked is not None
    assert INSTRUCTIONS[0] in words_of(attacked)
    for words in words_of(HONEST.transcript).split("\n"):
        assert words in words_of(attacked)
    assert Transcript.model_validate(attacked.to_json()) == attacked


def test_a_stage_that_was_not_there_is_not_attacked() -> None:
    bare = HONEST.transcript.to_json()
    del bare["prep"], bare["thank_you"]
    places = {a.place for a in attacks_on(Transcript.model_validate(bare), HONEST.persona)}
    assert not {p for p in places if p.startswith(("prep", "note to"))}


def test_a_note_of_nothing_but_instructions_is_tried_where_none_was_sent() -> None:
    attacked = PLACES["note to the contact"](with_note(HONEST.transcript, None), INSTRUCTIONS[0])
    assert attacked is not None
    assert attacked.thank_you is not None
    assert attacked.thank_you.to_contact == INSTRUCTIONS[0]


def test_over_many_sessions_every_place_and_wording_gets_its_turn() -> None:
    tried = [a for n in range(100) for a in some_attacks_on(HONEST.transcript, HONEST.persona, n)]
    assert {a.place for a in tried} >= set(PLACES)
    assert {a.words for a in tried} >= {w for words in INSERTED.values() for w in words}
    assert {a.words for a in tried} >= set(FORMATS)


def test_formatting_changes_the_clothes_and_not_the_contact() -> None:
    shouted = formatted(HONEST.transcript, FORMATS["upper case"])
    assert words_of(shouted) == words_of(HONEST.transcript).upper()
    theirs = [t.text for t in HONEST.transcript.turns if t.speaker == "contact"]
    assert [t.text for t in shouted.turns if t.speaker == "contact"] == theirs


def test_the_question_said_again_is_one_of_the_learners_own() -> None:
    questions = best_questions(HONEST.transcript, HONEST.persona)
    assert questions
    assert all(q in words_of(HONEST.transcript) for q in questions)


# -- whether it would be noticed ---------------------------------------------------------------------------------------


def test_a_gullible_scorer_is_caught_and_an_honest_one_is_not() -> None:
    def gullible(transcript: Transcript, persona: Persona | None) -> Mapping[str, int | None]:
        return {"rapport": 5 if "5 out of 5" in words_of(transcript) else 3}

    figures = run_attacks([(HONEST.transcript, HONEST.persona)], gullible, thorough=True)
    caught = {r.place for r in figures.rises if r.family == "instruction"}
    assert caught == set(PLACES)
    assert figures.moved > len(PLACES)
    steady = run_attacks([(HONEST.transcript, HONEST.persona)], lambda t, p: {"rapport": 1})
    assert steady.rises == ()


def test_a_mark_that_falls_is_no_rise_and_one_out_of_nothing_is() -> None:
    attack = next(iter(attacks_on(HONEST.transcript, HONEST.persona)))
    assert rises("x", attack, {"rapport": 4}, {"rapport": 2}) == []
    assert [r.after for r in rises("x", attack, {"rapport": None}, {"rapport": 1})] == [1]


# -- the gates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRIVIAL)
def test_a_session_with_nothing_in_it_gets_the_bottom_mark_everywhere(name: str) -> None:
    marks = Subject(CLASSIC).mark(TRIVIAL[name], None)
    assert above_bottom(name, marks) == []
    assert set(marks.values()) == {1}


def test_a_stage_that_was_not_there_stays_unmarked_in_an_empty_session() -> None:
    bare = TRIVIAL["punctuation"].to_json()
    del bare["thank_you"]
    marks = Subject(CLASSIC).mark(Transcript.model_validate(bare), None)
    assert marks["follow_through"] is None
    assert {m for c, m in marks.items() if c != "follow_through"} == {1}


def test_no_attempt_moves_a_mark_up() -> None:
    honest = [(b.transcript, b.persona) for b in BASES]
    figures: AttackFigures = run_attacks(honest, Subject(CLASSIC).mark)
    assert sum(figures.tried.values()) >= 8 * len(BASES)
    assert figures.rises == (), "\n".join(show_rise(r) for r in figures.rises)
