"""How a practice session looks in a terminal. Learner and contact text is never read as markup."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.persona import Persona
from sim.practice import Debrief, Session
from sim.scorecard import CriterionScore, Evidence
from sim.transcript import LedgerEntry

_SIGNS = {"helps": ("+", "green"), "hurts": ("-", "red")}
_STATUS = {"earned": "earned", "not_asked": "there, and not reached", "lost": "lost"}


class Screen:
    """What is printed and asked. Colours and styles only where a person is looking."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.asks = sys.stdin.isatty()
        self._column = 0

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line as it stands."""
        self.console.print(Text(text, style=style), soft_wrap=not self.console.is_terminal)
        self._column = 0

    def title(self, text: str) -> None:
        """Print a heading."""
        self.say()
        self.say(text, "bold")

    def piece(self, text: str) -> None:
        """Print a piece of a reply without ending the line, breaking between words where the screen ends."""
        for word in re.findall(r"\s*\S+\s*|\s+", text):
            if self.console.is_terminal and self._column + len(word.rstrip()) > self.console.width:
                self.console.out()
                self._column = 0
                word = word.lstrip()
            self.console.out(word, end="", highlight=False)
            self._column += len(word)
        self.console.file.flush()

    def ask(self, prompt: str) -> str | None:
        """Return a line that was typed, or None at the end of the input; raises KeyboardInterrupt."""
        try:
            return input(f"{prompt} " if self.asks else "")
        except EOFError:
            return None

    def paragraph(self, prompt: str) -> str:
        """Return lines up to an empty one."""
        lines: list[str] = []
        while (line := self.ask(prompt if not lines else "…")) and line.strip():
            lines.append(line)
        return "\n".join(lines)


def clock(session: Session) -> str:
    """Return the meeting's clock: `[3:20 of 20]`, empty where the meeting is untimed."""
    if session.clock == "untimed":
        return ""
    minute = session.minute if session.elapsed is None else session.elapsed
    return f"[{int(minute)}:{int(minute * 60) % 60:02d} of {session.agreed_minutes:g}]"


def show_brief(screen: Screen, session: Session) -> None:
    """Print who the contact is and what could be found out beforehand."""
    contact = session.persona
    screen.title(f"{contact.name}, {contact.title}, {contact.company}")
    screen.say(contact.summary)
    where = f", {contact.setting}" if contact.setting else ""
    screen.say(f"{session.agreed_minutes:g} minutes agreed{where}; {session.difficulty}.", "dim")
    if contact.referrer:
        screen.say(f"{contact.referrer.name} opened the door: {contact.referrer.relation}.")
    found = contact.dossier
    for name, facts in (("company", found.company), ("contact", found.contact), ("industry", found.industry)):
        if facts:
            screen.title(f"What you could find out: {name}")
            for fact in facts:
                screen.say(f"  · {fact}")
    screen.say()


def show_debrief(screen: Screen, debrief: Debrief) -> None:
    """Print marks with their evidence, advice, what the contact decided, and the ledger."""
    card = debrief.scorecard
    names = {c.id: c.name for c in debrief.rubric.criteria}
    screen.title(f"Debrief: {card.overall:g} of 100 ({debrief.rubric.name})")
    screen.console.print(_marks(card.criteria, names))
    for item in card.criteria:
        screen.title(f"{names.get(item.id, item.id)}: {_mark(item)}")
        if item.rationale:
            screen.say(item.rationale)
        for evidence in item.evidence:
            _show_evidence(screen, evidence)
    if card.advice:
        screen.title("What to try next time")
    for number, advice in enumerate(card.advice, 1):
        screen.say(f"{number}. {advice.title}", "bold")
        screen.say(f"   {advice.why}")
        if advice.quote:
            screen.say(f"   You said: “{advice.quote}”", "dim")
        if advice.instead:
            screen.say(f"   You could say: “{advice.instead}”", "italic")
    _show_outcome(screen, debrief)


def _mark(item: CriterionScore) -> str:
    return "not assessed" if item.score is None else f"{item.score} of 5"


def _marks(criteria: Sequence[CriterionScore], names: dict[str, str]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for item in criteria:
        bar = "" if item.score is None else "#" * item.score + "." * (5 - item.score)
        table.add_row(Text(names.get(item.id, item.id)), bar, _mark(item))
    return table


def _show_evidence(screen: Screen, evidence: Evidence) -> None:
    sign, style = _SIGNS[evidence.effect]
    why = f": {evidence.why}" if evidence.why else ""
    screen.say(f"  {sign} “{evidence.quote}” ({evidence.where}){why}", style)


def _show_outcome(screen: Screen, debrief: Debrief) -> None:
    screen.title(f"The door is {debrief.outcome.door}")
    screen.say(debrief.outcome.why)
    for entry in debrief.outcome.ledger:
        screen.say(f"  {_ledger_name(entry, debrief.persona)}: {_STATUS[entry.status]}{_at(entry)}")


def _ledger_name(entry: LedgerEntry, persona: Persona) -> str:
    kind, _, name = entry.item.partition(":")
    if kind == "referral":
        role = next((r.role for r in persona.referrals if r.name == name), "")
        return f"{name}, {role}" if role else name
    return next((p.tells for p in persona.private if p.topic == name), name)


def _at(entry: LedgerEntry) -> str:
    return "" if entry.turn is None else f" at turn {entry.turn}"
