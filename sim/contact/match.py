"""Which of several texts shares the words that matter with a question. No meaning is read here, only words compared."""

from __future__ import annotations

import re
from collections.abc import Sequence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STOP = _set(
    "a about after again all also am an and any are as ask at back be been before being but by came can could day did do "
    "does doing done each else even ever every everybody first for from get give go going good got had has have having he "
    "her here him his how i if in into is it its itself job just keep kind know last let like little look lot made make "
    "many may me mean might mine more most much must my need never new no not now of off oh ok okay on one only or other "
    "our out over own people person put quite read really right said same saw say see she should so some somebody someone "
    "something sort still such sure take talk tell than thank thanks that the their them then there these they thing things "
    "think this those through time to today too two up us use used very want wanted was way we well went were what when "
    "where which while who why will with wondering work worked working works would year years yes yet you your yours "
    "yourself curious interested question wonder"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def _stem(word: str) -> str:
    word = re.sub(r"['’].*$", "", word)
    for ending in ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "er", "ers"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def content_words(text: str) -> set[str]:
    """Return the stems of the words that carry content, numbers included."""
    words = (w.lower() for w in _WORD.findall(text))
    return {_stem(w) for w in words if w not in _STOP and (len(w) > 2 or w.isdigit())}


def shared(question: str, text: str) -> int:
    """Return how many content words two texts share."""
    return len(content_words(question) & content_words(text))


def share_said(fact: str, message: str) -> float:
    """Return which share of a fact's content words a message already holds, 0 to 1."""
    words = content_words(fact)
    return len(words & content_words(message)) / len(words) if words else 0.0


def best(question: str, texts: Sequence[str], at_least: int) -> int | None:
    """Return the index of the text sharing most content words with the question, the first of equals; None below `at_least`."""
    wanted = content_words(question)
    scores = [len(wanted & content_words(t)) for t in texts]
    top = max(scores, default=0)
    return scores.index(top) if top >= at_least else None
