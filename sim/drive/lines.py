"""Where in a persona file each line stands that the contact can speak."""

from __future__ import annotations

from collections.abc import Iterator

from sim.persona import Persona


def own_line_places(persona: Persona) -> dict[str, tuple[str, str]]:
    """Return the key path and the words of every line of the file, by the id the contact uses for it, in file order."""
    return {line: (place, text) for line, place, text in _lines(persona)}


def _lines(persona: Persona) -> Iterator[tuple[str, str, str]]:
    for number, fact in enumerate(persona.private):
        first = next(f for f in persona.private if f.topic == fact.topic)
        if fact is first:
            yield from ((f"private.{fact.topic}.{n}", f"private[{number}].says[{n}]", text) for n, text in enumerate(fact.says))
    for number, referral in enumerate(persona.referrals):
        yield from ((f"referral:{referral.name}.{n}", f"referrals[{number}].says[{n}]", t) for n, t in enumerate(referral.says))
    for topic, answer in persona.answers.items():
        yield from ((f"answers.{topic}.{n}", f"answers.{topic}.says[{n}]", text) for n, text in enumerate(answer.says))
    for intent, lines in persona.lines.items():
        yield from ((f"lines.{intent}.{n}", f"lines.{intent.value}[{n}]", text) for n, text in enumerate(lines))
