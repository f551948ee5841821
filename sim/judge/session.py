"""The session as the judge sees it: data, and nothing about who the learner is."""

from __future__ import annotations

import json
from typing import Any

from sim.judge.steering import shown
from sim.persona import Persona
from sim.scoring.session import ReadSession
from sim.transcript import turn_times


def session_json(session: ReadSession) -> str:
    """Return the session as one JSON object: the contact's public side first, then everything in the order it was written.

    No id and no name of the learner's is in it, and of the persona only what a learner could find out. `<` and `>` are escaped, so
    that no server takes words of the learner's for its own chat markup; words meant for the grader are left out.
    """
    transcript = session.transcript
    times = turn_times(transcript)
    prep, note = transcript.prep, transcript.thank_you
    sheet = {"goal": shown(prep.goal), "introduction": shown(prep.pitch), "agenda": shown(prep.agenda)} if prep else None
    if prep and sheet:
        sheet |= {"questions": [shown(q) for q in prep.questions]}  # type: ignore[dict-item]
    data = {
        "contact": _contact(session.persona),
        "agreed_minutes": transcript.agreed_minutes,
        "prep": sheet,
        "turns": [
            {"turn": n, "speaker": t.speaker, "minute": round(times[n], 1), "text": shown(t.text) if t.speaker == "learner" else t.text}
            for n, t in enumerate(transcript.turns)
        ],
        "notes": shown(transcript.notes or ""),
        "thank_you": {"to_contact": shown(note.to_contact or ""), "to_referrer": shown(note.to_referrer or "")} if note else None,
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _contact(persona: Persona | None) -> dict[str, Any] | None:
    if persona is None:
        return None
    public = persona.model_dump(mode="json", include={"name", "title", "company", "level", "dossier"})
    referrer = persona.referrer
    return public | {"referred_by": f"{referrer.name}, who {referrer.relation}" if referrer else None}
