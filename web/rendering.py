"""Templates become HTML. The one place that knows Jinja, the static files and how htmx asks for a part of a page."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block

from sim.accounts import Account

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
SCRIPTS = ("vendor/htmx.min.js", "vendor/hx-sse.min.js")
"""The files whose presence decides whether pages are sent with htmx."""

SIGNED_IN: ContextVar[Account | None] = ContextVar("signed_in", default=None)
"""Who is signed in where this page is made, for the bar at its top; `web.context.account_of` sets it."""

VARY = {"Vary": "HX-Request"}
"""Some addresses give a page to a browser and a part of it to htmx; caches must not mix them up."""


@cache
def _digest(name: str) -> str:
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "none"


def static(name: str) -> str:
    """Return the address of a static file; it changes with the file, so browsers may keep it for ever."""
    return f"/static/{name}?v={_digest(name)}"


@cache
def environment() -> Environment:
    """Return the templates: everything is escaped, and a name that a page forgot to pass is an error."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(signed_in=lambda: SIGNED_IN.get(), static=static, scripted=all((STATIC / name).is_file() for name in SCRIPTS))
    return env


def render(template: str, **values: Any) -> str:
    """Return a whole template as HTML."""
    return environment().get_template(template).render(**values)


def part(template: str, block: str, **values: Any) -> str:
    """Return one named block of a template as HTML."""
    return render_block(environment(), template, block, **values)


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a whole page; one for somebody who is signed in is not to be had by the back button once they are not."""
    kept = {"Cache-Control": "private, no-store"} if SIGNED_IN.get() else {}
    return HTMLResponse(render(template, **values), status, VARY | kept)


def fragment(html: str, status: int = 200, **headers: str) -> HTMLResponse:
    """Return a part of a page for htmx; header names are written with underscores: `HX_Retarget`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTMLResponse(html, status, VARY | named)


def by_htmx(request: Request) -> bool:
    """Tell whether htmx asks, and so for a part of a page."""
    return request.headers.get("hx-request") == "true"


def go(request: Request, path: str) -> Response:
    """Send the browser to another page, whether a form or htmx asked."""
    if by_htmx(request):
        return fragment("", HX_Redirect=path)
    return RedirectResponse(path, 303, VARY)
