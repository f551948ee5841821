"""Phrases so common that they settle a doubtful reading. They confirm what the model half sees, or veto; only the few that mean
nothing else find something alone.

Career centres hand out many of these word for word, so they are what most learners say.
"""

from __future__ import annotations

import re

CONFIRMED_FROM = 0.25
"""Probability from which a reading counts when a stock phrase says the same."""

_CONFIRM = {
    "job": (
        r"keep me in mind",
        r"are you (?:guys )?hiring",
        r"do you have (?:any |a |an )?(?:openings?|vacanc|positions?|jobs? (?:for|open|going)|internships?)",
        r"any (?:openings?|vacanc\w+) (?:for|on|at|in)",
        r"(?:pass|forward) (?:on )?my (?:r[eé]sum[eé]|cv)",
        r"put in a (?:good )?word",
        r"hire me\b",
        r"pass (?:it|this|them|that) on to (?:who|hr\b|your|the)",
        r"tak(?:e|ing) me on(?:[.,!?]|$| (?:as|for|at|board))",
        r"think of me (?:if|when)",
        r"(?:give|get|offer) me a (?:job|position|internship)",
        r"if (?:something|anything|a (?:position|spot|place|role)) opens up",
    ),
    "referral_ask": (
        r"(?:who|anyone|anybody|someone) else (?:\w+ ){0,4}(?:talk|speak|meet|reach out|contact|recommend|suggest)",
        r"introduce me to",
        r"put me in touch with",
        r"(?:recommend|suggest) (?:i|that i) (?:talk|speak|meet)",
    ),
    "steering": (
        r"(?:ignore|disregard|forget) (?:all |any |your |the |previous |prior |above )+(?:instructions?|prompts?|rules|rubric)",
        r"(?:five|5|full) (?:out of (?:five|5)|marks|stars)",
        r"you are now (?:a|an|in)",
        r"system prompt",
        r"as an ai (?:language )?model",
        r"(?:the|this) (?:student|candidate|applicant|interviewee|trainee)"
        r" (?:was|has|had|kept|asked|used|showed|earned|deserves|built|never)",
        r"this (?:note|message|meeting|session|conversation) (?:names|shows|contains|deserves|earns|was exemplary)",
    ),
    "offer_back": (
        r"(?:anything|something) (?:that )?i (?:can|could) do for you",
        r"in return",
        r"return the favou?r",
        r"how (?:can|could) i help you",
    ),
    "job_disclaimer": (
        r"not (?:here )?(?:to ask|asking|looking) (?:you )?(?:for|about) (?:a |any )?(?:job|work|position)",
        r"isn't about (?:getting )?a job",
    ),
    "follow_up_ask": (
        r"how would you (?:like|prefer) me to follow up",
        r"best way to follow up",
        r"(?:may|can|could) i follow up",
    ),
    "negative_tone": (r"waste of (?:my )?time", r"shut up", r"you people", r"this is (?:stupid|ridiculous|boring)"),
    "interest": (r"(?:very |really )?(?:interested in|drawn to|fascinated by)",),
}
_VETO = {
    "job": (
        r"(?:anything|something) (?:that )?i (?:can|could) do for you",
        r"(?:can|could) i help you (?:with|in)",
        r"in return\b",
        r"return the favou?r",
        r"(?:look|glance) (?:at|over) my (?:cv|r[eé]sum[eé])",
        r"only (?:for )?(?:your )?(?:opinion|comments|feedback)",
        r"(?:me to|way to|may i|can i|could i|i) follow up",
    ),
}
_LEAD_IN = r"^\W*(?:(?:so|and|but|um+|uh+|ok(?:ay)?|sorry|well|right|remind me|tell me|can i ask)[,. ]+)*"
_COMPANY = "(?:your|the|this) (?:company|firm|business|organi[sz]ation)"
_CERTAIN = {
    "job": (
        r"\bif (?:something|anything|an? \w+|an opening) (?:ever |should )?(?:opens?|comes?|turns?|frees?) up\b.{0,60}"
        r"\b(?:keep|bear) me in mind|\b(?:keep|bear) me in mind,? (?:if|when|should)\b",
    ),
    "wrap_up": (
        r"\bi(?:'ll| will| should|'d better| had better)? let you (?:go|get back|get on)\b",
        r"(?:won't|will not) keep you",
        r"^(?:well,? |ok(?:ay)?,? |so,? |alright,? )?that(?:'s| is| was) (?:all|everything)"
        r" (?:i had|i have|i wanted|on my|from me|from my)\b",
        r"i(?:'ll| will) stop here",
    ),
    "takes_no": (
        r"^(?:ok(?:ay)?,? |of course,? |sure,? )?(?:no problem|fair enough|i (?:completely |fully |quite )?understand)\b.{0,40}$",
        r"^that's (?:quite |completely )?(?:all right|fine)\b.{0,40}$",
    ),
    "thanks": (r"(?<!no )\bthank you(?: so much| very much| again)?(?: for (?!nothing)|[,.!]|$)", r"^(?:many )?thanks\b(?! for nothing)"),
    "referrer_mention": (
        r"(?-i:^(?!You|She|He|They|It|We|Somebody|Someone|Everybody|Nobody)[A-Z]\w+(?: [A-Z]\w+)?"
        r" (?:suggested [iI]|sent me|pointed me|gave me your))\b",
    ),
    "greeting": (r"^(?:hi|hello|hey|good (?:morning|afternoon|evening)|nice to meet you|pleased to meet you)\b",),
    "offer_back": (r"(?:anything|something) (?:that )?i (?:can|could) do for you", r"return the favou?r", r"how (?:can|could) i help you"),
    "steering": (
        r"(?:ignore|disregard|forget) (?:all |any |your |previous |prior |above )+(?:instructions?|prompts?|rules|rubric)",
        r"(?:five|5) out of (?:five|5) (?:in|on|for) (?:every|each|all)",
        r"\b(?:the|this) learner\b(?!['’]s)",
        r"^\W*(?:this|the) (?:note|transcript|session) (?:names|contains|demonstrates|shows|deserves|earns|satisfies|meets)\b",
        r"\byou are now an? (?:\w+ )?(?:examiner|grader|marker|judge|rater|evaluator)\b|\bthe rubric has changed\b",
        r"\b(?:award|give) (?:me |the learner |it )?(?:the )?(?:maximum|top marks|full marks|all fives)",
    ),
    "role_basics": (
        rf"{_LEAD_IN}what (?:is|was) it (?:that )?you (?:actually |even |all )?do(?: again| here| there| exactly)?\W*$",
        rf"{_LEAD_IN}what do you (?:actually |even |all )?do(?: again| here| there| exactly)?\W*$",
        rf"{_LEAD_IN}what does an? [\w -]{{3,40}} (?:actually |even )?do\W*$",
    ),
    "company_basics": (
        rf"{_LEAD_IN}what does {_COMPANY} (?:actually |even )?(?:do|make|sell)\W*$",
        rf"{_LEAD_IN}how (?:big|large|old) is {_COMPANY}\W*$",
        rf"{_LEAD_IN}how many (?:people|employees) (?:does|do) {_COMPANY} (?:have|employ)\W*$",
    ),
}
_CERTAINLY = {tag: re.compile("|".join(phrases), re.I) for tag, phrases in _CERTAIN.items()}
_CONFIRMING = {tag: re.compile(rf"\b(?:{'|'.join(phrases)})", re.I) for tag, phrases in _CONFIRM.items()}
_VETOING = {tag: re.compile(rf"\b(?:{'|'.join(phrases)})", re.I) for tag, phrases in _VETO.items()}


_VEILED = re.compile(
    r"\b(?:(?:keep|bear) me in mind|think of me|remember me|if (?:something|anything|a \w+) (?:opens|comes|turns) up)", re.I
)


def is_veiled(text: str) -> bool:
    """Tell whether a job ask is put in one of the usual disguises."""
    return bool(_VEILED.search(text))


def is_certain(tag: str, text: str) -> bool:
    """Tell whether the text says it in words that mean nothing else, whatever the model makes of them."""
    pattern = _CERTAINLY.get(tag)
    return bool(pattern and pattern.search(text))


def confirms(tag: str, text: str) -> bool:
    """Tell whether a stock phrase for this tag stands in the text."""
    pattern = _CONFIRMING.get(tag)
    return bool(pattern and pattern.search(text))


def vetoes(tag: str, text: str) -> bool:
    """Tell whether a stock phrase shows that the text does something else."""
    pattern = _VETOING.get(tag)
    return bool(pattern and pattern.search(text))
