"""Worked examples, for anybody to read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from sim.errors import UnknownItem
from sim.examples import Example
from sim.library import Library
from sim.persona import Persona
from sim.practice.examples import ExampleDesk, examples_of, find_example, pair
from sim.rubric import Rubric
from web.context import LibraryHere
from web.rendering import page
from web.routes.pages.common import PageRoute
from web.views.examples import example_page, examples_page

router = APIRouter(route_class=PageRoute)

GONE = "there are no worked examples of this contact"


def examples_desk_of(request: Request) -> ExampleDesk:
    """Return the application's desk of worked examples."""
    desk: ExampleDesk = request.app.state.examples
    return desk


ExamplesHere = Annotated[ExampleDesk, Depends(examples_desk_of)]


@router.get("/examples/{example_id}")
async def example(example_id: str, library: LibraryHere, examples: ExamplesHere) -> Response:
    """Show one example with its evidence."""
    found = await find_example(examples, example_id)
    persona = _contact(library, found)
    return page("example.html", page=example_page(found, persona, _school(library, found)))


@router.get("/contacts/{persona_id}/examples")
async def examples(persona_id: str, library: LibraryHere, examples: ExamplesHere) -> Response:
    """Show a good and a poor example side by side."""
    persona = library.persona(persona_id)
    found = await examples_of(examples, persona)
    chosen = [e for e in pair(found) if e is not None]
    if not chosen:
        raise UnknownItem(GONE)
    rest = [e for e in found if e not in chosen]
    return page("examples.html", page=examples_page(chosen, rest, persona, _school(library, chosen[0])))


def _contact(library: Library, found: Example) -> Persona:
    persona = library.persona(found.persona)
    if persona.name != found.contact:
        raise UnknownItem(GONE)
    return persona


def _school(library: Library, found: Example) -> Rubric:
    """Return the rubric an example was marked by; raises UnknownItem where it has been taken away since."""
    return library.rubric(found.scorecard.rubric)
