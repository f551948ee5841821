"""The endpoint of `bench`, answering whole as a test wants it: a function of the request gives the text, or the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.endpoint import Answer, Body, Server, says, silence, status, usage

USAGE = usage(1000, 50, cached=600)

Say = Callable[[Body], "str | Fault"]


@dataclass(frozen=True)
class Fault:
    """An HTTP status in place of a reply, headers with it, or a silence that lasts until the other side has had enough."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False

    def answer(self) -> Answer:
        """Return what the server does."""
        return silence if self.silent else status(self.status, self.headers)


@dataclass
class FakeEndpoint:
    """Where it listens, what it was asked, and what it says next: `say` gets the request's JSON."""

    say: Say
    server: Server = field(default_factory=Server)
    finish: str = "stop"

    @property
    def url(self) -> str:
        """The endpoint's address."""
        return self.server.url

    @property
    def asked(self) -> list[Body]:
        """The requests so far."""
        return self.server.requests

    def answer(self, request: Body, number: int) -> Answer:
        """Return what the server does with a request."""
        said = self.say(request)
        return said.answer() if isinstance(said, Fault) else says(said, finish=self.finish, report=USAGE)


def rung_of(request: Body) -> str:
    """Return how an answer was asked for."""
    return str(request.get("response_format", {}).get("type", "text"))


def text_of(request: Body) -> str:
    """Return every word of a request's messages."""
    return "\n".join(m["content"] for m in request["messages"])


@contextmanager
def endpoint(say: Say) -> Iterator[FakeEndpoint]:
    """Serve until the block ends."""
    state = FakeEndpoint(say)
    state.server.answer = state.answer
    with state.server:
        yield state
