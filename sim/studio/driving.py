"""Test-drives for the studio: in a process of their own that steps back for learners' turns, one after the other.

Six meetings take seconds of a whole processor. On a thread of the server they would hold Python's lock half of that time, and every
learner's turn would wait for it.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

from sim.errors import NotNow
from sim.meeting import Difficulty
from sim.persona import Persona
from sim.rubric import Rubric
from sim.sessions import digest

if TYPE_CHECKING:
    from sim.drive.result import Drive, Run

Found = TypeVar("Found")

STEP_BACK = 10
"""How much less urgent than the server the drives run, in the operating system's units."""

MOST_WAITING = 4
"""Drives that may wait for their turn; whoever comes then is asked to try later."""

LONGEST_SECONDS = 300.0
"""After so long a drive is given up; on an idle machine it takes a few seconds."""

DRIVES_A_PROCESS = 20
"""After so many its process is replaced, which gives back what memory it has gathered."""

KEPT = 8
"""Drives remembered, so that keeping a run of one just seen is done at once."""


class Driver:
    """Runs test-drives. Nothing is started before the first."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0
        self._seen: OrderedDict[str, Drive] = OrderedDict()

    async def drive(self, persona: Persona, rubric: Rubric, seed: int, difficulty: Difficulty) -> Drive:
        """Return the test-drive of a persona; raises NotNow where too many wait, or where it broke off."""
        key = digest("\n".join((persona.model_dump_json(), rubric.model_dump_json(), str(seed), difficulty)))
        if key not in self._seen:
            self._seen[key] = await self._apart(_drive, persona, rubric, seed, difficulty)
            if len(self._seen) > KEPT:
                self._seen.popitem(last=False)
        return self._seen[key]

    async def run(self, persona: Persona, rubric: Rubric, seed: int, difficulty: Difficulty, learner: str) -> Run:
        """Return one learner's run of that drive; raises NotNow for a learner who is not in the cast too."""
        found = await self.drive(persona, rubric, seed, difficulty)
        try:
            return found.run(learner)
        except KeyError as error:
            raise NotNow("there is no such learner in the test-drive; drive it again") from error

    async def _apart(self, work: Callable[..., Found], *given: Any) -> Found:
        if self._waiting > MOST_WAITING:
            raise NotNow("several test-drives are waiting already; try again in a minute")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.wait_for(asyncio.wrap_future(self._started().submit(work, *given)), LONGEST_SECONDS)
        except (BrokenProcessPool, TimeoutError) as error:
            self.close()
            raise NotNow("the test-drive broke off; try it again") from error
        finally:
            self._waiting -= 1

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A fresh interpreter: a copy of a server with its threads and connections could hang on any of them.
            fresh = get_context("spawn")
            self._pool = ProcessPoolExecutor(1, fresh, initializer=_step_back, max_tasks_per_child=DRIVES_A_PROCESS)
        return self._pool

    def close(self) -> None:
        """End the process, whatever it is doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    os.nice(STEP_BACK)


def _drive(persona: Persona, rubric: Rubric, seed: int, difficulty: Difficulty) -> Drive:
    from sim.drive.drive import drive

    return drive(persona, rubric, seed=seed, difficulty=difficulty)
