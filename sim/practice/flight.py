"""Replies on their way: made once, heard by whoever asks, finished even when nobody listens any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from weakref import WeakValueDictionary

from sim.errors import NotNow, SimError
from sim.meeting import Step
from sim.practice.seen import Done, Token

Make = Callable[["Flight"], Awaitable[SimError | None]]
"""Makes a reply, handing its pieces to the flight; returns why it broke off, or None."""


BREAK_OFF_SECONDS = 1.0
"""How long a reply that was told to break off may take for it; a contact that will not listen keeps nobody."""


class Flight:
    """A reply on its way. `turn` is the index of the learner's stored turn it answers, `key` that turn's key.

    Iterating yields every `Token` from the first on, however late one joins, and one `Done`. Leaving early does not stop
    the reply. Iteration raises ChatUnavailable, StoreUnavailable or NotNow when the reply cannot be finished; the learner's
    turn stays, and can be sent again with the same key.
    """

    def __init__(self, turn: int, key: str) -> None:
        self.turn = turn
        self.key = key
        self.step: Step | None = None
        self.events: list[Token | Done] = []
        self._error: SimError | None = None
        self._closed = False
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def heard(self) -> str:
        """What has been spoken so far."""
        return "".join(event.text for event in self.events if isinstance(event, Token))

    def add(self, event: Token | Done) -> None:
        """Pass an event on to everybody who listens."""
        self.events.append(event)
        self._wake()

    def close(self, error: SimError | None = None) -> None:
        """Say that nothing more will come, and why where it broke off."""
        self._error = error
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def __aiter__(self) -> AsyncIterator[Token | Done]:
        async for event in self.listen(None):
            if event is not None:
                yield event

    async def listen(self, idle: float | None) -> AsyncIterator[Token | Done | None]:
        """Yield what iterating yields, and None after every `idle` seconds in which nothing came."""
        seen = 0
        while True:
            while seen < len(self.events):
                seen += 1
                yield self.events[seen - 1]
            if self._closed:
                if self._error:
                    raise self._error
                return
            try:
                async with asyncio.timeout(idle):
                    await self._changed.wait()
            except TimeoutError:
                yield None

    async def whole(self) -> Done:
        """Wait for the end and return it; raises what iterating raises."""
        async for event in self:
            if isinstance(event, Done):
                return event
        raise AssertionError("a reply closes with Done or with an error")

    def start(self, make: Make, landed: Callable[[], None]) -> None:
        """Let `make` produce the reply in a task of its own; `landed` is called when it is over, before anybody is told."""
        self._task = asyncio.create_task(self._run(make, landed))

    async def _run(self, make: Make, landed: Callable[[], None]) -> None:
        error: SimError | None = None
        try:
            error = await make(self)
        except asyncio.CancelledError:
            error = NotNow("the reply was broken off; your words are kept")
            raise
        finally:
            landed()
            self.close(error)

    async def wait(self, seconds: float) -> None:
        """Return when the reply is over, or after so many seconds."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=seconds)

    async def land(self, seconds: float) -> None:
        """Wait so long for the reply to end, then break it off."""
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=seconds)
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=BREAK_OFF_SECONDS)


class Flights:
    """The replies on their way in this process, at most one a session."""

    def __init__(self) -> None:
        self._flying: dict[str, Flight] = {}
        self._gates: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, session_id: str) -> Flight | None:
        """Return the session's reply on its way, if any."""
        return self._flying.get(session_id)

    def gate(self, session_id: str) -> asyncio.Lock:
        """Return the lock under which this process decides what comes next in a session; not held while a reply is made."""
        gate = self._gates.get(session_id)
        if gate is None:
            gate = self._gates[session_id] = asyncio.Lock()
        return gate

    def launch(self, session_id: str, flight: Flight, make: Make) -> Flight:
        """Start a reply and keep it until it is over."""
        self._flying[session_id] = flight
        flight.start(make, lambda: self._landed(session_id, flight))
        return flight

    def _landed(self, session_id: str, flight: Flight) -> None:
        if self._flying.get(session_id) is flight:
            del self._flying[session_id]

    async def land_all(self, seconds: float) -> None:
        """Give every reply so long to end, then break it off; its learner's turn stays and is answered after the next start."""
        await asyncio.gather(*(flight.land(seconds) for flight in list(self._flying.values())))
