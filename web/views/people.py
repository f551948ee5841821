"""What the pages about people show: signing in, a link's welcome, one's own account, everybody, and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.accounts import Account, AccountRow, Invitation, Role, Scalar, TrailEntry
from sim.people import People, TrailPage, Welcome
from sim.people.passwords import FEWEST_CHARS
from web.views.words import count, iso_day, moment

ROLES: dict[Role, str] = {"owner": "Owner", "instructor": "Instructor"}

ACTIONS = {
    "account.made": "made their account",
    "account.signed_in": "signed in",
    "account.signed_out_everywhere": "signed out everywhere",
    "account.renamed": "changed their name",
    "account.password_changed": "changed their password",
    "account.password_reset": "set a new password by a link",
    "account.password_rehashed": "password stored more strongly",
    "account.reset_link_made": "made a link to a new password",
    "account.disabled": "disabled",
    "account.enabled": "enabled",
    "contact.made": "began a contact",
    "contact.published": "published a contact",
    "contact.retired": "retired a contact",
    "contact.deleted": "deleted a contact",
    "invitation.made": "invited an instructor",
    "invitation.withdrawn": "withdrew an invitation",
}
"""What an entry of the trail says; one that is not here reads as its id with blanks."""


@dataclass(frozen=True)
class SignInPage:
    """The form to sign in. `next` is where it leads, a path of this site."""

    next: str
    email: str = ""
    problem: str = ""


@dataclass(frozen=True)
class WelcomePage:
    """The form behind a link: a new account, or a new password for the one named."""

    reset: bool
    role: str
    email: str
    name: str
    fewest: int = FEWEST_CHARS
    problem: str = ""


def welcome_page(offered: Welcome, *, email: str = "", name: str = "", problem: str = "") -> WelcomePage:
    """Return the form, with what was typed into it before."""
    return WelcomePage(offered.reset, ROLES[offered.role].lower(), offered.email or email, offered.name or name, problem=problem)


@dataclass(frozen=True)
class AccountPage:
    """One's own account. `saved` says what was just done."""

    name: str
    email: str
    role: str
    problem: str = ""
    saved: str = ""
    fewest: int = FEWEST_CHARS


def account_page(account: Account, *, name: str | None = None, problem: str = "", saved: str = "") -> AccountPage:
    """Return the page, with the name as typed where it could not be taken."""
    shown = account.name if name is None else name
    return AccountPage(shown, account.email, ROLES[account.role], problem, saved)


@dataclass(frozen=True)
class PersonRow:
    """One account in the owner's list."""

    id: str
    name: str
    email: str
    role: str
    since: str
    since_iso: str
    browsers: str
    disabled: bool
    me: bool


@dataclass(frozen=True)
class InvitationRow:
    """An invitation that can still be used."""

    id: str
    what: str
    expires: str


@dataclass(frozen=True)
class PeoplePage:
    """Everybody, for the owner; `link` is a link just made, shown this once."""

    rows: tuple[PersonRow, ...]
    invitations: tuple[InvitationRow, ...]
    note: str = ""
    problem: str = ""
    saved: str = ""
    link: str = ""
    link_for: str = ""


def people_page(
    found: People, me: Account, *, note: str = "", problem: str = "", saved: str = "", link: str = "", link_for: str = ""
) -> PeoplePage:
    """Return the owner's list."""
    names = {row.account.id: row.account.name for row in found.accounts}
    rows = tuple(_person(row, me) for row in found.accounts)
    return PeoplePage(rows, tuple(_invitation(i, names) for i in found.invitations), note, problem, saved, link, link_for)


def _person(row: AccountRow, me: Account) -> PersonRow:
    account = row.account
    return PersonRow(
        id=account.id,
        name=account.name,
        email=account.email,
        role=ROLES[account.role],
        since=moment(row.created_at),
        since_iso=iso_day(row.created_at),
        browsers=count(row.browsers, "browser", "browsers") if row.browsers else "not signed in",
        disabled=row.disabled_at is not None,
        me=account.id == me.id,
    )


def _invitation(link: Invitation, names: dict[str, str]) -> InvitationRow:
    what = f"New password for {names.get(link.account_id, 'an account')}" if link.account_id else link.note or "Invitation without a note"
    return InvitationRow(link.token_hash, what, moment(link.expires_at))


@dataclass(frozen=True)
class TrailRow:
    """One entry of the audit trail, in words."""

    at: str
    who: str
    did: str
    about: str
    detail: str


@dataclass(frozen=True)
class AuditPage:
    """A page of the trail. `all` for the owner; `older` is the address of the next page, empty on the last."""

    rows: tuple[TrailRow, ...]
    all: bool
    older: str


def audit_page(found: TrailPage, account: Account) -> AuditPage:
    """Return a page of the trail."""
    older = f"/audit?before={found.before}" if found.before is not None else ""
    return AuditPage(tuple(map(_entry, found.entries)), account.role == "owner", older)


def _entry(entry: TrailEntry) -> TrailRow:
    event = entry.event
    did = ACTIONS.get(event.action, event.action.replace(".", " ").replace("_", " "))
    who = entry.account_name or "Whoever runs the server"
    return TrailRow(moment(entry.at), who, did, f"{event.object_kind} {event.object_id[:12]}", _detail(tuple(event.detail.items())))


def _detail(items: Sequence[tuple[str, Scalar]]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {'none' if value is None else value}" for name, value in items if value != "")
