"""Playbooks: the shop's procedures as data. The README says how to write one."""

from knowledge.playbooks.engine import Engine, as_scope
from knowledge.playbooks.errors import ExpressionError, PlaybookProblem, PlaybooksInvalid, UnfilledVariable
from knowledge.playbooks.loader import load_playbooks
from knowledge.playbooks.promises import Promise, find_promises
from knowledge.playbooks.schema import Alternative, Branch, FollowUp, Macro, Playbook, PlaybookBook, Step
from knowledge.playbooks.validator import check_playbooks
from knowledge.playbooks.views import Scope
from knowledge.playbooks.vocabulary import Vocabulary

__all__ = [
    "Alternative",
    "Branch",
    "Engine",
    "ExpressionError",
    "FollowUp",
    "Macro",
    "Playbook",
    "PlaybookBook",
    "PlaybookProblem",
    "PlaybooksInvalid",
    "Promise",
    "Scope",
    "Step",
    "UnfilledVariable",
    "Vocabulary",
    "as_scope",
    "check_playbooks",
    "find_promises",
    "load_playbooks",
]
