"""How each workflow does (row K24): runs, failures, decisions, effects and time saved. The totals are the run log's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from server.figures.life import Answer, Life

BY_HAND = timedelta(minutes=5)
"""What we take writing a reply by hand for: an assumption, shown with every figure that rests on it."""
READING = timedelta(minutes=1)
"""And reading a draft before it leaves."""


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """One workflow, called by what its messages are about. `saved` rests on BY_HAND and READING."""

    name: str
    cases: int
    runs: int
    failures: int
    approved: int
    edited: int
    rejected: int
    effects: int
    replies: int
    """That went out, not counting notices: without any there is nothing to save time with."""
    saved: timedelta


def workflows(lives: Iterable[Life]) -> list[Workflow]:
    """Every workflow, the one with most runs first."""
    grouped: dict[str, list[Life]] = defaultdict(list)
    for life in lives:
        grouped[life.intent or "not read yet"].append(life)
    found = [workflow(name, members) for name, members in grouped.items()]
    return sorted(found, key=lambda each: (-each.runs, each.name))


def workflow(name: str, lives: Iterable[Life]) -> Workflow:
    """The sums of some cases under one name; over all of them: the totals."""
    members = list(lives)
    return Workflow(
        name=name,
        cases=len(members),
        runs=sum(life.runs for life in members),
        failures=sum(life.failures for life in members),
        approved=sum(life.approved for life in members),
        edited=sum(life.edited for life in members),
        rejected=sum(life.rejected for life in members),
        effects=sum(life.effects for life in members),
        replies=sum(len(_replies(life)) for life in members),
        saved=sum((saved(life) for life in members), timedelta(0)),
    )


def _replies(life: Life) -> list[Answer]:
    return [answer for answer in life.answers if not answer.notice]


def saved(life: Life) -> timedelta:
    """A reply that nobody had to write, less reading it; one that was edited saves nothing."""
    replies = _replies(life)
    kept = max(0, len(replies) - life.edited)
    return kept * BY_HAND - sum((READING for answer in replies[:kept] if answer.by), timedelta(0))


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Of the drafts that people let go or changed, how many left as they were."""

    unchanged: int
    of: int


def kept(counts: Mapping[str, Mapping[str, int]]) -> Kept:
    """From counts of edit classes by intent (`agent.feedback.EditClass`)."""
    return Kept(
        unchanged=sum(classes.get("unchanged", 0) for classes in counts.values()),
        of=sum(sum(classes.values()) for classes in counts.values()),
    )
