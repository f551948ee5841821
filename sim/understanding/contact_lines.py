"""What a contact's line does that matters for marking the learner: time cues, names offered or refused, jobs turned down.

Transcripts come from anywhere, so this is read from the words; in our own meetings the trace says the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ContactLine:
    """`cue`: says how much time is left or asks for a last question. `must_go`: says they have to stop now. `offers_name`: offers or
    gives somebody to talk to. `no_referral` / `no_job`: declines to. `raises_job`: brings up jobs or openings unasked."""

    text: str
    cue: bool = False
    must_go: bool = False
    offers_name: bool = False
    no_referral: bool = False
    no_job: bool = False
    raises_job: bool = False


_R = lambda p: re.compile(p, re.I)  # noqa: E731
_CUE = _R(r"\b(minutes? (left|to go|remaining)|last (one|question|thing)|one more (question|and)|before i (go|have to)|wrap (this )?up)\b")
_GO = _R(r"\b(have to (go|run|stop|leave)|need to (go|run|stop)|must (go|stop)|i'?m (late|due)|goodbye|got to (go|run))\b")


def read_contact_lines(lines: Sequence[str], befores: Sequence[str]) -> list[ContactLine]:
    """Return what each contact line does; `befores` are the learner's messages they answer, empty where there was none."""
    return [ContactLine(t, cue=bool(_CUE.search(t)), must_go=bool(_GO.search(t))) for t in lines]
