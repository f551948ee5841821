"""Tell words from noise: keyboard mash, other alphabets, and languages the model does not read."""

from __future__ import annotations

import re
from functools import lru_cache

_FUNCTION = frozenset(
    """a about all am an and are as at be because been but
    by can could did do does don for from get go good had has have hello help her hey hi
    his how i if im in is it its just know like me more much my no not now of ok okay on one or our out please right say she should so
    some sorry sure tell thank thanks that the their them then there they this to too u up ur us very was way we well were what whats when
    where which who why will with would yeah yep yes yet you your youre""".split()
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
_MASHED = frozenset(row[n : n + 4] for row in _ROWS for n in range(len(row) - 3)) - {"erty"}
"""Four neighbouring keys of a row. One such run stands in English words (property, liberty), so it proves nothing."""
_VOWEL = re.compile(r"[aeiouyà-ÿ]", re.I)


_ENGLISH = re.compile(r"^(?:wh|kn|wr|th)|(?:ing|ed|ght|cks?|th|sh|ly|ness|ful|ow|rs|ts|ns|cs)$|oo|ea|wn$")
"""Spellings that are common in English and rare in its neighbours: telegrams leave out the small words, and are English still."""


def looks_like_noise(text: str) -> bool:
    """Tell whether a text holds letters but hardly any words: `asdf jkl`, `zzzzzz`, rows of one letter, symbols."""
    words = re.findall(r"[^\W\d_]+", text)
    if not words:
        return True
    known = [w for w in words if w.lower() in _FUNCTION]
    if known:
        return len(known) / len(words) < 0.02
    said = sum(len(w) for w in words) + sum(c.isdigit() for c in text)
    if said < 0.4 * len(re.sub(r"\s", "", text)) and len(words) < 3:
        return True
    odd = [w for w in words if len(w) > 3 and _is_odd(w.lower())]
    return len(odd) * 2 >= len(words) or (len(words) > 3 and len({w.lower() for w in words}) == 1)


def _is_odd(word: str) -> bool:
    mashed = any(run in word for run in _MASHED)
    return mashed or not _VOWEL.search(word) or bool(re.search(r"(.)\1\1|[^aeiouyà-ÿ\W\d_]{5,}", word))


@lru_cache(4_000)
def is_readable(text: str) -> bool:
    """Tell whether a text is English as far as function words can show, and more than one word over and over; short texts get the
    benefit of the doubt.
    """
    letters = [c for c in text if c.isalpha()]
    if letters and sum(c.isascii() or "À" <= c <= "ɏ" for c in letters) < 0.7 * len(letters):
        return False
    words = re.findall(r"[a-zÀ-ɏ]+(?=['’]|\b)", text.lower())
    if len(words) < 6:
        return True
    if len(set(words)) * 5 <= len(words):
        return False  # one word over and over
    small = sum(w in _FUNCTION for w in words)
    spelt = sum(w not in _FUNCTION and bool(_ENGLISH.search(w)) for w in words)
    return small >= 0.12 * len(words) or small + spelt >= 0.3 * len(words)
