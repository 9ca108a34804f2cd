"""One's own account: password, sessions, keys. Only with a session: a key cannot make another key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from server.auth.accounts import AccountRefused
from server.auth.cookies import let_in, token_of, visit_of
from server.auth.door import FrontDoor, Refused
from server.auth.passwords import TooBusy
from server.auth.principal import GRANTED, How, Principal, Scope
from server.auth.team import Team
from server.db.places import Place
from server.db.session import micros
from server.deps import Parts, principal_of
from server.pages.login import WRONG, too_many
from server.pages.shell import page, see
from server.paging import Cursor, page_of, place_of
from server.problems import Problem
from server.ui.views.account import account_view

router = APIRouter(prefix="/account")


def _session(request: Request) -> Principal:
    who = principal_of(request)
    if who.how is not How.SESSION:
        raise Problem(403, "needs-session", "Sign in for this", "An account is changed by the person alone, signed in.")
    return who


Self = Annotated[Principal, Depends(_session)]
KEYS = 50
"""Keys on a page."""
Word = Annotated[str, Form(max_length=1_000)]


@router.get("")
def show(request: Request, service: Parts, who: Self, cursor: Cursor = "") -> Response:
    """The page, with the newest keys or those behind `cursor`."""
    return _page(request, service, who, after=place_of(cursor))


@router.post("/password")
def change_password(request: Request, service: Parts, who: Self, current: Word = "", password: Word = "") -> Response:
    """A new password; every other session ends, and this one goes on under another token."""
    door, visit = FrontDoor.of(service), visit_of(request, service.settings)
    try:
        proved = door.prove(who.id, current, visit)
        if isinstance(proved, Refused):
            return _unproved(request, service, who, proved)
        Team.of(service).set_password(who.id, password, who.id)
        came = door.enter(proved, "password", visit)
    except AccountRefused as refused:
        return _page(request, service, who, wrong=str(refused), status=422)
    except TooBusy as busy:
        raise Problem(503, "busy", "Busy", str(busy), headers={"Retry-After": "5"}) from None
    answer = see("/account", "password")
    let_in(answer, came.token, request, service.settings)
    return answer


@router.post("/sessions/end")
def end_sessions(request: Request, service: Parts, who: Self) -> Response:
    """Every session but this one ends."""
    FrontDoor.of(service).sign_out_everywhere(who.id, token_of(request, service.settings))
    return see("/account", "sessions")


@router.post("/keys")
def make_key(
    request: Request,
    service: Parts,
    who: Self,
    name: Word = "",
    scopes: Annotated[list[Scope] | None, Form()] = None,
    days: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """A key that acts for its owner; this answer is the only place that ever shows it."""
    lasts = int(days) if days.isdecimal() else None
    try:
        key, whole = Team.of(service).make_key(who.id, name, frozenset(scopes or ()), who.id, lasts)
    except AccountRefused as refused:
        return _page(request, service, who, wrong=str(refused), status=422)
    return _page(request, service, who, made=(key.name, whole))


@router.post("/keys/{prefix}/revoke")
def revoke_key(service: Parts, who: Self, prefix: str) -> Response:
    """One's own key opens nothing from now on."""
    done = Team.of(service).revoke_key(prefix, who.id, owner=who.id)
    return see("/account", "revoked" if done else "")


def _unproved(request: Request, service: Parts, who: Principal, refused: Refused) -> Response:
    if refused.until is None:
        return _page(request, service, who, wrong=WRONG.partition(",")[0] + ".", status=403)
    problem = too_many(request, service, refused.until)
    answer = _page(request, service, who, wrong=str(problem), status=problem.status)
    answer.headers.update(problem.headers)
    return answer


def _page(
    request: Request,
    service: Parts,
    who: Principal,
    *,
    wrong: str = "",
    made: tuple[str, str] = ("", ""),
    status: int = 200,
    after: Place | None = None,
) -> Response:
    database, door = service.database, FrontDoor.of(service)
    found = database.api_keys.list(who.id, KEYS + 1, after)
    keys, more = page_of(found, KEYS, lambda last: Place(micros(last.created_at), last.prefix))
    current = door.who(token_of(request, service.settings))
    view = account_view(
        account=database.accounts.get(who.id),
        sessions=database.sign_ins.of(who.id, service.wall.now()),
        current=current[0].id if current else "",
        keys=keys,
        scopes=GRANTED[who.role],
        now=service.wall.now(),
    )
    said = f"{wrong[:1].upper()}{wrong[1:]}"
    answer = page(
        request,
        "account.html",
        "Your account",
        who,
        status=status,
        account=view,
        wrong=said,
        made=made,
        csrf=who.csrf,
        older=f"/account?cursor={more}" if more else "",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
