"""Score labelled sessions and keep what was understood on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sim.calibrate.acts import Heard
from sim.calibrate.folder import Case
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.scoring import score
from sim.scoring.session import read_session
from sim.transcript import Transcript

Scorer = Callable[[Transcript, Persona | None, Rubric], Scorecard]
"""What is being measured: `sim.scoring.score`, or a stand-in for it in tests."""

Hearer = Callable[[Case], Heard]


@dataclass(frozen=True)
class Scored:
    """One session with its scorecard and with what was understood of each learner turn."""

    case: Case
    card: Scorecard
    heard: Heard


def hear(case: Case) -> Heard:
    """Return what scoring understands of each learner turn, by turn index."""
    return {t.index: t.heard for t in read_session(case.transcript, case.persona).turns}


def score_all(cases: Sequence[Case], rubric: Rubric, scorer: Scorer = score, hearer: Hearer = hear) -> Iterable[Scored]:
    """Yield the sessions scored, in the order given."""
    for case in cases:
        yield Scored(case, scorer(case.transcript, case.persona, rubric), hearer(case))
