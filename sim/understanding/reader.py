"""Read one message: cut it up, ask the rules (and later the model) what each piece does."""

from __future__ import annotations

import re

from sim.topics import kind_of
from sim.transcript import word_count
from sim.understanding.acts import Act, Context, Understanding
from sim.understanding.segments import Segment, segment

_R = lambda p: re.compile(p, re.I)  # noqa: E731
_RULES: list[tuple[str, str | None, re.Pattern[str]]] = [
    ("greeting", None, _R(r"^(hi|hello|hey|good (morning|afternoon|evening)|nice to meet|pleased to meet)\b")),
    ("thanks", None, _R(r"\b(thank(s| you)|thx|grateful|appreciate)\b")),
    ("purpose", None, _R(r"\b(here to learn|like to (learn|understand|hear)|hoping to (learn|understand)|wanted to (learn|understand))\b")),
    ("introduction", None, _R(r"\b(i'?m a|i am a|i work(ed)? (as|for|at|in)|my name is|i study|i studied|i graduated|i('ve| have) (spent|worked|been))\b")),
    ("time_check", None, _R(r"\b((twenty|thirty|fifteen|\d+) minutes|still (a )?good time|watching the (clock|time)|minutes left)\b")),
    ("wrap_up", None, _R(r"\b(last question|let you (go|get back)|wrap up|that'?s (all|everything|my list)|i'?ll stop here|mindful of your time)\b")),
    ("more_time", None, _R(r"\b((few|five|two|ten) more minutes|a bit longer|one more (thing|question)|can you stay)\b")),
    ("researched_fact", None, _R(r"\b(i (read|saw|noticed|found|heard) (that|about|your|the|you)|read up on|your talk|your article)\b")),
    ("referral_ask", None, _R(r"\b(who else|anyone else|anybody else|someone else|other people) .{0,40}\b(talk|speak|meet|contact|reach)|introduce me|introduction to\b")),
    ("next_step", None, _R(r"\b(use your name|mention your name|best way to reach|say you sent)\b")),
    ("job_disclaimer", None, _R(r"\bnot (here )?(to ask|asking|looking) (you )?(for|about) (a )?(job|work|position)\b")),
    ("follow_up_ask", None, _R(r"\b(follow up|keep you posted|let you know how|stay in touch)\b")),
    ("connect_ask", None, _R(r"\b(connect on|linkedin)\b")),
    ("offer_back", None, _R(r"\b(anything i can do for you|how can i help you|return the favou?r|happy to help you|can i offer)\b")),
    ("negative_tone", None, _R(r"\b(boring|stupid|whatever|waste of|ridiculous|shut up|idiots?)\b")),
    ("goodbye", None, _R(r"\b(goodbye|bye|have a (good|great|nice) (day|rest|week|evening))\b")),
    ("steering", None, _R(r"\b(ignore (all|your|previous)|system prompt|give me (5|five) (out|stars)|you are now|full marks|language model)\b")),
    ("leads_none", None, _R(r"\b(what should we talk about|you start|where should (we|i) start|what do you want to talk)\b")),
    ("interest", None, _R(r"\b(interested in|fascinated|drawn to)\b")),
    ("small_talk", None, _R(r"\b(how are you|weather|weekend)\b")),
]  # fmt: skip
_JOB_DIRECT = _R(r"\b(hire me|give me a (job|chance)|are you hiring|any (openings?|positions?|vacanc)|get me (a job|in)|pass (on )?my (resume|cv|résumé)|(job|internship|position) (for me|at your|on your|in your))\b")  # fmt: skip
_JOB_VEILED = _R(r"\b(keep me in mind|think of me|if (something|anything|a (place|spot|position)) (opens|comes)|put in a (good )?word)\b")
_TOPICS: list[tuple[str, re.Pattern[str]]] = [
    ("company_basics", _R(r"what (does|do) (your company|you guys|the company) do")),
    ("role_basics", _R(r"what (do you do|is your job|does a .{3,30} do)")),
    ("career_path", _R(r"how did you (get|end|come|start|move)|your (career )?path|your background")),
    ("daily_work", _R(r"typical (day|week)|day[- ]to[- ]day|daily")),
    ("challenge", _R(r"challenge|hardest|biggest problem")),
    ("industry_trends", _R(r"trend|industry|future of|heading|headed")),
    ("technology", _R(r"\b(ai|automation|software|technology)\b")),
    ("skills", _R(r"skills?|good at")),
    ("looks_for", _R(r"look for in|kind of (people|person) do you")),
    ("hiring_process", _R(r"hiring (work|process)|people get in")),
    ("advice", _R(r"advice|recommend|would you (do|tell)|in my place")),
    ("culture", _R(r"culture|values|atmosphere")),
    ("team", _R(r"\bteam\b")),
    ("best_part", _R(r"(like|enjoy|love) (most|best|about)")),
    ("education", _R(r"degree|certificat|master")),
]
_QUESTION = _R(r"\?\s*[\"'”’)]*$|^(how|what|why|when|where|who|which|can you|could you|do you|does|did|is|are|would you|tell me)\b")


def _acts_of(piece: Segment, context: Context) -> list[Act]:
    def act(act_id: str, **more: object) -> Act:
        return Act(act_id, piece.start, piece.end, piece.text, **more)  # type: ignore[arg-type]

    out = [act(name, kind=kind) for name, kind, pattern in _RULES if pattern.search(piece.text)]
    names = {a.id for a in out}
    if "job_disclaimer" not in names:
        if _JOB_DIRECT.search(piece.text):
            out.append(act("job_ask", kind="direct"))
        elif _JOB_VEILED.search(piece.text):
            out.append(act("job_ask", kind="veiled"))
    if _QUESTION.search(piece.text) and not names & {"referral_ask", "follow_up_ask", "connect_ask", "offer_back", "leads_none"}:
        topic = next((t for t, p in _TOPICS if p.search(piece.text)), "other")
        out.append(act("question", kind=kind_of(topic), topic=topic, specific=word_count(piece.text) > 9))
    if "referral_ask" in names and context.referral_declined:
        out.append(act("referral_push"))
    return out


def understand(text: str, context: Context = Context()) -> Understanding:  # noqa: B008
    """Return what `text` does, read in the light of `context`. Any string is accepted; the same input gives the same answer."""
    acts = [a for piece in segment(text) for a in _acts_of(piece, context)]
    words = word_count(text)
    return Understanding(text, tuple(acts), words, nonsense=words == 0)
