"""One function for each thing a learner does: open, begin, say, end, thank, debrief, fork, and look back.

Every function takes the `Desk` (the ports), the session's id where there is one, and the `Caller`. All raise UnknownItem
for a session that is not there or not the caller's, InputError for a request that says something it may not, NotNow for one
that comes at the wrong moment, and StoreUnavailable where the database fails. The turn itself stands in `talk`.
"""

from sim.practice.beside import mark_assisted, save_drafts, save_notes, save_prep
from sim.practice.desk import Desk, Scorer
from sim.practice.ending import end_meeting
from sim.practice.looking_back import debrief, delete, delete_all, history, rate_self, scorecard, thank, transcript
from sim.practice.marking import mark_now
from sim.practice.opening import Seat, fork, open_session
from sim.practice.rewriting import rewrite
from sim.practice.seen import Caller, Debrief, Done, Drafts, HistoryRow, Opened, Session, Spoken, Stage, Timeline, Token
from sim.practice.talk import Reply, begin, look, say

__all__ = [
    "Caller",
    "Debrief",
    "Desk",
    "Done",
    "Drafts",
    "HistoryRow",
    "Opened",
    "Reply",
    "Scorer",
    "Seat",
    "Session",
    "Spoken",
    "Stage",
    "Timeline",
    "Token",
    "begin",
    "debrief",
    "delete",
    "delete_all",
    "end_meeting",
    "fork",
    "history",
    "look",
    "mark_assisted",
    "mark_now",
    "open_session",
    "rate_self",
    "rewrite",
    "save_drafts",
    "save_notes",
    "save_prep",
    "say",
    "scorecard",
    "thank",
    "transcript",
]
