"""What a finished meeting lends to one of its messages: more in like company, a little less in other, and never much."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from sim.scoring.session import read_session
from sim.transcript import Transcript, Turn
from sim.understanding.hindsight import HABITS, habits, in_hindsight
from sim.understanding.labels import TAGS, TOPICS
from sim.understanding.model import Reading
from sim.understanding.segments import Segment

chances = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def meeting(tones: list[float]) -> list[tuple[Reading, ...]]:
    """Readings of messages that differ in how rude they sound, and in nothing else."""
    out = []
    for tone in tones:
        tags = np.zeros(len(TAGS), np.float32)
        tags[TAGS.index("negative_tone")] = tone
        out.append((Reading(Segment(0, 5, "words"), tags, np.full(len(TOPICS), 1 / len(TOPICS))),))
    return out


def lent(tones: list[float]) -> list[float]:
    return [dict(row).get("negative_tone", 0.0) for row in habits(meeting(tones))]


@given(chances, st.floats(0, 1))
def test_nothing_said_besides_thins_a_habit_out(tones: list[float], besides: float) -> None:
    assert all(after >= before for before, after in zip(lent(tones), lent([*tones, besides]), strict=False))


@given(chances, st.randoms())
def test_the_order_of_messages_lends_nothing(tones: list[float], random: object) -> None:
    order = list(range(len(tones)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = lent([tones[n] for n in order])
    assert [moved[order.index(n)] for n in range(len(tones))] == lent(tones)


@given(chances)
def test_what_is_lent_stays_small_enough_for_innocent_words(tones: list[float]) -> None:
    habit = HABITS["negative_tone"]
    assert all(habit.least <= row <= habit.most for row in lent(tones))


@given(st.integers(1, 30), st.data())
def test_a_wrap_up_is_likelier_the_later_it_is_said(messages: int, data: st.DataObject) -> None:
    rows = [dict(row) for row in habits(meeting([0.0] * messages))]
    early, late = sorted(data.draw(st.tuples(st.integers(0, messages - 1), st.integers(0, messages - 1))))
    assert rows[early].get("wrap_up", 0.0) <= rows[late].get("wrap_up", 0.0) <= 0


def test_what_speaks_against_a_reading_is_put_on_every_piece_of_it() -> None:
    tags = np.zeros(len(TAGS), np.float32)
    tags[TAGS.index("wrap_up")] = 0.8
    topics = np.full(len(TOPICS), 1 / len(TOPICS))
    pieces = (Reading(Segment(0, 5, "words"), tags, topics), Reading(Segment(6, 11, "words"), tags, topics))
    assert [r.p("wrap_up") < 0.5 for r in in_hindsight(pieces, "words words", "", (("wrap_up", -3.0),))] == [True, True]
    assert [r.p("wrap_up") > 0.9 for r in in_hindsight(pieces, "words words", "", (("wrap_up", 3.0),))] == [True, False]


def said(*lines: str) -> Transcript:
    turns = []
    for line in lines:
        turns += [Turn(speaker="contact", text="We changed the schedule after the second winter."), Turn(speaker="learner", text=line)]
    return Transcript(id="t", persona="p", agreed_minutes=20, turns=turns, ended_by="learner")


RUDE = (
    "That's a stupid way to do it, frankly.", "You people never listen to anybody, do you?", "Boring. My manager is an idiot as well.",
    "Whatever. Your website is a joke.",
)  # fmt: skip
KIND = (
    "Thank you, that helps me a lot.", "How did your team take it?", "I had not thought of the winter.", "Which winter was the hardest?",
)  # fmt: skip
HALF = "Somebody should have told you that before."


def test_a_dry_remark_is_read_by_the_company_it_keeps() -> None:
    def sourness(lines: tuple[str, ...]) -> float:
        found = [a.confidence for a in read_session(said(*lines, HALF), None).turns[-1].heard.acts if a.id == "negative_tone"]
        return max(found, default=0.0)

    assert sourness(RUDE) > sourness(KIND)


def test_who_keeps_asking_is_believed_less_when_they_say_they_do_not() -> None:
    def believed(*before: str) -> float:
        heard = read_session(said(*before, "I'm not really here about a post, mind."), None).turns[-1].heard
        return max((a.confidence for a in heard.acts if a.id == "job_disclaimer"), default=0.0)

    asks = ("Could you give me a job on your team?", "Would you pass on my CV to your boss?", "So are you hiring me or not?")
    assert believed(*asks) < believed(*KIND[:3])
