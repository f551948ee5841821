"""The parts of docs/performance.md that are measured on their own and put in their places, between markers."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def gate(name: str, found: str, wanted: str, held: bool) -> str:
    """Return the row of a figure that was promised."""
    return f"| {name} | {found} | {wanted} | {'held' if held else '**missed**'} |"


def marked(name: str, text: str) -> str:
    """Return a section between its markers."""
    return f"<!-- {name}: begin -->\n{text.strip()}\n<!-- {name}: end -->"


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- {name}: begin -->\n(.*)\n<!-- {name}: end -->", re.S)


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Put a section into the page in place of what was there; raises LookupError where the page has no such place."""
    before = page.read_text("utf-8")
    if not _place(name).search(before):
        raise LookupError(f"{page.name} has no place for {name!r}")
    page.write_text(_place(name).sub(lambda _: marked(name, text), before), "utf-8")
