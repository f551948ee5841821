"""The rules of workshops, each on its own: marks that count, codes, plans, excerpts, results, spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import PERSONA_YAML, OneBook
from hypothesis import given, strategies as st

from sim.errors import InputError
from sim.export import Record, to_csv
from sim.persona import Persona, parse_persona
from sim.practice.counting import counting
from sim.review import Override, Review
from sim.rubric import Rubric, parse_rubric
from sim.scorecard import Advice, CriterionScore, Scorecard
from sim.scoring.rollup import overall
from sim.scoring.unnumbered import unnumbered, without_step
from sim.scoring.wording import phrases
from sim.transcript import Transcript
from sim.workshop.board import shared
from sim.workshop.codes import ALPHABET, new_code, spaced, tidy
from sim.workshop.excerpt import introduced, names_of, without_names
from sim.workshop.planning import checked, refuse_broken_word
from sim.workshops import Plan, Spent

MARK = st.integers(1, 5)
MAYBE = st.none() | MARK
WEIGHTS = st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any)


def rubric_of(weights: list[int]) -> Rubric:
    anchors = "{1: a, 2: b, 3: c, 4: d, 5: e}"
    rows = "\n".join(f"  - {{id: c{n}, name: C{n}, weight: {w}, question: Q?, anchors: {anchors}}}" for n, w in enumerate(weights))
    return parse_rubric(f"schema: sim.rubric/1\nid: made\nname: Made\nschool: S\ncriteria:\n{rows}\n")


def card_of(rubric: Rubric, marks: list[int | None]) -> Scorecard:
    scores = [CriterionScore(id=c.id, score=m) for c, m in zip(rubric.criteria, marks, strict=True)]
    return Scorecard(transcript="t", rubric=rubric.id, overall=overall(rubric, scores), graded_by="detectors", criteria=scores)


@st.composite
def marked(draw: st.DrawFn) -> tuple[Rubric, Scorecard, dict[str, int]]:
    rubric = rubric_of(draw(WEIGHTS))
    names = [c.id for c in rubric.criteria]
    card = card_of(rubric, draw(st.lists(MAYBE, min_size=len(names), max_size=len(names))))
    return rubric, card, draw(st.dictionaries(st.sampled_from(names), MARK))


def reviewed(overrides: dict[str, int]) -> Review:
    return Review(tuple(Override(name, mark, "because") for name, mark in overrides.items()))


@given(marked())
def test_the_overall_that_counts_is_the_rubrics_own_sum_of_the_marks_that_count(made: tuple[Rubric, Scorecard, dict[str, int]]) -> None:
    rubric, card, overrides = made
    found = counting(card, rubric, reviewed(overrides))
    marks = {c.id: overrides.get(c.id, c.score) for c in card.criteria}
    assert {c.id: c.score for c in found.criteria} == marks
    assert found.overall == overall(rubric, [CriterionScore(id=k, score=v) for k, v in marks.items()])
    assert 0 <= found.overall <= 100
    assert found.graded_by == ("instructor" if overrides else card.graded_by)


@given(marked())
def test_the_computed_card_is_never_changed(made: tuple[Rubric, Scorecard, dict[str, int]]) -> None:
    rubric, card, overrides = made
    before = card.model_dump()
    counting(card, rubric, reviewed(overrides))
    assert card.model_dump() == before


@given(marked(), st.data())
def test_a_higher_mark_never_lowers_the_overall(made: tuple[Rubric, Scorecard, dict[str, int]], data: st.DataObject) -> None:
    rubric, card, overrides = made
    name = data.draw(st.sampled_from([c.id for c in rubric.criteria]))
    low, high = sorted((data.draw(MARK), data.draw(MARK)))
    worse, better = (counting(card, rubric, reviewed(overrides | {name: m})).overall for m in (low, high))
    assert worse <= better


def test_an_override_of_something_else_changes_nothing() -> None:
    rubric = rubric_of([1, 2])
    card = card_of(rubric, [2, 3])
    assert counting(card, rubric, reviewed({"elsewhere": 5})) is card


def test_a_criterion_that_was_not_assessed_counts_from_its_override_on() -> None:
    rubric = rubric_of([1, 1])
    card = card_of(rubric, [None, 1])
    assert counting(card, rubric, reviewed({"c0": 5})).overall == 50
    assert "not assessed" in counting(card, rubric, reviewed({"c0": 5})).criteria[0].rationale


# -- spreadsheets ----------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
SCRIPT = Transcript.model_validate(
    {"id": "s1", "persona": "ada", "agreed_minutes": 20, "turns": [{"speaker": "contact", "text": "Hello."}], "ended_at": 3.25}
)


@given(st.lists(st.tuples(st.sampled_from(["", "=", "+", "-", "@", "\t=", " =", "\r", "＝", "\ufeff="]), TEXT), max_size=5))
def test_no_cell_of_a_gradebook_is_a_formula_and_every_row_stays_one(names: list[tuple[str, str]]) -> None:
    records = [Record(SCRIPT, student=head + tail, submitted_at="=1+1") for head, tail in names]
    rows = list(csv.reader(io.StringIO(to_csv(records, ["listening"])), strict=True))
    assert rows[0][:4] == ["student", "attempt", "score", "listening"]
    assert len(rows) == len(records) + 1
    for record, row in zip(records, rows[1:], strict=True):
        assert len(row) == len(rows[0])
        for cell in row:
            assert cell.lstrip("\ufeff \u00a0\t\r\n\v\f\0")[:1] not in set("=+-@＝＋－＠") - {""}
        assert row[0].removeprefix("'") == record.student.removeprefix("'") or row[0] == record.student


# -- advice without marks --------------------------------------------------------------------------------------------------


def test_every_sentence_that_tells_marks_is_left_out() -> None:
    for kind in phrases()["step"].values():
        for sentence in kind:
            told = sentence.format(criterion="Time (respect), 3 of them", old="2", new="4")
            assert without_step(f"You ran over by 3 minutes. {told}") == "You ran over by 3 minutes."


def test_advice_keeps_its_other_words() -> None:
    card = card_of(rubric_of([1]), [2]).model_copy(update={"advice": [Advice(criterion="c0", title="T", why="Only this.")]})
    assert unnumbered(card).advice[0].why == "Only this."


# -- codes -----------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=20))
def test_whatever_is_typed_is_a_code_or_nothing(text: str) -> None:
    assert tidy(text) == "" or (len(tidy(text)) == 8 and set(tidy(text)) <= set(ALPHABET))


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    assert tidy(spaced(code)) == tidy(f" {code.lower()[:3]} {code.lower()[3:]} ") == code
    assert len({new_code() for _ in range(500)}) == 500


# -- plans -----------------------------------------------------------------------------------------------------------------


def test_a_plan_tells_everything_that_is_wrong_at_once(persona: Persona, rubric: Rubric) -> None:
    plan = Plan(" ", ("ada", "nobody"), rubric_id="none", attempts=0, opens_at=2.0, closes_at=1.0)
    with pytest.raises(InputError) as error:
        checked(plan, OneBook(persona, rubric))
    assert {p.path for p in error.value.problems} == {"name", "personas", "rubric", "attempts", "closes_at"}


@pytest.mark.parametrize(
    "new",
    [
        {"numbers": False},
        {"hints": False},
        {"rubric_id": "other"},
        {"minutes": 10},
        {"attempts": 1},
        {"retention_days": None},
        {"personas": ("bo",)},
    ],
)
def test_a_broken_word_is_refused(new: dict[str, object]) -> None:
    old = Plan("N", ("ada",), attempts=2)
    with pytest.raises(InputError):
        refuse_broken_word(old, Plan(**{**vars(old), **new}))  # type: ignore[arg-type]


def test_more_of_everything_is_fine() -> None:
    old = Plan("N", ("ada",), attempts=2)
    refuse_broken_word(old, Plan("Other", ("ada", "bo"), attempts=None, retention_days=10, closes_at=5.0, welcome="Hi"))


# -- excerpts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Hi, my name is Ana Sol and I ask.", ["Ana Sol"]),
        ("I'm Zoë, thank you.", ["Zoë"]),
        ("I’m glad to be here.", []),
        ("This is Łukasz Żak speaking", ["Łukasz Żak"]),
        ("我是学生", []),
        ("hi, my name is ana sol", ["ana sol"]),
        ("my name's ana and i study", ["ana"]),
        ("my name is ana nice to meet you", ["ana"]),
        ("Hello, I'm ana", ["ana"]),
        ("good morning gwen, this is ana sol.", ["ana sol"]),
        ("Hi! Ana Sol here", ["Ana Sol"]),
        ("hi ana here, from berlin", ["ana"]),
        ("Ana speaking", ["Ana"]),
        ("please call me ana", ["ana"]),
        ("Call me when you can.", []),
        ("Hello, I'm glad to be here. People here are kind. You work here? I'm here.", []),
        ("Hi Gwen, I'm studying bridges, and I'm really happy.", []),
        ("Generally speaking, yes. Is anyone here?", []),
    ],
)
def test_names_are_heard_where_people_introduce_themselves(said: str, names: list[str]) -> None:
    assert introduced([said]) == names


def test_names_of_the_contact_and_of_whom_they_know_stay() -> None:
    persona = parse_persona(PERSONA_YAML)
    script = SCRIPT.model_copy(update={"turns": [*SCRIPT.turns]})
    assert "Ada" not in names_of("Ada Blum", script, persona)
    assert "Blum" in names_of("Ada Blum", script, persona)
    assert without_names("Ask Ada and blum.", names_of("Ada Blum", script, persona)) == "Ask Ada and Learner."


def test_everyday_words_of_a_pseudonym_are_replaced_only_together() -> None:
    names = names_of("The Student", SCRIPT, parse_persona(PERSONA_YAML))
    assert without_names("The student said: the student!", names) == "Learner said: Learner!"
    assert without_names("The river.", names) == "The river."


# -- tokens ----------------------------------------------------------------------------------------------------------------


def test_who_is_near_an_even_share_of_the_budget_is_told() -> None:
    found = shared(1000, [Spent("a", 450, 0.5), Spent("b", 100), Spent(None, 600)], {"a": "Ann", "b": "Bo"})
    assert [(s.member, s.near) for s in found.shares] == [("Ann", True), ("Bo", False), (None, False)]
    assert (found.tokens, found.cost, found.near) == (1150, 0.5, True)
    assert shared(None, [], {}).cost is None
