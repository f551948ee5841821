"""A language model behind an endpoint that speaks OpenAI's protocol: settings, prompts, prices, usage and what goes wrong.

Nothing here knows what a contact says or a judge decides. `langchain_openai`, which takes two seconds to load, is imported when
a model is first needed and never without an endpoint.
"""

from sim.model.breaker import Breaker
from sim.model.connection import Connection, chat_model
from sim.model.endpoint import Caps, Endpoint, Role, caps_of, endpoint_of, loose_caps
from sim.model.failures import FAILURES, Failure, failure_of
from sim.model.prices import Price, Prices, amount, load_prices, shipped_prices
from sim.model.prompts import Prompt, PromptError, load_prompt, prompt
from sim.model.usage import Cap, Ledger, NoLedger, Usage, estimate_tokens, usage_of

__all__ = [
    "FAILURES",
    "Breaker",
    "Cap",
    "Caps",
    "Connection",
    "Endpoint",
    "Failure",
    "Ledger",
    "NoLedger",
    "Price",
    "Prices",
    "Prompt",
    "PromptError",
    "Role",
    "Usage",
    "amount",
    "caps_of",
    "chat_model",
    "endpoint_of",
    "estimate_tokens",
    "failure_of",
    "load_prices",
    "load_prompt",
    "loose_caps",
    "prompt",
    "shipped_prices",
    "usage_of",
]
