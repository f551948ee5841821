"""From which probability a reading counts. Set on writers held back from training, for the F1 of each act; where a false alarm hurts
a learner (a job ask, a rude tone, steering) for precision first.
"""

THRESHOLDS: dict[str, float] = {
    "greeting": 0.35, "thanks": 0.35, "purpose": 0.5, "introduction": 0.5, "achievement": 0.5, "referrer_mention": 0.35,
    "small_talk": 0.5, "time_check": 0.6, "wrap_up": 0.85, "more_time": 0.5, "builds": 0.5, "referral_ask": 0.5,
    "referral_hint": 0.5, "demand": 0.5, "next_step": 0.35, "takes_offer": 0.4, "takes_no": 0.3, "job_disclaimer": 0.6,
    "interest": 0.5, "follow_up_ask": 0.35, "connect_ask": 0.35, "offer_back": 0.85, "negative_tone": 0.75, "goodbye": 0.5,
    "off_topic": 0.6, "steering": 0.7, "leads_none": 0.8, "learned": 0.6, "plan": 0.6, "favour": 0.7, "template": 0.7,
    "question": 0.35, "specific": 0.5, "topic": 0.3, "own_topic": 0.62, "basic": 0.4, "hiring": 0.5, "likes": 0.5,
    "job": 0.95, "job_possible": 0.6, "job_despite_disclaimer": 0.98,
    "researched_fact": 0.75, "researched_fact_alone": 0.5, "wrong_fact": 0.85,
    "c.cue": 0.5, "c.must_go": 0.5, "c.offers_name": 0.5, "c.no_referral": 0.5, "c.no_job": 0.5, "c.raises_job": 0.5,
}  # fmt: skip
