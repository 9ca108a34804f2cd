"""`/webhooks/{source}`: tickets from any helpdesk or automation that can sign what it sends."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, Field, ValidationError

from server.db.deliveries import Delivery
from server.deps import Parts, service_of
from server.inbound import InboundTicket, ticket_of
from server.problems import Problem
from server.routes.errors import documented
from server.routes.measures import Metrics, measures_of
from server.routes.tickets import receive
from server.service import Service
from server.webhook import MOST_BYTES, DeliveryOutcome, content_of, in_time, proven, signed_content, whole
from tools.helpdesk import Ticket

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InboundTicket"}}},
    }
}


_WHEN = "Always sent: the seconds since 1970 of the moment of sending."
_SIGNED = "Always sent: `v1=` and the hex HMAC-SHA256 of `TIMESTAMP.BODY` under the secret of the source."
_NAMED = "Names this delivery, so that it counts once; without it, its content does."


class Delivered(BaseModel):
    """What came of a delivery. A duplicate changed nothing; `fresh` is false when every message was known."""

    outcome: Annotated[DeliveryOutcome, Field(examples=["accepted"])]
    ticket_id: Annotated[str, Field(examples=["zendesk-5512"])]
    case_id: str
    fresh: bool


async def limited(request: Request) -> bytes:
    """The body, read no further than it may be long. Raises a Problem (413)."""
    declared = request.headers.get("content-length", "0")
    found = bytearray()
    if declared.isdecimal() and int(declared) <= MOST_BYTES:
        async for chunk in request.stream():
            found += chunk
            if len(found) > MOST_BYTES:
                break
        if len(found) <= MOST_BYTES:
            return bytes(found)
    name = str(request.path_params.get("source", ""))
    raise _refusal(measures_of(request), _known(service_of(request), name), DeliveryOutcome.OVERSIZED)


class Envelope(BaseModel):
    """What the headers say."""

    timestamp: str
    signature: str
    delivery: str


def envelope(
    timestamp: Annotated[str, Header(alias="X-Countersign-Timestamp", max_length=20, description=_WHEN)] = "",
    signature: Annotated[str, Header(alias="X-Countersign-Signature", max_length=400, description=_SIGNED)] = "",
    delivery: Annotated[
        str,
        Header(alias="X-Countersign-Delivery", max_length=120, pattern=r"^[!-~]*$", description=_NAMED),
    ] = "",
) -> Envelope:
    """The headers of a delivery."""
    return Envelope(timestamp=timestamp, signature=signature, delivery=delivery)


@router.post(
    "/{source}",
    status_code=202,
    openapi_extra=_BODY,
    responses={
        200: {"model": Delivered, "description": "It came before, and nothing happened"},
        **documented(401, 409, 413, 422, 429, 503),
    },
)
def deliver(
    request: Request,
    service: Parts,
    source: Annotated[str, Path(max_length=60, examples=["zendesk"])],
    body: Annotated[bytes, Depends(limited)],
    sent: Annotated[Envelope, Depends(envelope)],
    response: Response,
) -> Delivered:
    """Take in a ticket or new messages of one. Answered once both are kept; the same delivery again is `duplicate`."""
    metrics = measures_of(request)
    _prove(service, metrics, source, sent, body)
    delivery = Delivery(
        source=source,
        delivery_id=sent.delivery or f"content-{content_of(body)}",
        signature=signed_content(sent.timestamp, body),
        content=content_of(body),
    )
    before = service.database.deliveries.like(delivery)
    if before is not None:
        _same(metrics, delivery, before)
        return _told(metrics, response, DeliveryOutcome.DUPLICATE, before, fresh=False)
    ticket = _ticket(service, metrics, source, body)
    try:
        received = receive(service, ticket)
    except Problem:
        metrics.delivered(source, DeliveryOutcome.CONFLICT)
        raise
    # Only now: what was not taken in must be taken in when it is sent again.
    kept = delivery._replace(ticket_id=received.ticket_id, case_id=received.case_id)
    first = service.database.deliveries.keep(kept, service.wall.now())
    outcome = DeliveryOutcome.ACCEPTED if first else DeliveryOutcome.DUPLICATE
    return _told(metrics, response, outcome, kept, fresh=received.fresh)


def _prove(service: Service, metrics: Metrics, source: str, sent: Envelope, body: bytes) -> None:
    secrets = service.settings.webhook_sources.get(source, ())
    if not proven(secrets, sent.timestamp, body, sent.signature):
        raise _refusal(metrics, _known(service, source), DeliveryOutcome.FORGED)
    if not in_time(sent.timestamp, service.wall.now()):
        ours = int(service.wall.now().timestamp())
        detail = f"Sign with the seconds since 1970 of the moment of sending; here it is {ours}."
        raise _refusal(metrics, source, DeliveryOutcome.STALE, detail)


def _same(metrics: Metrics, delivery: Delivery, before: Delivery) -> None:
    if before.delivery_id == delivery.delivery_id and before.content == delivery.content:
        return
    other = before.delivery_id == delivery.delivery_id
    raise _refusal(metrics, delivery.source, DeliveryOutcome.CONFLICT if other else DeliveryOutcome.REPLAYED)


def _ticket(service: Service, metrics: Metrics, source: str, body: bytes) -> Ticket:
    try:
        inbound = InboundTicket.model_validate_json(whole(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refusal(
            metrics,
            source,
            DeliveryOutcome.MALFORMED,
            f"{place}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ")[:300],
        ) from None
    return ticket_of(inbound, source, service.clock.now(), proves=source in service.settings.proving)


_SAYS = {
    DeliveryOutcome.FORGED: (401, "The signature is not that of this source"),
    DeliveryOutcome.STALE: (401, "The timestamp is more than five minutes away from ours"),
    DeliveryOutcome.REPLAYED: (409, "Exactly this was signed and delivered before, under another delivery id"),
    DeliveryOutcome.CONFLICT: (409, "Another content was delivered under this delivery id"),
    DeliveryOutcome.OVERSIZED: (413, f"The body has more than {MOST_BYTES:,} bytes"),
    DeliveryOutcome.MALFORMED: (422, "The body is not a ticket as it is documented"),
}


_HINTS = {
    DeliveryOutcome.FORGED: "X-Countersign-Signature is v1= and the hex HMAC-SHA256 of TIMESTAMP.BODY under the secret "
    "of this source: the timestamp of X-Countersign-Timestamp, a full stop, and the very bytes that are sent.",
    DeliveryOutcome.REPLAYED: "Send the same delivery again under its own id, or sign anew what is new.",
    DeliveryOutcome.CONFLICT: "Each delivery needs an id of its own; the same id means the same bytes.",
    DeliveryOutcome.OVERSIZED: "Send the newest messages alone: what came before is kept.",
}
"""What to do about it; the same for a source that is not known."""


def _refusal(metrics: Metrics, source: str, outcome: DeliveryOutcome, detail: str = "") -> Problem:
    """Why a delivery is not taken in, counted."""
    metrics.delivered(source, outcome)
    status, title = _SAYS[outcome]
    return Problem(status, outcome.value, title, detail or _HINTS.get(outcome, ""))


def _known(service: Service, source: str) -> str:
    """The source as a label: nobody fills the metrics with names of their own."""
    return source if source in service.settings.webhook_sources else "unknown"


def _told(
    metrics: Metrics, response: Response, outcome: DeliveryOutcome, delivery: Delivery, *, fresh: bool
) -> Delivered:
    metrics.delivered(delivery.source, outcome)
    response.status_code = 202 if outcome is DeliveryOutcome.ACCEPTED else 200
    response.headers["Location"] = f"/api/v1/cases/{delivery.case_id}"
    return Delivered(outcome=outcome, ticket_id=delivery.ticket_id, case_id=delivery.case_id, fresh=fresh)
