"""What can go wrong with an endpoint, told apart by what follows from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

Kind = Literal["refused", "silent", "unauthorised", "not_found", "rate_limited", "server_error", "bad_request", "filtered", "garbled"]

FAILURES: dict[Kind, str] = {
    "refused": "the endpoint cannot be reached",
    "silent": "the endpoint did not answer in time",
    "unauthorised": "the endpoint does not accept the key",
    "not_found": "the endpoint does not know the model, or the address lacks its /v1",
    "rate_limited": "the endpoint asked to wait",
    "server_error": "the endpoint reported an error of its own",
    "bad_request": "the endpoint would not take the request",
    "filtered": "the endpoint's content filter held the reply back",
    "garbled": "the endpoint's reply could not be read",
}
"""Every kind of failure in words for the operator. Never the endpoint's own text, which may quote a prompt."""

LASTING: tuple[Kind, ...] = ("unauthorised", "not_found")
"""What only a person mends."""

UNCHARGED: tuple[Kind, ...] = ("refused", "unauthorised", "not_found", "rate_limited", "server_error", "bad_request")
"""What is turned down before a model works on it, or for an error of the endpoint's own: providers charge for none of these."""

LONGEST_WAIT = 600.0
"""Most seconds a Retry-After is taken at its word for."""


@dataclass(frozen=True)
class Failure:
    """A failure: its kind, and for how many seconds the endpoint asked to be left alone, where it did."""

    kind: Kind
    retry_after: float | None = None

    @property
    def lasting(self) -> bool:
        """Whether trying again soon is pointless."""
        return self.kind in LASTING

    @property
    def charged(self) -> bool:
        """Whether the endpoint took the request and may charge for it, although no reply came that could be used."""
        return self.kind not in UNCHARGED

    @property
    def about_endpoint(self) -> bool:
        """Whether the next call would likely fail as well; a filtered or refused request says nothing about the next one."""
        return self.kind not in ("filtered", "bad_request")

    def __str__(self) -> str:
        return FAILURES[self.kind]


def failure_of(error: BaseException) -> Failure | None:
    """Return what an error raised by a call to the model means, or None where it is not the endpoint's.

    A bug of ours, a cancelled task and a missing cassette are not: they must come through.
    """
    import httpx2
    import openai
    from langchain_core.exceptions import ModelError

    if isinstance(error, httpx2.ConnectTimeout) or isinstance(error.__cause__, httpx2.ConnectTimeout):
        return Failure("refused")
    if isinstance(error, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException):
        return Failure("silent")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error.status_code, error.response.headers)
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return Failure("filtered")
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError | ConnectionError):
        return Failure("refused")
    if isinstance(error, openai.OpenAIError | ModelError | httpx2.HTTPError):
        return Failure("server_error" if isinstance(error, openai.APIError) else "garbled")
    # What a body that is no reply makes of the libraries which read it: not JSON, `choices` missing, a list where text was due.
    if isinstance(error, ValueError | TypeError | LookupError | AttributeError):
        return Failure("garbled")
    return None


def _by_status(status: int, headers: Mapping[str, str]) -> Failure:
    kinds: dict[int, Kind] = {401: "unauthorised", 403: "unauthorised", 404: "not_found", 408: "silent", 429: "rate_limited"}
    if status in kinds:
        return Failure(kinds[status], retry_after(headers.get("retry-after")))
    if status >= 500:
        return Failure("server_error", retry_after(headers.get("retry-after")))
    return Failure("bad_request")


def retry_after(value: str | None, now: float | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number or an HTTP date), at most `LONGEST_WAIT`; None: unreadable.

    `now` is seconds since the epoch. Source: RFC 9110, section 10.2.3.
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - (time.time() if now is None else now)
        except ValueError:
            return None
    if seconds != seconds:  # "nan" is a float to Python
        return None
    return min(LONGEST_WAIT, max(0.0, seconds))
