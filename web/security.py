"""What every answer and every request is held to: same-origin writes, bounded bodies, strict headers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.problems import problem, respond

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The pages' content security policy: our own files and nothing inline; markup in a learner's or a model's words stays dead."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not "no-referrer": browsers then send `Origin: null` with our own forms, and the guard below would refuse them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Adds the headers to every answer; what shows a learner's words is not to be kept by caches on the way."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


class SameOriginGuard:
    """Refuses writes that another site sends through a learner's browser, which would add our cookie to them.

    Browsers say where a request comes from (`Sec-Fetch-Site`, on plain http to other machines only `Origin`), so forms need no
    token. A request that says neither comes from a program, which sends what it means to send; a browser too old to say would
    still leave our `SameSite` cookie out. A bearer token is never added by a browser.
    """

    def __init__(self, app: ASGIApp, public_origin: str = "") -> None:
        self.app = app
        self.public_host = urlsplit(public_origin).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or answer 403."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or self.trusts(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        detail = "this request came from another site and was refused; use the pages of this one"
        await respond(Request(scope), problem(403, detail))(scope, receive, send)

    def trusts(self, headers: Headers) -> bool:
        """Tell whether a write with these headers comes from our own pages or from a program."""
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site:
            return site in ("same-origin", "none")
        if origin:
            return urlsplit(origin).netloc in {headers.get("host"), self.public_host} - {"", None}
        return True


class BodyLimit:
    """Refuses bodies larger than `most` bytes, whether they say so or not; below the paths of `larger`, than so many."""

    def __init__(self, app: ASGIApp, most: int, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.most = most
        self.larger = larger or {}

    def _most(self, path: str) -> int:
        return next((most for top, most in self.larger.items() if path == top or path.startswith(f"{top}/")), self.most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or answer 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._most(scope["path"])
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said) > most:
            await self._refuse(scope, receive, send, most)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            # Whatever the application makes of the body that broke off, it is not the answer.
            if read <= most:
                await send(message)

        with suppress(_TooLarge):
            await self.app(scope, counted, watched)
        if read > most:
            await self._refuse(scope, receive, send, most)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        detail = f"the request is larger than {most:,} bytes; shorten what you send"
        await respond(Request(scope), problem(413, detail))(scope, receive, send)


class _TooLarge(Exception):
    """The body went on past the limit."""
