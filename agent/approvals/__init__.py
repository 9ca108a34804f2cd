"""Approvals: a request bound to exact effects and versions, one answer by a named person, and the card they see.

`agent.approvals.desk` is where answers are given; it knows the repository, so it is imported by name.
"""

from agent.approvals.card import CardLine, LineKind, card, describe
from agent.approvals.errors import (
    AlreadyDecided,
    ApprovalError,
    Expired,
    NotAllowed,
    NothingEdited,
    ReasonMissing,
    StaleDigest,
    UnknownPerson,
    UnknownRequest,
)
from agent.approvals.moves import MOVES, IllegalApprovalMove, attach, decide, expire, finish, supersede
from agent.approvals.request import (
    ApprovalDecision,
    ApprovalKind,
    ApprovalRequest,
    ApprovalStatus,
    DecisionKind,
    approval_id,
)

__all__ = [
    "MOVES",
    "AlreadyDecided",
    "ApprovalDecision",
    "ApprovalError",
    "ApprovalKind",
    "ApprovalRequest",
    "ApprovalStatus",
    "CardLine",
    "DecisionKind",
    "Expired",
    "IllegalApprovalMove",
    "LineKind",
    "NotAllowed",
    "NothingEdited",
    "ReasonMissing",
    "StaleDigest",
    "UnknownPerson",
    "UnknownRequest",
    "approval_id",
    "attach",
    "card",
    "decide",
    "describe",
    "expire",
    "finish",
    "supersede",
]
