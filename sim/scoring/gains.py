"""What mending one thing would have been worth: the checks it would have turned, sent through the rubric's own roll-up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Literal

from sim.rubric import Check, Criterion, Rubric
from sim.scorecard import CheckResult, CriterionScore
from sim.scoring.catalogue import CATALOGUE
from sim.scoring.provable import entry_id
from sim.scoring.rollup import mark
from sim.scoring.session import ReadSession

SUPPORTING_SHARE = 0.5
"""What a mark without weight counts here, as a share of the lightest weight there is. It moves no overall mark, and a rude
meeting should be spoken of all the same (our judgement)."""


Effect = Literal["helps", "hurts"]
Entry = tuple[str, Effect]


@dataclass(frozen=True)
class Lever:
    """One thing a learner could do differently: the checks it would answer otherwise, by catalogue entry and effect.

    What hurts would not happen at all; what helps would happen `more` times more. `twice` tells that this is once more than the one
    line that the advice shows, so that the promise has to speak of two. The effect matters: where a school counts a thing for the
    learner that another counts against them, the other's advice stays away.
    """

    id: str
    entries: frozenset[Entry]
    more: int = 1
    twice: bool = False


def lever(name: str, entries: str, more: int = 1) -> Lever:
    """Return a lever; `entries` are catalogue names separated by blanks, with a minus before those that hurt."""
    pairs: list[Entry] = [(e[1:], "hurts") if e.startswith("-") else (e, "helps") for e in entries.split()]
    return Lever(name, frozenset(pairs), more)


LEVERS = (
    lever("job", "-job_asks -direct_job_asks -veiled_job_asks -job_asks_after_no -pretexts"),
    lever("note_job", "-job_asks_in_note -note_asks_favour"),
    lever("stop", "within_time -minutes_over -cues_missed -more_time_asked"),
    lever("tone", "-negative_remarks -negative_share"),
    lever("push", "-referral_pushes -demands"),
    lever("referral", "referral_asks referral_asks_in_time referral_asks_clear -referral_hints"),
    lever("take_up", "name_taken_up"),
    lever("next_step", "next_step"),
    lever("lead", "-lead_left"),
    lever("basic", "-basic_questions"),
    lever("research", "researched_facts"),
    lever("wrong_fact", "-wrong_facts"),
    lever("specific", "specific_questions questions"),
    lever("achievement", "achievement"),
    lever("introduction", "introduction"),
    lever("purpose", "purpose"),
    lever("referrer", "referrer_named referrer_named_early"),
    lever("interest", "interest_stated interest_at_close -disclaimers"),
    lever("offer", "offered_back offered_in_meeting"),
    lever("hiring", "-ambiguous_moments"),
    lever("wrap_up", "wrapped_up"),
    lever("time_check", "time_checked"),
    lever("monologue", "-monologues -longest_message"),
    lever("wandering", "-wandering"),
    lever("idle", "-idle_turns"),
    lever("listen", "builds"),
    lever("follow_up", "follow_up_asked gave_back gave_back_meeting"),
    lever("note_missing", "note_sent note_thanks"),
    lever("note_learned", "note_learned"),
    lever("note_plan", "note_plan"),
    lever("note_careless", "-note_careless"),
    lever("note_referrer", "referrer_thanked"),
    lever("thank", "thanked closed_with_thanks said_goodbye"),
    lever("greet", "greeted"),
    lever("sheet", "sheet_questions sheet_filled", 3),
)
"""Everything there is advice on beyond a rubric's own sentences. Where gains tie, the earlier one is said."""

IN_PAIRS = ("research", "specific", "listen")
"""Levers that a learner can pull twice in one meeting without doing anything else differently; schools ask for several of these."""


def entry_of(check: Check) -> Entry:
    """Return the catalogue entry that answers a check, with the effect it has in this rubric."""
    return entry_id(check), check.effect


def went_wrong(check: Check, passed: bool | None) -> bool:
    """Tell whether a check went the way that costs."""
    return passed is True if check.effect == "hurts" else passed is False


@dataclass(frozen=True)
class Wrong:
    """One check that went wrong, with its criterion and result."""

    criterion: Criterion
    check: Check
    result: CheckResult

    @property
    def entry(self) -> str:
        """The catalogue's name of the check."""
        return entry_of(self.check)[0]


@dataclass(frozen=True)
class Step:
    """What a lever moves on top of others: the criterion it moves most, from which mark to which.

    `alone`: it would have moved that criterion so by itself; else it takes the others as well.
    """

    criterion: Criterion
    old: int
    new: int
    alone: bool


class Board:
    """The marks of one session, and what they would be with some levers pulled."""

    def __init__(self, session: ReadSession, rubric: Rubric, scores: list[CriterionScore]) -> None:
        self.session = session
        self._rows = [(rubric.criterion(s.id), s) for s in scores if s.score is not None]
        lightest = min(c.weight for c in rubric.criteria if c.weight > 0)
        self._weights = {c.id: c.weight or SUPPORTING_SHARE * lightest for c, _ in self._rows}
        self._amounts: dict[str, float | None] = {}
        self._entries = {c.id: {entry_of(k) for k in c.checks} for c, _ in self._rows}
        self._marks: dict[tuple[str, frozenset[Lever]], int] = {}

    @cached_property
    def wrong(self) -> list[Wrong]:
        """Every check that went wrong, in rubric order; whether there was a session at all is no such check."""
        return [
            Wrong(criterion, check, result)
            for criterion, score in self._rows
            for check, result in zip(criterion.checks, score.checks, strict=True)
            if went_wrong(check, result.passed) and entry_of(check)[0] != "took_part"
        ]

    @cached_property
    def levers(self) -> list[Lever]:
        """Return the levers that would turn something here, once before twice; a check nobody foresaw is a lever of its own."""
        entries = {entry_of(w.check) for w in self.wrong}
        known = [item for item in LEVERS if item.entries & entries]
        known += [replace(item, more=2, twice=True) for item in known if item.id in IN_PAIRS]
        covered = frozenset().union(*(item.entries for item in LEVERS))
        return known + [Lever(f"check:{name}", frozenset([(name, effect)]), 99) for name, effect in sorted(entries - covered)]

    def wrong_for(self, pulled: Lever) -> list[Wrong]:
        """Return the checks that a lever is about."""
        return [w for w in self.wrong if entry_of(w.check) in pulled.entries]

    def best(self, pulled: tuple[Lever, ...], banned: frozenset[str]) -> tuple[Lever, ...]:
        """Return the lever that gains most; two together where none does alone; nothing where nothing is left to gain."""
        gone = banned | {item.id for item in pulled}
        left = [item for item in self.levers if item.id not in gone]
        held = self._total(pulled)
        for size in (1, 2):
            sets = [one for one in combinations(left, size) if len({item.id for item in one}) == size]
            totals = [self._total((*pulled, *one)) for one in sets]
            if totals and round(max(totals), 4) > round(held, 4):
                return sets[totals.index(max(totals))]
        return ()

    def step(self, item: Lever, pulled: tuple[Lever, ...]) -> Step | None:
        """Return what the lever moves most where `pulled` are mended already, or None where it moves no mark then."""
        steps = [(self._mark(c, s, (*pulled, item)) - self._mark(c, s, pulled), c, s) for c, s in self._rows]
        moved = max(steps, key=lambda step: step[0] * self._weights[step[1].id], default=None)
        if moved is None or moved[0] <= 0:
            return None
        _, criterion, score = moved
        old, new = self._mark(criterion, score, ()), self._mark(criterion, score, (*pulled, item))
        return Step(criterion, old, new, alone=self._mark(criterion, score, (item,)) == new)

    def _total(self, pulled: tuple[Lever, ...]) -> float:
        """Return points of 100 with these levers pulled, supporting criteria included."""
        whole = sum(self._weights.values())
        return sum(self._weights[c.id] * (self._mark(c, s, pulled) - 1) * 25 for c, s in self._rows) / whole if whole else 0.0

    def _mark(self, criterion: Criterion, score: CriterionScore, pulled: tuple[Lever, ...]) -> int:
        """Return the criterion's mark with these levers pulled; worked out once for those that touch it."""
        touching = tuple(p for p in pulled if p.entries & self._entries[criterion.id])
        key = (criterion.id, frozenset(touching))
        if key not in self._marks:
            turned = [self._turned(check, result, touching) for check, result in zip(criterion.checks, score.checks, strict=True)]
            self._marks[key] = mark(criterion, turned)
        return self._marks[key]

    def _turned(self, check: Check, result: CheckResult, pulled: tuple[Lever, ...]) -> CheckResult:
        item = next((p for p in pulled if entry_of(check) in p.entries), None)
        if item is None or not went_wrong(check, result.passed):
            return result
        return result.model_copy(update={"passed": self._mended(check, item)})

    def _mended(self, check: Check, item: Lever) -> bool:
        if check.effect == "hurts":
            return False
        amount = self._amount(*entry_of(check))
        if check.at_most is not None and amount > check.at_most:
            return True
        return amount + item.more >= (check.at_least if check.at_least is not None else 1)

    def _amount(self, entry: str, effect: Effect) -> float:
        if entry not in self._amounts:
            self._amounts[entry] = CATALOGUE[entry](self.session, effect).amount
        return self._amounts[entry] or 0.0


def uses(rubric: Rubric, effect: Effect, *entries: str) -> bool:
    """Tell whether a rubric's school asks about any of these catalogue entries with this effect."""
    wanted: set[Entry] = {(e, effect) for e in entries}
    return any(entry_of(check) in wanted for criterion in rubric.criteria for check in criterion.checks)
