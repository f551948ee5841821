"""People's names in what is said and written: who is meant by one, whom a note greets and who signs it, which names a line holds.

Names are compared folded: in lower case and without accents.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from sim.persona import Persona
from sim.understanding.dossier import stems
from sim.understanding.segments import segment


def folded(text: str) -> str:
    """Return a text in lower case and without accents: "Zoë" is often typed "Zoe"."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def name_parts(name: str) -> set[str]:
    """Return the parts of a name that tell who it is: more than two letters, no title, no common word ("his mother")."""
    return {w for w in re.findall(r"\w+", folded(name)) if len(w) > 2 and w not in _TITLES and stems(w)}


def repeats(piece: str, inside: set[str], first: set[str]) -> bool:
    """Tell whether a piece repeats a name. A word that began the contact's sentence is one only where it has a capital here too."""
    spoken = re.findall(r"[^\W\d_]+", piece)
    return bool(inside & {folded(w) for w in spoken} or first & {folded(w) for w in spoken if w[0].isupper()})


def names_in(line: str, persona: Persona | None) -> tuple[set[str], set[str]]:
    """Return the parts of people's names in a contact's line, folded: those within a sentence, and those that may be one's first word.

    The contact's own name and company and what the dossier tells were known before; a name after "at" or "of", or with "County" in it,
    is an organisation's.
    """
    facts = [persona.company, persona.name, *persona.dossier.facts()] if persona else []
    known = set(re.findall(r"\w+", folded(" ".join(facts))))
    inside, first = set[str](), set[str]()
    for run in _NAMES.finditer(line):
        words, before = run.group().split(), line[max(0, run.start() - 8) : run.start()]
        if _ORGANISATION & {folded(w) for w in words} or re.search(r"\b(?:at|of)(?: the)? $", before):
            continue
        if not re.search(r"[\w,;:–—-] ?$", before):  # any first word has a capital: it takes a surname, or a verb that people go with
            if (len(words) > 1 or _PERSON_DOES.match(line[run.end() :])) and folded(words[0]) not in _OPENERS:
                first |= name_parts(words[0])
            del words[0]
        inside |= name_parts(" ".join(words))
    told = {w for r in persona.referrals for w in name_parts(r.name)} if persona else set[str]()
    return (inside - known) | (told & set(re.findall(r"\w+", folded(line)))), first - known


_NAME = r"[^\W\d_a-zß-öø-ÿ](?:[^\W\d_A-ZÀ-Þ]|['’](?!s\b)(?=[^\W\d_]))[^\W\d_]*(?:['’-](?!s\b)[^\W\d_]+)*"
_NAMES = re.compile(rf"\b{_NAME}(?: {_NAME})*")
"""Words with a capital and a small letter, one after the other: "José Ruiz", "O'Brien", "Ashby-Tooke"; no "HR", and no "'s"."""

_ORGANISATION = frozenset(
    "agency association bank board centre center church clinic college committee company council county department foundation group hall "
    "hospital hospitals institute laboratories laboratory library ltd ministry minster museum office partners partnership school service "
    "services society stores trust union university works".split()
)
"""Words that make a name an organisation's."""

_OPENERS = frozenset("ask call email maybe meet nobody perhaps ring somebody someone everyone everybody speak try visit write".split())
"""Words that begin a sentence about somebody and are no names themselves."""

_PERSON_DOES = re.compile(
    r"['’]s\b| (?:would|is|was|has|had|knows?|might|could|can|will|may|does|did|runs?|ran|works?|worked|used|still|left|came|who)\b"
)
"""What follows a person's name at the start of a sentence: "Curtis would be the one to ask."."""


_GREETED = re.compile(r"(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you),? ", re.I)

SALUTATION_LETTERS = 120
"""Letters at the head of a note within which its salutation stands: the longest greeting and three long names."""


def called_in(note: str) -> list[str]:
    """Return the name a note is addressed by, folded and without titles; empty where it is addressed to nobody in particular."""
    head = note[:SALUTATION_LETTERS].lstrip("\"'“‘*_#> \t\n")
    greeted = _GREETED.match(head)
    if greeted is None:
        return []
    line, more, _ = head[greeted.end() :].partition("\n")
    words: list[str] = []
    for word in line.split()[:4]:
        name = word.rstrip(",.!:–-")
        if words and not name:
            return _who(words)  # a dash by itself
        if not name[:1].isupper() or len(words) == 3:
            return []
        words.append(name)
        if word != name and not (word.endswith(".") and folded(name) in _TITLES):
            return _who(words)
    return _who(words) if more else []


def _who(words: list[str]) -> list[str]:
    return [w for w in map(folded, words) if w not in _TITLES and stems(w)]


def same_name(one: str, other: str) -> bool:
    """Tell whether two names may be the same person's: where in doubt they may."""
    if one.startswith(other) or other.startswith(one) or one[:3] == other[:3] or SequenceMatcher(None, one, other).ratio() >= 0.7:
        return True
    return any(one in forms and other in forms for forms in _SHORT_FORMS)


_SHORT_FORMS = [frozenset(forms.split()) for forms in (
    "elizabeth elisabeth liz lizzie liza beth betty betsy bess libby", "margaret maggie meg peggy greta daisy rita",
    "katherine catherine kathleen kate katie kathy cathy kit kitty kay", "robert bob bobby rob bert", "richard dick rick ricky rich",
    "william bill billy will liam", "edward edmund edwin ed eddie ned ted teddy", "theodore ted teddy theo",
    "james jim jimmy jamie", "john jack johnny jon", "joseph joe joey", "charles chuck charlie", "henry harry hank hal",
    "michael mike mick mickey", "anthony antony tony", "lawrence laurence larry", "gerald gerard jerry gerry", "francis frank",
    "thomas tom tommy", "mary polly molly mamie", "sarah sally sadie", "helen eleanor nell nellie nora", "rebecca becky becca",
    "susan susannah sue suzy", "patricia pat patty trish tricia", "christopher kit chris kris", "alexander sandy alec sasha",
    "andrew andy drew", "bartholomew bart barry", "frederick alfred fred freddie", "albert herbert gilbert bert", "gwendolyn gwen wendy",
)]  # fmt: skip
"""English short forms in common use that their name does not show; where it does ("Dan", "Steve") no list is needed."""

_TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir madam ma'am there friend friends colleague colleagues all team everyone everybody folks both "
    "again".split()
)
"""Words in the place of a name that are none."""

_PARTING = re.compile(
    r"^(?:(?:with )?(?:(?:all|the|very|my|many|kind|kindest|warm|warmest|best|good) )*(?:regards|wishes|best)"
    r"|(?:yours )?(?:sincerely|faithfully|truly)|yours|respectfully|warmly|love|from)\b[\s,.–—-]*",
    re.I,
)
"""Words before a signature that say no more than that the letter ends. Thanks are not among them: they thank."""

_THANKS = re.compile(r"thank|thx|gracias|merci|danke|^ta$|cheers", re.I)

_PARTICLES = frozenset("de del della der den di da du van von la le bin ben al ter ten".split())


@lru_cache(maxsize=2_000)
def signed_from(note: str) -> int:
    """Return where a note's signature begins: pieces after the last sentence that are only a name; the length of a note without one."""
    start = len(note)
    for piece in reversed(segment(note)):
        if not _is_signature(piece.text):
            break
        start = piece.start
    return start


def _is_signature(text: str) -> bool:
    """Tell whether a piece is a name of up to four words, a parting before it or not. Words of common use are nobody's name."""
    words = _PARTING.sub("", text.lstrip("–—- ")).rstrip(" .").split()
    names = [w for w in words if w not in _PARTICLES]
    if len(words) > 4 or any(_THANKS.search(w) or not w[0].isupper() for w in names) or text.endswith(("?", "!")):
        return False
    return len(names) == 1 or all(stems(w) or re.fullmatch(r"[B-HJ-Z]\.?", w) for w in names)
