"""Who speaks and what it costs: the contact, the way to the models and the ledger, as the settings have it.

The web application and the commands build theirs here, so that both follow the same rule: nothing set, nothing loaded.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.contact.scripted import ScriptedContact
from sim.model import Connection, Endpoint, Ledger, NoLedger, Prices, caps_of, endpoint_of, load_prices, loose_caps, shipped_prices
from sim.model.asking import Asker
from sim.ports import Contact
from sim.settings import Settings
from sim.transcript import Engine

if TYPE_CHECKING:
    from sim.drafting.rewrite import Rewriter
    from sim.judge.judge import Judge
    from sim.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engines:
    """`connection` is None without an endpoint; with one, ask its `endpoint` which of the two models are configured.

    `judge` is there where a judge's model is; `rewriter` and `drafter` use whichever model there is.
    """

    contact: Contact
    connection: Connection | None
    ledger: Ledger
    prices: Prices
    judge: Judge | None = None
    rewriter: Rewriter | None = None
    drafter: Asker | None = None

    @property
    def name(self) -> Engine:
        """Who speaks the contact's lines when all is well."""
        return "scripted" if isinstance(self.contact, ScriptedContact) else "model"

    async def close(self) -> None:
        """Finish the accounts and close the connection; it may be used again afterwards."""
        close = getattr(self.contact, "close", None)
        if close is not None:
            await close()
        if self.connection is not None:
            await self.connection.close()
        if self.drafter is not None:
            await self.drafter.close()


def engines_of(settings: Settings, store: Store | None = None) -> Engines:
    """Return what the settings ask for; raises InputError where they are half set, wrong, or name a price file that will not do.

    Without a store nothing is kept and no limit holds: for commands that leave no trace.
    """
    endpoint = endpoint_of(settings)
    scripted = ScriptedContact()
    prices = load_prices(settings.prices) if settings.prices else shipped_prices()
    if endpoint is None:
        return Engines(scripted, None, NoLedger(), prices)
    if loose := loose_caps(settings, endpoint, prices):
        log.warning("%s", loose)
    connection, ledger = Connection(endpoint), _ledger(settings, store, prices)
    asker = _asker(settings, endpoint, ledger, prices)
    from sim.drafting.rewrite import Rewriter

    desk = (_judge(settings, asker) if endpoint.judge_model else None, Rewriter(asker), asker)
    if endpoint.contact_model is None:
        return Engines(scripted, connection, ledger, prices, *desk)
    from sim.contact.model_contact import ModelContact

    return Engines(ModelContact(connection, scripted, ledger=ledger, prices=prices), connection, ledger, prices, *desk)


def _asker(settings: Settings, endpoint: Endpoint, ledger: Ledger, prices: Prices) -> Asker:
    """Return who is asked for whole replies: the judge's model, else the contact's. It may be silent for as long as a judge may read."""
    patient = replace(endpoint, timeout=settings.judge_seconds, first_token_timeout=settings.judge_seconds)
    return Asker(Connection(patient), ledger, prices, "judge" if endpoint.judge_model else "contact")


def _judge(settings: Settings, asker: Asker) -> Judge:
    from sim.judge.judge import Judge

    return Judge(asker, runs=settings.judge_runs, seconds=settings.judge_seconds)


def _ledger(settings: Settings, store: Store | None, prices: Prices) -> Ledger:
    if store is None:
        return NoLedger()
    from sim.store.usage import UsageBook

    return UsageBook(store, caps_of(settings, prices.currency))
