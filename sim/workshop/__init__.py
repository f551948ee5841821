"""Workshops: one function for each thing that instructors and their learners do in one.

Every function takes the `Office` (the ports) and who asks: an `Account` for instructors, a `Caller` for learners. All raise UnknownItem
for what is not there or not theirs, InputError for what may not be, NotNow for what comes at the wrong moment, and StoreUnavailable.
"""

from sim.workshop.attending import (
    Attendance,
    attendance,
    delete_mine,
    door,
    join,
    joined,
    leave,
    open_attempt,
    refuse_other_settings,
    seen,
    submit,
    withdraw,
)
from sim.workshop.board import Board, Costs, board, costs
from sim.workshop.marking import comment, override, take_back, uncomment
from sim.workshop.office import Office, known, own, place
from sim.workshop.reading import Excerpt, Reading, cut, read, results
from sim.workshop.results import Results
from sim.workshop.running import break_off, close, create, delete, edit, renew_code, reopen, workshops
from sim.workshop.spending import SessionSpending, Spending, session_spending, spending
from sim.workshop.taking_away import exported, mine_exported

__all__ = [
    "Attendance",
    "Board",
    "Costs",
    "Excerpt",
    "Office",
    "Reading",
    "Results",
    "SessionSpending",
    "Spending",
    "attendance",
    "board",
    "break_off",
    "close",
    "comment",
    "costs",
    "create",
    "cut",
    "delete",
    "delete_mine",
    "door",
    "edit",
    "exported",
    "join",
    "joined",
    "known",
    "leave",
    "mine_exported",
    "open_attempt",
    "override",
    "own",
    "place",
    "read",
    "refuse_other_settings",
    "renew_code",
    "reopen",
    "results",
    "seen",
    "session_spending",
    "spending",
    "submit",
    "take_back",
    "uncomment",
    "withdraw",
    "workshops",
]
