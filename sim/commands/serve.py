"""`sim serve`: the web application on its embedded defaults, in one process or several; and the link to becoming its owner."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
from pathlib import Path

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from sim.commands.files import Files
from sim.commands.registry import open_registry
from sim.errors import SimError
from sim.model.endpoint import endpoint_of
from sim.people import owner_link
from sim.settings import Settings, read_settings

APPLICATION = "web.app:create_app"
"""Where the web application is made; by name, since nothing in `sim` imports `web`."""

GRACE_SECONDS = 2
"""How long open streams may take to end when the server stops; without a limit one open page keeps it up for ever."""


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; raises SimError where the port is taken or the address is not ours."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise SimError(f"--host {host} is not an address of this machine ({error.strerror})") from error
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(socket.SOMAXCONN)
    except OSError as error:
        bound.close()
        raise SimError(f"cannot listen on {host}:{port} ({error.strerror}); {_mend(port)}") from error
    return bound


def _mend(port: int) -> str:
    return f"stop what listens there, or choose another port: sim serve --port {port + 1 if port < 65535 else 0}"


def address_of(bound: socket.socket, host: str) -> str:
    """Return the URL to open: with the port that was given, and a name a browser takes for "every address"."""
    shown = "127.0.0.1" if host in {"0.0.0.0", ""} else "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{bound.getsockname()[1]}/"


HEALTHCHECK_SECONDS = 30
"""How long a worker process may keep silent before another takes its place; starting on a busy machine takes a while."""


async def prepare(settings: Settings) -> str | None:
    """Bring the database up to date, and return the secret that makes its bearer the owner, None where there is an owner.

    Raises StoreUnavailable. It is done before any worker starts, so that one of them is enough to say what is wrong, and one link
    is printed however many there are.
    """
    async with open_registry(settings) as registry:
        return await owner_link(registry)


def greeting(address: str, settings: Settings, token: str | None) -> str:
    """Return what is printed once the application answers."""
    ready = f"Twenty Minutes is ready: {address} (Ctrl-C stops it)"
    if token is None:
        return ready
    link = f"{settings.public_origin or address.rstrip('/')}/welcome/{token}"
    return f"{ready}\nNobody owns it yet. Whoever opens this link does; it works once, for a day, and until the next start:\n  {link}"


class _Server(uvicorn.Server):
    """Says where it is once it answers, and not before."""

    def __init__(self, config: uvicorn.Config, words: str) -> None:
        super().__init__(config)
        self.words = words

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            gc.freeze()  # what the start made stays: no pause to look through it while somebody talks
            print(self.words, flush=True)


class _Workers(Multiprocess):
    """Several server processes on one socket; the first that answers has us say where they are."""

    def __init__(self, config: uvicorn.Config, bound: socket.socket, words: str) -> None:
        super().__init__(config, [bound])
        self.words = words
        self.failed = False

    def keep_subprocess_alive(self) -> None:
        """Replace workers that died; called twice a second."""
        super().keep_subprocess_alive()
        self.failed = any(process.exitcode == STARTUP_FAILURE for process in self.processes)
        if self.words and not self.failed and any(process.is_ready(timeout=1) for process in self.processes):
            print(self.words, flush=True)
            self.words = ""


def run(host: str, port: int, folders: list[Path], workers: int = 1) -> None:
    """Serve until stopped; raises SimError where the address, a folder, a setting or the database is wrong."""
    Files(folders)
    settings = read_settings()
    if workers > 1 and settings.database in ("sqlite://", "sqlite:///:memory:"):
        raise SimError(f"--workers {workers} needs a database that processes can share; set SIM_DATABASE_URL to a file or a server")
    endpoint_of(settings)  # a half-set endpoint is told in one sentence, before anything starts
    chosen = [*settings.personas, *(f.resolve() for f in folders)]
    os.environ["SIM_PERSONAS"] = os.pathsep.join(str(f) for f in chosen)
    with listen(host, port) as bound:
        words = greeting(address_of(bound, host), settings, asyncio.run(prepare(settings)))
        if not _serve(_config(settings, workers), bound, words):
            raise SimError("the application did not start; the reason stands above")


def _config(settings: Settings, workers: int) -> uvicorn.Config:
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        workers=workers,
        log_level="warning",
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HEALTHCHECK_SECONDS,
    )


def _serve(config: uvicorn.Config, bound: socket.socket, words: str) -> bool:
    """Run until stopped; False where it never came to serving."""
    if config.workers > 1:
        several = _Workers(config, bound, words)
        several.run()
        return not several.failed
    server = _Server(config, words)
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        server.run(sockets=[bound])
    return server.started
