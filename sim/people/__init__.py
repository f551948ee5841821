"""People who sign in: one function for each thing they do. Learners have no account; `sim.practice` is theirs.

Whoever calls has looked up the account with `who`; the functions that only the owner may call name their argument `owner`.
"""

from sim.accounts import Account, Event, Role
from sim.people.entering import sign_in, sign_out, who
from sim.people.inviting import GONE, Welcome, accept, invite, look_at, owner_link, owner_reset_link, reset_link, withdraw
from sim.people.managing import (
    People,
    TrailPage,
    change_password,
    disable,
    enable,
    people,
    rename,
    sign_out_everywhere,
    trail,
)
from sim.people.passwords import Passwords
from sim.people.registry import Registry, audit, require_own

__all__ = [
    "GONE",
    "Account",
    "Event",
    "Passwords",
    "People",
    "Registry",
    "Role",
    "TrailPage",
    "Welcome",
    "accept",
    "audit",
    "change_password",
    "disable",
    "enable",
    "invite",
    "look_at",
    "owner_link",
    "owner_reset_link",
    "people",
    "rename",
    "require_own",
    "reset_link",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "trail",
    "who",
    "withdraw",
]
