"""Which switch holds a case back: a person's, for everything or its intent, or the loop breaker's for its customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.case import CaseStatus
from agent.switches import EVERYTHING, intent_scope, loop_scope, recipient_key, workflow_scope

if TYPE_CHECKING:
    from agent.repositories import CaseRecord
    from agent.switches import Switch
    from tools.helpdesk import Ticket

SUPPORT = "support"
"""The workflow of `agent.execution.Executor`, as switches name it."""


def scopes_of(record: CaseRecord, ticket: Ticket | None) -> tuple[str, ...]:
    """Every scope in which what this case would do next may be stopped, beside everything."""
    to = recipient_key(ticket.latest.sender or ticket.id) if ticket else ""
    return (workflow_scope(SUPPORT), intent_scope(record.intent), loop_scope(SUPPORT, to))


def stop_of(record: CaseRecord, ticket: Ticket | None, switches: Sequence[Switch]) -> Switch | None:
    """The switch at which a case stands still that was checked already; what is still being drafted goes on."""
    if record.status is not CaseStatus.WORKING or record.verdict is None:
        return None
    scopes = (EVERYTHING, *scopes_of(record, ticket))
    return next((each for each in switches if each.stopped and each.scope in scopes), None)
