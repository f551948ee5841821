"""Copy the one script library the pages use from `node_modules/` to `web/static/vendor/`.

`make vendor` runs this. The pages work whole without these files, so a machine without npm still has a product: it is told so,
and nothing fails. `--strict` fails instead, for builds that must carry the files. To move to another version: change
package.json, run `npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts`, commit both files.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "web" / "static" / "vendor"

FILES = {
    "htmx.min.js": "node_modules/htmx.org/dist/htmx.min.js",
    "hx-sse.min.js": "node_modules/htmx.org/dist/ext/hx-sse.min.js",
    "htmx-LICENSE.txt": "node_modules/htmx.org/LICENSE",
}
"""What is copied, by its name in `vendor/`."""


def install(root: Path) -> str | None:
    """Run `npm ci` where it is needed; return why it could not be done, None when the files are there."""
    if _is_current(root):
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"npm ci failed: {done.stderr.strip()[:400]}"


def _is_current(root: Path) -> bool:
    """Tell whether the version that package.json asks for is installed."""
    installed = root / "node_modules" / "htmx.org" / "package.json"
    if not all(file.is_file() for file in (installed, *(root / name for name in FILES.values()))):
        return False
    wanted = json.loads((root / "package.json").read_text("utf-8"))["dependencies"]["htmx.org"]
    return bool(json.loads(installed.read_text("utf-8"))["version"] == wanted)


def copy(root: Path, target: Path) -> list[str]:
    """Copy the files and return their names. Each appears whole or not at all, also while a server is reading."""
    target.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        part = target / f".{name}.part"
        shutil.copyfile(root / source, part)
        part.replace(target / name)
    return list(FILES)


def main(arguments: list[str]) -> int:
    """Install and copy; returns the exit code."""
    trouble = install(ROOT)
    if trouble:
        print(f"{trouble}; the pages will work without script, by plain forms", file=sys.stderr)
        return 1 if "--strict" in arguments else 0
    print(f"web/static/vendor: {', '.join(copy(ROOT, TARGET))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
