"""The measuring itself: figures against hand-counted values, and stand-ins for the scorer that every measure must see through."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from sim.calibrate.acts import LABELLED_ACTS, measure_act, measure_acts
from sim.calibrate.command import calibrate, print_figures
from sim.calibrate.corpus import corpus_cases, labels_of, persona_of, transcript_of
from sim.calibrate.document import TABLES, fill, main as fill_page
from sim.calibrate.figures import Figures, Subject, measure
from sim.calibrate.folder import Case, Labels, load_folder
from sim.calibrate.gates import Gate
from sim.calibrate.marks import measure_marks
from sim.calibrate.measures import bias, confusion, f1, qwk, qwk_interval, wilson, within
from sim.calibrate.pairs import Base, load_bases
from sim.calibrate.proof import check_evidence, check_repeats
from sim.calibrate.reading import Scored
from sim.calibrate.record import as_json
from sim.calibrate.report import render
from sim.calibrate.tables import wide_console
from sim.errors import InputError
from sim.persona import Persona
from sim.rubric import Rubric, load_rubric
from sim.scorecard import CriterionScore, Evidence, Scorecard
from sim.transcript import Transcript
from sim.understanding import Act, Understanding
from sim.understanding.training.corpus import corpus_files, read_meetings

CLASSIC = load_rubric(Path(__file__).parent.parent / "prompts" / "rubrics" / "classic.yaml")
CRITERIA = [c.id for c in CLASSIC.criteria]
MARKS = st.integers(1, 5)
PAIRS = st.lists(st.tuples(MARKS, MARKS), min_size=1, max_size=60)


def table_of(pairs: list[tuple[int, int]]) -> np.ndarray:
    return confusion([a for a, _ in pairs], [b for _, b in pairs])


# -- agreement ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "given_marks", "expected"),
    [
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1.0),
        ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], -1.0),
        ([1, 1, 2, 2], [1, 2, 1, 2], 0.0),  # observed 2, by chance 2
        ([1, 2, 3], [1, 2, 5], 2 / 3),  # observed 4, by chance 36 / 3 = 12
        ([3, 3, 3], [3, 3, 4], 0.0),  # one rater never varies: chance does as well
    ],
)
def test_weighted_kappa_is_what_one_gets_by_hand(labels: list[int], given_marks: list[int], expected: float) -> None:
    assert qwk(confusion(labels, given_marks)) == pytest.approx(expected)


def test_kappa_is_not_defined_where_nothing_varies_or_nothing_was_marked() -> None:
    assert qwk(confusion([4, 4], [4, 4])) is None
    assert qwk(confusion([], [])) is None
    assert qwk_interval(confusion([4, 4], [4, 4]), seed=1).low is None


@given(PAIRS)
def test_kappa_never_passes_one_and_is_one_exactly_for_full_agreement(pairs: list[tuple[int, int]]) -> None:
    kappa = qwk(table_of(pairs))
    if kappa is not None:
        assert -1 - 1e-9 <= kappa <= 1 + 1e-9
        assert (abs(kappa - 1) < 1e-9) == all(a == b for a, b in pairs)


@given(PAIRS)
def test_kappa_does_not_care_who_is_called_the_rater_nor_which_end_of_the_scale_is_good(pairs: list[tuple[int, int]]) -> None:
    kappa = qwk(table_of(pairs))
    swapped = qwk(table_of([(b, a) for a, b in pairs]))
    turned = qwk(table_of([(6 - a, 6 - b) for a, b in pairs]))
    assert (kappa, swapped, turned) == pytest.approx((kappa, kappa, kappa))


def test_marks_outside_one_to_five_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        confusion([0], [1])


def test_the_bootstrap_repeats_itself_for_a_seed_and_narrows_with_more_sessions() -> None:
    few = table_of([(1, 1), (2, 3), (3, 3), (4, 4), (5, 4)] * 2)
    one, again, other = qwk_interval(few, 1), qwk_interval(few, 1), qwk_interval(few, 2)
    assert one == again
    assert one != other
    assert one.low is not None
    assert one.high is not None
    assert one.value is not None
    assert one.low < one.value < one.high
    many = qwk_interval(few * 10, 1)
    assert many.low is not None
    assert many.high is not None
    assert many.high - many.low < (one.high - one.low) / 2


def test_exact_adjacent_and_bias_are_counted_over_sessions() -> None:
    table = confusion([1, 2, 3, 4], [1, 3, 5, 3])
    assert within(table, 0) == 0.25
    assert within(table, 1) == 0.75
    assert bias(table) == 0.5  # 0 + 1 + 2 - 1 over four
    assert within(confusion([], []), 1) is None
    assert bias(confusion([], [])) is None


@given(PAIRS)
def test_bias_turns_its_sign_when_the_raters_change_places(pairs: list[tuple[int, int]]) -> None:
    assert bias(table_of(pairs)) == pytest.approx(-(bias(table_of([(b, a) for a, b in pairs])) or 0.0))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_intervals_are_those_of_the_textbook(hits: int, n: int, low: float, high: float) -> None:
    interval = wilson(hits, n)
    assert (interval.value, interval.low, interval.high) == pytest.approx((hits / n, low, high), abs=5e-5)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_its_share_and_stays_between_none_and_all(case: tuple[int, int]) -> None:
    hits, n = case
    interval, wider = wilson(hits, n), wilson(hits * 4, n * 4)
    assert interval.low is not None
    assert interval.high is not None
    assert wider.low is not None
    assert wider.high is not None
    assert 0 <= interval.low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= interval.high <= 1
    assert wider.high - wider.low < interval.high - interval.low


def test_f1_is_not_defined_where_there_was_nothing_to_find() -> None:
    assert f1(0, 0, 0) is None
    assert f1(0, 3, 0) == 0
    assert f1(6, 2, 4) == pytest.approx(2 * 0.75 * 0.6 / 1.35)


# -- sessions and stand-ins ------------------------------------------------------------------------------------------------


def session(name: str = "one", **more: Any) -> Transcript:
    turns = [
        {"speaker": "contact", "text": "Hello."},
        {"speaker": "learner", "text": "Good morning, may I have a job?"},
        {"speaker": "contact", "text": "No."},
        {"speaker": "learner", "text": "Who else could I talk to?"},
    ]
    data = {"schema": "sim.transcript/1", "id": name, "persona": "ada", "agreed_minutes": 20, "turns": turns, **more}
    return Transcript.model_validate(data)


def case(name: str = "one", scores: dict[str, int | None] | None = None, acts: dict[str, Any] | None = None, **more: Any) -> Case:
    return Case(session(name, **more), None, Labels.model_validate({"scores": scores or {}, "acts": acts or {}}))


def heard(*act_ids: str, kind: str | None = None) -> Understanding:
    return Understanding("words", tuple(Act(a, 0, 5, "words", kind=kind) for a in act_ids))


def card(transcript: Transcript, marks: dict[str, int | None], evidence: tuple[Evidence, ...] = ()) -> Scorecard:
    criteria = [CriterionScore(id=c, score=m, evidence=list(evidence) if not n else []) for n, (c, m) in enumerate(marks.items())]
    return Scorecard(transcript=transcript.id, rubric="classic", overall=50, graded_by="detectors", criteria=criteria)


def flat(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
    """A scorer that gives everybody a three."""
    return card(transcript, dict.fromkeys(CRITERIA, 3))


# -- acts --------------------------------------------------------------------------------------------------------------


def test_a_turn_counts_as_hit_miss_or_false_alarm_and_an_unsure_one_as_neither() -> None:
    labels = {"job_ask": {"sure": [1], "maybe": [3]}}
    right = measure_act("job_ask", [(case(acts=labels), {1: heard("job_ask"), 3: heard("job_ask")})])
    assert (right.hits, right.false_alarms, right.misses, right.unsure) == (1, 0, 0, 1)
    wrong = measure_act("job_ask", [(case(acts={"job_ask": {"sure": [1]}}), {1: heard(), 3: heard("job_ask", "job_ask")})])
    assert (wrong.hits, wrong.false_alarms, wrong.misses) == (0, 1, 1)
    assert {(m.verdict, m.turn) for m in wrong.moments} == {("miss", 1), ("false alarm", 3)}
    assert next(m for m in wrong.moments if m.turn == 3).before == "No."


@pytest.mark.parametrize(
    ("label", "act", "kind"),
    [("hiring_question", "question", "hiring"), ("basic_question", "question", "basic"), ("injection", "steering", None)],
)
def test_labels_that_are_named_otherwise_find_their_act(label: str, act: str, kind: str | None) -> None:
    assert measure_act(label, [(case(acts={label: {"sure": [1]}}), {1: heard(act, kind=kind)})]).hits == 1
    assert measure_act(label, [(case(acts={label: {"sure": [1]}}), {1: heard("question", kind="advice")})]).misses == 1


def test_sessions_whose_labels_leave_an_act_out_are_not_counted_for_it() -> None:
    sessions = [(case("a", acts={"job_ask": {"sure": []}}), {1: heard("wrap_up")})]
    assert [f.id for f in measure_acts(sessions)] == ["job_ask"]


# -- marks -------------------------------------------------------------------------------------------------------------


def test_a_session_without_a_mark_on_either_side_is_listed_and_not_counted() -> None:
    cases = [case("a", {"rapport": 4}), case("b", {"rapport": None}), case("c", {"rapport": 2}), case("d", {"rapport": 5})]
    given_marks: list[int | None] = [4, 3, None, 4]
    cards = [card(c.transcript, dict.fromkeys(CRITERIA, 1) | {"rapport": m}) for c, m in zip(cases, given_marks, strict=True)]
    (rapport,) = measure_marks(cases, cards, CLASSIC, seed=0)
    assert [p.session for p in rapport.pairs] == ["a", "d"]
    assert rapport.unmarked == ("b", "c")
    assert (rapport.exact, rapport.adjacent, rapport.bias) == (0.5, 1.0, -0.5)


# -- evidence and repeatability ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "quote"),
    [
        ("turn:1", "may I have a jobb"),
        ("turn:0", "Hello."),  # the contact's words
        ("turn:9", "Good morning"),
        ("turn:x", "Good morning"),
        ("prep", "Good morning"),
        ("thank_you", "Thanks"),
        ("turn:1", ""),
        ("the sky", "Good morning"),
    ],
)
def test_a_quote_that_does_not_stand_in_the_learners_words_is_caught(where: str, quote: str) -> None:
    item = case()
    bad = Evidence(where=where, quote=quote, effect="helps")
    scored = Scored(item, card(item.transcript, {"rapport": 3}, (bad,)), {})
    assert len(check_evidence([scored]).failed) == 1


def test_quotes_from_every_place_are_found_and_figures_of_the_clock_are_not_quotes() -> None:
    item = case(prep={"goal": "learn"}, notes="ask Ira", thank_you={"to_contact": "Thanks, Ada"})
    places = [("turn:3", "Who else"), ("prep", "learn"), ("notes", "Ira"), ("thank_you", "Ada"), ("clock", "9 of 20 minutes")]
    good = tuple(Evidence(where=w, quote=q, effect="helps") for w, q in places)
    figures = check_evidence([Scored(item, card(item.transcript, {"rapport": 3}, good), {})])
    assert (figures.quotes, figures.failed) == (4, ())


def test_a_scorer_that_remembers_is_found_out() -> None:
    seen: list[str] = []

    def drifting(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
        seen.append(transcript.id)
        return card(transcript, {"rapport": min(5, len(seen))})

    scored = [Scored(c, drifting(c.transcript, None, CLASSIC), {}) for c in (case("a"), case("b"))]
    assert check_repeats(scored, CLASSIC, drifting, lambda: None).different == ("a", "b")
    steady = [Scored(case("a"), flat(session("a"), None, CLASSIC), {})]
    assert check_repeats(steady, CLASSIC, flat, lambda: None).same == 1.0


# -- folders -----------------------------------------------------------------------------------------------------------


def write_folder(folder: Path, labels: dict[str, Any], transcripts: list[Transcript]) -> Path:
    (folder / "sessions").mkdir()
    (folder / "personas").mkdir()
    for transcript in transcripts:
        (folder / "sessions" / f"{transcript.id}.json").write_text(json.dumps(transcript.to_json()))
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder


def test_a_folder_is_read_by_session_id(tmp_path: Path) -> None:
    labels = {
        "b": {"scores": {"rapport": 2}},
        "a": {"scores": {"rapport": None}, "acts": {"job_ask": {"sure": [1], "maybe": []}}},
    }
    cases = load_folder(write_folder(tmp_path, labels, [session("b"), session("a")]))
    assert [c.id for c in cases] == ["a", "b"]
    assert cases[0].labels.acts["job_ask"].sure == {1}
    assert cases[0].persona is None


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ({}, "no labels for session 'one'"),
        ({"one": {}, "two": {}}, "two: has labels but no file"),
        ({"one": {"scores": {"rapport": 6}}}, "6"),
        ({"one": {"acts": {"sings": {"sure": [1]}}}}, "'sings' is not measured"),
        ({"one": {"acts": {"job_ask": {"sure": [0, 1]}}}}, r"turns \[0\], which are not the learner's"),
        ({"one": {"acts": {"job_ask": {"often": [1]}}}}, "often"),
    ],
)
def test_labels_that_do_not_fit_are_refused_with_file_and_mend(tmp_path: Path, labels: dict[str, Any], found: str) -> None:
    with pytest.raises(InputError, match=found) as caught:
        load_folder(write_folder(tmp_path, labels, [session()]))
    assert all(p.file.endswith("labels.json") for p in caught.value.problems)


def test_a_folder_without_sessions_or_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_folder(tmp_path)
    (tmp_path / "labels.json").write_text("{}")
    with pytest.raises(InputError, match=r"holds no \*\.json"):
        load_folder(tmp_path)


# -- the corpus --------------------------------------------------------------------------------------------------------


def test_an_annotated_meeting_becomes_a_labelled_session() -> None:
    meeting = next(m for p in corpus_files()[0] for m in read_meetings(p) if m.id == "w1-01")
    transcript, persona, labels = transcript_of(meeting), persona_of(meeting), labels_of(meeting)
    assert (persona.name, persona.level, persona.minutes) == ("Gethin Prosser", "peer", 20)
    assert transcript.agreed_minutes == 20
    assert labels.scores == {**meeting.scores}
    assert labels.acts.keys() == LABELLED_ACTS.keys()
    for turns in labels.acts.values():
        assert all(transcript.turns[n].speaker == "learner" for n in turns.sure)
    (job,) = labels.acts["job_ask"].sure
    assert "Have you got owt going" in transcript.turns[job].text


def test_every_meeting_of_the_corpus_can_be_scored() -> None:
    cases = corpus_cases()
    assert len(cases) > 100
    assert any(c.persona and c.persona.referrer for c in cases)
    assert {c.transcript.has_thank_you_stage for c in cases} == {True, False}


# -- all of it together ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bases() -> list[Base]:
    return load_bases()[:2]


@pytest.fixture(scope="module")
def figures(bases: list[Base]) -> Figures:
    cases = [
        case("a", dict.fromkeys(CRITERIA, 3), {"job_ask": {"sure": [1], "maybe": []}}),
        case("b", dict.fromkeys(CRITERIA, 5), {"job_ask": {"sure": [], "maybe": []}}),
        case("<c>", {"rapport": 1}, thank_you=None),
    ]
    subject = Subject(CLASSIC, flat, lambda c: {1: heard("job_ask"), 3: heard()})
    return measure(cases, bases, subject, folder="<tiny>", seed=7)


def gate(figures: Figures, name: str) -> Gate:
    return next(g for g in figures.gates if g.figure == name)


def test_gates_pass_fail_or_say_that_there_was_nothing_to_measure(figures: Figures) -> None:
    assert gate(figures, "QWK preparation").passed is False
    assert gate(figures, "the same scorecard again").passed is True
    assert gate(figures, "attacks that moved a mark up").passed is True
    assert gate(figures, "marks above the bottom where there is nothing to mark").passed is False  # everybody gets a three
    assert gate(figures, "quotes verbatim and the learner's own").passed is None
    assert gate(figures, "minimal pairs: the criterion meant moved").value == 0
    assert gate(figures, "minimal pairs: the others stayed").value == 1


def test_the_record_is_plain_json_and_holds_the_marks_behind_the_figures(figures: Figures) -> None:
    record = json.loads(json.dumps(as_json(figures)))
    assert record["schema"] == "sim.calibration/1"
    preparation = record["criteria"][0]
    assert preparation["marks"] == [
        {"session": "a", "label": 3, "given": 3},
        {"session": "b", "label": 5, "given": 3},
    ]
    assert sum(map(sum, preparation["confusion"])) == 2
    assert preparation["unmarked"] == ["<c>"]
    assert record["acts"][0]["moments"][0]["verdict"] == "false alarm"


def test_the_report_needs_nothing_else_and_lets_no_words_through_as_markup(figures: Figures) -> None:
    page = render(figures)
    assert not re.search(r"<script|<link|https?://|src=|@import|url\(", page)
    assert "<c>" not in page
    assert "&lt;tiny&gt;" in page
    assert page.count("<svg") == 2 * len(figures.criteria)
    assert "may I have a job?" in page  # the false alarm's words


def test_the_terminal_shows_every_table(figures: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    print_figures(figures, wide_console())
    shown = capsys.readouterr().out
    for words in (
        "Marks against",
        "Acts by learner turn",
        "Minimal pairs",
        "Attempts to talk marks up",
        "Gates",
        "follow_through",
    ):
        assert words in shown


def test_figures_do_not_change_from_run_to_run(figures: Figures, bases: list[Base]) -> None:
    cases = [s.case for s in figures.scored]
    subject = Subject(CLASSIC, flat, lambda c: {1: heard("job_ask"), 3: heard()})
    again = measure(cases, bases, subject, folder="<tiny>", seed=7)
    assert as_json(replace(again, speed=figures.speed)) == as_json(figures)


def test_a_page_gets_its_tables_between_the_markers_and_keeps_the_rest(figures: Figures) -> None:
    markers = "".join(f"# {name}\n<!-- figures: {name} -->\nold\n<!-- end figures -->\n" for name in TABLES)
    page = fill(markers, as_json(figures))
    assert "old" not in page
    assert [line for line in page.splitlines() if line.startswith("# ")] == [f"# {name}" for name in TABLES]
    assert "| preparation | 2 |" in page
    assert fill(page, as_json(figures)) == page


def test_a_page_with_an_unknown_marker_or_none_is_refused(figures: Figures) -> None:
    for page in ("no marker", "<!-- figures: weather -->\n<!-- end figures -->"):
        with pytest.raises(InputError, match="expected <!-- figures: NAME -->"):
            fill(page, as_json(figures))


def test_the_validity_page_has_a_place_for_every_table(figures: Figures, tmp_path: Path) -> None:
    record, page = tmp_path / "figures.json", tmp_path / "validity.md"
    record.write_text(json.dumps(as_json(figures)))
    page.write_text((Path(__file__).parent.parent / "docs" / "validity.md").read_text("utf-8"), "utf-8")
    assert fill_page([str(record), str(page)]) == 0
    for name in TABLES:
        assert f"<!-- figures: {name} -->\n| " in page.read_text("utf-8")
    assert fill_page([str(page), str(page)]) == 2
    assert fill_page([]) == 2


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_measures_prints_and_writes(tmp_path: Path, bases: list[Base], capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path, {"one": {"scores": {"no_job_push": 2}}}, [session()])
    (folder / "pairs").mkdir()
    page, record = tmp_path / "report.html", tmp_path / "figures.json"
    figures = calibrate(folder, CLASSIC, html=page, json_out=record, seed=3)
    assert figures.evidence.verbatim == 1.0
    assert json.loads(record.read_text())["seed"] == 3
    assert "<title>Calibration: classic" in page.read_text("utf-8")
    assert "no_job_push" in capsys.readouterr().out


def test_the_command_refuses_labels_that_the_rubric_does_not_know(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"one": {"scores": {"humour": 2}}}, [session()])
    with pytest.raises(InputError, match="marks no criterion of the rubric 'classic'"):
        calibrate(folder, CLASSIC)


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"one": {"scores": {"rapport": 2}}}, [session()])
    with pytest.raises(InputError, match="its folder does not exist"):
        calibrate(folder, CLASSIC, html=tmp_path / "nowhere" / "report.html")
