"""The words of the scripted learners: picked by the seed from `phrases.yaml`, none twice in a meeting."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.drive.known import Known, Person
from sim.persona import Persona
from sim.understanding.dossier import words_of


@cache
def phrases() -> dict[str, Any]:
    """Return everything the learners can say, by learner and section."""
    loaded = yaml.safe_load((Path(__file__).parent / "phrases.yaml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def people() -> tuple[Person, ...]:
    """Return who the learners can be."""
    return tuple(Person(**person) for person in phrases()["people"])


def somebody(contact: Persona, chance: random.Random) -> Person:
    """Return one of the people, rather one whose name nobody in the brief bears."""
    cast = chance.sample(people(), len(people()))
    brief = set(words_of(f"{contact.name} {contact.company} {contact.referrer.name if contact.referrer else ''}"))
    return next((p for p in cast if not set(words_of(p.me)) & brief), cast[0])


class Voice:
    """One learner's sentences in one meeting. The same seed, learner and order of calls give the same sentences."""

    def __init__(self, learner: str, known: Known, chance: random.Random) -> None:
        self._sections = phrases()[learner]
        self._fields = known.fields
        self._said: set[str] = set()
        self.chance = chance

    def say(self, section: str, **fields: str) -> str:
        """Return a sentence of a section with its fields filled in; one that was not said yet, as long as there is one."""
        return self.fill(self.choose(self._sections[section]), **fields)

    def fill(self, template: str, **fields: str) -> str:
        """Return a sentence with its fields filled in. What the fields hold is never read as a template."""
        return template.format_map({**self._fields, **fields})

    def choose(self, options: Sequence[str]) -> str:
        """Return one of several, rather one that was not chosen yet."""
        fresh = [option for option in options if option not in self._said]
        chosen = self.chance.choice(fresh or list(options))
        self._said.add(chosen)
        return chosen

    def left(self, section: str) -> int:
        """Return how many sentences of a section have not been said."""
        return sum(option not in self._said for option in self._sections[section])

    def topics(self, section: str = "ask") -> list[str]:
        """Return the topics there are questions on, in an order that follows from the seed."""
        return self.chance.sample(list(self._sections[section]), len(self._sections[section]))

    def question(self, topic: str, section: str = "ask") -> str:
        """Return a question on a topic."""
        return self.fill(self.choose(self._sections[section][topic]))
