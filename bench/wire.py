"""Just enough HTTP/1.1 to time a streamed reply: one kept connection, one request at a time, no library in between.

A full client would spend more of the two cores than some of the servers it measures.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One response. Times are seconds from sending the request: to the first byte, to the first of the body, to the last."""

    status: int
    chunks: tuple[bytes, ...]
    first_byte: float
    first_word: float
    whole: float

    @property
    def body(self) -> bytes:
        """Everything that was sent."""
        return b"".join(self.chunks)

    def json(self) -> Any:
        """Return the body as JSON; raises RuntimeError for a response that is none of 2xx."""
        if not 200 <= self.status < 300:
            raise RuntimeError(f"the server answered {self.status}: {self.body[:300]!r}")
        return json.loads(self.body)


class Connection:
    """One connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def send(self, method: str, path: str, data: Any = None, **headers: str) -> Reply:
        """Send a request and read the whole response; a connection that the server hung up is opened anew, once."""
        for last in (False, True):
            try:
                return await self._send(method, path, data, headers)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self.close()
                if last:
                    raise
        raise AssertionError

    async def _send(self, method: str, path: str, data: Any, headers: dict[str, str]) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        body = b"" if data is None else json.dumps(data).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
        ]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await _read(reader, time.perf_counter())


async def _read(reader: asyncio.StreamReader, began: float) -> Reply:
    head = await reader.readuntil(b"\r\n\r\n")
    first_byte = time.perf_counter() - began
    status = int(head.split(b" ", 2)[1])
    fields = {k.strip().lower(): v.strip() for k, _, v in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    chunks: list[bytes] = []
    first_word = 0.0
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        while size := int(await reader.readuntil(b"\r\n"), 16):
            chunks.append((await reader.readexactly(size + 2))[:-2])
            first_word = first_word or time.perf_counter() - began
        await reader.readexactly(2)
    else:
        chunks.append(await reader.readexactly(int(fields.get(b"content-length", b"0"))))
    whole = time.perf_counter() - began
    return Reply(status, tuple(chunks), first_byte, first_word or whole, whole)
