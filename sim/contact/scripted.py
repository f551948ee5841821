"""The scripted contact: the default actor, with no key, no network and no cost, behind LangChain's chat-model interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from typing import TYPE_CHECKING

from sim.ports import Brief, Utterance

if TYPE_CHECKING:
    from sim.contact.chat import ScriptedChat


class ScriptedContact:
    """Speaks the persona's own lines, and stock lines where a persona has none.

    `pace`: seconds per word, so that a page can show the line as it is spoken; 0 says it at once.
    """

    def __init__(self, pace: float = 0.0) -> None:
        self.pace = pace

    @cached_property
    def chat(self) -> ScriptedChat:
        """The chat model behind the contact. Importing LangChain takes about a second, so it waits until it is needed."""
        from sim.contact.chat import ScriptedChat

        return ScriptedChat(pace=self.pace)

    async def prepare(self) -> None:
        """Do the slow imports now, beside the running server, and not with the first line."""
        await asyncio.to_thread(lambda: self.chat)

    async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
        """Yield the line word by word and the whole `Utterance` last."""
        if "chat" not in self.__dict__:
            await self.prepare()
        async for piece in self.chat.speak(brief):
            yield piece
