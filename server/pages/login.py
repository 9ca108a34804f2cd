"""Signing in and out."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from agent.limits import Role
from server.auth.cookies import from_elsewhere, let_in, let_out, token_of, visit_of
from server.auth.door import Entered, FrontDoor, Refused
from server.auth.gate import CsrfMissing
from server.auth.passwords import TooBusy
from server.deps import Parts, principal_of, service_of
from server.pages.shell import back_to, page, see, wants_page
from server.problems import Problem
from server.service import Service

router = APIRouter()
WRONG = "That e-mail and password do not belong together, or the account is disabled."


@router.get("/login")
def ask(request: Request, service: Parts, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The form; whoever is signed in is let through."""
    if service.gate.principal(request) is not None:
        return see(back_to(next))
    if not service.database.accounts.any():
        return see("/setup")
    return _form(request, next)


@router.post("/login")
def sign_in(
    request: Request,
    service: Parts,
    email: Annotated[str, Form(max_length=254)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    next: Annotated[str, Form(max_length=2_000)] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Let somebody in, with a session that begins now; the answer to a wrong password tells nothing."""
    must_come_from_here(request, service)
    try:
        came = FrontDoor.of(service).sign_in(email, password, visit_of(request, service.settings))
    except TooBusy as busy:
        raise Problem(503, "busy", "Busy", str(busy), headers={"Retry-After": "5"}) from None
    if isinstance(came, Refused):
        return _refused(request, service, came, email, next)
    return welcome(request, service, came, next)


@router.post("/logout")
def sign_out(request: Request, service: Parts) -> Response:
    """End this session."""
    principal_of(request)
    FrontDoor.of(service).sign_out(token_of(request, service.settings))
    answer = see("/login", "out")
    let_out(answer, request, service.settings)
    return answer


def must_come_from_here(request: Request, service: Parts) -> None:
    """A form that begins a session carries no token yet: the browser has to say that a page of ours sent it.

    Raises CsrfMissing.
    """
    if from_elsewhere(request, service.settings):
        raise CsrfMissing("Open Countersign itself and sign in there.")


def welcome(request: Request, service: Parts, came: Entered, address: str) -> Response:
    """To where they wanted to go, with the cookie of the new session."""
    answer = see(back_to(address))
    let_in(answer, came.token, request, service.settings)
    return answer


def _refused(request: Request, service: Service, came: Refused, email: str, address: str) -> Response:
    if came.until is None:
        return _form(request, address, email=email, wrong=WRONG, status=403)
    problem = too_many(request, service, came.until)
    answer = _form(request, address, email=email, wrong=str(problem), status=problem.status)
    answer.headers.update(problem.headers)
    return answer


def too_many(request: Request, service: Service, until: datetime) -> Problem:
    """Why no password is looked at before `until`, for the form to say. Raised for a program, which reads no form."""
    seconds = max(1, math.ceil((until - service.wall.now()).total_seconds()))
    minutes = max(1, round(seconds / 60))
    said = f"Too many attempts. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
    problem = Problem(429, "too-many-attempts", "Too many attempts", said, headers={"Retry-After": str(seconds)})
    if not wants_page(request):
        raise problem
    return problem


def refused_page(request: Request, wrong: str, status: int, address: str) -> Response:
    """The form again, with what went wrong, on the way to `address`."""
    return _form(request, address, wrong=wrong, status=status)


def _form(request: Request, address: str, *, email: str = "", wrong: str = "", status: int = 200) -> Response:
    service = service_of(request)
    demo = _demo_people(service)
    lead = next((each["email"] for each in demo if each["role"] == Role.LEAD), "")
    known = {
        "next": back_to(address),
        "email": email or lead,
        "wrong": wrong,
        "provider": bool(service.settings.oidc_issuer),
    }
    return page(request, "login.html", "Sign in", None, status=status, login=known, demo=demo)


def _demo_people(service: Service) -> list[dict[str, str]]:
    """Whom the terminal shows passwords for; of a real shop nobody is told who has an account."""
    if not service.demo:
        return []
    return [{"role": each.role.value, "email": each.email} for each in service.limits.people if each.email]
