"""Write a calibration's tables into a Markdown page, between markers, so that no figure in the page was typed by hand.

    sim calibrate FOLDER --json figures.json
    python -m sim.calibrate.document figures.json docs/validity.md

A marker pair is `<!-- figures: NAME -->` and `<!-- end figures -->`; NAME is one of TABLES. What stands between them is replaced.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.calibrate.record import SCHEMA
from sim.errors import InputError, Problem

NONE = "–"
_MARKED = re.compile(r"(<!-- figures: (?P<name>[a-z]+) -->\n).*?(<!-- end figures -->)", re.S)

Record = dict[str, Any]


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def _spread(figure: Sequence[float | None]) -> str:
    value, low, high = figure
    return _share(value) if low is None or high is None else f"{_share(value)} ({low:.2f} to {high:.2f})"


def _rows(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(str(c) for c in line) + " |\n" for line in lines)


def _marks(record: Record) -> str:
    rows = [
        [c["id"], c["n"], _spread(c["qwk"]), _share(c["exact"]), _share(c["adjacent"]), _signed(c["bias"]), len(c["unmarked"])]
        for c in record["criteria"]
    ]
    every = record["all"]
    rows.append(["all", sum(c["n"] for c in record["criteria"]), "", _share(every["exact"]), _share(every["adjacent"]), "", ""])
    return _rows(["criterion", "n", "QWK (95%)", "exact", "adjacent", "bias", "not marked"], rows)


def _signed(value: float | None) -> str:
    return NONE if value is None else f"{value:+.2f}"


def _acts(record: Record) -> str:
    rows = [
        [
            a["id"],
            a["hits"] + a["misses"],
            _spread(a["precision"]),
            _spread(a["recall"]),
            _share(a["f1"]),
            a["false_alarms"],
            a["misses"],
        ]
        for a in record["acts"]
    ]
    return _rows(["act", "marked", "precision (95%)", "recall (95%)", "F1", "false", "missed"], rows)


def _gates(record: Record) -> str:
    words = {True: "yes", False: "**no**", None: "not measured"}
    rows = [
        [g["figure"], NONE if g["value"] is None else f"{g['value']:.3g}{g['unit']}", _bar(g), words[g["passed"]]] for g in record["gates"]
    ]
    return _rows(["figure", "value", "bar", "reached"], rows)


def _bar(gate: Record) -> str:
    return f"{'≥' if gate['sense'] == 'at least' else '≤'} {gate['bar']:g}{gate['unit']}"


def _pairs(record: Record) -> str:
    by_edit: dict[str, list[Record]] = {}
    for pair in record["pairs"]["results"]:
        by_edit.setdefault(pair["edit"], []).append(pair)
    rows = []
    for edit, pairs in by_edit.items():
        meant = [p["moved"] for p in pairs if p["moved"] is not None]
        moved = f"{sum(meant)} of {len(meant)}" if meant else NONE
        rows.append([edit, len(pairs), moved, f"{sum(not p['strays'] for p in pairs)} of {len(pairs)}"])
    return _rows(["edit", "pairs", "the criterion meant moved", "the others stayed"], rows)


def _attacks(record: Record) -> str:
    raised = record["attacks"]["rises"]
    rows = []
    for family, tried in record["attacks"]["tried"].items():
        moved = {(r["session"], r["place"], r["words"]) for r in raised if r["family"] == family}
        rows.append([family, tried, len(moved)])
    return _rows(["family", "tried", "moved a mark up"], rows)


def _proof(record: Record) -> str:
    evidence, repeats, speed = record["evidence"], record["repeats"], record["speed"]
    rows = [
        [
            "quotes that stand verbatim in the learner's own words",
            f"{evidence['quotes'] - len(evidence['failed'])} of {evidence['quotes']}",
        ],
        ["scorecards identical the second time", f"{repeats['sessions'] - len(repeats['different'])} of {repeats['sessions']}"],
        ["40 turns of words never read before", _unit(speed["new_ms"], "ms")],
        ["40 turns of words read before", _unit(speed["known_ms"], "ms")],
        ["the model's files", _unit(speed["weights_mb"], "MB")],
    ]
    return _rows(["what", "figure"], rows)


def _unit(value: float | None, unit: str) -> str:
    return NONE if value is None else f"{value:.0f} {unit}"


TABLES: dict[str, Callable[[Record], str]] = {
    "gates": _gates, "marks": _marks, "acts": _acts, "pairs": _pairs, "attacks": _attacks, "proof": _proof,
}  # fmt: skip


def fill(page: str, record: Record, file: str = "page") -> str:
    """Return the page with every marked table written anew; raises InputError for a marker of an unknown name or none at all."""
    found = [m["name"] for m in _MARKED.finditer(page)]
    unknown = sorted(set(found) - TABLES.keys())
    if unknown or not found:
        what = f"has markers for {', '.join(unknown)}" if unknown else "has no marked table"
        raise InputError([Problem(file, None, "", f"{what}; expected <!-- figures: NAME -->, NAME one of {', '.join(TABLES)}")])
    return _MARKED.sub(lambda m: f"{m[1]}{TABLES[m['name']](record)}{m[3]}", page)


def main(argv: list[str]) -> int:
    """Fill the page's tables from the record; the page is written only where something changed."""
    if len(argv) != 2:
        print("usage: python -m sim.calibrate.document FIGURES.json PAGE.md", file=sys.stderr)
        return 2
    source, page = Path(argv[0]), Path(argv[1])
    try:
        record = json.loads(source.read_text("utf-8"))
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            raise InputError([Problem(str(source), None, "schema", f"expected {SCHEMA}; write it with sim calibrate FOLDER --json")])
        before = page.read_text("utf-8")
        after = fill(before, record, str(page))
    except (OSError, ValueError, InputError) as error:
        print(error, file=sys.stderr)
        return 2
    if after != before:
        page.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
