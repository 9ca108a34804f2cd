"""The audit log and the switches in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import RLock

from agent.audit import AuditEntry, AuditHead, AuditNote, chain, head_after
from agent.switches import EVERYTHING, Switch
from agent.trail import switch_note


class InMemoryAudit:
    """`agent.repositories.AuditLog`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._entries: list[AuditEntry] = []
        self._head = AuditHead()

    def append(self, note: AuditNote) -> AuditEntry:
        """As in the port."""
        with self._lock:
            entry = chain(self._head, note)
            self._entries.append(entry)
            self._head = head_after(entry)
            return entry

    def entries(self, after: int = 0, limit: int | None = None) -> Iterable[AuditEntry]:
        """As in the port."""
        with self._lock:
            return list(self._entries[after : None if limit is None else after + limit])

    def head(self) -> AuditHead:
        """As in the port."""
        return self._head


class InMemorySwitches:
    """`agent.repositories.SwitchBoard`."""

    def __init__(self, audit: InMemoryAudit) -> None:
        self._lock = RLock()
        self._audit = audit
        self._switches: dict[str, Switch] = {}

    def set(self, switch: Switch) -> None:
        """As in the port."""
        with self._lock:
            self._switches[switch.scope] = switch
            self._audit.append(switch_note(switch))

    def trip(self, switch: Switch) -> bool:
        """As in the port."""
        with self._lock:
            known = self._switches.get(switch.scope)
            if known is not None and known.stopped:
                return False
            self.set(switch)
            return True

    def stopped(self, scopes: Sequence[str]) -> Switch | None:
        """As in the port."""
        found = (self._switches.get(scope) for scope in (EVERYTHING, *scopes))
        return next((switch for switch in found if switch is not None and switch.stopped), None)

    def all(self) -> Sequence[Switch]:
        """As in the port."""
        return [self._switches[scope] for scope in sorted(self._switches)]
