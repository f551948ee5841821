"""Keeps secrets that travel in an address out of logs: a link lets somebody in until it is opened, and logs are read by many."""

from __future__ import annotations

import logging
import re

SECRET_PATHS = re.compile(r"(/(?:welcome|join)/)[^\s?/\"]+")
"""Addresses whose last part is a secret."""


def without_secrets(text: str) -> str:
    """Return `text` with every secret that stands in an address left out."""
    return SECRET_PATHS.sub(r"\1...", text)


class _WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_secrets(a) if isinstance(a, str) else a for a in record.args)
        return True


_ONCE = _WithoutSecrets()


def install() -> None:
    """Make the server's access log leave secrets out, where somebody switches it on; safe to repeat."""
    logging.getLogger("uvicorn.access").addFilter(_ONCE)
