"""Volume, first response, resolution, reopened: what each counts is its docstring (rows K1, K2, K3, K6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.case import CaseStatus
from agent.limits.service import BusinessHours
from server.figures.hours import working_time
from server.figures.life import Life


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How long things took: median and the time within which nine of ten were done. `of`: how many were measured."""

    of: int
    out_of: int
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A share, with what it is a share of."""

    part: int
    whole: int


def asking(lives: Iterable[Life]) -> list[Life]:
    """Cases in which somebody asked something: automatic mail and plain thanks wait for nothing."""
    return [life for life in lives if life.status is not CaseStatus.IGNORED]


def volume(lives: Iterable[Life]) -> dict[str, int]:
    """Cases by intent, largest first. A case that is reopened is the same case, and is counted once."""
    counts = Counter(life.intent or "not read yet" for life in lives)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def first_response(lives: Sequence[Life], hours: BusinessHours) -> Spread:
    """From the ticket's arrival to the first answer, in opening hours. A notice that it arrived is no answer."""
    asked = asking(lives)
    took = [working_time(life.opened_at, life.first_answer, hours) for life in asked if life.first_answer]
    return spread(took, len(asked))


def resolution(lives: Sequence[Life]) -> Spread:
    """From the ticket's arrival to its last close, nights included. Coming back extends it; silence ends none."""
    asked = asking(lives)
    ended = [(life, life.resolved_at) for life in asked]
    return spread([at - life.opened_at for life, at in ended if at is not None], len(asked))


def reopened(lives: Iterable[Life]) -> Rate:
    """Of the cases that were over, how many came back within a week with more than thanks."""
    over = [life for life in asking(lives) if life.ended]
    return Rate(part=sum(life.reopened for life in over), whole=len(over))


def spread(took: Sequence[timedelta], out_of: int) -> Spread:
    """Median and p90: the smallest value that half, or nine tenths, do not exceed; the median of two is between."""
    if not took:
        return Spread(of=0, out_of=out_of)
    ordered = sorted(took)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Spread(of=len(ordered), out_of=out_of, median=median, p90=ordered[-(-len(ordered) * 9 // 10) - 1])
