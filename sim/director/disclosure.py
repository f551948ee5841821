"""What a contact can give and does not volunteer: names and private facts, how they are earned and how they are lost."""

from __future__ import annotations

from sim.director.moment import Moment
from sim.director.tuning import REFERRAL_PATIENCE, REFERRAL_SHARE, SENSITIVE, SHUT_RAPPORT
from sim.meeting import Reveal
from sim.persona import Persona, PrivateFact, Referral
from sim.understanding.acts import Act


def locked_items(persona: Persona) -> list[str]:
    """Return every item a learner can earn from this persona, referrals first."""
    names = [f"referral:{r.name}" for r in persona.referrals if r.gives_when != "never"]
    return names + list(dict.fromkeys(f"private:{p.topic}" for p in persona.private))


def lose_by_pushing(moment: Moment) -> None:
    """Close for good what this message forfeits: a job ask costs names and confidences, nagging for a name costs the names."""
    asks = moment.before.job_asks + moment.heard.has("job_ask")
    moment.changes["job_asks"] = asks
    if moment.heard.has("job_ask") and (moment.persona.temperament.job_sensitivity >= SENSITIVE or asks >= 2):
        _lose(moment, "referral:")
        _lose(moment, "private:")
    if moment.before.referral_declined and moment.heard.has("referral_ask", "referral_push"):
        _lose(moment, "referral:")


def _lose(moment: Moment, kind: str) -> None:
    for item in locked_items(moment.persona):
        if item.startswith(kind) and item not in moment.unlocked:
            moment.lost.setdefault(item, moment.learner_turn)


def given_name(moment: Moment) -> str | None:
    """Return the name handed out last, or None."""
    names = [item.split(":", 1)[1] for item in moment.unlocked if item.startswith("referral:")]
    return names[-1] if names else None


def can_still_give(moment: Moment) -> bool:
    """Tell whether there is a name that has been neither given nor lost."""
    return any(_available(moment, r) for r in moment.persona.referrals)


def grant_referral(moment: Moment) -> bool:
    """Hand out a name if one is deserved now; tell whether one was.

    The person who knows about what the learner asked for comes first, then the earned before those given to anybody.
    """
    fitting = next((a.fact for a in moment.heard.all("referral_ask") if a.fact), None)
    wanted = sorted(moment.persona.referrals, key=lambda r: (r.name != fitting, r.gives_when != "earned"))
    found = next((r for r in wanted if _available(moment, r) and _deserved(moment, r)), None)
    if not found:
        return False
    moment.unlock(Reveal(item=f"referral:{found.name}", tells=f"{found.name}, {found.role}", says=tuple(found.says)))
    moment.referral_name = found.name
    moment.changes["referral_turn"] = moment.turn
    return True


def _available(moment: Moment, referral: Referral) -> bool:
    item = f"referral:{referral.name}"
    return referral.gives_when != "never" and item not in moment.unlocked and item not in moment.lost


def _deserved(moment: Moment, referral: Referral) -> bool:
    put_off = moment.patience <= REFERRAL_PATIENCE or moment.rapport < SHUT_RAPPORT
    if put_off or moment.heard.has("demand"):
        return False
    if referral.gives_when == "always":
        return True
    late_enough = not moment.timed or moment.minute >= REFERRAL_SHARE * moment.setup.agreed_minutes
    return late_enough and moment.rapport >= moment.tuning.referral_rapport


def tell_private(moment: Moment, topic: str, act: Act) -> None:
    """Tell the private fact of this topic if the question earns it; one in a line."""
    if moment.reveal or moment.before.job_asks:
        return
    fact = next((f for f in moment.persona.private if f.topic == topic and _earned(moment, f, act)), None)
    if fact:
        moment.unlock(Reveal(item=f"private:{fact.topic}", tells=fact.tells, says=tuple(fact.says)))


def _earned(moment: Moment, fact: PrivateFact, act: Act) -> bool:
    item = f"private:{fact.topic}"
    free = item not in moment.unlocked and item not in moment.lost
    fitting = act.specific or moment.heard.has("builds_on_answer", "researched_fact")
    return free and fitting and moment.rapport >= fact.min_rapport + moment.tuning.private_shift
