"""Listen to one streamed reply and take its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from sim.model import Connection, Failure, failure_of, shipped_prices, usage_of


@dataclass
class Heard:
    """A reply: `pieces` with words in them, seconds to the `first` and to the `last`, tokens as `reported` or estimated."""

    text: str = ""
    pieces: int = 0
    first: float = 0.0
    last: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    reported: bool = False
    failure: Failure | None = None

    @property
    def pace(self) -> float | None:
        """Tokens a second after the first piece; None where it all came at once."""
        spent = self.last - self.first
        return (self.tokens_out - 1) / spent if self.pieces > 1 and spent > 0 and self.tokens_out > 1 else None


async def listen(connection: Connection, messages: Sequence[tuple[str, str]]) -> Heard:
    """Return the contact's reply to the messages; a failure of the endpoint's is in it, and anything else is raised."""
    heard, reported = Heard(), None
    await connection.prepare()  # what loading our own libraries takes is not the endpoint's time
    try:
        reported = await _hear(connection, messages, heard)
    except Exception as error:
        heard.failure = failure_of(error)
        if heard.failure is None:
            raise
    used = usage_of("contact", "", shipped_prices(), reported, [text for _, text in messages], heard.text)
    heard.tokens_in, heard.tokens_out, heard.reported = used.tokens_in, used.tokens_out, not used.estimated
    return heard


async def _hear(connection: Connection, messages: Sequence[tuple[str, str]], heard: Heard) -> Mapping[str, Any] | None:
    endpoint, reported = connection.endpoint, None
    chat = connection.chat("contact", max_tokens=endpoint.reply_tokens)
    began = time.perf_counter()
    async with aclosing(chat.astream(list(messages))) as stream:  # type: ignore[type-var]
        while True:
            async with asyncio.timeout(endpoint.timeout if heard.pieces else endpoint.first_token_timeout):
                chunk = await anext(stream, None)
            if chunk is None:
                return reported
            reported = chunk.usage_metadata or reported
            if text := str(chunk.text):
                heard.last = time.perf_counter() - began
                heard.first = heard.first or heard.last
                heard.text, heard.pieces = heard.text + text, heard.pieces + 1
