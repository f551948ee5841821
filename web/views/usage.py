"""What models used, in words: tokens in, cached and out, cost, and how far each limit is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.accounts import Account
from sim.model import Caps, amount
from sim.store.usage import Part, SessionSum, Sum, WorkshopSum
from sim.transcript import TraceEntry
from sim.workshop import SessionSpending, Spending
from web.views.words import count, day, iso_day, moment, spoken_by

PURPOSES = {"contact": "A line of the contact’s", "judge": "The second opinion", "draft": "Other ways to say a line"}
"""What a call that belongs to no turn was for; one from a newer version reads as its id."""

MOST = "limit reached: scripted from here on"
"""What stands beside a limit that is used up."""


@dataclass(frozen=True)
class Figures:
    """One sum. `remarks` say what is to be known about its cost and its tokens."""

    calls: str
    tokens_in: str
    cached: str
    tokens_out: str
    cost: str
    remarks: tuple[str, ...]


def figures(found: Sum, currency: str) -> Figures:
    """Return a sum in words; a cost that is not known says so, and one that is known in part too."""
    if found.cost is None:
        cost, missing = "not known" if found.calls else "–", ""
    else:
        cost = f"{amount(found.cost)} {currency}".strip()
        missing = f"without {count(found.unpriced, 'call', 'calls')} that had no price" if found.unpriced else ""
    guessed = "tokens estimated" if found.estimated == found.calls else f"tokens of {count(found.estimated, 'call', 'calls')} estimated"
    remarks = tuple(filter(None, (missing, guessed if found.estimated else "")))
    tokens = (f"{found.tokens_in:,}", f"{found.tokens_cached:,}", f"{found.tokens_out:,}")
    return Figures(f"{found.calls:,}", *tokens, cost=cost, remarks=remarks)


def used_of(found: Sum, tokens: int | None, cost: float | None, currency: str) -> tuple[str, ...]:
    """Say how far limits in tokens and in money are used; nothing where there are none."""
    parts = []
    if tokens:
        parts.append(f"{_percent(found.tokens, tokens)} of {tokens:,} tokens")
    if cost:
        parts.append(f"{_percent(found.cost or 0.0, cost)} of {amount(cost)} {currency}".strip())
    over = (tokens and found.tokens >= tokens) or (cost and (found.cost or 0.0) >= cost)
    return (*parts, *([MOST] if over else []))


def _percent(used: float, limit: float) -> str:
    return f"{int(100 * used / limit)}%"


@dataclass(frozen=True)
class UsageRow:
    """One line of a table: what it is about, where that leads (empty: nowhere), its figures, and how far its limits are used."""

    title: str
    sub: str
    link: str
    iso: str
    figures: Figures
    used: tuple[str, ...] = ()


@dataclass(frozen=True)
class UsagePage:
    """What models used. `all` for the owner; `limits` say what holds, and how far the day's is used."""

    all: bool
    total: Figures
    none: bool
    limits: tuple[str, ...]
    unpriced: str
    days: tuple[UsageRow, ...]
    workshops: tuple[UsageRow, ...]
    sessions: tuple[UsageRow, ...]


def usage_page(found: Spending, account: Account) -> UsagePage:
    """Return the page; names of workshops are linked where they are the account's own."""
    caps = found.caps
    return UsagePage(
        all=account.role == "owner",
        total=figures(found.total, caps.currency),
        none=not found.total.calls,
        limits=_limits(caps, found.today),
        unpriced=" and ".join(found.unpriced),
        days=tuple(UsageRow(day(d.begins), "", "", iso_day(d.begins), figures(d.sum, caps.currency)) for d in found.days),
        workshops=tuple(_workshop(w, account, caps) for w in found.workshops),
        sessions=tuple(_session(s, account, caps) for s in found.sessions),
    )


def _limits(caps: Caps, today: Sum) -> tuple[str, ...]:
    told = used_of(today, caps.day, caps.day_cost, caps.currency)
    spent = figures(today, caps.currency)
    used = f"Today (UTC), everybody together: {today.tokens:,} tokens, cost {spent.cost}"
    return (
        f"{used}; {'; '.join(told) if told else 'no limit'}.",
        f"A session: {_most(caps.session, caps.session_cost, caps.currency)}.",
        f"A workshop: {_most(caps.workshop, caps.workshop_cost, caps.currency)}. A token budget of its own comes first.",
    )


def _most(tokens: int | None, cost: float | None, currency: str) -> str:
    parts = [f"{tokens:,} tokens"] if tokens else []
    parts += [f"{amount(cost)} {currency}".strip()] if cost else []
    return f"at most {' and '.join(parts)}" if parts else "no limit"


def _workshop(found: WorkshopSum, account: Account, caps: Caps) -> UsageRow:
    shown = figures(found.sum, caps.currency)
    if found.workshop_id is None:
        return UsageRow("Outside workshops", "practice without one, and drafts", "", "", shown)
    if found.name is None:
        return UsageRow("A workshop since deleted", "", "", "", shown)
    mine = found.account_id == account.id
    whose, link = ("", f"/workshops/{found.workshop_id}") if mine else (found.account_name or "", "")
    used = used_of(found.sum, found.token_budget or caps.workshop, caps.workshop_cost, caps.currency)
    return UsageRow(found.name, whose, link, "", shown, used)


def _session(found: SessionSum, account: Account, caps: Caps) -> UsageRow:
    readable = found.submitted and found.account_id == account.id
    return UsageRow(
        title=moment(found.opened_at),
        sub=f"{found.session_id[:8]}, {found.workshop or 'outside workshops'}",
        link=f"/submitted/{found.session_id}/usage" if readable else "",
        iso=iso_day(found.opened_at),
        figures=figures(found.sum, caps.currency),
        used=used_of(found.sum, caps.session, caps.session_cost, caps.currency),
    )


# -- one session ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionUsagePage:
    """One submitted session: what each reply took, then what no reply did."""

    id: str
    workshop_id: str
    workshop: str
    student: str
    attempt: str
    total: Figures
    used: tuple[str, ...]
    rows: tuple[UsageRow, ...]


def session_usage_page(found: SessionSpending) -> SessionUsagePage:
    """Return the page."""
    caps, session = found.caps, found.session
    return SessionUsagePage(
        id=session.id,
        workshop_id=found.workshop.id,
        workshop=found.workshop.plan.name,
        student=found.member.name,
        attempt=f"Attempt {session.attempt or 1}",
        total=figures(found.total, caps.currency),
        used=used_of(found.total, caps.session, caps.session_cost, caps.currency),
        rows=reply_rows(found.parts, found.traces, session.id, caps.currency),
    )


def reply_rows(parts: tuple[Part, ...], traces: Mapping[int, TraceEntry], session_id: str, currency: str) -> tuple[UsageRow, ...]:
    """Return a row for each turn of the contact's, those without a call included, and one for each other use."""
    asked = {part.turn for part in parts}
    none = figures(Sum(), currency)
    replies = [(turn, _reply(turn, trace, session_id, none, "")) for turn, trace in traces.items() if turn not in asked]
    others = []
    for part in parts:
        shown = figures(part.sum, currency)
        if part.turn is None:
            others.append(UsageRow(PURPOSES.get(part.purpose, part.purpose), part.model, "", "", shown))
        else:
            replies.append((part.turn, _reply(part.turn, traces.get(part.turn), session_id, shown, part.model)))
    return (*(row for _, row in sorted(replies, key=lambda found: found[0])), *others)


def _reply(turn: int, trace: TraceEntry | None, session_id: str, shown: Figures, model: str) -> UsageRow:
    who = (spoken_by(trace.engine, trace.handled) or "scripted") if trace else ""
    return UsageRow(f"Turn {turn}", ", ".join(filter(None, (model, who))), f"/submitted/{session_id}#turn-{turn}", "", shown)
