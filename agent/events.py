"""What happened in a case, as live views, the audit trail and evals read it: one event per stage that was reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from agent.case import CaseStatus
from agent.promises import Alert
from agent.repositories import CaseEvent, CaseRecord

KINDS = (
    *("received", "classified", "looked_up", "found", "proposed", "checked", "decided", "executed"),
    *("waiting", "paused", "failed", "closed", "alert", "taken", "given_back"),
)
"""In order of appearance; a case that goes on after a decision repeats the later ones. The last three come any time."""


def events_of(record: CaseRecord, *, told: bool = False) -> Sequence[CaseEvent]:
    """The events of one run of a case, oldest first; how it ended alone when the stages were `told` already."""
    stages = [_end(record)] if told else _told(record)
    return [CaseEvent(case_id=record.case_id, at=record.updated_at, kind=kind, body=body) for kind, body in stages]


def alert_event(alert: Alert) -> CaseEvent:
    """What a person has to know now, kept with its case."""
    body: dict[str, JsonValue] = {"key": alert.key, "about": alert.kind, "message": alert.message}
    return CaseEvent(case_id=alert.case_id, at=alert.at, kind="alert", body=body)


def _told(record: CaseRecord) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    said, known, proposal, verdict = record.classification, record.investigation, record.proposal, record.verdict
    if said is not None:
        yield "classified", {"intent": said.intent, "confidence": said.confidence, "language": said.language}
    if known is not None:
        yield "looked_up", {"identity": known.identity.level.value, "evidence": [item.id for item in known.evidence]}
    if proposal is not None:
        actions: list[JsonValue] = [action.kind for action in proposal.actions]
        yield "proposed", {"playbook": proposal.playbook, "branch": proposal.branch, "actions": actions}
    if verdict is not None:
        rules: list[JsonValue] = [*sorted({v.rule for v in verdict.every_violation()})]
        yield "checked", {"verdict": verdict.verdict.value, "rules": rules}
    for done in record.executions:
        yield "executed", {"kind": done.action.kind, "status": done.status.value, "by": done.approved_by}
    yield _end(record)


def _end(record: CaseRecord) -> tuple[str, dict[str, JsonValue]]:
    if record.status is CaseStatus.WORKING:
        return "paused", {"why": record.outcome}
    if record.status is CaseStatus.FAILED:
        return "failed", {"why": record.outcome}
    if record.status.value.startswith("awaiting"):
        return "waiting", {"request": record.approval_id, "for": record.status.value}
    return "closed", {"status": record.status.value}
