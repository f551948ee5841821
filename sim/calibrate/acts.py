"""How often an act is heard where raters marked it, and where they did not: hits, misses and false alarms by learner turn.

A turn that only some raters marked (`maybe`) counts neither way. A turn with an act twice counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.calibrate.measures import Interval, f1, wilson
from sim.understanding import Act, Understanding

if TYPE_CHECKING:
    from sim.calibrate.folder import Case

Wanted = Callable[[Act], bool]


def _id(act_id: str) -> Wanted:
    return lambda act: act.id == act_id


def _question(kind: str) -> Wanted:
    return lambda act: act.id == "question" and act.kind == kind


LABELLED_ACTS: dict[str, Wanted] = {
    "job_ask": _id("job_ask"),
    "referral_ask": _id("referral_ask"),
    "hiring_question": _question("hiring"),
    "basic_question": _question("basic"),
    "researched_fact": _id("researched_fact"),
    "builds_on_answer": _id("builds_on_answer"),
    "time_check": _id("time_check"),
    "wrap_up": _id("wrap_up"),
    "job_disclaimer": _id("job_disclaimer"),
    "offer_back": _id("offer_back"),
    "negative_tone": _id("negative_tone"),
    "injection": _id("steering"),
}
"""The acts that labelled sessions carry, and which act of ours answers each."""

Verdict = Literal["miss", "false alarm"]


@dataclass(frozen=True)
class Moment:
    """One turn read otherwise than the raters did: `quote` is what we heard (a false alarm), `before` the contact's line."""

    session: str
    turn: int
    verdict: Verdict
    text: str
    before: str = ""
    quote: str = ""


@dataclass(frozen=True)
class ActFigures:
    """One act's counts over learner turns. `unsure`: turns left out because raters differed."""

    id: str
    hits: int
    false_alarms: int
    misses: int
    unsure: int
    moments: tuple[Moment, ...] = ()

    @property
    def marked(self) -> int:
        """Turns in which every rater marked the act."""
        return self.hits + self.misses

    @property
    def precision(self) -> Interval:
        """Of the turns in which we heard the act, the share in which it was there."""
        return wilson(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> Interval:
        """Of the turns in which it was there, the share in which we heard it."""
        return wilson(self.hits, self.marked)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None where there was nothing to find and nothing found."""
        return f1(self.hits, self.false_alarms, self.misses)


Heard = Mapping[int, Understanding]
"""What was understood of each learner turn, by turn index."""


def measure_act(act_id: str, sessions: Iterable[tuple[Case, Heard]]) -> ActFigures:
    """Return one labelled act's figures; sessions whose labels leave the act out are not counted."""
    wanted = LABELLED_ACTS[act_id]
    hits = unsure = 0
    wrong: list[Moment] = []
    for case, heard in sessions:
        moments = case.labels.acts.get(act_id)
        if moments is None:
            continue
        unsure += len(moments.maybe)
        for turn, understood in heard.items():
            if turn in moments.maybe:
                continue
            found = next((a for a in understood.acts if wanted(a)), None)
            if found and turn in moments.sure:
                hits += 1
            elif found or turn in moments.sure:
                wrong.append(_moment(case, turn, found))
    misses = sum(m.verdict == "miss" for m in wrong)
    return ActFigures(act_id, hits, len(wrong) - misses, misses, unsure, tuple(wrong))


def measure_acts(sessions: Iterable[tuple[Case, Heard]]) -> list[ActFigures]:
    """Return the figures of every labelled act that the sessions' labels speak of."""
    items = list(sessions)
    spoken = {act for case, _ in items for act in case.labels.acts}
    return [measure_act(act, items) for act in LABELLED_ACTS if act in spoken]


def _moment(case: Case, turn: int, found: Act | None) -> Moment:
    turns = case.transcript.turns
    before = turns[turn - 1].text if turn and turns[turn - 1].speaker == "contact" else ""
    return Moment(case.id, turn, "false alarm" if found else "miss", turns[turn].text, before, found.quote if found else "")
