"""CaseWork, whoever does it: at once in the calling thread, or through the queue on SQLite and on Postgres."""

from __future__ import annotations

import threading

import pytest

from agent.approvals import DecisionKind
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.work import Decision
from tests.server.jobs.conftest import SmallDesk, until
from tests.server.jobs.crew import letter
from tests.tools.world import NOW
from tools.helpdesk import Author, Ticket, TicketMessage


def worked_on(small: SmallDesk, ticket: Ticket, turn: int = 1) -> CaseRecord:
    """The case, once it waits for a person."""

    def done() -> bool:
        case = small.office.database.cases.by_ticket(ticket.helpdesk, ticket.id)
        return case is not None and case.turn == turn and case.status is CaseStatus.AWAITING_REVIEW

    until(done)
    case = small.office.database.cases.by_ticket(ticket.helpdesk, ticket.id)
    assert case is not None
    return case


def approve(case: CaseRecord, by: str = "dana", key: str = "click-0001") -> Decision:
    return Decision(request_id=case.approval_id, kind=DecisionKind.APPROVE, by=by, key=key)


def replies(small: SmallDesk, ticket: Ticket) -> int:
    return len([sent for sent in small.office.store.readers().helpdesk.sent(ticket.id) if sent.kind == "reply"])


def test_what_came_in_is_worked_on_once(small: SmallDesk) -> None:
    ticket = letter(1)
    first, second = small.work.receive(ticket), small.work.receive(ticket)
    assert (first.fresh, second.fresh) == (True, False)
    assert worked_on(small, ticket).case_id == first.case_id
    assert len(small.office.database.cases.list()) == 1
    assert small.work.queue().failed == 0


def test_of_two_people_one_decides_and_the_same_click_hears_the_same_answer(small: SmallDesk) -> None:
    ticket = letter(1)
    small.work.receive(ticket)
    case = worked_on(small, ticket)
    assert small.work.decide(approve(case)).status == "answered"
    late = small.work.decide(approve(case, "noor"))
    assert late.why == "AlreadyDecided"
    assert "dana" in late.refused.lower()
    assert small.work.decide(approve(case, key="click-0002")).why == "AlreadyDecided"
    assert small.work.decide(approve(case)).status == "answered"
    assert replies(small, ticket) == 1


def test_an_answer_to_nothing_and_one_without_a_reason_are_refused(small: SmallDesk) -> None:
    ticket = letter(1)
    small.work.receive(ticket)
    case = worked_on(small, ticket)
    unknown = approve(case).model_copy(update={"request_id": "ap-0000000000"})
    assert small.work.decide(unknown).why == "UnknownRequest"
    assert small.work.decide(approve(case, "nobody")).why == "UnknownPerson"
    plain = approve(case).model_copy(update={"kind": DecisionKind.REJECT})
    assert small.work.decide(plain).why == "ReasonMissing"
    assert small.work.decide(plain.model_copy(update={"reason": "not so", "key": "click-0003"})).status == "rejected"
    assert replies(small, ticket) == 0


def test_messages_of_one_ticket_are_one_case_and_the_newest_counts(small: SmallDesk) -> None:
    first, second = letter(1), letter(1, message=2)
    small.work.receive(first)
    asked = worked_on(small, first)
    assert small.work.receive(second).case_id == asked.case_id
    case = worked_on(small, first, turn=2)
    assert (case.message_id, len(small.office.database.cases.list())) == (second.messages[0].id, 1)
    assert small.work.decide(approve(asked)).why == "StaleDigest"
    assert small.work.decide(approve(case, key="click-0002")).status == "answered"


@pytest.mark.system("U8")
def test_a_colleague_who_answers_elsewhere_silences_the_assistant_until_released(small: SmallDesk) -> None:
    ticket = letter(1)
    small.work.receive(ticket)
    case = worked_on(small, ticket)
    said = TicketMessage(id="s-1", author=Author.STAFF, sender="noor@shop.example", at=NOW, text="I have it.")
    small.work.receive(ticket.model_copy(update={"messages": (said,)}))
    cases = small.office.database.cases
    until(lambda: (found := cases.get(case.case_id)) is not None and found.status is CaseStatus.ESCALATED)
    assert small.work.decide(approve(case)).why == "StaleDigest"
    assert small.work.release(case.case_id, "noor")
    assert small.work.again(case.case_id, "noor")
    assert worked_on(small, ticket).with_person == ""
    assert small.work.take_over(case.case_id, "noor", "a friend of mine")
    assert not small.work.again("case-unknown", "noor")
    until(lambda: (found := cases.get(case.case_id)) is not None and "noor took it over" in found.with_person)
    assert small.work.finish(case.case_id, "noor", "spoke to her", seen=1)
    until(lambda: (found := cases.get(case.case_id)) is not None and found.status is CaseStatus.RESOLVED)
    assert not small.work.finish("case-unknown", "noor")


def test_first_messages_of_one_ticket_that_come_at_once_are_all_kept(small: SmallDesk) -> None:
    several, tickets = 4, range(20, 28)
    ready = threading.Barrier(several)

    def deliver(message: int) -> None:
        for number in tickets:
            ready.wait()
            small.office.store.append(letter(number, message))

    threads = [threading.Thread(target=deliver, args=(message,)) for message in range(several)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    helpdesk = small.office.store.readers().helpdesk
    kept = [helpdesk.ticket(f"k-{number}") for number in tickets]
    assert [len(ticket.messages) for ticket in kept if ticket] == [several] * len(tickets)
