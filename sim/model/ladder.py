"""Structured answers from any endpoint: a JSON schema where it is obeyed, else a JSON object, else JSON found in plain text.

Servers that copy OpenAI's protocol differ in what they take (llama-cpp-python answers a schema with 500), and none says so
beforehand. The rung that worked is remembered for each endpoint and model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sim.errors import ChatUnavailable
from sim.model.failures import Failure, Kind, failure_of

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

CALLS = 2
"""Most calls for one answer: the first, and one more a rung down or to mend what could not be read."""

NOT_TAKEN: tuple[Kind, ...] = ("bad_request", "server_error", "garbled")
"""Failures that may come of how the answer was asked for; the others would come again a rung down."""


class Rung(StrEnum):
    """How an answer is asked for, best first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


RUNGS = tuple(Rung)


@dataclass(frozen=True)
class Form:
    """What an answer must look like: its JSON schema, and how it is read out of a reply (None: it is not there)."""

    name: str
    schema: Mapping[str, Any]
    read: Callable[[str], dict[str, Any] | None]

    def options(self, rung: Rung) -> dict[str, Any]:
        """Return what a call on this rung sends along. On the middle one, servers that know grammars take the schema too."""
        if rung is Rung.SCHEMA:
            return {"response_format": {"type": "json_schema", "json_schema": {"name": self.name, "schema": self.schema, "strict": True}}}
        return {"response_format": {"type": "json_object", "schema": self.schema}} if rung is Rung.OBJECT else {}


@dataclass(frozen=True)
class Filled:
    """The object that was answered, the rung it came by, and the calls it took."""

    value: dict[str, Any]
    rung: Rung
    calls: int


class NotFilled(ChatUnavailable):
    """No answer that could be read. The message is for the reader; `calls` were made, `failure` is the endpoint's where it failed."""

    def __init__(self, why: str, calls: int, failure: Failure | None = None) -> None:
        super().__init__(why)
        self.calls = calls
        self.failure = failure


Ask = Callable[[Sequence["BaseMessage"], Mapping[str, Any]], Awaitable[str]]
"""Sends messages with options to the model and returns its words; raises what the endpoint raises, or a ChatUnavailable of ours."""


@dataclass
class Ladder:
    """Asks for structured answers and remembers, for each key, the rung to begin with."""

    known: dict[str, Rung] = field(default_factory=dict)

    async def fill(self, key: str, ask: Ask, messages: Sequence[BaseMessage], form: Form, *, repair: str, calls: int = CALLS) -> Filled:
        """Return the answer; raises NotFilled after so many calls, or at once where another rung would not help.

        What was taken but not read is asked for a rung lower; on the lowest the reply is sent back with the words of `repair`.
        """
        rung, sent = self.known.get(key, Rung.SCHEMA), list(messages)
        for number in range(1, calls + 1):
            reply, failure = await _call(ask, sent, form.options(rung))
            if failure and failure.kind not in NOT_TAKEN:
                raise NotFilled(str(failure), number, failure)
            value = form.read(reply) if failure is None else None
            if value is not None:
                self.known[key] = rung
                return Filled(value, rung, number)
            if rung is Rung.TEXT and failure is None:
                sent = [*messages, *_sent_back(reply, repair)]
            rung = self._lower(key, rung, failure)
        raise NotFilled(str(failure or "the model's answer could not be read"), calls, failure)

    def _lower(self, key: str, rung: Rung, failure: Failure | None) -> Rung:
        """Return the rung to go on with; it is where the next answer begins too. A failure on the lowest starts over at the top."""
        if rung is not Rung.TEXT:
            rung = RUNGS[RUNGS.index(rung) + 1]
            self.known[key] = rung
        elif failure:
            self.known.pop(key, None)
        return rung


async def _call(ask: Ask, messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> tuple[str, Failure | None]:
    try:
        return await ask(messages, options), None
    except ChatUnavailable:
        raise
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        return "", failure


def _sent_back(reply: str, repair: str) -> list[BaseMessage]:
    from langchain_core.messages import AIMessage, HumanMessage

    return [AIMessage(reply or "(nothing)"), HumanMessage(repair)]
