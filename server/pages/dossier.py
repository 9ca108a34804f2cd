"""Everything that is read about one case, in one place, so that the views stay pure."""

from __future__ import annotations

from collections.abc import Mapping

from agent.approvals import ApprovalRequest
from agent.approvals.names import Names, names_of
from agent.case import Violation
from agent.history import AskedHistory, LedgerHistory
from agent.limits import Person
from agent.objections import Objections
from agent.policy.facts import longest_memory
from agent.policy.question import block
from agent.repositories import CaseRecord
from server.auth.people import find_person, signers
from server.auth.principal import Principal, Scope
from server.calibrating import shown_to
from server.pages.paid_back import back_to, paid_back
from server.problems import unknown
from server.service import Service
from server.stops import stop_of
from server.ui.views.dossier import Dossier, Shop
from server.ui.views.effects import button_says, title_says
from server.ui.views.signing import Says, Signing, left_today, may_cover, signing_view
from tools.actions import RefundOrder
from tools.commerce import Order
from tools.money import Money
from tools.ports import Readers

EARLIER = 8
ASKED = 12
"""People whose own limits are looked at, to name who may sign; what they have left is read for each."""


def dossier_of(service: Service, case_id: str, who: Principal) -> Dossier:
    """Read it all. Raises a Problem (404) when there is no such case."""
    record, readers = service.database.cases.get(case_id), service.store.readers()
    ticket = readers.helpdesk.ticket(record.ticket_id) if record else None
    if record is None or ticket is None or (who.ticket and who.ticket != record.ticket_id):
        raise unknown("case", case_id)
    asked = service.database.approvals.list(None, case_id)
    request = next((each for each in asked if each.awaiting), None)
    if request is not None and not who.ticket and who.may(Scope.DECIDE):
        record, request = shown_to(service, record, request, who.id)
    names, methods = case_names(record, readers), methods_of(request, readers) if request else {}
    back = paid_back(request, readers) if request else {}
    return Dossier(
        record=record,
        ticket=ticket,
        sent=readers.helpdesk.sent(ticket.id),
        request=request,
        asked=asked,
        names=names,
        methods=methods,
        paid_back=back,
        signing=signing_of(service, request, who, names, methods, back) if request else None,
        shop=_shop(record, readers),
        earlier=_earlier(service, record),
        events=service.database.events.read(case_id=case_id, limit=2_000),
        now=service.clock.now(),
        stop=stop_of(record, ticket, service.database.switches.all()),
    )


def case_names(record: CaseRecord, readers: Readers) -> Names:
    """What the orders, lines and people are called that the proposal and what was done touch."""
    asked = record.proposal.effects(record.ticket_id) if record.proposal else ()
    options = [
        action for option in (record.proposal.alternatives if record.proposal else ()) for action in option.actions
    ]
    return names_of([*asked, *options, *(execution.action for execution in record.executions)], readers)


def methods_of(request: ApprovalRequest, readers: Readers) -> dict[str, str]:
    """Where the money of each refund and cancellation goes, as the customer knows it: `Visa ·1881`, by fingerprint."""
    found = back_to(request, readers)
    for action in request.effects:
        order = readers.orders.order(action.order_id) if isinstance(action, RefundOrder) else None
        if isinstance(action, RefundOrder) and order is not None:
            customer = readers.customers.customer(order.customer_id)
            method = customer.method(action.method_id or order.payment_method_id) if customer else None
            found[action.fingerprint()] = method.label() if method else "the original payment method"
    return found


def person_of(service: Service, who: Principal) -> Person | None:
    """The person who signs as `who`: with an account by it, else as limits.yaml has them."""
    return find_person(service.limits, service.database.accounts, command_line=True)(who.id)


def signing_of(
    service: Service,
    request: ApprovalRequest,
    who: Principal,
    names: Names,
    methods: Mapping[str, str],
    back: Mapping[str, Money],
) -> Signing:
    """What `who` is told before they sign: whether they may, and what their limits leave."""
    limits, now, person = service.limits, service.clock.now(), person_of(service, who)
    against = _against(service, request, who)
    past = _history(service).done.past_effects(now - longest_memory(limits), request.customer_id, request.case_id)
    left = left_today(person, past, limits, now, request.amount) if request.gives_value else ""
    people = signers(limits, list(service.database.accounts.list())) or list(limits.people)
    able = may_cover(people, request.required_role)
    others = [each for each in able[:ASKED] if not _said_against(service, request, each)] if against else able
    says = Says(does=button_says(request, methods, names, back), title=title_says(request, names))
    return signing_view(request, says, against, left, others, list(back.values()))


def may_sign(service: Service, request: ApprovalRequest, who: Principal) -> bool:
    """Whether nothing speaks against this person's signature."""
    return not _against(service, request, who)


def _against(service: Service, request: ApprovalRequest, who: Principal) -> tuple[Violation, ...]:
    person = person_of(service, who)
    if person is None or not who.may(Scope.DECIDE):
        said = "Your account may not sign; somebody with the role agent or above has to."
        return (block("signer.role", said),)
    return _said_against(service, request, person)


def _said_against(service: Service, request: ApprovalRequest, person: Person) -> tuple[Violation, ...]:
    known = find_person(service.limits, service.database.accounts, command_line=True)
    objections = Objections(limits=service.limits, history=_history(service), person=known)
    return tuple(objections.ruled(request, person, service.clock.now()))


def _history(service: Service) -> AskedHistory:
    done = LedgerHistory(ledger=service.database.ledger, limits=service.limits)
    return AskedHistory(done=done, approvals=service.database.approvals)


def _shop(record: CaseRecord, readers: Readers) -> Shop:
    order = _order(record, readers)
    customer_id = record.customer_id or (order.customer_id if order else "")
    return Shop(
        customer=readers.customers.customer(customer_id) if customer_id else None,
        order=order,
        shipments=readers.orders.shipments(order.id) if order else (),
        refunds=readers.orders.refunds(order.id) if order else (),
        returns=readers.orders.returns(order.id) if order else (),
    )


def _order(record: CaseRecord, readers: Readers) -> Order | None:
    """The order that was looked up, else the one that the message names; nobody may have proved that it is theirs."""
    found = record.investigation.find("order") if record.investigation else None
    if found is not None:
        return readers.orders.order(str(found.fields["id"]))
    named = record.classification.references.order_numbers if record.classification else ()
    return readers.orders.order_by_number(named[0]) if named else None


def _earlier(service: Service, record: CaseRecord) -> list[CaseRecord]:
    found = service.database.cases.of_customer(record.customer_id, EARLIER + 1)
    return [case for case in found if case.case_id != record.case_id][:EARLIER]
