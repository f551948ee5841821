"""How often one person may speak, join and try to sign in. Counted over a moving window, in memory, by each worker process.

A class of thirty sits behind one address, so whoever has a cookie or a token is counted by it; addresses count only where somebody
has neither yet, and for sign-ins. Keys are hashes: no secret and no e-mail address lies about in memory.
"""

from __future__ import annotations

import time
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from sim.errors import TooMany
from sim.sessions import digest
from sim.settings import Settings
from web.context import CallerHere, address_of

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter


class Limits:
    """The counters of one application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _window(self) -> MovingWindowRateLimiter:
        # Loaded when first needed: the library takes longer to load than all of ours.
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())

    def prepare(self) -> None:
        """Do the slow imports."""
        self._window.storage.check()

    def turn(self, person: str) -> None:
        """Count a message; raises TooMany."""
        self._count(
            self._settings.limit_turns, "turn", person, "that is faster than anybody talks; your words are kept, send them again in {}"
        )

    def joining(self, person: str | None, address: str) -> None:
        """Count a try to join a workshop; raises TooMany. `person` None: a browser not seen before."""
        if person is None:
            self.newcomer(address)
        else:
            self._count(self._settings.limit_joining, "join", person, "too many tries to join; try again in {}")

    def newcomer(self, address: str) -> None:
        """Count a browser not seen before that opens or joins something; raises TooMany."""
        self._count(self._settings.limit_newcomers, "new", address, "too many new visitors came from your network; try again in {}")

    def sign_in(self, email: str, address: str) -> None:
        """Count a try to sign in, whether there is such an account or not; raises TooMany."""
        told = "too many tries to sign in; try again in {}"
        self._count(self._settings.limit_sign_in_address, "in-from", address, told)
        self._count(self._settings.limit_sign_in, "in-as", email.strip().lower(), told)

    def signed_in(self, email: str) -> None:
        """Forget the tries to sign in to an account: this one was right."""
        for rate in _rates(self._settings.limit_sign_in):
            self._window.clear(rate, "in-as", digest(email.strip().lower()))

    def _count(self, rates: str, what: str, who: str, told: str) -> None:
        for rate in _rates(rates):
            if not self._window.hit(rate, what, digest(who)):
                wait = int(self._window.get_window_stats(rate, what, digest(who)).reset_time - time.time()) + 1
                raise TooMany(told.format(_spoken(wait)), wait)


@cache
def _rates(text: str) -> list[RateLimitItem]:
    from limits import parse_many

    return parse_many(text) if text else []


def _spoken(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def limits_of(request: Request) -> Limits:
    """Return the application's counters."""
    limits: Limits = request.app.state.limits
    return limits


LimitsHere = Annotated[Limits, Depends(limits_of)]


def limit_turns(request: Request, limits: LimitsHere, caller: CallerHere) -> None:
    """Count a message of the caller; for a route's `dependencies`. Raises TooMany."""
    limits.turn(caller.token or caller.owner or address_of(request))


def limit_joining(request: Request, limits: LimitsHere, caller: CallerHere) -> None:
    """Count a try to join a workshop, right code or wrong; for a route's `dependencies`. Raises TooMany."""
    limits.joining(caller.token or caller.owner, address_of(request))


def limit_opening(request: Request, limits: LimitsHere, caller: CallerHere) -> None:
    """Count a session opened by a browser not seen before; for a route's `dependencies`. Raises TooMany."""
    if not caller.owner:
        limits.newcomer(address_of(request))
