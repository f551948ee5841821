"""A small real HTTP server that speaks the chat-completions protocol and answers as a test wants it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050, "prompt_tokens_details": {"cached_tokens": 600}}

Say = Callable[[dict[str, Any]], "str | Fault"]


@dataclass
class Fault:
    """An HTTP status in place of a reply, headers with it, or a silence that lasts until the server stops."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False


@dataclass
class FakeEndpoint:
    """Where it listens, what it was asked, and what it says next: `say` gets the request's JSON."""

    url: str
    say: Say
    asked: list[dict[str, Any]] = field(default_factory=list)
    finish: str = "stop"
    stopping: threading.Event = field(default_factory=threading.Event)


def rung_of(request: dict[str, Any]) -> str:
    """Return how an answer was asked for."""
    return str(request.get("response_format", {}).get("type", "text"))


def text_of(request: dict[str, Any]) -> str:
    """Return every word of a request's messages."""
    return "\n".join(m["content"] for m in request["messages"])


@contextmanager
def endpoint(say: Say) -> Iterator[FakeEndpoint]:
    """Serve until the block ends."""
    state = FakeEndpoint("", say)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.asked.append(request)
            said = state.say(request)
            if isinstance(said, Fault):
                if said.silent:
                    state.stopping.wait(30)
                self._send(said.status, {"error": {"message": "no", "type": "error"}}, said.headers)
                return
            message = {"role": "assistant", "content": said}
            choice = {"index": 0, "message": message, "finish_reason": state.finish}
            self._send(200, {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": USAGE}, {})

        def _send(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
            data = json.dumps(body).encode()
            try:
                self.send_response(status)
                for name, value in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                self.close_connection = True  # whoever asked has left

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        state.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
