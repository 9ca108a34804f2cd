"""Saying what a message is about, on this machine, in a few milliseconds."""

from agent.triage.batch import TriageReport, triage_file
from agent.triage.classify import Triage, TriageResult
from agent.triage.errors import TriageError
from agent.triage.examples import Example, shipped_examples
from agent.triage.intents import Intent
from agent.triage.language import language_of
from agent.triage.mood import mood_of

__all__ = [
    "Example",
    "Intent",
    "Triage",
    "TriageError",
    "TriageReport",
    "TriageResult",
    "language_of",
    "mood_of",
    "shipped_examples",
    "triage_file",
]
