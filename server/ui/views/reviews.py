"""What the pages about reviews and incidents show. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.calibration import Reviewer
from agent.feedback import EditClass, IntentFeedback, Share
from agent.weekly import Item
from server.incidents import Incident
from server.ui.people import named, named_in
from server.ui.views.shell import Notice
from server.ui.views.status import Badge, badge
from server.ui.views.stopped import paused_says
from server.ui.words import age, moment, spoken


@dataclass(frozen=True, kw_only=True)
class WeekRow:
    """One case of the sample."""

    case_id: str
    about: str
    status: Badge
    why: tuple[str, ...]
    verdict: str
    note: str
    by: str


@dataclass(frozen=True, kw_only=True)
class FeedbackRow:
    """One intent. `counts` are in the order of the classes."""

    about: str
    counts: tuple[int, ...]
    of: int
    share: str


@dataclass(frozen=True, kw_only=True)
class ReviewerRow:
    """One reviewer."""

    person: str
    seeded: int
    caught: str
    between: str
    missed: str
    seconds: str
    reviews: int


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """One cause."""

    message: str
    kind: str
    owner: str
    since: str
    times: int
    cases: tuple[str, ...]
    open: bool
    ended: str


def week_rows(items: Sequence[Item]) -> tuple[WeekRow, ...]:
    """The sample, in its order."""
    return tuple(
        WeekRow(
            case_id=item.case.case_id,
            about=spoken(item.case.intent) or "not read yet",
            status=badge(item.case.status),
            why=tuple(named_in(each) for each in item.why),
            verdict=item.judged.verdict.value if item.judged else "",
            note=item.judged.note if item.judged else "",
            by=named(item.judged.by) if item.judged else "",
        )
        for item in items
    )


def feedback_rows(found: Sequence[IntentFeedback]) -> tuple[FeedbackRow, ...]:
    """By intent, the most used first."""
    return tuple(
        FeedbackRow(
            about=spoken(each.intent),
            counts=tuple(each.counts[kind] for kind in EditClass),
            of=each.unchanged.of,
            share=f"{_percent(each.unchanged.share)} ({between(each.unchanged)})",
        )
        for each in found
    )


def calibration_rows(found: Sequence[Reviewer]) -> tuple[ReviewerRow, ...]:
    """By reviewer, who missed most first."""
    return tuple(
        ReviewerRow(
            person=named(each.person),
            seeded=each.seeded,
            caught=_percent(each.caught.share) if each.seeded else "–",
            between=between(each.caught) if each.seeded else "",
            missed=", ".join(f"{spoken(fault.value)} {many}" for fault, many in each.missed_faults.items()),
            seconds="–" if each.seconds is None else f"{each.seconds:.0f} s",
            reviews=each.reviews,
        )
        for each in found
    )


def incident_rows(found: Sequence[Incident], now: datetime) -> tuple[IncidentRow, ...]:
    """What lasts first, then the newest."""
    ordered = sorted(found, key=lambda incident: (not incident.open, -incident.opened_at.timestamp()))
    return tuple(
        IncidentRow(
            message=paused_says(each.message),
            kind=spoken(each.kind),
            owner=named(each.owner),
            since=age(now - each.opened_at),
            times=each.times,
            cases=each.cases[:5],
            open=each.open,
            ended=f"{moment(each.closed_at)}: {each.closed_because}" if each.closed_at else "",
        )
        for each in ordered
    )


def incident_notices(standing: Sequence[Incident], now: datetime) -> tuple[Notice, ...]:
    """One quiet line while something lasts, whatever it is about; oldest first as given."""
    if not standing:
        return ()
    first, more = standing[0], len(standing) - 1
    since = age(now - first.opened_at)
    lasts = "has just begun" if since == "now" else f"has lasted for {since}"
    held = f", {len(first.cases)} case{'s' if len(first.cases) > 1 else ''} held up" if first.cases else ""
    others = f" {more} more last." if more > 1 else " 1 more lasts." if more else ""
    text = f"An incident {lasts}{held}: {_shortened(paused_says(first.message) or spoken(first.kind))}.{others}"
    return (Notice(kind="trouble", text=text, href="/incidents", link="See incidents"),)


def _shortened(text: str) -> str:
    flat = " ".join(text.split()).rstrip(".")
    return flat if len(flat) <= 100 else f"{flat[:99].rstrip()}…"


def between(share: Share) -> str:
    """`49 % to 94 %`: the 95 % interval."""
    return f"{_percent(share.low)} to {_percent(share.high)}"


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"
