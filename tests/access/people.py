"""Getting in, one's own account, and what only the owner does."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from access import EVERYBODY, INSTRUCTOR, OWNER, PASSWORD, RIVAL, STAFF, STRANGER, WORKSHOP, Row, World
from sim import people
from sim.people import Account, Registry
from sim.sessions import digest

OLGA = "olga@example.org"


def furnish(world: World) -> None:
    """Let an owner and two instructors in, each with a class of their own."""
    world.cookies[STRANGER] = ""
    world.run(lambda: _let_in(world, world.app.state.registry))
    for workshop, role in (("w1", INSTRUCTOR), ("w2", RIVAL)):
        world.sql(WORKSHOP, id=workshop, account=world.accounts[role], code=f"code-{workshop}", yes=True)
    world.ids |= {"workshop_id": "w1", "account_id": world.accounts[RIVAL]}


async def _let_in(world: World, registry: Registry) -> None:
    owner: Account | None = None
    for role, email in ((OWNER, OLGA), (INSTRUCTOR, "ivo@example.org"), (RIVAL, "una@example.org")):
        link = await people.invite(registry, owner) if owner else await people.owner_link(registry)
        secret = await people.accept(registry, link, password=PASSWORD, email=email, name=role.title())
        account = await people.who(registry, secret)
        assert account is not None
        owner = owner or account
        world.cookies[role], world.accounts[role] = f"sim_account={secret}", account.id


def an_invitation(world: World) -> Mapping[str, str]:
    """A link that nobody used yet. `email` is not taken."""

    async def make() -> str:
        registry: Registry = world.app.state.registry
        owner = await registry.accounts.owner()
        assert owner is not None
        return await people.invite(registry, owner.account)

    token = world.run(make)
    return {"token": token, "invitation_id": digest(token), "email": f"{token[:8].lower()}@example.org"}


def disabled(world: World) -> Mapping[str, str]:
    """An account that is disabled."""
    world.sql("UPDATE accounts SET disabled_at = 1 WHERE id = :id", id=world.accounts[RIVAL])
    return {}


def enabled(world: World) -> Mapping[str, str]:
    """One that is not, and was signed in."""
    world.sql("UPDATE accounts SET disabled_at = NULL WHERE id = :id", id=world.accounts[RIVAL])
    return {}


def somebody_to_close(world: World) -> Mapping[str, str]:
    """One more instructor, with a workshop, who may be closed in any try."""
    email = f"{secrets.token_hex(4)}@example.org"

    async def make() -> Account | None:
        registry: Registry = world.app.state.registry
        owner = await registry.accounts.owner()
        assert owner is not None
        link = await people.invite(registry, owner.account)
        return await people.who(registry, await people.accept(registry, link, password=PASSWORD, email=email, name="Una"))

    account = world.run(make)
    world.sql(WORKSHOP, id=secrets.token_hex(8), account=account.id, code=secrets.token_hex(8), yes=True)
    return {"account_id": account.id}


NEW = {"email": "{email}", "name": "New", "password": PASSWORD}
OPENED = "sim_welcome={token}"

ROWS = {
    ("GET", "/sign-in"): Row(EVERYBODY),
    ("POST", "/sign-in"): Row(EVERYBODY, form={"email": OLGA, "password": PASSWORD}),
    ("POST", "/sign-out"): Row(EVERYBODY, form={}),
    ("GET", "/welcome/{token}"): Row(EVERYBODY, an_invitation),
    ("GET", "/welcome"): Row(EVERYBODY, an_invitation, cookie=OPENED),
    ("POST", "/welcome"): Row(EVERYBODY, an_invitation, form=NEW, cookie=OPENED),
    ("GET", "/account"): Row(STAFF, leads_to_sign_in=True),
    ("POST", "/account/name"): Row(STAFF, form={"name": "New"}),
    ("POST", "/account/password"): Row(STAFF, form={"current": PASSWORD, "password": "nine green frogs"}),
    ("POST", "/account/sign-out-everywhere"): Row(STAFF, form={}),
    ("GET", "/account/close"): Row({INSTRUCTOR, RIVAL}, leads_to_sign_in=True),
    ("POST", "/account/close"): Row({INSTRUCTOR, RIVAL}, form={"current": PASSWORD}),
    ("GET", "/audit"): Row(STAFF, leads_to_sign_in=True),
    ("GET", "/people"): Row({OWNER}, leads_to_sign_in=True),
    ("POST", "/people/invitations"): Row({OWNER}, form={"note": "Ann"}),
    ("POST", "/people/invitations/{invitation_id}/withdraw"): Row({OWNER}, an_invitation, form={}),
    ("POST", "/people/{account_id}/password"): Row({OWNER}, enabled, form={}),
    ("POST", "/people/{account_id}/sign-out"): Row({OWNER}, form={}),
    ("POST", "/people/{account_id}/disable"): Row({OWNER}, enabled, form={}),
    ("POST", "/people/{account_id}/enable"): Row({OWNER}, form={}),
    ("GET", "/people/{account_id}/close"): Row({OWNER}, leads_to_sign_in=True),
    ("POST", "/people/{account_id}/close"): Row({OWNER}, somebody_to_close, form={}),
}
