"""What an instructor reads: a submitted session with its evidence, an excerpt of it, and the results of all. Every look is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.accounts import Account
from sim.practice import Debrief
from sim.practice.looking_back import debrief_of
from sim.practice.marking import by_detectors_alone, marked
from sim.practice.showing import transcript_of
from sim.scorecard import Scorecard
from sim.workshop.excerpt import Line, excerpt, found_in, names_of
from sim.workshop.office import Office, event, own, own_session, tell
from sim.workshop.results import Results, results_of
from sim.workshops import Member, Workshop


@dataclass(frozen=True)
class Reading:
    """A submitted session as its instructor reads it."""

    workshop: Workshop
    member: Member
    debrief: Debrief


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a submitted session without the learner's names. `turns` is how many the meeting has.

    `left_out`: the names and words that were replaced in it, for whoever prepares it; not for the projector.
    """

    workshop: Workshop
    contact: str
    lines: tuple[Line, ...]
    first: int
    last: int
    turns: int
    left_out: tuple[str, ...] = ()


async def read(office: Office, account: Account, session_id: str) -> Reading:
    """Return a submitted session with its evidence and what was added to it; raises UnknownItem for any other."""
    workshop, member, record = await own_session(office, account, session_id)
    await tell(office, account, event(workshop, "session.read", "session", session_id))
    return Reading(workshop, member, await debrief_of(office.desk, record, wait=0))


async def cut(office: Office, account: Account, session_id: str, first: int, last: int, also: Sequence[str] = ()) -> Excerpt:
    """Return the turns from `first` to `last` for the projector; `also` are further words to leave out."""
    workshop, member, record = await own_session(office, account, session_id)
    await tell(office, account, event(workshop, "session.excerpted", "session", session_id, first=first, last=last))
    script = transcript_of(record)
    most = len(script.turns) - 1
    first, last = min(max(0, first), most), min(max(first, last), most)
    names = names_of(member.name, script, record.persona, also)
    lines = excerpt(script, names, first, last)
    return Excerpt(workshop, record.persona.name, lines, first, last, most + 1, found_in(script, names, first, last))


async def results(office: Office, account: Account, workshop_id: str) -> tuple[Workshop, Results]:
    """Return what was submitted in a workshop of the account's, as figures; by the detectors where a judge is still reading."""
    workshop = await own(office, account, workshop_id)
    await tell(office, account, event(workshop, "results.read"))
    meanwhile = await _meanwhile(office, workshop)
    found = results_of(await office.book.submitted(workshop.id, meanwhile))
    return workshop, replace(found, pending=frozenset(row.attempt.session_id for row in found.rows) & set(meanwhile))


async def _meanwhile(office: Office, workshop: Workshop) -> dict[str, Scorecard]:
    """Return the detectors' marks of what has none for good yet; a reading that was cut off by a stop begins again with it."""
    found = {}
    for session_id in await office.book.unmarked(workshop.id):
        record = await office.desk.store.load(session_id)
        if record is not None and record.scorecard is None:
            found[session_id] = await marked(office.desk, record, 0) or await by_detectors_alone(office.desk, record)
    return found
