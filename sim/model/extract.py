"""Find the JSON object in what a model wrote: among chatter, fences and thoughts, in Python's quotes, or cut off.

The last object that fits is taken: models that talk first name what they are about to do before they do it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

MAX_CHARS = 200_000
"""Longest reply that is looked at; some fifty times what the prompts ask for."""

MAX_WORK = 1_000_000
"""Characters looked at in all, those of objects that never end again and again; a reply of nothing but braces must not cost minutes."""

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.S | re.I)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")

Fits = Callable[[dict[str, Any]], bool]


def find_object(text: str, fits: Fits) -> dict[str, Any] | None:
    """Return the last complete object in `text` that `fits`, or None."""
    found = None
    for item in objects(text):
        if fits(item):
            found = item
    return found


def objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield every complete object in order; one inside another only where the outer one is broken or cut off."""
    text = _THOUGHT.sub(" ", text[:MAX_CHARS])
    start, work = text.find("{"), 0
    while start >= 0 and work < MAX_WORK:
        end = _end_of(text, start)
        work += (end or len(text)) - start
        item = _parse(text[start:end]) if end else None
        if isinstance(item, dict):
            yield item
        start = text.find("{", end if end and isinstance(item, dict) else start + 1)


_TOKENS = re.compile(r"""\\.|["'{}\[\]]""", re.S)


def _end_of(text: str, start: int) -> int | None:
    """Return where the object that opens at `start` ends, or None where it never does. Braces inside strings do not count."""
    depth, quote = 0, ""
    for token in _TOKENS.finditer(text, start):
        sign = token.group()
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                return token.end()
    return None


def _parse(chunk: str) -> Any:
    for attempt in (chunk, _TRAILING_COMMA.sub(r"\1", chunk)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return _python(chunk)


def _python(chunk: str) -> Any:
    """Read an object written as Python would print it, JSON's own true, false and null allowed; None where it is neither."""
    try:
        tree = ast.parse(chunk, mode="eval")
        return ast.literal_eval(_Words().visit(tree))
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


class _Words(ast.NodeTransformer):
    values = {"true": True, "false": False, "null": None}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Put a constant in the place of JSON's words."""
        return ast.copy_location(ast.Constant(self.values[node.id]), node) if node.id in self.values else node
