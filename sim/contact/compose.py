"""From a direction to the words of one line: what to say for each intent, and how the parts are put together.

Deterministic: the seed, the turn and what was said before decide every choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.contact.answers import ANSWERS, Answers
from sim.contact.match import content_words
from sim.contact.repertoire import Repertoire
from sim.contact.script import Line, own_lines, stock
from sim.contact.speech import shorten, without_hand_back
from sim.contact.voice import first_name
from sim.meeting import Reveal
from sim.persona import Intent, Referral
from sim.ports import Brief, Utterance
from sim.transcript import word_count

LONGEST = 72
"""Words no line exceeds: nearly half a minute, after which even talkative people expect a reaction."""

STRETCH = 1.3
"""How far a line may pass the direction's words before something is left out; sentences end where they end."""

MUDDLE = 60
"""Words of a question beyond which nobody could say what it asks; what is shorter was asked clearly enough."""

NAMED = 0.5
"""Share of greetings that mention who opened the door."""

TIME_CUES = (Intent.TIME_SOFT, Intent.TIME_HARD)

SPARE = (Intent.RESEARCH_NOTICED, Intent.ACKNOWLEDGE, Intent.TIME_ACKNOWLEDGED, Intent.JOB_DISCLAIMED, Intent.HIRING_QUESTION)
"""Reactions that are left out where the line grows too long."""

ASKED = re.compile(r"\b(questions?|asked)\b", re.I)
"""Praise for the learner's questions, which one who has hardly asked any should not get."""

ENOUGH = 3
"""Questions answered from which they may be praised."""

COUNTED = re.compile(r"\bquestions\b|\blost count\b", re.I)
"""Talk of many questions, which one who asked a single one should not hear."""

WARM = re.compile(
    r"\b(?:wasted|pleasure|pleasant|enjoy\w*|fun|great|love\w*|glad|happy|worth|good (?:questions?|things)|decent questions|nice|nicely"
    r"|favou?rite|absolutely|appreciate\w*|delighted|mean that)\b",
    re.I,
)
"""Kind words, which ring false to somebody who was just told to mind their tone."""

FORGIVEN = ("friendly", "warm")
"""Moods in which a rebuke is forgotten."""


def compose(brief: Brief) -> Utterance:
    """Return the line that the brief's direction asks for."""
    return _Composer(brief).utterance()


class _Composer:
    """One line in the making."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.persona = brief.setup.persona
        self.state, self.direction = brief.step.state, brief.step.direction
        self.message = next((turn.text for turn in reversed(brief.turns) if turn.speaker == "learner"), "")
        self.lines = Repertoire(brief)
        self.lost: Intent | None = None

    def utterance(self) -> Utterance:
        intents = self.direction.intents
        parts = [(intent, text) for n, intent in enumerate(intents) if (text := self._part(intent, n))]
        if self.lost:  # praise before an "I don't follow" sounds like mockery
            parts = [part for part in parts if part[0] not in SPARE]
        text = self._join(parts)
        return Utterance(text=text, engine="scripted", used_lines=tuple(self.lines.used), intent=self.lost)

    def _part(self, intent: Intent, n: int) -> str:
        particular: dict[Intent, Callable[[], str]] = {
            Intent.GREETING: self._greeting,
            Intent.ANSWER: self._answer,
            Intent.FOLLOW_UP: self._answer,
            Intent.REFERRAL_GRANTED: self._referral,
        }
        if intent in particular:
            return particular[intent]()
        followed = n + 1 < len(self.direction.intents)
        return self._situation(intent, followed and intent is not Intent.JOB_CLARIFY)  # there the question is all of it

    def _join(self, parts: list[tuple[Intent, str]]) -> str:
        """Put the parts together; where that grows too long, leave out a mere courtesy, then the tail of the answer."""
        limit = min(LONGEST, round(self.direction.max_words * STRETCH))

        def over() -> int:
            return sum(word_count(text) for _, text in parts) - limit

        if over() > 0:
            parts = [part for part in parts if part[0] not in SPARE] or parts
        if over() > 0:
            parts = [(i, shorten(t, max(12, word_count(t) - over())) if i in ANSWERS else t) for i, t in parts]
        return " ".join(text for _, text in parts)

    # -- situations -----------------------------------------------------------------------------------------------------------

    def _situation(self, intent: Intent, followed: bool) -> str:
        """Say a line for the intent: the persona's own, then stock, then whatever is left to say.

        A part that is `followed` does not give the turn back; a reaction that could not but do so is left unsaid.
        """
        if intent is Intent.TIME_SOFT and self.direction.minutes_left < 1:
            intent = Intent.TIME_HARD
        pools = (own_lines(self.persona, intent), self.lines.stock_lines(intent))
        cuts: tuple[Callable[[str], str], ...] = (without_hand_back, str) if followed else (str,)
        for cut in cuts:
            for pool in pools:
                fitting = [line for line in pool if not any(unfit.search(line.text) for unfit in self._unfit(intent))]
                if text := self.lines.any(fitting, intent, cut):
                    return text
            if followed and intent in SPARE:
                return ""
        return self.lines.spent("not_understood" if intent in (Intent.NOT_UNDERSTOOD, Intent.NO_ANSWER) else "other")

    def _unfit(self, intent: Intent) -> list[re.Pattern[str]]:
        """Return the words that would be untrue here, in lines for this intent."""
        out: list[re.Pattern[str]] = []
        if intent is Intent.REFERRAL_GRANTED and self.state.questions_answered < ENOUGH:
            out.append(ASKED)
        if intent is Intent.RAMBLING and self.message.count("?") < 2:
            out.append(COUNTED)
        rebuked = any(reason == "rude" for reason, _ in self.state.reasons)
        if rebuked and self.direction.mood not in FORGIVEN:
            out.append(WARM)
        return out

    def _greeting(self) -> str:
        text = self._situation(Intent.GREETING, followed=False)
        if first_name(self.persona.name) not in text:
            text = f"{self.lines.any(stock().linking['greetings'], 'name', full_name=self.persona.name)} {text}"
        referrer = self.persona.referrer
        if referrer and first_name(referrer.name) not in text and self.lines.chance("referrer").random() < NAMED:
            text = f"{text} {self.lines.any(stock().linking['referrer'], 'referrer')}"
        return text

    # -- answers --------------------------------------------------------------------------------------------------------------

    def _answer(self) -> str:
        text = Answers(self.brief, self.lines, self.message).text()
        return text or self._lost()

    def _lost(self) -> str:
        """Say that there is no answer: to a clear question that one has none, else that it was not understood.

        Who asked clearly has done nothing wrong, and "I don't follow" would tell them that they had.
        """
        if self.direction.main not in ANSWERS:
            return ""
        cued = self.direction.intents[-1] in TIME_CUES
        asked = self.direction.question
        clear = bool(content_words(asked)) and word_count(asked) <= MUDDLE
        self.lost = Intent.NO_ANSWER if clear else Intent.NOT_UNDERSTOOD
        return self._situation(self.lost, followed=cued)

    # -- names ----------------------------------------------------------------------------------------------------------------

    def _referral(self) -> str:
        """Lead up to the name, then give it in the referral's words or in stock ones."""
        reveal = next((r for r in self.direction.reveal if r.item.startswith("referral:")), None)
        if reveal is None:
            return self._situation(Intent.REFERRAL_GRANTED, followed=False)
        lead = self._situation(Intent.REFERRAL_GRANTED, followed=True)
        own = [Line(f"{reveal.item}.{n}", text) for n, text in enumerate(reveal.says)]
        return f"{lead} {self.lines.any(own, 'name') or self._name(reveal)}"

    def _name(self, reveal: Reveal) -> str:
        name = reveal.item.split(":", 1)[1]
        found = next(r for r in self.persona.referrals if r.name == name)
        role = _role(found, self.persona.company)
        text = self.lines.any(stock().linking["referral"], "name", full_name=name, role=role)
        if found.good_for:
            good_for = re.split(r"[;.]", found.good_for)[0].strip()
            text = f"{text} {self.lines.any(stock().linking['good_for'], 'good for', good_for=good_for)}"
        return text


def _role(referral: Referral, company: str) -> str:
    """Return the role as one says it of a colleague: the own company's name gives way to "our"."""
    role = re.sub(r"\s*\([^)]*\)", "", referral.role).strip()
    inside = re.sub(rf",?\s*(?:at\s+)?{re.escape(company)}$", "", role)
    if inside != role and not re.match(r"(?:a|an|the|our|my)\b", inside, re.I):
        return f"our {inside}"
    return inside
