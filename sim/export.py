"""A finished session as other programs take it: lossless JSON, Markdown to print, a gradebook row, xAPI statements.

Pure: values in, text out. The web application and `sim export` both call these.
"""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from sim import __version__
from sim.jsonl import json_line
from sim.opinions import opinion_words, second_words
from sim.persona import Persona
from sim.review import NO_REVIEW, Review
from sim.rubric import Rubric
from sim.scorecard import CriterionScore, Evidence, Scorecard
from sim.transcript import LedgerEntry, Transcript, end_time, turn_times

Json = dict[str, Any]
Format = Literal["json", "md", "csv", "xapi"]

HOME_PAGE = "https://twenty-minutes.example/"
"""The xAPI account's home page where the server's own address is not known; `.example` can never be anybody's."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, HOME_PAGE)
_VERBS = "http://adlnet.gov/expapi/verbs/"


@dataclass(frozen=True)
class Record:
    """What is exported. `student` is a pseudonym or a name the class uses, `attempt` counts from 1, `submitted_at` is ISO 8601.

    `scorecard` holds the marks that count, None where nothing was marked yet; where an instructor gave marks of their own, they and
    the comments stand in `review`, and `computed` holds the scorecard without them. `person` tells learners apart without naming them
    (`student` where left out). `numbers` False leaves every mark out, for learners whose workshop hides them. `versions` says which
    engine, model and prompts took part.
    """

    transcript: Transcript
    scorecard: Scorecard | None = None
    persona: Persona | None = None
    rubric: Rubric | None = None
    student: str = ""
    attempt: int = 1
    submitted_at: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    computed: Scorecard | None = None
    review: Review = NO_REVIEW
    person: str = ""
    assisted: bool = False
    numbers: bool = True


# -- JSON -----------------------------------------------------------------------------------------------------------------


def to_json(record: Record) -> str:
    """Return the session as a sim.transcript/1 object that carries its scorecard and versions: `sim score` takes it back."""
    return json.dumps(to_object(record), ensure_ascii=False, indent=2) + "\n"


def to_object(record: Record) -> Json:
    """Return the same as an object. Without numbers the scorecard's words stand under `debrief`, and no mark anywhere."""
    data = record.transcript.to_json()
    if record.scorecard is not None and record.numbers:
        data["scorecard"] = record.scorecard.to_json()
        if record.computed is not None:
            data["computed_scorecard"] = record.computed.to_json()
    elif record.scorecard is not None:
        data["debrief"] = _words_alone(record.computed or record.scorecard)
    data |= _added(record.review, numbers=record.numbers)
    data["versions"] = {"twenty-minutes": __version__, **dict(record.versions)}
    return data


def _words_alone(card: Scorecard) -> Json:
    said = ("id", "rationale", "evidence", "advice")
    criteria = [{k: v for k, v in c.model_dump(mode="json").items() if k in said} | _opinion_alone(c) for c in card.criteria]
    second = {"second_opinion": second_words(card.judge)} if card.judge else {}
    return {"criteria": criteria, "advice": [a.model_dump(mode="json") for a in card.advice], **second}


def _opinion_alone(item: CriterionScore) -> Json:
    words = opinion_words(item, numbers=False)
    return {"second_opinion": words, "disagreement": bool(item.judge and item.judge.disagrees)} if words else {}


def _added(review: Review, *, numbers: bool) -> Json:
    """Return what an instructor added; nothing where nobody did."""
    found: Json = {}
    if review.overrides:
        marks = [{"criterion": o.criterion, "mark": o.mark, "reason": o.reason} for o in review.overrides]
        found["instructor_marks"] = marks if numbers else [{k: v for k, v in m.items() if k != "mark"} for m in marks]
    if review.comments:
        found["comments"] = [{"turn": c.turn, "text": c.text} for c in review.comments]
    return found


# -- Markdown -------------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it was typed: nothing a learner writes becomes markup or a link."""
    text = re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", text)
    return re.sub(r"^(\s*)([#+\-=]|\d+[.)](?=\s))", lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", text, flags=re.MULTILINE)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in plain(text).splitlines() or [""])


def _minutes(minutes: float) -> str:
    return f"{int(minutes)}:{int(minutes * 60) % 60:02d}"


def _names(rubric: Rubric | None) -> dict[str, str]:
    return {c.id: c.name for c in rubric.criteria} if rubric else {}


def _evidence_lines(evidence: Iterable[Evidence]) -> list[str]:
    sign = {"helps": "✓", "hurts": "✗"}
    return [f"- {sign[e.effect]} “{plain(e.quote)}” ({e.where}){': ' + plain(e.why) if e.why else ''}" for e in evidence]


def _marks(scorecard: Scorecard, computed: Scorecard, rubric: Rubric | None, *, numbers: bool) -> list[str]:
    """Return the marks with the words behind them. `computed` is the scorecard without an instructor's marks: a judge saw no others."""
    names = _names(rubric)
    opinions = {c.id: c for c in computed.criteria if c.judge and c.detectors is not None}
    out = ["## Marks" if numbers else "## What counted", ""]
    if numbers:
        out += [f"**Overall: {scorecard.overall:g} of 100** ({scorecard.rubric}, by {scorecard.graded_by})", ""]
        out += _mark_table(scorecard, opinions, names)
    out += ["", f"*Second opinion:* {plain(second_words(computed.judge))}"] if computed.judge else []
    for item in scorecard.criteria:
        out += ["", f"### {plain(names.get(item.id, item.id))}{f': {_mark(item)}' if numbers else ''}", ""]
        out += [plain(item.rationale), ""] if item.rationale else []
        out += _evidence_lines(item.evidence)
        out += _opinion(opinions[item.id], numbers=numbers) if item.id in opinions else []
        out += ["", f"*Next time:* {plain(item.advice)}"] if item.advice else []
    return [*out, ""]


def _mark_table(scorecard: Scorecard, opinions: Mapping[str, CriterionScore], names: Mapping[str, str]) -> list[str]:
    """Return one row a criterion; where a judge gave an opinion, what each of the two graders would have given stands beside the mark."""
    if not opinions:
        return ["| criterion | mark |", "|---|---|", *(f"| {plain(names.get(c.id, c.id))} | {_mark(c)} |" for c in scorecard.criteria)]
    out = ["| criterion | mark | detectors | language model | |", "|---|---|---|---|---|"]
    for item in scorecard.criteria:
        found = opinions.get(item.id)
        judge, detectors = (found.judge, found.detectors) if found else (None, None)
        both = f"{detectors or '–'} | {judge.score if judge else '–'} | {'they disagree' if judge and judge.disagrees else ''}"
        out.append(f"| {plain(names.get(item.id, item.id))} | {_mark(item)} | {both} |")
    return out


def _opinion(item: CriterionScore, *, numbers: bool) -> list[str]:
    """Return what the judge thought of a criterion, marked as its opinion, with the words it went by where it saw it another way."""
    words = opinion_words(item, numbers=numbers)
    if not words or item.judge is None:
        return []
    head = "Disagreement" if item.judge.disagrees else "Second opinion"
    quotes = [e for check in item.judge.checks for e in check.evidence] if item.judge.score != item.detectors else []
    return ["", f"*{head}:* {plain(words)}", *(["", "The language model went by:", "", *_evidence_lines(quotes)] if quotes else [])]


def _mark(item: CriterionScore) -> str:
    return "not assessed" if item.score is None else f"{item.score} of 5"


def _advice(scorecard: Scorecard) -> list[str]:
    if not scorecard.advice:
        return []
    out = ["## What to try next time", ""]
    for number, item in enumerate(scorecard.advice, 1):
        out += [f"{number}. **{plain(item.title)}**", f"   {plain(item.why)}"]
        out += [f"   You said: “{plain(item.quote)}” ({item.where})"] if item.quote else []
        out += [f"   You could say: “{plain(item.instead)}”"] if item.instead else []
    return [*out, ""]


def _instructor(record: Record) -> list[str]:
    names = _names(record.rubric)
    reasons = [f"- {plain(names.get(o.criterion, o.criterion))}: {plain(o.reason)}" for o in record.review.overrides if not record.numbers]
    comments = [f"- {'In all' if c.turn is None else f'Turn {c.turn}'}: {plain(c.text)}" for c in record.review.comments]
    return ["## From your instructor", "", *reasons, *comments, ""] if reasons or comments else []


def _outcome(transcript: Transcript) -> list[str]:
    if transcript.outcome is None:
        return []
    found = transcript.outcome
    out = ["## What the contact decided", "", f"Door **{found.door}**. {plain(found.why)}", ""]
    if found.ledger:
        out += ["| what | became |", "|---|---|"]
        out += [f"| {plain(e.item)} | {e.status.replace('_', ' ')}{_at(e)} |" for e in found.ledger]
        out.append("")
    return out


def _at(entry: LedgerEntry) -> str:
    return "" if entry.turn is None else f" (turn {entry.turn})"


def _prep(transcript: Transcript) -> list[str]:
    if transcript.prep is None or transcript.prep.is_empty():
        return []
    sheet = transcript.prep
    out = ["## Prep sheet", ""]
    for label, text in (("Goal", sheet.goal), ("Introduction", sheet.pitch), ("Agenda", sheet.agenda)):
        out += [f"**{label}**", "", _quoted(text), ""] if text.strip() else []
    questions = [q for q in sheet.questions if q.strip()]
    out += ["**Questions**", "", *(f"- {plain(q)}" for q in questions), ""] if questions else []
    return out


def _meeting(transcript: Transcript, contact: str) -> list[str]:
    who = {"learner": "You", "contact": contact}
    out = ["## The meeting", ""]
    for index, (turn, at) in enumerate(zip(transcript.turns, turn_times(transcript), strict=True)):
        out += [f"**{plain(who[turn.speaker])}** · {_minutes(at)} · turn {index}", "", _quoted(turn.text), ""]
    return out


def _afterwards(transcript: Transcript) -> list[str]:
    out: list[str] = []
    if transcript.notes and transcript.notes.strip():
        out += ["## Notes", "", _quoted(transcript.notes), ""]
    if transcript.thank_you is not None:
        for label, note in (("contact", transcript.thank_you.to_contact), ("referrer", transcript.thank_you.to_referrer)):
            out += [f"## Thank-you note to the {label}", "", _quoted(note), ""] if note and note.strip() else []
    return out


def to_markdown(record: Record) -> str:
    """Return the debrief and the whole meeting as Markdown to read or print."""
    transcript, persona = record.transcript, record.persona
    contact = persona.name if persona else transcript.persona
    title = f"{contact}, {persona.title}, {persona.company}" if persona else contact
    ended = end_time(transcript)
    out = [f"# {plain(title)}", "", f"Session {plain(transcript.id)}. {ended:.1f} of {transcript.agreed_minutes:g} minutes.", ""]
    if record.scorecard is not None:
        card = record.scorecard if record.numbers else record.computed or record.scorecard
        out += [*_marks(card, record.computed or record.scorecard, record.rubric, numbers=record.numbers), *_advice(card)]
    out += [*_instructor(record), *_outcome(transcript), *_prep(transcript), *_meeting(transcript, contact), *_afterwards(transcript)]
    return "\n".join(out).rstrip() + "\n"


# -- CSV ------------------------------------------------------------------------------------------------------------------


def safe_cell(value: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; an apostrophe in front marks what would have been one.

    Source: OWASP's page on CSV injection, full-width forms included, leading blanks and control characters seen through.
    """
    head = value.lstrip("\ufeff \u00a0\t\r\n\v\f\0")
    return "'" + value if head[:1] in set("=+-@＝＋－＠") or value[:1] in set("\t\r\n") else value


def gradebook_header(criteria: Sequence[str]) -> list[str]:
    """Return the gradebook's columns for a rubric's criteria."""
    return ["student", "attempt", "score", *criteria, "turns", "minutes", "submitted_at", "session", "persona", "rubric", "assisted"]


def gradebook_row(record: Record, criteria: Sequence[str]) -> list[str]:
    """Return one row; a mark that was not assessed is an empty cell, never a zero. `turns` counts the learner's."""
    transcript, card = record.transcript, record.scorecard
    marks = {c.id: c.score for c in card.criteria} if card else {}
    said = sum(t.speaker == "learner" for t in transcript.turns)
    figures = ["" if card is None else f"{card.overall:g}", *("" if marks.get(c) is None else str(marks[c]) for c in criteria)]
    about = [record.submitted_at, transcript.id, transcript.persona, card.rubric if card else transcript.rubric]
    first = [safe_cell(record.student), str(record.attempt), *figures, str(said), f"{end_time(transcript):.1f}"]
    return [*first, *(safe_cell(w) for w in about), "yes" if record.assisted else "no"]


def to_csv(sessions: Sequence[Record], criteria: Sequence[str] = ()) -> str:
    """Return a gradebook: one row per session, one column for each of `criteria` and for each that any of them was marked on."""
    criteria = list(dict.fromkeys([*criteria, *(c.id for s in sessions if s.scorecard for c in s.scorecard.criteria)]))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(gradebook_header([safe_cell(c) for c in criteria]))
    writer.writerows(gradebook_row(s, criteria) for s in sessions)
    return out.getvalue()


# -- xAPI -----------------------------------------------------------------------------------------------------------------


def duration(minutes: float) -> str:
    """Return minutes as an ISO 8601 duration, to the second: 18.5 becomes PT18M30S."""
    seconds = max(0, round(minutes * 60))
    return f"PT{seconds // 60}M{seconds % 60}S"


def _statement(record: Record, home_page: str, part: str, verb: str, activity: Json, result: Json) -> Json:
    who = record.person or record.student or record.transcript.id
    pseudonym = sha256(f"{home_page} {who}".encode()).hexdigest()[:24]
    statement: dict[str, Any] = {
        "id": str(uuid.uuid5(_NAMESPACE, f"{record.transcript.id}/{part}")),
        "version": "1.0.3",
        "actor": {"objectType": "Agent", "account": {"homePage": home_page, "name": pseudonym}},
        "verb": {"id": _VERBS + verb, "display": {"en": verb}},
        "object": activity,
        "result": result,
        "context": {"registration": str(uuid.uuid5(_NAMESPACE, record.transcript.id)), "platform": "Twenty Minutes"},
    }
    if record.submitted_at:
        statement["timestamp"] = record.submitted_at
    return statement


def _activity(home_page: str, path: str, name: str, kind: str) -> dict[str, Any]:
    definition = {"name": {"en": name}, "type": f"http://adlnet.gov/expapi/activities/{kind}"}
    return {"objectType": "Activity", "id": f"{home_page.rstrip('/')}/{path}", "definition": definition}


def xapi_statements(record: Record, home_page: str = HOME_PAGE) -> list[dict[str, Any]]:
    """Return one statement for the meeting and one for each assessed criterion.

    The actor is a pseudonym; ids follow from the session's, so that sending them twice adds nothing.
    """
    transcript, card = record.transcript, record.scorecard
    meeting: dict[str, Any] = {"completion": True, "duration": duration(end_time(transcript))}
    if card is not None:
        meeting["score"] = {"scaled": round(card.overall / 100, 4), "raw": card.overall, "min": 0, "max": 100}
    name = f"Informational interview: {record.persona.title if record.persona else transcript.persona}"
    simulation = _activity(home_page, f"personas/{transcript.persona}", name, "simulation")
    statements = [_statement(record, home_page, "meeting", "completed", simulation, meeting)]
    names = _names(record.rubric)
    for item in card.criteria if card else []:
        if item.score is None:
            continue
        place = f"rubrics/{card.rubric if card else ''}/{item.id}"
        target = _activity(home_page, place, names.get(item.id, item.id), "objective")
        score = {"scaled": (item.score - 1) / 4, "raw": item.score, "min": 1, "max": 5}
        statements.append(_statement(record, home_page, item.id, "scored", target, {"score": score}))
    return statements


def to_xapi(record: Record, home_page: str = HOME_PAGE) -> str:
    """Return the statements as JSON lines."""
    return "".join(json_line(s) + "\n" for s in xapi_statements(record, home_page))


def export(record: Record, form: Format, home_page: str = HOME_PAGE) -> str:
    """Return the session in one of the four forms."""
    if form == "json":
        return to_json(record)
    if form == "md":
        return to_markdown(record)
    if form == "csv":
        return to_csv([record])
    return to_xapi(record, home_page)
