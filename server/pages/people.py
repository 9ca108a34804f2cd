"""`/people`: who may come in, for admins. What the command line and the API do as well, through the same `Team`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from agent.limits import Role
from server.auth.accounts import AccountRefused
from server.auth.passwords import TooBusy, random_password
from server.auth.principal import Principal
from server.auth.team import Newcomer, Team
from server.db.places import Place
from server.deps import Administrator, Parts
from server.pages.shell import page, see
from server.paging import Cursor, page_of, place_of
from server.problems import Problem
from server.ui.views.people import person_line, roles

router = APIRouter(prefix="/people")
PEOPLE = 50
Change = Literal["role", "disable", "enable", "password"]


@router.get("")
def people(request: Request, service: Parts, who: Administrator, cursor: Cursor = "") -> Response:
    """Accounts by id."""
    return _page(request, service, who, cursor=cursor)


@router.post("")
def add(
    request: Request,
    service: Parts,
    who: Administrator,
    name: Annotated[str, Form(max_length=100)],
    email: Annotated[str, Form(max_length=254)],
    role: Annotated[Role, Form()],
) -> Response:
    """Let somebody in, with a password that this answer shows and nothing else ever does."""
    given = random_password()
    new = Newcomer(email=email, name=name, role=role, password=given)
    refused = _tried(lambda: Team.of(service).add(new, who.id))
    if refused:
        return _page(request, service, who, wrong=refused, typed=(name, email, role.value), status=422)
    return _page(request, service, who, made=(name.strip(), given))


@router.post("/{account_id}")
def change(
    request: Request,
    service: Parts,
    who: Administrator,
    account_id: str,
    does: Annotated[Change, Form()],
    role: Annotated[Role | None, Form()] = None,
) -> Response:
    """Another role, disabled and back, or a new password; it counts from their next request."""
    team, found = Team.of(service), service.database.accounts.get(account_id)
    if found is None or found.id == who.id:
        said = "There is no such account." if found is None else "Your own account is changed under Your account."
        return _page(request, service, who, wrong=said, status=422)
    if does == "password":
        given: list[str] = []
        refused = _tried(lambda: given.append(team.give_password(account_id, who.id)))
        made = (found.name, given[0]) if given else ("", "")
        return _page(request, service, who, wrong=refused, made=made, status=422 if refused else 200)
    if does == "role":
        refused = _tried(lambda: team.set_role(account_id, role or found.role, who.id))
    else:
        refused = _tried(lambda: team.set_disabled(account_id, who.id, disabled=does == "disable"))
    return (
        _page(request, service, who, wrong=refused, status=422)
        if refused
        else see(f"/people?who={quote(account_id)}", does)
    )


def _tried(change: Callable[[], object]) -> str:
    """Do it; why not, when it cannot be. Raises a Problem (503) when too many passwords are made at once."""
    try:
        change()
    except AccountRefused as refused:
        said = str(refused).removesuffix("; `countersign people list` shows them")
        return f"{said[:1].upper()}{said[1:]}."
    except TooBusy as busy:
        raise Problem(503, "busy", "Busy", str(busy), headers={"Retry-After": "5"}) from None
    return ""


def _page(
    request: Request,
    service: Parts,
    who: Principal,
    *,
    cursor: str = "",
    wrong: str = "",
    made: tuple[str, str] = ("", ""),
    typed: tuple[str, str, str] = ("", "", Role.AGENT.value),
    status: int = 200,
) -> Response:
    place = place_of(cursor)
    found = service.database.accounts.list(PEOPLE + 1, place.id if place else "")
    shown, more = page_of(found, PEOPLE, lambda last: Place(0, last.id))
    answer = page(
        request, "people.html", "People", who, section="settings", status=status,
        people=[person_line(each, who.id) for each in shown], roles=roles(service.limits), made=made, typed=typed,
        wrong=wrong, older=f"/people?cursor={more}" if more else "", provider=bool(service.settings.oidc_issuer),
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer
