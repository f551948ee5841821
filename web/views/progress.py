"""Progress over sessions, the self-rating before a debrief, deleting, and the page that says what went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.practice import HistoryRow, Session
from sim.rubric import Rubric
from web.views.charts import HALF, NARROW, MarksChart, marks_chart
from web.views.contacts import STAGES, ContactCard, contact_card
from web.views.words import DIFFICULTIES, MARK_WORDS, count, day, iso_day, named


@dataclass(frozen=True)
class SessionRow:
    """One session of the learner. `overall` is 0 to 100, None until it was debriefed."""

    id: str
    href: str
    name: str
    title: str
    difficulty: str
    opened: str
    opened_iso: str
    stage: str
    finished: bool
    overall: int | None
    turns: str
    fork: bool
    assisted: bool


@dataclass(frozen=True)
class CriterionTrend:
    """A criterion's marks over sessions, oldest first: each 1 to 5, None where it was not assessed."""

    name: str
    marks: tuple[int | None, ...]
    latest: int | None
    change: str


@dataclass(frozen=True)
class ProgressPage:
    """The learner's sessions, newest first, and how their marks moved. Charts are None below two debriefed sessions."""

    rows: tuple[SessionRow, ...]
    trends: tuple[CriterionTrend, ...]
    wide: MarksChart | None
    narrow: MarksChart | None
    summary: str
    numbers: bool


def progress_page(history: Sequence[HistoryRow], rubrics: Mapping[str, Rubric], *, numbers: bool) -> ProgressPage:
    """Return the history. Only sessions marked by the newest session's rubric are compared: schools do not share a scale."""
    marked = [row for row in reversed(history) if row.overall is not None]
    school = marked[-1].rubric_id if marked else ""
    compared = [row for row in marked if row.rubric_id == school]
    marks = [(row.overall or 0.0, f"{row.persona_name}, {day(row.opened_at)}: {round(row.overall or 0)} of 100") for row in compared]
    enough = len(marks) >= 2
    return ProgressPage(
        rows=tuple(_row(r) for r in history),
        trends=_trends(compared, rubrics.get(school)),
        wide=marks_chart(marks, HALF) if enough else None,
        narrow=marks_chart(marks, NARROW) if enough else None,
        summary=summary(compared),
        numbers=numbers,
    )


def _row(row: HistoryRow) -> SessionRow:
    finished = row.stage == "debrief"
    return SessionRow(
        id=row.id,
        href=f"/sessions/{row.id}/debrief" if finished else f"/sessions/{row.id}",
        name=row.persona_name,
        title=f"{row.persona_title}, {row.company}",
        difficulty=named(DIFFICULTIES, row.difficulty),
        opened=day(row.opened_at),
        opened_iso=iso_day(row.opened_at),
        stage=STAGES[row.stage] if not finished else "Debriefed",
        finished=finished,
        overall=round(row.overall) if row.overall is not None else None,
        turns=count(row.learner_turns, "turn", "turns"),
        fork=row.parent is not None,
        assisted=row.assisted,
    )


def _trends(rows: Sequence[HistoryRow], rubric: Rubric | None) -> tuple[CriterionTrend, ...]:
    if not rows:
        return ()
    names = {c.id: c.name for c in rubric.criteria} if rubric else {}
    ids = list(dict.fromkeys(i for row in rows for i in row.marks))
    return tuple(_trend(names.get(i, i.replace("_", " ").capitalize()), [row.marks.get(i) for row in rows]) for i in ids)


def _trend(name: str, marks: Sequence[int | None]) -> CriterionTrend:
    known = [m for m in marks if m is not None]
    if len(known) < 2:
        change = ""
    elif known[-1] == known[0]:
        change = "unchanged"
    else:
        change = f"{'up' if known[-1] > known[0] else 'down'} from {MARK_WORDS[known[0]].lower()}"
    return CriterionTrend(name, tuple(marks), known[-1] if known else None, change)


def summary(rows: Sequence[HistoryRow]) -> str:
    """Say in a sentence how the overall marks (0 to 100) of these sessions moved; empty below two."""
    if len(rows) < 2:
        return ""
    first, last = round(rows[0].overall or 0), round(rows[-1].overall or 0)
    moved = "has stayed the same" if first == last else f"went {'up' if last > first else 'down'} from {first} to {last}"
    return f"Over {len(rows)} debriefed sessions the overall mark {moved}."


@dataclass(frozen=True)
class RatingRow:
    """One criterion to rate oneself on: five marks, each with the rubric's anchor."""

    id: str
    name: str
    question: str
    anchors: tuple[tuple[int, str, str], ...]
    chosen: int | None


@dataclass(frozen=True)
class SelfRatingPage:
    """The learner's own marks, before the debrief is shown; in words alone where `numbers` is False."""

    id: str
    contact: ContactCard
    rows: tuple[RatingRow, ...]
    numbers: bool


def self_rating_page(session: Session) -> SelfRatingPage:
    """Return the criteria of the session's rubric to rate oneself on, marks rising from 1 to 5."""
    rows = []
    for criterion in session.rubric.criteria:
        anchors = tuple((n, MARK_WORDS[n], " ".join(criterion.anchors[n].split())) for n in range(1, 6))
        chosen = session.self_ratings.get(criterion.id)
        rows.append(RatingRow(criterion.id, criterion.name, to_you(criterion.question), anchors, chosen))
    return SelfRatingPage(session.id, contact_card(session.persona), tuple(rows), session.numbers)


def to_you(question: str) -> str:
    """Turn a rubric's question about the learner to the learner themselves; any other question stays as it is."""
    asked = re.sub(
        r"^(Did|Had|Has|Does) the learner\b",
        lambda m: f"{'Have' if m[1] == 'Has' else 'Do' if m[1] == 'Does' else m[1]} you",
        question,
    )
    asked = re.sub(r"^Was the learner\b", "Were you", asked)
    if asked == question:
        return question
    return re.sub(r"\b(they|their|themselves)\b", lambda m: {"they": "you", "their": "your"}.get(m[1], "yourself"), asked)


@dataclass(frozen=True)
class DeletePage:
    """Asking once more before a session is deleted."""

    id: str
    name: str
    opened: str


def delete_page(session: Session) -> DeletePage:
    """Return what is about to be deleted."""
    return DeletePage(session.id, session.persona.name, day(session.opened_at))


@dataclass(frozen=True)
class DeleteAllPage:
    """Everything of a learner's that is about to be deleted: the sessions' ids, and how many of them a workshop holds."""

    ids: tuple[str, ...]
    in_workshops: int


def delete_all_page(rows: Sequence[HistoryRow]) -> DeleteAllPage:
    """Return what is about to be deleted."""
    return DeleteAllPage(tuple(r.id for r in rows), sum(r.workshop is not None for r in rows))


@dataclass(frozen=True)
class Typed:
    """A text the learner had typed when something failed, given back so that it can be copied."""

    label: str
    text: str


@dataclass(frozen=True)
class ErrorPage:
    """What went wrong, what a person can do about it, and what they had typed."""

    status: int
    title: str
    detail: str
    typed: tuple[Typed, ...]
    back: str
    back_label: str


TITLES = {
    403: "That request came from somewhere else",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "Not now",
    413: "That is too large",
    422: "That could not be taken",
    429: "A little slower, please",
    503: "Not reachable right now",
}
"""Headings by HTTP status; anything else is ours to mend."""

LABELS = {
    "text": "Your message",
    "goal": "Goal",
    "pitch": "Introduction",
    "agenda": "Agenda",
    "question": "Question",
    "to_contact": "Note to the contact",
    "to_referrer": "Note to the referrer",
    "notes": "Notes",
    "email": "E-mail",
    "name": "Name",
    "note": "Note",
    "source": "The file",
    "new_topic": "The topic",
    "welcome": "Welcome text",
    "reason": "Reason",
    "comment": "Comment",
    "code": "Code",
}
"""Form fields that hold a person's own words."""

SECRET_LABELS = {"password": "The password", "current": "The current password"}
"""Fields that are named in what went wrong and never given back."""


def error_page(status: int, detail: str, typed: Sequence[tuple[str, str]] = (), back: str = "/") -> ErrorPage:
    """Return the page for a problem. `typed` are the fields of the form that failed; only words somebody wrote are given back."""
    kept = tuple(Typed(LABELS[name], text) for name, text in typed if name in LABELS and text.strip())
    label = "Back to the contacts" if back == "/" else "Back to the session"
    return ErrorPage(status, TITLES.get(status, "Something broke on our side"), detail, kept, back, label)
