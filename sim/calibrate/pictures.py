"""Pictures for the report: inline SVG, drawn from counts, with the same figures in words for whoever cannot see them."""

from __future__ import annotations

from markupsafe import Markup, escape

from sim.calibrate.marks import CriterionFigures
from sim.calibrate.measures import MARKS

CELL = 34
LEFT = 44
TOP = 26
SIDE = LEFT + MARKS * CELL + 8


def confusion_picture(figures: CriterionFigures) -> Markup:
    """Return the confusion counts as a grid: rows the raters' marks, columns ours; darker is a larger share of the row."""
    table = figures.table
    parts = [_text(LEFT + (n + 0.5) * CELL, TOP - 8, n + 1) for n in range(MARKS)]
    for row in range(MARKS):
        y = TOP + row * CELL
        parts.append(_text(LEFT - 12, y + CELL / 2 + 4, row + 1))
        total = int(table[row].sum())
        parts += [_cell(LEFT + n * CELL, y, int(table[row, n]), total, row == n) for n in range(MARKS)]
    words = f"{figures.id}: marks given (columns) against the raters' (rows). {_in_words(figures)}"
    return _svg(SIDE, TOP + MARKS * CELL + 8, words, parts)


def _cell(x: float, y: float, count: int, total: int, same: bool) -> Markup:
    strength = count / total if total else 0.0
    kind = Markup("same") if same else Markup("other")
    box = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="frame"/>').format(x, y, CELL, CELL)
    fill = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}" fill-opacity="{:.2f}"/>').format(
        x, y, CELL, CELL, kind, 0.85 * strength
    )
    return box + fill + (_text(x + CELL / 2, y + CELL / 2 + 4, count) if count else Markup(""))


def calibration_picture(figures: CriterionFigures) -> Markup:
    """Return the mean mark given for each mark of the raters'. The line: where both agree; a dot's size: how many sessions."""
    parts = [
        Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="ideal"/>').format(_x(1), _y(1), _x(MARKS), _y(MARKS)),
    ]
    for mark in range(1, MARKS + 1):
        parts += [_text(_x(mark), _y(0.35), mark), _text(LEFT - 12, _y(mark) + 4, mark)]
    for label, mean, count in mean_marks(figures):
        parts.append(Markup('<circle cx="{}" cy="{:.1f}" r="{:.1f}" class="dot"/>').format(_x(label), _y(mean), 3 + count**0.5))
    words = f"{figures.id}: mean mark given (upwards) for each mark of the raters' (to the right). {_in_words(figures)}"
    return _svg(SIDE, TOP + MARKS * CELL + 8, words, parts)


def mean_marks(figures: CriterionFigures) -> list[tuple[int, float, int]]:
    """Return (the raters' mark, the mean of ours, sessions) for each mark that occurs."""
    out = []
    for label in range(1, MARKS + 1):
        given = [p.given for p in figures.pairs if p.label == label]
        if given:
            out.append((label, sum(given) / len(given), len(given)))
    return out


def _in_words(figures: CriterionFigures) -> str:
    return " ".join(f"Where raters gave {label}: {mean:.1f} on average over {count}." for label, mean, count in mean_marks(figures))


def _x(mark: float) -> float:
    return LEFT + (mark - 0.5) * CELL


def _y(mark: float) -> float:
    return TOP + (MARKS + 0.5 - mark) * CELL - CELL / 2


def _text(x: float, y: float, words: object) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(x, y, words)


def _svg(width: float, height: float, words: str, parts: list[Markup]) -> Markup:
    head = Markup('<svg role="img" viewBox="0 0 {} {}" width="{}" height="{}"><title>{}</title>').format(
        width, height, width, height, escape(words)
    )
    return head + Markup("").join(parts) + Markup("</svg>")
