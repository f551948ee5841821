"""Many meetings at once: each learner opens a session and then says something every so often, as people do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median, quantiles

from bench.wire import Connection, Reply

SECONDS_BETWEEN_TURNS = 20.0
"""Mean pause of one learner between two messages. Reading an answer and typing the next question takes people 30 to 60
seconds; at 500 meetings this asks for 25 turns a second."""

SECONDS_OF_LOAD = 20.0
"""How long each load lasts, so that every learner speaks once on average at any number of meetings."""

ALONE_TURNS = 60
"""Turns of the single meeting, one right after the other; a new meeting is opened whenever one ends."""

OPENERS = ("Thanks, that helps.", "I see.", "That is not what I expected.", "Good to know.", "Right.", "Interesting, thank you.")
QUESTIONS = (
    "How did you come to do this work in the first place?",
    "What does an ordinary week look like for you?",
    "Which decision this year was the hardest to take?",
    "What would you look at first if you were in my place?",
    "Where do you see the whole field going over the next five years?",
    "What do people coming in from outside usually get wrong?",
    "How do you know whether a week has gone well?",
    "What did you learn the hard way about leading people?",
)
TAILS = (
    "",
    "I ask because I spent {n} months in a warehouse office.",
    "I read that {n} people work on it.",
    "My teacher told me {n} stories about it.",
)


def message(chance: random.Random) -> str:
    """Return something a learner might say; varied, so that no cache of readings knows it."""
    words = [chance.choice(OPENERS), chance.choice(QUESTIONS), chance.choice(TAILS).format(n=chance.randint(2, 9_999))]
    return " ".join(w for w in words if w)


@dataclass
class Figures:
    """Milliseconds of many turns."""

    first_byte: list[float]
    first_word: list[float]
    whole: list[float]

    @classmethod
    def of(cls, replies: list[Reply]) -> Figures:
        """Return the figures of these replies."""
        return cls(*([1000 * getattr(r, name) for r in replies] for name in ("first_byte", "first_word", "whole")))


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def mid(values: list[float]) -> float:
    """Return the median."""
    return median(values)


PERSONAS = ("busy-vp", "hr-gatekeeper", "skeptical-manager", "generous-alumnus")


class Learner:
    """One learner at the product: opens a session, and another when the contact has left. The number picks contact and words."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = Connection(port)
        self.chance = random.Random(number)
        self.persona = PERSONAS[number % len(PERSONAS)]
        self.session: tuple[str, str] | None = None
        self.said = 0

    async def open(self) -> None:
        """Open a session with a shipped persona; the greeting comes with it or with the first message."""
        opened = (await self.connection.send("POST", "/api/sessions", {"persona": self.persona, "seed": 1, "minutes": 60})).json()
        self.session = (opened["id"], opened["token"])

    async def turn(self) -> Reply:
        """Say something and read the reply to its end; raises RuntimeError for an answer that is no reply."""
        if self.session is None:
            await self.open()
        session, token = self.session or ("", "")
        self.said += 1
        data = {"text": message(self.chance), "key": f"k{self.said}"}
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        reply = await self.connection.send("POST", f"/api/sessions/{session}/turns", data, **headers)
        if reply.status != 200 or b"event: done" not in reply.body:
            raise RuntimeError(f"turn {self.said} was answered {reply.status}: {reply.body[-300:]!r}")
        if b'"ended":true' in reply.body.replace(b" ", b""):
            self.session = None
        return reply


class Listener:
    """One client of the bare application."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = Connection(port)
        self.chance = random.Random(number)

    async def open(self) -> None:
        """Nothing to open."""

    async def turn(self) -> Reply:
        """Send the same kind of message and read the same bytes."""
        return await self.connection.send("POST", "/turn", {"text": message(self.chance), "key": "k"})


Client = Learner | Listener


async def alone(client: Client, turns: int = ALONE_TURNS) -> list[Reply]:
    """Return the replies of one meeting, one turn right after the other; the first three warm up and are left out."""
    await client.open()
    replies = [await client.turn() for _ in range(turns + 3)]
    await client.connection.close()
    return replies[3:]


async def together(make: Callable[[int], Client], meetings: int, opened: Callable[[], Awaitable[None]] | None = None) -> list[Reply]:
    """Return the replies of so many meetings over SECONDS_OF_LOAD; `opened` is awaited when all are open and none has spoken."""
    clients = [make(number) for number in range(meetings)]
    for client in clients:
        await client.open()
    if opened:
        await opened()
    end = asyncio.get_running_loop().time() + SECONDS_OF_LOAD
    replies = await asyncio.gather(*(_speak_now_and_then(client, end) for client in clients))
    await asyncio.gather(*(client.connection.close() for client in clients))
    return [reply for some in replies for reply in some]


async def _speak_now_and_then(client: Client, end: float) -> list[Reply]:
    loop = asyncio.get_running_loop()
    replies: list[Reply] = []
    while True:
        pause = client.chance.expovariate(1 / SECONDS_BETWEEN_TURNS)
        if loop.time() + pause > end:
            return replies
        await asyncio.sleep(pause)
        replies.append(await client.turn())
