"""What the judge answered, held to the learner's own words: a yes without them is void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.judge.questions import Question
from sim.judge.quotes import evidence_for, passages
from sim.judge.steering import steers_from
from sim.scorecard import CheckResult, Evidence
from sim.scoring.provable import entry_id, fits
from sim.scoring.reasons import REASONS
from sim.scoring.session import ReadSession
from sim.transcript import Transcript

YES, NO = ("yes", "true"), ("no", "false")


@dataclass
class Held:
    """One run's answers after holding them to the session: the usable ones by criterion and check, and how many were void."""

    answers: dict[str, dict[str, CheckResult]] = field(default_factory=dict)
    void: int = 0

    @property
    def usable(self) -> int:
        """How many answers could be used."""
        return sum(len(found) for found in self.answers.values())


def hold(session: ReadSession, asked: Sequence[Question], entries: Sequence[Mapping[str, Any]]) -> Held:
    """Return the usable answers. Of two on the same check the last one counts; "n/a" leaves the question to the detectors."""
    last = {str(e["check"]): e for e in entries}
    held = Held()
    for question in asked:
        entry = last.get(question.key)
        passed = _passed(entry["answer"]) if entry else None
        if entry is None or passed is None:
            continue
        evidence = _evidence(session, question, entry) if passed else []
        if passed and len(evidence) < question.needed:
            held.void += 1
            continue
        result = CheckResult(id=question.check.id, passed=passed, by="judge", evidence=evidence)
        held.answers.setdefault(question.criterion, {})[question.check.id] = result
    return held


def _passed(answer: Any) -> bool | None:
    word = str(answer).strip().strip(".").lower()
    return True if word in YES else False if word in NO else None


def _evidence(session: ReadSession, question: Question, entry: Mapping[str, Any]) -> list[Evidence]:
    """Return one piece of evidence for each quote that stands where such words may stand; no words are used twice."""
    given = entry.get("quotes", entry.get("quote", []))
    quotes = given if isinstance(given, list) else [given]
    kept: list[Evidence] = []
    for quote in (q for q in quotes if isinstance(q, str)):
        places = [e for e in evidence_for(session, quote, question.check.effect) if fits(session, question.check, e.where)]
        fresh = [e for e in places if not any(_overlap(e, k) for k in kept) and not _steered(session.transcript, e)]
        kept += [e.model_copy(update={"why": REASONS.get(entry_id(question.check), "")}) for e in fresh[:1]]
    return kept


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.where == other.where and (one.quote in other.quote or other.quote in one.quote)


def _steered(transcript: Transcript, evidence: Evidence) -> bool:
    """Tell whether the words belong to what the learner wrote to the grader."""
    here = [text for where, text in passages(transcript) if where == evidence.where and evidence.quote in text]
    return any(_reaches(text, evidence.quote, steers_from(text)) for text in here)


def _reaches(text: str, quote: str, start: int | None) -> bool:
    return start is not None and text.find(quote) + len(quote) > start
