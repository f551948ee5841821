"""What every page needs: who asks, and errors that become a page a person can act on and that gives back what was typed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute

from sim.errors import InputError, PersonaError, RubricError, SimError
from web.problems import RETRY_SECONDS, ProblemDetails, headers_of, of_error, of_validation
from web.rendering import by_htmx, fragment, page, render
from web.views.progress import LABELS, SECRET_LABELS, error_page
from web.views.workshop_form import LABELS as SETTINGS


def words_of(error: SimError) -> str:
    """Return what an error says to the person at the form, with the fields named as on the page."""
    if isinstance(error, InputError) and not isinstance(error, PersonaError | RubricError):
        return " ".join(_sentence(f"{_label(p.path)} {p.message}") for p in error.problems)
    return _sentence(of_error(error).detail)


def _label(path: str) -> str:
    name = path.split("[")[0].split(".")[0]
    return LABELS.get(name) or SETTINGS.get(name) or SECRET_LABELS.get(name, path)


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


class PageRoute(APIRoute):
    """A route whose errors become a page that gives back what was typed, or for htmx a line in the page's alert."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except SimError as error:
                response = await _with_typed(request, of_error(error).status, words_of(error))
                response.headers.update(headers_of(error))
                return response
            except RequestValidationError as error:
                found = of_validation(error)
                lines = (f"{_label(e.path)}: {e.message}" for e in found.errors or ())
                return await _with_typed(request, found.status, " ".join(_sentence(line) for line in lines))

        return handle


async def _with_typed(request: Request, status: int, detail: str) -> Response:
    typed: list[tuple[str, str]] = []
    if request.method == "POST":
        typed = [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]
    return trouble(request, status, detail, typed)


def trouble(request: Request, status: int, detail: str, typed: Sequence[tuple[str, str]] = ()) -> Response:
    """Return what went wrong, as a page or as the alert of the page that asked."""
    if by_htmx(request):
        response = fragment(render("_problem.html", detail=detail), status, HX_Retarget="#problem", HX_Reswap="innerHTML")
    else:
        session = request.scope.get("path_params", {}).get("session_id")
        back = f"/sessions/{session}" if session and status != 404 else "/"
        response = page("error.html", status, page=error_page(status, detail, typed, back))
    if status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def problem_page(request: Request, found: ProblemDetails) -> Response:
    """Return the page for a problem that no page's own route has told: an unknown address, a refused or too large request."""
    return trouble(request, found.status, _sentence(found.detail))
