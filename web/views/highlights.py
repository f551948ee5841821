"""Evidence laid over the text it was taken from: which words to mark, and where a quote is to be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.scorecard import Evidence

PLACES = {"prep": "prep sheet", "notes": "notes", "thank_you": "thank-you note", "clock": "clock"}
"""Where evidence can stand besides a turn, in words."""

TURN = re.compile(r"turn:(\d+)\Z")


@dataclass(frozen=True)
class Piece:
    """A stretch of text. `effect` is "helps" or "hurts" where it is evidence, else empty; `why` says what for."""

    text: str
    effect: str = ""
    why: str = ""


@dataclass(frozen=True)
class Mark:
    """Evidence to lay over a text: the quote, its effect, and what it counted for."""

    quote: str
    effect: str
    why: str


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    mark: Mark


def turn_of(where: str) -> int | None:
    """Return the transcript index (0-based) that `turn:N` names; None for any other place."""
    match = TURN.match(where)
    return int(match[1]) if match else None


def place_words(where: str) -> str:
    """Say where evidence stands: `turn 7`, `prep sheet`, `clock`."""
    turn = turn_of(where)
    return f"turn {turn}" if turn is not None else PLACES.get(where, where)


def place_link(where: str) -> str:
    """Return the anchor in the debrief at which evidence stands; empty for the clock, which is no text."""
    turn = turn_of(where)
    if turn is not None:
        return f"#turn-{turn}"
    return f"#{where.replace('_', '-')}" if where in PLACES and where != "clock" else ""


def find(text: str, quote: str) -> tuple[int, int] | None:
    """Return where `quote` stands in `text`, any run of blanks matching any other; None where it does not.

    Blanks may differ because forms send line ends their own way and graders fold them; every other character must be the same.
    """
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(re.escape(w) for w in words), text)
    return match.span() if match else None


def pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Cut `text` into stretches with and without evidence; joined again they are `text`, whatever overlaps.

    Where words both helped and hurt they are shown as hurting, with both reasons.
    """
    spans = [_Span(*at, mark) for mark in marks if (at := find(text, mark.quote))]
    edges = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    cut = (_piece(text, start, end, spans) for start, end in pairwise(edges))
    return tuple(p for p in cut if p.text)


def _piece(text: str, start: int, end: int, spans: Sequence[_Span]) -> Piece:
    over = [s.mark for s in spans if s.start <= start and end <= s.end]
    if not over:
        return Piece(text[start:end])
    effect = "hurts" if any(m.effect == "hurts" for m in over) else "helps"
    return Piece(text[start:end], effect, "; ".join(dict.fromkeys(m.why for m in over if m.why)))


def marks_by_place(named: Iterable[tuple[str, Evidence]]) -> dict[str, tuple[Mark, ...]]:
    """Group evidence by its place. `named` pairs a criterion's name with its evidence; the name leads every reason."""
    found: dict[str, list[Mark]] = {}
    for name, item in named:
        why = f"{name}: {item.why}" if item.why else name
        mark = Mark(item.quote, item.effect, why)
        if mark not in found.setdefault(item.where, []):
            found[item.where].append(mark)
    return {where: tuple(marks) for where, marks in found.items()}
