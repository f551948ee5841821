"""What an instructor added to a session, as the debrief shows it to them and to the learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.practice import Debrief
from sim.review import Comment, Override, Review
from web.views.words import mark_text


@dataclass(frozen=True)
class GivenMark:
    """An instructor's mark beside the computed one, both as text."""

    mark: str
    computed: str
    reason: str


@dataclass(frozen=True)
class CommentView:
    """A comment; `place` names its turn, `link` leads there (both empty for the whole session)."""

    id: str
    text: str
    place: str
    link: str


@dataclass(frozen=True)
class ReviewView:
    """What an instructor added. `overall` counts, `computed_overall` is without their marks; both as the gradebook writes them."""

    marks: Mapping[str, GivenMark]
    names: Mapping[str, str]
    comments: tuple[CommentView, ...]
    by_turn: Mapping[int, tuple[CommentView, ...]]
    overall: str
    computed_overall: str

    @property
    def empty(self) -> bool:
        """Whether nothing was added."""
        return not (self.marks or self.comments)


def review_view(found: Debrief) -> ReviewView:
    """Return what an instructor added to a session."""
    review, card = found.review, found.scorecard
    computed = {c.id: c.score for c in card.criteria}
    marks = {o.criterion: _given(o, computed[o.criterion]) for o in review.overrides if o.criterion in computed}
    turns = dict.fromkeys(c.turn for c in review.comments if c.turn is not None)
    return ReviewView(
        marks=marks,
        names={c.id: c.name for c in found.rubric.criteria},
        comments=tuple(map(_comment, review.comments)),
        by_turn={turn: _on(review, turn) for turn in turns},
        overall=f"{found.counting.overall:g}",
        computed_overall=f"{card.overall:g}",
    )


def _on(review: Review, turn: int) -> tuple[CommentView, ...]:
    return tuple(map(_comment, review.on_turn(turn)))


def _given(given: Override, computed: int | None) -> GivenMark:
    return GivenMark(str(given.mark), mark_text(computed), given.reason)


def _comment(found: Comment) -> CommentView:
    place, link = (f"turn {found.turn}", f"#turn-{found.turn}") if found.turn is not None else ("", "")
    return CommentView(found.id, found.text, place, link)


@dataclass(frozen=True)
class Reader:
    """Who reads, and whose session it is."""

    workshop_id: str
    workshop: str
    student: str
    attempt: str
    turns: int
    numbers_hidden: bool
    pending: bool = False


@dataclass(frozen=True)
class Place:
    """A learner's session in a workshop: which attempt it is (empty for one tried again), and whether it was submitted."""

    workshop_id: str
    attempt: str
    submitted: bool


def place_of(found: Debrief) -> Place | None:
    """Return where a session stands in its workshop; None for one that belongs to none."""
    session = found.session
    if not (session.member and session.workshop):
        return None
    attempt = f"Attempt {session.attempt}" if session.attempt else ""
    return Place(session.workshop, attempt, session.submitted_at is not None)
