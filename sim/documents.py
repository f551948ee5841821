"""Read YAML and JSON that somebody wrote by hand into plain data and models, with errors that name file, line and key.

Untrusted input: the size is limited, aliases, tags and duplicate keys are refused, and nothing is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from sim.errors import InputError, Problem

MAX_BYTES = 512_000
"""Largest document accepted, in bytes. The shipped personas are near 60 kB; a book is not a persona (our judgement)."""

MAX_DEPTH = 24
"""Deepest nesting accepted; the contracts need six levels (our judgement)."""

YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it, as its wheels are: a persona of 60 kB takes 15 ms instead of 200."""

Key = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Document:
    """Plain data with the line (1-based) on which each key path begins."""

    file: str
    data: Any
    lines: dict[Key, int] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    """What was read with a grain of salt; `sim check` prints these, nothing else minds."""

    def line_of(self, path: Key) -> int | None:
        """Return the line of `path` or of the nearest ancestor that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def dotted(path: Iterable[str | int]) -> str:
    """Write a key path as people read it: `criteria[2].anchors.5`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else str(part))
    return out


def _fail(kind: type[InputError], file: str, line: int | None, path: Key, message: str) -> InputError:
    return kind([Problem(file, line, dotted(path), message)])


class _Reader:
    """Turn YAML nodes into data while noting lines and refusing what a hand-written file never needs."""

    def __init__(self, document: Document, kind: type[InputError]) -> None:
        self.document = document
        self.kind = kind
        self.loader = yaml.SafeLoader("")
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, path: Key) -> Any:
        line = node.start_mark.line + 1
        self.document.lines.setdefault(path, line)
        plain = "map" if isinstance(node, yaml.MappingNode) else "seq" if isinstance(node, yaml.SequenceNode) else ""
        if not node.tag.startswith(f"tag:yaml.org,2002:{plain}"):
            raise _fail(self.kind, self.document.file, line, path, f"the tag {node.tag} is not allowed; write a plain value")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, n)) for n, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        try:
            return self.loader.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            raise _fail(self.kind, self.document.file, line, path, f"cannot read {node.value!r}: {error}") from error

    def _mapping(self, node: yaml.MappingNode, path: Key) -> dict[str, Any]:
        out: dict[str, Any] = {}
        last: str | None = None
        for key_node, value_node in node.value:
            name = str(key_node.value)
            here = (*path, name)
            if last is not None and _is_rest_of_sentence(node, key_node, value_node) and isinstance(out[last], str):
                out[last] = f"{out[last]}, {name}"
                note = f"a comma inside {{...}} splits the sentence before {name!r}; it was joined again, better to quote it"
                self.document.notes.append(Problem(self.document.file, key_node.start_mark.line + 1, dotted((*path, last)), note))
                continue
            if name in out:
                line = key_node.start_mark.line + 1
                self.problems.append(Problem(self.document.file, line, dotted(here), "this key stands here twice; keep one"))
                continue
            self.document.lines[here] = key_node.start_mark.line + 1
            out[name] = self.build(value_node, here)
            last = name
        return out


def _is_rest_of_sentence(mapping: yaml.MappingNode, key: yaml.Node, value: yaml.Node) -> bool:
    """Tell whether a valueless key in `{a: some words, and more words}` is the end of an unquoted sentence.

    People write such lines by hand, and YAML takes the second half for a key; several blanks make it no key of ours.
    """
    empty = isinstance(value, yaml.ScalarNode) and value.start_mark.index == value.end_mark.index and value.value == ""
    return bool(mapping.flow_style) and empty and " " in str(key.value).strip()


def _refuse_aliases_and_depth(text: str, file: str, kind: type[InputError]) -> None:
    """Look at the events before anything is built: depth costs a parser its stack, and quadratic time before that."""
    depth = 0
    for event in yaml.parse(text, Loader=YAML_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise _fail(kind, file, line, (), "aliases (*name) are not allowed; write the value out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _fail(kind, file, line, (), f"nested more than {MAX_DEPTH} levels deep")


def parse_yaml(text: str, file: str, kind: type[InputError]) -> Document:
    """Return the document in `text`; raises `kind` naming the line of the first syntax error, alias, tag or double key."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _fail(kind, file, None, (), f"larger than {MAX_BYTES // 1000} kB; a persona or rubric file is far smaller")
    try:
        _refuse_aliases_and_depth(text, file, kind)
        node = yaml.compose(text, Loader=YAML_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        hint = "put the text in quotes if it holds ': ' or begins with a special character; indent with blanks, not tabs"
        raise _fail(kind, file, line, (), f"this is not valid YAML ({error.problem}); {hint}") from error
    except yaml.YAMLError as error:
        raise _fail(kind, file, None, (), f"this is not valid YAML ({error})") from error
    document = Document(file, None)
    if node is None:
        raise _fail(kind, file, 1, (), "the file is empty")
    reader = _Reader(document, kind)
    document.data = reader.build(node, ())
    if reader.problems:
        raise kind(reader.problems)
    if not isinstance(document.data, dict):
        raise _fail(kind, file, 1, (), "expected `key: value` lines at the top of the file")
    return document


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON's")


def parse_json(text: str, file: str, kind: type[InputError], *, max_bytes: int = 8_000_000) -> Document:
    """Return the JSON object in `text` as a document; raises `kind` with the line of a syntax error."""
    if len(text.encode("utf-8", "replace")) > max_bytes:
        raise _fail(kind, file, None, (), f"larger than {max_bytes // 1_000_000} MB")
    try:
        data = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _fail(kind, file, error.lineno, (), f"this is not valid JSON ({error.msg})") from error
    except RecursionError as error:
        raise _fail(kind, file, None, (), "nested too deeply") from error
    except ValueError as error:
        raise _fail(kind, file, None, (), f"this is not valid JSON ({error})") from error
    if not isinstance(data, dict):
        raise _fail(kind, file, 1, (), f"expected a JSON object, found {type(data).__name__}")
    return Document(file, data)


def check_schema_name(document: Document, expected: str, kind: type[InputError]) -> None:
    """Raise `kind` unless the document's `schema` key says `expected`."""
    found = document.data.get("schema")
    if found != expected:
        what = "is missing" if found is None else f"is {found!r}"
        raise _fail(kind, document.file, document.line_of(("schema",)), ("schema",), f"{what}; write `{expected}` here")


_WHOLE = "write a whole number, without quotes"
_PAIRS = "write `key: value` lines under it, indented"
_MENDS = {
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE,
    "float_type": "write a number, without quotes", "float_parsing": "write a number",
    "string_type": "write text, in quotes where it begins with a sign or a digit",
    "list_type": "write a list: every entry on a line of its own, after `- `",
    "dict_type": _PAIRS, "model_type": _PAIRS, "model_attributes_type": _PAIRS,
    "bool_type": "write true or false", "bool_parsing": "write true or false",
}  # fmt: skip
"""What would do, for the mistakes that people who do not write code make in YAML; other kinds say so themselves."""


def _mend(error: Any) -> str:
    kind, found = error["type"], error.get("input")
    shown = repr(found) if not isinstance(found, dict | list) else ("a list" if isinstance(found, list) else "a mapping")
    if len(shown) > 60:
        shown = shown[:57] + "..."
    if kind == "extra_forbidden":
        return "this key is not known; remove it, correct its spelling, or put it under `extensions`"
    if kind == "missing":
        return "is missing; add it"
    if kind == "string_too_short" and not str(found).strip():
        return "is empty; write something here"
    if kind == "value_error":
        return str(error["ctx"]["error"]) if "ctx" in error else str(error["msg"])
    message = str(error["msg"]).replace("Input should", "it should")
    if isinstance(found, bool) and kind == "string_type":
        return f"is {shown}; YAML reads yes, no, on and off as true and false: put the word in quotes"
    return f"is {shown}; {_MENDS.get(kind) or message[:1].lower() + message[1:]}"


def validate(document: Document, model: type[Model], kind: type[InputError]) -> Model:
    """Return the document as `model`; raises `kind` with one problem for each mistake, in file order."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            path = tuple(p for p in item["loc"] if not (isinstance(p, str) and p.startswith("function-")))
            problems.append(Problem(document.file, document.line_of(path), dotted(path), _mend(item)))
        problems.sort(key=lambda p: p.line or 0)
        raise kind(problems) from error
