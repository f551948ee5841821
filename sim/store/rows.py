"""Rows to records and back."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row

from sim.meeting import State
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.sessions import Ending, HistoryRecord, SessionRecord, TurnRecord
from sim.store.tables import TURN
from sim.transcript import Prep, ThankYou, TraceEntry

SPOKEN = (TURN.c.turn_index, TURN.c.speaker, TURN.c.text, TURN.c.at, TURN.c.key, TURN.c.status, TURN.c.elapsed, TURN.c.trace)
"""A turn's columns without its state, which only a fork reads."""

PLAIN = (
    "id", "owner_hash", "token_hash", "difficulty", "clock", "seed", "agreed_minutes", "opened_at", "begun_at", "workshop",
    "parent", "fork_turn", "version", "notes", "note_stage", "assisted", "member", "attempt", "submitted_at",
)  # fmt: skip
"""A session's columns that are the same in the record."""

MODELS: dict[str, type[BaseModel]] = {"prep": Prep, "thank_you": ThankYou, "scorecard": Scorecard, "state": State}
"""The JSON columns of a session that are models here; the other JSON columns are plain mappings."""


def session_values(record: SessionRecord, persona_hash: str, rubric_hash: str) -> dict[str, Any]:
    """Return the columns of a new session."""
    values = {name: getattr(record, name) for name in PLAIN}
    values |= json_values({name: getattr(record, name) for name in (*MODELS, "drafts", "self_ratings")})
    values |= {"persona_id": record.persona.id, "rubric_id": record.rubric.id}
    return values | {"persona_hash": persona_hash, "rubric_hash": rubric_hash}


def json_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with every model written out as a JSON object."""
    return {k: _dumped(v) for k, v in values.items()}


def _dumped(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    return value


def turn_values(session_id: str, turn: TurnRecord) -> dict[str, Any]:
    """Return the columns of a turn."""
    return {
        "session_id": session_id,
        "turn_index": turn.index,
        "speaker": turn.speaker,
        "text": turn.text,
        "at": turn.at,
        "key": turn.key,
        "status": "complete" if turn.answered else "pending",
        "elapsed": turn.elapsed,
        "trace": _dumped(turn.trace),
        "state": _dumped(turn.state),
    }


def turn_record(row: Row[*tuple[Any, ...]]) -> TurnRecord:
    """Return the turn in a row of `SPOKEN`."""
    trace = TraceEntry.model_validate(row.trace) if row.trace else None
    return TurnRecord(row.turn_index, row.speaker, row.text, row.at, row.key, row.status == "complete", row.elapsed, trace)


def session_record(
    row: Row[*tuple[Any, ...]], turns: tuple[TurnRecord, ...], persona: Persona, rubric: Rubric, held: bool
) -> SessionRecord:
    """Return the session in a row of the sessions table."""
    models = {name: model.model_validate(value) if (value := getattr(row, name)) else None for name, model in MODELS.items()}
    ending = Ending(row.ended_by, row.ended_minute) if row.ended_by else None
    return SessionRecord(
        persona=persona,
        rubric=rubric,
        held=held,
        turns=turns,
        ending=ending,
        drafts=row.drafts or {},
        self_ratings=row.self_ratings or {},
        numbers=row.workshop_numbers is not False,
        hints=row.workshop_hints is not False,
        **{name: getattr(row, name) for name in PLAIN},
        **models,  # type: ignore[arg-type]
    )


def history_record(row: Row[*tuple[Any, ...]], persona: Persona, **more: Any) -> HistoryRecord:
    """Return the figures of a session in a row of the sessions table with its count of learner turns."""
    minute = row.ended_minute if row.ended_minute is not None else (row.state or {}).get("minute")
    same = (
        "id", "rubric_id", "difficulty", "agreed_minutes", "opened_at", "learner_turns", "ended_by", "note_stage", "scorecard",
        "parent", "fork_turn", "assisted", "workshop",
    )  # fmt: skip
    same_values = {name: getattr(row, name) for name in same}
    return HistoryRecord(persona=persona, minute=minute, numbers=row.workshop_numbers is not False, **same_values, **more)
