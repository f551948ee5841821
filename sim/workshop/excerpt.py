"""A stretch of a meeting for the projector, in which the learner cannot be told by their name. Rules only.

Names are found by their spelling: the display name, and how the learner introduces themselves. Somebody who tells an unmistakable
story is still to be recognised in it, so the instructor reads the excerpt before showing it and may name further words to leave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.persona import Persona
from sim.transcript import Transcript

LEARNER = "Learner"
"""What stands in place of the learner's names."""

_WORD = r"(?-i:[^\W\d_a-zß-öø-ÿ])[\w'’\-]*"
"""A word that begins with a letter which is not small: a capital, or one of a script without capitals."""

_INTRODUCES = re.compile(
    rf"\b(?:my name is|my name['’]s|name is|call me|i['’]m|i am|this is)\s+({_WORD}(?:\s+{_WORD}){{0,3}})",
    re.IGNORECASE,
)
_COMMON = frozenset(
    "a an the and of in on at to for me my i you we us it is am be no not so mr mrs ms dr prof student learner team group".split()
)


@dataclass(frozen=True)
class Line:
    """One turn of an excerpt: its index in the meeting, whether the learner speaks, and the words."""

    turn: int
    learner: bool
    text: str


def introduced(texts: Iterable[str]) -> list[str]:
    """Return the names by which somebody introduces themselves: `my name is Ana Sol` gives Ana Sol."""
    return [match[1] for text in texts for match in _INTRODUCES.finditer(text)]


def names_of(display: str, transcript: Transcript, persona: Persona, also: Sequence[str] = ()) -> list[str]:
    """Return what to leave out, longest first: display name, names the learner introduces themselves by, and `also`.

    Each as a whole and word by word, apart from everyday words and from the names of the contact and whoever they know.
    """
    said = [t.text for t in transcript.turns if t.speaker == "learner"]
    sheet = [transcript.prep.pitch] if transcript.prep else []
    kept = {word.casefold() for name in _others(persona) for word in _words(name)}
    wholes = [n.strip() for n in (display, *introduced([*said, *sheet]), *also) if n.strip()]
    parts = [w for name in (display, *introduced([*said, *sheet])) for w in _words(name)]
    found = [n for n in wholes if n.casefold() not in kept]
    found += [w for w in parts if len(w) > 1 and w.casefold() not in kept | _COMMON]
    return sorted(dict.fromkeys(found), key=lambda n: (-len(n), n))


def _others(persona: Persona) -> list[str]:
    referrer = [persona.referrer.name] if persona.referrer else []
    return [persona.name, *referrer, *(r.name for r in persona.referrals)]


def _words(name: str) -> list[str]:
    return re.findall(r"[\w'’\-]+", name)


def without_names(text: str, names: Sequence[str]) -> str:
    """Return a text with every name replaced, as a whole word and in whatever case."""
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", LEARNER, text, flags=re.IGNORECASE)
    return re.sub(rf"{LEARNER}(?:\s+{LEARNER})+", LEARNER, text)


def excerpt(transcript: Transcript, names: Sequence[str], first: int, last: int) -> tuple[Line, ...]:
    """Return the turns from `first` to `last` (indexes, both included) without the names; what is out of range is left out."""
    chosen = list(enumerate(transcript.turns))[max(0, first) : max(0, last) + 1]
    return tuple(Line(n, t.speaker == "learner", without_names(t.text, names)) for n, t in chosen)
