"""Passwords: the rule for new ones, and Argon2 on threads of its own.

The rule is length, as NIST SP 800-63B-4 (section 3.1.1.2) advises, with what an attacker would try first left out; no classes of
characters, no expiry. A hash takes some 64 MB and 0.2 s, so at most two are made at once and the meetings go on meanwhile.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from sim.practice.wording import refuse

if TYPE_CHECKING:
    from pwdlib import PasswordHash

Result = TypeVar("Result")

FEWEST_CHARS = 10
MOST_CHARS = 200
FEWEST_DIFFERENT = 4
AT_ONCE = 2

OBVIOUS = ("twentyminutes", "password", "passwort", "motdepasse", "1234567890", "0123456789", "qwertyuiop", "qwertzuiop", "azertyuiop")
"""What stands first in lists of stolen passwords and is long enough, and our own name."""


def new_password(password: str, *known: str) -> str:
    """Return a password fit to be hashed; raises InputError where it is too short, too long or too easily guessed.

    `known` is what everybody knows of the account: the e-mail address, the name.
    """
    chosen = plain(password)
    if len(chosen) < FEWEST_CHARS:
        raise refuse("password", f"has {len(chosen)} characters; at least {FEWEST_CHARS} are needed. A few words in a row do well")
    if len(chosen) > MOST_CHARS:
        raise refuse("password", f"has {len(chosen)} characters; at most {MOST_CHARS} are taken")
    if len(set(chosen.casefold())) < FEWEST_DIFFERENT:
        raise refuse("password", f"has fewer than {FEWEST_DIFFERENT} different characters; choose one that is harder to guess")
    if _core(chosen) in {_core(word) for word in (*OBVIOUS, *_parts(known))}:
        raise refuse("password", "is among the first that anybody would try; choose one that is harder to guess")
    return chosen


def plain(password: str) -> str:
    """Return a password as it is hashed: in Unicode's NFKC form, so that every keyboard types the same one."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode("utf-8"))


def _parts(known: tuple[str, ...]) -> list[str]:
    return [part for text in known for part in (text, text.split("@")[0]) if part]


def _core(text: str) -> str:
    """Return the letters and digits without what people add at the end: `Ann.Lee@x.org1!` and `annleexorg` are one."""
    letters = "".join(c for c in text.casefold() if c.isalnum())
    return letters.rstrip("0123456789") or letters


class Passwords:
    """Makes and checks hashes. `hasher` is for tests, which have no time for a hash that is slow on purpose."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._given = hasher
        self._threads = ThreadPoolExecutor(AT_ONCE, "password")

    @cached_property
    def _hasher(self) -> PasswordHash:
        from pwdlib import PasswordHash  # loaded when somebody signs in: learners never wait for it

        return self._given or PasswordHash.recommended()

    @cached_property
    def _nobody(self) -> str:
        """The hash that a password is compared with where there is no account, so that the answer takes as long."""
        return self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Return the hash of a password, its salt and parameters included."""
        return await self._run(lambda: self._hasher.hash(password))

    async def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether a password is the stored one, and a new hash where the stored one was made with weaker parameters.

        `stored` None, where there is no such account, takes as long and is never right.
        """
        given = plain(password)[:MOST_CHARS]
        right, better = await self._run(lambda: self._hasher.verify_and_update(given, stored or self._nobody))
        return (right, better) if stored else (False, None)

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()
