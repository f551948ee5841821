"""The words of the studio's form: what each field is called, and what it does in the meeting."""

from __future__ import annotations

import re

LABELS: dict[str, tuple[str, str]] = {
    "id": ("Id", "The contact's name in addresses and files: small letters, digits and dashes. It follows the name until you publish."),
    "name": ("Name", "First and last name of an invented person. People who resemble somebody real help nobody and may hurt them."),
    "pronouns": ("Pronouns", "Shown to the learner; nothing follows from it."),
    "title": ("Job title", "As on a card."),
    "company": ("Company", "An invented one."),
    "level": ("Level", "Which questions are fit. Asking an executive what a title means costs patience."),
    "archetype": ("Kind of contact", "Two or three words for the shelf, such as Busy VP."),
    "minutes": ("Agreed minutes", "The clock, the time cues and the leaving follow from it."),
    "setting": ("Setting", "Where it happens, such as: video call, taken between two branch calls."),
    "summary": ("Summary", "Two or three sentences the learner reads beforehand. Never what only a good question should bring out."),
    "referrer.name": ("Name", "Leave both boxes empty where nobody opened the door."),
    "referrer.relation": ("How they know each other", "Goes on after the name: a retired mechanic who taught her to read a diagram."),
    "dossier.company": (
        "About the company",
        "One fact a line. Who uses one is heard to do so; who gets it wrong is corrected.",
    ),
    "dossier.contact": ("About the contact", "One fact a line: earlier jobs, a talk, a habit."),
    "dossier.industry": ("About the field", "One fact a line: what moves the trade at the moment."),
    "temperament.patience": ("Patience", "How much dull, long or careless talk is borne before the contact cools and leaves."),
    "temperament.warmth": ("Warmth", "How quickly rapport grows, and the tone."),
    "temperament.talkativeness": ("Talkativeness", "How long the answers run."),
    "temperament.job_sensitivity": ("Being asked for a job", "How badly it lands. From 4, asking once costs every referral."),
    "peeves": ("What cools", "One a line, as it can be seen in a message: flattery, a life story before the first question."),
    "delights": ("What warms", "One a line: a figure from her own talk, having worked nights."),
    "private.topic": ("Topic", "What a question must be about. One private fact a topic: a second could never be told."),
    "private.tells": ("The fact", "For the debrief, in a sentence."),
    "private.says": ("In the contact's own words", "One version a line. Without any, the fact above is put into speech."),
    "private.min_rapport": ("Told from this rapport on", "0 to 1: 0.4 is friendly, 0.7 takes most of a good meeting."),
    "referrals.name": ("Name", "Whom the learner can be passed on to."),
    "referrals.role": ("Role", "Title and company."),
    "referrals.gives_when": ("Given", "What a learner must do for this name."),
    "referrals.good_for": ("Good for", "What this person could tell the learner."),
    "referrals.says": ("How the contact offers it", "One version a line."),
    "answers.says": ("What the contact says", "One line each: the first answer, then lines that go deeper. Three or more, as people talk."),
    "answers.asks": ("Example questions", "One a line, in varied words: how people would put the question."),
}
"""Label and help, by the field's name without row numbers and topics."""

SCALES: dict[str, tuple[str, str, str, str, str]] = {
    "patience": ("Leaves at the first dull minutes", "Short of it", "Some", "Plenty", "Hears anybody out"),
    "warmth": ("Cold to strangers", "Reserved", "Polite", "Friendly", "Warm from the start"),
    "talkativeness": ("Says the least", "Brief", "As long as it takes", "Talks gladly", "Hard to stop"),
    "job_sensitivity": ("Does not mind", "Hardly minds", "Would rather not", "Minds: no referral after it", "Ends it"),
}
"""The temperament's scales in words, from 1 to 5."""

GIVES_WHEN = {"always": "To whoever asks", "earned": "After good questions", "never": "Never, though they exist"}

LEVELS_SAID = {
    "executive": "Executive: strategy, decisions, people",
    "manager": "Manager: the team, the work, the next step",
    "hr": "HR: how hiring works, what they look for",
    "peer": "Peer: the daily work, getting in",
}

KINDS = {
    "career_path": "The way here",
    "role": "The work",
    "organisation": "The company",
    "industry": "The field",
    "advice": "Advice",
    "hiring": "Hiring, in general",
    "basic": "What the website says",
    "other": "Small talk and the rest",
}
"""The catalogue's question kinds as headings."""

SITUATIONS: dict[str, tuple[str, ...]] = {
    "Beginning": ("greeting", "invite", "small_talk", "acknowledge", "job_disclaimed", "time_acknowledged"),
    "In the talk": ("answer", "follow_up", "research_noticed", "wrong_fact", "basic_question", "lead_back", "hiring_question"),
    "When it goes wrong": ("not_understood", "no_answer", "off_topic", "rambling", "negative_tone", "silence", "steering_refused"),
    "Asked for a job": ("job_clarify", "job_deflected", "job_refused_firmly", "leaving_job"),
    "Passing on": ("referral_granted", "referral_details", "referral_not_yet", "referral_refused", "referral_pushed"),
    "Courtesies": ("follow_up_granted", "connect_granted", "offer_received", "thanked"),
    "Time": ("time_soft", "time_hard", "more_time_granted", "more_time_refused"),
    "The end": ("wrap_up", "goodbye", "leaving", "leaving_early"),
}
"""The intents of a contact's lines, in the order of a meeting."""

INTENTS_SAID = {
    "greeting": "The meeting opens",
    "invite": "Hands the lead to the learner",
    "answer": "An answer where no topic fits; rarely written",
    "follow_up": "Asked for more where there is no more",
    "small_talk": "Pleasantries",
    "acknowledge": "Something that needs no answer was said",
    "research_noticed": "The learner used a fact of the dossier",
    "wrong_fact": "The learner got a fact wrong",
    "time_acknowledged": "The learner named or checked the time",
    "basic_question": "The website would have said it",
    "lead_back": "The learner left the lead to the contact",
    "not_understood": "It was not clear what was meant",
    "no_answer": "A clear question with no answer here",
    "off_topic": "Far from the subject",
    "rambling": "The learner talked far too long",
    "negative_tone": "Rude",
    "steering_refused": "Somebody tries to instruct the simulation",
    "job_clarify": "Was that about an opening?",
    "job_deflected": "Asked for a job",
    "job_refused_firmly": "Asked again",
    "job_disclaimed": "“I’m not here for a job”",
    "hiring_question": "How hiring works in general",
    "referral_granted": "Gives a name; the referral's own line follows",
    "referral_details": "How to reach them; {name} is that person",
    "referral_not_yet": "Too early to give a name",
    "referral_refused": "Gives no name",
    "referral_pushed": "Asked again after a no",
    "follow_up_granted": "The learner may follow up",
    "connect_granted": "The learner may connect",
    "offer_received": "The learner offers something in return",
    "thanked": "Thanked",
    "time_soft": "Some minutes left; {minutes_left} says how many",
    "time_hard": "The end is here",
    "more_time_granted": "Grants a little more time",
    "more_time_refused": "Has no more time",
    "wrap_up": "The learner begins to close",
    "goodbye": "The last words",
    "leaving": "The time is gone and the contact ends it",
    "leaving_early": "The contact has had enough",
    "leaving_job": "Asked once more; the contact ends it",
    "silence": "Nothing of substance came",
}
"""When a line of each intent is said."""

STATUS = {"draft": "Draft, not published", "published": "Published", "retired": "Retired, not on offer"}
AUDIENCE = {"workshops": "in your workshops only", "everybody": "for everybody, on the first page too"}


def field_id(name: str) -> str:
    """Return the id of a field's element."""
    return "f-" + re.sub(r"[^a-z0-9_]+", "-", name).strip("-")
