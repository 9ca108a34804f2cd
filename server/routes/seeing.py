"""Finding what a caller asked for, when it is theirs to see: everything else is unknown, in the same words."""

from __future__ import annotations

from agent.approvals import ApprovalRequest
from agent.case import CaseStatus
from agent.record import case_id_of, new_record
from agent.repositories import CaseRecord
from server.auth.principal import Principal
from server.inbound import OWN
from server.problems import unknown
from server.service import Service
from tools.helpdesk import Ticket


def sees(who: Principal, record: CaseRecord) -> bool:
    """An embed token speaks about one ticket of one helpdesk; everybody else who reads, reads everything."""
    return not who.ticket or (who.helpdesk == record.helpdesk and who.ticket in (record.ticket_id, record.case_id))


def seen_case(service: Service, who: Principal, case_id: str) -> CaseRecord:
    """A case. One whose ticket came in and that nobody has begun with is new. Raises a Problem (404)."""
    record = service.database.cases.get(case_id) or _not_begun(service, case_id)
    if record is None or not sees(who, record):
        raise unknown("case", case_id)
    return record


def _not_begun(service: Service, case_id: str) -> CaseRecord | None:
    read = service.store.readers().helpdesk.ticket
    ticket = read(case_id) or read(case_id.removeprefix(f"{OWN}-"))
    if ticket is None or case_id_of(ticket) != case_id:
        return None
    return new_record(ticket, service.clock.now()).model_copy(update={"status": CaseStatus.NEW})


def seen_request(service: Service, who: Principal, request_id: str) -> ApprovalRequest:
    """A request for a signature. Raises a Problem (404)."""
    request = service.database.approvals.get(request_id)
    record = service.database.cases.get(request.case_id) if request else None
    if request is None or record is None or not sees(who, record):
        raise unknown("request", request_id)
    return request


def ticket_of_case(service: Service, record: CaseRecord) -> Ticket | None:
    """The conversation of a case, as the store of record has it."""
    return service.store.readers().helpdesk.ticket(record.ticket_id)
