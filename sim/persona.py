"""A persona: the contact a learner meets. `sim.persona/1` files, strict, plus the optional lines the contact speaks."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.documents import check_schema_name, parse_yaml, validate
from sim.errors import PersonaError, Problem
from sim.topics import CATALOGUE

SCHEMA = "sim.persona/1"

Level = Literal["executive", "manager", "hr", "peer"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Short = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[str, Field(min_length=1, max_length=600)]
Scale = Annotated[int, Field(ge=1, le=5, strict=True)]


class Intent(StrEnum):
    """What a contact's line does. A persona may write lines for each; `sim/contact/stock.yaml` has spare ones."""

    GREETING = "greeting"
    INVITE = "invite"  # hand the learner the lead after pleasantries: "where would you like to start?"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"  # more on the answer just given
    SMALL_TALK = "small_talk"
    ACKNOWLEDGE = "acknowledge"  # the learner said something that needs no answer: an introduction, a purpose, a remark
    RESEARCH_NOTICED = "research_noticed"
    WRONG_FACT = "wrong_fact"
    TIME_ACKNOWLEDGED = "time_acknowledged"
    BASIC_QUESTION = "basic_question"  # far below the contact's level, or on the website
    LEAD_BACK = "lead_back"  # the learner left the contact to lead
    NOT_UNDERSTOOD = "not_understood"
    NO_ANSWER = "no_answer"  # a clear question that the contact has nothing to say on
    OFF_TOPIC = "off_topic"
    RAMBLING = "rambling"  # the learner has talked far too long
    NEGATIVE_TONE = "negative_tone"
    STEERING_REFUSED = "steering_refused"
    JOB_CLARIFY = "job_clarify"  # "are you asking about openings?"
    JOB_DEFLECTED = "job_deflected"
    JOB_REFUSED_FIRMLY = "job_refused_firmly"
    JOB_DISCLAIMED = "job_disclaimed"
    HIRING_QUESTION = "hiring_question"
    REFERRAL_GRANTED = "referral_granted"
    REFERRAL_DETAILS = "referral_details"  # may I use your name, how to reach them
    REFERRAL_NOT_YET = "referral_not_yet"
    REFERRAL_REFUSED = "referral_refused"
    REFERRAL_PUSHED = "referral_pushed"
    FOLLOW_UP_GRANTED = "follow_up_granted"
    CONNECT_GRANTED = "connect_granted"
    OFFER_RECEIVED = "offer_received"
    THANKED = "thanked"
    TIME_SOFT = "time_soft"
    TIME_HARD = "time_hard"
    MORE_TIME_GRANTED = "more_time_granted"
    MORE_TIME_REFUSED = "more_time_refused"
    WRAP_UP = "wrap_up"
    GOODBYE = "goodbye"
    LEAVING = "leaving"  # the contact ends the meeting: time is gone
    LEAVING_EARLY = "leaving_early"  # the contact ends it before the time, and why shows
    LEAVING_JOB = "leaving_job"  # the contact ends it because the job question came again
    SILENCE = "silence"  # the learner said nothing of substance


class Strict(BaseModel):
    """Frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Referrer(Strict):
    """Who opened the door."""

    name: Short
    relation: Words


class Dossier(Strict):
    """What a learner can find out beforehand, one fact a line."""

    company: list[Words] = []
    contact: list[Words] = []
    industry: list[Words] = []

    def facts(self) -> tuple[str, ...]:
        """Return every fact, company first."""
        return (*self.company, *self.contact, *self.industry)


class PrivateFact(Strict):
    """What only a good question brings out."""

    topic: Short
    tells: Words
    says: list[Line] = Field([], description="the fact in the contact's own words; without it, `tells` is put into speech")
    min_rapport: float = Field(0.5, ge=0, le=1, description="rapport (0 to 1) from which it is told")


class Temperament(Strict):
    """1 low to 5 high."""

    patience: Scale = 3
    warmth: Scale = 3
    talkativeness: Scale = 3
    job_sensitivity: Scale = Field(3, description="how badly being asked for a job lands")


class Referral(Strict):
    """Somebody the contact can pass a learner on to."""

    name: Short
    role: Words
    gives_when: Literal["always", "earned", "never"] = "earned"
    good_for: Words | None = None
    says: list[Line] = Field([], description="how the contact offers this name")


class Answer(Strict):
    """What the contact says on a topic, first line first; later lines go deeper and answer follow-up questions."""

    says: list[Line] = Field(min_length=1)
    asks: list[Words] = Field([], description="example questions; needed where the topic is one of your own")


class Persona(Strict):
    """One contact. Field meanings and an example: `docs/personas.md` and the contract's example file."""

    schema_: Literal["sim.persona/1"] = Field(alias="schema")
    id: Slug
    name: Short
    title: Short
    company: Short
    level: Level
    minutes: int = Field(gt=0, le=180, strict=True, description="agreed length of the meeting")
    summary: Words
    dossier: Dossier
    pronouns: Short | None = None
    archetype: Short | None = None
    setting: Short | None = None
    referrer: Referrer | None = None
    private: list[PrivateFact] = []
    temperament: Temperament = Temperament()
    peeves: list[Words] = []
    delights: list[Words] = []
    referrals: list[Referral] = []
    answers: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=64)], Answer] = Field(
        {}, description="what the contact says, by topic; a topic of your own needs `asks`"
    )
    lines: dict[Intent, list[Line]] = Field({}, description="what the contact says in a situation, by intent, several each")
    extensions: dict[str, Any] = {}

    @field_validator("answers", mode="before")
    @classmethod
    def _plain_lists(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: {"says": v} if isinstance(v, list) else v for k, v in value.items()}
        return value

    @model_validator(mode="after")
    def _coherent(self) -> Persona:
        for topic, answer in self.answers.items():
            if topic not in CATALOGUE and not answer.asks:
                raise ValueError(
                    f"answers.{topic} is a topic of your own; give it `asks` with a few example questions, "
                    f"or use a topic of the catalogue ({', '.join(list(CATALOGUE)[:6])}, ... see `sim check --topics`)"
                )
        known = set(CATALOGUE) | set(self.answers)
        for fact in self.private:
            if fact.topic not in known:
                raise ValueError(f"private topic {fact.topic!r} is neither in the catalogue nor among `answers`")
        names = [r.name for r in self.referrals]
        if len(names) != len(set(names)):
            raise ValueError("two referrals have the same name")
        return self

    @property
    def first_name(self) -> str:
        """The name people would use in speech; titles such as Dr are skipped."""
        words = [w for w in self.name.split() if w.rstrip(".").lower() not in {"dr", "mr", "ms", "mrs", "prof", "professor"}]
        return words[0] if words else self.name


def parse_persona(text: str, file: str = "persona") -> Persona:
    """Return the persona written in `text` (YAML); raises PersonaError with one problem for each mistake."""
    document = parse_yaml(text, file, PersonaError)
    check_schema_name(document, SCHEMA, PersonaError)
    return validate(document, Persona, PersonaError)


def load_persona(path: Path) -> Persona:
    """Return the persona in a file; raises PersonaError, also where the file cannot be read."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise PersonaError([Problem(str(path), None, "", "is not UTF-8 text; save it as UTF-8")]) from error
    except OSError as error:
        raise PersonaError([Problem(str(path), None, "", f"cannot be read ({error.strerror})")]) from error
    return parse_persona(text, str(path))
