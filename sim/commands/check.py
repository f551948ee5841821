"""`sim check`: validate persona and rubric files, warn their authors, print topics and schemas."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from sim.advice import catalogue_rows
from sim.checking import warnings
from sim.commands.files import shipped_folders
from sim.documents import Document, parse_yaml
from sim.errors import InputError, Problem, RubricError
from sim.persona import SCHEMA as PERSONA_SCHEMA, Persona, parse_persona
from sim.rubric import SCHEMA as RUBRIC_SCHEMA, Rubric, parse_rubric
from sim.schemas import Name, as_text

_KINDS = f"`{PERSONA_SCHEMA}` for a persona or `{RUBRIC_SCHEMA}` for a rubric"


@dataclass(frozen=True)
class Checked:
    """One good file: what it holds, and what was noticed on the way."""

    file: str
    item: Persona | Rubric
    warnings: tuple[Problem, ...] = ()

    @property
    def summary(self) -> str:
        """What the file holds, in a line."""
        if isinstance(self.item, Persona):
            facts = f"{len(self.item.private)} private facts, {len(self.item.referrals)} referrals"
            return f"persona {self.item.id}: {self.item.name}, {len(self.item.answers)} topics, {facts}"
        return f"rubric {self.item.id}: {self.item.name}, {len(self.item.criteria)} criteria"


def find_files(paths: list[Path]) -> list[Path]:
    """Return the files named and the YAML files in the folders named; raises InputError for what is not there."""
    files: list[Path] = []
    problems = []
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix in {".yaml", ".yml"} and p.is_file())
            files += found
            if not found:
                problems.append(Problem(str(path), None, "", "holds no .yaml file"))
        elif path.exists():
            files.append(path)
        else:
            problems.append(Problem(str(path), None, "", "is not there; name a persona file, a rubric file or a folder of them"))
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(files))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([Problem(str(path), None, "", "is not UTF-8 text; save it as UTF-8")]) from error
    except OSError as error:
        raise InputError([Problem(str(path), None, "", f"cannot be read ({error.strerror})")]) from error


def check_file(path: Path) -> Checked:
    """Return what the file holds; raises InputError with one problem for each mistake."""
    text, name = _text(path), str(path)
    document = parse_yaml(text, name, InputError)
    found = document.data.get("schema")
    if found == PERSONA_SCHEMA:
        persona = parse_persona(text, name)
        return Checked(name, persona, tuple(_persona_warnings(path, document, persona)))
    if found == RUBRIC_SCHEMA:
        rubric = parse_rubric(text, name)
        _require_known_checks(document, rubric)
        return Checked(name, rubric, tuple(document.notes))
    what = "is missing" if found is None else f"is {found!r}"
    raise InputError([Problem(name, document.line_of(("schema",)), "schema", f"{what}; write {_KINDS}")])


def _persona_warnings(path: Path, document: Document, persona: Persona) -> list[Problem]:
    found = warnings(document, persona)
    if path.stem != persona.id:
        message = f"is {persona.id!r}, but the file is called {path.name}; the pages find it only where the two are the same"
        found.insert(len(document.notes), Problem(str(path), document.line_of(("id",)), "id", message))
    return found


def _require_known_checks(document: Document, rubric: Rubric) -> None:
    from sim.scoring.catalogue import CATALOGUE  # reads the weights' module; personas alone do not need it

    problems = []
    for number, criterion in enumerate(rubric.criteria):
        for place, check in enumerate(criterion.checks):
            name = check.check or check.id
            if name not in CATALOGUE:
                key = ("criteria", number, "checks", place)
                message = f"there is no check {name!r}; the catalogue has {', '.join(sorted(CATALOGUE))}"
                problems.append(Problem(document.file, document.line_of(key), f"criteria[{number}].checks[{place}]", message))
    if problems:
        raise RubricError(problems)


def _twins(checked: list[Checked]) -> list[Problem]:
    """Return a problem for each file whose id another file of its kind has already."""
    seen: dict[tuple[type, str], str] = {}
    problems = []
    for item in checked:
        key = (type(item.item), item.item.id)
        if key in seen:
            message = f"{item.item.id!r} is the id of {seen[key]} too; give one of them another"
            problems.append(Problem(item.file, None, "id", message))
        seen.setdefault(key, item.file)
    return problems


def check_files(paths: list[Path]) -> list[Checked]:
    """Return every file, checked; raises InputError with all problems of all files."""
    checked: list[Checked] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            checked.append(check_file(path))
        except InputError as error:
            problems += error.problems
    problems += _twins(checked)
    if problems:
        raise InputError(problems)
    return checked


def run(paths: list[Path]) -> None:
    """Print one line per good file, warnings on standard error; raises InputError where any file is bad.

    Without paths the shipped files are checked: personas, rubrics, and what is sent to models.
    """
    for item in check_files(find_files(paths or shipped_folders())):
        for warning in item.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        print(f"{item.file}: {item.summary}")
    if not paths:
        _check_prompts()


def _check_prompts() -> None:
    """Print a line for each shipped prompt and for the price file; raises InputError where one will not do."""
    from sim.contact.directions import directions
    from sim.model import prompt, shipped_prices
    from sim.model.prompts import prompt_files

    for name, path in prompt_files().items():
        print(f"{path}: prompt {name}, version {prompt(name).version}")
    print(f"directions for models: version {directions().version}; prices: {len(shipped_prices().models)} models")


def print_topics() -> None:
    """Print the catalogue of topics."""
    for topic, kind, about in catalogue_rows():
        print(f"{topic:20} {kind:14} {about}")


def print_schema(name: Name) -> None:
    """Print one JSON Schema."""
    print(as_text(name), end="")
