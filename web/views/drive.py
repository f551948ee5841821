"""The test-drive as a table, as pictures and in words, for the studio to include."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.drive.result import Drive, Run
from sim.practice import Timeline
from web.views.charts import NARROW, MeetingChart, meeting_chart
from web.views.debrief import chart_summary, item_words
from web.views.studio_words import field_id
from web.views.words import DIFFICULTIES, count, minutes, named, topic_words

BARS_WIDTH, ROW, LABELS, FIGURES = 340, 34, 118, 36
"""The picture of marks in pixels: its natural width, the height of a row, and the room for names and for figures."""

UNUSED_SHOWN = 40
"""Unheard lines that are quoted; a persona of three hundred has more than anybody reads."""


@dataclass(frozen=True)
class Bar:
    """One learner's overall mark as a bar: its place, its length, and the figure beside it."""

    y: float
    length: float
    name: str
    figure: str
    door: str


@dataclass(frozen=True)
class BarChart:
    """Overall marks as bars, best learner on top, and the same in a sentence."""

    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    summary: str


@dataclass(frozen=True)
class Course:
    """How patience and rapport moved with one learner, as a picture and in a sentence."""

    id: str
    name: str
    about: str
    chart: MeetingChart
    summary: str


@dataclass(frozen=True)
class Row:
    """One learner in the table. `marks` are figures or a dash; `earned` says what and at which minute."""

    id: str
    name: str
    about: str
    marks: tuple[str, ...]
    overall: str
    minutes: str
    ended: str
    door: str
    earned: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """One claim on the order: whether it holds ("holds", "fails", "n/a"), the claim, and what was found."""

    state: str
    claim: str
    found: str


@dataclass(frozen=True)
class Mend:
    """One thing to mend: the key it is about, the field of the studio's form that holds it, and the message, every second piece of
    which is a key.
    """

    kind: str
    place: str
    field: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Open:
    """A question without an answer of the contact's own: who asked it, at which turn, and what was said instead."""

    who: str
    turn: int
    question: str
    topic: str
    how: str


@dataclass(frozen=True)
class Unheard:
    """A line that nobody heard."""

    place: str
    text: str


@dataclass(frozen=True)
class DriveView:
    """Everything that the test-drive shows. `criteria` are the columns of the table; `seed` and the like go into forms."""

    contact: str
    setup: str
    seed: int
    difficulty: str
    rubric: str
    verdict: str
    in_order: bool
    criteria: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: BarChart
    courses: tuple[Course, ...]
    claims: tuple[Claim, ...]
    mends: tuple[Mend, ...]
    open: tuple[Open, ...]
    unheard: tuple[Unheard, ...]
    unheard_words: str


KINDS = {"order": "Better learners should fare better", "reach": "What can be earned", "words": "What the contact can say"}
STATES = {True: "holds", False: "fails", None: "n/a"}


def drive_view(found: Drive) -> DriveView:
    """Return the test-drive for `_drive.html`."""
    difficulty = named(DIFFICULTIES, found.difficulty).lower()
    return DriveView(
        contact=found.persona.first_name,
        setup=f"{minutes(found.agreed_minutes)}, {difficulty}, marked by {found.rubric.name}, seed {found.seed}",
        seed=found.seed,
        difficulty=found.difficulty,
        rubric=found.rubric.id,
        verdict=_verdict(found),
        in_order=found.in_order,
        criteria=tuple(c.name for c in found.rubric.criteria),
        rows=tuple(_row(run) for run in found.runs),
        bars=_bars(found.runs),
        courses=tuple(_course(run, found) for run in found.runs),
        claims=tuple(Claim(STATES[c.holds], c.claim, c.found) for c in found.checks),
        mends=tuple(Mend(KINDS[f.kind], f.place, field_at_place(f.place), tuple(f.message.split("`"))) for f in found.findings),
        open=tuple(_asked(found)),
        unheard=tuple(Unheard(line.place, line.text) for line in found.unused[:UNUSED_SHOWN]),
        unheard_words=f"{len(found.unused)} of {count(found.lines, 'line was', 'lines were')} not heard in these six meetings.",
    )


SECTIONS = {"private": "private-title", "referrals": "referrals-title", "answers": "answers-title", "lines": "lines-title"}
"""Headings of the form, for what is about a whole part of it."""


def field_at_place(place: str) -> str:
    """Return the id of what a key is written in, on the studio's form."""
    topic = re.fullmatch(r"answers\.([a-z0-9_]+)", place)
    return SECTIONS.get(place) or field_id(f"topic.{topic[1]}" if topic else place)


def _verdict(found: Drive) -> str:
    failed = sum(check.holds is False for check in found.checks)
    if not failed:
        return "Better learners fared better."
    return f"Better learners did not always fare better: {count(failed, 'claim does', 'claims do')} not hold."


def _row(run: Run) -> Row:
    ended = "The learner ended it" if run.left_at is None else f"The contact left at minute {run.left_at:.0f}"
    return Row(
        id=run.learner,
        name=run.name,
        about=run.about,
        marks=tuple("–" if mark is None else str(mark) for mark in run.marks.values()),
        overall=f"{run.overall:.0f}",
        minutes=f"{run.minutes:.0f}",
        ended=ended,
        door=run.door,
        earned=tuple(f"{item_words(item.item)}, minute {item.minute:.0f}" for item in run.unlocked),
    )


def _bars(runs: Sequence[Run]) -> BarChart:
    room = BARS_WIDTH - LABELS - FIGURES
    bars = tuple(
        Bar(6 + ROW * n, round(max(1.0, room * run.overall / 100), 1), run.name, f"{run.overall:.0f}", run.door)
        for n, run in enumerate(runs)
    )
    summary = "; ".join(f"{run.name} {run.overall:.0f}, door {run.door}" for run in runs)
    return BarChart(BARS_WIDTH, 12 + ROW * len(runs), LABELS, bars, f"Overall marks of 100: {summary}.")


def _course(run: Run, found: Drive) -> Course:
    timeline = Timeline(run.learner, (), run.trace, run.ended_by)
    longest = max(one.minutes for one in found.runs)
    chart = meeting_chart(timeline, found.agreed_minutes, width=NARROW, until=longest)
    return Course(run.learner, run.name, run.about, chart, chart_summary(run.trace, found.persona.first_name))


def _asked(found: Drive) -> list[Open]:
    return [
        Open(run.name, item.turn, item.question, topic_words(item.topic), "shrugged" if item.shrugged else "stock words")
        for run in found.runs
        for item in run.unanswered
    ]
