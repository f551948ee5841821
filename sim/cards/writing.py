"""Write a persona as a character card that other programs can play, with our own file inside for the way back."""

from __future__ import annotations

import json
from typing import Any, Literal

from sim.cards.card import OURS
from sim.cards.picture import picture_of
from sim.persona import Intent, Persona
from sim.topics import CATALOGUE

Format = Literal["v2", "v3", "png"]

MOST_EXAMPLES = 12
"""Exchanges shown as examples of how the contact talks; a card's examples are read again with every message elsewhere."""

TRAITS = {
    "patience": ("has no patience", "is impatient", "is reasonably patient", "is patient", "is very patient"),
    "warmth": ("is cold", "is reserved", "is polite", "is warm", "is very warm"),
    "talkativeness": ("says as little as possible", "is brief", "talks neither much nor little", "talks gladly", "talks at length"),
    "job_sensitivity": (
        "does not mind being asked for a job",
        "hardly minds being asked for a job",
        "would rather not be asked for a job",
        "dislikes being asked for a job",
        "ends the conversation when asked for a job",
    ),
}
KEPT = "character-card"
"""Where an imported card's own data stand under a persona's `extensions`."""


def card_of(persona: Persona, source: str, version: Literal[2, 3] = 2) -> dict[str, Any]:
    """Return the card. `source` is the persona's YAML, which travels under `extensions` word for word."""
    kept = persona.extensions.get(KEPT)
    kept = kept if isinstance(kept, dict) else {}
    foreign = kept.get("extensions")
    extensions = {**(foreign if isinstance(foreign, dict) else {}), OURS: {"schema": persona.schema_, "persona": source}}
    greetings = persona.lines.get(Intent.GREETING, [])
    data: dict[str, Any] = {
        "name": persona.name,
        "description": _description(persona),
        "personality": _personality(persona),
        "scenario": _scenario(persona),
        "first_mes": _placed(greetings[0], persona) if greetings else "",
        "mes_example": _examples(persona),
        "creator_notes": f"A contact to practise informational interviews with. {' '.join(persona.summary.split())}",
        "system_prompt": str(kept.get("system_prompt", "")),
        "post_history_instructions": str(kept.get("post_history_instructions", "")),
        "alternate_greetings": [_placed(line, persona) for line in greetings[1:]],
        "character_book": _book(persona),
        "tags": _tags(persona, kept),
        "creator": str(kept.get("creator", "")),
        "character_version": str(kept.get("character_version", "")),
        "extensions": extensions,
    }
    if version == 2:
        return {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
    return {"spec": "chara_card_v3", "spec_version": "3.0", "data": {**data, "group_only_greetings": []}}


def card_json(persona: Persona, source: str, version: Literal[2, 3] = 2) -> str:
    """Return the card as JSON."""
    return json.dumps(card_of(persona, source, version), ensure_ascii=False, indent=1) + "\n"


def card_png(persona: Persona, source: str) -> bytes:
    """Return a drawn picture that carries the card in both versions."""
    words = [w for w in persona.name.split() if w[:1].isalnum() and not w.endswith(".")] or [persona.name]
    initials = "".join(w[0] for w in (words[0], words[-1])[: len(words)]).upper()
    chunks = {"chara": card_json(persona, source, 2), "ccv3": card_json(persona, source, 3)}
    return picture_of(initials, persona.level, chunks)


def _description(persona: Persona) -> str:
    facts = [f"- {fact}" for fact in persona.dossier.facts()]
    head = f"{{{{char}}}} is {persona.title} at {persona.company}. {' '.join(persona.summary.split())}"
    return "\n".join([head, *facts])


def _personality(persona: Persona) -> str:
    mind = persona.temperament
    traits = [words[getattr(mind, name) - 1] for name, words in TRAITS.items()]
    said = [f"{{{{char}}}} {'; '.join(traits)}."]
    said += [f"Warms to: {'; '.join(persona.delights)}."] if persona.delights else []
    said += [f"Cools at: {'; '.join(persona.peeves)}."] if persona.peeves else []
    return " ".join(said)


def _scenario(persona: Persona) -> str:
    said = [f"{{{{user}}}} has asked {{{{char}}}} for an informational interview of {persona.minutes} minutes."]
    said += [f"{persona.setting[:1].upper()}{persona.setting[1:]}."] if persona.setting else []
    said += [f"{persona.referrer.name} made the introduction: {persona.referrer.relation}."] if persona.referrer else []
    return " ".join(said)


def _examples(persona: Persona) -> str:
    """Return a few exchanges: an example question and the first answer to it."""
    blocks = []
    for topic, answer in list(persona.answers.items())[:MOST_EXAMPLES]:
        asked = answer.asks[0] if answer.asks else f"Could you tell me about {CATALOGUE[topic].about.split(';')[0]}?"
        blocks.append(f"<START>\n{{{{user}}}}: {asked}\n{{{{char}}}}: {_placed(answer.says[0], persona)}")
    return "\n".join(blocks)


def _book(persona: Persona) -> dict[str, Any]:
    """Return what is told only when asked, as entries that other programs bring up by key words."""
    entries = [
        {
            "keys": [fact.topic.replace("_", " ")],
            "content": f"Only when a good question earns it: {fact.tells}",
            "extensions": {},
            "enabled": True,
            "insertion_order": number,
            "use_regex": False,
        }
        for number, fact in enumerate(persona.private)
    ]
    return {"entries": entries, "extensions": {}}


def _tags(persona: Persona, kept: dict[str, Any]) -> list[str]:
    tags = kept.get("tags")
    found = [t for t in tags if isinstance(t, str)] if isinstance(tags, list) else []
    return list(dict.fromkeys([*found, "informational interview", persona.level, *([persona.archetype] if persona.archetype else [])]))


def _placed(line: str, persona: Persona) -> str:
    """Return a line with our placeholders filled in, for programs that do not know them."""
    referrer = persona.referrer.name.split()[0] if persona.referrer else "somebody we both know"
    values = {"{minutes}": str(persona.minutes), "{minutes_left}": "a few", "{referrer}": referrer, "{name}": "them"}
    for mark, value in values.items():
        line = line.replace(mark, value)
    return line
