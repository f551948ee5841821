"""Make a persona's draft of a card. What cannot be taken over is listed, and stands under `extensions` for the author to read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sim.cards.card import MOST_DEPTH, OURS, Card, clean, depth
from sim.cards.writing import KEPT
from sim.checking import look_over
from sim.errors import PersonaError
from sim.persona import SCHEMA
from sim.slugs import slug_of
from sim.studio.editing import data_of, dumped

LINE_CHARS, WORDS_CHARS, SHORT_CHARS = 600, 2_000, 200
"""The contract's longest line, paragraph and name."""

MOST_EXAMPLES = 20
MOST_GREETINGS = 8

INSTRUCTIONS = ("system_prompt", "post_history_instructions")
"""What a card says to a model. Nothing here follows it: patience, leaving and referrals are decided by rules."""

_COMMENT = re.compile(r"\{\{(?://|comment:).*?\}\}", re.S)
_CHOICE = re.compile(r"\{\{(?:random|pick):(.*?)\}\}", re.S | re.I)
_OTHER = re.compile(r"\{\{[^{}]*\}\}")
_REMOTE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<(?:img|audio|video|iframe|script|style|link)\b[^>]*>", re.I)
_ACTION = re.compile(r"\*[^*\n]{1,400}\*")
_SPEAKER = re.compile(r"^\s*(\{\{(?:user|char)\}\}|<(?:USER|BOT)>)\s*:\s*", re.I | re.M)


@dataclass(frozen=True)
class Left:
    """A part of a card that was not taken over: which, why, and what it says, for the author to place by hand."""

    part: str
    why: str
    text: str = ""


@dataclass(frozen=True)
class Imported:
    """A draft made of a card: its YAML, what came from where, what was left, what is still to be written.

    `whole`: the card carried our own persona file, and `source` is that, word for word. `instructions` are the card's texts to a
    model, by name, shown before anybody confirms to keep them.
    """

    source: str
    whole: bool
    taken: tuple[str, ...]
    left: tuple[Left, ...]
    missing: tuple[str, ...]
    instructions: Mapping[str, str]


def persona_from(card: Card, *, keep_instructions: bool = False) -> Imported:
    """Return the draft. With `keep_instructions` the card's texts to a model stay in the file, where nothing here follows them."""
    instructions = {name: card.text(name) for name in INSTRUCTIONS if card.text(name)}
    own = _own_file(card)
    if own:
        return Imported(own, True, ("the whole persona file",), (), _missing(own), instructions)
    maker = _Draft(card)
    data = maker.data(instructions if keep_instructions else {})
    source = dumped(data)
    return Imported(source, False, tuple(maker.taken), tuple(maker.left), _missing(source), instructions)


def _own_file(card: Card) -> str:
    """Return the persona file that one of our own cards carries, empty where there is none that can be read."""
    ours = card.extensions.get(OURS)
    source = ours.get("persona") if isinstance(ours, dict) else None
    if not isinstance(source, str):
        return ""
    try:
        return source if data_of(source).get("schema") == SCHEMA else ""
    except (PersonaError, yaml.YAMLError):
        return ""


def _missing(source: str) -> tuple[str, ...]:
    """Return what the check says is missing or wrong: the author's list of what to write."""
    return tuple(f"{p.path}: {p.message}" if p.path else p.message for p in look_over(source, "the draft").problems)


class _Draft:
    """Takes a card apart, noting what went where."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.taken: list[str] = []
        self.left: list[Left] = []
        self.name = " ".join(card.text("name").split())[:SHORT_CHARS]

    def data(self, instructions: Mapping[str, str]) -> dict[str, Any]:
        """Return the persona's data, in the order of the shipped files."""
        summary = self._summary()
        setting = self._setting()
        answers = self._answers()
        greetings = self._greetings()
        self._note_rest()
        if self.name:
            self.taken.append("name: the card's name")
        out: dict[str, Any] = {
            "schema": SCHEMA,
            "id": slug_of(self.name) or "imported-contact",
            "name": self.name,
            "title": "",
            "company": "",
            "level": "manager",
            "minutes": 20,
            **({"setting": setting} if setting else {}),
            "summary": summary,
            "dossier": {"company": [], "contact": [], "industry": []},
            **({"answers": answers} if answers else {}),
            **({"lines": {"greeting": greetings}} if greetings else {}),
            "extensions": {KEPT: self._kept(instructions)},
        }
        return out

    # -- the parts -----------------------------------------------------------------------------------------------------

    def _summary(self) -> str:
        told = self._plain(self.card.text("description"))
        if not told:
            return ""
        summary = _first_sentences(" ".join(told.split("\n")[0].split()), 600)
        self.taken.append("summary: the beginning of the description. Learners read it before the meeting: take out what is private")
        rest = " ".join(told.split())[len(summary) :].strip()
        if rest:
            self.left.append(Left("description", "put its facts into the dossier, or into private facts if they must be earned", rest))
        return summary

    def _setting(self) -> str:
        told = " ".join(self._plain(self.card.text("scenario")).split())
        if not told:
            return ""
        setting = _first_sentences(told, SHORT_CHARS)
        if setting == told:
            self.taken.append("setting: the scenario")
            return setting
        self.left.append(Left("scenario", f"a setting has at most {SHORT_CHARS} characters", told))
        return ""

    def _greetings(self) -> list[str]:
        found: list[str] = []
        for part, text in [("first_mes", self.card.text("first_mes")), *_numbered(self.card.lists.get("alternate_greetings", ()))]:
            line = " ".join(self._spoken(text).split())
            if not line:
                continue
            if len(line) > LINE_CHARS or len(found) == MOST_GREETINGS:
                self.left.append(Left(part, f"a line has at most {LINE_CHARS} characters, and a meeting needs few greetings", line))
            else:
                found.append(line)
        if found:
            self.taken.append("lines.greeting: the card's greetings, without what stands between asterisks")
        return list(dict.fromkeys(found))

    def _answers(self) -> dict[str, Any]:
        """Return the example dialogue as topics of the persona's own: what is asked, and what is said to it."""
        out: dict[str, Any] = {}
        lost = []
        for asked, said in _exchanges(self.card.text("mes_example")):
            question, lines = " ".join(self._plain(asked).split()), [" ".join(self._spoken(s).split()) for s in said]
            lines = [line for line in lines if line]
            if not question or not lines or len(out) == MOST_EXAMPLES or len(question) > WORDS_CHARS or max(map(len, lines)) > LINE_CHARS:
                lost += [question, *lines]
                continue
            out[f"example_{len(out) + 1}"] = {"asks": [question], "says": lines}
        if out:
            self.taken.append("answers: the example dialogue, a topic of its own for each question")
        if lost:
            why = "an example needs a question and an answer of its length; write it under a topic"
            self.left.append(Left("mes_example", why, "\n".join(filter(None, lost))))
        return out

    def _note_rest(self) -> None:
        card = self.card
        if card.text("personality"):
            why = "set the four scales of the temperament by it, and write what cools and warms the contact"
            self.left.append(Left("personality", why, self._plain(card.text("personality"))))
        if card.text("creator_notes"):
            self.left.append(Left("creator_notes", "for whoever uses the card", card.text("creator_notes")))
        if card.book:
            why = f"{card.book} entries; what must be earned belongs into private facts, what can be found out into the dossier"
            self.left.append(Left("character_book", why))
        if card.assets:
            self.left.append(Left("assets", f"{card.assets} pictures or sounds; none is fetched or kept"))
        for name in INSTRUCTIONS:
            if card.text(name):
                self.left.append(Left(name, "instructions to a model; left out unless you say otherwise", card.text(name)))
        for name in card.odd:
            self.left.append(Left(name, "is not of the kind that the card's specification says, and was left out"))

    def _kept(self, instructions: Mapping[str, str]) -> dict[str, Any]:
        """Return the card's data that have no place in a persona, for the author to read and for an export to give back."""
        texts = {k: v for k, v in self.card.texts.items() if k not in INSTRUCTIONS and v}
        lists = {k: list(v) for k, v in self.card.lists.items() if v}
        found: dict[str, Any] = {"version": self.card.version, **texts, **lists, **self.card.rest, **instructions}
        if self.card.extensions:
            found["extensions"] = dict(self.card.extensions)
        plain = {str(k): _plain_data(v) for k, v in found.items()}
        return plain if depth(plain) <= MOST_DEPTH + 2 else {"version": self.card.version}

    # -- words ---------------------------------------------------------------------------------------------------------

    def _plain(self, text: str) -> str:
        """Return a text with its placeholders resolved and nothing in it that would be fetched from elsewhere."""
        return self._resolved(text, user="the learner")

    def _spoken(self, text: str) -> str:
        """Return what the character says in a text: without the actions between asterisks and the quotes around speech."""
        return _ACTION.sub(" ", self._resolved(text, user="you")).replace("*", "").replace('"', "").strip()

    def _resolved(self, text: str, user: str) -> str:
        text = _REMOTE.sub("", _COMMENT.sub("", text))
        text = _CHOICE.sub(lambda m: re.split(r",|::", m[1])[0].strip(), text)
        text = re.sub(r"\{\{char\}\}|<BOT>", lambda _: self.name or "the contact", text, flags=re.I)
        text = re.sub(r"\{\{user\}\}|<USER>", lambda _: user, text, flags=re.I)
        # Braces left over would be taken for placeholders of our own.
        return _OTHER.sub("", text).replace("{", "(").replace("}", ")").strip()


def _numbered(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(f"alternate_greetings[{n}]", text) for n, text in enumerate(texts)]


def _first_sentences(text: str, most: int) -> str:
    """Return as many whole sentences from the beginning as fit; the first words where not even one does."""
    if len(text) <= most:
        return text
    head = text[:most]
    ends = [m.end() for m in re.finditer(r"[.!?](?=\s)", head)]
    return head[: ends[-1]] if ends else head.rsplit(" ", 1)[0]


def _exchanges(text: str) -> list[tuple[str, list[str]]]:
    """Return what the user says in an example dialogue, each with what the character says next."""
    out: list[tuple[str, list[str]]] = []
    for block in re.split(r"<START>", text, flags=re.I):
        parts = _SPEAKER.split(block)
        for speaker, words in zip(parts[1::2], parts[2::2], strict=False):
            if "user" in speaker.lower():
                out.append((words.strip(), []))
            elif out and words.strip():
                out[-1][1].append(words.strip())
    return out


def _plain_data(value: Any) -> Any:
    """Return a card's data as YAML takes them: text without control characters, keys that are text."""
    if isinstance(value, dict):
        return {clean(str(k)): _plain_data(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain_data(v) for v in value]
    return clean(value) if isinstance(value, str) else value
