"""Whole meetings through the front door: a scripted learner's words in, a transcript with its trace out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jsonschema
import learners
import pytest
from hypothesis import given, settings, strategies as st

from sim.contact.voice import in_first_person
from sim.director import TUNINGS, hard_stop
from sim.meeting import Difficulty, Setup, State
from sim.persona import Intent, Persona, load_persona
from sim.play import WORDLESS, play
from sim.transcript import LearnerFile, Prep, ThankYou, TraceEntry, Transcript, parse_transcript

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "personas").glob("*.yaml"))
PLAIN = ROOT / "tests" / "contracts" / "example-persona.yaml"
EVERYBODY = [PLAIN, *SHIPPED]
SCHEMA = json.loads((ROOT / "tests" / "contracts" / "transcript.schema.json").read_text("utf-8"))

HABITS = {
    "average": learners.AVERAGE,
    "overstayer": learners.OVERSTAYER,
    "pushy": learners.PUSHY,
    "rambling": learners.RAMBLING,
    "silent": learners.SILENT,
    "nonsensical": learners.NONSENSICAL,
}
SEARCH = settings(max_examples=12, deadline=None)


@cache
def persona(path: Path) -> Persona:
    return load_persona(path)


def meet(
    path: Path, messages: Sequence[str], *, seed: int = 0, difficulty: Difficulty = "realistic", minutes: float | None = None
) -> Transcript:
    learner = LearnerFile(id="test", messages=list(messages))
    return play(persona(path), learner, seed=seed, difficulty=difficulty, minutes=minutes)


@cache
def held(path: Path, habit: str, difficulty: Difficulty = "realistic") -> Transcript:
    messages = learners.expert(persona(path)) if habit == "expert" else HABITS[habit]
    return meet(path, messages, difficulty=difficulty)


def trace(transcript: Transcript) -> list[TraceEntry]:
    assert transcript.trace is not None
    return transcript.trace


def said_by_contact(transcript: Transcript) -> list[str]:
    return [turn.text for turn in transcript.turns if turn.speaker == "contact"]


def door(transcript: Transcript) -> str:
    assert transcript.outcome is not None
    return transcript.outcome.door


def learner_turns(transcript: Transcript) -> int:
    return sum(turn.speaker == "learner" for turn in transcript.turns)


def secrets(who: Persona) -> dict[str, list[str]]:
    """Return the words of every locked item, in every form they could be said in."""
    words = {f"referral:{r.name}": [r.name, *r.says] for r in who.referrals}
    for fact in who.private:
        words.setdefault(f"private:{fact.topic}", []).extend([fact.tells, in_first_person(fact.tells, who), *fact.says])
    return words


def check_nothing_locked_is_said(who: Persona, transcript: Transcript) -> None:
    unlocked: set[str] = set()
    for entry in trace(transcript):
        unlocked |= set(entry.unlocked)
        text = " ".join(transcript.turns[entry.turn].text.lower().split())
        for item, words in secrets(who).items():
            leaked = [w for w in words if " ".join(w.lower().split()) in text]
            assert item in unlocked or not leaked, (item, text)


def check_the_clock_is_kept(transcript: Transcript, difficulty: Difficulty) -> None:
    setup = Setup(persona=persona(PLAIN), agreed_minutes=transcript.agreed_minutes, difficulty=difficulty)
    stop = hard_stop(setup, State(extra_minutes=transcript.agreed_minutes / 10))
    late = [turn for turn in transcript.turns if turn.speaker == "contact" and (turn.at or 0) >= stop]
    assert late in ([], [transcript.turns[-1]])


# -- properties over learners put together at random -------------------------------------------------------------------

any_messages = st.lists(st.sampled_from(learners.POOL), max_size=22)
any_path = st.sampled_from(EVERYBODY)
any_difficulty = st.sampled_from(list(TUNINGS))


@SEARCH
@given(any_path, any_messages, any_difficulty, st.integers(0, 9))
def test_any_meeting_keeps_the_rules(path: Path, messages: list[str], difficulty: Difficulty, seed: int) -> None:
    """Nothing locked is said, no line twice, the clock is kept, the contract's schema holds, every number is on its scale."""
    transcript = meet(path, messages, seed=seed, difficulty=difficulty)
    check_nothing_locked_is_said(persona(path), transcript)
    check_the_clock_is_kept(transcript, difficulty)
    lines = said_by_contact(transcript)
    assert len(lines) == len(set(lines))
    jsonschema.validate(transcript.to_json(), SCHEMA)
    assert parse_transcript(json.dumps(transcript.to_json())).to_json() == transcript.to_json()
    assert all(0 <= e.patience <= 1 and 0 <= e.rapport <= 1 for e in trace(transcript))


@SEARCH
@given(any_path, st.lists(st.sampled_from(learners.POOL), max_size=5), st.sampled_from(learners.RAMBLES), any_difficulty)
def test_patience_never_rises_from_rambling(path: Path, before: list[str], ramble: str, difficulty: Difficulty) -> None:
    """Wherever in a meeting the monologue comes."""
    entries = trace(meet(path, [*before, ramble], difficulty=difficulty))
    if len(entries) == len(before) + 2:
        assert entries[-1].patience <= entries[-2].patience


@SEARCH
@given(
    st.sampled_from([p for p in SHIPPED if load_persona(p).temperament.job_sensitivity >= 4] + [PLAIN]),
    st.lists(st.sampled_from((*learners.QUESTIONS, *learners.BUILDING, *learners.REFERRALS)), max_size=10), any_difficulty,
)  # fmt: skip
def test_a_pusher_gets_no_referral(path: Path, after: list[str], difficulty: Difficulty) -> None:
    """A contact that minds gives no name to somebody who asked for a job, however well they go on."""
    transcript = meet(path, [learners.OPENINGS[1], learners.PUSHES[0], *after], difficulty=difficulty)
    assert not [item for e in trace(transcript) for item in e.unlocked if item.startswith("referral:")]


# -- habits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("habit", ["expert", *HABITS])
@pytest.mark.parametrize("path", EVERYBODY)
def test_every_habit_meets_every_contact(path: Path, habit: str) -> None:
    """One trace entry for each contact turn, in order, and an outcome; the meeting ends."""
    transcript = held(path, habit)
    contact_turns = [n for n, turn in enumerate(transcript.turns) if turn.speaker == "contact"]
    assert [e.turn for e in trace(transcript)] == contact_turns
    assert transcript.ended_by in ("learner", "contact", "time")
    assert transcript.outcome is not None
    assert transcript.ended_at == pytest.approx(trace(transcript)[-1].minute, abs=0.01)
    assert {e.engine for e in trace(transcript)} == {"scripted"}
    check_nothing_locked_is_said(persona(path), transcript)


@pytest.mark.parametrize("path", EVERYBODY)
def test_doors_tell_the_habits_apart(path: Path) -> None:
    """The expert is remembered better than the pusher, the silent and the senseless."""
    assert door(held(path, "expert")) == "open"
    for habit in ("pushy", "silent", "nonsensical"):
        assert door(held(path, habit)) == "shut", habit


@pytest.mark.parametrize("path", EVERYBODY)
def test_rambling_costs_patience_every_time(path: Path) -> None:
    """Until the contact has had enough."""
    patience = [e.patience for e in trace(held(path, "rambling"))]
    assert patience == sorted(patience, reverse=True)
    assert len(set(patience)) == len(patience)


@pytest.mark.parametrize("path", EVERYBODY)
def test_an_overstayer_is_warned_twice_and_left(path: Path) -> None:
    """The cues come in order, in time, and the contact goes."""
    transcript = held(path, "overstayer")
    cues = [e.cue for e in trace(transcript)]
    assert list(dict.fromkeys(cues)) == ["none", "soft", "hard", "leaving"]
    assert transcript.ended_by == "time"
    at = {e.cue: transcript.turns[e.turn].at or 0.0 for e in reversed(trace(transcript))}
    assert 0.7 * transcript.agreed_minutes <= at["soft"] < at["hard"] < transcript.agreed_minutes


@pytest.mark.parametrize("path", EVERYBODY)
def test_twenty_minutes_are_12_to_18_exchanges(path: Path) -> None:
    """With messages of ordinary length."""
    transcript = meet(path, learners.OVERSTAYER, minutes=20)
    assert 12 <= learner_turns(transcript) <= 18


@pytest.mark.parametrize("path", EVERYBODY)
def test_difficulty_is_more_than_a_label(path: Path) -> None:
    """The same average learner: patience, rapport and the moment of the first warning differ."""
    runs = {d: meet(path, learners.OVERSTAYER, difficulty=d, minutes=20) for d in TUNINGS}
    tenth = {d: trace(run)[9] for d, run in runs.items()}
    assert tenth["gentle"].rapport > tenth["realistic"].rapport > tenth["tough"].rapport
    assert tenth["gentle"].patience >= tenth["realistic"].patience >= tenth["tough"].patience
    warned = {d: next(e.minute for e in trace(run) if e.cue == "soft") for d, run in runs.items()}
    assert warned["gentle"] < warned["tough"]
    assert (runs["gentle"].ended_at or 0) > (runs["tough"].ended_at or 0)


@pytest.mark.parametrize("path", SHIPPED)
def test_answers_are_on_the_subject_asked_about(path: Path) -> None:
    """Plain questions get the persona's own words on that topic."""
    who = persona(path)
    asked = {
        "daily_work": "What does a typical day look like for you?",
        "best_part": "What do you like most about your job?",
        "culture": "How would you describe the culture at your company?",
        "industry_trends": "Where do you see the industry heading in the next few years?",
    }
    transcript = meet(path, [learners.OPENINGS[1], *asked.values()])
    for reply, topic in zip(said_by_contact(transcript)[2:], asked, strict=True):
        openings = [text.split(".")[0] for text in who.answers[topic].says]
        assert any(opening in reply for opening in openings), (topic, reply)


# -- the file that comes out -------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_meeting() -> None:
    """And another seed other words."""
    first = meet(SHIPPED[0], learners.AVERAGE, seed=3)
    assert meet(SHIPPED[0], learners.AVERAGE, seed=3) == first
    assert said_by_contact(meet(SHIPPED[0], learners.AVERAGE, seed=4)) != said_by_contact(first)


def test_prep_and_thank_you_are_copied_as_they_are() -> None:
    """An absent stage stays absent, an empty one stays null."""
    who = persona(PLAIN)
    without = play(who, LearnerFile(id="x", messages=["Hello."]))
    assert not {"prep", "thank_you"} & set(without.to_json())
    nothing = play(who, LearnerFile(id="x", messages=["Hello."], prep=None, thank_you=None))
    assert (nothing.to_json()["prep"], nothing.to_json()["thank_you"]) == (None, None)
    full = LearnerFile(id="x", messages=["Hello."], prep=Prep(goal="learn"), thank_you=ThankYou(to_contact="Thanks, Marta."))
    written = play(who, full).to_json()
    assert written["prep"]["goal"] == "learn"
    assert written["thank_you"]["to_contact"] == "Thanks, Marta."


def test_the_trace_has_the_contracts_keys() -> None:
    """Each entry says turn, minute, patience, rapport, intent, cue, what it unlocked, and who spoke."""
    entry = held(SHIPPED[0], "expert").to_json()["trace"][1]
    assert set(entry) == {"turn", "minute", "patience", "rapport", "intent", "cue", "unlocked", "engine"}


def test_what_a_turn_unlocked_is_in_its_entry_only() -> None:
    """The ledger has the same turn for it."""
    transcript = held(SHIPPED[0], "expert")
    opened = {item: e.turn for e in trace(transcript) for item in e.unlocked}
    assert opened
    assert transcript.outcome is not None
    earned = {e.item: e.turn for e in transcript.outcome.ledger if e.status == "earned"}
    assert earned == opened


def test_messages_that_run_out_end_the_meeting_for_the_learner() -> None:
    """Nobody said goodbye, the learner simply left."""
    transcript = meet(PLAIN, ["Hello.", "What does a typical day look like?"])
    assert transcript.ended_by == "learner"
    assert learner_turns(transcript) == 2


def test_a_learner_who_says_nothing_at_all_has_met_nobody() -> None:
    """The greeting stands alone."""
    transcript = meet(PLAIN, [])
    assert len(transcript.turns) == 1
    assert door(transcript) == "shut"


def test_messages_after_the_contact_left_are_not_sent() -> None:
    """The rest of the learner's file is never heard."""
    transcript = meet(SHIPPED[0], ["Are you hiring?"] * 9)
    assert transcript.ended_by == "contact"
    assert learner_turns(transcript) == 2


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_message_is_a_silence_in_the_transcript(text: str) -> None:
    """The contract wants every turn to have text."""
    transcript = meet(PLAIN, [text])
    assert transcript.turns[1].text == (text or WORDLESS)
    assert trace(transcript)[1].intent == Intent.SILENCE


def test_a_message_of_a_hundred_thousand_characters_is_survived() -> None:
    """The contact cuts in; the clock and the numbers stay sane."""
    transcript = meet(PLAIN, ["blah " * 20_000, "What does a typical day look like?"])
    assert trace(transcript)[1].minute < 15
    assert len(transcript.turns[1].text) == 100_000


@pytest.mark.parametrize("minutes", [1, 5, 180])
def test_meetings_of_any_length_can_be_held(minutes: float) -> None:
    """From a minute to three hours."""
    transcript = meet(PLAIN, learners.AVERAGE, minutes=minutes)
    assert transcript.agreed_minutes == minutes
    check_the_clock_is_kept(transcript, "realistic")
