"""Hold a learner's words against what could be found out beforehand and what the contact has already said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sim.persona import Persona
from sim.understanding import model
from sim.understanding.figures import words_and_figures

_COMMON = frozenset(
    """a about after again all also am an and any are as at be because been before being but by can come could day did do does doing done
    down each even ever first for from get give go going good got had has have having he her here hers him his how i if in into is it its
    just know last like little long look made make many may me might more most much must my new next no not now of off on one only or
    other our out over own people really said same say see she should since so some something still such take talk tell than thank thanks
    that the their them then there these they thing things think this those three through time to today told too two up us use very want
    was way we well were what when where which while who why will with work working would year years yes you your""".split()
)


def words_of(text: str) -> list[str]:
    """Return the words and figures of a text in order, in lower case; written-out numbers become digits."""
    return [word if value is None else f"{value:.12g}" for word, value in words_and_figures(text) if word[0].isalnum()]


def _stem(word: str) -> str:
    return re.sub(r"(?:ingly|edly|ing|ies|ied|ed|es|s|ly|e|y|er|ers)$", "", word) if len(word) > 4 else word


@lru_cache(maxsize=8_192)
def stems(text: str) -> frozenset[str]:
    """Return the content words of a text, cut to a rough stem; number words become digits."""
    content = (w for w in words_of(text) if w[0].isdigit() or (len(w) > 2 and w not in _COMMON))
    return frozenset(w if w[0].isdigit() else _stem(w) for w in content)


@dataclass(frozen=True)
class Match:
    """How a stretch of words lies against one dossier sentence: `likeness` of meaning (cosine), `shared` content stems, `rare` stems
    shared that nothing else in play explains, `heard` the best likeness to anything the contact said before.
    """

    fact: str
    likeness: float
    shared: int
    rare: frozenset[str]
    heard: float

    @property
    def figures(self) -> int:
        """How many figures of two digits or more are among the rare stems: nobody hits on 3,400 by chance."""
        return sum(len(w) > 1 for w in self.rare if w[0].isdigit())

    @property
    def digits(self) -> int:
        """How many single digits are among the rare stems."""
        return sum(w[0].isdigit() for w in self.rare) - self.figures

    @property
    def words(self) -> int:
        """How many of the rare stems are words."""
        return len(self.rare) - self.figures - self.digits


def _plain_names(persona: Persona) -> frozenset[str]:
    referrer = persona.referrer.name if persona.referrer else ""
    return stems(" ".join([persona.name, persona.company, persona.title, referrer]))


def shares_words(words: str, persona: Persona) -> bool:
    """Tell whether two content words or a figure stand in one dossier sentence, names on the invitation aside; cheap."""
    mine = stems(words) - _plain_names(persona)
    shared = [mine & stems(fact) for fact in persona.dossier.facts()]
    return any(len(both) >= 2 or any(w.isdigit() and len(w) > 1 for w in both) for both in shared)


def best_match(words: str, persona: Persona, heard: tuple[str, ...]) -> Match | None:
    """Return the dossier sentence that fits `words` best, or None where the persona has no dossier or nothing is shared.

    Words that the contact has already used and the names on the invitation prove nothing: they are left out of `rare`.
    """
    facts = persona.dossier.facts()
    mine = stems(words)
    if not facts or not mine:
        return None
    known = _plain_names(persona)
    said = frozenset().union(*(stems(line) for line in heard)) if heard else frozenset()
    vectors = model.embed([words, *facts])
    likeness = vectors[1:] @ vectors[0]
    best: Match | None = None
    for fact, like in zip(facts, likeness, strict=True):
        shared = mine & stems(fact)
        rare = shared - known - said
        match = Match(fact, round(float(like), 3), len(shared - known), rare, 0.0)
        if best is None or _strength(match) > _strength(best):
            best = match
    if best is None:
        return None
    near = [line for line in heard if len(stems(line) & mine) >= 2]
    if near:
        spoken = model.embed([words, *near])
        best = Match(best.fact, best.likeness, best.shared, best.rare, round(float((spoken[1:] @ spoken[0]).max()), 3))
    return best


def _strength(match: Match) -> float:
    return match.likeness + 0.12 * match.shared + 0.1 * len(match.rare)
