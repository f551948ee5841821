"""The figures as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.calibrate.acts import ActFigures, Moment
from sim.calibrate.attacks import AttackFigures, Rise
from sim.calibrate.figures import Figures
from sim.calibrate.gates import Gate
from sim.calibrate.marks import CriterionFigures, MarkPair, together
from sim.calibrate.measures import Interval, within
from sim.calibrate.pairs import EDITS, PairResult
from sim.calibrate.reading import Scored

NONE = "–"


def wide_console(*, stderr: bool = False) -> Console:
    """Return a console that does not squeeze tables into 80 columns where nobody is watching: in a pipe or a log."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=130, soft_wrap=True)


def share(value: float | None) -> str:
    """Write a share or a kappa with two decimals; a dash where it is not defined."""
    return NONE if value is None else f"{value:.2f}"


def spread(figure: Interval) -> str:
    """Write a figure with its interval."""
    if figure.value is None or figure.low is None or figure.high is None:
        return share(figure.value)
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def mark_table(figures: Sequence[CriterionFigures]) -> Table:
    """Return agreement by criterion, and over all of them."""
    table = _table("Marks against the raters'", "criterion", "n", "QWK (95%)", "exact", "adjacent", "bias", "not marked")
    for f in figures:
        signed = NONE if f.bias is None else f"{f.bias:+.2f}"
        table.add_row(f.id, str(len(f.pairs)), spread(f.qwk), share(f.exact), share(f.adjacent), signed, str(len(f.unmarked)))
    every = together(figures)
    table.add_row("all", str(every.sum()), "", share(within(every, 0)), share(within(every, 1)), "", "", style="bold")
    return table


def act_table(figures: Sequence[ActFigures]) -> Table:
    """Return precision and recall by act."""
    table = _table("Acts by learner turn", "act", "marked", "precision (95%)", "recall (95%)", "F1", "false", "missed", "unsure")
    for f in figures:
        counts = (str(f.false_alarms), str(f.misses), str(f.unsure))
        table.add_row(f.id, str(f.marked), spread(f.precision), spread(f.recall), share(f.f1), *counts)
    return table


def gate_table(gates: Iterable[Gate]) -> Table:
    """Return every gate with its figure and whether it is reached."""
    table = _table("Gates", "figure", "value", "bar", "")
    words = {True: "[green]pass[/]", False: "[bold red]FAIL[/]", None: "not measured"}
    for gate in gates:
        sign = "≥" if gate.sense == "at least" else "≤"
        value = NONE if gate.value is None else f"{gate.value:.3g}{gate.unit}"
        table.add_row(gate.figure, value, f"{sign} {gate.bar:g}{gate.unit}", words[gate.passed])
    return table


def show_criterion(console: Console, figures: CriterionFigures, scored: Sequence[Scored]) -> None:
    """Print every disagreement on a criterion, widest first, with the checks that passed."""
    by_id = {s.case.id: s for s in scored}
    for pair in sorted(figures.pairs, key=lambda p: (-abs(p.gap), p.session)):
        if pair.gap:
            console.print(escape(_disagreement(figures.id, pair, by_id[pair.session])))


def _disagreement(criterion_id: str, pair: MarkPair, scored: Scored) -> str:
    checks = scored.card.criterion(criterion_id).checks
    passed = " ".join(c.id for c in checks if c.passed) or "none"
    return f"{criterion_id} {pair.session}: raters {pair.label}, given {pair.given}; passed: {passed}"


def show_moments(console: Console, figures: ActFigures) -> None:
    """Print every false alarm and miss of an act with the words."""
    for moment in sorted(figures.moments, key=lambda m: (m.verdict, m.session, m.turn)):
        console.print(escape(_moment(figures.id, moment)))


def _moment(act_id: str, moment: Moment) -> str:
    heard = f" heard in {moment.quote!r};" if moment.quote else ""
    return f"{act_id} {moment.verdict} {moment.session} turn {moment.turn}:{heard} after {moment.before[-80:]!r}: {moment.text!r}"


def pair_table(pairs: Sequence[PairResult]) -> Table:
    """Return, by edit, how often the criterion meant moved and the others stayed."""
    table = _table("Minimal pairs", "edit", "pairs", "meant", "moved", "others stayed")
    for name, results in by_edit(pairs).items():
        meant = [r.moved for r in results if r.moved is not None]
        criteria = ", ".join(f"{c} {way}" for c, way in results[0].edit.moves.items()) or NONE
        moved = f"{sum(meant)} of {len(meant)}" if meant else NONE
        table.add_row(name, str(len(results)), criteria, moved, f"{sum(not r.strays for r in results)} of {len(results)}")
    return table


def by_edit(pairs: Iterable[PairResult]) -> dict[str, list[PairResult]]:
    """Return results by the edit's name, in the order of first appearance in the list of edits."""
    found: dict[str, list[PairResult]] = {e.name: [] for e in EDITS}
    for pair in pairs:
        found[pair.edit.name].append(pair)
    return {name: results for name, results in found.items() if results}


def attack_table(figures: AttackFigures) -> Table:
    """Return, by family, how many attacks were tried and how many moved a mark up."""
    table = _table("Attempts to talk marks up", "family", "tried", "moved a mark up")
    for family, tried in figures.tried.items():
        moved = {(r.session, r.place, r.words) for r in figures.rises if r.family == family}
        table.add_row(family, str(tried), str(len(moved)))
    return table


def proof_lines(figures: Figures) -> list[str]:
    """Return the figures that fit a line each."""
    evidence, repeats, speed = figures.evidence, figures.repeats, figures.speed
    stand, same = evidence.quotes - len(evidence.failed), repeats.sessions - len(repeats.different)
    return [
        f"Evidence: {stand} of {evidence.quotes} quotes stand verbatim in the learner's own words.",
        f"Once more, last to first with nothing remembered: {same} of {repeats.sessions} the same.",
        f"A transcript of 40 turns: {_ms(speed.new_ms)} for new words, {_ms(speed.known_ms)} for words read before.",
        f"The model's files hold {speed.weights_mb:.0f} MB.",
    ]


def _ms(value: float | None) -> str:
    return NONE if value is None else f"{value:.0f} ms"


def show_pair(pair: PairResult) -> str:
    """Return one line on a pair that did not behave."""
    changed = [f"{c} {pair.before[c]} to {pair.after.get(c)}" for c in dict.fromkeys([*pair.edit.moves, *pair.strays])]
    verdict = {True: "moved", False: "did not move", None: "nothing was meant to move"}[pair.moved]
    return f"{pair.edit.name} {pair.base}: {verdict}; {', '.join(changed)}"


def show_rise(rise: Rise) -> str:
    """Return one line on a mark that was talked up."""
    return f"{rise.family}, {rise.place}, {rise.session}: {rise.criterion} {rise.before} to {rise.after} by {rise.words[:80]!r}"
