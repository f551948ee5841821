"""Join codes: short enough to read off a wall, too many to guess."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty letters and digits that look and sound unlike each other: no 0 and O, no 1, I and L, and no U, which is near V."""

LENGTH = 8
"""Letters of a code. 30 to the 8th are some 650 thousand million; at the 600 wrong codes an hour that one address has, hitting any one of a
hundred open workshops takes a thousand addresses more than a year on average."""


def new_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def tidy(typed: str) -> str:
    """Return a code as it is stored, from whatever case, blanks and dashes it was typed with; empty where it cannot be one."""
    code = re.sub(r"[\s\-‐‑–—]", "", typed).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def spaced(code: str) -> str:
    """Return a code as people read it: `ABCD-EFGH`."""
    return f"{code[:4]}-{code[4:]}"
