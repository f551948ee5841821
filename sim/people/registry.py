"""What the use cases of this folder need to work, as `practice.Desk` is for learners."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.accounts import Account, Event, Scalar
from sim.errors import UnknownItem
from sim.people.passwords import Passwords
from sim.ports import WallClock
from sim.store.accounts import Accounts
from sim.store.audit import Trail

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True)
class Registry:
    """The ports, and how long things last in seconds.

    A browser stays signed in for `idle_seconds` after it was last seen, and never longer than `longest_seconds`.
    """

    accounts: Accounts
    trail: Trail
    clock: WallClock
    passwords: Passwords = field(default_factory=Passwords)
    idle_seconds: float = 12 * HOUR
    longest_seconds: float = 14 * DAY
    invitation_seconds: float = 7 * DAY
    owner_link_seconds: float = 1 * DAY
    reset_seconds: float = 1 * DAY

    def idle_since(self) -> float:
        """Return the time before which a browser must have been seen to be signed in no more."""
        return self.clock.now() - self.idle_seconds

    def close(self) -> None:
        """End the threads."""
        self.passwords.close()


def known_id(text: str, what: str) -> str:
    """Return an id that can be looked up; raises UnknownItem for what none of ours looks like."""
    if not (text.isascii() and text.isalnum() and len(text) <= 64):
        raise UnknownItem(f"there is no such {what} here")
    return text


async def audit(
    registry: Registry,
    account: Account,
    action: str,
    object_kind: str,
    object_id: str,
    *,
    workshop: str | None = None,
    **detail: Scalar,
) -> None:
    """Tell the audit trail that an account looked at or changed something.

    `action` is `noun.verb` in the past: `session.read`, `mark.overridden`, `gradebook.exported`. `workshop` is the workshop's id, where
    the object belongs to one: its instructor then reads the entry too. `detail` holds settings and marks, never anybody's words.
    Where a change and its entry must stand or fall together, call `sim.store.audit.record` within the change's transaction.
    """
    await registry.trail.add(registry.clock.now(), account.id, Event(action, object_kind, object_id, workshop, detail))


def require_own(account: Account, owner_id: str | None, what: str) -> None:
    """Raise UnknownItem unless the object (`what`: "workshop") belongs to the account.

    The same holds for the owner of the installation: managing accounts is no reason to read what the learners of another
    instructor wrote. Whoever runs the server can read the database, and answers for it elsewhere.
    """
    if owner_id is None or owner_id != account.id:
        raise UnknownItem(f"there is no such {what} here; it may have been deleted, or belong to somebody else")
