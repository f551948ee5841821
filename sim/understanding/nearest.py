"""Which topic a question is nearest to, by its likeness to example questions: a second opinion on the trained reader's topic.

The reader knows how people talk in meetings; the examples (`topic_questions.yaml`) know the plain questions that career centres hand
out. On 194 such questions that nobody here wrote, the two together name a fitting topic for 85 of 100.
The examples' vectors are stored beside the weights, so that starting costs nothing: `python -m sim.understanding.nearest` makes them anew.
"""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sim.understanding import model
from sim.understanding.labels import TOPICS

if TYPE_CHECKING:
    import numpy as np

EXAMPLES = Path(__file__).parent / "topic_questions.yaml"
VECTORS = "topic_questions.npz"

NEAREST = 2
"""Examples that count for a topic: two, so that one odd example cannot claim a question (shared figures on retrieval)."""

SHARPNESS = 20.0
"""What likeness is multiplied by before it becomes a share: 0.05 of likeness more is 2.7 times the share. Set on real questions."""

SHARE = 0.6
"""Weight of the examples against the reader, for a question that is clearly like one of them."""

UNLIKE, ALIKE = 0.30, 0.50
"""Centred likeness below which the examples have no say, and from which they have all of their weight: follow-ups on an answer are
like no example."""


def examples() -> list[tuple[str, str]]:
    """Return (topic, question) for every example, in the file's order."""
    import yaml

    found: dict[str, list[str]] = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    return [(topic, question) for topic, questions in found.items() for question in questions]


def fingerprint() -> str:
    """Return the hash of the example file, which the stored vectors carry."""
    return sha256(EXAMPLES.read_bytes()).hexdigest()


@cache
def _stored() -> tuple[np.ndarray, dict[int, np.ndarray], np.ndarray]:
    """Return the examples' centred vectors (examples, 384), the rows of each topic (an index into TOPICS), and the mean vector."""
    import numpy as np

    with np.load(model.WEIGHTS / VECTORS) as data:
        vectors, topics, mean = data["vectors"].astype(np.float32), data["topics"], data["mean"].astype(np.float32)
    return vectors, {int(topic): np.flatnonzero(topics == topic) for topic in np.unique(topics)}, mean


@lru_cache(2_000)
def likeness(question: str) -> np.ndarray:
    """Return how near the question is to each topic of TOPICS, -1 to 1: the mean of its nearest examples there, -1 without any."""
    import numpy as np

    vectors, rows, mean = _stored()
    centred = model.embed([question])[0] - mean
    near = np.einsum("ij,j->i", vectors, centred / np.linalg.norm(centred))  # BLAS would wake threads, which costs more than the sum
    out = np.full(len(TOPICS), -1.0, np.float32)
    for topic, its in rows.items():
        out[topic] = np.sort(near[its])[-NEAREST:].mean()
    out.flags.writeable = False  # it is remembered
    return out


def agreed(question: str, by_reader: np.ndarray) -> np.ndarray:
    """Return the topics' shares (TOPICS long, sum 1) of the reader and the examples together."""
    import numpy as np

    near = likeness(question)
    weight = SHARE * float(np.clip((near.max() - UNLIKE) / (ALIKE - UNLIKE), 0.0, 1.0))
    if not weight:
        return by_reader
    share = np.exp(SHARPNESS * (near - near.max()))
    both: np.ndarray = (1 - weight) * by_reader + weight * share / share.sum()
    return both


def write() -> None:
    """Compute the examples' vectors and store them beside the weights."""
    import numpy as np

    rows = examples()
    vectors = model.embed([question for _, question in rows])
    mean = vectors.mean(0)
    centred = vectors - mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    topics = np.array([TOPICS.index(topic) for topic, _ in rows], np.int16)
    np.savez(
        model.WEIGHTS / VECTORS, vectors=centred.astype(np.float16), topics=topics, mean=mean.astype(np.float16),
        made_from=np.array(fingerprint()),
    )  # fmt: skip


if __name__ == "__main__":
    write()
