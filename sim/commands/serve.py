"""`sim serve`: the web application on its embedded defaults."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from pathlib import Path

import uvicorn

from sim.commands.files import Files
from sim.errors import SimError
from sim.settings import read_settings

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


class _Server(uvicorn.Server):
    """Says where it is once it answers, and not before."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            gc.freeze()  # what the start made stays: no pause to look through it while somebody talks
            print(f"Twenty Minutes is ready: {self.address} (Ctrl-C stops it)", flush=True)


def run(host: str, port: int, folders: list[Path]) -> None:
    """Serve until stopped; raises SimError where the address, a folder or a setting is wrong."""
    Files(folders)
    settings = read_settings()
    chosen = [*settings.personas, *(f.resolve() for f in folders)]
    os.environ["SIM_PERSONAS"] = os.pathsep.join(str(f) for f in chosen)
    bound = listen(host, port)
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config, address_of(bound, host))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
    if not server.started:
        raise SimError("the application did not start; the reason stands above")
