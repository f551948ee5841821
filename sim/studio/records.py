"""What is kept of a contact made in the browser. Plain data; the personas of files are not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["draft", "published", "retired"]

Audience = Literal["workshops", "everybody"]
"""Who meets a published contact: learners in workshops of whoever made it, or everybody, on the first page too."""


@dataclass(frozen=True)
class Made:
    """A contact as stored. `draft` is the YAML as last saved, right or wrong; `draft_version` counts the saves.

    `slug` is the persona's id, claimed for good at the first publishing. `published` is the version on offer or, once retired, the
    last one that was; None before the first. Times are seconds since the epoch.
    """

    id: str
    slug: str
    account_id: str
    status: Status
    audience: Audience
    draft: str
    draft_version: int
    published: int | None
    created_at: float
    updated_at: float


@dataclass(frozen=True)
class Version:
    """A version that was published: its YAML, when, and by whom (None: the account is gone)."""

    version: int
    source: str
    published_at: float
    by: str | None


@dataclass(frozen=True)
class OnOffer:
    """A contact that learners can meet now, by the version on offer."""

    id: str
    slug: str
    account_id: str
    audience: Audience
    version: int
