"""What a line must say because the director decided it: a no, a name, a fact, the time, a goodbye."""

from __future__ import annotations

import re

from sim.contact.guard.scene import Scene
from sim.contact.match import content_words
from sim.contact.secrets import plain
from sim.persona import Intent

REFUSALS = (
    Intent.JOB_DEFLECTED,
    Intent.JOB_REFUSED_FIRMLY,
    Intent.REFERRAL_NOT_YET,
    Intent.REFERRAL_REFUSED,
    Intent.REFERRAL_PUSHED,
    Intent.MORE_TIME_REFUSED,
)
FAREWELLS = (Intent.LEAVING, Intent.LEAVING_EARLY, Intent.LEAVING_JOB)
CUES = (Intent.TIME_SOFT, Intent.TIME_HARD)

EXACT = (*REFUSALS, *FAREWELLS, Intent.REFERRAL_GRANTED, Intent.REFERRAL_DETAILS, Intent.STEERING_REFUSED, Intent.MORE_TIME_GRANTED)
"""Intents whose line is heard whole before a word of it is shown, since a wrong end would undo its beginning."""

TOLD = 0.3
"""Share of a revealed fact's content words that must be in the line; a retelling keeps its names, figures and nouns."""

_NO = re.compile(
    r"(?:\bno\b|\bnot\b|n['’]t\b|\bnever\b|\bcannot\b|\bnothing\b|\bnobody\b|\bno one\b|\bnone\b|\bafraid\b|\bunable\b|\brather\b|"
    r"\bsorry\b|\binstead\b|\bdecline\b|\bpass on that\b|\blater\b|\byet\b|\bearly\b|\balready\b|\bunfortunately\b)",
    re.I,
)
_TIME = re.compile(
    r"\b(?:minutes?|time|clock|hour|o'clock|wrap(?:ping)? up|stop (?:here|soon|in)|next (?:call|meeting|one)|another (?:call|meeting)|"
    r"have to (?:go|run|leave|stop|jump)|need to (?:go|run|leave|stop|jump)|last (?:\w+ )?(?:question|thing|one)|"
    r"one more (?:question|thing)|running (?:out|short|late)|(?:need|have|got) to (?:finish|close|be off)|the end)\b",
    re.I,
)
_GO = re.compile(
    r"\b(?:go|going|run|leave|leaving|stop|stopping|end|ending|finish|done|jump off|hang up|bye|goodbye|good-?bye|farewell|take care|"
    r"good luck|that's (?:it|all)|we're done|out of time|time is up|time's up)\b",
    re.I,
)
_YES = re.compile(
    r"\b(?:yes|sure|okay|ok|fine|of course|go on|all right|alright|certainly|can|few|more|another|extra|extend|two|five|ten)\b", re.I
)


def exact(scene: Scene) -> bool:
    """Tell whether the line must be heard whole before any of it is shown."""
    return bool(scene.direction.reveal) or any(intent in EXACT for intent in scene.direction.intents)


def unsaid(text: str, scene: Scene) -> tuple[Intent, ...]:
    """Return the intents whose essential words are missing from the line, in speaking order."""
    return tuple(intent for intent in dict.fromkeys(scene.direction.intents) if not _said(intent, text, scene))


def _said(intent: Intent, text: str, scene: Scene) -> bool:
    if intent in REFUSALS or intent is Intent.STEERING_REFUSED:
        return bool(_NO.search(text)) or (intent is Intent.STEERING_REFUSED and text.rstrip().endswith("?"))
    if intent in CUES:
        return bool(_TIME.search(text))
    if intent in FAREWELLS:
        return bool(_GO.search(text))
    if intent is Intent.MORE_TIME_GRANTED:
        return bool(_YES.search(text))
    if intent is Intent.REFERRAL_GRANTED:
        return _names_given(text, scene)
    if intent is Intent.REFERRAL_DETAILS and scene.direction.referral_name:
        return any(word in plain(text) for word in (plain(scene.direction.referral_name).split()[0], "them", "they", "my name", "me"))
    if intent in (Intent.ANSWER, Intent.FOLLOW_UP):
        return _facts_told(text, scene)
    return True


def _names_given(text: str, scene: Scene) -> bool:
    names = [reveal.item.split(":", 1)[1] for reveal in scene.direction.reveal if reveal.item.startswith("referral:")]
    return all(plain(name) in plain(text) for name in names)


def _facts_told(text: str, scene: Scene) -> bool:
    told = content_words(text)
    facts = [reveal for reveal in scene.direction.reveal if reveal.item.startswith("private:")]
    return all(any(_share(version, told) >= TOLD for version in (fact.tells, *fact.says)) for fact in facts)


def _share(fact: str, told: set[str]) -> float:
    words = content_words(fact)
    return len(words & told) / len(words) if words else 1.0
