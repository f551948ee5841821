"""The worked examples on disk: those that come with the program, and any an operator puts beside their own contacts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.errors import TranscriptError
from sim.examples import Example, parse_example

FOLDER = "examples"
"""The folder, inside a folder of personas, that holds them. A file is called PERSONA.QUALITY.json."""


class ShippedExamples:
    """The examples on disk, read when they are first asked for."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Look in the `examples` folder of each folder of personas; a later one's file replaces an earlier one's."""
        self._folders = [folder / FOLDER for folder in folders]
        self._read: dict[Path, Example] = {}

    def of(self, persona_id: str) -> list[Example]:
        """Return the examples of a contact, good ones first; a file that cannot be read is left out."""
        found = (self._at(path) for path in self._files(f"{persona_id}.*.json"))
        return sorted((e for e in found if e and e.persona == persona_id), key=lambda e: (e.quality, e.id))

    def get(self, example_id: str) -> Example | None:
        """Return one example, or None."""
        found = (self._at(path) for path in self._files("*.json"))
        return next((e for e in found if e and e.id == example_id), None)

    def _files(self, pattern: str) -> list[Path]:
        found = {path.name: path for folder in self._folders if folder.is_dir() for path in folder.glob(pattern)}
        return [path for _, path in sorted(found.items())]

    def _at(self, path: Path) -> Example | None:
        if path not in self._read:
            try:
                self._read[path] = parse_example(path.read_text("utf-8"), str(path))
            except (OSError, UnicodeDecodeError, TranscriptError):
                return None
        return self._read[path]
