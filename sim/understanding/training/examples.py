"""Turn the annotated corpus into training examples: the pieces that will be read in use, with the tags that fall on them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from sim.understanding.labels import TAGS, TOPICS
from sim.understanding.segments import segment
from sim.understanding.training.corpus import Message, contact_files, corpus_files, read_contact_tags, read_lines, read_meetings


@dataclass(frozen=True)
class Example:
    """One message to learn from: `labels` holds, for each segment of use, the tags (with topics) that fall on it."""

    writer: str
    before: str
    text: str
    labels: tuple[frozenset[str], ...]
    contact: bool = False
    strange: frozenset[int] = frozenset()
    """Places of the labels that stand beside other words than they did in the corpus: what only those words could tell
    (`NEEDS_CONTEXT`) is not learned from them."""


NEEDS_CONTEXT = frozenset({"builds", "takes_no", "takes_offer", "more_time", "specific", "researched_fact", "wrong_fact", "off_topic"})
"""Tags that depend on what the contact just said; every other tag is in the message itself."""

SHORT = 7
"""Words up to which a message may lean on the line before it for all that it means ("Yes, I would like that very much")."""

OWN_LINE, NO_LINE = 0.65, 0.8
"""Of messages that answered a line: the share shown with it, and, from there on, the share shown with none; the rest gets another's."""

JOINED = 0.2
"""Share of messages that get another's words put to them, half of them words that do something that marks hang on."""

TELLING = frozenset({"job.direct", "job.veiled", "job_disclaimer", "negative_tone", "referral_ask", "time_check", "wrap_up", "offer_back"})

ALONE = 0.6
"""Of messages that stand alone in the corpus, the share that stays so."""


def spread(message: Message) -> tuple[frozenset[str], ...]:
    """Return the tags for each piece that `segment` cuts: a piece takes a tagged stretch's tags where they share
    a third of the shorter of the two.
    """
    marks, place = [], 0
    for tagged in message.segments:
        marks.append((place, place + len(tagged.text), tagged.tags))
        place += len(tagged.text) + 1
    out = []
    for piece in segment(message.text):
        tags: set[str] = set()
        for start, end, found in marks:
            shared = min(end, piece.end) - max(start, piece.start)
            if shared > 0 and shared * 3 >= min(end - start, piece.end - piece.start):
                tags |= found
        out.append(frozenset(tags))
    return tuple(out)


def expand(tags: frozenset[str]) -> set[str]:
    """Return the yes/no labels for a piece, with the derived ones."""
    out = {t for t in tags if not t.startswith("q.")}
    if any(t.startswith("q.") for t in tags):
        out.add("question")
    if any(t.startswith("q.") and t.endswith("!") for t in tags):
        out.add("specific")
    if {"job.direct", "job.veiled"} & tags:
        out.add("job")
    return out & set(TAGS)


def topic_of(tags: frozenset[str]) -> int | None:
    """Return the index of the piece's topic, or None where it asks nothing."""
    found = sorted(t[2:].rstrip("!") for t in tags if t.startswith("q."))
    named = [t for t in found if t not in ("other", "followup")] or found
    return TOPICS.index(named[0]) if named else None


def contact_example(writer: str, before: str, line: str, tags: frozenset[str]) -> Example:
    """Return a contact's line as an example: its tags are the line's, given to every piece of it."""
    return Example(writer, before, line, tuple(tags for _ in segment(line)), contact=True)


def load() -> list[Example]:
    """Return every example of the corpus, in file order."""
    meetings, lines = corpus_files()
    out: list[Example] = []
    tagged: dict[tuple[str, int], frozenset[str]] = {}
    complete: set[str] = set()
    for path in contact_files():
        found, loose = read_contact_tags(path)
        tagged |= found
        if found:
            complete.add(path.stem)
        out += [contact_example(path.stem, before, line, tags) for before, line, tags in loose]

    def add(writer: str, message: Message) -> None:
        labels = spread(message)
        if labels:
            out.append(Example(writer, message.before, message.text, labels))

    for path in meetings:
        writer = path.stem.split("-")[0]
        for meeting in read_meetings(path):
            for place, (_, turn) in enumerate(meeting.turns):
                if isinstance(turn, Message):
                    add(writer, turn)
                elif writer in complete:
                    said = meeting.turns[place - 1][1] if place else ""
                    before = said.text if isinstance(said, Message) else said
                    tags = tagged.get((meeting.id, place), frozenset())
                    if tags or place % 3 == 0:  # lines that do nothing of note are many; a third of them is enough
                        out.append(contact_example(writer, before, turn, tags))
            for note in (meeting.note, meeting.note_referrer):
                if note:
                    add(writer, note)
    for path in lines:
        for message in read_lines(path):
            add(path.stem.split("-")[0], message)
    return out


def seen_otherwise(examples: list[Example], order: random.Random) -> list[Example]:
    """Return the examples for one pass: some of the learner's messages without the contact's line, with another, or with a sentence
    of somebody else's put to them.

    Most of what a sentence does it does whatever stands around it; without this, the reader learns that job asks follow talk of jobs,
    and that nobody who is polite for a paragraph is rude at its end.
    """
    ours = [e for e in examples if not e.contact]
    lines = sorted({e.before for e in ours if e.before})
    single = [e for e in ours if len(e.labels) == 1 and (not e.before or len(e.text.split()) > SHORT)]
    telling = [e for e in single if e.labels[0] & TELLING]
    out = []
    for example in examples:
        draw, strange, more = order.random(), order.choice(lines), order.random()
        other = order.choice(telling if more < JOINED / 2 else single)
        if example.contact or (example.before and (draw < OWN_LINE or len(example.text.split()) <= SHORT)):
            seen = example
        elif example.before:
            seen = replace(example, before="" if draw < NO_LINE else strange, strange=frozenset(range(len(example.labels))))
        else:
            seen = example if draw < ALONE else replace(example, before=strange, strange=frozenset(range(len(example.labels))))
        out.append(joined(seen, other, after=draw * 100 % 1 < 0.7) if more < JOINED and not example.contact else seen)
    return out


def joined(example: Example, other: Example, *, after: bool) -> Example:
    """Return the example with another's words after or before its own, or as it is where the two would be read as one piece."""
    first, second = (example, other) if after else (other, example)
    text = f"{first.text}{' ' if first.text[-1] in '.!?' else chr(10)}{second.text}"
    if [p.text for p in segment(text)] != [p.text for e in (first, second) for p in segment(e.text)]:
        return example
    kept = 0 if after else len(other.labels)
    added = len(example.labels) if after else 0
    strange = {place + kept for place in example.strange} | {place + added for place in range(len(other.labels))}
    return replace(example, text=text, labels=first.labels + second.labels, strange=frozenset(strange))
