"""The pages before a meeting: choosing a contact, reading the brief, writing the prep sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.persona import Persona, Temperament
from sim.practice import HistoryRow, Session
from sim.rubric import Rubric
from sim.transcript import Prep
from web.views.words import CLOCKS, DIFFICULTIES, LEVELS, Option, day, initials, minutes, setting_line

QUESTION_LINES = 5
"""Lines offered for questions at first: what fits into twenty minutes, with one to spare (our judgement)."""

MORE_LINES = 3
"""Lines added at once on request."""


@dataclass(frozen=True)
class ContactCard:
    """A contact as shown to a learner who has not met them: public parts only."""

    id: str
    name: str
    first_name: str
    initials: str
    title: str
    company: str
    level: str
    level_name: str
    archetype: str
    minutes: int
    setting: str
    summary: str
    hard: tuple[str, ...]


@dataclass(frozen=True)
class Unfinished:
    """A session to go on with."""

    href: str
    name: str
    stage: str
    opened: str


@dataclass(frozen=True)
class MineLink:
    """A workshop that one joined, and until when it is open (empty: until it is closed)."""

    href: str
    name: str
    closes: str
    closes_iso: str


@dataclass(frozen=True)
class HomePage:
    """Choosing a contact. `unfinished` holds at most three sessions, newest first."""

    contacts: tuple[ContactCard, ...]
    unfinished: tuple[Unfinished, ...]
    returning: bool
    workshops: tuple[MineLink, ...] = ()


@dataclass(frozen=True)
class FactGroup:
    """One heading of the dossier and its facts."""

    title: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """What could be found out beforehand, and who opened the door (empty where nobody did)."""

    groups: tuple[FactGroup, ...]
    referrer: str
    relation: str

    @property
    def empty(self) -> bool:
        """Whether nothing at all is known."""
        return not self.groups and not self.referrer


@dataclass(frozen=True)
class BriefPage:
    """A contact's brief and the choices for a session; `examples` tells whether there are worked examples to read."""

    contact: ContactCard
    dossier: Dossier
    difficulties: tuple[Option, ...]
    clocks: tuple[Option, ...]
    rubrics: tuple[Option, ...]
    examples: bool = False


@dataclass(frozen=True)
class PrepSheet:
    """What stands on the sheet. `questions` holds only written lines."""

    goal: str
    pitch: str
    agenda: str
    questions: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.goal or self.pitch or self.agenda or self.questions)


@dataclass(frozen=True)
class PrepPage:
    """The prep sheet being written. `lines` are the questions and the blank lines after them; `focus` one of them, or None."""

    id: str
    contact: ContactCard
    dossier: Dossier
    setting: str
    agreed: str
    sheet: PrepSheet
    lines: tuple[str, ...]
    focus: int | None
    saved: bool


STAGES = {
    "brief": "Prep sheet not finished",
    "meeting": "In the meeting",
    "thank_you": "Thank-you note not decided",
    "debrief": "Debriefed",
}


def contact_card(persona: Persona) -> ContactCard:
    """Return the public parts of a persona; what makes them hard is told from their temperament."""
    return ContactCard(
        id=persona.id,
        name=persona.name,
        first_name=persona.first_name,
        initials=initials(persona),
        title=persona.title,
        company=persona.company,
        level=persona.level,
        level_name=LEVELS[persona.level],
        archetype=persona.archetype or LEVELS[persona.level],
        minutes=persona.minutes,
        setting=persona.setting or "",
        summary=persona.summary,
        hard=hard_parts(persona.temperament),
    )


def hard_parts(mind: Temperament) -> tuple[str, ...]:
    """Return two or three things this temperament asks of a learner, the hardest first; never empty."""
    found = [
        (mind.job_sensitivity >= 4, "Closes up when asked for a job"),
        (mind.patience <= 2, "Little patience for rambling or basics"),
        (mind.warmth <= 2, "Slow to warm to strangers"),
        (mind.talkativeness <= 2, "Answers briefly unless you ask well"),
        (mind.talkativeness >= 4, "Talks at length: keeping time is up to you"),
        (mind.warmth >= 4, "So friendly that it is easy to drift"),
        (mind.patience >= 4, "Will not stop you when you lose the thread"),
        (True, "Gives back what you put in"),
    ]
    return tuple(text for holds, text in found if holds)[:3]


def hardness(mind: Temperament) -> int:
    """Return how much this temperament asks of a learner; only the order means something (our judgement)."""
    return mind.job_sensitivity - mind.patience - mind.warmth


def dossier(persona: Persona) -> Dossier:
    """Return what could be found out about a contact beforehand, without empty headings."""
    facts = persona.dossier
    named = ((persona.company, facts.company), (persona.name, facts.contact), ("The field", facts.industry))
    groups = tuple(FactGroup(title, tuple(found)) for title, found in named if found)
    referrer = persona.referrer
    return Dossier(groups, referrer.name if referrer else "", referrer.relation if referrer else "")


def home_page(personas: Sequence[Persona], history: Sequence[HistoryRow], workshops: tuple[MineLink, ...] = ()) -> HomePage:
    """Return the contacts on offer, the sessions not finished yet, and the workshops one joined."""
    unfinished = [_unfinished(row) for row in history if row.stage != "debrief"]
    easiest_first = sorted(personas, key=lambda p: (hardness(p.temperament), p.name))
    return HomePage(tuple(contact_card(p) for p in easiest_first), tuple(unfinished[:3]), returning=bool(history), workshops=workshops)


def _unfinished(row: HistoryRow) -> Unfinished:
    return Unfinished(f"/sessions/{row.id}", row.persona_name, STAGES[row.stage], day(row.opened_at))


def brief_page(persona: Persona, rubrics: Sequence[Rubric], *, examples: bool = False) -> BriefPage:
    """Return a contact's brief with the choices for a session."""
    usual_first = sorted(rubrics, key=lambda r: (r.id != "classic", r.name))
    schools = tuple(Option(r.id, r.name, " ".join(r.school.split())) for r in usual_first)
    return BriefPage(contact_card(persona), dossier(persona), DIFFICULTIES, CLOCKS, schools, examples)


def prep_sheet(prep: Prep | None) -> PrepSheet:
    """Return what stands on a prep sheet; empty where there is none."""
    if prep is None:
        return PrepSheet("", "", "", ())
    return PrepSheet(prep.goal, prep.pitch, prep.agenda, tuple(q for q in prep.questions if q.strip()))


def prep_page(session: Session, *, more: bool = False, saved: bool = False) -> PrepPage:
    """Return the prep sheet of a session; with `more`, a few further lines for questions and the first of them in focus."""
    sheet = prep_sheet(session.prep)
    written = len(sheet.questions)
    blank = MORE_LINES if more else max(1, QUESTION_LINES - written)
    return PrepPage(
        id=session.id,
        contact=contact_card(session.persona),
        dossier=dossier(session.persona),
        setting=setting_line(session.difficulty, session.clock, session.assisted),
        agreed=minutes(session.agreed_minutes),
        sheet=sheet,
        lines=(*sheet.questions, *[""] * blank),
        focus=written if more else None,
        saved=saved,
    )
