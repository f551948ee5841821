"""Facts in the contact's mouth: sentences about a person or a company, turned into what that person says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.persona import Persona


def _words(text: str) -> list[str]:
    return text.split()


_TITLES = {"dr", "mr", "ms", "mrs", "mx", "prof", "professor", "sir", "dame"}
_PRONOUNS = {
    "she": ("she", "her", "her", "hers", "herself"),
    "he": ("he", "him", "his", "his", "himself"),
    "they": ("they", "", "their", "theirs", "themself"),
}
_AFTER_OBJECT = set(
    _words(
        "to and or but that when if because for in on at from with by as into after before while who the a an not about "
        "out off up down back over through again how what why where which then so too either personally directly "
        "privately twice once anyway under until since than though unless without every this otherwise nothing everything "
        "something anything it them him"
    )
)
_ADVERBS = _words("never still always almost also often only once twice now just even sometimes perhaps long soon not")
_IRREGULAR = {
    "is": "am",
    "has": "have",
    "does": "do",
    "goes": "go",
    "are": "am",
    "were": "was",
    "isn't": "am not",
    "hasn't": "haven't",
    "doesn't": "don't",
}
_OUR_IRREGULAR = _IRREGULAR | {"is": "are", "are": "are", "was": "were", "were": "were", "isn't": "aren't", "wasn't": "weren't"}
_NO_VERBS = {"this", "its", "his", "hers", "ours", "theirs", "yes", "us", "as", "was", "always", "perhaps", "sometimes", "across"}
_COORDINATED = set(
    _words(
        "is has does goes reads keeps makes takes runs says tells thinks plans wants writes calls pays works sells sends "
        "knows feels believes regrets hopes means uses leaves spends gives gets puts meets teaches coaches drives lives "
        "misses hates loves likes worries doubts fears considers intends maintains serves employs carries builds designs "
        "repairs supplies operates ships owns buys leads manages heads chairs holds looks asks wears turns checks stays "
        "still prefers wishes suspects trusts handles offers trains hires publishes hosts mentors volunteers reports "
        "opens closes moves starts ends repeats shows brings sits cooks walks stops plays remembers forgets rewrites "
        "answers rents rides visits grows earns thanks"
    )
)


def first_name(full: str) -> str:
    """Return the name people would use in speech; titles such as Dr are skipped."""
    return next((w for w in full.split() if w.rstrip(".").lower() not in _TITLES), full)


def in_first_person(fact: str, persona: Persona) -> str:
    """Return a sentence about the contact as the contact would say it: "She left her team" becomes "I left my team".

    Works on sentences that name the contact or use their pronoun; anything else comes back as it is.
    """
    pronouns = _pronouns(fact, persona)
    if pronouns is None:
        return fact
    subject, objective, possessive, absolute, reflexive = pronouns
    text = _names_to_pronoun(fact, persona, subject, possessive)
    text = re.sub(rf"\b{reflexive}\b", "myself", text, flags=re.I)
    if objective == possessive:
        text = re.sub(rf"\b{possessive}\b(?=(?:\s+([\w']+))?)", _my_or_me, text, flags=re.I)
    else:
        text = re.sub(rf"\b{possessive}\b(?=\s+\w)", lambda m: _like(m, "my"), text, flags=re.I)
        text = re.sub(rf"\b{objective}\b", "me", text, flags=re.I) if objective else text
    text = re.sub(rf"\b{absolute}\b", "mine", text, flags=re.I)
    text = re.sub(rf"\b{subject}\s+((?:(?:{'|'.join(_ADVERBS)}|\w+ly)\s+)*)([\w']+)", _agree, text, flags=re.I)
    text = re.sub(rf"\b{subject}\b", "I", text, flags=re.I)
    return _coordinate(text, "I", _IRREGULAR)


def as_we(fact: str, persona: Persona) -> str:
    """Return a sentence about the company as its people say it: "It moved its depot" becomes "We moved our depot".

    Sentences that do not begin with the company, its short name or "it" come back as they are.
    """
    full = re.sub(r"^the\s+", "", persona.company, flags=re.I)
    short = full.split()[0]
    names = "|".join(re.escape(n) for n in dict.fromkeys((full, short)) if len(n) > 3)
    lead = r"(?:(?:Last year|This year|In (?:\w+ )?\d{4}|Since \d{4}|Until \d{4}|Since then),? )?"
    fact = re.sub(r"^Its\b", "Our", fact)
    match = re.match(rf"^({lead})(?:(?:[Tt]he )?(?:{names})|It|it)(?= [\w']+)", fact) if names else None
    if match is None:
        return fact
    text = f"{match.group(1)}{'we' if match.group(1) else 'We'}{fact[match.end() :]}"
    text = re.sub(r"(\b(?:and|but|while|so)|;) it\b", r"\1 we", text)
    text = re.sub(r"(^[^,]*?|; )\bits\b", r"\1our", text)
    text = re.sub(r"\b([Ww]e) ([\w']+)", lambda m: f"{m.group(1)} {_plain(m.group(2), _OUR_IRREGULAR)}", text)
    return _coordinate(text, "we", _OUR_IRREGULAR)


def _pronouns(fact: str, persona: Persona) -> tuple[str, str, str, str, str] | None:
    declared = (persona.pronouns or "").lower().split("/")[0].strip()
    if declared in _PRONOUNS:
        return _PRONOUNS[declared]
    first = fact.split()[0].lower() if fact.split() else ""
    if first in ("her", "his", "their"):
        return _PRONOUNS[{"her": "she", "his": "he", "their": "they"}[first]]
    if first in _PRONOUNS:
        return _PRONOUNS[first]
    return _PRONOUNS["they"] if _named(fact, persona) else None


def _named(fact: str, persona: Persona) -> bool:
    return bool(re.search(rf"\b(?:{'|'.join(_names(persona))})\b", fact))


def _names(persona: Persona) -> list[str]:
    words = [w for w in persona.name.split() if w.rstrip(".").lower() not in _TITLES]
    spoken = [persona.name, " ".join(words), words[0] if words else persona.name]
    if words:
        spoken += [f"{t}\\.? {re.escape(words[-1])}" for t in ("Mr", "Ms", "Mrs", "Dr")] + [words[-1]]
    return [s if "\\" in s else re.escape(s) for s in dict.fromkeys(spoken)]


def _names_to_pronoun(fact: str, persona: Persona, subject: str, possessive: str) -> str:
    names = "|".join(_names(persona))
    text = re.sub(rf"\b(?:{names})['’]s\b", lambda m: _like(m, possessive), fact)
    text = re.sub(rf"(^|[.;!?] |, (?:and|but) )(?:{names})\b", lambda m: m.group(1) + subject.capitalize(), text)
    return re.sub(rf"\b(?:{names})\b", "me", text)


def _like(match: re.Match[str], word: str) -> str:
    return word.capitalize() if match.group()[0].isupper() and match.start() == 0 else word


def _my_or_me(match: re.Match[str]) -> str:
    follower = match.group(1)
    objective = follower is None or follower.lower() in _AFTER_OBJECT
    return _like(match, "me" if objective else "my")


def _agree(match: re.Match[str]) -> str:
    return f"I {match.group(1)}{_plain(match.group(2), _IRREGULAR)}"


def _plain(verb: str, irregular: Mapping[str, str]) -> str:
    """Return the plain form of a verb in the third person; anything else as it is."""
    if verb in irregular:
        return irregular[verb]
    if not verb.endswith("s") or verb.endswith(("ss", "us", "'s")) or verb in _NO_VERBS:
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return verb[:-2]
    return verb[:-1]


def _coordinate(text: str, subject: str, irregular: Mapping[str, str]) -> str:
    """Carry the changed verb form over to verbs joined to it: "I keep a list and reads it" becomes "... and read it".

    Only in clauses that the subject begins: elsewhere another subject may own the verb.
    """
    clauses = re.split(r"(; |(?<=[.!?]) )", text)
    return "".join(_joined(c, irregular) if re.match(rf"(?:[^,]*\b)?{subject}\b", c, re.I) else c for c in clauses)


def _joined(clause: str, irregular: Mapping[str, str]) -> str:
    def known(match: re.Match[str]) -> str:
        verb = match.group(2)
        return match.group(1) + (_plain(verb, irregular) if verb in _COORDINATED else verb)

    def listed(match: re.Match[str]) -> str:
        return match.group(1) + re.sub(r"[\w']+s\b", lambda m: _plain(m.group(), irregular), match.group(2))

    clause = re.sub(r"^((?:[^,]*\b)?(?:I|we) [\w']+)((?:, [\w']+s)+,? and [\w']+s\b)", listed, clause, flags=re.I)
    adverbs = "|".join(_ADVERBS)
    return re.sub(rf"(\b(?:and|but|or|then) (?:(?:{adverbs}|\w+ly) )*)([\w']+)", known, clause)
