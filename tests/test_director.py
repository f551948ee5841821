"""The rules of a meeting, on hand-made understandings: none of these depends on how well language is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from sim.director import (
    GOOD_REASONS,
    REMEMBERED,
    TUNINGS,
    direct,
    end_by_learner,
    hard_stop,
    open_meeting,
    outcome,
    settle,
    talk_minutes,
)
from sim.director.tuning import REASON_OF_ACT
from sim.meeting import Difficulty, Setup, State, Step
from sim.persona import Intent, Level, Persona, parse_persona
from sim.topics import CATALOGUE, kind_of
from sim.transcript import Clock, Outcome
from sim.understanding.acts import Act, Understanding

PERSONA = """
schema: sim.persona/1
id: wharf-master
name: Ada Quill
title: Wharf Master
company: Brackwater Docks
level: {level}
minutes: 20
summary: Runs a small port.
dossier: {{company: [Brackwater handles timber.], contact: [Ada Quill began as a crane driver.], industry: [Timber prices fell.]}}
referrer: {{name: Jo Pike, relation: a former colleague}}
private:
  - {{topic: mistakes, tells: "She once sank a barge.", min_rapport: 0.4}}
  - {{topic: career_path, tells: "She was fired first.", min_rapport: 0.7}}
temperament: {{patience: 3, warmth: 3, talkativeness: 3, job_sensitivity: {sensitivity}}}
peeves: [flattery]
delights: [knots]
referrals:
  - {{name: Ben Earned, role: pilot, gives_when: earned}}
  - {{name: Cy Always, role: clerk, gives_when: always}}
  - {{name: Di Never, role: owner, gives_when: never}}
"""


def persona(level: Level = "manager", sensitivity: int = 3) -> Persona:
    return parse_persona(PERSONA.format(level=level, sensitivity=sensitivity))


def setup(*, level: Level = "manager", sensitivity: int = 3, difficulty: Difficulty = "realistic", clock: Clock = "simulated") -> Setup:
    return Setup(persona=persona(level, sensitivity), agreed_minutes=20, difficulty=difficulty, clock=clock)


def heard(*acts: str, words: int = 25, nonsense: bool = False, text: str = "some words") -> Understanding:
    """Build an understanding: "question:daily_work!" is a specific question on a topic, "job_ask:veiled" a job ask of a kind."""
    made = [_act(a) for a in acts]
    return Understanding(text, tuple(made), words, nonsense)


def _act(code: str) -> Act:
    name, _, detail = code.partition(":")
    if name != "question":
        return Act(name, 0, 4, "some", kind=detail or ("direct" if name == "job_ask" else None))
    topic = detail.rstrip("!") or "other"
    return Act("question", 0, 4, "some", kind=kind_of(topic), topic=topic, specific=detail.endswith("!"))


REPLY_WORDS = 35
SEARCH = settings(max_examples=50, deadline=None)


def say(meeting: Setup, state: State, *acts: str, words: int = 25, **more: bool) -> Step:
    return direct(meeting, state, heard(*acts, words=words, **more))


def hold(meeting: Setup, messages: Sequence[Understanding], reply_words: int = REPLY_WORDS) -> list[Step]:
    """Hold a meeting and return its steps, the greeting first; stops when the contact has left."""
    steps = [open_meeting(meeting)]
    state = settle(meeting, steps[0].state, 15)
    for message in messages:
        steps.append(direct(meeting, state, message))
        state = settle(meeting, steps[-1].state, reply_words)
        if state.ended_by:
            break
    return steps


def at(meeting: Setup, **changes: object) -> State:
    """Return the state after the greeting and a few turns, changed as wanted."""
    base = {"turn": 6, "learner_turns": 3, "minute": 9.0, "questions_answered": 3, **changes}
    return open_meeting(meeting).state.model_copy(update=base)


# -- properties over any meeting ---------------------------------------------------------------------------------------

ACTS = (
    "greeting", "thanks", "purpose", "introduction", "achievement", "referrer_mention", "small_talk", "time_check", "wrap_up",
    "more_time", "researched_fact", "wrong_fact", "builds_on_answer", "referral_ask", "referral_push", "job_ask:direct",
    "job_ask:veiled", "job_possible", "job_disclaimer", "interest", "follow_up_ask", "connect_ask", "offer_back", "negative_tone",
    "goodbye", "off_topic", "steering", "demand", "next_step", "takes_offer", "takes_no", "leads_none", "question:daily_work",
    "question:daily_work!", "question:mistakes!", "question:career_path!", "question:company_basics", "question:followup!",
    "question:looks_for", "question:other",
)  # fmt: skip

messages = st.builds(
    lambda acts, words, nonsense: heard(*acts, words=words, nonsense=nonsense),
    st.lists(st.sampled_from(ACTS), max_size=4, unique=True),
    st.integers(0, 400),
    st.booleans(),
)
sensible = st.builds(
    lambda acts, words: heard(*acts, words=words), st.lists(st.sampled_from(ACTS), max_size=4, unique=True), st.integers(1, 60)
)
meetings = st.builds(
    setup,
    level=st.sampled_from(["executive", "manager", "hr", "peer"]),
    sensitivity=st.integers(1, 5),
    difficulty=st.sampled_from(["gentle", "realistic", "tough"]),
    clock=st.sampled_from(["simulated", "untimed"]),
)


@SEARCH
@given(meetings, st.lists(sensible, max_size=8), st.lists(st.sampled_from(ACTS), max_size=4), st.integers(127, 2000))
def test_patience_never_rises_from_rambling(meeting: Setup, before: list[Understanding], acts: list[str], words: int) -> None:
    """Whatever else a monologue does, patience is not higher after it."""
    last = hold(meeting, before)[-1].state
    if not last.ended_by:
        assert say(meeting, last, *acts, words=words).state.patience <= last.patience


@SEARCH
@given(meetings, st.lists(messages, max_size=60))
def test_the_contact_leaves_within_one_turn_of_the_hard_stop(meeting: Setup, said: list[Understanding]) -> None:
    """No reply but the last begins after the hard stop, however the meeting went before."""
    for step in hold(meeting, said):
        if step.state.minute >= hard_stop(meeting, step.state):
            assert step.direction.ends
            assert step.state.ended_by


@SEARCH
@given(meetings, st.lists(messages, max_size=40))
def test_the_numbers_stay_within_their_scales(meeting: Setup, said: list[Understanding]) -> None:
    """Patience and rapport stay within 0 and 1, the clock never goes back, turns count up by two."""
    steps = hold(meeting, said)
    for earlier, later in pairwise(steps):
        assert later.state.turn == earlier.state.turn + 2
        assert later.state.minute >= earlier.state.minute
        assert 0 <= later.state.patience <= 1
        assert 0 <= later.state.rapport <= 1
        assert later.direction.main in later.direction.intents
        assert len(set(later.direction.intents)) == len(later.direction.intents)


@SEARCH
@given(
    st.integers(4, 5), st.sampled_from(["gentle", "realistic", "tough"]), st.sampled_from(["job_ask:direct", "job_ask:veiled"]),
    st.lists(messages, max_size=20),
)  # fmt: skip
def test_a_pusher_never_gets_a_referral_from_a_sensitive_contact(
    sensitivity: int, difficulty: Difficulty, ask: str, said: list[Understanding]
) -> None:
    """After one job ask, a contact with job_sensitivity 4 or 5 gives no name to anybody, whatever follows."""
    meeting = setup(sensitivity=sensitivity, difficulty=difficulty)
    for step in hold(meeting, [heard(ask), *said]):
        assert not [item for item in step.state.unlocked if item.startswith("referral:")]
        assert not step.direction.reveal


@SEARCH
@given(meetings, st.lists(messages, max_size=40))
def test_every_item_ends_in_the_ledger_once(meeting: Setup, said: list[Understanding]) -> None:
    """Nothing is both earned and lost, a name that is never given is no item, and what was earned has its turn."""
    state = hold(meeting, said)[-1].state
    ledger = outcome(meeting, state).ledger
    assert [entry.item for entry in ledger] == [
        "referral:Ben Earned",
        "referral:Cy Always",
        "private:mistakes",
        "private:career_path",
    ]
    assert {e.item for e in ledger if e.status == "earned"} == set(state.unlocked)
    assert all((e.turn is None) == (e.status == "not_asked") for e in ledger)


@SEARCH
@given(meetings, st.lists(messages, max_size=20))
def test_the_same_messages_make_the_same_meeting(meeting: Setup, said: list[Understanding]) -> None:
    """No chance and no clock but the one handed in."""
    assert hold(meeting, said) == hold(meeting, said)


@SEARCH
@given(meetings, st.lists(messages, max_size=30))
def test_only_what_is_unlocked_is_in_the_direction(meeting: Setup, said: list[Understanding]) -> None:
    """A direction reveals items that this very turn unlocked, and names nobody who was not given."""
    for step in hold(meeting, said):
        opened = dict(zip(step.state.unlocked, step.state.unlocked_turns, strict=True))
        assert all(opened[r.item] == step.state.turn for r in step.direction.reveal)
        name = step.direction.referral_name
        assert name is None or f"referral:{name}" in opened


# -- time --------------------------------------------------------------------------------------------------------------

TOPICS = [t for t in CATALOGUE if CATALOGUE[t].kind not in ("basic", "other", "hiring")]


def questions(count: int, words: int = 22) -> list[Understanding]:
    return [heard(f"question:{TOPICS[n % len(TOPICS)]}", words=words) for n in range(count)]


@pytest.mark.parametrize("difficulty", TUNINGS)
@pytest.mark.parametrize(("words", "reply"), [(18, 30), (25, 35), (30, 42)])
def test_a_twenty_minute_meeting_takes_12_to_18_exchanges(difficulty: Difficulty, words: int, reply: int) -> None:
    """With messages and answers of the length people speak in."""
    steps = hold(setup(difficulty=difficulty), questions(40, words), reply)
    assert 12 <= len(steps) - 1 <= 18
    assert steps[-1].state.ended_by == "time"


def test_cues_come_soft_then_hard_then_leaving() -> None:
    """Each is put into words when it is new: what is left, that it is time, and the goodbye."""
    steps = hold(setup(), questions(40))
    cues = [step.direction.cue for step in steps]
    assert list(dict.fromkeys(cues)) == ["none", "soft", "hard", "leaving"]
    assert Intent.TIME_SOFT in steps[cues.index("soft")].direction.intents
    assert steps[cues.index("soft")].direction.minutes_left in (4, 5, 6)
    assert Intent.TIME_HARD in steps[cues.index("hard")].direction.intents
    assert sum(Intent.TIME_SOFT in step.direction.intents for step in steps) == 1


def test_time_cues_are_said_last() -> None:
    """An answer first, the clock after it."""
    intents = say(setup(), at(setup(), minute=14.6), "question:daily_work").direction.intents
    assert intents == (Intent.ANSWER, Intent.TIME_SOFT)


def test_one_short_last_question_is_answered_without_minding() -> None:
    """Somebody who says "one last question" means it; the second one costs."""
    meeting = setup()
    hard = at(meeting, minute=18.0, cue="hard", cue_turn=6)
    first = say(meeting, hard, "question:daily_work!", words=15)
    assert first.direction.main is Intent.ANSWER
    assert first.state.missed_cues == 0
    second = say(meeting, first.state, "question:pay", words=15)
    assert second.state.missed_cues == 1
    assert second.state.patience < first.state.patience


def test_a_contact_leaves_when_cues_are_ignored() -> None:
    """Two missed cues are enough, whatever the clock says."""
    meeting = setup()
    ignored = at(meeting, minute=17.7, cue="hard", cue_turn=4, missed_cues=1)
    step = say(meeting, ignored, "question:pay", words=20)
    assert step.direction.main is Intent.LEAVING
    assert step.state.ended_by == "time"
    assert ("overstayed", 7) in step.state.reasons


@pytest.mark.parametrize("closing", ["thanks", "wrap_up", "goodbye", "takes_no", "follow_up_ask", "next_step"])
def test_closing_after_a_hard_cue_is_no_missed_cue(closing: str) -> None:
    """Thanking and settling the next step are what the cue asked for."""
    meeting = setup()
    state = at(meeting, minute=18.2, cue="hard", cue_turn=4)
    assert say(meeting, state, closing, words=12).state.missed_cues == 0


def test_more_time_is_granted_once_to_somebody_liked() -> None:
    """A tenth of the agreed time, not on tough, not twice, not to somebody who has worn the contact out."""
    meeting = setup()
    late = at(meeting, minute=18.0, cue="hard", cue_turn=4, rapport=0.7, patience=0.6)
    granted = say(meeting, late, "more_time", words=10)
    assert Intent.MORE_TIME_GRANTED in granted.direction.intents
    assert granted.state.extra_minutes == pytest.approx(2.0)
    assert granted.state.missed_cues == 0
    again = granted.state.model_copy(update={"cue": "hard", "cue_turn": 6, "minute": 20.0})
    assert Intent.MORE_TIME_REFUSED in say(meeting, again, "more_time", words=10).direction.intents
    cool = late.model_copy(update={"rapport": 0.4})
    assert say(meeting, cool, "more_time", words=10).direction.main is Intent.MORE_TIME_REFUSED
    tough = setup(difficulty="tough")
    assert say(tough, late, "more_time", words=10).direction.intents == (Intent.MORE_TIME_REFUSED, Intent.LEAVING)


def test_one_more_thing_in_mid_meeting_is_no_request_for_time() -> None:
    """Before any hard cue, "one more question" is only a question."""
    step = say(setup(), at(setup()), "more_time", "question:pay")
    assert step.direction.main is Intent.ANSWER
    assert step.state.more_time_asked == 0


def test_a_very_long_message_costs_no_more_than_an_interrupted_one() -> None:
    """The contact cuts in: a hundred thousand words do not take eleven hours."""
    assert talk_minutes(100_000) == talk_minutes(450)


def test_the_wall_clock_is_what_it_is_told() -> None:
    """By the wall clock words cost nothing, and it never goes back."""
    meeting = setup(clock="wall")
    step = direct(meeting, open_meeting(meeting).state, heard("greeting", words=300), elapsed=2.5)
    assert step.state.minute == 2.5
    assert settle(meeting, step.state, 300, elapsed=2.9).minute == 2.9
    assert settle(meeting, step.state, 300, elapsed=1.0).minute == 2.5


def test_an_untimed_meeting_has_no_cues() -> None:
    """Nobody is hurried who switched the clock off."""
    steps = hold(setup(clock="untimed"), [heard(f"question:{t}!", "builds_on_answer") for t in TOPICS * 2])
    assert {step.direction.cue for step in steps} == {"none"}
    assert steps[-1].state.ended_by is None


# -- jobs --------------------------------------------------------------------------------------------------------------


def test_the_first_job_ask_is_turned_aside_and_the_second_ends_the_meeting() -> None:
    """In character the first time; after that the meeting is over, early."""
    meeting = setup()
    first = say(meeting, at(meeting), "job_ask")
    assert first.direction.main is Intent.JOB_DEFLECTED
    assert not first.direction.ends
    second = say(meeting, first.state, "job_ask")
    assert second.direction.intents == (Intent.LEAVING_JOB,)
    assert second.state.ended_by == "contact"
    assert outcome(meeting, second.state).door == "shut"


def test_a_gentle_contact_bears_one_job_ask_more() -> None:
    """Firmly the second time, gone the third."""
    meeting = setup(difficulty="gentle", sensitivity=2)
    steps = hold(meeting, [heard("job_ask"), heard("job_ask"), heard("job_ask")])
    assert [s.direction.main for s in steps[1:]] == [Intent.JOB_DEFLECTED, Intent.JOB_REFUSED_FIRMLY, Intent.LEAVING_JOB]


@pytest.mark.parametrize("sensitivity", [1, 3, 5])
def test_a_job_ask_costs_more_the_more_sensitive_the_contact(sensitivity: int) -> None:
    """And a veiled one costs less than an open one."""
    meeting = setup(sensitivity=sensitivity)
    state = at(meeting)
    open_ask = say(meeting, state, "job_ask:direct").state
    veiled = say(meeting, state, "job_ask:veiled").state
    assert open_ask.patience == pytest.approx(state.patience - 0.05 * sensitivity, abs=1e-3)
    assert open_ask.patience < veiled.patience < state.patience


def test_what_may_have_been_a_job_ask_is_asked_about_once() -> None:
    """The contact does not guess; the second time it lets the remark pass."""
    meeting = setup()
    first = say(meeting, at(meeting), "job_possible")
    assert first.direction.main is Intent.JOB_CLARIFY
    assert first.state.job_asks == 0
    assert say(meeting, first.state, "job_possible").direction.main is not Intent.JOB_CLARIFY
    assert say(meeting, at(meeting), "job_possible", "follow_up_ask").direction.main is Intent.FOLLOW_UP_GRANTED


def test_a_job_ask_on_the_way_out_does_not_keep_the_meeting_open() -> None:
    """A no and a goodbye in one line."""
    step = say(setup(), at(setup()), "job_ask:veiled", "goodbye")
    assert step.direction.intents == (Intent.JOB_DEFLECTED, Intent.GOODBYE)
    assert step.state.ended_by == "learner"


# -- names and private facts -------------------------------------------------------------------------------------------


def test_an_earned_name_needs_time_and_rapport() -> None:
    """Too early or too cool: not yet; later and liked: the earned name before the one anybody gets."""
    only_earned = setup()
    spent = {"unlocked": ("referral:Cy Always",), "unlocked_turns": (2,)}
    early = at(only_earned, minute=3.0, rapport=0.8, **spent)
    assert say(only_earned, early, "referral_ask").direction.main is Intent.REFERRAL_NOT_YET
    cool = at(only_earned, minute=10.0, rapport=0.4, **spent)
    assert say(only_earned, cool, "referral_ask").direction.main is Intent.REFERRAL_NOT_YET
    liked = say(only_earned, at(only_earned, minute=10.0, rapport=0.6), "referral_ask")
    assert liked.direction.main is Intent.REFERRAL_GRANTED
    assert liked.direction.referral_name == "Ben Earned"
    assert [r.item for r in liked.direction.reveal] == ["referral:Ben Earned"]


def test_a_name_given_always_is_given_on_asking() -> None:
    """Even early and to somebody the contact hardly knows, but not to a demand or to the rude."""
    meeting = setup()
    assert say(meeting, at(meeting, minute=3.0), "referral_ask").direction.referral_name == "Cy Always"
    assert say(meeting, at(meeting, minute=3.0), "referral_ask", "demand").direction.main is Intent.REFERRAL_NOT_YET
    assert say(meeting, at(meeting, rapport=0.1), "referral_ask").direction.main is Intent.REFERRAL_NOT_YET


def test_asking_again_after_a_no_costs_the_names() -> None:
    """A first put-off, then a no, then a push, after which nothing is left to earn."""
    meeting = setup()
    put_off = say(meeting, at(meeting), "referral_ask", "demand")
    refused = say(meeting, put_off.state, "referral_ask", "demand")
    assert refused.direction.main is Intent.REFERRAL_REFUSED
    pushed = say(meeting, refused.state, "referral_ask", "referral_push")
    assert pushed.direction.main is Intent.REFERRAL_PUSHED
    assert dict(pushed.state.lost) == {"referral:Ben Earned": 11, "referral:Cy Always": 11}
    assert pushed.state.patience < refused.state.patience


def test_settling_the_next_step_gets_the_details() -> None:
    """May I use your name: about the person named last, and in the line right after it also for taking the offer up."""
    meeting = setup()
    given = say(meeting, at(meeting), "referral_ask")
    assert say(meeting, given.state, "takes_offer").direction.main is Intent.REFERRAL_DETAILS
    later = given.state.model_copy(update={"turn": 12})
    assert say(meeting, later, "takes_offer", "thanks").direction.main is Intent.THANKED
    assert say(meeting, later, "next_step").direction.referral_name == "Cy Always"
    assert say(meeting, later, "next_step", "follow_up_ask").direction.main is Intent.FOLLOW_UP_GRANTED


def test_asking_for_more_names_than_there_are_points_back_to_the_last() -> None:
    """Nobody says "no names today" right after giving one."""
    meeting = setup()
    unlocked = ("referral:Ben Earned", "referral:Cy Always")
    step = say(meeting, at(meeting, unlocked=unlocked, unlocked_turns=(4, 6)), "referral_ask")
    assert step.direction.main is Intent.REFERRAL_DETAILS
    assert not step.state.referral_declined


@pytest.mark.parametrize(
    ("acts", "rapport", "told"),
    [
        (("question:mistakes!",), 0.5, True),
        (("question:mistakes", "builds_on_answer"), 0.5, True),
        (("question:mistakes", "researched_fact"), 0.5, True),
        (("question:mistakes",), 0.5, False),
        (("question:mistakes!",), 0.2, False),
        (("question:daily_work!",), 0.9, False),
    ],
)
def test_a_private_fact_needs_a_fitting_question_and_rapport(acts: tuple[str, ...], rapport: float, told: bool) -> None:
    """Specific, built on an answer or on research, on the topic, and warm enough."""
    step = say(setup(), at(setup(), rapport=rapport), *acts)
    assert ("private:mistakes" in step.state.unlocked) is told


def test_nobody_confides_in_somebody_who_asked_for_a_job() -> None:
    """One job ask closes the private facts, however well things go after."""
    step = say(setup(), at(setup(), rapport=0.9, job_asks=1), "question:mistakes!")
    assert step.state.unlocked == ()


# -- reactions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acts", "intents"),
    [
        (("purpose", "introduction"), (Intent.ACKNOWLEDGE,)),
        (("greeting",), (Intent.INVITE,)),
        (("small_talk",), (Intent.SMALL_TALK,)),
        (("thanks",), (Intent.THANKED,)),
        (("leads_none",), (Intent.LEAD_BACK,)),
        (("steering",), (Intent.STEERING_REFUSED,)),
        (("steering", "question:pay"), (Intent.STEERING_REFUSED, Intent.ANSWER)),
        (("wrong_fact", "researched_fact", "question:pay"), (Intent.WRONG_FACT, Intent.ANSWER)),
        (("researched_fact", "question:pay!"), (Intent.RESEARCH_NOTICED, Intent.ANSWER)),
        (("researched_fact",), (Intent.RESEARCH_NOTICED,)),
        (("job_disclaimer", "question:pay"), (Intent.JOB_DISCLAIMED, Intent.ANSWER)),
        (("question:looks_for",), (Intent.HIRING_QUESTION, Intent.ANSWER)),
        (("negative_tone", "question:pay"), (Intent.NEGATIVE_TONE, Intent.ANSWER)),
        (("off_topic",), (Intent.OFF_TOPIC,)),
        (("off_topic", "builds_on_answer"), (Intent.ACKNOWLEDGE,)),  # a story told in return is listened to
        (("thanks", "goodbye"), (Intent.THANKED, Intent.GOODBYE)),
        (("thanks", "offer_back", "goodbye"), (Intent.OFFER_RECEIVED, Intent.GOODBYE)),  # which thanks in its turn
        (("off_topic", "question:other"), (Intent.OFF_TOPIC,)),
        (("offer_back", "follow_up_ask"), (Intent.OFFER_RECEIVED, Intent.FOLLOW_UP_GRANTED)),
        (("connect_ask",), (Intent.CONNECT_GRANTED,)),
        (("time_check",), (Intent.TIME_ACKNOWLEDGED,)),
        (("wrap_up",), (Intent.WRAP_UP,)),
        (("question:company_basics",), (Intent.BASIC_QUESTION,)),
        (("question:company_basics", "question:pay"), (Intent.BASIC_QUESTION, Intent.ANSWER)),
        ((), (Intent.INVITE,)),
    ],
)
def test_what_a_message_is_answered_with(acts: tuple[str, ...], intents: tuple[Intent, ...]) -> None:
    """One reaction at most, then what was asked for."""
    assert say(setup(), at(setup()), *acts).direction.intents == intents


def test_research_is_noticed_once() -> None:
    """The second fact pleases as well, but praise twice sounds like a form."""
    first = say(setup(), at(setup()), "researched_fact", "question:pay!")
    second = say(setup(), first.state, "researched_fact", "question:team!")
    assert second.direction.intents == (Intent.ANSWER,)
    assert second.state.rapport > first.state.rapport


def test_at_most_two_topics_are_answered() -> None:
    """People answer the last questions and forget the rest."""
    step = say(setup(), at(setup()), "question:pay", "question:team", "question:culture")
    assert step.direction.topics == ("team", "culture")


def test_an_answer_is_not_left_for_a_topic_that_may_not_have_been_meant() -> None:
    """What takes it up is answered on another topic only where that was heard surely; a new subject is taken as it was heard."""
    unsure = Act("question", 0, 4, "some", confidence=0.35, kind="organisation", topic="security")
    taking_up = Understanding("some words", (Act("builds_on_answer", 0, 4, "some"), unsure), 25)
    assert direct(setup(), at(setup(), last_topic="team"), taking_up).direction.topics == ()
    assert direct(setup(), at(setup(), last_topic="team"), Understanding("some words", (unsure,), 25)).direction.topics == ("security",)


def test_a_follow_up_stays_on_the_topic() -> None:
    """More of the same is asked of the last topic; with none before, it is a question of no topic."""
    step = say(setup(), at(setup(), last_topic="team"), "question:followup!", "builds_on_answer")
    assert (step.direction.main, step.direction.topics) == (Intent.FOLLOW_UP, ("team",))
    lost = say(setup(), at(setup()), "question:followup!")
    assert (lost.direction.main, lost.direction.topics) == (Intent.ANSWER, ())


@pytest.mark.parametrize(("level", "reproached"), [("executive", True), ("manager", True), ("hr", False), ("peer", False)])
def test_basics_are_below_some_levels_only(level: Level, reproached: bool) -> None:
    """Peers and recruiters are asked what the company does all day."""
    step = say(setup(level=level), at(setup(level=level)), "question:company_basics")
    assert (step.direction.main is Intent.BASIC_QUESTION) is reproached
    assert ("unprepared" in dict(step.state.reasons)) is reproached


def test_a_gentle_executive_answers_basics_all_the_same() -> None:
    """With a word about it first."""
    step = say(setup(difficulty="gentle"), at(setup()), "question:company_basics")
    assert step.direction.intents == (Intent.BASIC_QUESTION, Intent.ANSWER)


def test_the_first_monologue_is_interrupted_and_answered_and_the_second_is_not() -> None:
    """Then the contact insists on a question."""
    steps = hold(setup(), [heard("question:pay", words=200), heard("question:team", words=200)])
    assert steps[1].direction.intents == (Intent.RAMBLING, Intent.ANSWER)
    assert steps[2].direction.intents == (Intent.RAMBLING,)


def test_silence_three_times_ends_it() -> None:
    """Twice the contact asks whether anybody is there."""
    steps = hold(setup(), [heard(words=0)] * 5)
    assert [s.direction.main for s in steps[1:]] == [Intent.SILENCE, Intent.SILENCE, Intent.LEAVING_EARLY]
    assert steps[-1].state.ended_by == "contact"
    assert "there was nobody at the other end" in outcome(setup(), steps[-1].state).why


def test_nonsense_is_not_understood() -> None:
    """And is not taken for silence by the ear."""
    assert say(setup(), at(setup()), nonsense=True).direction.main is Intent.NOT_UNDERSTOOD


def test_turns_without_substance_hand_the_lead_back_and_tire() -> None:
    """Idle remarks cost a little each."""
    steps = hold(setup(), [heard("purpose"), heard(words=2), heard(words=2)])
    assert [s.direction.main for s in steps[2:]] == [Intent.INVITE, Intent.LEAD_BACK]
    assert steps[3].state.patience < steps[2].state.patience < steps[1].state.patience


def test_out_of_patience_the_contact_leaves_early() -> None:
    """Whatever the clock says."""
    step = say(setup(), at(setup(), patience=0.1, minute=5.0), "negative_tone")
    assert step.direction.intents == (Intent.LEAVING_EARLY,)
    assert step.direction.cue == "leaving"
    assert step.state.ended_by == "contact"


def test_delights_please_once_and_peeves_every_time() -> None:
    """A delight met before is no news."""
    meeting = setup()
    knots = Understanding("knots?", (_act("question:pay!"),), 10, delights=("knots",))
    first = direct(meeting, at(meeting), knots)
    second = direct(meeting, first.state, knots)
    plain = say(meeting, first.state, "question:pay!", words=10)
    assert first.state.rapport > plain.state.rapport - first.state.rapport + at(meeting).rapport
    assert second.state.rapport == plain.state.rapport
    flattery = Understanding("wow", (), 10, peeves=("flattery",))
    assert direct(meeting, first.state, flattery).state.patience < first.state.patience


# -- the end -----------------------------------------------------------------------------------------------------------


def test_a_goodbye_ends_the_meeting_for_the_learner() -> None:
    """In time it is remembered well."""
    step = say(setup(), at(setup()), "thanks", "goodbye")
    assert (step.direction.main, step.state.ended_by) == (Intent.GOODBYE, "learner")
    assert "closed_well" in dict(step.state.reasons)


def test_a_goodbye_with_a_question_is_answered_first() -> None:
    """Nobody hangs up on a question that was just put."""
    step = say(setup(), at(setup()), "goodbye", "question:pay")
    assert not step.direction.ends


def test_thanks_after_a_wrap_up_is_a_goodbye() -> None:
    """Once closing has begun, thanks close."""
    closing = say(setup(), at(setup()), "wrap_up")
    assert closing.direction.main is Intent.WRAP_UP
    assert say(setup(), closing.state, "thanks").direction.main is Intent.GOODBYE


def test_a_name_asked_for_at_the_last_moment_is_still_given() -> None:
    """With the goodbye in the same line."""
    meeting = setup()
    step = say(meeting, at(meeting, minute=20.9, cue="hard", cue_turn=4, rapport=0.7), "referral_ask")
    assert step.direction.intents == (Intent.REFERRAL_GRANTED, Intent.LEAVING)
    assert step.direction.main is Intent.LEAVING


def test_nothing_is_directed_after_the_end() -> None:
    """A turn after the end is the caller's mistake."""
    over = end_by_learner(at(setup()))
    assert over.ended_by == "learner"
    assert end_by_learner(over.model_copy(update={"ended_by": "time"})).ended_by == "time"
    with pytest.raises(ValueError, match="over"):
        say(setup(), over, "greeting")


# -- what is left of it ------------------------------------------------------------------------------------------------

EXPERT = [
    heard("greeting", "purpose", "introduction", "referrer_mention", "time_check"),
    heard("researched_fact", "question:daily_work!"),
    heard("builds_on_answer", "question:followup!"),
    heard("question:mistakes!"),
    heard("builds_on_answer", "question:decisions!"),
    heard("researched_fact", "question:team!"),
    heard("question:advice!"),
    heard("referral_ask"),
    heard("next_step", "thanks"),
    heard("follow_up_ask", "offer_back"),
    heard("wrap_up", "thanks", "goodbye"),
]
AVERAGE = [
    heard("greeting", "thanks", "interest"),
    *questions(9),
    heard("referral_ask"),
    *questions(4),
    heard("thanks", "goodbye"),
]


def verdict(meeting: Setup, said: Sequence[Understanding]) -> Outcome:
    return outcome(meeting, hold(meeting, said)[-1].state)


def test_an_expert_finds_the_door_open_on_every_level() -> None:
    """And has earned something; a tough contact gives less than a gentle one."""
    earned = {}
    for difficulty in TUNINGS:
        result = verdict(setup(difficulty=difficulty), EXPERT)
        assert result.door == "open", difficulty
        earned[difficulty] = sum(entry.status == "earned" for entry in result.ledger)
    assert earned["gentle"] >= earned["realistic"] >= earned["tough"] >= 1


def test_difficulty_shows_in_the_same_average_meeting() -> None:
    """Patience, rapport, what is given, when the contact warns, and the door."""
    meetings = {d: setup(difficulty=d) for d in TUNINGS}
    runs = {d: hold(m, [*AVERAGE[:-1], *questions(20)]) for d, m in meetings.items()}
    at_ten = {d: run[10].state for d, run in runs.items()}
    assert at_ten["gentle"].patience > at_ten["realistic"].patience > at_ten["tough"].patience
    assert at_ten["gentle"].rapport > at_ten["realistic"].rapport > at_ten["tough"].rapport
    first_soft = {d: next(n for n, s in enumerate(run) if s.direction.cue == "soft") for d, run in runs.items()}
    assert first_soft["gentle"] < first_soft["tough"]
    stayed = {d: run[-1].state.minute for d, run in runs.items()}
    assert stayed["gentle"] > stayed["tough"]
    asked = [step for step in runs["tough"] if step.direction.referral_name]
    assert [s.direction.referral_name for s in asked] == ["Cy Always"]


@pytest.mark.parametrize(
    ("said", "door"),
    [
        (EXPERT, "open"),
        (AVERAGE, "ajar"),
        ([heard("job_ask"), heard("job_ask")], "shut"),
        ([heard(words=0)] * 3, "shut"),
        ([heard("negative_tone")] * 4, "shut"),
        ([], "shut"),
    ],
)
def test_what_the_contact_decides(said: list[Understanding], door: str) -> None:
    """The door, with a reason in the contact's words."""
    result = verdict(setup(), said)
    assert result.door == door
    assert result.why.endswith(".")


def test_an_open_door_is_never_explained_by_a_fault() -> None:
    """Reasons fit the verdict: good ones for open, bad ones for shut, one of each for ajar."""
    meeting = setup()
    reasons = (("drifted", 3), ("researched", 5))
    good = at(meeting, rapport=0.9, learner_turns=8, reasons=reasons)
    assert outcome(meeting, good).why == "I would take your call again: you had done your homework."
    middling = good.model_copy(update={"rapport": 0.4})
    assert "homework, but you had little" in outcome(meeting, middling).why
    bad = good.model_copy(update={"rapport": 0.1})
    assert "homework" not in outcome(meeting, bad).why


def test_every_remembered_reason_has_words() -> None:
    """The tables agree with each other."""
    assert set(GOOD_REASONS) <= set(REMEMBERED)
    assert set(REASON_OF_ACT.values()) <= set(REMEMBERED)
