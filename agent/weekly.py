"""The weekly look back: cases drawn at random, and every one that something speaks against (row B16). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.approvals.request import ApprovalRequest, DecisionKind
from agent.case import CaseStatus
from agent.feedback import EditClass, Feedback
from agent.repositories import CaseRecord
from tools.commerce import Identifier, Noun

_SPOILED = (EditClass.MAJOR, EditClass.DISCARDED)


class Verdict(StrEnum):
    """What a lead says about a case that the week put before them."""

    GOOD = "good"
    WEAK_DRAFT = "weak_draft"
    FALSE_POSITIVE = "false_positive"
    BAD_ESCALATION = "bad_escalation"
    OTHER = "other"


class Flag(Noun):
    """Somebody says that something is wrong with a case."""

    id: Identifier
    case_id: Identifier
    person: Identifier
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    at: AwareDatetime


class Judged(Noun):
    """A lead's verdict on a case of a week."""

    week: str
    case_id: Identifier
    verdict: Verdict
    note: Annotated[str, Field(max_length=2_000)] = ""
    by: Identifier
    at: AwareDatetime


class Item(Noun):
    """One case of the sample: why it is in it (nothing: drawn at random), and the verdict, when there is one."""

    case: CaseRecord
    why: tuple[str, ...] = ()
    judged: Judged | None = None


def week_of(moment: datetime) -> str:
    """`2026-W47`: ISO weeks, in UTC."""
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def bounds_of(week: str) -> tuple[datetime, datetime]:
    """From Monday 00:00 UTC to the next. Raises ValueError for what is no week."""
    year, _, number = week.partition("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    start = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    return start, start + timedelta(days=7)


def flag_id(case_id: str, person: str, at: datetime) -> str:
    """One word of one person at one moment."""
    return "fl-" + hashlib.sha256(f"{case_id}\n{person}\n{at.isoformat()}".encode()).hexdigest()[:16]


def drawn(case_ids: Iterable[str], week: str, many: int) -> list[str]:
    """`many` cases, the same for everybody who asks about this week; nobody can choose them."""
    return sorted(case_ids, key=lambda name: hashlib.sha256(f"{week}\n{name}".encode()).digest())[:many]


def against(
    case: CaseRecord, requests: Sequence[ApprovalRequest], feedback: Sequence[Feedback], flags: Sequence[Flag]
) -> tuple[str, ...]:
    """What speaks against a case, in words; empty when nothing does."""
    found = [f"{flag.person} flagged it: {flag.reason}" for flag in flags]
    found += [_refused(request) for request in requests if _is_refused(request)]
    found += [_edited(each) for each in feedback if each.edit.kind in _SPOILED]
    if case.status is CaseStatus.FAILED:
        found.append(f"it failed: {case.outcome}")
    if case.given_back_at is not None:
        found.append("it was handed to a person, who gave it back")
    if case.status is CaseStatus.IGNORED and case.turn > 1:
        found.append("it was taken for automatic mail, and they wrote again")
    return tuple(dict.fromkeys(found))


def _is_refused(request: ApprovalRequest) -> bool:
    return request.decision is not None and request.decision.kind in (DecisionKind.REJECT, DecisionKind.ESCALATE)


def _refused(request: ApprovalRequest) -> str:
    decided = (
        "refused the draft" if request.decision and request.decision.kind is DecisionKind.REJECT else "handed it on"
    )
    return f"{request.decided_by} {decided}: {request.reason or 'no reason given'}"


def _edited(feedback: Feedback) -> str:
    if feedback.edit.kind is EditClass.DISCARDED:
        return f"{feedback.person} threw the draft away"
    return f"{feedback.person} changed much of the draft"


def items(
    cases: Mapping[str, CaseRecord], why: Mapping[str, tuple[str, ...]], judged: Mapping[str, Judged]
) -> list[Item]:
    """The sample as a lead reads it: what was flagged first, what has no verdict yet before what has one."""
    found = [Item(case=case, why=why.get(name, ()), judged=judged.get(name)) for name, case in cases.items()]
    return sorted(found, key=lambda item: (item.judged is not None, not item.why, item.case.case_id))
