"""Measure everything and write docs/performance.md: `make bench`.

`python -m bench --print` prints the page instead of writing it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from bench import report, stream, tokens
from bench.meetings import PERSONAS, Figures, Learner, Listener, alone, together
from bench.offline import Marking, command_seconds, marking
from bench.servers import ROOT, Server, bare, product
from bench.wire import Reply
from bench.workshop import LEARNERS, WORKERS, Crowd, measured

LOADS = (50, 500)
STARTS = 5


@dataclass
class Results:
    """Everything that was measured. `turns` by server ("ours", "bare") and meetings at once; memory in MB."""

    day: str
    yardstick: float = 0.0
    load: float = 0.0
    ready: float = 0.0
    help: float = 0.0
    marks: Marking = field(default_factory=lambda: Marking(0, 0, 0))
    turns: dict[tuple[str, int], Figures] = field(default_factory=dict)
    crowds: list[Crowd] = field(default_factory=list)
    memory_empty: float = 0.0
    memory_open: float = 0.0
    memory_after: float = 0.0
    tokens: str = ""
    stream: str = ""


def tell(what: str) -> None:
    """Say what is going on, on standard error."""
    print(what, file=sys.stderr, flush=True)


async def _until_warm(server: Server) -> Reply:
    """Hold a few turns with every contact so that everything is loaded; return a reply for the bare application to repeat."""
    replies = []
    for number in range(4_000, 4_000 + len(PERSONAS)):
        learner = Learner(server.port, number)
        replies += [await learner.turn() for _ in range(5)]
        await learner.connection.close()
    return sorted(replies, key=lambda r: len(r.body))[len(replies) // 2]


async def _measure_turns(results: Results) -> None:
    with product() as ours:
        reply = await _until_warm(ours)
        with bare(reply.chunks) as plain:
            await Listener(plain.port, 1).turn()
            results.turns["ours", 1] = Figures.of(await alone(Learner(ours.port, 1)))
            results.turns["bare", 1] = Figures.of(await alone(Listener(plain.port, 1)))
            for meetings in LOADS:
                tell(f"  {meetings} meetings at once")
                await _measure_load(results, ours, plain, meetings)


async def _measure_load(results: Results, ours: Server, plain: Server, meetings: int) -> None:
    most = meetings == max(LOADS)
    if most:
        results.memory_empty = ours.memory()

    async def opened() -> None:
        if most:
            results.memory_open = ours.memory()

    base = 10_000 * meetings
    results.turns["ours", meetings] = Figures.of(await together(lambda n: Learner(ours.port, base + n), meetings, opened))
    if most:
        results.memory_after = ours.memory()
    results.turns["bare", meetings] = Figures.of(await together(lambda n: Listener(plain.port, base + n), meetings))


def yardstick() -> float:
    """Return the seconds of processor time that ten million additions take: how fast this machine is at this hour."""
    began, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - began


def _ready() -> float:
    times = []
    for _ in range(STARTS):
        with product() as server:
            times.append(server.ready)
    return median(times)


def main() -> None:
    """Measure, then write."""
    results = Results(datetime.now(UTC).date().isoformat(), yardstick(), os.getloadavg()[0])
    tell("starting the server a few times")
    results.ready = _ready()
    results.help = command_seconds("--help")
    tell("marking")
    results.marks = marking()
    tell("turns: one meeting")
    asyncio.run(_measure_turns(results))
    for kind in WORKERS:
        tell(f"a class of {LEARNERS}: {kind}")
        results.crowds.append(measured(kind))
    tell("tokens, and the stream of a model")
    results.tokens, results.stream = tokens.section(tokens.counted()), stream.section(stream.measured())
    page = report.page(results)
    if "--print" in sys.argv:
        print(page)
    else:
        (ROOT / "docs" / "performance.md").write_text(page, "utf-8")
        tell("docs/performance.md is written")


if __name__ == "__main__":
    main()
