"""The meeting and the thank-you note: what is said, what the clock shows, what lies on the desk beside it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.practice import Session, Spoken
from sim.transcript import Cue
from web.views.contacts import ContactCard, Dossier, PrepSheet, contact_card, dossier, prep_sheet
from web.views.words import ENDINGS, minutes, setting_line, spoken_by


@dataclass(frozen=True)
class TurnView:
    """One finished turn. `number` is its index in the transcript (0-based), `at` the minute it started, in words.

    `spoken_by` says who found the contact's words where a model is configured, else "".
    """

    number: int
    learner: bool
    who: str
    text: str
    at: str
    key: str
    spoken_by: str = ""


@dataclass(frozen=True)
class Clock:
    """What the clock shows. `share` is the part of the agreed time that is gone, in per cent up to 100; None without a clock.

    `tone` is calm, soft or hard, from the contact's last cue. `elapsed_seconds` is set for meetings by the wall clock, which go
    on ticking in the browser.
    """

    used: str
    agreed: str
    share: int | None
    tone: str
    cue: str
    over: bool
    elapsed_seconds: int | None
    agreed_seconds: int


@dataclass(frozen=True)
class MeetingPage:
    """The meeting. `waiting` is the learner's turn whose reply is missing, `draft` what stands in the box, `problem` why it was
    not taken. `key` names the next message, so that sending it twice adds nothing. `new_from`: in a session tried again, the
    index of its first turn of its own, else None.
    """

    id: str
    contact: ContactCard
    setting: str
    turns: tuple[TurnView, ...]
    waiting: TurnView | None
    clock: Clock
    over: bool
    ending: str
    key: str
    draft: str
    problem: str
    hint: str
    hints: bool
    sheet: PrepSheet
    dossier: Dossier
    notes: str
    max_chars: int
    new_from: int | None


@dataclass(frozen=True)
class ThankYouPage:
    """The note to the contact, and to whoever opened the door (`referrer` is empty where nobody did)."""

    id: str
    contact: ContactCard
    ending: str
    referrer: str
    relation: str
    to_contact: str
    to_referrer: str
    notes: str
    turns: tuple[TurnView, ...]
    problem: str


def turn_view(turn: Spoken, contact_name: str) -> TurnView:
    """Return one turn as it is shown."""
    learner = turn.speaker == "learner"
    by = spoken_by(turn.engine, turn.handled)
    return TurnView(turn.index, learner, "You" if learner else contact_name, turn.text, at(turn.at), turn.key or "", by)


def at(minute: float) -> str:
    """Write the minute at which something was said: `min 4`, and `start` for the first half minute."""
    return "start" if minute < 0.5 else f"min {round(minute)}"


def clock(session: Session) -> Clock:
    """Return what the clock shows now."""
    gone = session.minute if session.elapsed is None or session.over else session.elapsed
    share = None if session.clock == "untimed" else min(100, round(100 * gone / session.agreed_minutes))
    return Clock(
        used=str(round(gone)),
        agreed=minutes(session.agreed_minutes),
        share=share,
        tone={"none": "calm", "soft": "soft", "hard": "hard", "leaving": "hard"}[session.cue],
        cue=cue_line(session.persona.first_name, session.cue, session.agreed_minutes - gone, session.over),
        over=session.over,
        elapsed_seconds=round(gone * 60) if session.clock == "wall" and not session.over else None,
        agreed_seconds=round(session.agreed_minutes * 60),
    )


def cue_line(first_name: str, cue: Cue, left: float, over: bool) -> str:
    """Say what the contact's last time cue means now; empty where there was none. `left` is in minutes and may be below zero."""
    if over or cue == "leaving":
        return "The meeting is over."
    if cue == "hard":
        return f"{first_name} has to go. Time to close."
    if cue == "soft" and left >= 1:
        return f"{first_name} is watching the time."
    if cue == "soft":
        return "The agreed time is almost gone." if left > 0 else "The agreed time is up."
    return ""


def meeting_page(session: Session, key: str, *, draft: str = "", problem: str = "", hint: str = "", max_chars: int = 4000) -> MeetingPage:
    """Return the meeting as it stands. Learner turns keep their key, so that a browser can tell which of its words arrived."""
    name = session.persona.first_name
    views = tuple(turn_view(t, name) for t in session.turns)
    waiting = session.waiting
    return MeetingPage(
        id=session.id,
        contact=contact_card(session.persona),
        setting=setting_line(session.difficulty, session.clock, session.assisted),
        turns=views,
        waiting=turn_view(waiting, name) if waiting else None,
        clock=clock(session),
        over=session.over,
        ending=ENDINGS[session.ended_by] if session.ended_by else "",
        key=key,
        draft=draft or session.drafts.message,
        problem=problem,
        hint=hint,
        hints=session.assisted,
        sheet=prep_sheet(session.prep),
        dossier=dossier(session.persona),
        notes=session.notes,
        max_chars=max_chars,
        new_from=session.fork_turn,
    )


def thank_you_page(session: Session, *, to_contact: str = "", to_referrer: str = "", problem: str = "") -> ThankYouPage:
    """Return the page for the note; what is given wins over the drafts that were kept."""
    referrer = session.persona.referrer
    return ThankYouPage(
        id=session.id,
        contact=contact_card(session.persona),
        ending=ENDINGS[session.ended_by] if session.ended_by else "",
        referrer=referrer.name if referrer else "",
        relation=referrer.relation if referrer else "",
        to_contact=to_contact or session.drafts.to_contact,
        to_referrer=to_referrer or session.drafts.to_referrer,
        notes=session.notes,
        turns=tuple(turn_view(t, session.persona.first_name) for t in session.turns),
        problem=problem,
    )
