"""Break the endpoint in every way at every point of a meeting, and see what the learner gets: `python -m bench.faults`.

Holds a whole meeting for each fault and turn against a real HTTP server, and writes the table into docs/model.md.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.endpoint import Answer, Body, Server, cut, ends_early, obliging, raw, says, silence, stalls, status, turn_of
from sim.contact.model_contact import ModelContact
from sim.contact.scripted import ScriptedContact
from sim.library import Library
from sim.model import Connection
from sim.play import play
from sim.ports import Brief, Contact, Utterance
from sim.transcript import LearnerFile, Transcript

PAGE = Path(__file__).parent.parent / "docs" / "model.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"

TIMEOUT = 1.0
"""The configured silence, in seconds: short, so that the table is quickly made; what holds for it holds for any."""

LINE = "Most of my week goes to people and to what is missing. The rest is paper, and some of it is my own."

FAULTS: dict[str, Callable[[], Answer] | None] = {
    "connection refused": None,
    "401, wrong key": lambda: status(401),
    "404, no such model": lambda: status(404),
    "429, Retry-After 30": lambda: status(429, {"retry-after": "30"}),
    "500": lambda: status(500),
    "silence": lambda: silence,
    "three words, then silence": lambda: stalls(LINE, 3),
    "three words, then cut": lambda: cut(LINE, 3),
    "a sentence and a half, then cut": lambda: cut(LINE, 15),
    "stream that ends without an end": lambda: ends_early(LINE, 3),
    "garbage for events": lambda: raw("data: {not json\n\n", "data: 7\n\n"),
    "events of another shape": lambda: raw('data: {"choices": null}\n\n', "data: [DONE]\n\n"),
    "an empty reply": lambda: says(""),
    "a content filter": lambda: says("", finish="content_filter"),
    "nothing but noise": lambda: says("%% ## \x01 @@ ~~ ** ++ == && $$ !!"),
    "the learner's words": lambda: says("You: Thank you, that was great."),
}

LEARNER = LearnerFile(
    schema="sim.learner/1",
    id="faults",
    messages=[
        "Hello, thank you for taking the time. I'm a student of operations and hope to learn how a dispatch desk works.",
        "How is the night desk staffed, and how do you decide who works it?",
        "You said people; what is the hardest part of finding mechanics?",
        "What does a good first year look like for somebody on the desk?",
        "Whom else would you suggest I talk to?",
        "Thank you very much for your time, this helped a lot. Goodbye!",
    ],
)


@dataclass
class Timed:
    """A contact under a stopwatch. `seconds` is how long each line took, by the transcript's index of the turn."""

    contact: ModelContact
    seconds: dict[int, float] = field(default_factory=dict)

    async def speak(self, brief: Brief) -> AsyncGenerator[str | Utterance, None]:
        """Pass the line on."""
        began = time.perf_counter()
        async for piece in self.contact.speak(brief):
            if isinstance(piece, Utterance):
                self.seconds[brief.step.state.turn] = time.perf_counter() - began
            yield piece

    async def prepare(self) -> None:
        """Load what loads."""
        await self.contact.prepare()

    async def close(self) -> None:
        """Close what is open."""
        await self.contact.close()


@dataclass(frozen=True)
class Meeting:
    """One meeting with a fault at one turn, or at all (None). `seconds` is how long the line at the fault took."""

    fault: str
    turn: int | None
    transcript: Transcript
    seconds: float

    @property
    def lost(self) -> int:
        """How many of the learner's messages are not in the transcript word for word."""
        said = [turn.text for turn in self.transcript.turns if turn.speaker == "learner"]
        return sum(message not in said for message in LEARNER.messages[: len(said)]) + (0 if self.transcript.ended_by else 1)

    @property
    def engine(self) -> str:
        """Who spoke at the fault."""
        trace = self.transcript.trace or []
        at = self.turn or 0
        return next(entry.engine for entry in trace if entry.turn == at)

    @property
    def twice(self) -> bool:
        """Whether a line was said twice."""
        lines = [turn.text for turn in self.transcript.turns if turn.speaker == "contact"]
        return len(lines) != len(set(lines))


def hold(fault: str, turn: int | None, timeout: float = TIMEOUT) -> Meeting:
    """Hold a meeting whose endpoint breaks at one turn (a transcript index), or at every turn where None."""
    make = FAULTS[fault]

    def answer(request: Body, number: int) -> Answer:
        if make is None and turn is not None and turn_of(request) >= turn - 2:
            server.refuse()
        broken = make is not None and turn in (None, turn_of(request))
        return make() if broken and make else says(obliging(request))

    with Server(answer=answer) as server:
        if make is None and not turn:
            server.stop_listening()
        connection = Connection(server.endpoint(timeout=timeout))
        contact = Timed(ModelContact(connection, ScriptedContact()))
        asyncio.run(contact.prepare())
        persona = Library().persona("busy-vp")
        transcript = play(persona, LEARNER, contact=_as_contact(contact))
    return Meeting(fault, turn, transcript, contact.seconds[turn or 0])


def _as_contact(contact: Timed) -> Contact:
    return contact


def table(meetings: list[Meeting]) -> str:
    """Return the table, a row a fault."""
    lines = [
        "| what breaks | at the greeting | at turn 4 | at the last turn | at every turn | slowest line | words lost | said twice |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for fault in FAULTS:
        row = [m for m in meetings if m.fault == fault]
        cells = [f"{m.engine}, {m.seconds:.2f} s" for m in row]
        slowest, lost = max(m.seconds for m in row), sum(m.lost for m in row)
        lines.append(f"| {fault} | {' | '.join(cells)} | {slowest:.2f} s | {lost} | {'yes' if any(m.twice for m in row) else 'no'} |")
    return "\n".join(lines)


def main() -> None:
    """Hold every meeting and write the table; exits with 1 where a meeting did not finish or a word was lost."""
    turns = (0, 4, 2 * len(LEARNER.messages), None)
    hold("500", None)  # what loads once is not the fault's
    meetings = [hold(fault, turn) for fault in FAULTS for turn in turns]
    text = PAGE.read_text("utf-8")
    written = re.sub(rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table(meetings)}\n{END}", text, flags=re.S)
    PAGE.write_text(written, "utf-8")
    print(table(meetings))
    sys.exit(any(m.lost or m.twice for m in meetings))


if __name__ == "__main__":
    main()
