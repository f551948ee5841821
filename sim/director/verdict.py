"""What the contact privately decides in the end, and what became of everything they could have given."""

from __future__ import annotations

from sim.director.disclosure import locked_items
from sim.director.tuning import GOOD_REASONS, OPEN_MARGIN, OPEN_TURNS, REMEMBERED, SHUT_PATIENCE, SHUT_RAPPORT, TUNINGS
from sim.meeting import Setup, State
from sim.transcript import Door, LedgerEntry, Outcome

VERDICTS: dict[Door, str] = {
    "open": "I would take your call again",
    "ajar": "I would answer an e-mail",
    "shut": "I would not pick up again",
}


def outcome(setup: Setup, state: State) -> Outcome:
    """Return what the contact privately decided and what became of everything they could have given."""
    keys = {reason for reason, _ in state.reasons}
    bad = [k for k in REMEMBERED if k in keys and k not in GOOD_REASONS]
    good = [k for k in GOOD_REASONS if k in keys]
    door = _door(setup, state, bad)
    return Outcome(door=door, why=_why(door, bad, good, state), ledger=_ledger(setup, state))


def _door(setup: Setup, state: State, bad: list[str]) -> Door:
    if {"job_pushed", "silent"} & set(bad) or state.learner_turns == 0:
        return "shut"
    if state.patience <= SHUT_PATIENCE or state.rapport < SHUT_RAPPORT:
        return "shut"
    if "job_asked" in bad:
        return "shut" if setup.persona.temperament.job_sensitivity >= 5 else "ajar"
    liked = state.rapport >= TUNINGS[setup.difficulty].referral_rapport + OPEN_MARGIN
    met = liked and state.learner_turns >= OPEN_TURNS
    return "open" if met and "overstayed" not in bad else "ajar"


def _why(door: Door, bad: list[str], good: list[str], state: State) -> str:
    first = VERDICTS[door]
    if state.learner_turns == 0:
        return f"{first}: you left before we had begun."
    if door == "ajar" and good and bad:
        return f"{first}: {REMEMBERED[good[0]]}, but {REMEMBERED[bad[0]]}."
    reasons = {"open": good[:2], "ajar": bad[:2] or good[:1], "shut": bad[:2]}[door]
    if reasons:
        return f"{first}: {'; '.join(REMEMBERED[r] for r in reasons)}."
    if door == "open":
        return f"{first}: it was a good conversation."
    return f"{first}: we talked, and I could not say afterwards what you wanted to learn."


def _ledger(setup: Setup, state: State) -> list[LedgerEntry]:
    opened = dict(zip(state.unlocked, state.unlocked_turns, strict=True))
    lost = dict(state.lost)
    return [_entry(item, opened, lost) for item in locked_items(setup.persona)]


def _entry(item: str, opened: dict[str, int], lost: dict[str, int]) -> LedgerEntry:
    if item in opened:
        return LedgerEntry(item=item, status="earned", turn=opened[item])
    if item in lost:
        return LedgerEntry(item=item, status="lost", turn=lost[item])
    return LedgerEntry(item=item, status="not_asked")
