"""One thing that was looked at, and what is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "wrong"]
"""`note`: it works, with something the operator may want to know; only `wrong` fails the whole."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, what was found, and, where it is wrong, the mend. Never holds a secret."""

    name: str
    state: State
    found: str
    mend: str = ""

    def __str__(self) -> str:
        tail = f"; {self.mend}" if self.mend else ""
        return f"{self.state:5}  {self.name}: {self.found}{tail}"

    def to_json(self) -> dict[str, str]:
        """Return the finding for programs; `mend` only where there is something to mend."""
        shown = {"name": self.name, "state": self.state, "found": self.found}
        return {**shown, "mend": self.mend} if self.mend else shown
