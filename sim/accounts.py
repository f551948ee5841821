"""People who sign in, the links that let them in, and the audit trail. Plain data; learners have no account and are not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["owner", "instructor"]
"""The owner manages accounts and reads the whole audit trail; both have contacts and workshops of their own, and see only theirs."""

Scalar = str | int | float | bool | None
"""What a detail of the audit trail may be: settings and marks."""


@dataclass(frozen=True)
class Account:
    """Somebody who is signed in."""

    id: str
    role: Role
    email: str
    name: str


@dataclass(frozen=True)
class AccountRow:
    """An account as stored. Times are seconds since the epoch; `browsers` are signed in, the last of them seen at `seen_at`."""

    account: Account
    password_hash: str
    created_at: float
    disabled_at: float | None = None
    browsers: int = 0
    seen_at: float | None = None


@dataclass(frozen=True)
class Holdings:
    """What closing an account does: how many workshops go, with how many learners and submitted attempts in them, how many contacts go, and
    how many, published for everybody, pass to the owner.
    """

    workshops: int
    learners: int
    submitted: int
    contacts: int
    passed_on: int


@dataclass(frozen=True)
class SignIn:
    """A browser that is signed in. Of its secret only the hash is known."""

    token_hash: str
    account_id: str
    created_at: float
    seen_at: float
    expires_at: float


@dataclass(frozen=True)
class Invitation:
    """A link that lets somebody in once. `account_id` names the account whose password it sets anew; None: it makes one.

    `invited_by` is None for a link made by whoever runs the server.
    """

    token_hash: str
    role: Role
    created_at: float
    expires_at: float
    note: str = ""
    invited_by: str | None = None
    account_id: str | None = None
    used_at: float | None = None


@dataclass(frozen=True)
class Event:
    """Something an account looked at or changed.

    `action` is `noun.verb` in the past (`workshop.created`, `session.read`); `detail` holds settings and marks, never words that a
    learner or a contact said.
    """

    action: str
    object_kind: str
    object_id: str
    workshop_id: str | None = None
    detail: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class TrailEntry:
    """An event as the trail tells it: when (seconds since the epoch) and by whom, None where whoever runs the server did it."""

    id: int
    at: float
    account_id: str | None
    account_name: str | None
    event: Event
