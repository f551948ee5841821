"""The studio: instructors write contacts here. Every route is for whoever made the contact; anybody else is told 404."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from sim.cards import CardError, Imported, card_in_png, card_json, card_png, persona_from, read_card
from sim.cards.card import MOST_JSON
from sim.checking import LookedOver
from sim.drive.result import Drive
from sim.errors import InputError, NotNow, Problem, UnknownItem
from sim.examples import Example, Quality
from sim.meeting import Difficulty
from sim.practice.examples import keep_example, remove_example
from sim.studio import making, publishing, writing
from sim.studio.desk import mine
from sim.studio.driving import Driver
from sim.studio.publishing import Unfinished
from sim.studio.records import Audience, Made
from sim.studio.writing import Overtaken, Typed, Unreadable
from sim.uploads import MOST_BYTES, look_into
from web.context import InstructorHere, LibraryHere, StudioHere
from web.rendering import by_htmx, fragment, go, page, part
from web.routes.pages.common import PageRoute, trouble
from web.routes.pages.examples import ExamplesHere
from web.views.examples import example_page
from web.views.studio import drive_page, editor_page, history_page, import_page, overtaken_page, preview_page, refused_words, studio_page

router = APIRouter(prefix="/studio", route_class=PageRoute)

Text = Annotated[str, Form()]


@router.get("")
async def overview(studio: StudioHere, library: LibraryHere, account: InstructorHere) -> Response:
    """Show what the instructor made, and ways to begin."""
    shipped = [p for p in library.personas() if library.file_of_persona(p.id)]
    return page("studio.html", page=studio_page(await studio.contacts.of_account(account.id), shipped))


@router.post("")
async def make(request: Request, studio: StudioHere, account: InstructorHere, begin: Text = "") -> Response:
    """Begin a contact, blank or from one that is there."""
    made = await (making.duplicate_shipped(studio, account, begin) if begin else making.make_blank(studio, account))
    return go(request, f"/studio/{made.id}")


# -- bringing one in --------------------------------------------------------------------------------------------------------


@router.get("/import")
async def ask_file(account: InstructorHere) -> Response:
    """Ask for a file or a card."""
    return page("studio_import.html", page=import_page())


@router.post("/import")
async def take_file(request: Request, studio: StudioHere, account: InstructorHere, file: Annotated[UploadFile, File()]) -> Response:
    """Take a persona file as it is; show what a card holds before a draft is made of it."""
    name = " ".join((file.filename or "the file").split())[-80:]
    try:
        found = await asyncio.to_thread(look_into, await file.read(MOST_BYTES + 1), name)
        if found.kind == "persona":
            return go(request, f"/studio/{(await making.make_from(studio, account, found.text)).id}")
        text = await asyncio.to_thread(card_in_png, found.content, name) if found.kind == "picture" else found.text
        return page("studio_import.html", page=import_page(await asyncio.to_thread(_imported, text, name), text))
    except InputError as error:
        return page("studio_import.html", 422, page=import_page(problem=refused_words(error, name)))


def _imported(text: str, name: str = "card", keep_instructions: bool = False) -> Imported:
    """Return the draft that a card makes; it takes seconds of computing where a card is long, so call it on a thread."""
    return persona_from(read_card(text, name), keep_instructions=keep_instructions)


@router.post("/import/card")
async def take_card(request: Request, studio: StudioHere, account: InstructorHere, card: Text = "", keep: Text = "") -> Response:
    """Make a draft of a card that was shown; its texts to a model stay only where that was confirmed."""
    if len(card) > MOST_JSON:
        raise CardError([Problem("card", None, "card", "is too long")])
    found = await asyncio.to_thread(_imported, card, keep_instructions=bool(keep))
    made = await making.make_from(studio, account, found.source, "card")
    return go(request, f"/studio/{made.id}")


# -- writing ----------------------------------------------------------------------------------------------------------------


@router.get("/{contact_id}")
async def edit(contact_id: str, studio: StudioHere, account: InstructorHere) -> Response:
    """Show the form beside the file."""
    return await _editor(studio, await mine(studio, account, contact_id))


async def _editor(studio: StudioHere, made: Made, saved: str = "", status: int = 200) -> Response:
    return page("studio_edit.html", status, page=editor_page(made, await writing.look(studio, made), saved))


async def typed_of(request: Request) -> Typed:
    """Return what a page sends. htmx says which side was edited; a plain form sends both sides."""
    form = {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
    version = form.get("version", "")
    side = form.get("side", "")
    return Typed(
        version=int(version) if version.isdecimal() and len(version) < 10 else -1,
        fields=None if side == "file" else form,
        source=None if side == "form" else form.get("source"),
        do=form.get("do", ""),
        topic=form.get("new_topic", ""),
    )


TypedHere = Annotated[Typed, Depends(typed_of)]


@router.post("/{contact_id}")
async def save(contact_id: str, request: Request, studio: StudioHere, account: InstructorHere, typed: TypedHere) -> Response:
    """Keep what was typed and tell what the check says; htmx gets the side that was not edited anew."""
    try:
        made = await writing.save(studio, account, contact_id, typed)
    except Overtaken as error:
        return _overtaken(request, error)
    except Unreadable as error:
        return await _unreadable(request, studio, await mine(studio, account, contact_id), typed, error)
    if not by_htmx(request):
        return await _editor(studio, made, "Saved")
    shown = editor_page(made, await writing.look(studio, made), "Saved")
    parts = [part("studio_edit.html", "state", page=shown), part("_studio_swap.html", "heading", page=shown)]
    if typed.fields is None or typed.do:
        parts.append(part("_studio_swap.html", "fields", page=shown))
    elif shown.form and "id" in typed.fields and shown.form.named(typed.fields["id"]):
        parts.append(part("_studio_swap.html", "named", page=shown))
    if typed.source is None or typed.do:
        parts.append(part("_studio_swap.html", "file", page=shown))
    return fragment("".join(parts))


async def _unreadable(request: Request, studio: StudioHere, made: Made, typed: Typed, error: Unreadable) -> Response:
    """Give back both sides as they were typed, with what is wrong with the file."""
    said = "Not saved: the file cannot be read, so what changed in the form has no place in it. Mend the file, then save."
    if by_htmx(request):
        return trouble(request, 422, said)
    return page("studio_edit.html", 422, page=editor_page(made, LookedOver(None, error.problems), said, typed))


def _overtaken(request: Request, error: Overtaken) -> Response:
    if by_htmx(request):
        return fragment(
            part("studio_overtaken.html", "alert", page=overtaken_page(error)), 409, HX_Retarget="#problem", HX_Reswap="innerHTML"
        )
    return page("studio_overtaken.html", 409, page=overtaken_page(error))


@router.post("/{contact_id}/publish")
async def publish(
    contact_id: str, request: Request, studio: StudioHere, account: InstructorHere, typed: TypedHere, audience: Annotated[Audience, Form()]
) -> Response:
    """Keep what was typed and offer it to learners, if the check finds nothing wrong."""
    try:
        await writing.save(studio, account, contact_id, typed)
        made = await publishing.publish(studio, account, contact_id, audience)
    except Overtaken as error:
        return _overtaken(request, error)
    except Unreadable as error:
        return await _unreadable(request, studio, await mine(studio, account, contact_id), typed, error)
    except Unfinished:
        return await _editor(studio, await mine(studio, account, contact_id), "Saved, but not published: mend what is listed first", 422)
    return await _editor(studio, made, "Published")


@router.get("/{contact_id}/brief")
async def preview(contact_id: str, studio: StudioHere, account: InstructorHere) -> Response:
    """Show the brief as a learner will see it."""
    made = await mine(studio, account, contact_id)
    return page("studio_brief.html", page=preview_page(made, (await writing.look(studio, made)).persona))


# -- the test-drive ---------------------------------------------------------------------------------------------------------


def driver_of(request: Request) -> Driver:
    """Return the application's test-driver."""
    driver: Driver = request.app.state.driver
    return driver


DriverHere = Annotated[Driver, Depends(driver_of)]


async def _drive_page(studio: StudioHere, library: LibraryHere, examples: ExamplesHere, made: Made, found: Drive | None = None) -> Response:
    persona = (await writing.look(studio, made)).persona
    return page("studio_drive.html", page=drive_page(made, persona, library.rubrics(), await _kept(examples, made), found))


async def _kept(examples: ExamplesHere, made: Made) -> list[Example]:
    return [example for example in await examples.kept.of(made.slug) if example.account == made.account_id]


@router.get("/{contact_id}/drive")
async def before_drive(
    contact_id: str, studio: StudioHere, library: LibraryHere, examples: ExamplesHere, account: InstructorHere
) -> Response:
    """Show what a test-drive is, and the worked examples kept from earlier ones."""
    return await _drive_page(studio, library, examples, await mine(studio, account, contact_id))


@router.post("/{contact_id}/drive")
async def hold_drive(
    contact_id: str,
    studio: StudioHere,
    library: LibraryHere,
    examples: ExamplesHere,
    driver: DriverHere,
    account: InstructorHere,
    rubric: Text = "classic",
    difficulty: Annotated[Difficulty, Form()] = "realistic",
    seed: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:
    """Let the six scripted learners hold their meetings with the draft, and show what came of it."""
    made = await mine(studio, account, contact_id)
    persona = (await writing.look(studio, made)).persona
    found = await driver.drive(persona, library.rubric(rubric), seed, difficulty) if persona else None
    return await _drive_page(studio, library, examples, made, found)


@router.post("/{contact_id}/examples")
async def keep(
    contact_id: str,
    request: Request,
    studio: StudioHere,
    library: LibraryHere,
    examples: ExamplesHere,
    driver: DriverHere,
    account: InstructorHere,
    learner: Annotated[str, Form()],
    quality: Annotated[Quality, Form()],
    rubric: Text = "classic",
    difficulty: Annotated[Difficulty, Form()] = "realistic",
    seed: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:
    """Keep one learner's meeting as a worked example. The same figures give the same meeting, so it need not be sent along."""
    made = await mine(studio, account, contact_id)
    persona = (await writing.look(studio, made)).persona
    if persona is None:
        raise NotNow("the draft has mistakes since; mend them and test-drive it again")
    run = await driver.run(persona, library.rubric(rubric), seed, difficulty, learner)
    await keep_example(examples, account.id, persona, run, quality)
    if not by_htmx(request):
        return go(request, f"/studio/{made.id}/drive")
    shown = drive_page(made, persona, library.rubrics(), await _kept(examples, made))  # the drive stays on the page, to keep another
    return fragment(part("studio_drive.html", "kept", page=shown))


@router.get("/{contact_id}/examples/{example_id}")
async def read(
    contact_id: str, example_id: str, studio: StudioHere, library: LibraryHere, examples: ExamplesHere, account: InstructorHere
) -> Response:
    """Show a kept example to who kept it, also before the contact is published."""
    made = await mine(studio, account, contact_id)
    found = next((example for example in await _kept(examples, made) if example.id == example_id), None)
    persona = (await writing.look(studio, made)).persona
    if found is None or persona is None:
        raise UnknownItem("there is no such example to read; it may have been removed, or the draft has mistakes since")
    shown = example_page(found, persona, library.rubric(found.scorecard.rubric), back=f"/studio/{made.id}/drive")
    return page("example.html", page=shown)


@router.post("/{contact_id}/examples/{example_id}/remove")
async def remove(
    contact_id: str, example_id: str, request: Request, studio: StudioHere, examples: ExamplesHere, account: InstructorHere
) -> Response:
    """Take a worked example away."""
    made = await mine(studio, account, contact_id)
    await remove_example(examples, account.id, example_id)
    return go(request, f"/studio/{made.id}/drive")


# -- what was published -----------------------------------------------------------------------------------------------------


@router.get("/{contact_id}/versions")
async def versions(
    contact_id: str,
    studio: StudioHere,
    account: InstructorHere,
    version: int | None = None,
    against: Literal["draft", "before"] = "draft",
) -> Response:
    """Show the history, and how a version differs from the draft or from the version before it."""
    made = await mine(studio, account, contact_id)
    found = await publishing.history(studio, account, contact_id)
    return page("studio_versions.html", page=history_page(made, found, version, against))


@router.post("/{contact_id}/versions/{number}/restore")
async def restore(
    contact_id: str, number: int, request: Request, studio: StudioHere, account: InstructorHere, version: Annotated[int, Form()]
) -> Response:
    """Make a version the draft again."""
    try:
        made = await publishing.restore(studio, account, contact_id, number, version)
    except Overtaken as error:
        return _overtaken(request, error)
    return go(request, f"/studio/{made.id}")


@router.post("/{contact_id}/duplicate")
async def duplicate(contact_id: str, request: Request, studio: StudioHere, account: InstructorHere) -> Response:
    """Begin another contact with this one's draft."""
    return go(request, f"/studio/{(await making.duplicate(studio, account, contact_id)).id}")


@router.post("/{contact_id}/retire")
async def retire(contact_id: str, request: Request, studio: StudioHere, account: InstructorHere) -> Response:
    """Take it off offer."""
    return go(request, f"/studio/{(await publishing.retire(studio, account, contact_id)).id}")


@router.get("/{contact_id}/delete")
async def ask_delete(contact_id: str, studio: StudioHere, account: InstructorHere) -> Response:
    """Ask before deleting."""
    made = await mine(studio, account, contact_id)
    return page("studio_delete.html", page=preview_page(made, None))


@router.post("/{contact_id}/delete")
async def delete(contact_id: str, request: Request, studio: StudioHere, account: InstructorHere) -> Response:
    """Delete it with its versions."""
    await publishing.delete(studio, account, contact_id)
    return go(request, "/studio")


@router.get("/{contact_id}/export")
async def export(
    contact_id: str, studio: StudioHere, account: InstructorHere, format: Literal["yaml", "v2", "v3", "png"] = "yaml"
) -> Response:
    """Hand out the draft as a persona file, or as a character card once it has no mistakes."""
    made = await mine(studio, account, contact_id)
    if format == "yaml":
        return _download(made.draft.encode(), f"{made.slug}.yaml", "application/yaml")
    persona = (await writing.look(studio, made)).persona
    if persona is None:
        raise InputError([Problem(made.slug, None, "", "has mistakes; a card can be made of it once the check finds none")])
    if format == "png":
        return _download(await asyncio.to_thread(card_png, persona, made.draft), f"{made.slug}.png", "image/png")
    written = await asyncio.to_thread(card_json, persona, made.draft, 2 if format == "v2" else 3)
    return _download(written.encode(), f"{made.slug}.card.json", "application/json")


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    )
