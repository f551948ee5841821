"""The meeting's clock: what talk costs, when the contact warns, and when they leave."""

from __future__ import annotations

from sim.director.moment import Moment
from sim.director.tuning import (
    INTERRUPT_WORDS,
    LAST_QUESTION_WORDS,
    MISSED_CUE_PATIENCE,
    PACE,
    PATIENCE_FLOOR,
    SHORTEST_MINUTES,
    TUNINGS,
    TURN_MINUTES,
)
from sim.meeting import Setup, State
from sim.persona import Intent
from sim.transcript import WORDS_PER_MINUTE

STILL_SAID = (Intent.REFERRAL_GRANTED, Intent.REFERRAL_DETAILS, Intent.FOLLOW_UP_GRANTED, Intent.MORE_TIME_REFUSED)
"""What a contact still says on the way out of the door."""

CLOSING_ACTS = ("wrap_up", "goodbye", "thanks", "takes_no", "next_step", "takes_offer", "follow_up_ask")
"""What a learner may do after the contact said it is time to stop; anything else is a cue missed."""


def talk_minutes(words: int) -> float:
    """Return how many minutes of the meeting an utterance of so many words takes."""
    spoken = min(words, INTERRUPT_WORDS) / WORDS_PER_MINUTE * PACE
    return max(SHORTEST_MINUTES, spoken + TURN_MINUTES)


def hard_stop(setup: Setup, state: State) -> float:
    """Return the minute from which the contact leaves, whatever is being said."""
    if setup.clock == "untimed":
        return float("inf")
    return (setup.agreed_minutes + state.extra_minutes) * (1 + TUNINGS[setup.difficulty].grace)


def watch(moment: Moment) -> None:
    """Let the contact leave where patience or time is gone, and otherwise say the time when it is due."""
    if moment.ended_by:
        return
    first_no = Intent.JOB_DEFLECTED in moment.mains  # a first job ask is always turned aside in words, whatever it cost
    if moment.patience <= PATIENCE_FLOOR and not first_no:
        moment.leave(Intent.LEAVING_EARLY, "contact")
        return
    if not moment.timed:
        return
    missed = _missed_cue(moment)
    state = moment.before.model_copy(update={"extra_minutes": moment.extra_minutes})
    worn_out = missed and moment.changes["missed_cues"] == moment.tuning.missed_cues
    if moment.minute >= hard_stop(moment.setup, state) or worn_out:
        if missed:
            moment.remember("overstayed")
        moment.leave(Intent.LEAVING, "time", *STILL_SAID)
    else:
        _warn(moment, missed)


def _warn(moment: Moment, missed: bool) -> None:
    agreed = moment.setup.agreed_minutes + moment.extra_minutes
    refused = Intent.MORE_TIME_REFUSED in moment.mains
    if moment.minute >= moment.tuning.hard_share * agreed:
        moment.cue = "hard"
        if (moment.before.cue != "hard" or missed) and not refused:
            moment.clock_words.append(Intent.TIME_HARD)
    elif moment.minute >= moment.tuning.soft_share * agreed and not moment.heard.has("wrap_up", "goodbye"):
        moment.cue = "soft"
        if moment.before.cue == "none":
            moment.clock_words.append(Intent.TIME_SOFT)


def last_question(moment: Moment) -> bool:
    """Tell whether this is the one short question that a contact who says it is time to stop still takes."""
    just_said = moment.before.cue == "hard" and moment.before.cue_turn == moment.before.turn
    asks = bool(moment.heard.questions) or moment.heard.has("referral_ask")
    return just_said and asks and moment.heard.words <= LAST_QUESTION_WORDS


def _missed_cue(moment: Moment) -> bool:
    """After a hard cue, anything but closing is a cue missed, unless more time was just granted."""
    granted = "extra_minutes" in moment.changes
    closing = granted or last_question(moment) or moment.heard.has(*CLOSING_ACTS)
    missed = moment.before.cue == "hard" and not closing
    if missed:
        moment.patience -= MISSED_CUE_PATIENCE * moment.tuning.loss
        moment.changes["missed_cues"] = moment.before.missed_cues + 1
    return missed
