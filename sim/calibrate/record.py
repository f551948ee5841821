"""The figures as a JSON object, `sim.calibration/1`, for other programs and for `docs/validity.md`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.calibrate.acts import ActFigures
from sim.calibrate.figures import Figures
from sim.calibrate.marks import CriterionFigures, together
from sim.calibrate.measures import Interval, within
from sim.calibrate.pairs import PairResult

SCHEMA = "sim.calibration/1"


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures as plain data: what the tables show, the marks behind them, and every disagreement."""
    return {
        "schema": SCHEMA,
        "folder": figures.folder,
        "rubric": figures.rubric,
        "seed": figures.seed,
        "sessions": len(figures.scored),
        "criteria": [_criterion_json(c) for c in figures.criteria],
        "all": {"exact": within(together(figures.criteria), 0), "adjacent": within(together(figures.criteria), 1)},
        "acts": [_act_json(a) for a in figures.acts],
        "evidence": {**asdict(figures.evidence), "verbatim": figures.evidence.verbatim},
        "repeats": {**asdict(figures.repeats), "same": figures.repeats.same},
        "speed": asdict(figures.speed),
        "attacks": {"tried": dict(figures.attacks.tried), "rises": [asdict(r) for r in figures.attacks.rises]},
        "pairs": {"moved": figures.moved, "stayed": figures.stayed, "results": [_pair_json(p) for p in figures.pairs]},
        "gates": [{**asdict(g), "passed": g.passed} for g in figures.gates],
    }


def _interval(interval: Interval) -> list[float | None]:
    return [interval.value, interval.low, interval.high]


def _criterion_json(figures: CriterionFigures) -> dict[str, Any]:
    return {
        "id": figures.id,
        "n": len(figures.pairs),
        "qwk": _interval(figures.qwk),
        "exact": figures.exact,
        "adjacent": figures.adjacent,
        "bias": figures.bias,
        "confusion": figures.table.tolist(),
        "marks": [asdict(p) for p in figures.pairs],
        "unmarked": list(figures.unmarked),
    }


def _act_json(figures: ActFigures) -> dict[str, Any]:
    return {
        "id": figures.id,
        "hits": figures.hits,
        "false_alarms": figures.false_alarms,
        "misses": figures.misses,
        "unsure": figures.unsure,
        "precision": _interval(figures.precision),
        "recall": _interval(figures.recall),
        "f1": figures.f1,
        "moments": [asdict(m) for m in figures.moments],
    }


def _pair_json(pair: PairResult) -> dict[str, Any]:
    return {
        "base": pair.base,
        "edit": pair.edit.name,
        "before": dict(pair.before),
        "after": dict(pair.after),
        "moved": pair.moved,
        "strays": list(pair.strays),
    }
