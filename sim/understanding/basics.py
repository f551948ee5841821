"""Questions that two minutes of reading would have answered: what the contact's company does at all, what their title means.

The model knows such questions by their wording; this module knows them by the company's and the title's own words, whatever the trade.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sim.persona import Persona

_EXACTLY = r"(?:,? (?:exactly|actually|really|even|at all|then|there|here|do|as a rule|in general|when it's at home))*"
_DOES = (
    r"(?:(?:actually|even|really|all) )?"
    r"(?:do(?:es)?|makes?|sells?|publish(?:es)?|insures?|produces?|offers?|provides?|puts? on|builds?|is there for)"
)
_WHAT = r"\bwhat (?:exactly |actually |(?:sort|kind|type)s? of \w+ |is it (?:that )?)?"
_A = r"(?:an?|the|your|this) "
_ORDINARY = frozenset({"and", "the", "for", "de", "la", "le", "van", "der", "inc", "ltd", "llc", "plc", "gmbh", "co", "group"})


def basics_asked(question: str, persona: Persona | None) -> str | None:
    """Return `company_basics` or `role_basics` where a question asks for no more than that, in the company's or the title's own words;
    else None. A question that goes on to a case ("what does a curator do when the freezer fails?") asks for more.
    """
    if persona is None:
        return None
    company, role = _patterns(persona.company, persona.title)
    if company.search(question):
        return "company_basics"
    return "role_basics" if role and role.search(question) else None


@lru_cache(maxsize=512)
def _patterns(company: str, title: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    name, post = _words(company), _words(title)
    whole = "|".join([re.escape(company), rf"(?:{_A})?(?:\b(?:{'|'.join(name)})\b[ &'’-]*)+"]) if name else re.escape(company)
    about = rf"(?:{whole})"
    of_company = rf"{_WHAT}(?:does |do |is )?{about} ?{_DOES}{_EXACTLY}\W*$|\bwhat(?:'s| is) {about} ?(?:for)?{_EXACTLY}\W*$"
    of_role = None
    if post:
        ends = "|".join(" ".join(post[n:]) for n in range(len(post)))
        a_post = rf"an? (?:{ends})"
        of_role = (
            rf"{_WHAT}(?:does |do )?{a_post} do(?:es)?{_EXACTLY}\W*$|\bwhat(?:'s| is) {a_post}{_EXACTLY}\W*$"
            rf"|\bwhat(?:'s| is| are) the (?:\w+ )?(?:duties|tasks|responsibilities|role|job) (?:of|that) {a_post}\b[^,;]{{0,30}}$"
        )
    return re.compile(of_company, re.I), re.compile(of_role, re.I) if of_role else None


def _words(name: str) -> list[str]:
    return [w for w in re.findall(r"[^\W\d_]{2,}", name.lower()) if w not in _ORDINARY]
