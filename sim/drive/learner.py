"""What every scripted learner does: prepare, say the next thing, write the notes. And the habits that several share."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence

from sim.drive.ear import Scene
from sim.drive.facts import about, clause, kind_of_fact
from sim.drive.known import Known
from sim.drive.voice import Voice
from sim.scoring.wording import quoted
from sim.transcript import Prep, ThankYou, Turn


class Learner(ABC):
    """One learner in one meeting. They hear what is said, see the clock, know the brief, and remember what they did."""

    section = ""
    """Whose sentences of `phrases.yaml` they say."""

    def __init__(self, known: Known, chance: random.Random) -> None:
        self.known = known
        self.voice = Voice(self.section, known, chance)
        self.closed = False
        self.asked_for_names = 0
        self.just_asked = False

    @abstractmethod
    def next(self, scene: Scene) -> str | None:
        """Return the next message; None to leave."""

    def prep(self) -> Prep | None:
        """Return the prep sheet, None where it stays empty."""
        return None

    def notes(self, turns: Sequence[Turn]) -> ThankYou | None:
        """Return the notes sent after the meeting, None where none is."""
        return None

    def open_with_referrer(self) -> list[str]:
        """Return the sentence that names who opened the door, where somebody did."""
        return [self.voice.say("referrer")] if self.known.contact.referrer else []

    def named(self, scene: Scene) -> str:
        """Return the first name of somebody the contact has just offered, `them` where it was not caught, else nothing."""
        if not (self.just_asked or scene.line.offers_name):
            return ""
        if scene.names:
            return scene.names[0].split()[0]
        return "them" if self.just_asked and scene.line.offers_name and not scene.line.no_referral else ""

    def ask_for_names(self, section: str) -> str:
        """Ask who else to talk to, and remember having done so."""
        self.asked_for_names += 1
        self.just_asked = True
        return self.voice.say(section)

    def refused(self, scene: Scene) -> bool:
        """Tell whether the contact has just declined to give a name."""
        return self.just_asked and scene.line.no_referral and not scene.names

    def reply_to(self, scene: Scene, question: str) -> str | None:
        """Return an answer to what the contact asks back, going on with `question`; None where they ask nothing."""
        asked = scene.asks_back
        if not asked:
            return None
        if asked == "again":
            return self.voice.say("again", ask=question)
        section = {"job": "no_job", "about_me": "about_me", "well": "well"}[asked]
        return f"{self.voice.say(section)} {question}"


class Researcher(Learner):
    """A learner who has read the dossier and brings it up in other words."""

    def __init__(self, known: Known, chance: random.Random) -> None:
        super().__init__(known, chance)
        self._facts = _telling_first(known, chance)

    def fact_question(self) -> str:
        """Return a fact nobody has mentioned yet, in the learner's words, with a question on it; empty where none is left."""
        if not self._facts:
            return ""
        fact = self._facts.pop(0)
        kind = kind_of_fact(fact, self.known.contact)
        return f"{self._told(fact)} {self.voice.say(f'ask_{kind}')}"

    def _told(self, fact: str) -> str:
        shortly, said = about(fact, self.known.contact), clause(fact, self.known.contact)
        ways = [("fact_about", {"about": shortly})] * bool(shortly) + [("fact_clause", {"fact": said})] * bool(said)
        if not ways:
            return self.voice.say("fact_quote", fact=quoted(fact, 30))
        section, fields = self.voice.chance.choice(ways)
        return self.voice.say(section, **fields)


def _telling_first(known: Known, chance: random.Random) -> list[str]:
    """Return the dossier's facts, a contact's own first, then the company's and the field's in turn; shuffled by the seed."""
    dossier = known.contact.dossier
    parts = [chance.sample(part, len(part)) for part in (dossier.contact, dossier.company, dossier.industry)]
    longest = max(map(len, parts))
    return [part[n] for n in range(longest) for part in parts if n < len(part)]
