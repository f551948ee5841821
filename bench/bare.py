"""The least a streamed reply can cost on this stack: a Starlette application that sends bytes it was given, and decides nothing.

The bytes are those the product sent for one turn, in the same pieces; the file that holds them is named in `BENCH_CHUNKS`.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route


def create_app() -> Starlette:
    """Return the application; reads the bytes once."""
    chunks = [piece.encode() for piece in json.loads(Path(os.environ["BENCH_CHUNKS"]).read_text("utf-8"))]

    async def pieces() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def turn(request: Request) -> StreamingResponse:
        await request.json()
        return StreamingResponse(pieces(), media_type="text/event-stream")

    return Starlette(routes=[Route("/turn", turn, methods=["POST"])])
