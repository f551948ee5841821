"""Phrases so common that they settle a doubtful reading. They confirm what the model half sees, or veto; only the few that mean
nothing else find something alone.

Career centres hand out many of these word for word, so they are what most learners say.
"""

from __future__ import annotations

import re

CONFIRMED_FROM = 0.25
"""Probability from which a reading counts when a stock phrase says the same."""

_SCORN = (
    r"(?:idiots?|idiotic|morons?|clowns?|parasites?|snobs?|crooks?|useless|pathetic|stupid|dumb|daft|lazy|incompeten(?:t|ce)|clueless"
    r"|amateurs?|amateurish|shabby|shoddy|childish|smug|arrogant|self-satisfied|dreadful|disgrace(?:ful)?|rubbish|garbage|trash"
    r"|nonsense|bullshit|crap|bollocks|illiterate|overpaid|jokes?|scams?|rackets?|waste of (?:\w+ ){0,2}(?:time|money|taxes|space)"
    r"|snooty|stuck[- ]up|cowards?|liars?|hypocrit\w+|fakes?|fakery|mediocre|laughable|embarrassing|ridiculous|petty|soulless"
    r"|brainless|gutless|spineless|sloppy|half-baked|badly run|insult to|pointless|dying (?:trade|profession|art))\b"
    r"(?! (?:questions?|luck|habit)\b)"
)
_SOME_WORDS = r"(?:(?!not\b|never\b|no\b|n't)[\w'’-]+,? ){0,4}"
_INSULT = (
    rf"(?:you|yous|yis|you lot|you (?:people|guys|all|\w+s)|your (?:[\w'’]+ ){{1,4}}?)(?:['’](?:re|s)| ?are| ?is| ?look| ?sound)? "
    rf"{_SOME_WORDS}{_SCORN}(?!.*\?)",
    rf"(?<!if )(?<!whether )(?<!though )(?:that|this|it|(?:\w+ )?of yours)(?:['’]s| is| sounds| seems| strikes me as) "
    rf"(?:like |as )?{_SOME_WORDS}{_SCORN}(?!.*\?)",
    r"makes me sick",
    r"sounds? like (?:a bunch of )?(?:idiots|clowns|amateurs)",
)
"""A word of scorn said of the contact, of their people, or of what they have just told. Such words are said innocently as often ("a
dumb question", "that's rubbish luck"), so they confirm only."""

_WHENEVER = r"(?:if|should|when|whenever|in case|the day|supposing)\b"
_A_GAP = (
    r"\b(?:short(?:-handed|-staffed| of)|in need of|needs? (?:an?|another|some(?:one|body)|extra|more) |lacks?|leav(?:es|ing)|left|retires?"
    r"|mov(?:es|ing) on|quits?|resigns?|vacan\w+|(?:falls?|drops?) (?:through|out)|(?:stands?|falls?) empty|opens? up|opening|frees? up"
    r"|(?:comes?|becomes?|turns?) (?:up|free|open|vacant|available)|one \w+ too (?:many|few)|(?:walks?|goes|falls?) under an? \w+"
    r"|(?:chair|desk|seat|stool|spot|place|post|slot|position|role|start|job)\b.{0,30}\b(?:free|open|empty|going)"
    r"|appears?|arises?|(?:crops|shows|turns) up|(?:have|['’]ve|got) (?:ever )?an? (?:ever )?(?:space|gap|room))\b"
)
_THEN_ME = (
    r"\b(?:think of (?:me|an? )|(?:remember|recall)(?:ed)?\b|(?:keep|bear|have) (?:me|my)\b|know where (?:i am|to find me)|know who\b"
    r"|there(?:'s| is) (?:an?|some(?:one|body)) |(?:give|drop|send) me an? (?:call|shout|line|ring|message|text)|(?:call|ring|text) me\b"
    r"|put me (?:down|on)|(?:don't|do not) forget (?:me|my)\b|let me know\b|i(?:'d| would| should) (?:be |love|jump|come|apply|say yes)"
    r"|i(?:'m| am) (?:your|free|available|ready)|i can (?:start|come|begin))"
)
_VEILED_BID = (rf"{_WHENEVER}.{{0,70}}{_A_GAP}.{{0,110}}{_THEN_ME}", rf"{_THEN_ME}.{{0,70}}\b{_WHENEVER}.{{0,70}}{_A_GAP}")
"""The commonest disguise, in any trade: should somebody go or something come free, think of me."""

_MY_PAPERS = r"my (?:r[eé]sum[eé]|cv|page|pdf|details|portfolio|papers|application|sample)s?\b"

_KNOWS_NOBODY = (
    r"(?:i|we)(?: \w+){0,2} (?:do not|don['’]?t|would not|wouldn['’]?t)(?: \w+){0,2} know"
    r" (?:who|whom|any|a (?:soul|single|person)|one)\w*\b[^?]*$",
    r"(?:i|we)(?: \w+){0,2} know (?:nobody|no one|none|not a soul)\b[^?]*$",
)
"""Tells whom one does not know and leaves the asking to the contact: a hint, no request."""

_CONFIRM = {
    "referral_hint": _KNOWS_NOBODY,
    "wrap_up": (
        r"(?:here|there|so|then|alarm),? i (?:will )?(?:stop|finish|conclude|end|leave you)\b",
        r"(?:near(?:ly| enough| up)?|almost|close to|coming up (?:to|on)) (?:\w+ )?(?:time|end|half past|quarter|fifteen|twenty|thirty)\b",
        r"time(?:'s| is) (?:\w+ )?(?:up|over)\b",
        r"leave you in peace",
    ),
    "job": (
        *_VEILED_BID,
        r"(?:have|got|give|find|offer|spare)(?: you| ye| me)?(?: \w+){0,3}? (?:an? |any |some )?(?:\w+ )?"
        r"(?:start|place|job|position|post|spot|opening|vacancy|work|room|stool|chair|seat|desk|shift|role)s?\b(?: \w+){0,3}?"
        r" for (?:me|an? \w+ like me|some(?:one|body) like me)\b",
        rf"(?:forward|hand|slip|leave|put|show) (?:on |along |over )?{_MY_PAPERS} (?:on|to|in|with|along|round|past)\b",
        r"(?:give me|let me (?:do|have)|i(?:'d| could| can| would) (?:do|work|come for)) .{0,25}\btrial\b",
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
        r"(?:who|anyone|anybody|someone) else (?:\w+ ){0,4}"
        r"(?:talk|speak|meet|reach out|contact|recommend|suggest|tell me|help me|show me|ask)\b",
        r"(?:is|are|would) there (?:be )?(?:any|some)(?:one|body)(?: else)? (?:\w+ ){0,4}i (?:could|should|might|can|ought)\b",
        r"introduce me to",
        r"put me in touch with",
        r"(?:recommend|suggest) (?:i|that i) (?:talk|speak|meet)",
        r"who (?:else )?(?:might|would|could|may) (?:also )?be (?:willing|happy|ready|open|prepared|glad|kind enough) to"
        r" (?:talk|speak|meet|see|hear)\b",
        r"(?:besides|apart from|other than|except for) (?:you|yourself)\b.{0,30}\b(?:who|whom|any(?:one|body)|some(?:one|body))\b",
        r"what(?:['’]s| is| was) (?:her|his|their) names?\b",
    ),
    "steering": (
        r"(?:ignore|disregard|forget|override) (?:all |any |your |the |previous |prior |above )+(?:instructions?|prompts?|rules|rubric)",
        r"(?:five|5|full) (?:out of (?:five|5)|marks|stars)",
        r"you are now (?:a|an|in)",
        r"system prompt",
        r"as an ai (?:language )?model",
        r"(?:the|this) (?:learner|student|candidate|applicant|interviewee|trainee)"
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
        r"not (?:me )?asking(?: for (?:a|any|work|anything|that)\b.*)?\W*$",
        r"(?:is|was)(?:n['’]?t| not) (?:what|why) i(?:['’]m| am)? ?(?:called|calling|came|come|rang|ringing|wrote|asked|here)\b",
    ),
    "follow_up_ask": (
        r"how would you (?:like|prefer) me to follow up",
        r"best way to follow up",
        r"(?:may|can|could) i follow up",
    ),
    "negative_tone": (
        r"wast(?:e|ing)(?: of)? (?:my )?time",
        r"(?<!not a )(?:stupid|dumb|idiotic|useless|pathetic|rubbish|silly|ridiculous) (?:answer|reply|advice)\b",
        r"shut up",
        r"you people",
        r"this is (?:stupid|ridiculous|boring)",
        *_INSULT,
    ),
    "hiring": (
        r"(?:hir(?:e|es|ed|ing)|recruit\w*|appl(?:y|ies|ied|ying|ications?)|interviews?|candidates?|newcomers?|starters?|beginners?|join(?:s|ed|ing)?)\b",
        r"look(?:s|ing|ed)? (?:for|at)\b",
        r"(?:get|gets|getting|come) (?:in|into|taken|picked|hired|a (?:job|place|start|foot))\b",
        r"(?:tak(?:e|es|en|ing)|bring(?:s|ing)?) (?:\w+ ){0,3}(?:on|in)\b|takes? (?:a|an|some(?:one|body)|people|new)\b",
        r"(?:intake|openings?|vacanc\w+|positions?|apprentices?|trainees?|backgrounds?|degrees?|qualifi\w+)\b",
        r"(?:kind|sort) of (?:person|people)\b",
    ),
    "leads_none": (
        r"(?:prepared|brought|planned|have|got|with) (?:nothing|no (?:\w+ )?(?:questions?|list|agenda|plan))\b",
        r"wherever (?:you|people)|whatever you (?:like|want|think|fancy)|up to you",
        r"(?:you (?:can |could |may )?(?:just )?|do just |just )(?:talk|start|begin|pick|choose|go ahead|decide|steer|lead)\b",
        r"(?:people|folks|students|others|they|one) (?:normally|generally|usually|mostly) ask\b",
    ),
    "interest": (r"(?:very |really )?(?:interested in|drawn to|fascinated by)",),
}
_OF_A_KIND = (
    r"(?:really |very |truly )?(?:good|great|bad|poor|better|best|worse|decent|brilliant|excellent|strong|weak|clever|wise|successful|new"
    r"|young|old|junior|senior|experienced|seasoned|lazy)\b"
)

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
    "referral_ask": _KNOWS_NOBODY,
    "role_basics": (rf"\b(?:a|the) {_OF_A_KIND}.*\bdo\b",),
    "leads_none": (
        r"i(?:['’]ve| have)(?: got)? (?:(?!no\b|not\b|any\b)\w+ ){0,3}questions\b",
        r"(?:may|shall|can|could|let) (?:i|me) (?:start|begin)\b|i(?:['’]ll| will)? (?:start|begin)\b",
    ),
}
_LEAD_IN = r"^\W*(?:(?:so|and|but|um+|uh+|ok(?:ay)?|sorry|well|right|remind me|tell me|can i ask)[,. ]+)*"
_AT_ALL = "(?:,? (?:again|here|there|over there|exactly|like|then))*"
_HOW_TO_REACH = r"(?:\w+ ){0,3}(?:numbers?|mobile|direct line|e-?mail|address|contact)\b"
_IN_A_CASE = r"(?:with|without|who|whose|that|in|on|at|after|before|when|while|during|like|under)\b"
"""Who asks what a good dispatcher does, or one with forty calls waiting, asks for more than the title means."""

_A_PLACE_FREE = (
    r"\b(?:if|should|when(?:ever)?)\b (?:\w+ ){0,3}"
    r"(?:(?:spot|place|seat|chair|opening|vacancy|position|job|post|role|slot|berth|shift)s?(?: \w+){0,5}?"
    r" (?:opens?|comes?|came|turns?|frees?|crops?|goes|falls?)|(?:some|any)(?:one|body)(?: \w+){0,4}? (?:drops?|leaves?|quits?|goes))\b"
)
_TELL_ME = (
    r"\b(?:my number|shout|think of me|(?:keep|bear) me in mind|let me know|(?:call|ring|text|phone|remember|ping|tell) me"
    r"|where to find me|where i am|first in line)\b"
)
"""Who is to be told when a place falls free bids for it, also after "I'm not after a job, but"."""

_WOULD_YOU = r"(?:would|wouldn['’]t|could|couldn['’]t|will|might|can) (?:you|they|your \w+)(?: \w+){0,3}?"
_SOMEBODY = r"(?:her|him|them|(?:my|our) \w+)"
_COMPANY = "(?:your|the|this) (?:company|firm|business|organi[sz]ation)"
_PAPERS = (
    r"(?:cv|curriculum(?: vitae)?|r[eé]sum[eé]|biography|(?:show)?reel|portfolio|application|papers)s?\b"
    r"(?! (?:template|guide|workshop|tips|tracker|form|process)\b)"
)
_ENCLOSED = r"(?:attached|enclosed|appended|in (?:the )?(?:attachment|enclosure))"
_MY = r"my (?:[\w-]+ ){0,2}?"
_UP_TO = r"(?:(?!(?:on|about|what|how|from|for|why)\b)[^\s.;!?]+ ){0,7}?"
_I_ENCLOSE = (
    r"(?:^|(?<=[.,;:!] )|(?<=ps )|(?<=and )|(?<=so )|(?<=discussed )|(?<=promised ))i(?:['’](?:ve|m|ll|d))?"
    r"(?: (?!\w*n['’]t\b|(?:not|never|whether|should|when|if|how)\b)[\w'’]+){0,5}? (?:enclos|attach|append)(?:e|ed|ing)?"
)
_FIND = r"(?:please |kindly |you(?: will|['’]ll) |also )*(?:find|see)"
_OWN_PAPERS = (
    rf"{_I_ENCLOSE} {_UP_TO}{_PAPERS}",
    rf"^\W*(?:as \w+,? )?(?:{_FIND} )?{_ENCLOSED},?(?: {_FIND}| is| are)?(?:,? here(?:with)?,?)? {_UP_TO}{_PAPERS}",
    rf"\b{_FIND} {_ENCLOSED} (?:here(?:with)? )?{_UP_TO}{_PAPERS}",
    rf"\bi(?:['’]ve| have)?(?: also| just)? includ(?:e|ed) {_MY}{_PAPERS}(?! (?:in|to|on|with) (?:my|an?|his|her|every)\b)",
    rf"(?<!to )(?<!not )\binclude {_MY}{_PAPERS} (?:below|here(?:with)?|with this)\b",
    rf"\bi(?:['’]m| am| will|['’]ll)? (?:also )?send(?:ing)? (?:(?:you|along|over|on|herewith) ){{1,2}}{_MY}{_PAPERS}",
    rf"(?<!no )\b{_PAPERS}(?: is| are|['’]s)?(?: also)? (?:attached|enclosed|appended)\b(?! to (?:the|an?|every|each)\b)",
)
"""The learner's own papers put into a note. Speaking of a CV, or of what one has learned "including" about it, puts none in."""

_ORDERS = (
    r"(?:^\W*|[:;,.!()\[\]{}>*\"]\W{0,4}|\b(?:please|kindly|you (?:must|should|shall|are to)|(?:can|could|will) you"
    r"|i (?:\w+ )?(?:want|need|order|ask|tell) you to|^(?!.*\?)(?:.* )?(?:and|then|so|now|just))\s+)(?:(?:please|kindly|now|then|just) )*"
)
"""What stands before a verb that gives an order. "When do you ignore your instructions?" gives none."""

_BEFORE_THIS = r"(?:previous|prior|above|earlier)"
_RULES_OF_THE_GAME = (
    rf"(?:(?:of|the|these|those|all|any|your|{_BEFORE_THIS}) )*"
    rf"(?:(?:all|any|your|{_BEFORE_THIS}) (?:(?:of )?(?:the|your) )?(?:\w+ )?(?:instructions?|prompts?|rubric|system (?:prompt|message))"
    rf"|{_BEFORE_THIS} rules|all (?:of )?your (?:\w+ )?rules|system prompt|the rubric)\b"
)
_THE_LEARNER = r"\b(?:the|this) learner\b(?!['’]s)"
_TOLD_OF_NOBODY_HERE = r"(?!.*\b(?:i|me|my|we|us|our|you|your|yours|they|them|their)\b)(?!.*\?)"
_DID_WELL = (
    rf"{_THE_LEARNER}(?: (?:has|had|was|is))?(?: \w+ly| now| also)? (?:ask(?:s|ed)|thank(?:s|ed)|greeted|close[sd]|wrapped|introduced"
    r"|show(?:s|ed|n)|name[sd]|used|kept|keeps|listen(?:s|ed)|built|builds|met|meets|earn(?:s|ed)|satisf(?:ies|ied)|demonstrate[sd]|settled|outstanding)\b"
)
"""What a grader would be told of somebody. Whoever speaks to a contact who teaches asks about "the learner", or names the two of them."""

_CERTAIN = {
    "job": (
        r"\bif (?:something|anything|an? \w+|an opening) (?:ever |should )?(?:opens?|comes?|turns?|frees?) up\b.{0,60}"
        r"\b(?:keep|bear) me in mind|\b(?:keep|bear) me in mind,? (?:if|when|should)\b",
        rf"{_A_PLACE_FREE}.{{0,70}}{_TELL_ME}|{_TELL_ME}.{{0,12}}{_A_PLACE_FREE}",
        r"\b(?:you|ye|your \w+)\b.{0,20}\b(?:have|got|give|find|offer) (?:me )?an? (?:\w+ )?(?:job|position|start|opening|vacancy|post)"
        r"\b(?: \w+){0,3} for (?:me|some(?:one|body) like me|an? \w+ like me)\b.*\?",
    ),
    "negative_tone": (r"\bthank(?:s| you)(?: very much)? for nothing(?=[,.!;]|$| then)",),
    "wrap_up": (
        r"\bi(?:'ll| will| should|'d better| had better)? let you (?:go|get back|get on)\b",
        r"(?:won't|will not) keep you",
        r"^(?:well,? |ok(?:ay)?,? |so,? |alright,? )?that(?:'s| is| was) (?:all|everything)"
        r" (?:i had|i have|i wanted|on my|from me|from my)\b",
        r"\bi(?:'ll| will)? (?:stop|finish|conclude|end) (?:here|there)\b",
        r"\bi(?:'ll| will| should|'d better)? (?:get|be) out (?:of )?your (?:hair|way)\b",
    ),
    "job_in_note": (
        *_OWN_PAPERS,
        r"\b(?:please|glad|grateful|happy|hope|obliged)\b.{0,50}\b(?:take|hire|employ|consider) (?:me|this (?:as )?my application)\b"
        r"(?! (?:through|to|back|out|along|aside|seriously|home|round|around|a (?:friend|fan|pupil)))",
    ),
    "demand": (
        rf"{_LEAD_IN}(?:now |then |just )?(?:give|send|get|hand)(?: me| us| over)+ (?!.*\bplease\b)"
        rf"(?:the|a|an|her|his|their|some) {_HOW_TO_REACH}",
        rf"\bi need you to (?:give|hand|send|get|find)(?: me| over)? (?:the|a|her|his|their) {_HOW_TO_REACH}",
        rf"\b(?:i want|i need|i'll have|let's have) (?!to\b)(?:the|a|her|his|their) {_HOW_TO_REACH}",
        rf"\byou (?:must|have to|will have to|need to) (?:now )?(?:give|send|get|find|tell) me\b.{{0,30}}{_HOW_TO_REACH}",
    ),
    "template": (r"\[[A-Za-z][^\]\n]{0,30}\]|\{\{? ?\w[^}\n]{0,30}\}|<(?:name|company|date|topic)>|_{3,}",),
    "takes_no": (
        r"^(?:ok(?:ay)?,? |of course,? |sure,? )?(?:no problem|fair enough|i (?:completely |fully |quite )?understand)\b.{0,40}$",
        r"^that's (?:quite |completely )?(?:all right|fine)\b.{0,40}$",
    ),
    "thanks": (
        r"(?<!no )\bthank you(?: so much| very much| again)?(?: for (?!nothing)|[,.!]|$)",
        r"^(?:many )?thanks\b(?! for nothing)",
        r"\b(?:tks|thnx|thanx)\b",
    ),
    "referrer_mention": (
        r"(?-i:^(?!You|She|He|They|It|We|Somebody|Someone|Everybody|Nobody)[A-Z]\w+(?: [A-Z]\w+)?"
        r" (?:suggested [iI]|sent me|pointed me|gave me your))\b",
    ),
    "greeting": (r"^(?:hi|hello|hey|good (?:morning|afternoon|evening)|nice to meet you|pleased to meet you)\b",),
    "offer_back": (r"(?:anything|something) (?:that )?i (?:can|could) do for you", r"return the favou?r", r"how (?:can|could) i help you"),
    "steering": (
        rf"{_ORDERS}(?:ignore|disregard|forget|override) {_RULES_OF_THE_GAME}",
        r"(?:five|5) out of (?:five|5) (?:in|on|for) (?:every|each|all)",
        rf"{_ORDERS}(?:mark|score|rate|grade|praise) (?:\w+ ){{0,2}}?{_THE_LEARNER}",
        rf"{_ORDERS}(?:award|give) (?:\w+ ){{0,3}}?{_THE_LEARNER}.{{0,20}}\b(?:marks?|scores?|points|credit|grades?|five|5)\b",
        rf"\btreat {_THE_LEARNER} as (?:having|if|though)\b",
        rf"^{_TOLD_OF_NOBODY_HERE}.*{_DID_WELL}|['\"“‘>]{_DID_WELL}",
        rf"^(?!.*\?).*{_THE_LEARNER} (?:\w+ )?(?:deserves?|earn(?:s|ed)|merits) .{{0,30}}\b(?:marks?|scores?|points|grades?|five|5)\b",
        rf"^(?!.*\?)(?=.*\b(?:the contact|criteri(?:on|a)|rubric|prompts?|transcript)\b).*{_THE_LEARNER}",
        rf"^\W*(?:this|the) (?:note|transcript|session) (?:names|contains|demonstrates|shows|deserves|earns|satisfies|meets)\b"
        rf"{_TOLD_OF_NOBODY_HERE}",
        r"\byou are now an? (?:\w+ )?(?:examiner|grader|marker|judge|rater|evaluator)\b(?!.*\?)|\bthe rubric has changed\b",
        rf"(?:{_ORDERS}(?:award|give) (?:the learner |it )?|\b(?:award|give) me )(?:the )?(?:maximum|top marks|full marks|all fives)",
    ),
    "leads_none": (
        rf"{_LEAD_IN}what (?:should|shall|do|would you like to) (?:we|i)? ?(?:talk|speak|chat) about\W*$",
        r"\bwhat do (?:people|folks|students|others) (?:normally|generally|usually|mostly) ask\b",
        r"\bi(?:['’]ve| have| had)? (?:prepared|brought|planned) (?:nothing\b|no (?:questions?|list|agenda|plan)\b)",
        r"\bi (?:do not|don['’]?t|did not|didn['’]?t) (?:really |actually )?(?:know what to ask|(?:have|prepare|bring) any questions)\b",
    ),
    "role_basics": (
        rf"{_LEAD_IN}what (?:is|was) it (?:that )?you (?:actually |even |all )?do{_AT_ALL}\W*$",
        rf"{_LEAD_IN}what do you (?:actually |even |all )?do{_AT_ALL}\W*$",
        rf"{_LEAD_IN}what does an? (?!{_OF_A_KIND})(?:(?!{_IN_A_CASE})[\w-]+ ){{1,5}}?(?:actually |even )?do\W*$",
    ),
    "hiring_process": (
        rf"\b{_WOULD_YOU} (?:take|have) {_SOMEBODY} on\b(?! (?:the|an?|every|each|my|your|our|his|her|their|that|this|it)\b)[^.]*\?",
        rf"\b{_WOULD_YOU} (?:give|find|get|offer) {_SOMEBODY} (?:(?:an?|any|some|the odd) )?(?:\w+ )?"
        r"(?:job|place|start|work|placement|shifts?)\b(?! (?:date|time|number|sheet)\b)[^.]*\?",
        rf"\b{_WOULD_YOU} (?:take|have|use) {_SOMEBODY}(?: \w+){{0,2}}? (?:for|on|as) (?:(?:an?|any|some|the odd) )?(?:\w+ )?"
        r"(?:job|start|work experience|placement|shifts?)\b[^.]*\?",
        rf"\b{_WOULD_YOU} (?:hire|employ) {_SOMEBODY}\b[^.]*\?",
        r"\b(?:have|got|be|find)(?: you| ye)?(?: got)? an? (?:\w+ )?(?:opening|vacancy|position|job|post)\b.{0,10}"
        r"\bfor (?:her|him|them|my \w+|an? (?!\w+ like me)\w+)\b[^.]*\?",
        r"\b(?:have|got|be|find)(?: you| ye)?(?: got)? (?:an? |any )?(?:\w+ )?(?:place|start|spot|room|work)"
        r" for (?:her|him|(?:my|our) \w+)\b(?! to\b)[^.]*\?",
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
