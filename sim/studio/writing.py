"""Write a draft: kept as it was typed, right or wrong, and looked over as `sim check` does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sim.accounts import Account
from sim.checking import LookedOver, look_over
from sim.documents import parse_yaml
from sim.errors import InputError, NotNow, PersonaError, Problem
from sim.slugs import SLUG, SLUG_CHARS, slug_of
from sim.store.studio import SlugTaken
from sim.studio.desk import NEW, Studio, free_slug, mine, taken
from sim.studio.editing import data_of, with_value
from sim.studio.form import changed, key_path, shown, with_row, with_topic, without_row, without_topic, written
from sim.studio.making import tidy
from sim.studio.records import Made


class Overtaken(NotNow):
    """The draft was saved from somewhere else since the page was made. Both texts are kept: `theirs` is stored, `mine` is here."""

    def __init__(self, theirs: Made, mine: str) -> None:
        super().__init__("this contact was changed in another window since this page was opened; nothing was overwritten")
        self.theirs = theirs
        self.mine = mine


class Unreadable(InputError):
    """The file beside the form cannot be read, so what was changed in the form has no place to go; nothing was saved."""


@dataclass(frozen=True)
class Typed:
    """What a page sends: the form's fields, the file beside it, or both; `do` names a button, such as `add:private`.

    `version` is the draft that the page shows.
    """

    version: int
    fields: Mapping[str, str] | None = None
    source: str | None = None
    do: str = ""
    topic: str = ""


async def save(studio: Studio, account: Account, contact_id: str, typed: Typed) -> Made:
    """Keep what was typed. Fields that differ from what the form showed are written into the file, in their places.

    Raises UnknownItem, Overtaken, Unreadable, and InputError for a text that is too long or a topic that is there already.
    """
    made = await mine(studio, account, contact_id)
    if typed.version != made.draft_version:
        raise Overtaken(made, await asyncio.to_thread(_theirs_and_mine, made, typed))
    text = await asyncio.to_thread(_text, made, typed)
    if typed.fields:
        text = await _name_it(studio, made, text)
    if text == made.draft:
        return made
    slug = await _slug(studio, made, text)
    now = studio.clock.now()
    try:
        kept = await studio.contacts.save_draft(made.id, made.draft_version, text, slug, now)
    except SlugTaken:  # at this very moment, by somebody else
        kept = await studio.contacts.save_draft(made.id, made.draft_version, text, made.slug, now)
    current = await mine(studio, account, contact_id)
    if not kept:
        raise Overtaken(current, text)
    return current


def _text(made: Made, typed: Typed) -> str:
    """Return the new draft: the file as typed, with what the form says differently from the draft, and what a button does."""
    text = made.draft if typed.source is None else tidy(typed.source)
    changes = _changes(made.draft, typed.fields) if typed.fields else {}
    try:
        return tidy(_done(written(text, changes) if changes else text, typed))
    except PersonaError as error:
        raise Unreadable(error.problems) from error


def _changes(draft: str, fields: Mapping[str, str]) -> dict[str, str]:
    # The id follows the name on its own: a page that shows the one of before, and on which nobody touched it, does not ask for it back.
    untouched = fields.get("id") == fields.get("id_was")
    typed = {name: value for name, value in fields.items() if name != "id" or not untouched}
    try:
        return changed(shown(data_of(draft)), typed)
    except PersonaError:  # the form was not on the page, for there was nothing to fill it from
        return {}


def _theirs_and_mine(made: Made, typed: Typed) -> str:
    """Return the text as the page that came too late would have it, as far as it can be told."""
    text = made.draft if typed.source is None else tidy(typed.source)
    try:
        return written(text, typed.fields or {})
    except InputError:
        return text


def _done(text: str, typed: Typed) -> str:
    """Return the text after a button: add:private, remove:private:1, add:topic, remove:topic:night_desk."""
    verb, _, rest = typed.do.partition(":")
    what, _, which = rest.partition(":")
    if what in ("private", "referrals"):
        return with_row(text, what) if verb == "add" else without_row(text, what, int(which) if which.isdecimal() else -1)
    if what == "topic":
        return with_topic(text, typed.topic) if verb == "add" else without_topic(text, which)
    return text


async def _name_it(studio: Studio, made: Made, text: str) -> str:
    """Let the id follow the name while nothing was published and nobody chose an id."""
    try:
        before, now = await asyncio.to_thread(data_of, made.draft), await asyncio.to_thread(data_of, text)
    except PersonaError:
        return text
    was, name, slug = str(before.get("name") or ""), str(now.get("name") or ""), now.get("id")
    followed = re.fullmatch(rf"(?:{re.escape(slug_of(was) or NEW)}|{NEW})(?:-\d+)?", str(slug))
    if made.published is not None or name == was or slug != before.get("id") or not followed or not slug_of(name):
        return text
    return await asyncio.to_thread(with_value, text, ("id",), await free_slug(studio, slug_of(name), made))


async def _slug(studio: Studio, made: Made, text: str) -> str:
    """Return the id to claim: the draft's own while nothing was published, if it can be had."""
    try:
        wanted = (await asyncio.to_thread(data_of, text)).get("id")
    except PersonaError:
        return made.slug
    usable = isinstance(wanted, str) and len(wanted) <= SLUG_CHARS and SLUG.fullmatch(wanted)
    if made.published is not None or not usable or await taken(studio, str(wanted), made):
        return made.slug
    return str(wanted)


# -- looking it over --------------------------------------------------------------------------------------------------------


async def look(studio: Studio, made: Made) -> LookedOver:
    """Return what is right and wrong with the draft, whether its id can be had included."""
    found = await asyncio.to_thread(look_over, made.draft, f"{made.slug}.yaml")
    clash = await _clash(studio, made)
    return LookedOver(found.persona, (*found.problems, clash), found.warnings) if clash else found


async def _clash(studio: Studio, made: Made) -> Problem | None:
    try:
        document = await asyncio.to_thread(parse_yaml, made.draft, f"{made.slug}.yaml", PersonaError)
    except PersonaError:
        return None
    wanted = document.data.get("id")
    if wanted == made.slug or not isinstance(wanted, str) or not SLUG.fullmatch(wanted):
        return None
    if made.published is not None:
        said = f"is {wanted!r}, but it was published as {made.slug!r}, and sessions know it by that; keep it, or duplicate the contact"
    elif await taken(studio, wanted, made):
        said = f"is {wanted!r}, which another contact has; take another, for instance {await free_slug(studio, wanted)}"
    else:
        return None
    return Problem(document.file, document.line_of(("id",)), "id", said)


def field_at(place: str, names: set[str]) -> str:
    """Return the field of the form that a problem's key path falls into, empty where none does."""
    path = list(key_path(place))
    while path:
        name = next((n for n in names if list(key_path(n)) == path), "")
        if name:
            return name
        path.pop()
    return ""
