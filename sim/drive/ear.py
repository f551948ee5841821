"""What a scripted learner makes of the contact's last line: a time cue, a name, a no, a question back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.drive.known import Known
from sim.scoring.wording import sentences, takes_leave, thread_value
from sim.transcript import Turn, word_count
from sim.understanding.contact_lines import ContactLine, read_contact_lines

_LOST = re.compile(
    r"lost me|lost the thread|lost track|(?:did|do)n['’]t (?:quite )?(?:follow|catch|get|think I)|another way|once more|again\?", re.I
)
_ABOUT_YOU = re.compile(r"\b(?:made you (?:want|write|think)|brought you|what made you|why (?:me|us)\b|drew you)", re.I)
_AND_YOU = re.compile(r"\b(?:and you|you|yourself|how are you)\?\s*$", re.I)
_JOB = re.compile(r"\b(?:opening|openings|vacanc\w+|job here|a job|position|looking to apply|a place for you)\b", re.I)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w'’-]+(?: (?:van|de|von|der|al|bin|la))*(?: [A-ZÀ-Þ][\w'’-]+)+")

LAST_MINUTES = 0.82
"""Share of the agreed time before which "I must go" is a figure of speech, or names the minutes that are left."""

FULL_ANSWER = 20
"""Words below which a line is no answer to take up, but a courtesy or a shrug."""

WORTH_TAKING_UP = 3.5
"""`thread_value` from which a sentence bears a question of its own."""


@dataclass(frozen=True)
class Scene:
    """Where the learner stands before their next message: everything said so far, and the clock on the wall."""

    known: Known
    turns: tuple[Turn, ...]
    minute: float

    @property
    def last(self) -> str:
        """The contact's last line."""
        return self.turns[-1].text

    @property
    def mine(self) -> int:
        """How many messages the learner has sent."""
        return sum(turn.speaker == "learner" for turn in self.turns)

    @property
    def left(self) -> float:
        """Minutes left of the agreed time; below 0 when it is over."""
        return self.known.agreed_minutes - self.minute

    @property
    def share(self) -> float:
        """How far the agreed time has run, from 0."""
        return self.minute / self.known.agreed_minutes

    @cached_property
    def line(self) -> ContactLine:
        """The contact's last line, read as the marks will read it."""
        before = self.turns[-2].text if len(self.turns) > 1 else ""
        return read_contact_lines([self.last], [before])[0]

    @property
    def must_go(self) -> bool:
        """Whether the contact says that it is time to stop."""
        return self.share >= LAST_MINUTES and (self.line.must_go or takes_leave(self.last))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of people in the last line that the learner has not heard before."""
        earlier = " ".join(turn.text for turn in self.turns[:-1])
        found = dict.fromkeys(m.group() for m in _NAME.finditer(self.last))
        return tuple(n for n in found if n not in earlier and not self.known.is_known(n))

    @property
    def asks_back(self) -> str:
        """What the contact asks of the learner: `job`, `again`, `about_me`, `well`, or nothing."""
        if not self.last.rstrip("\"'”’) ").endswith("?"):
            return ""
        asked = sentences(self.last)[-1]
        if _JOB.search(asked) and (self.line.raises_job or self.mine):
            return "job"
        if _LOST.search(self.last):
            return "again"
        if _ABOUT_YOU.search(asked):
            return "about_me"
        return "well" if _AND_YOU.search(asked) and self.mine <= 2 else ""

    def thread(self) -> str:
        """Return the sentence of the last line that is most worth taking up; empty where none is."""
        if self.line.no_referral or self.line.no_job or word_count(self.last) < FULL_ANSWER:
            return ""
        best = max(sentences(self.last), key=thread_value, default="")
        return best if best and thread_value(best) >= WORTH_TAKING_UP else ""


def keepsake(turns: Sequence[Turn]) -> str:
    """Return the contact's sentence most worth remembering, the earliest of equals; empty where there is none."""
    told = [s for turn in turns if turn.speaker == "contact" for s in sentences(turn.text)]
    best = max(told, key=thread_value, default="")
    return best if best and thread_value(best) > 0 else ""
