"""`/sample-helpdesk`, for the demo brand alone: a page like a helpdesk's, with the sidecar beside a ticket.

It shows how a helpdesk shows the frame: its backend asks for a token, its page speaks the contract of
`server/ui/SIDECAR.md`, and what a person sends by hand comes back as a message of the ticket.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field

from server.auth.principal import Principal
from server.deps import InsideDecider, Parts
from server.problems import Problem, unknown
from server.routes.embed import Token, TokenBody, token_for
from server.service import Service
from server.ui.views.case import name_of, title_of
from tools.helpdesk import Author, Ticket, TicketMessage

router = APIRouter(prefix="/sample-helpdesk", include_in_schema=False)
FOLDER = Path(__file__).resolve().parent.parent / "ui" / "sample_host"
FILES = {"host.js": "text/javascript", "host.css": "text/css"}
LISTED = 30


class ReplyBody(BaseModel):
    """What a person wrote in the composer."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=20_000)]


@lru_cache(maxsize=1)
def _pages() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)


def _demo(service: Service) -> None:
    """There is no such page in a shop of one's own."""
    if not service.demo:
        raise unknown("page", "sample-helpdesk")


@router.get("", response_class=HTMLResponse)
def host(
    request: Request, service: Parts, who: InsideDecider, ticket: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The sample page with one ticket, the newest when none is named."""
    _demo(service)
    listed = [_ticket(service, case.ticket_id) for case in service.database.cases.list(limit=LISTED)]
    names = {each.id: f"{name_of(each)}: {title_of(each)}" for each in listed}
    chosen = ticket or next(iter(names), "")
    found = _ticket(service, chosen) if chosen else None
    token = _token(service, who, found) if found else None
    context = {
        "ticket": found,
        "names": names,
        "frame": token.url if token else "",
        "origin": f"{request.url.scheme}://{request.headers.get('host', '')}",
        "csrf": who.csrf,
    }
    return HTMLResponse(_pages().get_template("host.html").render(context), headers={"Cache-Control": "no-store"})


@router.get("/files/{name}")
def file(service: Parts, name: str) -> Response:
    """The page's own script and style."""
    _demo(service)
    if name not in FILES:
        raise unknown("file", name)
    return FileResponse(FOLDER / name, media_type=FILES[name])


@router.post("/tickets/{ticket_id}/token")
def token(service: Parts, who: InsideDecider, ticket_id: str) -> dict[str, str]:
    """A fresh token for the frame, as a helpdesk's backend would get one with its key."""
    _demo(service)
    return {"token": _token(service, who, _ticket(service, ticket_id)).token}


@router.post("/tickets/{ticket_id}/reply")
def reply(service: Parts, who: InsideDecider, ticket_id: str, body: ReplyBody) -> dict[str, str]:
    """A person answers by hand: the helpdesk sends it, and tells Countersign as it tells of every message."""
    _demo(service)
    before, now = _ticket(service, ticket_id), service.clock.now()
    name = f"{ticket_id}-h{len(before.messages) + 1}"
    # Never before what it answers: on the demo brand's clock a second may not have passed.
    at = max(now, before.messages[-1].at)
    message = TicketMessage(
        id=name, author=Author.STAFF, sender=who.id, sender_name=who.name, at=at, text=body.text.strip() or "-"
    )
    service.work.receive(before.model_copy(update={"messages": (*before.messages, message)}))
    return {"message": name}


def _ticket(service: Service, ticket_id: str) -> Ticket:
    found = service.store.readers().helpdesk.ticket(ticket_id)
    if found is None:
        raise unknown("ticket", ticket_id)
    return found


def _token(service: Service, who: Principal, ticket: Ticket) -> Token:
    if service.database.accounts.get(who.id) is None:
        detail = "The sample helpdesk speaks for an account; sign in with one of the demo logins."
        raise Problem(403, "not-allowed", "You may not do this", detail)
    return token_for(service, who, TokenBody(helpdesk=ticket.helpdesk, ticket=ticket.id, agent=who.id))
