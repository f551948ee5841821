"""The scripted contact: directions in, words out. Nothing here reads a learner's language."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from langchain_core.messages import HumanMessage

from sim.contact.chat import ScriptedChat
from sim.contact.compose import LONGEST, compose
from sim.contact.match import best, content_words
from sim.contact.script import own_answers, stock
from sim.contact.scripted import ScriptedContact
from sim.contact.speech import fill, number_words, sentences, shorten, without_hand_back
from sim.contact.voice import as_we, first_name, in_first_person
from sim.director import open_meeting
from sim.meeting import Direction, Mood, Reveal, Setup, State, Step, TopicUse
from sim.persona import Intent, Persona, load_persona
from sim.ports import Brief, Utterance
from sim.topics import CATALOGUE
from sim.transcript import Clock, Turn, word_count

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "personas").glob("*.yaml"))
PLAIN = ROOT / "tests" / "contracts" / "example-persona.yaml"
"""A persona with nothing but the contract's keys: no answers, no lines."""

SEARCH = settings(max_examples=40, deadline=None)


@cache
def persona(path: Path) -> Persona:
    return load_persona(path)


def brief(
    who: Persona,
    *intents: Intent,
    seed: int = 0,
    turn: int = 6,
    turns: Sequence[Turn] = (),
    question: str = "",
    topics: Sequence[str] = (),
    reveal: Sequence[Reveal] = (),
    name: str | None = None,
    minutes_left: int = 5,
    max_words: int = 48,
    builds: bool = False,
    specific: bool = False,
    used: Sequence[str] = (),
    unlocked: Sequence[str] = (),
    asked: Sequence[str] = (),
    clock: Clock = "simulated",
    agreed: float = 20,
    answered: int = 5,
    opened: int | None = None,
) -> Brief:
    state = State(
        turn=turn,
        used_lines=tuple(used),
        unlocked=tuple(unlocked),
        unlocked_turns=tuple(turn if opened is None else opened for _ in unlocked),
        topics=tuple(TopicUse(topic=t, times=list(asked).count(t), last_turn=turn) for t in dict.fromkeys(asked)),
        questions_answered=answered,
    )
    main = next((i for i in intents if i not in (Intent.TIME_SOFT, Intent.TIME_HARD)), intents[0])
    direction = Direction(
        intents=intents, main=main, topics=tuple(topics), question=question, reveal=tuple(reveal), referral_name=name,
        minutes_left=minutes_left, max_words=max_words, builds=builds,
        specific=specific,
    )  # fmt: skip
    setup = Setup(persona=who, agreed_minutes=agreed, seed=seed, clock=clock)
    return Brief(setup, Step(state=state, direction=direction), tuple(turns))


def learner(text: str) -> Turn:
    return Turn(speaker="learner", text=text)


def contact(text: str) -> Turn:
    return Turn(speaker="contact", text=text)


def reveal_of(who: Persona, item: str) -> Reveal:
    kind, name = item.split(":", 1)
    if kind == "private":
        fact = next(f for f in who.private if f.topic == name)
        return Reveal(item=item, tells=fact.tells, says=tuple(fact.says))
    referral = next(r for r in who.referrals if r.name == name)
    return Reveal(item=item, tells=f"{referral.name}, {referral.role}", says=tuple(referral.says))


# -- small tools -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (1, "one"),
        (12, "twelve"),
        (20, "twenty"),
        (25, "twenty-five"),
        (100, "one hundred"),
        (180, "one hundred and eighty"),
    ],
)
def test_numbers_are_spoken_in_words(number: int, words: str) -> None:
    """Nobody says "25"."""
    assert number_words(number) == words


@pytest.mark.parametrize(
    ("template", "left", "line"),
    [
        ("I have {minutes_left} minutes.", 5, "I have five minutes."),
        ("I have {minutes_left} minutes.", 1, "I have one minute."),
        ("{minutes_left} minutes left. Go on.", 3, "Three minutes left. Go on."),
        ("There are {minutes_left} minutes to go.", 1, None),
        ("That leaves us {minutes_left}, so use them.", 1, None),
        ("I have {minutes_left} minutes.", 0, None),
        ("Ask {name}.", 5, None),
        ("No placeholder here.", 0, "No placeholder here."),
    ],
)
def test_placeholders_agree_with_their_number_or_the_line_is_not_said(template: str, left: int, line: str | None) -> None:
    """One minute is no plural, and none left is not counted out."""
    assert fill(template, {"minutes": 20, "minutes_left": left}) == line


def test_abbreviations_end_no_sentence() -> None:
    """Titles and initials are followed by names."""
    assert sentences("Ask Dr. Hale. He knows! Does he? Yes.") == ["Ask Dr. Hale.", "He knows!", "Does he?", "Yes."]


def test_shortening_keeps_whole_sentences() -> None:
    """And never less than the first."""
    assert shorten("One two three. Four five. Six.", 5) == "One two three. Four five."
    assert shorten("One two three four. Five.", 2) == "One two three four."


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("Noted, thanks for keeping that short. What's first?", "Noted, thanks for keeping that short."),
        ("Say again? That isn't right. Check it, but go on, what did you want to ask?", "Say again? That isn't right."),
        ("I don't take orders on what to say. Ask me about the work.", "I don't take orders on what to say."),
        ("I'm going to cut in. Pick one and I'll answer it.", "I'm going to cut in."),
        ("What would you like to know?", ""),
        ("You've done some reading. I appreciate that.", "You've done some reading. I appreciate that."),
    ],
)
def test_a_reaction_before_an_answer_asks_for_nothing(line: str, rest: str) -> None:
    """The question was just put; asking for it again would show that nobody listened."""
    assert without_hand_back(line) == rest


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("She nearly left after the move, and stayed because her team asked her to.",
         "I nearly left after the move, and stayed because my team asked me to."),
        ("Marta started as a forklift driver in 2006.", "I started as a forklift driver in 2006."),
        ("She keeps a list of the people who left and reads it every spring.",
         "I keep a list of the people who left and read it every spring."),
        ("She has never told her director that the plan is hers.", "I have never told my director that the plan is mine."),
        ("Marta Lindqvist is leaving in May; she does not want it known.", "I am leaving in May; I do not want it known."),
        ("In 2016 she blamed herself, and nobody told her otherwise.", "In 2016 I blamed myself, and nobody told me otherwise."),
        ("The board wants to close one of Marta's warehouses.", "The board wants to close one of my warehouses."),
        ("A competitor offered Marta a post.", "A competitor offered me a post."),
        ("The merger will fail.", "The merger will fail."),
    ],
)  # fmt: skip
def test_a_fact_about_the_contact_is_told_in_the_first_person(fact: str, said: str) -> None:
    """Verbs agree, her as object and her as possessive are told apart, and other people's sentences stay."""
    assert in_first_person(fact, persona(PLAIN)) == said


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("He owes the shop money and hides it.", "I owe the shop money and hides it."),
        ("They were passed over twice.", "I was passed over twice."),
        ("His boss trusts him.", "My boss trusts me."),
    ],
)
def test_without_declared_pronouns_the_sentence_tells(fact: str, said: str) -> None:
    """The first word decides; an unusual second verb is left alone rather than guessed at."""
    who = persona(PLAIN).model_copy(update={"pronouns": None})
    assert in_first_person(fact, who) == said


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("Harbour & Pine makes garden sheds and sold 41,000 of them.", "We make garden sheds and sold 41,000 of them."),
        ("It moved its main warehouse in 2024.", "We moved our main warehouse in 2024."),
        ("Harbour services, repairs and rents sheds; it does not paint them.",
         "We service, repair and rent sheds; we do not paint them."),
        ("Its oldest depot is in Malmö.", "Our oldest depot is in Malmö."),
        ("Last year it was fined.", "Last year we were fined."),
        ("Freight prices rose.", "Freight prices rose."),
    ],
)  # fmt: skip
def test_a_fact_about_the_company_is_told_as_we(fact: str, said: str) -> None:
    """As people who work there speak."""
    assert as_we(fact, persona(PLAIN)) == said


def test_matching_counts_words_that_carry_content() -> None:
    """Endings and small words do not matter."""
    assert content_words("How do you staff the nights?") == content_words("staffing the night")
    assert best("How is the night desk staffed?", ["the day shift", "staffing of the night desk"], 2) == 1
    assert best("What do you think?", ["what you think", "you"], 1) is None


# -- the stock ---------------------------------------------------------------------------------------------------------


def test_the_stock_has_words_for_everything() -> None:
    """Every situation six ways, every topic of the catalogue more than once."""
    spare = stock()
    assert set(spare.lines) == set(Intent) - {Intent.ANSWER}
    assert min(len(lines) for lines in spare.lines.values()) >= 5
    assert set(spare.answers) == set(CATALOGUE) - {"followup", "other"}
    assert min(len(lines) for lines in spare.answers.values()) >= 2
    assert set(spare.openings) <= set(CATALOGUE)


def test_the_stock_says_every_line_once() -> None:
    """Two ids for one sentence would let it be said twice."""
    spare = stock()
    groups = (*spare.lines.values(), *spare.answers.values(), *spare.openings.values(), *spare.linking.values())
    texts = [line.text for group in groups for line in group]
    assert len(texts) == len(set(texts))


def test_every_topic_can_be_answered_without_a_fact() -> None:
    """Not every dossier has one that fits."""
    for topic, lines in stock().answers.items():
        assert [line for line in lines if "{fact}" not in line.text], topic


# -- answers -----------------------------------------------------------------------------------------------------------

VP = ROOT / "personas" / "busy-vp.yaml"


def say(*args: object, **more: object) -> str:
    return compose(brief(*args, **more)).text  # type: ignore[arg-type]


def test_a_topic_is_answered_with_the_first_line_and_deepened_with_the_next() -> None:
    """The natural first answer first."""
    who = persona(VP)
    lines = who.answers["leadership"].says
    assert lines[0] in say(who, Intent.ANSWER, topics=["leadership"], question="How do you lead?")
    used = ["answers.leadership.0"]
    assert lines[1] in say(who, Intent.FOLLOW_UP, topics=["leadership"], question="And what else?", used=used)


def test_among_the_lines_of_a_topic_the_question_chooses() -> None:
    """A line that shares its words with the question is nearer to it than the first."""
    who = persona(VP)
    wanted = next(line for line in who.answers["first_job"].says if "card file was my education" in line)
    question = "What was in that card file, and how did it become an education?"
    assert wanted in say(who, Intent.ANSWER, topics=["first_job"], question=question)


def test_an_emptied_topic_is_admitted() -> None:
    """In the persona's way of saying that there is no more, and then in ever new ways."""
    who = persona(VP)
    used = [f"answers.team.{n}" for n in range(10)]
    line = compose(brief(who, Intent.ANSWER, topics=["team"], question="And the team?", used=used))
    assert line.text in who.lines[Intent.FOLLOW_UP]
    assert line.intent is None


def test_two_topics_are_answered_briefly() -> None:
    """Both, in the order they were asked, neither at full length."""
    who = persona(VP)
    text = say(who, Intent.ANSWER, topics=["best_part", "pay"], question="And what does it pay?")
    assert who.answers["best_part"].says[0].split(".")[0] in text
    assert who.answers["pay"].says[0].split(",")[0] in text
    assert word_count(text) <= 60
    between = text[text.index(who.answers["best_part"].says[0].split(".")[0]) : text.index(who.answers["pay"].says[0].split(",")[0])]
    assert re.search(r"\bAnd [a-z ]*(?:money|pays)\?", between), "two answers in one breath need a word between them"


def test_a_question_of_no_topic_finds_the_personas_own_subjects() -> None:
    """By the example questions the author wrote."""
    who = persona(VP)
    line = compose(brief(who, Intent.ANSWER, question="How do you replace the emergency phones in the cars?"))
    assert any(line.text.endswith(text) for text in who.answers["copper_phones"].says)
    assert line.intent is None


def test_a_question_of_no_topic_may_go_on_about_the_last_answer() -> None:
    """If it shares a word with what is left to say on it."""
    who = persona(VP)
    text = say(who, Intent.ANSWER, question="Did the mechanics go along?", used=["answers.door_program.0"])
    assert text == who.answers["door_program"].says[2]


MACKIN = ROOT / "personas" / "skeptical-manager.yaml"
BLAMES = re.compile(r"follow|lost|rephrase|once more|another way|plainer|clos(?:e|er) to what I do|somebody else", re.I)


@pytest.mark.parametrize("path", [PLAIN, MACKIN])
@pytest.mark.parametrize("seed", range(15))
def test_a_clear_question_without_an_answer_is_owned_up_to(path: Path, seed: int) -> None:
    """Who asked clearly hears neither that they were unclear nor that they asked the wrong person."""
    question = "May I ask what you yourself found hardest when you first had charge of people?"
    line = compose(brief(persona(path), Intent.ANSWER, question=question, seed=seed))
    assert line.intent is Intent.NO_ANSWER
    assert "no_answer" in line.used_lines[0]
    assert not BLAMES.search(line.text)


def test_a_muddle_is_not_followed() -> None:
    """Too long for anybody to say what it asks, or without a word of content."""
    who = persona(MACKIN)
    for question in ("And the zygomorphic quux of the matter, as it were, " * 9 + "or not?", "And so what then?"):
        assert say(who, Intent.ANSWER, question=question) in who.lines[Intent.NOT_UNDERSTOOD]


def test_what_could_be_asked_of_nobody_else_is_not_answered_with_what_is_said_to_everybody() -> None:
    """Without a word in common the line is said to be only near; a general question gets it as it is."""
    who = persona(MACKIN)
    question = "What did Saint Osyth's vestry quarrel over?"
    for specific in (True, False):
        line = compose(brief(who, Intent.ANSWER, topics=["skills"], question=question, specific=specific))
        assert line.used_lines[0].startswith("nearest.") is specific


def test_nobody_goes_on_from_what_they_do_not_go_on_from() -> None:
    """The words that take a question up stand before an answer that does."""
    who = persona(MACKIN)
    question = "Who pays for the harbour lights at Christmas?"
    lines = [compose(brief(who, Intent.ANSWER, topics=["skills"], question=question, builds=True, seed=s)) for s in range(25)]
    assert not any(i.startswith("builds.") for line in lines for i in line.used_lines)


def test_a_story_told_once_does_not_answer_another_question() -> None:
    """The whole career does not come again because the last answer came out of it, nor what the learner has just said back."""
    who = persona(ROOT / "personas" / "generous-alumnus.yaml")
    question = "Do you still get photographs like that from your own crew, and what happens to them when they reach you?"
    used = ["private.career_path.0", "answers.career_path.1"]
    for asked in (question, "What did those two years on the install crew teach you that you still lean on in a project?"):
        line = compose(brief(who, Intent.FOLLOW_UP, topics=["career_path"], question=asked, used=used, builds=True))
        assert "answers.career_path.0" not in line.used_lines
    outline = who.answers["career_path"].says[0].split("I'm skipping")[0]
    told = compose(brief(who, Intent.ANSWER, topics=["career_path"], question="How so?", turns=[learner(f"So: {outline}")]))
    assert "answers.career_path.0" not in told.used_lines


def test_more_of_a_subject_that_is_beside_the_question_is_said_to_be() -> None:
    """And once that has been said too often, there is no answer; a plain "and?" gets the next line as it is."""
    who = persona(MACKIN)
    question = "How do you know when to stop being suspicious and send a van?"
    used = ["answers.skills.0"]
    beside = brief(who, Intent.FOLLOW_UP, topics=["skills"], question=question, used=used, builds=True)
    assert compose(beside).used_lines[0].startswith("nearest.")
    worn = brief(
        who, Intent.FOLLOW_UP, topics=["skills"], question=question, used=[*used, *(f"nearest.{n}" for n in range(9))], builds=True
    )
    assert compose(worn).used_lines[0].startswith("lines.no_answer.")
    assert who.answers["skills"].says[1] == say(who, Intent.FOLLOW_UP, topics=["skills"], question="And?", used=used)


def test_two_clear_questions_running_do_not_go_without_a_word_of_substance() -> None:
    """After one had no answer, the next gets more on the subject at hand, and hears that it is only that."""
    who = persona(MACKIN)
    question = "What would make a carpenter's bench useful?"
    first = compose(brief(who, Intent.ANSWER, question=question, used=["answers.culture.0"]))
    assert first.used_lines[0].startswith("lines.no_answer.")
    turns = [contact(first.text), learner(question)]
    then = compose(brief(who, Intent.ANSWER, question=question, used=["answers.culture.0", *first.used_lines], turns=turns))
    assert then.used_lines[0].startswith("nearest.")
    assert then.used_lines[1].startswith("answers.culture.")


def test_the_personas_own_subject_is_known_by_its_words_whatever_topic_was_heard() -> None:
    """Two words in common are chance, three are a name."""
    who = persona(MACKIN)
    line = compose(brief(who, Intent.ANSWER, topics=["measures"], question="6,800 loggers listening. Where do they leave you deaf?"))
    assert line.used_lines[0].startswith("answers.loggers.")
    theo = persona(ROOT / "personas" / "generous-alumnus.yaml")
    line = compose(brief(theo, Intent.ANSWER, topics=["methods"], question="Hand work or machines, what's the split in your shop?"))
    assert line.used_lines[0].startswith("answers.methods.")


def test_a_surely_heard_topic_is_not_left_for_one_word() -> None:
    """Taking up the last answer is no reason to go on about it."""
    who = persona(ROOT / "personas" / "hr-gatekeeper.yaml")
    question = "Could you walk me through how it goes here in general, from the advert to somebody's first day on board?"
    used = ["answers.hidden_names.2"]
    line = compose(brief(who, Intent.ANSWER, topics=["hiring_process"], question=question, builds=True, used=used))
    assert line.used_lines[0] == "answers.hiring_process.0"


def test_when_somebody_walks_in_is_no_question_of_when() -> None:
    """No date out of the dossier for it."""
    who = persona(ROOT / "personas" / "generous-alumnus.yaml")
    question = "When you walk into some old museum to put one of your exhibits in, how bad is it?"
    assert not [i for i in compose(brief(who, Intent.ANSWER, question=question)).used_lines if i.startswith("fact.")]


def test_only_several_questions_are_lost_count_of() -> None:
    """One long one is not."""
    who = persona(MACKIN)

    def texts(message: str) -> set[str]:
        return {say(who, Intent.RAMBLING, turns=[learner(message)], seed=s) for s in range(20)}

    assert not [t for t in texts("A long story. What surprised you?") if "count of the questions" in t]
    assert [t for t in texts("What surprised you? And who? And why?") if "count of the questions" in t]


def test_after_a_rebuke_nobody_is_told_that_they_wasted_no_time() -> None:
    """Until the two get on again."""
    who = persona(MACKIN)

    def texts(mood: Mood) -> str:
        out = []
        for seed in range(20):
            what = brief(who, Intent.REFERRAL_GRANTED, seed=seed)
            state = what.step.state.model_copy(update={"reasons": (("rude", 3),)})
            direction = what.step.direction.model_copy(update={"mood": mood})
            out.append(compose(Brief(what.setup, Step(state=state, direction=direction), ())).text)
        return " ".join(out)

    assert "not wasted my time" not in texts("neutral")
    assert "not wasted my time" in texts("friendly")


@pytest.mark.parametrize("path", [PLAIN, VP])
@pytest.mark.parametrize("seed", range(5))
def test_what_was_not_understood_is_not_guessed_at(path: Path, seed: int) -> None:
    """Said in character, and reported as what it was."""
    line = compose(brief(persona(path), Intent.ANSWER, question="What about the zygomorphic quux?", seed=seed))
    assert line.intent is Intent.NO_ANSWER
    assert line.used_lines[0].split(".")[0] in ("lines", "stock")


def test_half_a_message_not_understood_goes_unmentioned() -> None:
    """Where something else in it was answered."""
    who = persona(VP)
    line = compose(brief(who, Intent.REFERRAL_DETAILS, Intent.ANSWER, name="Priyanka Dessai", question="Quux?"))
    assert line.intent is None
    assert "Priyanka" in line.text
    assert not any(i.startswith("lines.not_understood") for i in line.used_lines)


# -- personas without words of their own -------------------------------------------------------------------------------


def test_a_plain_persona_answers_from_its_facts() -> None:
    """In the first person, each fact once, and never one the learner has just told."""
    who = persona(PLAIN)
    first = compose(brief(who, Intent.ANSWER, topics=["career_path"], question="How did you get here?"))
    assert "I started as a forklift driver in 2006." in first.text
    second = say(who, Intent.ANSWER, topics=["career_path"], question="And then?", used=first.used_lines)
    assert "forklift" not in second
    told = [learner("I read that you started as a forklift driver in 2006. How did that come about?")]
    assert "in 2006" not in say(who, Intent.ANSWER, topics=["career_path"], turns=told)


def test_a_plain_persona_says_its_name() -> None:
    """Stock greetings have none, so it is put before them."""
    assert "Marta Lindqvist" in say(persona(PLAIN), Intent.GREETING)


def test_a_plain_fact_of_when_and_where_is_given() -> None:
    """A question the dossier answers is answered from it."""
    text = say(persona(PLAIN), Intent.ANSWER, question="When did the main warehouse move, and where to?")
    assert text == "We moved our main warehouse from Malmö to Trelleborg in 2024."


def test_a_private_fact_without_words_is_put_into_the_first_person() -> None:
    """With a few words before it."""
    who = persona(PLAIN)
    item = "private:career_path"
    text = say(who, Intent.ANSWER, topics=["career_path"], reveal=[reveal_of(who, item)], unlocked=[item])
    assert text.endswith("I nearly left after the move went wrong, and stayed because my team asked me to.")
    assert not text.startswith("I nearly left")


def test_a_name_without_words_is_given_with_role_and_use() -> None:
    """The own company is not named to somebody who knows where they called."""
    who = persona(PLAIN)
    item = "referral:Ilse Brandt"
    text = say(who, Intent.REFERRAL_GRANTED, reveal=[reveal_of(who, item)], unlocked=[item], name="Ilse Brandt")
    assert "Ilse Brandt, our Head of Network Planning" in text
    assert "how a warehouse site is chosen" in text


def test_people_who_sit_together_are_not_asked_whether_they_hear() -> None:
    """Stock lines fit the setting."""
    who = persona(PLAIN).model_copy(update={"setting": "in person, her office"})
    assert not [t for s in range(40) if "hear" in (t := say(who, Intent.GREETING, seed=s))]


# -- what was unlocked -------------------------------------------------------------------------------------------------


def test_a_private_fact_is_told_in_the_personas_words_and_then_gone_on_about() -> None:
    """Its first words when it opens; the next ones only where they go on and do not tell it again."""
    who = persona(ROOT / "personas" / "skeptical-manager.yaml")
    item = "private:mistakes"
    first = compose(brief(who, Intent.ANSWER, topics=["mistakes"], reveal=[reveal_of(who, item)], unlocked=[item]))
    fact = next(f for f in who.private if f.topic == "mistakes")
    assert first.text == fact.says[0]
    then = brief(who, Intent.FOLLOW_UP, topics=["mistakes"], used=first.used_lines, unlocked=[item], question="And?")
    assert fact.says[1] in compose(then).text
    later = brief(who, Intent.ANSWER, topics=["mistakes"], used=first.used_lines, turn=10, unlocked=[item], opened=4)
    assert compose(later).text.endswith(who.answers["mistakes"].says[0])


def test_a_private_fact_on_a_subject_already_talked_about_is_led_up_to() -> None:
    """Another story on the same subject would else sound like the same one."""
    who = persona(ROOT / "personas" / "hr-gatekeeper.yaml")
    item = "private:mistakes"
    what = brief(who, Intent.FOLLOW_UP, topics=["mistakes"], reveal=[reveal_of(who, item)], unlocked=[item], asked=["mistakes"] * 2)
    line = compose(what)
    assert line.used_lines == ("private.mistakes.0", line.used_lines[1])
    assert line.used_lines[1].startswith("more.")


def test_praise_for_questions_waits_for_questions() -> None:
    """Somebody who asked for a name in the second minute has not "asked good questions"."""
    who = persona(VP)
    item = "referral:Curtis Ballantine"
    for seed in range(20):
        text = say(who, Intent.REFERRAL_GRANTED, reveal=[reveal_of(who, item)], unlocked=[item], seed=seed, answered=0)
        assert "Curtis Ballantine" in text
        assert not re.search(r"\b(questions|asked)\b", text.split("Curtis")[0])


# -- several things in one line ----------------------------------------------------------------------------------------


def test_parts_are_said_in_order_and_the_clock_last() -> None:
    """A reaction, the answer, the time."""
    who = persona(VP)
    text = say(who, Intent.RESEARCH_NOTICED, Intent.ANSWER, Intent.TIME_SOFT, topics=["decisions"], minutes_left=5, max_words=60)
    answer = text.index(who.answers["decisions"].says[0][:20])
    assert 0 < answer < text.index("five minutes")


def test_a_reaction_gives_the_turn_back_only_when_it_ends_the_line() -> None:
    """Before an answer it is cut, alone it is whole."""
    who = persona(VP)
    for seed in range(10):
        text = say(who, Intent.WRONG_FACT, Intent.ANSWER, topics=["decisions"], seed=seed)
        reaction = text[: text.index("Three questions")]
        assert not reaction.rstrip().endswith("to ask?")
        assert "give me the question" not in reaction


def test_asking_back_stays_a_question_before_the_clock() -> None:
    """Cut, "let me be sure what I heard" would say nothing."""
    who = persona(VP)
    for seed in range(8):
        assert "?" in say(who, Intent.JOB_CLARIFY, Intent.TIME_SOFT, seed=seed).rsplit("minutes", 1)[0]


def test_too_much_at_once_drops_the_courtesy_first() -> None:
    """Then the tail of the answer; the clock is always said."""
    who = persona(VP)
    parts = (Intent.RESEARCH_NOTICED, Intent.ANSWER, Intent.TIME_HARD)
    text = say(who, *parts, topics=["decisions"], max_words=30)
    assert text.startswith("Three questions, same order.")
    assert word_count(text) <= 45


def test_nothing_left_to_count_is_said_as_a_hard_cue() -> None:
    """In a very short meeting the soft cue comes in the last minute."""
    who = persona(VP)
    assert say(who, Intent.TIME_SOFT, minutes_left=0) in who.lines[Intent.TIME_HARD]


def test_untimed_meetings_name_no_minutes() -> None:
    """Nobody said twenty."""
    who = persona(VP)
    assert not [t for s in range(30) if "minutes" in (t := say(who, Intent.GREETING, clock="untimed", seed=s))]


# -- properties --------------------------------------------------------------------------------------------------------

any_persona = st.sampled_from([PLAIN, *SHIPPED]).map(persona)
any_intents = st.lists(st.sampled_from([i for i in Intent if i is not Intent.REFERRAL_DETAILS]), min_size=1, max_size=3, unique=True)


@SEARCH
@given(any_persona, st.lists(st.tuples(any_intents, st.sampled_from(sorted(CATALOGUE))), min_size=1, max_size=40), st.integers(0, 99))
def test_no_line_is_said_twice_and_nothing_locked_is_said(who: Persona, course: list[tuple[list[Intent], str]], seed: int) -> None:
    """Over any course of directions: lines differ, are filled in, are of speaking length and give nothing away."""
    turns: list[Turn] = []
    used: list[str] = []
    for n, (intents, topic) in enumerate(course):
        line = compose(brief(who, *intents, topics=[topic], turns=turns, used=used, seed=seed, turn=2 * n + 2))
        assert line.text not in [t.text for t in turns]
        assert not set(line.used_lines) & set(used)
        assert "{" not in line.text
        assert 1 <= word_count(line.text) <= LONGEST + 30
        assert not leaked(who, line.text, unlocked=())
        turns += [contact(line.text), learner("And?")]
        used += line.used_lines


def leaked(who: Persona, text: str, unlocked: Sequence[str]) -> list[str]:
    """Return the locked items whose words are in a text."""
    spoken = " ".join(text.lower().split())
    out = [f"referral:{r.name}" for r in who.referrals if r.name.lower() in spoken]
    for fact in who.private:
        words = [fact.tells, in_first_person(fact.tells, who), *fact.says]
        if any(" ".join(w.lower().split()) in spoken for w in words):
            out.append(f"private:{fact.topic}")
    return [item for item in out if item not in unlocked]


def test_a_secret_that_an_author_left_in_an_open_line_is_kept() -> None:
    """A line that names somebody who was not given is passed over."""
    who = persona(VP)
    leaky = who.model_copy(
        update={"lines": {**who.lines, Intent.THANKED: ["Thank Priyanka Dessai.", "Ask Dessai.", "You're welcome, friend."]}}
    )
    assert {say(leaky, Intent.THANKED, seed=s) for s in range(10)} == {"You're welcome, friend."}


@pytest.mark.parametrize("path", [PLAIN, VP])
@pytest.mark.parametrize("intent", [Intent.ANSWER, Intent.NOT_UNDERSTOOD, Intent.NO_ANSWER, Intent.ACKNOWLEDGE, Intent.FOLLOW_UP])
def test_sixty_times_the_same_are_sixty_different_lines(path: Path, intent: Intent) -> None:
    """Long after the persona's lines and the stock have run dry."""
    who = persona(path)
    used: list[str] = []
    texts: list[str] = []
    for turn in range(2, 122, 2):
        line = compose(brief(who, intent, topics=["team"], turn=turn, used=used))
        used += line.used_lines
        texts.append(line.text)
    assert len(set(texts)) == 60


@pytest.mark.parametrize("path", [PLAIN, *SHIPPED])
def test_the_seed_decides_and_nothing_else(path: Path) -> None:
    """The same seed gives the same words, other seeds give others."""
    who = persona(path)
    greetings = [say(who, Intent.GREETING, seed=s) for s in range(12)]
    assert greetings == [say(who, Intent.GREETING, seed=s) for s in range(12)]
    assert len(set(greetings)) >= 3


@pytest.mark.parametrize("path", SHIPPED)
def test_shipped_personas_speak_for_themselves(path: Path) -> None:
    """In every situation with words of their own, and on every topic of the catalogue."""
    who = persona(path)
    for intent in set(Intent) - {Intent.ANSWER, Intent.FOLLOW_UP}:
        line = compose(brief(who, intent, name="Kit Moss", reveal=[], minutes_left=5))
        assert line.used_lines[0].startswith(f"lines.{intent}"), intent
    for topic in set(CATALOGUE) - {"followup", "other"}:
        assert own_answers(who, topic), topic


@pytest.mark.parametrize("path", SHIPPED)
def test_shipped_lines_are_of_speaking_length(path: Path) -> None:
    """Answers of 12 to 60 words, as people speak."""
    who = persona(path)
    counts = {text: word_count(text) for answer in who.answers.values() for text in answer.says}
    assert not {text: n for text, n in counts.items() if not 12 <= n <= 60}


def test_a_name_is_used_without_its_title() -> None:
    """Dr Amara Obi is Amara to those who know her."""
    assert first_name("Dr. Amara Obi") == "Amara"


# -- the chat model ----------------------------------------------------------------------------------------------------


def spoken(actor: ScriptedContact, what: Brief) -> list[str | Utterance]:
    async def collect() -> list[str | Utterance]:
        return [piece async for piece in actor.speak(what)]

    return asyncio.run(collect())


def test_the_contact_streams_the_line_and_ends_with_the_utterance() -> None:
    """The pieces are the line."""
    what = brief(persona(VP), Intent.ANSWER, topics=["pay"], question="What does it pay?")
    *pieces, last = spoken(ScriptedContact(), what)
    assert last == compose(what)
    assert "".join(str(p) for p in pieces) == compose(what).text
    assert len(pieces) > 3


def test_a_paced_contact_waits_before_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a page can show the line as it is spoken."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    what = brief(persona(VP), Intent.THANKED)
    actor = ScriptedContact(pace=0.25)
    assert actor.chat.pace == 0.25
    monkeypatch.setattr("sim.contact.chat.asyncio.sleep", note)
    *pieces, _ = spoken(actor, what)
    assert waits == [0.25] * len(compose(what).text.split())
    assert len(pieces) == len(waits)


def test_the_chat_model_answers_at_once_as_well() -> None:
    """The same words, with the ids of the lines beside them."""
    what = brief(persona(VP), Intent.THANKED)
    message = ScriptedChat().invoke([HumanMessage("thanks")], brief=what)
    assert message.content == compose(what).text
    assert tuple(message.response_metadata["used_lines"]) == compose(what).used_lines


def test_the_chat_model_needs_a_brief() -> None:
    """It reads nothing out of the messages."""
    with pytest.raises(ValueError, match="brief"):
        ScriptedChat().invoke([HumanMessage("hello")])


def test_importing_the_contact_does_not_import_langchain() -> None:
    """The server starts without waiting for it."""
    code = "import sys, sim.contact.scripted, sim.play; sys.exit('langchain_core' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_greeting_of_a_meeting_is_the_directors_first_step() -> None:
    """What opens a meeting can be spoken as it is."""
    setup = Setup(persona=persona(VP), agreed_minutes=20, seed=4)
    text = compose(Brief(setup, open_meeting(setup), ())).text
    assert "Gwen" in text
