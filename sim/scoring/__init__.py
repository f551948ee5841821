"""Transcript in, scorecard out. Checks answered with the learner's own words, added up in code."""
