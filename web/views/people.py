"""What the pages about people show: signing in, a link's welcome, one's own account, everybody, and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.accounts import Account, AccountRow, Holdings, Invitation, Role, Scalar, TrailEntry
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
    "account.closed": "closed an account",
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
    closable: bool = False


def account_page(account: Account, *, name: str | None = None, problem: str = "", saved: str = "") -> AccountPage:
    """Return the page, with the name as typed where it could not be taken."""
    shown = account.name if name is None else name
    return AccountPage(shown, account.email, ROLES[account.role], problem, saved, closable=account.role != "owner")


@dataclass(frozen=True)
class ClosePage:
    """Asking once more before an account is closed: what goes, what stays. `mine`: by its own instructor, who types the password."""

    name: str
    email: str
    mine: bool
    action: str
    back: str
    gone: tuple[str, ...]
    stays: tuple[str, ...]
    problem: str = ""


def close_page(account: Account, found: Holdings, by: Account, problem: str = "") -> ClosePage:
    """Return the page."""
    mine = account.id == by.id
    workshops = count(found.workshops, "workshop", "workshops")
    learners = f"{count(found.learners, 'learner', 'learners')}, {count(found.submitted, 'submitted attempt', 'submitted attempts')}"
    gone = ["the name, the e-mail address and the password; every browser is signed out"]
    if found.workshops:
        gone.append(f"{workshops} ({learners}): every session held in them, submitted or not, with all marks and comments")
    if found.contacts:
        gone.append(f"{count(found.contacts, 'contact', 'contacts')} of the studio, with drafts, versions and worked examples")
    stays = [f"the audit trail: what was done is told of “a closed account”, without {'your' if mine else 'the'} name"]
    if found.passed_on:
        passed = count(found.passed_on, "contact", "contacts")
        stays.insert(
            0, f"{passed} published for everybody, with the worked examples: passed on to the owner, as other workshops may offer them"
        )
    action, back = ("/account/close", "/account") if mine else (f"/people/{account.id}/close", "/people")
    return ClosePage(account.name, account.email, mine, action, back, tuple(gone), tuple(stays), problem)


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
