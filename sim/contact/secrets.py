"""What must not be said, nor put where a model reads it: names not given, and private words not unlocked."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sim.contact.match import content_words
from sim.persona import Persona

TELLING = 0.6
"""Share of a private fact's content words in a sentence from which the sentence tells it."""

FEW = 4
"""Content words a fact must have before that share means anything."""


def plain(text: str) -> str:
    """Return the text in lower case with single blanks, for comparing."""
    return " ".join(text.lower().split())


@dataclass(frozen=True)
class Secrets:
    """What is locked now. `phrases` are in plain form (`plain`); `facts` are the content words of each private fact."""

    phrases: tuple[str, ...] = ()
    facts: tuple[frozenset[str], ...] = ()

    def quoted_in(self, text: str) -> bool:
        """Tell whether a locked name or a locked fact's own words stand in the text."""
        spoken = plain(text)
        return any(p in spoken and re.search(rf"(?<!\w){re.escape(p)}(?!\w)", spoken) for p in self.phrases)

    def told_by(self, text: str) -> bool:
        """Tell whether the text gives something locked away: by quoting it, or in other words."""
        if self.quoted_in(text):
            return True
        words = content_words(text)
        return any(len(fact & words) >= TELLING * len(fact) for fact in self.facts)


def secrets_of(persona: Persona, unlocked: Collection[str]) -> Secrets:
    """Return what is locked for this persona when so many items (`referral:NAME`, `private:TOPIC`) are unlocked."""
    public = plain(f"{persona.name} {persona.company} {persona.referrer.name if persona.referrer else ''}").split()
    phrases: list[str] = []
    for referral in persona.referrals:
        if f"referral:{referral.name}" not in unlocked:
            family = plain(referral.name).split()[-1]
            phrases += [plain(referral.name)] + ([family] if family not in public else [])
    locked = [fact for fact in persona.private if f"private:{fact.topic}" not in unlocked]
    phrases += [plain(text) for fact in locked for text in (fact.tells, *fact.says)]
    words = [frozenset(content_words(fact.tells)) for fact in locked]
    return Secrets(tuple(phrases), tuple(w for w in words if len(w) >= FEW))
