"""A class of a hundred in one workshop, with the board open: errors, how long a turn takes, how long the board takes.

`python -m bench.workshop [LEARNERS [SECONDS]]` prints the figures of both databases and writes nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.meetings import PERSONAS, Figures, Learner, mid, p95
from bench.postgres import postgres
from bench.servers import Server, product
from bench.wire import Connection, Reply

LEARNERS = 100
SECONDS = 60.0
"""How long the class talks, so that everybody speaks three times on average."""

POLL_SECONDS = 5.0
"""How often the board asks, as the page does."""

WORKERS = {"sqlite": 1, "postgresql": 2}


@dataclass
class Crowd:
    """What a class met: milliseconds of turns and of the board, and what went wrong."""

    database: str
    workers: int
    learners: int
    turns: Figures = field(default_factory=lambda: Figures([], [], []))
    board: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """A workshop made for the measurement, and the cookie of its instructor."""

    workshop: str
    code: str
    cookie: str


class Pupil(Learner):
    """A learner who joins the workshop and opens attempts in it."""

    def __init__(self, port: int, number: int, place: Place) -> None:
        super().__init__(port, number)
        self.place = place
        self.cookie = f"sim_owner={secrets.token_urlsafe(24)}"

    async def join(self) -> None:
        """Join under a name of one's own."""
        data = {"code": self.place.code, "name": f"Learner {self.chance.getrandbits(48)}"}
        (await self.connection.send("POST", "/api/workshops/join", data, Cookie=self.cookie)).json()

    async def open(self) -> None:
        """Open the next attempt."""
        data = {"persona": self.persona, "seed": 1, "workshop": self.place.workshop}
        opened = (await self.connection.send("POST", "/api/sessions", data, Cookie=self.cookie)).json()
        self.session = (opened["id"], opened["token"])


async def furnished(database_url: str) -> Place:
    """Make an owner and their workshop in an empty database, before the server starts."""
    from sim import people
    from sim.library import Library
    from sim.people import Registry
    from sim.practice import Desk
    from sim.store import Store
    from sim.store.accounts import Accounts
    from sim.store.audit import Trail
    from sim.store.usage import UsageBook
    from sim.store.workshops import Workshops
    from sim.workshop import Office, create
    from sim.workshops import Plan
    from web.app import SystemClock

    store, library, clock = Store(database_url), Library(), SystemClock()
    await store.open()
    registry = Registry(Accounts(store), Trail(store), clock)
    try:
        secret = await people.accept(
            registry, await people.owner_link(registry), password=secrets.token_hex(12), email="o@example.org", name="Olga"
        )
        account = await people.who(registry, secret)
        assert account is not None
        desk = Desk(library=library, store=store, contact=None, clock=clock)  # type: ignore[arg-type] # nobody speaks here
        office = Office(desk, Workshops(store), Trail(store), UsageBook(store), library.for_workshops)
        made = await create(office, account, Plan("A class of a hundred", PERSONAS, minutes=60, attempts=None))
    finally:
        registry.close()
        await store.close()
    return Place(made.id, made.code, f"sim_account={secret}")


async def crowd(server: Server, place: Place, found: Crowd, seconds: float) -> None:
    """Let everybody join and talk for so many seconds while the board is polled; fills in `found`."""
    loop = asyncio.get_running_loop()
    pupils = [Pupil(server.port, 70_000 + n, place) for n in range(found.learners)]
    for pupil in pupils:
        await pupil.join()
    await asyncio.gather(*(_kept(found, pupil.open) for pupil in pupils))
    end = loop.time() + seconds
    watching = asyncio.create_task(_watch(server, place, found, end))
    replies = await asyncio.gather(*(_talk(found, pupil, end) for pupil in pupils))
    await watching
    found.turns = Figures.of([r for some in replies for r in some])
    await asyncio.gather(*(pupil.connection.close() for pupil in pupils))


async def _kept(found: Crowd, step: Callable[[], Awaitable[object]]) -> bool:
    """Do a step; what goes wrong is kept, and told by False."""
    try:
        await step()
    except (RuntimeError, OSError, asyncio.IncompleteReadError) as error:
        found.errors.append(str(error)[:300])
        return False
    return True


async def _talk(found: Crowd, pupil: Pupil, end: float) -> list[Reply]:
    loop, replies = asyncio.get_running_loop(), list[Reply]()

    async def turn() -> None:
        replies.append(await pupil.turn())

    while True:
        pause = pupil.chance.expovariate(1 / 20.0)
        if loop.time() + pause > end:
            return replies
        await asyncio.sleep(pause)
        await _kept(found, turn)


async def _watch(server: Server, place: Place, found: Crowd, end: float) -> None:
    loop, board = asyncio.get_running_loop(), Connection(server.port)

    async def look() -> None:
        reply = await board.send("GET", f"/workshops/{place.workshop}/board", Cookie=place.cookie, HX_Request="true", Accept="text/html")
        if reply.status != 200 or reply.body.count(b"board-name") != found.learners:
            raise RuntimeError(f"the board was answered {reply.status} with {reply.body.count(b'board-name')} learners")
        found.board.append(1000 * reply.whole)

    while loop.time() < end:
        await _kept(found, look)
        await asyncio.sleep(POLL_SECONDS)
    await board.close()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "postgresql":
        with postgres() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"


def measured(kind: str, learners: int = LEARNERS, seconds: float = SECONDS) -> Crowd:
    """Return the figures of a class on one kind of database."""
    found = Crowd(kind, WORKERS[kind], learners)
    with _database(kind) as url:
        place = asyncio.run(furnished(url))
        with product(url, workers=found.workers) as server:
            asyncio.run(crowd(server, place, found, seconds))
    return found


def told(found: Crowd) -> str:
    """Return the figures in a line."""
    whole = found.turns.whole or [0.0]
    board = found.board or [0.0]
    return (
        f"{found.database}, {found.workers} worker(s), {found.learners} learners: {len(found.turns.whole)} turns, "
        f"median {mid(whole):.0f} ms, p95 {p95(whole):.0f} ms; board p95 {p95(board):.0f} ms; {len(found.errors)} errors"
    )


def main() -> None:
    """Measure both and print."""
    learners = int(sys.argv[1]) if len(sys.argv) > 1 else LEARNERS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    for kind in WORKERS:
        found = measured(kind, learners, seconds)
        print(told(found), *dict.fromkeys(found.errors), sep="\n  ")


if __name__ == "__main__":
    main()
