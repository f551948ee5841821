"""What to say on each lever: which situation it was, the learner's own line, and what the line could have been.

A writer returns a Case, or None where there is nothing sensible to say (the lever is then left to others). All wording stands in
`phrases.yaml`; a writer only picks the situation and its material.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from sim.scorecard import Evidence
from sim.scoring.catalogue import LONG_NOTE_WORDS
from sim.scoring.gains import Wrong
from sim.scoring.material import Material, asks_for_work
from sim.scoring.session import Found, LearnerTurn, longest
from sim.scoring.wording import head, quoted, refusal, sentences, tells_career
from sim.transcript import WORDS_PER_MINUTE
from sim.understanding.dossier import stems


@dataclass(frozen=True)
class Case:
    """One piece of advice, not worded yet. `situation` is a key of `advice` in phrases.yaml, `quote` the learner's, verbatim."""

    situation: str
    fields: dict[str, str] = field(default_factory=dict)
    where: str = ""
    quote: str = ""


MANY_QUESTIONS = 4
"""Questions from which nobody can be told that they asked hardly any."""

EARLY_TURNS = 2
"""Learner turns within which the friend who opened the door is named at the start."""

Writer = Callable[[Material, list[Wrong]], Case | None]
WRITERS: dict[str, Writer] = {}


def writer(function: Writer) -> Writer:
    """Put a writer into the table under its lever's name."""
    WRITERS[function.__name__] = function
    return function


def _evidence(wrong: list[Wrong]) -> Evidence | None:
    """Return the first words of the learner's that cost something."""
    return next((e for w in wrong for e in w.result.evidence if e.effect == "hurts" and e.where != "clock"), None)


def _line(turn: LearnerTurn | None) -> tuple[str, str]:
    """Return (where, quote) of a learner's turn, or two blanks."""
    return (turn.where, head(turn.heard.text)) if turn else ("", "")


def _act(found: Found | None) -> tuple[str, str]:
    """Return (where, quote) of an act; with what follows it in the turn where it is a mere word or two."""
    if found is None:
        return "", ""
    if len(found.act.quote.split()) < 4 and found.turn is not None:
        return found.where, head(found.turn.heard.text[found.act.start :])
    return found.where, head(found.act.quote)


def _turn_at(m: Material, where: str) -> LearnerTurn | None:
    return next((t for t in m.session.turns if t.where == where), None)


def _first_turn(m: Material) -> LearnerTurn | None:
    return m.session.turns[0] if m.session.turns else None


# -- preparation -------------------------------------------------------------------------------------------------------


@writer
def research(m: Material, wrong: list[Wrong]) -> Case | None:
    used = m.session.facts_used()
    if not used and m.session.find("wrong_fact"):
        return wrong_fact(m, wrong)  # the reading was done: to be told to bring a fact would be untrue
    own = m.sheet_question(researched=True)
    if own:
        return Case("research_sheet", {"ask": own}, "prep", own)
    plain = m.generic_question()
    where, quote = _act(plain)
    asked = m.fact_question(quote)
    if asked is None:
        return None if m.persona and m.persona.dossier.facts() else Case("research_alone", {}, where, quote)
    if len({f.act.fact for f in used}) > 1:
        return Case("research_again" if quote else "research_again_plain", {"ask": asked}, where, quote)
    if not quote:
        return Case("research_more" if used else "research_plain", {"ask": asked})
    return Case("research_one" if used else "research_none", {"ask": asked}, where, quote)


@writer
def wrong_fact(m: Material, wrong: list[Wrong]) -> Case | None:
    found = next(iter(m.session.find("wrong_fact")), None)
    if found is None or found.act.fact is None:
        return None
    asked = m.fact_question(fact=found.act.fact)
    return Case("wrong_fact", {"fact": quoted(found.act.fact, 40), "ask": asked}, *_act(found)) if asked else None


@writer
def specific(m: Material, wrong: list[Wrong]) -> Case | None:
    own = m.sheet_question()
    if own:
        return Case("specific_sheet", {"ask": own}, "prep", own)
    plain = m.generic_question()
    if plain is None or plain.turn is None:
        some = len(m.session.find("question")) >= MANY_QUESTIONS
        return Case("specific_some" if some else "specific_few", {"ask": m.any_question()})
    thread = m.thread_before(plain.turn)
    if thread:
        return Case("specific_thread", {"said": quoted(thread.sentence), "ask": m.follow(thread)}, *_act(plain))
    asked = m.fact_question(plain.act.quote)
    return Case("specific_fact", {"ask": asked or m.any_question(plain.act.quote)}, *_act(plain))


@writer
def basic(m: Material, wrong: list[Wrong]) -> Case | None:
    shown = _evidence(wrong)
    return Case("basic", {"ask": m.fact_question(shown.quote) or m.any_question(shown.quote)}, *_shown(shown)) if shown else None


@writer
def lead(m: Material, wrong: list[Wrong]) -> Case | None:
    first = _evidence(wrong)
    if first is None:
        return None
    here = [e for w in wrong for e in w.result.evidence if e.effect == "hurts" and e.where == first.where]
    return Case("lead", {"ask": m.any_question()}, *_shown(max(here, key=lambda e: len(e.quote))))


@writer
def purpose(m: Material, wrong: list[Wrong]) -> Case | None:
    return Case("purpose", {}, *_line(_first_turn(m)))


@writer
def introduction(m: Material, wrong: list[Wrong]) -> Case | None:
    pitch = m.pitch("introduction", "achievement", "purpose")
    if pitch:
        return Case("introduction_sheet", {"pitch": pitch}, "prep", pitch)
    return Case("introduction", {}, *_line(_first_turn(m)))


@writer
def achievement(m: Material, wrong: list[Wrong]) -> Case | None:
    told = next(iter(m.session.find("achievement")), None)
    if told:
        return Case("achievement_more", {}, *_act(told))
    pitch = m.pitch("achievement")
    if pitch:
        return Case("achievement_sheet", {"pitch": pitch}, "prep", pitch)
    said = next(iter(m.session.find("introduction", "purpose")), None)
    return Case("achievement", {}, *(_act(said) if said else _line(_first_turn(m))))


@writer
def referrer(m: Material, wrong: list[Wrong]) -> Case | None:
    spoken = m.referrer_spoken
    if not m.fields["referrer"] or (spoken and spoken.order < EARLY_TURNS):
        return None
    return Case("referrer_late", {}, *_line(spoken)) if spoken else Case("referrer", {}, *_line(_first_turn(m)))


@writer
def sheet(m: Material, wrong: list[Wrong]) -> Case | None:
    return Case("sheet", {"ask": m.fact_question() or m.any_question()})


# -- time --------------------------------------------------------------------------------------------------------------


@writer
def time_check(m: Material, wrong: list[Wrong]) -> Case | None:
    return Case("time_check", {}, *_line(_first_turn(m)))


@writer
def wrap_up(m: Material, wrong: list[Wrong]) -> Case | None:
    if m.broken_off:
        return _cooled(m)
    last = m.session.turns[-1]
    closing = m.leaving
    if closing is None:
        return Case("wrap_up_none", {"closing": m.closing()}, *_line(m.session.turns[-2] if len(m.session.turns) > 1 else last))
    before = next((t for t in reversed(m.session.turns) if t.index < closing), last)
    return Case("wrap_up", {"said": quoted(m.going(closing)), "closing": m.closing()}, *_line(before))


def _cooled(m: Material) -> Case | None:
    """Return the case of a meeting that the contact broke off: no closing of it was left to the learner, a word of sorry was."""
    found = m.warning()
    if found is None:
        return None
    fields = {"said": quoted(found.said), "ask": m.instead_of(found.reply)}
    return Case("cooled" if m.rude else "cooled_long", fields, *_line(found.reply))


@writer
def stop(m: Material, wrong: list[Wrong]) -> Case | None:
    missed = next((e for w in wrong if w.entry == "cues_missed" for e in w.result.evidence), None)
    turn = _turn_at(m, missed.where) if missed else None
    ended = {"ended": str(ceil(m.session.ended))}
    if missed and turn:
        cue = m.leaving
        if cue is not None and cue < turn.index:
            return Case("stop_cue", {"said": quoted(m.going(cue))}, *_shown(missed))
    late = [t for t in m.session.turns if t.start >= m.session.agreed]
    over = next((t for t in late if not t.heard.has("goodbye", "wrap_up", "thanks")), None)
    if m.session.ended <= m.session.agreed:
        return None
    return Case("stop_over", ended, *_line(over)) if over else Case("stop_long", ended, *_line(m.session.turns[-1]))


@writer
def monologue(m: Material, wrong: list[Wrong]) -> Case | None:
    turn = longest(m.session)
    if turn is None:
        return None
    size = {"words": str(turn.heard.words), "seconds": str(round(turn.heard.words / WORDS_PER_MINUTE * 60))}
    asked = turn.heard.questions
    if asked and asked[-1].kind not in ("basic", "hiring") and len(asked[-1].quote.split()) <= 30:
        return Case("monologue_question", {**size, "ask": asked[-1].quote}, *_line(turn))
    return Case("monologue", {**size, "ask": m.any_question(turn.heard.text)}, *_line(turn))


@writer
def wandering(m: Material, wrong: list[Wrong]) -> Case | None:
    shown = _evidence(wrong)
    return Case("wandering", {"ask": m.any_question()}, *_shown(shown)) if shown else None


@writer
def idle(m: Material, wrong: list[Wrong]) -> Case | None:
    shown = _evidence(wrong)
    count = max((len(w.result.evidence) for w in wrong), default=0)
    return Case("idle", {"ask": m.any_question(), "count": str(count)}, *_shown(shown)) if shown else None


# -- referrals ---------------------------------------------------------------------------------------------------------


@writer
def referral(m: Material, wrong: list[Wrong]) -> Case | None:
    asked = m.session.find("referral_ask")
    if asked:
        return _asked_badly(m, asked, wrong)
    hint = next((f for f in m.session.find("referral_hint") if f.turn and not asks_for_work(f.turn)), None)
    if hint:
        return Case("referral_hinted", {"ledger": m.ledger()}, *_act(hint))
    passed_over = _offer_passed_over(m)
    if passed_over:
        return passed_over
    moment = m.opening()
    if moment is None and m.broken_off:
        return None  # nobody passes on whom they have just sent away
    if moment is None:
        last = m.session.turns[-1]
        return Case("referral_plain", {"ledger": m.ledger()}, *_line(None if asks_for_work(last) else last))
    said = {"said": quoted(moment.said), "minute": f"{moment.minute:.0f}", "moment": moment.reason, "ledger": m.ledger()}
    return Case("referral_never", said, *_line(moment.reply))


def _asked_badly(m: Material, asked: list[Found], wrong: list[Wrong]) -> Case | None:
    first = _plainest(asked, asked[0].where)
    names = {w.entry for w in wrong}
    assert first.turn is not None
    if "referral_asks_in_time" in names:
        thread = m.thread(lambda t: t.turn > first.turn.index if first.turn else True)
        said = {"minute": f"{first.turn.start:.0f}", "ledger": m.ledger()}
        if thread:
            return Case("referral_early", {**said, "said": quoted(thread.sentence)}, *_act(first))
        return Case("referral_early_plain", said, *_act(first))
    if "referral_asks_clear" in names:
        cue = m.leaving
        if cue is None or cue > first.turn.index:
            return Case("referral_unclear", {}, *_act(first))
        return Case("referral_late", {"said": quoted(m.going(cue))}, *_act(first))
    return Case("referral_second", {}, *_act(first)) if "referral_asks" in names else None


def _plainest(found: list[Found], where: str) -> Found:
    """Return, of the acts in one turn, the one to quote: the surest of those that are put as a question."""
    here = [f for f in found if f.where == where]
    return max(here, key=lambda f: ("?" in f.act.quote, f.act.confidence))


def _offer_passed_over(m: Material) -> Case | None:
    """Return the case of a name that was offered unasked and met with something else."""
    for turn in m.session.turns:
        line = m.session.contact_before(turn)
        if line and line.offers_name and not turn.heard.has("takes_offer", "next_step", "referral_ask"):
            said, name = _offer(m, line.text)
            if said and not (name and any(part in turn.heard.text for part in name.split())):
                return Case("referral_offered" if name else "referral_offered_somebody", {"said": quoted(said), "name": name}, *_line(turn))
    return None


_PERSON = r"[A-Z][\w'’-]+ [A-Z][\w'’-]+"
_NAMED = re.compile(
    rf"\b(?i:(?:talk|speak|talking|speaking|write|writing|introduce you|say hello) to|meet|ask|call|ring|try|with|look up) ({_PERSON})"
    rf"|({_PERSON})(?:,? (?:she|he|they|who|is|runs|leads|would|could)\b)"
)
"""Somebody named as a person to go to, where no persona file says who that may be."""

_SOMEBODY = re.compile(
    r"\b(?:introduce you|put you (?:in touch|on to|through)|pass you on|send you (?:on )?to|i (?:do )?know (?:some|just)(?:body|one)?"
    r"|(?:some|any)(?:body|one) (?:you|i) (?:should|could|might|ought|can|know)|(?:have|has) a word with"
    r"|you(?: really)? (?:should|ought to|could|might|must|want to)(?: really)? (?:talk|speak|meet|write|call|ring)"
    r"|you(?:['’]ve| have) got to (?:talk|speak|meet)|(?:talk|speak) to (?:my|our|the))\b",
    re.I,
)
"""Words that offer a person without a name."""


def _offer(m: Material, text: str) -> tuple[str, str]:
    """Return the sentence of a line that offers somebody, and the name where one is said; two blanks where no sentence does."""
    said = sentences(text) or [text]
    known = [r.name for r in m.persona.referrals] if m.persona else []
    named = next(((s, name) for s in said for name in known if name in s), None)
    if named is None:
        named = next(((s, found[1] or found[2]) for s in said if (found := _NAMED.search(s))), None)
    return named or (next((s for s in said if _SOMEBODY.search(s)), ""), "")


@writer
def take_up(m: Material, wrong: list[Wrong]) -> Case | None:
    return _offer_passed_over(m)


@writer
def next_step(m: Material, wrong: list[Wrong]) -> Case | None:
    asked = m.session.find("referral_ask")
    if not asked:
        return None
    refused = any(line.no_referral for _, line in m.session.contact_turns())
    given = any(line.offers_name for _, line in m.session.contact_turns())
    return Case("next_step_no" if refused and not given else "next_step", {}, *_act(_plainest(asked, asked[-1].where)))


@writer
def push(m: Material, wrong: list[Wrong]) -> Case | None:
    demanded = next((e for w in wrong if w.entry == "demands" for e in w.result.evidence), None)
    pushed = next((e for w in wrong if w.entry == "referral_pushes" for e in w.result.evidence), None)
    if pushed is None:
        return Case("demand", {}, *_shown(demanded)) if demanded else None
    index = int(pushed.where[5:])
    said = {n: refusal(line.text) for n, line in m.session.contact_turns() if n < index and line.no_referral}
    last = max((n for n, no in said.items() if no), default=None)
    if last is None:
        return None  # without a no that can be shown there is nobody to have been pushed
    if last == index - 1:
        return Case("push", {"said": quoted(said[last])}, *_shown(pushed))
    return Case("push_later", {"said": quoted(said[last]), "ask": m.any_question()}, *_shown(pushed))


# -- jobs --------------------------------------------------------------------------------------------------------------


@writer
def job(m: Material, wrong: list[Wrong]) -> Case | None:
    names = {w.entry for w in wrong}
    shown = _evidence([w for w in wrong if w.entry == "job_asks_after_no"]) or _evidence(wrong)
    if shown is None:
        return None
    turn = _turn_at(m, shown.where)
    reply = m.session.contact_after(turn) if turn else None
    refused = refusal(reply.text) if reply and reply.no_job else ""
    answer = f" The answer was {quoted(refused)}" if refused else ""
    fields = {"ask": _learning(m, turn), "reply": answer}
    if "job_asks_after_no" in names:
        return Case("job_again", fields, *_shown(shown))
    if "pretexts" in names and m.session.find("job_disclaimer"):
        return Case("job_pretext", fields, *_shown(shown))
    kinds = {a.kind for a in turn.heard.all("job_ask")} if turn else set()
    return Case("job_direct" if "direct" in kinds else "job_veiled", fields, *_shown(shown))


def _learning(m: Material, turn: LearnerTurn | None) -> str:
    """Return what one could have asked instead: on the contact's last words where they give something, else in general."""
    thread = m.thread_before(turn) if turn else None
    return f"You said: {quoted(thread.sentence)} {m.follow(thread)}" if thread else m.pick("learn_ask", "learn")


@writer
def hiring(m: Material, wrong: list[Wrong]) -> Case | None:
    shown = _evidence(wrong)
    turn = _turn_at(m, shown.where) if shown else None
    if shown is None:
        return None
    if turn and turn.heard.has("job_possible") and not any(q.kind == "hiring" for q in turn.heard.questions):
        return Case("job_unclear", {"ask": _learning(m, turn)}, *_shown(shown))
    return Case("hiring", {"ask": m.pick("work_ask", "work")}, *_shown(shown))


@writer
def note_job(m: Material, wrong: list[Wrong]) -> Case | None:
    shown = _evidence(wrong)
    return Case("note_job", {"note": m.note()}, *_shown(shown)) if shown else None


# -- listening, giving, thanking ---------------------------------------------------------------------------------------


@writer
def listen(m: Material, wrong: list[Wrong]) -> Case | None:
    end = m.leaving if m.leaving is not None else m.session.turns[-1].index - 1
    busy = ("builds_on_answer", "goodbye", "wrap_up", "takes_offer", "referral_ask", "job_ask")
    deaf = {t.index - 1: t for t in m.session.turns if t.index <= end and not t.heard.has(*busy)}
    thread = m.thread(lambda t: t.turn in deaf and t.turn > 0 and not stems(t.sentence) & stems(deaf[t.turn].heard.text))
    if thread is None:
        return None
    return Case("listen", {"said": quoted(thread.sentence), "ask": m.follow(thread)}, *_line(deaf[thread.turn]))


@writer
def tone(m: Material, wrong: list[Wrong]) -> Case | None:
    shown = _evidence(wrong)
    return Case("tone", {"ask": m.instead_of(_turn_at(m, shown.where))}, *_shown(shown)) if shown else None


@writer
def greet(m: Material, wrong: list[Wrong]) -> Case | None:
    return Case("greet", {}, *_line(_first_turn(m)))


@writer
def thank(m: Material, wrong: list[Wrong]) -> Case | None:
    return None if m.broken_off else Case("thank", {"closing": m.thanking()}, *_line(m.session.turns[-1]))


@writer
def follow_up(m: Material, wrong: list[Wrong]) -> Case | None:
    return None if m.broken_off else Case("follow_up", {}, *_line(m.session.turns[-1]))


@writer
def interest(m: Material, wrong: list[Wrong]) -> Case | None:
    disclaimed = next(iter(m.session.find("job_disclaimer")), None)
    if disclaimed and any(w.entry == "disclaimers" for w in wrong):
        return Case("interest_disclaimed", {}, *_act(disclaimed))
    early = next(iter(m.session.find("interest")), None)
    hinted = next(iter(m.session.find("job_ask", kind="veiled")), None)
    if hinted and not early:
        return Case("interest_hinted", {}, *_act(hinted))
    if early:
        return Case("interest_close", {}, *_act(early))
    return None if m.broken_off else Case("interest", {}, *_line(m.session.turns[-1]))


@writer
def offer(m: Material, wrong: list[Wrong]) -> Case | None:
    done = next(iter(m.session.find("achievement")), None)
    if done:
        return Case("offer_skill", {}, *_act(done))
    thread = m.thread(lambda t: t.turn > 0 and not tells_career(t.sentence))
    return Case("offer", {"said": quoted(thread.sentence)}) if thread else Case("offer_plain")


@writer
def note_missing(m: Material, wrong: list[Wrong]) -> Case | None:
    return Case("note_missing", {"note": m.note()}) if m.session.transcript.has_thank_you_stage else None


@writer
def note_learned(m: Material, wrong: list[Wrong]) -> Case | None:
    note = m.session.note
    return Case("note_generic", {"note": m.note()}, "thank_you", head(note.text)) if note else note_missing(m, wrong)


@writer
def note_plan(m: Material, wrong: list[Wrong]) -> Case | None:
    note = m.session.note
    if note and m.unforgiven:
        return Case("note_sorry", {}, "thank_you", head(note.text))
    learned = note.first("learned") if note else None
    return Case("note_plan", {}, "thank_you", head(learned.quote if learned else note.text)) if note else None


@writer
def note_careless(m: Material, wrong: list[Wrong]) -> Case | None:
    note, shown = m.session.note, _evidence(wrong)
    if note is None or shown is None:
        return None
    long = note.words > LONG_NOTE_WORDS
    return Case("note_long" if long else "note_careless", {"note": m.note(), "words": str(note.words)}, *_shown(shown))


@writer
def note_referrer(m: Material, wrong: list[Wrong]) -> Case | None:
    if not (m.fields["referrer"] and m.session.transcript.has_thank_you_stage):
        return None
    if m.broken_off and m.rude:
        return Case("note_referrer_sorry")
    if m.passed_on_to:
        return Case("note_referrer_name", {"name": m.passed_on_to})
    said, subject = m.for_others(), m.subject("referrer")
    if said:
        return Case("note_referrer_said", {"said": quoted(said)})
    return Case("note_referrer", {"subject": subject}) if subject else Case("note_referrer_plain")


def _shown(evidence: Evidence | None) -> tuple[str, str]:
    """Return (where, quote) of a check's evidence."""
    return (evidence.where, head(evidence.quote)) if evidence else ("", "")
