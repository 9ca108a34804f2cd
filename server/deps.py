"""What routes ask for: the service, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from server.auth.principal import Principal, Scope
from server.problems import forbidden, unauthenticated
from server.service import Service


def service_of(request: Request) -> Service:
    """The parts of this process."""
    found: Service = request.app.state.service
    return found


def principal_of(request: Request) -> Principal:
    """Who is asking; looked up once for each request. Raises a Problem (401) when nobody proved anything."""
    known: Principal | None = getattr(request.state, "principal", None)
    who = known or service_of(request).gate.principal(request)
    if who is None:
        raise unauthenticated(given="authorization" in request.headers)
    request.state.principal = who
    return who


SCOPES: dict[object, tuple[str, ...]] = {}
"""Which scope each dependency asks for, for the OpenAPI document to say."""
_ABOUT_A_TICKET = (Scope.READ, Scope.DECIDE)
"""All that an embed token is good for."""


def needs(scope: Scope) -> Callable[[Request], Principal]:
    """A dependency that gives the principal, when it may do `scope`. Raises a Problem (401 or 403)."""

    def allowed(request: Request) -> Principal:
        who = principal_of(request)
        if not who.may(scope) or (who.ticket and scope not in _ABOUT_A_TICKET):
            raise forbidden(scope.value, who.comes_as)
        return who

    SCOPES[allowed] = (scope.value,)
    return allowed


def guarded(scope: Scope) -> Dependency:
    """For routers and routes that do not ask who it is, only whether they may."""
    return Depends(needs(scope))


def _inside(who: Annotated[Principal, Depends(needs(Scope.READ))]) -> Principal:
    if who.ticket:
        raise forbidden(Scope.READ.value, who.comes_as)
    return who


def _deciding_inside(who: Annotated[Principal, Depends(_inside)]) -> Principal:
    if not who.may(Scope.DECIDE):
        raise forbidden(Scope.DECIDE.value, who.comes_as)
    return who


SCOPES[_deciding_inside] = (Scope.DECIDE.value,)

Parts = Annotated[Service, Depends(service_of)]
Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Insider = Annotated[Principal, Depends(_inside)]
"""A reader who may see more than one ticket: nobody with an embed token."""
TicketBringer = Annotated[Principal, Depends(needs(Scope.TICKETS))]
Decider = Annotated[Principal, Depends(needs(Scope.DECIDE))]
"""Somebody who answers, an embed token included: a route that asks for it has to look at the ticket (`seen_case`)."""
InsideDecider = Annotated[Principal, Depends(_deciding_inside)]
"""Somebody who answers, about any case: nobody with an embed token."""
Operator = Annotated[Principal, Depends(needs(Scope.OPERATE))]
Administrator = Annotated[Principal, Depends(needs(Scope.ADMINISTER))]
