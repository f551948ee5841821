"""The course of a meeting: its opening, each learner message, the time a reply takes, and the learner's leaving."""

from __future__ import annotations

from sim.director.clock import talk_minutes, watch
from sim.director.disclosure import lose_by_pushing
from sim.director.feelings import feel
from sim.director.moment import Moment
from sim.director.replies import respond
from sim.meeting import Direction, Mood, Setup, State, Step, TopicUse
from sim.persona import Intent
from sim.understanding.acts import Understanding

GREETING_WORDS = 40
"""Longest greeting, in words."""


def clamp(value: float) -> float:
    """Return `value` within 0 and 1, to four decimals so that stored states compare equal."""
    return round(min(1.0, max(0.0, value)), 4)


def open_meeting(setup: Setup) -> Step:
    """Return the state before the learner's first word and the direction for the contact's greeting."""
    mind = setup.persona.temperament
    state = State(
        patience=clamp(0.35 + 0.13 * mind.patience),
        rapport=clamp(0.12 + 0.05 * mind.warmth + (0.05 if setup.persona.referrer else 0)),
    )
    direction = Direction(
        intents=(Intent.GREETING,),
        main=Intent.GREETING,
        minutes_left=round(setup.agreed_minutes),
        mood=_mood(setup, state),
        max_words=GREETING_WORDS,
    )
    return Step(state=state, direction=direction)


def settle(setup: Setup, state: State, words: int, elapsed: float | None = None) -> State:
    """Return the state after the contact's line of so many words was spoken. `elapsed`: minutes by the wall clock."""
    return state.model_copy(update={"minute": _later(setup, state, words, elapsed)})


def end_by_learner(state: State) -> State:
    """Return the state after the learner ended the meeting by leaving it; a meeting that is over stays as it was."""
    return state if state.ended_by else state.model_copy(update={"ended_by": "learner"})


def direct(setup: Setup, state: State, heard: Understanding, elapsed: float | None = None) -> Step:
    """Return what a learner's message makes of the meeting. `elapsed`: minutes from the start, for the wall clock.

    The message is the transcript's turn `state.turn + 1`, the line directed its turn `state.turn + 2`. Raises ValueError when
    the
    meeting is over.
    """
    if state.ended_by:
        raise ValueError("the meeting is over")
    moment = Moment(
        setup=setup,
        before=state,
        heard=heard,
        minute=_later(setup, state, heard.words, elapsed),
        patience=state.patience,
        rapport=state.rapport,
        cue=state.cue,
        unlocked=dict(zip(state.unlocked, state.unlocked_turns, strict=True)),
        lost=dict(state.lost),
        reasons=list(state.reasons),
    )
    feel(moment)
    lose_by_pushing(moment)
    respond(moment)
    watch(moment)
    return Step(state=_state(moment), direction=_direction(moment))


def _later(setup: Setup, state: State, words: int, elapsed: float | None) -> float:
    if setup.clock == "wall":
        return state.minute if elapsed is None else round(max(state.minute, elapsed), 3)
    return round(state.minute + talk_minutes(words), 3)


def _state(moment: Moment) -> State:
    before, heard = moment.before, moment.heard
    return before.model_copy(
        update={
            "turn": moment.turn,
            "minute": moment.minute,
            "patience": clamp(min(moment.patience, _most_patience(moment))),
            "rapport": clamp(moment.rapport),
            "cue": moment.cue,
            "cue_turn": moment.turn if moment.cue != before.cue else before.cue_turn,
            "learner_turns": before.learner_turns + 1,
            "last_topic": moment.topics[-1] if moment.topics else before.last_topic,
            "topics": _uses(moment),
            "delights_met": tuple(dict.fromkeys((*before.delights_met, *heard.delights))),
            "peeves_met": tuple(dict.fromkeys((*before.peeves_met, *heard.peeves))),
            "unlocked": tuple(moment.unlocked),
            "unlocked_turns": tuple(moment.unlocked.values()),
            "lost": tuple(moment.lost.items()),
            "reasons": tuple(moment.reasons),
            "ended_by": moment.ended_by,
            **moment.changes,
        }
    )


def _most_patience(moment: Moment) -> float:
    """Patience runs out and is won back; it never exceeds what the contact came with, and never rises from a monologue."""
    if moment.rambling:
        return moment.before.patience
    return max(moment.before.patience, open_meeting(moment.setup).state.patience)


def _uses(moment: Moment) -> tuple[TopicUse, ...]:
    uses = {use.topic: use for use in moment.before.topics}
    for topic in moment.topics:
        times = uses[topic].times + 1 if topic in uses else 1
        uses[topic] = TopicUse(topic=topic, times=times, last_turn=moment.turn)
    return tuple(uses.values())


def _direction(moment: Moment) -> Direction:
    questions = moment.heard.questions
    talkativeness = moment.persona.temperament.talkativeness
    mood_of = State(patience=clamp(moment.patience), rapport=clamp(moment.rapport))
    return Direction(
        intents=(*moment.reactions, *moment.mains, *moment.clock_words),
        main=_main(moment),
        topics=tuple(moment.topics),
        question=questions[-1].quote if questions else "",
        builds=moment.heard.has("builds_on_answer"),
        specific=bool(questions) and questions[-1].specific,
        reveal=tuple(moment.reveal),
        referral_name=moment.referral_name,
        fact=moment.fact,
        cue=moment.cue,
        minutes_left=_minutes_left(moment),
        mood=_mood(moment.setup, mood_of),
        max_words=round((30 + 6 * talkativeness) * moment.tuning.talk),
        ends=moment.ended_by is not None,
    )


def _main(moment: Moment) -> Intent:
    """The intent for the trace: leaving where the line leaves, else the first thing of substance."""
    leaving = (Intent.LEAVING, Intent.LEAVING_EARLY, Intent.LEAVING_JOB)
    return next((i for i in moment.mains if i in leaving), moment.mains[0])


def _minutes_left(moment: Moment) -> int:
    if not moment.timed:
        return 0
    return max(0, round(moment.setup.agreed_minutes + moment.extra_minutes - moment.minute))


def _mood(setup: Setup, state: State) -> Mood:
    if state.patience < 0.25:
        return "impatient"
    if state.rapport < 0.25:
        return "cool"
    if state.rapport < 0.5:
        return "neutral"
    return "warm" if state.rapport > 0.7 and setup.persona.temperament.warmth >= 3 else "friendly"
