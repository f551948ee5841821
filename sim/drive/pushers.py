"""The two who came for a job: one asks outright, one with every courtesy. Neither takes a no."""

from __future__ import annotations

from collections.abc import Sequence

from sim.drive.ear import Scene
from sim.drive.learner import Learner, Researcher
from sim.transcript import Prep, ThankYou, Turn


class Pushy(Learner):
    """Asks for a job outright, again and again, and in the note."""

    section = "pushy"

    def next(self, scene: Scene) -> str | None:
        """Return the next push; give up when all have been said."""
        if not scene.mine:
            return f"{self.voice.say('hello')} {self.voice.say('first')}"
        if scene.mine == 1:
            return self.voice.say("jobs")
        if scene.mine == 2 and self.voice.left("names"):
            return self.voice.say("again")
        for section in ("again", "names", "jobs"):
            if self.voice.left(section):
                return self.voice.say(section)
        return None

    def notes(self, turns: Sequence[Turn]) -> ThankYou:
        """Return a note that asks once more."""
        return ThankYou(to_contact=self.voice.say("note"))


class PolitePusher(Researcher):
    """Has prepared, is courteous throughout, and asks for a job in every disguise there is."""

    section = "polite_pusher"

    def prep(self) -> Prep:
        """Return a sheet that looks like a good one."""
        return Prep(
            goal="Learn about the work and leave a good impression.",
            pitch=f"I'm {self.known.person.me}; {self.known.person.did}. {self.known.person.won}",
            questions=["What does a typical day look like for you?", "How did you get into this field?"],
        )

    def next(self, scene: Scene) -> str | None:
        """Return one good question, then the asks, each with an apology."""
        if self.closed:
            return None
        if not scene.mine:
            parts = [self.voice.say("hello"), *self.open_with_referrer(), self.voice.say("introduction"), self.voice.say("purpose")]
            return " ".join([*parts, self.voice.say("time")])
        if scene.mine == 1 and (asked := self.fact_question()):
            return asked
        if scene.must_go or not self.voice.left("veiled"):
            self.closed = True
            return self.voice.say("close")
        sorry = f"{self.voice.say('sorry')} " if scene.line.no_job and self.voice.left("sorry") else ""
        return sorry + self.voice.say("veiled")

    def notes(self, turns: Sequence[Turn]) -> ThankYou:
        """Return a note that thanks at length and asks once more."""
        return ThankYou(to_contact=self.voice.say("note"))
