"""From a direction to the words of one line: what to say for each intent, and how the parts are put together.

Deterministic: the seed, the turn and what was said before decide every choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.contact.facts import fact_asked_for, fact_for
from sim.contact.match import best, share_said, shared
from sim.contact.repertoire import RELATED, Repertoire
from sim.contact.script import Line, own_answers, own_lines, private_lines, stock
from sim.contact.speech import sentences, shorten, without_hand_back
from sim.contact.voice import first_name, in_first_person
from sim.meeting import Reveal
from sim.persona import Intent, Referral
from sim.ports import Brief, Utterance
from sim.transcript import word_count

LONGEST = 72
"""Words no line exceeds: nearly half a minute, after which even talkative people expect a reaction."""

STRETCH = 1.3
"""How far a line may pass the direction's words before something is left out; sentences end where they end."""

OPENED = 0.3
"""Share of answers that begin by taking up the question's subject. More sounds like a habit."""

UNSURE = 0.6
"""Share of clear questions without an answer that get "I don't know" and not "I don't follow"."""

NAMED = 0.5
"""Share of greetings that mention who opened the door."""

ANSWERS = (Intent.ANSWER, Intent.FOLLOW_UP)
TIME_CUES = (Intent.TIME_SOFT, Intent.TIME_HARD)

SPARE = (Intent.RESEARCH_NOTICED, Intent.ACKNOWLEDGE, Intent.TIME_ACKNOWLEDGED, Intent.JOB_DISCLAIMED, Intent.HIRING_QUESTION)
"""Reactions that are left out where the line grows too long."""

ASKED = re.compile(r"\b(questions?|asked)\b", re.I)
"""Praise for the learner's questions, which one who has hardly asked any should not get."""

SAME = 0.5
"""Share of a sentence's content words that were just said from which it only says them again."""

WORTH_SAYING = 8
"""Words that must be left of such a telling for it to stand alone."""


def compose(brief: Brief) -> Utterance:
    """Return the line that the brief's direction asks for."""
    return _Composer(brief).utterance()


class _Composer:
    """One line in the making."""

    def __init__(self, brief: Brief) -> None:
        self.persona = brief.setup.persona
        self.state, self.direction = brief.step.state, brief.step.direction
        self.message = next((turn.text for turn in reversed(brief.turns) if turn.speaker == "learner"), "")
        self.question = self.direction.question or self.message
        self.lines = Repertoire(brief)
        self.understood = True

    def utterance(self) -> Utterance:
        intents = self.direction.intents
        parts = [(intent, text) for n, intent in enumerate(intents) if (text := self._part(intent, n))]
        lost = not self.understood and self.direction.main in ANSWERS
        if lost:  # praise before an "I don't follow" sounds like mockery
            parts = [part for part in parts if part[0] not in SPARE]
        text = self._join(parts)
        intent = Intent.NOT_UNDERSTOOD if lost else None
        return Utterance(text=text, engine="scripted", used_lines=tuple(self.lines.used), intent=intent)

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

    def _situation(self, intent: Intent, followed: bool, unless: re.Pattern[str] | None = None) -> str:
        """Say a line for the intent: the persona's own, then stock, then whatever is left to say.

        A part that is `followed` does not give the turn back; a reaction that could not but do so is left unsaid. Lines with
        words that match `unless` are passed over.
        """
        if intent is Intent.TIME_SOFT and self.direction.minutes_left < 1:
            intent = Intent.TIME_HARD
        pools = (own_lines(self.persona, intent), self.lines.stock_lines(intent))
        cuts: tuple[Callable[[str], str], ...] = (without_hand_back, str) if followed else (str,)
        for cut in cuts:
            for pool in pools:
                fitting = [line for line in pool if not (unless and unless.search(line.text))]
                if text := self.lines.any(fitting, intent, cut):
                    return text
            if followed and intent in SPARE:
                return ""
        return self.lines.spent("not_understood" if intent is Intent.NOT_UNDERSTOOD else "other")

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
        """Tell what was unlocked; else answer the topics, at most two, briefly; else see what the question may be about."""
        reveal = self._revealed("private:")
        if reveal:
            return self._tell(reveal)
        topics = self.direction.topics
        if not topics:
            return self._without_topic()
        texts = [text for n, topic in enumerate(topics) if (text := self._one_of(n, topic))]
        if not texts:
            return self._say_dry()
        return " ".join([*self._opening(), *texts])

    def _one_of(self, n: int, topic: str) -> str:
        """Answer one of the topics; from the second on, say first which."""
        text = self._more_of_private(topic) or self._rather_on_it(topic) or self._on(topic, len(self.direction.topics))
        which = self.lines.any(stock().openings.get(topic, ()), "which") if text and n else ""
        return f"{which} {text}".strip()

    def _on(self, topic: str, of: int) -> str:
        own = own_answers(self.persona, topic)
        going_on = self.direction.builds or self.direction.main is Intent.FOLLOW_UP
        text = self.lines.fitting(own, self.question, 1 if going_on else RELATED) if own else self._stock_answer(topic)
        return shorten(text, self.direction.max_words // 2 + 4) if of > 1 else text

    def _stock_answer(self, topic: str) -> str:
        """Say a stock answer, with a fact of the dossier in it where one fits."""
        frames = stock().answers.get(topic, ())
        fact = fact_for(self.persona, topic, self.question, self.message, self._used())
        if fact:
            with_fact = [f for f in frames if "{fact}" in f.text]
            if text := self.lines.any(with_fact, topic, fact=fact.text):
                self.lines.used.append(fact.id)
                return text
        return self.lines.any([f for f in frames if "{fact}" not in f.text], topic)

    def _say_dry(self) -> str:
        """Nothing is left on the topic: say so, in the persona's way."""
        for pool in (own_lines(self.persona, Intent.FOLLOW_UP), stock().lines[Intent.FOLLOW_UP]):
            if text := self.lines.any(pool, "dry"):
                return text
        return self.lines.spent("answer")

    def _without_topic(self) -> str:
        """Try the persona's own subjects, the subject at hand, and the facts; else say that it was not understood."""
        asks = [(topic, ask) for topic, answer in self.persona.answers.items() for ask in answer.asks]
        index = best(self.question, [ask for _, ask in asks], RELATED)
        if index is not None and (text := self._on(asks[index][0], 1)):
            return text
        if text := self._still_on_it():
            return text
        fact = fact_asked_for(self.persona, self.question, self.message, self._used())
        if fact and (text := self.lines.say(fact)):
            return text
        return self._lost()

    def _lost(self) -> str:
        """Say that there is no answer: to a clear question that one has none, else that it was not understood."""
        self.understood = False
        if self.direction.main not in ANSWERS:
            return ""
        cued = self.direction.intents[-1] in TIME_CUES
        clear = bool(self.direction.question) and self.lines.chance("unsure").random() < UNSURE
        pool = stock().linking["unsure"] if clear else ()
        text = self.lines.any(pool, "unsure", without_hand_back if cued else str)
        return text or self._situation(Intent.NOT_UNDERSTOOD, followed=cued)

    def _still_on_it(self, at_least: int = 1) -> str:
        """Say what is left on the subject of the last answer, if it shares so many words with the question."""
        last = next((i.split(".")[1] for i in reversed(self.state.used_lines) if i.startswith("answers.")), "")
        able = [line for line in own_answers(self.persona, last) if self.lines.sayable(line)]
        index = best(self.question, [line.text for line in able], at_least)
        return "" if index is None else self.lines.say(able[index])

    def _rather_on_it(self, topic: str) -> str:
        """Where the learner takes up the last answer, stay with it unless the topic's own lines are nearer to the question."""
        if not self.direction.builds or len(self.direction.topics) > 1:
            return ""
        nearest = max((shared(self.question, line.text) for line in own_answers(self.persona, topic)), default=0)
        return self._still_on_it(max(1, nearest))

    def _used(self) -> tuple[str, ...]:
        return (*self.state.used_lines, *self.lines.used)

    def _opening(self) -> list[str]:
        """Return a few words taken up from the question, now and then; none after another reaction."""
        if self.direction.intents[0] not in ANSWERS or self.lines.chance("opening").random() >= OPENED:
            return []
        topic = self.direction.topics[0]
        first_time = any(use.topic == topic and use.times == 1 for use in self.state.topics)
        pool: tuple[Line, ...] = ()
        if self.direction.builds:
            pool = stock().linking["builds"]
        elif first_time and len(self.direction.topics) == 1:
            pool = stock().openings.get(topic, ())
        return [text] if (text := self.lines.any(pool, "opening")) else []

    # -- what was unlocked ----------------------------------------------------------------------------------------------------

    def _revealed(self, kind: str) -> Reveal | None:
        return next((r for r in self.direction.reveal if r.item.startswith(kind)), None)

    def _tell(self, reveal: Reveal) -> str:
        """Tell the unlocked fact: the persona's first words for it, or the plain fact in the first person."""
        own = private_lines(self.persona, reveal.item)
        text = self.lines.say(own[0]) if own else ""
        spoken_of = any(use.times > 1 and f"private:{use.topic}" == reveal.item for use in self.state.topics)
        lead = self.lines.any(stock().linking["more" if spoken_of else "private"], "lead") if spoken_of or not text else ""
        return f"{lead} {text or in_first_person(reveal.tells, self.persona)}".strip()

    def _more_of_private(self, topic: str) -> str:
        """Go on about a private fact told in the last line, with the file's next words for it less what they repeat."""
        item = f"private:{topic}"
        opened = dict(zip(self.state.unlocked, self.state.unlocked_turns, strict=True))
        just_told = opened.get(item, -1) >= self.state.turn - 2
        own = private_lines(self.persona, item) if just_told else ()
        if not own or not self.lines.was_used(own[0]):
            return ""
        fresh = next((line for line in own[1:] if self.lines.sayable(line)), None)
        rest = " ".join(s for s in sentences(fresh.text) if share_said(s, own[0].text) < SAME) if fresh else ""
        if fresh is None or word_count(rest) < WORTH_SAYING:
            return ""
        self.lines.used.append(fresh.id)
        return rest

    def _referral(self) -> str:
        """Lead up to the name, then give it in the referral's words or in stock ones."""
        reveal = self._revealed("referral:")
        if reveal is None:
            return self._situation(Intent.REFERRAL_GRANTED, followed=False)
        lead = self._situation(Intent.REFERRAL_GRANTED, followed=True, unless=None if self._asked_enough() else ASKED)
        own = [Line(f"{reveal.item}.{n}", text) for n, text in enumerate(reveal.says)]
        return f"{lead} {self.lines.any(own, 'name') or self._name(reveal)}"

    def _asked_enough(self) -> bool:
        return self.state.questions_answered >= 3

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
