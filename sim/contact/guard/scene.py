"""What a line is held against: who speaks, what is locked, what the direction allows, what was said before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.contact.compose import LONGEST, STRETCH
from sim.contact.secrets import Secrets, plain, secrets_of
from sim.meeting import Direction
from sim.persona import Intent, Persona
from sim.ports import Brief
from sim.transcript import word_count

ANSWER_WORDS, REMARK_WORDS = 10, 3
"""Fewest words of an answer and of any other line. Source of the ten: the product's rule that people say 10 to 60 words."""

REPEAT_WORDS = 6
"""Words from which a sentence counts as said before; shorter ones are what people do say twice."""


@dataclass(frozen=True)
class Scene:
    """One line's circumstances. `known` is everything public or unlocked in plain form, the learner's own words included;
    `file` the same without what was said; `said` the contact's earlier sentences in plain form; `names` whom the contact has
    passed the learner on to, this line included.
    """

    persona: Persona
    direction: Direction
    secrets: Secrets
    file: str
    known: str
    said: frozenset[str]
    names: tuple[str, ...]
    minutes: float

    @property
    def most_words(self) -> int:
        """Longest this line may be: the direction's words and a little, as sentences end where they end."""
        return min(LONGEST, round(self.direction.max_words * STRETCH))

    @property
    def fewest_words(self) -> int:
        """Shortest this line may be."""
        return ANSWER_WORDS if self.direction.main in (Intent.ANSWER, Intent.FOLLOW_UP) else REMARK_WORDS


def scene_of(brief: Brief) -> Scene:
    """Return the scene of the line that the brief asks for."""
    from sim.contact.speech import sentences

    persona, state = brief.setup.persona, brief.step.state
    file = plain(" \n ".join(_public(persona, state.unlocked)))
    talk = [turn.text for turn in brief.turns]
    spoken = [s for turn in brief.turns if turn.speaker == "contact" for s in sentences(turn.text)]
    return Scene(
        persona=persona,
        direction=brief.step.direction,
        secrets=secrets_of(persona, state.unlocked),
        file=file,
        known=plain(" \n ".join([file, *talk])),
        said=frozenset(plain(s) for s in spoken if word_count(s) >= REPEAT_WORDS),
        names=tuple(item.split(":", 1)[1] for item in state.unlocked if item.startswith("referral:")),
        minutes=brief.setup.agreed_minutes,
    )


def _public(persona: Persona, unlocked: tuple[str, ...]) -> list[str]:
    texts = [persona.name, persona.title, persona.company, persona.summary, persona.setting or "", *persona.dossier.facts()]
    texts += [persona.referrer.name, persona.referrer.relation] if persona.referrer else []
    texts += [line for answer in persona.answers.values() for line in answer.says]
    texts += [line for lines in persona.lines.values() for line in lines]
    for fact in persona.private:
        if f"private:{fact.topic}" in unlocked:
            texts += [fact.tells, *fact.says]
    for referral in persona.referrals:
        if f"referral:{referral.name}" in unlocked:
            texts += [referral.name, referral.role, referral.good_for or "", *referral.says]
    return [re.sub(r"\s+", " ", t) for t in texts if t]
