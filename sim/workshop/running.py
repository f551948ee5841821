"""What an instructor does with a workshop: create, edit, close, reopen, renew the code, delete."""

from __future__ import annotations

import secrets

from sim.accounts import Account
from sim.errors import NotNow
from sim.workshop.codes import new_code
from sim.workshop.office import Office, event, own
from sim.workshop.planning import changed, checked, refuse_broken_word
from sim.workshops import Plan, Tally, Workshop


async def workshops(office: Office, account: Account) -> list[Tally]:
    """Return the account's workshops, newest first."""
    return await office.book.owned(account.id)


async def create(office: Office, account: Account, plan: Plan) -> Workshop:
    """Make a workshop with a code to join it; raises InputError for settings that will not do."""
    plan = checked(plan, office.shelf_of(account.id))
    while True:
        made = Workshop(secrets.token_hex(10), account.id, new_code(), plan, office.now())
        if await office.book.add(made, event(made, "workshop.created", name=plan.name)):
            return made


async def edit(office: Office, account: Account, workshop_id: str, plan: Plan) -> Workshop:
    """Change what may still change; raises InputError, also where it would break what those who joined were told."""
    workshop = await own(office, account, workshop_id)
    new = checked(plan, office.shelf_of(account.id))
    if await office.book.members(workshop.id):
        refuse_broken_word(workshop.plan, new)
    what = changed(workshop.plan, new)
    if what:
        told = event(workshop, "workshop.changed", settings=", ".join(what))
        await office.book.replan(workshop.id, new, account.id, office.now(), told)
    return await own(office, account, workshop.id)


async def close(office: Office, account: Account, workshop_id: str) -> None:
    """Close a workshop: nobody joins, opens or submits any more. Meetings under way go on. Safe to repeat."""
    workshop = await own(office, account, workshop_id)
    if workshop.closed_at is None:
        now = office.now()
        await office.book.change(workshop.id, account.id, now, event(workshop, "workshop.closed"), closed_at=now)


async def reopen(office: Office, account: Account, workshop_id: str) -> None:
    """Open a workshop that was closed by hand; raises NotNow where its closing time has passed."""
    workshop = await own(office, account, workshop_id)
    closes_at = workshop.plan.closes_at
    if closes_at is not None and closes_at <= office.now():
        raise NotNow("its closing time has passed; edit the workshop and set a later one, or none")
    if workshop.closed_at is not None:
        await office.book.change(workshop.id, account.id, office.now(), event(workshop, "workshop.reopened"), closed_at=None)


async def renew_code(office: Office, account: Account, workshop_id: str) -> None:
    """Give a workshop another code; the old one works no more. Those who joined stay."""
    workshop = await own(office, account, workshop_id)
    code = new_code()
    while await office.book.by_code(code):
        code = new_code()
    await office.book.change(workshop.id, account.id, office.now(), event(workshop, "workshop.code_renewed"), code=code)


async def delete(office: Office, account: Account, workshop_id: str) -> None:
    """Delete a workshop and every word that its learners said or wrote in it, for good."""
    workshop = await own(office, account, workshop_id)
    await land(office, await office.book.session_ids(workshop.id))
    await office.book.delete(workshop.id, account.id, office.now(), event(workshop, "workshop.deleted", name=workshop.plan.name))


async def break_off(office: Office, account_id: str) -> None:
    """Break off the replies on their way in all workshops of an account, which is about to be closed."""
    for tally in await office.book.owned(account_id):
        await land(office, await office.book.session_ids(tally.workshop.id))


async def land(office: Office, session_ids: list[str]) -> None:
    """Break off the replies on their way in these sessions, which are about to be deleted."""
    for session_id in session_ids:
        flight = office.desk.flights.of(session_id)
        if flight:
            await flight.land(0)
