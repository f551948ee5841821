"""Why a mark is what it is: what counted for it and against it, and what the next one up would have taken.

An anchor describes a whole level and seldom fits a session in every word; what is said here is read off the answered checks alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from sim.rubric import Check, Criterion
from sim.scorecard import CheckResult
from sim.scoring.gains import went_wrong
from sim.scoring.provable import entry_id
from sim.scoring.reasons import COUNTED, PART_OF, RULED_OUT_BY
from sim.scoring.rollup import deciding, mark

MOST_CHANGES = 3
"""Changes up to which the way to the next mark is told; who is further off needs the advice, not a list."""

Answered = tuple[Check, CheckResult]


def rationale(criterion: Criterion, results: list[CheckResult]) -> str:
    """Return why the mark was given: the deciding rule's own words, what counted, and what the next mark needs.

    Falls back on the anchor where nothing counted either way.
    """
    given, rule = mark(criterion, results), deciding(criterion, results)
    telling = {name for r in criterion.marks for name in r.checks()}
    rows = [(c, r) for c, r in zip(criterion.checks, results, strict=True) if c.id in telling and entry_id(c) in COUNTED]
    held = [(c, r) for c, r in rows if r.passed]
    helped, hurt = _named(c for c, _ in held if c.effect == "helps"), _named(c for c, _ in held if c.effect == "hurts")
    if rule and rule.because:
        said = [rule.because.strip()]
    elif not helped and (not hurt or given == 5):
        said = [" ".join(criterion.anchors[given].split())]
    else:
        said = []
    if helped:
        said.append(f"Counts for it: {_listed(helped)}.")
    if hurt and given < 5:
        said.append(f"Counts against it: {_listed(hurt)}.")
    return " ".join([*said, *_next_mark(criterion, results, rows, given)])


def _next_mark(criterion: Criterion, results: list[CheckResult], rows: Sequence[Answered], given: int) -> list[str]:
    """Return the sentence on the fewest changes that make a better mark, as a list; empty where there is none so near."""
    wrong = [c for c, r in rows if went_wrong(c, r.passed)]
    for size in range(1, MOST_CHANGES + 1):
        for changed in combinations(wrong, size):
            reached = mark(criterion, _turned(criterion, results, changed))
            if reached > given:
                return [_needed(reached, changed, rows)]
    return []


def _needed(reached: int, changed: Sequence[Check], rows: Sequence[Answered]) -> str:
    more = _named((c for c in changed if c.effect == "helps"), exact=True)
    less = _named(c for c in changed if c.effect == "hurts")
    if more:
        return f"For a {reached}: {_listed(more)}{f', without {_listed(less)}' if less else ''}."
    everything = len(less) == len(_named(c for c, r in rows if c.effect == "hurts" and r.passed))
    return f"Without {'that' if everything else _listed(less)} it is a {reached}."


def _turned(criterion: Criterion, results: list[CheckResult], changed: Sequence[Check]) -> list[CheckResult]:
    """Return the answers with these checks turned, and with them those on the same thing that could not stay as they are."""
    return [
        r.model_copy(update={"passed": not r.passed})
        if went_wrong(check, r.passed) and any(_follows(check, chosen) for chosen in changed)
        else r
        for check, r in zip(criterion.checks, results, strict=True)
    ]


def _follows(check: Check, chosen: Check) -> bool:
    """Tell whether turning `chosen` turns `check` as well: two facts are also one, and no bid at all is no open bid either."""
    if check.id == chosen.id:
        return True
    if check.effect != chosen.effect:
        return chosen.effect == "helps" and RULED_OUT_BY.get(entry_id(check)) == entry_id(chosen)
    if check.effect == "helps":
        return entry_id(check) in (entry_id(chosen), PART_OF.get(entry_id(chosen))) and _low(check) <= _low(chosen)
    return entry_id(chosen) in (entry_id(check), PART_OF.get(entry_id(check))) and _low(check) >= _low(chosen)


def _low(check: Check) -> float:
    return check.at_least if check.at_least is not None else 1


def _named(checks: Iterable[Check], *, exact: bool = False) -> list[str]:
    """Return what checks are called, of several on the same thing the one that says most. `exact`: so many, and not so many or more."""
    strongest: dict[str, Check] = {}
    for check in checks:
        held = strongest.get(entry_id(check))
        if held is None or _low(check) > _low(held):
            strongest[entry_id(check)] = check
    wider = {PART_OF.get(name) for name in strongest}
    return [_label(name, _low(check), exact) for name, check in strongest.items() if name not in wider]


_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")


def _label(entry: str, low: float, exact: bool) -> str:
    called = COUNTED[entry]
    if isinstance(called, str):
        return called
    if low <= 1:
        return called[0]
    number = _NUMBERS[int(low) - 2] if low < 10 else f"{low:g}"
    return called[1].format(n=number if exact or low >= 10 else f"{number} or more")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
