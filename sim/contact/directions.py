"""The words that direct a model (`prompts/contact/words.yaml`), read strictly: every intent, mood and rule has its sentence."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.contact.guard.rules import RULES
from sim.documents import check_schema_name, parse_yaml, validate
from sim.errors import InputError, Problem
from sim.meeting import Mood
from sim.model.prompts import PromptError, prompt_files
from sim.persona import Intent

SCHEMA = "sim.directions/1"

Sentence = Annotated[str, Field(min_length=1, max_length=300)]
Scale = Annotated[list[Sentence], Field(min_length=5, max_length=5)]


class Manner(BaseModel):
    """A temperament's scales in words, from 1 to 5."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    patience: Scale
    warmth: Scale
    talkativeness: Scale


class Directions(BaseModel):
    """Every phrase, by what it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal["sim.directions/1"] = Field(alias="schema")
    version: Annotated[int, Field(ge=1, strict=True)]
    intents: dict[Intent, Sentence]
    moods: dict[Mood, Sentence]
    manner: Manner
    again: dict[str, Sentence]

    @model_validator(mode="after")
    def _complete(self) -> Directions:
        missing = [f"intents.{i.value}" for i in Intent if i not in self.intents]
        missing += [f"again.{rule}" for rule in RULES if rule not in self.again]
        if missing:
            raise ValueError(f"these have no sentence: {', '.join(missing)}")
        return self


def load_directions(path: Path) -> Directions:
    """Return the phrases in a file; raises InputError with file, line and mend."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError([Problem(str(path), None, "", "cannot be read as UTF-8 text")]) from error
    document = parse_yaml(text, str(path), InputError)
    check_schema_name(document, SCHEMA, InputError)
    return validate(document, Directions, InputError)


@cache
def directions() -> Directions:
    """Return the shipped phrases, read once."""
    return load_directions(prompt_files()["contact/line.direction"].with_name("words.yaml"))
