"""Replies that may leave unread: when the limits change that, the audit log says since when and who answers for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from agent.audit import AuditNote

if TYPE_CHECKING:
    from pathlib import Path

    from agent.limits import PolicyLimits
    from server.container import Parts

FILE = "autonomy.json"
"""What was logged last."""


def log_autonomy(parts: Parts) -> None:
    """Log each intent whose replies go out unread from now on, or no longer do. Costs nothing when nothing changed."""
    path = parts.settings.data / FILE
    before, after = _logged(path), unread_intents(parts.limits)
    if before == after:
        return
    for intent in sorted(before.keys() | after.keys()):
        if before.get(intent) != after.get(intent):
            owner = after.get(intent, "")
            event = "autonomy.on" if owner else "autonomy.off"
            note = AuditNote(
                at=parts.clock.now(), actor=owner or "system", event=event, payload={"intent": intent, "owner": owner}
            )
            parts.database.audit.append(note)
    path.write_text(json.dumps(after) + "\n", encoding="utf-8")


def unread_intents(limits: PolicyLimits) -> dict[str, str]:
    """Intent to the person who answers for its replies; empty when a person reads every reply first."""
    found = {intent: limits.replies.owner_of(intent) for intent in limits.replies.auto_intents}
    if limits.replies.queue_notice is not None:
        found["queue_notice"] = limits.replies.queue_notice.owner
    return {intent: owner for intent, owner in found.items() if owner}


def _logged(path: Path) -> dict[str, str]:
    """An unreadable note counts as none: then it is logged once more, rather than not at all."""
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, str]", found) if isinstance(found, dict) else {}
