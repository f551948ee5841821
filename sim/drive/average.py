"""The average learner: friendly, half prepared, asks what everybody asks, and leaves the clock to the contact."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sim.drive.ear import Scene
from sim.drive.facts import clause
from sim.drive.known import Known
from sim.drive.learner import Learner
from sim.transcript import Prep, ThankYou, Turn

QUESTIONS = 11
"""Questions after which they have come to the end of their list."""

ASKS_LATE = 0.6
"""Share of the agreed time after which the thought of asking for names comes."""


class Average(Learner):
    """Does half of what the model student does, and that half in passing."""

    section = "average"

    def __init__(self, known: Known, chance: random.Random) -> None:
        super().__init__(known, chance)
        self._topics = self.voice.topics()[:QUESTIONS]
        self._planned = [self.voice.question(t) for t in self._topics[:2]]
        self._fact = self._one_fact(chance)
        self._took_up = False
        self._questions = 0

    def _one_fact(self, chance: random.Random) -> str:
        """Return the one fact they remember, with a question that asks nothing in particular."""
        facts = self.known.contact.dossier.facts()
        if not facts:
            return ""
        fact = chance.choice(facts)
        said = clause(fact, self.known.contact)
        told = self.voice.say("fact", fact=said) if said else self.voice.say("fact_quote", fact=fact)
        return f"{told} {self.voice.say('ask_fact')}"

    def prep(self) -> Prep:
        """Return a sheet with two questions on it."""
        return Prep(goal="Find out more about this job.", questions=list(self._planned))

    def notes(self, turns: Sequence[Turn]) -> ThankYou:
        """Return a note that could go to anybody."""
        return ThankYou(to_contact=self.voice.say("note"))

    def next(self, scene: Scene) -> str | None:
        """Return the next question of the list, unless the contact does something that cannot be passed over."""
        if self.closed:
            return None
        if not scene.mine:
            return " ".join([self.voice.say("hello"), *self._referrer(), self.voice.say("introduction"), self._question()])
        they, lead = self.named(scene), f"{self.voice.say('takes_no')} " if self.refused(scene) else ""
        self.just_asked = False
        if they and not self._took_up:
            self._took_up = True
            return self.voice.say("take_up", they=they)
        if scene.must_go or scene.left <= 0:
            return self._close("close_now")
        if scene.share >= ASKS_LATE and not self.asked_for_names:
            return self.ask_for_names("referral")
        return lead + self._go_on(scene)

    def _referrer(self) -> list[str]:
        return self.open_with_referrer() if self.voice.chance.random() < 0.5 else []

    def _go_on(self, scene: Scene) -> str:
        self._questions += 1
        if self._questions == 3 and self._fact:
            return self._fact
        if self._questions % 4 == 2 and self.voice.left("more"):
            return self.voice.say("more")
        question = self._question()
        if not question:
            return self._close("close")
        return self.reply_to(scene, question) or question

    def _question(self) -> str:
        if self._planned:
            self._topics = self._topics[1:]
            return self._planned.pop(0)
        return self.voice.question(self._topics.pop(0)) if self._topics else ""

    def _close(self, how: str) -> str:
        self.closed = True
        return self.voice.say(how)
