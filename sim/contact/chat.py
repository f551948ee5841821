"""The scripted actor as a LangChain chat model, so that a model and the script stand behind the same interface."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from sim.contact.compose import compose
from sim.persona import Intent
from sim.ports import Brief, Utterance

WORDS_AT_ONCE = 4
"""Words in a piece when nothing is paced: whoever wants the line at once should not pay for forty events."""


class ScriptedChat(BaseChatModel):
    """Says what the `brief` given as a keyword asks for; the messages are not read, since the brief holds them.

    `pace`: seconds per word when streaming. Raises ValueError without a brief.
    """

    pace: float = 0.0

    @property
    def _llm_type(self) -> str:
        return "scripted-contact"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        line = compose(_brief(kwargs))
        message = AIMessage(content=line.text, response_metadata=_metadata(line), usage_metadata=_usage(line))
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        line = compose(_brief(kwargs))
        for piece in self._pieces(line.text):
            if self.pace:
                await asyncio.sleep(self.pace)
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece))
            if run_manager:
                await run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        yield ChatGenerationChunk(
            message=AIMessageChunk(content="", chunk_position="last", response_metadata=_metadata(line), usage_metadata=_usage(line))
        )

    def _pieces(self, text: str) -> list[str]:
        words = re.findall(r"\S+\s*", text)
        size = 1 if self.pace else WORDS_AT_ONCE
        return ["".join(words[n : n + size]) for n in range(0, len(words), size)]

    async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
        """Yield the line in pieces, then the `Utterance` they make."""
        pieces: list[str] = []
        metadata: dict[str, Any] = {}
        # The last message stands for the conversation: building forty would cost more than composing the line.
        heard = HumanMessage(content=brief.turns[-1].text if brief.turns else "")
        async for chunk in self.astream([heard], brief=brief):
            if piece := str(chunk.text):
                pieces.append(piece)
                yield piece
            metadata |= chunk.response_metadata
        intent = metadata.get("intent")
        yield Utterance(
            text="".join(pieces),
            engine="scripted",
            used_lines=tuple(metadata.get("used_lines", ())),
            intent=Intent(intent) if intent else None,
        )


def _brief(kwargs: dict[str, Any]) -> Brief:
    brief = kwargs.get("brief")
    if not isinstance(brief, Brief):
        raise ValueError("the scripted chat speaks from a Brief; pass it as brief=")
    return brief


def _metadata(line: Utterance) -> dict[str, Any]:
    return {"used_lines": list(line.used_lines), "intent": line.intent}


def _usage(line: Utterance) -> UsageMetadata:
    words = len(line.text.split())
    return UsageMetadata(input_tokens=0, output_tokens=words, total_tokens=words)
