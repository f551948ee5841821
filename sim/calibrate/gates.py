"""The gates: what the figures must reach before marks are called trustworthy. Written down before anything was tuned.

They hold on sessions kept back from development; on the sessions one develops on they only say where to look. Our judgement, set
in the milestone that asked for the figures. Change a bar only with the reason in `docs/validity.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QWK = {
    "preparation": 0.80, "time_respect": 0.80, "referrals": 0.80, "no_job_push": 0.80, "rapport": 0.70, "follow_through": 0.70,
}  # fmt: skip
"""Weighted kappa by criterion, at least."""

EXACT = 0.60
ADJACENT = 0.97
"""Shares of marks over all six criteria that are the same, and at most one apart, at least."""

PRECISION = {"job_ask": 0.95, "referral_ask": 0.92}
RECALL = {"job_ask": 0.90, "referral_ask": 0.90}
F1 = 0.80
"""For every other labelled act, at least."""

PAIRS_MOVED = 0.90
PAIRS_STAYED = 0.90
"""Minimal pairs: the share in which the criterion meant moved the right way, and in which every other one stayed."""

SPEED_MS = 100.0
"""Milliseconds for a transcript of 40 turns, warm, on one core, at most."""

WEIGHTS_MB = 150.0
"""Size of the model's files in megabytes, at most."""


@dataclass(frozen=True)
class Gate:
    """One bar and the figure held against it. `value` None: nothing to measure it on; such a gate neither passes nor fails."""

    figure: str
    value: float | None
    bar: float
    sense: Literal["at least", "at most"] = "at least"
    unit: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the figure reaches the bar; None where there is no figure."""
        if self.value is None:
            return None
        return self.value >= self.bar if self.sense == "at least" else self.value <= self.bar


ELSEWHERE = (
    "job-ask false alarms on real text nobody here wrote",
    "fitting answers of the scripted contact to real career questions",
    "the same marks on another machine",
    "`sim score` of one file, cold, in seconds",
)
"""Figures that have a gate and need other material than labelled sessions; `docs/validity.md` says where they are measured."""
