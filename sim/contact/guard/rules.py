"""The rules one sentence of a model's line can break. Each is a small check on words; their order decides which is named."""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.contact.guard import patterns
from sim.contact.guard.scene import Scene
from sim.contact.secrets import plain
from sim.persona import Intent
from sim.transcript import word_count

NAME_INTENTS = (Intent.REFERRAL_GRANTED, Intent.REFERRAL_DETAILS)

STRAY_SHARE, STRAY_SIGNS = 0.4, 8
"""Share of characters that are neither letters nor digits, and their number, from which a sentence is none (our judgement)."""

MINUTES_OFF = 2
"""Minutes by which a contact may be wrong about the time left; people round."""


def _role(text: str, scene: Scene) -> bool:
    return bool(patterns.ROLE.search(text)) or bool(patterns.TOKENS.search(text))


def _coaching(text: str, scene: Scene) -> bool:
    return bool(patterns.COACHING.search(text))


def _other_voice(text: str, scene: Scene) -> bool:
    return bool(patterns.VOICE.search(text))


def _markup(text: str, scene: Scene) -> bool:
    return bool(patterns.MARKUP.search(text))


def _job(text: str, scene: Scene) -> bool:
    return any(not patterns.NO.search(_clause(text, match.start())) for match in patterns.JOB.finditer(text))


def _contact_details(text: str, scene: Scene) -> bool:
    return any(plain(m.group()) not in scene.file for p in (patterns.MAIL, patterns.LINK, patterns.PHONE) for m in p.finditer(text))


def _referral(text: str, scene: Scene) -> bool:
    """Whether a person is passed on who was not given, or an introduction is promised that was not granted."""
    granted = any(intent in NAME_INTENTS for intent in scene.direction.intents)
    promised = any(not patterns.NO.search(_clause(text, m.start())) for m in patterns.PROMISED.finditer(text))
    if promised and not granted and not scene.names:
        return True
    passed = [m["name"] or m["other"] for m in patterns.PASSED_ON.finditer(text)]
    brought_up = [m["name"] or m["other"] or m["third"] for m in patterns.NAMED.finditer(text)]
    unknown = [name for name in brought_up if plain(name) not in scene.file]
    return any(not _may_pass_on(name, scene) for name in (*passed, *unknown))


def _may_pass_on(name: str, scene: Scene) -> bool:
    given = {plain(word) for full in scene.names for word in full.split()}
    own = set(plain(f"{scene.persona.name} {scene.persona.company}").split())
    words = [w for w in plain(re.sub(r"['’]s\b", "", name)).split() if len(w) > 1]
    if all(word in given or word in own for word in words):
        return True
    return len(words) == 1 and words[0] in patterns.NO_NAMES


def _locked(text: str, scene: Scene) -> bool:
    return scene.secrets.told_by(text)


def _contradiction(text: str, scene: Scene) -> bool:
    return _wrong_name(text, scene) or _wrong_title(text, scene) or _wrong_company(text, scene) or _wrong_minutes(text, scene)


def _wrong_name(text: str, scene: Scene) -> bool:
    own = set(plain(scene.persona.name).split())
    for match in patterns.CALLED.finditer(text):
        words = plain(match["name"]).split()
        looks_like_name = match.group().lower().startswith(("my name", "call me")) or len(words) > 1
        if looks_like_name and not any(w in own for w in words) and plain(match["name"]) not in scene.file:
            return True
    return False


def _wrong_title(text: str, scene: Scene) -> bool:
    found = (plain(m["title"]) for m in patterns.MY_TITLE.finditer(text) if not patterns.NO.search(_clause(text, m.start())))
    return any(title not in scene.file and title.split()[-1] not in plain(scene.persona.title) for title in found)


def _wrong_company(text: str, scene: Scene) -> bool:
    return any(plain(m["name"]).split()[0] not in scene.known for m in patterns.MY_COMPANY.finditer(text))


def _wrong_minutes(text: str, scene: Scene) -> bool:
    left = scene.direction.minutes_left
    if left and any(_off(m["n"], left) for m in patterns.MINUTES_LEFT.finditer(text)):
        return True
    # "I have ten minutes" may speak of what was agreed or of what is left.
    return any(_off(m["n"], scene.minutes) and _off(m["n"], left) for m in patterns.MINUTES_AGREED.finditer(text))


def _off(number: str, minutes: float) -> bool:
    return abs(_number(number) - minutes) > MINUTES_OFF


def _number(word: str) -> int:
    return int(word) if word.isdigit() else patterns.NUMBERS[word.lower()]


def _leaving(text: str, scene: Scene) -> bool:
    if scene.direction.ends:
        return False
    goes_on = Intent.GOODBYE not in scene.direction.intents
    return goes_on and bool(patterns.BYE.search(text) or (scene.direction.cue != "hard" and patterns.GOING.search(text)))


def _more_time(text: str, scene: Scene) -> bool:
    granted = Intent.MORE_TIME_GRANTED in scene.direction.intents
    return not granted and any(not patterns.NO.search(_clause(text, m.start())) for m in patterns.MORE_TIME.finditer(text))


def _repeated(text: str, scene: Scene) -> bool:
    return plain(text) in scene.said


def _garbled(text: str, scene: Scene) -> bool:
    """Whether this is no English sentence on its face: stray characters, hardly any letters, or the same few words over and over."""
    if "�" in text or any(ord(c) < 32 and c not in "\n\t" for c in text):
        return True
    letters = sum(c.isalpha() for c in text)
    words = plain(text).split()
    signs = sum(not c.isalnum() and not c.isspace() for c in text)
    if signs > STRAY_SHARE * (len(text) - text.count(" ")) and signs > STRAY_SIGNS:
        return True
    foreign = sum(c.isalpha() and ord(c) > 0x24F for c in text)
    return foreign > 0.2 * letters or (len(words) >= 12 and len(set(words)) < 0.4 * len(words)) or any(len(w) > 40 for w in words)


def _clause(text: str, start: int) -> str:
    """Return what stands before `start` in the same clause, where a "not" would turn the meaning round."""
    return re.split(r"[.;:!?]|, but |, and i | but ", text[:start])[-1]


_CHECKS: dict[str, Callable[[str, Scene], bool]] = {
    "other_voice": _other_voice,
    "role": _role,
    "markup": _markup,
    "garbled": _garbled,
    "locked": _locked,
    "job": _job,
    "contact_details": _contact_details,
    "referral": _referral,
    "contradiction": _contradiction,
    "leaving": _leaving,
    "more_time": _more_time,
    "coaching": _coaching,
    "repeated": _repeated,
}

RULES = (*_CHECKS, "too_long", "too_short")
"""Every rule that can be broken, by the name the trace records."""


def breach(sentence: str, scene: Scene) -> str | None:
    """Return the rule this sentence breaks, or None. Its line breaks must still be in it: they tell a list from a sentence."""
    if word_count(sentence) > scene.most_words:
        return "too_long"
    return next((rule for rule, check in _CHECKS.items() if check(sentence, scene)), None)
