"""Which fact of the dossier a stock answer may lean on, put into the contact's mouth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.contact.match import best, share_said, shared
from sim.contact.script import Line
from sim.contact.speech import sentences
from sim.contact.voice import as_we, in_first_person
from sim.persona import Persona


@dataclass(frozen=True)
class Source:
    """Which parts of the dossier speak to a topic, and the words by which a fact shows that it does."""

    parts: tuple[str, ...]
    signs: re.Pattern[str]


def _source(parts: str, signs: str) -> Source:
    return Source(tuple(parts.split()), re.compile(rf"\b(?:{signs})", re.I))


_CAREER = r"start|began|begin|studied|trained|came|joined|moved|took|graduat|work|became|promot|left|spent|first"
_CHANGE = r"since|mov|bought|open|clos|stopp|plan|target|new|will\b|until|last year|20\d\d|launch|merg|renam"

SOURCES: dict[str, Source] = {
    "career_path": _source("contact", _CAREER),
    "first_job": _source("contact", _CAREER),
    "background": _source("contact", _CAREER),
    "progression": _source("contact", _CAREER),
    "project": _source("contact company", r"built|led|ran|wrote|launch|manag|organi[sz]|design|open|mov|forgave|spoke|rebuilt|won"),
    "responsibilities": _source("contact company", r"lead|runs?\b|manag|respons|employ|staff|people|serv|make"),
    "organisation": _source("company", r"employ|people|staff|team|department|branch|sites?\b|division|runs?\b|own"),
    "company_direction": _source("company", _CHANGE),
    "company_basics": _source("company", ""),
    "place": _source("company", r"moved?\b|office|sites?\b|headquarter|states\b|countr|cit(?:y|ies)\b|warehouse|plant"),
    "industry_trends": _source("industry", ""),
    "competitors": _source("industry", r"firms?\b|compan|rival|compet|independent|market|maker|manufacturer|employer"),
    "regulation": _source("industry", r"rule|law|grant|government|regulat|must|have to|told|requir|licen|licens"),
}
"""Elsewhere a fact must share words with the question."""

KNOWN = 0.5
"""Share of a fact's words in something said before from which telling it would be an echo."""

QUOTED = 0.35
"""The same where it was stated and not asked: a question about a fact must use its words, a statement that does so gives it."""

RELATED = 2
"""Content words a fact shares with a question before it counts as being about it."""

_ASKS_FOR_A_FACT = re.compile(
    r"\b(?:how (?:many|much|big|large|old|long|often)|which|what year|where to)\b"
    r"|\b(?:where|when) (?:is|are|was|were|do|does|did|will|would|has|have|had|can)\b(?! you (?:see|think)\b)",
    re.I,
)
"""Not "when you walk in, what do you do", nor "where do you see it going"."""
_ASKS_FOR_REASONS = re.compile(r"\b(why|how (did|do|does|come|is|are|was|were|would|can|could|has|have))\b", re.I)


def spoken_facts(persona: Persona) -> dict[str, list[Line]]:
    """Return the dossier as the contact would say it, by part."""
    dossier = persona.dossier
    parts = {
        "contact": [in_first_person(fact, persona) for fact in dossier.contact],
        "company": [as_we(fact, persona) for fact in dossier.company],
        "industry": dossier.industry,
    }
    return {part: [Line(f"fact.{part}.{n}", text) for n, text in enumerate(texts)] for part, texts in parts.items()}


def fact_for(persona: Persona, topic: str, question: str, said: Sequence[str], used: Iterable[str]) -> Line | None:
    """Return an unused fact that fits the topic and that nobody has told yet, or None. `said` is every turn so far."""
    facts = spoken_facts(persona)
    fresh = {part: _fresh(lines, said, used) for part, lines in facts.items()}
    about = [line for lines in fresh.values() for line in lines if shared(question, line.text) >= RELATED]
    source = SOURCES.get(topic)
    fitting = [line for part in source.parts for line in fresh[part] if source.signs.search(line.text)] if source else []
    related = [line for line in fitting if line in about]
    return next(iter([*related, *fitting] if fitting else about), None)


def fact_asked_for(persona: Persona, question: str, said: Sequence[str], used: Iterable[str]) -> Line | None:
    """Return the fact that a plain question of where, when or how many asks for, or None."""
    if not _ASKS_FOR_A_FACT.search(question) or _ASKS_FOR_REASONS.search(question):
        return None
    lines = [line for part in spoken_facts(persona).values() for line in _fresh(part, said, used)]
    index = best(question, [line.text for line in lines], RELATED)
    return None if index is None else lines[index]


def _fresh(lines: list[Line], said: Sequence[str], used: Iterable[str]) -> list[Line]:
    seen = set(used)
    stated = [" ".join(s for s in sentences(text) if not s.endswith("?")) for text in said]
    return [
        line
        for line in lines
        if line.id not in seen
        and all(share_said(line.text, text) < KNOWN for text in said)
        and all(share_said(line.text, text) < QUOTED for text in stated)
    ]
