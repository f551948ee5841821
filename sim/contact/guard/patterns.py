"""What rule-breaking looks like in words. Tuned on what small models wrote, and on every line of the shipped contacts, none of
which may match.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.I)


def _of(words: str) -> str:
    """Return the alternation of words separated by " | ", so that long lists can be wrapped."""
    return "(?:" + "|".join(part.strip() for part in words.split("|")) + ")"


# -- the role -----------------------------------------------------------------------------------------------------------------

_MACHINE = _of(
    r"ai | a\.i\. | artificial intelligence | language model | llm | virtual assistant | ai assistant | chat ?bot | bot | "
    "computer program"
)

ROLE = _any(
    rf"\bas an? (?:{_MACHINE}|assistant|machine learning model)\b",
    rf"\bi(?:'m| am|’m) (?:just |only |actually |really |simply |not |an? |the )*{_MACHINE}\b",
    r"\blanguage model (?:developed|trained|created|made)\b",
    r"\b(?:developed|trained|created) by (?:openai|anthropic|google|meta)\b",
    r"\b(?:my|the|these|your|any|system) (?:system )?(?:prompts?|programming)\b(?! (?:payment|delivery|reply|answer|language|team|course))",
    r"\bmy (?:system |initial |original )?(?:instructions|guidelines|training data|direction for)\b",
    r"\bdirection for (?:my|this|your|the) (?:next )?line\b",
    r"\brole[- ]?play(?:ing)?\b|\b(?:stay(?:ing)?|break(?:ing)?|out of) (?:in )?character\b|\bmy character\b",
    r"\bfictional (?:persona|character)\b",
    r"\b(?:this|the|our|a) (?:practice |training )?(?:simulation|exercise) (?:is|has|ends|was|of an)\b",
    r"\bin this (?:simulation|exercise|scenario)\b",
    r"\b(?:i can(?:no|')t|i cannot|i'm unable to|i am unable to) (?:assist|help) (?:you )?with (?:that|this) request\b",
    r"\bhow (?:can|may) i (?:assist|help) you (?:today|with your)\b",
    r"\b(?:jailbreak|developer mode|dan mode)\b",
)
_HEADERS = _of("im_start | im_end | end | endoftext | assistant | user | system | eot_id | s | start_header_id | end_header_id")
TOKENS = re.compile(rf"<\|?/?{_HEADERS}\|?>|\[/?INST\]|<</?SYS>>", re.I)

# -- coaching -----------------------------------------------------------------------------------------------------------------

_MEETING = r"informational (?:interview|meeting|conversation)s?"

COACHING = _any(
    r"\b(?:tips?|advice|suggestions?|feedback|steps|questions) (?:for|on|to ask (?:in|during)) "
    rf"(?:your|an?|the|this|these|conducting) (?:next |successful |effective )?{_MEETING}\b",
    rf"\bin (?:an?|any|your|the) {_MEETING},? (?:you|it|one|always|make|the|try|be)\b",
    rf"\b{_MEETING} (?:tips?|technique|skills?|practice)\b",
    r"\byou(?:'re| are|’re)? (?:doing|did|handling|handled) (?:a )?(?:great|good|well|fine|nicely)(?: job)? "
    r"(?:in|with|at|on|of|so far|here)\b.{0,40}\b(?:interview|meeting|conversation|questions?|so far)\b",
    r"\b(?:better|stronger|more effective) (?:question|opening|follow[- ]?up)(?: here)? (?:would|might|could) (?:be|have been)\b",
    r"\byou (?:should|could|might|ought to) (?:have )?(?:asked?|follow(?:ed)? up with|rephrased?|open(?:ed)? with|thank(?:ed)? me|"
    r"introduced? yourself)\b",
    r"\b(?:here(?:'s| is)|this is|let me give you) (?:some |a |my )?(?:feedback|coaching|evaluation|assessment|rating)\b",
    r"\b(?:your|a|the) (?:score|mark|grade|rating) (?:is|would be|for this)\b",
    r"\b\d+ out of (?:10|ten|5|five|100)\b.{0,30}\b(?:interview|question|performance|conversation)\b",
    r"\b(?:to (?:summari[sz]e|recap)|in summary|in conclusion),? "
    r"(?:you|this conversation|our conversation|we (?:talked|discussed|covered))\b",
)

# -- other voices and markup --------------------------------------------------------------------------------------------------

_SPEAKERS = _of(
    "you | learner | user | student | human | me | interviewer | interviewee | candidate | visitor | caller | them | system | "
    "assistant | narrator | direction | learner's reply | your turn | question | q | a"
)
VOICE = re.compile(rf"(?:^|\n)\s*[\"'*_\[(<|#]*{_SPEAKERS}\b[\"'*_\])>|]*\s*:", re.I)

_GESTURE = r"(?:\w+ly )?(?:smil|laugh|nod|paus|sigh|chuckl|lean|look|glanc|clears|thinking|silence)\w*[^\])\n]{0,60}"
MARKUP = re.compile(
    r"(?m)^\s*(?:[-*•–—]\s+|\d{1,2}[.)](?:\s|$)|[a-z]\)\s|#{1,6}\s|>\s|\|.*\||```)"
    r"|\*\*|__\w|`|\]\(|</?[a-z][a-z0-9]*(?:\s[^>]*)?/?>|\*[A-Za-z][^*\n]{0,80}\*|\{\{|\}\}|\\n"
    rf"|[\[(]{_GESTURE}[\])]"
)

# -- jobs ---------------------------------------------------------------------------------------------------------------------

NO = re.compile(
    r"(?:\bnot?\b|n['’]t\b|\bnever\b|\bcannot\b|\bwithout\b|\brather than\b|\binstead of\b|\bnobody\b|\bnothing\b|\bif\b|\bunable\b)", re.I
)
_WORK = _of("job | position | role | internship | offer | interview | spot | place on (?:my|the|our) team | opening | contract | trial")
_CAN = r"(?:'d| would|'ll| will|’ll| can| could|'m|’m|'re| am| are| want to)?"
_GLADLY = r" (?:(?:like|love|happy|going|able|glad|be happy|be able|be glad) to |gladly |certainly |definitely |personally )*"
_PAPERS = r"(?:r[ée]sum[ée]|cv|application)"

JOB = _any(
    rf"\b(?:i|we){_CAN}{_GLADLY}(?:offer|give|get|find|create|arrange|set up|schedule|hold) you "
    rf"(?:an?|the|this|that|some) (?:\w+ ){{0,2}}{_WORK}\b",
    r"\b(?:you(?:'re| are|’re)|consider yourself|you have been|you've been) (?:hired|on the team|in)\b[.!]?$",
    rf"\bi{_CAN}{_GLADLY}(?:hire you|take you on|recommend you for|refer you for|put (?:you )?in a (?:good )?word|put you forward|"
    rf"vouch for you|keep you in mind|(?:pass|forward|send|hand|give|get|share|submit|take|look at|review)(?: on| along)? your "
    rf"(?:{_PAPERS}|details|profile|name))\b",
    rf"\b(?:send|e-?mail|forward|give) (?:me|us|it to me) (?:your|a copy of your) {_PAPERS}\b",
    r"\b(?:we|i)(?:'d| would)? (?:love|like|be happy|be glad|be delighted)(?: to)? (?:have|hire|see) you (?:on|in|join|at|start)\b",
    r"\bwelcome (?:to the team|aboard|on board)\b|\bwhen (?:can|could) you start\b|\byou(?:'d| would) (?:start|be starting) (?:on|as|in)\b",
    r"\bcome (?:and )?work (?:for|with) (?:me|us)\b",
    r"\byou(?:'ve| have)? (?:got|have) the (?:job|position|role)\b|\bthe (?:job|position)(?:'s| is) yours\b",
    rf"\b{_PAPERS}\b.{{0,40}}\bi(?:'ll| will) (?:make sure|see to it|push)\b",
)

# -- names, addresses ---------------------------------------------------------------------------------------------------------

MAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.|\s?\(?dot\)?\s?)\w+", re.I)
LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|io|co\.uk|edu)\b(?:/\S*)?", re.I)
PHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d\s().-]{6,}\d(?!\w)")

_PERSON = r"(?:(?:Dr|Mr|Ms|Mrs|Prof)\.? )?(?P<{}>[A-Z][\w'’-]+(?: (?:[A-Z]\.|[A-Z][\w'’-]+|van|von|de|der|la|al)){{0,3}})"
_COLLEAGUE = r"(?:(?:my|our) \w+,? |a \w+ (?:called|named) )?"
PASSED_ON = re.compile(
    rf"\b(?:[Tt]alk|[Ss]peak|[Cc]hat) (?:to|with) {_COLLEAGUE}{_PERSON.format('name')}"
    r"|\b(?:[Cc]ontact|[Rr]each out to|[Gg]et in touch with|[Cc]all|[Ww]rite to|[Ee]mail|[Ll]ook up|[Mm]eet(?: with)?|"
    rf"(?:introduce|connect|refer) you (?:to|with)|in touch with) {_COLLEAGUE}{_PERSON.format('other')}"
)
_FULL = _PERSON.replace("{{0,3}}", "{{1,3}}")
_KIN = _of("colleague | manager | boss | friend | assistant | deputy | contact | counterpart | recruiter | mentor")
NAMED = re.compile(
    rf"\b(?:[Rr]ecommend|[Ss]uggest|[Tt]ry|[Aa]sk(?: for)?|[Ss]ee|[Mm]essage|[Pp]ing|[Vv]isit) {_COLLEAGUE}{_FULL.format('name')}"
    rf"|\b(?:names?|people|contacts?|referrals?)\b[^.!?]{{0,24}}(?:\bare|\bis|:|such as|like) {_FULL.format('other')}"
    rf"|\b[Mm]y (?:\w+ )?{_KIN},? (?:is |called |named )?{_FULL.format('third')}"
)
"""Full names brought up as somebody to turn to."""
PROMISED = re.compile(
    rf"\bi{_CAN}{_GLADLY}(?:introduce you|connect you (?:to|with)|put you in (?:touch|contact)|make (?:an|the) introduction|"
    r"give you (?:a|some|the|his|her|their) (?:names?|contacts?))\b",
    re.I,
)
NO_NAMES = frozenset(
    "i me my mine you your us our ours we they them their he him his she her hers it its the a an this that these those people "
    "somebody someone everybody anyone anybody one both all each monday tuesday wednesday thursday friday saturday sunday english hr "
    "it god january february march april may june july august september october november december customers clients who whoever "
    "what".split()
)
"""Words that may stand with a capital where a name would, and are none."""

# -- who the contact is -------------------------------------------------------------------------------------------------------

CALLED = re.compile(
    rf"\b(?:[Mm]y name is|[Mm]y name's|[Tt]his is|I'm|I am|I’m|[Cc]all me) {_PERSON.format('name')}"
    r"(?=[,.!?;:]|$| from| at| and| here| with)"
)
_POST = _of(
    r"ceo | cto | cfo | coo | chief [\w ]+ officer | vice president | president | director | manager | recruiter | founder | partner | "
    "professor | engineer | analyst | consultant | intern | supervisor | team lead"
)
MY_TITLE = re.compile(
    r"\b(?:i(?:'m|’m| am)|my (?:title|role|job|position) (?:here )?is|i work as|i serve as)(?: currently| now| still)? "
    rf"(?:an?|the|our)? ?(?P<title>(?:[\w&-]+ ){{0,3}}?{_POST})\b",
    re.I,
)
MY_COMPANY = re.compile(
    r"\b(?:I work (?:at|for)|I(?:'m|’m| am) (?:with|from)|[Hh]ere at|[Ww]e at|my company,|our company,) (?:the )?"
    r"(?P<name>[A-Z][\w&'’-]+(?: (?:&|and|of|[A-Z][\w&'’-]+)){0,3})"
)

NUMBERS = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten".split())}
NUMBERS |= {"twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60}
_COUNT = rf"(?P<n>\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
MINUTES_LEFT = re.compile(rf"\b{_COUNT} (?:more |extra )?minutes (?:left|remaining|to go|before (?:i|my|we))", re.I)
MINUTES_AGREED = re.compile(
    r"\b(?:agreed (?:on|to)|(?:we|i)(?:'ve| have)? (?:agreed|scheduled|booked|set aside|kept|got|have)(?: on| for| to)?|we said) "
    rf"(?:the |about |exactly |only |just )?{_COUNT}[ -]minutes?\b",
    re.I,
)

# -- the end ------------------------------------------------------------------------------------------------------------------

BYE = _any(
    r"\b(?:good-?bye|bye(?:-bye)?|farewell)\b(?! to\b)", r"\bi(?:'m| am|’m) (?:ending|stopping) (?:this|here|the (?:call|meeting))\b"
)
GOING = _any(
    r"\bi(?:'ve| have)?(?: got)? ?(?:have to|to|must|need to|'ll have to|gotta)? ?"
    r"(?:go|leave|run|jump off|hop off|head out|wrap this up) now\b",
    r"\b(?:that's|that is) (?:all|the end of) (?:the time (?:i|we) have|our time|the meeting|the call)\b",
    r"\b(?:the|this|our) (?:call|meeting|conversation) (?:is over|ends here|has ended)\b",
)
MORE_TIME = _any(
    r"\b(?:take|have) (?:all the time|as (?:much time|long) as) (?:you|we)\b",
    r"\b(?:i|we) can (?:stay|go on|run over|go over|continue) "
    r"(?:longer|as long|for (?:another|an extra)|a (?:bit|little|few minutes) (?:longer|more))\b",
    r"\bi(?:'ll| will| can|'m happy to)? (?:give|grant|extend|offer)(?: you)? "
    r"(?:another|an extra|an additional|\w+ (?:more|extra|additional)) (?:\w+ )?(?:minutes?|hours?)\b",
    r"\b(?:no rush|i(?:'m| am) in no (?:hurry|rush)|we have (?:plenty of|all the) time)\b",
)
