"""Rules of marking that a careful rater would insist on: the anchors' words, decided case by case on meetings understood by hand."""

from __future__ import annotations

import pytest
from handmade import ADA, RUBRICS, act, meeting, question, they, understand, you

from sim.scoring.catalogue import CATALOGUE
from sim.scoring.counsel import research
from sim.scoring.material import Material
from sim.scoring.score import score_criterion
from sim.scoring.session import ReadSession
from sim.understanding import Understanding
from sim.understanding.contact_lines import ContactLine

CLASSIC = {c.id: c for c in RUBRICS["classic"].criteria}
HELLO = they("Hello, this is Ada. We have twenty minutes.")
ANSWER = they("It took us a year, because nobody had drawings of the old movement.")
OPENING = you(
    "Hello Ada, thank you for the time. I am a joiner from Ely and I came to learn how tower clocks are kept going in these parts today.",
    act("greeting", "Hello Ada"), act("thanks", "thank you for the time."), act("introduction", "I am a joiner from Ely"),
    act("purpose", "I came to learn how tower clocks are kept going"),
)  # fmt: skip
GOODBYE = you("Thank you, goodbye.", act("thanks", "Thank you"), act("goodbye", "goodbye."))


def mark(criterion: str, session: ReadSession) -> int | None:
    return score_criterion(session, CLASSIC[criterion]).score


def told(*lines: Understanding | ContactLine, **more: object) -> ReadSession:
    return meeting(HELLO, OPENING, *lines, **more)  # type: ignore[arg-type]


def asked(text: str, kind: str = "direct") -> Understanding:
    return you(text, act("job_ask", text, kind=kind))


# -- jobs --------------------------------------------------------------------------------------------------------------------


def test_asking_again_counts_as_going_on_only_after_the_contact_turned_it_aside() -> None:
    first, second = asked("Keep me in mind for the winter.", "veiled"), asked("A pity if nobody upstairs knew of me.", "veiled")
    assert mark("no_job_push", told(ANSWER, first, ANSWER, second, ANSWER)) == 2
    assert mark("no_job_push", told(ANSWER, first, they("I don't talk about openings.", no_job=True), second, ANSWER)) == 1
    assert mark("no_job_push", told(ANSWER, first, they("I don't talk about openings.", no_job=True), GOODBYE)) == 3


def test_an_open_ask_in_the_note_weighs_like_one_in_the_meeting() -> None:
    note = you(
        "Thank you, Ada. Please give me a job at Bellfield.",
        act("thanks", "Thank you"),
        act("job_ask", "Please give me a job", kind="direct"),
    )
    assert mark("no_job_push", told(ANSWER, GOODBYE, note=note)) == 2


def test_a_meeting_about_hiring_is_more_than_one_ambiguous_moment() -> None:
    texts = {"How do people get in here?": "hiring_process", "What do you look for?": "looks_for", "Who reads letters?": "hiring_process"}
    turns = [you(text, question(text, "hiring", topic=topic)) for text, topic in texts.items()]
    assert mark("no_job_push", told(ANSWER, turns[0], ANSWER)) == 4
    assert mark("no_job_push", told(ANSWER, turns[0], ANSWER, turns[1], ANSWER, turns[2], ANSWER)) == 3


# -- preparation ---------------------------------------------------------------------------------------------------------------


def test_asking_twice_what_the_website_answers_is_unprepared() -> None:
    basics = [you(text, question(text, "basic", topic=topic)) for text, topic in (
        ("What does your company do?", "company_basics"), ("And what does a head of restoration do?", "role_basics"),
    )]  # fmt: skip
    assert mark("preparation", told(ANSWER, basics[0], ANSWER, basics[1], ANSWER)) == 1


def test_facts_without_a_question_are_recitation() -> None:
    facts = you(
        "You look after 212 tower clocks. You rebuilt Harrow Minster in 2023.",
        act("researched_fact", "You look after 212 tower clocks.", fact=ADA.dossier.company[0]),
        act("researched_fact", "You rebuilt Harrow Minster in 2023.", fact=ADA.dossier.company[1]),
    )
    assert mark("preparation", told(ANSWER, facts, ANSWER)) == 2


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        ("What broke first at Harrow?", "What broke first at Ely?", True),
        ("How did ringers take it?", "How did vergers take it?", True),
        ("What broke first at Harrow?", "So what broke first at Harrow?", False),
        ("What broke first at Harrow?", "What broke first, at Harrow, tell me?", False),
    ],
)
def test_one_word_can_make_a_short_question_another_question(one: str, other: str, different: bool) -> None:
    """A terse learner's questions share most of their few words; repeating one still earns nothing."""
    from sim.scoring.catalogue import specific_questions

    turns = [you(text, question(text, specific=True, topic="project")) for text in (one, other)]
    assert specific_questions(told(ANSWER, turns[0], ANSWER, turns[1]), "helps").amount == (2 if different else 1)


def test_whoever_asks_in_telegrams_has_taken_part() -> None:
    texts = ("What broke?", "Why nights?", "Hardest call?", "Next for Ely?")
    few = [you(text, question(text, specific=True, topic="project")) for text in texts]
    assert not meeting(HELLO, few[0], ANSWER, few[1], ANSWER).took_part
    spoken = [you(f"{text[:-1]} at Harrow?", question(f"{text[:-1]} at Harrow?", specific=True, topic="project")) for text in texts]
    assert meeting(HELLO, *[line for turn in spoken for line in (turn, ANSWER)]).took_part
    assert not meeting(HELLO, *[line for _ in range(6) for line in (spoken[0], ANSWER)]).took_part, "four times the same is one"


SENT = "Otto Lindgren said I should write."
NEIGHBOUR = "My neighbour suggested I write."


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ([SENT], [SENT]),
        ([SENT, NEIGHBOUR], [SENT]),
        (["Otto sends his best.", "Gerald Ashworth-Pym."], ["Otto sends his best."]),
        ([NEIGHBOUR], [NEIGHBOUR]),
        (["He said I should ring you."], ["He said I should ring you."]),
        (["Gerald Ashworth-Pym."], []),
        (["It was both literal and metaphorical."], []),
        (["Google suggested I look you up."], []),
    ],
)
def test_the_referrer_is_named_by_name_or_as_somebody_who_sent_the_learner(said: list[str], counted: list[str]) -> None:
    session = meeting(HELLO, *(line for text in said for line in (you(text, act("referrer_mention", text)), ANSWER)))
    for name in ("referrer_named", "referrer_named_early"):
        assert [e.quote for e in CATALOGUE[name](session, "helps").evidence] == counted


@pytest.mark.parametrize(
    ("questions", "counted", "filled"),
    [
        (["asdf asdf", "asdf asdf"], 0, 0),
        (["What broke first?", "What broke first?", "So what broke first?"], 1, 1),
        (["What broke first?", "Who climbs at Ely?"], 2, 1),
        (["Ely?", "asdf asdf asdf", "Who climbs at Ely?"], 1, 1),
    ],
)
def test_the_sheet_counts_different_questions_that_mean_something(
    questions: list[str], counted: int, filled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.scoring.catalogue.understand", understand)
    session = told(ANSWER, prep={"goal": "asdf asdf asdf", "pitch": "", "questions": questions})
    assert CATALOGUE["sheet_questions"](session, "helps").amount == counted
    assert CATALOGUE["sheet_filled"](session, "helps").amount == filled


# -- time ----------------------------------------------------------------------------------------------------------------------


LEAVING = they("I have to stop here, they are waiting for me.", must_go=True, cue=True)
OFFERING = they("I have to stop here. Is there a last thing?", must_go=True, cue=True)


def pressing(*texts: str) -> list[Understanding | ContactLine]:
    lines: list[Understanding | ContactLine] = []
    for text in texts:
        said = f"Thank you! {text}"
        lines += [you(said, act("thanks", "Thank you!"), question(text, specific=True, topic="project")), ANSWER]
    return lines


def test_courtesy_before_it_makes_a_further_question_no_better() -> None:
    """One short last question where the contact offers it is fine; the next ones press on."""
    long = [line for _ in range(8) for line in (ANSWER, GOODBYE)]
    polite = pressing("How was Ely?", "Who rang at Harrow?", "What did it cost?", "And the bells?")
    assert mark("time_respect", told(*long, ended=19.5)) == 3
    assert mark("time_respect", told(*long, OFFERING, *polite[:2], ended=19.5)) == 3
    assert mark("time_respect", told(*long, LEAVING, *polite[:2], ended=20.5)) == 2
    assert mark("time_respect", told(*long, LEAVING, *polite, ended=23)) == 1


def test_a_long_speech_costs_the_top_mark_and_three_cost_more() -> None:
    def speech(n: int) -> Understanding:
        return you(" ".join([f"Speech {n}."] + ["I told him that it would hold and it did hold."] * 12))

    promise = you("I know we have twenty minutes.", act("time_check", "I know we have twenty minutes."))
    close = you("That was my list, so I will let you go.", act("wrap_up", "That was my list, so I will let you go."))
    assert mark("time_respect", told(promise, ANSWER, close)) == 5
    assert mark("time_respect", told(promise, ANSWER, speech(1), ANSWER, close)) == 4
    assert mark("time_respect", told(promise, ANSWER, speech(1), ANSWER, speech(2), ANSWER, speech(3), ANSWER, close)) == 2


def test_messages_that_nobody_answered_between_are_one_stretch_of_talk() -> None:
    half = you("I told him that it would hold and it did hold. " * 5)
    speeches = CATALOGUE["monologues"]
    assert half.words < 100 < 2 * half.words
    assert speeches(told(ANSWER, half, ANSWER, half, ANSWER), "hurts").amount == 0
    assert [e.where for e in speeches(told(ANSWER, half, half, ANSWER), "hurts").evidence] == ["turn:3"]
    assert speeches(told(ANSWER, half, they("..."), half, ANSWER), "hurts").amount == 1, "a silence answers nothing"


# -- referrals -----------------------------------------------------------------------------------------------------------------


def test_talking_of_the_place_takes_no_name_up() -> None:
    offer = they("At Bellfield you might ask Ines Falk, she is at Harrow often.", offers_name=True)
    about = you("Is Bellfield growing?", question("Is Bellfield growing?", topic="company_direction"))
    by_name = you("Ines Falk, I have written it down.")
    assert mark("referrals", told(ANSWER, OPENING, offer, about, ANSWER)) == 1
    assert mark("referrals", told(ANSWER, OPENING, offer, by_name, ANSWER)) == 3


@pytest.mark.parametrize(
    ("offer", "reply", "taken"),
    [
        ("You should talk to José Ruiz.", "José, wonderful.", True),
        ("You should talk to José Ruiz.", "jose ruiz, got it.", True),
        ("José Ruiz has done it.", "Mr Ruiz it is.", True),
        ("Curtis would be the one to ask.", "I will write to Curtis.", True),
        ("Curtis would be the one to ask.", "Curtis, splendid.", True),
        ("Curtis would be the one to ask.", "Splendid.", False),
        ("Ines, perhaps.", "ines then.", True),
        ("Somebody there would know. There is time.", "Somebody will. There, I see.", False),
        ("Curtis Ballantine, at Merrow County Hospitals.", "Is the County building more?", False),
        ("Curtis Ballantine of Merrow.", "Is Merrow far?", False),
        ("Curtis Ballantine, at Merrow County Hospitals.", "Mr Ballantine, good.", True),
        ("Merrow County Hospitals has a man called Curtis.", "Is Merrow building more?", False),
    ],
)
def test_a_name_is_taken_up_by_repeating_a_persons_name(offer: str, reply: str, taken: bool) -> None:
    """In any alphabet's letters and at the start of a line too; the words of an organisation's name are nobody's."""
    session = told(ANSWER, GOODBYE, they(offer, offers_name=True), you(reply), ANSWER)
    assert CATALOGUE["name_taken_up"](session, "helps").amount == int(taken)


# -- the note ------------------------------------------------------------------------------------------------------------------


def noted(text: str, *acts: object) -> int | None:
    return mark("follow_through", told(ANSWER, GOODBYE, note=you(text, *acts)))  # type: ignore[arg-type]


def test_a_note_to_somebody_else_is_careless_and_a_short_one_about_something_is_not() -> None:
    thanks, learned = act("thanks", "Thank you"), act("learned", "drawings first")
    assert noted("Dear Ada, Thank you for the talk about drawings first, it stays with me.", thanks, learned) == 3
    assert noted("Dear Glenda, Thank you for the talk about drawings first, it stays with me.", thanks, learned) == 2
    assert noted("Dear Adda, Thank you for the talk about drawings first, it stays with me.", thanks, learned) == 3, "a slip of the pen"
    assert noted("Thank you Ada! drawings first, then.", thanks, learned) == 3


@pytest.mark.parametrize(
    ("name", "salutation", "careless"),
    [
        ("Ada Moreau", "Hi There,", False),
        ("Ada Moreau", "Dear Friend,", False),
        ("Ada Moreau", "Thank You So Much,", False),
        ("Ada Moreau", "Dear all,", False),
        ("Ada Moreau", "Dear Professor,", False),
        ("Ada Moreau", "Dear Dr. Moreau,", False),
        ("Ada Moreau", "Dear Mrs Moreaux\n", False),
        ("Zoë Hart", "Dear Zoe,", False),
        ("Zoe Hart", "Dear Zoë,", False),
        ("Elizabeth Marsh", "Dear Liz,", False),
        ("Robert Marsh", "Hi Bob!", False),
        ("Bob Marsh", "Hi Robert!", False),
        ("Daniel Marsh", "Hey Dan -", False),
        ("Ada Moreau", "Dear Élodie,", True),
        ("Ada Moreau", "Dear Mr. Finch:", True),
        ("Ada Moreau", "Hello Glenda Marsh –", True),
        ("Ada Moreau", "Good morning Glenda\n", True),
        ("Ada Moreau", "Dear Glenda I write late.", False),
    ],
)
def test_only_a_name_that_is_clearly_another_persons_is_careless(name: str, salutation: str, careless: bool) -> None:
    """Short forms, accents and words that are no names are forgiven; a wrong name is not, whatever letter it begins with."""
    note = you(f"{salutation} I thought long about the drawings that you begin with, and I begin with them now.")
    session = told(ANSWER, GOODBYE, note=note, persona=ADA.model_copy(update={"name": name}))
    assert CATALOGUE["note_careless"](session, "hurts").amount == int(careless)


@pytest.mark.parametrize(
    "signature", ["Wendell", "Odette Marchand", "Best, Kit", "With kind regards,\nKit de Vries", "Yours, Kit B.", "- Wendell"]
)
def test_a_name_under_a_note_does_nothing(signature: str) -> None:
    """Whatever the name sounds like; thanks before it are thanks."""
    last = signature.splitlines()[-1]
    note = you(f"You draw first, I see.\n{signature}", act("thanks", last), act("offer_back", last), act("job_ask", last, kind="direct"))
    session = told(ANSWER, GOODBYE, note=note)
    assert [CATALOGUE[e](session, "helps").amount for e in ("note_thanks", "gave_back", "note_asks_favour")] == [0, 0, 0]


@pytest.mark.parametrize("end", ["Thanks, Kit", "Thank You.", "Give Me Work"])
def test_what_says_something_is_no_signature(end: str) -> None:
    session = told(ANSWER, GOODBYE, note=you(f"You draw first, I see.\n{end}", act("thanks", end)))
    assert CATALOGUE["note_thanks"](session, "helps").amount == 1


def test_a_note_to_the_referrer_has_to_thank() -> None:
    """Four words of anything are no thanks, and thanks in the other note are somebody else's."""
    thanked, note = CATALOGUE["referrer_thanked"], you("Thank you, Ada.", act("thanks", "Thank you"))
    bare = you("Dear Otto, the meeting was on Tuesday.")
    kind = you("Dear Otto, thank you for the introduction.", act("thanks", "thank you for the introduction."))
    assert thanked(told(ANSWER, note=note), "helps").amount == 0
    assert thanked(told(ANSWER, note=note, friend=bare), "helps").amount == 0
    assert [e.quote for e in thanked(told(ANSWER, note=note, friend=kind), "helps").evidence] == ["thank you for the introduction."]


def test_a_note_that_thanks_for_nothing_and_names_nothing_is_worse_than_a_polite_one() -> None:
    assert noted("The meeting was on Tuesday and it was twenty minutes long, as we had said.") == 2
    unthanked = told(ANSWER, note=you("The meeting was on Tuesday and it was twenty minutes long, as we had said."))
    assert mark("follow_through", unthanked) == 1, "no thanks at the end either"


# -- advice --------------------------------------------------------------------------------------------------------------------


def test_nobody_who_used_a_fact_is_told_that_none_was_heard() -> None:
    """The advice stands beside the evidence and must not deny it, also where every question was particular."""
    fact = you("You look after 212 tower clocks.", act("researched_fact", "You look after 212 tower clocks.", fact=ADA.dossier.company[0]))
    turns = [you(text, question(text, specific=True, topic="project")) for text in ("How did Harrow begin?", "Who climbs at Ely?")]
    session = told(ANSWER, fact, ANSWER, turns[0], ANSWER, turns[1], ANSWER)
    case = research(Material(session), [])
    assert case is not None
    assert case.situation == "research_more"


def test_after_a_no_there_is_no_name_to_take_up() -> None:
    ask = you(
        "Who else should I talk to about the old movements?", act("referral_ask", "Who else should I talk to about the old movements?")
    )
    use = you("May I use your name with whoever it is?", act("next_step", "May I use your name with whoever it is?"))
    no, name = they("I would rather not pass names on.", no_referral=True), they("Talk to Rowle at the foundry.", offers_name=True)
    taken_up = CATALOGUE["name_taken_up"]
    assert taken_up(told(ANSWER, ask, no, use, ANSWER), "helps").amount == 0
    assert taken_up(told(ANSWER, ask, name, use, ANSWER), "helps").amount == 1
    assert taken_up(told(ANSWER, ask, no, GOODBYE, name, use, ANSWER), "helps").amount == 1


def test_neither_a_sneer_nor_no_need_takes_a_name_up() -> None:
    name = they("You might enjoy our archivist, Mr Rowle. Shall I introduce you?", offers_name=True)
    sneer = "Oh, lovely, I am sure he is as slow as the rest of you."
    said = you(sneer, act("takes_offer", sneer), act("negative_tone", sneer))
    taken_up = CATALOGUE["name_taken_up"]
    assert taken_up(told(ANSWER, GOODBYE, name, said, ANSWER), "helps").amount == 0
    assert taken_up(told(ANSWER, GOODBYE, name, you("Rowle was never any good. I've no need of him."), ANSWER), "helps").amount == 0
    assert taken_up(told(ANSWER, GOODBYE, name, you("Rowle, thank you. I will write to him."), ANSWER), "helps").amount == 1


def test_who_is_wanted_says_what_for() -> None:
    plain = you("Is there somebody else?", act("referral_ask", "Is there somebody else?"))
    particular = you("Is there somebody who's made that crossing?", act("referral_ask", "Is there somebody who's made that crossing?"))
    clear = CATALOGUE["referral_asks_clear"]
    assert clear(told(ANSWER, plain, ANSWER, plain, ANSWER), "helps").amount == 0
    assert clear(told(ANSWER, plain, ANSWER, particular, ANSWER), "helps").amount == 1


def test_naming_the_time_late_and_asking_nothing_more_begins_the_closing() -> None:
    time = you("You have five minutes back.", act("time_check", "You have five minutes back."))
    more = you("What was the hardest tower?", question("What was the hardest tower?"))
    wrapped_up = CATALOGUE["wrapped_up"]
    assert wrapped_up(told(ANSWER, more, ANSWER, time, ANSWER, GOODBYE), "helps").amount == 1
    assert wrapped_up(told(ANSWER, more, ANSWER, time, ANSWER, more, ANSWER, GOODBYE), "helps").amount == 0
    assert wrapped_up(told(ANSWER, time, ANSWER, more, ANSWER, GOODBYE), "helps").amount == 0


@pytest.mark.parametrize(("confidence", "amount"), [(0.7, 0), (0.9, 1)])
def test_what_may_be_a_bid_costs_only_where_it_probably_is_one(confidence: float, amount: int) -> None:
    words = "I should pay to sit under that table."
    said = you(words, act("job_possible", words, confidence=confidence))
    assert CATALOGUE["ambiguous_moments"](told(ANSWER, said, ANSWER, GOODBYE), "hurts").amount == amount


def test_who_leaves_the_lead_is_unprepared_unless_they_bring_a_fact() -> None:
    lead = you("You just talk.", act("leads_none", "You just talk."))
    hard, team = (you(q, question(q, topic=topic)) for q, topic in (("What was hard?", "challenge"), ("Who winds them?", "team")))
    fact = you("You look after 212 tower clocks.", act("researched_fact", "You look after 212 tower clocks.", fact=ADA.dossier.company[0]))
    assert mark("preparation", told(ANSWER, lead, ANSWER, hard, ANSWER, team, ANSWER)) == 1
    assert mark("preparation", told(ANSWER, lead, ANSWER, hard, ANSWER, team, ANSWER, fact, ANSWER)) == 3
