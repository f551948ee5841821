"""One family of errors, sorted by who can mend them. Every message says where, what was found and what would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong in an input: the file, the line (1-based, None where unknown), the key path, and the mend."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class SimError(Exception):
    """Base of every error that is shown to a person. Never carries a secret or a learner's words."""


class InputError(SimError):
    """A file or a request says something the contract does not allow. `problems` holds one entry for each mistake."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Come out of another process as it went in: an error is otherwise made again from its text alone."""
        return (type(self), (self.problems,))


class PersonaError(InputError):
    """For the author of a persona."""


class RubricError(InputError):
    """For the author of a rubric."""


class TranscriptError(InputError):
    """For whoever imports or scores a transcript."""


class LearnerFileError(InputError):
    """For whoever wrote a scripted learner for `sim play`."""


class UnknownItem(SimError):
    """Nothing by that id (persona, rubric, session), or not yours: the two are never told apart."""


class NotNow(SimError):
    """The request is right but the meeting is not in a state to take it (a turn in flight, after the end)."""


class TooMany(SimError):
    """The same person, or the same place, asks too often. `retry_after`: seconds until it may ask again, at least 1."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(message)


class StoreUnavailable(SimError):
    """The database cannot be reached or written; nothing was lost that had been confirmed."""


class ChatUnavailable(SimError):
    """The model endpoint failed; the scripted contact can take the line."""
