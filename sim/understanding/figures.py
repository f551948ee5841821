"""Read the figures of a text, in digits or written out: "3,400", "8k", "1.9 million", "three thousand four hundred"."""

from __future__ import annotations

import re
from functools import lru_cache

_UP_TO_NINETEEN = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen"""
_SMALL = {word: n for n, word in enumerate(_UP_TO_NINETEEN.split())}
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_BELOW_A_HUNDRED = _SMALL | _TENS
_LARGE = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_ROUND = frozenset("dozen hundred thousand million billion".split())
_SOME = frozenset("several few many couple".split())
"""Words that leave open how many hundreds or thousands are meant: "several hundred" is no figure."""

_MEASURES = frozenset("second minute hour day week month year pound ton tonne foot inch metre meter mile page man person seat".split())
"""What makes a measure of the number before it, as in "twenty twelve-hour shifts"; a year never stands before one."""

_SHORT_YEAR = re.compile(r"(?<!\w)['’](\d\d)(?!\w)")
"""A year without its century: '99, '23."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:k|m|bn)?(?![a-z])|\d+|[a-zà-ÿ]+|%|[.,;:!?]")


@lru_cache(2_000)
def words_and_figures(text: str) -> tuple[tuple[str, float | None], ...]:
    """Return the words of a text in order, in lower case, with the value of those that are figures; a run of number
    words is one entry, a mark of punctuation another.
    """
    plain = text.lower().replace("-", " ").replace("per cent", "percent").replace("%", " percent")
    plain = _SHORT_YEAR.sub(lambda year: ("19" if year[1] >= "30" else "20") + year[1], plain)
    tokens = _TOKEN.findall(plain)
    out: list[tuple[str, float | None]] = []
    at = 0
    while at < len(tokens):
        value, after = (None, at) if _is_vague(tokens, at) else _number(tokens, at)
        out.append((" ".join(tokens[at:after]), value) if value is not None else (tokens[at], None))
        at = after if value is not None else at + 1
    return tuple(out)


def _is_vague(tokens: list[str], at: int) -> bool:
    """Tell whether a token is one of the round numbers after a word for "some": a few hundred, several hundred thousand."""
    if tokens[at] not in _ROUND:
        return False
    before = at - 1
    while before >= 0 and (tokens[before] in _ROUND or tokens[before] == "of"):
        before -= 1
    return before >= 0 and tokens[before] in _SOME


def _number(tokens: list[str], at: int) -> tuple[float | None, int]:
    """Return the number that begins at a token and the place after it; None where none begins."""
    total, current, place, seen, written = 0.0, 0.0, at, False, True
    while place < len(tokens):
        word, after = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else ""
        digits = re.fullmatch(r"(\d[\d.,]*?)(k|m|bn)?", word)
        if digits and not seen:
            current, written = float(_point(digits.group(1))) * _LARGE.get(digits.group(2) or "", 1), False
        elif written and word in _BELOW_A_HUNDRED and (not seen or _leaves_room(current, _BELOW_A_HUNDRED[word])):
            current += _BELOW_A_HUNDRED[word]
        elif written and 15 <= current <= 20 and _BELOW_A_HUNDRED.get(word, 0) >= 10 and after not in _MEASURES:
            current = 100 * current + _BELOW_A_HUNDRED[word]  # nineteen fourteen, nineteen sixty-eight
        elif written and 15 <= current <= 20 and word == "oh" and 1 <= _SMALL.get(after, 0) <= 9:
            current, place = 100 * current + _SMALL[after], place + 1  # nineteen oh five
        elif seen and word == "dozen":
            current *= 12
        elif (word == "hundred" or (seen and word == "hundreds")) and current < 100:
            current = max(current, 1) * 100
        elif word in ("thousand", "million", "billion") and (seen or after not in ("", "of")):
            total, current = total + max(current, 1) * _LARGE[word], 0.0
        elif seen and word == "point" and after in _SMALL:
            current, place = current + _SMALL[after] / 10, place + 1
        elif seen and word == "and" and tokens[place + 1 : place + 3] == ["a", "half"]:
            current, place = current + 0.5, place + 2
        elif seen and word == "and" and current % 100 == 0 and after in _BELOW_A_HUNDRED:
            place += 1
            continue
        else:
            break
        seen, place = True, place + 1
    return (total + current, place) if seen else (None, at)


def _leaves_room(current: float, more: int) -> bool:
    """Tell whether a number said so far can go on with one below a hundred: "two hundred" with all, "forty" with two, "ten" with none."""
    return current % 100 == 0 or (current % 100 >= 20 and current % 10 == 0 and more < 10)


def _point(digits: str) -> str:
    """Return figures as Python reads them: commas between thousands go."""
    plain = re.sub(r",(?=\d{3})", "", digits).replace(",", ".").rstrip(".")
    return plain if plain.count(".") <= 1 else plain.replace(".", "")
