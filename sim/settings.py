"""The environment, read once. Every setting begins with `SIM_`, apart from the two that all programs of the kind call `OPENAI_`;
all have defaults that work.
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sim.errors import InputError, Problem

DATABASE_FILE = "twenty-minutes.db"

Folders = Annotated[tuple[Path, ...], NoDecode]


RATE = re.compile(r"\d+ ?(/|per) ?\d* ?(second|minute|hour|day)s?", re.IGNORECASE)


def _a_rate(value: str) -> str:
    """Return a rate as the library `limits` reads it. That library takes a while to load, and most commands need none."""
    if value and not all(RATE.fullmatch(part.strip()) for part in value.split(";")):
        raise ValueError("expected a rate such as 60/minute, or several with ; between, or nothing for no limit")
    return value


Rate = Annotated[str, AfterValidator(_a_rate)]
"""How often something may be done, as the library `limits` writes it: `60/minute;1000/hour`, `10/15minute`."""


class Settings(BaseSettings):
    """What can be set from outside. Build it with `read_settings`, whose errors name the variable."""

    model_config = SettingsConfigDict(env_prefix="SIM_", frozen=True, extra="ignore", populate_by_name=True)

    database_url: str = Field("", description="sqlite:///file.db or postgresql://user@host/name; empty: a file in `data_dir`")
    data_dir: Path = Field(Path(), description="where the default database file is; the working directory where not set")
    personas: Folders = Field((), description="further folders of persona files, separated like PATH")
    rubrics: Folders = Field((), description="further folders of rubric files, separated like PATH")
    max_message_chars: int = Field(4_000, ge=100, le=20_000, description="longest message, in characters")
    max_body_bytes: int = Field(256_000, ge=32_000, description="longest request, in bytes")
    secure_cookies: Literal["auto", "always", "never"] = Field(
        "auto", description="whether cookies travel over https only; auto: when they were set over https"
    )
    public_origin: str = Field("", description="https://practice.example.org: the address people open, where a proxy changes it")
    trusted_proxies: str = Field(
        "127.0.0.1,::1", description="addresses or networks whose X-Forwarded-For and -Proto are believed, with commas between; * for all"
    )
    sign_in_idle_hours: float = Field(12, gt=0, le=24 * 30, description="hours an instructor stays signed in without a visit")
    sign_in_days: float = Field(14, gt=0, le=90, description="days after which an instructor signs in again in any case")
    limit_turns: Rate = Field("60/minute;1000/hour", description="messages of one learner; empty: no limit")
    limit_opening: Rate = Field("30/minute;300/hour", description="sessions that one learner opens, or tries again from a turn")
    limit_joining: Rate = Field("30/minute", description="tries of one learner to join a workshop")
    limit_newcomers: Rate = Field(
        "600/hour", description="from one address: sessions and joinings by browsers not seen before; wrong codes"
    )
    limit_sign_in: Rate = Field("10/15minute", description="tries to sign in to one account")
    limit_sign_in_address: Rate = Field("60/15minute", description="tries to sign in from one address")
    retention_days: int | None = Field(None, ge=1, description="delete sessions so many days after opening; never where unset")

    openai_api_key: SecretStr = Field(
        SecretStr(""), validation_alias="OPENAI_API_KEY", description="the endpoint's key; a local server takes any word"
    )
    openai_base_url: str = Field(
        "", validation_alias="OPENAI_BASE_URL", description="the endpoint, with its /v1; empty: OpenAI's own, where a key is set"
    )
    contact_model: str = Field("", max_length=120, description="the model that speaks for the contact; empty: the scripted actor")
    judge_model: str = Field("", max_length=120, description="the model that gives the second opinion; empty: the detectors alone")
    judge_runs: int = Field(1, ge=1, le=5, description="how often the judge reads a session; the marks of several are shown as a band")
    judge_seconds: float = Field(45.0, ge=1, le=300, description="longest the second opinion may take; then the detectors' marks stand")
    model_timeout: float = Field(20.0, ge=1, le=50, description="longest silence of the endpoint, in seconds")
    first_token_timeout: float | None = Field(
        None, ge=0.5, le=50, description="longest wait for a reply's first words, in seconds; as `model_timeout` where unset"
    )
    reply_tokens: int = Field(220, ge=40, le=4_000, description="most tokens of one line of the contact's; reasoning counts")
    cap_session_tokens: int | None = Field(250_000, ge=1, description="most tokens of one session, in and out; empty: no limit")
    cap_workshop_tokens: int | None = Field(None, ge=1, description="most tokens of one workshop; its own budget comes first")
    cap_day_tokens: int | None = Field(None, ge=1, description="most tokens of one day (UTC), all sessions together")
    cap_session_cost: float | None = Field(None, gt=0, description="most that one session may cost, in the price file's currency")
    cap_workshop_cost: float | None = Field(None, gt=0, description="most that one workshop may cost")
    cap_day_cost: float | None = Field(None, gt=0, description="most that one day (UTC) may cost, all sessions together")
    prices: Path | None = Field(None, description="a price file in place of the shipped one")

    @field_validator("personas", "rubrics", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        return tuple(Path(p) for p in value.split(os.pathsep) if p) if isinstance(value, str) else value

    @field_validator(
        "retention_days",
        "first_token_timeout",
        "cap_session_tokens",
        "cap_workshop_tokens",
        "cap_day_tokens",
        "cap_session_cost",
        "cap_workshop_cost",
        "cap_day_cost",
        "prices",
        mode="before",
    )
    @classmethod
    def _never(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("openai_api_key", "openai_base_url", "contact_model", "judge_model", mode="before")
    @classmethod
    def _trimmed(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @field_validator("public_origin")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        found = urlsplit(value)
        if value and (found.scheme not in ("http", "https") or not found.netloc):
            raise ValueError("expected an address such as https://practice.example.org")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        try:
            for part in parts:
                if part != "*":
                    ip_network(part, strict=False)
        except ValueError as error:
            raise ValueError("expected addresses or networks such as 10.0.0.0/8, with commas between, or *") from error
        return ",".join(parts)

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / DATABASE_FILE}"


def read_settings(**given: Any) -> Settings:
    """Return the settings of the environment, overridden by what is given; raises InputError naming each wrong variable."""
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = [Problem("environment", None, _variable(e["loc"]), _mend(e)) for e in error.errors(include_url=False)]
        raise InputError(problems) from error


def variable_of(name: str) -> str:
    """Return the environment variable of a setting, by the name of its field."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"SIM_{name.upper()}"


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else ""
    return variable_of(name) if name in Settings.model_fields else name or "SIM_"


UNSHOWN = ("database_url", "openai_api_key", "OPENAI_API_KEY", "openai_base_url", "OPENAI_BASE_URL")
"""Settings that may hold a password or a key: what was found there is never repeated."""


def _mend(error: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    found = "" if error["loc"][0] in UNSHOWN else f"is {str(error['input'])[:80]!r}; "
    return f"{found}{message[:1].lower()}{message[1:]}"
