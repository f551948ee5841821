"""The second opinion in a browser: the page that waits for it goes on by itself, and what it shows is readable by everybody."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Live
from browser.steps import LINES, end, meet, no_sideways, say
from browser.test_access import NARROW_AND_DARK, WIDE_AND_LIGHT, check
from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import CriterionScore, JudgeReport, Opinion, Rewrite, Scorecard
from sim.transcript import Transcript

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

REPORT = JudgeReport(status="answered", model="tiny", prompt="judge/checks.system", prompt_version="1:0", runs=3, calls=3, answers=9)


@dataclass
class SlowJudge:
    """Disagrees with everything, once it is let go."""

    model: str = "tiny"
    seconds: float = 30.0
    go_on: threading.Event = field(default_factory=threading.Event)

    async def __call__(
        self, script: Transcript, persona: Persona | None, rubric: Rubric, card: Scorecard, session: str | None, workshop: str | None
    ) -> Scorecard:
        await asyncio.to_thread(self.go_on.wait, 30)
        return card.model_copy(update={"criteria": [opposed(c) for c in card.criteria], "judge": REPORT, "graded_by": "detectors+judge"})


def opposed(score: CriterionScore) -> CriterionScore:
    other = 5 if (score.score or 1) <= 3 else 1
    return score.model_copy(update={"detectors": score.score, "judge": Opinion(score=other, low=1, high=5, disagrees=True)})


async def better(script: Transcript, persona: Persona, turn: int, weakness: str, session: str | None, workshop: str | None) -> Rewrite:
    return Rewrite(turn=turn, text="What did you change first, and why there?", model="tiny", prompt_version="1:0")


@pytest.fixture
def judge(live: Live) -> Iterator[SlowJudge]:
    """A judge and a rewriter at work on the running server."""
    before, made = live.app.state.desk, SlowJudge()
    live.app.state.desk = replace(before, judge=made, rewriter=better)
    yield made
    made.go_on.set()
    live.app.state.desk = before


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["light", "dark"])
def test_the_page_that_waits_goes_on_by_itself_and_the_debrief_shows_both_marks(page: Page, judge: SlowJudge) -> None:
    meet(page)
    say(page, "So what does your company do? Can you get me a job there?")
    say(page, LINES[1])
    end(page)
    page.get_by_role("button", name="Send nothing").click()
    page.get_by_role("link", name="Skip", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your meeting is being read")
    check(page)
    no_sideways(page)
    judge.go_on.set()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Your meeting with"))
    expect(page.get_by_text("The two graders disagree").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Suggest another way")).first.click()
    expect(page.get_by_text("What did you change first, and why there?")).to_be_visible()
    expect(page.get_by_text("A language model suggests")).to_be_visible()
    check(page)
    no_sideways(page)
