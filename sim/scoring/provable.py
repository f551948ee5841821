"""What is proved before any judge is asked, and where the words that answer a check may stand.

The clock, counts and stages are measured. A detector's yes comes with the words that gave it, and those can be read by anybody;
its no only says that it found nothing.
"""

from __future__ import annotations

from sim.rubric import Check
from sim.scorecard import CheckResult
from sim.scoring import catalogue_schools  # noqa: F401  (its checks enter the catalogue by being read)
from sim.scoring.catalogue import TERMS
from sim.scoring.session import ReadSession

MEASURED = frozenset(name for name, terms in TERMS.items() if terms.measured)
"""Entries that come from the clock, from counting words or turns, or from what was part of the session; no judge is asked these."""


def entry_id(check: Check) -> str:
    """Return the catalogue's entry that answers a check."""
    return check.check or check.id


def proved(check: Check, result: CheckResult) -> bool:
    """Tell whether a check's answer stands whatever a judge says.

    It does where it was measured, where the question did not arise, and where the detectors found words for it: a yes with
    evidence, or a no because more was found than the check allows.
    """
    if result.passed is None or entry_id(check) in MEASURED:
        return True
    return bool(result.evidence) if result.passed else check.at_most is not None


def fits(session: ReadSession, check: Check, where: str) -> bool:
    """Tell whether words standing at `where` can answer a check: in the right place, and at the right time. The entry's own terms say
    so (`catalogue.TERMS`): the clock knows, and no judge overrules it.
    """
    terms = TERMS[entry_id(check)]
    if where == "thank_you":
        return terms.place != "meeting"
    turn = next((t for t in session.turns if t.where == where), None)
    return terms.place != "note" and turn is not None and (terms.moment is None or terms.moment(session, turn))
