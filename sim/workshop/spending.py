"""What models used, for whoever answers for it: by day, workshop and session; a submitted session by reply. No learner's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.accounts import Account
from sim.model.endpoint import Caps
from sim.sessions import SessionRecord
from sim.store.usage import DaySum, Part, SessionSum, Sum, WorkshopSum
from sim.transcript import TraceEntry
from sim.workshop.office import Office, event, own_session, tell
from sim.workshops import Member, Workshop


@dataclass(frozen=True)
class Spending:
    """What models used, and how much they may. The sums are everybody's for the owner, an instructor's own workshops' for them.

    `today` is everybody's in any case, since the day's limit is. `unpriced` names the models whose calls have no cost.
    """

    total: Sum
    today: Sum
    caps: Caps
    days: tuple[DaySum, ...]
    workshops: tuple[WorkshopSum, ...]
    sessions: tuple[SessionSum, ...]
    unpriced: tuple[str, ...]


async def spending(office: Office, account: Account) -> Spending:
    """Return what models used, as far as it is the account's to see."""
    book, whose = office.usage, None if account.role == "owner" else account.id
    return Spending(
        total=await book.of_account(whose),
        today=await book.of_today(),
        caps=book.caps,
        days=tuple(await book.by_day(whose)),
        workshops=tuple(await book.by_workshop(whose)),
        sessions=tuple(await book.by_session(whose)),
        unpriced=tuple(await book.unpriced(whose)),
    )


@dataclass(frozen=True)
class SessionSpending:
    """What a submitted session used. `traces` says of each of the contact's turns who found its words."""

    workshop: Workshop
    member: Member
    session: SessionRecord
    parts: tuple[Part, ...]
    caps: Caps

    @property
    def total(self) -> Sum:
        """All of it together."""
        return sum((part.sum for part in self.parts), Sum())

    @property
    def traces(self) -> Mapping[int, TraceEntry]:
        """The contact's turns by their index."""
        return {turn.index: turn.trace for turn in self.session.turns if turn.trace is not None}


async def session_spending(office: Office, account: Account, session_id: str) -> SessionSpending:
    """Return what a session used that was submitted in a workshop of the account's; raises UnknownItem for any other."""
    workshop, member, record = await own_session(office, account, session_id)
    await tell(office, account, event(workshop, "session.usage_read", "session", session_id))
    return SessionSpending(workshop, member, record, tuple(await office.usage.by_part(record.id)), office.usage.caps)
