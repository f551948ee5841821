"""Moments in a named time zone: on the pages, and in the fields of a form."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FIELD = "%Y-%m-%dT%H:%M"
"""How a `datetime-local` field writes a moment."""


LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
"""No workshop is planned for a later day; a year of 9999 would be the next one in another zone, which no calendar here has."""


@cache
def zones() -> tuple[str, ...]:
    """Return the names of the time zones this machine knows, UTC first."""
    named = {z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix/", "right/", "SystemV/"))}
    return ("UTC", *sorted(named))


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name; UTC for one that this machine does not know."""
    return ZoneInfo(name) if name in zones() and name != "UTC" else UTC


def when(seconds: float, zone: str) -> str:
    """Write a moment with the zone it is told in: `24 Nov 2026, 14:00 (Europe/Berlin)`."""
    found = datetime.fromtimestamp(seconds, zone_of(zone))
    return f"{found.day} {found:%b %Y, %H:%M} ({zone if zone in zones() else 'UTC'})"


def iso(seconds: float) -> str:
    """Write a moment for a `datetime` attribute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def field(seconds: float | None, zone: str) -> str:
    """Write a moment for a `datetime-local` field; empty for none."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, zone_of(zone)).strftime(FIELD)


def parsed(text: str, zone: str) -> float | None:
    """Return the moment in a `datetime-local` field, None where it is empty; raises ValueError for anything else."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        if found.tzinfo is not None:
            raise ValueError("the zone has a field of its own")
        moment = found.replace(tzinfo=zone_of(zone)).timestamp()
    except OverflowError as error:
        raise ValueError("out of range") from error
    if not 0 <= moment < LATEST:
        raise ValueError("out of range")
    return moment
