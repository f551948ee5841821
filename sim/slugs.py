"""Ids: what they may look like, and how a name becomes one."""

from __future__ import annotations

import re
import unicodedata

SLUG_CHARS = 64
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""The contract's ids of personas and rubrics."""


def slug_of(words: str) -> str:
    """Return a name as an id: `Gwen Tarkowski` is `gwen-tarkowski`. Empty where no Latin letter or digit is in it."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_CHARS].strip("-")
