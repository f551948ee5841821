"""A card's own data, read tolerantly: cards in the wild leave fields out, send null, or a number where a word is due.

Source: the Character Card V2 specification (malfoyslastname/character-card-spec-v2) and V3 (kwaroran/character-card-spec-v3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.documents import parse_json
from sim.errors import InputError, Problem

MOST_JSON = 600_000
"""Longest card inside it: room for the longest contact twice, as fields and as our own file."""

MOST_DEPTH = 12
"""Deepest `extensions` that are kept; a persona file may be 24 deep in all."""

SPECS = {"chara_card_v2": 2, "chara_card_v3": 3}

OURS = "twenty-minutes"
"""The name under `extensions` below which our own data stand."""

TEXTS = (
    "name description personality scenario first_mes mes_example creator_notes system_prompt post_history_instructions creator "
    "character_version nickname"
).split()
LISTS = ("alternate_greetings", "tags")


class CardError(InputError):
    """For whoever imports a card."""


def refuse(file: str, path: str, message: str) -> CardError:
    """Return the error that names one thing wrong with a card."""
    return CardError([Problem(file, None, path, message)])


@dataclass(frozen=True)
class Card:
    """A card's data. `version` is the specification's: 1, 2 or 3. `odd` names the fields that were not what they should be."""

    version: int
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    extensions: Mapping[str, Any] = field(default_factory=dict)
    book: int = 0
    assets: int = 0
    odd: tuple[str, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text, empty where the card has none."""
        return self.texts.get(name, "")


def read_card(text: str, file: str = "card") -> Card:
    """Return the card in a JSON text; raises CardError where it is none, is too long, or of a kind we do not know."""
    root = parse_json(text, file, CardError, max_bytes=MOST_JSON).data
    version, data = _kind(root, file)
    return _read(version, data, file)


def _kind(root: dict[str, Any], file: str) -> tuple[int, dict[str, Any]]:
    """Return the specification's version and the part that holds the data."""
    spec = root.get("spec")
    if spec is None and "data" not in root:
        if not {"name", "description", "first_mes"} & set(root):
            raise refuse(file, "spec", "is missing; expected a character card: chara_card_v2 or chara_card_v3")
        return 1, root
    if spec not in SPECS:
        raise refuse(file, "spec", f"is {str(spec)[:40]!r}; expected chara_card_v2 or chara_card_v3")
    version = _number(root.get("spec_version"))
    if version is not None and not 1 <= version < 4:
        raise refuse(file, "spec_version", f"is {version:g}; versions 2 and 3 are read")
    data = root.get("data")
    if not isinstance(data, dict):
        raise refuse(file, "data", "is missing; the card's fields stand under it")
    return SPECS[spec], data


def _number(value: Any) -> float | None:
    """Read a version as the specification asks: a text with a number in it."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if found == found else None


def _read(version: int, data: dict[str, Any], file: str) -> Card:
    odd = [name for name in TEXTS if not isinstance(data.get(name, ""), str | None)]
    odd += [name for name in LISTS if not _words(data.get(name, []))]
    extensions = data.get("extensions") or {}
    if not isinstance(extensions, dict) or depth(extensions) > MOST_DEPTH:
        odd.append("extensions")
        extensions = {}
    book, assets = data.get("character_book"), data.get("assets")
    entries = book.get("entries") if isinstance(book, dict) else None
    rest = {k: v for k, v in data.items() if k not in (*TEXTS, *LISTS, "extensions", "assets")}
    return Card(
        version,
        {name: clean(data[name]) for name in TEXTS if isinstance(data.get(name), str)},
        {name: tuple(clean(v) for v in data.get(name) or []) for name in LISTS if _words(data.get(name, []))},
        extensions,
        len(entries) if isinstance(entries, list | dict) else 0,
        len(assets) if isinstance(assets, list) else 0,
        tuple(odd),
        rest if depth(rest) <= MOST_DEPTH else {},
    )


def _words(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def depth(value: Any) -> int:
    """Return how many levels of lists and mappings a value has; stops counting where it is deep enough to be refused."""
    level, layer = 0, [value]
    while layer and level <= MOST_DEPTH + 1:
        inner = [x for x in layer if isinstance(x, dict | list)]
        if not inner:
            return level
        level += 1
        layer = [y for x in inner for y in (x.values() if isinstance(x, dict) else x)]
    return level


def clean(text: str) -> str:
    """Return a text with plain line breaks, without control characters and without half characters (lone surrogates)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return "".join(c for c in plain if c in "\n\t" or c.isprintable() or c == "\u200d").strip()
