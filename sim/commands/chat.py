"""`sim chat`: one practice session in the terminal, from the brief to the debrief."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sim import practice
from sim.commands.desk import open_desk
from sim.commands.files import Files
from sim.commands.terminal import Screen, clock, show_brief, show_debrief
from sim.errors import ChatUnavailable, InputError
from sim.meeting import Difficulty
from sim.persona import Persona
from sim.practice import Caller, Desk, Done, Session
from sim.rubric import Rubric
from sim.transcript import Clock, Prep

Result = TypeVar("Result")

HELP = "/notes TEXT keeps a note · /end ends the meeting · /help shows this · everything else is said to the contact"


@dataclass(frozen=True)
class Choices:
    """What the command line asked for. `prep` None: a prep sheet where a person is typing."""

    persona: str
    minutes: float | None
    difficulty: Difficulty
    clock: Clock
    rubric: str
    seed: int | None
    prep: bool | None


@dataclass(frozen=True)
class _Chosen:
    """A shelf with the one persona and rubric of this session, which may come from files that no library holds."""

    contact: Persona
    school: Rubric

    def persona(self, persona_id: str) -> Persona:
        return self.contact

    def rubric(self, rubric_id: str) -> Rubric:
        return self.school


class Chat:
    """One session at one screen. Waiting for the keyboard happens outside the event loop, so that Ctrl-C always arrives."""

    def __init__(self, screen: Screen, desk: Desk, runner: asyncio.Runner) -> None:
        self.screen = screen
        self.desk = desk
        self.caller = Caller(owner=secrets.token_urlsafe(24))
        self._runner = runner
        self.session_id = ""

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run one use case to its end."""
        return self._runner.run(work)

    def hold(self, choices: Choices) -> None:
        """Go through the whole session."""
        session = self.do(
            practice.open_session(
                self.desk,
                self.caller,
                choices.persona,
                minutes=choices.minutes,
                rubric=choices.rubric,
                difficulty=choices.difficulty,
                clock=choices.clock,
                seed=choices.seed,
            )
        ).session
        self.session_id = session.id
        show_brief(self.screen, session)
        if self.screen.asks if choices.prep is None else choices.prep:
            self.prepare()
        self.meet(session)
        self.thank(session)
        self.finish()

    # -- the stages --------------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Ask for the prep sheet."""
        self.screen.title("Prep sheet (an empty line leaves a part out)")
        goal = self.screen.ask("What do you want to learn?") or ""
        pitch = self.screen.ask("Who are you, in a sentence or two?") or ""
        agenda = self.screen.ask("In what order?") or ""
        questions = self.screen.paragraph("Your questions, one a line:").splitlines()
        sheet = Prep(goal=goal, pitch=pitch, agenda=agenda, questions=questions)
        self.do(practice.save_prep(self.desk, self.session_id, self.caller, sheet))

    def meet(self, session: Session) -> None:
        """Talk until one of the two ends it."""
        self.screen.title("The meeting")
        self.screen.say(HELP, "dim")
        session = self.do(practice.begin(self.desk, self.session_id, self.caller))
        name = session.persona.first_name
        self.screen.say(f"{name}: {session.turns[0].text}")
        while not session.over:
            text = self.listen(session)
            if text is None:
                session = self.do(practice.end_meeting(self.desk, self.session_id, self.caller))
            elif text.strip():
                self.answer(name, text)
                session = self.do(practice.look(self.desk, self.session_id, self.caller))
        who = "You ended the meeting" if session.ended_by == "learner" else f"{name} has left"
        self.screen.say(f"{who} after {session.ended_at or 0:.1f} of {session.agreed_minutes:g} minutes.", "dim")

    def listen(self, session: Session) -> str | None:
        """Return what the learner says; None when they end the meeting. Commands are dealt with here."""
        text = self.screen.ask(f"{clock(session)} you:".strip())
        if text is None or text.strip() == "/end":
            return None
        if text.strip() == "/help":
            self.screen.say(HELP, "dim")
            return ""
        if text.startswith("/notes"):
            self.note(text.removeprefix("/notes").strip())
            return ""
        return text

    def note(self, text: str) -> None:
        """Add a line to the notes, or show them."""
        kept = self.do(practice.look(self.desk, self.session_id, self.caller)).notes
        if not text:
            self.screen.say(kept or "(no notes yet)", "dim")
            return
        self.do(practice.save_notes(self.desk, self.session_id, self.caller, f"{kept}\n{text}".strip()))

    def answer(self, name: str, text: str) -> None:
        """Say something and print the reply as it comes."""
        try:
            self.do(self._spoken(name, text))
        except (InputError, ChatUnavailable) as error:
            self.screen.say(str(error), "red")

    async def _spoken(self, name: str, text: str) -> None:
        reply = await practice.say(self.desk, self.session_id, self.caller, text, secrets.token_urlsafe(12))
        self.screen.piece(f"{name}: ")
        async for event in reply:
            if isinstance(event, Done):
                self.screen.say()
            else:
                self.screen.piece(event.text)

    def thank(self, session: Session) -> None:
        """Ask for the thank-you notes."""
        contact = session.persona
        self.screen.title("Thank-you note (an empty line ends it; nothing at all skips it)")
        to_contact = self.screen.paragraph(f"To {contact.name}:")
        to_referrer = self.screen.paragraph(f"To {contact.referrer.name}:") if contact.referrer else ""
        skip = not to_contact.strip() and not to_referrer.strip()
        self.do(practice.thank(self.desk, self.session_id, self.caller, to_contact=to_contact, to_referrer=to_referrer, skip=skip))

    def finish(self) -> None:
        """Print the debrief and where the session is."""
        show_debrief(self.screen, self.do(practice.debrief(self.desk, self.session_id, self.caller)))
        self.screen.say()
        self.screen.say(f"Kept as {self.session_id}; to print it: sim export {self.session_id} --format md", "dim")


def _hold(chat: Chat, choices: Choices) -> None:
    try:
        chat.hold(choices)
    except KeyboardInterrupt:
        chat.screen.say()
        chat.screen.say(f"Left. What was said is kept as {chat.session_id}." if chat.session_id else "Left.", "dim")
        sys.exit(130)


def run(choices: Choices, folders: list[Path]) -> None:
    """Hold a session; Ctrl-C leaves it, with everything said so far kept."""
    screen = Screen()
    if screen.asks:
        import readline  # noqa: F401  # line editing in `input`, where the platform has it
    files = Files(folders)
    shelf = _Chosen(files.find_persona(choices.persona), files.find_rubric(choices.rubric))
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        desk = runner.run(stack.enter_async_context(open_desk(shelf)))
        try:
            _hold(Chat(screen, desk, runner), choices)
        finally:
            runner.run(stack.aclose())
