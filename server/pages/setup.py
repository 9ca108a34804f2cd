"""The first admin: a page that opens with the link in the terminal, once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from server.auth.accounts import AccountRefused
from server.auth.cookies import visit_of
from server.auth.door import FrontDoor
from server.auth.passwords import TooBusy
from server.auth.setup import make_first_admin, opens
from server.auth.team import Team
from server.deps import Parts
from server.pages.login import must_come_from_here, welcome
from server.pages.shell import page, see
from server.problems import Problem

router = APIRouter()


@router.get("/setup")
def ask(request: Request, service: Parts, token: str = "") -> Response:
    """The form, when the link counts; else where to find one."""
    if service.database.accounts.any():
        return see("/login")
    return _form(request, token, good=opens(Team.of(service), token))


@router.post("/setup")
def make(
    request: Request,
    service: Parts,
    token: Annotated[str, Form(max_length=200)] = "",
    email: Annotated[str, Form(max_length=254)] = "",
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Make the first admin and sign them in."""
    must_come_from_here(request, service)
    team = Team.of(service)
    if not opens(team, token):
        return _form(request, "", good=False, status=403)
    try:
        account = make_first_admin(team, token, email, name, password)
    except AccountRefused as refused:
        return _form(request, token, good=True, email=email, name=name, wrong=str(refused), status=422)
    except TooBusy as busy:
        raise Problem(503, "busy", "Busy", str(busy), headers={"Retry-After": "5"}) from None
    came = FrontDoor.of(service).enter(account, "setup", visit_of(request, service.settings))
    return welcome(request, service, came, "/")


def _form(
    request: Request,
    token: str,
    *,
    good: bool,
    email: str = "",
    name: str = "",
    wrong: str = "",
    status: int = 200,
) -> Response:
    said = f"{wrong[:1].upper()}{wrong[1:]}"
    return page(
        request, "setup.html", "Set up", None, status=status, token=token, good=good, email=email, name=name, wrong=said
    )
