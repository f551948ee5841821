"""The words of advice: phrasings by situation, excerpts of what was said, and which of the contact's sentences to take up."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.understanding.dossier import stems
from sim.understanding.segments import segment

EXCERPT_WORDS = 24
"""Words from which a quoted sentence is cut: what one takes in at a glance (our judgement)."""

TAKEAWAY_FEWEST, TAKEAWAY_MOST = 5, 16
"""Words of what a learner says again to the contact: fewer say nothing, more nobody has by heart (our judgement)."""

MAIN_VERB_WORDS = 7
"""Words within which a spoken sentence has come to its main verb; a past tense after that belongs to something else."""

PAST_VERBS = frozenset((
    "began", "became", "bought", "brought", "built", "came", "caught", "chose", "cost", "cut", "did", "drew",
    "drove", "fell", "felt", "forgave", "found", "gave", "got", "grew", "had", "heard", "held", "kept", "knew",
    "learned", "led", "left", "lost", "made", "meant", "met", "paid", "put", "ran", "read", "rode", "rose", "said",
    "sang", "sat", "saw", "sent", "set", "shut", "slept", "sold", "spent", "spoke", "stood", "swore", "taught",
    "thought", "threw", "told", "took", "understood", "was", "went", "were", "won", "wore", "wrote",
))  # fmt: skip
"""Irregular past tenses common in what people tell about their work."""


def _any_of(*parts: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(parts) + r")\b", re.I)


_CONTRAST = _any_of(
    "but", "because", "instead", "stopped", r"learn\w*", "changed?", r"surpris\w*", "nobody", "never", "hardest", "real",
    "actually", "only", "first", "matters?",
)  # fmt: skip
_MINE = _any_of("I", "we", "my", "our", "me", "us")
_YOURS = re.compile(r"\byou(?:r|rs|['’](?:re|ve|ll|d))?\b", re.I)
_ROUTINE = _any_of(
    "mondays?", "tuesdays?", "wednesdays?", "thursdays?", "fridays?", "today it", "yesterday", "mornings?", "afternoons?",
    "meetings?", "address", "e-?mail", "phone", "office", "send",
)  # fmt: skip
_LEANING = re.compile(r"^(?:it|that|this|they|he|she|and|but|or|so|which|then|there|those|these|yes|no|well|ha|hm+|oh)\b", re.I)
_TIME_OR_COURTESY = _any_of(
    "minutes?", "o['’]?clock", "(?:half|quarter|ten|twenty) (?:past|to)", "next call", "last (?:one|question|thing)", "clock",
    "one more question", "questions? left", "with you (?:till|until)", "calendar", "good ?bye", "bye", "thanks?", "thank you",
    "good luck", "welcome", "hello", "hi", "hey", "good (?:morning|afternoon)", "sorry",
)  # fmt: skip
_LEAVE = _any_of(
    "(?:have|has|had|need|got|ought|going) to (?:go|run|stop|hop|leave|wrap|close|finish|end|drop|dash|jump|scoot|get going)",
    "(?:must|should) (?:go|stop|run|leave it|wrap|end)", "(?:hop|hopping) off", "off I go", "I['’]ll scoot", "hang(?:ing)? up",
    "leave it (?:there|here)", "(?:stop|close|end|finish) (?:it )?(?:there|here)(?! a (?:second|sec|moment|minute))",
    "be (?:off|going) (?:in|now|soon|at)", "good place to stop",
    "(?:that['’]s|that is) (?:our|about our|my|half) (?:time|past)", "(?:wrap|wrapping) (?:up|in|this)", "our time is",
    "I['’]m late", "waiting (?:on|for) me",
)  # fmt: skip
_REFUSES = _any_of(
    "no", "not", "nope", "never", "nobody", "none", "neither", "cannot", r"\w+n['’]t", "afraid", "rather", "sooner", "pass on that",
    "leave it", "keep (?:my|their|her|his)", "off the table",
)  # fmt: skip
_NO_REFUSAL = _any_of(
    "no (?:problem|trouble|worries|doubt|wonder)", "not at all", "why not", r"(?:do|would)n['’]t mind", "not (?:bad|only|just)",
)  # fmt: skip
_BETWEEN_US = _any_of(
    "ours", "our (?:talk|conversation|meeting|call)", "like this one", "of (?:that|this)", "you asked", "you know", "good luck"
)
_SOMEONE = re.compile(r"\b(?:s?he|him|hers?|his)\b|\bit\b(?!['’]s| is| was)|^\w+ing\b", re.I)
_LESSON = re.compile(
    r"\b(?:but|because|instead|learn\w*|nobody|never|always|every(?:body|one|thing)?|hardest|harder|only|matters?|means?|best|worst|more|less"
    r"|than|what|whether|until|unless|you (?!said|asked|mentioned))\b",
    re.I,
)
_TO_YOU = re.compile(r"\byou['’](?:ll|ve|d)\b|\byour\b", re.I)
_SELF = re.compile(r"\b(?:I|me|my)\b(?! learn(?:ed|t)\b)")
_CAREER = _any_of(
    "started", "joined", "began", "became", "studied", "graduated", "degree", "promoted", r"apprentice\w*", "career", "hired", "salary",
    "months?", "years?",
)  # fmt: skip
_FINITE = _any_of(
    "is", "are", "was", "were", "am", "has", "have", "had", "do", "does", "did", "can", "could", "will", "would", "should", "must",
    "may", "might", r"\w+n['’]t", r"\w+['’](?:s|re|ve|ll|d|m)", *sorted(PAST_VERBS), r"\w{2,}ed",
    r"(?:get|need|make|take|mean|matter|tell|count|work|start|come|know|want|happen|learn|listen|look|ask|talk|run|keep|think|say|give)s?",
    r"(?:nobody|everybody|everyone|somebody|people|we|you|they) \w+", "goes", "go", "teach(?:es)?",
    "(?:write|read|find|stop|bring|call|check|pay)s?",
)  # fmt: skip
_BEFORE_A_CLAUSE = _any_of(
    "if", "when", "once", "since", "because", "although", "though", "while", "unless", "as", "by", "in", "at", "after", "before"
)
_JOINS = re.compile(r"(?:so|but|because|and|which|or|then|who|that)\b", re.I)
_WENT = _any_of(*sorted(PAST_VERBS), r"\w{2,}ed")


@cache
def phrases() -> Mapping[str, Any]:
    """Return every sentence of advice, hints and self-rating, by section and situation."""
    loaded = yaml.safe_load((Path(__file__).parent / "phrases.yaml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def pick(options: Sequence[str], salt: str) -> str:
    """Return one of several, the same one for the same salt on every machine."""
    return options[zlib.crc32(salt.encode()) % len(options)]


def say(section: str, situation: str, fields: Mapping[str, str], salt: str) -> str:
    """Return a sentence for a situation with its fields filled in; `situation` may be dotted (`referral_never.why`)."""
    found: Any = phrases()[section]
    for part in situation.split("."):
        found = found[part]
    return pick(found, f"{salt}|{situation}").format_map(fields)


# -- excerpts -------------------------------------------------------------------------------------------------------------


def head(text: str, words: int = 30) -> str:
    """Return the first words of a text, verbatim, up to a sentence's end where one falls in the second half of them."""
    match = re.match(rf"(?:\S+\s*){{1,{words}}}", text.strip())
    if not match:
        return text.strip()
    cut = match.group().rstrip()
    if cut == text.strip():
        return cut
    ends = [m.end() for m in re.finditer(r"[.!?…][\"'”’)]*(?=\s|$)", cut)]
    return cut[: ends[-1]] if ends and ends[-1] >= len(cut) / 2 else cut


def sentences(text: str) -> list[str]:
    """Return the sentences of a line, as the understanding cuts them."""
    return [piece.text for piece in segment(text)]


def quoted(sentence: str, words: int = EXCERPT_WORDS) -> str:
    """Return a sentence in quotation marks, cut after a clause where it is long, ending in a mark that closes a sentence."""
    parts = sentence.strip().strip('“”"').split()
    if len(parts) > words:
        kept = parts[:words]
        clause = max((n for n, w in enumerate(kept) if n >= 7 and w[-1] in ",;:"), default=None)
        kept = kept[: clause + 1] if clause is not None else kept
        sentence = " ".join(kept).rstrip(",;:") + " …"
    else:
        sentence = " ".join(parts)
        sentence += "" if re.search(r"[.!?…]['’”)]*$", sentence) else "."
    return f"“{sentence}”"


def takes_leave(text: str) -> bool:
    """Tell whether a contact's words say that time is up. For quoting the right sentence only; marks go by the understanding."""
    return _LEAVE.search(text) is not None


def speaks_of_time(text: str) -> bool:
    """Tell whether a line talks about the clock or says hello or goodbye."""
    return takes_leave(text) or _TIME_OR_COURTESY.search(text) is not None


def speaks_of_self(sentence: str) -> bool:
    """Tell whether a contact's sentence is about themselves or their own people."""
    return _MINE.search(sentence) is not None


def tells_career(sentence: str) -> bool:
    """Tell whether a contact's sentence is a line of their own curriculum vitae."""
    return speaks_of_self(sentence) and (_CAREER.search(sentence) is not None or re.search(r"\b(?:19|20)\d\d\b", sentence) is not None)


def refusal(text: str) -> str:
    """Return the first sentence of a line that turns something down in so many words; empty where none does.

    A line can be heard as a no by its drift; only a sentence that refuses is quoted to a learner as the no they were given.
    """
    plain = (s for s in sentences(text) if not s.rstrip().endswith("?") and not _NO_REFUSAL.search(s))
    return next((s for s in plain if _REFUSES.search(s)), "")


def opening_words(text: str, words: int = EXCERPT_WORDS) -> str:
    """Return as many of a line's first sentences, whole, as fit into so many words; the first one in any case."""
    said = sentences(text) or [text]
    kept = said[:1]
    for sentence in said[1:]:
        if len(" ".join([*kept, sentence]).split()) > words:
            break
        kept.append(sentence)
    return " ".join(kept)


def takeaway(sentence: str) -> str:
    """Return what a learner could say again of a sentence of the contact's: all of it, or its first clause. Empty where nothing can be.

    It has to hold a lesson: nobody repeats to people what they told of themselves, reads out figures, or says half a sentence. And what
    leans on the sentence before it, or on who "she" was, makes no sense alone.
    """
    whole = sentence.strip().strip('“”"').rstrip(".!,;:")
    if not _LESSON.search(whole):
        return ""
    leans = _LEANING.match(whole) or _SOMEONE.search(whole)
    personal = _BETWEEN_US.search(whole) or _TO_YOU.search(whole) or _SELF.search(whole) or tells_career(whole)
    if leans or personal or re.search(r"[\d\"]|[?…—–]$", whole):
        return ""
    first, *more = re.split(r"[,;:]\s+", whole, maxsplit=1)
    if not _FINITE.search(first) or (_BEFORE_A_CLAUSE.match(first) and not more):
        return ""  # a list, or a phrase that answers the question by itself
    if TAKEAWAY_FEWEST <= len(whole.split()) <= TAKEAWAY_MOST and whole.count(",") < 3:
        return whole
    alone = bool(more) and _JOINS.match(more[0]) is not None and not _BEFORE_A_CLAUSE.match(first)
    return first if alone and TAKEAWAY_FEWEST <= len(first.split()) <= TAKEAWAY_MOST else ""


def advice_value(sentence: str) -> float:
    """Return what makes a sentence one to take home rather than one to ask about: it speaks to the learner."""
    return 3.5 if _YOURS.search(sentence) else 0.0


def thread_value(sentence: str) -> float:
    """Return how much there is to take up in one sentence of the contact's; 0 or less: nothing.

    A sentence that would have to be cut has none, since a learner has to be able to say it. First-hand and contrasting sentences with
    content score; questions, courtesies, talk about the time, the week's business and what is said about the learner's own affairs do
    not. The weights are our judgement, set by reading what they pick.
    """
    count = len(sentence.split())
    if not 5 <= count <= EXCERPT_WORDS or sentence.rstrip("\"'”’)").endswith("?") or speaks_of_time(sentence):
        return 0.0
    value = min(len(stems(sentence)), 8) + (2.0 if _MINE.search(sentence) else 0.0) + (2.0 if _CONTRAST.search(sentence) else 0.0)
    value -= 3.0 if _LEANING.match(sentence) else 0.0
    value -= 2.0 if _YOURS.search(sentence) else 0.0
    value -= 3.0 if _ROUTINE.search(sentence) else 0.0
    return value - 4.0


def follow_up(sentence: str, salt: str) -> str:
    """Return an open question that can follow any such sentence of the contact's."""
    start = " ".join(sentence.split()[:MAIN_VERB_WORDS])
    kind = "past" if _WENT.search(start) else "present"
    return say("follow_up", kind, {}, salt)
