"""A submitted session for its instructor: the debrief with what they may add, and an excerpt for the projector."""

from __future__ import annotations

from dataclasses import dataclass

from sim.workshop import Excerpt, Reading
from web.views.debrief import DebriefPage, debrief_page
from web.views.review import Reader
from web.views.words import count


def reading_page(found: Reading) -> DebriefPage:
    """Return the debrief for the instructor; numbers are theirs to see, whatever the learner sees."""
    session = found.debrief.session
    reader = Reader(
        workshop_id=found.workshop.id,
        workshop=found.workshop.plan.name,
        student=found.member.name,
        attempt=f"Attempt {session.attempt or 1}",
        turns=len(session.turns),
        numbers_hidden=not found.workshop.plan.numbers,
        pending=found.debrief.pending,
    )
    return debrief_page(found.debrief, numbers=True, rubrics=(), reader=reader)


@dataclass(frozen=True)
class ExcerptPage:
    """An excerpt. `first` and `last` are turn indexes, both shown; `most` is the last there is. `left_out` is for no projector."""

    session_id: str
    workshop: str
    contact: str
    lines: tuple[tuple[int, str, str], ...]
    first: int
    last: int
    most: int
    also: str
    told: str
    left_out: tuple[str, ...]


def excerpt_page(session_id: str, found: Excerpt, also: str) -> ExcerptPage:
    """Return an excerpt for the projector."""
    lines = tuple((line.turn, "Learner" if line.learner else found.contact, line.text) for line in found.lines)
    told = f"{count(len(lines), 'turn', 'turns')} of {found.turns}"
    return ExcerptPage(
        session_id=session_id,
        workshop=found.workshop.plan.name,
        contact=found.contact,
        lines=lines,
        first=found.first,
        last=found.last,
        most=found.turns - 1,
        also=also,
        told=told,
        left_out=tuple(dict.fromkeys(name.casefold() for name in found.left_out)),
    )
