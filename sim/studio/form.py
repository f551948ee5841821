"""The form beside the file: which fields it has, what each shows of a persona's YAML, and how a change gets back into it.

A field is named by its key path (`private[0].tells`, `answers.pay.says`). Lists are shown one entry a line. Only fields whose
text differs from what was shown are written, each in its own place, so a form sent back untouched changes no character.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sim.documents import Key
from sim.errors import InputError, Problem
from sim.persona import Intent
from sim.studio.editing import GONE, data_of, value_at, with_value
from sim.topics import CATALOGUE

Kind = Literal["text", "lines", "number"]

KEYS = tuple(
    "schema id name pronouns title company level archetype minutes setting summary referrer dossier private temperament peeves "
    "delights referrals answers lines extensions".split()
)
"""The keys of a persona in the order of the shipped files, which is where new ones go."""

MOST_ROWS = 60
"""Private facts or referrals that a form shows; a file may hold more, and they stay as they are."""


@dataclass(frozen=True)
class Field:
    """How a field is shown and written. A required one that is emptied stays as empty text; any other key goes."""

    kind: Kind = "text"
    default: str = ""
    required: bool = False


FIXED: dict[str, Field] = {
    "id": Field(required=True),
    "name": Field(required=True),
    "pronouns": Field(),
    "title": Field(required=True),
    "company": Field(required=True),
    "level": Field(required=True),
    "archetype": Field(),
    "minutes": Field("number", required=True),
    "setting": Field(),
    "summary": Field(required=True),
    "referrer.name": Field(),
    "referrer.relation": Field(),
    "dossier.company": Field("lines"),
    "dossier.contact": Field("lines"),
    "dossier.industry": Field("lines"),
    "temperament.patience": Field("number", "3"),
    "temperament.warmth": Field("number", "3"),
    "temperament.talkativeness": Field("number", "3"),
    "temperament.job_sensitivity": Field("number", "3"),
    "peeves": Field("lines"),
    "delights": Field("lines"),
}

ROWS: dict[str, dict[str, Field]] = {
    "private": {
        "topic": Field(required=True),
        "tells": Field(required=True),
        "says": Field("lines"),
        "min_rapport": Field("number", "0.5"),
    },
    "referrals": {
        "name": Field(required=True),
        "role": Field(required=True),
        "gives_when": Field(default="earned"),
        "good_for": Field(),
        "says": Field("lines"),
    },
}

NEW_ROW: dict[str, dict[str, Any]] = {
    "private": {"topic": "", "tells": ""},
    "referrals": {"name": "", "role": "", "gives_when": "earned"},
}

LINES = Field("lines")

_TOPIC = re.compile(r"[a-z0-9_]{1,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


# -- what the form shows ----------------------------------------------------------------------------------------------------


def shown(data: Mapping[str, Any]) -> dict[str, str]:
    """Return every field's text, by name. What a form cannot show (a list where a word is due) has no field: the file shows it."""
    fields = {name: (key_path(name), field) for name, field in FIXED.items()}
    for row, parts in ROWS.items():
        for number in range(row_count(data, row)):
            fields |= {f"{row}[{number}].{part}": ((row, number, part), field) for part, field in parts.items()}
    for topic in [*CATALOGUE, *own_topics(data)]:
        fields |= {f"answers.{topic}.{part}": (("answers", topic, part), LINES) for part in ("says", "asks")}
    fields |= {f"lines.{intent.value}": (("lines", intent.value), LINES) for intent in Intent}
    texts = {name: _show(_held(data, path), field) for name, (path, field) in fields.items() if _leads(data, path)}
    return {name: text for name, text in texts.items() if text is not None}


def row_count(data: Mapping[str, Any], row: str) -> int:
    """Return how many rows of private facts or referrals the form shows."""
    rows = data.get(row)
    return min(len(rows), MOST_ROWS) if isinstance(rows, list) else 0


def own_topics(data: Mapping[str, Any]) -> list[str]:
    """Return the topics of a persona's own that it answers, in file order."""
    answers = data.get("answers")
    return [t for t in answers if t not in CATALOGUE and _TOPIC.fullmatch(t)] if isinstance(answers, dict) else []


def key_path(name: str) -> Key:
    """Return the key path that a field's name says."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", name))


def _leads(data: Any, path: Key) -> bool:
    """Tell whether a path leads through mappings and list items only, so that something could stand at its end."""
    for part in path[:-1]:
        if isinstance(data, dict):
            data = data.get(str(part))
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return data is None
    return data is None or isinstance(data, dict) or (isinstance(data, list) and path[0] == "answers")


def _held(data: Any, path: Key) -> Any:
    """Return the value of a field; a bare list of lines may stand where `says` would."""
    if path[0] == "answers":
        answer = value_at(data, path[:2])
        if isinstance(answer, list):
            return answer if path[2] == "says" else None
    return value_at(data, path)


def _show(value: Any, field: Field) -> str | None:
    if value is None:
        return field.default
    if field.kind == "lines":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return None
        return "\n".join(filter(None, (_entry(item) for item in value)))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return clean(f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value))


def _entry(text: str) -> str:
    """Write one entry of a list in one line; a break within it is shown as the two characters of its escape."""
    return clean(text).replace("\\", "\\\\").replace("\n", "\\n")


def _unentry(line: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1] if m[1] == "\\" else m[0], line)


def clean(text: str) -> str:
    """Return text as a browser would send it back, but with plain line breaks, and without characters that YAML refuses."""
    return _CONTROL.sub("", re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)).strip()


# -- what comes back --------------------------------------------------------------------------------------------------------


def written(text: str, posted: Mapping[str, str]) -> str:
    """Return the file with everything in it that the form says differently; raises PersonaError where it cannot be read.

    `posted` may hold some fields or all; a name that is no field of this file is left alone.
    """
    for name, value in changed(shown(data_of(text)), posted).items():
        text = _write(text, name, value)
    return text


def changed(before: Mapping[str, str], posted: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that say something else than was shown."""
    out = {}
    for name, value in posted.items():
        if name in before and _words(value) != _words(before[name]):
            out[name] = clean(value)
    return out


def _words(value: str) -> list[str]:
    """Return the lines of a field as they count: blank ones and blanks around them do not."""
    return [" ".join(line.split()) for line in clean(value).split("\n") if line.strip()]


def _write(text: str, name: str, value: str) -> str:
    path = key_path(name)
    if path[0] == "answers":
        return _write_answer(text, path, _lines(value))
    field = field_of(path)
    new: Any = _lines(value) if field.kind == "lines" else _number(value) if field.kind == "number" else value
    if not new and new != 0:
        new = "" if field.required else GONE
    if path[0] == "referrer":
        return _write_referrer(text, path, new)
    out = with_value(text, path, new, KEYS)
    return with_value(out, ("dossier",), {}, KEYS) if path[0] == "dossier" and not data_of(out).get("dossier") else out


def field_of(path: Key) -> Field:
    """Return how the field at a key path is shown and written."""
    if path[0] in ROWS and len(path) == 3:
        return ROWS[str(path[0])][str(path[2])]
    return FIXED.get(".".join(map(str, path)), LINES)


def _write_referrer(text: str, path: Key, new: Any) -> str:
    """Write one half of who opened the door; where both are empty nobody did."""
    other = value_at(data_of(text), ("referrer", "relation" if path[1] == "name" else "name"))
    if new is GONE and not other:
        return with_value(text, ("referrer",), GONE)
    return with_value(text, path, "" if new is GONE else new, KEYS)


def _write_answer(text: str, path: Key, lines: list[str]) -> str:
    """Write what is said on a topic, or the questions that lead to it. A catalogue topic with neither goes."""
    topic, part = str(path[1]), str(path[2])
    answer = value_at(data_of(text), path[:2])
    if isinstance(answer, list):
        if part == "says" and (lines or topic not in CATALOGUE):
            return with_value(text, path[:2], lines)
        answer = {"says": answer}
        text = with_value(text, path[:2], answer) if lines else text
    other = (answer or {}).get("asks" if part == "says" else "says")
    if not lines and not other and topic in CATALOGUE:
        return with_value(text, path[:2], GONE)
    if not lines and part == "asks":
        return with_value(text, path, GONE)
    return with_value(text, path, lines, KEYS)


def _lines(value: str) -> list[str]:
    return [_unentry(line.strip()) for line in clean(value).split("\n") if line.strip()]


def _number(value: str) -> int | float | str:
    """Return a number where one was typed; anything else stays as typed, for the check to complain about."""
    if re.fullmatch(r"[+-]?\d{1,9}", value):
        return int(value)
    if re.fullmatch(r"[+-]?\d{0,9}\.\d{1,9}", value):
        return float(value)
    return value


# -- rows -------------------------------------------------------------------------------------------------------------------


def with_row(text: str, row: str) -> str:
    """Return the file with one more private fact or referral to fill in."""
    held = data_of(text).get(row)
    count = len(held) if isinstance(held, list) else 0
    return with_value(text, (row, count), NEW_ROW[row], KEYS) if count else with_value(text, (row,), [NEW_ROW[row]], KEYS)


def without_row(text: str, row: str, number: int) -> str:
    """Return the file without one private fact or referral; unchanged where there is no such row."""
    held = data_of(text).get(row)
    if not isinstance(held, list) or not 0 <= number < len(held):
        return text
    return with_value(text, (row, number) if len(held) > 1 else (row,), GONE)


def with_topic(text: str, words: str) -> str:
    """Return the file with a topic of its own to fill in; raises InputError where the words name none or one that is there."""
    topic = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:64]
    answers = data_of(text).get("answers")
    if not topic:
        raise InputError([Problem("form", None, "new_topic", "is empty; give the topic a word or two, such as night desk")])
    if topic in CATALOGUE or (isinstance(answers, dict) and topic in answers):
        raise InputError([Problem("form", None, "new_topic", f"{topic} is there already; write its lines where it stands")])
    return with_value(text, ("answers", topic), {"asks": [], "says": []}, KEYS)


def without_topic(text: str, topic: str) -> str:
    """Return the file without the answers on a topic."""
    return with_value(text, ("answers", topic), GONE) if value_at(data_of(text), ("answers", topic)) is not None else text
