"""The labels the model answers, in the order of its outputs. Training writes them, reading uses them."""

from __future__ import annotations

from sim.topics import CATALOGUE

TAGS = (
    "greeting", "thanks", "purpose", "introduction", "achievement", "referrer_mention", "small_talk", "time_check",
    "wrap_up", "more_time", "researched_fact", "wrong_fact", "builds", "referral_ask", "referral_hint", "demand",
    "next_step", "takes_offer", "takes_no", "job.direct", "job.veiled", "job_disclaimer", "interest", "follow_up_ask",
    "connect_ask", "offer_back", "negative_tone", "goodbye", "off_topic", "steering", "leads_none", "learned", "plan",
    "favour", "template", "question", "job", "specific",
    "c.cue", "c.must_go", "c.offers_name", "c.no_referral", "c.no_job", "c.raises_job",
)  # fmt: skip
"""One yes/no output each. `question`, `job` and `specific` are derived: any q.*, any job.*, any q.*! tag. `c.*` are read
from the contact's lines: says how much time is left, says they must go now, offers or gives a name, declines to give one, turns a job
ask down, brings up jobs unasked."""

TOPICS = tuple(CATALOGUE)
"""One choice among these for a segment that asks something."""
