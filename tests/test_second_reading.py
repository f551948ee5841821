"""The judge in a session: marks given once, nobody kept waiting for ever, nothing lost when it fails; and lines said better."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from test_pages import PAGE, ended

from sim import practice
from sim.errors import InputError, NotNow
from sim.persona import Persona
from sim.practice import Caller, Desk
from sim.practice.flight import Flights
from sim.practice.readings import Readings
from sim.rubric import Rubric
from sim.scorecard import Advice, CriterionScore, Evidence, JudgeReport, Opinion, Rewrite, Scorecard
from sim.store import Store
from sim.store.leases import Holder
from sim.transcript import Transcript
from web.app import create_app
from web.views.debrief import mark_rows
from web.views.review import GivenMark

pytestmark = pytest.mark.anyio
REPORT = JudgeReport(status="answered", model="tiny", prompt="judge/checks.system", prompt_version="1:0", runs=1, calls=1, answers=3)


@dataclass
class FakeJudge:
    """Raises every mark by one; can be held, and can break."""

    model: str = "tiny"
    seconds: float = 5.0
    calls: int = 0
    breaks: bool = False
    held: asyncio.Event | None = None
    accounts: list[tuple[str | None, str | None]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(
        self, script: Transcript, persona: Persona | None, rubric: Rubric, card: Scorecard, session: str | None, workshop: str | None
    ) -> Scorecard:
        self.calls += 1
        self.accounts.append((session, workshop))
        self.begun.set()
        if self.held:
            await self.held.wait()
        if self.breaks:
            raise RuntimeError("a bug")
        return card.model_copy(update={"criteria": [raised(c) for c in card.criteria], "judge": REPORT, "graded_by": "detectors+judge"})


def raised(score: CriterionScore) -> CriterionScore:
    mark = min(5, (score.score or 0) + 1)
    return score.model_copy(update={"score": mark, "detectors": score.score, "judge": Opinion(score=mark, low=score.score or 1, high=5)})


async def finished(desk: Desk, me: Caller) -> str:
    """Hold a meeting to the end of the thank-you stage."""
    session = (await practice.open_session(desk, me, "ada")).session
    await practice.begin(desk, session.id, me)
    await (await practice.say(desk, session.id, me, "How did you start?", "k1")).whole()
    await practice.end_meeting(desk, session.id, me)
    await practice.thank(desk, session.id, me, skip=True)
    return session.id


async def test_the_reading_begins_with_the_end_and_the_marks_are_given_once(desk: Desk, me: Caller) -> None:
    judge = FakeJudge()
    desk = replace(desk, judge=judge)
    session = await finished(desk, me)
    found = await asyncio.gather(*(practice.debrief(desk, session, me) for _ in range(3)))
    again = await practice.debrief(replace(desk, judge=None), session, me)
    assert {f.scorecard.to_json()["overall"] for f in (*found, again)} == {found[0].scorecard.overall}
    assert all(f.scorecard == again.scorecard for f in found)
    assert again.scorecard.judge == REPORT
    assert (judge.calls, judge.accounts) == (1, [(session, None)])


async def test_a_label_is_no_workshop_whose_allowance_a_reading_could_come_out_of(desk: Desk, me: Caller) -> None:
    judge = FakeJudge()
    desk = replace(desk, judge=judge)
    session = (await practice.open_session(desk, me, "ada", workshop="my own practice")).session.id
    await practice.end_meeting(desk, session, me)
    await practice.thank(desk, session, me, skip=True)
    await practice.debrief(desk, session, me)
    assert judge.accounts == [(session, None)]


async def test_of_two_processes_one_asks_the_judge_and_the_other_waits_for_its_marks(desk: Desk, me: Caller, store: Store) -> None:
    elsewhere = Store(store.engine.url.render_as_string(hide_password=False))
    elsewhere._me = Holder("another-machine", 1, "nonce")
    await elsewhere.open()
    judge, other = FakeJudge(held=asyncio.Event()), FakeJudge()
    here = replace(desk, store=store, judge=judge)
    there = replace(desk, store=elsewhere, judge=other, readings=Readings())
    session = await finished(here, me)
    await judge.begun.wait()
    assert (await practice.debrief(there, session, me, wait=0.01)).pending
    assert judge.held is not None
    judge.held.set()
    found = await practice.debrief(there, session, me)
    assert found.scorecard == (await practice.debrief(here, session, me)).scorecard
    assert (found.scorecard.judge, judge.calls, other.calls) == (REPORT, 1, 0)
    await there.close(0)
    await elsewhere.close()


async def test_whoever_does_not_wait_sees_the_detectors_marks_and_that_more_is_to_come(desk: Desk, me: Caller) -> None:
    judge = FakeJudge(held=asyncio.Event())
    desk = replace(desk, judge=judge)
    session = await finished(desk, me)
    early = await practice.debrief(desk, session, me, wait=0.01)
    assert early.pending
    assert early.scorecard.judge is None
    assert judge.held is not None
    judge.held.set()
    late = await practice.debrief(desk, session, me, wait=5)
    assert not late.pending
    assert late.scorecard.judge == REPORT


async def test_going_without_is_for_good_and_a_judge_that_comes_late_changes_nothing(desk: Desk, me: Caller) -> None:
    judge = FakeJudge(held=asyncio.Event())
    desk = replace(desk, judge=judge)
    session = await finished(desk, me)
    await practice.mark_now(desk, session, me)
    now = await practice.debrief(desk, session, me)
    assert now.scorecard.judge is not None
    assert now.scorecard.judge.status == "failed"
    kept = await desk.store.settle(session, now.scorecard.model_copy(update={"overall": 100.0, "judge": REPORT}))
    assert kept == now.scorecard
    await practice.mark_now(desk, session, me)
    assert (await practice.debrief(desk, session, me)).scorecard == now.scorecard


async def test_a_judge_that_breaks_leaves_the_detectors_marks(desk: Desk, me: Caller) -> None:
    desk = replace(desk, judge=FakeJudge(breaks=True))
    session = await finished(desk, me)
    card = (await practice.debrief(desk, session, me)).scorecard
    bare = desk.score(*(lambda f: (f.transcript, f.persona, f.rubric))(await practice.debrief(desk, session, me)))
    assert [c.score for c in card.criteria] == [c.score for c in bare.criteria]
    assert card.judge is not None
    assert (card.judge.status, card.judge.why) == ("failed", "something went wrong while it read")


async def test_another_school_and_an_open_note_ask_no_judge(desk: Desk, me: Caller) -> None:
    judge = FakeJudge()
    desk = replace(desk, judge=judge)
    session = (await practice.open_session(desk, me, "ada")).session
    await practice.begin(desk, session.id, me)
    await practice.end_meeting(desk, session.id, me, draft="Well, goodbye.")
    assert (await practice.debrief(desk, session.id, me)).scorecard.judge is None
    with pytest.raises(NotNow, match="thank-you"):
        await practice.mark_now(desk, session.id, me)
    await practice.thank(desk, session.id, me, skip=True)
    await practice.debrief(desk, session.id, me)
    assert (await practice.debrief(desk, session.id, me, "other")).scorecard.judge is None
    assert judge.calls == 1


async def test_a_reading_broken_off_by_a_restart_begins_again(desk: Desk, me: Caller) -> None:
    judge = FakeJudge(held=asyncio.Event())
    desk = replace(desk, judge=judge)
    session = await finished(desk, me)
    await asyncio.sleep(0)
    await desk.close(0)
    judge.held = None
    assert (await practice.debrief(desk, session, me)).scorecard.judge == REPORT


async def test_deleting_a_session_stops_its_reading(desk: Desk, me: Caller) -> None:
    judge = FakeJudge(held=asyncio.Event())
    desk = replace(desk, judge=judge)
    session = await finished(desk, me)
    await practice.delete(desk, session, me)
    assert await desk.store.load(session) is None


# -- lines said better -------------------------------------------------------------------------------------------------


@dataclass
class FakeRewriter:
    """Says which line it rewrote, and how often it was asked."""

    calls: list[tuple[int, str]] = field(default_factory=list)

    async def __call__(
        self, script: Transcript, persona: Persona, turn: int, weakness: str, session: str | None, workshop: str | None
    ) -> Rewrite:
        self.calls.append((turn, weakness))
        return Rewrite(turn=turn, text=f"Better line for <{turn}>.", model="tiny", prompt_version="1:0")


def costly(transcript: Transcript, persona: Persona | None, rubric: Rubric) -> Scorecard:
    """Every line of the learner's cost something, the first by advice too."""
    said = [(n, t.text) for n, t in enumerate(transcript.turns) if t.speaker == "learner"]
    evidence = [Evidence(where=f"turn:{n}", quote=text, effect="hurts", why="too vague") for n, text in said]
    advice = [Advice(criterion="listening", title="T", where=f"turn:{said[0][0]}", quote=said[0][1], why="Say why.")] if said else []
    score = CriterionScore(id="listening", score=2, evidence=evidence)
    return Scorecard(transcript=transcript.id, rubric=rubric.id, overall=25, graded_by="detectors", criteria=[score], advice=advice)


async def talked_long(desk: Desk, me: Caller, lines: int) -> str:
    session = (await practice.open_session(desk, me, "ada")).session
    await practice.begin(desk, session.id, me)
    for n in range(lines):
        await (await practice.say(desk, session.id, me, f"How is river {n}?", f"k{n}")).whole()
    await practice.end_meeting(desk, session.id, me)
    await practice.thank(desk, session.id, me, skip=True)
    return session.id


async def test_a_weak_line_is_rewritten_once_kept_and_limited(desk: Desk, me: Caller) -> None:
    writer = FakeRewriter()
    desk = replace(desk, rewriter=writer, score=costly)
    session = await talked_long(desk, me, 5)
    with pytest.raises(NotNow, match="not there yet"):
        await practice.rewrite(desk, session, me, 1)
    assert (await practice.debrief(desk, session, me)).rewritable == {1, 3, 5, 7, 9}
    for turn in (1, 1, 3, 5):
        made = await practice.rewrite(desk, session, me, turn)
        assert made.text == f"Better line for <{turn}>."
    assert writer.calls == [(1, "Say why."), (3, "too vague"), (5, "too vague")]
    with pytest.raises(NotNow, match="3 suggestions"):
        await practice.rewrite(desk, session, me, 7)
    found = await practice.debrief(desk, session, me)
    assert ([r.turn for r in found.scorecard.rewrites], found.rewritable, found.scorecard.overall) == ([1, 3, 5], frozenset(), 25)


async def test_two_processes_together_keep_no_more_suggestions_than_one(desk: Desk, me: Caller, store: Store) -> None:
    desk = replace(desk, store=store, rewriter=FakeRewriter(), score=costly)
    session = await talked_long(desk, me, 5)
    await practice.debrief(desk, session, me)
    for turn in (1, 3):
        await practice.rewrite(desk, session, me, turn)

    async def overtaken(script: Transcript, persona: Persona, turn: int, *rest: object) -> Rewrite:
        await practice.rewrite(replace(desk, flights=Flights()), session, me, 5)  # by another process, meanwhile
        return Rewrite(turn=turn, text="Mine.", model="tiny", prompt_version="1:0")

    late = replace(desk, rewriter=overtaken)
    assert (await practice.rewrite(late, session, me, 5)).text == "Better line for <5>."
    assert [r.turn for r in (await practice.debrief(desk, session, me)).scorecard.rewrites] == [1, 3, 5]


async def test_a_fourth_suggestion_that_another_process_was_faster_than_is_not_kept(desk: Desk, me: Caller, store: Store) -> None:
    desk = replace(desk, store=store, rewriter=FakeRewriter(), score=costly)
    session = await talked_long(desk, me, 5)
    await practice.debrief(desk, session, me)

    async def overtaken(script: Transcript, persona: Persona, turn: int, *rest: object) -> Rewrite:
        for other in (1, 3, 5):
            await practice.rewrite(replace(desk, flights=Flights()), session, me, other)
        return Rewrite(turn=turn, text="Mine.", model="tiny", prompt_version="1:0")

    with pytest.raises(NotNow, match="3 suggestions"):
        await practice.rewrite(replace(desk, rewriter=overtaken), session, me, 7)
    assert [r.turn for r in (await practice.debrief(desk, session, me)).scorecard.rewrites] == [1, 3, 5]


async def test_only_weak_lines_of_ones_own_and_only_with_a_model(desk: Desk, me: Caller) -> None:
    desk = replace(desk, rewriter=FakeRewriter(), score=costly)
    session = await talked_long(desk, me, 1)
    await practice.debrief(desk, session, me)
    with pytest.raises(InputError, match="turn: is 0"):
        await practice.rewrite(desk, session, me, 0)
    with pytest.raises(NotNow, match="none is configured"):
        await practice.rewrite(replace(desk, rewriter=None), session, me, 1)


# -- the pages ---------------------------------------------------------------------------------------------------------


@dataclass
class Judged:
    """A browser on an application with a judge and a rewriter."""

    client: TestClient
    judge: FakeJudge
    writer: FakeRewriter


@pytest.fixture
def judged(app: FastAPI) -> Iterator[Judged]:
    judge, writer = FakeJudge(), FakeRewriter()
    app.state.desk = replace(app.state.desk, judge=judge, rewriter=writer, score=costly)
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as client:
        yield Judged(client, judge, writer)


def to_the_end(client: TestClient) -> str:
    """Hold a meeting to the end of the thank-you stage; return its address."""
    at = ended(client)
    client.post(f"{at}/thank-you", data={"skip": "1"}, headers=PAGE)
    return at


def test_the_debrief_shows_quietly_what_the_judge_thought(judged: Judged) -> None:
    at = to_the_end(judged.client)
    page = unescape(judged.client.get(f"{at}/debrief", headers=PAGE).text)
    assert "The language model tiny gave a second opinion." in page
    assert "The detectors gave 2; the language model gave 3, and the mark followed it. Its readings ran from 2 to 5." in page
    hidden = unescape(judged.client.get(f"{at}/debrief?numbers=hide", headers=PAGE).text)
    assert "The language model read this more kindly, and the mark followed it." in hidden


def test_what_was_practised_is_downloaded_with_the_second_opinion(judged: Judged) -> None:
    at = to_the_end(judged.client)
    told = "The detectors gave 2; the language model gave 3, and the mark followed it. Its readings ran from 2 to 5."
    assert f"*Second opinion:* {told}" in judged.client.get(f"{at}/export.md", headers=PAGE).text
    criterion = judged.client.get(f"{at}/export.json", headers=PAGE).json()["scorecard"]["criteria"][0]
    assert (criterion["score"], criterion["detectors"], criterion["judge"]["score"]) == (3, 2, 3)


def test_an_instructors_mark_does_not_pass_for_the_judges(judged: Judged) -> None:
    """What the judge thought stands beside the computed mark; the one that counts is the instructor's."""
    card = Scorecard(
        transcript="t", rubric="classic", overall=50, graded_by="detectors", criteria=[CriterionScore(id="listening", score=2)]
    )
    computed = card.model_copy(update={"criteria": [raised(c) for c in card.criteria]})
    counts = computed.model_copy(update={"criteria": [computed.criteria[0].model_copy(update={"score": 2})]})
    rubric: Rubric = judged.client.app.state.library.rubric("classic")  # type: ignore[attr-defined]
    (row,) = mark_rows(counts, rubric, {}, None, {"listening": GivenMark("2", "3", "No.")}, computed=computed)
    assert "the mark followed it" in row.opinion
    assert (row.score, row.rationale) == (2, "No.")


def test_a_page_says_that_it_is_being_read_and_offers_to_go_without(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.routes.pages.afterwards.FIRST_WAIT", 0.02)
    monkeypatch.setattr("web.routes.pages.afterwards.LONG_WAIT", 0.02)
    judged.judge.held = asyncio.Event()
    at = to_the_end(judged.client)
    page = judged.client.get(f"{at}/debrief", headers=PAGE)
    assert page.status_code == 200
    assert "Your meeting is being read" in page.text
    waiting = judged.client.get(f"{at}/debrief/ready", headers={**PAGE, "HX-Request": "true"})
    assert f'hx-get="{at}/debrief/ready"' in waiting.text or "5 seconds at the most" in waiting.text
    without = judged.client.post(f"{at}/debrief/now", headers=PAGE)
    assert "There is no second opinion by the language model this time" in unescape(without.text)
    ready = judged.client.get(f"{at}/debrief/ready", headers={**PAGE, "HX-Request": "true"})
    assert ready.headers["hx-redirect"] == f"{at}/debrief"


def test_a_button_asks_for_another_way_to_say_a_line_and_the_page_marks_it_as_the_models(judged: Judged) -> None:
    at = to_the_end(judged.client)
    assert "Suggest another way" in judged.client.get(f"{at}/debrief", headers=PAGE).text
    page = judged.client.post(f"{at}/rewrite", data={"turn": "1"}, headers=PAGE)
    assert "A language model suggests (tiny)" in page.text
    assert "Better line for &lt;1&gt;." in page.text
    assert "Suggest another way" not in page.text
    asked = judged.client.post(f"/api{at}/rewrite", json={"turn": 1})
    assert asked.json()["text"] == "Better line for <1>."
    assert judged.writer.calls == [(1, "Say why.")]


def test_without_a_model_there_is_no_such_button_and_no_word_of_a_judge(client: TestClient) -> None:
    at = to_the_end(client)
    page = client.get(f"{at}/debrief", headers=PAGE).text
    assert "Suggest another way" not in page
    assert "language model" not in page
    assert client.post(f"/api{at}/rewrite", json={"turn": 1}).status_code == 409


def test_the_application_builds_judge_and_rewriter_from_its_settings(settings, library) -> None:
    given = {"openai_api_key": "key", "openai_base_url": "http://127.0.0.1:9/v1", "judge_model": "tiny", "judge_runs": 3}
    made = create_app(settings.model_copy(update=type(settings)(**given).model_dump(include=set(given))), library=library)
    judge = made.state.desk.judge
    assert (judge.model, judge.runs, judge.seconds) == ("tiny", 3, 45.0)
    assert made.state.desk.rewriter is not None
