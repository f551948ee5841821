"""The two who use the time badly: one talks it away, one lets it pass."""

from __future__ import annotations

from collections.abc import Sequence

from sim.drive.ear import Scene
from sim.drive.learner import Learner
from sim.transcript import ThankYou, Turn


class Rambler(Learner):
    """Tells stories of a minute each, with a question lost in them, hears no time cue and stays."""

    section = "rambler"

    def next(self, scene: Scene) -> str | None:
        """Return a story, with some question at its end while the contact still listens."""
        if not scene.mine:
            return f"{self.voice.say('hello')} {self.voice.say('story')}"
        lead = f"{self.voice.say('go_on')} " if scene.must_go else ""
        return f"{lead}{self.voice.say('story')} {self.voice.say('ask')}"

    def notes(self, turns: Sequence[Turn]) -> ThankYou:
        """Return a line dashed off."""
        return ThankYou(to_contact=self.voice.say("note"))


class Silent(Learner):
    """Says a word at a time, asks nothing, and sends no note."""

    section = "silent"

    def next(self, scene: Scene) -> str | None:
        """Return a word, the greeting first."""
        return self.voice.say("words" if scene.mine else "hello")
