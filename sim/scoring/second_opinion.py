"""A judge's answers beside the detectors': one rule that combines them, and the scorecard that comes of it. Arithmetic only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.rubric import Criterion, Rubric
from sim.scorecard import CheckResult, CriterionScore, JudgeReport, Opinion, Scorecard
from sim.scoring.advice import advise
from sim.scoring.provable import MEASURED, entry_id, proved
from sim.scoring.rationale import rationale
from sim.scoring.rollup import mark, overall
from sim.scoring.score import evidence_of, first_advice
from sim.scoring.session import ReadSession

DISAGREEMENT = 2
"""Marks between the detectors and the judge from which neither settles the other."""

Answers = Mapping[str, CheckResult]
"""One run's usable answers to one criterion's checks, by check id: each yes with the words that show it."""

Run = Mapping[str, Answers]
"""One run's usable answers, by criterion id."""


@dataclass(frozen=True)
class Combined:
    """One criterion after the second opinion. `checks` add up to `mark`, or past it where the judge was held to one step."""

    mark: int
    checks: list[CheckResult]
    opinion: Opinion


def combine(
    criterion: Criterion, detected: Sequence[CheckResult], runs: Sequence[Answers], *, trivial: bool = False, steered: bool = False
) -> Combined:
    """Return a criterion's mark from the detectors' answers and those of a judge.

    The rule:

    1. What the clock and the detectors prove stands (`provable.proved`): figures, stages, questions that did not arise, and findings
       with the learner's words. The judge's answers count only where nothing is proved: to add, with a quote, what was not found.
    2. There the judge moves the mark by one at most: up where its own mark is one higher, down where it is one lower, and only
       if the mark still moves that way when what is proved is left standing.
    3. Where the judge's own mark is two or more away, that is a disagreement: the detectors' mark stands, and both are shown.
    4. An empty or trivial session (`trivial`) keeps the mark it has, which is the bottom one.
    5. Where the learner wrote to the grader (`steered`), the judge may lower a mark but raise none.

    The judge's own mark is the rubric's roll-up of its answers, with the detectors' where it gave none that can be used and the
    measured ones always. Of several runs the middle one speaks (the lower of two), and the band is their lowest and highest.
    Without a run the detectors' mark is all there is. `detected` holds one result a check, in the criterion's order; an answer of
    None in a run is no answer, since whether a question arises is not the judge's to say.
    """
    given = mark(criterion, list(detected))
    readings = sorted((_reading(criterion, detected, run) for run in runs), key=lambda r: (r.own, r.held))
    if not readings:
        return Combined(given, list(detected), Opinion(score=given, low=given, high=given))
    middle = readings[(len(readings) - 1) // 2]
    step = middle.own - given
    moved = abs(step) == 1 and (middle.held - given) * step > 0 and not trivial and not (steered and step > 0)
    opinion = Opinion(
        score=middle.own,
        low=readings[0].own,
        high=readings[-1].own,
        disagrees=abs(step) >= DISAGREEMENT and not trivial,
        checks=middle.answers,
    )
    return Combined(given + step if moved else given, middle.checks if moved else list(detected), opinion)


@dataclass(frozen=True)
class _Reading:
    """One run: its `own` mark, the mark `held` to what is proved, the `checks` behind that one, and the usable `answers`."""

    own: int
    held: int
    checks: list[CheckResult]
    answers: list[CheckResult]


def _reading(criterion: Criterion, detected: Sequence[CheckResult], answers: Answers) -> _Reading:
    own, held, used = [], [], []
    for check, result in zip(criterion.checks, detected, strict=True):
        answer = answers.get(check.id)
        open_to_judge = result.passed is not None and entry_id(check) not in MEASURED
        usable = answer if answer is not None and answer.passed is not None and open_to_judge else None
        own.append(usable or result)
        held.append(result if usable is None or proved(check, result) or usable.passed == result.passed else usable)
        used += [usable] if usable else []
    return _Reading(mark(criterion, own), mark(criterion, held), held, used)


def with_judge(card: Scorecard, session: ReadSession, rubric: Rubric, runs: Sequence[Run], report: JudgeReport) -> Scorecard:
    """Return the detectors' scorecard with the judge's opinion combined into it, criterion by criterion (`combine`)."""
    scores = [_criterion(score, rubric.criterion(score.id), session, runs, report.steered) for score in card.criteria]
    moved = any(new.score != old.score for new, old in zip(scores, card.criteria, strict=True))
    update = {
        "criteria": scores,
        "overall": overall(rubric, scores),
        "graded_by": "detectors+judge",
        "judge": report,
        "advice": advise(session, rubric, scores) if moved else card.advice,
    }
    return card.model_copy(update=update)


def _criterion(score: CriterionScore, criterion: Criterion, session: ReadSession, runs: Sequence[Run], steered: bool) -> CriterionScore:
    if score.score is None:
        return score
    answers = [run.get(criterion.id, {}) for run in runs]
    found = combine(criterion, score.checks, answers, trivial=not session.took_part, steered=steered)
    beside = {"detectors": score.score, "judge": found.opinion}
    if found.mark == score.score:
        return score.model_copy(update=beside)
    return _marked(score, criterion, found.mark, found.checks).model_copy(update=beside)


def _marked(score: CriterionScore, criterion: Criterion, given: int, checks: list[CheckResult]) -> CriterionScore:
    update = {
        "score": given,
        "rationale": rationale(criterion, checks) if mark(criterion, checks) == given else criterion.anchors[given].strip(),
        "evidence": evidence_of(checks),
        "advice": first_advice(criterion, checks) if given < 5 else "",
        "checks": checks,
    }
    return score.model_copy(update=update)


def judge_alone(card: Scorecard, session: ReadSession, rubric: Rubric) -> Scorecard:
    """Return a combined scorecard with the judge's own marks in place of the combined ones, for comparing the two graders."""
    scores = [_own(score, rubric.criterion(score.id)) for score in card.criteria]
    update = {"criteria": scores, "overall": overall(rubric, scores), "graded_by": "judge", "advice": advise(session, rubric, scores)}
    return card.model_copy(update=update)


def _own(score: CriterionScore, criterion: Criterion) -> CriterionScore:
    if score.judge is None:
        return score
    answers = {answer.id: answer for answer in score.judge.checks}
    return _marked(score, criterion, score.judge.score, [answers.get(c.id, c) for c in score.checks])


def unjudged(card: Scorecard, report: JudgeReport) -> Scorecard:
    """Return the detectors' scorecard, saying that there was to be a second opinion and why there is none."""
    return card.model_copy(update={"judge": report})
