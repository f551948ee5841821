"""A persona file from notes: asked of a model, checked by the loader that reads all personas, and marked as a draft."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from sim.errors import InputError, PersonaError, Problem
from sim.model.asking import Account, Asker
from sim.model.extract import find_object
from sim.model.ladder import Form, Ladder
from sim.model.prompts import Prompt, prompt
from sim.persona import SCHEMA, parse_persona
from sim.topics import CATALOGUE

MOST_CHARS = 40_000
"""Longest notes, in characters: some twelve pages, which is more than a contact is made of (our judgement)."""

DRAFT_TOKENS = 4_000
"""Most tokens of a draft."""

_WORDS: dict[str, Any] = {"type": "string"}
_LIST = {"type": "array", "items": _WORDS}
_SCALE = {"type": "integer"}


def _record(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required or properties), "additionalProperties": False}


_PERSON = _record(name=_WORDS, role=_WORDS, gives_when={"type": "string", "enum": ["always", "earned", "never"]}, good_for=_WORDS)
SHAPE = _record(
    name=_WORDS,
    pronouns={"type": ["string", "null"]},
    title=_WORDS,
    company=_WORDS,
    level={"type": "string", "enum": ["executive", "manager", "hr", "peer"]},
    minutes={"type": "integer"},
    summary=_WORDS,
    setting={"type": ["string", "null"]},
    dossier=_record(company=_LIST, contact=_LIST, industry=_LIST),
    private={"type": "array", "items": _record(topic={"type": "string", "enum": list(CATALOGUE)}, tells=_WORDS)},
    temperament=_record(patience=_SCALE, warmth=_SCALE, talkativeness=_SCALE, job_sensitivity=_SCALE),
    peeves=_LIST,
    delights=_LIST,
    referrer={"anyOf": [_record(name=_WORDS, relation=_WORDS), {"type": "null"}]},
    referrals={"type": "array", "items": _PERSON},
)
"""The JSON schema of a draft: the part of `sim.persona/1` that notes can fill. Every key is required, as strict schemas want it."""


@dataclass(frozen=True)
class Draft:
    """A draft: the whole file with its comments, and what still has to be mended in it (lines are the file's)."""

    text: str
    problems: tuple[Problem, ...]


async def draft_persona(asker: Asker, notes: str, source: str, ladder: Ladder | None = None) -> Draft:
    """Return a persona drafted from notes; where it does not pass the check it is sent back once with the messages.

    `source` names the notes in the file. Raises InputError for notes that are empty or too long, and ChatUnavailable where the
    endpoint fails or nothing it says can be read.
    """
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    _check_notes(notes, source)
    told = prompt("draft/persona.system")
    form = Form("persona", SHAPE, lambda reply: find_object(reply, lambda found: "name" in found))
    ask = asker.ask("draft", Account(), max_tokens=DRAFT_TOKENS)
    quoted = json.dumps(notes, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    messages = [
        SystemMessage(told.render(topics=", ".join(CATALOGUE))),
        HumanMessage(prompt("draft/persona.user").render(notes=quoted)),
    ]
    ladder, repair = ladder or Ladder(), prompt("judge/repair.user").render()
    found = (await ladder.fill(asker.key, ask, messages, form, repair=repair)).value
    problems = _problems(found)
    if problems:
        listed = "\n".join(f"- {p.path}: {p.message}" for p in problems)
        answer = AIMessage(json.dumps(found, ensure_ascii=False))
        again = [*messages, answer, HumanMessage(prompt("draft/persona.repair").render(problems=listed))]
        found = (await ladder.fill(asker.key, ask, again, form, repair=repair, calls=1)).value
    return _written(found, asker.model, told, source)


def _check_notes(notes: str, source: str) -> None:
    if not notes.strip():
        raise InputError([Problem(source, None, "", "holds no words; write down what is known about the contact")])
    if len(notes) > MOST_CHARS:
        raise InputError([Problem(source, None, "", f"has {len(notes):,} characters; cut the notes to {MOST_CHARS:,} at the most")])


def slug(name: str) -> str:
    """Return a persona's id made of its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-") or "draft"


def _document(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the file's keys in the order people write them; what the model left empty is left out."""
    head = {"schema": SCHEMA, "id": slug(str(found.get("name", "")))}
    order = {key: found[key] for key in SHAPE["properties"] if key in found}
    rest = {key: value for key, value in found.items() if key not in order and key not in head}
    kept = {key: _without_nothing(value) for key, value in {**order, **rest}.items()}
    return {**head, **{key: value for key, value in kept.items() if value not in (None, "", [], {})}, **_needed(kept)}


def _needed(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {} if kept.get("dossier") else {"dossier": {"company": [], "contact": [], "industry": []}}


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nothing(v) for k, v in value.items() if v is not None and v != ""}
    return [_without_nothing(v) for v in value if v is not None and v != ""] if isinstance(value, list) else value


def _yaml(document: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=110))


def _problems(found: Mapping[str, Any], text: str | None = None, file: str = "draft") -> tuple[Problem, ...]:
    try:
        parse_persona(text or _yaml(_document(found)), file)
    except PersonaError as error:
        return error.problems
    return ()


def _written(found: Mapping[str, Any], model: str, told: Prompt, source: str) -> Draft:
    body = _yaml({**_document(found), "extensions": {"draft": {"model": model, "prompt": told.name, "from": source}}})
    head = [
        f"A DRAFT by the language model {model}, from {source}. Read every line before anybody meets this contact:",
        "is it true to the notes, is nothing invented, does it name a real person who should not be in here?",
        "Then take these comments and `extensions` out. How to write more of it: docs/personas.md.",
    ]
    wrong = _problems(found, body)
    if not wrong:
        return Draft(_commented(head) + body, ())
    # The comments come before the lines they speak of, so those move down by as many.
    shift = len(head) + len(wrong) + 2
    moved = tuple(Problem(p.file, p.line + shift if p.line else None, p.path, p.message) for p in wrong)
    listed = [f"{f'line {p.line}, ' if p.line else ''}{p.path or 'the file'}: {p.message}".replace("\n", " ") for p in moved]
    return Draft(_commented([*head, "", "It does not pass `sim check` yet. To mend:", *listed]) + body, moved)


def _commented(lines: Sequence[str]) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
