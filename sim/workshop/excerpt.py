"""A stretch of a meeting for the projector, in which the learner cannot be told by their name. Rules only.

Names are found by their spelling: the display name, and how the learner introduces themselves. Somebody who tells an unmistakable
story is still to be recognised in it, so the instructor reads the excerpt before showing it and may name further words to leave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from sim.persona import Persona
from sim.transcript import Transcript

LEARNER = "Learner"
"""What stands in place of the learner's names."""

_CAPITAL = r"(?-i:[^\W\d_a-zß-öø-ÿ])[\w'’\-]*"
"""A word that begins with a letter which is not small: a capital, or one of a script without capitals."""

_ANY = r"[^\W\d_][\w'’\-]*"

_GREETING = r"(?:hi|hello|hey|hiya|greetings|good\s+(?:morning|afternoon|evening|day))(?:\s+there)?"

_CAPITALS = re.compile(
    rf"\b(?:my name is|my name['’]s|name is|call me|i['’]m|i am|this is)\s+({_CAPITAL}(?:\s+{_CAPITAL}){{0,3}})", re.IGNORECASE
)
"""What is taken for an introduction where the name has its capital."""

_PLAINLY = re.compile(rf"\bname(?:['’]?s|\s+is)\s+({_ANY}(?:\s+{_ANY}){{0,2}})|\bcall\s+me\s+({_ANY})", re.IGNORECASE)
"""What introduces a name, in whatever case it is typed: up to three words after `my name is`, one after `call me`."""

_GREETED = re.compile(rf"\b{_GREETING}\b[^.?\n]{{0,40}}?\b(?:i['’]?m|i\s+am|this\s+is|it['’]?s)\s+({_ANY}(?:\s+{_ANY})?)", re.IGNORECASE)
"""`Hello, I'm ana`: only after a greeting, and only what is no everyday word, as people also are glad and are calling."""

_PRESENT = re.compile(
    rf"(?:^|[.!?,;:\n])\s*(?:{_GREETING}\b[\s,!.]*)?"
    rf"({_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}|{_ANY})\s+(?:here|speaking)\b(?=\s*(?:$|[.,;:!?\n–—-]|from\b|again\b))",
    re.IGNORECASE,
)
"""`Ana Sol here`, `ana speaking`: at the beginning of a sentence, and over with it."""

_COMMON = frozenset(
    "a an the and of in on at to for me my i you we us it is am be no not so mr mrs ms dr prof student learner team group".split()
)

_EVERYDAY = _COMMON | frozenset(
    """about actually afraid all already also always any anybody anyone anything as available back because been before but by
    calling can certain certainly coming confident confused curious currently delighted done do doing don't eager early ever every
    everybody everyone everything excited fairly familiar fine finally first free from generally glad going good grateful great
    happy hard have he her here his honestly honored honoured hoping how if interested interesting just keen kind last late later
    like listening looking lost lovely maybe more much native nervous never new nice nobody now okay ok one only open or our out
    over people please pleased public quite ready really right same she short since somebody someone something sorry soon still
    strictly such sure ten that their them then there these they thankful thanks thank this those thrilled today tomorrow tonight
    too trying two under up very wait was well what when whenever where which who why will with wondering working would yes yet
    your i'm i’m""".split()
)
"""Words that follow `I'm` or `call me`, or stand before `here`, without being anybody's name."""


@dataclass(frozen=True)
class Line:
    """One turn of an excerpt: its index in the meeting, whether the learner speaks, and the words."""

    turn: int
    learner: bool
    text: str


def introduced(texts: Iterable[str]) -> list[str]:
    """Return the names by which somebody introduces themselves: `my name is Ana Sol` gives Ana Sol, and `hello, i'm ana` ana."""
    return list(dict.fromkeys(name for text in texts for name in _introduced(text)))


def _introduced(text: str) -> Iterable[str]:
    yield from (match[1] for match in _CAPITALS.finditer(text))
    for pattern in (_PLAINLY, _GREETED, _PRESENT):
        yield from filter(None, (_up_to_everyday(next(filter(None, match.groups()))) for match in pattern.finditer(text)))


def _up_to_everyday(words: str) -> str:
    """Return the words before the first one that is no name: `ana sol and i` gives ana sol."""
    return " ".join(takewhile(lambda w: not _everyday(w.casefold()), words.split()))


def _everyday(word: str) -> bool:
    return word in _EVERYDAY or word.endswith("ly") or (word.endswith("ing") and len(word) > 5)


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


def found_in(transcript: Transcript, names: Sequence[str], first: int, last: int) -> tuple[str, ...]:
    """Return which of the names stand in the turns from `first` to `last`, so that a person can see what was left out."""
    words = "\n".join(t.text for t in transcript.turns[max(0, first) : max(0, last) + 1])
    return tuple(n for n in names if re.search(rf"(?<!\w){re.escape(n)}(?!\w)", words, re.IGNORECASE))


def excerpt(transcript: Transcript, names: Sequence[str], first: int, last: int) -> tuple[Line, ...]:
    """Return the turns from `first` to `last` (indexes, both included) without the names; what is out of range is left out."""
    chosen = list(enumerate(transcript.turns))[max(0, first) : max(0, last) + 1]
    return tuple(Line(n, t.speaker == "learner", without_names(t.text, names)) for n, t in chosen)
