"""Advice without marks in it, for learners whose numbers are hidden.

The only figures of marks in advice are in the sentence that says what following it would have been worth (`step` in `phrases.yaml`);
it stands last and is left out whole. Those in a rationale are in its last sentence, which says what a better mark needs.
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


_NEXT_MARK = re.compile(r"\bFor a [1-5]: (?=[^:]*\Z)")
_MENDED = re.compile(r" it is a [1-5]\.\Z")


def without_marks(rationale: str) -> str:
    """Return why a mark was given without any mark's figure in it."""
    return _MENDED.sub(" it stands higher.", _NEXT_MARK.sub("To stand higher: ", rationale))


def unnumbered(card: Scorecard) -> Scorecard:
    """Return a scorecard whose words tell no marks; the marks themselves are the page's to leave out."""
    advice = [a.model_copy(update={"why": without_step(a.why)}) for a in card.advice]
    criteria = [c.model_copy(update={"rationale": without_marks(c.rationale)}) for c in card.criteria]
    return card.model_copy(update={"advice": advice, "criteria": criteria})
