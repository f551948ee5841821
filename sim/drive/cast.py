"""The six learners of the test-drive, from the most to the least skilled."""

from __future__ import annotations

from dataclasses import dataclass

from sim.drive.average import Average
from sim.drive.idlers import Rambler, Silent
from sim.drive.learner import Learner
from sim.drive.model_student import ModelStudent
from sim.drive.pushers import PolitePusher, Pushy


@dataclass(frozen=True)
class Profile:
    """A kind of learner: what they are called, what they do in a line, and who plays them."""

    id: str
    name: str
    about: str
    plays: type[Learner]


CAST: tuple[Profile, ...] = (
    Profile("model", "Model student", "prepared, builds on answers, asks for names, keeps the time, says thank you", ModelStudent),
    Profile("average", "Average", "friendly, half prepared, asks what everybody asks", Average),
    Profile("polite-pusher", "Polite pusher", "courteous throughout, and asks for a job in disguise", PolitePusher),
    Profile("rambler", "Rambler", "tells stories, hears no time cue, stays too long", Rambler),
    Profile("pushy", "Pushy", "asks for a job outright, again and again", Pushy),
    Profile("silent", "Silent", "says a word at a time and asks nothing", Silent),
)
"""Who drives, in the order of the table. The first two are ranked against everybody after them; the last four are not ranked
among themselves, since which of those faults a contact minds most is the author's choice."""

MODEL, AVERAGE = CAST[0].id, CAST[1].id
"""The two whose places are claimed."""
