"""Where a quote stands in the learner's own words: verbatim, but for blanks and the shape of quotation marks."""

from __future__ import annotations

import re

from sim.scorecard import Evidence
from sim.scoring.session import ReadSession
from sim.transcript import Transcript, word_count

MIN_WORDS = 2
"""Fewest words of a quote, unless it is the whole of what was written: a single word stands everywhere and shows nothing."""

MAX_CHARS = 2_000
"""Longest quote that is looked for; a message is shorter."""

_DOUBLE, _SINGLE = '"“”„‟«»″', "'‘’‚‛`´′"
_EDGES = f"{_DOUBLE}{_SINGLE} \t\r\n"


def passages(transcript: Transcript) -> list[tuple[str, str]]:
    """Return every text of the learner's as (where, text), in the order of the session; `where` as in a scorecard's evidence."""
    prep, note = transcript.prep, transcript.thank_you
    out = [("prep", part) for part in (prep.goal, prep.pitch, prep.agenda, *prep.questions)] if prep else []
    out += [(f"turn:{n}", turn.text) for n, turn in enumerate(transcript.turns) if turn.speaker == "learner"]
    out += [("notes", transcript.notes or "")]
    out += [("thank_you", part or "") for part in (note.to_contact, note.to_referrer)] if note else []
    return [(where, text) for where, text in out if text.strip()]


def stretch(quote: str, text: str) -> tuple[int, int] | None:
    """Return where `quote` stands in `text` as (start, end), or None. It begins and ends at whole words."""
    pattern = _pattern(quote)
    found = pattern.search(text) if pattern else None
    if found is None or (word_count(found.group()) < MIN_WORDS and found.group().strip() != text.strip()):
        return None
    return found.span()


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = quote.strip(_EDGES)[:MAX_CHARS].split()
    if not words:
        return None
    body = r"\s+".join("".join(map(_sign, word)) for word in words)
    return re.compile(rf"(?<!\w){body}(?!\w)")


def _sign(sign: str) -> str:
    for alike in (_DOUBLE, _SINGLE):
        if sign in alike:
            return f"[{re.escape(alike)}]"
    return re.escape(sign)


def evidence_for(session: ReadSession, quote: str, effect: str) -> list[Evidence]:
    """Return every place where the learner wrote the quoted words, as evidence in their own spelling, in the session's order."""
    sign = "helps" if effect == "helps" else "hurts"
    found = [(where, text, stretch(quote, text)) for where, text in passages(session.transcript)]
    return [Evidence(where=where, quote=text[at[0] : at[1]], effect=sign) for where, text, at in found if at]
