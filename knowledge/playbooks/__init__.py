"""Playbooks: the shop's procedures as data. The README says how to write one."""

from knowledge.playbooks.engine import Engine, as_scope
from knowledge.playbooks.errors import ExpressionError, PlaybookProblem, PlaybooksInvalid, UnfilledVariable
from knowledge.playbooks.kept import load_kept_playbooks
from knowledge.playbooks.loader import load_playbooks
from knowledge.playbooks.promises import Promise, find_promises
from knowledge.playbooks.schema import Alternative, Branch, Cite, FollowUp, Macro, Playbook, PlaybookBook, Step
from knowledge.playbooks.validator import check_playbooks
from knowledge.playbooks.views import Scope
from knowledge.playbooks.vocabulary import Vocabulary
from knowledge.playbooks.voice import Voice, compose, load_voice
from knowledge.playbooks.voice_check import VoiceProblem, check_voice

__all__ = [
    "Alternative",
    "Branch",
    "Cite",
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
    "Voice",
    "VoiceProblem",
    "as_scope",
    "check_playbooks",
    "check_voice",
    "compose",
    "find_promises",
    "load_kept_playbooks",
    "load_playbooks",
    "load_voice",
]
