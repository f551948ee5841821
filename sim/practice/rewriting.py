"""Another way to say a weak line, written by a model when the learner asks for it."""

from __future__ import annotations

from sim.errors import NotNow
from sim.practice import wording
from sim.practice.desk import Desk, mine
from sim.practice.seen import Caller
from sim.practice.showing import transcript_of
from sim.scorecard import Rewrite, Scorecard

MOST_REWRITES = 3
"""Lines of one session that may be rewritten: the point is to try again oneself (our judgement)."""

ALL_USED = f"{MOST_REWRITES} suggestions are all there are in one session; try the line yourself with “Try again from here”"


def weak_turns(card: Scorecard) -> dict[int, str]:
    """Return what is to be said better: for each of the learner's turns that cost something or that advice quotes, why."""
    found: dict[int, str] = {}
    for item in card.advice:
        if item.where.startswith("turn:"):
            found.setdefault(int(item.where[5:]), item.why)
    for criterion in card.criteria:
        for evidence in criterion.evidence:
            if evidence.effect == "hurts" and evidence.where.startswith("turn:"):
                found.setdefault(int(evidence.where[5:]), criterion.advice or evidence.why or criterion.rationale)
    return found


def rewritable(desk: Desk, card: Scorecard) -> frozenset[int]:
    """Return the turns that can still be rewritten; none without a model, or when all rewrites are used up."""
    if desk.rewriter is None or len(card.rewrites) >= MOST_REWRITES:
        return frozenset()
    return frozenset(weak_turns(card)) - {r.turn for r in card.rewrites}


async def rewrite(desk: Desk, session_id: str, caller: Caller, turn: int) -> Rewrite:
    """Return a suggestion for a weak turn, kept with the scorecard; asking again returns the same one.

    Raises NotNow where no model is configured, the debrief is not there yet, all rewrites are used up or the allowance is, and
    InputError for a turn that is not one to rewrite. ChatUnavailable where the endpoint fails.
    """
    async with desk.flights.gate(session_id):
        record = await mine(desk, session_id, caller)
        card = record.scorecard
        if desk.rewriter is None:
            raise NotNow("suggestions need a language model, and none is configured here")
        if card is None:
            raise NotNow("the debrief is not there yet; open it first")
        known = next((r for r in card.rewrites if r.turn == turn), None)
        if known is not None:
            return known
        weakness = weak_turns(card).get(turn)
        if weakness is None:
            raise wording.refuse("turn", f"is {turn}; expected one of your turns that cost something")
        if len(card.rewrites) >= MOST_REWRITES:
            raise NotNow(ALL_USED)
        made = await desk.rewriter(transcript_of(record), record.persona, turn, weakness, record.id, record.payer)
        return await _kept(desk, session_id, caller, made)


async def _kept(desk: Desk, session_id: str, caller: Caller, made: Rewrite) -> Rewrite:
    """Keep a suggestion and return it; where another process was faster, the one it kept. Raises NotNow where it kept the last."""

    def added(card: Scorecard) -> Scorecard:
        if len(card.rewrites) >= MOST_REWRITES or any(r.turn == made.turn for r in card.rewrites):
            return card
        return card.model_copy(update={"rewrites": [*card.rewrites, made]})

    await desk.store.amend(session_id, added)
    card = (await mine(desk, session_id, caller)).scorecard
    kept = next((r for r in card.rewrites if r.turn == made.turn), None) if card else None
    if kept is None:
        raise NotNow(ALL_USED)
    return kept
