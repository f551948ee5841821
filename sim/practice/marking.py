"""The marks of a session: given once, kept, and the same ever after. With a judge, after its reading or without it, whichever is first.

The detectors take milliseconds, a judge takes as long as a model takes. So its reading begins when the thank-you stage is over, while
the learner rates themselves, and whoever asks for the marks waits a while and may then ask again, or go without. What is stored first
stands: a judge that comes late changes nothing.
"""

from __future__ import annotations

import asyncio
import logging

from sim.errors import NotNow, SimError
from sim.practice.desk import Desk, mine
from sim.practice.mishap import whereabouts
from sim.practice.seen import Caller
from sim.practice.showing import transcript_of
from sim.rubric import Rubric
from sim.scorecard import JudgeReport, Scorecard
from sim.sessions import SessionRecord

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5
"""How often to look whether another process is done with reading a session."""

BROKE = "something went wrong while it read"
NOT_AWAITED = "you asked for the marks before it had answered"


async def by_detectors_alone(desk: Desk, record: SessionRecord, rubric: Rubric | None = None) -> Scorecard:
    """Return the detectors' scorecard by the session's rubric or another, and store nothing."""
    return await asyncio.to_thread(desk.score, transcript_of(record), record.persona, rubric or record.rubric)


def begin_reading(desk: Desk, record: SessionRecord) -> None:
    """Let the judge begin, where there is one and the session has its last word."""
    if desk.judge is not None and record.note_stage != "open" and record.scorecard is None:
        desk.readings.start(record.id, lambda: _marked(desk, record))


async def marked(desk: Desk, record: SessionRecord, seconds: float | None) -> Scorecard | None:
    """Return the session's scorecard, stored for good; None where the judge is not done after so many seconds.

    None for `seconds` waits to the end, which the judge's own limit sets. Before the thank-you stage is over nothing is stored and
    no judge is asked, as the notes are still to come.
    """
    if record.scorecard is not None:
        return record.scorecard
    if record.note_stage == "open":
        return await by_detectors_alone(desk, record)
    if desk.judge is None:
        return await desk.store.settle(record.id, await by_detectors_alone(desk, record))
    return await desk.readings.wait(desk.readings.start(record.id, lambda: _marked(desk, record)), seconds)


async def _marked(desk: Desk, record: SessionRecord) -> Scorecard:
    while True:
        now = await desk.store.load(record.id)
        if now is None or now.scorecard is not None:  # what was stored since the caller looked counts, and the judge is asked once
            break
        record = now
        # The meeting is over, and its lease free to say which process has the session read.
        if not now.held and await desk.store.adopt(now.id, now.version):
            try:
                return await _read(desk, now)
            finally:
                await _give_back(desk, now)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return now.scorecard if now and now.scorecard else await by_detectors_alone(desk, record)


async def _give_back(desk: Desk, record: SessionRecord) -> None:
    """Let any process have the session read from now on; where that cannot be said, the lease runs out by itself."""
    try:
        await desk.store.release(record.id, record.version + 1)
    except SimError as error:
        log.warning("%s", error)


async def _read(desk: Desk, record: SessionRecord) -> Scorecard:
    card = await by_detectors_alone(desk, record)
    if desk.judge is not None:
        try:
            card = await desk.judge(transcript_of(record), record.persona, record.rubric, card, record.id, record.payer)
        except Exception as error:
            log.error("a second reading failed: %s", whereabouts(error))
            card = _without(card, desk, BROKE)
    return await desk.store.settle(record.id, card)


def _without(card: Scorecard, desk: Desk, why: str) -> Scorecard:
    model = desk.judge.model if desk.judge else ""
    return card.model_copy(update={"judge": JudgeReport(status="failed", model=model, prompt="", prompt_version="", why=why)})


async def mark_now(desk: Desk, session_id: str, caller: Caller) -> None:
    """Settle on the detectors' marks without waiting for the judge; marks that are stored stay. Raises NotNow before the end."""
    record = await mine(desk, session_id, caller)
    if record.note_stage == "open":
        raise NotNow("the thank-you stage is not over; the debrief comes after it")
    if record.scorecard is None:
        await desk.readings.stop(session_id)
        await desk.store.settle(session_id, _without(await by_detectors_alone(desk, record), desk, NOT_AWAITED))
