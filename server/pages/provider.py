"""Signing in through the identity provider: there and back again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from server.auth.accounts import Account
from server.auth.cookies import is_https, own_origin, visit_of
from server.auth.door import NOBODY, FrontDoor
from server.auth.oidc import LASTS, Begun, Provider, ProviderRefused
from server.auth.sealed import Sealed
from server.auth.team import Team
from server.auth.throttle import blurred
from server.auth.tokens import same
from server.auth.vouching import account_of
from server.deps import Parts
from server.pages.login import refused_page, welcome
from server.pages.shell import back_to, see
from server.problems import unknown
from server.service import Service

router = APIRouter(prefix="/login/provider")
COOKIE = "countersign_leaving"
_Word = Annotated[str, Query(max_length=2_000)]


@router.get("")
def leave(request: Request, service: Parts, next: _Word = "/") -> Response:  # noqa: A002 - the name in the address
    """To the provider, with what we have to remember in a cookie that only we can have written."""
    provider, begun = _provider(service), Begun.new(back_to(next))
    try:
        address = provider.leave(begun, _back(request, service))
    except ProviderRefused as refused:
        return _refused(request, service, refused, begun.next)
    answer = RedirectResponse(address, 303)
    https = is_https(request, service.settings)
    path, age = router.prefix, int(LASTS.total_seconds())
    sealed = _sealed(service).seal(begun.model_dump())
    answer.set_cookie(COOKIE, sealed, max_age=age, path=path, httponly=True, samesite="lax", secure=https)
    return answer


@router.get("/back")
def back(request: Request, service: Parts, code: _Word = "", state: _Word = "") -> Response:
    """From the provider: whoever it vouches for comes in, when it is the browser that left."""
    provider = _provider(service)
    try:
        begun = _begun(request, service, state)
    except ProviderRefused as refused:
        if service.gate.principal(request) is not None:
            return see("/")
        return _forget(_refused(request, service, refused))
    try:
        account = _account(request, service, provider, begun, code)
    except ProviderRefused as refused:
        return _forget(_refused(request, service, refused, begun.next))
    came = FrontDoor.of(service).enter(account, "provider", visit_of(request, service.settings))
    return _forget(welcome(request, service, came, back_to(begun.next)))


def _account(request: Request, service: Service, provider: Provider, begun: Begun, code: str) -> Account:
    if not code:
        raise ProviderRefused("no-code", "The identity provider did not let you in.")
    vouched = provider.back(begun, code, _back(request, service), service.wall.now())
    return account_of(vouched, provider, Team.of(service))


def _begun(request: Request, service: Service, state: str) -> Begun:
    said = _sealed(service).opened(request.cookies.get(COOKIE, ""), LASTS)
    try:
        begun = Begun.model_validate(said)
    except ValidationError:
        raise ProviderRefused("state", "This sign-in took too long or began elsewhere. Try again.") from None
    if not same(begun.state, state):
        raise ProviderRefused("state", "This sign-in took too long or began elsewhere. Try again.")
    return begun


def _provider(service: Service) -> Provider:
    provider = Provider.of(service.settings)
    if provider is None:
        raise unknown("identity provider", "here")
    return provider


def _back(request: Request, service: Service) -> str:
    return f"{own_origin(request, service.settings)}{router.prefix}/back"


def _sealed(service: Service) -> Sealed:
    return Sealed(database=service.database, wall=service.wall, name="leaving")


def _refused(request: Request, service: Service, refused: ProviderRefused, address: str = "/") -> Response:
    visit = visit_of(request, service.settings)
    said = {"through": "provider", "why": refused.kind, "from": blurred(visit.address)}
    FrontDoor.of(service).note(NOBODY, "login.failed", {**said})
    return refused_page(request, str(refused), 503 if refused.kind == "unreachable" else 403, address)


def _forget(answer: Response) -> Response:
    answer.delete_cookie(COOKIE, path=router.prefix)
    return answer
