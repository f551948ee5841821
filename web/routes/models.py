"""What goes over the wire in `contracts/http.md`: the bodies a program sends and the answers it gets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.meeting import Difficulty
from sim.persona import Dossier, Level, Persona, Referrer
from sim.practice import Done, HistoryRow, Opened, Session, Spoken, Stage
from sim.rubric import Rubric
from sim.transcript import Clock, Cue, EndedBy, Engine, Prep, ThankYou


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is an integer there."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)

Seed = Annotated[int, Field(ge=0, lt=2**53, description="chooses among fitting lines; the same seed gives the same meeting"), WHOLE]


class Body(BaseModel):
    """Bodies are taken as they are written: no number in quotes, no key that is not known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewSession(Body):
    """Whom to meet, and how."""

    persona: str = Field(description="a persona's id, see `GET /api/personas`")
    minutes: float | None = Field(None, ge=1, le=180, description="agreed minutes; the persona's own where left out")
    rubric: str = Field("classic", description="a rubric's id: the school of marking")
    difficulty: Difficulty = "realistic"
    clock: Clock = Field("simulated", description="simulated: what is said costs the time it takes to say")
    seed: Seed | None = None
    workshop: str | None = Field(None, max_length=64, description="the id of a workshop you joined; any other text is a label")


class PrepSheet(Body):
    """What the learner wrote down before the meeting."""

    goal: str = ""
    pitch: str = ""
    agenda: str = ""
    questions: list[str] = []


class Message(Body):
    """What the learner says."""

    text: str = Field(json_schema_extra={"minLength": 1})
    key: str = Field(
        description="1 to 64 characters of your choice, new for each message; sending it again is harmless",
        json_schema_extra={"minLength": 1, "maxLength": 64},
    )


class Text(Body):
    """A text to keep."""

    text: str


class DraftTexts(Body):
    """What stands unsent in the boxes."""

    message: str = ""
    to_contact: str = ""
    to_referrer: str = ""


class End(Body):
    """How to end the meeting."""

    draft: str = Field("", description="text still in the box; it counts as the learner's last turn")


class Note(Body):
    """The thank-you notes, or that there are none."""

    to_contact: str | None = None
    to_referrer: str | None = None
    skip: bool = False


class ForkAt(Body):
    """Where to try again."""

    turn: Annotated[int, Field(ge=0, description="index of one of the learner's turns; everything before it is shared"), WHOLE]


class RewriteOf(Body):
    """Which line to say better."""

    turn: Annotated[int, Field(ge=0, description="index of one of the learner's turns that cost something"), WHOLE]


class Ratings(Body):
    """The learner's own marks, by criterion."""

    ratings: dict[str, Annotated[int, Field(ge=1, le=5), WHOLE]]


class PersonaCard(BaseModel):
    """The public parts of a persona: what could be found out beforehand."""

    id: str
    name: str
    pronouns: str | None
    title: str
    company: str
    level: Level
    archetype: str | None
    minutes: int
    setting: str | None
    summary: str
    referrer: Referrer | None
    dossier: Dossier

    @classmethod
    def of(cls, persona: Persona) -> PersonaCard:
        """Return the card of a persona; nothing private, no temperament, no referrals."""
        return cls(**{name: getattr(persona, name) for name in cls.model_fields})


class RubricCard(BaseModel):
    """A school of marking, and what it looks at."""

    id: str
    name: str
    school: str
    criteria: dict[str, str] = Field(description="criterion id to its question")

    @classmethod
    def of(cls, rubric: Rubric) -> RubricCard:
        """Return the card of a rubric."""
        return cls(id=rubric.id, name=rubric.name, school=rubric.school, criteria={c.id: c.question for c in rubric.criteria})


class SpokenTurn(BaseModel):
    """One turn. `answered` is false for a learner's turn whose reply is missing: send it again with its `key`."""

    index: int
    speaker: Literal["learner", "contact"]
    text: str
    at: float
    key: str | None = None
    answered: bool = True
    engine: Engine | None = None
    cue: Cue | None = None

    @classmethod
    def of(cls, turn: Spoken) -> SpokenTurn:
        """Return a turn as programs get it."""
        cue = turn.cue if turn.speaker == "contact" else None
        return cls(
            index=turn.index,
            speaker=turn.speaker,
            text=turn.text,
            at=turn.at,
            key=turn.key,
            answered=turn.answered,
            engine=turn.engine,
            cue=cue,
        )


class SessionState(BaseModel):
    """A session as its learner may see it. Minutes run from the start of the meeting; `opened_at` is seconds since the epoch."""

    id: str
    persona: str
    contact: PersonaCard
    rubric: str
    agreed_minutes: float
    difficulty: Difficulty
    clock: Clock
    seed: int
    workshop: str | None
    stage: Stage
    turns: list[SpokenTurn]
    minute: float
    cue: Cue
    ended_by: EndedBy | None
    ended_at: float | None
    prep: Prep | None
    notes: str
    thank_you: ThankYou | None
    self_ratings: dict[str, int]
    parent: str | None
    fork_turn: int | None
    assisted: bool
    opened_at: float
    in_flight: bool
    attempt: int | None = Field(None, description="in a workshop, which of your attempts it is; null for one tried again")
    submitted_at: float | None = None

    @classmethod
    def of(cls, session: Session, **more: Any) -> SessionState:
        """Return a session as programs get it."""
        same = {name: getattr(session, name) for name in SessionState.model_fields if hasattr(session, name)}
        same |= {"persona": session.persona.id, "contact": PersonaCard.of(session.persona), "rubric": session.rubric.id}
        same |= {"turns": [SpokenTurn.of(t) for t in session.turns], "self_ratings": dict(session.self_ratings)}
        return cls(**same, **more)


class OpenedSession(SessionState):
    """A new session. The token is told this once: send it as `Authorization: Bearer ...` to come back."""

    token: str

    @classmethod
    def opened(cls, new: Opened) -> OpenedSession:
        """Return a new session as programs get it."""
        found = cls.of(new.session, token=new.token)
        assert isinstance(found, OpenedSession)
        return found


class TokenEvent(BaseModel):
    """A piece of the reply."""

    text: str


class DoneEvent(BaseModel):
    """The reply is spoken and stored; `turn` is its index, `minute` the clock after it."""

    turn: int
    minute: float
    cue: Cue
    ended: bool
    engine: Engine

    @classmethod
    def of(cls, done: Done) -> DoneEvent:
        """Return the closing event of a reply."""
        return cls(turn=done.turn, minute=done.minute, cue=done.cue, ended=done.ended, engine=done.engine)


class ErrorEvent(BaseModel):
    """The reply broke off; the learner's words are kept."""

    detail: str


class WholeReply(DoneEvent):
    """The reply at once."""

    text: str

    @classmethod
    def whole(cls, done: Done) -> WholeReply:
        """Return a whole reply."""
        return cls(text=done.text, **DoneEvent.of(done).model_dump())


class PastSession(BaseModel):
    """One session in the history. `overall` runs from 0 to 100 and is null until the session was marked."""

    id: str
    persona: str
    contact: str
    rubric: str
    difficulty: Difficulty
    stage: Stage
    opened_at: float
    learner_turns: int
    minute: float
    agreed_minutes: float
    ended_by: EndedBy | None
    overall: float | None
    marks: dict[str, int | None]
    parent: str | None
    fork_turn: int | None
    assisted: bool

    @classmethod
    def of(cls, row: HistoryRow) -> PastSession:
        """Return a row of the history."""
        same = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        named = {"persona": row.persona_id, "contact": row.persona_name, "rubric": row.rubric_id, "marks": dict(row.marks)}
        return cls(**same | named)


class Health(BaseModel):
    """Whether the application can serve, on what."""

    status: Literal["ok", "unavailable"]
    database: str = Field(description="sqlite or postgresql")
    engine: str = Field(description="who speaks the contact's lines: scripted or model")
    version: str
    detail: str | None = Field(None, description="what is wrong, and what would mend it")
