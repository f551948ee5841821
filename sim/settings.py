"""The environment, read once. Every setting begins with `SIM_`; all have defaults that work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sim.errors import InputError, Problem

DATABASE_FILE = "twenty-minutes.db"

Folders = Annotated[tuple[Path, ...], NoDecode]


class Settings(BaseSettings):
    """What can be set from outside. Build it with `read_settings`, whose errors name the variable."""

    model_config = SettingsConfigDict(env_prefix="SIM_", frozen=True, extra="ignore")

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
    retention_days: int | None = Field(None, ge=1, description="delete sessions so many days after opening; never where unset")

    @field_validator("personas", "rubrics", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        return tuple(Path(p) for p in value.split(os.pathsep) if p) if isinstance(value, str) else value

    @field_validator("retention_days", mode="before")
    @classmethod
    def _never(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("public_origin")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        found = urlsplit(value)
        if value and (found.scheme not in ("http", "https") or not found.netloc):
            raise ValueError("expected an address such as https://practice.example.org")
        return value.rstrip("/")

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


def _variable(place: tuple[int | str, ...]) -> str:
    return f"SIM_{str(place[0]).upper()}" if place else "SIM_"


def _mend(error: Any) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    # Never the database URL: it may hold a password.
    found = "" if error["loc"][:1] == ("database_url",) else f"is {str(error['input'])[:80]!r}; "
    return f"{found}{message[:1].lower()}{message[1:]}"
