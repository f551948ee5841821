"""Read the annotated corpus: whole meetings and single messages, cut into tagged segments.

The format and the meaning of every tag are in `ANNOTATION.md`. Run as a module to check files:

    python -m sim.understanding.training.corpus [FILE ...]
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sim.understanding.labels import TAGS, TOPICS

HERE = Path(__file__).parent

PLAIN_TAGS = frozenset(TAGS) - {"question", "job", "specific"}
CRITERIA = ("preparation", "time_respect", "referrals", "no_job_push", "rapport", "follow_through")


class CorpusError(ValueError):
    """A corpus file says something the annotation guide does not allow; the message names file and line."""


@dataclass(frozen=True)
class Segment:
    """A stretch of a learner's message and the tags it carries."""

    text: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Message:
    """One learner message with the contact's line before it (empty where there was none)."""

    before: str
    segments: tuple[Segment, ...]
    kind: str = "turn"  # turn | note
    at: float | None = None

    @property
    def text(self) -> str:
        """The message as it was said: the segments joined by a blank."""
        return " ".join(s.text for s in self.segments)

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that any segment carries."""
        return frozenset().union(*(s.tags for s in self.segments))


@dataclass
class Meeting:
    """One annotated meeting. `turns` alternates contact lines (str) and learner messages, in order."""

    id: str
    voice: str = ""
    persona: str = ""
    referrer: str | None = None
    dossier: list[str] = field(default_factory=list)
    prep: dict[str, object] | None = None
    scores: dict[str, int] = field(default_factory=dict)
    turns: list[tuple[float, str | Message]] = field(default_factory=list)
    ended_at: float | None = None
    ended_by: str | None = None
    note: Message | None = None
    note_referrer: Message | None = None
    has_note_stage: bool = False
    source: str = ""


def parse_segments(text: str, where: str) -> tuple[Segment, ...]:
    """Cut `[tags] words [tags] words` into segments; raises CorpusError on an unknown tag or untagged words."""
    pieces = re.split(r"\[([a-z_.+!]*)\]", text)
    if pieces[0].strip():
        raise CorpusError(f"{where}: words before the first [tags]: {pieces[0].strip()[:40]!r}")
    out = []
    for raw, words in zip(pieces[1::2], pieces[2::2], strict=True):
        tags = frozenset(t for t in raw.split("+") if t)
        for tag in tags:
            topic = tag[2:].rstrip("!") if tag.startswith("q.") else None
            if (topic is not None and topic not in TOPICS) or (topic is None and tag not in PLAIN_TAGS):
                raise CorpusError(f"{where}: unknown tag {tag!r}")
        if words.strip():
            out.append(Segment(words.strip(), tags))
    if not out:
        raise CorpusError(f"{where}: no words")
    return tuple(out)


def read_lines(path: Path) -> list[Message]:
    """Return the messages of a lines file, in order."""
    out, before = [], ""
    for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        where = f"{path}:{n}"
        if not line.strip() or line.startswith("#"):
            continue
        head, _, rest = line.partition(":")
        rest = rest.strip()
        if head == "C":
            before = rest
        elif head in ("L", "N"):
            out.append(Message(before, parse_segments(rest, where), "turn" if head == "L" else "note"))
            before = ""
        else:
            raise CorpusError(f"{where}: a line starts with C:, L:, N: or #; found {line[:40]!r}")
    return out


def _read_header(meeting: Meeting, head: str, rest: str, where: str) -> None:
    if head in ("voice", "persona"):
        setattr(meeting, head, rest)
    elif head == "referrer":
        meeting.referrer = None if rest == "none" else rest
    elif head == "prep":
        meeting.prep = None
        if rest != "none":
            parts = dict(p.split("=", 1) for p in re.split(r"\s*;\s*(?=(?:goal|pitch|agenda|questions)=)", rest) if "=" in p)
            meeting.prep = {k.strip(): v.strip() for k, v in parts.items()}
            asked = str(meeting.prep.get("questions", ""))
            meeting.prep["questions"] = [q.strip() for q in asked.split("|") if q.strip()]
    elif head == "scores":
        for part in rest.split():
            name, _, value = part.partition("=")
            if name not in CRITERIA or value not in "12345":
                raise CorpusError(f"{where}: {part!r} is not criterion=1..5")
            meeting.scores[name] = int(value)
    elif head == "end":
        m = re.fullmatch(r"([\d.]+) by (learner|contact|time)", rest)
        if not m:
            raise CorpusError(f"{where}: expected 'end: MINUTES by learner|contact|time', found {rest!r}")
        meeting.ended_at, meeting.ended_by = float(m[1]), m[2]
    elif head in ("note", "note_referrer"):
        meeting.has_note_stage = True
        if rest != "none":
            setattr(meeting, head, Message("", parse_segments(rest, where), "note"))
    elif head != "dossier":
        raise CorpusError(f"{where}: unknown line {head!r}")


def read_meetings(path: Path) -> list[Meeting]:
    """Return the meetings of one file, in order; raises CorpusError with file and line."""
    out: list[Meeting] = []
    before = ""
    for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        where = f"{path}:{n}"
        if not line.strip():
            continue
        if line.startswith("== "):
            out.append(Meeting(line[3:].strip(), source=path.stem))
            before = ""
            continue
        if not out:
            raise CorpusError(f"{where}: words before the first '== id' line")
        meeting = out[-1]
        turn = re.match(r"([CL]) ([\d.]+): ?(.*)", line)
        if turn:
            at = float(turn[2])
            if turn[1] == "C":
                before = turn[3].strip()
                meeting.turns.append((at, before))
            else:
                meeting.turns.append((at, Message(before, parse_segments(turn[3], where), at=at)))
                before = ""
        elif line.startswith("- "):
            meeting.dossier.append(line[2:].strip())
        else:
            head, _, rest = line.partition(":")
            _read_header(meeting, head.strip(), rest.strip(), where)
    for meeting in out:
        if set(meeting.scores) != set(CRITERIA):
            raise CorpusError(f"{path}: {meeting.id}: needs a score for each of {', '.join(CRITERIA)}")
        if meeting.ended_at is None:
            raise CorpusError(f"{path}: {meeting.id}: needs an 'end:' line")
    return out


def corpus_files(*, waiting: bool = False) -> tuple[list[Path], list[Path]]:
    """Return (meeting files, lines files), sorted by name; with `waiting` those too that no shipped weights have learned from."""
    folders = [HERE / "corpus", HERE / "waiting"] if waiting else [HERE / "corpus"]
    meetings, lines = (sorted(p for folder in folders for p in (folder / kind).glob("*.txt")) for kind in ("meetings", "lines"))
    return meetings, lines


def held_files() -> list[Path]:
    """Return the meeting files that nothing is trained on, sorted by name."""
    return sorted((HERE / "held").glob("*.txt"))


CONTACT_TAGS = frozenset(t[2:] for t in TAGS if t.startswith("c."))


def contact_files() -> list[Path]:
    """Return the files with tags for the contacts' lines, sorted by name."""
    return sorted((HERE / "corpus" / "contact").glob("*.txt"))


def _contact_tags(words: str, where: str) -> frozenset[str]:
    tags = frozenset(words.replace(",", " ").split()) - {"none"}
    if tags - CONTACT_TAGS:
        raise CorpusError(f"{where}: unknown tags {sorted(tags - CONTACT_TAGS)}")
    return frozenset(f"c.{t}" for t in tags)


def read_contact_tags(path: Path) -> tuple[dict[tuple[str, int], frozenset[str]], list[tuple[str, str, frozenset[str]]]]:
    """Return the tags by (meeting, turn), and loose lines as (learner's words, contact's line, tags).

    Raises CorpusError with file and line.
    """
    placed: dict[tuple[str, int], frozenset[str]] = {}
    loose: list[tuple[str, str, frozenset[str]]] = []
    for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        where = f"{path}:{n}"
        by_place = re.fullmatch(r"(\S+) (\d+): (.*)", line)
        by_words = re.fullmatch(r"([a-z_ ,]+?)\s*\|\s*L:(.*?)\|\s*C:(.*)", line)
        if by_place:
            placed[by_place[1], int(by_place[2])] = _contact_tags(by_place[3], where)
        elif by_words:
            loose.append((by_words[2].strip(), by_words[3].strip(), _contact_tags(by_words[1], where)))
        elif line.strip() and not line.startswith("#"):
            raise CorpusError(f"{where}: expected 'MEETING TURN: tags' or 'tags | L: ... | C: ...', found {line[:50]!r}")
    return placed, loose


def main(argv: list[str]) -> int:
    """Check the named files (default: the whole corpus) and print what is in them."""
    meetings, lines = corpus_files()
    if argv:
        meetings = [Path(a) for a in argv if "meetings" in a]
        lines = [Path(a) for a in argv if "meetings" not in a]
    tags: Counter[str] = Counter()
    count = bad = 0
    for reader, paths in ((read_meetings, meetings), (read_lines, lines)):
        for path in paths:
            try:
                found = reader(path)
            except CorpusError as error:
                print(error, file=sys.stderr)
                bad += 1
                continue
            messages = []
            for item in found:
                messages += [t for _, t in item.turns if isinstance(t, Message)] if isinstance(item, Meeting) else [item]
            count += len(messages)
            for message in messages:
                for segment in message.segments:
                    tags.update(t.rstrip("!") for t in segment.tags)
            print(f"{path.name}: {len(found)} {'meetings' if reader is read_meetings else 'lines'}, {len(messages)} messages")
    print(count, "messages;", " ".join(f"{t}={n}" for t, n in tags.most_common()))
    return 2 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
