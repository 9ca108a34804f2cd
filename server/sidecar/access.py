"""Who looks through a frame, and at which case: the ticket of their token, and nothing else."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

from fastapi import Depends, Request

from agent.repositories import CaseRecord
from server.auth.principal import How, Principal, Scope
from server.deps import principal_of, service_of
from server.problems import Problem, forbidden, unknown
from server.service import Service
from tools.helpdesk import Ticket


@runtime_checkable
class OpensFrames(Protocol):
    """A gate that knows embed tokens: `server.auth.gate.AccountGate`."""

    def embedded(self, given: str) -> Principal | None:
        """Whom a token stands for; None when it does not count."""
        ...


def ended() -> Problem:
    """The token is forged, too old, or of somebody who may no longer sign in: the same words for all of them."""
    return Problem(
        401, "embed-ended", "This view has ended", "Open the ticket again in your helpdesk: it gets a new token.",
        headers={"WWW-Authenticate": "Bearer"},
    )  # fmt: skip


def framed(request: Request, ticket: str, token: str) -> Principal:
    """Who the token of the frame's address stands for. Raises a Problem: 401 for no good token, 404 for its ticket."""
    gate = service_of(request).gate
    who = gate.embedded(token) if isinstance(gate, OpensFrames) else gate.principal(request)
    if who is None or who.how is not How.EMBED:
        raise ended()
    if not who.may(Scope.READ):
        raise forbidden(Scope.READ.value, who.comes_as)
    if ticket not in names_of_ticket(who):
        raise unknown("ticket", ticket)
    return who


def names_of_ticket(who: Principal) -> tuple[str, ...]:
    """What the ticket of a token may be called: by the helpdesk's own id, or by ours, which names the helpdesk."""
    return (who.ticket, who.ticket.removeprefix(f"{who.helpdesk}-"))


def _visitor(request: Request) -> Principal:
    who = principal_of(request)
    if who.how is not How.EMBED or not who.ticket:
        raise ended()
    if not who.may(Scope.READ):
        raise forbidden(Scope.READ.value, who.comes_as)
    return who


def _acting(who: Annotated[Principal, Depends(_visitor)]) -> Principal:
    if not who.may(Scope.DECIDE):
        raise forbidden(Scope.DECIDE.value, who.comes_as)
    return who


Visitor = Annotated[Principal, Depends(_visitor)]
"""Somebody in a frame, who reads."""
Acting = Annotated[Principal, Depends(_acting)]
"""Somebody in a frame, who may answer."""


def stored_ticket(service: Service, helpdesk: str, ticket: str) -> Ticket | None:
    """The ticket of a helpdesk, by its own id or by ours; None when it has not arrived."""
    read = service.store.readers().helpdesk.ticket
    for name in (ticket, f"{helpdesk}-{ticket}"):
        found = read(name)
        if found is not None and found.helpdesk == helpdesk:
            return found
    return None


def own_name(service: Service, helpdesk: str, ticket: str) -> str:
    """What a ticket is called here, also before it has arrived: outside ids carry their helpdesk."""
    found = stored_ticket(service, helpdesk, ticket)
    if found is not None:
        return found.id
    return ticket if helpdesk == "local" or ticket.startswith(f"{helpdesk}-") else f"{helpdesk}-{ticket}"


def case_of(service: Service, who: Principal) -> CaseRecord | None:
    """The case of the token's ticket; None before anybody has begun with it."""
    return service.database.cases.by_ticket(who.helpdesk, who.ticket)


def known_case(service: Service, who: Principal) -> CaseRecord:
    """The same. Raises a Problem (404) when there is none."""
    record = case_of(service, who)
    if record is None:
        raise unknown("case", who.ticket)
    return record
