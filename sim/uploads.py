"""What a file that somebody sends is, told by its content: its name is only what it was called.

Pure. A file of the wrong kind is refused with its name, what it was found to be, and what would do.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from sim.errors import InputError, Problem
from sim.persona import Persona

MOST_BYTES = 4_000_000
"""Largest file taken: the usual pictures of cards are 1 to 2 MB (our judgement)."""

Kind = Literal["picture", "card", "persona"]
"""A PNG picture that may carry a card, a card's JSON, or a persona file."""

PNG = b"\x89PNG\r\n\x1a\n"
WOULD_DO = "expected a persona file (YAML, text in UTF-8) or a character card (JSON, or the PNG picture that carries it)"

BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture, which carries no card"),
    (b"GIF8", "a GIF picture, which carries no card"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (documents of Word, Excel and LibreOffice are such, too)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Word, Excel or PowerPoint"),
    (b"{\\rtf", "a formatted document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xff\xfe", "text in UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16; save it as UTF-8"),
)
"""How files begin that people pick by mistake. No persona file and no card begins like any of these."""

INSIDE: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WEBP", "a WebP picture, which carries no card"),
    (4, b"ftyp", "a film or a HEIC picture"),
)

OTHERS = {
    "sim.rubric/1": "a rubric; rubrics are files of whoever runs the server",
    "sim.transcript/1": "a session's transcript",
    "sim.scorecard/1": "a session's marks",
}
"""Files of ours that are no contact, by the schema that they name."""

KEYS = {field.alias or name for name, field in Persona.model_fields.items()}
_KEY = re.compile(r"^[ \t]*[\"']?([a-z_]+)[\"']?[ \t]*:", re.M)
_SCHEMA = re.compile(r"^[ \t]*[\"']?schema[\"']?[ \t]*:[ \t]*[\"']?([\w./]+)", re.M)


@dataclass(frozen=True)
class Upload:
    """A file of a kind we take. `text` is empty for a picture, which is still to be looked into."""

    name: str
    kind: Kind
    content: bytes
    text: str = ""


def look_into(content: bytes, name: str) -> Upload:
    """Return what a file is; raises InputError for one that is empty, too large, or of a kind we do not take."""
    if not content.strip():
        raise _refuse(name, "is empty")
    if len(content) > MOST_BYTES:
        raise _refuse(name, f"is larger than {MOST_BYTES // 1_000_000} MB")
    if content.startswith(PNG[:4]):
        return Upload(name, "picture", content)
    _refuse_other_kinds(content, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(name, f"is no text in UTF-8 (byte {error.start + 1} is none)") from error
    if "\0" in text:
        raise _refuse(name, "is no text: it holds bytes of value zero")
    return Upload(name, _kind_of_text(text, name), content, text)


def _refuse_other_kinds(content: bytes, name: str) -> None:
    found = next((what for beginning, what in BEGINNINGS if content.startswith(beginning)), "")
    found = found or next((what for place, mark, what in INSIDE if content[place : place + len(mark)] == mark), "")
    if found:
        raise _refuse(name, f"is {found}")


def _kind_of_text(text: str, name: str) -> Kind:
    head = text.lstrip()
    named = _SCHEMA.search(text)
    if named and named[1] in OTHERS:
        raise _refuse(name, f"is {OTHERS[named[1]]}")
    if head.startswith("{"):
        return _kind_of_object(text, name)
    if head.startswith("["):
        raise _refuse(name, "is a JSON list")
    if re.match(r"<(!doctype|html|\?xml|svg)", head, re.I):
        raise _refuse(name, "is a web page or an XML file")
    if len(KEYS & set(_KEY.findall(text))) < 2:  # one word with a colon behind it stands in any letter
        raise _refuse(name, f"is text without a persona's keys, such as {', '.join(list(Persona.model_fields)[2:5])}")
    return "persona"


def _kind_of_object(text: str, name: str) -> Kind:
    """Tell a persona written as JSON, which YAML is a superset of, from a card; what cannot be read is the card reader's to tell."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "card"
    schema = str(found.get("schema", ""))
    if schema in OTHERS:
        raise _refuse(name, f"is {OTHERS[schema]}")
    return "persona" if schema.startswith("sim.persona/") else "card"


def _refuse(name: str, found: str) -> InputError:
    return InputError([Problem(name, None, "", f"{found}; {WOULD_DO}")])
