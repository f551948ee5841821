"""Change one value in a YAML text and leave every other character as its author wrote it: comments, order, quotes, blank lines.

The parser says where each value stands in the text, and only that piece is written anew. Every edit is read back and compared
with what it should say; where the small edit does not do, the piece around it is written anew, and the whole file at the last.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any, Final

import yaml

from sim.documents import YAML_LOADER, Key, parse_yaml
from sim.errors import InputError, PersonaError


class _Gone:
    """What `with_value` takes to remove a key or an item."""


GONE: Final = _Gone()

FOLD_COLUMNS = 120
"""Width to which folded text is wrapped, as in the shipped files."""


class _NoWay(Exception):
    """An edit that cannot be made in place."""


def data_of(text: str, file: str = "persona") -> dict[str, Any]:
    """Return the data in `text`; raises PersonaError for what the strict loader refuses, or where it is no mapping."""
    data: dict[str, Any] = parse_yaml(text, file, PersonaError).data
    return data


def value_at(data: Any, path: Key) -> Any:
    """Return the value at a key path, None where there is none."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def dumped(data: dict[str, Any]) -> str:
    """Return data as a file, written as the rest of this module writes."""
    return _block(data)


def with_value(text: str, path: Key, value: Any, order: tuple[str, ...] = ()) -> str:
    """Return `text` with `value` (plain data, or GONE) at a key path; an index one past a list's end adds to the list.

    `order` says where a new key of the document goes: after those before it. Raises PersonaError where `text` cannot be read,
    KeyError for a path that leads through something other than mappings and lists.
    """
    wanted = _set(data_of(text), path, value)
    if _shape(wanted) == _shape(data_of(text)):
        return text
    for attempt in _attempts(text, path, value, wanted, order):
        try:
            found = attempt()
            if _shape(data_of(found)) == _shape(wanted):
                return found
        except (_NoWay, InputError):
            continue
    return _block(wanted)


def _attempts(text: str, path: Key, value: Any, wanted: Any, order: tuple[str, ...]) -> Iterator[Callable[[], str]]:
    """Yield ways to make the edit, the smallest first."""
    root = yaml.compose(text, Loader=YAML_LOADER)
    assert root is not None  # an empty file is no data either, and was refused
    edit = _Edit(text, root, order)
    yield partial(edit.set, path, value)
    for depth in range(len(path) - 1, 0, -1):
        if value_at(wanted, path[:depth]) is not None:
            yield partial(edit.set, path[:depth], value_at(wanted, path[:depth]), whole=True)


def _set(data: Any, path: Key, value: Any) -> Any:
    """Return `data` with the value in it, making the mappings that lead there."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, list):
        if not isinstance(head, int) or head > len(data):
            raise KeyError(head)
        new = [] if value is GONE and not rest else [_set(data[head] if head < len(data) else None, rest, value)]
        return [*data[:head], *new, *data[head + 1 :]]
    if data is None and isinstance(head, int):
        return _set([], path, value)
    if not isinstance(data, dict | None) or isinstance(head, int):
        raise KeyError(head)
    out = dict(data or {})
    if value is GONE and not rest:
        out.pop(head, None)
        return out
    out[head] = _set(out.get(head), rest, value)
    return out


def _shape(value: Any) -> Any:
    """Return something that is equal for equal data only: 1, 1.0 and true differ, the order of keys does not count."""
    if isinstance(value, dict):
        return ("map", frozenset((k, _shape(v)) for k, v in value.items()))
    if isinstance(value, list):
        return ("seq", tuple(map(_shape, value)))
    return (type(value).__name__, repr(value))


# -- writing values --------------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Indents lists, never wraps, and quotes every text that is not a plain small word."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(text: str) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z0-9_-]*", text)) and yaml.safe_load(text) == text


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if _plain(text) else '"')


_Dumper.add_representer(str, _text)


def _block(value: Any, *, flow: bool = False) -> str:
    """Return a value as YAML, ending with a line break; with `flow` in one line."""
    written: str = yaml.dump(value, Dumper=_Dumper, default_flow_style=flow, allow_unicode=True, width=10**9, sort_keys=False)
    return written.removesuffix("...\n")


def _inline(value: Any) -> str:
    return _block(value, flow=True).rstrip("\n")


def _folded(text: str, indent: int) -> str | None:
    """Return a text as a folded block, None where folding would change it."""
    words = text.split(" ")
    if not text or "" in words or "\n" in text or "\t" in text or text[0] in "#|>" or not text.isprintable():
        return None
    lines = textwrap.wrap(text, max(40, FOLD_COLUMNS - indent), break_long_words=False, break_on_hyphens=False)
    return ">-\n" + textwrap.indent("\n".join(lines), " " * indent)


# -- finding places --------------------------------------------------------------------------------------------------------


def _end(node: yaml.Node) -> int:
    """Return where the last character of a value stands, one past it: without the blank lines and comments that follow."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


@dataclass(frozen=True)
class _Splice:
    """Put `new` in the place of text[start:end]."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class _Place:
    """A value in the text: its node, the indent that its lines need, and whether it stands within brackets."""

    node: yaml.Node
    indent: int
    in_flow: bool


class _Edit:
    """One edit of one text."""

    def __init__(self, text: str, root: yaml.Node, order: tuple[str, ...]) -> None:
        self.text = text
        self.root = root
        self.order = order

    def set(self, path: Key, value: Any, *, whole: bool = False) -> str:
        """Return the text with the value set; `whole` writes it anew rather than item by item. Raises _NoWay."""
        depth = len(path)
        while depth and self._find(path[:depth]) is None:
            depth -= 1
        place = self._find(path[:depth])
        if place is None:
            raise _NoWay
        if depth == len(path):
            return self._apply(self._change(place, path, value, whole))
        if value is GONE:
            return self.text
        rest = path[depth + 1 :]
        return self._apply([self._add(place, path[depth], _set(None, rest, value) if rest else value, top=depth == 0)])

    def _apply(self, splices: list[_Splice]) -> str:
        text = self.text
        for splice in sorted(splices, key=lambda s: s.start, reverse=True):
            text = text[: splice.start] + splice.new + text[splice.end :]
        return text

    def _find(self, path: Key) -> _Place | None:
        node, indent, in_flow = self.root, 0, False
        for part in path:
            in_flow = in_flow or bool(getattr(node, "flow_style", False))
            if isinstance(node, yaml.MappingNode):
                found = [(k, v) for k, v in node.value if k.value == str(part)]
                if not found:
                    return None
                key, node = found[0]
                indent = key.start_mark.column + 2
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                indent = node.start_mark.column + 2
                node = node.value[part]
            else:
                return None
        return _Place(node, indent, in_flow)

    def _change(self, place: _Place, path: Key, value: Any, whole: bool) -> list[_Splice]:
        if value is GONE:
            parent = self._find(path[:-1])
            if parent is None:
                raise _NoWay
            return [self._remove(parent, path[-1])]
        if isinstance(value, list) and isinstance(place.node, yaml.SequenceNode) and not whole:
            return self._items(place, value)
        return [self._replace(place, value)]

    # -- one value -----------------------------------------------------------------------------------------------------

    def _replace(self, place: _Place, value: Any) -> _Splice:
        node = place.node
        start, end = int(node.start_mark.index), _end(node)
        blockish = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        if blockish:
            end = start + len(self.text[start:end].rstrip())
        lead = " " if self.text[start - 1 : start] in (":", "-") else ""
        if not isinstance(value, dict | list) or not value or place.in_flow:
            folded = _folded(value, place.indent) if blockish and isinstance(value, str) else None
            return _Splice(start, end, lead + (folded or _inline(value)))
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            written = textwrap.indent(_block(value), " " * node.start_mark.column).strip()
            return _Splice(start, end, written)
        written = textwrap.indent(_block(value), " " * place.indent).rstrip()
        line = self.text.rfind("\n", 0, start) + 1
        in_list = re.fullmatch(r"[ -]*-\s*", self.text[line:start])
        return _Splice(start, end, lead + written.lstrip() if in_list else "\n" + written)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def _add(self, place: _Place, key: str | int, value: Any, *, top: bool) -> _Splice:
        node = place.node
        if isinstance(key, int):
            if not isinstance(node, yaml.SequenceNode) or key != len(node.value):
                raise _NoWay
            return self._insert(place, key, [value])
        if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value or place.in_flow:
            raise _NoWay
        column = node.value[0][0].start_mark.column
        entry = textwrap.indent(_block({key: value}), " " * column)
        return self._after(self._before(node, key) if top else node.value[-1][1], entry)

    def _before(self, node: yaml.MappingNode, key: str) -> yaml.Node:
        """Return the value after which a new key of the document goes."""
        rank = self.order.index(key) if key in self.order else len(self.order)
        ahead = [v for k, v in node.value if k.value in self.order[:rank]]
        last: yaml.Node = (ahead or [v for _, v in node.value])[-1]
        return last

    def _after(self, node: yaml.Node, lines: str) -> _Splice:
        """Put whole lines after the line on which a value ends."""
        end = _end(node)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            end = int(node.start_mark.index) + len(self.text[node.start_mark.index : end].rstrip())
        stop = self.text.find("\n", end)
        if stop < 0:
            return _Splice(len(self.text), len(self.text), "\n" + lines)
        return _Splice(stop + 1, stop + 1, lines)

    def _remove(self, parent: _Place, key: str | int) -> _Splice:
        node = parent.node
        if not isinstance(node, yaml.CollectionNode) or node.flow_style or parent.in_flow or len(node.value) < 2:
            raise _NoWay
        if isinstance(node, yaml.MappingNode):
            name, value = next((k, v) for k, v in node.value if k.value == key)
            return self._lines(int(name.start_mark.index), value, r" *")
        item = node.value[int(key)]
        return self._lines(int(item.start_mark.index), item, r" *-\s*")

    def _lines(self, start: int, last: yaml.Node, before: str) -> _Splice:
        """Take out the lines from that of `start` to the one on which `last` ends, if nothing but `before` stands ahead of them."""
        line = self.text.rfind("\n", 0, start) + 1
        if not re.fullmatch(before, self.text[line:start]):
            raise _NoWay
        after = self._after(last, "").start
        return _Splice(line, after, "")

    # -- items ---------------------------------------------------------------------------------------------------------

    def _items(self, place: _Place, value: list[Any]) -> list[_Splice]:
        """Return the edits that turn a list into another, leaving the items they share as they stand."""
        node = place.node
        assert isinstance(node, yaml.SequenceNode)
        if node.flow_style or place.in_flow or not value:
            return [self._replace(place, value)]
        old = [json.dumps(item, default=str) for item in parse_items(self.text, node)]
        new = [json.dumps(item, default=str) for item in value]
        splices: list[_Splice] = []
        for _, i1, i2, j1, j2 in (c for c in SequenceMatcher(None, old, new, False).get_opcodes() if c[0] != "equal"):
            both = min(i2 - i1, j2 - j1)
            indent = node.start_mark.column + 2
            splices += [self._replace(_Place(node.value[i1 + n], indent, False), value[j1 + n]) for n in range(both)]
            splices += [self._lines(int(item.start_mark.index), item, r" *-\s*") for item in node.value[i1 + both : i2]]
            if j1 + both < j2:
                splices.append(self._insert(place, i1 + both, value[j1 + both : j2]))
        return splices

    def _insert(self, place: _Place, at: int, values: list[Any]) -> _Splice:
        """Put items before the one at an index, or at the end."""
        node = place.node
        if not isinstance(node, yaml.SequenceNode) or node.flow_style or place.in_flow or not node.value:
            raise _NoWay
        lines = textwrap.indent(_block(values), " " * node.start_mark.column)
        if at:
            return self._after(node.value[at - 1], lines)
        line = self.text.rfind("\n", 0, int(node.start_mark.index)) + 1
        return _Splice(line, line, lines)


def parse_items(text: str, node: yaml.SequenceNode) -> list[Any]:
    """Return the items of a list node as plain data."""
    loader = yaml.SafeLoader("")
    return [loader.construct_object(item, deep=True) for item in node.value]
