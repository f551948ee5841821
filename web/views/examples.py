"""Worked examples: a scripted learner's meeting with its marks and evidence, alone or a good and a poor one side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.examples import Example
from sim.persona import Persona
from sim.practice import Debrief, Session, Timeline
from sim.rubric import Rubric
from sim.transcript import EndedBy, Outcome, end_time
from web.views.charts import HALF, NARROW, MeetingChart, meeting_chart
from web.views.contacts import ContactCard, contact_card
from web.views.debrief import (
    AnnotatedText,
    AnnotatedTurn,
    MarkRow,
    Suggestion,
    annotated_texts,
    annotated_turns,
    chart_summary,
    mark_rows,
    suggestions,
)
from web.views.words import DOORS, minutes

QUALITIES = {"good": "A good meeting", "poor": "A poor meeting"}

ENDED: dict[EndedBy, str] = {
    "learner": "The learner ended it.",
    "contact": "The contact ended it early.",
    "time": "The contact closed it: time was up.",
}


@dataclass(frozen=True)
class ExampleView:
    """One example as a page or a column shows it. `key` keeps anchors of two columns apart; `door` is open, ajar or shut."""

    id: str
    key: str
    quality: str
    title: str
    overall: int
    lasted: str
    door: str
    verdict: str
    why: str
    marks: tuple[MarkRow, ...]
    advice: tuple[Suggestion, ...]
    chart: MeetingChart
    summary: str
    turns: tuple[AnnotatedTurn, ...]
    texts: tuple[AnnotatedText, ...]


@dataclass(frozen=True)
class ExamplePage:
    """One example alone. `pair` is the address at which it stands beside another; `back` leads its keeper to the studio."""

    contact: ContactCard
    shown: ExampleView
    rubric: str
    pair: str
    back: str = ""


@dataclass(frozen=True)
class ExamplesPage:
    """A good and a poor example side by side, where there are both; `others` are the rest, as (address, title)."""

    contact: ContactCard
    columns: tuple[ExampleView, ...]
    rubric: str
    others: tuple[tuple[str, str], ...]


def example_page(example: Example, persona: Persona, rubric: Rubric, back: str = "") -> ExamplePage:
    """Return the page of one example."""
    pair = f"/contacts/{persona.id}/examples"
    return ExamplePage(contact_card(persona), example_view(example, persona, rubric, "e", HALF), rubric.name, pair, back)


def examples_page(pair: Sequence[Example], rest: Sequence[Example], persona: Persona, rubric: Rubric) -> ExamplesPage:
    """Return the page with examples side by side; they are marked by one rubric."""
    columns = tuple(example_view(e, persona, rubric, e.quality) for e in pair)
    others = tuple((f"/examples/{e.id}", f"{QUALITIES[e.quality]}: {e.title}") for e in rest)
    return ExamplesPage(contact_card(persona), columns, rubric.name, others)


def example_view(example: Example, persona: Persona, rubric: Rubric, key: str, width: int = NARROW) -> ExampleView:
    """Return one example with its evidence laid over the words."""
    found = _as_debrief(example, persona, rubric)
    transcript, outcome = example.transcript, found.outcome
    timeline = Timeline(example.id, (), found.trace, transcript.ended_by)
    ended = ENDED[transcript.ended_by] if transcript.ended_by else ""
    return ExampleView(
        id=example.id,
        key=key,
        quality=QUALITIES[example.quality],
        title=example.title,
        overall=round(example.scorecard.overall),
        lasted=f"{round(end_time(transcript))} of {minutes(transcript.agreed_minutes)}. {ended}".strip(),
        door=outcome.door,
        verdict=DOORS[outcome.door],
        why=outcome.why,
        marks=mark_rows(example.scorecard, rubric, {}, None),
        advice=suggestions(example.scorecard, rubric),
        chart=meeting_chart(timeline, transcript.agreed_minutes, width=width),
        summary=chart_summary(found.trace, persona.first_name),
        turns=tuple(_by_learner(turn) for turn in annotated_turns(found)),
        texts=tuple(replace(text, title=text.title.replace("Your notes", "Notes")) for text in annotated_texts(found)),
    )


def _by_learner(turn: AnnotatedTurn) -> AnnotatedTurn:
    return replace(turn, who="Learner", engine="") if turn.learner else replace(turn, engine="")


def _as_debrief(example: Example, persona: Persona, rubric: Rubric) -> Debrief:
    """Dress an example as a finished session, so that the debrief's own view lays out its evidence."""
    transcript = example.transcript
    session = Session(
        id=example.id,
        persona=persona,
        rubric=rubric,
        agreed_minutes=transcript.agreed_minutes,
        difficulty="realistic",
        clock="simulated",
        seed=0,
        stage="debrief",
    )
    outcome = transcript.outcome or Outcome(door="shut", why="")
    return Debrief(session, persona, rubric, transcript, tuple(transcript.trace or ()), outcome, example.scorecard)
