"""Second readings on their way: one task a session in this process, waited for as long as somebody likes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sim.scorecard import Scorecard

Read = Callable[[], Awaitable[Scorecard]]


class Readings:
    """The sessions that are being read a second time. A reading goes on when nobody waits for it any more."""

    def __init__(self) -> None:
        self._going: dict[str, asyncio.Task[Scorecard]] = {}

    def start(self, session_id: str, read: Read) -> asyncio.Task[Scorecard]:
        """Return the session's reading, begun now unless one is on its way."""
        task = self._going.get(session_id)
        if task is None:
            task = self._going[session_id] = asyncio.ensure_future(read())
            task.add_done_callback(lambda done: self._over(session_id, done))
        return task

    def _over(self, session_id: str, task: asyncio.Task[Scorecard]) -> None:
        if self._going.get(session_id) is task:
            del self._going[session_id]
        if not task.cancelled():
            task.exception()  # whoever waits is told; where nobody does, it is no error that it was never asked for

    async def wait(self, task: asyncio.Task[Scorecard], seconds: float | None) -> Scorecard | None:
        """Return the scorecard, or None where it is not there after so many seconds (None: however long it takes)."""
        await asyncio.wait({task}, timeout=seconds)
        return None if not task.done() or task.cancelled() else task.result()

    async def stop(self, session_id: str) -> None:
        """Break a session's reading off, if there is one."""
        task = self._going.get(session_id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def stop_all(self) -> None:
        """Break all off; each begins again when its session is next looked at."""
        for session_id in list(self._going):
            await self.stop(session_id)
