"""What a contact's line does that matters for marking the learner: time cues, names offered or refused, jobs turned down.

Transcripts come from anywhere, so this is read from the words; in our own meetings the trace says the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.understanding import model
from sim.understanding.thresholds import THRESHOLDS

_NAMES = ("cue", "must_go", "offers_name", "no_referral", "no_job", "raises_job")


_VETO = {
    "must_go": re.compile(r"\b(?:had|have had|used) to (?:go|run|leave|stop|be)\b", re.I),
    "no_referral": re.compile(
        r"\b(?:not yet|ask (?:me )?(?:that |it )?(?:again|later)|later|first|before i (?:name|give|pass|send)|towards the end"
        r"|(?:little|bit) early|see how we go|a bit better before)\b",
        re.I,
    ),
}
"""What shows that a piece tells of the past, or puts off instead of refusing: a deferral is no no."""


@dataclass(frozen=True)
class ContactLine:
    """`cue`: says how much time is left or asks for a last question. `must_go`: says they have to stop now. `offers_name`: offers or
    gives somebody to talk to. `no_referral` / `no_job`: declines to. `raises_job`: brings up jobs or openings unasked.
    """

    text: str
    cue: bool = False
    must_go: bool = False
    offers_name: bool = False
    no_referral: bool = False
    no_job: bool = False
    raises_job: bool = False


def read_contact_lines(lines: Sequence[str], befores: Sequence[str]) -> list[ContactLine]:
    """Return what each contact line does; `befores` are the learner's messages they answer, empty where there was none."""
    out = []
    for line, readings in zip(lines, model.read(list(zip(lines, befores, strict=True)), contact=True), strict=True):
        found = {name: any(_does(name, reading) for reading in readings) for name in _NAMES}
        out.append(ContactLine(line, **found))
    return out


_CERTAIN = {
    "must_go": re.compile(
        r"\b(?:i|we)(?:['’]ve (?:got )?to| have to|['’]ll have to| must| need to| really must| really have to) (?:really )?"
        r"(?:go|run|leave|dash|rush|hang up|stop (?:you )?(?:here|there))(?:\s+now)?\b(?=\s*(?:[,.;!]|$|and\b|because\b))"
        r"|\bthat['’]s (?:near enough |about |nearly |almost |all )?(?:our|my) (?:time|half[- ]hour|(?:\w+ )?(?:\w+ )?minutes"
        r"|quarter of an hour)(?: up| gone)?(?=\s*(?:[,.;!]|$|and\b|because\b|i['’]m afraid))",
        re.I,
    ),
}
"""What means nothing else, whatever the model makes of it."""


def _does(name: str, reading: model.Reading) -> bool:
    sure = reading.p(f"c.{name}") >= THRESHOLDS[f"c.{name}"]
    sure = sure or (name in _CERTAIN and bool(_CERTAIN[name].search(reading.segment.text)))
    return sure and not (name in _VETO and _VETO[name].search(reading.segment.text))
