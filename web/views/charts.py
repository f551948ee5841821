"""Figures become coordinates: the picture of a meeting, and marks over sessions. The templates only draw what stands here.

Coordinates are in the picture's own units, which are pixels at its natural width; every number is rounded to a tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.practice import Timeline
from sim.transcript import TraceEntry
from web.views.words import minutes

WIDE, HALF, NARROW = 640, 450, 330
"""Natural widths of a picture in pixels: beside the marks, one of two side by side, on a phone of 360 px."""

Scale = Callable[[float], float]
"""Minutes from the start become a place on the picture."""

LEFT, RIGHT, TOP, BOTTOM = 12, 14, 34, 30
"""Margins around the plot, in pixels: cue labels stand above it, minutes below."""


@dataclass(frozen=True)
class Dot:
    """A point of a line, what it stands for, and the figure to write beside it (empty for none)."""

    x: float
    y: float
    label: str
    short: str = ""


@dataclass(frozen=True)
class Marker:
    """An upright line with a label: a time cue, or the agreed end.

    `row` (0 on top) keeps labels of cues that fall close together apart; `left` tells that the label stands left of its line.
    """

    x: float
    label: str
    kind: str
    row: int
    left: bool


@dataclass(frozen=True)
class Unlock:
    """A turn at which something was earned, drawn on the rapport line."""

    x: float
    y: float


@dataclass(frozen=True)
class Flag:
    """The name of a turn that moved the contact, near its point."""

    x: float
    y: float
    label: str
    left: bool


@dataclass(frozen=True)
class Tick:
    """A number on the axis of minutes."""

    x: float
    label: str


@dataclass(frozen=True)
class MeetingChart:
    """How patience and rapport moved. `shared_until` ends the part that two runs have in common; None for one run."""

    width: int
    height: int
    plot_left: float
    plot_right: float
    plot_top: float
    plot_bottom: float
    patience: tuple[Dot, ...]
    rapport: tuple[Dot, ...]
    markers: tuple[Marker, ...]
    unlocks: tuple[Unlock, ...]
    flags: tuple[Flag, ...]
    ticks: tuple[Tick, ...]
    shared_until: float | None

    @property
    def patience_points(self) -> str:
        """The patience line as SVG points."""
        return _points(self.patience)

    @property
    def rapport_points(self) -> str:
        """The rapport line as SVG points."""
        return _points(self.rapport)


@dataclass(frozen=True)
class MarksChart:
    """Overall marks over sessions, oldest first, with the lines at 0, 50 and 100."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Tick, ...]

    @property
    def points(self) -> str:
        """The line as SVG points."""
        return _points(self.dots)


def _points(dots: Sequence[Dot]) -> str:
    return " ".join(f"{d.x},{d.y}" for d in dots)


VISIBLE = 0.05
"""Smallest move, on the 0 to 1 scales, that a reader can see in the picture."""

CUE_LABELS = {"soft": ("named the time", 1), "hard": ("must go", 0), "leaving": ("left", 1)}
"""What a cue is called in the picture, and the row its label stands in."""


def meeting_chart(
    run: Timeline,
    agreed_minutes: float,
    *,
    timed: bool = True,
    width: int = WIDE,
    until: float | None = None,
    shared: int | None = None,
) -> MeetingChart:
    """Return the picture of one run. `until` stretches the axis (minutes), so that two runs share one scale.

    `shared` is the index of the first turn that a fork does not share with its original. Patience and rapport run from 0 (bottom)
    to 1 (top).
    """
    height = 250 if width > 500 else 220
    left, right, top, bottom = LEFT, width - RIGHT, TOP, height - BOTTOM
    last = max([until or 0, agreed_minutes if timed else 0, 1.0, *(t.minute for t in run.trace)])

    def x(minute: float) -> float:
        return round(left + (right - left) * minute / last, 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * min(1.0, max(0.0, value)), 1)

    return MeetingChart(
        width=width,
        height=height,
        plot_left=left,
        plot_right=right,
        plot_top=top,
        plot_bottom=bottom,
        patience=tuple(Dot(x(t.minute), y(t.patience), f"minute {t.minute:.0f}") for t in run.trace),
        rapport=tuple(Dot(x(t.minute), y(t.rapport), f"minute {t.minute:.0f}") for t in run.trace),
        markers=tuple(_markers(run, agreed_minutes if timed else None, x, right)),
        unlocks=tuple(Unlock(x(t.minute), y(t.rapport)) for t in run.trace if t.unlocked),
        flags=tuple(_flags(run, x, y, right)),
        ticks=tuple(Tick(x(m), str(m)) for m in range(0, int(last) + 1, 5 if last <= 32 else 10)),
        shared_until=_shared_until(run, shared, x),
    )


def _markers(run: Timeline, agreed: float | None, x: Scale, right: float) -> list[Marker]:
    """Return the first turn of each cue, and the agreed end."""
    found: list[Marker] = []
    seen = {"none"}
    for entry in run.trace:
        if entry.cue not in seen:
            seen.add(entry.cue)
            label, row = CUE_LABELS[entry.cue]
            found.append(Marker(x(entry.minute), label, entry.cue, row, x(entry.minute) > right * 0.5))
    if agreed is not None:
        found.append(Marker(x(agreed), f"{minutes(agreed)} agreed", "agreed", 0, True))
    return found


def _flags(run: Timeline, x: Scale, y: Scale, right: float) -> list[Flag]:
    flags = []
    for moved in movements(run.trace):
        at = x(moved.entry.minute)
        patience, rapport = y(moved.entry.patience), y(moved.entry.rapport)
        # On the side of the line where the other line is not.
        height = rapport - 14 if moved.rise and patience >= rapport else (rapport if moved.rise else max(patience, rapport)) + 22
        flags.append(Flag(at, round(height, 1), f"turn {moved.turn}", at > right * 0.85))
    return flags


@dataclass(frozen=True)
class Movement:
    """The learner's turn after which the contact warmed or cooled most, and the contact's entry that shows it."""

    turn: int
    entry: TraceEntry
    rise: bool


def movements(trace: Sequence[TraceEntry]) -> tuple[Movement, ...]:
    """Return the steepest rise of rapport and the steepest fall of patience and rapport together, in that order.

    Only what can be seen in the picture counts; the first greeting is nobody's merit.
    """
    steps = [(b, b.rapport - a.rapport, b.rapport - a.rapport + b.patience - a.patience) for a, b in pairwise(trace)]
    found = []
    if steps:
        up, down = max(steps, key=lambda s: s[1]), min(steps, key=lambda s: s[2])
        if up[1] >= VISIBLE:
            found.append(Movement(up[0].turn - 1, up[0], True))
        if down[2] <= -VISIBLE:
            found.append(Movement(down[0].turn - 1, down[0], False))
    return tuple(found)


def _shared_until(run: Timeline, shared: int | None, x: Scale) -> float | None:
    before = [t.minute for t in run.trace if shared is not None and t.turn < shared]
    return x(before[-1]) if before else None


def marks_chart(marks: Sequence[tuple[float, str]], width: int) -> MarksChart:
    """Return overall marks (0 to 100 with their label, oldest first) as a picture."""
    height, left, right, top, bottom = 300, 34, width - 16, 16, 268
    step = (right - left) / max(1, len(marks) - 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * value / 100, 1)

    dots = tuple(Dot(round(left + step * n, 1), y(mark), label, str(round(mark))) for n, (mark, label) in enumerate(marks))
    return MarksChart(width, height, dots, tuple(Tick(y(v), str(v)) for v in (0, 50, 100)))


@dataclass(frozen=True)
class Bar:
    """How many got a mark: the bar, the mark under it and the number over it."""

    x: float
    y: float
    width: float
    height: float
    mark: str
    number: str


@dataclass(frozen=True)
class SpreadChart:
    """How often each mark from 1 to 5 was given."""

    width: int
    height: int
    base: float
    bars: tuple[Bar, ...]


def spread_chart(counts: Sequence[int]) -> SpreadChart:
    """Return counts by mark, lowest first, as bars; the tallest fills the picture."""
    width, height, top, base = 200, 110, 20, 88
    step, most = width / len(counts), max([1, *counts])

    def bar(n: int, number: int) -> Bar:
        tall = round((base - top) * number / most, 1)
        return Bar(round(step * n + 4, 1), round(base - tall, 1), round(step - 8, 1), tall, str(n + 1), str(number) if number else "")

    return SpreadChart(width, height, base, tuple(bar(n, number) for n, number in enumerate(counts)))
