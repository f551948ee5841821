"""What people type in live meetings, and what is to be heard in it: each of these was once heard as something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.persona import Persona, load_persona
from sim.rubric import load_rubric
from sim.scoring import score
from sim.scoring.wording import takes_leave
from sim.transcript import Transcript, turn_times
from sim.understanding import Understanding, understand
from sim.understanding.acts import Context
from sim.understanding.claims import contradicts
from sim.understanding.contact_lines import read_contact_lines
from sim.understanding.language import looks_like_noise
from sim.understanding.segments import segment

GWEN = load_persona(Path("personas/busy-vp.yaml"))
CLASSIC = load_rubric(Path("prompts/rubrics/classic.yaml"))
ASKED = "What's on your list?"


def hear(text: str, before: str = ASKED, **more: object) -> Understanding:
    return understand(text, Context(before=before, **more))  # type: ignore[arg-type]


# -- facts ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "hanging"),
    [
        ("I read that you bought Wabash Hoist in 2019.", "Did the branches know beforehand?"),
        ("I read that you brought callbacks down to 4.9 per elevator after Doors First.", "How did the mechanics take it?"),
    ],
)
def test_what_hangs_on_a_fact_is_no_second_one(told: str, hanging: str) -> None:
    found = hear(f"{told} {hanging}", persona=GWEN)
    assert [a.quote for a in found.all("researched_fact")] == [told]
    assert found.has("wrong_fact")


def test_two_facts_in_one_message_are_two() -> None:
    found = hear("I read that you bought Wabash Hoist in 2025. And since 2023 all the night calls go to one desk in Dayton.", persona=GWEN)
    assert len({a.fact for a in found.all("researched_fact")}) == 2
    assert not found.has("wrong_fact")


def test_of_two_facts_the_wrong_one_is_named() -> None:
    found = hear("I read you took over Wabash Hoist in 2015, and that all the night calls go to Dayton now.", persona=GWEN)
    assert [("Wabash" in (a.fact or "")) for a in found.all("wrong_fact")] == [True]


DOORS = "Her talk 'Doors First' told how callbacks fell from 3.4 to 2.1 per elevator per year."
STARTED = "Gwen started in 1999 on the night answering desk in Toledo."


@pytest.mark.parametrize(
    ("words", "fact", "wrong"),
    [
        ("In Doors First callbacks went from 3.4 an elevator a year to 2.6.", DOORS, True),
        ("In Doors First callbacks went from 3.4 an elevator a year to 2.1.", DOORS, False),
        ("In Doors First callbacks went from three point four to two point one.", DOORS, False),
        ("You began on the desk in Toledo in '99.", STARTED, False),
        ("You began on the desk in Toledo in '89.", STARTED, True),
    ],
)
def test_figures_and_years_as_people_write_them(words: str, fact: str, wrong: bool) -> None:
    assert contradicts(words, fact) is wrong


def test_the_debrief_says_what_the_dossier_says() -> None:
    turns = [
        "Good morning, Gwen. I want to learn how night work is run.",
        "I read that you bought Wabash Hoist in 2019. What changed for the desk?",
    ]
    said = [("contact", ASKED)] + [(who, text) for line in turns for who, text in (("learner", line), ("contact", "It took a year."))]
    card = score(transcript(said), GWEN, CLASSIC)
    (wrong,) = (e for e in card.criterion("preparation").evidence if e.effect == "hurts")
    assert "2019" in wrong.quote
    assert "In 2025 it bought Wabash Hoist" in wrong.why


def test_who_brought_a_wrong_fact_is_not_told_to_bring_one() -> None:
    turns = [
        "Good morning, Gwen. I ran a bakery's nights for six years, and I want to learn how night work is run. Who decides whom to wake?",
        "I read that you bought Wabash Hoist in 2019. How did the two desks grow together?",
        "Thank you, Gwen. We have three minutes left, so I will let you get back. Goodbye.",
    ]
    said = [("contact", ASKED)] + [(who, text) for line in turns for who, text in (("learner", line), ("contact", "It took a year."))]
    advice = next(a for a in score(transcript(said, ended_at=9.0), GWEN, CLASSIC).advice if a.criterion == "preparation")
    assert "2019" in advice.quote
    assert "In 2025 it bought Wabash Hoist" in advice.why


# -- questions --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "You have nine technicians and forty researchers. How do they get on?",
        "Two litres. And when a district runs over that, what do you rule out first?",
    ],
)
def test_what_leads_up_to_a_question_is_part_of_it(text: str) -> None:
    (question,) = hear(text, "Two litres per property per hour.").questions
    assert question.quote == text
    assert question.quote == text[question.start : question.end]


def test_two_questions_are_two() -> None:
    assert len(hear("Tell me about your week. What surprised you?").questions) == 2


def test_a_question_needs_no_mark_and_no_content_word() -> None:
    assert [q.quote for q in hear("what do u do all day. whats the money like").questions] == [
        "what do u do all day.",
        "whats the money like",
    ]
    assert not hear("Oh, I see.").questions


# -- tone -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("Eighty-four! I worked in a shop of eighty once.", "We design exhibits; 84 people work there."),
        ("Can't hire a cat! That's all right.", "Great. I can't hire a cat anyway."),
        ("A circus rigger! Now that I believe.", "I stole that from a circus rigger."),
        ("Hey now, nothing unkind meant, Theo, I'm just a man who loved that bird.", "Ouch. Let's be nice to each other."),
    ],
)
def test_surprise_and_saying_sorry_are_not_rude(text: str, before: str) -> None:
    assert not hear(text, before).has("negative_tone")


def test_no_offence_but_is_an_insult() -> None:
    assert hear("No offence meant, but you lot are all useless and lazy.", "It is steady work.").has("negative_tone")


def test_a_contact_takes_offence_only_where_it_is_sure() -> None:
    doubtful = (
        "Hurt, stuck, then the bill. I'd have given a good deal to hang that over my old desk; ours ran bill first and you could hear it "
        "in the drivers' voices. With Wabash in Fort Wayne still on its own system, whose order do they follow right now?"
    )
    answer = "Can somebody get hurt? Is somebody stuck? Who's paying? Most fights happen because people start with the third one."
    assert not hear(doubtful, answer, live=True).has("negative_tone")
    assert hear("That is a stupid answer and you are wasting my time.", answer, live=True).has("negative_tone")


# -- jobs and names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["No, no, that one wasn't a question, that was just me missing my shoebox.", "I won't let you skip all nine!", "Not to deposit them."],
)
def test_a_denial_of_anything_else_is_no_disclaimer(text: str) -> None:
    assert not hear(text, "History degree, no plan, and I'm skipping nine detours.").has("job_disclaimer")


@pytest.mark.parametrize("text", ["No, leave that, I didn't ring for a job.", "I'm not here to ask for a position."])
def test_a_denial_of_wanting_work_is_a_disclaimer(text: str) -> None:
    assert hear(text).has("job_disclaimer")


def test_a_place_that_may_fall_free_is_bid_for_also_after_a_disclaimer() -> None:
    assert hear("Promise I'm not after a job, but if a spot comes up on the night boat you've got my number.", note=True).has("job_ask")
    assert not hear("If your next call comes up, let me know.").has("job_ask")


@pytest.mark.parametrize(
    ("line", "offers", "refuses"),
    [
        ("Oh, absolutely, I was hoping you'd ask. You've got to talk to Wren Halvorsen, she's one of our content developers.", True, False),
        ("I don't hand out names much. I'll give you one. You should have a word with Tunde Bakare, one of my seniors.", True, False),
        ("No, I don't give out names, I'm sorry.", False, True),
    ],
)
def test_who_offers_a_name_does_not_refuse_one(line: str, offers: bool, refuses: bool) -> None:
    (read,) = read_contact_lines([line], ["Who else should I talk to about this?"])
    assert (read.offers_name, read.no_referral) == (offers, refuses)


@pytest.mark.parametrize(
    "line",
    [
        "Oh, nice, that's really helpful to know. What would help most?",
        "There's a pastry chef in graphics, and aquarium work for infection control.",
        "Since you pick that up. Between two and four in the morning next to nobody's using water.",
    ],
)
def test_talk_of_people_offers_nobody(line: str) -> None:
    (read,) = read_contact_lines([line], ["I'm a carpenter, twenty-six years of it. What's the place like?"])
    assert not read.offers_name


def test_an_insult_is_no_thanks() -> None:
    found = hear("Thank you for nothing, you useless man.", "That is all I can tell you.")
    assert found.has("negative_tone")
    assert not found.has("thanks")


def test_thanks_said_twice_are_thanks() -> None:
    again = hear("Thank you very much for your time.", said=("Thank you very much for your time.",))
    assert again.has("thanks")


# -- words and times --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("So did I. What changed first?", 2),
        ("The answer was no. Are you hiring?", 2),
        ("We did sales etc. What did you do?", 2),
        ("Mr. Finch said J. Smith came at 5 p.m. to No. 4 etc. and left.", 1),
    ],
)
def test_sentences_end_where_they_end(text: str, pieces: int) -> None:
    assert len(segment(text)) == pieces


@pytest.mark.parametrize(
    ("text", "noise"), [("Why 2,400?", False), ("Thanks 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", False), ("zz ////////////////", True)]
)
def test_figures_are_words_and_symbols_are_not(text: str, noise: bool) -> None:
    assert looks_like_noise(text) is noise


def transcript(said: list[tuple[str, str]], **more: object) -> Transcript:
    turns = [{"speaker": who, "text": text} for who, text in said]
    return Transcript.model_validate({"id": "t", "persona": "busy-vp", "agreed_minutes": 20, "turns": turns, **more})


MEETING = [
    ("contact", ASKED), ("learner", "Good morning, Gwen. I want to learn how a night desk is run. Who sits there at three?"),
    ("contact", "Two people and a kettle."), ("learner", "How do they decide whom to wake?"),
    ("contact", "I have to go now. Goodbye."), ("learner", "What would you change about the desk if you could?"),
    ("contact", "I must go."), ("learner", "And who else works at night? How are they paid?"),
]  # fmt: skip


def test_times_nobody_wrote_down_are_stretched_to_the_end_somebody_did() -> None:
    times = turn_times(transcript(MEETING, ended_at=24.0))
    assert times == sorted(times)
    assert 15 < times[-1] < 24
    assert score(transcript(MEETING, ended_at=24.0), GWEN, CLASSIC).criterion("time_respect").score == 2
    assert score(transcript(MEETING, ended_at=4.0), GWEN, CLASSIC).criterion("time_respect").score != 2  # so early it was no cue


def test_without_a_clock_there_is_no_mark_for_time() -> None:
    late = transcript(MEETING, ended_at=34.0, clock="untimed")
    found = score(late, GWEN, CLASSIC).criterion("time_respect")
    assert found.score is None
    assert "without a clock" in found.rationale
    assert score(transcript(MEETING, ended_at=34.0), GWEN, CLASSIC).criterion("time_respect").score == 1


def test_a_rule_may_give_its_own_reason() -> None:
    rude = [
        *MEETING[:2],
        ("contact", "Two people and a kettle."),
        ("learner", "That is a stupid answer. Who wakes the mechanics?"),
        MEETING[-2],
    ]
    rapport = score(transcript(rude, ended_at=9.0), GWEN, CLASSIC).criterion("rapport")
    own = {rule.because for rule in CLASSIC.criterion("rapport").marks if rule.because}
    assert rapport.score
    assert rapport.rationale.startswith(tuple(own)) or rapport.score <= 2


# -- what careful raters would not charge ---------------------------------------------------------------------------------------

DERVLA = load_persona(Path("personas/skeptical-manager.yaml"))


@pytest.mark.parametrize(
    ("persona", "words"),
    [
        (DERVLA, "May I ask about the thaw in December 2022? Nineteen hundred bursts in nine days; what do you do differently now?"),
        (GWEN, "What did running Dayton from 2011 teach you that you couldn't have seen from a night desk in Toledo?"),
        (GWEN, "About a third of your mechanics are over fifty-five, I read. Who will look after the 6,400 elevators in 2030?"),
    ],
)
def test_a_figure_that_one_fact_has_is_no_wrong_one_of_another(persona: Persona, words: str) -> None:
    assert not hear(words, persona=persona).has("wrong_fact")


@pytest.mark.parametrize(
    ("words", "rude"),
    [
        ("Huh, never thought of it like that.", False),
        ("Sure, that's smart.", False),
        ("Absolute genius, that gallery, everyone raves about it.", False),
        ("I meant it as a compliment, the ant gallery is famous.", False),
        ("That's a stupid answer.", True),
        ("An absolute genius, are you, to waste my time like this?", True),
    ],
)
def test_a_kind_word_is_no_rude_one(words: str, rude: bool) -> None:
    assert hear(words, "Choose the next step by whom you would learn it from.").has("negative_tone") is rude


@pytest.mark.parametrize(
    ("contact", "learner", "takes_up"),
    [
        ("What helps is to translate: say what you did in terms of the problem.", "Translate, yes, I like that. What came next?", True),
        ("The drivers hold the map and I hold the phone.", "The drivers hold the map, of course. What came next?", True),
        ("The drivers hold the map and I hold the phone.", "Thank you. What came next?", False),
        ("The drivers hold the map and I hold the phone.", "", False),
    ],
)
def test_opening_with_the_contacts_own_words_takes_them_up(contact: str, learner: str, takes_up: bool) -> None:
    assert hear(learner, contact).has("builds_on_answer") is takes_up


def test_a_bid_that_the_contact_only_wondered_about_is_none_once_denied() -> None:
    """The contact's doubt is no evidence: asked back, the learner said no, and then only what was said by itself counts."""
    said = [
        *MEETING[:2],
        ("contact", "We closed our smallest branch in February."),
        ("learner", "That's sad about the branch. My uncle still talks about the people there. Do you get a nice office at least?"),
        ("contact", "I want to be sure I heard that correctly. Were you asking about vacancies?"),
    ]
    for answer, asked in (("No no, not vacancies, I just meant the room. Bye!", False), ("Yes, I need a job. Could you hire me?", True)):
        checks = score(transcript([*said, ("learner", answer)], ended_at=9.0), GWEN, CLASSIC).criterion("no_job_push").checks
        assert next(c.passed for c in checks if c.id == "asked") is asked


def test_a_note_names_what_was_learned_in_the_contacts_own_words() -> None:
    heard = ("In your place I'd talk to several people and ask each what they did yesterday, not what the job is like.",)
    told = "I told the whole coffee room about asking a person what they did yesterday instead of what the job is like."
    note = f"Dear Tomas, what a pleasure that was, and how patient you were with me. {told} With warm thanks, Ruth"
    assert hear(note, "", note=True, heard=heard).has("learned")
    assert not hear("Dear Tomas, I told the whole coffee room about my weekend. With warm thanks, Ruth", "", note=True, heard=heard).has(
        "learned"
    )


@pytest.mark.parametrize(
    ("words", "thanks"),
    [("tks for accept to talk", True), ("Well, whatever I said, you're welcome!", False), ("So thanks, I suppose.", False)],
)
def test_thanks_are_thanks_however_they_are_spelt(words: str, thanks: bool) -> None:
    assert hear(words).has("thanks") is thanks


def test_to_be_interrupted_is_not_to_be_sent_away() -> None:
    assert not takes_leave("Stop there a second, your facts are off.")
    assert takes_leave("I need to be off in a moment.")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Colm Rafferty put me on to you, and I'd like to understand how you decide where to dig.", True),
        ("It was Colm who said I should ring.", True),
        ("Somebody at the gym put me on to you.", False),
    ],
)
def test_the_referrers_own_name_is_their_mention(words: str, named: bool) -> None:
    said = [("contact", ASKED), ("learner", f"Good morning. {words}"), *MEETING[2:4]]
    checks = score(transcript(said, persona="skeptical-manager", ended_at=9.0), DERVLA, CLASSIC).criterion("preparation").checks
    assert next(c.passed for c in checks if c.id == "referrer_named") is named


@pytest.mark.parametrize(
    ("note", "thanked"),
    [
        ("Thank you for this morning. I'm telling Colm how much he did for me. Ines", True),
        ("Thank you for this morning. I will thank Mr Rafferty as well. Ines", True),
        ("Thank you for this morning. Please write to Colm that it went well. Ines", False),
        ("Thank you for this morning. I wanted to tell you that Colm was right. Ines", False),
        ("Thank you for this morning. Colm was a friend of my father's. Ines", False),
    ],
)
def test_whoever_opened_the_door_is_thanked_by_the_word_that_they_will_hear_of_it(note: str, thanked: bool) -> None:
    done = transcript(MEETING[:4], persona="skeptical-manager", ended_at=9.0, thank_you={"to_contact": note})
    checks = score(done, DERVLA, CLASSIC).criterion("follow_through").checks
    found = next(c for c in checks if c.id == "referrer_thanked")
    assert found.passed is thanked
    assert all(e.quote in note for e in found.evidence)
