"""`sim play`: a whole meeting with a scripted learner, printed as a transcript with its trace."""

from __future__ import annotations

import json
from pathlib import Path

from sim.commands.files import Files
from sim.meeting import Difficulty
from sim.transcript import load_learner


def run(persona: str, learner: Path, seed: int, minutes: float | None, difficulty: Difficulty, folders: list[Path]) -> None:
    """Print the transcript of the meeting; the same arguments print the same one."""
    said = load_learner(learner)
    contact = Files(folders).find_persona(persona)
    from sim.play import play  # loads the actor and the act reader: only once both files are good

    transcript = play(contact, said, seed=seed, difficulty=difficulty, minutes=minutes)
    print(json.dumps(transcript.to_json(), ensure_ascii=False, indent=2))
