"""Which endpoint and which models were configured: all of it, nothing, or an error that says what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from sim.errors import InputError, Problem
from sim.model.prices import Prices
from sim.settings import Settings, variable_of

OPENAI = "https://api.openai.com/v1"

Role = Literal["contact", "judge"]


@dataclass(frozen=True)
class Endpoint:
    """Where models are asked. A model that is None was not configured: its part is played by the embedded default.

    `timeout` is the longest silence between two pieces of a reply, `first_token_timeout` the longest wait for the first, both in
    seconds; `reply_tokens` bounds one line of the contact's. The key is never part of a text: `SecretStr` hides it.
    """

    base_url: str
    key: SecretStr
    contact_model: str | None
    judge_model: str | None
    timeout: float = 20.0
    first_token_timeout: float = 20.0
    reply_tokens: int = 220

    @property
    def host(self) -> str:
        """The endpoint's host and port, for messages."""
        return urlsplit(self.base_url).netloc

    def model(self, role: Role) -> str | None:
        """Return the model for a role, or None where none was configured."""
        return self.contact_model if role == "contact" else self.judge_model


@dataclass(frozen=True)
class Caps:
    """Most that a session, a workshop and a day (UTC) may use: tokens, in and out together, and money; None: no limit.

    Money is in `currency`, the price file's. A call to a model without a price adds nothing to it.
    """

    session: int | None = None
    workshop: int | None = None
    day: int | None = None
    session_cost: float | None = None
    workshop_cost: float | None = None
    day_cost: float | None = None
    currency: str = ""


MONEY_CAPS = ("cap_session_cost", "cap_workshop_cost", "cap_day_cost")
"""The settings that limit money."""


def caps_of(settings: Settings, currency: str = "") -> Caps:
    """Return the limits that were set; `currency` is the price file's."""
    tokens = (settings.cap_session_tokens, settings.cap_workshop_tokens, settings.cap_day_tokens)
    return Caps(*tokens, settings.cap_session_cost, settings.cap_workshop_cost, settings.cap_day_cost, currency)


def loose_caps(settings: Settings, endpoint: Endpoint, prices: Prices) -> Problem | None:
    """Return why a limit in money that was set cannot hold: a model that will be asked has no price. None where all hold, or none is set.

    It is a warning and no error: the limits in tokens hold all the same, and the day a price is added these do too.
    """
    limits = [variable_of(name) for name in MONEY_CAPS if getattr(settings, name) is not None]
    unpriced = sorted({m for m in (endpoint.contact_model, endpoint.judge_model) if m} - set(prices.models))
    if not (limits and unpriced):
        return None
    tokens = " and ".join(name.replace("_COST", "_TOKENS") for name in limits)
    message = f"cannot hold: no price is known for {' and '.join(unpriced)}; add it to the file that SIM_PRICES names, or set {tokens}"
    return Problem("environment", None, " and ".join(limits), message)


def endpoint_of(settings: Settings) -> Endpoint | None:
    """Return the endpoint, or None where nothing of it is set; raises InputError, one sentence, where it is half set or wrong."""
    key, url = settings.openai_api_key.get_secret_value(), settings.openai_base_url
    contact, judge = settings.contact_model or None, settings.judge_model or None
    if not (key or url or contact or judge):
        return None
    if problem := _half(key, url, contact or judge) or (_wrong_address(url) if url else None):
        raise InputError([problem])
    return Endpoint(
        base_url=url.rstrip("/") or OPENAI,
        key=settings.openai_api_key,
        contact_model=contact,
        judge_model=judge,
        timeout=settings.model_timeout,
        first_token_timeout=settings.first_token_timeout or settings.model_timeout,
        reply_tokens=settings.reply_tokens,
    )


def _half(key: str, url: str, model: str | None) -> Problem | None:
    if not model:
        given = "OPENAI_BASE_URL" if url else "OPENAI_API_KEY"
        mend = "set it to the model that is to play the contact (or SIM_JUDGE_MODEL for a second opinion only)"
        return Problem("environment", None, "SIM_CONTACT_MODEL", f"is missing although {given} is set; {mend}, or unset {given}")
    if not key:
        mend = "a local server takes any word" if url else "set your key, and OPENAI_BASE_URL where the endpoint is not OpenAI's"
        return Problem("environment", None, "OPENAI_API_KEY", f"is missing although the model {model!r} is named; {mend}")
    return None


def _wrong_address(url: str) -> Problem | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return Problem("environment", None, "OPENAI_BASE_URL", "is no address; write one such as http://localhost:11434/v1")
    if parts.scheme not in ("http", "https") or not host:
        return Problem("environment", None, "OPENAI_BASE_URL", "is no http address; write one such as http://localhost:11434/v1")
    if parts.username is not None or parts.query or parts.fragment:
        mend = "holds more than an address; leave out what is before the @ or after a ? or #, and put the key into OPENAI_API_KEY"
        return Problem("environment", None, "OPENAI_BASE_URL", mend)
    return None
