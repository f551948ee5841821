"""The rules of one meeting. State and acts in, new state and a direction for the contact's next line out.

A pure function: no clock, no chance, no words. Patience, leaving, refusing and granting are decided here and nowhere else, because
models asked to be busy or to walk away do not. Figures without a source are our judgement, tuned on scripted learners.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.meeting import Difficulty, Direction, Mood, Reveal, Setup, State, Step, TopicUse
from sim.persona import Intent, Persona, PrivateFact, Referral
from sim.transcript import WORDS_PER_MINUTE, Cue, Door, LedgerEntry, Outcome
from sim.understanding.acts import Act, Understanding

PACE = 2.0
"""Minutes of meeting per minute of talk. People pause, think and go back; with 2.0 a 20-minute meeting takes 12 to 18 exchanges."""

TURN_MINUTES = 0.3
"""Minutes every utterance costs besides its words: taking breath, taking notes."""

SOFT_SHARE = 0.72
"""Share of the agreed time after which the contact says how much is left."""

HARD_SHARE = 0.93
"""Share of the agreed time after which the contact says it is time to stop."""

RAMBLE_WORDS = 90
"""Words in one message from which it is a monologue: about 36 seconds of unbroken talk, twice what a question needs."""

SILENT_TURNS = 3
"""Empty or senseless messages in a row after which the contact gives up on the call."""

REFERRAL_SHARE = 0.35
"""Share of the agreed time before which nobody hands out a colleague's name, unless they give names always."""

PATIENCE_FLOOR = 0.08
"""Patience at which the contact ends the meeting, whatever the clock says."""


@dataclass(frozen=True)
class Tuning:
    """What a difficulty changes. `loss` and `gain` multiply what costs patience and earns rapport; `grace` is the share of the
    agreed time by which the contact overstays before leaving; `deflections` how many job asks are turned aside before the
    meeting ends; `referral_rapport` the rapport (0 to 1) a name costs; `ramble_words` scales the monologue's limit."""

    loss: float
    gain: float
    grace: float
    deflections: int
    referral_rapport: float
    ramble_words: float


TUNINGS: dict[Difficulty, Tuning] = {
    "gentle": Tuning(loss=0.6, gain=1.3, grace=0.15, deflections=2, referral_rapport=0.42, ramble_words=1.4),
    "realistic": Tuning(loss=1.0, gain=1.0, grace=0.05, deflections=1, referral_rapport=0.52, ramble_words=1.0),
    "tough": Tuning(loss=1.45, gain=0.8, grace=0.0, deflections=1, referral_rapport=0.62, ramble_words=0.8),
}


@dataclass(frozen=True)
class Effect:
    """What an act does to the contact, before temperament and difficulty; both on the 0 to 1 scales. `why` is the reason."""

    patience: float
    rapport: float
    why: str


EFFECTS: dict[str, Effect] = {
    "greeting": Effect(0, 0.02, "ordinary courtesy"),
    "thanks": Effect(0, 0.02, "ordinary courtesy"),
    "purpose": Effect(0.01, 0.04, "a contact wonders how they can help until told"),
    "introduction": Effect(0, 0.03, "a stranger becomes somebody"),
    "achievement": Effect(0, 0.03, "something concrete to remember them by"),
    "referrer_mention": Effect(0, 0.05, "the mutual friend vouches"),
    "time_check": Effect(0.02, 0.03, "the time is treated as a promise"),
    "researched_fact": Effect(0.02, 0.07, "homework is an investment in the contact"),
    "wrong_fact": Effect(-0.04, -0.04, "a wrong fact undoes homework"),
    "builds_on_answer": Effect(0.01, 0.05, "being heard"),
    "specific_question": Effect(0.01, 0.05, "a question only this contact can answer"),
    "generic_question": Effect(-0.01, 0.01, "a question anybody could have been asked"),
    "basic_question": Effect(-0.09, -0.05, "the website would have said"),
    "repeated_question": Effect(-0.06, -0.03, "was answered already"),
    "job_disclaimer": Effect(0.01, 0.03, "the elephant leaves the room"),
    "interest": Effect(0, 0.01, "pleasant to hear"),
    "offer_back": Effect(0.02, 0.08, "gives instead of taking"),
    "takes_no": Effect(0.02, 0.03, "grace after a no"),
    "wrap_up": Effect(0.02, 0.03, "ends on their own account"),
    "leads_none": Effect(-0.10, -0.07, "they asked for the meeting; they lead it"),
    "demand": Effect(-0.08, -0.10, "contact details are given, not taken"),
    "negative_tone": Effect(-0.12, -0.12, "nobody refers a cynic"),
    "off_topic": Effect(-0.07, -0.04, "minutes that were lent for something else"),
    "steering": Effect(-0.10, -0.08, "talk addressed to somebody who is not in the room"),
    "delight": Effect(0.03, 0.08, "the persona's own delight"),
    "peeve": Effect(-0.08, -0.08, "the persona's own peeve"),
}

REMEMBERED = {
    "job_pushed": "you asked me for a job after I had said what this meeting was",
    "job_asked": "you turned to getting a job out of it",
    "rude": "the tone",
    "overstayed": "you stayed on after I had said I must go",
    "rambled": "you talked more than you asked",
    "unprepared": "you asked what the website says",
    "no_lead": "you left it to me to run your meeting",
    "silent": "there was nobody at the other end",
    "pushed_referral": "you asked for names again after I had said no",
    "steered": "you talked to somebody who was not in the room",
    "researched": "you had done your homework",
    "listened": "you took up what I said",
    "offered": "you thought of something to give back",
    "closed_well": "you ended on time by yourself",
    "delighted": "you touched something I care about",
}
"""What a contact takes away, in the contact's words to themselves. Bad reasons first, in order of weight."""

GOOD_REASONS = ("researched", "listened", "offered", "closed_well", "delighted")


def clamp(value: float) -> float:
    """Return `value` within 0 and 1, to four decimals so that stored states compare equal."""
    return round(min(1.0, max(0.0, value)), 4)


def talk_minutes(words: int) -> float:
    """Return how many minutes of the meeting an utterance of so many words takes."""
    return words / WORDS_PER_MINUTE * PACE + TURN_MINUTES


def hard_stop(setup: Setup, state: State) -> float:
    """Return the minute at which the contact leaves, whatever is being said."""
    if setup.clock == "untimed":
        return float("inf")
    return setup.agreed_minutes * (1 + TUNINGS[setup.difficulty].grace) + state.extra_minutes


def open_meeting(setup: Setup) -> Step:
    """Return the state before the learner's first word and the direction for the contact's greeting."""
    mind = setup.persona.temperament
    state = State(
        patience=clamp(0.35 + 0.13 * mind.patience),
        rapport=clamp(0.12 + 0.05 * mind.warmth + (0.05 if setup.persona.referrer else 0)),
    )
    minutes = round(setup.agreed_minutes)
    direction = Direction(
        intents=(Intent.GREETING,), main=Intent.GREETING, minutes_left=minutes, mood=_mood(setup, state), max_words=40
    )
    return Step(state=state, direction=direction)


def settle(setup: Setup, state: State, words: int, elapsed: float | None = None) -> State:
    """Return the state after the contact's line of so many words was spoken. `elapsed`: minutes by the wall clock."""
    if setup.clock == "wall":
        minute = state.minute if elapsed is None else max(state.minute, elapsed)
    else:
        minute = state.minute + talk_minutes(words)
    return state.model_copy(update={"minute": round(minute, 3)})


def direct(setup: Setup, state: State, heard: Understanding, elapsed: float | None = None) -> Step:
    """Return what a learner's message makes of the meeting. `elapsed`: minutes from the start, for the wall clock.

    The message is the transcript's turn `state.turn + 1`, the line directed its turn `state.turn + 2`. Raises ValueError when the
    meeting is over.
    """
    if state.ended_by:
        raise ValueError("the meeting is over")
    work = _Work(setup, state, heard, elapsed)
    return work.step()


class _Work:
    """One learner message on its way through the rules; holds the numbers while they move."""

    def __init__(self, setup: Setup, state: State, heard: Understanding, elapsed: float | None) -> None:
        self.setup, self.before, self.heard = setup, state, heard
        self.persona: Persona = setup.persona
        self.tuning = TUNINGS[setup.difficulty]
        self.learner_turn, self.turn = state.turn + 1, state.turn + 2
        self.patience, self.rapport = state.patience, state.rapport
        self.minute = self._clock(elapsed)
        self.changes: dict[str, object] = {}
        self.unlocked, self.unlocked_turns = list(state.unlocked), list(state.unlocked_turns)
        self.lost = dict(state.lost)
        self.reasons = list(state.reasons)
        self.reveal: list[Reveal] = []
        self.intents: list[Intent] = []
        self.topics: list[str] = []
        self.referral_name: str | None = None
        self.fact: str | None = None
        self.ends = False
        self.ended_by: str | None = None

    # -- the order of things ------------------------------------------------------------------------------------------

    def step(self) -> Step:
        self._feel()
        self._lose_what_pushing_costs()
        self._react()
        cue = self._watch_the_clock()
        if not self.intents:
            self.intents = [Intent.ACKNOWLEDGE]
        return Step(state=self._state(cue), direction=self._direction(cue))

    def _clock(self, elapsed: float | None) -> float:
        if self.setup.clock == "wall":
            return self.before.minute if elapsed is None else max(self.before.minute, round(elapsed, 3))
        return round(self.before.minute + talk_minutes(self.heard.words), 3)

    @property
    def silent(self) -> bool:
        return self.heard.words == 0 or self.heard.nonsense

    @property
    def rambling(self) -> bool:
        return self.heard.words > RAMBLE_WORDS * self.tuning.ramble_words

    # -- patience and rapport ------------------------------------------------------------------------------------------

    def _apply(self, name: str, times: float = 1.0) -> None:
        effect = EFFECTS[name]
        mind = self.persona.temperament
        if effect.patience < 0:
            self.patience += effect.patience * times * self.tuning.loss * (1.45 - 0.15 * mind.patience)
        elif not self.rambling:
            self.patience += effect.patience * times
        warmth = 0.7 + 0.1 * mind.warmth if effect.rapport > 0 else 1.0
        self.rapport += effect.rapport * times * (self.tuning.gain * warmth if effect.rapport > 0 else self.tuning.loss)

    def _remember(self, reason: str) -> None:
        self.reasons.append((reason, self.learner_turn))

    def _feel(self) -> None:
        heard, first_time = self.heard, self.before.learner_turns == 0
        if self.silent:
            self.patience -= 0.12 * self.tuning.loss
            self.rapport -= 0.04
            return
        once = {a.id for a in heard.acts} & set(EFFECTS)
        if not first_time:
            once -= {"greeting", "purpose"}
        if self.persona.temperament.warmth >= 3:
            once.discard("small_talk")
        for name in sorted(once - {"job_disclaimer"} if self.before.job_asks else once):
            self._apply(name)
        for reason, act in (("researched", "researched_fact"), ("listened", "builds_on_answer"), ("offered", "offer_back"),
                            ("rude", "negative_tone"), ("no_lead", "leads_none"), ("steered", "steering")):  # fmt: skip
            if act in once and not (act == "researched_fact" and "wrong_fact" in once):
                self._remember(reason)
        self._feel_questions()
        for _ in set(heard.delights) - set(self.before.delights_met):
            self._apply("delight")
            self._remember("delighted")
        for _ in heard.peeves:
            self._apply("peeve")
        if self.rambling:
            excess = heard.words / (RAMBLE_WORDS * self.tuning.ramble_words) - 1
            self.patience -= (0.07 + 0.06 * min(excess, 3)) * self.tuning.loss * (1.45 - 0.15 * self.persona.temperament.patience)
            self._remember("rambled")

    def _feel_questions(self) -> None:
        asked = {use.topic for use in self.before.topics}
        for act in self.heard.questions[:3]:
            if self._below_level(act):
                self._apply("basic_question")
                self._remember("unprepared")
            elif act.topic in asked and not act.specific and not self.heard.has("builds_on_answer"):
                self._apply("repeated_question")
            else:
                self._apply("specific_question" if act.specific else "generic_question")

    def _below_level(self, act: Act) -> bool:
        """A basic question costs where the level is above it; peers and recruiters are asked basics all day."""
        return act.kind == "basic" and self.persona.level in ("executive", "manager")

    # -- what can no longer be had --------------------------------------------------------------------------------------

    def _lose(self, kind: str) -> None:
        for item in _locked_items(self.persona):
            if item.startswith(kind) and item not in self.unlocked:
                self.lost.setdefault(item, self.learner_turn)

    def _lose_what_pushing_costs(self) -> None:
        asks = self.before.job_asks + (1 if self.heard.has("job_ask") else 0)
        if self.heard.has("job_ask"):
            sensitivity = self.persona.temperament.job_sensitivity
            self.patience -= 0.05 * sensitivity * self.tuning.loss
            self.rapport -= 0.04 * sensitivity * self.tuning.loss
            if sensitivity >= 4 or asks >= 2:
                self._lose("referral:")
                self._lose("private:")
        if self.heard.has("referral_push") and self.before.referral_declined:
            self.patience -= 0.15 * self.tuning.loss
            self.rapport -= 0.10
            self._lose("referral:")
            self._remember("pushed_referral")
        self.changes["job_asks"] = asks

    # -- what to say ------------------------------------------------------------------------------------------------------

    def _react(self) -> None:
        heard = self.heard
        if self._speechless() or self._steered() or self._job():
            return
        self._referral()
        self._time_requests()
        if heard.questions and not self._closing_now():
            self._answer()
        if not self.intents or set(self.intents) <= {Intent.RESEARCH_NOTICED}:
            self._acknowledge()
        self._goodbye()

    def _closing_now(self) -> bool:
        return self.heard.has("goodbye") and self.before.cue in ("hard", "leaving")

    def _speechless(self) -> bool:
        if not self.silent:
            self.changes["silences"] = 0
            return False
        silences = self.before.silences + 1
        self.changes["silences"] = silences
        if silences >= SILENT_TURNS:
            self._leave(Intent.LEAVING_EARLY, "contact", "silent")
        else:
            self.intents.append(Intent.SILENCE if self.heard.words == 0 else Intent.NOT_UNDERSTOOD)
        return True

    def _steered(self) -> bool:
        if not self.heard.has("steering"):
            return False
        self.intents.append(Intent.STEERING_REFUSED)
        return not self.heard.questions and not self.heard.has("referral_ask", "job_ask")

    def _job(self) -> bool:
        heard = self.heard
        self.changes["job_clarifying"] = False
        if heard.has("job_ask"):
            asks = self.before.job_asks + 1
            self._remember("job_asked" if asks == 1 else "job_pushed")
            if asks > self.tuning.deflections:
                self._leave(Intent.LEAVING_JOB, "contact", None)
            else:
                self.intents.append(Intent.JOB_DEFLECTED if asks == 1 else Intent.JOB_REFUSED_FIRMLY)
            return True
        possible = heard.has("job_possible") and not heard.has("job_disclaimer", "referral_ask")
        if possible and not self.before.job_clarifying and not heard.questions:
            self.intents.append(Intent.JOB_CLARIFY)
            self.changes["job_clarifying"] = True
            return True
        return False

    def _referral(self) -> None:
        heard, before = self.heard, self.before
        if not heard.has("referral_ask", "referral_push"):
            self._referral_details()
            return
        self.changes["referral_asks"] = before.referral_asks + 1
        if before.referral_declined:
            self.intents.append(Intent.REFERRAL_PUSHED)
            return
        referral = self._earned_referral()
        if referral:
            self._unlock(f"referral:{referral.name}", f"{referral.name}, {referral.role}", referral.says)
            self.referral_name = referral.name
            self.changes["referral_turn"] = self.turn
            self.intents.append(Intent.REFERRAL_GRANTED)
            return
        hopeless = not any(self._could_give(r) for r in self.persona.referrals)
        if hopeless or before.referral_asks >= 1 or self.minute > SOFT_SHARE * self.setup.agreed_minutes:
            self.changes["referral_declined"] = True
            self.intents.append(Intent.REFERRAL_REFUSED)
        else:
            self.intents.append(Intent.REFERRAL_NOT_YET)

    def _referral_details(self) -> None:
        given = [i for i in self.unlocked if i.startswith("referral:")]
        if given and self.heard.has("next_step", "takes_offer"):
            self.referral_name = given[-1].split(":", 1)[1]
            self.intents.append(Intent.REFERRAL_DETAILS)

    def _could_give(self, referral: Referral) -> bool:
        item = f"referral:{referral.name}"
        return referral.gives_when != "never" and item not in self.unlocked and item not in self.lost

    def _earned_referral(self) -> Referral | None:
        for wanted in ("earned", "always"):
            for referral in self.persona.referrals:
                if referral.gives_when == wanted and self._could_give(referral) and self._deserved(referral):
                    return referral
        return None

    def _deserved(self, referral: Referral) -> bool:
        if self.patience <= 0.15 or self.heard.has("demand"):
            return False
        if referral.gives_when == "always":
            return True
        late_enough = self.setup.clock == "untimed" or self.minute >= REFERRAL_SHARE * self.setup.agreed_minutes
        return late_enough and self.rapport >= self.tuning.referral_rapport

    def _time_requests(self) -> None:
        if not self.heard.has("more_time") or self.setup.clock == "untimed":
            return
        asked = self.before.more_time_asked + 1
        self.changes["more_time_asked"] = asked
        generous = self.setup.difficulty != "tough" and self.rapport >= 0.6 and self.patience >= 0.45
        if asked == 1 and generous:
            self.changes["extra_minutes"] = self.before.extra_minutes + 0.1 * self.setup.agreed_minutes
            self.intents.append(Intent.MORE_TIME_GRANTED)
        else:
            self.patience -= 0.08 * self.tuning.loss
            self.intents.append(Intent.MORE_TIME_REFUSED)

    def _answer(self) -> None:
        for act in self.heard.questions[-2:]:
            if act.kind == "basic" and self._below_level(act):
                self.intents.append(Intent.BASIC_QUESTION)
            topic = self.before.last_topic if act.topic == "followup" else act.topic
            if topic and topic not in self.topics:
                self.topics.append(topic)
                self._maybe_tell(topic, act)
        if Intent.BASIC_QUESTION in self.intents:
            self.topics = [t for t in self.topics if not t.endswith("_basics")]
        follow = bool(self.heard.questions) and self.heard.questions[-1].topic == "followup"
        if not (Intent.BASIC_QUESTION in self.intents and not self.topics):
            self.intents.append(Intent.FOLLOW_UP if follow else Intent.ANSWER)
        self.changes["questions_answered"] = self.before.questions_answered + 1
        if self.heard.has("wrong_fact"):
            self.fact = next((a.fact for a in self.heard.all("wrong_fact")), None)
            self.intents.insert(0, Intent.WRONG_FACT)

    def _maybe_tell(self, topic: str, act: Act) -> None:
        for fact in self.persona.private:
            if fact.topic == topic and self._earns(fact, act):
                self._unlock(f"private:{fact.topic}", fact.tells, fact.says)
                return

    def _earns(self, fact: PrivateFact, act: Act) -> bool:
        item = f"private:{fact.topic}"
        free = item not in self.unlocked and item not in self.lost
        fitting = act.specific or self.heard.has("builds_on_answer", "researched_fact")
        shift = {"gentle": -0.1, "realistic": 0.0, "tough": 0.08}[self.setup.difficulty]
        return free and fitting and self.rapport >= fact.min_rapport + shift and not self.before.job_asks

    def _unlock(self, item: str, tells: str, says: list[str]) -> None:
        self.unlocked.append(item)
        self.unlocked_turns.append(self.turn)
        self.reveal.append(Reveal(item=item, tells=tells, says=tuple(says)))

    def _acknowledge(self) -> None:
        """Choose the one reaction that fits a message which asks nothing the contact answers."""
        heard = self.heard
        ladder = (
            ("negative_tone", Intent.NEGATIVE_TONE), ("wrong_fact", Intent.WRONG_FACT), ("leads_none", Intent.LEAD_BACK),
            ("offer_back", Intent.OFFER_RECEIVED), ("follow_up_ask", Intent.FOLLOW_UP_GRANTED), ("connect_ask", Intent.CONNECT_GRANTED),
            ("wrap_up", Intent.WRAP_UP), ("researched_fact", Intent.RESEARCH_NOTICED), ("job_disclaimer", Intent.JOB_DISCLAIMED),
            ("off_topic", Intent.OFF_TOPIC),
        )  # fmt: skip
        if self.rambling and not heard.has("purpose", "introduction"):
            self.intents.append(Intent.RAMBLING)
            return
        for act, intent in ladder:
            if heard.has(act):
                self.fact = next((a.fact for a in heard.all(act) if a.fact), None)
                self.intents.append(intent)
                return
        if heard.has("goodbye"):
            return
        if heard.has("time_check") and not heard.has("purpose", "introduction"):
            self.intents.append(Intent.TIME_ACKNOWLEDGED)
        elif heard.has("small_talk") and not heard.has("purpose", "introduction"):
            self.intents.append(Intent.SMALL_TALK)
        elif heard.has("thanks") and self.before.learner_turns > 0 and not heard.has("purpose", "introduction"):
            self.intents.append(Intent.THANKED)
        elif heard.has("greeting") and len(heard.acts) <= 2:
            self.intents.append(Intent.INVITE)
        elif not heard.acts and heard.words >= 4 and not self.before.learner_turns == 0:
            self.intents.append(Intent.NOT_UNDERSTOOD if heard.text.rstrip().endswith("?") else Intent.ACKNOWLEDGE)
        else:
            self.intents.append(Intent.ACKNOWLEDGE)

    def _goodbye(self) -> None:
        late = self.before.learner_turns >= 2 or self.before.cue != "none"
        open_request = self.heard.has("referral_ask") or (self.heard.questions and not self._closing_now())
        if self.heard.has("goodbye") and late and not open_request:
            if self.minute <= self.setup.agreed_minutes or self.setup.clock == "untimed":
                self._remember("closed_well")
            self.intents = [i for i in self.intents if i not in (Intent.WRAP_UP, Intent.THANKED, Intent.ACKNOWLEDGE)]
            self.intents.append(Intent.GOODBYE)
            self.ends, self.ended_by = True, "learner"

    def _leave(self, intent: Intent, by: str, reason: str | None) -> None:
        if reason:
            self._remember(reason)
        self.intents = [intent]
        self.topics, self.reveal = [], self.reveal if intent is Intent.LEAVING else []
        self.ends, self.ended_by = True, by

    # -- the clock ----------------------------------------------------------------------------------------------------------

    def _watch_the_clock(self) -> Cue:
        if self.ends:
            return "leaving"
        if self.patience <= PATIENCE_FLOOR:
            self._leave(Intent.LEAVING_EARLY, "contact", None)
            return "leaving"
        if self.setup.clock == "untimed":
            return "none"
        extra = float(self.changes.get("extra_minutes", self.before.extra_minutes))  # type: ignore[arg-type]
        agreed = self.setup.agreed_minutes + extra
        gone_on = self._missed_cue()
        if self.minute >= agreed * (1 + self.tuning.grace) or (gone_on and self.changes["missed_cues"] == 2):
            if self.before.cue == "hard" and gone_on:
                self._remember("overstayed")
            keep = [i for i in self.intents if i in (Intent.REFERRAL_GRANTED, Intent.REFERRAL_DETAILS, Intent.MORE_TIME_REFUSED)]
            self._leave(Intent.LEAVING, "time", None)
            self.intents = [*keep, Intent.LEAVING]
            return "leaving"
        if self.minute >= HARD_SHARE * agreed:
            if self.before.cue != "hard":
                self.intents.append(Intent.TIME_HARD)
            return "hard"
        if self.minute >= SOFT_SHARE * agreed:
            if self.before.cue == "none":
                self.intents.append(Intent.TIME_SOFT)
            return "soft"
        return "none"

    def _missed_cue(self) -> bool:
        """After a hard cue, anything but closing is a cue missed."""
        closing = self.heard.has("wrap_up", "goodbye", "thanks", "takes_no", "next_step", "takes_offer", "follow_up_ask")
        missed = self.before.cue == "hard" and not closing
        if missed:
            self.patience -= 0.1 * self.tuning.loss
            self.changes["missed_cues"] = self.before.missed_cues + 1
        return missed

    # -- results ----------------------------------------------------------------------------------------------------------------

    def _state(self, cue: Cue) -> State:
        before, heard = self.before, self.heard
        uses = {use.topic: use for use in before.topics}
        for topic in self.topics:
            uses[topic] = TopicUse(topic=topic, times=uses[topic].times + 1 if topic in uses else 1, last_turn=self.turn)
        ceiling = max(before.patience, open_meeting(self.setup).state.patience)
        patience = min(self.patience, before.patience) if self.rambling else min(self.patience, ceiling)
        return before.model_copy(
            update={
                "turn": self.turn,
                "minute": self.minute,
                "patience": clamp(patience),
                "rapport": clamp(self.rapport),
                "cue": cue,
                "cue_turn": self.turn if cue != before.cue else before.cue_turn,
                "learner_turns": before.learner_turns + 1,
                "last_topic": self.topics[0] if self.topics else before.last_topic,
                "topics": tuple(uses.values()),
                "delights_met": (*before.delights_met, *(d for d in heard.delights if d not in before.delights_met)),
                "peeves_met": (*before.peeves_met, *(p for p in heard.peeves if p not in before.peeves_met)),
                "unlocked": tuple(self.unlocked),
                "unlocked_turns": tuple(self.unlocked_turns),
                "lost": tuple(self.lost.items()),
                "reasons": tuple(self.reasons),
                "ended_by": self.ended_by,
                **self.changes,
            }
        )

    def _direction(self, cue: Cue) -> Direction:
        left = 0 if self.setup.clock == "untimed" else max(0, round(self.setup.agreed_minutes - self.minute))
        talk = self.persona.temperament.talkativeness
        after = State(patience=clamp(self.patience), rapport=clamp(self.rapport))
        skip = (Intent.WRONG_FACT, Intent.RESEARCH_NOTICED, Intent.TIME_SOFT, Intent.TIME_HARD)
        main = next((i for i in self.intents if i not in skip), self.intents[0])
        return Direction(
            intents=tuple(dict.fromkeys(self.intents)),
            main=Intent.LEAVING if Intent.LEAVING in self.intents else main,
            topics=tuple(self.topics),
            question=self.heard.questions[-1].quote if self.heard.questions else "",
            builds=self.heard.has("builds_on_answer"),
            reveal=tuple(self.reveal),
            referral_name=self.referral_name,
            fact=self.fact,
            cue=cue,
            minutes_left=left,
            mood=_mood(self.setup, after),
            max_words=30 + 6 * talk,
            ends=self.ends,
        )


def _locked_items(persona: Persona) -> list[str]:
    """Return every item a learner can earn from this persona, referrals first."""
    names = [f"referral:{r.name}" for r in persona.referrals if r.gives_when != "never"]
    return names + list(dict.fromkeys(f"private:{p.topic}" for p in persona.private))


def _mood(setup: Setup, state: State) -> Mood:
    if state.patience < 0.25:
        return "impatient"
    if state.rapport < 0.25:
        return "cool"
    if state.rapport < 0.5:
        return "neutral"
    return "warm" if state.rapport > 0.7 and setup.persona.temperament.warmth >= 3 else "friendly"


def end_by_learner(state: State) -> State:
    """Return the state after the learner ended the meeting by leaving it; a meeting that is over stays as it was."""
    return state if state.ended_by else state.model_copy(update={"ended_by": "learner"})


def outcome(setup: Setup, state: State) -> Outcome:
    """Return what the contact privately decided and what became of everything they could have given."""
    keys = [reason for reason, _ in state.reasons]
    bad = [k for k in REMEMBERED if k in keys and k not in GOOD_REASONS]
    good = [k for k in GOOD_REASONS if k in keys]
    door: Door = "ajar"
    shut = {"job_pushed", "silent"} & set(bad) or state.patience <= 0.12 or state.rapport < 0.2
    if shut or ("job_asked" in bad and setup.persona.temperament.job_sensitivity >= 5):
        door = "shut"
    elif state.rapport >= 0.52 and "job_asked" not in bad and "overstayed" not in bad and state.learner_turns >= 4:
        door = "open"
    ledger = []
    lost, opened = dict(state.lost), dict(zip(state.unlocked, state.unlocked_turns, strict=False))
    for item in _locked_items(setup.persona):
        if item in opened:
            ledger.append(LedgerEntry(item=item, status="earned", turn=opened[item]))
        elif item in lost:
            ledger.append(LedgerEntry(item=item, status="lost", turn=lost[item]))
        else:
            ledger.append(LedgerEntry(item=item, status="not_asked"))
    return Outcome(door=door, why=_why(door, bad, good, state), ledger=ledger)


def _why(door: Door, bad: list[str], good: list[str], state: State) -> str:
    first = {"open": "I would take your call again", "ajar": "I would answer an e-mail", "shut": "I would not pick up again"}[door]
    reasons = (bad[:2] or good[:1]) if door == "shut" else (good[:2] if door == "open" else [*good[:1], *bad[:1]])
    if not reasons:
        return f"{first}: we talked, and I could not say afterwards what you wanted to learn."
    joined = "; ".join(REMEMBERED[r] for r in reasons)
    if door == "ajar" and good and bad:
        joined = f"{REMEMBERED[good[0]]}, but {REMEMBERED[bad[0]]}"
    return f"{first}: {joined}."
