"""The debrief: marks with the words behind them, the picture, the verdict, the ledger, what to try, the annotated transcript."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.opinions import opinion_words, second_words
from sim.persona import Persona
from sim.practice import Debrief, Timeline
from sim.rubric import Criterion, Rubric
from sim.scorecard import Advice, CriterionScore, Evidence, Scorecard
from sim.transcript import LedgerEntry, Outcome, TraceEntry, Turn, end_time, turn_times
from web.views.charts import HALF, NARROW, WIDE, MeetingChart, meeting_chart, movements
from web.views.contacts import ContactCard, contact_card
from web.views.highlights import Mark, Piece, find, marks_by_place, pieces, place_link, place_words
from web.views.meeting import at
from web.views.review import GivenMark, Place, Reader, ReviewView, place_of, review_view
from web.views.words import (
    CUES,
    DOORS,
    ENDINGS,
    ENGINES,
    MARK_WORDS,
    Option,
    count,
    intent_words,
    minutes,
    setting_line,
    topic_words,
)

FIRST_QUOTES = 4
"""Quotes shown at once for a criterion; the others are one click away."""

GRADERS = {
    "detectors": "Marked by detectors and the clock, added up in code. The same session always gets the same marks.",
    "judge": "Checks answered by a language model with quotes from your words, added up in code.",
    "detectors+judge": "Checks answered by detectors, the clock and a language model, added up in code.",
    "instructor": "Marked by your instructor.",
}


@dataclass(frozen=True)
class Quote:
    """Words that earned or cost something, with where they stand and the link there (empty for the clock)."""

    text: str
    effect: str
    why: str
    place: str
    link: str


@dataclass(frozen=True)
class MarkRow:
    """One criterion. `score` is the mark that counts, 1 to 5 or None; `given` is set where an instructor gave it.

    `anchor` says why the mark is what it is, `rationale` why there is none, or what an instructor wrote; `scale` is every mark with its
    name and the rubric's words for it, the best first. `before` is the mark of the run a fork came from, None where there is none.
    `quotes` are the words to read first, `more` the rest. `own` is the learner's own mark, `gap` says how it compares. `opinion` says
    what the judge thought, empty where none was asked; `disagrees` marks one that the mark did not follow.
    """

    id: str
    name: str
    question: str
    score: int | None
    word: str
    anchor: str
    rationale: str
    scale: tuple[tuple[int, str, str], ...]
    quotes: tuple[Quote, ...]
    more: tuple[Quote, ...]
    advice: str
    own: int | None
    gap: str
    before: int | None
    supporting: bool
    weight: str
    opinion: str = ""
    disagrees: bool = False
    given: GivenMark | None = None


@dataclass(frozen=True)
class Suggestion:
    """One thing to try next time, in the learner's own situation."""

    title: str
    criterion: str
    quote: str
    place: str
    link: str
    why: str
    instead: str


@dataclass(frozen=True)
class LedgerLine:
    """One thing the contact could have given; `kind` says whether it is a name or something private."""

    title: str
    about: str
    kind: str
    place: str
    link: str


@dataclass(frozen=True)
class Loss:
    """A line of the learner's and all that it lost."""

    line: str
    place: str
    link: str
    items: tuple[LedgerLine, ...]


@dataclass(frozen=True)
class Ledger:
    """What was earned, what was there and not reached, and what was lost."""

    earned: tuple[LedgerLine, ...]
    not_asked: tuple[LedgerLine, ...]
    lost: tuple[Loss, ...]

    @property
    def empty(self) -> bool:
        """Whether the contact had nothing to give."""
        return not (self.earned or self.not_asked or self.lost)


@dataclass(frozen=True)
class Note:
    """A remark beside a turn of the transcript: what a stretch of it counted for."""

    effect: str
    text: str


@dataclass(frozen=True)
class Suggested:
    """Another way to say a line, by a language model. `text` is empty where none was fit to show."""

    text: str
    model: str


@dataclass(frozen=True)
class AnnotatedTurn:
    """A turn with its evidence marked. `events` say what happened in a contact's turn: a cue, something earned."""

    number: int
    learner: bool
    who: str
    at: str
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]
    events: tuple[str, ...]
    engine: str
    shared: bool
    rewritable: bool = False
    rewrite: Suggested | None = None


@dataclass(frozen=True)
class AnnotatedText:
    """Something the learner wrote outside the meeting, with its evidence marked. `id` is its anchor."""

    id: str
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class TableRow:
    """One contact turn of the picture, for the table beside it. `patience` and `rapport` are per cent, and in a word."""

    turn: int
    minute: str
    did: str
    patience: int
    patience_word: str
    rapport: int
    rapport_word: str
    cue: str
    earned: str


@dataclass(frozen=True)
class Moment:
    """A turn that moved the contact, with the words that did."""

    what: str
    place: str
    link: str
    words: str


@dataclass(frozen=True)
class Picture:
    """One run as pictures of two widths, in words, and as a table. `moments` are the turns that moved the contact most."""

    title: str
    summary: str
    moments: tuple[Moment, ...]
    wide: MeetingChart
    narrow: MeetingChart
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Verdict:
    """What the contact privately decided: the door open, ajar or shut, and why."""

    door: str
    title: str
    why: str


@dataclass(frozen=True)
class DebriefPage:
    """Everything the debrief shows. `numbers` is False in the mode that hides them, which `settled` tells is the workshop's choice.

    `review` is what an instructor added, `place` the learner's place in a workshop; `reader` is set where the instructor reads.
    """

    id: str
    contact: ContactCard
    setting: str
    ending: str
    lasted: str
    numbers: bool
    settled: bool
    overall: float
    overall_before: int | None
    verdict: Verdict
    verdict_before: Verdict | None
    marks: tuple[MarkRow, ...]
    rated: bool
    advice: tuple[Suggestion, ...]
    pictures: tuple[Picture, ...]
    ledger: Ledger
    turns: tuple[AnnotatedTurn, ...]
    texts: tuple[AnnotatedText, ...]
    thanked: str
    rubric: Option
    rubrics: tuple[Option, ...]
    graded_by: str
    second: str
    parent: str | None
    fork_turn: int | None
    assisted: bool
    review: ReviewView
    place: Place | None
    reader: Reader | None


def debrief_page(
    found: Debrief, *, numbers: bool, rubrics: Sequence[Rubric], before: Debrief | None = None, reader: Reader | None = None
) -> DebriefPage:
    """Return the debrief. `before` is the debrief of the run a fork came from, where the learner still has it.

    A learner whose workshop hides numbers sees none, whatever they ask for.
    """
    session, transcript, card = found.session, found.transcript, found.counting
    settled = reader is None and not session.numbers
    numbers = numbers and not settled
    shown = card if numbers else _unnumbered(card)
    own = {} if settled else session.self_ratings
    review = review_view(found)
    thank_you = transcript.thank_you
    sent = bool(thank_you and (thank_you.to_contact or thank_you.to_referrer))
    return DebriefPage(
        id=session.id,
        contact=contact_card(found.persona),
        setting=setting_line(session.difficulty, session.clock, session.assisted),
        ending=ENDINGS[transcript.ended_by] if transcript.ended_by else "",
        lasted=f"{round(end_time(transcript))} of {minutes(transcript.agreed_minutes)}",
        numbers=numbers,
        settled=settled,
        overall=card.overall if session.member and card.overall % 1 else round(card.overall),
        overall_before=round(before.counting.overall) if before else None,
        verdict=_verdict(found.outcome),
        verdict_before=_verdict(before.outcome) if before else None,
        marks=mark_rows(
            shown, found.rubric, own, before.counting if before else None, review.marks, numbers=numbers, computed=found.scorecard
        ),
        rated=bool(own),
        advice=suggestions(shown, found.rubric),
        pictures=pictures(found),
        ledger=ledger(found.outcome.ledger, found.persona, transcript.turns),
        turns=annotated_turns(found, reader.student if reader else "You"),
        texts=annotated_texts(found, f"{reader.student}’s notes" if reader else "Your notes"),
        thanked="Sent." if sent else "None was sent.",
        rubric=_school(found.rubric),
        rubrics=tuple(_school(r) for r in rubrics),
        graded_by=GRADERS[card.graded_by],
        second=second_words(card.judge),
        parent=session.parent,
        fork_turn=session.fork_turn,
        assisted=session.assisted,
        review=review,
        place=None if reader else place_of(found),
        reader=reader,
    )


def _unnumbered(card: Scorecard) -> Scorecard:
    from sim.scoring.unnumbered import unnumbered  # the scorer takes a while to load

    return unnumbered(card)


def _verdict(outcome: Outcome) -> Verdict:
    return Verdict(outcome.door, DOORS[outcome.door], outcome.why)


def _school(rubric: Rubric) -> Option:
    return Option(rubric.id, rubric.name, " ".join(rubric.school.split()))


# -- marks ------------------------------------------------------------------------------------------------------------------


def mark_rows(
    card: Scorecard,
    rubric: Rubric,
    own: Mapping[str, int],
    before: Scorecard | None,
    given: Mapping[str, GivenMark] | None = None,
    *,
    numbers: bool = True,
    computed: Scorecard | None = None,
) -> tuple[MarkRow, ...]:
    """Return one row for each criterion of the scorecard, in its order; `given` are the instructor's marks among them.

    `computed` is the scorecard without those: what the judge thought is told beside the mark that it could move.
    """
    criteria = {c.id: c for c in rubric.criteria}
    total = sum(c.weight for c in rubric.criteria)
    earlier = {c.id: c.score for c in before.criteria} if before else {}
    rows = (_mark_row(m, criteria[m.id], own.get(m.id), earlier.get(m.id), total) for m in card.criteria if m.id in criteria)
    read = (computed or card).criteria
    opinions = {m.id: (opinion_words(m, numbers=numbers), bool(m.judge and m.judge.disagrees)) for m in read}
    rows = (replace(row, opinion=opinions[row.id][0], disagrees=opinions[row.id][1]) for row in rows)
    return tuple(_given_row(row, given[row.id]) if given and row.id in given else row for row in rows)


def _given_row(row: MarkRow, given: GivenMark) -> MarkRow:
    anchor = next((words for value, _, words in row.scale if value == row.score), "")
    return replace(row, given=given, anchor=anchor, rationale=given.reason)


@dataclass(frozen=True)
class ReadingPage:
    """The page shown while the judge reads. `seconds` is the longest it may take."""

    id: str
    contact: ContactCard
    seconds: int


def reading_page(found: Debrief, seconds: float) -> ReadingPage:
    """Return the page."""
    return ReadingPage(found.session.id, contact_card(found.persona), round(seconds))


def _mark_row(mark: CriterionScore, criterion: Criterion, own: int | None, before: int | None, total: float) -> MarkRow:
    quotes = tuple(_quote(e) for e in telling(mark.evidence))
    scale = tuple((n, MARK_WORDS[n], " ".join(criterion.anchors[n].split())) for n in range(5, 0, -1))
    return MarkRow(
        id=mark.id,
        name=criterion.name,
        question=criterion.question,
        score=mark.score,
        word=MARK_WORDS[mark.score] if mark.score else "Not assessed",
        anchor=(mark.rationale or scale[5 - mark.score][2]) if mark.score else "",
        rationale="" if mark.score else mark.rationale,
        scale=scale,
        quotes=quotes[:FIRST_QUOTES],
        more=quotes[FIRST_QUOTES:],
        advice=mark.advice,
        own=own,
        gap=gap_words(own, mark.score),
        before=before,
        supporting=criterion.supporting or criterion.weight == 0,
        weight=f"{round(100 * criterion.weight / total)}% of the overall mark" if criterion.weight else "Not in the overall mark",
    )


def telling(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return evidence without quotes that stand inside a longer one of the same place and effect, which then says what they counted for,
    too; what hurts comes first.
    """
    kept = [_saying_all(e, evidence) for e in evidence if not any(_inside(e, other) for other in evidence)]
    return sorted(kept, key=lambda e: e.effect == "helps")


def _saying_all(item: Evidence, evidence: Sequence[Evidence]) -> Evidence:
    inside = (other.why for other in evidence if _inside(other, item))
    whys = dict.fromkeys(why for said in (*inside, item.why) for why in said.split("; ") if why)
    return item.model_copy(update={"why": "; ".join(whys)})


def _inside(item: Evidence, other: Evidence) -> bool:
    same = item.where == other.where and item.effect == other.effect
    return same and len(item.quote) < len(other.quote) and item.quote.strip() in other.quote


def _quote(item: Evidence) -> Quote:
    text = rounded(item.quote) if item.where == "clock" else item.quote.strip()
    return Quote(text, item.effect, item.why, place_words(item.where), place_link(item.where))


def rounded(figure: str) -> str:
    """Return a figure with its numbers to one decimal: `12.354 of 20 minutes` becomes `12.4 of 20 minutes`."""
    return re.sub(r"\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), figure)


def gap_words(own: int | None, mark: int | None) -> str:
    """Say how the learner's own mark compares; empty where they gave none or the criterion was not assessed."""
    if own is None or mark is None:
        return ""
    if own == mark:
        return "You saw it the same way."
    steps = count(abs(own - mark), "step", "steps")
    return f"You rated yourself {steps} higher." if own > mark else f"You rated yourself {steps} lower."


def suggestions(card: Scorecard, rubric: Rubric) -> tuple[Suggestion, ...]:
    """Return the one to three things to try next time, best first."""
    names = {c.id: c.name for c in rubric.criteria}
    return tuple(_suggestion(a, names.get(a.criterion, a.criterion)) for a in card.advice[:3])


def _suggestion(item: Advice, criterion: str) -> Suggestion:
    place, link = (place_words(item.where), place_link(item.where)) if item.where else ("", "")
    return Suggestion(item.title, criterion, item.quote, place, link, item.why, item.instead)


# -- the picture ------------------------------------------------------------------------------------------------------------


def pictures(found: Debrief) -> tuple[Picture, ...]:
    """Return the picture of this run; for a fork the original's first, both on one scale of minutes."""
    session = found.session
    mine = Timeline(session.id, session.turns, found.trace, session.ended_by)
    if found.original is None:
        return (_picture("How the meeting went", mine, found, until=None, shared=None),)
    runs = (("The first time", found.original), ("This time", mine))
    longest = max((t.minute for _, run in runs for t in run.trace), default=0.0)
    return tuple(_picture(title, run, found, until=longest, shared=session.fork_turn) for title, run in runs)


def _picture(title: str, run: Timeline, found: Debrief, *, until: float | None, shared: int | None) -> Picture:
    timed, agreed = found.session.clock != "untimed", found.transcript.agreed_minutes
    wide = meeting_chart(run, agreed, timed=timed, width=WIDE if shared is None else HALF, until=until, shared=shared)
    narrow = meeting_chart(run, agreed, timed=timed, width=NARROW, until=until, shared=shared)
    rows = tuple(_table_row(entry) for entry in run.trace)
    contact = found.persona.first_name
    return Picture(title, chart_summary(run.trace, contact), _moments(run, contact, found.session.id), wide, narrow, rows)


def _moments(run: Timeline, contact: str, here: str) -> tuple[Moment, ...]:
    """Return the turns that moved the contact most. Turns of another run are linked to that run's own debrief."""
    told = []
    page = "" if run.session == here else f"/sessions/{run.session}/debrief"
    for moved in movements(run.trace):
        if moved.turn < len(run.turns) and run.turns[moved.turn].speaker == "learner":
            what = f"{contact} warmed most after" if moved.rise else f"{contact} cooled most after"
            told.append(Moment(what, f"turn {moved.turn}", f"{page}#turn-{moved.turn}", opening(run.turns[moved.turn].text)))
    return tuple(told)


def opening(text: str, words: int = 18) -> str:
    """Return the first words of a text, with an ellipsis where there are more."""
    found = text.split()
    return " ".join(found[:words]) + ("…" if len(found) > words else "")


def chart_summary(trace: Sequence[TraceEntry], first_name: str) -> str:
    """Tell the picture in a sentence or two, for whoever does not see it."""
    if not trace:
        return "Nothing was said."
    first, last = trace[0], trace[-1]
    parts = [f"Patience {_moved(first.patience, last.patience)}", f"rapport {_moved(first.rapport, last.rapport)}"]
    cues = [f"{CUES[e.cue]} at minute {e.minute:.0f}" for e in _first_cues(trace)]
    told = f" {first_name} {' and '.join(cues)}." if cues else ""
    return f"{' and '.join(parts)}.{told}"


def _moved(start: float, end: float) -> str:
    if level_words(start) == level_words(end):
        return f"stayed {level_words(end)}"
    return f"{'rose' if end > start else 'fell'} from {level_words(start)} to {level_words(end)}"


def level_words(value: float) -> str:
    """Say in a word how high patience or rapport (0 to 1) stand; thirds, as an eye reads them off the picture."""
    return "high" if value >= 2 / 3 else "fair" if value >= 1 / 3 else "low"


def _first_cues(trace: Sequence[TraceEntry]) -> list[TraceEntry]:
    first: dict[str, TraceEntry] = {}
    for entry in trace:
        if entry.cue != "none":
            first.setdefault(entry.cue, entry)
    return list(first.values())


def _table_row(entry: TraceEntry) -> TableRow:
    return TableRow(
        turn=entry.turn,
        minute=f"{entry.minute:.0f}",
        did=intent_words(entry.intent),
        patience=round(entry.patience * 100),
        patience_word=level_words(entry.patience),
        rapport=round(entry.rapport * 100),
        rapport_word=level_words(entry.rapport),
        cue=CUES[entry.cue],
        earned=", ".join(item_words(i) for i in entry.unlocked),
    )


def item_words(item: str) -> str:
    """Name what a turn opened: a referral by name, a private matter by its topic."""
    kind, _, name = item.partition(":")
    return name if kind == "referral" else f"told in confidence ({topic_words(name)})"


# -- the ledger -------------------------------------------------------------------------------------------------------------


def ledger(entries: Iterable[LedgerEntry], persona: Persona, turns: Sequence[Turn]) -> Ledger:
    """Return what became of everything the contact could have given.

    What was not earned is named but not told, so that it can still be earned another time.
    """
    found = list(entries)
    earned = tuple(_ledger_line(e, persona) for e in found if e.status == "earned")
    not_asked = tuple(_ledger_line(e, persona) for e in found if e.status == "not_asked")
    lost: dict[int | None, list[LedgerLine]] = {}
    for entry in found:
        if entry.status == "lost":
            lost.setdefault(entry.turn, []).append(_ledger_line(entry, persona))
    return Ledger(earned, not_asked, tuple(_loss(turn, items, turns) for turn, items in lost.items()))


def _loss(turn: int | None, items: Sequence[LedgerLine], turns: Sequence[Turn]) -> Loss:
    if turn is None or turn >= len(turns):
        return Loss("", "", "", tuple(items))
    return Loss(opening(turns[turn].text, 40), f"turn {turn}", f"#turn-{turn}", tuple(items))


def _ledger_line(entry: LedgerEntry, persona: Persona) -> LedgerLine:
    kind, _, name = entry.item.partition(":")
    title, about = _referral(name, persona) if kind == "referral" else _private(name, persona, told=entry.status == "earned")
    place, link = (f"turn {entry.turn}", f"#turn-{entry.turn}") if entry.turn is not None else ("", "")
    return LedgerLine(title, about, "A name" if kind == "referral" else "In confidence", place, link)


def _referral(name: str, persona: Persona) -> tuple[str, str]:
    for referral in persona.referrals:
        if referral.name == name:
            return f"{name}, {referral.role}", f"Good for {referral.good_for}." if referral.good_for else ""
    return name, ""


def _private(topic: str, persona: Persona, *, told: bool) -> tuple[str, str]:
    title = topic_words(topic)
    tells = next((fact.tells for fact in persona.private if fact.topic == topic), "")
    return title[:1].upper() + title[1:], tells if told else ""


# -- the annotated transcript -------------------------------------------------------------------------------------------------


def _evidence(found: Debrief) -> list[tuple[str, Evidence]]:
    names = {c.id: c.name for c in found.rubric.criteria}
    return [(names.get(c.id, c.id), e) for c in found.scorecard.criteria for e in c.evidence]


def annotated_turns(found: Debrief, learner_name: str = "You") -> tuple[AnnotatedTurn, ...]:
    """Return every turn with the evidence in it marked and told beside it."""
    marks = marks_by_place(_evidence(found))
    trace = {entry.turn: entry for entry in found.trace}
    times = turn_times(found.transcript)
    contact = found.persona.first_name
    fork = found.session.fork_turn
    cued = {entry.turn for entry in _first_cues(found.trace)}
    suggested = {r.turn: Suggested(r.text, r.model) for r in found.scorecard.rewrites}
    turns = []
    for number, turn in enumerate(found.transcript.turns):
        learner = turn.speaker == "learner"
        here = marks.get(f"turn:{number}", ()) if learner else ()
        entry = trace.get(number)
        turns.append(
            AnnotatedTurn(
                number=number,
                learner=learner,
                who=learner_name if learner else contact,
                at=at(times[number]),
                pieces=pieces(turn.text, here),
                notes=_notes(turn.text, here),
                events=_events(entry, contact, first_cue=number in cued),
                engine=ENGINES[entry.engine] if entry and not learner else "",
                shared=fork is not None and number < fork,
                rewritable=learner and number in found.rewritable,
                rewrite=suggested.get(number),
            )
        )
    return tuple(turns)


def _notes(text: str, marks: Sequence[Mark]) -> tuple[Note, ...]:
    """Return what the marked words counted for, once each; evidence whose words are not in the text is not shown."""
    return tuple(dict.fromkeys(Note(m.effect, m.why) for m in marks if find(text, m.quote)))


def _events(entry: TraceEntry | None, contact: str, *, first_cue: bool) -> tuple[str, ...]:
    if entry is None:
        return ()
    cue = f"{contact} {CUES[entry.cue]}." if first_cue else ""
    return (*(f"Earned: {item_words(i)}" for i in entry.unlocked), *([cue] if cue else []))


def annotated_texts(found: Debrief, notes: str = "Your notes") -> tuple[AnnotatedText, ...]:
    """Return what the learner wrote outside the meeting, with its evidence marked; empty texts are left out."""
    marks = marks_by_place(_evidence(found))
    transcript, texts = found.transcript, []
    if transcript.prep is not None:
        sheet = transcript.prep
        parts = {"goal": sheet.goal, "introduction": sheet.pitch, "questions": "\n".join(sheet.questions), "agenda": sheet.agenda}
        texts += [(f"Prep sheet: {name}", part, "prep") for name, part in parts.items()]
    texts.append((notes, transcript.notes or "", "notes"))
    if transcript.thank_you is not None:
        texts.append((f"Thank-you note to {found.persona.name}", transcript.thank_you.to_contact or "", "thank_you"))
        referrer = found.persona.referrer.name if found.persona.referrer else "the referrer"
        texts.append((f"Thank-you note to {referrer}", transcript.thank_you.to_referrer or "", "thank_you"))
    return _anchored((title, text, where, marks.get(where, ())) for title, text, where in texts if text.strip())


def _anchored(texts: Iterable[tuple[str, str, str, Sequence[Mark]]]) -> tuple[AnnotatedText, ...]:
    """Give the first text of each place the place's anchor, so that links from the marks lead there."""
    out, seen = [], set()
    for title, text, where, marks in texts:
        anchor = "" if where in seen else where.replace("_", "-")
        seen.add(where)
        out.append(AnnotatedText(anchor, title, pieces(text, marks)))
    return tuple(out)
