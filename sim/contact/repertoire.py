"""What a contact can still say: not what was said before, not what does not fit, and nothing that gives a secret away."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence

from sim.contact.match import best, share_said
from sim.contact.script import Line, stock
from sim.contact.secrets import plain, secrets_of
from sim.contact.speech import fill
from sim.contact.voice import first_name
from sim.persona import Intent
from sim.ports import Brief

RELATED = 2
"""Content words a line shares with a question before it is preferred to an earlier one."""

RETOLD = 0.4
"""Share of a line's content words in one earlier turn from which it tells the same again: our judgement. Eleven pairs of answers
in the four shipped personas come to it."""

IN_PERSON = re.compile(r"\b(in person|office|room|caf[eé]|coffee|canteen|walk)\b", re.I)
REMOTE_WORDS = re.compile(r"\b(hear (me|you)|on the line|on my screen|the picture)\b", re.I)


class Repertoire:
    """The lines of one turn. `used` grows as lines are said; the seed and the turn decide between equals."""

    def __init__(self, brief: Brief) -> None:
        self.persona, self.state, self.direction = brief.setup.persona, brief.step.state, brief.step.direction
        self.seed = f"{brief.setup.seed}:{self.persona.id}:{self.state.turn}"
        self.used: list[str] = []
        self._values = _values(brief)
        self._told = [turn.text for turn in brief.turns]
        self._said = "\n".join(plain(turn.text) for turn in brief.turns if turn.speaker == "contact")
        self._secrets = secrets_of(self.persona, self.state.unlocked)

    def chance(self, what: str) -> random.Random:
        """Return chance that is the same for the same seed, turn and purpose."""
        return random.Random(f"{self.seed}:{what}")

    def knows(self, name: str) -> bool:
        """Tell whether a placeholder has a value."""
        return name in self._values

    def was_used(self, line: Line) -> bool:
        """Tell whether the line was said before, in this meeting or in this turn."""
        return line.id in self.used or line.id in self.state.used_lines

    def sayable(self, line: Line, more: dict[str, str] | None = None) -> str:
        """Return the line filled in, or "" where it was said before, does not fit, or would give away something locked."""
        if self.was_used(line):
            return ""
        text = fill(line.text, {**self._values, **(more or {})}) or ""
        spoken = plain(text)
        if not text or spoken in self._said or self._secrets.quoted_in(text):
            return ""
        return text

    def untold(self, line: Line) -> bool:
        """Tell whether the line can be said and would not tell again, in other words, what either of the two has told."""
        text = self.sayable(line)
        return bool(text) and all(share_said(text, told) < RETOLD for told in self._told)

    def say(self, line: Line) -> str:
        """Say this line if it can be said, else ""."""
        text = self.sayable(line)
        if text:
            self.used.append(line.id)
        return text

    def any(self, lines: Iterable[Line], what: str, cut: Callable[[str], str] = str, **more: str) -> str:
        """Say one of the lines that can still be said, chosen by the seed; "" where there is none."""
        able = [(line, text) for line in lines if (text := cut(self.sayable(line, more)))]
        if not able:
            return ""
        line, text = self.chance(what).choice(able)
        self.used.append(line.id)
        return text

    def fitting(self, lines: Sequence[Line], question: str, at_least: int = RELATED) -> str:
        """Say the line sharing most words with the question, if `at_least` so many, else the earliest; "" where none is left."""
        able = [(line, text) for line in lines if (text := self.sayable(line))]
        if not able:
            return ""
        line, text = able[best(question, [text for _, text in able], at_least) or 0]
        self.used.append(line.id)
        return text

    def spent(self, name: str) -> str:
        """Say some beginning with some end; after 64 of them in one meeting, any again."""
        lines = list(stock().spent[name].lines(name))
        return self.any(lines, "spent") or self.chance("spent").choice(lines).text

    def stock_lines(self, intent: Intent) -> list[Line]:
        """Return the stock for an intent, without talk of lines and screens where people sit together."""
        in_person = IN_PERSON.search(self.persona.setting or "")
        return [line for line in stock().lines.get(intent, ()) if not (in_person and REMOTE_WORDS.search(line.text))]


def _values(brief: Brief) -> dict[str, str | int]:
    persona, direction = brief.setup.persona, brief.step.direction
    values: dict[str, str | int] = {"title": persona.title, "company": persona.company}
    if brief.setup.clock != "untimed":
        values |= {"minutes": round(brief.setup.agreed_minutes), "minutes_left": direction.minutes_left}
    if persona.referrer:
        values["referrer"] = first_name(persona.referrer.name)
    if direction.referral_name:
        values["name"] = first_name(direction.referral_name)
    return values
