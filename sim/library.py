"""Personas and rubrics on disk: the shipped ones and the folders somebody adds. A broken file takes no other down."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from sim.errors import InputError, PersonaError, Problem, RubricError, UnknownItem
from sim.persona import Persona, load_persona
from sim.rubric import Rubric, load_rubric

Item = TypeVar("Item", Persona, Rubric)

ENDINGS = (".yaml", ".yml")


def shipped(folder: str) -> Path:
    """Return a folder that comes with the program, such as `personas` or `prompts/rubrics`.

    An installed package carries it inside `sim/shipped`, a checkout has it beside `sim`.
    """
    here = Path(__file__).parent
    installed = here / "shipped" / folder
    return installed if installed.is_dir() else here.parent / folder


@dataclass
class _Stamped(Generic[Item]):
    """A file as it was last read, good or bad; `stamp` is its time and size then."""

    stamp: tuple[int, int]
    item: Item | None
    error: InputError | None


@dataclass
class Collection(Generic[Item]):
    """The files of one kind in some folders, where a later folder's file replaces an earlier one's of the same name.

    A file is read when it is first asked for and again when it has changed, so an author sees an edit by reloading the page.
    """

    noun: str
    folders: Sequence[Path]
    load: Callable[[Path], Item]
    error: type[InputError]
    _read: dict[Path, _Stamped[Item]] = field(default_factory=dict)

    def files(self) -> dict[str, Path]:
        """Return the file of every id, in the order of the ids; a file's id is its name without the ending."""
        found = {p.stem: p for folder in self.folders for p in _listed(folder)}
        return dict(sorted(found.items()))

    def all(self) -> list[Item]:
        """Return every item whose file is in order, by id."""
        return [one.item for one in self._everything() if one.item is not None]

    def problems(self) -> list[InputError]:
        """Return what is wrong with the files that are not."""
        mend = "is not a folder; create it, or take it off the list"
        found: list[InputError] = [self.error([Problem(str(f), None, "", mend)]) for f in self.folders if not f.is_dir()]
        return found + [one.error for one in self._everything() if one.error is not None]

    def get(self, item_id: str) -> Item:
        """Return one item; raises UnknownItem, or the error of its file where that is broken."""
        files = self.files()
        if item_id not in files:
            raise UnknownItem(f"there is no {self.noun} {item_id[:80]!r}; {_hint(item_id, list(files))}")
        return self.at(files[item_id])

    def at(self, path: Path) -> Item:
        """Return the item in a file; raises what is wrong with it."""
        one = self._current(path)
        if one.item is None:
            raise one.error or self.error([Problem(str(path), None, "", "cannot be read")])
        return one.item

    def find(self, reference: str) -> Item:
        """Return the item that an id or a path names; whatever ends in .yaml or holds a slash is a path. For command lines."""
        if reference.endswith(ENDINGS) or "/" in reference or "\\" in reference:
            return self.load(Path(reference))
        return self.get(reference)

    def _everything(self) -> Iterator[_Stamped[Item]]:
        return map(self._current, self.files().values())

    def _current(self, path: Path) -> _Stamped[Item]:
        stamp = _stamp(path)
        known = self._read.get(path)
        if known is None or known.stamp != stamp:
            known = self._read[path] = self._loaded(path, stamp)
        return known

    def _loaded(self, path: Path, stamp: tuple[int, int]) -> _Stamped[Item]:
        try:
            item = self.load(path)
        except InputError as error:
            return _Stamped(stamp, None, error)
        if item.id != path.stem:
            wrong = Problem(str(path), None, "id", f"is {item.id!r}, but the file is called {path.name}; make the two the same")
            return _Stamped(stamp, None, self.error([wrong]))
        return _Stamped(stamp, item, None)


def _listed(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix in ENDINGS and not p.name.startswith("."))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _hint(wanted: str, known: list[str]) -> str:
    near = difflib.get_close_matches(wanted, known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(known)}" if known else "the folder is empty"


class Library:
    """The shipped personas and rubrics with those of further folders."""

    def __init__(self, personas: Sequence[Path] = (), rubrics: Sequence[Path] = ()) -> None:
        """Name the folders to look in besides the shipped ones; nothing is read yet."""
        self._personas = Collection("persona", [shipped("personas"), *personas], load_persona, PersonaError)
        self._rubrics = Collection("rubric", [shipped("prompts/rubrics"), *rubrics], load_rubric, RubricError)

    def personas(self) -> list[Persona]:
        """Return the personas on offer, by id; broken files are left out and reported by `problems`."""
        return self._personas.all()

    def rubrics(self) -> list[Rubric]:
        """Return the rubrics on offer, by id; broken files are left out and reported by `problems`."""
        return self._rubrics.all()

    def problems(self) -> list[InputError]:
        """Return one error for each broken file or missing folder."""
        return [*self._personas.problems(), *self._rubrics.problems()]

    def persona(self, persona_id: str) -> Persona:
        """Return a persona by id; raises UnknownItem, or PersonaError where its file is broken."""
        return self._personas.get(persona_id)

    def rubric(self, rubric_id: str) -> Rubric:
        """Return a rubric by id; raises UnknownItem, or RubricError where its file is broken."""
        return self._rubrics.get(rubric_id)

    def find_persona(self, reference: str) -> Persona:
        """Return the persona that an id or a path names; for command lines, never for what comes over the network."""
        return self._personas.find(reference)

    def find_rubric(self, reference: str) -> Rubric:
        """Return the rubric that an id or a path names; for command lines, never for what comes over the network."""
        return self._rubrics.find(reference)
