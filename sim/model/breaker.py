"""A circuit breaker: an endpoint that failed is left alone for a while, so that a dead one costs one turn its time and not all."""

from __future__ import annotations

import time
from collections.abc import Callable

from sim.model.failures import Failure

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
"""Seconds an endpoint is left alone after its first failure, doubled with every further one up to the second figure."""

LASTING_PAUSE = 300.0
"""Seconds after a failure that only a person mends, such as a refused key."""


class Breaker:
    """Tells whether to call the endpoint now. `now` returns seconds that only ever rise."""

    def __init__(self, now: Callable[[], float] = time.monotonic, probe_seconds: float = 20.0) -> None:
        """Start closed. After a pause one call goes through as a probe; others wait for its result, at most `probe_seconds`."""
        self._now = now
        self._probe_seconds = probe_seconds
        self._failures = 0
        self._closed_until = 0.0
        self.last: Failure | None = None

    def allows(self) -> bool:
        """Tell whether the endpoint may be called; after a pause, True once and then False until the result is in."""
        if not self._failures:
            return True
        if self._now() < self._closed_until:
            return False
        self._closed_until = self._now() + self._probe_seconds
        return True

    def succeeded(self) -> None:
        """Take note of a call that went well."""
        self._failures, self.last = 0, None

    def failed(self, failure: Failure) -> None:
        """Take note of a failure; one that says nothing about the next call changes nothing."""
        if not failure.about_endpoint:
            return
        self._failures += 1
        self.last = failure
        pause = LASTING_PAUSE if failure.lasting else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures - 1, 8))
        self._closed_until = self._now() + (pause if failure.retry_after is None else failure.retry_after)
