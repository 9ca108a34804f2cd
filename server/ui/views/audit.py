"""The audit log as a table: who did what to which case, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue, TypeAdapter

from agent.audit import AuditEntry
from server.ui.people import named
from server.ui.words import priced, spoken


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry, with what its payload says in words and the payload itself."""

    seq: int
    at: datetime
    who: str
    id: str
    """Of `who`, where that is a name."""
    what: str
    case_id: str
    says: str
    payload: str
    hash: str


_PAYLOAD = TypeAdapter(dict[str, JsonValue])
_SAID = (
    *("kind", "kinds", "amount", "decision", "status", "required_role", "scope", "reason", "role", "due_at"),
    *("account", "through"),
)


def entries(found: Sequence[AuditEntry]) -> tuple[Entry, ...]:
    """Lines of the table."""
    return tuple(
        Entry(
            seq=each.seq,
            at=each.at,
            who=named(each.actor),
            id=each.actor if named(each.actor) != each.actor else "",
            what=event_says(each.event),
            case_id=each.case_id,
            says=says(each.payload),
            payload=each.payload,
            hash=each.hash[:16],
        )
        for each in found
    )


def kinds_of(events: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Value and name of each kind to filter by: first what belongs together, then each by itself."""
    groups = {event.partition(".")[0] + "." for event in events}
    found = [(group, f"all: {_GROUPS.get(group) or spoken(group[:-1])}") for group in sorted(groups)]
    return (*found, *sorted(((event, event_says(event)) for event in events), key=lambda each: each[1]))


_GROUPS = {
    "approval.": "sign-offs",
    "effect.": "effects",
    "switch.": "stops",
    "login.": "sign-ins",
    "logout.": "sign-outs",
}
_CALLED = {
    "approval.awaiting": "signature asked for",
    "approval.executing": "signed",
    "approval.executed": "signed and done",
    "approval.rejected": "rejected",
    "approval.superseded": "no longer asked",
    "approval.expired": "nobody signed in time",
    "effect.claimed": "effect begun",
    "effect.succeeded": "effect done",
    "switch.stopped": "stopped",
    "switch.resumed": "started again",
    "effect.failed": "effect failed",
    "effect.unknown": "effect not confirmed",
    "effect.released": "effect tried anew",
    "login.ok": "signed in",
    "login.failed": "sign-in refused",
    "logout.everywhere": "signed out everywhere",
    "account.made": "account made",
    "account.password": "password changed",
    "account.role": "role changed",
    "account.disabled": "account disabled",
    "account.enabled": "account enabled again",
    "account.linked": "account linked",
    "key.made": "key made",
    "key.revoked": "key revoked",
    "case.taken_over": "taken over",
    "case.released": "given back",
    "case.finished": "finished by a person",
    "case.again": "worked on anew",
    "run.retried": "run tried again",
    "knowledge.added": "knowledge added",
}


def event_says(event: str) -> str:
    """`signature asked for` of `approval.awaiting`: the interface's words for the log's names."""
    return _CALLED.get(event) or spoken(event.replace(".", " ")).replace("approval", "sign-off")


def says(payload: str) -> str:
    """What a payload holds, in a few words; what is no JSON is shown as it is."""
    try:
        found = _PAYLOAD.validate_json(payload)
    except ValueError:
        return payload[:120]
    told = [_text(name, found[name]) for name in _SAID if found.get(name)]
    return spoken(" · ".join(dict.fromkeys(told)))[:160]


def _text(name: str, value: JsonValue) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if name == "amount":
        return priced(said)
    return named(said) if name == "account" else "everything" if (name, said) == ("scope", "*") else said
