"""Look a persona over for its author: every mistake with line, key and mend, and what is allowed but dull.

`sim check` and the studio both ask here, so that they can never say different things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.advice import advice
from sim.documents import Document, Key, parse_yaml
from sim.errors import InputError, PersonaError, Problem
from sim.persona import Persona, parse_persona


@dataclass(frozen=True)
class LookedOver:
    """What was found in a text: the persona where it has no mistakes, else the mistakes; warnings either way."""

    persona: Persona | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def look_over(text: str, file: str) -> LookedOver:
    """Return what is right and wrong with the persona written in `text`; raises nothing."""
    notes: list[Problem] = []
    try:
        document = parse_yaml(text, file, PersonaError)
        notes = document.notes
        persona = parse_persona(text, file)
    except InputError as error:
        return LookedOver(None, error.problems, tuple(notes))
    return LookedOver(persona, (), tuple(warnings(document, persona)))


def warnings(document: Document, persona: Persona) -> list[Problem]:
    """Return what is allowed and still makes a dull or unfair meeting, with the lines of the document."""
    found = list(document.notes)
    for place, message in advice(persona):
        key = key_of(place)
        line = document.line_of(key) if key[0] in document.data else None
        found.append(Problem(document.file, line, place, message))
    return found


def key_of(place: str) -> Key:
    """Return the key path that is written `private[0].tells` or `answers.pay.says[1]`."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"[.\[\]]+", place.rstrip("]")))
