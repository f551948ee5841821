"""What a finished meeting tells of one of its messages: how the contact took it, and what the learner did elsewhere in it.

The reply only ever adds: a contact may leave an ask unanswered. The rest of the meeting may take a little away, too, but never enough
that kind words excuse an insult.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.understanding import model
from sim.understanding.language import is_readable
from sim.understanding.model import Reading

TAKEN_FOR = {"job": ("c.no_job",), "referral_ask": ("c.offers_name", "c.no_referral")}
"""What the contact's reply tells: who turns a job ask down has heard one, who offers or refuses a name was asked for one."""

TAKEN_WEIGHT, TAKEN_FROM = 0.5, 0.05
"""How many logits of a reading one logit of the reply is worth, and from which probability of the reply on."""


@dataclass(frozen=True)
class Habit:
    """How much doing `of` elsewhere in a meeting says of doing something here: the mean logit of the `strongest` other messages, less
    `above`, is worth `weight` logits, between `least` and `most`. Only the strongest count, so that nothing said besides can thin a
    habit out; and what is lent is little enough that innocent words stay innocent in any company.
    """

    of: str
    strongest: int
    weight: float
    above: float
    least: float
    most: float


HABITS = {
    "negative_tone": Habit("negative_tone", 4, 0.8, -1.0, -1.0, 1.5),
    "job": Habit("job", 2, 0.5, -1.0, 0.0, 2.0),
    "job_disclaimer": Habit("job", 2, -0.25, -1.0, -1.0, 1.0),
    "offer_back": Habit("job", 2, -0.25, -1.0, -1.0, 1.0),
}
"""A dry remark by somebody who mocked the contact four times is read as mockery, a remark about chairs by somebody who has asked for one
as another bid, and neither "I am not asking" nor "I could do that for you" is quite believed of them."""


@dataclass(frozen=True)
class Place:
    """How much the place in a meeting says: each hundredth of the way that a message stands before `share` (1 is the last message)
    takes a hundredth of `weight` logits away, `most` at the utmost.
    """

    share: float
    weight: float
    most: float


PLACES = {"wrap_up": Place(0.95, 5.0, 4.0), "offer_back": Place(0.85, 3.0, 2.5), "follow_up_ask": Place(0.7, 5.0, 3.0)}
"""Meetings are wrapped up, help is offered back and news promised towards their end. All of these were set on the labelled sessions and
the meetings of `training/held`, by logistic regressions checked on sessions left out of their fit."""

Lent = tuple[tuple[str, float], ...]
"""Logits that the rest of a meeting lends to tags of one message."""


def habits(messages: Sequence[tuple[Reading, ...]]) -> list[Lent]:
    """Return for each message of a meeting, given all their readings in order, what the other ones and its place lend it."""
    out: list[dict[str, float]] = [{} for _ in messages]
    chances = {
        tag: [logit(max((r.p(tag) for r in readings if is_readable(r.segment.text)), default=0.0)) for readings in messages]
        for tag in {habit.of for habit in HABITS.values()}
    }
    for tag, habit in HABITS.items():
        for n in range(len(messages)):
            others = sorted((c for k, c in enumerate(chances[habit.of]) if k != n), reverse=True)[: habit.strongest]
            missing = habit.strongest - len(others)
            mean = (sum(others) + missing * logit(0.0)) / habit.strongest
            out[n][tag] = max(habit.least, min(habit.most, habit.weight * (mean - habit.above)))
    for tag, place in PLACES.items():
        for n in range(len(messages)):
            early = place.share - (n + 1) / len(messages)
            out[n][tag] = out[n].get(tag, 0.0) - min(place.most, place.weight * max(0.0, early))
    return [tuple((tag, logits) for tag, logits in lent.items() if logits) for lent in out]


def in_hindsight(readings: tuple[Reading, ...], text: str, reply: str, lent: Lent = ()) -> tuple[Reading, ...]:
    """Return the readings with the weight of the reply and of the rest of the meeting: what speaks for a tag is put on its likeliest
    piece, what speaks against it on all.
    """
    if not readings:
        return readings
    added = dict(lent)
    if reply:
        answer = model.read([(reply, text)], contact=True)[0]
        for tag, signs in TAKEN_FOR.items():
            taken = max((r.p(sign) for r in answer for sign in signs), default=0.0)
            if taken > TAKEN_FROM:
                added[tag] = added.get(tag, 0.0) + TAKEN_WEIGHT * (logit(taken) - logit(TAKEN_FROM))
    out = list(readings)
    for tag, logits in added.items():
        best = max(range(len(out)), key=lambda n: out[n].p(tag))
        for n in [best] if logits > 0 else range(len(out)):
            out[n] = out[n].raised(tag, logits)
    return tuple(out)


def logit(chance: float) -> float:
    """Return the log odds of a probability, held between 0.001 and 0.999 so that no reading outweighs all others."""
    held = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(held / (1 - held))
