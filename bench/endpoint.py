"""A small HTTP server that speaks the chat-completions protocol, says what it is told to and breaks in every way that models do.

It runs on a thread of its own, so that what asks it may be an application, a command or a test; the tests use it too.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from sim.model import Endpoint

Body = dict[str, Any]
Answer = Callable[["Exchange"], Awaitable[None]]
"""What the server does with one request."""


@dataclass
class Exchange:
    """One request and the way back."""

    request: Body
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self, status: str, headers: dict[str, str]) -> None:
        """Send the status line and the headers."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())
        await self.writer.drain()

    async def stream(self) -> None:
        """Begin a streamed reply."""
        await self.head("200 OK", {"content-type": "text/event-stream", "transfer-encoding": "chunked"})

    async def send(self, data: str) -> None:
        """Send one piece of a streamed reply."""
        body = data.encode()
        self.writer.write(b"%x\r\n" % len(body) + body + b"\r\n")
        await self.writer.drain()

    async def event(self, delta: Body, finish: str | None = None) -> None:
        """Send one event of a streamed reply."""
        await self.send(f"data: {json.dumps(_chunk(choices=[{'index': 0, 'delta': delta, 'finish_reason': finish}]))}\n\n")

    async def tokens(self, text: str, most: int | None = None) -> None:
        """Send a text word by word, or its first `most` words."""
        for word in text.split(" ")[:most]:
            await self.event({"content": f"{word} "})

    async def done(self) -> None:
        """End a streamed reply as the protocol has it."""
        await self.send("data: [DONE]\n\n")
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def hang(self) -> None:
        """Say nothing more until the other side has had enough."""
        await self.reader.read()


def _chunk(**more: Any) -> Body:
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], **more}


def usage(tokens_in: int, tokens_out: int, cached: int = 0) -> Body:
    """Return a report of tokens as OpenAI sends it."""
    details = {"cached_tokens": cached}
    total = tokens_in + tokens_out
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": total, "prompt_tokens_details": details}


# -- answers ------------------------------------------------------------------------------------------------------------------


def says(text: str, *, finish: str = "stop", report: Body | None = None) -> Answer:
    """Say a text, whole or streamed as was asked."""

    async def answer(exchange: Exchange) -> None:
        if not exchange.request.get("stream"):
            message = {"role": "assistant", "content": text}
            choices = [{"index": 0, "message": message, "finish_reason": finish}]
            await _json(exchange, "200 OK", {**_chunk(choices=choices), "object": "chat.completion", "usage": report or usage(50, 10)})
            return
        await exchange.stream()
        await exchange.event({"role": "assistant", "content": ""})
        await exchange.tokens(text)
        await exchange.event({}, finish)
        if report:
            await exchange.send(f"data: {json.dumps(_chunk(usage=report))}\n\n")
        await exchange.done()

    return answer


def status(code: int, headers: dict[str, str] | None = None, body: str | None = None) -> Answer:
    """Refuse with a status."""

    async def answer(exchange: Exchange) -> None:
        text = body if body is not None else json.dumps({"error": {"message": "no", "type": "error", "code": None}})
        await _json(exchange, f"{code} No", text, headers)

    return answer


async def _json(exchange: Exchange, code: str, body: Body | str, headers: dict[str, str] | None = None) -> None:
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    await exchange.head(code, {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})})
    exchange.writer.write(data)
    await exchange.writer.drain()


async def silence(exchange: Exchange) -> None:
    """Take the request and never answer."""
    await exchange.hang()


def stalls(text: str, words: int) -> Answer:
    """Say the first words of a text, then nothing."""

    async def answer(exchange: Exchange) -> None:
        await exchange.stream()
        await exchange.tokens(text, words)
        await exchange.hang()

    return answer


def cut(text: str, words: int) -> Answer:
    """Say the first words of a text, then close the connection."""

    async def answer(exchange: Exchange) -> None:
        await exchange.stream()
        await exchange.tokens(text, words)

    return answer


def ends_early(text: str, words: int) -> Answer:
    """Say the first words of a text, then end the stream in good order but without saying that the reply is done."""

    async def answer(exchange: Exchange) -> None:
        await exchange.stream()
        await exchange.tokens(text, words)
        exchange.writer.write(b"0\r\n\r\n")
        await exchange.writer.drain()

    return answer


def raw(*pieces: str) -> Answer:
    """Send a stream of anything at all."""

    async def answer(exchange: Exchange) -> None:
        await exchange.stream()
        for piece in pieces:
            await exchange.send(piece)
        exchange.writer.write(b"0\r\n\r\n")
        await exchange.writer.drain()

    return answer


# -- a model that does as it is told --------------------------------------------------------------------------------------------

TALK = (
    "Most of my week goes to people and to what is missing, and the rest is paper.",
    "I learned it by standing beside somebody who knew, and by asking too often.",
    "What surprised me is how little of it is about the thing itself in the end.",
    "It is slower than it looks from outside, and then it all happens on one day.",
    "We tried the other way round for a year, and everybody was glad when it was over.",
    "If I had to name one habit, it is writing things down before they are forgotten.",
)
WORDS = (("Say no", "No, I cannot do that for you."), ("goodbye", "Goodbye, and all the best."), ("time", "There is not much time left."))


def turn_of(request: Body) -> int:
    """Return the transcript index of the contact's line that a request asks for."""
    return len([message for message in request["messages"] if message["role"] != "system"]) - 1


def obliging(request: Body) -> str:
    """Return a line that does what the request's direction says, a different one each turn."""
    direction = request["messages"][-1]["content"]
    parts = [TALK[turn_of(request) // 2 % len(TALK)]]
    if tells := re.search(r"heart of the line: (.*)", direction):
        parts.append(tells[1])
    if name := re.search(r"first and last: ([^,]*),", direction):
        parts.append(f"You should talk to {name[1]} about it.")
    steps = "\n".join(re.findall(r"(?m)^\d+\. .*", direction))
    return " ".join([*parts, *(words for sign, words in WORDS if sign in steps)])


# -- the server ---------------------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """The server, as a context manager. `answer` decides what it does next; `requests` holds the bodies it was sent."""

    answer: Callable[[Body, int], Answer] = lambda body, number: says("All right.")
    requests: list[Body] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """The endpoint's address."""
        return f"http://127.0.0.1:{self.port}/v1"

    def endpoint(self, *, timeout: float = 20.0, contact: str | None = "small", judge: str | None = None, **more: Any) -> Endpoint:
        """Return the endpoint to configure; `timeout` in seconds."""
        given = {"first_token_timeout": timeout, **more}
        return Endpoint(self.url, SecretStr("sesame-key"), contact, judge, timeout=timeout, **given)

    def __enter__(self) -> Server:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def stop_listening(self) -> None:
        """Refuse every connection from now on."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()

    def refuse(self) -> None:
        """Refuse every connection from now on; what is being answered is finished. For use in an answer."""
        self._server.close()

    async def _start(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next((int(h.split(":")[1]) for h in head.lower().split("\r\n") if h.startswith("content-length:")), 0)
            body = json.loads(await reader.readexactly(length)) if length else {}
            self.headers.append(head)
            self.requests.append(body)
            await self.answer(body, len(self.requests))(Exchange(body, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side left, or the server is being stopped
        finally:
            self._tasks.discard(task)
            writer.close()
