"""One meeting, one turn at a time: nothing typed is lost, nothing is said twice, and what was decided stays decided."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from conftest import FakeClock, FakeContact, OneBook, count_words, plain_hear
from hypothesis import given, settings as hypothesis_settings, strategies as st

from sim import practice
from sim.errors import ChatUnavailable, InputError, NotNow, StoreUnavailable, UnknownItem
from sim.persona import Persona
from sim.ports import Brief, Utterance
from sim.practice import Caller, Desk, Done, Drafts, Session, Token, ending, flight, talk, wording
from sim.rubric import Rubric
from sim.sessions import SessionRecord
from sim.store import Store
from sim.store.leases import Holder
from sim.transcript import Prep

pytestmark = pytest.mark.anyio

STRANGER = Caller(owner="somebody-else")


async def opened(desk: Desk, me: Caller, **more: object) -> Session:
    new = await practice.open_session(desk, me, "ada", seed=1, **more)  # type: ignore[arg-type]
    return await practice.begin(desk, new.session.id, me)


async def talked(desk: Desk, me: Caller, *messages: str) -> Session:
    """A meeting in which the learner said these things and got replies."""
    session = await opened(desk, me)
    for number, words in enumerate(messages):
        await (await practice.say(desk, session.id, me, words, f"k{number}")).whole()
    return await practice.look(desk, session.id, me)


async def over(desk: Desk, me: Caller, *messages: str) -> Session:
    session = await talked(desk, me, *messages)
    return await practice.end_meeting(desk, session.id, me)


def lines(session: Session) -> list[str]:
    return [turn.text for turn in session.turns]


# -- a whole meeting, on both databases --------------------------------------------------------------------------------


async def test_a_learner_practises_a_whole_meeting(
    store: Store, library: OneBook, contact: FakeContact, clock: FakeClock, me: Caller, plain_hearing: None
) -> None:
    desk = Desk(library=library, store=store, contact=contact, clock=clock, score=count_words)
    new = await practice.open_session(desk, me, "ada", minutes=10, difficulty="gentle", seed=7)
    assert new.session.stage == "brief"
    await practice.save_prep(desk, new.session.id, me, Prep(goal="learn", questions=["How?"]))
    session = await practice.begin(desk, new.session.id, me)
    assert (session.stage, session.agreed_minutes, lines(session)) == ("meeting", 10.0, ["Contact line 0 greeting."])
    done = await (await practice.say(desk, session.id, me, "How did you start?", "k1")).whole()
    assert (done.turn, done.text, done.ended) == (2, "Contact line 2 answer.", False)
    await practice.save_notes(desk, session.id, me, "She builds bridges.")
    session = await practice.end_meeting(desk, session.id, me)
    assert (session.stage, session.ended_by) == ("thank_you", "learner")
    session = await practice.thank(desk, session.id, me, to_contact="Thank you, Ada.", to_referrer="Thank you, Jo.")
    assert session.stage == "debrief"
    found = await practice.debrief(desk, session.id, me)
    assert found.scorecard.overall == 4
    assert [entry.turn for entry in found.trace] == [0, 2]
    data = found.transcript.to_json()
    assert data["schema"] == "sim.transcript/1"
    assert data["thank_you"] == {"to_contact": "Thank you, Ada.", "to_referrer": "Thank you, Jo."}
    assert data["outcome"]["door"] in ("open", "ajar", "shut")
    assert [row.overall for row in await practice.history(desk, me)] == [4]


async def test_the_same_seed_and_words_give_the_same_meeting(desk: Desk, me: Caller) -> None:
    first, second = [await over(desk, me, "How did you start?", "Who else should I meet?") for _ in range(2)]
    one, two = [(await practice.transcript(desk, s.id, me)).to_json() for s in (first, second)]
    assert {**one, "id": ""} == {**two, "id": ""}


# -- whose session it is -----------------------------------------------------------------------------------------------


async def test_a_session_opens_to_its_cookie_and_to_its_token_and_to_nothing_else(desk: Desk, me: Caller) -> None:
    new = await practice.open_session(desk, me, "ada")
    other = await practice.open_session(desk, STRANGER, "ada")
    for caller in (me, Caller(token=new.token)):
        assert (await practice.look(desk, new.session.id, caller)).id == new.session.id
    for caller in (STRANGER, Caller(), Caller(token=other.token), Caller(owner=""), Caller(token="")):
        with pytest.raises(UnknownItem):
            await practice.look(desk, new.session.id, caller)


async def test_a_stranger_can_do_nothing_at_all(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    calls = (
        practice.look(desk, session.id, STRANGER),
        practice.begin(desk, session.id, STRANGER),
        practice.say(desk, session.id, STRANGER, "Hi", "k"),
        practice.save_prep(desk, session.id, STRANGER, Prep()),
        practice.save_notes(desk, session.id, STRANGER, ""),
        practice.save_drafts(desk, session.id, STRANGER, Drafts()),
        practice.mark_assisted(desk, session.id, STRANGER),
        practice.end_meeting(desk, session.id, STRANGER),
        practice.thank(desk, session.id, STRANGER, skip=True),
        practice.debrief(desk, session.id, STRANGER),
        practice.transcript(desk, session.id, STRANGER),
        practice.fork(desk, session.id, STRANGER, 1),
        practice.rate_self(desk, session.id, STRANGER, {}),
        practice.delete(desk, session.id, STRANGER),
    )
    for call in calls:
        with pytest.raises(UnknownItem):
            await call
    assert await practice.history(desk, STRANGER) == []
    assert await practice.history(desk, Caller()) == ()


@pytest.mark.parametrize("session_id", ["", "nope", "../../etc/passwd", "é", "x" * 10_000, "a\x00b"])
async def test_an_id_that_is_none_is_simply_unknown(desk: Desk, me: Caller, session_id: str) -> None:
    with pytest.raises(UnknownItem):
        await practice.look(desk, session_id, me)


async def test_an_unknown_persona_or_rubric_is_told(desk: Desk, me: Caller) -> None:
    for persona, rubric in (("nobody", "classic"), ("ada", "nothing")):
        with pytest.raises(UnknownItem):
            await practice.open_session(desk, me, persona, rubric=rubric)


@pytest.mark.parametrize("minutes", [0.5, 0.0, -3.0, 181.0, float("nan"), float("inf")])
async def test_minutes_that_make_no_meeting_are_refused(desk: Desk, me: Caller, minutes: float) -> None:
    with pytest.raises(InputError, match="minutes: is .*; expected 1 to 180"):
        await practice.open_session(desk, me, "ada", minutes=minutes)


# -- saying something --------------------------------------------------------------------------------------------------


async def test_the_words_are_stored_before_the_contact_speaks(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    hold = contact.hold()
    reply = await practice.say(desk, session.id, me, "How did you start?", "k1")
    record = await desk.store.load(session.id)
    assert record is not None
    assert [t.text for t in record.turns][1:] == ["How did you start?"]
    assert record.waiting is not None
    hold.set()
    await reply.whole()


async def test_the_reply_comes_in_pieces_and_closes_once(desk: Desk, me: Caller) -> None:
    session = await opened(desk, me)
    events = [event async for event in await practice.say(desk, session.id, me, "How?", "k1")]
    assert "".join(e.text for e in events if isinstance(e, Token)) == "Contact line 2 answer."
    assert [isinstance(e, Done) for e in events] == [False] * (len(events) - 1) + [True]


async def test_a_message_begins_a_meeting_nobody_began(desk: Desk, me: Caller) -> None:
    new = await practice.open_session(desk, me, "ada")
    await (await practice.say(desk, new.session.id, me, "How?", "k1")).whole()
    assert lines(await practice.look(desk, new.session.id, me))[0] == "Contact line 0 greeting."


async def test_beginning_twice_greets_once(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    await asyncio.gather(*(practice.begin(desk, session.id, me) for _ in range(5)))
    assert (contact.spoken, len((await practice.look(desk, session.id, me)).turns)) == (1, 1)


async def test_a_resend_gets_the_stored_reply(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    first = await (await practice.say(desk, session.id, me, "How?", "k1")).whole()
    await (await practice.say(desk, session.id, me, "And then?", "k2")).whole()
    again = [event async for event in await practice.say(desk, session.id, me, "  How?\r\n", "k1")]
    assert again == [Token(first.text), first]
    assert contact.spoken == 3


async def test_a_resend_while_the_reply_is_on_its_way_joins_it_from_the_first_word(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    hold = contact.hold()
    first = await practice.say(desk, session.id, me, "How?", "k1")
    await contact.waiting.wait()
    second = await practice.say(desk, session.id, me, "How?", "k1")
    hold.set()
    one, two = [[event async for event in reply] for reply in (first, second)]
    assert one == two
    assert contact.spoken == 2


async def test_pressing_send_many_times_at_once_says_it_once(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    replies = await asyncio.gather(*(practice.say(desk, session.id, me, "How?", "k1") for _ in range(8)))
    assert len({(await reply.whole()) for reply in replies}) == 1
    assert contact.spoken == 2
    assert len((await practice.look(desk, session.id, me)).turns) == 3


async def test_a_second_message_waits_its_turn(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    hold = contact.hold()
    first = await practice.say(desk, session.id, me, "How?", "k1")
    with pytest.raises(NotNow, match="still waiting for its reply"):
        await practice.say(desk, session.id, me, "And why?", "k2")
    hold.set()
    await first.whole()
    await (await practice.say(desk, session.id, me, "And why?", "k2")).whole()


async def test_other_words_under_a_used_key_are_refused_and_not_lost_silently(desk: Desk, me: Caller) -> None:
    session = await talked(desk, me, "How?")
    with pytest.raises(InputError, match="key: was used for other words"):
        await practice.say(desk, session.id, me, "Something else", "k0")


async def test_nothing_can_be_said_after_the_end(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    with pytest.raises(NotNow, match="the meeting is over"):
        await practice.say(desk, session.id, me, "One more thing", "k9")
    assert (await (await practice.say(desk, session.id, me, "How?", "k0")).whole()).turn == 2, "a resend still gets its reply"


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("", "k", "text: is empty"),
        (" \n\t ", "k", "text: is empty"),
        ("\x00\x07\x1b", "k", "text: is empty"),
        ("x" * 4_001, "k", "text: has 4,001 characters; at most 4,000 are taken. Shorten it by 1"),
        ("x" * 100_000, "k", "text: has 100,000 characters"),
        ("Hi", "", "key: is empty"),
        ("Hi", "k" * 65, "key: has 65 characters"),
    ],
)
async def test_a_message_that_will_not_do_is_refused_with_the_mend_and_nothing_is_stored(
    desk: Desk, me: Caller, text: str, key: str, told: str
) -> None:
    session = await opened(desk, me)
    with pytest.raises(InputError) as error:
        await practice.say(desk, session.id, me, text, key)
    assert told in str(error.value)
    assert len((await practice.look(desk, session.id, me)).turns) == 1


async def test_markup_is_words_and_control_characters_are_nothing(desk: Desk, me: Caller) -> None:
    session = await talked(desk, me, "<b>Hi\x00\x1b[2J</b>\r\ncafe\u0301 \ud83d")
    assert lines(session)[1] == "<b>Hi[2J</b>\ncaf\u00e9 ?"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_twice_changes_nothing_more_and_leaves_nothing_that_breaks(text: str) -> None:
    once = wording.clean(text)
    assert wording.clean(once) == once
    assert not any(ord(c) < 32 and c not in "\n\t" for c in once)
    assert once.encode("utf-8").decode("utf-8") == once


@given(st.text(max_size=60))
def test_a_message_is_taken_as_typed_or_refused(text: str) -> None:
    try:
        assert wording.message("text", text, 40)
    except InputError as error:
        assert "empty" in str(error) or "characters" in str(error)


# -- when the contact fails --------------------------------------------------------------------------------------------


async def test_a_reply_that_fails_keeps_the_words_and_a_resend_gets_it(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    contact.fails = True
    reply = await practice.say(desk, session.id, me, "How?", "k1")
    with pytest.raises(ChatUnavailable, match="endpoint is down"):
        await reply.whole()
    contact.fails = False
    assert (await (await practice.say(desk, session.id, me, "How?", "k1")).whole()).text == "Contact line 2 answer."
    assert lines(await practice.look(desk, session.id, me))[1:] == ["How?", "Contact line 2 answer."]


async def test_a_contact_that_hangs_is_given_up(desk: Desk, contact: FakeContact, me: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await opened(desk, me)
    monkeypatch.setattr(talk, "REPLY_SECONDS", 0.02)
    contact.hold()
    with pytest.raises(ChatUnavailable, match="took too long"):
        await (await practice.say(desk, session.id, me, "How?", "k1")).whole()


async def test_an_unforeseen_error_tells_nobody_what_the_learner_wrote(
    desk: Desk, me: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = await opened(desk, me)

    def broken(*given: object) -> None:
        raise RuntimeError(f"cannot read {given[-1]}")

    monkeypatch.setattr("sim.practice.turns.hear", broken)
    with caplog.at_level(logging.DEBUG), pytest.raises(ChatUnavailable) as error:
        await (await practice.say(desk, session.id, me, "my private words", "k1")).whole()
    assert "private" not in str(error.value) + caplog.text
    assert "RuntimeError" in caplog.text
    ended = await practice.end_meeting(desk, session.id, me)
    assert (ended.ended_by, lines(ended)[1:]) == ("learner", ["my private words"])


async def test_a_contact_that_says_nothing_is_told(desk: Desk, me: Caller) -> None:
    class Silent:
        async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
            if brief.step.state.turn == 0:
                yield Utterance("Hello.", "scripted")

    quiet = replace(desk, contact=Silent())
    session = await opened(quiet, me)
    with pytest.raises(ChatUnavailable, match="broke off"):
        await (await practice.say(quiet, session.id, me, "How?", "k1")).whole()


async def test_a_reply_is_finished_when_nobody_listens(desk: Desk, me: Caller) -> None:
    session = await opened(desk, me)
    reply = await practice.say(desk, session.id, me, "How?", "k1")
    async for _ in reply:
        break
    await reply.wait(5)
    assert lines(await practice.look(desk, session.id, me))[-1] == "Contact line 2 answer."


# -- when the process or the database fails ----------------------------------------------------------------------------


async def crashed(desk: Desk, contact: FakeContact, me: Caller, store: Store) -> Session:
    """A session whose process died while the contact spoke; the desk's store now runs in a process of its own."""
    session = await talked(desk, me, "How?")
    contact.hold()
    reply = await practice.say(desk, session.id, me, "And why?", "k1")
    await contact.waiting.wait()
    await reply.land(0)
    contact.holds = None
    store._me = Holder(store._me.host, store._me.pid, "after the restart")
    return session


async def test_looking_finishes_a_reply_that_a_crash_cut_off(desk: Desk, contact: FakeContact, me: Caller, sqlite_store: Store) -> None:
    session = await crashed(desk, contact, me, sqlite_store)
    found = await practice.look(desk, session.id, me)
    assert lines(found)[-2:] == ["And why?", "Contact line 4 answer."]
    assert found.waiting is None


async def test_after_a_crash_a_resend_gets_the_reply_and_adds_nothing(
    desk: Desk, contact: FakeContact, me: Caller, sqlite_store: Store
) -> None:
    session = await crashed(desk, contact, me, sqlite_store)
    assert (await (await practice.say(desk, session.id, me, "And why?", "k1")).whole()).turn == 4
    assert len((await practice.look(desk, session.id, me)).turns) == 5


async def test_a_reply_made_again_is_the_reply_that_was_cut_off(desk: Desk, contact: FakeContact, me: Caller, sqlite_store: Store) -> None:
    unharmed = await over(desk, me, "How?", "And why?")
    session = await crashed(desk, contact, me, sqlite_store)
    await practice.look(desk, session.id, me)
    await practice.end_meeting(desk, session.id, me)
    one, two = [(await practice.transcript(desk, s, me)).to_json() for s in (unharmed.id, session.id)]
    assert {**one, "id": ""} == {**two, "id": ""}


async def test_another_process_at_work_is_not_disturbed(desk: Desk, contact: FakeContact, me: Caller, sqlite_store: Store) -> None:
    session = await opened(desk, me)
    sqlite_store._me = Holder("another-machine", 1, "x")
    hold = contact.hold()
    reply = await practice.say(desk, session.id, me, "How?", "k1")
    await contact.waiting.wait()
    sqlite_store._me = Holder("here", 2, "y")
    elsewhere = replace(desk, flights=type(desk.flights)())
    seen = await practice.look(elsewhere, session.id, me)
    assert (seen.in_flight, seen.waiting is not None, contact.spoken) == (True, True, 2)
    for key in ("k1", "k2"):
        with pytest.raises(NotNow):
            await practice.say(elsewhere, session.id, me, "How?", key)
    hold.set()
    await reply.whole()
    assert (await (await practice.say(elsewhere, session.id, me, "How?", "k1")).whole()).turn == 2


async def test_a_database_that_fails_before_the_words_are_safe_says_so(desk: Desk, me: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await opened(desk, me)

    async def full(*_: object) -> bool:
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "hear", full)
        with pytest.raises(StoreUnavailable):
            await practice.say(desk, session.id, me, "How?", "k1")
    assert (await (await practice.say(desk, session.id, me, "How?", "k1")).whole()).turn == 2


async def test_a_database_that_fails_before_the_reply_is_stored_leaves_it_to_be_sent_again(
    desk: Desk, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await opened(desk, me)

    async def full(*_: object) -> bool:
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "answer", full)
        broken.setattr(desk.store, "release", full)
        with pytest.raises(StoreUnavailable):
            await (await practice.say(desk, session.id, me, "How?", "k1")).whole()
    assert lines(await practice.look(desk, session.id, me))[1:] == ["How?", "Contact line 2 answer."]


# -- ending ------------------------------------------------------------------------------------------------------------


async def test_ending_twice_ends_once(desk: Desk, me: Caller) -> None:
    session = await talked(desk, me, "How?")
    first = await practice.end_meeting(desk, session.id, me, draft="Well, thanks.")
    second = await practice.end_meeting(desk, session.id, me, draft="Well, thanks.")
    assert first == second
    assert lines(first)[-1] == "Well, thanks."


async def test_the_draft_counts_as_a_last_turn_but_earns_nothing(desk: Desk, me: Caller) -> None:
    session = await talked(desk, me, "How?")
    await practice.end_meeting(desk, session.id, me, draft="Who else should I meet?")
    found = await practice.debrief(desk, session.id, me)
    assert found.transcript.turns[-1].text == "Who else should I meet?"
    assert found.transcript.ended_by == "learner"
    assert [(e.item, e.status) for e in found.outcome.ledger if e.item.startswith("referral")] == [("referral:Ira Novak", "not_asked")]
    assert found.scorecard.overall == 6


async def test_a_rude_draft_still_moves_the_contact(desk: Desk, me: Caller) -> None:
    polite, rude = [await talked(desk, me, "How?") for _ in range(2)]
    await practice.end_meeting(desk, polite.id, me, draft="Goodness.")
    await practice.end_meeting(desk, rude.id, me, draft="A rude word.")
    states = [await desk.store.load(s.id) for s in (polite, rude)]
    assert states[0] is not None
    assert states[0].state is not None
    assert states[1] is not None
    assert states[1].state is not None
    assert states[1].state.rapport < states[0].state.rapport


async def test_a_draft_that_is_too_long_ends_nothing_and_is_told(desk: Desk, me: Caller) -> None:
    session = await talked(desk, me, "How?")
    with pytest.raises(InputError, match="draft: has 5,000 characters"):
        await practice.end_meeting(desk, session.id, me, draft="x" * 5_000)
    assert not (await practice.look(desk, session.id, me)).over


async def test_ending_lets_a_reply_on_its_way_finish(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    hold = contact.hold()
    await practice.say(desk, session.id, me, "How?", "k1")
    await contact.waiting.wait()
    asyncio.get_running_loop().call_later(0.01, hold.set)
    ended = await practice.end_meeting(desk, session.id, me)
    assert lines(ended)[1:] == ["How?", "Contact line 2 answer."]


async def test_ending_does_not_wait_for_a_contact_that_hangs_and_keeps_what_was_heard(
    desk: Desk, contact: FakeContact, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "END_GRACE_SECONDS", 0.02)
    session = await opened(desk, me)
    contact.hold()
    reply = await practice.say(desk, session.id, me, "Who else should I meet?", "k1")
    await contact.waiting.wait()
    ended = await practice.end_meeting(desk, session.id, me, draft="Never mind.")
    assert lines(ended)[1:] == ["Who else should I meet?", "Contact", "Never mind."]
    with pytest.raises(NotNow, match="broken off"):
        await reply.whole()
    found = await practice.debrief(desk, session.id, me)
    assert [e.status for e in found.outcome.ledger if e.item.startswith("referral")] == ["not_asked"]


async def test_ending_does_not_wait_for_a_contact_that_cannot_be_stopped(desk: Desk, me: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    freed = asyncio.Event()

    class Deaf(FakeContact):
        async def speak(self, brief: Brief) -> AsyncIterator[str | Utterance]:
            while brief.step.state.turn and not freed.is_set():
                try:
                    await freed.wait()
                except asyncio.CancelledError:
                    continue
            yield Utterance("At last.", "scripted")

    monkeypatch.setattr(ending, "END_GRACE_SECONDS", 0.01)
    monkeypatch.setattr(flight, "BREAK_OFF_SECONDS", 0.01)
    deaf = replace(desk, contact=Deaf())
    session = await opened(deaf, me)
    reply = await practice.say(deaf, session.id, me, "How?", "k1")
    ended = await practice.end_meeting(deaf, session.id, me)
    assert (ended.ended_by, lines(ended)[1:]) == ("learner", ["How?"])
    freed.set()
    with pytest.raises(NotNow):
        await reply.whole()


async def test_ending_before_a_word_was_said_is_allowed(desk: Desk, me: Caller) -> None:
    new = await practice.open_session(desk, me, "ada")
    ended = await practice.end_meeting(desk, new.session.id, me)
    assert (ended.stage, len(ended.turns)) == ("thank_you", 1)


async def test_the_contact_can_end_it(desk: Desk, me: Caller) -> None:
    session = await opened(desk, me)
    asks = ["Any job for me?", "So, a job?", "A job, then?"]
    ends = []
    for number, words in enumerate(asks):
        if not (ends and ends[-1]):
            ends.append((await (await practice.say(desk, session.id, me, words, f"k{number}")).whole()).ended)
    assert ends[-1]
    ended = await practice.look(desk, session.id, me)
    assert (ended.stage, ended.ended_by) == ("thank_you", "contact")


# -- clocks ------------------------------------------------------------------------------------------------------------


async def test_the_wall_clock_starts_when_the_meeting_does(desk: Desk, clock: FakeClock, me: Caller) -> None:
    new = await practice.open_session(desk, me, "ada", clock="wall")
    clock.time += 3_600
    session = await practice.begin(desk, new.session.id, me)
    assert session.elapsed == 0
    clock.time += 90
    done = await (await practice.say(desk, session.id, me, "How?", "k1")).whole()
    assert done.minute == 1.5
    clock.time += 60 * 30
    assert (await (await practice.say(desk, session.id, me, "And?", "k2")).whole()).ended
    assert (await practice.look(desk, session.id, me)).ended_by == "time"


async def test_a_draft_when_the_wall_clock_has_run_out_was_ended_by_the_time(desk: Desk, clock: FakeClock, me: Caller) -> None:
    session = await opened(desk, me, clock="wall")
    clock.time += 60 * 40
    ended = await practice.end_meeting(desk, session.id, me, draft="I was just about to")
    assert (ended.ended_by, lines(ended)[-1]) == ("time", "I was just about to")


async def test_by_the_simulated_clock_slow_typing_costs_nothing(desk: Desk, clock: FakeClock, me: Caller) -> None:
    session = await opened(desk, me)
    clock.time += 60 * 500
    assert not (await (await practice.say(desk, session.id, me, "How?", "k1")).whole()).ended


# -- afterwards --------------------------------------------------------------------------------------------------------


async def test_the_debrief_comes_after_the_meeting(desk: Desk, me: Caller) -> None:
    session = await talked(desk, me, "How?")
    for call in (practice.debrief(desk, session.id, me), practice.thank(desk, session.id, me, skip=True)):
        with pytest.raises(NotNow, match="not over"):
            await call


async def test_the_transcript_keeps_its_secrets_until_the_end(desk: Desk, me: Caller) -> None:
    new = await practice.open_session(desk, me, "ada")
    with pytest.raises(NotNow, match="has not begun"):
        await practice.transcript(desk, new.session.id, me)
    session = await talked(desk, me, "How?")
    assert {"trace", "outcome", "thank_you", "ended_by"}.isdisjoint((await practice.transcript(desk, session.id, me)).to_json())


async def test_a_note_not_decided_is_absent_and_one_skipped_is_null(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    assert "thank_you" not in (await practice.transcript(desk, session.id, me)).to_json()
    await practice.thank(desk, session.id, me, skip=True)
    assert (await practice.transcript(desk, session.id, me)).to_json()["thank_you"] is None


async def test_a_note_that_was_sent_stays_sent(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    await practice.thank(desk, session.id, me, to_contact="Thanks.")
    await practice.thank(desk, session.id, me, to_contact="Thanks. ")
    for other in ({"skip": True}, {"to_contact": "Thanks a lot."}):
        with pytest.raises(NotNow, match="stage is over"):
            await practice.thank(desk, session.id, me, **other)  # type: ignore[arg-type]


async def test_of_two_notes_at_once_the_first_stands_and_is_marked(
    desk: Desk, me: Caller, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    desk = replace(desk, store=store)
    session = await over(desk, me, "How?")
    real = store.load

    async def load(session_id: str) -> SessionRecord | None:
        found = await real(session_id)
        monkeypatch.setattr(store, "load", real)
        await practice.thank(desk, session_id, me, to_contact="Thanks.")  # another window, while this one was deciding
        return found

    monkeypatch.setattr(store, "load", load)
    with pytest.raises(NotNow, match="stage is over"):
        await practice.thank(desk, session.id, me, skip=True)
    assert (await practice.transcript(desk, session.id, me)).to_json()["thank_you"]["to_contact"] == "Thanks."


@pytest.mark.parametrize("made_up", ["\0", "a\0b", "no such", "x-1", "é"])
async def test_an_id_that_none_can_be_is_nobodys_session(store: Store, desk: Desk, me: Caller, made_up: str) -> None:
    with pytest.raises(UnknownItem):
        await practice.look(replace(desk, store=store), made_up, me)


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ({}, "to_contact: is empty"),
        ({"to_contact": "  "}, "to_contact: is empty"),
        ({"to_contact": "x" * 4_001}, "to_contact: has 4,001 characters"),
        ({"to_contact": "Hi", "skip": True}, "skip: is true although a note was written"),
    ],
)
async def test_a_note_that_will_not_do_is_told(desk: Desk, me: Caller, note: dict[str, object], told: str) -> None:
    session = await over(desk, me, "How?")
    with pytest.raises(InputError) as error:
        await practice.thank(desk, session.id, me, **note)  # type: ignore[arg-type]
    assert told in str(error.value)


async def test_no_note_goes_to_a_referrer_who_is_not_there(desk: Desk, library: OneBook, me: Caller) -> None:
    library.one_persona = library.one_persona.model_copy(update={"referrer": None})
    session = await over(desk, me, "How?")
    with pytest.raises(InputError, match="to_referrer: has words although nobody made an introduction"):
        await practice.thank(desk, session.id, me, to_referrer="Thanks, Jo.")


async def test_a_session_is_marked_once_and_with_the_rubric_it_was_opened_with(desk: Desk, library: OneBook, me: Caller) -> None:
    session = await over(desk, me, "How?")
    await practice.thank(desk, session.id, me, skip=True)
    first = await practice.debrief(desk, session.id, me)
    library.one_rubric = library.one_rubric.model_copy(update={"name": "Changed since"})
    broken = replace(desk, score=lambda *_: pytest.fail("marked twice"))
    again = await practice.debrief(broken, session.id, me)
    assert (again.scorecard, again.rubric.name) == (first.scorecard, "Small")


async def test_another_school_marks_the_same_session_without_touching_its_marks(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    await practice.thank(desk, session.id, me, skip=True)
    await practice.debrief(desk, session.id, me)
    assert (await practice.debrief(desk, session.id, me, "other")).scorecard.rubric == "other"
    assert (await practice.debrief(desk, session.id, me)).scorecard.rubric == "classic"
    with pytest.raises(UnknownItem):
        await practice.debrief(desk, session.id, me, "nothing")


async def test_marks_are_not_kept_while_the_note_is_still_to_come(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    await practice.debrief(desk, session.id, me)
    assert [row.overall for row in await practice.history(desk, me)] == [None]


async def test_prep_and_notes_stay_as_they_were_when_their_time_is_over(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    await practice.save_notes(desk, session.id, me, "written right after the call")
    with pytest.raises(NotNow):
        await practice.save_prep(desk, session.id, me, Prep(goal="afterthought"))
    await practice.thank(desk, session.id, me, skip=True)
    with pytest.raises(NotNow):
        await practice.save_notes(desk, session.id, me, "afterthought")
    assert (await practice.look(desk, session.id, me)).notes == "written right after the call"


async def test_drafts_come_back(desk: Desk, me: Caller) -> None:
    session = await opened(desk, me)
    drafts = Drafts(message="Half a thou", to_contact="Dear", to_referrer="")
    await practice.save_drafts(desk, session.id, me, drafts)
    assert (await practice.look(desk, session.id, me)).drafts == drafts


@pytest.mark.parametrize(
    "prep",
    [Prep(goal="x" * 4_001), Prep(questions=["x"] * 51), Prep(questions=["ok", "x" * 4_001])],
    ids=["goal", "many", "long"],
)
async def test_a_prep_sheet_has_bounds(desk: Desk, me: Caller, prep: Prep) -> None:
    session = await opened(desk, me)
    with pytest.raises(InputError, match="at most"):
        await practice.save_prep(desk, session.id, me, prep)


async def test_a_learner_rates_themselves_in_the_rubrics_terms(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?")
    await practice.rate_self(desk, session.id, me, {"listening": 4})
    assert (await practice.look(desk, session.id, me)).self_ratings == {"listening": 4}
    for wrong, told in (({"charm": 3}, "expected one of listening"), ({"listening": 6}, "is 6; expected 1 to 5")):
        with pytest.raises(InputError, match=told):
            await practice.rate_self(desk, session.id, me, wrong)


async def test_help_is_on_record(desk: Desk, me: Caller) -> None:
    session = await opened(desk, me)
    await practice.mark_assisted(desk, session.id, me)
    assert (await practice.look(desk, session.id, me)).assisted
    assert (await practice.transcript(desk, session.id, me)).to_json()["assisted"] is True


# -- forks -------------------------------------------------------------------------------------------------------------


async def test_a_fork_shares_everything_before_the_turn_and_leaves_the_original_alone(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?", "Any job for me?", "And then?")
    before = await practice.transcript(desk, session.id, me)
    new = await practice.fork(desk, session.id, me, 3)
    fork = new.session
    assert (lines(fork), fork.stage, fork.parent, fork.fork_turn) == (lines(session)[:3], "meeting", session.id, 3)
    await (await practice.say(desk, fork.id, me, "What surprised you?", "k1")).whole()
    await practice.end_meeting(desk, fork.id, me)
    assert await practice.transcript(desk, session.id, me) == before
    found = await practice.debrief(desk, fork.id, Caller(token=new.token))
    assert found.original is not None
    assert [t.text for t in found.original.turns] == lines(session)


async def test_a_fork_that_says_the_same_goes_the_same_way(desk: Desk, me: Caller) -> None:
    words = ["How?", "Who else should I meet?", "And then?", "Bye then"]
    whole = await over(desk, me, *words)
    expected = (await practice.transcript(desk, whole.id, me)).to_json()
    for turn in (1, 3, 5):
        fork = (await practice.fork(desk, whole.id, me, turn)).session
        for number, text in enumerate(words[(turn - 1) // 2 :]):
            await (await practice.say(desk, fork.id, me, text, f"n{number}")).whole()
        await practice.end_meeting(desk, fork.id, me)
        found = (await practice.transcript(desk, fork.id, me)).to_json()
        same = ("turns", "trace", "outcome", "ended_at", "ended_by")
        assert {k: found[k] for k in same} == {k: expected[k] for k in same}


async def test_a_fork_can_be_forked(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?", "And then?")
    fork = (await practice.fork(desk, session.id, me, 3)).session
    again = (await practice.fork(desk, fork.id, me, 1)).session
    assert lines(again) == lines(session)[:1]


@pytest.mark.parametrize("turn", [-1, 0, 2, 5, 999])
async def test_a_fork_needs_one_of_the_learners_turns(desk: Desk, me: Caller, turn: int) -> None:
    session = await over(desk, me, "How?", "And then?")
    with pytest.raises(InputError, match=f"turn: is {turn}; expected one of your own turns: 1, 3"):
        await practice.fork(desk, session.id, me, turn)


async def test_a_fork_by_the_wall_clock_goes_on_from_its_minute(desk: Desk, clock: FakeClock, me: Caller) -> None:
    session = await opened(desk, me, clock="wall")
    clock.time += 120
    await (await practice.say(desk, session.id, me, "How?", "k1")).whole()
    clock.time += 60
    await (await practice.say(desk, session.id, me, "And?", "k2")).whole()
    clock.time += 86_400
    fork = (await practice.fork(desk, session.id, me, 3)).session
    assert fork.elapsed == 2.0


async def test_deleting_is_for_good_and_leaves_forks(desk: Desk, me: Caller) -> None:
    session = await over(desk, me, "How?", "And then?")
    fork = (await practice.fork(desk, session.id, me, 3)).session
    await practice.delete(desk, session.id, me)
    with pytest.raises(UnknownItem):
        await practice.look(desk, session.id, me)
    assert (await practice.look(desk, fork.id, me)).parent is None
    assert await practice.delete_all(desk, me) == 1
    assert await practice.history(desk, me) == []


async def test_deleting_everything_touches_nobody_elses(desk: Desk, me: Caller) -> None:
    stranger = Caller("somebody else")
    theirs = await over(desk, stranger, "How?")
    await over(desk, me, "How?")
    await over(desk, me, "Why?")
    assert await practice.delete_all(desk, me) == 2
    assert await practice.history(desk, me) == []
    assert (await practice.look(desk, theirs.id, stranger)).id == theirs.id


async def test_deleting_while_the_contact_speaks_leaves_nothing(desk: Desk, contact: FakeContact, me: Caller) -> None:
    session = await opened(desk, me)
    contact.hold()
    await practice.say(desk, session.id, me, "How?", "k1")
    await contact.waiting.wait()
    await practice.delete(desk, session.id, me)
    assert await desk.store.load(session.id) is None


# -- the rules over many meetings --------------------------------------------------------------------------------------

WORDS = st.sampled_from(["How?", "Any job for me?", "Who else should I meet?", "A rude word", "Hm", "So I said " * 60, "Bye now"])


def test_whatever_is_said_the_record_is_whole(persona: Persona, rubric: Rubric, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word sent is in the transcript in order, times never fall, and one trace entry stands for each contact turn."""
    monkeypatch.setattr("sim.practice.turns.hear", plain_hear)
    store, me = Store("sqlite://"), Caller(owner="me")

    async def meet(messages: list[str], cut: int) -> None:
        contact = FakeContact()
        desk = Desk(library=OneBook(persona, rubric), store=store, contact=contact, clock=FakeClock(), score=count_words)
        session = await opened(desk, me)
        sent = []
        for number, words in enumerate(messages):
            contact.fails = number == cut
            try:
                reply = await practice.say(desk, session.id, me, words, f"k{number}")
                sent.append(wording.message("text", words, 4_000))
                await reply.whole()
            except NotNow:
                break
            except ChatUnavailable:
                contact.fails = False
                await practice.look(desk, session.id, me)
        await practice.end_meeting(desk, session.id, me)
        script = await practice.transcript(desk, session.id, me)
        assert [t.text for t in script.turns if t.speaker == "learner"] == sent
        assert [e.turn for e in script.trace or ()] == [n for n, t in enumerate(script.turns) if t.speaker == "contact"]

    with asyncio.Runner() as runner:
        runner.run(store.open())

        @given(messages=st.lists(WORDS, max_size=9), cut=st.integers(0, 8))
        @hypothesis_settings(max_examples=20, deadline=None)
        def always(messages: list[str], cut: int) -> None:
            runner.run(meet(messages, cut))

        always()
        runner.run(store.close())
