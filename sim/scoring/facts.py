"""A dossier's sentence in a learner's mouth, without breaking its grammar.

A fact is any declarative sentence a persona's author wrote. It becomes part of a sentence ("I read that you began as ...") only
where that is safe; everywhere else it is quoted whole, which is always right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sim.persona import Persona
from sim.scoring.fact_kinds import kind_of
from sim.scoring.wording import PAST_VERBS, phrases, quoted, say

SMALL_WORDS = frozenset((
    "a", "about", "after", "all", "an", "another", "any", "at", "because", "before", "between", "by", "each", "even",
    "every", "few", "for", "from", "half", "hourly", "in", "it", "its", "large", "last", "many", "more", "most",
    "much", "no", "nobody", "now", "of", "on", "once", "one", "only", "other", "over", "several", "she", "he",
    "they", "his", "her", "their", "since", "small", "some", "the", "there", "these", "this", "those", "three",
    "through", "two", "under", "until", "when", "while", "with",
))  # fmt: skip
"""Words that begin a sentence with a capital and are no name: these may be written small in the middle of one."""

_BE_AND_HAVE = {"has": "have", "is": "are", "does": "do", "goes": "go", "was": "were"}
_PRONOUNS = {"she/her": ("she", "her", "hers"), "he/him": ("he", "his", "him")}
_OWN = {"she": "Her", "he": "His"}
_NO_NOUN = "to|and|in|at|for|how|that|by|on|right|wrong"
"""Words after "her" that show it is no possessive."""


@dataclass(frozen=True)
class Clause:
    """A fact as a clause after "that". `past`: its verb is; None where nobody knows."""

    words: str
    past: bool | None


def fact_line(fact: str, persona: Persona, salt: str) -> str:
    """Return what a learner could say with a dossier fact: the fact, and an open question fit for the contact's level."""
    about = next(kind for kind in ("company", "contact", "industry") if fact in getattr(persona.dossier, kind))
    clause = spoken_clause(fact, about, persona)
    if clause is None:
        opening = say("facts", f"quote.{about}", {"fact": quoted(_first_part(fact), 40)}, salt)
    else:
        opening = say("facts", "clause", {"fact": clause.words}, salt)
    return f"{opening} {_ask(_first_part(fact), about, persona, salt)}"


def _ask(said: str, about: str, persona: Persona, salt: str) -> str:
    """Return the question that goes with the part of a fact that is said: by its kind, else one that fits whatever it says."""
    kind = kind_of(said, about)
    by_level = isinstance(phrases()["facts"]["ask"][about][kind], dict)
    return say("facts", f"ask.{about}.{kind}{f'.{persona.level}' if by_level else ''}", {}, salt)


def _first_part(fact: str) -> str:
    """Return the part before a semicolon where it can stand alone: nobody says the second half aloud."""
    part = fact.split(";")[0].strip()
    return part if len(part.split()) >= 6 else fact.strip()


def spoken_clause(fact: str, about: str, persona: Persona) -> Clause | None:
    """Return a fact as a clause for after "that", said to the contact; None where its grammar is not safe.

    `about` is the part of the dossier it stands in: company, contact or industry.
    """
    part = re.sub(r"\.(?=['\"’”)]*$)", "", _first_part(fact))
    if re.search(r"[?!:]|\.\s", part):
        return None
    if about == "contact":
        return _to_their_face(part, persona)
    named = _naming_the_company(part, persona.company)
    lowered = _lowered(named, persona)
    return None if lowered is None else Clause(lowered, None)


def _naming_the_company(part: str, company: str) -> str:
    """Say the company's name where the dossier says "it"."""
    if re.match(r"It\s", part):
        return f"{company} {part[3:]}"
    if re.match(r"Its\s", part):
        return f"{company}{'’' if company.endswith('s') else '’s'} {part[4:]}"
    return re.sub(r"^((?:In|Since|By|Until|After|Before|From|Last) [\w ]{2,40},?) it\b", lambda m: f"{m[1]} {company}", part)


def _lowered(part: str, persona: Persona) -> str | None:
    """Return the words as they stand in the middle of a sentence; None where the first may or may not be a name."""
    first = re.match(r"[\w’'&-]+", part)
    if first is None:
        return None
    word = first.group()
    if part.startswith(persona.company) or not word[0].isalpha():
        return part
    if word.lower() in SMALL_WORDS:
        return part[0].lower() + part[1:]
    names = [w for w in persona.company.split() if w.lower() != "the"][:1] + persona.name.split()
    return part if word in names else None


def _your_verb(verb: str) -> tuple[str, bool] | None:
    """Return a third-person verb as it goes with "you", and whether it is past; None where it is no verb we know."""
    low = verb.lower()
    if low in _BE_AND_HAVE:
        return _BE_AND_HAVE[low], low == "was"
    if low in PAST_VERBS or low.endswith("ed"):
        return low, True
    if low.endswith("ies"):
        return low[:-3] + "y", False
    if re.search(r"(?:ch|sh|ss|x|zz|o)es$", low):
        return low[:-2], False
    return (low[:-1], False) if re.search(r"[a-rt-z]s$", low) else None


_TITLE = re.compile(r"(?<!\w)['‘“\"](?=[A-ZÀ-Þ0-9])[^”\"]{2,80}?['’”\"](?!\w)")
"""What somebody wrote, gave or runs, named in quotation marks: its words are not the sentence's."""
_PLACE_OF_TITLE = "\0"

_LEAD_IN = r"(?:(?:At|In|On|Since|Until|Before|After|For|From|By|During|Last)\s[^,;]{2,60}?,?\s)?"
_ADVERBS = r"(?:(?:first|now|also|still|once|later|then|often|never|always|[a-z]+ly)\s+)*"


def _to_their_face(part: str, persona: Persona) -> Clause | None:
    """Turn a sentence about the contact into one said to them; None where a wrong word could slip in."""
    titles = iter(_TITLE.findall(part))
    clause = _said_to_you(_TITLE.sub(_PLACE_OF_TITLE, part), persona)
    return clause and replace(clause, words=re.sub(_PLACE_OF_TITLE, lambda _: next(titles), clause.words))


def _said_to_you(part: str, persona: Persona) -> Clause | None:
    pronouns: tuple[str, ...] = _PRONOUNS.get((persona.pronouns or "").strip(), ())
    if re.search(r"\b(?:they|them|their|theirs|herself|himself|themselves)\b", part, re.I):
        return None
    names = "|".join(re.escape(n) for n in (persona.name, persona.first_name, persona.name.split()[-1]))
    owners = "|".join([f"(?:{names})['’]s", *(_OWN[p] for p in pronouns[:1])])
    owned = re.match(rf"(?:{owners})\s+(?!(?:has|had|is|was|does)\b)(.*)$", part)
    if owned:
        rest = _to_you(f" {owned[1]}", pronouns)
        return None if rest is None else Clause(f"your{rest}", None)
    subject = "|".join([names, *pronouns[:1]])
    told = re.match(rf"({_LEAD_IN})(?i:{subject})\s+({_ADVERBS})(\w+)\b(.*)$", part)
    verb = _your_verb(told[3]) if told else None
    if told is None or verb is None or (not verb[1] and re.search(r"(?:\band|,)\s+\w+s\b", told[4])):
        return None
    lead_in, rest = _to_you(told[1], pronouns), _to_you(told[4], pronouns)
    if lead_in is None or rest is None:
        return None
    return Clause(f"{lead_in[:1].lower()}{lead_in[1:]}you {told[2]}{verb[0]}{rest}", verb[1])


def _to_you(words: str, pronouns: tuple[str, ...]) -> str | None:
    """Return the rest of the sentence with the contact's pronouns turned to you and your; None where another person is about."""
    stranger = {"she", "her", "hers", "he", "his", "him"} - set(pronouns)
    if any(re.search(rf"\b{w}\b", words, re.I) for w in stranger):
        return None
    if pronouns and re.search(rf"\b{pronouns[0]}\b", words, re.I):
        moved = re.sub(rf"\b{pronouns[0]}\s+(\w+)", _you_and_verb, words)
        if re.search(r"\?\?", moved):
            return None
        words = moved
    words = re.sub(r"\b(and|but) (has|is|was|does)\b", lambda m: f"{m[1]} {_BE_AND_HAVE[m[2]]}", words)
    if "his" in pronouns:
        return re.sub(r"\bhim\b", "you", re.sub(r"\bhis\b", "your", words))
    if "her" in pronouns:
        return re.sub(r"\bher\b", "your", words) if _plain_her(words) else None
    return words


def _you_and_verb(match: re.Match[str]) -> str:
    verb = _your_verb(match[1])
    return f"you {verb[0]}" if verb and verb[1] else "??"


def _plain_her(words: str) -> bool:
    """Tell whether every "her" is a possessive: followed by a word that begins a noun phrase."""
    return not re.search(rf"\bhers?\b(?!\s+\w)|\bher\s+(?:{_NO_NOUN})\b|\bhers\b", words)
