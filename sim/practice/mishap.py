"""What may be logged of an error nobody foresaw."""

from __future__ import annotations

import traceback


def whereabouts(error: BaseException) -> str:
    """Return the kind of an error and the lines it came through, but not its message, which may quote a learner."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return type(error).__name__ + "\n" + "".join(traceback.format_tb(error.__traceback__))
