"""The audit log: an append-only chain of hashes that shows the first entry somebody tampered with.

It holds ids, digests, amounts and who decided; never addresses, names of customers or the words of a message.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from enum import StrEnum

from pydantic import AwareDatetime, Field, JsonValue

from tools.commerce import Noun

GENESIS = "0" * 64
"""What the first entry points back to."""


class AuditNote(Noun):
    """Something worth keeping: who (`system` or a person id) did what. `payload` must be plain JSON."""

    at: AwareDatetime
    actor: str
    event: str
    case_id: str = ""
    payload: dict[str, JsonValue] = Field(default_factory=dict)


class AuditEntry(Noun):
    """A note in its place in the chain. `payload` is canonical JSON text, so that its bytes never change."""

    seq: int
    at: AwareDatetime
    actor: str
    event: str
    case_id: str
    payload: str
    prev_hash: str
    hash: str


class AuditHead(Noun):
    """How many entries there are and the hash of the last: kept apart, so that a cut-off tail shows."""

    count: int = 0
    hash: str = GENESIS


class Fault(StrEnum):
    """What is wrong with an entry."""

    EDITED = "edited"
    MISSING = "missing"
    OUT_OF_PLACE = "out of place"
    BROKEN_LINK = "broken link"
    TRUNCATED = "truncated"
    HEAD_CHANGED = "head changed"


class AuditReport(Noun):
    """What a check of the whole log found. `seq` names the first entry that is wrong."""

    ok: bool
    count: int
    head: str
    seq: int | None = None
    fault: Fault | None = None
    message: str


def canonical(payload: Mapping[str, JsonValue]) -> str:
    """The one way to write a payload: sorted keys, no spaces, ASCII. Raises ValueError for what JSON cannot hold."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(entry: AuditEntry) -> str:
    """sha256 over everything in the entry but its own hash."""
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [entry.seq, moment, entry.actor, entry.event, entry.case_id, entry.payload, entry.prev_hash]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def chain(head: AuditHead, note: AuditNote) -> AuditEntry:
    """The entry that comes after `head`."""
    entry = AuditEntry(
        seq=head.count + 1,
        at=note.at,
        actor=note.actor,
        event=note.event,
        case_id=note.case_id,
        payload=canonical(note.payload),
        prev_hash=head.hash,
        hash="",
    )
    return entry.model_copy(update={"hash": hash_of(entry)})


def head_after(entry: AuditEntry) -> AuditHead:
    """The head once `entry` is in the log."""
    return AuditHead(count=entry.seq, hash=entry.hash)


def verify(entries: Iterable[AuditEntry], head: AuditHead, noted: AuditHead | None = None) -> AuditReport:
    """Walk the log in order and name the first entry that was edited, deleted, inserted or moved, or a lost tail.

    `noted` is a head that was written down elsewhere before: it shows a log that was rewritten as a whole, which no
    chain can show by itself.
    """
    so_far = AuditHead()
    noted_hash = GENESIS if noted is None or noted.count == 0 else ""
    for entry in entries:
        fault = _fault(entry, so_far)
        if fault is not None:
            return _broken(so_far, entry, fault)
        so_far = head_after(entry)
        if noted is not None and entry.seq == noted.count:
            noted_hash = entry.hash
    return _ending(so_far, head) or _against(so_far, noted, noted_hash)


def _fault(entry: AuditEntry, so_far: AuditHead) -> Fault | None:
    if entry.seq > so_far.count + 1:
        return Fault.MISSING
    if entry.seq != so_far.count + 1:
        return Fault.OUT_OF_PLACE
    if entry.hash != hash_of(entry):
        return Fault.EDITED
    return Fault.BROKEN_LINK if entry.prev_hash != so_far.hash else None


_SAYS = {
    Fault.MISSING: "entry {seq} is missing",
    Fault.OUT_OF_PLACE: "an entry stands where entry {seq} should be (inserted or moved)",
    Fault.EDITED: "entry {seq} was changed after it was written",
    Fault.BROKEN_LINK: "entry {seq} does not follow the entry before it (inserted, moved or rewritten)",
    Fault.TRUNCATED: "entry {seq} and what came after it were cut off",
    Fault.HEAD_CHANGED: "entry {seq} is not the one that the head of the log names",
}


def _broken(so_far: AuditHead, entry: AuditEntry | None, fault: Fault) -> AuditReport:
    # A missing entry is the one that should have come; every other fault is the entry's own.
    seq = so_far.count + 1 if entry is None or fault in (Fault.MISSING, Fault.OUT_OF_PLACE) else entry.seq
    return AuditReport(
        ok=False, count=so_far.count, head=so_far.hash, seq=seq, fault=fault, message=_SAYS[fault].format(seq=seq)
    )


def _ending(so_far: AuditHead, head: AuditHead) -> AuditReport | None:
    if head.count > so_far.count:
        return _broken(so_far, None, Fault.TRUNCATED)
    if head == so_far:
        return None
    report = _broken(so_far, None, Fault.HEAD_CHANGED)
    seq = head.count + 1 if head.count < so_far.count else so_far.count
    return report.model_copy(update={"seq": seq, "message": _SAYS[Fault.HEAD_CHANGED].format(seq=seq)})


def _against(so_far: AuditHead, noted: AuditHead | None, found: str) -> AuditReport:
    if noted is not None and found != noted.hash:
        message = f"the log is whole, but it is not the one noted at entry {noted.count}: it was rewritten"
        return AuditReport(
            ok=False, count=so_far.count, head=so_far.hash, seq=noted.count, fault=Fault.HEAD_CHANGED, message=message
        )
    message = f"{so_far.count} entries, unbroken from the first to the last"
    return AuditReport(ok=True, count=so_far.count, head=so_far.hash, message=message)
