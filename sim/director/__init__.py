"""The rules of one meeting. State and acts in, new state and a direction for the contact's next line out.

A pure function: no clock, no chance, no words. Patience, leaving, refusing and granting are decided here and nowhere else,
because
models asked to be busy or to walk away do not. Every figure stands in `tuning`; those without a source are our judgement,
tuned on
scripted learners.
"""

from sim.director.clock import hard_stop, talk_minutes
from sim.director.course import direct, end_by_learner, open_meeting, settle
from sim.director.tuning import GOOD_REASONS, REMEMBERED, TUNINGS, Tuning
from sim.director.verdict import outcome

__all__ = [
    "GOOD_REASONS",
    "REMEMBERED",
    "TUNINGS",
    "Tuning",
    "direct",
    "end_by_learner",
    "hard_stop",
    "open_meeting",
    "outcome",
    "settle",
    "talk_minutes",
]
