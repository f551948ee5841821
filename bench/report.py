"""The page docs/performance.md, from what was measured."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from bench.meetings import ALONE_TURNS, SECONDS_BETWEEN_TURNS, SECONDS_OF_LOAD, Figures, mid, p95
from bench.page import gate as _gate, marked

if TYPE_CHECKING:
    from bench.__main__ import Results
    from bench.workshop import Crowd

_PAGE = """\
# Performance

Made by `make bench` on {day}: {machine}; the client ran on the same cores. Written by the
command, not by hand. Before the run the machine's load was {load}, and ten million additions in a Python loop took {yardstick} s of
processor time: on a busy or shared machine read the figures in that light.

## What was promised

| figure | measured | promised | |
|---|---|---|---|
{gates}

## One turn through HTTP

Milliseconds, median / 95th percentile, with the scripted contact: a message is stored, understood, answered, stored and
streamed. *bare* is a Starlette application that streams the same bytes and does nothing else, in the same run. "First byte" is
of the response, "first word" of its body.

| | meetings at once | turns | first byte | first word | whole turn |
|---|---|---|---|---|---|
{rows}

One meeting: {alone} turns, each right after the other. Many: every learner speaks every {pause} s on average (exponential
pauses, {seconds} s of load), which is faster than people read and type. No message had been read before;
every contact had been met.

## A class of a hundred in one workshop

{learners} learners join by the code, open an attempt and talk, each speaking every {pause} s on average, while the instructor's board asks
every 5 s. Milliseconds, median / 95th percentile. Promised: no error, and 95 of 100 turns under {crowd_gate} ms.

| database | workers | turns | whole turn | board | errors |
|---|---|---|---|---|---|
{crowds}

## Memory

The server takes {empty} MB with its weights loaded, {open} MB with {most} meetings open ({each} kB each), and {after} MB after
they have talked. An open meeting is rows in the database; what stays in memory are caches with a limit.

## What a language model is asked

{tokens}

## What the application adds to a model's stream

{stream}
"""

FIRST_BYTE_RATIO = 1.5
P95_MS = 300.0
CROWD_P95_MS = 500.0
READY_SECONDS = 1.5
MARKS_MS = 100.0
FILE_SECONDS = 2.5
HELP_SECONDS = 0.4


def _row(who: str, meetings: int, figures: Figures) -> str:
    cells = [f"{mid(v):.1f} / {p95(v):.1f}" for v in (figures.first_byte, figures.first_word, figures.whole)]
    return f"| {who} | {meetings} | {len(figures.whole)} | " + " | ".join(cells) + " |"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores ({name}), {platform.system()}, Python {platform.python_version()}"


def gates(results: Results) -> list[str]:
    """Return one row for each figure the project promises."""
    ours, bare = results.turns["ours", 1], results.turns["bare", 1]
    ratio = mid(ours.first_byte) / mid(bare.first_byte)
    most = p95(results.turns["ours", 500].whole)
    marks = results.marks
    return [
        _gate("first byte, one meeting", f"{ratio:.1f} x bare", f"{FIRST_BYTE_RATIO} x", ratio <= FIRST_BYTE_RATIO),
        _gate("whole turn, p95 of 500 meetings", f"{most:.0f} ms", f"{P95_MS:.0f} ms", most < P95_MS),
        _gate("`sim serve` to the first page", f"{results.ready:.2f} s", f"{READY_SECONDS} s", results.ready <= READY_SECONDS),
        _gate("marks of 40 turns, messages read before", f"{marks.read:.0f} ms", f"{MARKS_MS:.0f} ms", marks.read <= MARKS_MS),
        _gate("marks of 40 turns, never read before", f"{marks.unread:.0f} ms", f"{MARKS_MS:.0f} ms", marks.unread <= MARKS_MS),
        _gate(
            "`sim score` of one such file, cold",
            f"{marks.file_seconds:.2f} s",
            f"{FILE_SECONDS} s",
            marks.file_seconds <= FILE_SECONDS,
        ),
        _gate("`sim --help`", f"{results.help:.2f} s", f"{HELP_SECONDS} s", results.help <= HELP_SECONDS),
    ]


def _crowd_row(found: Crowd) -> str:
    cells = [f"{mid(v):.0f} / {p95(v):.0f}" if v else "–" for v in (found.turns.whole, found.board)]
    return f"| {found.database} | {found.workers} | {len(found.turns.whole)} | {cells[0]} | {cells[1]} | {len(found.errors)} |"


def _crowd_gate(found: Crowd) -> str:
    slowest = p95(found.turns.whole) if found.turns.whole else float("inf")
    held = slowest < CROWD_P95_MS and not found.errors
    told = f"{slowest:.0f} ms, {len(found.errors)} errors"
    return _gate(f"a class of {found.learners}, p95 of a turn, {found.database}", told, f"{CROWD_P95_MS:.0f} ms, no error", held)


def page(results: Results) -> str:
    """Return the whole page."""
    loads = sorted({n for _, n in results.turns})
    return _PAGE.format(
        day=results.day,
        load=f"{results.load:.1f}",
        yardstick=f"{results.yardstick:.2f}",
        machine=_processor(),
        gates="\n".join([*gates(results), *map(_crowd_gate, results.crowds)]),
        rows="\n".join(_row(who, n, results.turns[who, n]) for n in loads for who in ("ours", "bare")),
        alone=ALONE_TURNS,
        pause=f"{SECONDS_BETWEEN_TURNS:.0f}",
        seconds=f"{SECONDS_OF_LOAD:.0f}",
        learners=results.crowds[0].learners if results.crowds else 0,
        crowd_gate=f"{CROWD_P95_MS:.0f}",
        crowds="\n".join(map(_crowd_row, results.crowds)),
        most=max(loads),
        empty=f"{results.memory_empty:.0f}",
        open=f"{results.memory_open:.0f}",
        each=f"{1000 * (results.memory_open - results.memory_empty) / max(loads):.0f}",
        after=f"{results.memory_after:.0f}",
        tokens=marked("tokens", results.tokens),
        stream=marked("stream", results.stream),
    )
