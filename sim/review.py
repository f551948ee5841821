"""What an instructor adds to a submitted session: marks of their own with the reason, and comments. Plain data.

The instructor's mark is the one that counts; the computed one is kept beside it and shown with it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Override:
    """An instructor's mark for a criterion, 1 to 5, and why. `at` is seconds since the epoch."""

    criterion: str
    mark: int
    reason: str
    at: float = 0.0


@dataclass(frozen=True)
class Comment:
    """An instructor's comment on a turn (its index, 0-based), or on the whole session where `turn` is None."""

    id: str
    turn: int | None
    text: str
    at: float = 0.0


@dataclass(frozen=True)
class Review:
    """Everything an instructor added to one session; comments in the order they were written."""

    overrides: tuple[Override, ...] = ()
    comments: tuple[Comment, ...] = ()

    def override(self, criterion: str) -> Override | None:
        """Return the instructor's mark for a criterion, or None."""
        return next((o for o in self.overrides if o.criterion == criterion), None)

    def on_turn(self, turn: int | None) -> tuple[Comment, ...]:
        """Return the comments on one turn; None: those on the whole session."""
        return tuple(c for c in self.comments if c.turn == turn)


NO_REVIEW = Review()
"""What a session has that no instructor added anything to."""
