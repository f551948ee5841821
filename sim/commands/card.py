"""`sim card`: make a persona of a character card, and a card of a persona."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from sim.cards import CardError, Imported, card_in_png, card_json, card_png, persona_from, read_card
from sim.commands.files import Files
from sim.errors import InputError, Problem, SimError
from sim.persona import load_persona
from sim.uploads import MOST_BYTES, look_into


def import_card(file: Path, out: Path | None, keep_instructions: bool) -> None:
    """Print the persona's YAML or write it, and say on standard error what was not taken over; raises CardError."""
    found = persona_from(read_card(_text(file), str(file)), keep_instructions=keep_instructions)
    if out is None:
        print(found.source, end="")
    else:
        _write(out, found.source.encode())
        print(f"{out}: written; now: sim check {out}", file=sys.stderr)
    _tell(found, keep_instructions)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise CardError([Problem(str(file), None, "", f"cannot be read ({error.strerror})")]) from error
    found = look_into(content, str(file))
    if found.kind == "persona":
        raise CardError([Problem(str(file), None, "", "is a persona file already; look it over with `sim check`")])
    return card_in_png(content, str(file)) if found.kind == "picture" else found.text


def _tell(found: Imported, kept: bool) -> None:
    for line in found.taken:
        print(f"taken: {line}", file=sys.stderr)
    for left in found.left:
        if not (kept and left.part in found.instructions):
            print(f"left: {left.part}: {left.why}", file=sys.stderr)
    for line in found.missing:
        print(f"to write: {line}", file=sys.stderr)


def export_card(persona: str, form: Literal["v2", "v3", "png"], out: Path | None, folders: list[Path]) -> None:
    """Write a persona as a card; JSON goes to standard output where no file is named. Raises SimError."""
    library = Files(folders)
    file = Path(persona) if persona.endswith((".yaml", ".yml")) or "/" in persona else library.file_of_persona(persona)
    found = library.persona(persona) if file is None else load_persona(file)
    source = file.read_text("utf-8") if file else found.model_dump_json(by_alias=True, exclude_unset=True)
    if form == "png":
        if out is None:
            raise SimError("a picture is no text to print; name a file with --out")
        _write(out, card_png(found, source))
        return
    text = card_json(found, source, 2 if form == "v2" else 3)
    if out is None:
        print(text, end="")
    else:
        _write(out, text.encode())


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InputError([Problem(str(out), None, "", f"cannot be written ({error.strerror})")]) from error
