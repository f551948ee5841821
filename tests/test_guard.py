"""The guard over a model's words: what may not pass, what must be said, and that nothing shown is ever taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from sim.contact.guard import RULES, Censor, Scene, breach, exact, scene_of, unsaid
from sim.contact.script import stock
from sim.contact.speech import sentences
from sim.director import open_meeting
from sim.meeting import Direction, Reveal, Setup, Step
from sim.persona import Intent, load_persona
from sim.ports import Brief
from sim.transcript import Turn, word_count

PERSONAS = sorted((Path(__file__).parent.parent / "personas").glob("*.yaml"))
VP = load_persona(PERSONAS[0].with_name("busy-vp.yaml"))
ENDINGS = (Intent.GOODBYE, Intent.LEAVING, Intent.LEAVING_EARLY, Intent.LEAVING_JOB)


def scene(*intents: Intent, persona=VP, unlocked: Sequence[str] = (), said: str = "", **more: object) -> Scene:  # type: ignore[no-untyped-def]
    """The scene of a line with these intents."""
    setup = Setup(persona=persona, agreed_minutes=persona.minutes)
    main = intents[0] if intents else Intent.ANSWER
    given = {"minutes_left": persona.minutes, "ends": main in ENDINGS, "cue": "hard" if Intent.TIME_HARD in intents else "none"}
    direction = Direction(intents=intents or (main,), main=main, **{**given, **more})  # type: ignore[arg-type]
    state = open_meeting(setup).state.model_copy(update={"unlocked": tuple(unlocked)})
    turns = (Turn(speaker="contact", text=said),) if said else ()
    return scene_of(Brief(setup, Step(state=state, direction=direction), turns))


@cache
def plain_scene() -> Scene:
    return scene()


BREAKS = {
    "role": [
        "As an AI language model, I don't have a career.",
        "I'm just a language model, so I can't say.",
        "My instructions say that I should be impatient.",
        "I was trained by OpenAI to help people.",
        "Let me stay in character here.",
        "I can't share my system prompt with you.",
        "In this simulation I am the vice president.",
        "How can I assist you today?",
    ],
    "coaching": [
        "You should have asked me about my career first.",
        "In an informational interview you always bring questions.",
        "Here is some feedback on how you did.",
        "A better question would be how I got here.",
        "You did a great job with your questions so far.",
        "Your score is four of five.",
    ],
    "other_voice": ["You: Thank you, that helps.", "Learner: What about pay?", "**User:** and then?", "Good to hear.\nYou: thanks!"],
    "markup": [
        "- Dispatch", "1. Dispatch comes first.", "# My day", "My day is **busy** indeed.", "*smiles and leans back*",
        "(laughs) That one again.",
        "Here is `code` for you.", "See [this](there).",
    ],
    "job": [
        "I can offer you a job on the night desk.",
        "I'd be happy to offer you a position with us.",
        "Send me your résumé and we'll see.",
        "I'll put in a good word for you.",
        "You're hired!",
        "We'd love to have you on the team.",
        "I will forward your CV to our recruiter.",
        "Come work for me.",
    ],
    "contact_details": ["Write to gwen@calloway.com then.", "My number is 419 555 0134.", "It's all on www.calloway-lift.com for you."],
    "referral": ["You should talk to Bob Millington about it.", "I'll introduce you to somebody in sales.",
        "Reach out to Sandra Okafor, she knows.",
        "Sure, here are the names: Bob Stone and Ann Lee.", "I'd suggest Bob Stone for that.", "My colleague Bob Stone runs it."],
    "locked": ["Priyanka Dessai runs that desk.", "Ask Curtis, or Mr Ballantine if you like.",
        "Four of the seven night dispatchers quit the first winter after I merged the desks."],
    "contradiction": ["My name is Susan.", "I'm the CEO of this company.", "I have 3 minutes left, so hurry.",
        "Here at Google we like that.",
        "We agreed on forty-five minutes."],
    "leaving": ["Goodbye and take care.", "I have to go now.", "This meeting is over."],
    "more_time": ["Take all the time you need.", "I can stay longer if you like.", "I'm in no hurry today."],
    "garbled": ["Ã¯Â¿� what", "doors doors doors doors doors doors doors doors doors doors doors doors doors",
        "我们公司负责电梯维修服务。", "#$%&/()=?+*~^°!§"],
}  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BREAKS.items() for text in texts])
def test_what_breaks_a_rule_is_named(rule: str, text: str) -> None:
    assert breach(text, plain_scene()) == rule


FINE = [
    "I can't offer you a job, and I said so.",
    "I won't pass on your résumé.",
    "I'm not going to introduce you to anybody today.",
    "AI is changing how we read fault logs.",
    "The technician's instructions are on paper.",
    "We have a role for that in dispatch.",
    "You should talk to people who do it every day.",
    "I talk to my night desk every morning.",
    "It dropped from 3.4 to 2.1 per elevator.",
    "I have twenty minutes.",
    "My boss gave me the job in 2019.",
    "I'm the Vice President here.",
    "Here at Calloway we fix, we don't build.",
    "We serve Fort Wayne and New York alike.",
    "See Lima on the map, and then Fort Wayne.",
]


@pytest.mark.parametrize("text", FINE)
def test_what_people_say_passes(text: str) -> None:
    assert breach(text, plain_scene()) is None


@pytest.mark.parametrize("file", PERSONAS, ids=lambda p: p.stem)
def test_no_line_of_the_shipped_contacts_breaks_a_rule(file: Path) -> None:
    """Some five hundred lines each, in their own situations: what authors wrote is what the guard must let through."""
    persona = load_persona(file)
    unlocked = [f"referral:{r.name}" for r in persona.referrals] + [f"private:{f.topic}" for f in persona.private]
    lines = [(Intent.ANSWER, t) for a in persona.answers.values() for t in a.says] + [(i, t) for i, ts in persona.lines.items() for t in ts]
    lines += [(i, line.text) for i, ls in stock().lines.items() for line in ls]
    lines += [(Intent.REFERRAL_GRANTED, t) for r in persona.referrals for t in r.says]
    scenes = {intent: scene(intent, persona=persona, unlocked=unlocked) for intent, _ in lines}
    minutes = str(persona.minutes)
    wrong = []
    for intent, text in lines:
        spoken = text.replace("{minutes}", minutes).replace("{minutes_left}", minutes).replace("{name}", persona.referrals[0].name)
        wrong += [(rule, s) for s in sentences(spoken) if (rule := breach(s, scenes[intent]))]
    assert wrong == []


# -- what must be said --------------------------------------------------------------------------------------------------------

NAME = Reveal(item="referral:Priyanka Dessai", tells="Priyanka Dessai, Night Dispatch Manager")
FACT = Reveal(item="private:leadership", tells="She keeps a handwritten list of the eleven people hurt on her watch.")


def test_a_name_that_is_granted_must_be_said_whole_and_no_other() -> None:
    now = scene(Intent.REFERRAL_GRANTED, unlocked=["referral:Priyanka Dessai"], reveal=(NAME,), referral_name="Priyanka Dessai")
    assert exact(now)
    assert unsaid("Talk to Priyanka Dessai, she runs nights.", now) == ()
    assert unsaid("Talk to Priyanka, she runs nights.", now) == (Intent.REFERRAL_GRANTED,)
    assert breach("Talk to Priyanka Dessai, she runs nights.", now) is None
    assert breach("Talk to Curtis Ballantine, he pays us.", now) == "locked"
    assert breach("Talk to Bob Stone, he knows.", now) == "referral"


@pytest.mark.parametrize(
    "intent", [Intent.JOB_DEFLECTED, Intent.JOB_REFUSED_FIRMLY, Intent.REFERRAL_REFUSED, Intent.REFERRAL_PUSHED, Intent.MORE_TIME_REFUSED]
)
def test_a_refusal_must_hold_a_no(intent: Intent) -> None:
    assert unsaid("Sure, gladly.", scene(intent)) == (intent,)
    assert unsaid("No, I won't do that.", scene(intent)) == ()


def test_a_fact_that_is_revealed_must_be_told() -> None:
    now = scene(Intent.ANSWER, unlocked=["private:leadership"], reveal=(FACT,))
    assert unsaid("I keep a handwritten list with eleven people on it, everybody who got hurt.", now) == ()
    assert unsaid("I try to be a good listener, mostly.", now) == (Intent.ANSWER,)


def test_the_time_and_a_goodbye_must_be_said() -> None:
    assert unsaid("The doors matter most.", scene(Intent.ANSWER, Intent.TIME_HARD)) == (Intent.TIME_HARD,)
    assert unsaid("The doors matter most. I have two minutes.", scene(Intent.ANSWER, Intent.TIME_HARD)) == ()
    assert unsaid("The doors matter most.", scene(Intent.LEAVING)) == (Intent.LEAVING,)
    assert not exact(scene(Intent.ANSWER, Intent.TIME_HARD)), "a cue is added, not waited for"


# -- the stream ---------------------------------------------------------------------------------------------------------------

GOOD = "Most of the day goes to people and parts. The doors are what fails, six times out of ten."


def run(text: str, now: Scene, size: int = 3, *, finished: bool = True, whole: bool = False) -> tuple[Censor, str]:
    censor, shown = Censor(now, whole=whole), ""
    for start in range(0, len(text), size):
        censor.feed(text[start : start + size])
        shown += censor.ready()
        if censor.over:
            break
    censor.close(finished=finished)
    return censor, shown + censor.ready()


def test_a_good_line_comes_out_as_it_went_in() -> None:
    censor, shown = run(GOOD, plain_scene())
    assert (shown, censor.broken, censor.tidied) == (GOOD, None, False)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"Gwen Tarkowski: {GOOD}", GOOD),
        (f"**Gwen:** {GOOD}", GOOD),
        (f'"{GOOD}"', GOOD),
        (f"<think>They want a story. - one - two</think>\n{GOOD}", GOOD),
    ],
)
def test_wrapping_is_taken_off(text: str, line: str) -> None:
    censor, shown = run(text, plain_scene())
    assert shown == line
    assert censor.tidied


def test_a_broken_sentence_is_never_shown_and_what_came_before_stays() -> None:
    censor, shown = run(f"{GOOD} As an AI, I would add more. And more.", plain_scene())
    assert (shown, censor.broken) == (GOOD, "role")


def test_a_line_that_breaks_early_shows_nothing() -> None:
    censor, shown = run(f"Sure. You: thanks! {GOOD}", plain_scene())
    assert (shown, censor.broken, censor.shown) == ("", "other_voice", False)


def test_what_a_cut_stream_left_unfinished_is_dropped_and_a_finished_line_gets_its_stop() -> None:
    assert run(f"{GOOD} And then the", plain_scene(), finished=False)[1] == GOOD
    assert run(f"{GOOD} And then the mechanics", plain_scene())[1] == f"{GOOD} And then the mechanics."
    assert run("Three tokens in", plain_scene(), finished=False)[1] == ""


def test_a_long_line_ends_at_a_sentence_and_an_endless_one_is_no_line() -> None:
    now = replace(plain_scene(), direction=plain_scene().direction.model_copy(update={"max_words": 30}))
    censor, shown = run(f"{GOOD} {GOOD.replace('Most', 'Some').replace('doors', 'keys')} And on it goes, day after day.", now)
    assert word_count(shown) <= now.most_words
    assert censor.full
    assert run("word and again " * 100, plain_scene())[0].broken in ("too_long", "garbled")


def test_a_whole_line_is_held_until_it_is_released() -> None:
    censor, shown = run(GOOD, plain_scene(), whole=True)
    assert shown == ""
    assert censor.release() == GOOD
    assert censor.release() == ""


def test_what_was_said_before_is_not_said_again() -> None:
    now = scene(said="Most of the day goes to people and parts.")
    assert run(GOOD, now)[0].broken == "repeated"
    assert run(f"{GOOD} The doors are what fails, six times out of ten.", plain_scene())[0].broken == "repeated"


PIECES = st.lists(
    st.sampled_from(
        [t for texts in BREAKS.values() for t in texts]
        + FINE
        + GOOD.split(". ")
        + ["\n", "\n- ", "You:", "Dr. ", "e.g. ", "<think>", '"', "…"]
    )
    | st.text(max_size=30),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(parts=PIECES, size=st.integers(1, 40), finished=st.booleans())
def test_whatever_a_model_writes_only_whole_passing_sentences_are_shown(parts: list[str], size: int, finished: bool) -> None:
    """However it is cut into tokens: what is shown only grows, every sentence of it passes, and the length holds."""
    now = plain_scene()
    censor, shown = run(" ".join(parts), now, size, finished=finished)
    assert shown == (censor.text if censor.shown else "")
    assert all(breach(s, now) is None for s in censor.kept)
    assert word_count(shown) <= now.most_words
    assert censor.broken is None or censor.broken in RULES
    assert not shown or word_count(shown) >= now.fewest_words
