"""`sim play`: a whole meeting with a scripted learner, printed as a transcript with its trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from sim.commands.files import Files
from sim.errors import InputError, Problem
from sim.meeting import Difficulty
from sim.ports import Contact
from sim.settings import read_settings
from sim.transcript import load_learner

Engine = Literal["scripted", "model"]


def run(persona: str, learner: Path, seed: int, minutes: float | None, difficulty: Difficulty, folders: list[Path], engine: Engine) -> None:
    """Print the transcript of the meeting; the same arguments print the same one, unless a model speaks.

    Raises InputError for the engine "model" where none is configured.
    """
    said = load_learner(learner)
    contact = Files(folders).find_persona(persona)
    from sim.play import play  # loads the actor and the act reader: only once both files are good

    actor = _model() if engine == "model" else None
    transcript = play(contact, said, seed=seed, difficulty=difficulty, minutes=minutes, contact=actor)
    print(json.dumps(transcript.to_json(), ensure_ascii=False, indent=2))


def _model() -> Contact:
    from sim.engines import engines_of

    engines = engines_of(read_settings())
    if engines.name != "model":
        mend = "set OPENAI_API_KEY and SIM_CONTACT_MODEL (and OPENAI_BASE_URL where the endpoint is not OpenAI's)"
        raise InputError([Problem("--engine", None, "", f"model needs a model for the contact, and none is configured; {mend}")])
    return engines.contact
