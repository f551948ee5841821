"""How the pages say what the domain says in ids: labels, minutes, places. In one place, so that no page invents its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sim.meeting import Difficulty
from sim.persona import Level, Persona
from sim.topics import CATALOGUE
from sim.transcript import Clock, Cue, Door, EndedBy, Engine

LEVELS: dict[Level, str] = {"executive": "Executive", "manager": "Manager", "hr": "HR", "peer": "Peer"}

MARK_WORDS = {1: "Not yet", 2: "Thin", 3: "Fair", 4: "Strong", 5: "Exemplary"}
"""A mark in one or two words, for the mode that hides numbers; the rubric's scale runs from poor to exemplary."""

DOORS: dict[Door, str] = {"open": "The door is open", "ajar": "The door is ajar", "shut": "The door is shut"}

ENGINES: dict[Engine, str] = {
    "scripted": "scripted contact",
    "model": "language model",
    "fallback": "scripted contact, the model did not answer",
}

ALLOWANCES = {
    "scripted:cap_session": "this session's allowance for the model is used up",
    "scripted:cap_workshop": "this workshop's allowance for the model is used up",
    "scripted:cap_day": "today's allowance for the model is used up",
}


def spoken_by(engine: Engine | None, handled: Iterable[str]) -> str:
    """Say quietly who found a line's words; nothing where no model is configured, since everybody is scripted then."""
    if engine == "model":
        return "in a language model's words"
    if engine == "fallback":
        why = next((ALLOWANCES[note] for note in handled if note in ALLOWANCES), "")
        return f"scripted; {why}" if why else "scripted this time"
    return ""


CUES: dict[Cue, str] = {
    "none": "",
    "soft": "named the minutes left",
    "hard": "said it was time to stop",
    "leaving": "closed the meeting",
}

ENDINGS: dict[EndedBy, str] = {"learner": "You ended it.", "contact": "The contact ended it.", "time": "The time was up."}

INTENTS = {
    "greeting": "greeted you",
    "invite": "handed you the lead",
    "answer": "answered",
    "follow_up": "said more on it",
    "small_talk": "small talk",
    "acknowledge": "took it in",
    "research_noticed": "noticed your homework",
    "wrong_fact": "corrected a fact",
    "time_acknowledged": "noted your time check",
    "basic_question": "pointed to the website",
    "lead_back": "gave the lead back",
    "not_understood": "did not follow",
    "no_answer": "had no answer",
    "off_topic": "brought it back to the subject",
    "rambling": "cut in",
    "negative_tone": "named your tone",
    "steering_refused": "did not play along",
    "job_clarify": "asked whether you want a job",
    "job_deflected": "turned the job question aside",
    "job_refused_firmly": "refused the job question",
    "job_disclaimed": "relaxed: no job asked",
    "hiring_question": "spoke of hiring in general",
    "referral_granted": "passed you on",
    "referral_details": "said how to reach them",
    "referral_not_yet": "gave no name yet",
    "referral_refused": "gave no name",
    "referral_pushed": "was asked twice for names",
    "follow_up_granted": "invited a follow-up",
    "connect_granted": "agreed to connect",
    "offer_received": "took your offer",
    "thanked": "was thanked",
    "time_soft": "named the minutes left",
    "time_hard": "said it was time to stop",
    "more_time_granted": "gave you more time",
    "more_time_refused": "had no more time",
    "wrap_up": "closed with you",
    "goodbye": "said goodbye",
    "leaving": "left: the time was gone",
    "leaving_early": "left early",
    "leaving_job": "left over the job question",
    "silence": "heard nothing",
}
"""What a contact's turn did, as the debrief tells it: `Gwen <phrase>`."""


@dataclass(frozen=True)
class Option:
    """One choice of a form: the value sent, its name, and a line on what it changes."""

    value: str
    name: str
    about: str


DIFFICULTIES: tuple[Option, ...] = (
    Option("gentle", "Gentle", "Forgives slips, warms up sooner, stays a moment longer."),
    Option("realistic", "Realistic", "As people with that job tend to be."),
    Option("tough", "Tough", "Runs out of patience sooner and leaves on the dot."),
)

CLOCKS: tuple[Option, ...] = (
    Option("simulated", "Simulated", "What is said costs the time it would take to say. Think and type as slowly as you like."),
    Option("wall", "Wall clock", "Real minutes, running while you type."),
    Option("untimed", "Untimed", "No clock and no time cues."),
)


def named(options: tuple[Option, ...], value: str) -> str:
    """Return the name of a choice; the value itself where it is not among them."""
    return next((o.name for o in options if o.value == value), value)


def setting_line(difficulty: Difficulty, clock: Clock, assisted: bool) -> str:
    """Return how a session is or was held, in one line."""
    clock_words = {"simulated": "simulated clock", "wall": "wall clock", "untimed": "untimed"}[clock]
    return ", ".join([named(DIFFICULTIES, difficulty), clock_words, *(["assisted by hints"] if assisted else [])])


def minutes(value: float) -> str:
    """Write minutes as people say them: whole, `1 minute`, `20 minutes`."""
    whole = round(value)
    return "1 minute" if whole == 1 else f"{whole} minutes"


def count(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number} {one if number == 1 else many}"


def topic_words(topic: str) -> str:
    """Say in plain words what a topic is about; a persona's own topic reads as its id with blanks."""
    return CATALOGUE[topic].about if topic in CATALOGUE else topic.replace("_", " ")


def intent_words(intent: str) -> str:
    """Say what a contact's turn did; an intent from a newer version reads as its id with blanks."""
    return INTENTS.get(intent, intent.replace("_", " "))


def day(seconds: float) -> str:
    """Write a moment (seconds since the epoch) as a date in UTC: `22 Nov 2026`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {moment:%b %Y}"


def iso_day(seconds: float) -> str:
    """Write the same moment for a `datetime` attribute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def moment(seconds: float) -> str:
    """Write a moment (seconds since the epoch) with its time in UTC: `22 Nov 2026, 14:05`."""
    return f"{day(seconds)}, {datetime.fromtimestamp(seconds, UTC):%H:%M}"


def initials(persona: Persona) -> str:
    """Return one or two letters for a contact's picture."""
    return initials_of(persona.name)


def initials_of(name: str) -> str:
    """Return the first letters of the first and last word of a name that begin with a letter; `?` where there is none."""
    letters = [word[0] for word in name.split() if word[0].isalpha() and word.rstrip(".").lower() not in {"dr", "mr", "ms", "mrs", "prof"}]
    return (letters[0] + (letters[-1] if len(letters) > 1 else "")).upper() if letters else "?"


def mark_text(mark: int | None) -> str:
    """Write a mark; a dash where it was not assessed."""
    return "–" if mark is None else str(mark)
