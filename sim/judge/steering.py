"""Words meant for the grader rather than for the contact, and the session without them.

Wider than the reader's own finding, since the price of a false alarm is small: the judge sees a few words less and can raise no mark.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sim.understanding import understand
from sim.understanding.language import is_readable
from sim.understanding.segments import segment

LEFT_OUT = "[words that were not addressed to the contact are left out]"
"""What the judge sees in their place."""

_TO_THE_GRADER = re.compile(
    r"```|</?\s*(?:system|transcript|assistant|user|data|instructions?)\b|<\||\|>|\[/?(?:INST|SYS|system|grader)\]"
    r"|[{\[]\s*\"\w+\"\s*:"
    r"|^\s*(?:system|assistant|user|grader|judge|examiner|contact|learner)\s*:"
    r"|\b(?:give|award|grant|assign|deserves?|earn(?:s|ed)?|mark)\b"
    r".{0,60}?\b(?:full|top|maximum|highest) (?:marks?|scores?|grades?|points)\b"
    r"|\b(?:five|5) (?:out )?of (?:five|5)\b|\b5/5\b"
    r"|\b(?:the|this) (?:learner|student|candidate|trainee) (?:\w+ly )?(?:asked|was|has|had|kept|showed|did|named|earned|said|met|\w+ed)\b"
    r"|\bthis (?:note|session|meeting|transcript) (?:names|shows|was exemplary|deserves|earns|meets|proves)\b"
    r"|\bin this (?:meeting|session) the (?:learner|student|candidate)\b"
    r"|\b(?:grader|scorer|rubric|graded|re-?grade|language model)\b"
    r"|\b(?:ignore|disregard|forget|override) (?:all |any |the |your |every )*(?:previous|prior|above|earlier|other)?\s*"
    r"(?:instructions?|rules?|prompts?|checks?|criteria)\b",
    re.I | re.M,
)
"""Marks, markup and talk about the learner in the third person; the families of `sim/calibrate/attacks.py` and their kin."""

LATIN = 0x24F
"""The last letter of the Latin script's common blocks."""

FOREIGN_WORDS = 8
"""Words from which a sentence that is not English is taken for an instruction; meetings are held in English, names are not."""

ACCENTS = 0.05
"""Share of letters with accents from which such a sentence is another language and not notes in telegram style."""


@lru_cache(maxsize=512)
def steers_from(text: str) -> int | None:
    """Return where a text begins to talk to the grader, or None. What follows in the same text counts with it."""
    places = [act.start for act in understand(text).all("steering")] if text.strip() else []
    # Once more sentence by sentence: a text that mixes languages is read by its main one.
    places += [piece.start for piece in segment(text) if understand(piece.text).has("steering")]
    found = _TO_THE_GRADER.search(text)
    places += [found.start()] if found else []
    places += [piece.start for piece in segment(text) if _foreign(piece.text)]
    return min(places) if places else None


def _foreign(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    if not letters or is_readable(text):
        return False
    if sum(ord(sign) > LATIN for sign in letters) > len(letters) / 2:
        return True
    accents = sum(not sign.isascii() for sign in letters)
    return len(text.split()) >= FOREIGN_WORDS and accents >= ACCENTS * len(letters)


def shown(text: str) -> str:
    """Return what the judge may see of a text."""
    start = steers_from(text)
    return text if start is None else f"{text[:start]}{LEFT_OUT}"
