"""What a contact has to say to a question: what was unlocked, what the topics hold, what the question's own words point to.

Where nothing fits, nothing is said: a line on something else would be a wrong answer given with confidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.contact.facts import fact_asked_for, fact_for
from sim.contact.match import best, content_words, share_said, shared
from sim.contact.repertoire import RELATED, Repertoire
from sim.contact.script import Line, own_answers, own_lines, private_lines, stock
from sim.contact.speech import sentences, shorten
from sim.contact.voice import in_first_person
from sim.meeting import Reveal
from sim.persona import Intent
from sim.ports import Brief
from sim.transcript import word_count

OPENED = 0.3
"""Share of answers that begin by taking up the question's subject. More sounds like a habit."""

POINTED, POINTED_SPECIFIC = 4, 2
"""Content words from which a follow-up asks for something in particular, and just any more of the subject is no answer to it: fewer where
the question could be put to nobody else.
"""

NAMED = 3
"""Content words by which a question names one of the persona's own subjects, whatever topic it was read as."""

SAME = 0.5
"""Share of a sentence's content words that were just said from which it only says them again."""

WORTH_SAYING = 8
"""Words that must be left of such a telling for it to stand alone."""

ANSWERS = (Intent.ANSWER, Intent.FOLLOW_UP)


class Answers:
    """The answer of one line. `message` is all that the learner said, the direction's question the part that asks."""

    def __init__(self, brief: Brief, lines: Repertoire, message: str) -> None:
        self.persona = brief.setup.persona
        self.state, self.direction = brief.step.state, brief.step.direction
        self.turns = brief.turns
        self.said = tuple(turn.text for turn in brief.turns)
        self.question = self.direction.question or message
        self.lines = lines
        self.hedged = False

    def text(self) -> str:
        """Tell what was unlocked; else answer the topics, at most two, briefly; else see what the question may be about.

        "" where there is no answer to the question.
        """
        reveal = next((r for r in self.direction.reveal if r.item.startswith("private:")), None)
        if reveal:
            return self._tell(reveal)
        topics = self.direction.topics
        if not topics:
            return self._by_words()
        texts: list[str] = []
        for topic in topics:
            text = self._one_of(topic)
            texts += [self._bridge(topic), text] if text and texts else [text] if text else []
        if not texts:
            return "" if self._pointed() or self.direction.specific else self._say_dry()
        return " ".join([*self._opening(texts[-1]), *texts])

    # -- by topic -------------------------------------------------------------------------------------------------------------

    def _one_of(self, topic: str) -> str:
        alone = len(self.direction.topics) == 1
        nearer = (self._own_subject(topic) or self._rather_on_it(topic)) if alone else ""
        text = self._more_of_private(topic) or nearer or self._on(topic)
        return text if alone else shorten(text, self.direction.max_words // 2 + 4)

    def _bridge(self, topic: str) -> str:
        """Return the words between two answers: in one breath they would else read as one that makes no sense."""
        named = self.lines.any(stock().openings.get(topic, ()), "bridge")
        return f"And {named[0].lower()}{named[1:]}" if named else self.lines.any(stock().linking["also"], "bridge")

    def _on(self, topic: str) -> str:
        own = own_answers(self.persona, topic)
        if not own:
            return self._stock_answer(topic)
        if self.direction.builds or self.direction.main is Intent.FOLLOW_UP:
            return self._further(topic)
        fresh = [line for line in own if self.lines.untold(line)]
        if fresh and self._asks_beside(topic, fresh):
            return self._nearest(fresh[0])
        return self.lines.fitting(fresh, self.question)

    def _asks_beside(self, topic: str, fresh: Sequence[Line]) -> bool:
        """Tell whether what could be asked of nobody else shares no word with what there is on a common topic. A topic of the persona's
        own, with example questions, was found by these.
        """
        named = bool(self.persona.answers[topic].asks)
        return self.direction.specific and not named and best(self.question, [line.text for line in fresh], 1) is None

    def _further(self, topic: str) -> str:
        """Go on with a topic: by a line that shares a word with the question, else by the next, owning up where that is beside it."""
        left = self._left_on(topic)
        if not left:
            return ""
        pointed = self._pointed()
        index = best(self.question, [line.text for line in left], RELATED if pointed else 1)
        return self._nearest(left[0]) if index is None and pointed else self.lines.say(left[index or 0])

    def _pointed(self) -> bool:
        """Tell whether a follow-up asks for something in particular."""
        enough = POINTED_SPECIFIC if self.direction.specific else POINTED
        return self.direction.main is Intent.FOLLOW_UP and len(content_words(self.question)) >= enough

    def _nearest(self, line: Line) -> str:
        """Say a line that is only near to the question, owning up to that; "" where that was owned up to too often."""
        lead = self.lines.any(stock().linking["nearest"], "nearest")
        self.hedged = bool(lead)
        return f"{lead} {self.lines.say(line)}" if lead else ""

    def _left_on(self, topic: str) -> list[Line]:
        """Return what is left to say on a topic. Its first line opens the subject, and once that is open it is no answer to a follow-up."""
        own = own_answers(self.persona, topic)
        opened = any(i.startswith((f"answers.{topic}.", f"private.{topic}.")) for i in self._used())
        fresh = [line for line in own if self.lines.untold(line)]
        return [line for line in fresh if not opened or line is not own[0]]

    def _own_subject(self, topic: str) -> str:
        """Answer on one of the persona's own subjects where its example questions are nearer to the question than the topic is."""
        if self.persona.answers.get(topic) and self.persona.answers[topic].asks:
            return ""
        subject = self._subject_asked_for(max(NAMED, self._nearest_on(topic) + 1))
        return self._on(subject) if subject else ""

    def _subject_asked_for(self, at_least: int) -> str:
        asks = [(topic, ask) for topic, answer in self.persona.answers.items() for ask in answer.asks]
        index = best(self.question, [ask for _, ask in asks], at_least)
        return "" if index is None else asks[index][0]

    def _rather_on_it(self, topic: str) -> str:
        """Where the learner takes up the last answer, stay with it if what is left there is nearer to the question than the topic."""
        return self._still_on_it(max(RELATED, self._nearest_on(topic) + 1)) if self.direction.builds else ""

    def _nearest_on(self, topic: str) -> int:
        return max((shared(self.question, line.text) for line in own_answers(self.persona, topic)), default=0)

    def _still_on_it(self, at_least: int = 1) -> str:
        """Say what is left on the subject of the last answer, if it shares so many words with the question."""
        left = self._left_on(self._last_subject())
        index = best(self.question, [line.text for line in left], at_least)
        return "" if index is None else self.lines.say(left[index])

    def _last_subject(self) -> str:
        """Return the topic of the persona's last line of substance; "" where there was none."""
        return next((i.split(".")[1] for i in reversed(self.state.used_lines) if i.startswith(("answers.", "private."))), "")

    def _stock_answer(self, topic: str) -> str:
        """Say a stock answer, with a fact of the dossier in it where one fits."""
        frames = stock().answers.get(topic, ())
        fact = fact_for(self.persona, topic, self.question, self.said, self._used())
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

    # -- without a topic ------------------------------------------------------------------------------------------------------

    def _by_words(self) -> str:
        """Try the persona's own subjects, the subject at hand, and the facts, by the words they share with the question.

        Where none does, and the question before had no answer either, there is more on the subject at hand, said to be only near the
        question: nobody leaves two clear questions running without a word of substance while they have one.
        """
        subject = self._subject_asked_for(RELATED)
        if subject and (text := self._on(subject)):
            return text
        if text := self._still_on_it():
            return text
        fact = fact_asked_for(self.persona, self.question, self.said, self._used())
        if fact and (text := self.lines.say(fact)):
            return text
        left = self._left_on(self._last_subject()) if self._had_no_answer() else []
        return self._nearest(left[0]) if left else ""

    def _had_no_answer(self) -> bool:
        last = next((turn.text for turn in reversed(self.turns) if turn.speaker == "contact"), "")
        honest = (*own_lines(self.persona, Intent.NO_ANSWER), *stock().lines[Intent.NO_ANSWER])
        return any(line.text in last for line in honest)

    def _used(self) -> tuple[str, ...]:
        return (*self.state.used_lines, *self.lines.used)

    def _opening(self, answer: str) -> list[str]:
        """Return a few words taken up from the question, now and then; none after another reaction or an excuse, and none that says to go
        on from it before an answer that does not.
        """
        if self.hedged or self.direction.intents[0] not in ANSWERS or self.lines.chance("opening").random() >= OPENED:
            return []
        topic = self.direction.topics[0]
        first_time = any(use.topic == topic and use.times == 1 for use in self.state.topics)
        pool: tuple[Line, ...] = ()
        if self.direction.builds:
            pool = stock().linking["builds"] if shared(self.question, answer) >= RELATED else ()
        elif first_time and len(self.direction.topics) == 1:
            pool = stock().openings.get(topic, ())
        return [text] if (text := self.lines.any(pool, "opening")) else []

    # -- what was unlocked ----------------------------------------------------------------------------------------------------

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
