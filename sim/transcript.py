"""A transcript: one practice session as exported, imported and scored (`sim.transcript/1`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from sim.documents import check_schema_name, parse_json, validate
from sim.errors import LearnerFileError, Problem, TranscriptError

SCHEMA = "sim.transcript/1"
LEARNER_SCHEMA = "sim.learner/1"

WORDS_PER_MINUTE = 150
"""How fast people talk, in words a minute; the contract's figure for estimating times that a transcript leaves out."""

Cue = Literal["none", "soft", "hard", "leaving"]
Engine = Literal["scripted", "model", "fallback"]
EndedBy = Literal["learner", "contact", "time"]
Clock = Literal["simulated", "wall", "untimed"]
Door = Literal["open", "ajar", "shut"]


def word_count(text: str) -> int:
    """Return how many words a speaker would say; marks without letters or digits are none."""
    return len(re.findall(r"\w+(?:['’]\w+)*", text))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, allow_inf_nan=False)


class Prep(_Frozen):
    """The prep sheet: what the learner wrote down before the meeting."""

    goal: str = ""
    pitch: str = ""
    agenda: str = ""
    questions: list[str] = []

    def is_empty(self) -> bool:
        """Tell whether nothing at all was written."""
        return not (self.goal.strip() or self.pitch.strip() or self.agenda.strip() or any(q.strip() for q in self.questions))


class Turn(_Frozen):
    """One utterance. `at` is minutes from the start of the meeting to the start of this turn."""

    speaker: Literal["learner", "contact"]
    text: str = Field(min_length=1)
    at: float | None = Field(None, ge=0)


class ThankYou(_Frozen):
    """Notes sent after the meeting; None where none was sent to that person."""

    to_contact: str | None = None
    to_referrer: str | None = None


class TraceEntry(_Frozen):
    """What the director decided for one contact turn. Patience and rapport run from 0 to 1; `minute` is the clock after it.

    Where a model spoke or was to speak: `model` names it, `prompts` what it was asked with (id@version:digest), and `handled` what
    was done to its words: `redrawn:RULE`, `cut:RULE`, `cut:FAILURE`, `added:INTENT`, `tidied`, `scripted:REASON`.
    """

    turn: int
    minute: float
    patience: float
    rapport: float
    intent: str
    cue: Cue
    unlocked: list[str] = []
    engine: Engine = "scripted"
    model: str | None = None
    prompts: list[str] = []
    handled: list[str] = []

    @model_serializer(mode="wrap")
    def _without_what_no_model_did(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        return data if self.model else {k: v for k, v in data.items() if k not in ("model", "prompts", "handled")}


class LedgerEntry(_Frozen):
    """What became of one thing the contact could have given: `item` is referral:NAME or private:TOPIC."""

    item: str
    status: Literal["earned", "not_asked", "lost"]
    turn: int | None = None


class Outcome(_Frozen):
    """What the contact privately decided, and the ledger of what was earned, not reached, or lost."""

    door: Door
    why: str
    ledger: list[LedgerEntry] = []


class Transcript(_Frozen):
    """One session. `thank_you` absent: that stage was not part of it; None: nothing was sent. `clock`: what time was counted by; absent
    where nobody knows.
    """

    schema_: Literal["sim.transcript/1"] = Field("sim.transcript/1", alias="schema")
    id: str
    persona: str
    rubric: str = "classic"
    agreed_minutes: float = Field(gt=0)
    clock: Clock | None = None
    prep: Prep | None = None
    notes: str | None = None
    turns: list[Turn] = Field(min_length=1)
    ended_at: float | None = Field(None, ge=0)
    ended_by: EndedBy | None = None
    thank_you: ThankYou | None = None
    trace: list[TraceEntry] | None = None
    outcome: Outcome | None = None

    @model_validator(mode="after")
    def _times_rise(self) -> Transcript:
        last = 0.0
        for index, turn in enumerate(self.turns):
            if turn.at is not None:
                if turn.at + 1e-6 < last:
                    raise ValueError(f"turns[{index}].at is {turn.at}, before the turn it follows ({last}); times must not fall")
                last = turn.at
        return self

    @property
    def has_prep_stage(self) -> bool:
        """Whether the session had a prep sheet at all (null counts: the sheet was there and stayed empty)."""
        return "prep" in self.model_fields_set

    @property
    def has_clock(self) -> bool:
        """Whether there was a time to keep: the learner may switch it off."""
        return self.clock != "untimed"

    @property
    def has_thank_you_stage(self) -> bool:
        """Whether a thank-you note could have been sent."""
        return "thank_you" in self.model_fields_set

    def to_json(self) -> dict[str, Any]:
        """Return the contract's JSON object: absent stages stay absent, an explicit null stays null."""
        data = self.model_dump(by_alias=True, mode="json", exclude_unset=True)
        return {"schema": SCHEMA, **data}


def parse_transcript(text: str, file: str = "transcript") -> Transcript:
    """Return the transcript in `text` (JSON); raises TranscriptError with one problem for each mistake."""
    document = parse_json(text, file, TranscriptError)
    check_schema_name(document, SCHEMA, TranscriptError)
    return validate(document, Transcript, TranscriptError)


def load_transcript(path: Path) -> Transcript:
    """Return the transcript in a file; raises TranscriptError, also where the file cannot be read."""
    try:
        return parse_transcript(path.read_text("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise TranscriptError([Problem(str(path), None, "", "is not UTF-8 text")]) from error
    except OSError as error:
        raise TranscriptError([Problem(str(path), None, "", f"cannot be read ({error.strerror})")]) from error


class LearnerFile(BaseModel):
    """A scripted learner for `sim play` (`sim.learner/1`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["sim.learner/1"] = Field("sim.learner/1", alias="schema")
    id: str
    prep: Prep | None = None
    messages: list[str]
    thank_you: ThankYou | None = None


def load_learner(path: Path) -> LearnerFile:
    """Return a scripted learner; raises LearnerFileError."""
    try:
        document = parse_json(path.read_text("utf-8"), str(path), LearnerFileError)
    except (OSError, UnicodeDecodeError) as error:
        raise LearnerFileError([Problem(str(path), None, "", f"cannot be read ({error})")]) from error
    check_schema_name(document, LEARNER_SCHEMA, LearnerFileError)
    return validate(document, LearnerFile, LearnerFileError)


def turn_times(transcript: Transcript) -> list[float]:
    """Return the minute at which each turn starts, one per turn; where `at` is absent it is estimated from word counts, stretched to
    the end of the meeting where that is known.
    """
    spoken = [word_count(turn.text) / WORDS_PER_MINUTE for turn in transcript.turns]
    if transcript.ended_at and sum(spoken) and all(turn.at is None for turn in transcript.turns):
        pace = transcript.ended_at / sum(spoken)
        return [pace * sum(spoken[:n]) for n in range(len(spoken))]
    times: list[float] = []
    clock = 0.0
    for turn, minutes in zip(transcript.turns, spoken, strict=True):
        if turn.at is not None:
            clock = max(clock, turn.at)
        times.append(clock)
        clock += minutes
    return times


def end_time(transcript: Transcript) -> float:
    """Return the minute at which the meeting ended; estimated from the last turn where `ended_at` is absent."""
    if transcript.ended_at is not None:
        return transcript.ended_at
    return turn_times(transcript)[-1] + word_count(transcript.turns[-1].text) / WORDS_PER_MINUTE
