"""What the use cases of workshops need to work, and the workshop that belongs to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.accounts import Account, Event, Scalar
from sim.errors import UnknownItem
from sim.people import require_own
from sim.practice import Caller, Desk
from sim.practice.desk import Shelf
from sim.sessions import SessionRecord, digest
from sim.store.audit import Trail
from sim.store.usage import UsageBook
from sim.store.workshops import Workshops
from sim.workshops import Member, Workshop

NO_WORKSHOP = "there is no such workshop here; it may have been deleted, or you joined it in another browser"


@dataclass(frozen=True)
class Office:
    """The ports: what learners practise with, the workshops, the audit trail, what models used, and by an account's id what its
    workshops can offer.

    `keep_days`: the installation's own retention, which holds where it is shorter than a workshop's.
    """

    desk: Desk
    book: Workshops
    trail: Trail
    usage: UsageBook
    shelf_of: Callable[[str], Shelf]
    keep_days: int | None = None

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self.desk.clock.now()


@dataclass(frozen=True)
class Place:
    """A workshop, and who one is in it."""

    workshop: Workshop
    member: Member


def plausible(item_id: str) -> bool:
    """Tell whether a text from an address can be an id of ours, so that the database may be asked for it."""
    return item_id.isascii() and item_id.isalnum() and len(item_id) <= 32


async def known(office: Office, text: str) -> Workshop | None:
    """Return the workshop of that id, None where the text names none; whether one may see it is another question."""
    return await office.book.get(text) if plausible(text) else None


async def own(office: Office, account: Account, workshop_id: str) -> Workshop:
    """Return a workshop of the account's; raises UnknownItem for any other."""
    found = await known(office, workshop_id)
    require_own(account, found.account_id if found else None, "workshop")
    assert found is not None
    return found


async def own_session(office: Office, account: Account, session_id: str) -> tuple[Workshop, Member, SessionRecord]:
    """Return a session that was submitted in a workshop of the account's; raises UnknownItem for any other, practice included."""
    record = await office.desk.store.load(session_id) if plausible(session_id) else None
    held = record is not None and record.member and record.workshop and record.submitted_at is not None
    workshop = await office.book.get(record.workshop) if record and record.workshop and held else None
    member = await office.book.member_by_id(record.member) if record and record.member and workshop else None
    if record is None or workshop is None or member is None or workshop.account_id != account.id:
        raise UnknownItem("there is no such session here; it may have been deleted, taken back, or never been submitted")
    return workshop, member, record


async def place(office: Office, caller: Caller, workshop_id: str) -> Place:
    """Return the caller's place in a workshop; raises UnknownItem for whoever has not joined."""
    workshop = await known(office, workshop_id) if caller.owner else None
    member = await office.book.member(workshop.id, digest(caller.owner)) if workshop and caller.owner else None
    if workshop is None or member is None:
        raise UnknownItem(NO_WORKSHOP)
    return Place(workshop, member)


HOUR = 3600.0


async def tell(office: Office, account: Account, told: Event, once_in: float = 0.0) -> None:
    """Tell the audit trail of a look; `once_in` so many seconds where a page looks again by itself."""
    if once_in:
        await office.trail.add_once(office.now(), account.id, told, once_in)
    else:
        await office.trail.add(office.now(), account.id, told)


def event(workshop: Workshop, action: str, kind: str = "workshop", object_id: str = "", **detail: Scalar) -> Event:
    """Return what the audit trail is told; about the workshop itself where no object is named."""
    return Event(action, kind, object_id or workshop.id, workshop.id, detail)
