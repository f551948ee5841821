"""A fact of the dossier in the learner's own words: what it is about, or a clause of it said to the contact's face."""

from __future__ import annotations

import re

from sim.persona import Persona
from sim.scoring.facts import spoken_clause
from sim.understanding.dossier import words_of

_TITLE = re.compile(r"(?<!\w)['‘“\"]([A-ZÀ-Þ][^'’”\"]{2,50})['’”\"](?!\w)")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÀ-Þ][\w&'’-]+(?: (?:of|&) [A-ZÀ-Þ][\w&'’-]+| [A-ZÀ-Þ][\w&'’-]+)*")
_COUNTED = re.compile(r"\b(\d[\d,.]*\d|\d+)(?: (?:garden|live|graphic|flat|tower|square|new|public|small|large|local))? ([a-z]{4,}s)\b")
_MONTHS = set("january february march april may june july august september october november december".split())
_UNITS = {"years", "minutes", "hours", "weeks", "months", "days", "dollars", "euros", "cents", "times"}
_YEAR = re.compile(r"(?:1[89]|20)\d\d\Z")


def kind_of_fact(fact: str, contact: Persona) -> str:
    """Return which part of the dossier a fact stands in: company, contact or industry."""
    return next(kind for kind in ("company", "contact", "industry") if fact in getattr(contact.dossier, kind))


def about(fact: str, contact: Persona) -> str:
    """Return in a few words what a fact is about, as one would mention it; empty where one figure or name does not tell."""
    found = [*(f"‘{m[1]}’" for m in _TITLE.finditer(fact)), *_names(fact, contact), *_counted(fact)]
    anchors = list(dict.fromkeys(found))[:2]
    return " and ".join(anchors) if len(anchors) == 2 else ""


def clause(fact: str, contact: Persona) -> str:
    """Return the fact as a clause after "that", said to the contact; empty where its grammar is not safe."""
    found = spoken_clause(fact, kind_of_fact(fact, contact), contact)
    return found.words if found else ""


def _names(fact: str, contact: Persona) -> list[str]:
    title = " ".join(m[1] for m in _TITLE.finditer(fact))
    invited = set(words_of(f"{contact.name} {contact.company}"))
    names = (m.group().strip() for m in _NAME.finditer(fact))
    return [n for n in names if n not in title and not set(words_of(n)) & (invited | _MONTHS)]


def _counted(fact: str) -> list[str]:
    return [f"the {m.group()}" for m in _COUNTED.finditer(fact) if not _YEAR.match(m[1]) and m[2] not in _UNITS]
