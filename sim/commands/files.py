"""The library as a command line sees it: the shipped folders, those of the settings, and those named with `--personas`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.errors import InputError, Problem, UnknownItem
from sim.library import ENDINGS, Library, shipped
from sim.persona import Persona, load_persona
from sim.settings import read_settings


class Files(Library):
    """The library, which also finds a persona in a named folder by the id it declares, whatever its file is called."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Raise InputError for a folder that is not there."""
        mend = "is not a folder; --personas takes a folder of persona files"
        problems = [Problem(str(f), None, "", mend) for f in folders if not f.is_dir()]
        if problems:
            raise InputError(problems)
        settings = read_settings()
        self._named = tuple(folders)
        super().__init__([*settings.personas, *folders], settings.rubrics)

    def persona(self, persona_id: str, workshops_of: str | None = None) -> Persona:
        """Return a persona by id; raises UnknownItem, or PersonaError where its file is broken."""
        try:
            return super().persona(persona_id, workshops_of)
        except UnknownItem:
            found = self._declared(persona_id)
            if found is None:
                raise
            return found

    def _declared(self, persona_id: str) -> Persona | None:
        for path in (p for folder in self._named for p in sorted(folder.iterdir()) if p.suffix in ENDINGS):
            try:
                persona = load_persona(path)
            except InputError:
                continue  # a broken neighbour is `sim check`'s to report
            if persona.id == persona_id:
                return persona
        return None


def shipped_folders() -> list[Path]:
    """Return the folders that come with the program."""
    return [shipped("personas"), shipped("prompts/rubrics")]
