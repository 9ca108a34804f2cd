"""How important an escalation is: what the customer is worth to the shop, times how urgent the matter is (row B14)."""

from __future__ import annotations

from collections.abc import Iterable

from agent.case import Classification, Urgency
from agent.repositories import CaseRecord
from tools.actions import Priority
from tools.money import Money, minor_digits

URGENCY: dict[Priority, int] = {"low": 1, "normal": 2, "high": 4, "urgent": 8}
"""What a step of urgency multiplies the worth of the customer with."""
BASE, MOST = 100, 2_000
"""Worth of somebody we do not know, and the most that lifetime value adds: a stranger in trouble comes before it."""


def priority_of(said: Classification) -> Priority:
    """From what the message says; threats and anger never wait behind small talk."""
    if said.legal_threat or said.urgency is Urgency.URGENT:
        return "urgent"
    if said.high_emotion or said.urgency is Urgency.HIGH:
        return "high"
    return "low" if said.urgency is Urgency.LOW else "normal"


def worth_of(lifetime_value: Money | None) -> int:
    """Points for what a customer has spent, one for each whole unit of money, from BASE to BASE + MOST."""
    if lifetime_value is None:
        return BASE
    spent = lifetime_value.minor // 10 ** minor_digits(lifetime_value.currency)
    return BASE + min(max(spent, 0), MOST)


def score_of(said: Classification, lifetime_value: Money | None) -> int:
    """Customer value x urgency, from 100 to 16,800. More of either one alone is a higher score, up to MOST."""
    return worth_of(lifetime_value) * URGENCY[priority_of(said)]


def ranked(records: Iterable[CaseRecord]) -> list[CaseRecord]:
    """The most important first; of two alike the one that has waited longer."""
    return sorted(records, key=lambda record: (-record.score, record.created_at, record.case_id))
