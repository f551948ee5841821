"""Read the figures of a text, in digits or written out: "3,400", "8k", "1.9 million", "three thousand four hundred"."""

from __future__ import annotations

import re
from functools import lru_cache

_UP_TO_NINETEEN = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen"""
_SMALL = {word: n for n, word in enumerate(_UP_TO_NINETEEN.split())}
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_LARGE = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:k|m|bn)?(?![a-z])|\d+|[a-zà-ÿ]+|%|[.,;:!?]")


@lru_cache(2_000)
def words_and_figures(text: str) -> tuple[tuple[str, float | None], ...]:
    """Return the words of a text in order, in lower case, with the value of those that are figures; a run of number
    words is one entry, a mark of punctuation another.
    """
    plain = text.lower().replace("-", " ").replace("per cent", "percent").replace("%", " percent")
    tokens = _TOKEN.findall(plain)
    out: list[tuple[str, float | None]] = []
    at = 0
    while at < len(tokens):
        value, after = _number(tokens, at)
        out.append((" ".join(tokens[at:after]), value) if value is not None else (tokens[at], None))
        at = after if value is not None else at + 1
    return tuple(out)


def _number(tokens: list[str], at: int) -> tuple[float | None, int]:
    """Return the number that begins at a token and the place after it; None where none begins."""
    total, current, place, seen, written = 0.0, 0.0, at, False, True
    while place < len(tokens):
        word, after = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else ""
        digits = re.fullmatch(r"(\d[\d.,]*?)(k|m|bn)?", word)
        if digits and not seen:
            current, written = float(_point(digits.group(1))) * _LARGE.get(digits.group(2) or "", 1), False
        elif written and word in _SMALL and (not seen or current % 100 == 0 or (current % 10 == 0 and _SMALL[word] < 10)):
            current += _SMALL[word]
        elif written and word in _TENS and (not seen or current % 100 == 0):
            current += _TENS[word]
        elif written and word in _TENS and 15 <= current <= 20:
            current = 100 * current + _TENS[word]  # nineteen sixty-eight
        elif word in ("hundred", "hundreds") and current < 100:
            current = max(current, 1) * 100
        elif word in ("thousand", "million", "billion") and (seen or after not in ("", "of")):
            total, current = total + max(current, 1) * _LARGE[word], 0.0
        elif seen and word == "point" and after in _SMALL:
            current, place = current + _SMALL[after] / 10, place + 1
        elif seen and word == "and" and tokens[place + 1 : place + 3] == ["a", "half"]:
            current, place = current + 0.5, place + 2
        elif seen and word == "and" and current % 100 == 0 and (after in _SMALL or after in _TENS):
            place += 1
            continue
        else:
            break
        seen, place = True, place + 1
    return (total + current, place) if seen else (None, at)


def _point(digits: str) -> str:
    """Return figures as Python reads them: commas between thousands go."""
    plain = re.sub(r",(?=\d{3})", "", digits).replace(",", ".").rstrip(".")
    return plain if plain.count(".") <= 1 else plain.replace(".", "")
