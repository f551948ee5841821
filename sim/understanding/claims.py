"""Hold what a learner says against a sentence of the dossier: another figure, another year, what it says there is none of.

Only what can be told from the words alone counts. Another name or place ("Cambridge" for "Cardiff") cannot: the learner may speak of both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.understanding.dossier import stems
from sim.understanding.figures import words_and_figures

_DAYS = {"second": 1 / 86_400, "minute": 1 / 1_440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_LEADS_TO_A_YEAR = frozenset(
    "in since until till by from of around about before after january february march april may june july august september october november"
    " december spring summer autumn winter fall year".split()
)

_TELLS = frozenset("read heard saw see understand gather believe think know noticed take found learned ve had have was m wonder".split())
"""Words after "I" that tell of the contact's affairs, not of the learner's own."""

SHARED_WORDS = 2
"""Content words, figures aside, that words must share with a fact before another figure says anything about it."""

ROUNDED = 0.06
"""Share by which a figure may miss and still be the same one rounded: "some three and a half per cent" for 3.4."""

SAME_SPAN = 0.2
"""Share by which two spans of time in different units may differ: "seven weeks" for "two months" is rounding, for "seven months" wrong."""


@dataclass(frozen=True)
class Quantity:
    """A figure with the stems of the two words after it; `span`: the days it stands for, where it counts time; `own`: whoever says it
    speaks of themselves.
    """

    value: float
    units: frozenset[str]
    span: float | None = None
    own: bool = False

    def is_like(self, other: Quantity) -> bool:
        """Tell whether this is the other figure, perhaps rounded, or with its million left unsaid."""
        return any(abs(self.value * left_out - other.value) <= ROUNDED * other.value for left_out in (1, 1e3, 1e6))


def contradicts(words: str, fact: str, others: Sequence[str] = ()) -> bool:
    """Tell whether `words` speak of what `fact` tells and say something else: nine vans for five, a year that is not the fact's, seven
    months for seven weeks, shareholders where it has none; or one of its figures where another belongs. A figure or year of one
    of `others` that the words speak of, too, is told of that one, and rightly.
    """
    shared, named = _in_common(words, fact)
    near = len(shared) + len(named)
    meant = [other for other in others if other != fact and sum(map(len, _in_common(words, other))) >= SHARED_WORDS]
    right_years = frozenset().union(*map(_years, meant))
    right = [q for other in meant for q in _quantities(other)]
    mine, theirs = [q for q in _quantities(words) if not any(q.is_like(known) for known in right)], _quantities(fact)
    units = frozenset().union(*(q.units for q in mine)) if mine else frozenset()
    return (
        _denied(words, fact)
        or _is_swapped(words, fact)
        or _other_change(words, fact)
        or (near >= SHARED_WORDS and _other_year(_years(words) - right_years, _years(fact)))
        or (len(shared - units) + len(named - units) >= SHARED_WORDS and _other_figure(mine, theirs))
        or (len(shared - units) >= 1 and _other_figure(mine, theirs, agreeing=2))
    )


def _in_common(words: str, fact: str) -> tuple[set[str], set[str]]:
    """Return the content words that words share with a fact, figures aside, and the names among them."""
    shared = {w for w in stems(words) & stems(fact) if not w[0].isdigit()}
    return shared, shared & stems(" ".join(_NAME.findall(fact)))


_CLAUSE = re.compile(r"[,;:]\s+|\b(?:and that|while|but)\b")


def contradicted(words: str, facts: Sequence[str], likeliest: str) -> str | None:
    """Return the fact that words say something else than, or None. `likeliest`: the fact that they fit best as a whole; where they tell
    two facts in two clauses, the wrong one may be the other.
    """
    if not contradicts(words, likeliest, facts):
        return None
    clauses = [c for c in _CLAUSE.split(words) if len(c.split()) >= SHORTEST_CLAUSE]
    return next((fact for clause in clauses for fact in facts if contradicts(clause, fact, facts)), likeliest)


SHORTEST_CLAUSE = 4
"""Words from which part of a sentence can tell a fact by itself."""

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
"""A name in the midst of a fact's sentence: sharing one is worth two words."""


def _other_figure(mine: list[Quantity], theirs: list[Quantity], agreeing: int = 1) -> bool:
    """Tell whether a figure counts what one of the fact's counts and is none of them. `agreeing`: how many of the two words after it must
    be the same; spans of time have one such word only.
    """
    for said in mine:
        if said.value < 2 or said.own or any(said.is_like(k) and (said.span is None or k.span in (None, said.span)) for k in theirs):
            continue
        same = [k for k in theirs if len(said.units & k.units) >= agreeing and (said.span is None) == (k.span is None)]
        right_too = any(other.is_like(known) for other in mine for known in same)
        if same and said.span is None and not right_too and not _is_rest(said, same):
            return True
        spans = [k.span for k in theirs if k.span is not None]
        alone = len(spans) == 1 and sum(q.span is not None for q in mine) == 1
        if said.span is not None and alone and agreeing == 1 and abs(said.span - spans[0]) > SAME_SPAN * max(said.span, spans[0]):
            return True
    return False


def _is_rest(said: Quantity, same: list[Quantity]) -> bool:
    """Tell whether per cents are the rest of the fact's: sixty empty where it has forty full."""
    return "percent" in said.units and any(abs(said.value + known.value - 100) < 1 for known in same)


def _other_year(mine: set[int], theirs: set[int]) -> bool:
    return bool(mine and theirs and not mine & theirs)


_NONE_OF = re.compile(
    r"\b(?:has|have|had|with|there (?:is|are)) no ((?:[\w-]+ ){0,1}[\w-]+)|\b(?:has|have|had) never ([\w-]+)((?: [\w-]+){0,2})", re.I
)
_JOINS = re.compile(
    r" (?:about|abroad|above|across|after|among|before|behind|below|beside|beyond|but|during|inside|left|near|outside|since|under|until"
    r"|within|without)$",
    re.I,
)
"""A word that may follow what there is none of and is no part of its name: "no branches outside" Wales."""

_HAVING = frozenset("had owned held kept traded sold bought made built used run employed hired insured published grown offered".split())
"""Verbs of having and dealing: who "has never traded bulbs" is no bulb trader, in any words; who "has never missed a date" keeps dates."""

_NEGATED = re.compile(r"\b(?:no|not|never|none|without|neither|nor|nobody|stopped|gave up|lost)\b|n['’]t\b", re.I)


def _denied(words: str, fact: str) -> bool:
    """Tell whether words speak of having what the fact says there is none of."""
    found = _NONE_OF.search(fact)
    if not found or _NEGATED.search(words):
        return False
    if not re.search(r"\byou(?:r|['’]re)?\b", words, re.I):
        return False
    none, verb, thing = found.groups()
    if none:
        missing = stems(_JOINS.sub("", none))  # a morning in your office is none in "no central office"
        return bool(missing) and missing <= stems(words)
    missing = stems(thing)
    done = stems(verb)
    return bool(missing & stems(words)) and (verb.lower() in _HAVING or (bool(done) and done <= stems(words)))


def _years(text: str) -> set[int]:
    """Return the years a text names: 1900 to 2100 written without a comma, earlier ones, and "nineteen hundred", after a word that leads
    to a year.
    """
    out = set()
    for (before, _), (word, value) in pairwise([("", None), *words_and_figures(text)]):
        if value is None or not value.is_integer() or not 1700 <= value <= 2100 or "," in word or "thousand" in word:
            continue
        like_a_year = "hundred" not in word and (value >= 1900 or not before.isalnum())
        if like_a_year or before in _LEADS_TO_A_YEAR:
            out.add(int(value))
    return out


def _quantities(text: str) -> list[Quantity]:
    entries, years = words_and_figures(text), _years(text)
    out = []
    for place, (_, value) in enumerate(entries):
        if value is None or value in years:
            continue
        after: list[str] = []
        for word, other in entries[place + 1 : place + 4]:
            if other is not None or word in ".,;:!?" or len(after) == 2:
                break
            if word not in ("of", "the", "a", "in", "their", "your", "its"):
                after.append(word)
        time = next((unit for unit in _DAYS if after and after[0].rstrip("s") == unit), None)
        units = frozenset(
            {"percent"} if after[:1] == ["percent"] else stems(" ".join(after)) | ({after[0]} if after[:1] == ["people"] else set())
        )
        before = [word for word, _ in entries[max(0, place - 6) : place]]
        out.append(Quantity(value, units, value * _DAYS[time] if time else None, _is_own(before)))
    return out


def _is_own(before: list[str]) -> bool:
    """Tell from the words before a figure whether the speaker counts something of their own: "my nine vans", "I ran nine vans"."""
    for word, after in reversed([*pairwise([*before, ""])]):
        if word in ("you", "your", "they", "their"):
            return False
        if word in ("my", "our") or (word in ("i", "we") and after not in _TELLS):
            return True
    return False


def _is_swapped(words: str, fact: str) -> bool:
    """Tell whether what is said of one of the fact's figures is what the fact says of another one alone: 6,400 elevators report remotely,
    where 4,600 of the 6,400 do.
    """
    known, said = _parts_by_figure(fact), list(_parts_by_figure(words))
    if len(said) != 1 or said[0] not in known or len(known) < 2:
        return False
    figure, mine = said[0], stems(words)
    own = known[figure]
    others = frozenset().union(*(part for other, part in known.items() if other != figure))
    return len(mine & (others - own)) >= 2 + len(mine & (own - others))


def _other_change(words: str, fact: str) -> bool:
    """Tell whether something goes from one figure to another where only one of the two is the fact's."""
    mine, theirs = _change(words), _change(fact)
    if mine is None or theirs is None:
        return False
    return (mine[0] == theirs[0]) != (mine[1] == theirs[1])


def _change(text: str) -> tuple[float, float] | None:
    """Return the two figures of "from 3.4 an elevator a year to 2.1", or None."""
    entries = words_and_figures(text)
    told = [
        value for place, (_, value) in enumerate(entries)
        if value is not None and place and entries[place - 1][0] in ("from", "to")
    ]  # fmt: skip
    froms = [place for place, (word, _) in enumerate(entries[:-1]) if word == "from" and entries[place + 1][1] is not None]
    return (told[0], told[1]) if len(told) == 2 and len(froms) == 1 else None


def _parts_by_figure(text: str) -> dict[float, frozenset[str]]:
    """Return the figures of a text, each with the content words of its part of the sentence, figures left out."""
    out: dict[float, frozenset[str]] = {}
    years = _years(text)
    for part in re.split(r"(?:[,;:]\s+|\band\b|\bof which\b)", text):
        content = frozenset(w for w in stems(part) if not w[0].isdigit())
        for _, value in words_and_figures(part):
            if value is not None and value not in years:
                out[value] = out.get(value, frozenset()) | content
    return out
