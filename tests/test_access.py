"""Every route as every role: allowed, or told that there is nothing. The table is in `tests/access/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from access import ROLES, STAFF, Row, World, all_rows, furnish
from conftest import OneBook
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

ALL = all_rows()
ROUTES = sorted(ALL)


@pytest.fixture
def world(app: FastAPI, library: OneBook) -> Iterator[World]:
    """Two classes, three learners, two instructors and an owner."""
    with TestClient(app) as client:
        made = World(app, client)
        furnish(made)
        yield made


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return method and path of everything the application answers, mounted static files left out."""
    found = [c for c in iter_route_contexts(app.routes) if not isinstance(getattr(c, "original_route", None), Mount)]
    return {(method, c.path) for c in found if c.path and c.methods for method in c.methods - {"HEAD"}}


def test_every_route_has_its_row_and_every_row_its_route(app: FastAPI) -> None:
    assert routes_of(app) == set(ALL), "add the route to a table in tests/access/"


def test_only_static_files_are_mounted(app: FastAPI) -> None:
    assert [r.path for r in app.routes if isinstance(r, Mount)] == ["/static"]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[" ".join(route) for route in ROUTES])
def test_allowed_or_not_there(world: World, method: str, path: str) -> None:
    row = ALL[method, path]
    for role in sorted(ROLES, key=lambda role: role in row.allowed):  # whoever is let in may change what it is about: last
        ids = {**world.ids, **row.fresh(world)}
        answer = world.send(role, method, path.format(**ids) + row.query, **row.request(ids))
        assert verdict(answer.status_code, answer.headers.get("location", "")) == expected(row, role), (role, answer.text[:300])
        if "/api/" not in path and role not in row.allowed:
            assert all(secret not in answer.text for secret in ids.values() if len(secret) > 20), "the answer tells what is there"


def verdict(status: int, location: str) -> str:
    if location.startswith("/sign-in?next="):
        return "sign in"
    return "allowed" if status < 400 else str(status)


def expected(row: Row, role: str) -> str:
    if role in row.allowed:
        return "allowed"
    return "sign in" if row.leads_to_sign_in and role not in STAFF else "404"


# -- what holds on every page and for every write ------------------------------------------------------------------------


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PAGES = [path for method, path in ROUTES if method == "GET" and ALL[method, path].page]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_keeps_to_the_policy(world: World, path: str) -> None:
    """No inline script, style or handler; nothing from another site; the policy itself allows none of it."""
    row = ALL["GET", path]
    ids = {**world.ids, **row.fresh(world)}
    role = next(role for role in ROLES if role in row.allowed)
    answer = world.send(role, "GET", path.format(**ids) + row.query, **row.request(ids))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag, attributes in Tags(answer.text).found:
        assert tag not in ("style", "iframe", "object", "embed", "base")
        assert tag != "script" or str(attributes.get("src")).startswith("/static/")
        assert not any(name == "style" or name.startswith(("on", "hx-on")) for name in attributes), (tag, attributes)
        for name in ("href", "src", "action", "formaction", "hx-post", "hx-get"):
            value = attributes.get(name)
            assert value is None or re.match(r"/(?!/)|#|\?", value), (tag, name, value)


WRITES = [(method, path) for method, path in ROUTES if method != "GET"]


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[" ".join(route) for route in WRITES])
def test_no_other_site_writes_through_anybodys_browser(world: World, method: str, path: str) -> None:
    row = ALL[method, path]
    role = next(role for role in ROLES if role in row.allowed)
    ids = {**world.ids, **row.fresh(world)}
    for origin in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "", "origin": "https://evil.example.org"}):
        answer = world.send(role, method, path.format(**ids), headers=origin, **row.request(ids))
        assert answer.status_code == 403, origin
