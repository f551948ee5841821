"""What the contact's next line does: a first short reaction, then one or two things of substance."""

from __future__ import annotations

from sim.director.clock import last_question
from sim.director.disclosure import can_still_give, given_name, grant_referral, tell_private
from sim.director.feelings import NO_TOPIC
from sim.director.moment import Moment
from sim.director.tuning import MORE_TIME_LEFT, MORE_TIME_PATIENCE, MORE_TIME_RAPPORT, MORE_TIME_SHARE, SILENT_TURNS
from sim.persona import Intent
from sim.understanding.acts import Act

MAINS = 2
"""Things of substance in one line; people answer the last two questions and forget the rest."""

SURE = 0.4
"""Confidence of a topic from which a question that takes up the last answer is answered on another. Counted by hand on 17 questions
of live testers that took up an answer or were specific: below it one topic in eight fitted, from .40 to .45 five in nine."""

REQUESTS = {
    "offer_back": Intent.OFFER_RECEIVED,
    "follow_up_ask": Intent.FOLLOW_UP_GRANTED,
    "connect_ask": Intent.CONNECT_GRANTED,
}
"""Small things a learner may ask or offer, which a contact simply takes up."""

WARY_OF_HIRING = 3
"""Job sensitivity from which a contact says first that they speak of hiring in general only."""


def respond(moment: Moment) -> None:
    """Choose what the line does, before the clock has its say."""
    if _speechless(moment):
        return
    if not _job(moment):
        _names(moment)
        _more_time(moment)
        _requests(moment)
        _answer(moment)
        _react(moment)
    if not moment.mains:
        moment.mains, moment.reactions = moment.reactions, []
    if not moment.mains:
        _remark(moment)
    if not moment.ended_by:
        _goodbye(moment)
    moment.mains = list(dict.fromkeys(moment.mains))


def _speechless(moment: Moment) -> bool:
    silences = moment.before.silences + 1 if moment.silent else 0
    moment.changes["silences"] = silences
    if not moment.silent:
        return False
    if silences >= SILENT_TURNS:
        moment.remember("silent")
        moment.leave(Intent.LEAVING_EARLY, "contact")
    else:
        moment.mains = [Intent.SILENCE if moment.heard.words == 0 else Intent.NOT_UNDERSTOOD]
    return True


def _job(moment: Moment) -> bool:
    """Turn a job ask aside, end the meeting over one too many, or ask back where it may have been one; tell whether it was."""
    heard, asks = moment.heard, moment.before.job_asks + 1
    moment.changes["job_clarifying"] = False
    if heard.has("job_ask"):
        if asks > moment.tuning.deflections:
            moment.leave(Intent.LEAVING_JOB, "contact")
        else:
            moment.mains = [Intent.JOB_DEFLECTED if asks == 1 else Intent.JOB_REFUSED_FIRMLY]
        return True
    settled = heard.has("job_disclaimer", "referral_ask", *REQUESTS) or bool(heard.questions)
    unsure = heard.has("job_possible") and not settled
    if unsure and not moment.before.job_clarifying:
        moment.mains = [Intent.JOB_CLARIFY]
        moment.changes["job_clarifying"] = True
        return True
    return False


# -- names and time -----------------------------------------------------------------------------------------------------------


def _names(moment: Moment) -> None:
    heard, before = moment.heard, moment.before
    if not heard.has("referral_ask", "referral_push"):
        just_given = before.referral_turn == before.turn
        settles = heard.has("next_step") and not heard.has("follow_up_ask")
        if given_name(moment) and (settles or (just_given and heard.has("takes_offer"))):
            _details(moment)
        return
    moment.changes["referral_asks"] = before.referral_asks + 1
    if before.referral_declined:
        moment.mains.append(Intent.REFERRAL_PUSHED)
    elif grant_referral(moment):
        moment.mains.append(Intent.REFERRAL_GRANTED)
    elif given_name(moment) and not can_still_give(moment):
        _details(moment)
    else:
        _decline(moment)


def _details(moment: Moment) -> None:
    moment.referral_name = given_name(moment)
    moment.mains.append(Intent.REFERRAL_DETAILS)


def _decline(moment: Moment) -> None:
    """Put the learner off the first time, while there is something to hope for; say no the second."""
    late = moment.timed and moment.minute > moment.tuning.soft_share * moment.setup.agreed_minutes
    if late or moment.before.referral_asks or not can_still_give(moment):
        moment.changes["referral_declined"] = True
        moment.mains.append(Intent.REFERRAL_REFUSED)
    else:
        moment.mains.append(Intent.REFERRAL_NOT_YET)


def _more_time(moment: Moment) -> None:
    if not moment.heard.has("more_time") or moment.before.cue != "hard" or last_question(moment):
        return
    first = moment.before.more_time_asked == 0
    moment.changes["more_time_asked"] = moment.before.more_time_asked + 1
    liked = moment.rapport >= MORE_TIME_RAPPORT and moment.patience >= MORE_TIME_LEFT
    if first and liked and moment.setup.difficulty != "tough":
        moment.changes["extra_minutes"] = moment.before.extra_minutes + MORE_TIME_SHARE * moment.setup.agreed_minutes
        moment.reactions.append(Intent.MORE_TIME_GRANTED)
    else:
        moment.patience -= MORE_TIME_PATIENCE * moment.tuning.loss
        moment.mains.append(Intent.MORE_TIME_REFUSED)


def _requests(moment: Moment) -> None:
    for act, intent in REQUESTS.items():
        if moment.heard.has(act) and len(moment.mains) < MAINS:
            moment.mains.append(intent)


# -- answers ------------------------------------------------------------------------------------------------------------------


def _answer(moment: Moment) -> None:
    """Answer the last questions. Of a monologue or a basic question the contact may say only what is wrong with it."""
    questions = moment.heard.questions
    leaving = moment.heard.has("goodbye") and moment.before.cue == "hard"
    if not questions or leaving or Intent.MORE_TIME_REFUSED in moment.mains or len(moment.mains) >= MAINS:
        return
    rambled = sum(key == "rambled" for key, _ in moment.before.reasons)
    if moment.rambling and rambled >= moment.tuning.monologues:
        moment.mains.append(Intent.RAMBLING)
        return
    below = [q for q in questions if moment.below_level(q)]
    if below and not moment.tuning.answers_basics:
        moment.mains.append(Intent.BASIC_QUESTION)
        questions = tuple(q for q in questions if q not in below)
    if not questions:
        return
    for question in questions[-MAINS:]:
        _take_up(moment, question)
    moment.mains.append(_kind_of_answer(moment, questions[-1]))
    moment.changes["questions_answered"] = moment.before.questions_answered + 1


def _take_up(moment: Moment, question: Act) -> None:
    topic = moment.before.last_topic if question.topic == "followup" else question.topic
    if topic is None or topic in NO_TOPIC or topic in moment.topics or _unsure(moment, question):
        return
    moment.topics.append(topic)
    tell_private(moment, topic, question)


def _unsure(moment: Moment, question: Act) -> bool:
    """Tell whether the topic is too unsure to leave the subject at hand for: a wrong answer given with confidence is worse than none.

    Where a question could be put to nobody else, the reader itself withholds a topic it is not sure of.
    """
    return moment.heard.has("builds_on_answer") and question.topic != "followup" and question.confidence < SURE


def _kind_of_answer(moment: Moment, question: Act) -> Intent:
    if question.topic == "followup" and moment.before.last_topic:
        return Intent.FOLLOW_UP
    if not moment.topics and moment.heard.has("off_topic") and question.topic in NO_TOPIC:
        return Intent.OFF_TOPIC
    return Intent.ANSWER


# -- reactions ----------------------------------------------------------------------------------------------------------------


def _react(moment: Moment) -> None:
    """Put one short reaction before what follows."""
    if moment.reactions:
        return
    intent = _reaction(moment)
    if intent is None or intent in moment.mains:
        return
    moment.fact = next((a.fact for a in moment.heard.acts if a.fact and a.id in ("wrong_fact", "researched_fact")), None)
    moment.reactions.append(intent)


def _reaction(moment: Moment) -> Intent | None:
    heard, first = moment.heard, moment.before.learner_turns == 0
    below = any(moment.below_level(q) for q in heard.questions)
    hiring = any(q.kind == "hiring" for q in heard.questions) and not _spoke_of_hiring(moment)
    ladder = (
        (heard.has("steering"), Intent.STEERING_REFUSED),
        (heard.has("negative_tone"), Intent.NEGATIVE_TONE),
        (heard.has("wrong_fact"), Intent.WRONG_FACT),
        (moment.rambling, Intent.RAMBLING),
        (below, Intent.BASIC_QUESTION),
        (heard.has("leads_none"), Intent.LEAD_BACK),
        (heard.has("job_disclaimer") and not moment.before.job_asks, Intent.JOB_DISCLAIMED),
        (heard.has("researched_fact") and not moment.spoken("researched"), Intent.RESEARCH_NOTICED),
        (hiring and moment.persona.temperament.job_sensitivity >= WARY_OF_HIRING, Intent.HIRING_QUESTION),
        (heard.has("time_check") and moment.before.cue == "none", Intent.TIME_ACKNOWLEDGED),
        (first and heard.has("purpose", "introduction"), Intent.ACKNOWLEDGE),
    )
    return next((intent for applies, intent in ladder if applies), None)


def _spoke_of_hiring(moment: Moment) -> bool:
    return any(use.topic in ("looks_for", "hiring_process") for use in moment.before.topics)


def _remark(moment: Moment) -> None:
    """Choose the line for a message that asks nothing and calls for no reaction of its own."""
    heard = moment.heard
    settled = heard.has("purpose", "introduction")
    again = ("drifted", moment.learner_turn - 2) in moment.before.reasons
    asks_back = heard.text.rstrip().endswith("?") and not heard.acts
    ladder = (
        (heard.has("goodbye"), None),
        (heard.has("wrap_up"), Intent.WRAP_UP),
        (heard.has("off_topic") and heard.has("builds_on_answer"), Intent.ACKNOWLEDGE),  # a story told in return, and no wandering off
        (heard.has("off_topic"), Intent.OFF_TOPIC),
        (heard.has("small_talk") and not settled, Intent.SMALL_TALK),
        (heard.has("thanks") and bool(moment.before.learner_turns) and not settled, Intent.THANKED),
        (heard.has("greeting") and not settled, Intent.INVITE),
        (asks_back, Intent.NOT_UNDERSTOOD),
        (bool(heard.acts), Intent.ACKNOWLEDGE),
        (again, Intent.LEAD_BACK),
        (True, Intent.INVITE),
    )
    intent = next(intent for applies, intent in ladder if applies)
    if intent:
        moment.mains.append(intent)


def _goodbye(moment: Moment) -> None:
    """Let the learner end it: by a goodbye, or by thanks once they have begun to close."""
    heard = moment.heard
    closing = heard.has("goodbye") or (heard.has("thanks") and moment.spoken("closed_well"))
    asked = (Intent.ANSWER, Intent.FOLLOW_UP, Intent.REFERRAL_GRANTED, Intent.REFERRAL_NOT_YET, Intent.MORE_TIME_GRANTED)
    if (closing or heard.has("wrap_up")) and _in_time(moment):
        moment.remember("closed_well")
    if not closing or any(intent in asked for intent in moment.mains):
        return
    moment.mains = [i for i in moment.mains if i not in (Intent.WRAP_UP, Intent.THANKED, Intent.ACKNOWLEDGE)]
    if heard.has("thanks") and not moment.reactions and Intent.OFFER_RECEIVED not in moment.mains:
        moment.reactions.append(Intent.THANKED)
    moment.mains.append(Intent.GOODBYE)
    moment.ended_by = "learner"


def _in_time(moment: Moment) -> bool:
    return not moment.timed or moment.minute <= moment.setup.agreed_minutes
