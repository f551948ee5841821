"""What an author may want to mend, read off the six runs: each finding names the key, what was seen, and what would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.director import TUNINGS
from sim.drive.cast import MODEL
from sim.drive.order import earned_too
from sim.drive.result import Asked, Check, Finding, Run, Unanswered
from sim.drive.voice import phrases
from sim.meeting import Difficulty
from sim.persona import Persona, PrivateFact
from sim.topics import CATALOGUE
from sim.understanding import Context, understand

SHORTEST = 8
"""Agreed minutes below which there is hardly time for five exchanges, whoever asks."""

PUSHERS = ("pushy", "polite-pusher")
SHOWN = 6
"""Topics named in one finding."""


@dataclass(frozen=True)
class Case:
    """What the findings are read off."""

    persona: Persona
    runs: Sequence[Run]
    failed: frozenset[str]
    difficulty: Difficulty

    @property
    def model(self) -> Run:
        """The model student's run."""
        return next(run for run in self.runs if run.learner == MODEL)

    @property
    def earned(self) -> set[str]:
        """Everything that anybody earned."""
        return {item.item for run in self.runs for item in run.unlocked}


def findings(persona: Persona, runs: Sequence[Run], checks: Sequence[Check], difficulty: Difficulty) -> tuple[Finding, ...]:
    """Return what to mend: first what turns the order of the learners, then what cannot be earned, then missing words."""
    case = Case(persona, runs, frozenset(c.id for c in checks if c.holds is False), difficulty)
    parts = (_model_fares_badly, _others_fare_well, _given_away, _referrals, _private, _missing_answers, _ran_dry)
    return tuple(dict.fromkeys(found for part in parts for found in part(case)))


# -- the order ------------------------------------------------------------------------------------------------------------


def _model_fares_badly(case: Case) -> Iterator[Finding]:
    """Say why good work does not pay, where it does not."""
    if not case.failed & {"overall-model", "door-model", "earned-model"}:
        return
    persona, model = case.persona, case.model
    cost = TUNINGS[case.difficulty].referral_rapport
    if persona.minutes < SHORTEST:
        yield Finding("order", "minutes", f"is {persona.minutes}; in less than {SHORTEST} nobody gets far enough to show what they can do")
    if not persona.dossier.facts():
        yield Finding("order", "dossier", "is empty, so preparation cannot show; add six checkable facts or more")
    if model.left_at is not None and model.left_at < 0.9 * model.transcript.agreed_minutes:
        told = f"the contact left the model student at minute {model.left_at:.0f}; raise it, or look at `peeves`"
        yield Finding("order", "temperament.patience", told)
    elif model.best_rapport < cost:
        told = f"rapport with the model student came to {model.best_rapport:.2f}, and a name costs {cost:g}; raise it, or add `delights`"
        yield Finding("order", "temperament.warmth", told)


def _others_fare_well(case: Case) -> Iterator[Finding]:
    """Say which fault this contact does not mind, where the less skilled come out ahead."""
    if not case.failed & {"overall-average", "door-rest"}:
        return
    mind = case.persona.temperament
    for run in case.runs[2:]:
        if run.door == "shut":
            continue
        if run.learner in PUSHERS and mind.job_sensitivity < 5:
            told = f"is {mind.job_sensitivity}; asked for a job again and again, the contact leaves the door {run.door}; raise it"
            yield Finding("order", "temperament.job_sensitivity", told)
        elif run.learner not in PUSHERS and mind.patience > 1:
            told = f"is {mind.patience}; the door is {run.door} to the {run.name.lower()} one; lower it"
            yield Finding("order", "temperament.patience", told)


def _given_away(case: Case) -> Iterator[Finding]:
    """Name what the less skilled got as well, and the key that gave it to them."""
    if not case.failed & {"earned-model", "earned-average"}:
        return
    for run in earned_too(case.runs):
        for item in run.unlocked:
            yield from _cheap(case.persona, item.item, run.name.lower())


def _cheap(persona: Persona, item: str, learner: str) -> Iterator[Finding]:
    kind, _, name = item.partition(":")
    if kind == "private":
        number, fact = next((n, f) for n, f in enumerate(persona.private) if f.topic == name)
        told = f"is {fact.min_rapport:g}; the {learner} was told, too; raise it (0.4 is friendly, 0.7 takes a good meeting)"
        yield Finding("order", f"private[{number}].min_rapport", told)
        return
    number, referral = next((n, r) for n, r in enumerate(persona.referrals) if r.name == name)
    if referral.gives_when == "always":
        told = f"is `always`, so the {learner} gets {name}, too; `earned` keeps the name for those who asked well"
        yield Finding("order", f"referrals[{number}].gives_when", told)


# -- what can be earned ---------------------------------------------------------------------------------------------------


def _referrals(case: Case) -> Iterator[Finding]:
    persona, model = case.persona, case.model
    if not persona.referrals:
        yield Finding("reach", "referrals", "there is nobody to be passed on to, so asking for names can only be refused")
    elif all(r.gives_when == "never" for r in persona.referrals):
        yield Finding("reach", "referrals", "every one is `never`, so asking for names can only be refused; make one `earned`")
    elif not any(item.item.startswith("referral:") for item in model.unlocked):
        cost = TUNINGS[case.difficulty].referral_rapport
        told = f"the model student asked and got no name; rapport came to {model.best_rapport:.2f}, and an earned name costs {cost:g}"
        yield Finding("reach", "referrals", f"{told}. Raise `temperament.warmth` or `minutes`, or add `delights`")


def _private(case: Case) -> Iterator[Finding]:
    """Say of each private fact that nobody was told why that was so; those that nobody came to ask about share one line."""
    if not case.persona.private:
        yield Finding("reach", "private", "nothing is held back, so a good question earns no more than a dull one")
    unasked = []
    for number, fact in enumerate(case.persona.private):
        if f"private:{fact.topic}" in case.earned:
            continue
        found = _why_untold(case, number, fact)
        if found:
            yield found
        else:
            unasked.append(f"{fact.topic} (private[{number}])")
    if unasked:
        rest = f" and {len(unasked) - SHOWN} more" if len(unasked) > SHOWN else ""
        told = f"nobody came to ask in time about {', '.join(unasked[:SHOWN])}{rest}; another seed asks other questions"
        yield Finding("reach", "private", told)


def _why_untold(case: Case, number: int, fact: PrivateFact) -> Finding | None:
    reached = case.model.best_rapport
    if fact.min_rapport > reached:
        told = f"is {fact.min_rapport:g}, and the model student came to {reached:.2f}; lower it to what a good meeting reaches"
        return Finding("reach", f"private[{number}].min_rapport", told)
    asked = _asked(case.runs, fact.topic)
    if any(a.fitting for a in asked):
        told = f"{fact.topic!r} was asked about, before rapport had come to {fact.min_rapport:g}; lower it, or raise `temperament.warmth`"
        return Finding("reach", f"private[{number}].min_rapport", told)
    heard_as = _taken_for(case.persona, fact.topic)
    if heard_as:
        told = f"a plain question on {fact.topic!r} is heard as one on {heard_as!r}; word the `asks` of one of them differently"
        return Finding("reach", f"answers.{heard_as}.asks", told)
    return None


def _asked(runs: Sequence[Run], topic: str) -> list[Asked]:
    return [asked for run in runs for asked in run.asked if asked.topic == topic]


def _taken_for(persona: Persona, topic: str) -> str:
    """Return the author's own topic that takes the questions meant for this one; empty where none does."""
    sections = phrases()["model"]
    plain = [q for name in ("ask_first", "ask_self", "ask_work") for q in sections[name].get(topic, [])]
    plain += phrases()["average"]["ask"].get(topic, [])
    own = persona.answers[topic].asks if topic in persona.answers else []
    questions = [q.format_map({"company": persona.company}) for q in plain] + list(own)
    heard = [a.topic for q in questions for a in understand(q, Context(persona=persona)).questions]
    if topic in heard:
        return ""
    return next((t for t in heard if t and t in persona.answers and t not in CATALOGUE and persona.answers[t].asks), "")


# -- words ----------------------------------------------------------------------------------------------------------------


def _missing_answers(case: Case) -> Iterator[Finding]:
    """Name the topics that were asked about and have no lines, most asked first, and the questions that met a shrug."""
    by_topic: dict[str, list[Unanswered]] = {}
    for item in (u for run in case.runs for u in run.unanswered):
        by_topic.setdefault("other" if item.topic == "followup" else item.topic, []).append(item)
    for topic, items in sorted(by_topic.items(), key=lambda pair: -len(pair[1])):
        quote, often = f"“{items[0].question}”", _times(len(items))
        if topic in case.persona.answers:
            told = f"its lines ran out, or none was near enough, at {quote}; add a line that goes deeper"
            yield Finding("words", f"answers.{topic}", told)
        elif topic in CATALOGUE and topic != "other":
            how = "met with a shrug" if items[0].shrugged else "answered in stock words"
            yield Finding("words", f"answers.{topic}", f"asked {often}, such as {quote}, and {how}; add `answers.{topic}`")
        elif any(i.shrugged for i in items):
            told = (
                f"a question of no topic known met a shrug {often}, such as {quote}; a topic of your own with `asks` takes such questions"
            )
            yield Finding("words", "answers", told)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _ran_dry(case: Case) -> Iterator[Finding]:
    spent = sum(line.startswith("spent.") for run in case.runs for line in run.used_lines)
    if spent:
        yield Finding("words", "lines", f"the contact ran out of things to say {_times(spent)}; write more lines for each situation")
