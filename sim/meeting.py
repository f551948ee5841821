"""The plain data of one meeting: how it was set up, where it stands, and what the contact is to do next."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sim.persona import Intent, Persona
from sim.transcript import Clock, Cue, EndedBy

Difficulty = Literal["gentle", "realistic", "tough"]
Mood = Literal["warm", "friendly", "neutral", "cool", "impatient"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Setup(_Frozen):
    """What stays fixed for a whole meeting. `seed` decides which of several fitting lines is spoken, nothing else."""

    persona: Persona
    agreed_minutes: float
    difficulty: Difficulty = "realistic"
    clock: Clock = "simulated"
    seed: int = 0


class TopicUse(_Frozen):
    """How often a topic was asked, and on which contact turn last."""

    topic: str
    times: int
    last_turn: int


class State(_Frozen):
    """Where a meeting stands after a contact turn. Patience and rapport run from 0 to 1, `minute` from the start.

    `turn` is the transcript index (0-based) of the contact's turn this state belongs to. `used_lines` are ids of persona lines
    already spoken. `unlocked` holds `referral:NAME` and `private:TOPIC` in the order they were opened, `unlocked_turns` the contact
    turn of each; `lost` items can no longer be earned, each with the learner turn that lost it. `reasons` are what the contact will
    remember (a key of `REMEMBERED` in the director) with the learner turn. `extra_minutes` were granted on request.
    """

    turn: int = 0
    minute: float = 0.0
    patience: float = 1.0
    rapport: float = 0.0
    cue: Cue = "none"
    cue_turn: int | None = None
    missed_cues: int = 0
    job_asks: int = 0
    job_clarifying: bool = False
    referral_asks: int = 0
    referral_declined: bool = False
    referral_turn: int | None = None
    learner_turns: int = 0
    questions_answered: int = 0
    silences: int = 0
    more_time_asked: int = 0
    extra_minutes: float = 0.0
    last_topic: str | None = None
    topics: tuple[TopicUse, ...] = ()
    delights_met: tuple[str, ...] = ()
    peeves_met: tuple[str, ...] = ()
    used_lines: tuple[str, ...] = ()
    unlocked: tuple[str, ...] = ()
    unlocked_turns: tuple[int, ...] = ()
    lost: tuple[tuple[str, int], ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    ended_by: EndedBy | None = None


class Reveal(_Frozen):
    """A locked item this line may open: `item` is private:TOPIC or referral:NAME, `tells` the content, `says` the persona's words."""

    item: str
    tells: str
    says: tuple[str, ...] = ()


class Direction(_Frozen):
    """What the contact's next line is to do. A scripted actor or a model turns it into words.

    `intents` in speaking order: a first short reaction, the main one, a time cue last; `main` is the one the trace records.
    `topics` are what to answer, best match first. `specific`: the question could be put to nobody else. `reveal` holds only what is
    unlocked now: nothing else that is locked may be known to the actor. `max_words` bounds the whole line. `minutes_left` is rounded
    and never below 0. `ends`: the meeting is over after this line.
    """

    intents: tuple[Intent, ...]
    main: Intent
    topics: tuple[str, ...] = ()
    question: str = ""
    builds: bool = False
    specific: bool = False
    reveal: tuple[Reveal, ...] = ()
    referral_name: str | None = None
    fact: str | None = None
    cue: Cue = "none"
    minutes_left: int = 0
    mood: Mood = "neutral"
    max_words: int = 60
    ends: bool = False


class Step(_Frozen):
    """A new state and the direction for the line that belongs to it."""

    state: State
    direction: Direction
