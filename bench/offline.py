"""What costs time without a server: starting the command, marking one file, and marking a long transcript in a warm process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.servers import ROOT

RUNS = 5


def command_seconds(*arguments: str) -> float:
    """Return the median seconds of `sim ARGUMENTS` from process start to exit."""
    return _median(lambda: subprocess.run([sys.executable, "-m", "sim.cli", *arguments], cwd=ROOT, check=True, capture_output=True))


def _median(work: Callable[[], object], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)


def long_transcript(turns: int = 40) -> str:
    """Return a transcript of so many turns with a shipped contact, as JSON: a real one from `sim play`, cut to length."""
    from sim.library import Library
    from sim.play import play
    from sim.transcript import LearnerFile

    persona = Library().persona("generous-alumnus")
    topics = (topic.replace("_", " ") for topic in persona.answers)
    questions = [f"Thanks, that helps. Could you tell me a bit more about the {topic} in your work?" for topic in topics]
    learner = LearnerFile(id="bench", messages=questions[: turns // 2])
    script = play(persona, learner, minutes=180).to_json()
    script["turns"] = script["turns"][:turns]
    if len(script["turns"]) != turns:
        raise RuntimeError(f"the meeting ended after {len(script['turns'])} turns, before {turns}")
    return json.dumps({k: v for k, v in script.items() if k not in {"trace", "outcome", "ended_at", "ended_by"}})


@dataclass(frozen=True)
class Marking:
    """Milliseconds to mark a transcript in a process that has its weights loaded: messages never read before, and read before."""

    unread: float
    read: float
    file_seconds: float


def marking() -> Marking:
    """Return how long marking takes."""
    from sim.library import Library
    from sim.scoring import score
    from sim.transcript import parse_transcript
    from sim.understanding import model

    text = long_transcript()
    transcript, library = parse_transcript(text), Library()
    persona, rubric = library.persona(transcript.persona), library.rubric("classic")
    score(transcript, persona, rubric)

    def unread() -> None:
        model.forget()
        score(transcript, persona, rubric)

    cold = _median(unread)
    warm = _median(lambda: score(transcript, persona, rubric), 20)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.json"
        file.write_text(text, "utf-8")
        return Marking(1000 * cold, 1000 * warm, command_seconds("score", str(file)))
