"""What is proved before any judge is asked, and where the words that answer a check may stand.

The clock, counts and stages are measured. A detector's yes comes with the words that gave it, and those can be read by anybody;
its no only says that it found nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.rubric import Check
from sim.scorecard import CheckResult
from sim.scoring.catalogue import EARLY_SHARE
from sim.scoring.catalogue_schools import CLOSE_SHARE, EARLY_TURNS
from sim.scoring.session import CUE_SHARE, LearnerTurn, ReadSession

MEASURED = frozenset((
    "took_part", "sheet_questions", "sheet_filled", "minutes_over", "within_time", "monologues", "longest_message",
    "ended_by_contact", "note_stage", "note_sent", "referrer_thanked", "negative_share", "wandering", "idle_turns",
))  # fmt: skip
"""Entries that come from the clock, from counting words or turns, or from what was part of the session; no judge is asked these."""

IN_NOTE = frozenset((
    "job_asks_in_note", "note_thanks", "note_learned", "note_plan", "note_asks_favour", "note_careless", "interest_in_note",
))  # fmt: skip
"""Entries answered by the thank-you notes alone."""

ANYWHERE = frozenset(("gave_back", "offered_back"))
"""Entries answered by the meeting or by a note."""

MOMENTS: dict[str, Callable[[ReadSession, LearnerTurn], bool]] = {
    "greeted": lambda s, t: t.order <= 1,
    "time_checked": lambda s, t: t.cue != "hard",
    "wrapped_up": lambda s, t: t.cue != "hard" and s.later_part(t) >= 0.5,
    "cues_missed": lambda s, t: t.cue == "hard" and t.start >= CUE_SHARE * s.agreed,
    "more_time_asked": lambda s, t: t.cue != "none",
    "referral_asks_in_time": lambda s, t: s.later_part(t) >= EARLY_SHARE,
    "referral_asks_clear": lambda s, t: t.cue != "hard",
    "closed_with_thanks": lambda s, t: t.order >= len(s.turns) * 2 / 3 - 1,
    "said_goodbye": lambda s, t: t.order >= len(s.turns) - 2,
    "interest_at_close": lambda s, t: s.later_part(t) >= CLOSE_SHARE,
    "referrer_named_early": lambda s, t: t.order < EARLY_TURNS,
}
"""When in the meeting an entry's words must have been said; the catalogue's own bounds. The clock knows, and no judge overrules it."""


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
    """Tell whether words standing at `where` can answer a check: in the right place, and at the right time."""
    entry = entry_id(check)
    if where == "thank_you":
        return entry in IN_NOTE or entry in ANYWHERE
    if entry in IN_NOTE:
        return False
    turn = next((t for t in session.turns if t.where == where), None)
    moment = MOMENTS.get(entry)
    return turn is not None and (moment is None or moment(session, turn))
