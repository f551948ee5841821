"""Advice without marks in it, for learners whose numbers are hidden.

The only figures of marks in advice are in the sentence that says what following it would have been worth (`step` in `phrases.yaml`);
it stands last and is left out whole.
"""

from __future__ import annotations

import re
from functools import cache

from sim.scorecard import Scorecard
from sim.scoring.wording import phrases


@cache
def _steps() -> re.Pattern[str]:
    sentences = [s for kind in phrases()["step"].values() for s in kind]
    return re.compile(rf"\s*(?:{'|'.join(map(_pattern, sentences))})\s*\Z", re.DOTALL)


def _pattern(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join((".+?" if part == "criterion" else "[1-5]") if n % 2 else re.escape(part) for n, part in enumerate(parts))


def without_step(why: str) -> str:
    """Return the reason of an advice without the sentence that tells marks."""
    return _steps().sub("", why)


def unnumbered(card: Scorecard) -> Scorecard:
    """Return a scorecard whose advice tells no marks; the marks themselves are the page's to leave out."""
    return card.model_copy(update={"advice": [a.model_copy(update={"why": without_step(a.why)}) for a in card.advice]})
