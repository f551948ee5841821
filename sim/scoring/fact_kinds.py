"""Which kind of fact a dossier's sentence is, so that the question hung on it fits: nobody asks what a name has taught them.

Told by the words of the sentence alone. What is of no known kind gets a question that fits anything, so these need not catch all.
"""

from __future__ import annotations

import re


def _kind(*parts: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(parts) + ")", re.I)


_FIGURE = r"(?:about |some |over |nearly |almost |more than )?(?:[\d£$€]|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)"
_ONCE = rf"(?!\s+{_FIGURE})"
"""After a verb of change: no figure follows. "Opened 16 exhibitions" tells how much there is to do, not that something is new."""

_NOW = r"(?<!is )(?<!are )"
"""Before a participle: nothing makes it a lasting state. What "is closed on Mondays" has not changed."""

_TREND = _kind(
    r"(?:down|up) from\b", r"(?:doubled|halved|tripled)\b",
    r"(?:fell|fallen|rose|risen|grew|grown|dropped|climbed|went|cut|brought)\b(?:[^.;]|\.\d)*\bfrom (?!(?:19|20)\d\d\b)[^;]*\d[^;]*\bto\b",
)  # fmt: skip
_RENAMED = _kind(r"(?:was|were|is|are) (?:formerly |once |now )?(?:called|known as|renamed)\b", r"renamed\b", r"changed its name\b")
_GETTING_IN = _kind(r"application forms?\b", r"CVs?\b", r"applicants?\b", r"jobs? (?:is|are) filled\b", r"vacanc", r"how we choose\b")

_KINDS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "company": (
        ("renamed", _RENAMED),
        ("trend", _TREND),
        ("mishap", _kind(
            r"(?:paid|was given) a (?:penalty|fine)\b", r"penalty for\b", r"(?:weeks|months|days|years|a year) late\b", r"caught fire\b",
            rf"{_NOW}(?:fined|leaked|burned|burnt|flooded|collapsed|recalled|sued|hacked|derailed|failed)\b", r"lost (?:a|its|the)\b",
        )),
        ("coming", _kind(r"(?:will|plans? to|intends? to|is to|are to|aims? to)\b", r"(?:is|are) about to\b")),
        ("change", _kind(
            rf"{_NOW}(?:bought|acquired|opened|closed|moved|stopped|launched|introduced|replaced|took over|sold|ended|dropped|rebuilt)"
            rf"\b{_ONCE}",
            r"(?:merged|switched|swapped|began to|started to|entered service|handed over|taken over|gave up)\b", r"no longer\b",
            r"since (?:19|20)\d\d\b",
        )),
        ("past", _kind(
            r"(?:in|of) (?:the |\w+ ){0,2}(?:19|20)\d\d\b", r"last (?:year|month|week|summer|winter|spring|autumn)\b", r"ago\b",
        )),
    ),
    "contact": (
        ("trend", _TREND),
        ("told", _kind(
            r"(?:wrote|published|reported|presented|lectured|spoke|testified)\b", r"told (?:a|an|the)\b",
            r"gave (?:a|an|the) (?:\w+ ){0,2}(?:talk|lecture|speech)\b",
            r"(?:talk|lecture|essay|article|speech|paper)\b[^.;]*\b(?:was|told|said|won|is|showed|asked)\b",
        )),
        ("founded", _kind(
            r"(?:founded|co-founded|set up|launched)\b",
            r"(?:started|began)\b(?! (?:\d|\w+ing\b|(?:as|in|on|at|out|off|with|by|to|there|work|her|his|their|life)\b))",
        )),
        ("path", _kind(
            r"(?:began|started|trained|studied|joined|apprenticed|graduated|qualified|became|grew up)\b", r"first worked\b",
            r"worked (?:as|in|for|at|on|with)\b", r"(?:was|were) (?:a|an|taught|promoted|head)\b", r"came (?:in|to|from|up)\b",
            r"moved (?:to|from|into|over)\b", r"took (?:a|an|her|his|their)\b[^.;]*\b(?:degree|papers|apprenticeship|exams?)\b",
            r"spent (?:\w+ ){1,2}years\b", r"for (?:\w+ ){1,2}years before\b", r"taught (?:at|in|for)\b",
            r"ran\b[^.;]*\bfrom (?:19|20)\d\d\b",
            r"in (?:her|his|their) (?:teens|twenties|thirties|forties)\b",
        )),
        ("piece", _kind(r"(?:built|made|designed|managed|led|rebuilt|restored|directed|curated|developed|translated|drew|organi[sz]ed)\b")),
        ("leads", _kind(r"(?:leads|manages|heads|runs|oversees|supervises)\b")),
        ("habit", _kind(
            r"(?:rides|publishes|chairs|teaches|volunteers|writes|hosts|organi[sz]es|mentors|coaches|trains|collects|plays|sings|edits)\b",
            r"sits on\b", r"(?:every|each) (?:day|week|month|year|summer|winter|morning|monday|friday)\b", r"once a (?:week|month|year)\b",
        )),
    ),
    "industry": (
        ("change", _kind(
            r"(?:are|is|been) (?:now )?\w+ing\b", r"(?:was|were) \w+(?:ed|t) in (?:19|20)\d\d\b",
            r"(?:now|no longer|since (?:19|20)\d\d)\b",
            r"(?:have|has) (?:now |been |all )*(?:\w{2,}ed|begun|cut|taken|made|put|lost|grown|become|fallen|risen|told|shut|split)\b",
        )),
    ),
}  # fmt: skip
"""Kinds of fact by the part of the dossier they stand in, in the order in which they are tried, with the words that tell them."""


def kind_of(said: str, about: str) -> str:
    """Return of which kind a fact is, a key of `facts.ask` in phrases.yaml; "plain" where none is recognised."""
    return next((kind for kind, pattern in _KINDS[about] if pattern.search(said)), "plain")


def invites_a_question(fact: str) -> bool:
    """Tell whether a fact is one to ask about: a name is hardly, and how to apply there is heard as asking for a job."""
    return not (_RENAMED.search(fact) or _GETTING_IN.search(fact))
