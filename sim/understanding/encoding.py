"""Turn messages into the arrays the model takes. Shared by training and by use, so that the two can never differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from sim.understanding.language import is_readable
from sim.understanding.segments import Segment, segment

BEFORE_TOKENS = 80
"""How much of the contact's last line is shown, from its end: some sixty words, as long as people speak in one turn. Whether a
learner builds on an answer cannot be told without the answer."""

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
_LIST = re.compile(r"(?:^|\n)\s*[-+•]\s+")
_MARKUP = re.compile(r"[*_`~#|<>\u200b-\u200f\u2060\ufeff\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]+")


_SPELT_OUT = {
    "u": "you", "ur": "your", "r": "are", "im": "i'm", "ive": "i've", "dont": "don't", "cant": "can't", "wont": "won't",
    "didnt": "didn't", "doesnt": "doesn't", "isnt": "isn't", "wasnt": "wasn't", "thats": "that's", "whats": "what's",
    "hows": "how's", "theres": "there's", "ppl": "people", "shd": "should", "wd": "would", "cd": "could", "bc": "because",
    "cuz": "because", "cos": "because", "tho": "though", "thx": "thanks", "ty": "thank you", "pls": "please", "plz": "please",
    "abt": "about", "rn": "right now", "idk": "i don't know", "lmk": "let me know", "tbh": "to be honest", "btw": "by the way",
    "imo": "in my opinion", "b4": "before", "gonna": "going to", "wanna": "want to", "gotta": "have to", "w/": "with",
    "mins": "minutes", "min": "minutes", "yrs": "years", "smth": "something", "sth": "something", "sb": "somebody",
    "convo": "conversation", "wat": "what", "wut": "what", "dat": "that", "ya": "you", "k": "okay", "ok": "okay", "msg": "message",
    "fyi": "for your information", "asap": "as soon as possible", "hmu": "contact me", "dm": "message", "gr8": "great",
    "2day": "today", "2moro": "tomorrow", "pov": "point of view", "cv": "resume",
}  # fmt: skip
"""Texting's short forms as they are read out: the base model learned from edited prose, and spelling must neither earn nor cost."""

_SHORT = re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, sorted(_SPELT_OUT, key=len, reverse=True)))})(?![\w'])", re.I)


def plain(text: str) -> str:
    """Return a text as it is read out: without markup, emoji and invisible characters, short forms spelt out."""
    words = _MARKUP.sub(" ", _LIST.sub(" ", _TAG.sub(" ", text)))
    words = words.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').strip()
    return _SHORT.sub(_spelt_out, words)


def _spelt_out(found: re.Match[str]) -> str:
    short = found.group()
    is_name = len(short) == 1 and short.isupper()  # the R that is a language, the U of a company
    return short if is_name else _SPELT_OUT[short.lower()]


def windows(tokenizer: Tokenizer, message: str, before: str, *, contact: bool = False, everything: bool = False) -> list[Window]:
    """Return the windows that cover `message`; none where it holds no letter or digit.

    A piece in a language that is not read here gets a window of its own, after the others, so that it changes nothing about the rest;
    not so with `everything`, for training, where somebody has labelled each. `contact`: the message is the contact's and `before` the
    learner's; the token types tell the model who speaks.
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

    for piece in sorted(segment(message), key=lambda p: not (everything or is_readable(p.text))):
        tokens = tokenizer.encode(plain(piece.text), add_special_tokens=False).ids[:WINDOW_TOKENS] or [100]
        alone = not (everything or is_readable(piece.text))
        if alone or len(ids) + len(tokens) > WINDOW_TOKENS:
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
