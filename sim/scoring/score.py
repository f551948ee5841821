"""From a transcript to its scorecard: read it once, answer the rubric's checks with quotes, add them up."""

from __future__ import annotations

from sim.errors import Problem, RubricError
from sim.persona import Persona
from sim.rubric import Check, Criterion, Rubric
from sim.scorecard import TOO_LITTLE, CheckResult, CriterionScore, Evidence, Scorecard
from sim.scoring import catalogue_schools  # noqa: F401  (its checks enter the catalogue by being read)
from sim.scoring.advice import advise
from sim.scoring.catalogue import CATALOGUE, Finding
from sim.scoring.provable import entry_id
from sim.scoring.rationale import rationale
from sim.scoring.reasons import REASONS, all_reasons
from sim.scoring.rollup import mark, overall
from sim.scoring.session import ReadSession, read_session
from sim.transcript import Transcript

NOT_ASSESSED = {
    "thank_you": "Not assessed: this session had no thank-you stage.",
    "clock": "Not assessed: this meeting was held without a clock.",
}
"""Why a criterion has no mark, by what it needs."""


def unknown_checks(rubric: Rubric) -> list[Problem]:
    """Return one problem for each check that the catalogue does not have."""
    unknown = [(c, k) for c in rubric.criteria for k in c.checks if entry_id(k) not in CATALOGUE]
    mend = "take one of `sim check --checks`"
    return [Problem(rubric.id, None, f"criteria.{c.id}.checks.{k.id}", f"no check {entry_id(k)!r}; {mend}") for c, k in unknown]


def score(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
    """Return the scorecard. The same transcript, persona and rubric give the same one, always.

    Raises RubricError where the rubric names a check the catalogue does not have, or a criterion has no checks.
    """
    problems = unknown_checks(rubric)
    bare = [c.id for c in rubric.criteria if not (c.checks and c.marks)]
    problems += [Problem(rubric.id, None, f"criteria.{name}", "has no checks or no marks; add both") for name in bare]
    if problems:
        raise RubricError(problems)
    session = read_session(transcript, persona)
    scores = [score_criterion(session, criterion) for criterion in rubric.criteria]
    return Scorecard(
        transcript=transcript.id,
        rubric=rubric.id,
        overall=overall(rubric, scores),
        graded_by="detectors",
        criteria=scores,
        advice=advise(session, rubric, scores),
    )


def score_criterion(session: ReadSession, criterion: Criterion) -> CriterionScore:
    """Return one criterion's mark with its evidence, or None with the reason where its stage was not part of the session."""
    had = {"thank_you": session.transcript.has_thank_you_stage, "clock": session.transcript.has_clock, "meeting": True}
    if not had[criterion.needs]:
        return CriterionScore(id=criterion.id, score=None, rationale=NOT_ASSESSED[criterion.needs])
    results = [answer(session, check) for check in criterion.checks]
    given = mark(criterion, results)
    return CriterionScore(
        id=criterion.id,
        score=given,
        rationale=rationale(criterion, results) if session.took_part or given > 1 else TOO_LITTLE,
        evidence=evidence_of(results),
        advice=first_advice(criterion, results) if given < 5 else "",
        checks=results,
    )


def answer(session: ReadSession, check: Check) -> CheckResult:
    """Return the check's answer with the words that gave it."""
    name = entry_id(check)
    finding = CATALOGUE[name](session, check.effect)
    passed = _within(finding, check)
    kept = [e for e in (finding.evidence if passed else ()) if verbatim(session.transcript, e)]
    why = REASONS.get(name, "")
    return CheckResult(id=check.id, passed=passed, evidence=[e if e.why else e.model_copy(update={"why": why}) for e in kept])


def _within(finding: Finding, check: Check) -> bool | None:
    if finding.amount is None:
        return None
    low = check.at_least if check.at_least is not None or check.at_most is not None else 1
    return (low is None or finding.amount >= low) and (check.at_most is None or finding.amount <= check.at_most)


def verbatim(transcript: Transcript, evidence: Evidence) -> bool:
    """Tell whether a quote stands where it says, in the learner's own words; figures of the clock are ours."""
    where, quote = evidence.where, evidence.quote
    if where == "clock":
        return True
    if where.startswith("turn:"):
        turn = transcript.turns[int(where[5:])]
        return turn.speaker == "learner" and quote in turn.text
    if where == "prep":
        prep = transcript.prep
        return prep is not None and any(quote in part for part in (prep.goal, prep.pitch, prep.agenda, *prep.questions))
    if where == "thank_you":
        note = transcript.thank_you
        return note is not None and any(quote in (part or "") for part in (note.to_contact, note.to_referrer))
    return where == "notes" and quote in (transcript.notes or "")


def evidence_of(results: list[CheckResult], limit: int = 12) -> list[Evidence]:
    """Return each quote once, with all that it counted for, in the order of the session, what hurts first where places tie.

    Of more than `limit` quotes (a debrief that shows everything shows nothing) all that hurts is kept before anything that helps, and of
    either what came first.
    """
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for item in (e for r in results for e in r.evidence):
        found.setdefault((item.where, item.quote, item.effect), []).append(item)
    out = [same[0].model_copy(update={"why": all_reasons(e.why for e in same)}) for same in found.values()]
    kept = sorted(out, key=lambda e: (e.effect != "hurts", _place(e)))[:limit]
    return sorted(kept, key=_place)


def _place(evidence: Evidence) -> tuple[int, int, str]:
    order = {"prep": -1, "notes": 10_000, "thank_you": 10_001, "clock": 10_002}
    turn = int(evidence.where[5:]) if evidence.where.startswith("turn:") else order.get(evidence.where, 10_003)
    return turn, 0 if evidence.effect == "hurts" else 1, evidence.quote


def first_advice(criterion: Criterion, results: list[CheckResult]) -> str:
    """Return the advice of the first check that went the wrong way."""
    for check, result in zip(criterion.checks, results, strict=True):
        wrong = result.passed is True if check.effect == "hurts" else result.passed is False
        if wrong and check.advice:
            return check.advice
    return ""
