"""What a model may not say as the contact, and what it must: pure functions from words and the scene to a verdict.

A guard cannot read minds; it holds a line to what can be checked. What it lets through is still only words: patience, leaving,
names and confidences are decided by the director before the model is asked, and what is locked was never in the prompt.
"""

from sim.contact.guard.censor import Censor
from sim.contact.guard.essentials import exact, unsaid
from sim.contact.guard.rules import RULES, breach
from sim.contact.guard.scene import Scene, scene_of

__all__ = ["RULES", "Censor", "Scene", "breach", "exact", "scene_of", "unsaid"]
