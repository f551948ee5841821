"""The live board: who is where, without a word of what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sim.accounts import Account
from sim.store.usage import Sum
from sim.workshop.office import HOUR, Office, event, own, tell
from sim.workshops import Phase, Spent, Standing, Whereabouts, Workshop

ORDER: tuple[Whereabouts, ...] = ("joined", "preparing", "meeting", "note", "debrief")

NOTHING = Sum()

NEAR = 0.8
"""The share of a budget from which on it is nearly used up (our judgement)."""


@dataclass(frozen=True)
class Board:
    """A workshop as it stands: every member, in the order they joined."""

    workshop: Workshop
    phase: Phase
    standings: tuple[Standing, ...]

    @property
    def counts(self) -> Mapping[Whereabouts, int]:
        """How many members are at each step, by the session they opened last."""
        return {where: sum(s.whereabouts == where for s in self.standings) for where in ORDER}

    @property
    def submitted(self) -> int:
        """How many members submitted an attempt."""
        return sum(s.submitted > 0 for s in self.standings)


async def board(office: Office, account: Account, workshop_id: str) -> Board:
    """Return the board of a workshop of the account's: three queries, whatever the number of learners. Told once an hour."""
    workshop = await own(office, account, workshop_id)
    await tell(office, account, event(workshop, "board.watched"), HOUR)
    return Board(workshop, workshop.phase(office.now()), tuple(await office.book.standings(workshop.id)))


@dataclass(frozen=True)
class Share:
    """What a member used of the budget. `near`: most of an even share of it, or more. None as `member`: sessions since deleted."""

    member: str | None
    tokens: int
    cost: float | None
    near: bool


@dataclass(frozen=True)
class Costs:
    """What models used in a workshop: by learner, whoever used most first, and in all. `budget` None: no limit of its own."""

    budget: int | None
    shares: tuple[Share, ...]
    used: Sum = NOTHING
    currency: str = ""

    @property
    def tokens(self) -> int:
        """All tokens, in and out."""
        return sum(s.tokens for s in self.shares)

    @property
    def cost(self) -> float | None:
        """What they cost, as far as the models have a price; None where none has."""
        known = [s.cost for s in self.shares if s.cost is not None]
        return sum(known) if known else None

    @property
    def near(self) -> bool:
        """Whether the budget is nearly used up."""
        return self.budget is not None and self.tokens >= NEAR * self.budget


async def costs(office: Office, account: Account, workshop_id: str) -> Costs:
    """Return what models used in a workshop of the account's, by learner. Told once an hour."""
    found = await board(office, account, workshop_id)
    await tell(office, account, event(found.workshop, "workshop.usage_read"), HOUR)
    names = {s.member.id: s.member.name for s in found.standings}
    shares = shared(found.workshop.plan.token_budget, await office.book.spent(workshop_id), names)
    return replace(shares, used=await office.usage.of_workshop(workshop_id), currency=office.usage.caps.currency)


def shared(budget: int | None, spent: Sequence[Spent], names: Mapping[str, str]) -> Costs:
    """Return what each member used, and who is near an even share of the budget."""
    even = budget / max(1, len(names)) if budget is not None else None
    shares = []
    for one in spent:
        near = one.member_id is not None and even is not None and one.tokens >= NEAR * even
        shares.append(Share(names.get(one.member_id or ""), one.tokens, one.cost, near))
    return Costs(budget, tuple(shares))
