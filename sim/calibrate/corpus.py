"""Hold the scorer against the annotated corpus, for development: its marks are targets and its tags say where things happen.

    python -m sim.calibrate.corpus [--held] [--only PREFIX] [--show ID] [--folder DIR] [--weights DIR] [--pairs | --attacks]

The model was trained on this corpus, so these figures flatter it. They show where marks and checks go wrong; they prove nothing.
`--held` takes the meetings that nothing is trained on instead. `--only w3` takes the meetings whose id begins so; `--show rapport`
lists its disagreements, `--show job_ask` its misses and alarms; `--folder` takes a folder of labelled sessions in the corpus's place,
`--weights` another model's files. `--pairs` and `--attacks` try the base sessions instead (`--show EDIT`, `--show all`).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from sim.calibrate.acts import LABELLED_ACTS, measure_acts
from sim.calibrate.attacks import run_attacks
from sim.calibrate.figures import Subject
from sim.calibrate.folder import Case, Labels, Moments, load_folder
from sim.calibrate.marks import CriterionFigures, measure_marks
from sim.calibrate.pairs import load_bases, run_pairs
from sim.calibrate.reading import Scored, score_all
from sim.calibrate.tables import (
    act_table,
    attack_table,
    mark_table,
    pair_table,
    show_criterion,
    show_moments,
    show_pair,
    show_rise,
    wide_console,
)  # fmt: skip
from sim.persona import Dossier, Persona, Referrer
from sim.rubric import load_rubric
from sim.transcript import Prep, ThankYou, Transcript, Turn
from sim.understanding import model
from sim.understanding.training.corpus import Meeting, Message, corpus_files, held_files, read_meetings

RUBRIC = Path(__file__).parents[2] / "prompts" / "rubrics" / "classic.yaml"

TAGGED: dict[str, Callable[[str], bool]] = {
    "job_ask": lambda t: t.startswith("job."),
    "hiring_question": lambda t: t.rstrip("!") in ("q.hiring_process", "q.looks_for"),
    "basic_question": lambda t: t.rstrip("!") in ("q.company_basics", "q.role_basics"),
    "builds_on_answer": lambda t: t == "builds",
    "injection": lambda t: t == "steering",
} | {
    act: (lambda t, act=act: t == act)
    for act in ("referral_ask", "researched_fact", "time_check", "wrap_up", "job_disclaimer", "offer_back", "negative_tone")
}
"""Which tags of the annotation guide mean each labelled act."""


def persona_of(meeting: Meeting) -> Persona:
    """Return a persona made of the meeting's header and dossier; the guide's line is NAME | TITLE | COMPANY | LEVEL | MINUTES."""
    name, title, company, level, minutes = (part.strip() for part in meeting.persona.split("|"))
    return Persona.model_validate(
        {
            "schema": "sim.persona/1", "id": slug(meeting.id), "name": name, "title": title, "company": company, "level": level,
            "minutes": int(float(minutes)), "summary": f"{title} at {company}.", "dossier": Dossier(company=meeting.dossier),
            "referrer": _referrer(meeting.referrer),
        }
    )  # fmt: skip


def _referrer(line: str | None) -> Referrer | None:
    if not line:
        return None
    name, _, relation = line.partition(",")
    return Referrer(name=name.strip(), relation=relation.strip() or "knows both of them")


def slug(text: str) -> str:
    """Return an id in lower case with single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def transcript_of(meeting: Meeting) -> Transcript:
    """Return the meeting as a transcript. `prep: none` becomes a sheet left empty; without note lines there was no such stage."""
    turns = [
        Turn(speaker="contact", text=said, at=at) if isinstance(said, str) else Turn(speaker="learner", text=said.text, at=at)
        for at, said in meeting.turns
    ]
    stages: dict[str, object] = {"prep": Prep.model_validate(meeting.prep) if meeting.prep else None}
    if meeting.has_note_stage:
        stages["thank_you"] = _thank_you(meeting)
    return Transcript.model_validate(
        {
            "schema": "sim.transcript/1", "id": meeting.id, "persona": slug(meeting.id), "turns": turns,
            "agreed_minutes": persona_of(meeting).minutes, "ended_at": meeting.ended_at, "ended_by": meeting.ended_by, **stages,
        }
    )  # fmt: skip


def _thank_you(meeting: Meeting) -> ThankYou | None:
    if meeting.note is None and meeting.note_referrer is None:
        return None
    words = {name: note.text for name, note in (("to_contact", meeting.note), ("to_referrer", meeting.note_referrer)) if note}
    return ThankYou.model_validate(words)


def labels_of(meeting: Meeting) -> Labels:
    """Return the target marks and, from the tags, the learner turns in which each labelled act happens."""
    turns = [(n, t) for n, (_, t) in enumerate(meeting.turns) if isinstance(t, Message)]
    acts = {
        act: Moments(sure=frozenset(n for n, t in turns if any(TAGGED[act](tag) for tag in t.tags))) for act in LABELLED_ACTS
    }  # fmt: skip
    return Labels.model_validate({"scores": meeting.scores, "acts": acts})


def case_of(meeting: Meeting) -> Case:
    """Return the meeting as a labelled session."""
    return Case(transcript_of(meeting), persona_of(meeting), labels_of(meeting))


def corpus_cases(prefix: str = "") -> list[Case]:
    """Return the corpus's meetings whose id begins with `prefix`, in the files' order."""
    return _cases(corpus_files()[0], prefix)


def held_cases(prefix: str = "") -> list[Case]:
    """Return the meetings that were kept out of training, to set thresholds on."""
    return _cases(held_files(), prefix)


def _cases(files: Iterable[Path], prefix: str) -> list[Case]:
    return [case_of(m) for path in files for m in read_meetings(path) if m.id.startswith(prefix)]


def main(argv: list[str]) -> int:
    """Print the figures over the corpus or a folder, and what was asked to be shown."""
    options = _parser().parse_args(argv)
    if options.weights:
        model.WEIGHTS = options.weights
    subject = Subject(load_rubric(options.rubric))
    console = wide_console()
    if options.pairs or options.attacks:
        _print_trials(console, subject, options)
        return 0
    if options.folder:
        cases = load_folder(options.folder)
    elif options.held:
        console.print("Meetings that no training saw; thresholds were set with them in sight.")
        cases = held_cases(options.only)
    else:
        console.print("Meetings of the training corpus, which the model has seen: for development only.")
        cases = corpus_cases(options.only)
    scored = list(score_all(cases, subject.rubric))
    marks = measure_marks(cases, [s.card for s in scored], subject.rubric, options.seed)
    _print(console, scored, options.show, marks)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sim.calibrate.corpus", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rubric", type=Path, default=RUBRIC, metavar="FILE")
    parser.add_argument("--only", default="", metavar="PREFIX", help="meetings or base sessions whose id begins so")
    parser.add_argument("--show", action="append", default=[], metavar="ID", help="list what goes wrong for a criterion, act or edit")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="labelled sessions in the corpus's place")
    parser.add_argument("--held", action="store_true", help="the meetings kept out of training, in the corpus's place")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="the model's files, where not the shipped ones")
    parser.add_argument("--pairs", action="store_true", help="minimal pairs instead")
    parser.add_argument("--attacks", action="store_true", help="attempts to talk marks up instead, on the base sessions")
    parser.add_argument("--thorough", action="store_true", help="every attack in every place")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _print_trials(console: Console, subject: Subject, options: argparse.Namespace) -> None:
    bases = [b for b in load_bases() if b.id.startswith(options.only)]
    if options.pairs:
        pairs = list(run_pairs(bases, subject.mark))
        console.print(pair_table(pairs))
        for pair in pairs:
            if not pair.behaves and (pair.edit.name in options.show or "all" in options.show):
                console.print(escape(show_pair(pair)))
    if options.attacks:
        figures = run_attacks([(b.transcript, b.persona) for b in bases], subject.mark, thorough=options.thorough)
        console.print(attack_table(figures))
        for rise in figures.rises:
            console.print(escape(show_rise(rise)))


def _print(console: Console, scored: list[Scored], shown: list[str], marks: list[CriterionFigures]) -> None:
    acts = measure_acts((s.case, s.heard) for s in scored)
    console.print(f"{len(scored)} sessions.")
    console.print(mark_table(marks))
    console.print(act_table(acts))
    for criterion in (m for m in marks if m.id in shown):
        show_criterion(console, criterion, scored)
    for act in (a for a in acts if a.id in shown):
        show_moments(console, act)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
