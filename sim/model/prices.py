"""What models cost: a file (`sim.prices/1`). A model that is not in it has no price, and its calls no cost; nothing is guessed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from sim.documents import check_schema_name, parse_yaml, validate
from sim.errors import InputError, Problem
from sim.library import shipped

SCHEMA = "sim.prices/1"

Money = Annotated[float, Field(ge=0, le=10_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)


class Price(_Strict):
    """What a million tokens of one model cost: `in` of the prompt, `cached` where the provider still had it, `out` of the reply."""

    in_: Money = Field(alias="in")
    cached: Money | None = Field(None, description="as `in` where left out")
    out: Money

    @field_validator("cached")
    @classmethod
    def _a_rebate(cls, value: float | None, info: ValidationInfo) -> float | None:
        fresh = info.data.get("in_")
        if value is not None and fresh is not None and value > fresh:
            raise ValueError(f"is {value:g}, more than `in` ({fresh:g}); write the price of what the provider had kept, or leave it out")
        return value


class Prices(_Strict):
    """All prices, in one currency."""

    schema_: Literal["sim.prices/1"] = Field(alias="schema")
    currency: str = Field(description="ISO 4217, such as USD")
    as_of: str = Field(description="when these prices were looked up, as people write a date, with its year: October 2026")
    models: dict[Annotated[str, Field(min_length=1, max_length=120)], Price]

    @field_validator("currency")
    @classmethod
    def _a_currency(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", value):
            raise ValueError(f"is {value!r}; write the three capitals of ISO 4217, such as USD")
        return value

    @field_validator("as_of")
    @classmethod
    def _a_date(cls, value: str) -> str:
        if not re.search(r"\b20\d\d\b", value):
            raise ValueError(f"is {value!r}; say when these prices were looked up, with the year: October 2026")
        return value

    def cost(self, model: str, tokens_in: int, tokens_cached: int, tokens_out: int) -> float | None:
        """Return what a call cost, or None for a model without a price. `tokens_cached` is the part of `tokens_in` that was kept."""
        price = self.models.get(model)
        if price is None:
            return None
        kept = price.in_ if price.cached is None else price.cached
        return ((tokens_in - tokens_cached) * price.in_ + tokens_cached * kept + tokens_out * price.out) / 1_000_000


def amount(cost: float) -> str:
    """Write an amount of money: two decimals, up to four where two would hide it."""
    if cost >= 0.1 or cost == 0:
        return f"{cost:,.2f}"
    return re.sub(r"(\.\d\d\d*?)0+$", r"\1", f"{cost:.4f}") if cost >= 0.0001 else "under 0.0001"


def load_prices(path: Path) -> Prices:
    """Return the prices in a file; raises InputError with file, line and mend."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), None, "", f"cannot be read as text; SIM_PRICES names a price file ({SCHEMA})")]) from error
    document = parse_yaml(text, str(path), InputError)
    check_schema_name(document, SCHEMA, InputError)
    return validate(document, Prices, InputError)


@cache
def shipped_prices() -> Prices:
    """Return the prices that come with the program."""
    return load_prices(shipped("prompts") / "prices.yaml")
