"""Meetings written by hand with what was understood of them, so that tests of scoring rest on no trained weights."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.persona import Persona, parse_persona
from sim.rubric import Rubric, load_rubric
from sim.scoring.session import LearnerTurn, ReadSession
from sim.transcript import Transcript, word_count
from sim.understanding import Act, Context, Understanding
from sim.understanding.contact_lines import ContactLine
from sim.understanding.dossier import stems

ROOT = Path(__file__).parent.parent

RUBRICS: dict[str, Rubric] = {
    name: load_rubric(ROOT / "prompts" / "rubrics" / f"{name}.yaml") for name in ("classic", "ask-for-the-order", "earn-the-meeting")
}

STEADY: Rubric = load_rubric(ROOT / "tests" / "data" / "steady.yaml")

ADA: Persona = parse_persona(
    """
schema: sim.persona/1
id: ada
name: Ada Moreau
pronouns: she/her
title: Head of Restoration
company: Bellfield Clocks
level: manager
minutes: 20
summary: Mends tower clocks.
referrer: {name: Otto Lindgren, relation: sold her the first lathe}
dossier:
  company:
    - It looks after 212 tower clocks in three counties.
    - It rebuilt the striking train of Harrow Minster in 2023 without stopping the hands.
  contact:
    - Ada began as a bell-ringer and took her apprenticeship at thirty.
  industry:
    - Parishes are replacing mechanical movements with electric ones because winding costs too much.
private:
  - {topic: mistakes, tells: She once dropped the Harrow pendulum down four flights.}
referrals:
  - {name: Ines Falk, role: bell founder, gives_when: earned}
"""
)


def act(act_id: str, quote: str, **more: Any) -> Act:
    """Return an act still to be placed: `meeting` finds its quote in the message."""
    return Act(act_id, 0, 0, quote, **more)


def question(quote: str, kind: str = "role", *, specific: bool = False, topic: str = "daily_work") -> Act:
    """Return a question."""
    return act("question", quote, kind=kind, topic=topic, specific=specific)


def you(text: str, *acts: Act) -> Understanding:
    """Return a learner's message understood as given."""
    placed = []
    for item in acts:
        start = text.index(item.quote)
        kept = {
            "confidence": item.confidence,
            "kind": item.kind,
            "topic": item.topic,
            "specific": item.specific,
            "fact": item.fact,
        }
        placed.append(Act(item.id, start, start + len(item.quote), item.quote, **kept))  # type: ignore[arg-type]
    return Understanding(text, tuple(placed), word_count(text))


def they(text: str, **flags: bool) -> ContactLine:
    """Return a contact's line."""
    return ContactLine(text, **flags)


def meeting(
    *lines: Understanding | ContactLine,
    persona: Persona | None = ADA,
    minutes: float = 20,
    ended: float | None = None,
    note: Understanding | None = None,
    friend: Understanding | None = None,
    **stages: Any,
) -> ReadSession:
    """Return a read session; its clock runs evenly to `ended` (a minute under the agreed). `stages` go into the transcript."""
    end = minutes - 1 if ended is None else ended
    if note or friend:
        stages["thank_you"] = {"to_contact": note.text if note else None, "to_referrer": friend.text if friend else None}
    turns = [
        {
            "speaker": "contact" if isinstance(line, ContactLine) else "learner",
            "text": line.text,
            "at": round(end * n / len(lines), 2),
        }
        for n, line in enumerate(lines)
    ]
    document = {
        "schema": "sim.transcript/1",
        "id": "handmade",
        "persona": "ada",
        "agreed_minutes": minutes,
        "turns": turns,
        "ended_at": end,
    }
    transcript = Transcript.model_validate({**document, **stages})
    learner: list[LearnerTurn] = []
    cue = "none"
    for index, line in enumerate(lines):
        if isinstance(line, ContactLine):
            cue = "hard" if line.must_go or cue == "hard" else ("soft" if line.cue or cue == "soft" else "none")
        else:
            learner.append(LearnerTurn(index, len(learner), float(turns[index]["at"]), line, cue))  # type: ignore[arg-type]
    contact = {n: line for n, line in enumerate(lines) if isinstance(line, ContactLine)}
    return ReadSession(transcript, persona, tuple(learner), contact, note, friend)


def embed(texts: Sequence[str]) -> np.ndarray:
    """Stand in for the sentence model: a bag of stems, so that likeness is shared words."""
    out = np.zeros((len(texts), 384), np.float32)
    for row, text in enumerate(texts):
        for stem in stems(text) or {text}:
            out[row, zlib.crc32(stem.encode()) % 384] += 1
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def understand(text: str, context: Context = Context()) -> Understanding:
    """Stand in for reading a question on the sheet: one with a name or figure is particular, one with "job" asks for it."""
    if "job" in text.split():
        return you(text, act("job_ask", text, kind="direct"))
    particular = any(w[0].isupper() or w[0].isdigit() for w in text.split()[1:])
    researched = [act("researched_fact", text)] if "2023" in text else []
    return you(text, question(text, specific=particular), *researched) if text.endswith("?") else you(text)
