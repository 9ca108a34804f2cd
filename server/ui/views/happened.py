"""What happened in a case, as sentences, and how far a run has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.approvals.request import DecisionKind
from agent.case import CaseStatus
from agent.record import OPEN
from agent.repositories import CaseEvent, CaseRecord
from server.ui.people import named, named_in
from server.ui.views.stopped import paused_says
from server.ui.words import share, spoken

STAGES = (
    ("classified", "Read"),
    ("looked_up", "Looked up"),
    ("proposed", "Drafted"),
    ("checked", "Checked"),
)
_DID = {
    DecisionKind.APPROVE: "signed",
    DecisionKind.MODIFY: "changed it",
    DecisionKind.REJECT: "said no",
    DecisionKind.ESCALATE: "handed it over",
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of the timeline. `tone`: plain, person, good, wrong."""

    at: datetime
    says: str
    more: str = ""
    tone: str = "plain"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step of a run. `state`: done, now or next."""

    key: str
    name: str
    state: str


def timeline(events: Sequence[CaseEvent], asked: Sequence[ApprovalRequest]) -> tuple[Happening, ...]:
    """Everything that happened, newest first; what a later run of the case repeats is said once."""
    found = [line for event in events if (line := _said(event)) is not None]
    found += [line for request in asked if (line := _answered(request)) is not None]
    seen: set[tuple[str, str]] = set()
    lines: list[Happening] = []
    for line in sorted(found, key=lambda each: each.at):
        if (line.says, line.more) not in seen or line.tone == "person":
            lines.append(line)
        seen.add((line.says, line.more))
    return tuple(reversed(lines))


def forgotten(record: CaseRecord, events: Sequence[CaseEvent]) -> bool:
    """Whether a case that has ended was read, and the event that says so is not kept any more."""
    ended = record.status not in (CaseStatus.NEW, *OPEN)
    return ended and record.classification is not None and all(event.kind != "classified" for event in events)


def _answered(request: ApprovalRequest) -> Happening | None:
    decision = request.decision
    if decision is not None:
        says = f"{named(decision.by)} ({decision.role.value}) {_DID[decision.kind]}"
        return Happening(at=decision.at, says=says, more=decision.reason, tone="person")
    if request.status is ApprovalStatus.EXPIRED and request.settled_at:
        return Happening(at=request.settled_at, says="Nobody answered in time, so the answer is no", tone="wrong")
    return None


def _said(event: CaseEvent) -> Happening | None:
    body = event.body
    told: Mapping[str, tuple[str, str, str]] = {
        "classified": (f"Read as {spoken(_text(body, 'intent'))}, {_share(body)} sure", "", "plain"),
        "looked_up": (f"Looked up {_many(body, 'evidence')} facts; sender {_text(body, 'identity')}", "", "plain"),
        "proposed": (f"Drafted by playbook {spoken(_text(body, 'playbook'))}", spoken(_text(body, "branch")), "plain"),
        "checked": (f"Checked: {spoken(_text(body, 'verdict'))}", _listed(body, "rules"), "plain"),
        "executed": (_executed(body), "", "good" if _text(body, "status") == "succeeded" else "wrong"),
        "waiting": ("Waits for a person", "", "plain"),
        "paused": ("Paused", paused_says(_text(body, "why")), "wrong"),
        "failed": ("Failed", _text(body, "why"), "wrong"),
        "closed": (f"Ended: {spoken(_text(body, 'status'))}", "", "plain"),
        "alert": ("Somebody has to know", _text(body, "message"), "wrong"),
        "sign_off_wanted": (f"{_person(body)} asked for a signature", "", "person"),
        "taken": ("With a person", named_in(_text(body, "why")), "person"),
        "finished": ("Done", named_in(_text(body, "why")), "good"),
        "given_back": (f"{_person(body)} gave it back", "", "person"),
    }
    if event.kind not in told:
        return None
    says, more, tone = told[event.kind]
    return Happening(at=event.at, says=says, more=more, tone=tone)


def _text(body: Mapping[str, JsonValue], name: str) -> str:
    value = body.get(name)
    return "" if value is None else str(value)


def _person(body: Mapping[str, JsonValue]) -> str:
    return named(_text(body, "by"))


def _share(body: Mapping[str, JsonValue]) -> str:
    value = body.get("confidence")
    return share(float(value)) if isinstance(value, int | float) else "not"


def _many(body: Mapping[str, JsonValue], name: str) -> int:
    value = body.get(name)
    return len(value) if isinstance(value, list) else 0


def _listed(body: Mapping[str, JsonValue], name: str) -> str:
    value = body.get(name)
    return ", ".join(str(each) for each in value) if isinstance(value, list) else ""


def _executed(body: Mapping[str, JsonValue]) -> str:
    by = f", signed by {_person(body)}" if _person(body) else ""
    status = _text(body, "status")
    done = "Done" if status == "succeeded" else spoken(status).capitalize()
    return f"{done}: {spoken(_text(body, 'kind'))}{by}"


def stages(record: CaseRecord, events: Sequence[CaseEvent]) -> tuple[Stage, ...]:
    """How far the run has come that goes on now: by the row, and by events that are newer than the row."""
    reached = {event.kind for event in events if event.at >= record.updated_at}
    parts = (record.classification, record.investigation, record.proposal, record.verdict)
    done = [part is not None or key in reached for (key, _), part in zip(STAGES, parts, strict=True)]
    first = done.index(False) if False in done else len(done)
    return tuple(
        Stage(key=key, name=name, state="done" if done[at] else "now" if at == first else "next")
        for at, (key, name) in enumerate(STAGES)
    )
