"""Begin a contact: from nothing, from one that is there, from a file."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from sim.accounts import Account, Event
from sim.errors import InputError, Problem, UnknownItem
from sim.slugs import SLUG, SLUG_CHARS
from sim.store.studio import SlugTaken
from sim.studio.desk import NEW, Studio, free_slug, mine
from sim.studio.editing import data_of, dumped, with_value
from sim.studio.form import KEYS
from sim.studio.records import Made

MOST_BYTES = 256_000
"""Longest draft, in bytes; the shipped contacts have 55,000 (our judgement)."""


@cache
def blank() -> str:
    """Return the file that a new contact begins with."""
    return Path(__file__).with_name("blank.yaml").read_text("utf-8")


async def make_blank(studio: Studio, account: Account) -> Made:
    """Begin with an empty form."""
    return await _keep(studio, account, blank(), "blank")


async def duplicate(studio: Studio, account: Account, contact_id: str) -> Made:
    """Begin with the draft of another contact of one's own; raises UnknownItem."""
    return await _keep(studio, account, (await mine(studio, account, contact_id)).draft, "duplicate", suffix="-copy")


async def duplicate_shipped(studio: Studio, account: Account, persona_id: str) -> Made:
    """Begin with a contact that stands in a file, comments and all; raises UnknownItem."""
    file = studio.files.file_of_persona(persona_id)
    if file is None:
        raise UnknownItem(f"there is no contact {persona_id[:80]!r} to begin with")
    return await _keep(studio, account, file.read_text("utf-8"), "duplicate", suffix="-copy")


async def make_from(studio: Studio, account: Account, text: str, how: str = "file") -> Made:
    """Begin with a text, right or wrong; raises InputError only where it is too long. Its id is changed where it is taken.

    A persona written as JSON becomes a YAML file, in which the form can write line by line.
    """
    return await _keep(studio, account, await asyncio.to_thread(_as_yaml, tidy(text)), how)


def _as_yaml(text: str) -> str:
    if text.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):  # then it is kept as it is, for whoever wrote it to mend
            return dumped(json.loads(text))
    return text


async def _keep(studio: Studio, account: Account, text: str, how: str, suffix: str = "") -> Made:
    # Reading and writing YAML of this length can take seconds of computing: on a thread, so that no meeting waits for it.
    draft = tidy(text)
    named = await asyncio.to_thread(_id_in, draft)
    slug = await free_slug(studio, (named or NEW)[: SLUG_CHARS - len(suffix)].rstrip("-") + suffix)
    now = studio.clock.now()
    while True:
        text = await asyncio.to_thread(with_value, draft, ("id",), slug, KEYS) if named else draft
        made = Made(secrets.token_hex(8), slug, account.id, "draft", "workshops", text, 0, None, now, now)
        try:
            await studio.contacts.create(made, Event("contact.made", "contact", made.id, detail={"from": how, "name": slug}))
        except SlugTaken:
            slug = await free_slug(studio, slug)
            continue
        return made


def tidy(text: str) -> str:
    """Return a text as it is kept: plain line breaks and no NUL, which no database takes. Raises InputError where it is too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        said = f"is {size // 1000} kB long; expected at most {MOST_BYTES // 1000} kB. The longest contact here has 60"
        raise InputError([Problem("form", None, "source", said)])
    return text.encode("utf-8", "replace").decode()


def _id_in(text: str) -> str:
    """Return the id that a text gives itself, empty where it is none or the text cannot be read."""
    try:
        found = data_of(text).get("id")
    except InputError:
        return ""
    return found if isinstance(found, str) and len(found) <= SLUG_CHARS and SLUG.fullmatch(found) else ""
