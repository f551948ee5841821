"""Small tools for spoken sentences: numbers in words, placeholders, and cutting at the end of a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.transcript import word_count


def _words(text: str) -> list[str]:
    return text.split()


_ONES = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MINUTES = re.compile(r"\{(minutes|minutes_left)\}( minutes?\b)?")
_PLURAL_ONLY = re.compile(r"\b(are|were|remain|those|them|these)\b")
_SENTENCE = re.compile(r".+?(?:[.!?…]+['\"’”)]*(?=\s|$)|$)", re.S)
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e|a\.m|p\.m)|\b[A-Z])\.$")

_HAND_BACK = re.compile(
    r"^(?:so |and |but |now |then |right,? |okay,? )*(?:go (?:ahead|on)|carry on|keep going|next (?:one|question)|ask\b|try\b|"
    r"let's (?:use|talk|get|go|stay|carry|have|see|leave|move|dig|properly)|give me|shoot|start (?:with|over)|pick (?:one|the)|"
    r"come back|once more|back to|spend my|i'm listening|fire away|tell me|you lead|start over|bring it|save that|continue|"
    r"your turn|floor's yours|move on|try me|over to you|let's talk)\b|"
    r"\b(?:go ahead|carry on|your (?:next )?question|ask away|what did you want|go on)\b[^.]*[.!]?$|"
    r"\b(?:pick one|shorter question|dig it out|give me the question)\b",
    re.I,
)


def number_words(number: int) -> str:
    """Return a whole number from 0 to 999 as it is spoken: 25 is "twenty-five"."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" and {number_words(rest)}" if rest else "")


def fill(template: str, values: Mapping[str, str | int]) -> str | None:
    """Return the line with its placeholders filled, or None where a value is missing or would read wrongly.

    Minutes are spoken in words and agree in number. A line that counts nothing, or treats one minute as several, is not said.
    """
    for name, unit in _MINUTES.findall(template):
        number = values.get(name)
        if not isinstance(number, int) or number < 1:
            return None
        if number == 1 and (not unit or _PLURAL_ONLY.search(template)):
            return None
    text = _MINUTES.sub(lambda m: _count(int(values[m.group(1)]), bool(m.group(2))), template)
    names = set(_PLACEHOLDER.findall(text))
    if not names <= set(values):
        return None
    text = _PLACEHOLDER.sub(lambda m: str(values[m.group(1)]), text)
    return _capitals(text) if text != template else text


def _count(number: int, with_unit: bool) -> str:
    unit = " minute" if number == 1 else " minutes"
    return number_words(number) + (unit if with_unit else "")


def _capitals(text: str) -> str:
    return re.sub(r"(^|[.!?] )([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)


def sentences(text: str) -> list[str]:
    """Return the sentences of a line, in order, without the blanks between them."""
    out: list[str] = []
    for piece in (m.group().strip() for m in _SENTENCE.finditer(text)):
        if out and _ABBREVIATION.search(out[-1]):
            out[-1] = f"{out[-1]} {piece}"
        elif piece:
            out.append(piece)
    return out


def without_hand_back(text: str) -> str:
    """Return the line without the closing sentences that give the turn back ("What's first?"), or "" where nothing else is in it.

    A reaction that is followed by an answer must not ask for the question that was just put.
    """
    kept = sentences(text)
    while kept and (kept[-1].rstrip("'\"’”)").endswith("?") or _HAND_BACK.search(kept[-1])):
        kept.pop()
    return " ".join(kept)


def shorten(text: str, words: int) -> str:
    """Return the leading sentences of a line that fit into so many words; at least the first."""
    kept: list[str] = []
    for sentence in sentences(text):
        if kept and word_count(" ".join([*kept, sentence])) > words:
            break
        kept.append(sentence)
    return " ".join(kept)
