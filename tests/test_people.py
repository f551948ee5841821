"""Who may sign in, how they get there and how long it lasts; on either database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from conftest import FakeClock
from sqlalchemy import text

from sim import people
from sim.accounts import Account, Event
from sim.errors import InputError, NotNow, UnknownItem
from sim.people import Registry
from sim.people.passwords import new_password
from sim.people.registry import DAY, HOUR
from sim.store import Store
from sim.store.audit import record

pytestmark = pytest.mark.anyio

PASSWORD = "seven grey herons"


async def owner_of(registry: Registry) -> tuple[Account, str]:
    """Open the first start's link; return the owner and the browser's secret."""
    secret = await people.accept(
        registry, await people.owner_link(registry), password=PASSWORD, email=" Olga@Example.org ", name=" Olga  Owner "
    )
    account = await people.who(registry, secret)
    assert account is not None
    return account, secret


async def instructor_of(registry: Registry, owner: Account, email: str = "ivo@example.org") -> tuple[Account, str]:
    secret = await people.accept(registry, await people.invite(registry, owner, "Ivo"), password=PASSWORD, email=email, name="Ivo")
    account = await people.who(registry, secret)
    assert account is not None
    return account, secret


# -- links ---------------------------------------------------------------------------------------------------------------


async def test_the_first_link_makes_its_opener_the_owner_once(registry: Registry) -> None:
    link = await people.owner_link(registry)
    owner, _ = await owner_of(registry)
    assert (owner.role, owner.email, owner.name) == ("owner", "olga@example.org", "Olga Owner")
    assert await people.owner_link(registry) is None
    with pytest.raises(UnknownItem):
        await people.look_at(registry, link)


async def test_each_start_makes_the_links_before_it_worthless(registry: Registry) -> None:
    first, second = await people.owner_link(registry), await people.owner_link(registry)
    with pytest.raises(UnknownItem):
        await people.accept(registry, first, password=PASSWORD, email="a@example.org", name="A")
    assert (await people.look_at(registry, second)).role == "owner"


async def test_a_link_opened_by_two_at_once_lets_one_in(registry: Registry) -> None:
    link = await people.owner_link(registry)
    tries = (people.accept(registry, link, password=PASSWORD, email=f"{n}@example.org", name="A") for n in range(4))
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(f).__name__ for f in found) == ["UnknownItem", "UnknownItem", "UnknownItem", "str"]


async def test_looking_at_a_link_uses_nothing_up_and_a_mistake_neither(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    link = await people.invite(registry, owner, "for  Ann\nin spring")
    assert (await people.people(registry)).invitations[0].note == "for Ann in spring"
    for email, password in (("no address", PASSWORD), ("ann@example.org", "short"), ("olga@example.org", PASSWORD)):
        assert (await people.look_at(registry, link)).role == "instructor"
        with pytest.raises(InputError):
            await people.accept(registry, link, password=password, email=email, name="Ann")
    assert await people.accept(registry, link, password=PASSWORD, email="ann@example.org", name="Ann")
    with pytest.raises(UnknownItem):
        await people.accept(registry, link, password=PASSWORD, email="bob@example.org", name="Bob")


@pytest.mark.parametrize("days", [1, 8])
async def test_links_expire(registry: Registry, clock: FakeClock, days: int) -> None:
    owner, _ = await owner_of(registry)
    link = await people.invite(registry, owner) if days == 8 else await people.reset_link(registry, owner, owner.id)
    clock.time += days * DAY + 1
    with pytest.raises(UnknownItem):
        await people.look_at(registry, link)
    assert (await people.people(registry)).invitations == ()


async def test_a_withdrawn_invitation_is_worthless(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    link = await people.invite(registry, owner)
    (open_one,) = (await people.people(registry)).invitations
    await people.withdraw(registry, owner, open_one.token_hash)
    with pytest.raises(UnknownItem):
        await people.look_at(registry, link)
    with pytest.raises(UnknownItem):
        await people.withdraw(registry, owner, open_one.token_hash)


@pytest.mark.parametrize("email", ["", "ann", "ann@", "@example.org", "a b@example.org", "a@b@c", "a" * 250 + "@x.org", "a@x.org\nb@y.org"])
async def test_what_is_no_address_is_refused(registry: Registry, email: str) -> None:
    link = await people.owner_link(registry)
    with pytest.raises(InputError):
        await people.accept(registry, link, password=PASSWORD, email=email, name="Ann")


# -- signing in ----------------------------------------------------------------------------------------------------------


async def test_signing_in_takes_the_right_password_in_any_spelling_of_the_address(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    assert await people.who(registry, await people.sign_in(registry, "OLGA@example.org ", PASSWORD)) == owner
    for email, password in (
        ("olga@example.org", "seven grey heron"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("x" * 999, PASSWORD),
        ("\0", "\0"),
    ):
        assert await people.sign_in(registry, email, password) is None


async def test_an_unknown_address_costs_as_much_work_as_a_wrong_password(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timing itself would make a shaky test; the work that takes the time is counted."""
    await owner_of(registry)
    hasher, checked = registry.passwords._hasher, []
    monkeypatch.setattr(type(hasher), "verify_and_update", lambda self, given, stored: checked.append(stored) or (False, None))
    await people.sign_in(registry, "olga@example.org", "wrong")
    await people.sign_in(registry, "nobody@example.org", "wrong")
    known, unknown = checked
    assert known != unknown
    assert known.split("$")[:4] == unknown.split("$")[:4], "the same Argon2 parameters"


async def test_a_password_stored_with_weaker_parameters_is_stored_anew(registry: Registry) -> None:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    await owner_of(registry)
    stronger = people.Passwords(PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),)))
    assert await people.sign_in(replace(registry, passwords=stronger), "olga@example.org", PASSWORD)
    stronger.close()
    row = await registry.accounts.by_email("olga@example.org")
    assert row is not None
    assert "m=16,t=2" in row.password_hash


async def test_a_browser_is_signed_out_when_idle_and_at_last_in_any_case(registry: Registry, clock: FakeClock) -> None:
    _, secret = await owner_of(registry)
    start = clock.time
    for _ in range(20):
        clock.time += 11 * HOUR
        if clock.time - start < 14 * DAY:
            assert await people.who(registry, secret)
    clock.time = start + 14 * DAY
    assert await people.who(registry, secret) is None
    other = await people.sign_in(registry, "olga@example.org", PASSWORD)
    clock.time += 12 * HOUR
    assert await people.who(registry, other) is None


async def test_signing_in_gives_the_browser_a_new_secret_and_takes_the_old_one_away(registry: Registry) -> None:
    _, before = await owner_of(registry)
    after = await people.sign_in(registry, "olga@example.org", PASSWORD, replaced=before)
    assert after not in (None, before)
    assert await people.who(registry, before) is None
    assert await people.who(registry, after)


async def test_over_sign_ins_are_forgotten(registry: Registry, store: Store, clock: FakeClock) -> None:
    await owner_of(registry)
    clock.time += 13 * HOUR
    await people.sign_in(registry, "olga@example.org", PASSWORD)
    assert await store.read(lambda c: c.execute(text("SELECT count(*) FROM sign_ins")).scalar()) == 1


async def test_signing_out_here_leaves_the_other_browser_and_everywhere_leaves_none(registry: Registry) -> None:
    owner, first = await owner_of(registry)
    second, third = [await people.sign_in(registry, "olga@example.org", PASSWORD) for _ in range(2)]
    await people.sign_out(registry, first)
    assert [bool(await people.who(registry, s)) for s in (first, second, third)] == [False, True, True]
    await people.sign_out_everywhere(registry, owner, owner.id)
    assert not any([await people.who(registry, s) for s in (first, second, third)])


async def test_a_new_password_signs_every_other_browser_out(registry: Registry) -> None:
    owner, first = await owner_of(registry)
    second = await people.sign_in(registry, "olga@example.org", PASSWORD)
    with pytest.raises(InputError, match="not right"):
        await people.change_password(registry, owner, "wrong", "nine green frogs")
    mine = await people.change_password(registry, owner, PASSWORD, "nine green frogs")
    assert [bool(await people.who(registry, s)) for s in (first, second, mine)] == [False, False, True]
    assert await people.sign_in(registry, "olga@example.org", PASSWORD) is None
    assert await people.sign_in(registry, "olga@example.org", "nine green frogs")


# -- what the owner does -------------------------------------------------------------------------------------------------


async def test_a_disabled_account_is_out_at_once_and_in_again_when_enabled(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    ivo, secret = await instructor_of(registry, owner)
    link = await people.reset_link(registry, owner, ivo.id)
    await people.disable(registry, owner, ivo.id)
    assert await people.who(registry, secret) is None
    assert await people.sign_in(registry, ivo.email, PASSWORD) is None
    with pytest.raises(UnknownItem):
        await people.accept(registry, link, password="nine green frogs")
    with pytest.raises(NotNow):
        await people.reset_link(registry, owner, ivo.id)
    await people.enable(registry, owner, ivo.id)
    assert await people.sign_in(registry, ivo.email, PASSWORD)


async def test_there_is_an_owner_at_all_times(registry: Registry) -> None:
    owner, secret = await owner_of(registry)
    with pytest.raises(NotNow):
        await people.disable(registry, owner, owner.id)
    assert await people.who(registry, secret)


async def test_a_reset_link_sets_the_password_and_signs_every_other_browser_out(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    ivo, before = await instructor_of(registry, owner)
    earlier, link = [await people.reset_link(registry, owner, ivo.id) for _ in range(2)]
    assert (await people.look_at(registry, link)).email == ivo.email
    with pytest.raises(UnknownItem):
        await people.accept(registry, earlier, password="nine green frogs")
    after = await people.accept(registry, link, password="nine green frogs")
    assert await people.who(registry, after) == ivo
    assert await people.who(registry, before) is None
    with pytest.raises(UnknownItem):
        await people.accept(registry, link, password="ten brown toads")


async def test_whoever_runs_the_server_can_let_the_owner_in_again(registry: Registry) -> None:
    with pytest.raises(NotNow):
        await people.owner_reset_link(registry)
    owner, _ = await owner_of(registry)
    secret = await people.accept(registry, await people.owner_reset_link(registry), password="nine green frogs")
    assert await people.who(registry, secret) == owner


async def test_nobody_is_found_by_an_id_that_is_none(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    for change in (people.disable, people.enable, people.reset_link, people.sign_out_everywhere):
        with pytest.raises(UnknownItem):
            await change(registry, owner, "nobody")  # type: ignore[operator]
        with pytest.raises(UnknownItem):
            await change(registry, owner, "no\0body")  # type: ignore[operator]


# -- passwords -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "at least 10"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaa", "different characters"),
        ("ann.lee@example.org", "first that anybody would try"),
        ("AnnLee123456", "first that anybody would try"),
        ("Ann Lee 2026", "first that anybody would try"),
        ("Twenty Minutes!", "first that anybody would try"),
        ("Password12345", "first that anybody would try"),
        ("1234567890", "first that anybody would try"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        new_password(password, "ann.lee@example.org", "Ann Lee")
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", ["seven grey herons", "x7!kQ2#pLm", "日本語のとても長い合言葉です", "annlee likes tea"])
def test_length_is_enough(password: str) -> None:
    assert new_password(password, "ann.lee@example.org", "Ann Lee")


async def test_every_keyboard_types_the_same_password(registry: Registry) -> None:
    secret = await people.accept(
        registry, await people.owner_link(registry), password="cafe\u0301 au lait", email="a@example.org", name="A"
    )
    assert secret
    assert await people.sign_in(registry, "a@example.org", "caf\u00e9 au lait")


# -- the trail -----------------------------------------------------------------------------------------------------------


async def test_the_owner_reads_the_whole_trail_and_an_instructor_their_part(registry: Registry, store: Store) -> None:
    owner, _ = await owner_of(registry)
    ivo, _ = await instructor_of(registry, owner)
    una, _ = await instructor_of(registry, owner, "una@example.org")
    workshop = (
        "INSERT INTO workshops (id, account_id, name, code, personas, rubric_id, difficulty, hints, numbers, created_at) "
        "VALUES ('w1', :account, 'W', 'c1', '[]', 'classic', 'gentle', :yes, :yes, 1)"
    )
    await store.write(lambda c: c.execute(text(workshop), {"account": ivo.id, "yes": True}).rowcount)
    await people.audit(registry, una, "mark.overridden", "session", "s1", workshop="w1", criterion="listening", mark=4, reason=None)
    await people.audit(registry, una, "persona.published", "persona", "p1", version=2)
    assert [e.event.action for e in (await people.trail(registry, ivo)).entries][:1] == ["mark.overridden"]
    assert {e.account_name for e in (await people.trail(registry, ivo)).entries} == {"Ivo"}
    whole = (await people.trail(registry, owner)).entries
    assert [e.event.action for e in whole][:2] == ["persona.published", "mark.overridden"]
    assert dict(whole[1].event.detail) == {"criterion": "listening", "mark": 4, "reason": None}
    theirs = (await people.trail(registry, una)).entries
    assert {e.account_id for e in theirs} == {una.id}


async def test_the_trail_is_read_page_by_page(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    for number in range(230):
        await people.audit(registry, owner, "session.read", "session", f"s{number}")
    seen, before = [], None
    for _ in range(3):
        found = await people.trail(registry, owner, before)
        seen += [e.event.object_id for e in found.entries]
        before = found.before
    assert before is None
    assert seen[:230] == [f"s{n}" for n in reversed(range(230))]
    assert len(seen) == 231, "and the account's own beginning"


async def test_an_entry_falls_with_its_change(registry: Registry, store: Store) -> None:
    owner, _ = await owner_of(registry)
    before = len((await people.trail(registry, owner)).entries)

    def work(connection: object) -> None:
        record(connection, 1.0, owner.id, Event("mark.overridden", "session", "s1"))  # type: ignore[arg-type]
        raise ValueError("the change failed")

    with pytest.raises(ValueError, match="failed"):
        await store.write(work)
    assert len((await people.trail(registry, owner)).entries) == before


async def test_what_belongs_to_somebody_else_is_not_there_for_the_owner_either(registry: Registry) -> None:
    owner, _ = await owner_of(registry)
    people.require_own(owner, owner.id, "workshop")
    for owned_by in ("somebody", None):
        with pytest.raises(UnknownItem):
            people.require_own(owner, owned_by, "workshop")


async def test_secrets_are_stored_as_hashes(registry: Registry, store: Store) -> None:
    owner, secret = await owner_of(registry)
    link = await people.invite(registry, owner)
    rows = []
    for table in ("accounts", "sign_ins", "invitations", "audit"):
        rows += await store.read(lambda c, t=table: [str(tuple(r)) for r in c.execute(text(f"SELECT * FROM {t}"))])
    for private in (secret, link, PASSWORD):
        assert private not in "".join(rows)
