"""Cut a message into the pieces that acts are read from: sentences, with their place in the message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_ABBREVIATION = re.compile(r"\b(?:(?i:mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|approx|dept)|[A-HJ-Z])\.$")
_ABBREVIATION_BEFORE = (
    (re.compile(r"\bno\.$", re.I), re.compile(r"\s*\d")),
    (re.compile(r"\b(?:etc|inc|ltd|jr|sr|a\.m|p\.m)\.$", re.I), re.compile(r"\s*[^A-ZÀ-Þ\s]")),
)
"""Words whose point ends no sentence before this: "No. 4", "crates etc. and so on". "The answer was no." and "So did I." end one."""
_BOUNDARY = re.compile(r"(?:[.!?…]+[\"'”’)\]]*|[。！？])(?=\s|$)|\n+|;(?=\s)|(?<=\S)\s+[—–-]{1,2}\s+(?=[A-Za-z])")

MAX_WORDS = 45
"""A piece longer than this is cut at its commas: run-on typists put five acts in a sentence (our judgement)."""


@dataclass(frozen=True)
class Segment:
    """A piece of a message: `text` is exactly `message[start:end]`, without blanks at its ends."""

    start: int
    end: int
    text: str


def _trim(message: str, start: int, end: int) -> Segment | None:
    piece = message[start:end]
    left = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if not re.search(r"\w", piece):
        return None
    return Segment(start + left, start + left + len(piece), piece)


def _cut_long(message: str, segment: Segment) -> list[Segment]:
    if len(segment.text.split()) <= MAX_WORDS:
        return [segment]
    cuts, last, words = [segment.start], segment.start, 0
    for match in re.finditer(r"\S+\s*", segment.text):
        words += 1
        here = segment.start + match.end()
        if (words >= 12 and match.group().rstrip().endswith((",", ":"))) or words >= MAX_WORDS:
            cuts.append(here)
            last, words = here, 0
    if last < segment.end:
        cuts.append(segment.end)
    pieces = [_trim(message, a, b) for a, b in pairwise(cuts)]
    return [p for p in pieces if p]


def _is_abbreviation(words: str, after: str) -> bool:
    if _ABBREVIATION.search(words):
        return True
    return any(short.search(words) and follows.match(after) for short, follows in _ABBREVIATION_BEFORE)


def segment(message: str) -> list[Segment]:
    """Return the sentences of `message` in order; pieces without a letter or digit are left out."""
    return list(_segments(message))


@lru_cache(2_000)
def _segments(message: str) -> tuple[Segment, ...]:
    out: list[Segment] = []
    start = 0
    for match in _BOUNDARY.finditer(message):
        end = match.end()
        if match.group() == "." and _is_abbreviation(message[start:end], message[end:]):
            continue
        if match.group().startswith("\n") and _ABBREVIATION.search(message[start : match.start()]):
            continue  # "Ms." at the end of a line, before "Quint" on the next
        piece = _trim(message, start, end)
        if piece:
            out.extend(_cut_long(message, piece))
        start = end
    piece = _trim(message, start, len(message))
    if piece:
        out.extend(_cut_long(message, piece))
    return tuple(out)
