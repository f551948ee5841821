"""One to three things to try next time, in this learner's own situation: those that would have raised the marks most.

What each would have been worth is worked out by the rubric's own roll-up (`gains`), so a rubric only ever gets advice on what its
school asks for. What to say is picked from the session (`counsel`, `material`) and worded from `phrases.yaml`.
"""

from __future__ import annotations

from sim.rubric import Rubric
from sim.scorecard import Advice, CriterionScore
from sim.scoring.counsel import WRITERS, Case
from sim.scoring.gains import Board, Lever, Wrong
from sim.scoring.material import Material
from sim.scoring.session import ReadSession
from sim.scoring.wording import head, quoted, say

MOST = 3
"""Pieces of advice in one debrief: more are not followed (our judgement)."""


def advise(session: ReadSession, rubric: Rubric, scores: list[CriterionScore]) -> list[Advice]:
    """Return the advice that would have raised the marks most, best first: three pieces at most.

    An empty or trivial session gets one, on how to begin; full marks get one stretch goal or none.
    """
    material = Material(session)
    if not session.took_part:
        return [_worded(material, rubric.criteria[0].id, _begin(material))]
    board = Board(session, rubric, scores)
    given = _mend(material, board)
    if not given and all(s.score in (5, None) for s in scores):
        return _stretch(material, rubric)
    return given or [a for a in (_spare(w) for w in board.wrong) if a][:1]


def _mend(material: Material, board: Board) -> list[Advice]:
    """Pull the best lever left, word it, and go on from there, until nothing is gained any more."""
    pulled: tuple[Lever, ...] = ()
    banned: frozenset[str] = frozenset()
    out: list[Advice] = []
    while len(out) < MOST and (chosen := board.best(pulled, banned)):
        written = [_one(material, board, item, (*pulled, *chosen[:n]), chosen) for n, item in enumerate(chosen)]
        proposed = {advice.instead for advice in out if advice.instead}
        silent = {item.id for item, advice in zip(chosen, written, strict=True) if advice is None or advice.instead in proposed}
        if silent:  # nothing to say on it, or the very sentence that another piece proposes already
            banned |= silent
            continue
        out += [advice for advice in written if advice]
        pulled += chosen
    return out[:MOST]


def _one(material: Material, board: Board, item: Lever, before: tuple[Lever, ...], chosen: tuple[Lever, ...]) -> Advice | None:
    """Return the advice on one lever, or None where there is nothing sensible to say on it in this session."""
    wrong = board.wrong_for(item)
    write = WRITERS.get(item.id)
    case = write(material, wrong) if write else None
    if case is None:
        return None if write else next((a for a in map(_spare, wrong) if a), None)
    step = board.step(item, before) or board.step(item, tuple(c for c in chosen if c != item))
    if step is None:
        return _worded(material, wrong[0].criterion.id, case)
    advice = _worded(material, step.criterion.id, case)
    if board.step(item, before) is None:
        return advice
    fields = {"criterion": step.criterion.name, "old": str(step.old), "new": str(step.new)}
    kind = f"{'alone' if step.alone else 'together'}{'_twice' if item.twice else ''}"
    worth = say("step", kind, fields, material.salt(f"step|{item.id}"))
    return advice.model_copy(update={"why": f"{advice.why} {worth}"})


def _worded(material: Material, criterion: str, case: Case) -> Advice:
    fields = {**material.fields, **case.fields}
    salt = material.salt(case.situation)
    if "moment" in fields:
        fields["reason"] = say("moment", fields["moment"], fields, salt)
    words = {part: say("advice", f"{case.situation}.{part}", fields, salt).strip() for part in ("title", "why", "instead")}
    return Advice(criterion=criterion, where=case.where, quote=case.quote, **words)


def _begin(material: Material) -> Case:
    said = next((t for t in material.session.turns if t.heard.words and not t.heard.nonsense), None)
    return Case("begin", {"ask": material.any_question()}, *((said.where, head(said.heard.text)) if said else ("", "")))


def _spare(wrong: Wrong) -> Advice | None:
    """Return the rubric's own sentence on a check that nobody wrote a situation for."""
    if not wrong.check.advice:
        return None
    shown = next((e for e in wrong.result.evidence if e.effect == "hurts" and e.where != "clock"), None)
    where, quote = (shown.where, head(shown.quote)) if shown else ("", "")
    return Advice(criterion=wrong.criterion.id, title=wrong.criterion.name, where=where, quote=quote, why=wrong.check.advice)


def _stretch(material: Material, rubric: Rubric) -> list[Advice]:
    own = material.sheet_question()
    if own:
        return [_worded(material, rubric.criteria[0].id, Case("stretch_sheet", {"ask": own}, "prep", own))]
    last = material.session.turns[-1].index
    built = {t.index - 1 for t in material.session.turns_with("builds_on_answer")}
    thread = material.thread(lambda t: 0 < t.turn < last and t.turn not in built)
    if thread is None:
        return []
    said = {"said": quoted(thread.sentence), "ask": material.follow(thread)}
    return [_worded(material, rubric.criteria[0].id, Case("stretch_thread", said))]
