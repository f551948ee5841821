"""Checks that only some schools ask about: the close of a sale, the mutual friend, something given, a visit under a pretext."""

from __future__ import annotations

from sim.scoring.catalogue import MONOLOGUE_WORDS, Finding, _counted, _per_turn, _turns, entry, of_the_referrer
from sim.scoring.session import LearnerTurn, ReadSession

CLOSE_SHARE = 0.6
"""Share of the learner's turns after which a statement of interest is one to close with: the last two fifths (our judgement; the
source says "at the end of the interview")."""

EARLY_TURNS = 2
"""Learner turns within which a mutual friend is named at the start: the greeting and the one after it."""

SUBSTANCE = (
    "question", "purpose", "introduction", "achievement", "referrer_mention", "time_check", "researched_fact", "builds_on_answer",
    "referral_ask", "referral_hint", "job_ask", "job_possible", "job_disclaimer", "interest", "follow_up_ask", "connect_ask",
    "offer_back", "next_step", "takes_offer", "takes_no", "wrap_up", "more_time", "negative_tone", "demand", "leads_none",
)  # fmt: skip
"""Acts that put a turn to some use, good or bad; a turn with none of them only fills time."""


@entry(moment=lambda s, t: s.later_part(t) >= CLOSE_SHARE)
def interest_at_close(session: ReadSession, effect: str) -> Finding:
    """Turns in the last two fifths that say they are interested; an open request for the job says so too."""
    said = [*session.find("interest"), *session.find("job_ask", kind="direct")]
    return _counted(_per_turn(f for f in said if f.turn and session.later_part(f.turn) >= CLOSE_SHARE), effect)


@entry(place="note")
def interest_in_note(session: ReadSession, effect: str) -> Finding:
    """Says in a note that they are interested, or asks for the job there; not applicable without the stage."""
    if not session.transcript.has_thank_you_stage:
        return Finding(None)
    return _counted(session.in_note("interest", "job_ask"), effect)


@entry(moment=lambda s, t: t.order < EARLY_TURNS)
def referrer_named_early(session: ReadSession, effect: str) -> Finding:
    """Names whoever referred them within the first two turns; not applicable where nobody did."""
    if session.persona is not None and session.persona.referrer is None:
        return Finding(None)
    early = (f for f in session.find("referrer_mention") if f.turn and f.turn.order < EARLY_TURNS)
    return _counted(of_the_referrer(session, early), effect)


@entry
def offered_in_meeting(session: ReadSession, effect: str) -> Finding:
    """Turns that offer help or something of use."""
    return _counted(_per_turn(session.find("offer_back")), effect)


def _may_be_a_pretext(session: ReadSession, turn: LearnerTurn) -> bool:
    """Tell whether a turn's request could be one: not where it asked openly before anybody had said that no request would come."""
    kinds = {a.kind for a in turn.heard.acts if a.id == "job_ask"}
    disclaimed = any(t.index <= turn.index for t in session.turns_with("job_disclaimer"))
    return disclaimed or "veiled" in kinds or "direct" not in kinds


@entry(moment=_may_be_a_pretext)
def pretexts(session: ReadSession, effect: str) -> Finding:
    """Requests for a job in disguise, and any request after saying that none would come: a visit under a pretext."""
    disclaimed = session.find("job_disclaimer")
    first = min((f.turn.index for f in disclaimed if f.turn), default=None)
    after = (f for f in session.find("job_ask") if first is not None and f.turn and f.turn.index >= first)
    return _counted(_per_turn([*session.find("job_ask", kind="veiled"), *after]), effect)


@entry(measured=True)
def idle_turns(session: ReadSession, effect: str) -> Finding:
    """Turns after the greeting that ask nothing, tell nothing and give nothing: pleasantries and drift."""
    middle = session.turns[1:-1]
    idle = (t for t in middle if 0 < t.heard.words <= MONOLOGUE_WORDS and not t.heard.has(*SUBSTANCE, "thanks", "goodbye"))
    return _turns((t for t in idle if t.heard.has("small_talk", "off_topic") or t.heard.nonsense), effect)
