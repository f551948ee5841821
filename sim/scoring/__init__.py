"""Transcript in, scorecard out. Checks answered with the learner's own words, added up in code."""

from sim.scoring.score import score

__all__ = ["score"]
