"""Who is speaking a reply right now, so that two processes never make the same one and a dead process blocks nobody."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass

LEASE_SECONDS = 90.0
"""How long a reply may be in the making before another process may make it again: more than `practice.REPLY_SECONDS` allows
one. After a crash on the same machine nobody waits for this, since a dead process is seen at once."""


@dataclass(frozen=True)
class Holder:
    """A process, told apart by machine, process number and a number drawn at its start (process numbers come again)."""

    host: str
    pid: int
    nonce: str

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.nonce}"


def this_process() -> Holder:
    """Return a new holder for this process."""
    return Holder(socket.gethostname().replace(":", "-")[:64], os.getpid(), secrets.token_hex(6))


def held_by_other(holder: str | None, until: float | None, me: Holder, now: float) -> bool:
    """Tell whether a living process other than `me` holds the lease; `until` and `now` are seconds since the epoch."""
    if not holder or until is None or until <= now or holder == str(me):
        return False
    host, pid, _ = holder.split(":", 2)
    if host != me.host:
        return True
    return int(pid) != me.pid and _alive(int(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
