"""`sim score`: transcripts in, one scorecard a line out. Everything is read before anything is marked or printed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.commands.files import Files
from sim.errors import InputError, Problem, SimError, UnknownItem
from sim.jsonl import json_line
from sim.persona import Persona
from sim.rubric import Rubric
from sim.transcript import Transcript, load_transcript

Engine = Literal["detectors", "judge", "both"]


@dataclass(frozen=True)
class Job:
    """One transcript with what it is marked by. `persona` is None where no file of that id is at hand."""

    transcript: Transcript
    persona: Persona | None
    rubric: Rubric


def require(engine: Engine) -> None:
    """Raise SimError for an engine that cannot answer here."""
    if engine != "detectors":
        raise SimError(
            f"--engine {engine} needs a model to judge with, and none is configured; --engine detectors marks every criterion without one"
        )


def _job(path: Path, files: Files, rubric: str | None) -> Job:
    transcript = load_transcript(path)
    try:
        found = files.find_rubric(rubric) if rubric else files.rubric(transcript.rubric)
    except UnknownItem as error:
        raise InputError([Problem(str(path), None, "rubric", str(error))]) from error
    return Job(transcript, _persona(path, transcript, files), found)


def _persona(path: Path, transcript: Transcript, files: Files) -> Persona | None:
    try:
        return files.persona(transcript.persona)
    except UnknownItem:
        note = "is marked without its dossier and referrer (--personas DIR adds a folder)"
        print(f"warning: {path}: persona: {transcript.persona!r} is not at hand; the session {note}", file=sys.stderr)
        return None


def jobs(paths: list[Path], files: Files, rubric: str | None) -> list[Job]:
    """Return what is to be marked, in the order given; raises InputError with every problem of every file."""
    out: list[Job] = []
    problems: list[Problem] = []
    if rubric is not None:
        files.find_rubric(rubric)  # one message where it does not exist, not one a file
    for path in paths:
        try:
            out.append(_job(path, files, rubric))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return out


def run(paths: list[Path], rubric: str | None, folders: list[Path], engine: Engine) -> None:
    """Print one scorecard a line."""
    require(engine)
    todo = jobs(paths, Files(folders), rubric)
    from sim.scoring import score  # loads the act reader's weights: only once there is something to mark

    for job in todo:
        card = score(job.transcript, job.persona, job.rubric)
        print(json_line(card.to_json()), flush=True)
