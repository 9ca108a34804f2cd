"""DurableWork: CaseWork through the queue. What it has said yes to happens, whatever dies meanwhile."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.approvals import UnknownRequest
from agent.case import CaseStatus
from agent.record import case_id_of, new_record
from agent.repositories import CaseEvent, CaseRecord
from server.jobs.kinds import AGAIN, ANSWER, FINISH, RELEASE, TAKE_OVER, WORK
from server.jobs.queue import CaseQueue, Job, RunFailed
from server.work import Decision, Outcome, QueueState, Received
from tools.store.local import LocalStore, Transaction

if TYPE_CHECKING:
    from pydantic import JsonValue

    from agent.deps import Clock
    from server.db.database import Database
    from server.feed import EventFeed
    from server.jobs.runs import Runs
    from tools.helpdesk import Ticket


@dataclass(frozen=True, kw_only=True)
class DurableWork:
    """CaseWork over the database. `patience`: seconds that a caller waits for what comes of it."""

    store: LocalStore
    database: Database
    queue_of_cases: CaseQueue
    runs: Runs
    feed: EventFeed
    clock: Clock
    patience: float = 4.0

    def receive(self, ticket: Ticket) -> Received:
        """As in CaseWork. The ticket, its case, its event and its run are one commit."""
        fresh = self.store.append(ticket, self._arrived)
        if fresh:
            self.feed.wake()
        return Received(ticket_id=ticket.id, case_id=case_id_of(ticket), fresh=fresh)

    def _arrived(self, transaction: Transaction, ticket: Ticket) -> None:
        from server.db.arrivals import arrived

        now = self.clock.now()
        case = new_record(ticket, now).model_copy(update={"status": CaseStatus.NEW})
        self.queue_of_cases.put_within(transaction, work_on(ticket))
        arrived(transaction, case, received(case, ticket))

    def decide(self, decision: Decision) -> Outcome:
        """As in CaseWork."""
        request = self.database.approvals.get(decision.request_id)
        if request is None:
            return Outcome(refused=str(UnknownRequest(decision.request_id)), why=UnknownRequest.__name__)
        name = f"{ANSWER}:{request.case_id}:{request.id}:{decision.by}:{decision.key}"
        payload = decision.model_dump(mode="json")
        self.queue_of_cases.put(Job(kind=ANSWER, case_id=request.case_id, id=name, payload=payload))
        try:
            came = self.queue_of_cases.result(name, self.patience)
        except RunFailed as error:
            return Outcome(case_id=request.case_id, refused=str(error), why=RunFailed.__name__)
        finally:
            self.feed.wake()
        if not isinstance(came, dict) or "case_id" not in came:
            return Outcome(case_id=request.case_id)
        return Outcome.model_validate(came)

    def again(self, case_id: str, by: str) -> bool:
        """As in CaseWork."""
        return self._asked(AGAIN, case_id, by)

    def release(self, case_id: str, by: str) -> bool:
        """As in CaseWork."""
        return self._asked(RELEASE, case_id, by)

    def take_over(self, case_id: str, by: str, reason: str = "") -> bool:
        """As in CaseWork."""
        return self._asked(TAKE_OVER, case_id, by, reason)

    def finish(self, case_id: str, by: str, reason: str = "", seen: int | None = None) -> bool:
        """As in CaseWork."""
        return self._asked(FINISH, case_id, by, reason, seen)

    def queue(self) -> QueueState:
        """As in CaseWork."""
        return self.runs.queue()

    def _asked(self, kind: str, case_id: str, by: str, reason: str = "", seen: int | None = None) -> bool:
        if self.database.cases.get(case_id) is None:
            return False
        name = f"{kind}:{case_id}:{uuid.uuid4().hex[:12]}"
        payload: dict[str, JsonValue] = {"by": by, "reason": reason, "seen": seen}
        self.queue_of_cases.put(Job(kind=kind, case_id=case_id, id=name, payload=payload))
        self.queue_of_cases.result(name, self.patience)
        self.feed.wake()
        return True


def work_on(ticket: Ticket) -> Job:
    """The run for the newest message there is, whoever wrote it: a colleague's reply makes the assistant silent."""
    name = f"{WORK}:{case_id_of(ticket)}:{ticket.messages[-1].id}"
    return Job(kind=WORK, case_id=case_id_of(ticket), id=name, payload={"ticket_id": ticket.id})


def received(case: CaseRecord, ticket: Ticket) -> CaseEvent:
    """That something came in."""
    newest = ticket.messages[-1]
    body = {"message": newest.id, "author": newest.author.value, "messages": len(ticket.messages)}
    return CaseEvent(case_id=case.case_id, at=case.updated_at, kind="received", body={**body})
