"""What a learner's message is heard as at this point of a meeting: the context that reading it needs, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from sim.meeting import Setup, State
from sim.transcript import Turn
from sim.understanding import Context, Understanding, understand


def hear(setup: Setup, state: State, turns: Sequence[Turn], text: str) -> Understanding:
    """Return the learner's next message understood. `turns` is everything said before it, oldest first."""
    heard = tuple(turn.text for turn in turns if turn.speaker == "contact")
    said = tuple(turn.text for turn in turns if turn.speaker == "learner")
    over = setup.clock != "untimed" and state.minute > setup.agreed_minutes + state.extra_minutes
    context = Context(
        persona=setup.persona,
        before=heard[-1] if heard else "",
        heard=heard,
        said=said,
        cue=state.cue,
        over=over,
        referral_declined=state.referral_declined,
        live=True,
    )
    return understand(text, context)
