"""What one session costs, before anybody has held one: the tokens of the reference meeting at the configured models' prices."""

from __future__ import annotations

from dataclasses import dataclass

from sim.doctor.finding import Finding
from sim.model import Endpoint, Prices


@dataclass(frozen=True)
class Tokens:
    """Tokens of a whole session for one role. `kept` is the part of `asked` that a provider which keeps prefixes has seen before."""

    asked: int
    kept: int
    said: int


CONTACT = Tokens(asked=50_000, kept=45_000, said=900)
JUDGE = Tokens(asked=6_200, kept=0, said=2_100)
"""The reference meeting of 20 turns and one reading of it by the *classic* rubric; `python -m bench.tokens` measured them
(docs/performance.md), and a test holds them to what it measures now."""


def session_cost(endpoint: Endpoint, prices: Prices, runs: int) -> Finding:
    """Tell what a session of 20 turns costs, the judge's `runs` included; where a model has no price, its tokens alone."""
    parts = [(endpoint.contact_model, CONTACT, 1), (endpoint.judge_model, JUDGE, runs)]
    used = [(model, tokens, times) for model, tokens, times in parts if model]
    total = sum(times * (tokens.asked + tokens.said) for _, tokens, times in used)
    about = f"20 turns take about {total:,} tokens"
    costs = [(model, prices.cost(model, t.asked, t.kept, t.said), times) for model, t, times in used]
    unpriced = sorted({model for model, cost, _ in costs if cost is None})
    if unpriced:
        names = " and ".join(unpriced)
        return Finding("one session", "note", f"{about}; no price is known for {names}, SIM_PRICES names a file that has one")
    cost = sum(times * (found or 0.0) for _, found, times in costs)
    return Finding("one session", "ok", f"{about}, about {cost:.4f} {prices.currency} at the prices of {prices.as_of}")
