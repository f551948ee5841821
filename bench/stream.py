"""What the application adds to a model's stream, beside the bare endpoint: `python -m bench.stream`.

The endpoint is a small local server that sends one piece at a fixed pace. The same line is sent in words and in single letters:
what a turn costs whatever is said drops out of the difference, and what each further piece costs remains.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench.endpoint import TALK, Answer, Body, Exchange, Server as Endpoint
from bench.page import put
from bench.servers import Server, product
from bench.wire import Connection

PACE = 0.010
"""Seconds between two pieces: a hundred tokens a second, which is fast for a model."""

TURNS = 11
"""Turns measured for each way of cutting; the medians count."""

LINE = f"{TALK[1]} {TALK[3]}"
FIRST = f"{TALK[0]} {TALK[4]}"
MESSAGES = ("Thank you for making time.", "What does a usual week look like for you?")


def words(text: str) -> list[str]:
    """Return a text in words, each with the space before it."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


CUTS: dict[str, Callable[[str], list[str]]] = {"words": words, "letters": list}


@dataclass
class Streamed:
    """Medians of one way of cutting: pieces of the line, milliseconds of a whole reply, the application's processor time in them."""

    pieces: int
    bare: float
    ours: float
    processor: float


@dataclass
class Paced:
    """The endpoint's voice: the line, cut as told, a piece every `PACE` seconds. A greeting and a first reply go out at once."""

    cut: str = "words"

    def __call__(self, request: Body, number: int) -> Answer:
        """Answer the first two lines of a meeting quickly, and the one that is measured at the pace."""
        measured = _is_measured(request)
        pieces = CUTS[self.cut](LINE) if measured else words(FIRST)

        async def answer(exchange: Exchange) -> None:
            await exchange.stream()
            for piece in pieces:
                await asyncio.sleep(PACE if measured else 0)
                await exchange.event({"content": piece})
            await exchange.event({}, "stop")
            await exchange.done()

        return answer


def _is_measured(request: Body) -> bool:
    said = [m["content"] for m in request["messages"] if m["role"] == "user"]
    return bool(said) and said[-1] == MESSAGES[-1]


# -- measuring ------------------------------------------------------------------------------------------------------------------


async def _bare(endpoint: Endpoint) -> float:
    """Return the seconds in which the endpoint itself sends the line."""
    connection = Connection(endpoint.port)
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": MESSAGES[-1]}]}
    began = time.perf_counter()
    reply = await connection.send("POST", "/v1/chat/completions", body)
    await connection.close()
    if b"[DONE]" not in reply.body:
        raise RuntimeError(f"the endpoint broke off: {reply.body[-200:]!r}")
    return time.perf_counter() - began


async def _ours(server: Server) -> tuple[float, float]:
    """Return the seconds of a turn whose line the endpoint sends, and the application's processor time in it."""
    connection = Connection(server.port)
    opened = (await connection.send("POST", "/api/sessions", {"persona": "generous-alumnus", "seed": 1, "minutes": 60})).json()
    headers = {"Authorization": f"Bearer {opened['token']}", "Accept": "text/event-stream"}
    began = used = 0.0
    for number, text in enumerate(MESSAGES):
        began, used = time.perf_counter(), server.seconds()
        data = {"text": text, "key": f"k{number}"}
        reply = await connection.send("POST", f"/api/sessions/{opened['id']}/turns", data, **headers)
    spent = time.perf_counter() - began, server.seconds() - used
    await connection.close()
    if LINE.split()[-1].encode() not in reply.body or b"event: done" not in reply.body:
        raise RuntimeError(f"the model's line did not arrive: {reply.body[-300:]!r}")
    return spent


async def _cut(server: Server, endpoint: Endpoint, voice: Paced, cut: str) -> Streamed:
    voice.cut = cut
    await _ours(server)
    bare, ours = [], []
    for _ in range(TURNS):
        bare.append(await _bare(endpoint))
        ours.append(await _ours(server))
    seconds = median(bare), median(wall for wall, _ in ours)
    # The system counts processor time in hundredths of a second: only the sum over all turns is finer than a turn.
    processor = sum(used for _, used in ours) / TURNS
    return Streamed(len(CUTS[cut](LINE)), 1000 * seconds[0], 1000 * seconds[1], 1000 * processor)


def measured() -> dict[str, Streamed]:
    """Return both ways of cutting, measured one after the other at the same server."""
    voice = Paced()
    with Endpoint(answer=voice) as endpoint:
        settings = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "any", "SIM_CONTACT_MODEL": "m"}
        with product(settings=settings) as server:
            return {cut: asyncio.run(_cut(server, endpoint, voice, cut)) for cut in CUTS}


# -- the page -------------------------------------------------------------------------------------------------------------------

_SECTION = """\
A small local server streams the same line at a fixed pace, a piece every {pace:.0f} ms, once in words and once in single letters;
the application asks it as it asks a model, and the client reads the application's stream. Medians of {turns} turns each.

| the line in | pieces | bare endpoint, ms | through the application, ms | processor time of a turn, ms |
|---|---|---|---|---|
{rows}

What every turn costs is in both rows, so the difference between them is the pieces': each further one adds **{wall:.2f} ms** to a reply
and takes **{processor:.2f} ms** of the application's processor time. A sentence is shown when it is whole and has passed the guard, not
word by word."""


def each(found: dict[str, Streamed]) -> tuple[float, float]:
    """Return the milliseconds that one further piece adds: to the reply, beside the bare endpoint, and of processor time."""
    few, many = found["words"], found["letters"]
    more = many.pieces - few.pieces
    return ((many.ours - many.bare) - (few.ours - few.bare)) / more, (many.processor - few.processor) / more


def section(found: dict[str, Streamed]) -> str:
    """Return the section of docs/performance.md."""
    wall, processor = each(found)
    rows = [f"| {cut} | {s.pieces} | {s.bare:.0f} | {s.ours:.0f} | {s.processor:.0f} |" for cut, s in found.items()]
    return _SECTION.format(pace=1000 * PACE, turns=TURNS, rows="\n".join(rows), wall=wall, processor=processor)


def main() -> None:
    """Measure, and write the section."""
    text = section(measured())
    put("stream", text)
    print(text)


if __name__ == "__main__":
    main()
