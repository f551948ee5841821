"""What a learner takes away: a session as the exports write it, by the rules of the workshop it was held in."""

from __future__ import annotations

from sim.export import Record
from sim.practice.desk import Desk, mine
from sim.practice.looking_back import debrief_of
from sim.practice.seen import Caller, Debrief


def record_of(found: Debrief, *, numbers: bool = True, student: str = "", person: str = "", submitted_at: str = "") -> Record:
    """Return a debriefed session for the exports; without `numbers` nothing in it tells a mark."""
    from sim.scoring.unnumbered import unnumbered  # the scorer takes a while to load

    counting = found.counting
    return Record(
        found.transcript,
        counting if numbers else unnumbered(counting),
        found.persona,
        found.rubric,
        student=student,
        attempt=found.session.attempt or 1,
        submitted_at=submitted_at,
        computed=(found.scorecard if numbers else unnumbered(found.scorecard)) if found.review.overrides else None,
        review=found.review,
        person=person,
        assisted=found.session.assisted,
        numbers=numbers,
    )


async def take_away(desk: Desk, session_id: str, caller: Caller) -> Record:
    """Return the caller's session for the exports; raises NotNow before its end. Numbers are left out where the workshop hides them."""
    found = await debrief_of(desk, await mine(desk, session_id, caller))
    return record_of(found, numbers=found.session.numbers)
