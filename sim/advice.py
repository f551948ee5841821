"""What is allowed in a persona file and still makes a dull or unfair meeting: warnings for its author, none of them an error."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sim.persona import Intent, Persona
from sim.topics import CATALOGUE

FEW_ANSWERS = 12
"""Topics below which most questions meet an honest "I can't say": a meeting holds 12 to 18 exchanges (our judgement)."""

FEW_FACTS = 6
"""Dossier facts below which there is little to prepare with; the rubric's top anchor wants two used (our judgement)."""

FEW_VARIANTS = 2
"""Lines of one intent below which a contact must fall back on stock words the second time (our judgement)."""

OUT_OF_REACH = 0.9
"""Rapport, 0 to 1, that hardly any meeting reaches; the toughest setting adds to what a fact asks for."""

SPOKEN_OFTEN = (
    Intent.GREETING, Intent.NOT_UNDERSTOOD, Intent.NO_ANSWER, Intent.JOB_DEFLECTED, Intent.JOB_REFUSED_FIRMLY, Intent.TIME_SOFT,
    Intent.TIME_HARD, Intent.REFERRAL_REFUSED, Intent.REFERRAL_NOT_YET, Intent.LEAVING, Intent.GOODBYE,
)  # fmt: skip
"""Situations nearly every meeting comes to; without lines of the persona's own, stock lines speak there."""

PLACEHOLDERS = {"minutes", "minutes_left", "referrer", "name"}
_NEVER_ASKED = {"followup", "other"}


def _answers(persona: Persona) -> Iterator[tuple[str, str]]:
    if len(persona.answers) < FEW_ANSWERS:
        note = f"{len(persona.answers)} topics are answered; below {FEW_ANSWERS} most questions get an honest shrug"
        yield "answers", f"{note} (`sim check --topics` lists what can be asked)"
    short = [topic for topic, answer in persona.answers.items() if len(answer.says) < FEW_VARIANTS]
    if short:
        yield "answers", f"only one line for {_some(short)}; a follow-up question there finds nothing new"


def _private(persona: Persona) -> Iterator[tuple[str, str]]:
    if not persona.private:
        yield "private", "nothing is held back, so a good question earns no more than a dull one"
    topics = Counter(fact.topic for fact in persona.private)
    for number, fact in enumerate(persona.private):
        place = f"private[{number}]"
        if fact.topic in _NEVER_ASKED:
            yield f"{place}.topic", f"{fact.topic!r} is no topic anybody can ask for, so this is never told; name one"
        if fact.min_rapport > OUT_OF_REACH:
            yield f"{place}.min_rapport", f"is {fact.min_rapport:g}; hardly any meeting gets there, 0.4 to 0.7 can be earned"
        if topics[fact.topic] > 1:
            yield f"{place}.topic", f"{fact.topic!r} holds {topics[fact.topic]} private facts; only the first can ever be told"


def _referrals(persona: Persona) -> Iterator[tuple[str, str]]:
    if not persona.referrals:
        yield "referrals", "nobody to be passed on to, so asking for referrals can only be refused"
    elif all(r.gives_when == "never" for r in persona.referrals):
        yield "referrals", "every one is given `never`, so asking for referrals can only be refused"


def _dossier(persona: Persona) -> Iterator[tuple[str, str]]:
    found = len(persona.dossier.facts())
    if found < FEW_FACTS:
        yield "dossier", f"{found} facts to find; below {FEW_FACTS} there is little to prepare with"


def _lines(persona: Persona) -> Iterator[tuple[str, str]]:
    missing = [intent.value for intent in SPOKEN_OFTEN if not persona.lines.get(intent)]
    if missing:
        yield "lines", f"none of its own for {_some(missing)}; stock lines will speak there"


def _spoken(persona: Persona) -> Iterator[tuple[str, str]]:
    """Yield every line with its place."""
    for intent, lines in persona.lines.items():
        yield from ((f"lines.{intent.value}[{n}]", line) for n, line in enumerate(lines))
    for topic, answer in persona.answers.items():
        yield from ((f"answers.{topic}.says[{n}]", line) for n, line in enumerate(answer.says))
    for number, fact in enumerate(persona.private):
        yield from ((f"private[{number}].says[{n}]", line) for n, line in enumerate(fact.says))
    for number, referral in enumerate(persona.referrals):
        yield from ((f"referrals[{number}].says[{n}]", line) for n, line in enumerate(referral.says))


def _placeholders(persona: Persona) -> Iterator[tuple[str, str]]:
    for place, line in _spoken(persona):
        for name in re.findall(r"\{([^{}]*)\}", line):
            if name not in PLACEHOLDERS:
                yield place, f"{{{name}}} is not known; lines may use {', '.join('{' + p + '}' for p in sorted(PLACEHOLDERS))}"
            elif name == "referrer" and persona.referrer is None:
                yield place, "{referrer} is used, but nobody opened the door: add `referrer` or leave it out of the line"


def _some(names: list[str], most: int = 6) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def advice(persona: Persona) -> list[tuple[str, str]]:
    """Return what could be better: key path and message, in file order."""
    parts = (_dossier, _private, _referrals, _answers, _lines, _placeholders)
    return [found for part in parts for found in part(persona)]


def catalogue_rows() -> list[tuple[str, str, str]]:
    """Return the catalogue of topics: id, question kind, what it covers."""
    return [(t.id, t.kind, t.about) for t in CATALOGUE.values()]
