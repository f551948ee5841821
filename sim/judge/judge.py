"""The second reading of a session: ask, hold the answers to the learner's words, combine. Whatever fails leaves the detectors' marks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import SimError
from sim.judge.answers import Held, hold
from sim.judge.questions import Question, form, questions
from sim.judge.quotes import passages
from sim.judge.session import session_json
from sim.judge.steering import steers_from
from sim.model.asking import Account, Asker
from sim.model.ladder import CALLS, Filled, Ladder, NotFilled
from sim.model.prompts import Prompt, prompt
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import JudgeReport, Scorecard
from sim.scoring.second_opinion import unjudged, with_judge
from sim.scoring.session import ReadSession, read_session
from sim.transcript import Transcript

ANSWER_TOKENS = 4_000
"""Most tokens of an answer; some forty checks at forty tokens with their quotes, and as much again for models that think first."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Case:
    """What one reading needs: the session understood, the questions, and the two prompts."""

    session: ReadSession
    asked: list[Question]
    system: str
    user: str


def checks_prompt() -> Prompt:
    """Return the prompt that a scorecard names."""
    return prompt("judge/checks.system")


def prepare(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Case:
    """Return the case. The system prompt depends on the rubric alone, so that endpoints can keep it from session to session."""
    session = read_session(transcript, persona)
    asked = questions(rubric, with_note=transcript.has_thank_you_stage)
    system = checks_prompt().render(rubric=rubric.name, checks="\n".join(q.line for q in asked))
    return Case(session, asked, system, prompt("judge/checks.user").render(session=session_json(session)))


class Judge:
    """Reads sessions a second time, `runs` times each, within `seconds` for all of it."""

    def __init__(self, asker: Asker, *, runs: int = 1, seconds: float = 45.0, ladder: Ladder | None = None) -> None:
        self.seconds = seconds
        self.runs = runs
        self.asker = asker
        self._ladder = ladder or Ladder()

    @property
    def model(self) -> str:
        """The model that reads."""
        return self.asker.model

    async def __call__(
        self, script: Transcript, persona: Persona | None, rubric: Rubric, card: Scorecard, session: str | None, workshop: str | None
    ) -> Scorecard:
        """Return the scorecard with the judge's opinion in it; without, and saying why, where the judge failed in any way.

        One call a run, and one more in all to mend an answer or ask for it another way. An empty or trivial session costs none.
        """
        report = JudgeReport(status="failed", model=self.model, prompt=checks_prompt().id, prompt_version=_version())
        try:
            async with asyncio.timeout(self.seconds):
                case = await asyncio.to_thread(prepare, script, persona, rubric)
                return await self._read(case, rubric, card, Account(session, workshop), report)
        except TimeoutError:
            return unjudged(card, report.model_copy(update={"why": f"it had not answered after {self.seconds:g} seconds"}))
        except NotFilled as error:
            return unjudged(card, report.model_copy(update={"why": str(error), "calls": error.calls}))
        except SimError as error:
            return unjudged(card, report.model_copy(update={"why": str(error)}))

    async def _read(self, case: Case, rubric: Rubric, card: Scorecard, account: Account, report: JudgeReport) -> Scorecard:
        if not case.session.took_part or not case.asked:
            return card
        filled = await self._ask(case, account)
        held = [await asyncio.to_thread(hold, case.session, case.asked, f.value["answers"]) for f in filled]
        told = report.model_copy(update=_told(filled, held) | {"steered": steered(case.session.transcript)})
        if not told.answers:
            return unjudged(card, told.model_copy(update={"status": "failed", "why": "none of its answers quotes words that were said"}))
        return await asyncio.to_thread(with_judge, card, case.session, rubric, [h.answers for h in held], told)

    async def _ask(self, case: Case, account: Account) -> list[Filled]:
        """Return every run's answers. The first finds the way to ask; the others go the same way at once, and may fail."""
        from langchain_core.messages import HumanMessage, SystemMessage

        temperature = self.asker.steadiest if self.runs == 1 else None
        ask = self.asker.ask("judge", account, max_tokens=ANSWER_TOKENS, temperature=temperature)
        messages = [SystemMessage(case.system), HumanMessage(case.user)]
        repair = prompt("judge/repair.user").render()
        asked = form(case.asked)

        async def run(calls: int) -> Filled:
            return await self._ladder.fill(self.asker.key, ask, messages, asked, repair=repair, calls=calls)

        first = await run(CALLS)
        more = await asyncio.gather(*(run(1) for _ in range(self.runs - 1)), return_exceptions=True)
        return [first, *_those_that_came(more)]


def _those_that_came(results: Sequence[Filled | BaseException]) -> list[Filled]:
    came = []
    for result in results:
        if isinstance(result, Filled):
            came.append(result)
        elif isinstance(result, SimError):
            log.warning("one run of the judge failed: %s", result)
        else:
            raise result
    return came


def _told(filled: Sequence[Filled], held: Sequence[Held]) -> dict[str, object]:
    return {
        "status": "answered",
        "runs": len(filled),
        "calls": sum(f.calls for f in filled),
        "rung": filled[0].rung.value,
        "answers": sum(h.usable for h in held),
        "void": sum(h.void for h in held),
    }


def steered(transcript: Transcript) -> bool:
    """Tell whether the learner wrote to the grader anywhere."""
    return any(steers_from(text) is not None for _, text in passages(transcript))


def _version() -> str:
    found = checks_prompt()
    return f"{found.version}:{found.digest}"
