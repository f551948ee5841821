"""The endpoint, tried for real: its models, a line of a contact's as in a meeting, a structured answer, and what a session costs."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from sim.doctor.finding import Finding
from sim.doctor.heard import Heard, listen
from sim.doctor.session import session_cost
from sim.library import Library
from sim.meeting import Setup
from sim.model import Connection, Endpoint, NoLedger, Prices, amount, caps_of, failure_of, loose_caps
from sim.model.asking import Account, Asker
from sim.model.endpoint import Role
from sim.model.extract import find_object
from sim.model.failures import Failure, Kind
from sim.model.ladder import RUNGS, Form, Ladder, NotFilled, Rung
from sim.model.prompts import prompt
from sim.settings import Settings, variable_of

MENDS: dict[Kind, str] = {
    "refused": "start the server, or correct OPENAI_BASE_URL",
    "silent": "a server that is still loading its model answers later: try again; one that is slow needs a higher SIM_MODEL_TIMEOUT",
    "unauthorised": "correct OPENAI_API_KEY",
    "not_found": "correct the model's name, or OPENAI_BASE_URL, which mostly ends in /v1",
    "rate_limited": "wait, and look at the account's limits and credit",
    "server_error": "look at the server's own log",
    "bad_request": "the model's memory may be too short for a meeting (it needs some 8,000 tokens), or it is no chat model",
    "filtered": "the endpoint's content filter stops a polite greeting; loosen it there",
    "garbled": "something other than a chat-completions endpoint answers at OPENAI_BASE_URL",
}
"""What would do against each failure."""

ASKING = {Rung.SCHEMA: "JSON schema", Rung.OBJECT: "JSON object", Rung.TEXT: "plain text"}
"""How structured output is asked for, in words."""

ANSWER_TOKENS = 200
"""Most tokens of the structured probe, which needs some thirty; the rest is for models that think first."""

_ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "answer": {"type": "string", "enum": ["yes", "no"]},
        "quotes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["answer", "quotes"],
    "additionalProperties": False,
}
FORM = Form("answer", _ANSWER, lambda reply: find_object(reply, lambda found: found.get("answer") in ("yes", "no")))
"""The structured answer that is asked for: one check, as the judge is asked forty."""


def settings_found(endpoint: Endpoint | None) -> Finding:
    """Tell which models are configured; the key is never shown."""
    if endpoint is None:
        return Finding("model", "ok", "none is configured: the embedded default plays the contact, and the detectors mark")
    contact = endpoint.contact_model or "the scripted actor"
    judge = endpoint.judge_model or "nobody beside the detectors"
    return Finding("model", "ok", f"{contact} plays the contact, {judge} judges, at {endpoint.host}")


def limits(settings: Settings, endpoint: Endpoint, prices: Prices) -> Finding:
    """Tell which limits hold, and whether one in money cannot for want of a price."""
    caps = caps_of(settings, prices.currency)
    if loose := loose_caps(settings, endpoint, prices):
        return Finding("limits", "note", f"{loose.path} {loose.message}")
    tokens, money = (caps.session, caps.workshop, caps.day), (caps.session_cost, caps.workshop_cost, caps.day_cost)
    told = [_most(*limit, caps.currency) for limit in zip(tokens, money, strict=True)]
    return Finding("limits", "ok", f"a session {told[0]}; a workshop {told[1]}; a day {told[2]}")


def _most(tokens: int | None, cost: float | None, currency: str) -> str:
    parts = [f"{tokens:,} tokens"] if tokens else []
    parts += [f"{amount(cost)} {currency}"] if cost else []
    return " and ".join(parts) or "no limit"


async def tried(endpoint: Endpoint, settings: Settings, prices: Prices) -> AsyncIterator[Finding]:
    """Yield a finding for each thing tried; ends early where nothing further can work."""
    connection = Connection(endpoint)
    try:
        listed = await _listed(connection)
        yield _reached(endpoint, listed)
        if isinstance(listed, Failure) and not _only_unlisted(listed):
            return
        names = [] if isinstance(listed, Failure) else listed
        if endpoint.contact_model:
            for finding in await _streamed(connection, names):
                yield finding
        yield await _structured(connection, settings, names, prices)
        yield session_cost(endpoint, prices, settings.judge_runs)
    finally:
        await connection.close()


# -- is it there --------------------------------------------------------------------------------------------------------------


async def _listed(connection: Connection) -> list[str] | Failure:
    """Return the models that the endpoint lists, or why it lists none."""
    from openai import AsyncOpenAI

    endpoint = connection.endpoint
    key = endpoint.key.get_secret_value()
    client = AsyncOpenAI(base_url=endpoint.base_url, api_key=key, max_retries=0, timeout=endpoint.timeout, http_client=connection.http)
    try:
        return [model.id async for model in client.models.list()]
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        return failure


def _only_unlisted(failure: Failure) -> bool:
    """Whether the endpoint is there and merely keeps no list: not every server that speaks the protocol has one."""
    return failure.kind in ("not_found", "bad_request", "server_error", "garbled")


def _reached(endpoint: Endpoint, listed: list[str] | Failure) -> Finding:
    if isinstance(listed, Failure):
        if _only_unlisted(listed):
            return Finding("endpoint", "note", f"{endpoint.host} answers, but lists no models; they are tried all the same")
        return _failed("endpoint", listed, endpoint.host)
    wanted = dict.fromkeys(m for m in (endpoint.contact_model, endpoint.judge_model) if m)
    missing = [m for m in wanted if m not in listed]
    if missing:
        return Finding("endpoint", "note", f"{endpoint.host} answers; {_named(missing)} not in its list of {len(listed)} models")
    return Finding("endpoint", "ok", f"{endpoint.host} answers and has {' and '.join(wanted)}")


def _named(models: Sequence[str]) -> str:
    return f"{' and '.join(models)} {'is' if len(models) == 1 else 'are'}"


def _failed(name: str, failure: Failure, what: str, listed: Sequence[str] = ()) -> Finding:
    wait = f" (for {failure.retry_after:.0f} s)" if failure.retry_after else ""
    near = ", ".join(difflib.get_close_matches(what, listed, 3, 0.3) or list(listed)[:3]) if failure.kind == "not_found" else ""
    return Finding(name, "wrong", f"{what}: {failure}{wait}", MENDS[failure.kind] + (f"; it has {near}" if near else ""))


# -- the contact --------------------------------------------------------------------------------------------------------------


async def _streamed(connection: Connection, listed: Sequence[str]) -> list[Finding]:
    """Ask for a contact's first line with the very prompt of a meeting, and tell how it came."""
    heard = await listen(connection, opening_messages())
    name = connection.endpoint.contact_model or ""
    if heard.failure:
        return [await _not_taken(connection, heard.failure, name, listed)]
    if not heard.text.strip():
        mend = "raise SIM_REPLY_TOKENS for a model that thinks before it speaks, or name another model"
        return [Finding("contact", "wrong", f"{name} says nothing", mend)]
    return [_stream(name, heard), _pace(connection.endpoint, heard), _counted(heard)]


async def _not_taken(connection: Connection, failure: Failure, name: str, listed: Sequence[str]) -> Finding:
    """Tell why the line failed; for a 400, whether the order of the messages is what the server would not take.

    The same words are sent again in the orders that strict chat templates take: what then passes was refused for its order, and not
    for its length or for the model.
    """
    if failure.kind != "bad_request":
        return _failed("contact", failure, name, listed)
    (_, system), *rest = opening_messages()
    after = "\n\n".join(text for _, text in rest)
    orders = {
        "no system message after the conversation, where the direction for each line stands": [("system", system), ("human", after)],
        "no system message at all": [("human", f"{system}\n\n{after}")],
    }
    for refused, messages in orders.items():
        if not (await listen(connection, messages)).failure:
            mend = "start the server with a chat template that takes one, or name another model; until then the scripted contact speaks"
            return Finding("contact", "wrong", f"{name}: its chat template takes {refused} (the endpoint answers 400)", mend)
    return _failed("contact", failure, name, listed)


def opening_messages() -> list[tuple[str, str]]:
    """Return what a model is asked with for the first line of a meeting with the first shipped contact: the direction comes last."""
    from sim.contact.prompting import ask
    from sim.director import open_meeting
    from sim.ports import Brief

    persona = Library().personas()[0]
    setup = Setup(persona=persona, agreed_minutes=persona.minutes, difficulty="realistic", seed=0)
    return list(ask(Brief(setup, open_meeting(setup), ())).messages)


def _stream(name: str, heard: Heard) -> Finding:
    if heard.pieces < 2:
        found = f"{name} answers, but in one piece: the endpoint or a proxy before it does not stream, so a learner waits for whole lines"
        return Finding("contact", "note", found)
    return Finding("contact", "ok", f"{name} streams: {heard.pieces} pieces, and takes the direction as a system message at the end")


def _pace(endpoint: Endpoint, heard: Heard) -> Finding:
    pace = f", then {heard.pace:.0f} tokens a second" if heard.pace else ""
    found = f"first words after {heard.first:.2f} s{pace}"
    if heard.first > endpoint.first_token_timeout / 2:
        mend = "more than half of what is allowed; raise SIM_FIRST_TOKEN_TIMEOUT, or take a smaller model"
        return Finding("pace", "note", found, mend)
    return Finding("pace", "ok", found)


def _counted(heard: Heard) -> Finding:
    if heard.reported:
        return Finding("usage", "ok", f"the endpoint reports it: {heard.tokens_in} tokens in, {heard.tokens_out} out")
    return Finding("usage", "note", f"the endpoint reports none; it is estimated: {heard.tokens_in} tokens in, {heard.tokens_out} out")


# -- the judge ----------------------------------------------------------------------------------------------------------------


async def _structured(connection: Connection, settings: Settings, listed: Sequence[str], prices: Prices) -> Finding:
    """Ask for one structured answer, down the ladder, and tell on which rung it came."""
    from langchain_core.messages import HumanMessage, SystemMessage

    role: Role = "judge" if connection.endpoint.judge_model else "contact"
    patient = Connection(replace(connection.endpoint, timeout=settings.judge_seconds))
    asker = Asker(patient, NoLedger(), prices, role)
    ask = asker.ask("judge", Account(), max_tokens=ANSWER_TOKENS, temperature=asker.steadiest)
    messages = [SystemMessage(prompt("doctor/probe.system").render()), HumanMessage(prompt("doctor/probe.user").render())]
    try:
        filled = await Ladder().fill(asker.key, ask, messages, FORM, repair=prompt("judge/repair.user").render(), calls=len(RUNGS) + 1)
    except NotFilled as error:
        if error.failure:
            return _failed("structured output", error.failure, asker.model, listed)
        mend = f"name another model in {variable_of(f'{role}_model')}; until then the detectors mark alone"
        return Finding("structured output", "wrong", f"{asker.model} gives none that can be read, on any of {len(RUNGS)} ways", mend)
    finally:
        await patient.close()
    return Finding("structured output", "ok", f"{asker.model} gives it, asked for as {ASKING[filled.rung]} ({_calls(filled.calls)})")


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
