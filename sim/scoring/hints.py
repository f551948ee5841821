"""One private line while the learner is talking, from the same readings that the marks rest on. Off unless chosen; moves no mark.

A hint is a nudge, not a verdict: what would sting if it were wrong (a rude tone, say) is left to the debrief.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sim.persona import Persona
from sim.rubric import Rubric
from sim.scoring.catalogue import MONOLOGUE_WORDS
from sim.scoring.gains import uses
from sim.scoring.material import Material
from sim.scoring.session import CUE_SHARE, LearnerTurn, ReadSession, read_session
from sim.scoring.wording import quoted, say
from sim.transcript import Transcript, turn_times

QUIET_AFTER_EVENT, QUIET_AFTER_GAP = 2, 8
"""Learner turns before the same hint may come again: two where it answers what was just said, eight where something is still
missing. Advice said again at once is nagging (our judgement)."""

HEARD_AS_JOB = 0.55
"""Confidence from which a message that only may ask for a job is worth a word of caution."""

REFERRAL_SHARE = 0.25
"""Share of the agreed time left at which nobody mentioned yet becomes urgent: five minutes of twenty."""

WRAP_SHARE = 0.12
"""Share left at which to begin the closing: two to three minutes of twenty."""

SETTLED_SHARE = 0.2
"""Share of the agreed time after which purpose, homework and the friend in common should have come up."""

LATE_SHARE = 0.6
"""Share after which what a school wants said before the end (interest, a success, an offer) is still missing."""

THREAD_VALUE = 5.0
"""How much a sentence must hold (`thread_value`) to be pointed at in the middle of a talk; the debrief is less choosy."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Moment:
    """Where the meeting stands when the learner is about to speak: everything said so far, and the clock in minutes.

    `timed` is False where the meeting goes without a clock: then the time is never up, and `share` only tells how far the talk is.
    """

    material: Material
    rubric: Rubric
    minute: float
    timed: bool = True

    @property
    def session(self) -> ReadSession:
        """What was said so far."""
        return self.material.session

    @property
    def last(self) -> LearnerTurn:
        """The learner's last turn."""
        return self.session.turns[-1]

    @property
    def share(self) -> float:
        """How much of the agreed time has gone, 0 to 1 and more."""
        return self.minute / self.session.agreed

    @property
    def left(self) -> int:
        """Whole minutes left, at least one."""
        return max(1, round(self.session.agreed - self.minute))

    @property
    def time_is_up(self) -> bool:
        """Whether the agreed time has passed or the contact has to go; never in a meeting without a clock."""
        line = self.session.contact_after(self.last)
        going = line is not None and line.must_go and self.share >= CUE_SHARE  # before, a figure of speech; the marks hold it so too
        return self.timed and (self.share >= 1 or self.last.cue == "hard" or going)

    def said(self, *act_ids: str) -> bool:
        """Tell whether the learner has done any of these so far."""
        return bool(self.session.find(*act_ids))


Fields = dict[str, str]
Applies = Callable[[Moment], Fields | None]


@dataclass(frozen=True)
class Rule:
    """One hint: when it applies and with which fields, and for how many learner turns it then rests.

    `urgent` hints are the only ones once the time is up: nothing else may keep a learner talking then. `of_time` ones speak of the
    time, which nobody does in a meeting without a clock.
    """

    applies: Applies
    rests: int
    urgent: bool
    of_time: bool


RULES: dict[str, Rule] = {}


def rule(rests: int, *, urgent: bool = False, of_time: bool = False) -> Callable[[Applies], Applies]:
    """Put a hint into the table; the table's order is urgency, most urgent first."""

    def put(function: Applies) -> Applies:
        RULES[function.__name__] = Rule(function, rests, urgent, of_time)
        return function

    return put


def _if(holds: bool) -> Fields | None:
    return {} if holds else None


# -- what was just said ------------------------------------------------------------------------------------------------


@rule(QUIET_AFTER_EVENT, urgent=True, of_time=True)
def go(m: Moment) -> Fields | None:
    return _if(m.time_is_up)


@rule(QUIET_AFTER_EVENT, urgent=True)
def job_again(m: Moment) -> Fields | None:
    asks = m.session.turns_with("job_ask")
    return _if(uses(m.rubric, "hurts", "job_asks_after_no") and len(asks) > 1 and m.last in asks)


@rule(QUIET_AFTER_EVENT, urgent=True)
def job(m: Moment) -> Fields | None:
    acts = (a for a in m.last.heard.acts if a.id == "job_ask" or (a.id == "job_possible" and a.confidence >= HEARD_AS_JOB))
    return _if(uses(m.rubric, "hurts", "job_asks", "direct_job_asks", "pretexts") and any(acts))


@rule(QUIET_AFTER_EVENT, urgent=True)
def push(m: Moment) -> Fields | None:
    line = m.session.contact_after(m.last)
    refused = m.last.heard.has("referral_ask") and line is not None and line.no_referral
    return _if(uses(m.rubric, "hurts", "referral_pushes") and (refused or m.last.heard.has("referral_push")))


@rule(QUIET_AFTER_EVENT)
def name(m: Moment) -> Fields | None:
    line = m.session.contact_after(m.last)
    return _if(uses(m.rubric, "helps", "name_taken_up", "next_step") and line is not None and line.offers_name)


@rule(QUIET_AFTER_EVENT)
def fact(m: Moment) -> Fields | None:
    return _if(uses(m.rubric, "hurts", "wrong_facts") and m.last.heard.has("wrong_fact"))


@rule(QUIET_AFTER_EVENT)
def hiring(m: Moment) -> Fields | None:
    asked = any(q.kind == "hiring" for q in m.last.heard.questions)
    return _if(uses(m.rubric, "hurts", "ambiguous_moments") and asked)


# -- what is running out -----------------------------------------------------------------------------------------------


@rule(QUIET_AFTER_GAP, of_time=True)
def referral(m: Moment) -> Fields | None:
    due = 1 - m.share <= REFERRAL_SHARE and m.share < 1
    missing = not m.said("referral_ask", "takes_offer", "next_step")
    return {"Left": _left(m)} if uses(m.rubric, "helps", "referral_asks") and due and missing else None


@rule(QUIET_AFTER_GAP, of_time=True)
def wrap(m: Moment) -> Fields | None:
    due = 1 - m.share <= WRAP_SHARE and m.share < 1
    return {"Left": _left(m)} if uses(m.rubric, "helps", "wrapped_up", "within_time") and due and not m.said("wrap_up") else None


def _left(m: Moment) -> str:
    number = _NUMBERS[m.left] if m.left < len(_NUMBERS) else str(m.left)
    return f"{number.capitalize()} minute{'' if m.left == 1 else 's'}"


@rule(QUIET_AFTER_EVENT)
def long(m: Moment) -> Fields | None:
    return _if(m.last.heard.words > MONOLOGUE_WORDS)


@rule(QUIET_AFTER_GAP)
def interest(m: Moment) -> Fields | None:
    wanted = uses(m.rubric, "helps", "interest_stated", "interest_at_close")
    return _if(wanted and m.share >= LATE_SHARE and not m.said("interest", "job_ask"))


@rule(QUIET_AFTER_GAP)
def offer(m: Moment) -> Fields | None:
    return _if(uses(m.rubric, "helps", "offered_in_meeting") and m.share >= LATE_SHARE and not m.said("offer_back"))


@rule(QUIET_AFTER_GAP)
def success(m: Moment) -> Fields | None:
    return _if(uses(m.rubric, "helps", "achievement") and m.share >= SETTLED_SHARE and not m.said("achievement"))


@rule(QUIET_AFTER_GAP)
def follow_up(m: Moment) -> Fields | None:
    due = 1 - m.share <= REFERRAL_SHARE and m.share < 1
    return _if(uses(m.rubric, "helps", "follow_up_asked") and due and not m.said("follow_up_ask"))


# -- what would be good now --------------------------------------------------------------------------------------------


@rule(QUIET_AFTER_GAP)
def purpose(m: Moment) -> Fields | None:
    wanted = uses(m.rubric, "helps", "purpose", "introduction")
    return _if(wanted and len(m.session.turns) >= 2 and not m.said("purpose", "introduction"))


@rule(QUIET_AFTER_GAP)
def referrer(m: Moment) -> Fields | None:
    wanted = uses(m.rubric, "helps", "referrer_named", "referrer_named_early") and bool(m.material.fields["referrer"])
    named = m.said("referrer_mention") or m.material.referrer_spoken is not None
    return _if(wanted and len(m.session.turns) >= 2 and m.share < LATE_SHARE and not named)


@rule(QUIET_AFTER_GAP)
def dossier(m: Moment) -> Fields | None:
    persona = m.session.persona
    there = persona is not None and bool(persona.dossier.facts()) and uses(m.rubric, "helps", "researched_facts")
    return _if(there and m.share >= SETTLED_SHARE and len(m.session.turns) >= 3 and not m.said("researched_fact"))


@rule(QUIET_AFTER_EVENT)
def lead(m: Moment) -> Fields | None:
    asking = ("question", "referral_ask", "follow_up_ask", "wrap_up", "goodbye", "builds_on_answer")
    return _if(len(m.session.turns) >= 3 and not any(t.heard.has(*asking) for t in m.session.turns[-2:]))


@rule(QUIET_AFTER_EVENT)
def thread(m: Moment) -> Fields | None:
    recent = any(t.heard.has("builds_on_answer") for t in m.session.turns[-2:])
    found = m.material.thread(lambda t: t.turn == m.last.index + 1 and t.value >= THREAD_VALUE)
    return {"said": quoted(found.sentence)} if found and not recent and uses(m.rubric, "helps", "builds") else None


@rule(QUIET_AFTER_GAP)
def sheet(m: Moment) -> Fields | None:
    if not 0.5 <= m.share < 0.9:
        return None
    own = m.material.sheet_question()
    return {"sheet": f"“{own}”"} if own else None


# -- choosing ----------------------------------------------------------------------------------------------------------


def hint_for(transcript_so_far: Transcript, persona: Persona | None, rubric: Rubric, minute: float, *, timed: bool = True) -> str | None:
    """Return the one hint that matters most before the learner's next message, or None when all is well.

    `minute` is the meeting's clock; `timed` False where it is off, and then no hint speaks of time. The same talk gives the same
    hint, and no hint comes twice in a row.
    """
    whole = read_session(transcript_so_far, persona)
    times = turn_times(transcript_so_far)
    given: list[str | None] = []
    fields: Fields | None = None
    for number, turn in enumerate(whole.turns, 1):
        last = number == len(whole.turns)
        now = minute if last else times[whole.turns[number].index]
        moment = Moment(Material(_up_to(whole, turn)), rubric, now, timed)
        key, fields = next(_due(moment, given), (None, None))
        given.append(key)
    if not given or given[-1] is None or fields is None:
        return None
    material = Material(whole)
    return say("hints", given[-1], {**material.fields, **fields}, material.salt(f"hint|{len(given)}"))


def _due(moment: Moment, given: list[str | None]) -> Iterator[tuple[str, Fields]]:
    """Yield the hints that apply and are not resting, most urgent first; none after the learner has taken leave."""
    if moment.last.heard.has("goodbye") and moment.share > 0.5:
        return
    for key, one in RULES.items():
        if key in given[-one.rests :] or (moment.time_is_up and not one.urgent) or (one.of_time and not moment.timed):
            continue
        fields = one.applies(moment)
        if fields is not None:
            yield key, fields


def _up_to(whole: ReadSession, turn: LearnerTurn) -> ReadSession:
    """Return the session as it stood after the contact's reply to a turn; turns are read in the light of earlier ones only."""
    turns = tuple(t for t in whole.turns if t.index <= turn.index)
    contact = {n: line for n, line in whole.contact.items() if n <= turn.index + 1}
    return replace(whole, turns=turns, contact=contact)
