"""Every number of the rules, with its unit and its reason. Those without a source are our judgement, tuned on scripted
learners.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.meeting import Difficulty

PACE = 2.0
"""Minutes of meeting per minute of talk. People pause, think and go back; with 2.0 a 20-minute meeting takes 12 to 18
exchanges."""

TURN_MINUTES = 0.3
"""Minutes every utterance costs besides its words: taking breath, taking notes."""

SHORTEST_MINUTES = 0.6
"""Minutes of meeting that the shortest utterance costs, silence included: half a minute goes by around a word, too."""

INTERRUPT_WORDS = 450
"""Words after which a contact cuts in, so that no single message costs more of the clock than this: three minutes of talk."""

RAMBLE_WORDS = 90
"""Words in one message from which it is a monologue: about 36 seconds of unbroken talk, twice what a question needs."""

RAMBLE_PATIENCE = 0.07
"""Patience that a monologue costs at its limit."""

RAMBLE_PATIENCE_MORE = 0.06
"""Patience for every further length of the limit, at most three."""

RAMBLE_EARNS = 0.25
"""Share of the rapport it would have earned that a thing said inside a monologue does earn."""

RAPPORT_ROOM = 1.3
"""Rapport earned is multiplied by this less the rapport there is, at most by 1: the first steps to trust are the easy ones."""

LAST_QUESTION_WORDS = 40
"""Longest last question, in words, that a contact who has asked for a short one answers without minding."""

SILENT_TURNS = 3
"""Empty or senseless messages in a row after which the contact gives up on the call."""

SILENT_PATIENCE = 0.12
"""Patience one empty or senseless message costs: it takes a handful to end a meeting even out of order."""

SILENT_RAPPORT = 0.04
"""Rapport one empty or senseless message costs."""

JOB_PATIENCE = 0.05
"""Patience a job ask costs for each point of job sensitivity."""

JOB_RAPPORT = 0.04
"""Rapport a job ask costs for each point of job sensitivity."""

VEILED_JOB = 0.7
"""What a veiled job ask costs, as a share of an open one: it leaves both a way to pass over it."""

SENSITIVE = 4
"""Job sensitivity from which one ask closes what the contact could have given; below, it takes two."""

PUSH_PATIENCE, PUSH_RAPPORT = 0.15, 0.10
"""Patience and rapport that asking for a name again after a no costs."""

MORE_TIME_PATIENCE = 0.08
"""Patience that asking for time beyond the agreed costs where it is not granted."""

MORE_TIME_SHARE = 0.1
"""Share of the agreed time that is granted on top, once."""

MORE_TIME_RAPPORT, MORE_TIME_LEFT = 0.6, 0.45
"""Rapport and patience from which more time is granted."""

MISSED_CUE_PATIENCE = 0.1
"""Patience it costs to carry on after the contact said it is time to stop."""

REFERRAL_SHARE = 0.35
"""Share of the agreed time before which nobody hands out a colleague's name, unless they give names always."""

REFERRAL_PATIENCE = 0.15
"""Patience below which nobody makes introductions."""

PATIENCE_FLOOR = 0.08
"""Patience at which the contact ends the meeting, whatever the clock says."""


@dataclass(frozen=True)
class Tuning:
    """What a difficulty changes.

    `loss` and `gain` multiply what costs patience and what earns rapport. `soft_share` and `hard_share` are the shares of the
    agreed
    time after which the contact says how much is left, and that it is time to stop; `grace` the share by which they overstay
    before
    leaving; `missed_cues` how often the learner may carry on after the second. `deflections`: job asks that are turned aside
    before
    the meeting ends. `referral_rapport`: the rapport (0 to 1) a name costs. `private_shift` is added to the rapport a private
    fact
    asks for. `ramble` scales the limit of a monologue, `talk` the length of an answer. `monologues`: how many of them are
    answered
    before the contact insists on a question. `answers_basics`: whether a question below their level gets an answer all the
    same.
    """

    loss: float
    gain: float
    soft_share: float
    hard_share: float
    grace: float
    missed_cues: int
    deflections: int
    referral_rapport: float
    private_shift: float
    ramble: float
    talk: float
    monologues: int
    answers_basics: bool


TUNINGS: dict[Difficulty, Tuning] = {
    "gentle": Tuning(
        loss=0.6, gain=1.3, soft_share=0.65, hard_share=0.85, grace=0.15, missed_cues=3, deflections=2,
        referral_rapport=0.42, private_shift=-0.1, ramble=1.4, talk=1.1, monologues=99,
        answers_basics=True,
    ),
    "realistic": Tuning(
        loss=1.0, gain=1.0, soft_share=0.72, hard_share=0.88, grace=0.05, missed_cues=2, deflections=1,
        referral_rapport=0.52, private_shift=0.0, ramble=1.0, talk=1.0, monologues=1,
        answers_basics=False,
    ),
    "tough": Tuning(
        loss=1.45, gain=0.8, soft_share=0.8, hard_share=0.9, grace=0.0, missed_cues=1, deflections=1,
        referral_rapport=0.62, private_shift=0.08, ramble=0.8, talk=0.85, monologues=0,
        answers_basics=False,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What an act does to the contact, before temperament and difficulty; both on the 0 to 1 scales. `why` is the reason."""

    patience: float
    rapport: float
    why: str


EFFECTS: dict[str, Effect] = {
    "greeting": Effect(0, 0.02, "ordinary courtesy"),
    "thanks": Effect(0, 0.02, "ordinary courtesy"),
    "purpose": Effect(0.01, 0.04, "a contact wonders how they can help until told"),
    "introduction": Effect(0, 0.03, "a stranger becomes somebody"),
    "achievement": Effect(0, 0.03, "something concrete to remember them by"),
    "referrer_mention": Effect(0, 0.05, "the mutual friend vouches"),
    "time_check": Effect(0.02, 0.03, "the time is treated as a promise"),
    "researched_fact": Effect(0.02, 0.07, "homework is an investment in the contact"),
    "wrong_fact": Effect(-0.04, -0.04, "a wrong fact undoes homework"),
    "builds_on_answer": Effect(0.01, 0.05, "being heard"),
    "specific_question": Effect(0.01, 0.05, "a question only this contact can answer"),
    "generic_question": Effect(-0.01, 0.004, "a question anybody could have been asked"),
    "basic_question": Effect(-0.09, -0.05, "the website would have said"),
    "repeated_question": Effect(-0.06, -0.03, "was answered already"),
    "job_disclaimer": Effect(0.01, 0.03, "the elephant leaves the room"),
    "interest": Effect(0, 0.01, "pleasant to hear"),
    "offer_back": Effect(0.02, 0.08, "gives instead of taking"),
    "takes_no": Effect(0.02, 0.03, "grace after a no"),
    "wrap_up": Effect(0.02, 0.03, "ends on their own account"),
    "small_talk": Effect(0, 0.01, "a minute of being people, at the start"),
    "late_small_talk": Effect(-0.03, 0, "pleasantries in the middle of lent minutes"),
    "drift": Effect(-0.04, -0.02, "a turn that asks nothing and gives nothing to answer"),
    "leads_none": Effect(-0.10, -0.07, "they asked for the meeting; they lead it"),
    "demand": Effect(-0.08, -0.10, "contact details are given, not taken"),
    "negative_tone": Effect(-0.12, -0.12, "nobody refers a cynic"),
    "off_topic": Effect(-0.07, -0.04, "minutes that were lent for something else"),
    "steering": Effect(-0.10, -0.08, "talk addressed to somebody who is not in the room"),
    "delight": Effect(0.03, 0.08, "the persona's own delight"),
    "peeve": Effect(-0.08, -0.08, "the persona's own peeve"),
}

ONCE = ("greeting", "purpose")
"""Acts that please at the start of a meeting only."""

REMEMBERED = {
    "job_pushed": "you asked me for a job after I had said what this meeting was",
    "job_asked": "you turned to getting a job out of it",
    "rude": "the tone",
    "overstayed": "you stayed on after I had said I must go",
    "rambled": "you talked more than you asked",
    "unprepared": "you asked what the website says",
    "no_lead": "you left it to me to run your meeting",
    "silent": "there was nobody at the other end",
    "pushed_referral": "you asked for names again after I had said no",
    "steered": "you talked to somebody who was not in the room",
    "drifted": "you had little that you wanted to know",
    "researched": "you had done your homework",
    "listened": "you took up what I said",
    "offered": "you thought of something to give back",
    "closed_well": "you ended on time by yourself",
    "delighted": "you touched something I care about",
    "asked_well": "you asked what only I could answer",
}
"""What a contact takes away, in the contact's words to themselves. Bad reasons first, in order of weight."""

GOOD_REASONS = ("researched", "listened", "offered", "closed_well", "delighted", "asked_well")

REASON_OF_ACT = {
    "researched_fact": "researched",
    "builds_on_answer": "listened",
    "offer_back": "offered",
    "negative_tone": "rude",
    "leads_none": "no_lead",
    "steering": "steered",
}
"""Which acts a contact remembers, and as what."""

SHUT_PATIENCE, SHUT_RAPPORT = 0.12, 0.2
"""Patience and rapport at or under which the door is shut."""

OPEN_MARGIN = 0.03
"""Rapport beyond what an earned name costs from which the door is open: a call is taken again a little less readily."""

OPEN_TURNS = 4
"""Learner turns below which nobody has been met, however pleasant."""
