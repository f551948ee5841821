"""Turn messages into the arrays the model takes. Shared by training and by use, so that the two can never differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from sim.understanding.segments import Segment, segment

BEFORE_TOKENS = 32
"""How much of the contact's last line is shown, from its end: the question or cue stands there (our judgement)."""

WINDOW_TOKENS = 160
"""Longest stretch of a message in one window; longer messages are read in several, cut between segments."""

CLS, SEP = 101, 102


@dataclass(frozen=True)
class Window:
    """One pass of the model: token ids, their types (0 the contact's words, 1 the learner's) and each segment's token range."""

    ids: list[int]
    types: list[int]
    spans: list[tuple[int, int]]
    segments: list[Segment]


@dataclass(frozen=True)
class Batch:
    """Arrays for several windows: `ids`, `types`, `mask` are (windows, tokens); `pool` is (windows, segments, tokens)."""

    ids: np.ndarray
    types: np.ndarray
    mask: np.ndarray
    pool: np.ndarray


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>|&(?:[a-z]{2,6}|#\d{2,5});")
_MARKUP = re.compile(r"[*_`~#|<>\u200b-\u200f\u2060\ufeff\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]+")


def plain(text: str) -> str:
    """Return a text without markup, emoji and invisible characters: formatting says nothing and must earn nothing."""
    words = _MARKUP.sub(" ", _TAG.sub(" ", text))
    return words.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').strip()


def windows(tokenizer: Tokenizer, message: str, before: str, *, contact: bool = False) -> list[Window]:
    """Return the windows that cover `message`; none where it holds no letter or digit.

    `contact`: the message is the contact's and `before` the learner's; the token types tell the model who speaks.
    """
    theirs, ours = (1, 0) if contact else (0, 1)
    head = [CLS]
    if before:
        head += tokenizer.encode(plain(before), add_special_tokens=False).ids[-BEFORE_TOKENS:]
    head.append(SEP)
    out: list[Window] = []
    ids: list[int] = []
    spans: list[tuple[int, int]] = []
    held: list[Segment] = []

    def close() -> None:
        if held:
            out.append(Window([*head, *ids, SEP], [theirs] * len(head) + [ours] * (len(ids) + 1), list(spans), list(held)))
            ids.clear()
            spans.clear()
            held.clear()

    for piece in segment(message):
        tokens = tokenizer.encode(plain(piece.text), add_special_tokens=False).ids[:WINDOW_TOKENS] or [100]
        if len(ids) + len(tokens) > WINDOW_TOKENS:
            close()
        spans.append((len(head) + len(ids), len(head) + len(ids) + len(tokens)))
        ids += tokens
        held.append(piece)
    close()
    return out


def batch(items: Sequence[Window]) -> Batch:
    """Pad windows to one shape. Segments are pooled by the mean of their tokens; padding rows of `pool` are zero."""
    tokens = max(len(w.ids) for w in items)
    pieces = max(len(w.spans) for w in items)
    ids = np.zeros((len(items), tokens), np.int64)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    pool = np.zeros((len(items), pieces, tokens), np.float32)
    for row, window in enumerate(items):
        n = len(window.ids)
        ids[row, :n], types[row, :n], mask[row, :n] = window.ids, window.types, 1
        for piece, (start, end) in enumerate(window.spans):
            pool[row, piece, start:end] = 1 / (end - start)
    return Batch(ids, types, mask, pool)
