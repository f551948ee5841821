"""The reference meeting: twenty turns of a learner who listens, held with a shipped contact. Fixed, so that figures can be compared."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from functools import cache

from sim.contact.prompting import Message, ask
from sim.contact.scripted import ScriptedContact
from sim.library import Library
from sim.persona import Persona
from sim.play import play
from sim.ports import Brief, Utterance
from sim.transcript import LearnerFile, Prep, ThankYou, Transcript

PERSONA = "generous-alumnus"
MINUTES = 60.0
"""Long enough that the contact stays for all twenty turns."""

LEARNER = LearnerFile(
    schema="sim.learner/1",
    id="reference",
    prep=Prep(
        goal="Learn how an exhibit gets from a sketch to a floor, and what a project manager does in between.",
        pitch="I studied history, too, and have run the tool library of my neighborhood for two years.",
        questions=["How did you come to it from the install crew?", "What changes between sketch and opening?", "Who else should I meet?"],
        agenda="Your way, the work, one decision you would take again, and whom to ask next.",
    ),
    messages=[
        "Hello Theo, thank you for making time. I read your piece about the punch list in the alumni magazine, which is why I wrote.",
        "I studied history as well, and I run a tool library. I'm not asking for a job; I want to learn how your work is done.",
        "You went from the install crew to project manager in four years. What did the crew teach you that the office doesn't know?",
        "That is good to hear. When you plan a gallery now, where does that knowledge go in?",
        "Could you walk me through what a usual week looks like while an exhibit is being built?",
        "You mention the shop. How do you decide what is built there and what is given away?",
        "The Lock House opened eleven weeks late after the model leaked. What did you change in how you test water since then?",
        "Who had to be told first, and how did you go about it?",
        "I'd have told everybody at once, I think. What would that have cost?",
        "Your leafcutter ants: how do you plan for something alive that doesn't keep to a schedule?",
        "Federal grants were cut last year. How has that changed the way museums buy from you?",
        "So a phase has to stand on its own. Does that change what a coordinator does all day?",
        "Which part of the work do you like best, and which would you give away tomorrow?",
        "Looking back, which decision would you take differently?",
        "What do people who come in from outside usually get wrong in their first year?",
        "In the tool library I keep a list of what came back broken. Is that of any use for the kind of work you do?",
        "What would you read or look at first if you were in my place?",
        "We have some minutes left and I want to keep to what we agreed. May I ask one last thing?",
        "Who else would you suggest I talk to, somebody who sees the same projects from the other side?",
        "Thank you, Theo. I'll look at the punch list of my own shelves this week and write to you what I found. Goodbye.",
    ],
    thank_you=ThankYou(
        to_contact="Dear Theo, thank you for the hour. I went through our shelves with a punch list of my own and found nine things "
        "that come back broken for the same reason. I'll write to the person you named and tell you how it went."
    ),
)


@dataclass
class Recorder:
    """The scripted contact, which notes with what messages a model would have been asked for each line."""

    inner: ScriptedContact = field(default_factory=ScriptedContact)
    asked: list[tuple[Message, ...]] = field(default_factory=list)

    async def speak(self, brief: Brief) -> AsyncGenerator[str | Utterance, None]:
        """Yield the scripted line."""
        self.asked.append(ask(brief).messages)
        async for piece in self.inner.speak(brief):
            yield piece


@dataclass(frozen=True)
class Meeting:
    """The meeting: its contact, its transcript, and the messages for each of the contact's lines, the greeting first."""

    persona: Persona
    transcript: Transcript
    asked: list[tuple[Message, ...]]


@cache
def reference() -> Meeting:
    """Return the reference meeting; raises RuntimeError where it did not last for all of the learner's messages."""
    persona, recorder = Library().persona(PERSONA), Recorder()
    transcript = play(persona, LEARNER, seed=0, minutes=MINUTES, contact=recorder)
    if len(recorder.asked) != len(LEARNER.messages) + 1:
        raise RuntimeError(f"the reference meeting ended after {len(recorder.asked) - 1} of {len(LEARNER.messages)} messages")
    return Meeting(persona, transcript, recorder.asked)
