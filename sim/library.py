"""What is on offer: personas and rubrics on disk, shipped or in folders somebody adds, and beside them personas from elsewhere.

A broken file takes no other down. Whoever keeps personas elsewhere (the studio) hands them over with `Library.offer`.
"""

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


@dataclass(frozen=True)
class Offer:
    """A persona that no file holds. `maker` is an account's id; not for `everybody`: for the maker's own workshops."""

    persona: Persona
    maker: str
    everybody: bool


class Library:
    """The shipped personas and rubrics, those of further folders, and the personas offered beside them.

    A file's persona goes before an offered one of the same id: whoever runs the server put it there.
    """

    def __init__(self, personas: Sequence[Path] = (), rubrics: Sequence[Path] = ()) -> None:
        """Name the folders to look in besides the shipped ones; nothing is read yet."""
        self._personas = Collection("persona", [shipped("personas"), *personas], load_persona, PersonaError)
        self._rubrics = Collection("rubric", [shipped("prompts/rubrics"), *rubrics], load_rubric, RubricError)
        self._offers: dict[str, Offer] = {}

    def offer(self, offers: Sequence[Offer]) -> None:
        """Put these beside the files, in the place of what was offered before."""
        self._offers = {offer.persona.id: offer for offer in offers}

    def personas(self, workshops_of: str | None = None) -> list[Persona]:
        """Return the personas for everybody, by id, and with `workshops_of` those for an account's own workshops too.

        Broken files are left out and reported by `problems`.
        """
        found = {offer.persona.id: offer.persona for offer in self._offers.values() if _meant_for(offer, workshops_of)}
        found |= {persona.id: persona for persona in self._personas.all()}
        return [found[persona_id] for persona_id in sorted(found)]

    def rubrics(self) -> list[Rubric]:
        """Return the rubrics on offer, by id; broken files are left out and reported by `problems`."""
        return self._rubrics.all()

    def problems(self) -> list[InputError]:
        """Return one error for each broken file or missing folder."""
        return [*self._personas.problems(), *self._rubrics.problems()]

    def persona(self, persona_id: str, workshops_of: str | None = None) -> Persona:
        """Return a persona by id, as `personas` offers them; raises UnknownItem, or PersonaError where its file is broken."""
        offer = self._offers.get(persona_id)
        if offer and _meant_for(offer, workshops_of) and persona_id not in self._personas.files():
            return offer.persona
        return self._personas.get(persona_id)

    def rubric(self, rubric_id: str) -> Rubric:
        """Return a rubric by id; raises UnknownItem, or RubricError where its file is broken."""
        return self._rubrics.get(rubric_id)

    def for_workshops(self, account_id: str) -> WorkshopShelf:
        """Return what the workshops of an account can offer, as a shelf to open sessions from."""
        return WorkshopShelf(self, account_id)

    def file_of_persona(self, persona_id: str) -> Path | None:
        """Return the file that holds a persona, None where none does."""
        return self._personas.files().get(persona_id)

    def find_persona(self, reference: str) -> Persona:
        """Return the persona that an id or a path names; for command lines, never for what comes over the network."""
        return self._personas.find(reference)

    def find_rubric(self, reference: str) -> Rubric:
        """Return the rubric that an id or a path names; for command lines, never for what comes over the network."""
        return self._rubrics.find(reference)


def _meant_for(offer: Offer, account_id: str | None) -> bool:
    return offer.everybody or (account_id is not None and offer.maker == account_id)


@dataclass(frozen=True)
class WorkshopShelf:
    """The library as one account's workshops see it: what everybody meets, and what the account published for them."""

    library: Library
    account_id: str

    def personas(self) -> list[Persona]:
        """Return the personas, by id."""
        return self.library.personas(self.account_id)

    def persona(self, persona_id: str) -> Persona:
        """Return a persona by id; raises UnknownItem, or PersonaError where its file is broken."""
        return self.library.persona(persona_id, self.account_id)

    def rubrics(self) -> list[Rubric]:
        """Return the rubrics, by id."""
        return self.library.rubrics()

    def rubric(self, rubric_id: str) -> Rubric:
        """Return a rubric by id; raises UnknownItem, or RubricError where its file is broken."""
        return self.library.rubric(rubric_id)
