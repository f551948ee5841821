"""Read one message: what each piece does by the model, then by the meeting's state, the dossier and the persona's own topics.

The model gives probabilities; this module alone decides from which one a reading counts. Thresholds were set on sessions held back
from training (`docs/validity.md`). A job ask has two bands: certain, which is marked, and possible, on which the contact asks back.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from sim.topics import CATALOGUE, kind_of
from sim.transcript import word_count
from sim.understanding import dossier, model, nearest
from sim.understanding.acts import Act, Context, Understanding
from sim.understanding.basics import basics_asked
from sim.understanding.claims import contradicted
from sim.understanding.hindsight import in_hindsight, logit
from sim.understanding.language import is_readable, looks_like_noise
from sim.understanding.model import Reading, best_topics
from sim.understanding.segments import Segment, segment
from sim.understanding.stock_phrases import CONFIRMED_FROM, confirms, is_certain, is_veiled, vetoes
from sim.understanding.thresholds import THRESHOLDS as T

PLAIN = {
    "greeting": "greeting", "thanks": "thanks", "purpose": "purpose", "introduction": "introduction", "achievement": "achievement",
    "referrer_mention": "referrer_mention", "small_talk": "small_talk", "time_check": "time_check", "wrap_up": "wrap_up",
    "builds": "builds_on_answer", "referral_ask": "referral_ask", "referral_hint": "referral_hint", "demand": "demand",
    "next_step": "next_step", "takes_offer": "takes_offer", "takes_no": "takes_no", "job_disclaimer": "job_disclaimer",
    "interest": "interest", "follow_up_ask": "follow_up_ask", "connect_ask": "connect_ask", "offer_back": "offer_back",
    "negative_tone": "negative_tone", "goodbye": "goodbye", "off_topic": "off_topic", "steering": "steering",
    "leads_none": "leads_none",
}  # fmt: skip
"""Model tag to act id, for the tags that are taken as they are."""

NO_CHANCE = 0.04
"""Probability below which the dossier is not even looked at unless words are shared; looking costs some milliseconds."""

HARMFUL = frozenset({"job_ask", "negative_tone", "more_time", "referral_push", "demand", "leads_none", "favour", "template"})
"""Acts that count even in words to the machinery: such words can earn nothing, and hide nothing either."""

HEARD_AGAIN = frozenset({"question", "referral_ask", "time_check", "wrap_up", "goodbye", "thanks", "follow_up_ask", "next_step"})
"""What a sentence that was said before word for word still does: thanks are thanks at hello and at goodbye. It shows no preparation or
attention anew."""

SENTENCE_WORDS = 4
"""Words from which saying the same again is repeating oneself; "Thank you" and "Go on" may be said often."""

NOTE_TAGS = ("learned", "plan", "favour", "template")

_ROLE_TAG = re.compile(
    r"^[^\w\n]*(?:system|assistant|grader|scorer|rater|contact|user|developer|instructions?|scorecard|transcript|rubric)"
    r"(?:[ _-](?:message|prompt|note|override|instructions?|role|output))?[^\w\n:]*[:\])}>]"
    r"|^\W*(?:end of (?:the )?(?:session|transcript|conversation)\b|evaluation\s*:)"
    r"|<\s*/?\s*(?:transcript|system|turn|note|prompt)|\[/?(?:INST|scorer|system)|\"(?:score|role|overall)\"\s*:",
    re.I | re.M,
)  # fmt: skip


def understand(text: str, context: Context = Context()) -> Understanding:  # noqa: B008
    """Return what `text` does, read in the light of `context`. Any string is accepted; the same input gives the same answer."""
    words = word_count(text)
    if words == 0 or looks_like_noise(text):
        return Understanding(text, (), words, nonsense=True)
    plain = model.read([(text, context.before)])[0]
    machine, again = _to_the_machinery(text, plain), _said_before(plain, context.said)
    acts: list[Act] = []
    if machine or again:
        for reading in _weighed(plain, text, context):
            start = reading.segment.start
            if start in machine:
                acts.append(_act(reading.segment, "steering", 1.0))
                acts += [a for a in _read_piece(reading, context) if a.id in HARMFUL]
            elif start in again:
                acts += [a for a in _read_piece(reading, context) if a.id in HARMFUL or a.id in HEARD_AGAIN]
            elif not machine:  # a remark is no kinder for what is left out beside it
                acts += [a for a in _read_piece(reading, context) if a.id in HARMFUL]
    earns_nothing_from = min(machine, default=len(text))
    for reading in _weighed(_without(machine | again, plain, text, context.before), text, context):
        if is_readable(reading.segment.text):
            found = _read_piece(reading, context, told=any(a.id == "researched_fact" for a in acts))
            found = found if reading.segment.start < earns_nothing_from else [a for a in found if a.id in HARMFUL]
            acts += [a for a in found if all((a.id, a.start) != (b.id, b.start) for b in acts)]
    if any(a.id == "job_ask" for a in acts):  # what is held out beside a bid is part of the bid
        acts = [a for a in acts if a.id != "offer_back" or is_certain("offer_back", a.quote)]
    acts = _fold(_whole_questions(acts, text))
    delights, peeves = _likes(text, context)
    return Understanding(text, tuple(acts), words, False, delights, peeves)


def words_that_count(text: str, before: str, said: tuple[str, ...], to_come: tuple[str, ...] = ()) -> tuple[Reading, ...]:
    """Return the readings of a message as if what is said to the machinery were not there: such words soften no rude one beside them, and
    lend nothing. Where sentences of it are said elsewhere, too (`said` before, `to_come` after), the readings without those stand beside
    the others, so that whoever takes the strongest is not talked down by saying something twice.
    """
    plain = model.read([(text, before)])[0]
    machine, earlier, later = _to_the_machinery(text, plain), _said_before(plain, said), _said_before(plain, to_come)
    without = {frozenset(), frozenset(earlier), frozenset(later), frozenset(earlier | later)}
    readings = [_without(machine | left_out, plain, text, before) for left_out in sorted(without, key=sorted)]
    return _without_false_edges(tuple(r for reading in readings for r in reading), before)


@dataclass(frozen=True)
class ByItself:
    """When a sentence among others is read a second time, as if it were all that was said: kind words around it must not hide what it
    does. It is where it holds words that confirm its tag, and counts as it reads alone from `with_words` on; where `half_heard` is set,
    also from that chance on without such words, if it is sure enough alone (`without`). Reading every sentence so would find many
    that only company explains.
    """

    below: float
    with_words: float = 0.5
    half_heard: float = 1.0
    without: float = 1.0


BY_ITSELF = {"negative_tone": ByItself(T["negative_tone"], half_heard=0.3, without=0.95), "job": ByItself(CONFIRMED_FROM)}

SOURS = 0.5
"""How many logits of building on an answer each logit of a rude tone takes away: who takes an answer up to sneer at it has not listened."""


def _weighed(readings: tuple[Reading, ...], text: str, context: Context) -> tuple[Reading, ...]:
    """Return the readings with all that is known put on them: what stands out by itself, the rest of the meeting, what a sneer spoils."""
    readings = _without_false_edges(readings, context.before)
    alone = tuple(_by_itself(r, context.before) for r in readings) if len(readings) > 1 else readings
    weighed = in_hindsight(alone, text, context.reply, context.habits)
    rudest = max((r.p("negative_tone") for r in weighed), default=0.0)
    if rudest <= 0.5:
        return tuple(_taken_up(r, context.before) for r in weighed)
    return tuple(r.raised("builds", -SOURS * logit(rudest)) for r in weighed)


_SORRY = re.compile(
    r"\b(?:nothing|no) (?:\w+ )?(?:meant|intended)\b|\bmeant no\b|\b(?:did|do)n['’]?t mean (?:to|any|it)\b"
    r"|\bi(?:['’]m| am) (?:so |very |really )?sorry\b|\bi apologi[sz]e\b|\bmy apologies\b",
    re.I,
)
_TURNS = re.compile(r"\bbut\b", re.I)
_APPRAISES = re.compile(
    r"(?:(?:oh|ah|huh|hm+|wow|yeah|yes|yep|right|sure|ok|okay|well|ha|i see|true|so|and|now)\b[,.! ]*)*"
    r"(?:(?:that|this|it)(?:['’]s| is| was| makes| sounds) (?:(?:actually|really|very|so|a|an|such|pretty|quite|rather|just)\s)*"
    r"(?:smart|clever|good|fair|great|lovely|helpful|useful|interesting|wise|amazing|brilliant|cool|sense|neat|fascinating|nice|beautiful)"
    r"(?: (?:advice|point|idea|thought|answer|story|question|to (?:know|hear)|way (?:to|of) \w+(?:ing)? (?:at )?(?:it|that)))?"
    r"|(?:i(?:['’]ve|['’]d| had| have)? )?never (?:thought|looked|considered) ?(?:of|about|at)? ?(?:it|that)"
    r"(?: like that| (?:that|this) way)?)[.! ]*",
    re.I,
)
"""A sentence that is nothing but a kind word on what was just said. In a thousand meetings not one like it was meant to hurt."""

_GUSHES = re.compile(
    r"\b(?:genius|legend(?:ary)?|rav(?:es?|ing) about|compliments?|treasure|brilliant|amazing|fantastic|wonderful|gorgeous|superb"
    r"|incredible|awesome|infectious|admir\w+|an? (?:gem|hero|inspiration|matchmaker)|masterpiece)\b",
    re.I,
)
_SPOILS = re.compile(
    r"\b(?:not|no|never|nothing|none|nobody|only|least|if|would|must|suppose|considering|for an?|still|enough|actually|apparently"
    r"|supposedly|of course|again|how|little|useless|told me|said)\b|n['’]t\b|\?",
    re.I,
)
GUSH_WORDS = 4
"""Words from which high praise is meant: "Genius." alone is as often said with rolling eyes."""

ECHO_WORDS = 5
"""Words up to which an exclamation can be the echo of one thing the contact said."""


def _without_false_edges(readings: tuple[Reading, ...], before: str) -> tuple[Reading, ...]:
    """Return the readings with no rude tone where words take one thing up in surprise ("Eighty-four!"), say that it is good, or say
    sorry: all stand where talk grows lively, and sound sharp to a reader that hears no voice.
    """
    heard = dossier.stems(before)

    def is_kind(words: str) -> bool:
        said = dossier.stems(words)
        echo = words.rstrip(")\"'”’ ").endswith("!") and len(words.split()) <= ECHO_WORDS and bool(said) and said <= heard
        gush = len(words.split()) >= GUSH_WORDS and bool(_GUSHES.search(words)) and not _SPOILS.search(words)
        return echo or gush or bool(_APPRAISES.fullmatch(words)) or (bool(_SORRY.search(words)) and not _TURNS.search(words))

    return tuple(r.raised("negative_tone", logit(0.0) - logit(r.p("negative_tone"))) if is_kind(r.segment.text) else r for r in readings)


def _by_itself(reading: Reading, before: str) -> Reading:
    """Return a reading, raised to what its words do by themselves where they are of the kind that company hides."""
    words = reading.segment.text
    for tag, rule in BY_ITSELF.items():
        chance, telling = reading.p(tag), confirms(tag, words)
        if chance < rule.below and (telling or chance >= rule.half_heard):
            alone = _alone(tag, words, before)
            if alone >= (rule.with_words if telling else rule.without):
                reading = reading.raised(tag, logit(alone) - logit(chance))
    return reading


def _alone(tag: str, words: str, before: str) -> float:
    """Return the probability of a tag where the words are all that was said."""
    return max((r.p(tag) for r in model.read([(words, before)])[0]), default=0.0)


def _act(piece: Segment, act_id: str, confidence: float, **more: object) -> Act:
    return Act(act_id, piece.start, piece.end, piece.text, round(confidence, 3), **more)  # type: ignore[arg-type]


@lru_cache(4_000)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


def _said_before(readings: tuple[Reading, ...], said: tuple[str, ...]) -> set[int]:
    """Return where the pieces begin that the learner has said before, word for word."""
    if not said:
        return set()
    earlier = {_words_of(piece.text) for message in said for piece in segment(message)}
    own = [(r.segment.start, _words_of(r.segment.text)) for r in readings]
    return {start for start, words in own if len(words) >= SENTENCE_WORDS and words in earlier}


def _without(starts: set[int], readings: tuple[Reading, ...], text: str, before: str) -> tuple[Reading, ...]:
    """Return readings of the message without the pieces that begin at `starts`, each in its place in the whole message."""
    gone = [r.segment for r in readings if r.segment.start in starts]
    kept = [r for r in readings if r.segment.start not in starts]
    if not gone or not kept:
        return tuple(kept)
    rest = text
    for piece in sorted(gone, key=lambda p: -p.start):
        rest = rest[: piece.start].rstrip() + " " + rest[piece.end :].lstrip() if piece.start else rest[piece.end :].lstrip()
    anew = model.read([(rest.strip(), before)])[0]
    if [r.segment.text for r in anew] != [r.segment.text for r in kept]:
        return tuple(kept)  # without what stood between, they would be one piece
    return tuple(replace(new, segment=old.segment) for new, old in zip(anew, kept, strict=True))


_DENIES = re.compile(
    r"\b(?:not|no|nor|never|nothing|none|nobody|without|rather than|instead of|only|just|isn|aint|nowt|neither|least|left my|safe)\b"
    r"|n['’]?t\b",
    re.I,
)
"""Who disclaims denies something. Hoping to work in the field, or owning up to a search, is no disclaimer."""
_OF_WORK = re.compile(
    r"\b(?:jobs?|work(?:ing)?|positions?|openings?|vacanc\w+|hir(?:e|ed|es|ing)|roles?|posts?|places?|spots?|seats?|chairs?|employ\w*|appl[iy]\w*"
    r"|cvs?|r[ée]sum[ée]s?|recruit\w*|interview|trial|contract|forms?|favou?rs?|placement)\b",
    re.I,
)
_OF_COMING = re.compile(
    r"\b(?:ask(?:ing|ed)?|here (?:for|to)|after|fishing|angling|hinting|hunting|looking|pitch\w*|sell\w*|want(?:ing)?|need|begging"
    r"|(?:call|ring|rang|r[iu]ng|phone|write|wrote|come|came)(?:ed)? (?:you )?(?:for|about)|what i said|said at the start)\b",
    re.I,
)


def _disclaims(words: str, before: str) -> bool:
    """Tell whether words deny something, and speak of work or of why the learner came, or answer a line that speaks of work."""
    return bool(_DENIES.search(words)) and bool(_OF_WORK.search(words) or _OF_COMING.search(words) or _OF_WORK.search(before))


def _to_the_machinery(text: str, readings: tuple[Reading, ...]) -> set[int]:
    """Return where the pieces begin that talk to the machinery; from the first of them on the message can earn nothing."""
    tag = _ROLE_TAG.search(text)
    places = {r.segment.start for r in readings if _counts(r, "steering")}
    if tag:
        places |= set([r.segment.start for r in readings if r.segment.end > tag.start()][:1])
    return places


VETOED = frozenset({"leads_none", "referral_ask"})
"""Tags that a stock phrase for something else overrules, however sure the model is. Bids for a job have a rule of their own."""


def _counts(reading: Reading, tag: str, bar: float | None = None) -> bool:
    """Tell whether a tag is read: sure enough by itself (`bar`, or the tag's own), or half sure and said in a stock phrase."""
    chance, words = reading.p(tag), reading.segment.text
    if tag in VETOED and vetoes(tag, words):
        return False
    return chance >= (T[tag] if bar is None else bar) or is_certain(tag, words) or (chance >= CONFIRMED_FROM and confirms(tag, words))


def _read_piece(reading: Reading, context: Context, *, told: bool = False) -> list[Act]:
    """Return what a piece of a message does; `told`: a researched fact stands in an earlier piece of it."""
    piece = reading.segment
    bars = {"negative_tone": T["negative_tone_live"]} if context.live else {}
    found = [_act(piece, act, reading.p(tag)) for tag, act in PLAIN.items() if _counts(reading, tag, bars.get(tag))]
    if context.reply and reading.p("referral_ask") < T["referral_ask_answered"] and not confirms("referral_ask", piece.text):
        found = [a for a in found if a.id != "referral_ask"]  # the contact took it for none
    if not context.before:
        found = [a for a in found if a.id != "builds_on_answer"]
    if any(a.id == "referral_ask" for a in found):
        found = [replace(a, fact=_fitting_referral(reading.segment.text, context)) if a.id == "referral_ask" else a for a in found]
    found = [a for a in found if a.id != "job_disclaimer" or _disclaims(piece.text, context.before)]
    if any(a.id == "negative_tone" for a in found):  # "You have done very well, considering."
        found = [a for a in found if a.id not in ("thanks", "interest")]
    if any(a.id == "thanks" for a in found) and _NO_THANKS.search(piece.text):
        found = [a for a in found if a.id != "thanks"]
    if not context.note and all(a.id != "referrer_mention" for a in found) and _names_the_referrer(reading, context):
        found.append(_act(piece, "referrer_mention", reading.p("referrer_mention")))
    names = {a.id for a in found}
    if context.note:
        found += [
            _act(piece, tag, reading.p(tag))
            for tag in NOTE_TAGS
            if _counts(reading, tag) or (tag == "learned" and _recalls(reading, context))
        ]
    else:
        if reading.p("more_time") >= T["more_time"] and (context.cue != "none" or context.over):
            found.append(_act(piece, "more_time", reading.p("more_time")))
        if "referral_ask" in names and context.referral_declined:
            found.append(_act(piece, "referral_push", reading.p("referral_ask")))
    found += _job(reading, names, context)
    found += _research(reading, context, told)
    found += _question(reading, context, names)
    return found


NAMED_FROM = 0.05
"""Chance from which one part of the referrer's name is their mention; the whole name is one at any."""


def _names_the_referrer(reading: Reading, context: Context) -> bool:
    """Tell whether words name whoever opened the door to this contact: "Colm Rafferty put me on to you"."""
    referrer = context.persona.referrer if context.persona else None
    if referrer is None:
        return False
    parts = {w.casefold() for w in re.findall(r"\w+", referrer.name) if len(w) > 2 and w[0].isupper()}
    here = parts & {w.casefold() for w in re.findall(r"\w+", reading.segment.text)}
    whole = len(here) >= 2 and here == parts
    return whole or (bool(here) and reading.p("referrer_mention") >= NAMED_FROM)


_NO_THANKS = re.compile(r"\byou(?:['’]re| are) (?:very |most )?welcome\b|\bthanks,? i (?:suppose|guess)\b|\bthanks for nothing\b", re.I)

RECALLED_FROM, RECALLED_WORDS = 0.1, 3
"""Chance from which a sentence of a note names something learned that shares so many content words with one line of the contact's."""


def _recalls(reading: Reading, context: Context) -> bool:
    """Tell whether a note's sentence names what the contact said, by the contact's own words."""
    words = dossier.stems(reading.segment.text)
    likely = reading.p("learned") >= RECALLED_FROM and not _SORRY.search(reading.segment.text)
    return likely and any(len(words & dossier.stems(line)) >= RECALLED_WORDS for line in context.heard)


ECHOED_FROM, ECHOED_WORDS = 0.1, 2
"""Chance from which opening with the contact's own words takes them up, and how many of them it takes, or all that the sentence has."""


def _taken_up(reading: Reading, before: str) -> Reading:
    """Return a reading, sure to build on the answer where it opens the message with what the contact has just said: "Translate, yes, I
    like that." It is how people show that they have heard, and too short for the model to be sure of.
    """
    chance = reading.p("builds")
    if reading.segment.start or not ECHOED_FROM <= chance < T["builds"]:
        return reading
    words = dossier.stems(reading.segment.text)
    shared = words & dossier.stems(before)
    echoes = len(shared) >= ECHOED_WORDS or (bool(shared) and shared == words)
    return reading.raised("builds", logit(T["builds"]) + 0.01 - logit(chance)) if echoes else reading


FIT_MARGIN = 0.06
"""By how much one referral must fit the request better than the next; below, the request does not say who is wanted."""


def _fitting_referral(message: str, context: Context) -> str | None:
    """Return the name of the persona's referral who knows about what was asked for, or None where that is not clear."""
    people = context.persona.referrals if context.persona else []
    if len(people) < 2:
        return None
    vectors = model.embed([message, *(f"{r.role}: {r.good_for or ''}" for r in people)])
    ranked = sorted(zip((vectors[1:] @ vectors[0]).tolist(), (r.name for r in people), strict=True), reverse=True)
    return ranked[0][1] if ranked[0][0] - ranked[1][0] >= FIT_MARGIN else None


DISGUISE = 0.6
"""By how much the model must be surer of an open ask than of a veiled one to call open what is put in a usual disguise."""


def _job(reading: Reading, names: set[str], context: Context) -> list[Act]:
    piece = reading.segment
    chance = reading.p("job")
    if "job_disclaimer" in names and chance < T["job_despite_disclaimer"] and not is_certain("job", piece.text):
        return []
    another = is_certain("offer_back", piece.text) or (chance < T["job_despite_disclaimer"] and vetoes("job", piece.text))
    if another and not confirms("job", piece.text):
        return []
    bar = T["job" if context.reply or context.note else "job_unanswered"]
    if _counts(reading, "job", bar) or (context.note and is_certain("job_in_note", piece.text)):
        open_ask = reading.p("job.direct") - reading.p("job.veiled") >= (DISGUISE if is_veiled(piece.text) else 0.0)
        kind = "direct" if open_ask else "veiled"
        return [_act(piece, "job_ask", chance, kind=kind)]
    if chance >= T["job_possible"] and not names & {"referral_ask", "referral_hint", "demand"}:  # a name is asked for, no chair
        return [_act(piece, "job_possible", chance)]
    return []


def _research(reading: Reading, context: Context, told: bool) -> list[Act]:
    """A researched fact is one of the dossier's, in any words, that the contact has not said; without a persona the words decide. What
    only hangs on the fact told before it ("And how did the mechanics take it?") is no other one: it must be one by itself.
    """
    piece, chance = reading.segment, reading.p("researched_fact")
    if context.note:
        return []
    if context.persona is None:
        return [_act(piece, "researched_fact", chance)] if chance >= T["researched_fact_alone"] else []
    if chance < NO_CHANCE and not dossier.shares_words(piece.text, context.persona):
        return []
    match = dossier.best_match(piece.text, context.persona, context.heard)
    if match is None:
        return []
    if told:
        chance = min(chance, _alone("researched_fact", piece.text, context.before))
    sure = _researched(chance, match)
    if sure < T["researched_fact"]:
        return []
    out = [_act(piece, "researched_fact", sure, fact=match.fact)]
    wrong = contradicted(piece.text, context.persona.dossier.facts(), match.fact)
    return [*out, _act(piece, "wrong_fact", chance, fact=wrong)] if wrong else out


MOST_WORDS = 4
"""Rare words shared with a fact from which one more proves nothing more."""


def _researched(chance: float, match: dossier.Match) -> float:
    """Return how sure it is that words use a fact, from how they sound (the model's `chance`) and how they lie against the dossier.

    A logistic regression over the labelled sessions and the meetings of `training/held`: F1 .85 and .89 on sessions left out of its
    own fit, in tens; the rule of thumb that stood here before had .80 and .80.
    """
    logits = 0.53 * logit(chance) + 6.8 * match.likeness + 1.4 * min(match.words, MOST_WORDS) + 3.2 * match.figures + 2.1 * match.digits
    logits -= 3.85 + (1.6 if match.heard > match.likeness else 0.0)
    return 1 / (1 + math.exp(-logits))


def _question(reading: Reading, context: Context, names: set[str]) -> list[Act]:
    for_another = is_certain("hiring_process", reading.segment.text)
    chance = 1.0 if for_another else reading.p("question")
    if chance < T["question"] or (names & {"referral_ask", "leads_none", "connect_ask", "follow_up_ask"} and chance < 0.8):
        return []
    topic, sure, kind = _topic(reading, context)
    bare = kind != "basic" and not for_another and not dossier.stems(reading.segment.text)
    if bare and "?" not in reading.segment.text and not _ASKS.search(reading.segment.text):
        return []  # "Oh, I see": without a content word, a question mark or the shape of a question nothing is asked
    if bare and context.before:
        # "Why is that?" takes up what was said; but "What is it you do?" asks for the basics in the smallest words
        topic, sure, kind = "followup", chance, "other"
    specific = reading.p("specific") >= T["specific"]
    if specific and reading.p("specific") < SURELY_SPECIFIC:  # a plain question takes a little of a good one beside it
        specific = _alone("specific", reading.segment.text, context.before) >= T["specific_alone"]
    if specific and kind not in COSTLY and topic not in ("other", "followup") and sure < T["topic_specific"]:
        # what could be asked of nobody else is seldom met by what is said to everybody: a general answer would be one to another question
        builds = bool(context.before) and reading.p("builds") >= T["builds"]
        topic, kind = ("followup" if builds else "other"), "other"
    return [_act(reading.segment, "question", sure, kind=kind, topic=topic, specific=specific)]


_ASKS = re.compile(
    r"\b(?:what|who|how|where|when|why|which)(?:['’]?s|['’]?d|[ ](?:is|are|do|does|did|was|were|would|will|can|could|has|have|kind|sort"
    r"|many|much|long|often))\b",
    re.I,
)
"""How a question begins that needs no mark: "what do u do all day"."""

SURELY_SPECIFIC = 0.8
"""Probability below which a question that sounds specific in its message is read by itself, too."""

_BIDS = re.compile(r"\b(?:tell|remind|walk|talk|take|show) me\b|\b(?:describe|explain)\b", re.I)
"""Asking without a question mark; what comes after it is another question."""


def _whole_questions(acts: list[Act], text: str) -> list[Act]:
    """Make one question of a question mark and the sentences that lead up to it ("You have nine technicians. How do they get on?")."""
    out = [a for a in acts if a.id != "question"]
    leading: list[Act] = []
    for act in sorted((a for a in acts if a.id == "question"), key=lambda a: a.start):
        if leading and (text[leading[-1].end : act.start].strip() or _BIDS.search(leading[-1].quote)):
            out, leading = out + leading, []
        leading.append(act)
        if "?" in act.quote:
            out.append(_joined(leading, text))
            leading = []
    return out + leading


def _joined(parts: list[Act], text: str) -> Act:
    """Return questions as one, with the subject of the last part, or of the surest one before it where it has none of its own."""
    asked = parts[-1]
    if asked.topic in ("other", "followup") and len(parts) > 1:
        said = max(parts[:-1], key=lambda a: a.confidence)
        asked = replace(asked, topic=said.topic, kind=said.kind, confidence=said.confidence)
    start, specific = parts[0].start, any(a.specific for a in parts)
    return replace(asked, start=start, quote=text[start : asked.end], specific=specific)


COSTLY = {"basic": ("company_basics", "role_basics"), "hiring": ("looks_for", "hiring_process")}
"""Kinds of question that cost a learner marks, with their topics. The contact may answer on what is probably meant; a mark needs more."""


def _topic(reading: Reading, context: Context) -> tuple[str, float, str]:
    """Return the question's topic, how sure it is, and its kind as it is marked: the persona's own topic where an example question is
    close, else the model's, `other` where unsure.
    """
    from sim.understanding.encoding import plain

    asked = plain(reading.segment.text)
    own = _own_topic(asked, context)
    if own:
        return *own, "hiring" if is_certain("hiring_process", asked) else kind_of(own[0])
    basics = basics_asked(asked, context.persona)
    for kind, topics in COSTLY.items():
        for topic in topics:
            if topic == basics or is_certain(topic, asked):
                return topic, 1.0, kind
    ranked = best_topics(nearest.agreed(asked, reading.topics))
    bars = {"basic": T["basic"], "hiring": T["hiring_said" if confirms("hiring", asked) else "hiring"]}
    for kind, pair in COSTLY.items():
        held = [(t, p) for t, p in ranked if t in pair and not vetoes(t, asked)]
        share = sum(p for _, p in held)
        if held and share >= T[f"{kind}_heard"]:
            return held[0][0], round(share, 3), kind if share >= bars[kind] else "other"
    best, chance = ranked[0]
    if best in ("followup", "other") and not context.before:
        best, chance = ranked[1] if ranked[1][1] > 0.25 else ("other", chance)
    if chance < T["topic"] and best != "followup":
        best = "followup" if reading.p("builds") >= T["builds"] else "other"
    return best, chance, "other" if kind_of(best) in COSTLY else kind_of(best)


def _own_topic(text: str, context: Context) -> tuple[str, float] | None:
    persona = context.persona
    if persona is None:
        return None
    own = [(topic, ask) for topic, answer in persona.answers.items() for ask in answer.asks]
    if not own:
        return None
    vectors = model.embed([text, *(ask for _, ask in own)])
    likeness = vectors[1:] @ vectors[0]
    place = int(likeness.argmax())
    near = float(likeness[place])
    bar = T["own_topic"] if own[place][0] not in CATALOGUE else T["own_topic"] + 0.1
    return (own[place][0], round(near, 3)) if near >= bar else None


def _likes(text: str, context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    persona = context.persona
    if persona is None or not (persona.delights or persona.peeves):
        return (), ()
    wanted = [*persona.delights, *persona.peeves]
    vectors = model.embed([text, *wanted])
    near = [w for w, like in zip(wanted, vectors[1:] @ vectors[0], strict=True) if like >= T["likes"]]
    return tuple(w for w in persona.delights if w in near), tuple(w for w in persona.peeves if w in near)


def _fold(acts: list[Act]) -> list[Act]:
    """Order acts by place; neighbouring pieces of steering become one."""
    ordered = sorted(acts, key=lambda a: (a.start, a.id))
    out: list[Act] = []
    for act in ordered:
        if act.id == "steering" and any(a.id == "steering" for a in out):
            continue
        out.append(act)
    return out
