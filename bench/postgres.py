"""A PostgreSQL of the benchmark's own: a folder, a unix socket and nothing else. Disk flushes are on, as an operator has them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import Any

START_SECONDS = 30.0


def program(name: str) -> str | None:
    """Return where one of PostgreSQL's programs is, None where it is not installed."""
    found = shutil.which(name)
    return os.path.realpath(found) if found else next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; there it runs as its own user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server and yield the URL of an empty database; raises RuntimeError where PostgreSQL is not installed."""
    initdb, server = program("initdb"), program("postgres")
    if not initdb or not server:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    root, become = Path(tempfile.mkdtemp(prefix="pg-")), _user()  # short: a socket's path has at most 107 bytes
    if become:
        os.chown(root, become["user"], become["group"])
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
    make = [initdb, "-D", f"{root}/data", "-U", "app", "-A", "trust", "-E", "UTF8", "--no-locale"]
    subprocess.run(make, check=True, cwd=root, env=env, stdout=subprocess.DEVNULL, **become)
    run = [server, "-D", f"{root}/data", "-k", str(root), "-c", "listen_addresses="]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(run, cwd=root, env=env, stdout=log, stderr=log, **become)
        try:
            _wait(root)
            yield f"postgresql://app@/postgres?host={root}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
            shutil.rmtree(root, ignore_errors=True)


def _wait(root: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while "ready to accept" not in (root / "log").read_text():
        if time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start:\n{(root / 'log').read_text()}")
        time.sleep(0.05)
