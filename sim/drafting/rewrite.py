"""A weak line said better, by a model, and held to rules before anybody sees it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

from sim.errors import ChatUnavailable
from sim.judge.steering import shown, steers_from
from sim.model.asking import Account, Asker
from sim.model.failures import failure_of
from sim.model.prompts import prompt
from sim.persona import Persona
from sim.scorecard import Rewrite
from sim.transcript import Transcript, word_count
from sim.understanding import Context, understand

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

MOST_WORDS = 60
"""Words of a rewritten line: what people say in one breath or two."""

LINE_TOKENS = 400
"""Most tokens of a reply; four times the line, for models that think first."""

CALLS = 2
"""The line, and once more where it breaks a rule."""

FORBIDDEN = ("job_ask", "job_possible", "demand", "negative_tone", "steering", "referral_push")
"""Acts that no suggestion may perform."""

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.S | re.I)
_LABEL = re.compile(r"^\s*(?:\*\*)?(?:rewrite|rewritten line|better|suggestion|learner|you could say)\s*:(?:\*\*)?\s*", re.I)
_MARKUP = re.compile(r"^\s*(?:[-*•#>]|\d+[.)])\s|```|\*\*|__|</?\w+>|\[[^\]]*\]", re.M)
_CHATTER = re.compile(r"^\s*(?:sure|certainly|of course|here(?:'s| is|’s))\b[^\n]*:\s*$", re.I)
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_NAME = re.compile(r"(?<![.!?…:\"“”])(?<=[\w,;] )([A-ZÀ-Þ][\w’'-]+)")
_PRONOUN = re.compile(r"I(?:['’]\w+)?$")


class Rewriter:
    """Writes suggestions with the model behind an asker."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    async def __call__(
        self, script: Transcript, persona: Persona, turn: int, weakness: str, session: str | None, workshop: str | None
    ) -> Rewrite:
        """Return another way to say a turn of the learner's, its text empty where none came that keeps the rules.

        Raises ChatUnavailable where the endpoint fails or the allowance is used up.
        """
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        given = data(script, persona, turn, weakness)
        told = prompt("draft/rewrite.system")
        messages: list[BaseMessage] = [SystemMessage(told.render()), HumanMessage(prompt("draft/rewrite.user").render(data=given))]
        text = ""
        for _ in range(CALLS):
            reply = await self._send(messages, Account(session, workshop))
            line = tidy(reply)
            problem = await asyncio.to_thread(wrong_with, line, script, persona, turn)
            if problem is None:
                text = line
                break
            messages += [AIMessage(reply or "(nothing)"), HumanMessage(prompt("draft/rewrite.again").render(problem=problem))]
        return Rewrite(turn=turn, text=text, model=self.asker.model, prompt_version=f"{told.version}:{told.digest}")

    async def _send(self, messages: list[BaseMessage], account: Account) -> str:
        ask = self.asker.ask("draft", account, max_tokens=LINE_TOKENS)
        try:
            async with asyncio.timeout(self.asker.connection.endpoint.timeout):
                return await ask(messages, {})
        except ChatUnavailable:
            raise
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            raise ChatUnavailable(f"no suggestion came: {failure}; try again later") from error


def data(script: Transcript, persona: Persona, turn: int, weakness: str) -> str:
    """Return what the model is given: the line, the contact's words before it, what was weak, and what the learner may draw on."""
    before = script.turns[turn - 1].text if turn and script.turns[turn - 1].speaker == "contact" else ""
    prep = script.prep
    own = {"goal": shown(prep.goal), "introduction": shown(prep.pitch), "questions": [shown(q) for q in prep.questions]} if prep else {}
    contact = persona.model_dump(mode="json", include={"name", "title", "company", "dossier"})
    found = {"contact": contact, "prep_sheet": own, "contact_said": before, "line": shown(script.turns[turn].text), "weakness": weakness}
    return json.dumps(found, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def tidy(reply: str) -> str:
    """Return the line in a reply: without thoughts, an opening remark, a label and the quotation marks around it."""
    lines = [line.strip() for line in _THOUGHT.sub(" ", reply).strip().splitlines() if line.strip()]
    if len(lines) > 1 and _CHATTER.match(lines[0]):
        lines = lines[1:]
    text = _LABEL.sub("", "\n".join(lines)).strip()
    if len(text) > 1 and text[0] in "\"“'‘" and text[-1] in "\"”'’":
        text = text[1:-1].strip()
    return text


def wrong_with(line: str, script: Transcript, persona: Persona, turn: int) -> str | None:
    """Return what forbids showing a line, as words to its writer, or None."""
    if not line or word_count(line) < 3:
        return "there was no line"
    if word_count(line) > MOST_WORDS:
        return f"it is longer than {MOST_WORDS} words"
    if "\n" in line or _MARKUP.search(line):
        return "it must be one plain paragraph without markup, lists or gaps to fill in"
    if steers_from(line) is not None:
        return "it must be something to say to the contact, in English"
    before = script.turns[turn - 1].text if turn else ""
    heard = understand(line, Context(persona=persona, before=before))
    if heard.has(*FORBIDDEN):
        return "it must not ask for a job, demand anything or be rude"
    unknown = invented(line, script, persona)
    return f"{', '.join(unknown)} is not in the data; use only what is" if unknown else None


def invented(line: str, script: Transcript, persona: Persona) -> list[str]:
    """Return figures and names in a line that stand nowhere in what was said, prepared or could be found out."""
    prep = script.prep
    known = [t.text for t in script.turns] + ([prep.goal, prep.pitch, prep.agenda, *prep.questions] if prep else [])
    known += [persona.name, persona.title, persona.company, *persona.dossier.facts()]
    known += [persona.referrer.name, persona.referrer.relation] if persona.referrer else []
    words = {w.lower() for text in known for w in re.findall(r"[\w’'-]+", text)}
    figures = {f for text in known for f in _NUMBER.findall(text)} | {str(round(script.agreed_minutes))}
    names = [n for n in _NAME.findall(line) if not _PRONOUN.match(n) and _stem(n) not in words]
    return list(dict.fromkeys([*(f for f in _NUMBER.findall(line) if f not in figures), *names]))


def _stem(name: str) -> str:
    return re.sub(r"['’]s$", "", name).lower()
