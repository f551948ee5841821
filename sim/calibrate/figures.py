"""All figures of one calibration, measured in one go, and the gates they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.calibrate import gates
from sim.calibrate.acts import ActFigures, measure_acts
from sim.calibrate.attacks import AttackFigures, run_attacks
from sim.calibrate.folder import Case
from sim.calibrate.gates import Gate
from sim.calibrate.marks import CriterionFigures, measure_marks, together
from sim.calibrate.measures import within
from sim.calibrate.pairs import Base, Marks, PairResult, run_pairs
from sim.calibrate.proof import EvidenceFigures, RepeatFigures, SpeedFigures, check_evidence, check_repeats, check_speed
from sim.calibrate.reading import Hearer, Scored, Scorer, hear, score_all
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scoring import score
from sim.transcript import Transcript


class Progress(Protocol):
    """Told what is being measured and how far it is."""

    def begin(self, what: str, steps: int) -> None:
        """A stage of so many steps begins."""

    def step(self) -> None:
        """One step of it is done."""


class Silent:
    """Nobody is watching."""

    def begin(self, what: str, steps: int) -> None:
        """Say nothing."""

    def step(self) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Subject:
    """What is measured: a rubric, a scorer, and the reader that says which acts it heard. Tests put stand-ins here."""

    rubric: Rubric
    scorer: Scorer = score
    hearer: Hearer = hear

    def mark(self, transcript: Transcript, persona: Persona | None) -> Marks:
        """Return the marks by criterion."""
        return {c.id: c.score for c in self.scorer(transcript, persona, self.rubric).criteria}


@dataclass(frozen=True)
class Figures:
    """Everything `sim calibrate` reports."""

    folder: str
    rubric: str
    seed: int
    scored: tuple[Scored, ...]
    criteria: tuple[CriterionFigures, ...]
    acts: tuple[ActFigures, ...]
    evidence: EvidenceFigures
    repeats: RepeatFigures
    speed: SpeedFigures
    attacks: AttackFigures
    pairs: tuple[PairResult, ...]

    @property
    def moved(self) -> float | None:
        """The share of pairs in which the criterion meant moved the right way."""
        meant = [p.moved for p in self.pairs if p.moved is not None]
        return sum(meant) / len(meant) if meant else None

    @property
    def stayed(self) -> float | None:
        """The share of pairs in which every other criterion stayed."""
        return sum(not p.strays for p in self.pairs) / len(self.pairs) if self.pairs else None

    @property
    def gates(self) -> list[Gate]:
        """Every gate with its figure."""
        return [*_mark_gates(self.criteria), *_act_gates(self.acts), *_other_gates(self)]


def measure(
    cases: Sequence[Case], bases: Sequence[Base], subject: Subject, *, folder: str, seed: int, thorough: bool = False,
    progress: Progress | None = None,
) -> Figures:  # fmt: skip
    """Return all figures over labelled sessions and base sessions. Attacks are tried on both."""
    watch = progress or Silent()
    watch.begin("sessions", len(cases))
    scored = []
    for item in score_all(cases, subject.rubric, subject.scorer, subject.hearer):
        scored.append(item)
        watch.step()
    watch.begin("once more, in the other order", len(cases))
    repeats = check_repeats(scored, subject.rubric, subject.scorer, watch.step)
    honest = [*((c.transcript, c.persona) for c in cases), *((b.transcript, b.persona) for b in bases)]
    watch.begin("attacks", len(honest))
    attacks = run_attacks(honest, subject.mark, thorough=thorough, step=watch.step)
    pairs = _pairs(bases, subject, watch)
    watch.begin("speed", 1)
    speed = check_speed(cases, subject.rubric, subject.scorer)
    watch.step()
    return Figures(
        folder, subject.rubric.id, seed, tuple(scored),
        tuple(measure_marks(cases, [s.card for s in scored], subject.rubric, seed)),
        tuple(measure_acts((s.case, s.heard) for s in scored)),
        check_evidence(scored), repeats, speed, attacks, pairs,
    )  # fmt: skip


def _pairs(bases: Sequence[Base], subject: Subject, watch: Progress) -> tuple[PairResult, ...]:
    watch.begin("minimal pairs", len(bases))
    out: list[PairResult] = []
    for base in bases:
        out += run_pairs([base], subject.mark)
        watch.step()
    return tuple(out)


def _mark_gates(criteria: Sequence[CriterionFigures]) -> list[Gate]:
    by_id = {c.id: c for c in criteria}
    every = together(criteria)
    out = [Gate(f"QWK {name}", by_id[name].qwk.value if name in by_id else None, bar) for name, bar in gates.QWK.items()]
    return [
        *out,
        Gate("exact, all criteria", within(every, 0), gates.EXACT),
        Gate("adjacent, all criteria", within(every, 1), gates.ADJACENT),
    ]


def _act_gates(acts: Sequence[ActFigures]) -> list[Gate]:
    out = []
    for act in acts:
        if act.id in gates.PRECISION:
            out.append(Gate(f"{act.id} precision", act.precision.value, gates.PRECISION[act.id]))
            out.append(Gate(f"{act.id} recall", act.recall.value, gates.RECALL[act.id]))
        else:
            out.append(Gate(f"{act.id} F1", act.f1, gates.F1))
    return out


def _other_gates(figures: Figures) -> list[Gate]:
    trivial = sum(r.family == "nothing to mark" for r in figures.attacks.rises)
    raised = figures.attacks.moved - len({r.session for r in figures.attacks.rises if r.family == "nothing to mark"})
    return [
        Gate("quotes verbatim and the learner's own", figures.evidence.verbatim, 1.0),
        Gate("the same scorecard again", figures.repeats.same, 1.0),
        Gate("attacks that moved a mark up", raised, 0, "at most"),
        Gate("marks above the bottom where there is nothing to mark", trivial, 0, "at most"),
        Gate("minimal pairs: the criterion meant moved", figures.moved, gates.PAIRS_MOVED),
        Gate("minimal pairs: the others stayed", figures.stayed, gates.PAIRS_STAYED),
        Gate("40 turns, words never read before", figures.speed.new_ms, gates.SPEED_MS, "at most", " ms"),
        Gate("40 turns, words read before", figures.speed.known_ms, gates.SPEED_MS, "at most", " ms"),
        Gate("the model's files", figures.speed.weights_mb, gates.WEIGHTS_MB, "at most", " MB"),
    ]
