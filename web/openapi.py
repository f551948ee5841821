"""The OpenAPI document, and the page that shows it without a script."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from sim import __version__
from web.problems import MEDIA_TYPE
from web.routes.models import DoneEvent, ErrorEvent, TokenEvent, WholeReply

router = APIRouter(include_in_schema=False)

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def install(app: FastAPI) -> None:
    """Give the application its document."""
    app.openapi = partial(_document, app)  # type: ignore[method-assign] # FastAPI's own way to extend it


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        about = "Practise the informational interview: open a session, talk, end it, send a thank-you note, read the debrief."
        document = get_openapi(title="Twenty Minutes", version=__version__, description=about, routes=app.routes)
        schemas = document["components"]["schemas"]
        for model in (WholeReply, TokenEvent, DoneEvent, ErrorEvent):
            schemas[model.__name__] = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)  # FastAPI's own shape of a 422, which we do not send
        for path in document["paths"].values():
            for operation in path.values():
                _tell_problems(operation["responses"])
        for operation in document["paths"]["/api/sessions"].values():
            operation["security"].append({})  # opening needs no secret, and without one the history is empty
        app.openapi_schema = document
    return app.openapi_schema


def _tell_problems(responses: dict[str, Any]) -> None:
    """Name the media type that problems really have; FastAPI describes every model as plain JSON."""
    for response in responses.values():
        content = response.get("content", {})
        if content.get("application/json", {}).get("schema", {}).get("$ref", "").endswith("/ProblemDetails"):
            response["content"] = {MEDIA_TYPE: content["application/json"]}


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Show the interface to a reader."""
    page = TEMPLATES.get_template("api_docs.html").render(document=request.app.openapi())
    return HTMLResponse(page)
