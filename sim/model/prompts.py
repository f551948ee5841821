"""Every word sent to a model: templates in `prompts/`, each with an id, a version and the inputs it declares.

A prompt is a Markdown file with a front matter:

    ---
    id: contact/line.system
    version: 1
    inputs: [name, title]
    ---
    You are {{ name }}, ...

Its id is its path below `prompts/` without `.md`. An input that is used but not declared, or declared but not used, is an error.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from pydantic import BaseModel, ConfigDict, Field

from sim.documents import parse_yaml, validate
from sim.errors import InputError, Problem
from sim.library import shipped

_FRONT = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<body>.*)\Z", re.S)

# Not HTML: autoescape would write &quot; into what a model reads. What a prompt shows of people's words is escaped as JSON instead.
_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}


class PromptError(InputError):
    """For whoever writes prompts."""


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9_./-]+$", max_length=80)]
    version: Annotated[int, Field(ge=1, strict=True)]
    inputs: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]]


@dataclass(frozen=True)
class Prompt:
    """A prompt. `digest` is the first 12 hex digits of its text's SHA-256, so that an edit without a new version shows."""

    id: str
    version: int
    inputs: frozenset[str]
    digest: str
    template: Template

    @property
    def name(self) -> str:
        """Id, version and digest, as stored with every reply: `contact/line.system@1:0a1b2c3d4e5f`."""
        return f"{self.id}@{self.version}:{self.digest}"

    def render(self, **values: Any) -> str:
        """Return the text for these inputs; raises ValueError unless exactly the declared ones are given."""
        if set(values) != self.inputs:
            wrong = ", ".join(sorted(set(values) ^ self.inputs))
            raise ValueError(f"prompt {self.id} was given other inputs than it declares: {wrong}")
        return self.template.render(values).strip()


def load_prompt(path: Path, prompt_id: str) -> Prompt:
    """Return the prompt in a file; raises PromptError with file, line and mend."""
    file = str(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError([Problem(file, None, "", "cannot be read as UTF-8 text")]) from error
    found = _FRONT.match(text)
    if not found:
        raise PromptError([Problem(file, 1, "", "must begin with a front matter: ---, then id, version and inputs, then ---")])
    head = validate(parse_yaml("\n" + found["head"], file, PromptError), _Head, PromptError)
    if head.id != prompt_id:
        raise PromptError([Problem(file, 2, "id", f"is {head.id!r}; the file's place makes it {prompt_id!r}")])
    first_line = text[: found.start("body")].count("\n")
    _check_inputs(found["body"], first_line, head, file)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(head.id, head.version, frozenset(head.inputs), digest, _ENVIRONMENT.from_string(found["body"]))


def _check_inputs(body: str, before: int, head: _Head, file: str) -> None:
    """Raise PromptError where what is used differs from what is declared; `before` lines of the file precede the body."""
    try:
        tree = _ENVIRONMENT.parse(body)
    except TemplateSyntaxError as error:
        raise PromptError([Problem(file, before + error.lineno, "", f"this is not valid Jinja ({error.message})")]) from error
    used = meta.find_undeclared_variables(tree)
    lines: dict[str, int] = {}
    for node in tree.find_all(nodes.Name):
        lines.setdefault(node.name, before + node.lineno)
    undeclared = sorted(used - set(head.inputs), key=lambda n: lines[n])
    problems = [Problem(file, lines[n], n, "is used but not declared; add it to `inputs`, or correct its spelling") for n in undeclared]
    unused = [n for n in head.inputs if n not in used]
    problems += [Problem(file, None, f"inputs: {n}", "is declared but not used; use it, or take it off the list") for n in unused]
    if problems:
        raise PromptError(problems)


def prompt_files() -> dict[str, Path]:
    """Return the file of every shipped prompt, by id."""
    folder = shipped("prompts")
    return {p.relative_to(folder).with_suffix("").as_posix(): p for p in sorted(folder.rglob("*.md")) if p.name != "README.md"}


@cache
def prompt(prompt_id: str) -> Prompt:
    """Return a shipped prompt, read once; raises PromptError where its file will not do, KeyError where there is none."""
    return load_prompt(prompt_files()[prompt_id], prompt_id)
