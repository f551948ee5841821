"""Count what the reference meeting asks of a model, beside the plain way to do the same: `python -m bench.tokens`.

No model is asked: the prompts are those the product would send, and the contact's words are the scripted actor's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile

from tokenizers import Tokenizer

from bench.page import gate, put
from bench.reference import Meeting, reference
from sim.contact.prompting import Message
from sim.judge.judge import prepare
from sim.judge.questions import Question
from sim.library import Library
from sim.model.usage import MESSAGE_TOKENS
from sim.rubric import Criterion, Rubric
from sim.scorecard import Scorecard
from sim.scoring import score
from sim.understanding.model import WEIGHTS

RUBRIC = "classic"
PREFIX_GATE = 0.90
TURN_GATE = 10
TOTAL_GATE = 1 / 3
SHOWN = (1, 2, 3, 5, 10, 15, 20)
"""Turns of the table."""


@cache
def _tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def tokens_of(text: str) -> list[int]:
    """Return a text's tokens in the vocabulary of the act reader."""
    return list(_tokenizer().encode(text, add_special_tokens=False).ids)


def count(texts: Iterable[str]) -> int:
    """Return how many tokens so many messages take: their words and what frames each."""
    return sum(len(tokens_of(text)) + MESSAGE_TOKENS for text in texts)


@dataclass(frozen=True)
class Tally:
    """Tokens of a whole session: `asked` in prompts, of which `kept` had been sent before as a prefix, and `said` in replies."""

    asked: int = 0
    kept: int = 0
    said: int = 0

    @property
    def total(self) -> int:
        """In and out together."""
        return self.asked + self.said

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.asked + other.asked, self.kept + other.kept, self.said + other.said)


@dataclass(frozen=True)
class Prompt:
    """One line's prompt: how long it is, and how much of it is the beginning of the one before."""

    tokens: int
    kept: int

    @property
    def share(self) -> float:
        """The part that is an unchanged prefix."""
        return self.kept / self.tokens


@dataclass(frozen=True)
class Counted:
    """What was counted: our prompts, greeting first; both readers; and the plain way, with the whole file and with its facts only."""

    prompts: list[Prompt]
    contact: Tally
    judge: Tally
    plain_contact: Tally
    plain_judge: Tally
    lean_contact: Tally

    @property
    def ratio(self) -> float:
        """Our tokens for each of the plain way's."""
        return (self.contact + self.judge).total / (self.plain_contact + self.plain_judge).total


# -- ours -----------------------------------------------------------------------------------------------------------------------


def kept(before: Sequence[Message], now: Sequence[Message]) -> int:
    """Return how many of a prompt's tokens stand at its beginning exactly as they stood in the one before."""
    same = list(takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
    whole = count(text for (_, text), _ in same)
    if len(same) == min(len(before), len(now)) or before[len(same)][0] != now[len(same)][0]:
        return whole
    pairs = zip(tokens_of(before[len(same)][1]), tokens_of(now[len(same)][1]), strict=False)
    return whole + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def prompts(meeting: Meeting) -> list[Prompt]:
    """Return the prompts of a meeting."""
    sizes = [count(text for _, text in messages) for messages in meeting.asked]
    return [Prompt(n, k) for n, k in zip(sizes, [0, *(kept(a, b) for a, b in pairwise(meeting.asked))], strict=True)]


def lines(meeting: Meeting) -> list[str]:
    """Return the contact's lines."""
    return [turn.text for turn in meeting.transcript.turns if turn.speaker == "contact"]


def answers(card: Scorecard, asked: Sequence[Question]) -> list[str]:
    """Return one entry for each question as a judge would write it, with the quotes that the detectors found for its criterion."""
    quotes = {c.id: [e.quote for e in c.evidence if e.quote][:1] for c in card.criteria}
    return [json.dumps({"check": q.key, "quotes": quotes.get(q.criterion, []), "answer": "yes"}) for q in asked]


# -- the plain way --------------------------------------------------------------------------------------------------------------


def plain_prompt(file: str, messages: Sequence[Message]) -> str:
    """Return one prompt that holds all there is: the direction, the history, our rules, and the persona's file."""
    rules = messages[0][1][messages[0][1].index("How you speak:") :]
    history = "\n".join(f"{'Learner' if role == 'human' else 'Contact'}: {text}" for role, text in messages[2:-1])
    return f"{messages[-1][1]}\n\nThe conversation so far:\n{history}\n\n{rules}\n\nThe contact:\n{file}"


def plain_contact(meeting: Meeting, file: str) -> Tally:
    """Return what the meeting takes with everything in one prompt that changes from its beginning."""
    return Tally(sum(count([plain_prompt(file, m)]) for m in meeting.asked), 0, sum(len(tokens_of(line)) for line in lines(meeting)))


def plain_judge(user: str, rubric: Rubric, asked: Sequence[Question], written: Sequence[str]) -> Tally:
    """Return what one call for each criterion takes: its own questions, the same rules, and the same session each time."""
    said = sum(len(tokens_of(entry)) for entry in written)
    return Tally(sum(count([_one_criterion(rubric, c, asked), user]) for c in rubric.criteria if _of(c, asked)), 0, said)


def _one_criterion(rubric: Rubric, criterion: Criterion, asked: Sequence[Question]) -> str:
    from sim.judge.judge import checks_prompt

    return checks_prompt().render(rubric=rubric.name, checks="\n".join(q.line for q in _of(criterion, asked)))


def _of(criterion: Criterion, asked: Sequence[Question]) -> list[Question]:
    return [q for q in asked if q.criterion == criterion.id]


def files(meeting: Meeting) -> tuple[str, str]:
    """Return the persona whole as JSON, and its facts alone: without the lines that the scripted actor speaks."""
    whole = meeting.persona.model_dump(mode="json", exclude_none=True)
    facts = {key: value for key, value in whole.items() if key not in ("lines", "answers")}
    return json.dumps(whole, ensure_ascii=False), json.dumps(facts, ensure_ascii=False)


# -- both -----------------------------------------------------------------------------------------------------------------------


def counted() -> Counted:
    """Return what the reference meeting takes, both ways."""
    meeting, rubric = reference(), Library().rubric(RUBRIC)
    mine = prompts(meeting)
    case = prepare(meeting.transcript, meeting.persona, rubric)
    written = answers(score(meeting.transcript, meeting.persona, rubric), case.asked)
    said = sum(len(tokens_of(line)) for line in lines(meeting))
    whole, facts = files(meeting)
    return Counted(
        prompts=mine,
        contact=Tally(sum(p.tokens for p in mine), sum(p.kept for p in mine), said),
        judge=Tally(count([case.system, case.user]), 0, len(tokens_of(json.dumps({"answers": [json.loads(w) for w in written]})))),
        plain_contact=plain_contact(meeting, whole),
        plain_judge=plain_judge(case.user, rubric, case.asked, written),
        lean_contact=plain_contact(meeting, facts),
    )


# -- the page -------------------------------------------------------------------------------------------------------------------


def gates(found: Counted) -> list[str]:
    """Return one row for each figure promised."""
    share = found.prompts[TURN_GATE].share
    return [
        gate(f"unchanged prefix at turn {TURN_GATE}", f"{share:.1%}", f"{PREFIX_GATE:.0%}", share >= PREFIX_GATE),
        gate("tokens beside the plain way, judge included", f"{found.ratio:.2f}", f"{TOTAL_GATE:.2f}", found.ratio <= TOTAL_GATE),
    ]


_SECTION = """\
The reference meeting (`bench/reference.py`): twenty turns with {persona}, then one reading by the *{rubric}* rubric. No model is
asked: the prompts are those the product sends, the replies counted are the scripted actor's lines and the detectors' evidence.
Counted in the act reader's own vocabulary (WordPiece, {vocabulary:,} entries), which is an estimate of any other model's; what
matters here is shares and ratios. What frames a message counts {frame} tokens.

| figure | measured | promised | |
|---|---|---|---|
{gates}

| turn | prompt tokens | an unchanged prefix of it |
|---|---|---|
{turns}

| a whole session | prompt tokens | of them seen before | reply tokens | together |
|---|---|---|---|---|
{totals}

*The plain way*: the direction, the history, the same rules and the whole persona (as JSON) in one prompt that changes from its first
words, and one judge's call for each criterion. *Facts only* leaves the lines that the scripted actor speaks out of it."""


def _row(name: str, tally: Tally) -> str:
    return f"| {name} | {tally.asked:,} | {tally.kept:,} | {tally.said:,} | {tally.total:,} |"


def section(found: Counted) -> str:
    """Return the section of docs/performance.md."""
    totals = [
        _row("ours: contact", found.contact),
        _row("ours: judge", found.judge),
        _row("**ours: together**", found.contact + found.judge),
        _row("plain way: contact", found.plain_contact),
        _row("plain way: judge", found.plain_judge),
        _row("**plain way: together**", found.plain_contact + found.plain_judge),
        _row("plain way, facts only: together", found.lean_contact + found.plain_judge),
    ]
    return _SECTION.format(
        persona=reference().persona.name,
        rubric=RUBRIC,
        vocabulary=_tokenizer().get_vocab_size(),
        frame=MESSAGE_TOKENS,
        gates="\n".join(gates(found)),
        turns="\n".join(f"| {n} | {found.prompts[n].tokens:,} | {found.prompts[n].share:.1%} |" for n in SHOWN),
        totals="\n".join(totals),
    )


def main() -> None:
    """Count, and write the section."""
    text = section(counted())
    put("tokens", text)
    print(text)


if __name__ == "__main__":
    main()
