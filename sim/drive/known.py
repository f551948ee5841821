"""What a learner knows before the meeting: the public parts of a persona, and who they are themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sim.persona import Persona
from sim.understanding.dossier import words_of

PUBLIC = {"schema_", "id", "name", "title", "company", "level", "minutes", "summary", "dossier", "pronouns", "setting", "referrer"}
"""The keys of a persona that stand on its brief. Everything else is the contact's own business."""


def public_part(persona: Persona) -> Persona:
    """Return the persona as its brief shows it: nothing private, no names to be had, no lines, no temperament."""
    return Persona.model_validate(persona.model_dump(by_alias=True, include=PUBLIC))


@dataclass(frozen=True)
class Person:
    """Who a scripted learner is: what they did, what they brought off, with a figure, and what they want to understand."""

    me: str
    did: str
    won: str
    goal: str


@dataclass(frozen=True)
class Known:
    """Everything a scripted learner may use. `contact` holds the public part of the persona only."""

    contact: Persona
    agreed_minutes: float
    person: Person

    @property
    def fields(self) -> dict[str, str]:
        """The fields that any of their sentences may use."""
        contact, referrer = self.contact, self.contact.referrer
        return {
            "first": contact.first_name,
            "name": contact.name,
            "company": contact.company,
            "minutes": f"{self.agreed_minutes:g}",
            "referrer": referrer.name if referrer else "",
            "their_first": referrer.name.split()[0] if referrer else "",
            "me": self.person.me,
            "did": self.person.did,
            "won": self.person.won,
            "goal": self.person.goal,
        }

    def is_known(self, name: str) -> bool:
        """Tell whether a name stands on the brief already, in whole or in part."""
        contact, referrer = self.contact, self.contact.referrer
        public = words_of(f"{contact.name} {contact.company} {contact.title} {referrer.name if referrer else ''} {self.person.me}")
        facts = {word for fact in contact.dossier.facts() for word in words_of(fact)}
        return bool({*public, *facts} & set(words_of(name)))
