"""The trained model at use: probabilities for every segment's acts and topics, and vectors for likeness of meaning.

onnxruntime and the tokenizer are loaded once, on first use. Nothing is fetched. Results are kept for messages read before, so a
debrief does not read again what the meeting has read.
"""

from __future__ import annotations

import math
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from sim.understanding.labels import TAGS, TOPICS
from sim.understanding.segments import Segment

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

WEIGHTS = Path(__file__).parent / "weights"

KEPT_MESSAGES = 20_000
"""How many read messages are remembered: some 40 MB at most, 600 meetings."""

MOST_HANDS = 4
"""Threads that read one session's messages; each message is one thread's, so that how many there are moves no figure."""

_lock = threading.Lock()


@dataclass(frozen=True)
class Reading:
    """One segment as the model reads it: a probability per tag and per topic (topics sum to 1)."""

    segment: Segment
    tags: np.ndarray
    topics: np.ndarray

    def p(self, tag: str) -> float:
        """Return the probability of a tag."""
        return float(self.tags[_COLUMN[tag]])

    def raised(self, tag: str, logits: float) -> Reading:
        """Return the reading with so many logits added to a tag."""
        tags = self.tags.copy()
        odds = tags[_COLUMN[tag]] / (1 - min(tags[_COLUMN[tag]], 1 - 1e-6)) * math.exp(logits)
        tags[_COLUMN[tag]] = odds / (1 + odds)
        return replace(self, tags=tags)


def best_topics(shares: np.ndarray) -> list[tuple[str, float]]:
    """Return topics with their shares, likeliest first."""
    order = (-shares).argsort(kind="stable")
    return [(TOPICS[i], float(shares[i])) for i in order]


Key = TypeVar("Key")
Value = TypeVar("Value")
_COLUMN = {tag: n for n, tag in enumerate(TAGS)}


class _Kept(Generic[Key, Value]):
    """A small cache, safe between threads; the oldest unused goes first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.items: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        with _lock:
            if key in self.items:
                self.items.move_to_end(key)
                return self.items[key]
            return None

    def put(self, key: Key, value: Value) -> None:
        with _lock:
            self.items[key] = value
            while len(self.items) > self.size:
                self.items.popitem(last=False)


@cache
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def _session(name: str) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(WEIGHTS / name), options, providers=["CPUExecutionProvider"])


def load() -> None:
    """Load the tokenizer and the weights now. Reading loads them by itself; whoever has other things to do meanwhile calls this first."""
    _tokenizer()
    _session("acts.onnx")
    _session("sentences.onnx")


_readings: _Kept[tuple[str, str, bool], tuple[Reading, ...]] = _Kept(KEPT_MESSAGES)
_vectors: _Kept[str, np.ndarray] = _Kept(KEPT_MESSAGES)


def forget() -> None:
    """Empty the caches; for measuring."""
    with _lock:
        _readings.items.clear()
        _vectors.items.clear()


def read(pairs: Sequence[tuple[str, str]], *, contact: bool = False) -> list[tuple[Reading, ...]]:
    """Return the readings of each (message, the line before it), one per segment, in order. `contact`: the contact speaks.

    Several are read by several threads, each message alone: dynamic quantisation takes its scale from the whole batch, so a batch of
    several would make marks depend on company.
    """
    found = {pair: _readings.get((*pair, contact)) for pair in pairs}
    unread = [pair for pair, rows in found.items() if rows is None]
    if len(unread) > 1:
        _tokenizer(), _session("acts.onnx")
    fresh = _by_many_hands(lambda pair: _read(pair[0], pair[1], contact), unread)
    found.update(zip(unread, fresh, strict=True))
    return [found[pair] or () for pair in pairs]


def _by_many_hands(work: Callable[[Key], Value], items: Sequence[Key]) -> list[Value]:
    """Return what the work makes of each item, in order; several items are shared out over threads."""
    hands = min(len(items), os.cpu_count() or 1, MOST_HANDS)
    if hands <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(work, items))


def _read(message: str, before: str, contact: bool) -> tuple[Reading, ...]:
    import numpy as np

    from sim.understanding import encoding

    rows: list[Reading] = []
    for window in encoding.windows(_tokenizer(), message, before, contact=contact):
        data = encoding.batch([window])
        inputs = {"ids": data.ids, "types": data.types, "mask": data.mask, "pool": data.pool}
        tags, topics = _session("acts.onnx").run(["tags", "topics"], inputs)
        for piece, tag_row, topic_row in zip(window.segments, tags[0], topics[0], strict=True):
            shifted = np.exp(topic_row - topic_row.max())
            rows.append(Reading(piece, 1 / (1 + np.exp(-tag_row)), shifted / shifted.sum()))
    read_rows = tuple(sorted(rows, key=lambda row: row.segment.start))
    _readings.put((message, before, contact), read_rows)
    return read_rows


def embed(texts: Sequence[str]) -> np.ndarray:
    """Return one unit vector per text, (texts, 384); the dot product is the likeness of meaning, 1 for the same."""
    import numpy as np

    found = {text: _vectors.get(text) for text in texts}
    unread = [text for text, vector in found.items() if vector is None]
    if len(unread) > 1:
        _tokenizer(), _session("sentences.onnx")
    found.update(zip(unread, _by_many_hands(_embed, unread), strict=True))
    return np.array([found[text] for text in texts], np.float32).reshape(-1, 384)


def _embed(text: str) -> np.ndarray:
    import numpy as np

    ids = [101, *_tokenizer().encode(text, add_special_tokens=False).ids[:200], 102]
    row = np.array([ids], np.int64)
    vector: np.ndarray = _session("sentences.onnx").run(["vectors"], {"ids": row, "types": row * 0, "mask": np.ones_like(row)})[0][0]
    _vectors.put(text, vector)
    return vector
