"""What must hold whatever the marks are: quotes that stand where they say, the same marks every time, and speed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from sim.calibrate.folder import Case
from sim.calibrate.reading import Scored, Scorer
from sim.rubric import Rubric
from sim.scorecard import Evidence, Scorecard
from sim.transcript import Transcript
from sim.understanding import model

SPEED_TURNS = 40
SPEED_SESSIONS = 12
"""How many sessions are timed; the median of so many is steady to a few per cent."""


@dataclass(frozen=True)
class Quote:
    """A quote of the evidence that does not stand in the learner's own words where it says."""

    session: str
    criterion: str
    where: str
    quote: str


@dataclass(frozen=True)
class EvidenceFigures:
    """How many quotes were checked, and those that failed. Figures of the clock are ours and are not quotes."""

    quotes: int
    failed: tuple[Quote, ...]

    @property
    def verbatim(self) -> float | None:
        """The share that stands there; None where nothing was quoted."""
        return 1 - len(self.failed) / self.quotes if self.quotes else None


def quotes_of(card: Scorecard) -> Iterator[tuple[str, Evidence]]:
    """Yield every quote of a scorecard with its criterion: the criteria's evidence, their checks' and the advice's."""
    for criterion in card.criteria:
        for item in criterion.evidence:
            yield criterion.id, item
        for check in criterion.checks:
            for item in check.evidence:
                yield criterion.id, item
    for advice in card.advice:
        if advice.quote:
            yield advice.criterion, Evidence(where=advice.where, quote=advice.quote, effect="hurts")


def own_words(transcript: Transcript, where: str) -> list[str]:
    """Return the learner's texts at a place of the evidence; empty where the place is not the learner's or does not exist."""
    if where.startswith("turn:") and where[5:].isdigit():
        index = int(where[5:])
        turns = transcript.turns
        return [turns[index].text] if index < len(turns) and turns[index].speaker == "learner" else []
    if where == "prep" and transcript.prep:
        return [transcript.prep.goal, transcript.prep.pitch, transcript.prep.agenda, *transcript.prep.questions]
    if where == "notes":
        return [transcript.notes or ""]
    if where == "thank_you" and transcript.thank_you:
        return [transcript.thank_you.to_contact or "", transcript.thank_you.to_referrer or ""]
    return []


def check_evidence(scored: Sequence[Scored]) -> EvidenceFigures:
    """Look every quote up in the transcript. Independent of the scorer's own check, which it is there to check."""
    count = 0
    failed = []
    for item in scored:
        for criterion, evidence in quotes_of(item.card):
            if evidence.where == "clock":
                continue
            count += 1
            if not evidence.quote or not any(evidence.quote in text for text in own_words(item.case.transcript, evidence.where)):
                failed.append(Quote(item.case.id, criterion, evidence.where, evidence.quote))
    return EvidenceFigures(count, tuple(failed))


@dataclass(frozen=True)
class RepeatFigures:
    """How many sessions were scored again, last to first and with nothing remembered, and which came out otherwise."""

    sessions: int
    different: tuple[str, ...]

    @property
    def same(self) -> float | None:
        """The share with an identical scorecard."""
        return 1 - len(self.different) / self.sessions if self.sessions else None


def check_repeats(scored: Sequence[Scored], rubric: Rubric, scorer: Scorer, step: Callable[[], None]) -> RepeatFigures:
    """Score everything again in the other order, each session with the caches emptied, and compare whole scorecards."""
    different = []
    for item in reversed(scored):
        model.forget()
        again = scorer(item.case.transcript, item.case.persona, rubric)
        if again.to_json() != item.card.to_json():
            different.append(item.case.id)
        step()
    return RepeatFigures(len(scored), tuple(sorted(different)))


@dataclass(frozen=True)
class SpeedFigures:
    """Milliseconds for a transcript of 40 turns, median over sessions: words never read before, and words read before.

    Processor time, so that a busy machine does not look like a slow scorer; the model is loaded. `weights_mb`: its files.
    """

    new_ms: float | None
    known_ms: float | None
    weights_mb: float


def check_speed(cases: Sequence[Case], rubric: Rubric, scorer: Scorer) -> SpeedFigures:
    """Time the scorer on the longest sessions, scaled to 40 turns."""
    longest = sorted(cases, key=lambda c: (-len(c.transcript.turns), c.id))[:SPEED_SESSIONS]
    new, known = [], []
    for case in longest:
        scale = SPEED_TURNS / len(case.transcript.turns)
        model.forget()
        new.append(_milliseconds(case, rubric, scorer) * scale)
        known.append(_milliseconds(case, rubric, scorer) * scale)
    size = sum(p.stat().st_size for p in model.WEIGHTS.glob("*") if p.suffix in (".onnx", ".npz", ".json"))
    return SpeedFigures(median(new) if new else None, median(known) if known else None, size / 1e6)


def _milliseconds(case: Case, rubric: Rubric, scorer: Scorer) -> float:
    start = time.process_time()
    scorer(case.transcript, case.persona, rubric)
    return (time.process_time() - start) * 1e3
