"""`/api/v1/tickets`: bringing tickets and messages in. The same message twice is one message."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from server.deps import Parts, TicketBringer
from server.inbound import OWN, InboundMessage, InboundTicket, Source, message_of, ticket_of
from server.problems import Problem, conflict, unknown
from server.routes.errors import documented
from server.service import Service
from server.work import Received
from tools.helpdesk import Ticket

router = APIRouter(prefix="/tickets", tags=["tickets"])
_EXAMPLE: JsonValue = {
    "id": "5512",
    "helpdesk": "api",
    "subject": "Parcel",
    "message": {"id": "m-1", "text": "Where is my order #1042?", "sender": "mia@example.com"},
}


class TicketBody(InboundTicket):
    """A ticket from a system that holds an API key."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    helpdesk: Annotated[Source, Field(description="which system it is from; ids are unique within it")] = "api"


class Accepted(BaseModel):
    """What came of it. `fresh` is false when every message was known, and nothing happens."""

    ticket_id: Annotated[str, Field(examples=["api-5512"])]
    case_id: Annotated[str, Field(examples=["api-5512"])]
    fresh: bool


_ACCEPTED: dict[int | str, dict[str, object]] = {
    202: {
        "description": "Kept, and being worked on",
        "headers": {"Location": {"description": "The case", "schema": {"type": "string"}}},
    }
}


@router.post("", status_code=202, responses={**_ACCEPTED, **documented(409, 413, 422)})
def create(service: Parts, who: TicketBringer, body: TicketBody, response: Response) -> Accepted:
    """Bring a ticket in, or further messages of one. When this returns, they are kept and will be worked on."""
    if body.helpdesk == OWN:
        raise Problem(422, "invalid", "This name is taken", f"{OWN} is what came by e-mail or file; use another name.")
    _may_speak_for(service, body.helpdesk)
    # Whoever holds a key may say anything about a sender: only a signed source proves one.
    ticket = ticket_of(body, body.helpdesk, service.clock.now(), proves=False)
    return _accepted(receive(service, ticket), response)


@router.post("/{ticket_id}/messages", status_code=202, responses={**_ACCEPTED, **documented(404, 409, 413, 422)})
def append(
    service: Parts,
    who: TicketBringer,
    ticket_id: Annotated[str, Path(max_length=200, examples=["api-5512"])],
    body: InboundMessage,
    response: Response,
) -> Accepted:
    """Another message on a ticket that is there: of the customer, or of a colleague, who then has the ticket."""
    known = service.store.readers().helpdesk.ticket(ticket_id)
    if known is None:
        raise unknown("ticket", ticket_id)
    _may_speak_for(service, known.helpdesk)
    message = message_of(body, service.clock.now(), proves=False)
    return _accepted(receive(service, known.model_copy(update={"messages": (message,)})), response)


def receive(service: Service, ticket: Ticket) -> Received:
    """Hand a ticket to the work. Raises a Problem (409) when its id is that of another system's ticket."""
    known = service.store.readers().helpdesk.ticket(ticket.id)
    if known is not None and known.helpdesk != ticket.helpdesk:
        raise conflict("ticket-taken", "Another ticket has this id", f"{ticket.id} did not come from this system.")
    return service.work.receive(ticket)


def _may_speak_for(service: Service, helpdesk: str) -> None:
    """A key brings no words into a conversation whose system signs its own."""
    if helpdesk in service.settings.webhook_sources:
        raise Problem(
            403,
            "not-allowed",
            "You may not do this",
            f"Tickets of {helpdesk} come by its signed webhook, so no API key may write into them.",
        )


def _accepted(received: Received, response: Response) -> Accepted:
    response.headers["Location"] = f"/api/v1/cases/{received.case_id}"
    return Accepted(ticket_id=received.ticket_id, case_id=received.case_id, fresh=received.fresh)
