"""What calls used and cost, and the ledger that keeps it and says when a limit is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sim.model.prices import Prices, amount

Purpose = Literal["contact", "judge", "draft"]

BYTES_PER_TOKEN = 4
"""English takes some four bytes a token in the vocabularies in use; other scripts take more bytes, which this counts too.
Source: OpenAI's rule of thumb, "about 4 characters"."""

MESSAGE_TOKENS = 4
"""What a message costs beside its words: its role and its ends."""


@dataclass(frozen=True)
class Usage:
    """What one call used. `tokens_cached` is the part of `tokens_in` the provider had kept from an earlier call.

    `estimated`: the endpoint reported nothing, and the counts are ours. `cost` is in the price file's currency, None where the
    model has no price. `turn` is the index of the contact's turn it was asked for, None for whatever is no line of the meeting.
    """

    purpose: Purpose
    model: str
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    estimated: bool
    cost: float | None
    turn: int | None = None

    @property
    def tokens(self) -> int:
        """Tokens in and out together: what the caps count."""
        return self.tokens_in + self.tokens_out


def estimate_tokens(texts: Sequence[str]) -> int:
    """Return about how many tokens these messages take: one for every four bytes begun, and four a message."""
    return sum(-(-len(t.encode("utf-8", "replace")) // BYTES_PER_TOKEN) + MESSAGE_TOKENS for t in texts)


def usage_of(purpose: Purpose, model: str, prices: Prices, reported: Mapping[str, Any] | None, asked: Sequence[str], reply: str) -> Usage:
    """Return what a call used: as `reported` (LangChain's `usage_metadata`), else estimated from the texts asked and the reply."""
    tokens_in, tokens_out = _count(reported, "input_tokens"), _count(reported, "output_tokens")
    known = tokens_in > 0
    cached = min(tokens_in, _count((reported or {}).get("input_token_details"), "cache_read")) if known else 0
    if not known:
        tokens_in, tokens_out = estimate_tokens(asked), estimate_tokens([reply]) - MESSAGE_TOKENS
    cost = prices.cost(model, tokens_in, cached, tokens_out)
    return Usage(purpose, model, tokens_in, cached, tokens_out, not known, cost)


def _count(reported: Mapping[str, Any] | None, name: str) -> int:
    found = (reported or {}).get(name)
    return found if isinstance(found, int) and found > 0 else 0


@dataclass(frozen=True)
class Cap:
    """A limit that is reached: whose, how much it allows, and how much was used: money in `currency`, tokens where that is empty."""

    kind: Literal["session", "workshop", "day"]
    limit: float
    used: float
    currency: str = ""

    def __str__(self) -> str:
        whose = {"session": "this session", "workshop": "this workshop", "day": "today"}[self.kind]
        figures = (amount(self.used), amount(self.limit)) if self.currency else (f"{self.used:,.0f}", f"{self.limit:,.0f}")
        return f"the model's allowance for {whose} is used up ({' of '.join(figures)} {self.currency or 'tokens'})"


class Ledger(Protocol):
    """Keeps what was used. Either id may be None: calls outside a session, sessions outside a workshop."""

    async def allowed(self, session_id: str | None, workshop_id: str | None) -> Cap | None:
        """Return None if the model may be asked, else the limit that is reached. Raises StoreUnavailable."""
        ...

    async def record(self, session_id: str | None, workshop_id: str | None, usage: Usage) -> None:
        """Keep what a call used. Raises StoreUnavailable."""
        ...


class NoLedger:
    """Allows everything and keeps nothing: for commands without a database."""

    async def allowed(self, session_id: str | None, workshop_id: str | None) -> Cap | None:
        """Return None: there is no limit."""
        return None

    async def record(self, session_id: str | None, workshop_id: str | None, usage: Usage) -> None:
        """Keep nothing."""
