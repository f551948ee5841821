"""`sim bench`: test-drive a contact with six scripted learners, print what each got and what to mend."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.commands.files import Files
from sim.drive.result import Drive
from sim.meeting import Difficulty
from sim.persona import Persona
from sim.transcript import EndedBy

WIDTH = 120
"""Columns of a table that goes to a file or a pipe, where nobody's screen says."""

ENDED: dict[EndedBy, str] = {"learner": "learner", "contact": "contact", "time": "contact, time up"}
"""Who ended a meeting. The contact leaves at the minute the meeting ends."""

UNUSED_SHOWN = 12
"""Topics and situations with unheard lines that are named."""


def run(persona: str, seed: int, rubric: str, minutes: float | None, difficulty: Difficulty, folders: list[Path], *, as_json: bool) -> None:
    """Print the drive. A contact that rewards the wrong learner is a finding, not an error."""
    files = Files(folders)
    contact, school = files.find_persona(persona), files.find_rubric(rubric)
    from sim.drive.drive import drive  # loads the actor and the act reader: only once both files are good

    found = drive(contact, school, seed=seed, difficulty=difficulty, minutes=minutes)
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        show(found, console())
    warn(found)


def console() -> Console:
    """Return the screen, or a wide one where output goes to a file or a pipe."""
    here = Console(highlight=False)
    return here if here.is_terminal else Console(highlight=False, width=WIDTH)


def warn(found: Drive) -> None:
    """Print what is out of order and what to mend on standard error, one warning a line, as `sim check` does."""
    for check in found.checks:
        if check.holds is False:
            print(f"warning: out of order: {check.claim} {check.found}", file=sys.stderr)
    for finding in found.findings:
        print(f"warning: {found.persona.id}: {finding.place}: {finding.message}", file=sys.stderr)


def show(found: Drive, screen: Console) -> None:
    """Print the tables."""
    setup = f"{found.agreed_minutes:g} minutes, {found.difficulty}, rubric {found.rubric.id}, seed {found.seed}"
    screen.print(f"{escape(found.persona.name)}, {escape(found.persona.title)}: {setup}.")
    screen.print()
    screen.print(marks_table(found))
    screen.print()
    screen.print(course_table(found))
    screen.print()
    for check in found.checks:
        screen.print(f"{_sign(check.holds)} {escape(check.claim)} {escape(check.found)}", soft_wrap=True)
    screen.print()
    _show_unanswered(found, screen)
    _show_unused(found, screen)


def _sign(holds: bool | None) -> str:
    return "n/a" if holds is None else "yes" if holds else "NO "


def marks_table(found: Drive) -> Table:
    """Return one row a learner: the mark of each criterion, and the overall one."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Learner", no_wrap=True)
    for criterion in found.rubric.criteria:
        longest = max(map(len, criterion.name.split()), default=1)
        table.add_column(escape(criterion.name), justify="right", min_width=longest)
    table.add_column("Overall", justify="right", no_wrap=True)
    for one in found.runs:
        marks = ["-" if m is None else str(m) for m in one.marks.values()]
        table.add_row(one.name, *marks, f"{one.overall:g}")
    return table


def course_table(found: Drive) -> Table:
    """Return one row a learner: how long it took and who ended it, the door, and what was earned, with the minute."""
    table = Table(box=None, pad_edge=False)
    for name in ("Learner", "Minutes", "Ended by", "Door"):
        table.add_column(name, no_wrap=True, justify="right" if name == "Minutes" else "left")
    table.add_column("Earned")
    for one in found.runs:
        items = ", ".join(f"{escape(i.item)} (minute {i.minute:.0f})" for i in one.unlocked)
        table.add_row(one.name, f"{one.minutes:.1f}", ENDED[one.ended_by], one.door, items or "nothing")
    return table


def _show_unanswered(found: Drive, screen: Console) -> None:
    for one in found.runs:
        for item in one.unanswered:
            how = "shrugged at" if item.shrugged else "answered in stock words"
            screen.print(f"{how}: {escape(item.question)} ({item.topic}; {one.name}, turn {item.turn})", soft_wrap=True)


def _show_unused(found: Drive, screen: Console) -> None:
    screen.print(f"{len(found.unused)} of {found.lines} lines were not heard in these six meetings.")
    silent = never_heard(found.persona, {line.place for line in found.unused})
    if silent:
        more = f" and {len(silent) - UNUSED_SHOWN} more" if len(silent) > UNUSED_SHOWN else ""
        screen.print(f"Without a single line heard: {', '.join(silent[:UNUSED_SHOWN])}{more}.", soft_wrap=True)


def never_heard(persona: Persona, unused: set[str]) -> list[str]:
    """Return the keys under `answers` and `lines` of which no line was heard."""
    keys = {f"answers.{topic}": [f"answers.{topic}.says[{n}]" for n in range(len(a.says))] for topic, a in persona.answers.items()}
    keys |= {f"lines.{intent.value}": [f"lines.{intent.value}[{n}]" for n in range(len(ls))] for intent, ls in persona.lines.items()}
    return [key for key, places in keys.items() if places and all(p in unused for p in places)]
