"""How often one person may speak, open, join and try to sign in. Counted over a moving window, in memory, by each worker process.

A class of thirty sits behind one address, so whoever has a cookie that we know is counted by it; addresses count where a browser has
none, or one that anybody could have made up, for wrong codes and for sign-ins. Keys are hashes: no secret and no e-mail address lies
about in memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, NoReturn

from fastapi import Depends, Request

from sim import workshop
from sim.errors import TooMany, UnknownItem
from sim.sessions import digest
from sim.settings import Settings
from web.context import CallerHere, OfficeHere, address_of

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter


NEWCOMERS = "too many new visitors came from your network; try again in {}"


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

    def opening(self, person: str) -> None:
        """Count a session opened, or tried again from a turn; raises TooMany."""
        self._count(self._settings.limit_opening, "open", person, "too many sessions were opened; open another in {}")

    def joining(self, person: str) -> None:
        """Count a try to join a workshop; raises TooMany."""
        self._count(self._settings.limit_joining, "join", person, "too many tries to join; try again in {}")

    def newcomer(self, address: str) -> None:
        """Count a browser not seen before that opens something; raises TooMany."""
        self._count(self._settings.limit_newcomers, "new", address, NEWCOMERS)

    def newcomer_joined(self, address: str) -> None:
        """Count a browser not seen before that has joined."""
        self._hit(self._settings.limit_newcomers, "new", address)

    def newcomer_may_join(self, address: str) -> None:
        """Raise TooMany where no more browsers not seen before may come from the address."""
        self._look(self._settings.limit_newcomers, "new", address, NEWCOMERS)

    def wrong_code(self, address: str) -> None:
        """Count a code that is none, whoever typed it."""
        self._hit(self._settings.limit_newcomers, "code", address)

    def may_guess(self, address: str) -> None:
        """Raise TooMany where too many codes that are none came from the address."""
        self._look(self._settings.limit_newcomers, "code", address, "too many wrong codes came from your network; try again in {}")

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
                self._refuse(rate, what, who, told)

    def _hit(self, rates: str, what: str, who: str) -> None:
        for rate in _rates(rates):
            self._window.hit(rate, what, digest(who))

    def _look(self, rates: str, what: str, who: str, told: str) -> None:
        for rate in _rates(rates):
            if not self._window.test(rate, what, digest(who)):
                self._refuse(rate, what, who, told)

    def _refuse(self, rate: RateLimitItem, what: str, who: str, told: str) -> NoReturn:
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


@dataclass(frozen=True)
class Joiner:
    """Somebody who tries to join a workshop; what counts for their address is told when it is known."""

    limits: Limits
    address: str
    new: bool
    """Whether nothing was ever joined or opened with the cookie they have, if any."""

    @contextmanager
    def guesses(self) -> Iterator[None]:
        """Count a code that turns out to be none."""
        try:
            yield
        except UnknownItem:
            self.limits.wrong_code(self.address)
            raise

    def joined(self) -> None:
        """Count a newcomer."""
        if self.new:
            self.limits.newcomer_joined(self.address)


async def _known(office: OfficeHere, caller: CallerHere) -> bool:
    """Tell whether the caller's cookie is one that leads to something; any other could have been made up for this request."""
    return await workshop.seen(office, caller)


KnownHere = Annotated[bool, Depends(_known)]


def limit_joining(request: Request, limits: LimitsHere, caller: CallerHere, known: KnownHere) -> Joiner:
    """Count a try to join a workshop by somebody known, and let nobody try whose address has had too many; raises TooMany."""
    joiner = Joiner(limits, address_of(request), not known)
    limits.may_guess(joiner.address)
    if known:
        limits.joining(caller.owner or "")
    else:
        limits.newcomer_may_join(joiner.address)
    return joiner


JoinerHere = Annotated[Joiner, Depends(limit_joining)]


def limit_opening(request: Request, limits: LimitsHere, caller: CallerHere, known: KnownHere) -> None:
    """Count a session opened: by its learner, or by the address where the browser was not seen before. Raises TooMany."""
    if known:
        limits.opening(caller.owner or "")
    else:
        limits.newcomer(address_of(request))


def limit_trying_again(request: Request, limits: LimitsHere, caller: CallerHere) -> None:
    """Count a session tried again from a turn, which only whoever has the first one can do; for a route's `dependencies`."""
    limits.opening(caller.token or caller.owner or address_of(request))
