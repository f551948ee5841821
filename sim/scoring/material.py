"""What a session leaves to work with: facts not used, questions not asked, what the contact gave and nobody took up.

Everything here comes from what the learner could see: their own words, the dossier, the contact's spoken lines. What a contact
never told stays untold; of the ledger only how many there were to be asked about is ever said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sim.persona import Intent
from sim.scoring.catalogue import MONOLOGUE_WORDS
from sim.scoring.fact_kinds import invites_a_question
from sim.scoring.facts import fact_line
from sim.scoring.session import Found, LearnerTurn, ReadSession
from sim.scoring.wording import (
    advice_value,
    follow_up,
    opening_words,
    phrases,
    pick,
    quoted,
    say,
    sentences,
    speaks_of_self,
    speaks_of_time,
    takeaway,
    takes_leave,
    thread_value,
)
from sim.transcript import turn_times
from sim.understanding import Context, understand
from sim.understanding.dossier import stems
from sim.understanding.model import embed

ASKED_LIKENESS = 0.6
"""Likeness of meaning from which a question on the sheet counts as put (our judgement, on the development sessions)."""

TOLD_SHARE = 0.5
"""Share of a fact's content words from which the contact has told it themselves, so that bringing it up shows no homework."""

ABOUT_THE_WORK = ("career_path", "role", "organisation", "industry", "advice")
"""Kinds of question that can be made particular; basic and hiring questions are another matter."""

ABOUT_A_REQUEST = (
    "job_ask", "referral_ask", "referral_push", "demand", "next_step", "takes_offer", "follow_up_ask", "connect_ask",
    "negative_tone",
)  # fmt: skip
"""Acts whose answer settles something or turns it down: nothing to take up there."""

NO_EXAMPLE = (
    "small_talk", "leads_none", "job_ask", "job_possible", "referral_ask", "referral_hint", "negative_tone", "time_check",
    "off_topic", "builds_on_answer", "researched_fact",
)  # fmt: skip
"""Acts that make a question something else than a general question on the work."""

NOT_TO_BE_SAID = ("job_ask", "job_possible", "demand", "negative_tone", "steering")
"""Acts on a prep sheet that no advice repeats."""

SURE = 0.6
"""Confidence in a question's subject from which it is fit to be held up as an example."""

BROKEN_OFF_SHARE = 0.9
"""Share of the agreed time before which a contact who ends it breaks it off; with less than a tenth left anybody may close (ours)."""

COOL = (Intent.NEGATIVE_TONE, Intent.RAMBLING)
"""What a contact's turn does, by the trace, when it warns the learner: it names their tone or cuts in."""

_COOLS = re.compile(
    r"\b(?:tone|rude|manners|no call for|uncalled|ouch|let['’]s be nice|(?:excuse|pardon) me\?|beg your pardon|(?:hold on|stop you there)"
    r"|cut (?:in|across)|catch yourself|question in there|which (?:part|of those))\b",
    re.I,
)
"""The same in words, for a transcript without a trace."""

_SORRY = re.compile(r"\b(?:sorry|apolog\w+|forgive me|(?:beg|your) pardon|put (?:that|it) badly)\b", re.I)

_ASKS = re.compile(r"^(?:what|how|why|when|where|which|who|whom|whose|do|does|did|is|are|was|were|can|could|would|have|has)\b", re.I)

OWN_QUESTION_WORDS = 18
"""Words up to which a learner's own question is given back to them as it stands."""

RICH_WORDS = 25
"""Words of an answer from which it invites more: ten seconds of talk."""


@dataclass(frozen=True)
class Thread:
    """One sentence of the contact's worth taking up. `turn` is the contact's transcript index."""

    turn: int
    sentence: str
    value: float


@dataclass(frozen=True)
class Caution:
    """The contact's words that showed it was going wrong, and the learner's next turn, which made nothing good."""

    said: str
    reply: LearnerTurn


@dataclass(frozen=True)
class Opening:
    """The moment a referral was there to be had: the contact's line, the learner's next turn, and why then."""

    turn: int
    minute: float
    reply: LearnerTurn
    said: str
    reason: str


class Material:
    """One session's material; what has been used once is not offered again, so that no two pieces of advice share an example."""

    def __init__(self, session: ReadSession) -> None:
        self.session = session
        self.persona = session.persona
        self._used: set[str] = set()

    def salt(self, key: str) -> str:
        """Return what a choice among phrasings is made by: the session and the place."""
        return f"{self.session.transcript.id}|{key}"

    def pick(self, section: str, key: str) -> str:
        """Return one of a plain list of phrasings."""
        return pick(phrases()[section], self.salt(key))

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields every phrasing may use."""
        persona = self.persona
        first = persona.first_name if persona else "your contact"
        return {
            "first": first,
            "First": first[0].upper() + first[1:],
            "hello": f"Hello {first}" if persona else "Hello",
            "thanks": f"Thank you, {first}" if persona else "Thank you",
            "minutes": f"{self.session.agreed:g}",
            "company": persona.company if persona else "your company",
            "at_company": f"at {persona.company}" if persona else "where you work",
            "inside_outside": f"at {persona.company} or anywhere else" if persona else "in your company or anywhere else",
            "referrer": persona.referrer.name if persona and persona.referrer else "",
            "want": self.want,
        }

    @cached_property
    def referrer_spoken(self) -> LearnerTurn | None:
        """The first learner turn with the name of whoever opened the door, however it was said."""
        words = [w for w in self.fields["referrer"].split() if len(w) > 2]
        return next((t for t in self.session.turns if any(w in t.heard.text for w in words)), None)

    @cached_property
    def want(self) -> str:
        """What the learner wants to understand, from the kind of question they asked most."""
        options: dict[str, list[str]] = phrases()["want"]
        return options[self._asked_most or "any"][0]

    @cached_property
    def _asked_most(self) -> str:
        kinds = [f.act.kind for f in self.session.find("question") if f.act.kind in ABOUT_THE_WORK]
        return max(kinds, key=kinds.count) if kinds else ""

    def subject(self, to: str) -> str:
        """Return in plain words what was talked about most; `to` is "contact" or "referrer". Empty where nothing was asked about."""
        return say("subject", f"{to}.{self._asked_most}", self.fields, "") if self._asked_most else ""

    # -- a meeting that went wrong -------------------------------------------------------------------------------------

    @cached_property
    def broken_off(self) -> bool:
        """Whether the contact ended the meeting before its time: then no last line of the learner's was there to be said better."""
        transcript = self.session.transcript
        if transcript.trace:
            return transcript.trace[-1].intent in (Intent.LEAVING_EARLY, Intent.LEAVING_JOB)
        return transcript.ended_by == "contact" and self.session.ended < BROKEN_OFF_SHARE * self.session.agreed

    @cached_property
    def rude(self) -> bool:
        """Whether anything the learner said can sound harsh."""
        return bool(self.session.find("negative_tone"))

    @property
    def unforgiven(self) -> bool:
        """Whether the meeting was broken off over the way the learner spoke, and no note of theirs says sorry."""
        note = self.session.note.text if self.session.note else ""
        return self.broken_off and self.rude and not _SORRY.search(note)

    def warning(self) -> Caution | None:
        """Return the first warning of the contact's that the learner met with more of the same, or None."""
        for turn in self.session.turns:
            line = self.session.contact_before(turn)
            worse = turn.heard.has("negative_tone") or turn.heard.words > MONOLOGUE_WORDS
            if line and worse and not _SORRY.search(turn.heard.text) and self._cools(turn.index - 1):
                return Caution(opening_words(line.text), turn)
        return None

    def _cools(self, index: int) -> bool:
        trace = self.session.transcript.trace
        if trace:
            return any(e.turn == index and e.intent in COOL for e in trace)
        return bool(_COOLS.search(self.session.contact[index].text))

    def instead_of(self, turn: LearnerTurn | None) -> str:
        """Return what to ask in place of a remark: the question beside it where it is plain enough, else one that needs no run-up.

        Straight after a word of sorry nobody recites what they read or quotes the other.
        """
        asked = turn.heard.questions if turn else []
        harsh = turn.heard.all("negative_tone") if turn else []
        plain = (
            a.quote for a in asked
            if a.kind not in ("basic", "hiring") and len(a.quote.split()) <= OWN_QUESTION_WORDS and _ASKS.match(a.quote)
            and a.quote.endswith("?") and not any(h.start < a.end and a.start < h.end for h in harsh)
        )  # fmt: skip
        return next(plain, "") or self.sheet_question() or self._plain_question()

    def _plain_question(self) -> str:
        """Return a question fit for any contact and any moment, another one each time while there are any."""
        left = [q for q in phrases()["plain_ask"] if q not in self._used] or phrases()["plain_ask"]
        chosen = pick(left, self.salt("plain"))
        self._used.add(chosen)
        return chosen

    # -- the dossier ---------------------------------------------------------------------------------------------------

    @cached_property
    def _unused_facts(self) -> list[str]:
        if self.persona is None:
            return []
        used = {f.act.fact for f in self.session.find("researched_fact", "wrong_fact")}
        told = frozenset().union(*(stems(line.text) for _, line in self.session.contact_turns()))
        return [f for f in self.persona.dossier.facts() if f not in used and not _told(f, told)]

    def fact_question(self, near: str = "", *, fact: str | None = None) -> str | None:
        """Return a fact and a question on it, in the learner's mouth; the unused fact nearest in meaning to `near`."""
        if self.persona is None:
            return None
        left = [fact] if fact else [f for f in self._unused_facts if f not in self._used]
        if not left:
            return None
        left = [f for f in left if invites_a_question(f)] or left
        chosen = left[_nearest(near, left)] if near else pick(left, self.salt("fact"))
        self._used.add(chosen)
        return fact_line(chosen, self.persona, self.salt(chosen))

    # -- the prep sheet ------------------------------------------------------------------------------------------------

    @cached_property
    def _unasked(self) -> list[str]:
        prep = self.session.transcript.prep
        written = [q.strip() for q in (prep.questions if prep else []) if len(q.split()) >= 4]
        if not written:
            return []
        spoken = [s for turn in self.session.turns for s in sentences(turn.heard.text)]
        return [q for q in written if not _was_asked(q, spoken)]

    def sheet_question(self, *, researched: bool = False) -> str | None:
        """Return a question on the sheet that was never put and is about this contact's own work; no basic or hiring question.

        `researched`: one that uses something found out beforehand.
        """
        wanted = ("researched_fact",) if researched else ("question",)
        found = next((q for q in self._unasked if q not in self._used and self._worth_asking(q, wanted)), None)
        if found:
            self._used.add(found)
        return found

    def _worth_asking(self, question: str, wanted: tuple[str, ...]) -> bool:
        heard = understand(question, Context(persona=self.persona))
        asks = heard.questions
        particular = any(a.specific for a in asks) and not any(a.kind in ("basic", "hiring") for a in asks)
        return particular and heard.has(*wanted) and not heard.has(*NOT_TO_BE_SAID)

    def pitch(self, *act_ids: str) -> str:
        """Return the introduction on the sheet where it is short enough to say, does one of these, and asks for nothing."""
        prep = self.session.transcript.prep
        written = (prep.pitch if prep else "").strip()
        if not 5 <= len(written.split()) <= 45:
            return ""
        heard = understand(written, Context(persona=self.persona))
        return written if heard.has(*act_ids) and not heard.has(*NOT_TO_BE_SAID) else ""

    # -- what the contact gave -----------------------------------------------------------------------------------------

    @cached_property
    def threads(self) -> list[Thread]:
        """The best sentence of each of the contact's lines, in order."""
        best = [_best_sentence(index, line.text) for index, line in self.session.contact_turns() if not self._turned_down(index)]
        return [t for t in best if t is not None]

    def _turned_down(self, index: int) -> bool:
        """Tell whether the contact's line settles a request or refuses one."""
        line = self.session.contact[index]
        before = next((t for t in self.session.turns if t.index == index - 1), None)
        asked = before is not None and before.heard.has(*ABOUT_A_REQUEST)
        return asked or line.no_job or line.no_referral or line.raises_job or self._cools(index)

    def thread(self, fits: Callable[[Thread], bool] = lambda _: True) -> Thread | None:
        """Return the richest thread that fits and is not used yet, and use it."""
        left = [t for t in self.threads if t.sentence not in self._used and fits(t)]
        found = max(left, key=lambda t: (t.value, -t.turn), default=None)
        if found:
            self._used.add(found.sentence)
        return found

    def keepsake(self, fits: Callable[[Thread], bool] = lambda _: True) -> str:
        """Return what a learner would take home, short enough to say: rather of a line they took up, and rather advice than routine.

        Empty where the contact said nothing of the kind.
        """
        built = {t.index - 1 for t in self.session.turns_with("builds_on_answer")}
        said = [Thread(n, s, thread_value(s)) for n, line in self.session.contact_turns() if n > 1 for s in sentences(line.text)]
        left = [t for t in said if t.value > 0 and t.sentence not in self._used and takeaway(t.sentence) and fits(t)]
        left = [t for t in left if not self._turned_down(t.turn) and not self.session.contact[t.turn].offers_name]

        def own(thread: Thread) -> float:  # worth asking about, less worth carrying home
            return 2.0 if speaks_of_self(thread.sentence) else 0.0

        found = max(left, key=lambda t: t.value + (2.0 if t.turn in built else 0.0) + advice_value(t.sentence) - own(t), default=None)
        if found is None:
            return ""
        self._used.add(found.sentence)
        return takeaway(found.sentence)

    @cached_property
    def passed_on_to(self) -> str:
        """The person the contact named as somebody to talk to, the first where there were several; empty where nobody was."""
        lines = " ".join(line.text for _, line in self.session.contact_turns() if line.offers_name)
        return next((r.name for r in (self.persona.referrals if self.persona else []) if r.name in lines), "")

    def for_others(self) -> str:
        """Return a keepsake that may be told to somebody else: nothing said in confidence, nothing about the contact's own person."""
        told = {e.turn for e in self.session.transcript.trace or [] if any(u.startswith("private:") for u in e.unlocked)}
        return self.keepsake(lambda t: t.turn not in told and not speaks_of_self(t.sentence))

    def thread_before(self, turn: LearnerTurn) -> Thread | None:
        """Return the thread in the line right before a learner turn."""
        return self.thread(lambda t: t.turn == turn.index - 1)

    def follow(self, thread: Thread) -> str:
        """Return an open question on a thread."""
        return follow_up(thread.sentence, self.salt(thread.sentence))

    def closing(self) -> str:
        """Return a last line, while there is time left, that names something the contact said."""
        return self._with_keepsake("closing")

    def thanking(self) -> str:
        """Return thanks at the very end that name something the contact said."""
        return self._with_keepsake("thanking")

    def note(self) -> str:
        """Return a thank-you note that names something the contact said, and says sorry where the meeting was broken off over tone."""
        return self._with_keepsake("sorry_note" if self.broken_off and self.rude else "note")

    def _with_keepsake(self, section: str) -> str:
        said, subject = self.keepsake(), self.subject("contact")
        fields = {**self.fields, "said": quoted(said), "subject": subject}
        return say(section, "said" if said else "subject" if subject else "plain", fields, self.salt(section))

    # -- questions -----------------------------------------------------------------------------------------------------

    def generic_question(self) -> Found | None:
        """Return the first of the learner's general questions on the work, which could have been a particular one."""
        asked = [f for f in self.session.find("question") if f.act.kind in ABOUT_THE_WORK and f.act.confidence >= SURE]
        plain = [f for f in asked if not f.act.specific and not _beside(f) and len(f.act.quote.split()) >= 4]
        left = [f for f in plain if f.act.quote not in self._used]
        if left:
            self._used.add(left[0].act.quote)
        return left[0] if left else None

    def any_question(self, near: str = "") -> str:
        """Return the best question there is material for: their own unasked one, one on a fact, one on a thread, a plain one."""
        own = self.sheet_question()
        if own:
            return own
        asked = self.fact_question(near)
        if asked:
            return asked
        found = self.thread(lambda t: t.turn > 0)
        if found:
            return f"You said: {quoted(found.sentence)} {self.follow(found)}"
        return self.pick("plain_ask", f"plain|{near}")

    # -- the moment for a referral -------------------------------------------------------------------------------------

    def opening(self) -> Opening | None:
        """Return the best moment to ask for names: after a good answer in the second half, before the contact had to go."""
        times = turn_times(self.session.transcript)
        found = [(self._promise(turn), turn) for turn in self.session.turns]
        fits = [(value, turn) for (value, _), turn in found if value > 0]
        if not fits:
            return None
        turn = max(fits, key=lambda pair: (pair[0], pair[1].index))[1]
        reason = self._promise(turn)[1]
        line = self.session.contact[turn.index - 1]
        best = _best_sentence(turn.index - 1, line.text)
        if best is None:
            return None
        self._used.add(best.sentence)
        return Opening(turn.index - 1, times[turn.index - 1], turn, best.sentence, reason)

    def _promise(self, turn: LearnerTurn) -> tuple[float, str]:
        """Return how good a moment this learner turn was for the request, and why (a key of `moment`)."""
        line = self.session.contact_before(turn)
        before = next((t for t in self.session.turns if t.index == turn.index - 2), None)
        if asks_for_work(turn) or (before is not None and asks_for_work(before)):
            return 0.0, ""
        leaving = self.leaving
        late = self.session.later_part(turn) >= 0.5 or turn.start >= 0.5 * self.session.agreed
        over = turn.start >= self.session.agreed or (leaving is not None and leaving < turn.index)
        best = _best_sentence(turn.index - 1, line.text) if line and not self._turned_down(turn.index - 1) else None
        if line is None or best is None or not late or over:
            return 0.0, ""
        value, reason = (1.0, "long") if len(line.text.split()) >= RICH_WORDS else (0.2, "long")
        if before and before.heard.has("builds_on_answer"):
            value, reason = value + 1.5, "builds"
        elif before and any(q.specific for q in before.heard.questions):
            value, reason = value + 1.0, "specific"
        value += 0.1 * best.value - (1.5 if line.cue or speaks_of_time(line.text) else 0.0)
        if self._warmest(turn.index - 1):
            value, reason = value + 2.0, "warm"
        if line.offers_name:
            value, reason = value + 3.0, "offered"
        return value, reason

    @cached_property
    def leaving(self) -> int | None:
        """The transcript index of the contact's line that first said time was up, or None where it never did."""
        half = len(self.session.transcript.turns) / 2
        lines = [(n, line) for n, line in self.session.contact_turns() if n > half]
        return next((n for n, line in lines if line.must_go or takes_leave(line.text)), None)

    def going(self, index: int) -> str:
        """Return the sentence in which the contact said so."""
        said = sentences(self.session.contact[index].text)
        return next((s for s in reversed(said) if takes_leave(s)), said[-1] if said else self.session.contact[index].text)

    def _warmest(self, index: int) -> bool:
        trace = self.session.transcript.trace or []
        top = max((e.rapport for e in trace), default=0.0)
        return any(e.turn == index and e.rapport == top and top >= 0.5 for e in trace)

    def ledger(self) -> str:
        """Return a sentence on how many people there were to be asked about; never who."""
        outcome = self.session.transcript.outcome
        if outcome is not None:
            count = sum(e.item.startswith("referral:") and e.status == "not_asked" for e in outcome.ledger)
        else:
            count = sum(r.gives_when != "never" for r in self.persona.referrals) if self.persona else 0
        return say("ledger", "none" if not count else "one" if count == 1 else "several", self.fields, self.salt("ledger"))


def asks_for_work(turn: LearnerTurn) -> bool:
    """Tell whether a turn asks for a job or may: never the moment for a referral, since what it did needs other advice."""
    return turn.heard.has("job_ask", "job_possible")


def _beside(found: Found) -> bool:
    """Tell whether the same words also do something else, so that as a question they are no example."""
    return found.turn is not None and any(a.id in NO_EXAMPLE and a.start == found.act.start for a in found.turn.heard.acts)


def _told(fact: str, told: frozenset[str]) -> bool:
    mine = stems(fact)
    return bool(mine) and len(mine & told) / len(mine) >= TOLD_SHARE


def _nearest(text: str, options: list[str]) -> int:
    vectors = embed([text, *options])
    return int((vectors[1:] @ vectors[0]).argmax())


def _was_asked(question: str, spoken: list[str]) -> bool:
    if not spoken:
        return False
    vectors = embed([question, *spoken])
    return float((vectors[1:] @ vectors[0]).max()) >= ASKED_LIKENESS


@lru_cache(maxsize=2_000)
def _best_sentence(index: int, text: str) -> Thread | None:
    found = max(((thread_value(s), s) for s in sentences(text)), key=lambda pair: pair[0], default=(0.0, ""))
    return Thread(index, found[1], found[0]) if found[0] > 0 else None
