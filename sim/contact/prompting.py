"""From a brief to the messages a model is asked with.

The order is for providers that charge less for a prefix they have seen: who you are and the rules, never changing within a
meeting; then the conversation, which only grows; then the direction for this one line. What is locked is in none of them, and
what was unlocked travels in the direction of the line that tells it, afterwards in the conversation itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sim.contact.directions import directions
from sim.contact.script import own_answers
from sim.contact.secrets import Secrets, secrets_of
from sim.contact.speech import sentences
from sim.meeting import Direction
from sim.model.prompts import prompt
from sim.persona import Intent, Persona
from sim.ports import Brief
from sim.transcript import word_count

Message = tuple[str, str]
"""A role (system, human or ai, as LangChain names them) and a text."""

TALK_WORDS = 700
"""Words of the persona's own answers in the part that never changes: some 900 tokens, one answer a topic as far as they go. More
would be freer of invention and dearer; small local models also have short memories (our judgement)."""

TITLES = ("system", "opening", "direction")


@dataclass(frozen=True)
class Asked:
    """What a model is asked, and by which prompts (their names, with version and digest)."""

    messages: tuple[Message, ...]
    prompts: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The texts alone, for counting tokens."""
        return [text for _, text in self.messages]


def ask(brief: Brief, again: str = "") -> Asked:
    """Return the messages for one line; `again` is the rule that an attempt before this one broke."""
    system, opening, direction = (prompt(f"contact/line.{title}") for title in TITLES)
    talk = [("human" if turn.speaker == "learner" else "ai", turn.text) for turn in brief.turns]
    messages = (
        ("system", system.render(**_stable(brief))),
        ("human", opening.render()),
        *talk,
        ("system", direction.render(**_direction(brief, again))),
    )
    return Asked(messages, (system.name, opening.name, direction.name, f"contact/words@{directions().version}"))


# -- what never changes -------------------------------------------------------------------------------------------------------


def _stable(brief: Brief) -> dict[str, object]:
    """Return the inputs that stay the same for a whole meeting: held against everything that is locked at its start."""
    persona = brief.setup.persona
    secrets = secrets_of(persona, ())
    referrer = persona.referrer
    return {
        "name": _line(persona.name),
        "pronouns": _line(persona.pronouns or ""),
        "title": _line(persona.title),
        "company": _line(persona.company),
        "minutes": round(brief.setup.agreed_minutes),
        "setting": _open(persona.setting or "", secrets),
        "summary": _open(persona.summary, secrets),
        "manner": _manner(persona),
        "referrer": _open(f"{referrer.name}, {referrer.relation}", secrets) if referrer else "",
        "dossier": [fact for f in persona.dossier.facts() if (fact := _open(f, secrets))],
        "talk": _talk(persona, secrets),
    }


def _line(text: str) -> str:
    """Return a persona's words as one line: what an author, or a stranger's card, writes cannot open a section of its own."""
    return re.sub(r"\s+", " ", text).strip()


def _open(text: str, secrets: Secrets) -> str:
    """Return the sentences of a text that give nothing locked away."""
    return " ".join(s for s in sentences(_line(text)) if not secrets.told_by(s)) if not secrets.quoted_in(text) else ""


def _manner(persona: Persona) -> str:
    mind, words = persona.temperament, directions().manner
    return f"{words.patience[mind.patience - 1]}, {words.warmth[mind.warmth - 1]}, {words.talkativeness[mind.talkativeness - 1]}."


def _talk(persona: Persona, secrets: Secrets) -> list[tuple[str, str]]:
    """Return the first answer of each topic, in the file's order, as far as `TALK_WORDS` go."""
    told: list[tuple[str, str]] = []
    room = TALK_WORDS
    for topic in persona.answers:
        words = _open(own_answers(persona, topic)[0].text, secrets)
        room -= word_count(words)
        if room < 0:
            break
        if words:
            told.append((topic.replace("_", " "), words))
    return told


# -- the direction ------------------------------------------------------------------------------------------------------------


def _direction(brief: Brief, again: str) -> dict[str, object]:
    words, direction = directions(), brief.step.direction
    private = [r.tells for r in direction.reveal if r.item.startswith("private:")]
    referral = [_referral(brief.setup.persona, r.item) for r in direction.reveal if r.item.startswith("referral:")]
    details = direction.referral_name if Intent.REFERRAL_DETAILS in direction.intents else None
    return {
        "mood": words.moods[direction.mood],
        "steps": [words.intents[intent] for intent in direction.intents],
        "material": "" if private else _material(brief),
        "tells": _line(" ".join(private)),
        "referral": "; ".join(referral),
        "name": _line(details or ""),
        "minutes_left": direction.minutes_left if _needs_time(direction) else 0,
        "most": direction.max_words,
        "again": words.again.get(again, ""),
    }


def _needs_time(direction: Direction) -> bool:
    return direction.cue != "none" or any(i in (Intent.GREETING, Intent.TIME_ACKNOWLEDGED) for i in direction.intents)


def _referral(persona: Persona, item: str) -> str:
    name = item.split(":", 1)[1]
    found = next(r for r in persona.referrals if r.name == name)
    return _line(f"{name}, {found.role}" + (f" (good for: {found.good_for})" if found.good_for else ""))


def _material(brief: Brief) -> str:
    """Return a line of the persona's own on the topic that has not been said, and is not in the part that never changes."""
    persona, direction, state = brief.setup.persona, brief.step.direction, brief.step.state
    secrets = secrets_of(persona, state.unlocked)
    said = " ".join(turn.text for turn in brief.turns if turn.speaker == "contact")
    known = {words for _, words in _talk(persona, secrets_of(persona, ()))}
    return next((w for w in _candidates(persona, direction.topics, secrets) if w not in known and w not in said), "")


def _candidates(persona: Persona, topics: Iterable[str], secrets: Secrets) -> Iterable[str]:
    for topic in list(topics)[:1]:
        for line in own_answers(persona, topic):
            if words := _open(line.text, secrets):
                yield words
