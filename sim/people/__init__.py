"""People who sign in: one function for each thing they do. Learners have no account; `sim.practice` is theirs.

Whoever calls has looked up the account with `who`; the functions that only the owner may call name their argument `owner`.
"""

from sim.accounts import Account, Event, Role
from sim.people.entering import sign_in, sign_out, who
from sim.people.inviting import GONE, Welcome, accept, invite, look_at, owner_link, owner_reset_link, reset_link, withdraw
from sim.people.managing import (
    OWNER_STAYS,
    People,
    TrailPage,
    change_password,
    close,
    disable,
    enable,
    holdings,
    people,
    rename,
    require_password,
    sign_out_everywhere,
    trail,
)
from sim.people.passwords import Passwords
from sim.people.registry import Registry, audit, require_own

__all__ = [
    "GONE",
    "OWNER_STAYS",
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
    "close",
    "disable",
    "enable",
    "holdings",
    "invite",
    "look_at",
    "owner_link",
    "owner_reset_link",
    "people",
    "rename",
    "require_own",
    "require_password",
    "reset_link",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "trail",
    "who",
    "withdraw",
]
