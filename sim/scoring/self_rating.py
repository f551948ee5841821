"""The learner's own marks beside the given ones: where they differ, and the words that decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.rubric import Criterion, Rubric
from sim.scorecard import CheckResult, CriterionScore, Evidence, Scorecard
from sim.scoring.gains import entry_of, went_wrong
from sim.scoring.rollup import mark
from sim.scoring.wording import quoted, say


@dataclass(frozen=True)
class Difference:
    """One criterion on which the learner and the marks differ.

    `own` and `given` run from 1 to 5; `gap` is own minus given: above 0 the learner was kinder to themselves. `evidence` are the
    words that decide, None where something missing does.
    """

    criterion: str
    name: str
    own: int
    given: int
    sentence: str
    evidence: Evidence | None = None

    @property
    def gap(self) -> int:
        """Own mark minus the given one."""
        return self.own - self.given


def compare(own: Mapping[str, int], scorecard: Scorecard, rubric: Rubric) -> list[Difference]:
    """Return the differences, widest first, then in rubric order.

    Criteria that were not assessed, not rated, or are not in this rubric are left out. Raises ValueError for a mark outside
    1 to 5.
    """
    found = []
    for criterion in rubric.criteria:
        rated = own.get(criterion.id)
        score = next((s for s in scorecard.criteria if s.id == criterion.id), None)
        if rated is None or score is None or score.score is None:
            continue
        if not 1 <= rated <= 5:
            raise ValueError(f"self-rating of {criterion.id} is {rated}; expected a whole number from 1 to 5")
        if rated != score.score:
            found.append(_difference(criterion, rated, score, score.score, scorecard.transcript))
    return sorted(found, key=lambda d: -abs(d.gap))


def _difference(criterion: Criterion, own: int, score: CriterionScore, given: int, session: str) -> Difference:
    kinder = own > given
    deciding = _deciding(criterion, score, own, kinder)
    shown = next((e for e in deciding.evidence if e.effect == ("hurts" if kinder else "helps")), None) if deciding else None
    asks = next((c.asks for c in criterion.checks if deciding and c.id == deciding.id and c.asks), "")
    fields = {"own": str(own), "given": str(given), "asks": asks, "quote": _quote(shown)}
    situation = "kinder" if kinder else "harder"
    if shown:
        situation += "_quote"
    elif kinder and asks and deciding and deciding.passed is False:
        situation += "_missing"
    sentence = say("self_rating", situation, fields, f"{session}|{criterion.id}")
    return Difference(criterion.id, criterion.name, own, given, sentence, shown)


def _quote(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    return f"the clock: {evidence.quote}." if evidence.where == "clock" else quoted(evidence.quote)


def _deciding(criterion: Criterion, score: CriterionScore, own: int, kinder: bool) -> CheckResult | None:
    """Return the check whose answer, turned round, brings the mark nearest to the learner's own; the first where several do.

    Credit is given by words that can be shown, so there a check with evidence goes before one without.
    """
    now = mark(criterion, score.checks)
    moves: list[tuple[bool, int, bool, CheckResult]] = []
    for check, result in zip(criterion.checks, score.checks, strict=True):
        if result.passed is None or went_wrong(check, result.passed) is not kinder or entry_of(check)[0] == "took_part":
            continue
        turned = [r if r is not result else result.model_copy(update={"passed": not result.passed}) for r in score.checks]
        then = mark(criterion, turned)
        shown = bool(result.evidence)
        moves.append((not kinder and shown and then != now, -abs(then - own), shown, result))
    best = max(moves, key=lambda m: m[:3], default=None)
    return best[3] if best else None
