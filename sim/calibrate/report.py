"""The figures as one HTML file that needs nothing else: no scripts, no network, pictures inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.calibrate.figures import Figures
from sim.calibrate.gates import ELSEWHERE
from sim.calibrate.marks import CriterionFigures, MarkPair, together
from sim.calibrate.measures import within
from sim.calibrate.pictures import calibration_picture, confusion_picture
from sim.calibrate.reading import Scored
from sim.calibrate.tables import by_edit, proof_lines, share, show_pair, show_rise, spread
from sim.scorecard import CriterionScore
from sim.transcript import Transcript

WORST = 4
"""Disagreements shown for each criterion, widest first."""


@dataclass(frozen=True)
class Disagreement:
    """One mark that differs from the raters', with what it rests on."""

    pair: MarkPair
    score: CriterionScore
    transcript: Transcript


def worst(figures: CriterionFigures, scored: Sequence[Scored], at_most: int = WORST) -> list[Disagreement]:
    """Return the widest disagreements on a criterion; by session where they tie."""
    by_id = {s.case.id: s for s in scored}
    wide = sorted((p for p in figures.pairs if p.gap), key=lambda p: (-abs(p.gap), p.session))[:at_most]
    return [Disagreement(p, by_id[p.session].card.criterion(figures.id), by_id[p.session].case.transcript) for p in wide]


def render(figures: Figures) -> str:
    """Return the report."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"share": share, "spread": spread}
    every = together(figures.criteria)
    return environment.get_template("report.html").render(
        figures=figures,
        all_exact=within(every, 0),
        all_adjacent=within(every, 1),
        confusion_picture=confusion_picture,
        calibration_picture=calibration_picture,
        worst={c.id: worst(c, figures.scored) for c in figures.criteria},
        edits=by_edit(figures.pairs),
        strayed=[show_pair(p) for p in figures.pairs if not p.behaves],
        raised=[show_rise(r) for r in figures.attacks.rises],
        proof=proof_lines(figures),
        elsewhere=ELSEWHERE,
    )
