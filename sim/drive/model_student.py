"""The model student: what the classic rubric's top anchors describe, done by somebody."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from sim.drive.ear import Scene, keepsake
from sim.drive.known import Known
from sim.drive.learner import Researcher
from sim.scoring.wording import quoted
from sim.transcript import Prep, ThankYou, Turn

EXCHANGE_MINUTES = 1.7
"""What a message and its answer cost on the meeting's clock, by and large."""

SHORT_MEETING = 10
"""Agreed minutes up to which the introduction is left out and the first question comes at once."""

FACTS = 3
"""Facts brought up in a meeting: what the top anchor wants, and one in case one is not heard as such. They come first, since
nobody confides in a stranger; the questions on the person follow."""

MOST_QUESTIONS = 16
"""Questions after which there is nothing left that one could not read up."""


TAKES_UP = (2, 4, 7, 9, 11, 13)
"""Which of their questions grow out of the answer before, where that gives something to take up; the others are on the sheet."""

FIRST = ("mistakes", "career_path")
"""What to ask people about themselves before anything else: what went wrong, and how they came here."""

CLOSES_AT = 0.85
"""Share of the agreed time before which to have begun the goodbye: contacts with a full day say that they must go soon after."""

NAMES_AT, MORE_NAMES_AT = 0.5, 0.62
"""Shares of the agreed time from which to ask for names, and for a second one where the first came easily."""


class ModelStudent(Researcher):
    """Opens with purpose and referrer, uses research, builds on answers, asks for names, keeps the time, says thank you."""

    section = "model"

    def __init__(self, known: Known, chance: random.Random) -> None:
        super().__init__(known, chance)
        self._sheet = [q for q in (self.fact_question() for _ in range(FACTS)) if q]
        self._work = self.voice.topics("ask_work")
        self._self = self.voice.topics("ask_first") + self.voice.topics("ask_self")
        self._questions = 0
        self._taken_up: list[str] = []
        self._may_ask_again = False
        self._done: set[str] = set()

    # -- before and after ---------------------------------------------------------------------------------------------

    def prep(self) -> Prep:
        """Return a full sheet, the questions in the order in which they are to be asked."""
        on_work, *on_them = [self._question_on_work(), *(self._question_on_them() for _ in range(3))]
        facts = self._sheet
        self._sheet = [*facts[:2], *([] if facts[1:] else [on_work]), *on_them, *facts[2:]]
        return Prep(
            goal=f"To understand {self.known.person.goal}.",
            pitch=f"I'm {self.known.person.me}; {self.known.person.did}. {self.known.person.won}",
            agenda=self.voice.say("agenda_line"),
            questions=list(self._sheet),
        )

    def notes(self, turns: Sequence[Turn]) -> ThankYou:
        """Return a note that names what was learned, and one to whoever opened the door."""
        said = keepsake(turns)
        named = f"{self.voice.say('note_name', they=self._taken_up[0])} " if self._taken_up else ""
        note = self.voice.say("note", said=quoted(said), named=named) if said else self.voice.say("note_plain", named=named)
        referrer = self.voice.say("note_referrer") if self.known.contact.referrer else None
        return ThankYou(to_contact=note, to_referrer=referrer)

    # -- the meeting --------------------------------------------------------------------------------------------------

    def next(self, scene: Scene) -> str | None:
        """Return what the moment asks for."""
        if self.closed:
            return None
        if not scene.mine:
            return self._open()
        they = self.named(scene)
        lead = f"{self.voice.say('takes_no')} " if self.refused(scene) else ""
        self.just_asked = False
        if they and they not in self._taken_up:
            self._taken_up.append(they)
            self._may_ask_again = not scene.line.no_referral
            return self.voice.say("take_up", they=they)
        return lead + (self._closing(scene) or self._asking(scene) or self._going_on(scene))

    def _open(self) -> str:
        parts = [self.voice.say("hello"), *self.open_with_referrer()]
        if self.known.agreed_minutes <= SHORT_MEETING:
            return " ".join([*parts, self._question()])
        return " ".join([*parts, self.voice.say("introduction"), self.voice.say("purpose"), self.voice.say("time")])

    def _exchanges_left(self, scene: Scene) -> float:
        """Return how many messages there is time for before the goodbye."""
        return (CLOSES_AT * self.known.agreed_minutes - scene.minute) / EXCHANGE_MINUTES

    def _closing(self, scene: Scene) -> str:
        """Close with time to spare, or at once where the contact has to go."""
        if not (scene.must_go or self._questions >= MOST_QUESTIONS or self._exchanges_left(scene) < 0.8):
            return ""
        self.closed = True
        said = keepsake(scene.turns)
        thanks = self.voice.say("thanks", said=quoted(said, 16)) if said else self.voice.say("thanks_plain")
        return f"{self.voice.say('wrap_now' if scene.must_go else 'wrap', left=f'{max(1, round(scene.left))}')} {thanks}"

    def _asking(self, scene: Scene) -> str:
        """Ask for names in the second half, for a second one where the first came easily, then how to follow up."""
        left = self._exchanges_left(scene)
        wishes: tuple[tuple[str, bool, Callable[[], str]], ...] = (
            ("names", scene.share >= NAMES_AT or left < 4, lambda: self.ask_for_names("referral")),
            ("more", self._may_ask_again and scene.share >= MORE_NAMES_AT and left >= 3, lambda: self.ask_for_names("referral_more")),
            ("after", left < 2, lambda: f"{self.voice.say('follow_up')} {self.voice.say('offer')}"),
        )
        for name, due, ask in wishes:
            if due and name not in self._done and scene.mine >= 2:
                self._done.add(name)
                return ask()
        return ""

    def _going_on(self, scene: Scene) -> str:
        """Answer what is asked back, take up what was said every now and then, and else bring the next question."""
        self._questions += 1
        if scene.asks_back:
            return self.reply_to(scene, self._question()) or self._question()
        thread = scene.thread()
        if thread and self._questions in TAKES_UP:
            return self.voice.say("build", said=quoted(thread, 18), ask=self.voice.say("build_ask"))
        return self._question()

    def _question(self) -> str:
        if self._sheet:
            return self._sheet.pop(0)
        return self._question_on_them() if self._self else self._question_on_work()

    def _question_on_them(self) -> str:
        topic = self._self.pop(0)
        return self.voice.question(topic, "ask_first" if topic in FIRST else "ask_self")

    def _question_on_work(self) -> str:
        return self.voice.question(self._work.pop(0), "ask_work") if self._work else self.voice.say("build_plain")
