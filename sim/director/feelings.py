"""What a message does to the contact's patience and rapport."""

from __future__ import annotations

from sim.director.moment import Moment
from sim.director.tuning import (
    EFFECTS,
    JOB_PATIENCE,
    JOB_RAPPORT,
    ONCE,
    PUSH_PATIENCE,
    PUSH_RAPPORT,
    RAMBLE_PATIENCE,
    RAMBLE_PATIENCE_MORE,
    REASON_OF_ACT,
    SILENT_PATIENCE,
    SILENT_RAPPORT,
    VEILED_JOB,
)

IDLE_ACTS = {"greeting", "thanks", "small_talk", "interest"}
"""Acts that are pleasant and lead nowhere."""

NO_TOPIC = {None, "other", "followup"}


def feel(moment: Moment) -> None:
    """Move patience and rapport by everything the message does."""
    if moment.silent:
        moment.cost(SILENT_PATIENCE, SILENT_RAPPORT)
        return
    _feel_acts(moment)
    _feel_questions(moment)
    _feel_persona(moment)
    _feel_pushing(moment)
    if moment.rambling:
        lengths_over = moment.heard.words / moment.ramble_limit - 1
        moment.cost(RAMBLE_PATIENCE + RAMBLE_PATIENCE_MORE * min(lengths_over, 3))
        moment.remember("rambled")


def _feel_acts(moment: Moment) -> None:
    acts = {a.id for a in moment.heard.acts}
    felt = acts & set(EFFECTS)
    if moment.before.learner_turns:
        felt -= set(ONCE)
    if moment.before.job_asks:
        felt.discard("job_disclaimer")
    if "small_talk" in felt and not moment.opening:
        felt = felt - {"small_talk"} | {"late_small_talk"}
    if moment.before.learner_turns and acts <= IDLE_ACTS and not _may_idle(moment):
        felt.add("drift")
        moment.remember("drifted")
    for act in sorted(felt):
        moment.apply(act)
    for act, reason in REASON_OF_ACT.items():
        if act in felt and not (act == "researched_fact" and "wrong_fact" in felt):
            moment.remember(reason)


def _may_idle(moment: Moment) -> bool:
    """Thanking somebody who has begun to close, or to give, is no drifting."""
    return moment.heard.has("thanks") and (moment.before.cue != "none" or bool(moment.before.unlocked))


def _feel_questions(moment: Moment) -> None:
    asked = {use.topic for use in moment.before.topics} - NO_TOPIC
    for act in moment.heard.questions[:3]:
        if moment.below_level(act):
            moment.apply("basic_question")
            moment.remember("unprepared")
        elif act.topic in asked and not act.specific and not moment.heard.has("builds_on_answer"):
            moment.apply("repeated_question")
        elif act.specific:
            moment.apply("specific_question")
            moment.remember("asked_well")
        else:
            moment.apply("generic_question")


def _feel_persona(moment: Moment) -> None:
    for _ in set(moment.heard.delights) - set(moment.before.delights_met):
        moment.apply("delight")
        moment.remember("delighted")
    for _ in set(moment.heard.peeves):
        moment.apply("peeve")


def _feel_pushing(moment: Moment) -> None:
    job = moment.heard.first("job_ask")
    if job:
        points = moment.persona.temperament.job_sensitivity * (VEILED_JOB if job.kind == "veiled" else 1.0)
        moment.patience -= JOB_PATIENCE * points * moment.tuning.loss
        moment.rapport -= JOB_RAPPORT * points * moment.tuning.loss
        moment.remember("job_pushed" if moment.before.job_asks else "job_asked")
    if moment.before.referral_declined and moment.heard.has("referral_ask", "referral_push"):
        moment.patience -= PUSH_PATIENCE * moment.tuning.loss
        moment.rapport -= PUSH_RAPPORT * moment.tuning.loss
        moment.remember("pushed_referral")
