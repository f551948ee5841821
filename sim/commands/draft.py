"""`sim draft persona`: notes in, a persona file to review out."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sim.engines import Engines, engines_of
from sim.errors import InputError, Problem
from sim.settings import read_settings

TO_MEND = 1
"""Exit status where a draft was written that does not pass the check yet."""


def run(source: Path, out: Path | None) -> None:
    """Print or write the draft. Raises SystemExit with `TO_MEND` where it needs mending, and SimError where there is none."""
    notes = _notes(source)
    if out is not None and out.exists():
        raise InputError([Problem(str(out), None, "", "is there already and is not overwritten; name another file")])
    engines = engines_of(read_settings())
    text, problems = asyncio.run(_drafted(engines, notes, "the notes given" if str(source) == "-" else source.name))
    if out is None:
        print(text, end="")
    else:
        _write(out, text)
    for problem in problems:
        place = Problem(str(out) if out else "draft", problem.line, problem.path, problem.message)
        print(place, file=sys.stderr)
    if problems:
        raise SystemExit(TO_MEND)


async def _drafted(engines: Engines, notes: str, source: str) -> tuple[str, tuple[Problem, ...]]:
    if engines.drafter is None:
        mend = "set OPENAI_API_KEY and SIM_JUDGE_MODEL or SIM_CONTACT_MODEL (and OPENAI_BASE_URL where the endpoint is not OpenAI's)"
        raise InputError([Problem("environment", None, "", f"drafting needs a language model, and none is configured; {mend}")])
    from sim.drafting.persona import draft_persona

    try:
        made = await draft_persona(engines.drafter, notes, source)
    finally:
        await engines.close()
    return made.text, made.problems


def _notes(source: Path) -> str:
    try:
        return sys.stdin.read() if str(source) == "-" else source.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([Problem(str(source), None, "", "is not UTF-8 text; save it as UTF-8")]) from error
    except OSError as error:
        raise InputError([Problem(str(source), None, "", f"cannot be read ({error.strerror})")]) from error


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        print(text, end="")  # what was paid for is not lost
        raise InputError([Problem(str(out), None, "", f"cannot be written ({error.strerror}); the draft is printed instead")]) from error
