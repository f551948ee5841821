"""`sim score`: transcripts in, one scorecard a line out. Everything is read before anything is marked or printed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.commands.files import Files
from sim.errors import InputError, Problem, SimError, UnknownItem
from sim.jsonl import json_line
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.settings import read_settings
from sim.transcript import Transcript, load_transcript

if TYPE_CHECKING:
    from sim.engines import Engines
    from sim.judge.judge import Judge

Engine = Literal["detectors", "judge", "both"]


@dataclass(frozen=True)
class Job:
    """One transcript with what it is marked by. `persona` is None where no file of that id is at hand."""

    transcript: Transcript
    persona: Persona | None
    rubric: Rubric


def judge_of(engines: Engines, engine: Engine) -> Judge:
    """Return the judge; raises SimError where none is configured."""
    if engines.judge is None:
        mend = "set OPENAI_API_KEY and SIM_JUDGE_MODEL (and OPENAI_BASE_URL where the endpoint is not OpenAI's)"
        without = "--engine detectors marks every criterion without one"
        raise SimError(f"--engine {engine} needs a model to judge with, and none is configured; {mend}; {without}")
    return engines.judge


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
    """Print one scorecard a line. Where the judge fails the detectors' marks are printed, with a warning."""
    engines = _engines() if engine != "detectors" else None
    judge = judge_of(engines, engine) if engines else None
    todo = jobs(paths, Files(folders), rubric)
    score = _scorer()  # only once there is something to mark
    if engines is None or judge is None:
        for job in todo:
            print(json_line(score(job.transcript, job.persona, job.rubric).to_json()), flush=True)
    else:
        asyncio.run(_judged(todo, engines, judge, alone=engine == "judge"))


def _scorer() -> Callable[[Transcript, Persona | None, Rubric], Scorecard]:
    """Return the scorer, imported while the act reader's weights are loaded beside it: either takes a good part of a second."""
    from sim.understanding import model

    with ThreadPoolExecutor(1) as beside:
        loading = beside.submit(model.load)
        from sim.scoring import score

        loading.result()
    return score


def _engines() -> Engines:
    from sim.engines import engines_of

    return engines_of(read_settings())


async def _judged(todo: list[Job], engines: Engines, judge: Judge, *, alone: bool) -> None:
    from sim.scoring import score
    from sim.scoring.second_opinion import judge_alone
    from sim.scoring.session import read_session

    try:
        for job in todo:
            card = score(job.transcript, job.persona, job.rubric)
            card = await judge(job.transcript, job.persona, job.rubric, card, None, None)
            if card.judge and card.judge.status == "failed":
                note = "the judge gave no opinion, and the marks are the detectors'"
                print(f"warning: {job.transcript.id}: {note}: {card.judge.why}", file=sys.stderr)
            elif alone and card.judge:
                card = judge_alone(card, read_session(job.transcript, job.persona), job.rubric)
            print(json_line(card.to_json()), flush=True)
    finally:
        await engines.close()
