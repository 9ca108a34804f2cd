"""The audit log as a table: who did what to which case, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue, TypeAdapter

from agent.audit import AuditEntry
from server.ui.words import spoken


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry, with what its payload says in words and the payload itself."""

    seq: int
    at: datetime
    who: str
    what: str
    case_id: str
    says: str
    payload: str
    hash: str


_PAYLOAD = TypeAdapter(dict[str, JsonValue])
_SAID = ("kind", "kinds", "amount", "decision", "status", "required_role", "scope", "reason", "role", "due_at")


def entries(found: Sequence[AuditEntry]) -> tuple[Entry, ...]:
    """Lines of the table."""
    return tuple(
        Entry(
            seq=each.seq,
            at=each.at,
            who=each.actor,
            what=event_says(each.event),
            case_id=each.case_id,
            says=says(each.payload),
            payload=each.payload,
            hash=each.hash[:16],
        )
        for each in found
    )


def event_says(event: str) -> str:
    """`sign-off awaiting` of `approval.awaiting`: the interface's words for the log's names."""
    return spoken(event.replace(".", " ")).replace("approval", "sign-off")


def says(payload: str) -> str:
    """What a payload holds, in a few words; what is no JSON is shown as it is."""
    try:
        found = _PAYLOAD.validate_json(payload)
    except ValueError:
        return payload[:120]
    named = [_text(found[name]) for name in _SAID if found.get(name)]
    return spoken(" · ".join(dict.fromkeys(named)))[:160]


def _text(value: JsonValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
