"""From which probability a reading counts. Set on the labelled sessions and on the meetings of `training/held`, which nothing was trained
on, for the F1 of each act and the marks that hang on it; where a false alarm hurts a learner most (a job ask, steering) for precision
first. `basic_heard`, `hiring_heard`: from which share the contact answers on it; `hiring_said`: where a word of hiring stands in the
question; `referral_ask_answered`: where the contact's reply is known; `job_unanswered`: where it is not (yet);
`negative_tone_live`: for the contact to take offence (on the labelled sessions every such turn was noted by a rater, a third of all noted).
"""

THRESHOLDS: dict[str, float] = {
    "greeting": 0.35, "thanks": 0.35, "purpose": 0.5, "introduction": 0.5, "achievement": 0.35, "referrer_mention": 0.35,
    "small_talk": 0.5, "time_check": 0.5, "wrap_up": 0.65, "more_time": 0.35, "builds": 0.5, "referral_ask": 0.5,
    "referral_hint": 0.5, "demand": 0.5, "next_step": 0.35, "takes_offer": 0.55, "takes_no": 0.45, "job_disclaimer": 0.5,
    "interest": 0.3, "follow_up_ask": 0.35, "connect_ask": 0.35, "offer_back": 0.55, "negative_tone": 0.54, "negative_tone_live": 0.8,
    "goodbye": 0.3, "off_topic": 0.6, "steering": 0.7, "leads_none": 0.56, "learned": 0.6, "plan": 0.6, "favour": 0.7, "template": 0.7,
    "question": 0.35, "specific": 0.5, "specific_alone": 0.3, "topic": 0.33, "topic_specific": 0.5, "own_topic": 0.62,
    "basic": 0.43, "basic_heard": 0.4, "hiring": 0.85, "hiring_said": 0.46, "hiring_heard": 0.46, "likes": 0.5,
    "job": 0.97, "job_unanswered": 0.98, "job_possible": 0.6, "job_despite_disclaimer": 0.98,
    "referral_ask_answered": 0.91,
    "researched_fact": 0.55, "researched_fact_alone": 0.5,
    "c.cue": 0.5, "c.must_go": 0.95, "c.offers_name": 0.5, "c.no_referral": 0.5, "c.no_job": 0.5, "c.raises_job": 0.5,
}  # fmt: skip
