"""A learner's message in, dialogue acts with spans out. The one place that reads meaning out of learner text."""

from sim.understanding.acts import ACT_IDS, SIGNAL_IDS, Act, Context, Understanding
from sim.understanding.reader import understand

__all__ = ["ACT_IDS", "SIGNAL_IDS", "Act", "Context", "Understanding", "understand"]
