"""The catalogue of checks: each counts or measures one thing in a session and brings the words it counted.

A rubric's `checks` name these and set the bounds. A new school needs code only where it needs a new entry here.
Amounts: a count unless the docstring names a unit; None where the question does not arise (not applicable).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, overload

from sim.scorecard import Evidence
from sim.scoring.names import called_in, folded, name_parts, names_in, repeats, same_name
from sim.scoring.session import CUE_SHARE, Found, LearnerTurn, ReadSession, longest
from sim.scoring.wording import quoted
from sim.transcript import word_count
from sim.understanding import Understanding, understand
from sim.understanding.dossier import stems
from sim.understanding.language import is_readable, looks_like_noise
from sim.understanding.segments import segment

MONOLOGUE_WORDS = 100
"""Words at one stretch from which it counts as a monologue: 40 seconds without a breath (our judgement)."""

LONG_NOTE_WORDS = 220
"""Words from which a thank-you note is much too long: a page (our judgement)."""

ADDRESS_WORDS = 6
"""How far into the first message the contact's name is an address: "Good, is that Mr Finch?" """

DOUBTFUL = 0.85
"""Confidence from which words that may ask for a job cost something. The contact asks back on less, but raters took little notice of it."""

EARLY_SHARE = 1 / 3
"""Before this share of the learner's turns a request for names comes far too early; the anchors want the second half."""


@dataclass(frozen=True)
class Finding:
    """What a check found: the amount (None: not applicable) and the evidence, in order of place."""

    amount: float | None
    evidence: tuple[Evidence, ...] = ()


Entry = Callable[[ReadSession, str], Finding]
Moment = Callable[[ReadSession, LearnerTurn], bool]
Place = Literal["meeting", "note", "anywhere"]


@dataclass(frozen=True)
class Terms:
    """What an entry's answer is held to, whoever gives it: the `place` its words stand in (the meeting, a thank-you note, either), the
    `moment` of the meeting (None: any), and whether it is `measured`, so that no judge is asked.
    """

    place: Place = "meeting"
    moment: Moment | None = None
    measured: bool = False


CATALOGUE: dict[str, Entry] = {}
TERMS: dict[str, Terms] = {}


@overload
def entry(function: Entry) -> Entry: ...


@overload
def entry(*, place: Place = ..., moment: Moment | None = ..., measured: bool = ...) -> Callable[[Entry], Entry]: ...


def entry(
    function: Entry | None = None, *, place: Place = "meeting", moment: Moment | None = None, measured: bool = False
) -> Entry | Callable[[Entry], Entry]:
    """Put a check into the catalogue under its function's name, with its terms; without any, the whole meeting answers it."""

    def put(check: Entry) -> Entry:
        CATALOGUE[check.__name__] = check
        TERMS[check.__name__] = Terms(place, moment, measured)
        return check

    return put(function) if function else put


def _counted(found: Iterable[Found], effect: str) -> Finding:
    items = list(found)
    return Finding(len(items), tuple(f.evidence(effect) for f in items))


def _turns(turns: Iterable[LearnerTurn], effect: str, why: str = "") -> Finding:
    items = list(turns)
    quotes = (Evidence(where=t.where, quote=_head(t.heard.text), effect="helps" if effect == "helps" else "hurts", why=why) for t in items)
    return Finding(len(items), tuple(quotes))


def _head(text: str, words: int = 30) -> str:
    """Return the first words of a text, verbatim."""
    match = re.match(rf"(?:\S+\s*){{1,{words}}}", text)
    return match.group().rstrip() if match else text


def _per_turn(found: Iterable[Found]) -> list[Found]:
    """Keep one act a turn: the surest, the first where several tie."""
    best: dict[str, Found] = {}
    for item in found:
        held = best.get(item.where)
        if held is None or item.act.confidence > held.act.confidence:
            best[item.where] = item
    return list(best.values())


def _clock(session: ReadSession, effect: str) -> Evidence:
    quote = f"{session.ended:g} of {session.agreed:g} minutes"
    return Evidence(where="clock", quote=quote, effect="helps" if effect == "helps" else "hurts")


# -- whether there is anything to mark ------------------------------------------------------------------------------------


@entry(measured=True)
def took_part(session: ReadSession, effect: str) -> Finding:
    """1 when the learner said enough that makes sense to be marked at all."""
    return Finding(1 if session.took_part else 0)


# -- preparation ------------------------------------------------------------------------------------------------------------


@entry
def purpose(session: ReadSession, effect: str) -> Finding:
    """Says in the meeting why they came."""
    return _counted(_per_turn(session.find("purpose")), effect)


@entry
def introduction(session: ReadSession, effect: str) -> Finding:
    """Says who they are."""
    return _counted(_per_turn(session.find("introduction", "achievement")), effect)


@entry
def achievement(session: ReadSession, effect: str) -> Finding:
    """Tells a concrete thing they have done."""
    return _counted(_per_turn(session.find("achievement")), effect)


@entry
def referrer_named(session: ReadSession, effect: str) -> Finding:
    """Names whoever referred them; not applicable where nobody did."""
    if session.persona is not None and session.persona.referrer is None:
        return Finding(None)
    return _counted(of_the_referrer(session, session.find("referrer_mention")), effect)


def of_the_referrer(session: ReadSession, mentions: Iterable[Found]) -> list[Found]:
    """Return those mentions that name whoever referred the learner; where none does, those in which a person sent them here."""
    said = list(mentions)
    if session.persona is None or session.persona.referrer is None:
        return said
    name = name_parts(session.persona.referrer.name)
    named = [f for f in said if name & set(re.findall(r"\w+", folded(f.act.quote)))]
    return named or [f for f in said if _SENT_BY.search(f.act.quote)]


_SENT_BY = re.compile(
    r"\b(?:my|our|mutual|friend|colleague|he|she|they|sir)\b[^.?!]{0,60}?\b(?:suggest|recommend|refer|introduc|mention|connect|advis|urg"
    r"|commend|told|tell|said|say|sent|send|put|gave|give|pass|point|set)",
    re.I,
)
"""Words in which a person sent the learner, without a name: "my neighbour suggested I write". Neither Google nor a bare name does."""


@entry
def researched_facts(session: ReadSession, effect: str) -> Finding:
    """Different researched facts used rightly; the same fact twice counts once."""
    kept: dict[str, Found] = {}
    for found in session.facts_used():
        kept.setdefault(found.act.fact or found.act.quote.strip().lower(), found)
    return _counted(kept.values(), effect)


@entry
def wrong_facts(session: ReadSession, effect: str) -> Finding:
    """Researched facts that the dossier contradicts."""
    wrong = session.find("wrong_fact")
    # the right words stand beside the wrong ones: whoever reads the debrief need not look for them
    told = [f"the dossier says otherwise: {quoted(f.act.fact, 40)}" if f.act.fact else "" for f in wrong]
    return Finding(len(wrong), tuple(f.evidence(effect, why) for f, why in zip(wrong, told, strict=True)))


def _different_questions(session: ReadSession, *, specific: bool | None, kinds: set[str] | None = None) -> list[Found]:
    """Return questions, each wording and each general topic once; repeating a good question earns nothing."""
    topics: set[str | None] = set()
    wordings: list[frozenset[str]] = []
    out = []
    for found in session.find("question"):
        act = found.act
        if (specific is not None and act.specific != specific) or (kinds is not None and act.kind not in kinds):
            continue
        words = _wording(act.quote)
        placed = not act.specific and act.topic not in ("other", "followup")
        if any(_alike(words, other) for other in wordings) or (placed and act.topic in topics):
            continue
        wordings.append(words)
        topics.add(act.topic if placed else None)
        out.append(found)
    return out


def _wording(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two wordings are the same but for a word or two. In short ones a word is the whole difference: where each has a content
    word of its own, they ask two things.
    """
    mine, theirs = stems(" ".join(one)), stems(" ".join(other))
    if min(len(one), len(other)) <= SHORT_WORDING and mine - theirs and theirs - mine:
        return False
    return len(one & other) >= 0.75 * max(1, min(len(one), len(other))) and len(one & other) >= 0.5 * len(one | other)


SHORT_WORDING = 9
"""Words up to which one word can make another question."""


@entry
def specific_questions(session: ReadSession, effect: str) -> Finding:
    """Different questions that could not be put unchanged to just anybody; basic ones never count."""
    return _counted([f for f in _different_questions(session, specific=True) if f.act.kind != "basic"], effect)


@entry
def questions(session: ReadSession, effect: str) -> Finding:
    """Different questions of any kind but basic ones."""
    return _counted([f for f in _different_questions(session, specific=None) if f.act.kind != "basic"], effect)


@entry
def basic_questions(session: ReadSession, effect: str) -> Finding:
    """Questions that the website answers or that are far below the contact's level."""
    return _counted(_per_turn(f for f in session.find("question") if f.act.kind == "basic"), effect)


@entry
def lead_left(session: ReadSession, effect: str) -> Finding:
    """Times the learner left it to the contact to lead."""
    return _counted(session.find("leads_none"), effect)


@entry(measured=True)
def sheet_questions(session: ReadSession, effect: str) -> Finding:
    """Questions on the prep sheet; not applicable where the session had no sheet."""
    if not session.transcript.has_prep_stage:
        return Finding(None)
    items = _prepared_questions(session)
    return Finding(len(items), tuple(Evidence(where="prep", quote=q, effect="helps") for q in items))


def _prepared_questions(session: ReadSession) -> list[str]:
    """Return the sheet's different questions that mean something: two words or more, no keyboard mash, none meant for the grader."""
    kept: list[str] = []
    for line in session.transcript.prep.questions if session.transcript.prep else []:
        meant = len(line.split()) >= 2 and not looks_like_noise(line) and not understand(line).has("steering")
        if meant and not any(_alike(_wording(line), _wording(other)) for other in kept):
            kept.append(line)
    return kept


@entry(measured=True)
def sheet_filled(session: ReadSession, effect: str) -> Finding:
    """Parts of the prep sheet that hold something (goal, pitch, questions; 0 to 3); not applicable without the stage."""
    if not session.transcript.has_prep_stage:
        return Finding(None)
    prep = session.transcript.prep
    if prep is None:
        return Finding(0)
    parts = ([prep.goal], [prep.pitch], prep.questions)
    first = [next((line for line in part if len(line.split()) >= 3 and not looks_like_noise(line)), "") for part in parts]
    filled = [line for line in first if line]
    return Finding(len(filled), tuple(Evidence(where="prep", quote=line, effect="helps") for line in filled))


# -- time -----------------------------------------------------------------------------------------------------------------------


@entry(moment=lambda s, t: t.cue != "hard")
def time_checked(session: ReadSession, effect: str) -> Finding:
    """Turns in which the learner acknowledges or checks the agreed time, unprompted: not in answer to a cue."""
    return _counted(_per_turn(f for f in session.find("time_check") if f.turn and f.turn.cue != "hard"), effect)


@entry(moment=lambda s, t: t.cue != "hard" and s.later_part(t) >= 0.5)
def wrapped_up(session: ReadSession, effect: str) -> Finding:
    """Turns in which the learner begins the closing themselves, in the second half and before the contact had to go."""
    # Who names the time and asks nothing more has begun it, without a word of closing.
    asking = [t.index for t in session.turns if _goes_on(t)]

    def is_close(found: Found) -> bool:
        turn = found.turn
        if turn is None or turn.cue == "hard" or session.later_part(turn) < 0.5:
            return False
        if found.act.id == "time_check":
            return all(index < turn.index for index in asking)
        # "That was the last of my list" is no close where more than one question comes after it.
        return sum(index > turn.index for index in asking) <= 1

    return _counted(_per_turn(filter(is_close, session.find("wrap_up", "time_check"))), effect)


@entry(measured=True)
def minutes_over(session: ReadSession, effect: str) -> Finding:
    """Per cent by which the meeting ran over the agreed time (0 where it did not)."""
    if not session.transcript.has_clock:
        return Finding(None)
    over = max(0.0, (session.ended / session.agreed - 1) * 100)
    return Finding(round(over, 2), (_clock(session, effect),))


@entry(measured=True)
def within_time(session: ReadSession, effect: str) -> Finding:
    """1 when the meeting ended within the agreed time."""
    if not session.transcript.has_clock:
        return Finding(None)
    inside = session.ended <= session.agreed * 1.005
    return Finding(1 if inside else 0, (_clock(session, effect),))


_CLOSING = ("wrap_up", "goodbye", "thanks", "takes_no", "next_step", "takes_offer", "follow_up_ask", "referral_ask", "offer_back")

_SETTLING = ("next_step", "follow_up_ask", "referral_ask", "takes_offer", "offer_back", "connect_ask")

PRESSING_WORDS = 20
"""Words from which a message that closes nothing presses on, even without a question."""


@entry(moment=lambda s, t: t.cue == "hard" and t.start >= CUE_SHARE * s.agreed)
def cues_missed(session: ReadSession, effect: str) -> Finding:
    """Turns that press on after the contact has said they must go: another question, whatever courtesy stands before it, or many words."""
    late = [t for t in session.turns if t.cue == "hard" and t.start >= CUE_SHARE * session.agreed]

    def presses_on(turn: LearnerTurn) -> bool:
        line = session.contact_before(turn)
        if turn is late[0] and turn.heard.words <= PRESSING_WORDS and line and _INVITES.search(line.text):
            return False  # one short last question, as invited
        return _goes_on(turn) or (not turn.heard.has(*_CLOSING) and turn.heard.words > PRESSING_WORDS)

    return _turns(filter(presses_on, late), effect)


_INVITES = re.compile(r"\b(?:last|final|one more|quick one|anything else|something else)\b", re.I)


def _goes_on(turn: LearnerTurn) -> bool:
    """Tell whether a turn asks something that settles nothing: thanks before a question close no meeting."""
    settling = {a.start for a in turn.heard.acts if a.id in _SETTLING}
    return any(a.id == "job_ask" or (a.id == "question" and a.start not in settling) for a in turn.heard.acts)


@entry(moment=lambda s, t: t.cue != "none")
def more_time_asked(session: ReadSession, effect: str) -> Finding:
    """Requests for time beyond what was agreed, after the contact named the end."""
    return _counted((f for f in session.find("more_time") if f.turn and f.turn.cue != "none"), effect)


@entry(measured=True)
def monologues(session: ReadSession, effect: str) -> Finding:
    """Messages of more than MONOLOGUE_WORDS words."""
    return _turns(_speeches(session), effect)


def _speeches(session: ReadSession) -> list[LearnerTurn]:
    """Return the first message of every stretch of talk that is too long. Messages between which nobody answered are one stretch."""
    stretches: list[list[LearnerTurn]] = []
    for turn in session.turns:
        last = stretches[-1][-1].index if stretches else -1
        answered = any(last < n < turn.index and word_count(line.text) for n, line in session.contact_turns())
        if answered or not stretches:
            stretches.append([])
        stretches[-1].append(turn)
    return [stretch[0] for stretch in stretches if sum(t.heard.words for t in stretch) > MONOLOGUE_WORDS]


@entry(measured=True)
def longest_message(session: ReadSession, effect: str) -> Finding:
    """Words in the learner's longest message."""
    turn = longest(session)
    return Finding(turn.heard.words, _turns([turn], effect).evidence) if turn else Finding(0)


@entry(measured=True)
def ended_by_contact(session: ReadSession, effect: str) -> Finding:
    """1 when the contact or the clock ended the meeting, 0 when the learner did; not applicable where nobody knows."""
    by = session.transcript.ended_by
    return Finding(None if by is None else (0 if by == "learner" else 1))


# -- referrals --------------------------------------------------------------------------------------------------------------------


@entry
def referral_asks(session: ReadSession, effect: str) -> Finding:
    """Turns that ask for other people to talk to."""
    return _counted(_per_turn(session.find("referral_ask")), effect)


@entry(moment=lambda s, t: s.later_part(t) >= EARLY_SHARE)
def referral_asks_in_time(session: ReadSession, effect: str) -> Finding:
    """Turns that ask for other people, not far too early."""
    asks = (f for f in session.find("referral_ask") if f.turn and session.later_part(f.turn) >= EARLY_SHARE)
    return _counted(_per_turn(asks), effect)


_ASKING_WORDS = stems(
    "anyone anybody someone somebody everyone else other people person contact recommend suggest point introduce introduction connect meet "
    "speak talking hear reach know name names bother bothering trouble suppose whatever idea mind maybe perhaps please kind hit list think "
    "possible possibly imposition kindly colleague colleagues great grateful appreciate appreciated help helpful humbly allow allowed "
    "wonder wondering"
)
"""Words of asking itself; what is left of a request says who is wanted and what for."""

TIED_WORDS = 2
"""Content words, besides those of asking, from which a request says what the learner wants to learn."""


def _is_tied(found: Found, invited: frozenset[str]) -> bool:
    """Tell whether a request for names says what for: in its own sentence, the one after, or the two before it. `invited`: stems of the
    names on the invitation, which say nothing.
    """
    text = found.turn.heard.text if found.turn else found.act.quote
    pieces = segment(text)
    at = next((n for n, p in enumerate(pieces) if p.start == found.act.start), 0)
    elsewhere = ("time_check", "wrap_up", "thanks", "builds_on_answer")
    busy = {a.start for a in found.turn.heard.acts if a.id in elsewhere} if found.turn else set()
    near = [p.text for n, p in enumerate(pieces) if at - 2 <= n <= at + 1 and (n == at or p.start not in busy)]
    if found.turn and found.turn.order and (_ABOUT_THIS.search(found.act.quote) or _WHO_DID_THAT.search(found.act.quote)):
        return True
    return len(stems(" ".join(near)) - _ASKING_WORDS - invited) >= TIED_WORDS


_ABOUT_THIS = re.compile(r"\b(?:about|on|with) (?:all )?(?:this|that|these|it)\b", re.I)
"""What is talked about right then says what for, without another word."""

_WHO_DID_THAT = re.compile(r"\b(?:who|whom|whose|that)(?:['’]\w+)? [^.?!]{0,40}\b(?:this|that|these|those|such|the same) [a-z]", re.I)
"""So does who is wanted: "somebody who's made that crossing", "anyone who does this work"."""


@entry(moment=lambda s, t: t.cue != "hard")
def referral_asks_clear(session: ReadSession, effect: str) -> Finding:
    """Turns that ask for other people and say what for, before the contact had to go."""
    persona = session.persona
    invited = stems(f"{persona.name} {persona.company} {persona.title}") if persona else frozenset()
    asks = (f for f in session.find("referral_ask") if f.turn and f.turn.cue != "hard" and _is_tied(f, invited))
    return _counted(_per_turn(asks), effect)


@entry
def referral_hints(session: ReadSession, effect: str) -> Finding:
    """Mere hints at wanting to meet others."""
    return _counted(_per_turn(session.find("referral_hint")), effect)


@entry(moment=lambda s, t: any(n < t.index and line.no_referral for n, line in s.contact_turns()))
def referral_pushes(session: ReadSession, effect: str) -> Finding:
    """Turns that ask again after a no."""
    return _counted(_per_turn(session.find("referral_push")), effect)


@entry
def demands(session: ReadSession, effect: str) -> Finding:
    """Contact details or introductions demanded rather than asked for."""
    return _counted(_per_turn(session.find("demand")), effect)


@entry(moment=lambda s, t: not _was_refused(s, t))
def name_taken_up(session: ReadSession, effect: str) -> Finding:
    """Takes up a name or introduction the contact offered or gave: says so, settles the next step, or repeats the name.

    After a refusal there is nothing to take up, whatever is said.
    """
    said = [f for f in session.find("takes_offer", "next_step") if f.turn and _takes_up(session, f.act.id, f.turn)]
    places = {f.where for f in said}
    echoed = [t for t in session.turns if t.where not in places and _echoes_offer(session, t)]
    found, more = _counted(_per_turn(said), effect), _turns(echoed, effect)
    return Finding((found.amount or 0) + (more.amount or 0), (*found.evidence, *more.evidence))


def _takes_up(session: ReadSession, act_id: str, turn: LearnerTurn) -> bool:
    """Tell whether there is something to take up; a sneer takes nothing up, though settling a next step does in any tone."""
    return not _was_refused(session, turn) and (act_id == "next_step" or not turn.heard.has("negative_tone"))


def _was_refused(session: ReadSession, turn: LearnerTurn) -> bool:
    """Tell whether the last the contact said of names, before this turn, was a no."""
    lines = [line for n, line in session.contact_turns() if n < turn.index and (line.offers_name or line.no_referral)]
    return bool(lines) and not lines[-1].offers_name


def _echoes_offer(session: ReadSession, turn: LearnerTurn) -> bool:
    """Tell whether the contact has just offered somebody and the learner repeats their name, or thanks and turns to nothing else."""
    line = session.contact_before(turn)
    if line is None or not line.offers_name or turn.heard.has("negative_tone", "job_ask"):
        return False
    inside, first = names_in(line.text, session.persona)
    thanked = turn.heard.has("thanks", "follow_up_ask") and not turn.heard.has("question", "goodbye")
    pieces = [p.text for p in segment(turn.heard.text)]
    named = [n for n, piece in enumerate(pieces) if repeats(piece, inside, first)]
    declined = any(_DECLINES.search(piece) for n in named for piece in pieces[n : n + 2])
    return (thanked and bool(inside or first or _OFFERS.search(line.text))) or (bool(named) and not declined)


_OFFERS = re.compile(
    r"\b(?:introduce|introduction|in touch|(?:talk|speak|write) to|mention you|your name"
    r"|(?:ask|tell|ring|call|let|send|drop) (?:her|him|them|you))\b",
    re.I,
)
"""Words that offer somebody without a name. "There are other folk who... well" offers nothing to be thankful for."""

_DECLINES = re.compile(
    r"\b(?:no need|not needed|no,? thank|no thanks|(?:do|wo|would|did|can)n['’]?t (?:need|want|think|bother|care)|rather not|never mind"
    r"|not (?:interested|necessary|for me|what i)|of no use|no use)\b",
    re.I,
)
"""Words that leave a name where it was."""

_INQUIRES = re.compile(
    r"\?|\b(?:may|might|can|could|shall|should) i\b|\b(?:would|do|does|is|are) (?:it|you|she|he|they)\b"
    r"|\b(?:okay|ok|cool) if\b|\bhow (?:best|do|would)\b|\bwhich\b",
    re.I,
)


def _somebody_to_reach(session: ReadSession, turn: LearnerTurn) -> bool:
    """Tell whether names were asked for or offered by then. Where neither was heard, it may have been missed, and any moment will do."""
    asked = [t.index for t in session.turns_with("referral_ask")]
    opened = [*asked, *(n for n, line in session.contact_turns() if line.offers_name)]
    return not opened or turn.index >= min(opened)


@entry(moment=_somebody_to_reach)
def next_step(session: ReadSession, effect: str) -> Finding:
    """Settles the next step of a referral by asking: may I use your name, how best to reach them, how shall I follow up.

    Merely announcing a letter is taking the name up, not settling how.
    """
    asks = session.turns_with("referral_ask")
    first = asks[0].index if asks else len(session.transcript.turns)
    later = (f for f in session.find("next_step", "follow_up_ask") if f.turn and f.turn.index >= first and _INQUIRES.search(f.act.quote))
    return _counted(_per_turn(later), effect)


@entry
def grace_after_no(session: ReadSession, effect: str) -> Finding:
    """Takes a refusal with grace."""
    return _counted(_per_turn(session.find("takes_no")), effect)


# -- jobs ---------------------------------------------------------------------------------------------------------------------------


@entry
def job_asks(session: ReadSession, effect: str) -> Finding:
    """Turns that ask for a job, openly or veiled."""
    return _counted(_per_turn(session.find("job_ask")), effect)


@entry
def direct_job_asks(session: ReadSession, effect: str) -> Finding:
    """Turns that openly ask for a job."""
    return _counted(_per_turn(session.find("job_ask", kind="direct")), effect)


@entry
def veiled_job_asks(session: ReadSession, effect: str) -> Finding:
    """Turns that ask for a job in disguise and not openly."""
    open_turns = {f.where for f in session.find("job_ask", kind="direct")}
    return _counted(_per_turn(f for f in session.find("job_ask", kind="veiled") if f.where not in open_turns), effect)


@entry(moment=lambda s, t: any(n < t.index and line.no_job for n, line in s.contact_turns()))
def job_asks_after_no(session: ReadSession, effect: str) -> Finding:
    """Turns that ask again after the contact had turned an earlier ask aside."""
    asks = _per_turn(session.find("job_ask"))
    turned_aside = [n for n, line in session.contact_turns() if line.no_job and asks and asks[0].turn and n > asks[0].turn.index]
    return _counted((f for f in asks[1:] if f.turn and any(n < f.turn.index for n in turned_aside)), effect)


@entry(place="note")
def job_asks_in_note(session: ReadSession, effect: str) -> Finding:
    """Requests for a job in a thank-you note; not applicable without the stage."""
    if not session.transcript.has_thank_you_stage:
        return Finding(None)
    return _counted(session.in_note("job_ask"), effect)


@entry(place="note")
def direct_job_asks_in_note(session: ReadSession, effect: str) -> Finding:
    """Open requests for a job in a thank-you note; not applicable without the stage."""
    if not session.transcript.has_thank_you_stage:
        return Finding(None)
    return _counted((f for f in session.in_note("job_ask") if f.act.kind == "direct"), effect)


@entry
def ambiguous_moments(session: ReadSession, effect: str) -> Finding:
    """Questions on how hiring works or what is looked for, work asked for somebody else, and asks too unsure to be marked."""
    hiring = [f for f in session.find("question") if f.act.kind == "hiring"]
    doubtful = [f for f in session.find("job_possible") if f.act.confidence >= DOUBTFUL]
    return _counted(_per_turn([*hiring, *doubtful]), effect)


@entry
def disclaimers(session: ReadSession, effect: str) -> Finding:
    """Says they are not here for a job."""
    return _counted(session.find("job_disclaimer"), effect)


@entry
def interest_stated(session: ReadSession, effect: str) -> Finding:
    """Says they are drawn to the field or the company."""
    return _counted(_per_turn(session.find("interest")), effect)


# -- courtesy and listening ------------------------------------------------------------------------------------------------------------


@entry(moment=lambda s, t: t.order <= 1)
def greeted(session: ReadSession, effect: str) -> Finding:
    """Greets the contact near the beginning."""
    # Who opens by addressing the contact by name has greeted them: "Mr Finch, it's Imelda Garvey."
    said = [f for f in session.find("greeting") if f.turn and f.turn.order <= 1]
    if said or not session.turns or session.persona is None:
        return _counted(_per_turn(said), effect)
    opening = _head(session.turns[0].heard.text, ADDRESS_WORDS)
    names = [n for n in re.findall(r"\w+", session.persona.name.lower()) if len(n) > 2]
    addressed = any(n in names for n in re.findall(r"\w+", opening.lower())) and not session.turns[0].heard.has("negative_tone")
    return _turns(session.turns[:1], effect, "opens with the contact's name") if addressed else Finding(0)


@entry
def thanked(session: ReadSession, effect: str) -> Finding:
    """Thanks the contact in the meeting."""
    return _counted(_per_turn(session.find("thanks")), effect)


@entry
def builds(session: ReadSession, effect: str) -> Finding:
    """Turns that build on what the contact has just said; the same words twice count once."""
    wordings: list[frozenset[str]] = []
    kept = []
    for found in _per_turn(session.find("builds_on_answer")):
        words = _wording(found.act.quote)
        if not any(_alike(words, other) for other in wordings):
            wordings.append(words)
            kept.append(found)
    return _counted(kept, effect)


@entry
def negative_remarks(session: ReadSession, effect: str) -> Finding:
    """Turns that are rude, curt, cynical, complaining, arguing or plainly not listening."""
    return _counted(_per_turn(session.find("negative_tone")), effect)


@entry(measured=True)
def negative_share(session: ReadSession, effect: str) -> Finding:
    """Per cent of the learner's turns with a negative tone."""
    found = _per_turn(session.find("negative_tone"))
    return Finding(100 * len(found) / max(1, len(session.turns)), tuple(f.evidence(effect) for f in found))


@entry(measured=True)
def wandering(session: ReadSession, effect: str) -> Finding:
    """Turns that wander off, and monologues about oneself."""
    speeches = {t.index for t in _speeches(session)}
    return _turns((t for t in session.turns if t.heard.has("off_topic") or t.index in speeches), effect)


# -- afterwards ------------------------------------------------------------------------------------------------------------------------


def written(note: Understanding) -> int:
    """Return the words of a note that say something to whoever gets it: not those to the machinery, nor what nobody here can read."""
    steered = min((a.start for a in note.acts if a.id == "steering"), default=len(note.text))
    return sum(word_count(p.text) for p in segment(note.text[:steered]) if is_readable(p.text))


@entry(place="note", measured=True)
def note_stage(session: ReadSession, effect: str) -> Finding:
    """1 when a thank-you note could have been sent."""
    return Finding(1 if session.transcript.has_thank_you_stage else 0)


@entry(place="note", measured=True)
def note_sent(session: ReadSession, effect: str) -> Finding:
    """A note to the contact, of at least four words."""
    note = session.note
    if note is None or written(note) < 4:
        return Finding(0)
    return Finding(1, (Evidence(where="thank_you", quote=_head(note.text, 12), effect="helps"),))


@entry(place="note")
def note_thanks(session: ReadSession, effect: str) -> Finding:
    """Thanks in the note."""
    return _counted(session.in_note("thanks"), effect)


@entry(place="note")
def note_learned(session: ReadSession, effect: str) -> Finding:
    """Names something specific from the meeting in the note."""
    return _counted(session.in_note("learned"), effect)


@entry(place="note")
def note_plan(session: ReadSession, effect: str) -> Finding:
    """Says in the note what they did or will do with it."""
    return _counted(session.in_note("plan"), effect)


@entry(place="note")
def note_asks_favour(session: ReadSession, effect: str) -> Finding:
    """A job or another favour asked for in the note."""
    return _counted(session.in_note("job_ask", "favour"), effect)


@entry(place="note")
def note_careless(session: ReadSession, effect: str) -> Finding:
    """Signs of carelessness in the note: a form letter, a placeholder, a wrong name, a bare handful of words, far too long."""
    note = session.note
    if note is None or written(note) < 4:  # nothing was sent: there is nothing to be careless in
        return Finding(0)
    found = [f.evidence(effect) for f in session.in_note("template")]
    bare = written(note) < 9 and not session.in_note("learned", "plan")
    if note.words > LONG_NOTE_WORDS or bare or _names_somebody_else(note.text, session):
        found.append(Evidence(where="thank_you", quote=_head(note.text, 20), effect="hurts"))
    return Finding(len(found), tuple(found))


def _names_somebody_else(note: str, session: ReadSession) -> bool:
    """Tell whether a note is addressed by a name that is nobody's here; a slip of a letter or two and a short form are forgiven."""
    if session.persona is None:
        return False
    ours = [w for w in re.findall(r"[\w'’-]+", folded(session.persona.name)) if len(w) > 1]
    called = called_in(note)
    return bool(called) and not any(same_name(w, mine) for w in called for mine in ours)


_PASSES_ON = (
    r"(?<!please )\b(?:tell(?:ing)?|told|thank(?:ing|ed)?|let(?:ting)?|(?:grateful|thanks|thank you) to)\s+"
    r"(?:(?!you\b)\w+\s+){{0,2}}(?:{name})\b"
)
"""A word to whoever opened the door, announced in the note to the contact: "I'm telling Colm how much he did for me"."""


# Thanks are heard, not counted; but a judge was never asked this one, and the recorded readings hold every question.
@entry(place="note", measured=True)
def referrer_thanked(session: ReadSession, effect: str) -> Finding:
    """A note of thanks to whoever made the introduction, or the word that they will hear of it; not applicable where nobody did."""
    if session.persona is None or session.persona.referrer is None:
        return Finding(None)
    note = session.note_referrer
    said = [f.evidence(effect) for f in (session.in_note("thanks", notes=(note,)) if note and written(note) >= 4 else [])]
    name = "|".join(re.escape(w) for w in session.persona.referrer.name.split() if len(w) > 2)
    if not said and session.note and name:
        pieces = [p.text for p in segment(session.note.text) if re.search(_PASSES_ON.format(name=name), p.text, re.I)]
        said = [Evidence(where="thank_you", quote=piece, effect="helps" if effect == "helps" else "hurts") for piece in pieces]
    return Finding(min(1, len(said)), tuple(said[:1]))


@entry(place="anywhere")
def gave_back(session: ReadSession, effect: str) -> Finding:
    """Asks how to follow up, offers something in return, or asks to stay connected, in the meeting or in the note."""
    acts = ("follow_up_ask", "offer_back", "connect_ask")
    return _counted([*_per_turn(session.find(*acts)), *session.in_note(*acts)], effect)


@entry
def gave_back_meeting(session: ReadSession, effect: str) -> Finding:
    """The same, in the meeting only."""
    return _counted(_per_turn(session.find("follow_up_ask", "offer_back", "connect_ask")), effect)


@entry
def follow_up_asked(session: ReadSession, effect: str) -> Finding:
    """Asks in the meeting how the contact would like them to follow up."""
    return _counted(_per_turn(session.find("follow_up_ask")), effect)


@entry(place="anywhere")
def offered_back(session: ReadSession, effect: str) -> Finding:
    """Offers help or something of use in return, in the meeting or in the note."""
    return _counted([*_per_turn(session.find("offer_back")), *session.in_note("offer_back")], effect)


@entry(moment=lambda s, t: t.order >= len(s.turns) * 2 / 3 - 1)
def closed_with_thanks(session: ReadSession, effect: str) -> Finding:
    """Thanks the contact in the last third of the meeting."""
    late = (f for f in session.find("thanks") if f.turn and f.turn.order >= len(session.turns) * 2 / 3 - 1)
    return _counted(_per_turn(late), effect)


@entry(moment=lambda s, t: t.order >= len(s.turns) - 2)
def said_goodbye(session: ReadSession, effect: str) -> Finding:
    """Says goodbye or thanks in the last two turns."""
    last = (f for f in session.find("goodbye", "thanks", "wrap_up") if f.turn and f.turn.order >= len(session.turns) - 2)
    return _counted(_per_turn(last), effect)
