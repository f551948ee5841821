"""Hold the six meetings, mark them, and look at what came of it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sim.drive.cast import CAST, Profile
from sim.drive.ear import Scene
from sim.drive.findings import findings
from sim.drive.known import Known, public_part
from sim.drive.lines import own_line_places
from sim.drive.order import order_checks
from sim.drive.result import Asked, Drive, Run, Unanswered, Unlocked, UnusedLine
from sim.drive.voice import somebody
from sim.meeting import Difficulty, Setup
from sim.persona import Intent, Persona
from sim.play import Exchange, Meeting, hold, written
from sim.rubric import Rubric
from sim.scoring import score

OWN = ("answers.", "private.", "lines.", "fact.", "referral:")
"""How the ids of lines begin that come from the persona file, its dossier included."""

SHORTEST_QUESTION = 3
"""Words of a question that an answer could be written for."""

NOT_ANSWERS = {"followup", "other"}


def drive(persona: Persona, rubric: Rubric, *, seed: int = 0, difficulty: Difficulty = "realistic", minutes: float | None = None) -> Drive:
    """Return the test-drive of a persona, marked by a rubric. The same arguments give the same drive.

    Takes a few seconds of one processor and brings its own event loop: from a server, call it on a thread. `minutes` (above 0)
    is the agreed length, the persona's own by default. Raises RubricError where the rubric's checks are unknown.
    """
    runs = tuple(hold_one(persona, rubric, profile, seed=seed, difficulty=difficulty, minutes=minutes) for profile in CAST)
    places = own_line_places(persona)
    heard = {line for run in runs for line in run.used_lines}
    checks = order_checks(persona, runs)
    return Drive(
        persona=persona,
        rubric=rubric,
        seed=seed,
        difficulty=difficulty,
        agreed_minutes=runs[0].transcript.agreed_minutes,
        runs=runs,
        checks=checks,
        findings=findings(persona, runs, checks, difficulty),
        lines=len(places),
        unused=tuple(UnusedLine(place, text) for line, (place, text) in places.items() if line not in heard),
    )


def hold_one(
    persona: Persona,
    rubric: Rubric,
    profile: Profile,
    *,
    seed: int = 0,
    difficulty: Difficulty = "realistic",
    minutes: float | None = None,
) -> Run:
    """Return one learner's meeting with a persona, marked. As `drive`."""
    agreed = float(persona.minutes if minutes is None else minutes)
    chance = random.Random(f"{seed}:{persona.id}:{profile.id}")
    contact = public_part(persona)
    known = Known(contact, agreed, somebody(contact, chance))
    learner = profile.plays(known, chance)
    sheet = learner.prep()
    setup = Setup(persona=persona, agreed_minutes=agreed, difficulty=difficulty, seed=seed)
    meeting = hold(setup, lambda turns, minute: learner.next(Scene(known, tuple(turns), minute)))
    transcript = written(meeting, profile.id, prep=sheet, thank_you=learner.notes(meeting.turns))
    transcript = transcript.model_copy(update={"rubric": rubric.id})
    return Run(
        learner=profile.id,
        name=profile.name,
        about=profile.about,
        transcript=transcript,
        scorecard=score(transcript, persona, rubric),
        unlocked=tuple(_unlocked(meeting)),
        unanswered=tuple(_unanswered(meeting)),
        asked=tuple(_asked(meeting)),
        used_lines=meeting.state.used_lines,
    )


def _unlocked(meeting: Meeting) -> Iterator[Unlocked]:
    for entry in meeting.trace:
        yield from (Unlocked(item, entry.turn, entry.minute) for item in entry.unlocked)


def _unanswered(meeting: Meeting) -> Iterator[Unanswered]:
    """Yield each question that was met with a shrug or with stock words; the trace tells which questions were answered at all."""
    for exchange, entry in zip(meeting.exchanges, meeting.trace[1:], strict=True):
        shrugged = entry.intent in (Intent.NOT_UNDERSTOOD, Intent.NO_ANSWER)
        answered = entry.intent in (Intent.ANSWER, Intent.FOLLOW_UP)
        if exchange.heard.questions and (shrugged or (answered and not _own_words(exchange))):
            last = exchange.heard.questions[-1]
            if len(last.quote.split()) >= SHORTEST_QUESTION:
                yield Unanswered(exchange.turn, last.quote, last.topic or "other", shrugged)


def _own_words(exchange: Exchange) -> bool:
    return any(line.startswith(OWN) for line in exchange.said.used_lines)


def _asked(meeting: Meeting) -> Iterator[Asked]:
    last = ""
    for exchange in meeting.exchanges:
        heard = exchange.heard
        builds = heard.has("builds_on_answer", "researched_fact")
        for question in heard.questions:
            topic = last if question.topic == "followup" else question.topic or ""
            if topic and topic not in NOT_ANSWERS:
                last = topic
                yield Asked(exchange.turn, topic, question.specific or builds)
