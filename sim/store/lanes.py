"""Run database work on threads: reads side by side, writes one after the other with one commit for all that wait.

Flushing to disk is most of what a write costs. While one commit is under way the next writes queue up; they then share a
transaction and a flush, so that fifty learners who press Send at once wait for two flushes and not for fifty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

Result = TypeVar("Result")
Work = Callable[[Connection], Any]

READERS = 4
"""Threads that read. SQLite answers from memory in well under a millisecond; more threads would only queue for the processor."""

MOST_AT_ONCE = 100
"""Writes that share a transaction at most, so that the first of them is not kept waiting for the last."""


class Lanes:
    """The threads of one database. `before` runs ahead of every piece of work, in its thread, and may refuse it by raising."""

    def __init__(self, engine: Engine, before: Callable[[], None], *, single: bool) -> None:
        """Prepare the threads; `single`: one thread for everything, as a database in memory belongs to one connection."""
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._before = before
        self._write_thread = ThreadPoolExecutor(1, "store-write")
        self._read_threads = self._write_thread if single else ThreadPoolExecutor(READERS, "store-read")
        self._queue: list[tuple[Work, asyncio.Future[Any]]] = []
        self._pump: asyncio.Task[None] | None = None

    async def alone(self, work: Callable[[], Result]) -> Result:
        """Run `work` on the writing thread, with no transaction of ours."""
        return await asyncio.get_running_loop().run_in_executor(self._write_thread, work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` with a connection for reading."""
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, partial(self._read, work))

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        self._before()
        with self._engine.connect() as connection:
            return work(connection)

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in a transaction; returns when it is committed. Work that raises leaves nothing behind."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((work, future))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch, self._queue = self._queue[:MOST_AT_ONCE], self._queue[MOST_AT_ONCE:]
            try:
                results = await loop.run_in_executor(self._write_thread, self._commit, [work for work, _ in batch])
            except Exception as error:  # the thread itself is gone; whoever waits must hear of it
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def _commit(self, works: Sequence[Work]) -> list[Any]:
        """Return one result or exception for each piece of work. One that fails among several makes each of them go alone."""
        results: list[Any] = []
        doing = False
        try:
            self._before()
            with self._writer.begin() as connection:
                doing = True
                for work in works:
                    results.append(work(connection))  # noqa: PERF401 - what was done before a failure must be known
                doing = False
        except Exception as error:
            if doing and len(works) > 1:
                return [self._commit([work])[0] for work in works]
            return [error] * len(works)
        return results

    def close(self) -> None:
        """Wait for the work in hand and end the threads."""
        self._read_threads.shutdown()
        self._write_thread.shutdown()
