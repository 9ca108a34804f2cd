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
    """Who is asking. Raises a Problem (401) when nobody proved anything."""
    who = service_of(request).gate.principal(request)
    if who is None:
        raise unauthenticated()
    return who


def needs(scope: Scope) -> Callable[[Request], Principal]:
    """A dependency that gives the principal, when it may do `scope`. Raises a Problem (401 or 403)."""

    def allowed(request: Request) -> Principal:
        who = principal_of(request)
        if not who.may(scope):
            raise forbidden(scope.value, who.role.value)
        return who

    return allowed


def guarded(scope: Scope) -> Dependency:
    """For routers and routes that do not ask who it is, only whether they may."""
    return Depends(needs(scope))


Parts = Annotated[Service, Depends(service_of)]
Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Decider = Annotated[Principal, Depends(needs(Scope.DECIDE))]
Operator = Annotated[Principal, Depends(needs(Scope.OPERATE))]
Administrator = Annotated[Principal, Depends(needs(Scope.ADMINISTER))]
