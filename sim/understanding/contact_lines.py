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


_NEEDS = {
    "offers_name": re.compile(
        r"\b(?:talk|speak|chat|word|meet|introduc\w+|connect\w*|touch|rings?|calls?|e-?mails?|writ(?:e|ing) to|numbers?|names?|contact"
        r"|reach|ask(?:ing)? (?:him|her|them|for|about)|look (?:\w+ )?up|hear (?:from|it from)|see (?:him|her|them|if)|visit\w*|try"
        r"|tell (?:him|her|them)|mention|send (?:you|everybody|people)|you['’]d (?:like|get on|enjoy|adore)|you might (?:like|enjoy)"
        r"|would like you|(?:show|put|pass) you|somebody|someone|anyone|know who|person (?:for|who|to)|go (?:and|to) see"
        r"|best (?:ask|placed)|s?he|her|him|woman|man|lady|lass|lad|fellow|chap|bloke|guy|colleague|friend|open evening|team)\b"
        r"|(?-i:[A-Z][a-zà-ÿ]+,? [A-Z][A-Za-zà-ÿ]+|[A-Z][a-zà-ÿ]+ (?:is|runs|in|at|from|leads|has)\b)",
        re.I,
    ),
    "no_job": re.compile(
        r"\b(?:hir(?:e|es|ed|ing)|jobs?|vacanc\w+|openings?|post(?:s|ings?)?|positions?|roles?|places?|spots?|chairs?|seats?|trials?|intern\w*"
        r"|apprentic\w+|trainees?|recruit\w*|employ\w*|appl(?:y|ies|ied|ication)\w*|advertis\w+|cvs?|r[ée]sum[ée]s?|careers page"
        r"|website|portal|panel|form|(?:take|taking|took) (?:\w+ )?(?:people|anyone|anybody|somebody|you|them|him|her)? ?on"
        r"|no (?:say|part|vote|word)|(?:the|same|front|only) (?:road|route|channel|door|way in)|string you|promis\w+|favou?rs?"
        r"|like every(?:one|body)|no|not|nope"
        r"|never|nothing|nobody|none|neither|afraid|sorry|rather|sooner|stop|careful|leave it|(?:said|told) (?:you|no|that)|already"
        r"|hope for)\b|n['’]t\b",
        re.I,
    ),
}
"""Words without which a line cannot do a thing: who offers a name says how to meet somebody or who they are, and who turns a job down says
no or speaks of how places are filled. What sounds so and has none of them is talk.
"""


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
        found = {name: _can_do(name, line) and any(_does(name, reading) for reading in readings) for name in _NAMES}
        found["no_referral"] = found["no_referral"] and not found["offers_name"]  # "I don't hand out names. I'll give you one."
        out.append(ContactLine(line, **found))
    return out


def _can_do(name: str, line: str) -> bool:
    return name not in _NEEDS or bool(_NEEDS[name].search(line))


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
