"""Write the worked examples that come with the program: `python -m sim.commands.examples`, or `make examples`.

For each persona the model student's meeting and the polite pusher's, by the first seed at which the good one is good. Never
edited by hand; when lines, rules or marks change, they are written anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sim.drive.cast import CAST, MODEL
from sim.drive.drive import hold_one
from sim.drive.result import Run
from sim.examples import Example, Quality
from sim.library import Library, shipped
from sim.persona import Persona
from sim.rubric import Rubric

GOOD_FROM = 100.0
"""Overall mark, of 100, from which a meeting is shown as a good one: advice on small misses would take the eye off what works."""

SEEDS = range(30)

TITLES: dict[Quality, str] = {
    "good": "Prepared, curious, and out on time",
    "poor": "Courteous, and still asking for a job",
}
POOR = "polite-pusher"


def best_run(persona: Persona, rubric: Rubric) -> tuple[int, Run]:
    """Return the first seed, and the model student's run by it, that is good throughout; the best there is where none is."""
    profile = next(p for p in CAST if p.id == MODEL)
    found: list[tuple[int, Run]] = []
    for seed in SEEDS:
        run = hold_one(persona, rubric, profile, seed=seed)
        found.append((seed, run))
        if run.overall >= GOOD_FROM and run.door == "open" and len(run.unlocked) >= 2 and not run.unanswered:
            return seed, run
    return max(found, key=lambda pair: pair[1].overall)


def examples_for(persona: Persona, rubric: Rubric) -> list[Example]:
    """Return the good and the poor example of a persona."""
    seed, good = best_run(persona, rubric)
    poor = hold_one(persona, rubric, next(p for p in CAST if p.id == POOR), seed=seed)
    return [_example(persona, "good", good), _example(persona, "poor", poor)]


def _example(persona: Persona, quality: Quality, run: Run) -> Example:
    return Example(
        id=f"{persona.id}.{quality}",
        persona=persona.id,
        contact=persona.name,
        quality=quality,
        title=TITLES[quality],
        transcript=run.transcript,
        scorecard=run.scorecard,
    )


def main(folder: Path) -> None:
    """Write every example of every shipped persona into a folder."""
    library = Library()
    folder.mkdir(parents=True, exist_ok=True)
    for persona in library.personas():
        for example in examples_for(persona, library.rubric("classic")):
            path = folder / f"{example.id}.json"
            path.write_text(json.dumps(example.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
            print(f"{path}: {example.scorecard.overall:g} of 100", file=sys.stderr)


if __name__ == "__main__":
    main(shipped("personas") / "examples")
