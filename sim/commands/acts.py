"""`sim acts`: what each message does, one JSON object a line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sim.commands.files import Files
from sim.errors import InputError, Problem
from sim.jsonl import json_line
from sim.understanding import ACT_IDS, Context, Understanding, understand


def messages(raw: bytes) -> list[str]:
    """Return the lines of standard input without their line ends; raises InputError where it is not UTF-8."""
    lines, problems = [], []
    raw = raw.removeprefix(b"\xef\xbb\xbf")  # the mark some editors put in front
    for number, line in enumerate(raw.removesuffix(b"\n").split(b"\n") if raw else [], 1):
        try:
            lines.append(line.removesuffix(b"\r").decode("utf-8"))
        except UnicodeDecodeError as error:
            problems.append(Problem("standard input", number, "", f"is not UTF-8 text (byte {error.start + 1} of the line)"))
    if problems:
        raise InputError(problems)
    return lines


def as_json(heard: Understanding) -> dict[str, Any]:
    """Return the contract's object: only its act ids, `kind` where there is one, quotes verbatim."""
    acts = []
    for act in heard.acts:
        if act.id in ACT_IDS:
            kind = {} if act.kind is None else {"kind": act.kind}
            acts.append({"id": act.id, **kind, "quote": act.quote})
    return {"text": heard.text, "acts": acts}


def run(persona: str | None, folders: list[Path]) -> None:
    """Read everything first, so that bad input prints nothing, then answer line by line."""
    context = Context(persona=Files(folders).find_persona(persona) if persona else None)
    for text in messages(sys.stdin.buffer.read()):
        print(json_line(as_json(understand(text, context))), flush=True)
