"""How `countersign gate` does an effect: claimed in the ledger before, recorded after, as for every other signature.

So the ceilings of a person and the windows of the shop count what earlier runs did, and what a console signed counts
here. Whoever runs the gate holds the folder's lock: nobody else is doing the same effect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from agent.audit import AuditNote
from agent.case import ExecutionStatus
from agent.ledger import COUNTS, LedgerEntry, claimed_again, settled, succeeded
from agent.policy import PastEffect
from tools.errors import ActionRefused, Rejected, ToolError, Unavailable

if TYPE_CHECKING:
    from server.db.database import Database
    from tools.actions import Action
    from tools.ports import Receipt

_OWNER = "gate"


@dataclass(frozen=True)
class GateEffects:
    """Does one effect after the other. `apply` changes the store; `stopped` says who stopped what, or nothing."""

    database: Database
    apply: Callable[[Action, str, str], Receipt]
    stopped: Callable[[], str]
    now: datetime

    def __call__(self, effect: PastEffect) -> Receipt:
        """The proof of it, the first one when it was done before. Raises ToolError."""
        why = self.stopped()
        if why:
            raise Unavailable(f"{why}, so this was not done")
        known = self.database.ledger.get(effect.key)
        if known is not None and known.status is ExecutionStatus.SUCCEEDED:
            return self.apply(effect.action, effect.key, effect.approver)
        self._refuse_other_use(effect)
        self._note(effect)
        return self._done(self._claimed(effect, known), known)

    def _refuse_other_use(self, effect: PastEffect) -> None:
        """An id stands for one intent: once it had an effect, or may have had, it has no other one."""
        entries = self.database.ledger.of_case(effect.case_id)
        used = next((each for each in entries if each.key != effect.key and each.status in COUNTS), None)
        if used is not None:
            said = f"the id of this call was used for another call ({used.action.kind}) in an earlier run"
            raise Rejected(f"{said}, so nothing is done; give a new call a new id")

    def _note(self, effect: PastEffect) -> None:
        payload = {"key": effect.key, "kind": effect.action.kind, "approved_by": effect.approver}
        note = AuditNote(at=self.now, actor=effect.approver or _OWNER, event="gate.effect", payload={**payload})
        self.database.audit.append(note)

    def _claimed(self, effect: PastEffect, known: LedgerEntry | None) -> LedgerEntry:
        entry = LedgerEntry(
            key=effect.key,
            case_id=effect.case_id,
            action=effect.action,
            status=ExecutionStatus.PENDING,
            approved_by=effect.approver,
            claimed_at=self.now,
            owner=_OWNER,
            customer_id=effect.customer_id,
            amount=effect.amount,
        )
        entry = entry if known is None else claimed_again(known, entry)
        ledger = self.database.ledger
        if not (ledger.claim(entry) if known is None else ledger.swap(known, entry)):
            raise Unavailable("another process is doing this right now")
        return entry

    def _done(self, entry: LedgerEntry, known: LedgerEntry | None) -> Receipt:
        ledger = self.database.ledger
        try:
            receipt = self.apply(entry.action, entry.key, entry.approved_by)
        except Unavailable:
            _ = ledger.release(entry) if known is None else ledger.swap(entry, known)
            raise
        except ToolError as error:
            refused = isinstance(error, ActionRefused | Rejected)
            status = ExecutionStatus.FAILED if refused else ExecutionStatus.UNKNOWN
            ledger.swap(entry, settled(entry, status, self.now, str(error)))
            raise
        ledger.swap(entry, succeeded(entry, receipt, self.now, {}))
        return receipt
