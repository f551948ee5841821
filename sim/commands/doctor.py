"""`sim doctor`: look at everything, try the endpoint for real, and say how to mend what fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from sim.doctor import Finding
from sim.doctor.house import house
from sim.errors import InputError
from sim.model import Endpoint, endpoint_of, load_prices, shipped_prices
from sim.settings import Settings, read_settings

TO_MEND = 1
"""Exit status where something is wrong."""


def run(as_json: bool) -> None:
    """Print a line for each finding as it is made, or one JSON object; raises SystemExit with `TO_MEND` where one is wrong."""
    findings = asyncio.run(_shown(quiet=as_json))
    well = all(f.state != "wrong" for f in findings)
    if as_json:
        print(json.dumps({"ok": well, "findings": [f.to_json() for f in findings]}, ensure_ascii=False, indent=2))
    if not well:
        raise SystemExit(TO_MEND)


async def _shown(*, quiet: bool) -> list[Finding]:
    findings = []
    async for finding in examined():
        findings.append(finding)
        if not quiet:
            print(finding, flush=True)
    return findings


async def examined() -> AsyncIterator[Finding]:
    """Yield every finding: the settings, what is there without a model, and the endpoint where one is configured."""
    try:
        settings = read_settings()
    except InputError as error:
        for problem in error.problems:
            yield Finding("settings", "wrong", str(problem))
        return
    for finding in house(settings):
        yield finding
    try:
        endpoint = endpoint_of(settings)
    except InputError as error:
        yield Finding("model", "wrong", str(error))
        return
    from sim.doctor.model import settings_found

    yield settings_found(endpoint)
    if endpoint is not None:
        async for finding in _tried(endpoint, settings):
            yield finding


async def _tried(endpoint: Endpoint, settings: Settings) -> AsyncIterator[Finding]:
    from sim.doctor.model import limits, tried

    try:
        prices = load_prices(settings.prices) if settings.prices else shipped_prices()
    except InputError:
        prices = shipped_prices()  # that the file is wrong was said; the endpoint can be tried all the same
    yield limits(settings, endpoint, prices)
    async for finding in tried(endpoint, settings, prices):
        yield finding
