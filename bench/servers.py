"""Start the product and the bare application, each in a process of its own, on a free port and a fresh folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    """A running server. `ready` is seconds from starting the process to its first answer."""

    port: int
    pid: int
    ready: float

    def seconds(self) -> float:
        """Return the processor time the process has taken; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the process's resident memory in MB; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1000 if found else 0.0


UNLIMITED = {"SIM_LIMIT_TURNS": "", "SIM_LIMIT_NEWCOMERS": "", "SIM_LIMIT_JOINING": "", "SIM_LIMIT_OPENING": ""}
"""All learners of a load come from one address and one of them never pauses: what no class does, and the limits are there for."""


@contextmanager
def product(database_url: str = "", workers: int = 1, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `sim serve` on its embedded defaults: an empty database where no other is named, one process where not more are asked for.

    `settings` are further environment variables.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "sim.cli", "serve", "--port", "0", *(["--workers", str(workers)] if workers > 1 else [])]
        environment = {"SIM_DATA_DIR": folder, "SIM_DATABASE_URL": database_url, **UNLIMITED, **(settings or {})}
        with _running(command, environment, r"http://[^:]+:(\d+)", "/") as server:
            yield server


@contextmanager
def bare(chunks: Sequence[bytes]) -> Iterator[Server]:
    """Run the bare application under the same server with the same options."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chunks.json"
        path.write_text(json.dumps([c.decode() for c in chunks]), "utf-8")
        command = [sys.executable, "-m", "uvicorn", "bench.bare:create_app", "--factory", "--port", "0", "--no-access-log"]
        with _running(command, {"BENCH_CHUNKS": str(path)}, r"running on http://[^:]+:(\d+)", None) as server:
            yield server


@contextmanager
def _running(command: Sequence[str], settings: dict[str, str], announced: str, page: str | None) -> Iterator[Server]:
    environment = {**os.environ, **settings, "PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        port = _port(process, announced)
        if page:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=30).read()
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(20)


def _port(process: subprocess.Popen[str], announced: str) -> int:
    said = []
    for line in process.stdout or ():
        said.append(line)
        found = re.search(announced, line)
        if found:
            return int(found[1])
    raise RuntimeError(f"{process.args!r} did not start:\n{''.join(said)}")
