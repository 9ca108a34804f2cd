"""What became of cases, counted honestly (rows A18, U16): silence is unknown, and whoever comes back was not helped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from agent.case import CaseStatus
from server.figures.life import Life


class Ending(StrEnum):
    """What may be said about a case."""

    RESOLVED_ALONE = "resolved_alone"
    """Somebody's word closed it, nobody came back within a week, and no person of the shop was needed."""
    RESOLVED_WITH_US = "resolved_with_us"
    """The same, with a person's signature on something of it, or with a person's answer or word at the end."""
    CLOSED_UNANSWERED = "closed_unanswered"
    """A person said that nothing is left to do, and no reply ever left: nobody knows what it did for the customer."""
    DRAFTED = "drafted"
    """A person read or signed the draft and it left; nobody has said whether it helped."""
    ANSWERED_ALONE = "answered_alone"
    """An answer left unread; nobody has said whether it helped."""
    HANDED_OVER = "handed_over"
    OPEN = "open"
    NOTHING_ASKED = "nothing_asked"


UNKNOWN = frozenset({Ending.DRAFTED, Ending.ANSWERED_ALONE})
"""Silence: neither a resolution nor a failure."""


def ending(life: Life) -> Ending:
    """What became of one case. Time alone never changes it for the better."""
    if life.status is CaseStatus.IGNORED:
        return Ending.NOTHING_ASKED
    if life.resolved_at is not None:
        if life.finished and not (life.first_answer or life.by_hand):
            return Ending.CLOSED_UNANSWERED
        alone = not (life.signed or life.handed or life.finished)
        return Ending.RESOLVED_ALONE if alone else Ending.RESOLVED_WITH_US
    if life.handed or life.status is CaseStatus.ESCALATED:
        return Ending.HANDED_OVER
    if life.status is CaseStatus.ANSWERED:
        return Ending.DRAFTED if life.signed else Ending.ANSWERED_ALONE
    return Ending.OPEN


def split(lives: Iterable[Life]) -> dict[Ending, int]:
    """How many cases came to what; every ending is there, with 0 when there is none."""
    counts = Counter(ending(life) for life in lives)
    return {each: counts[each] for each in Ending}
