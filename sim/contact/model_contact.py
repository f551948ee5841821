"""The contact played by a language model: it phrases what the director decided, and is held to it while it speaks.

Whatever fails, the learner gets a line: what the model had well said by then, or the scripted contact's. Nothing is said twice
and nothing shown is taken back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.contact.directions import directions
from sim.contact.guard import Censor, Scene, exact, scene_of, unsaid
from sim.contact.guard.essentials import CUES
from sim.contact.prompting import TITLES, Asked, ask
from sim.errors import SimError
from sim.model import Breaker, Connection, Failure, Ledger, NoLedger, Prices, failure_of, shipped_prices, usage_of
from sim.model.prompts import prompt
from sim.persona import Intent
from sim.ports import Brief, Contact, Utterance
from sim.transcript import word_count

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk
    from langchain_openai.chat_models.base import BaseChatOpenAI

DRAFTS = 2
"""How often a line is drawn: once, and once more when the first breaks a rule before any of it was shown."""

LINE_SECONDS = 50.0
"""Longest a line may take with both drafts; practice gives a reply 60 seconds."""

HEADROOM = 0.25
"""Seconds kept back from a wait on the endpoint (at most half of it), so that the scripted line is there when the wait was to end."""

FINISHED = ("stop", "eos", "end_turn", "stop_sequence")
"""What endpoints call an end that the model chose; a reply without one was cut off."""

log = logging.getLogger(__name__)


@dataclass
class _Line:
    """One line in the making: what was done to it so far."""

    brief: Brief
    scene: Scene
    model: str
    asked: Asked | None = None
    handled: list[str] = field(default_factory=list)

    def utterance(self, text: str) -> Utterance:
        """Return the line as the model's."""
        prompts = self.asked.prompts if self.asked else ()
        return Utterance(text, "model", model=self.model, prompts=prompts, handled=tuple(self.handled))

    def in_place(self, said: Utterance) -> Utterance:
        """Return the scripted contact's line, spoken in the model's place."""
        prompts = self.asked.prompts if self.asked else ()
        return replace(said, engine="fallback", model=self.model, prompts=prompts, handled=tuple(self.handled))


@dataclass
class _Draft:
    """One attempt: its censor, and how it ended. `reported` is the endpoint's own count of tokens, where it gives one."""

    censor: Censor
    failure: Failure | None = None
    finish: str | None = None
    wrote: str = ""
    reported: Mapping[str, Any] | None = None


class ModelContact:
    """A contact whose words come from a model and whose decisions come from the director.

    `instead` takes the line when the model cannot: the endpoint failed or is left alone, a limit is reached, or what it wrote
    will not do.
    """

    def __init__(
        self,
        connection: Connection,
        instead: Contact,
        *,
        ledger: Ledger | None = None,
        prices: Prices | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        """Raises ValueError where the endpoint has no model for the contact."""
        name = connection.endpoint.contact_model
        if name is None:
            raise ValueError("no model is configured for the contact")
        self.model = name
        self.breaker = breaker or Breaker(probe_seconds=2 * connection.endpoint.timeout)
        self._connection = connection
        self._instead = instead
        self._ledger = ledger or NoLedger()
        self._prices = prices or shipped_prices()
        self._late: set[asyncio.Task[None]] = set()
        self._prepared = False

    async def prepare(self) -> None:
        """Do the slow imports and read the prompts now, on a thread, and not with the first line."""
        await self._connection.prepare()
        await asyncio.to_thread(_read_prompts)
        await asyncio.to_thread(self._chat)
        self._prepared = True
        prepare = getattr(self._instead, "prepare", None)
        if prepare is not None:
            await prepare()

    async def close(self) -> None:
        """Finish the accounts and close the connection."""
        if self._late:
            await asyncio.wait(self._late)
        await self._connection.close()

    # -- a line --------------------------------------------------------------------------------------------------------

    async def speak(self, brief: Brief) -> AsyncGenerator[str | Utterance, None]:
        """Yield the line sentence by sentence and the whole `Utterance` last."""
        if not self._prepared:
            await self.prepare()
        line = _Line(brief, scene_of(brief), self.model)
        reason = await self._unavailable(brief)
        if reason:
            line.handled.append(f"scripted:{reason}")
        else:
            async with aclosing(self._drawn(line)) as pieces:
                async for piece in pieces:
                    yield piece
                    if isinstance(piece, Utterance):
                        return
        async with aclosing(_pieces(self._instead, brief)) as spoken:
            async for piece in spoken:
                yield line.in_place(piece) if isinstance(piece, Utterance) else piece

    async def _unavailable(self, brief: Brief) -> str:
        """Return why the model is not asked for this line, "" if it is."""
        try:
            cap = await self._ledger.allowed(brief.session_id, brief.workshop_id)
        except SimError as error:
            log.warning("the limits could not be read: %s", error)
            return "no_ledger"
        if cap:
            log.info("%s; the scripted contact speaks", cap)
            return f"cap_{cap.kind}"
        if not self.breaker.allows():
            return self.breaker.last.kind if self.breaker.last else "waiting"
        return ""

    async def _drawn(self, line: _Line) -> AsyncGenerator[str | Utterance, None]:
        """Yield the model's line; ends without an Utterance where the scripted contact is to speak instead."""
        again, until = "", time.monotonic() + LINE_SECONDS
        for _ in range(DRAFTS):
            line.asked = ask(line.brief, again)
            draft = _Draft(Censor(line.scene, whole=exact(line.scene)))
            async with aclosing(self._draft(line, draft, until)) as sentences:
                async for sentence in sentences:
                    yield sentence
            verdict = self._judged(line, draft)
            if verdict == "speak":
                for piece in _ending(line, draft):
                    yield piece
                return
            if verdict != "redraw":
                line.handled.append(f"scripted:{verdict}")
                return
            again = draft.censor.broken or ""
            line.handled.append(f"redrawn:{again}")
        line.handled.append(f"scripted:{again}")

    def _judged(self, line: _Line, draft: _Draft) -> str:
        """Return "speak" or "redraw", or why the scripted contact is to take the line."""
        censor = draft.censor
        if censor.tidied:
            line.handled.append("tidied")
        ended_by = draft.failure.kind if draft.failure else censor.broken
        if censor.shown:
            line.handled += [f"cut:{ended_by}"] if ended_by else []
            return "speak"
        if draft.failure:
            return draft.failure.kind
        if not draft.wrote.strip():
            return "empty"
        missing = [intent for intent in unsaid(censor.text, line.scene) if intent not in CUES]
        if censor.broken:
            if missing or word_count(censor.text) < line.scene.fewest_words:
                return "redraw"
            line.handled.append(f"cut:{censor.broken}")
        return f"unsaid_{missing[0].value}" if missing else "speak"

    # -- a draft -------------------------------------------------------------------------------------------------------

    async def _draft(self, line: _Line, draft: _Draft, until: float) -> AsyncGenerator[str, None]:
        """Yield what passes of one attempt, and note how it ended."""
        assert line.asked is not None
        try:
            async with aclosing(self._written(line.asked, draft, until)) as words:
                async for word in words:
                    draft.censor.feed(word)
                    if piece := draft.censor.ready():
                        yield piece
                    if draft.censor.over:
                        break
        except (asyncio.CancelledError, GeneratorExit):
            self._account_later(line, draft)
            raise
        if draft.failure is None:
            self.breaker.succeeded()
        draft.censor.close(finished=draft.failure is None and draft.finish in FINISHED)
        if piece := draft.censor.ready():
            yield piece
        await self._account(line, draft)

    async def _written(self, asked: Asked, draft: _Draft, until: float) -> AsyncGenerator[str, None]:
        """Yield what the model writes as it comes; a failure is noted in the draft and by the breaker, and ends it."""
        endpoint = self._connection.endpoint
        try:
            patience = endpoint.first_token_timeout
            async with aclosing(_Chunks(self._chat().astream(list(asked.messages)))) as chunks:
                while (chunk := await chunks.next(_wait(patience, until))) is not None:
                    patience = endpoint.timeout
                    _note(draft, chunk)
                    if text := str(chunk.text):
                        draft.wrote += text
                        yield text
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            self._failed(draft, failure)
            return
        self._ended(draft)

    def _chat(self) -> BaseChatOpenAI:
        return self._connection.chat("contact", max_tokens=self._connection.endpoint.reply_tokens)

    def _ended(self, draft: _Draft) -> None:
        """Tell a reply that ended from one that was cut off without an error."""
        if draft.finish == "content_filter":
            self._failed(draft, Failure("filtered"))
        elif draft.finish is None:
            self._failed(draft, Failure("garbled"))

    def _failed(self, draft: _Draft, failure: Failure) -> None:
        draft.failure = failure
        self.breaker.failed(failure)
        log.warning("the contact's model: %s; the scripted contact helps out", failure)

    # -- accounts ------------------------------------------------------------------------------------------------------

    async def _account(self, line: _Line, draft: _Draft) -> None:
        """Keep what the attempt used; accounts that cannot be kept cost the learner nothing."""
        if draft.failure and not draft.failure.charged and not draft.wrote and not draft.reported:
            return
        assert line.asked is not None
        used = usage_of("contact", self.model, self._prices, draft.reported, line.asked.texts, draft.wrote)
        usage = replace(used, turn=len(line.brief.turns))
        try:
            await self._ledger.record(line.brief.session_id, line.brief.workshop_id, usage)
        except SimError as error:
            log.warning("what a line used could not be kept: %s", error)

    def _account_later(self, line: _Line, draft: _Draft) -> None:
        """Keep the accounts of a line that was broken off, outside the task that is being cancelled."""
        task = asyncio.get_running_loop().create_task(self._account(line, draft))
        self._late.add(task)
        task.add_done_callback(self._late.discard)


class _Chunks:
    """A model's stream, read one piece at a time with a limit on the waiting."""

    def __init__(self, stream: AsyncIterator[AIMessageChunk]) -> None:
        self._stream = stream

    async def next(self, seconds: float) -> AIMessageChunk | None:
        """Return the next piece, None at the end; raises TimeoutError after so many seconds."""
        async with asyncio.timeout(max(0.0, seconds)):
            return await anext(self._stream, None)

    async def aclose(self) -> None:
        """Let the endpoint stop writing."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            await close()


def _wait(patience: float, until: float) -> float:
    """Return how many seconds to wait for the next piece."""
    return min(patience - min(HEADROOM, patience / 2), until - time.monotonic())


def _read_prompts() -> None:
    for title in TITLES:
        prompt(f"contact/line.{title}")
    directions()


def _note(draft: _Draft, chunk: AIMessageChunk) -> None:
    finish = chunk.response_metadata.get("finish_reason")
    if finish:
        draft.finish = str(finish)
    if chunk.usage_metadata:
        draft.reported = dict(chunk.usage_metadata)


def _ending(line: _Line, draft: _Draft) -> list[str | Utterance]:
    """Return the rest of a model's line: what was held back, the cue or other essentials it left out, and the whole of it."""
    text = draft.censor.text
    pieces: list[str | Utterance] = [rest] if (rest := draft.censor.release()) else []
    used: tuple[str, ...] = ()
    for intent in unsaid(text, line.scene):
        said = _scripted_part(line.brief, intent)
        if said.text and said.text not in text:
            line.handled.append(f"added:{intent.value}")
            pieces.append(f" {said.text}")
            text, used = f"{text} {said.text}", (*used, *said.used_lines)
    return [*pieces, replace(line.utterance(text), used_lines=used)]


def _scripted_part(brief: Brief, intent: Intent) -> Utterance:
    """Return the scripted words for one intent of the direction."""
    from sim.contact.compose import compose

    direction = brief.step.direction.model_copy(update={"intents": (intent,), "main": intent})
    return compose(replace(brief, step=brief.step.model_copy(update={"direction": direction})))


async def _pieces(contact: Contact, brief: Brief) -> AsyncGenerator[str | Utterance, None]:
    async for piece in contact.speak(brief):
        yield piece
