"""The way to the endpoint: one HTTP client for the whole application, and LangChain's chat models on top of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sim.model.endpoint import Endpoint, Role

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from langchain_openai.chat_models.base import BaseChatOpenAI

CONNECT_SECONDS = 5.0
"""Longest wait for a connection: a host that has not answered by then is down or unreachable (our judgement)."""


class Connection:
    """An endpoint with its HTTP client. The client is made when it is first needed; `close`, in the loop that used it, ends it.

    After `close` the connection can be used again and makes a new client, so that an application may start twice.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._http: AsyncClient | None = None
        self._models: dict[tuple[object, ...], BaseChatOpenAI] = {}

    async def prepare(self) -> None:
        """Do the slow imports now, on a thread, and not with the first line."""
        await asyncio.to_thread(_load)

    @property
    def http(self) -> AsyncClient:
        """The client all calls share."""
        if self._http is None:
            from httpx2 import AsyncClient

            self._http = AsyncClient(timeout=self.endpoint.timeout)
        return self._http

    def chat(self, role: Role, *, max_tokens: int, temperature: float | None = None) -> BaseChatOpenAI:
        """Return the chat model for a role; the same one for the same arguments. Raises ValueError where none is configured."""
        key = (role, max_tokens, temperature)
        if key not in self._models:
            self._models[key] = chat_model(self.endpoint, role, max_tokens=max_tokens, http=self.http, temperature=temperature)
        return self._models[key]

    async def close(self) -> None:
        """Close the client and forget the models that used it."""
        http, self._http = self._http, None
        self._models.clear()
        if http is not None:
            await http.aclose()


def chat_model(endpoint: Endpoint, role: Role, *, max_tokens: int, http: AsyncClient, temperature: float | None = None) -> BaseChatOpenAI:
    """Return LangChain's chat model for a role of the endpoint. It never tries again by itself: whoever asks knows better.

    `max_tokens` travels under the name the endpoint reads: OpenAI's own takes `max_completion_tokens` alone, the servers that
    copy its protocol read `max_tokens` and let the other pass unread. `temperature` None leaves it to the endpoint; OpenAI's
    reasoning models refuse any. Raises ValueError where no model is configured for the role.
    """
    name = endpoint.model(role)
    if name is None:
        raise ValueError(f"no model is configured for the {role}")
    from httpx2 import Timeout
    from langchain_openai import ChatOpenAI
    from langchain_openai.chat_models.base import BaseChatOpenAI

    kind = ChatOpenAI if urlsplit(endpoint.base_url).hostname == "api.openai.com" else BaseChatOpenAI
    return kind(
        model=name,
        base_url=endpoint.base_url,
        api_key=endpoint.key,
        max_tokens=max_tokens,
        temperature=temperature,
        timeout=Timeout(endpoint.timeout, connect=min(CONNECT_SECONDS, endpoint.timeout)),
        max_retries=0,
        stream_usage=True,
        http_async_client=http,
        use_responses_api=False,
    )


def _load() -> None:
    import langchain_openai  # noqa: F401 - loading is all
