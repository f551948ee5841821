"""Every line a scripted contact could say: the persona's own, and the stock for whatever a persona file leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from sim.persona import Intent, Persona

# Safe like SafeLoader and several times faster; PyYAML has it wherever libyaml was there.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Line:
    """A line with its id, which stays the same for as long as the file does."""

    id: str
    text: str


@dataclass(frozen=True)
class Spent:
    """Beginnings and ends that may be combined freely, for when every line has been said."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]

    def lines(self, name: str) -> Iterator[Line]:
        """Yield every combination, so that neighbours differ in both halves."""
        size = len(self.ends)
        for shift in range(size):
            for n, start in enumerate(self.starts):
                end = (n + shift) % size
                yield Line(f"spent.{name}.{n}.{end}", f"{start} {self.ends[end]}")


@dataclass(frozen=True)
class Stock:
    """The words that serve every contact. `stock.yaml` and `frames.yaml` say what each part is for."""

    lines: Mapping[Intent, tuple[Line, ...]]
    answers: Mapping[str, tuple[Line, ...]]
    openings: Mapping[str, tuple[Line, ...]]
    linking: Mapping[str, tuple[Line, ...]]
    spent: Mapping[str, Spent]


@cache
def stock() -> Stock:
    """Return the stock, read once."""
    words, frames = _read("stock.yaml"), _read("frames.yaml")
    linking = ("builds", "greetings", "referrer", "private", "more", "referral", "good_for")
    return Stock(
        lines={Intent(name): _numbered(f"stock.{name}", texts) for name, texts in words["lines"].items()},
        answers={topic: _numbered(f"stock.answers.{topic}", texts) for topic, texts in words["answers"].items()},
        openings={topic: _numbered(f"opening.{topic}", texts) for topic, texts in frames["openings"].items()},
        linking={
            **{name: _numbered(name, frames[name]) for name in linking},
            **{name: _numbered(name, texts) for name, texts in words["beside"].items()},
        },
        spent={name: Spent(tuple(s["starts"]), tuple(s["ends"])) for name, s in frames["spent"].items()},
    )


def _read(name: str) -> Any:
    text = resources.files("sim.contact").joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=_Loader)


def _numbered(prefix: str, texts: list[str]) -> tuple[Line, ...]:
    return tuple(Line(f"{prefix}.{n}", text) for n, text in enumerate(texts))


def own_lines(persona: Persona, intent: Intent) -> tuple[Line, ...]:
    """Return what the persona file has the contact say in a situation."""
    return _numbered(f"lines.{intent}", persona.lines.get(intent, []))


def own_answers(persona: Persona, topic: str) -> tuple[Line, ...]:
    """Return what the persona file has the contact say on a topic, the natural first answer first."""
    answer = persona.answers.get(topic)
    return _numbered(f"answers.{topic}", answer.says) if answer else ()


def private_lines(persona: Persona, item: str) -> tuple[Line, ...]:
    """Return the contact's own words for `private:TOPIC`. Only for items that are unlocked."""
    topic = item.split(":", 1)[1]
    fact = next((f for f in persona.private if f.topic == topic), None)
    return _numbered(f"private.{topic}", fact.says) if fact else ()
