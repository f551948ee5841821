"""Turn the annotated corpus into training examples: the pieces that will be read in use, with the tags that fall on them."""

from __future__ import annotations

from dataclasses import dataclass

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


def load(*, waiting: bool = False) -> list[Example]:
    """Return every example of the corpus, in file order; with `waiting` also of the files that wait to be learned from."""
    meetings, lines = corpus_files(waiting=waiting)
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
