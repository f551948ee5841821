"""Text that somebody typed, made fit to keep: one spelling of every character, nothing invisible that breaks a page or a file."""

from __future__ import annotations

import unicodedata

from sim.errors import InputError, Problem


def refuse(path: str, message: str) -> InputError:
    """Return the error for one field of a request."""
    return InputError([Problem("request", None, path, message)])


def clean(text: str) -> str:
    """Return `text` in Unicode's composed form (NFC), line ends as newlines, without control characters other than newline
    and tab.

    Half a surrogate pair, which no database can store, becomes a question mark.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept))


def field(path: str, text: str, limit: int) -> str:
    """Return a field's text cleaned; raises InputError where it is longer than `limit` characters."""
    found = clean(text)
    if len(found) > limit:
        raise refuse(path, f"has {len(found):,} characters; at most {limit:,} are taken. Shorten it by {len(found) - limit:,}")
    return found


def message(path: str, text: str, limit: int) -> str:
    """Return a message cleaned and without blank space around it; raises InputError where nothing is left or it is too long."""
    found = field(path, text.strip(), limit).strip()
    if not found:
        raise refuse(path, "is empty; write what you want to say")
    return found
