"""Minimal pairs: a session and the same session with one thing changed. The criterion meant must move, the others must not.

A base session is a file (`sim.pairs/1`, see `tests/data/pairs/`): a persona, a transcript, the words of each edit, and two twins
that say the same tersely and in the English of somebody who learned it late. What an edit does to a transcript and what it must
do to the marks stands here; only its words stand in the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.documents import check_schema_name, parse_json, validate
from sim.errors import InputError, Problem
from sim.persona import Persona
from sim.transcript import ThankYou, Transcript, Turn, end_time, turn_times

SCHEMA = "sim.pairs/1"
DEFAULT_FOLDER = Path(__file__).parents[2] / "tests" / "data" / "pairs"

Direction = Literal["up", "down"]
Moves = Mapping[str, Direction]

MINUTES_OVER = 5.0
LEAVING = "I am leaving now."
TEMPLATE = (
    "Dear [Name],\n\nThank you for taking the time to meet with me to discuss [topic]. I learned a lot about [Company] and "
    "appreciate your insights.\n\nBest regards,\n[Your name]"
)
FILLER = "So, yeah, you know, I mean, that is to say, well, anyway, as it were, and so on and so forth."


class PairError(InputError):
    """For the author of a base session."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(_Strict):
    """Words changed in one place: `find` (once there) becomes `put`; without `find`, `put` is added at the end.

    The place is a learner turn by its 0-based index in the transcript, or the note to the contact.
    """

    turn: int | None = None
    note: bool = False
    find: str = ""
    put: str


class Twins(_Strict):
    """The learner's messages once more, one for each, in order."""

    terse: list[str]
    non_native: list[str]


class Base(_Strict):
    """One base session with the words of its edits."""

    schema_: Literal["sim.pairs/1"] = Field(alias="schema")
    voice: str
    persona: Persona
    transcript: Transcript
    edits: dict[str, list[Change]]
    pressing_on: Annotated[list[str], Field(min_length=4, max_length=4)]
    twins: Twins
    generic_note: bool = Field(False, description="the note is polite and says nothing in particular")

    @property
    def id(self) -> str:
        """The transcript's id."""
        return self.transcript.id


Make = Callable[[Base], Transcript | None]


@dataclass(frozen=True)
class Edit:
    """One kind of edit. `moves`: what must happen to which criterion; `may`: what else may happen without being wrong.

    `make` returns the edited transcript, or None where the base session has no words for it.
    """

    name: str
    make: Make
    moves: Moves = field(default_factory=dict)
    may: Moves = field(default_factory=dict)


def with_turns(transcript: Transcript, turns: Sequence[Turn], **more: Any) -> Transcript:
    """Return the transcript with other turns (and other fields)."""
    return transcript.model_copy(update={"turns": list(turns), **more})


def with_words(transcript: Transcript, words: Mapping[int, str]) -> Transcript:
    """Return the transcript with the text of some turns replaced; times stay."""
    turns = [t.model_copy(update={"text": words[n]}) if n in words else t for n, t in enumerate(transcript.turns)]
    return with_turns(transcript, turns)


def with_note(transcript: Transcript, note: str | None) -> Transcript:
    """Return the transcript with another note to the contact; None: nothing was sent to anybody."""
    if note is None:
        return transcript.model_copy(update={"thank_you": None})
    referrer = transcript.thank_you.to_referrer if transcript.thank_you else None
    return transcript.model_copy(update={"thank_you": ThankYou(to_contact=note, to_referrer=referrer)})


def learner_turns(transcript: Transcript) -> list[int]:
    """Return the indices of the learner's turns."""
    return [n for n, t in enumerate(transcript.turns) if t.speaker == "learner"]


def _put(text: str, change: Change) -> str:
    new = text.replace(change.find, change.put, 1) if change.find else f"{text} {change.put}"
    return new.replace("  ", " ").strip()


def _changed(name: str) -> Make:
    """Return the maker of an edit whose words stand in the base's file."""

    def make(base: Base) -> Transcript | None:
        changes = base.edits.get(name)
        if changes is None:
            return None
        transcript = base.transcript
        for change in changes:
            if change.turn is None:
                note = transcript.thank_you.to_contact if transcript.thank_you else ""
                transcript = with_note(transcript, _put(note or "", change))
            else:
                transcript = with_words(transcript, {change.turn: _put(transcript.turns[change.turn].text, change)})
        return transcript

    return make


def _five_over(base: Base) -> Transcript:
    """The same words, stretched so that the meeting ends five minutes after the agreed time."""
    transcript = base.transcript
    end = transcript.agreed_minutes + MINUTES_OVER
    stretch = end / end_time(transcript)
    times = turn_times(transcript)
    turns = [t.model_copy(update={"at": round(at * stretch, 2)}) for t, at in zip(transcript.turns, times, strict=True)]
    return with_turns(transcript, turns, ended_at=end)


def _pressing_on(base: Base) -> Transcript:
    """The contact says they must go, twice, and the learner goes on asking, before the same last words. What is asked then is often what
    a website answers (pay, how many people, the canteen), so preparation may fall with it.
    """
    transcript = base.transcript
    times = turn_times(transcript)
    last = learner_turns(transcript)[-1]
    start, step = times[last - 1], (times[last] - times[last - 1]) / 6
    must_go, first, again, second = base.pressing_on
    before = transcript.turns[last - 1]
    held = before.model_copy(update={"text": f"{before.text} {must_go}"})
    said = [("learner", first), ("contact", again), ("learner", second), ("contact", LEAVING)]
    added = [Turn.model_validate({"speaker": s, "text": t, "at": start + step * n}) for n, (s, t) in enumerate(said, 1)]
    return with_turns(transcript, [*transcript.turns[: last - 1], held, *added, *transcript.turns[last:]])


def _padding(base: Base) -> Transcript:
    """Filler after every message."""
    words = {n: f"{base.transcript.turns[n].text} {FILLER}" for n in learner_turns(base.transcript)}
    return with_words(base.transcript, words)


def _note_removed(base: Base) -> Transcript | None:
    """No note; where the note said nothing in particular a good close may earn as much, and the pair proves nothing."""
    return None if base.generic_note else with_note(base.transcript, None)


def _note_template(base: Base) -> Transcript:
    return with_note(base.transcript, TEMPLATE)


def _twin(which: Literal["terse", "non_native"]) -> Make:
    def make(base: Base) -> Transcript:
        words: list[str] = getattr(base.twins, which)
        return with_words(base.transcript, dict(zip(learner_turns(base.transcript), words, strict=True)))

    return make


def _worded(name: str, moves: Moves, may: Moves | None = None) -> Edit:
    return Edit(name, _changed(name), moves, may or {})


CRITERIA = ("preparation", "time_respect", "referrals", "no_job_push", "rapport", "follow_through")
ANYTHING_DOWN: Moves = dict.fromkeys(CRITERIA, "down")

EDITS: tuple[Edit, ...] = (
    _worded("direct_ask", {"no_job_push": "down"}),
    _worded("polite_ask", {"no_job_push": "down"}),
    _worded("hypothetical_ask", {"no_job_push": "down"}),
    _worded("veiled_ask", {"no_job_push": "down"}),
    _worded("hiring_removed", {"no_job_push": "up"}),
    _worded("referral_removed", {"referrals": "down"}),
    _worded("referral_demand", {"referrals": "down"}, {"rapport": "down"}),
    _worded("time_check_added", {"time_respect": "up"}),
    _worded("time_check_removed", {"time_respect": "down"}),
    _worded("wrap_up_removed", {"time_respect": "down"}),
    Edit("five_over", _five_over, {"time_respect": "down"}),
    Edit("pressing_on", _pressing_on, {"time_respect": "down"}, {"rapport": "down", "preparation": "down"}),
    _worded("specific_generic", {"preparation": "down"}, {"rapport": "down"}),
    _worded("fact_removed", {"preparation": "down"}),
    _worded("fact_added", {"preparation": "up"}),
    _worded("referrer_removed", {"preparation": "down"}),
    _worded("basic_question", {"preparation": "down"}),
    _worded("rude_remark", {"rapport": "down"}),
    _worded("thanks_removed", {"rapport": "down"}, {"follow_through": "down"}),
    _worded("builds_removed", {"rapport": "down"}, {"preparation": "down"}),
    _worded("builds_added", {"rapport": "up"}),
    Edit("note_removed", _note_removed, {"follow_through": "down"}),
    Edit("note_template", _note_template, {"follow_through": "down"}),
    _worded("note_job", {"follow_through": "down", "no_job_push": "down"}),
    Edit("padding", _padding, {}, ANYTHING_DOWN),
    Edit("terse_twin", _twin("terse")),
    Edit("non_native_twin", _twin("non_native")),
)
"""Every kind of edit. The directions follow from the classic rubric's anchors."""

Marks = Mapping[str, int | None]


@dataclass(frozen=True)
class PairResult:
    """One pair's marks. `moved` is None where the edit is meant to move nothing."""

    base: str
    edit: Edit
    before: Marks
    after: Marks

    @property
    def moved(self) -> bool | None:
        """Whether every criterion meant moved the right way."""
        if not self.edit.moves:
            return None
        return all(_went(self.before.get(c), self.after.get(c)) == way for c, way in self.edit.moves.items())

    @property
    def strays(self) -> tuple[str, ...]:
        """Criteria that moved though they should have stayed."""
        allowed = {**self.edit.may, **self.edit.moves}
        ways = {c: _went(mark, self.after.get(c)) for c, mark in self.before.items()}
        return tuple(c for c, way in ways.items() if way is not None and c not in self.edit.moves and allowed.get(c) != way)

    @property
    def behaves(self) -> bool:
        """Whether the criterion meant moved, where one was meant, and the others stayed."""
        return self.moved is not False and not self.strays


def _went(before: int | None, after: int | None) -> Direction | None:
    if before == after:
        return None
    return "up" if (after or 0) > (before or 0) else "down"


Marker = Callable[[Transcript, Persona | None], Marks]
"""Marks by criterion for a transcript."""


def run_pairs(bases: Iterable[Base], mark: Marker) -> Iterable[PairResult]:
    """Yield every pair's result: each base with each edit that it has words for."""
    for base in bases:
        before = mark(base.transcript, base.persona)
        for edit in EDITS:
            edited = edit.make(base)
            if edited is not None:
                yield PairResult(base.id, edit, before, mark(edited, base.persona))


def load_bases(folder: Path = DEFAULT_FOLDER) -> list[Base]:
    """Return the base sessions of a folder, by file name; raises PairError, also where a change's words are not where it says."""
    return [load_base(p) for p in sorted(folder.glob("*.json"))]


def load_base(path: Path) -> Base:
    """Return the base session in a file; raises PairError."""
    try:
        document = parse_json(path.read_text("utf-8"), str(path), PairError)
    except (OSError, UnicodeDecodeError) as error:
        raise PairError([Problem(str(path), None, "", f"cannot be read ({error})")]) from error
    check_schema_name(document, SCHEMA, PairError)
    base = validate(document, Base, PairError)
    problems = [Problem(str(path), None, place, words) for place, words in _wrong(base)]
    if problems:
        raise PairError(problems)
    return base


def _wrong(base: Base) -> Iterable[tuple[str, str]]:
    ours = learner_turns(base.transcript)
    names = {e.name for e in EDITS}
    for name, changes in base.edits.items():
        if name not in names:
            yield f"edits.{name}", f"is no edit; expected one of {', '.join(sorted(names))}"
        for n, change in enumerate(changes):
            place = f"edits.{name}[{n}]"
            if (change.turn is None) != change.note:
                yield place, "needs either a learner turn's index as `turn` or `note: true`"
            elif change.turn is not None and change.turn not in ours:
                yield place, f"turn {change.turn} is not the learner's; expected one of {ours}"
            elif change.turn is not None and change.find and base.transcript.turns[change.turn].text.count(change.find) != 1:
                yield place, f"the words {change.find!r} do not stand once in turn {change.turn}"
    for name, words in (("terse", base.twins.terse), ("non_native", base.twins.non_native)):
        if len(words) != len(ours):
            yield f"twins.{name}", f"has {len(words)} messages; expected {len(ours)}, one for each of the learner's"
