"""Workshops as their instructors see them: the list, one workshop, the board, the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model import amount
from sim.workshop import Board, Costs, Results
from sim.workshop.codes import spaced
from sim.workshop.results import MARKS, Heat, Missed, Row, Spread
from sim.workshops import Phase, Standing, Tally, Whereabouts, Workshop
from web.views.charts import SpreadChart, spread_chart
from web.views.joining import Told, told
from web.views.moments import iso, when
from web.views.words import count, day, iso_day, mark_text

PHASES: dict[Phase, str] = {"early": "Not open yet", "open": "Open", "closed": "Closed"}

STEPS: dict[Whereabouts, str] = {
    "joined": "Joined, not begun",
    "preparing": "Preparing",
    "meeting": "In the meeting",
    "note": "Writing the note",
    "debrief": "Debrief",
}


@dataclass(frozen=True)
class ListRow:
    """One workshop of the list."""

    id: str
    name: str
    phase: str
    code: str
    made: str
    made_iso: str
    members: str
    submitted: str


@dataclass(frozen=True)
class ListPage:
    """An instructor's workshops, newest first."""

    rows: tuple[ListRow, ...]


def list_page(tallies: Sequence[Tally], now: float) -> ListPage:
    """Return the list."""
    return ListPage(tuple(_list_row(t, now) for t in tallies))


def _list_row(found: Tally, now: float) -> ListRow:
    workshop = found.workshop
    return ListRow(
        id=workshop.id,
        name=workshop.plan.name,
        phase=PHASES[workshop.phase(now)],
        code=spaced(workshop.code),
        made=day(workshop.created_at),
        made_iso=iso_day(workshop.created_at),
        members=count(found.members, "learner", "learners"),
        submitted=f"{found.submitted} submitted",
    )


@dataclass(frozen=True)
class ShareRow:
    """What one learner used. `part` is per cent of the budget, None without one."""

    name: str
    tokens: str
    cost: str
    part: int | None
    near: bool


@dataclass(frozen=True)
class CostsView:
    """Tokens and cost of a workshop, in words. `part` is per cent of the budget; `split` says what the tokens were."""

    tokens: str
    split: str
    cost: str
    budget: str
    part: int | None
    near: bool
    shares: tuple[ShareRow, ...]


@dataclass(frozen=True)
class WorkshopPage:
    """One workshop: how people join it, what was set, what models used. `link` is the address that the QR picture holds."""

    id: str
    name: str
    phase: Phase
    phase_words: str
    by_hand: bool
    code: str
    link: str
    told: Told
    contacts: tuple[str, ...]
    rubric: str
    costs: CostsView
    joined: str
    submitted: int


def workshop_page(found: Board, spent: Costs, *, link: str, contacts: Sequence[str], rubric: str, keep_days: int | None) -> WorkshopPage:
    """Return a workshop's own page."""
    workshop = found.workshop
    return WorkshopPage(
        id=workshop.id,
        name=workshop.plan.name,
        phase=found.phase,
        phase_words=PHASES[found.phase],
        by_hand=workshop.closed_at is not None,
        code=spaced(workshop.code),
        link=link,
        told=told(workshop.plan, keep_days),
        contacts=tuple(contacts),
        rubric=rubric,
        costs=costs_view(spent),
        joined=count(len(found.standings), "learner", "learners"),
        submitted=found.submitted,
    )


def costs_view(spent: Costs) -> CostsView:
    """Return tokens and cost in words."""
    budget = spent.budget
    shares = tuple(
        ShareRow(s.member or "Sessions since deleted", f"{s.tokens:,}", money(s.cost), _part(s.tokens, budget), s.near)
        for s in spent.shares
    )
    limit = "no budget of its own" if budget is None else f"{budget:,} tokens"
    used = spent.used
    split = f"{used.tokens_in:,} in ({used.tokens_cached:,} of them cached), {used.tokens_out:,} out"
    cost = money(spent.cost) + (f" {spent.currency}" if spent.cost is not None else "")
    return CostsView(f"{spent.tokens:,}", split, cost.strip(), limit, _part(spent.tokens, budget), spent.near, shares)


def _part(tokens: int, budget: int | None) -> int | None:
    return None if budget is None else round(100 * tokens / budget)


def money(cost: float | None) -> str:
    """Write a cost in the price file's currency; a dash where nothing had a price."""
    return "–" if cost is None else amount(cost)


# -- the board --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BoardRow:
    """One learner on the board. `step` is their latest session's, `detail` how far it is."""

    name: str
    where: str
    step: str
    detail: str
    attempt: str
    submitted: str


@dataclass(frozen=True)
class BoardPage:
    """The live board. `names` False shows numbers in place of names, for the projector."""

    id: str
    title: str
    phase: str
    code: str
    joinable: bool
    counts: tuple[tuple[str, str, int], ...]
    submitted: int
    rows: tuple[BoardRow, ...]
    names: bool
    poll: str


def board_page(found: Board, *, names: bool) -> BoardPage:
    """Return the board."""
    workshop = found.workshop
    counts = tuple((where, STEPS[where], number) for where, number in found.counts.items())
    return BoardPage(
        id=workshop.id,
        title=workshop.plan.name,
        phase=PHASES[found.phase],
        code=spaced(workshop.code),
        joinable=found.phase == "open",
        counts=counts,
        submitted=found.submitted,
        rows=tuple(_board_row(s, n, names=names) for n, s in enumerate(found.standings, 1)),
        names=names,
        poll=f"/workshops/{workshop.id}/board" + ("" if names else "?names=hide"),
    )


def _board_row(standing: Standing, number: int, *, names: bool) -> BoardRow:
    latest = standing.latest
    attempt = "" if latest is None else "trying again" if latest.attempt is None else f"attempt {latest.attempt}"
    return BoardRow(
        name=standing.member.name if names else f"Learner {number}",
        where=standing.whereabouts,
        step=STEPS[standing.whereabouts],
        detail=_detail(standing),
        attempt=attempt,
        submitted=f"{standing.submitted} submitted" if standing.submitted else "",
    )


def _detail(standing: Standing) -> str:
    latest = standing.latest
    if latest is None or standing.whereabouts == "preparing":
        return ""
    far = f"turn {latest.turns}, minute {round(latest.minute)} of {round(latest.agreed_minutes)}"
    return far if standing.whereabouts == "meeting" else count(latest.turns, "turn", "turns")


# -- the results ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A mark of the table: the figure, and the computed one where the instructor gave another (`was` is empty otherwise)."""

    figure: str
    was: str


@dataclass(frozen=True)
class ResultRow:
    """One submitted attempt. The figures are written as in the gradebook."""

    session: str
    student: str
    attempt: int
    contact: str
    overall: str
    was: str
    cells: tuple[Cell, ...]
    turns: int
    minutes: str
    submitted: str
    submitted_iso: str
    assisted: bool
    comments: str


@dataclass(frozen=True)
class SpreadView:
    """How the marks of a criterion spread, as a picture and in words."""

    id: str
    name: str
    chart: SpreadChart
    summary: str


@dataclass(frozen=True)
class HeatCell:
    """How often a check was missed with one contact; `shade` is 0 to 5, `words` empty where nobody met them."""

    words: str
    told: str
    shade: int


@dataclass(frozen=True)
class HeatRow:
    """One check of the heat-map: over all attempts first, then with each contact."""

    criterion: str
    asks: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class ResultsPage:
    """Everything that was submitted."""

    id: str
    title: str
    criteria: tuple[tuple[str, str], ...]
    rows: tuple[ResultRow, ...]
    spreads: tuple[SpreadView, ...]
    contacts: tuple[str, ...]
    heat: tuple[HeatRow, ...]
    more_heat: tuple[HeatRow, ...]
    pending: str = ""


FIRST_CHECKS = 12
"""Checks of the heat-map shown at once: what fits a screen; the others are one click away."""


def results_page(workshop: Workshop, found: Results) -> ResultsPage:
    """Return the results; the marks that count, the computed ones beside them."""
    heat = tuple(_heat_row(h, found) for h in found.heat if h.all.missed)
    return ResultsPage(
        id=workshop.id,
        title=workshop.plan.name,
        criteria=tuple(found.criteria.items()),
        rows=tuple(_result_row(r, list(found.criteria), workshop.plan.zone) for r in found.rows),
        spreads=tuple(_spread(s) for s in found.spreads),
        contacts=tuple(found.personas.values()),
        heat=heat[:FIRST_CHECKS],
        more_heat=heat[FIRST_CHECKS:],
        pending=f"{count(len(found.pending), 'attempt is', 'attempts are')} still being read" if found.pending else "",
    )


def _result_row(row: Row, criteria: Sequence[str], zone: str) -> ResultRow:
    attempt, at = row.attempt, row.attempt.submitted_at or 0.0
    return ResultRow(
        session=attempt.session_id,
        student=row.member.name,
        attempt=attempt.attempt or 1,
        contact=attempt.contact,
        overall=f"{row.overall:g}",
        was=f"{row.computed_overall:g}" if row.overall != row.computed_overall else "",
        cells=tuple(_cell(row, criterion) for criterion in criteria),
        turns=attempt.turns,
        minutes=f"{attempt.minute:.1f}",
        submitted=when(at, zone),
        submitted_iso=iso(at),
        assisted=attempt.assisted,
        comments=count(row.comments, "comment", "comments") if row.comments else "",
    )


def _cell(row: Row, criterion: str) -> Cell:
    was = mark_text(row.computed.get(criterion)) if criterion in row.overridden else ""
    return Cell(mark_text(row.marks.get(criterion)), was)


def _spread(found: Spread) -> SpreadView:
    mean = "" if found.mean is None else f" Mean {found.mean:.1f}."
    parts = [f"{number} with mark {mark}" for mark, number in zip(MARKS, found.counts, strict=True) if number]
    unassessed = f" Not assessed: {found.unassessed}." if found.unassessed else ""
    summary = f"{'; '.join(parts) or 'Nobody was assessed'}.{mean}{unassessed}"
    return SpreadView(found.criterion, found.name, spread_chart(found.counts), summary)


def _heat_row(heat: Heat, found: Results) -> HeatRow:
    cells = tuple(_heat_cell(heat.by_persona.get(persona)) for persona in found.personas)
    return HeatRow(found.criteria.get(heat.criterion, heat.criterion), heat.asks, (_heat_cell(heat.all), *cells))


def _heat_cell(found: Missed | None) -> HeatCell:
    if found is None or not found.asked:
        return HeatCell("", "nobody met them", 0)
    return HeatCell(f"{round(100 * found.share)}%", f"{found.missed} of {found.asked}", round(5 * found.share))
