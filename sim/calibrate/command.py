"""`sim calibrate`: measure, print, and write the report and the record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sim.calibrate.figures import Figures, Subject, measure
from sim.calibrate.folder import LabelError, load_folder
from sim.calibrate.gates import ELSEWHERE
from sim.calibrate.pairs import DEFAULT_FOLDER, load_bases
from sim.calibrate.record import as_json
from sim.calibrate.report import render
from sim.calibrate.tables import act_table, attack_table, gate_table, mark_table, pair_table, proof_lines, wide_console
from sim.errors import Problem
from sim.rubric import Rubric


class Bar:
    """A progress bar on standard error, one line for each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, what: str, steps: int) -> None:
        """Open a line."""
        self._task = self._progress.add_task(what, total=steps)

    def step(self) -> None:
        """Move the open line on."""
        if self._task is not None:
            self._progress.advance(self._task)


@contextmanager
def _bar() -> Iterator[Bar]:
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress)


def calibrate(
    folder: Path,
    rubric: Rubric,
    *,
    personas: Sequence[Path] = (),
    html: Path | None = None,
    json_out: Path | None = None,
    seed: int = 0,
    pairs: Path | None = None,
    thorough: bool = False,
) -> Figures:
    """Measure the scorer on a folder of labelled sessions; print tables, write what was asked for, and return the figures.

    `pairs`: a folder of base sessions for minimal pairs; else the labelled folder's own `pairs/`, else those of the test suite
    where the checkout is there. Raises InputError for a folder, labels, sessions or base sessions that are wrong and for a
    report that has no folder, all before measuring.
    """
    for path in (html, json_out):
        if path and not path.parent.is_dir():
            raise LabelError([_unwritable(path, "its folder does not exist")])
    cases = load_folder(folder, personas)
    if not any(c.id in case.labels.scores for c in rubric.criteria for case in cases):
        mend = f"marks no criterion of the rubric {rubric.id!r}; expected some of {', '.join(c.id for c in rubric.criteria)}"
        raise LabelError([Problem(str(folder / "labels.json"), None, "", mend)])
    bases = load_bases(pairs or _pairs_of(folder))
    with _bar() as bar:
        figures = measure(cases, bases, Subject(rubric), folder=folder.name, seed=seed, thorough=thorough, progress=bar)
    print_figures(figures, wide_console())
    if html:
        _write(html, render(figures))
    if json_out:
        _write(json_out, json.dumps(as_json(figures), ensure_ascii=False, indent=1) + "\n")
    return figures


def _pairs_of(folder: Path) -> Path:
    own = folder / "pairs"
    return own if own.is_dir() else DEFAULT_FOLDER


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise LabelError([_unwritable(path, error.strerror or "no reason given")]) from error


def _unwritable(path: Path, reason: str) -> Problem:
    return Problem(str(path), None, "", f"cannot be written ({reason}); name a file in a folder that is there")


def print_figures(figures: Figures, console: Console) -> None:
    """Print every table."""
    console.print(f"{len(figures.scored)} sessions from {escape(figures.folder)}, rubric {escape(figures.rubric)}, seed {figures.seed}.")
    tables = [mark_table(figures.criteria), act_table(figures.acts)]
    if figures.pairs:
        tables.append(pair_table(figures.pairs))
    for table in (*tables, attack_table(figures.attacks)):
        console.print()
        console.print(table)
    console.print()
    for line in proof_lines(figures):
        console.print(line)
    for criterion in (c for c in figures.criteria if c.unmarked):
        console.print(f"{criterion.id}: no mark on one side for {', '.join(criterion.unmarked)}.")
    console.print()
    console.print(gate_table(figures.gates))
    console.print(f"Not measured here: {'; '.join(ELSEWHERE)}.")
