"""Read a folder of labelled sessions: `sessions/*.json`, `labels.json` and `personas/*.yaml`.

`labels.json` maps a session id to `scores` (marks 1 to 5 by criterion; null or absent: not marked) and `acts` (for each labelled
act the 0-based indices of learner turns, `sure` and `maybe`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from sim.calibrate.acts import LABELLED_ACTS
from sim.documents import parse_json, validate
from sim.errors import InputError, Problem
from sim.persona import Persona, load_persona
from sim.transcript import Transcript, load_transcript

Mark = Annotated[int, Field(ge=1, le=5)]


class LabelError(InputError):
    """For whoever labelled the sessions."""


class Moments(BaseModel):
    """Learner turns in which something happens: `sure` for every rater, `maybe` for some."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sure: frozenset[int] = frozenset()
    maybe: frozenset[int] = frozenset()


class Labels(BaseModel):
    """What raters said of one session."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    scores: dict[str, Mark | None] = {}
    acts: dict[str, Moments] = {}


class _LabelFile(RootModel[dict[str, Labels]]):
    pass


@dataclass(frozen=True)
class Case:
    """One labelled session with the contact it was held with (None where no file describes them)."""

    transcript: Transcript
    persona: Persona | None
    labels: Labels

    @property
    def id(self) -> str:
        """The transcript's id."""
        return self.transcript.id


def load_folder(folder: Path, more_personas: Iterable[Path] = ()) -> list[Case]:
    """Return the labelled sessions of a folder, by id; `more_personas` are folders searched after its own.

    Raises InputError where a file is missing or wrong: a session without labels, labels without a session, labels on a turn that
    is not the learner's, an act nobody measures.
    """
    labels = _load_labels(folder / "labels.json")
    personas = load_personas([folder / "personas", *more_personas])
    paths = sorted((folder / "sessions").glob("*.json"))
    if not paths:
        raise LabelError([Problem(str(folder), None, "sessions", "holds no *.json; expected sim.transcript/1 files")])
    transcripts = [load_transcript(p) for p in paths]
    _refuse_mismatch(folder, transcripts, labels)
    return [Case(t, personas.get(t.persona), labels[t.id]) for t in sorted(transcripts, key=lambda t: t.id)]


def load_personas(folders: Iterable[Path]) -> dict[str, Persona]:
    """Return the personas in these folders by id; where two share an id the earlier folder wins. Raises PersonaError."""
    found: dict[str, Persona] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            persona = load_persona(path)
            found.setdefault(persona.id, persona)
    return found


def _load_labels(path: Path) -> dict[str, Labels]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError([Problem(str(path), None, "", f"cannot be read ({error})")]) from error
    return validate(parse_json(text, str(path), LabelError), _LabelFile, LabelError).root


def _refuse_mismatch(folder: Path, transcripts: list[Transcript], labels: dict[str, Labels]) -> None:
    by_id = {t.id: t for t in transcripts}
    file = str(folder / "labels.json")
    problems = [Problem(file, None, "", f"has no labels for session {i!r}") for i in sorted(by_id.keys() - labels.keys())]
    problems += [Problem(file, None, i, "has labels but no file in sessions/") for i in sorted(labels.keys() - by_id.keys())]
    for i in sorted(by_id.keys() & labels.keys()):
        problems += [Problem(file, None, f"{i}.acts", message) for message in _wrong_acts(by_id[i], labels[i])]
    if problems:
        raise LabelError(problems)


def _wrong_acts(transcript: Transcript, labels: Labels) -> list[str]:
    ours = {n for n, t in enumerate(transcript.turns) if t.speaker == "learner"}
    known = ", ".join(LABELLED_ACTS)
    wrong = [f"{act!r} is not measured; expected one of {known}" for act in labels.acts if act not in LABELLED_ACTS]
    for act, moments in labels.acts.items():
        strange = sorted((moments.sure | moments.maybe) - ours)
        if strange:
            wrong.append(f"{act} names turns {strange}, which are not the learner's")
    return wrong
