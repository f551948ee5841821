"""Ask a model for a whole reply, within the allowance, and keep what it used."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sim.errors import ChatUnavailable, SimError
from sim.model.connection import Connection
from sim.model.endpoint import OPENAI, Role
from sim.model.failures import failure_of
from sim.model.ladder import Ask
from sim.model.prices import Prices
from sim.model.usage import Ledger, Purpose, Usage, usage_of

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """Whose allowance a call comes out of; None for a call outside a session, or a session outside a workshop."""

    session: str | None = None
    workshop: str | None = None


class Asker:
    """One role's model behind an endpoint, with the ledger that its calls are written into."""

    def __init__(self, connection: Connection, ledger: Ledger, prices: Prices, role: Role = "judge") -> None:
        """Raise ValueError where the endpoint has no model for the role."""
        name = connection.endpoint.model(role)
        if name is None:
            raise ValueError(f"no model is configured for the {role}")
        self.model = name
        self.connection = connection
        self._ledger, self._prices, self._role = ledger, prices, role
        self._late: set[asyncio.Task[None]] = set()

    @property
    def key(self) -> str:
        """What a ladder remembers this endpoint and model by."""
        return f"{self.connection.endpoint.base_url} {self.model}"

    @property
    def steadiest(self) -> float | None:
        """The temperature for the same answer again: 0, and none for OpenAI's own models, of which some refuse to be given one."""
        return None if urlsplit(self.connection.endpoint.base_url).hostname == urlsplit(OPENAI).hostname else 0.0

    async def close(self) -> None:
        """Finish the accounts and close the connection; it may be used again afterwards."""
        if self._late:
            await asyncio.wait(self._late)
        await self.connection.close()

    def ask(self, purpose: Purpose, account: Account, *, max_tokens: int, temperature: float | None = None) -> Ask:
        """Return a function that sends messages and returns the reply's text.

        It raises ChatUnavailable where a limit is reached, StoreUnavailable where the limits cannot be read, and what the endpoint
        raises. A reply that was cut off by its length is returned as far as it came. A call that was broken off, or that came to
        nothing after the endpoint took it, is kept by an estimate of what was sent: it is charged for, and limits are to hold.
        """

        async def send(messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> str:
            cap = await self._ledger.allowed(account.session, account.workshop)
            if cap is not None:
                raise ChatUnavailable(str(cap))
            chat = self.connection.chat(self._role, max_tokens=max_tokens, temperature=temperature)
            asked = [str(m.text) for m in messages]
            try:
                text, reported = await _reply(chat.bind(**options), messages)
            except asyncio.CancelledError:
                self._keep_later(account, usage_of(purpose, self.model, self._prices, None, asked, ""))
                raise
            except Exception as error:
                failure = failure_of(error)
                if failure is not None and failure.charged:
                    await self._keep(account, usage_of(purpose, self.model, self._prices, None, asked, ""))
                raise
            await self._keep(account, usage_of(purpose, self.model, self._prices, reported, asked, text))
            return text

        return send

    async def _keep(self, account: Account, usage: Usage) -> None:
        """Write a call into the ledger; accounts that cannot be kept take no reply away that is paid for."""
        try:
            await self._ledger.record(account.session, account.workshop, usage)
        except SimError as error:
            log.warning("what a call used could not be kept: %s", error)

    def _keep_later(self, account: Account, usage: Usage) -> None:
        """Write a call into the ledger outside the task that is being cancelled."""
        task = asyncio.get_running_loop().create_task(self._keep(account, usage))
        self._late.add(task)
        task.add_done_callback(self._late.discard)


async def _reply(chat: Any, messages: Sequence[BaseMessage]) -> tuple[str, Mapping[str, Any] | None]:
    """Return the reply's text and what it used, as the endpoint reports it."""
    from openai import LengthFinishReasonError

    try:
        reply: AIMessage = await chat.ainvoke(list(messages))
    except LengthFinishReasonError as error:
        used = error.completion.usage
        reported = {"input_tokens": used.prompt_tokens, "output_tokens": used.completion_tokens} if used else None
        return error.completion.choices[0].message.content or "", reported
    return str(reply.text), reply.usage_metadata
