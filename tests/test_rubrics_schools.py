"""Three schools, one session: each rubric file marks what its school holds dear."""

from __future__ import annotations

import pytest
from handmade import ADA, RUBRICS, act, meeting, question, they, you

from sim.persona import Persona
from sim.scoring.catalogue import CATALOGUE
from sim.scoring.rollup import overall
from sim.scoring.score import score_criterion, unknown_checks
from sim.scoring.session import ReadSession

CLASSIC, ORDER, EARN = RUBRICS["classic"], RUBRICS["ask-for-the-order"], RUBRICS["earn-the-meeting"]
HELLO = they("Hello, this is Ada. We have twenty minutes.")
ANSWER = they("It took us a year, because nobody had drawings of the old movement.")
PREPARED = (
    you(
        "Hello Ada, thank you for the twenty minutes. I came because I want to understand how tower clocks are kept.",
        act("greeting", "Hello Ada"), act("thanks", "thank you for the twenty minutes."),
        act("purpose", "I came because I want to understand how tower clocks are kept."),
        act("time_check", "thank you for the twenty minutes."),
    ),
    ANSWER,
    you(
        "You look after 212 tower clocks. Which of them gives you the most trouble?",
        act("researched_fact", "You look after 212 tower clocks.", fact=ADA.dossier.company[0]),
        question("Which of them gives you the most trouble?", specific=True, topic="challenge"),
    ),
    ANSWER,
    you(
        "And Harrow Minster in 2023: how did you keep the hands going? Nobody had drawings, you said.",
        act("researched_fact", "Harrow Minster in 2023", fact=ADA.dossier.company[1]),
        act("builds_on_answer", "Nobody had drawings, you said."),
        question("how did you keep the hands going?", specific=True, topic="project"),
    ),
    ANSWER,
    you(
        "What would you draw first, then, with a movement like that?",
        act("builds_on_answer", "with a movement like that?"),
        question("What would you draw first, then", specific=True, topic="methods"),
    ),
    ANSWER,
)  # fmt: skip
SUCCESSES = (
    you(
        "At the museum I got a carillon of 23 bells going again in six weeks, by mapping every wire first.",
        act("introduction", "At the museum I got a carillon"), act("achievement", "I got a carillon of 23 bells going again"),
    ),
    ANSWER,
    you("That map cut our calls from nine a month to one.", act("achievement", "cut our calls from nine a month to one.")),
    ANSWER,
)  # fmt: skip
PASSED_ON = (
    you(
        "Who else at Bellfield should I meet to learn how old movements are measured and drawn?",
        act("referral_ask", "Who else at Bellfield should I meet to learn how old movements are measured and drawn?"),
    ),
    they("Talk to Ines Falk.", offers_name=True),
    you(
        "Thank you. May I say you sent me? And outside Bellfield, is there anyone?",
        act("takes_offer", "Thank you."), act("next_step", "May I say you sent me?"),
        act("referral_ask", "outside Bellfield, is there anyone?"),
    ),
    they("Not just now."),
)  # fmt: skip
WANTS_IT = (
    you(
        "I will say it plainly: this is the work I want to do, and I would do it here. How would you like me to follow up?",
        act("interest", "this is the work I want to do"), act("follow_up_ask", "How would you like me to follow up?"),
    ),
    they("Write to me in May."),
)  # fmt: skip
DIRECT = (
    you("Is there a job for me at Bellfield?", act("job_ask", "Is there a job for me at Bellfield?", kind="direct")),
    they("Not now.", no_job=True),
)
VEILED = (
    you("If anything opens up, keep me in mind.", act("job_ask", "If anything opens up, keep me in mind.", kind="veiled")),
    they("Well."),
)
HONEST = (you("I am not here to ask for a job.", act("job_disclaimer", "I am not here to ask for a job.")), they("Good."))
OFFER = (
    you(
        "I can send you our wire map as a pattern, if that is of use.",
        act("offer_back", "I can send you our wire map as a pattern"),
    ),
    they("Please do."),
)
FRIEND = (you("Otto Lindgren sent me.", act("referrer_mention", "Otto Lindgren sent me.")), they("Ah, Otto."))
CLOSE = (
    you("Two minutes left, so I will close. Thank you, Ada.", act("wrap_up", "Two minutes left"), act("thanks", "Thank you, Ada.")),
    they("Goodbye."),
)
CHAT = (you("Lovely weather for it.", act("small_talk", "Lovely weather for it.")), they("It is."))


def marks(rubric, *parts, **stages) -> dict[str, int | None]:
    session = meeting(HELLO, *(line for part in parts for line in part), **stages)
    return {c.id: score_criterion(session, c).score for c in rubric.criteria}


def total(rubric, *parts, **stages) -> float:
    session = meeting(HELLO, *(line for part in parts for line in part), **stages)
    return overall(rubric, [score_criterion(session, c) for c in rubric.criteria])


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_a_school_is_a_file_of_checks_from_the_one_catalogue(rubric) -> None:
    """Every check is known, every criterion has anchors and rules, every mark from 1 to 5 can be given."""
    assert unknown_checks(rubric) == []
    for criterion in rubric.criteria:
        assert criterion.checks
        assert {rule.mark for rule in criterion.marks} | {criterion.otherwise} == {1, 2, 3, 4, 5}, criterion.id
        assert all(check.asks for check in criterion.checks)
    assert sum(c.weight for c in rubric.criteria) == 100


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
@pytest.mark.parametrize("session", [meeting(HELLO), meeting(HELLO, you("ok")), meeting(HELLO, you("ok"), ANSWER, you("ok"), ANSWER)])
def test_who_hardly_takes_part_gets_the_bottom_everywhere(rubric, session: ReadSession) -> None:
    """No school pays for an empty chair."""
    given = [score_criterion(session, c).score for c in rubric.criteria]
    assert set(given) <= {1, None}


def test_interest_and_being_passed_on_are_paid_by_the_school_that_wants_them() -> None:
    """The same session does better in ask-for-the-order than in the classic school, and without them worse."""
    full = (*(PREPARED,), SUCCESSES, DIRECT, PASSED_ON, WANTS_IT, CLOSE)
    assert total(ORDER, *full) > total(CLASSIC, *full) + 5
    quiet = (PREPARED, CLOSE)
    assert total(ORDER, *quiet) < total(CLASSIC, *quiet) - 20


def test_asking_for_the_order_is_worth_a_five_there_and_costs_in_the_other_schools() -> None:
    """Asked openly and once, towards the end."""
    asked = (PREPARED, SUCCESSES, PASSED_ON, DIRECT, CLOSE)
    assert marks(ORDER, *asked)["interest"] == 5
    assert marks(ORDER, *asked)["no_bullying"] == 5
    assert marks(CLASSIC, *asked)["no_job_push"] == 2
    assert marks(EARN, *asked)["no_pretext"] == 3


def test_asked_twice_is_bullying_even_there() -> None:
    """Not too hard: nobody likes to be pushed."""
    assert marks(ORDER, PREPARED, DIRECT, DIRECT, CLOSE)["no_bullying"] == 2
    assert marks(ORDER, PREPARED, DIRECT, DIRECT, DIRECT, CLOSE)["no_bullying"] == 1


def test_saying_that_one_wants_no_job_helps_in_one_school_and_costs_in_another() -> None:
    """Classic: fine. Ask for the order: they talk themselves out of it."""
    assert marks(CLASSIC, PREPARED, HONEST, CLOSE)["no_job_push"] == 5
    assert marks(ORDER, PREPARED, HONEST, CLOSE)["interest"] == 1
    assert marks(ORDER, PREPARED, CLOSE)["interest"] == 2


def test_successes_are_counted_where_they_matter() -> None:
    """Two told earn the five; none, with a mere introduction, a two; an unknown learner a one."""
    assert marks(ORDER, PREPARED, SUCCESSES, CLOSE)["successes"] == 5
    assert marks(ORDER, PREPARED, SUCCESSES[:2], CLOSE)["successes"] == 4
    assert marks(ORDER, PREPARED, CLOSE)["successes"] == 1


def test_a_disguise_is_worse_than_an_open_question_to_the_skeptic() -> None:
    """The classic school has it the other way round."""
    assert marks(EARN, PREPARED, VEILED, CLOSE)["no_pretext"] < marks(EARN, PREPARED, DIRECT, CLOSE)["no_pretext"]
    assert marks(CLASSIC, PREPARED, VEILED, CLOSE)["no_job_push"] > marks(CLASSIC, PREPARED, DIRECT, CLOSE)["no_job_push"]


def test_saying_it_is_not_about_a_job_and_then_asking_is_the_pretext() -> None:
    """Worst of all, whatever the wording; and to come for what one says is worth the five."""
    assert marks(EARN, PREPARED, HONEST, DIRECT, CLOSE)["no_pretext"] == 1
    assert marks(EARN, PREPARED, HONEST, CLOSE)["no_pretext"] == 5


def test_something_of_use_and_the_mutual_friend_earn_the_meeting() -> None:
    """Homework alone is not enough; what is brought and who opened the door count."""
    bare, earned = (PREPARED, CLOSE), (FRIEND, PREPARED, SUCCESSES, OFFER, PASSED_ON, CLOSE)
    assert marks(EARN, *earned) | {"follow_through": 0} == {
        "preparation": 5, "contribution": 5, "mutual_friend": 5, "no_pretext": 5, "time_respect": 5, "follow_through": 0,
    }  # fmt: skip
    assert marks(EARN, *bare)["contribution"] == 2
    assert marks(EARN, *bare)["mutual_friend"] == 1
    assert total(EARN, *earned) - total(EARN, *bare) > 25


def test_the_friend_is_named_at_once_or_late() -> None:
    """In the first two turns it opens the door; later it only helps."""
    late = (PREPARED, FRIEND, PASSED_ON, CLOSE)
    assert marks(EARN, *late)["mutual_friend"] == 3
    assert marks(EARN, FRIEND, PREPARED, PASSED_ON, CLOSE)["mutual_friend"] == 5


def test_where_nobody_opened_the_door_nobody_is_missed() -> None:
    """Without a referrer the next friend decides alone."""
    document = ADA.model_dump(by_alias=True, mode="json", exclude_defaults=True)
    alone = Persona.model_validate({**document, "referrer": None})
    assert marks(EARN, PREPARED, PASSED_ON, CLOSE, persona=alone)["mutual_friend"] == 5


def test_idle_talk_wastes_the_skeptics_time_only() -> None:
    """Two turns of weather between the questions."""
    talk = (PREPARED, CHAT, CHAT, CLOSE)
    assert marks(EARN, *talk)["time_respect"] == 3
    assert marks(EARN, PREPARED, CLOSE)["time_respect"] == 5
    assert marks(CLASSIC, *talk)["time_respect"] == marks(CLASSIC, PREPARED, CLOSE)["time_respect"]


def test_how_to_follow_up_is_asked_and_done() -> None:
    """Asked and a note sent: five; asked where no note could be sent: five; never asked: three at most."""
    note = you("Dear Ada, thank you. I learned to draw first.", act("thanks", "thank you."), act("learned", "I learned to draw first."))
    assert marks(ORDER, PREPARED, WANTS_IT, CLOSE, note=note)["follow_through"] == 5
    assert marks(ORDER, PREPARED, WANTS_IT, CLOSE)["follow_through"] == 5
    assert marks(ORDER, PREPARED, WANTS_IT, CLOSE, thank_you=None)["follow_through"] == 4
    assert marks(ORDER, PREPARED, CLOSE, note=note)["follow_through"] == 3


def test_an_interest_kept_for_the_note_is_left_to_be_guessed() -> None:
    """Said in the meeting it is four or five, in the note three."""
    note = you("Dear Ada, I would love to do this work one day.", act("interest", "I would love to do this work one day."))
    assert marks(ORDER, PREPARED, CLOSE, note=note)["interest"] == 3
    assert marks(ORDER, WANTS_IT, PREPARED, SUCCESSES, CLOSE)["interest"] == 4
    assert marks(ORDER, PREPARED, WANTS_IT, CLOSE)["interest"] == 5


@pytest.mark.parametrize(
    "name", ["interest_at_close", "interest_in_note", "referrer_named_early", "offered_in_meeting", "pretexts", "idle_turns"]
)
def test_the_schools_checks_are_in_the_catalogue_with_a_docstring(name: str) -> None:
    """`sim check --checks` lists them like any other."""
    assert CATALOGUE[name].__doc__
