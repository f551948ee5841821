"""Who may do what, a table a part: every module in this folder holds `ROWS`, and may hold `furnish(world)`.

`tests/test_access.py` tries every row as every role, and fails for a route of the application that has no row. To add yours, put a
module in here:

    ROWS = {
        ("GET", "/workshops"): Row(STAFF, leads_to_sign_in=True),
        ("POST", "/workshops/{workshop_id}/close"): Row({INSTRUCTOR}, fresh=a_workshop),
    }

`fresh(world)` makes what the row is about anew before each try and returns the parts of its address (`{"workshop_id": ...}`); what
it leaves out comes from `world.ids`. `form` and `json` are the body, with the same parts filled in.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

STRANGER = "stranger"
LEARNER = "learner"
OTHER = "learner of the same class"
ELSEWHERE = "learner of another class"
INSTRUCTOR = "instructor"
RIVAL = "other instructor"
OWNER = "owner"

ROLES = (STRANGER, LEARNER, OTHER, ELSEWHERE, INSTRUCTOR, RIVAL, OWNER)
EVERYBODY = frozenset(ROLES)
STAFF = frozenset({INSTRUCTOR, RIVAL, OWNER})

PASSWORD = "seven grey herons"
PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
PROGRAM = {"accept": "application/json", "sec-fetch-site": "same-origin"}

WORKSHOP = (
    "INSERT INTO workshops (id, account_id, name, code, personas, rubric_id, difficulty, hints, numbers, created_at) "
    "VALUES (:id, :account, 'Class', :code, '[\"ada\"]', 'classic', 'gentle', :yes, :yes, 1000000)"
)


@dataclass
class World:
    """An application with two classes. `ids` fills addresses; `cookies` is what each role's browser sends."""

    app: FastAPI
    client: TestClient
    ids: dict[str, str] = field(default_factory=lambda: {"persona_id": "ada", "form": "json"})
    cookies: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run a coroutine function in the application's event loop."""
        assert self.client.portal is not None
        return self.client.portal.call(work)

    def sql(self, statement: str, **values: Any) -> None:
        """Change the database behind the application's back."""
        self.run(lambda: self.app.state.store.write(lambda c: c.execute(text(statement), values).rowcount))

    def send(self, role: str, method: str, path: str, **request: Any) -> Any:
        """Send a request as somebody; no cookie is kept from one to the next."""
        self.client.cookies.clear()
        headers = dict(PROGRAM if path.startswith("/api/") else PAGE) | request.pop("headers", {})
        cookie = "; ".join(part for part in (self.cookies[role], request.pop("cookie", "")) if part)
        if cookie:
            headers["cookie"] = cookie
        answer = self.client.request(method, path, headers=headers, follow_redirects=False, **request)
        self.client.cookies.clear()
        return answer


Fresh = Callable[[World], Mapping[str, str]]


def nothing_new(world: World) -> Mapping[str, str]:
    """Whatever the world holds will do."""
    return {}


@dataclass(frozen=True)
class Row:
    """Who is let in; everybody else is told 404, or led to the sign-in page where a person who is not signed in opens a page."""

    allowed: frozenset[str] | set[str]
    fresh: Fresh = nothing_new
    form: Mapping[str, str] | None = None
    json: Any = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    query: str = ""
    cookie: str = ""
    leads_to_sign_in: bool = False
    page: bool = True
    """Whether a GET shows a page; False for files and data."""

    def request(self, ids: Mapping[str, str]) -> dict[str, Any]:
        """Return what is sent beside the address."""
        found: dict[str, Any] = {}
        if self.form is not None:
            found["data"] = {k: v.format(**ids) for k, v in self.form.items()}
        if self.json is not None:
            found["json"] = self.json
        if self.files is not None:
            found["files"] = self.files
        if self.cookie:
            found["cookie"] = self.cookie.format(**ids)
        return found


def all_rows() -> dict[tuple[str, str], Row]:
    """Return the rows of every module here; a route told twice is a mistake."""
    rows: dict[tuple[str, str], Row] = {}
    for module in _modules():
        assert not set(rows) & set(module.ROWS)
        rows |= module.ROWS
    return rows


def furnish(world: World) -> None:
    """Let every module add what its rows need."""
    for module in _modules():
        getattr(module, "furnish", lambda world: None)(world)


def _modules() -> list[Any]:
    return [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
