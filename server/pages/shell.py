"""How a page is made: the frame around it, who may see it, and what it says when it cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from agent.case import CaseStatus
from agent.limits import Role
from server.auth.principal import GRANTED, Principal
from server.deps import service_of
from server.problems import Problem
from server.service import Service
from server.ui.people import call_by_name
from server.ui.rendering import rendered
from server.ui.views.case import name_of
from server.ui.views.rules import a
from server.ui.views.shell import Notice, Shell, places, stop_notices, theme_of
from server.ui.words import keep_time_of

TOLD = {
    "signed": "Signed. It happened once, and the audit log has it.",
    "sent": "The reply was sent.",
    "modified": "Changed, and judged anew. Look at what it is now.",
    "rejected": "Rejected. Nothing left, and your reason is kept.",
    "taken": "The case is yours. The assistant is silent on it until you release it.",
    "released": "Released. The assistant has it again.",
    "finished": "Done. The case is resolved; what the customer writes next is worked on again.",
    "again": "It is being worked on anew.",
    "working": "Your answer is being carried out.",
    "held": "Your answer counts, and waits: it is carried out once somebody starts again what is stopped.",
    "stopped": "Stopped, and it stays so until somebody starts it again.",
    "started": "Started again. What waited for it goes on by itself.",
    "password": "The password is changed, and every other session has ended.",
    "sessions": "You are signed out everywhere else.",
    "out": "You are signed out.",
    "revoked": "The key opens nothing from now on.",
    "role": "They have the new role from their next request on.",
    "disable": "Disabled: their sessions have ended, their keys open nothing, and nobody signs as them.",
    "enable": "They may come in again.",
}
"""What a page says after a form was sent; the address only carries the key."""
NAMED = 3
"""Of those who may do what somebody else may not: enough to find one."""
NOT_DONE = {
    "lost": "You were signed out meanwhile, so what you pressed did not count. Sign in and press it again.",
    "newer": "It is not done yet: the customer wrote meanwhile, or it waits for an answer. Look at what it is now.",
    "found": "Your words are saved, and not sent: the check marked something in them. Read it, then send or edit.",
    "superseded": "It did not happen: what it rests on had changed since you were asked. Look at what it is now.",
    "failed": "You signed, and not all of it could be done. What happened says what was done and what was not.",
}


async def in_shop_words(request: Request) -> None:
    """A dependency of pages: moments are in the shop's zone, as those of its replies are, and people have names.

    It is a coroutine so that what it sets is there in the thread that makes the page.
    """
    _speak_as(service_of(request))


def _speak_as(service: Service) -> None:
    keep_time_of(service.limits.business_hours.zone)
    call_by_name(service.names)


_FORM = re.compile(r"(?<=^/cases/)(?P<id>[^/]+)/.*$")
"""A page that answers a form of a case has the form's address, which nobody can go to."""


def page(
    request: Request,
    template: str,
    title: str,
    who: Principal | None,
    *,
    section: str = "",
    status: int = 200,
    notices: tuple[Notice, ...] = (),
    **view: object,
) -> HTMLResponse:
    """A page in its frame. `view` is what the template shows; `who` is None before somebody signed in."""
    service = service_of(request)
    shell = Shell(
        title=title,
        section=section,
        who=who,
        theme=theme_of(request.cookies),
        places=places(section, _waiting(service) if who else 0),
        notices=(*_stops(service, who), *_told(request), *notices),
        here=here(request),
        arrived="told" in request.query_params,
        search=request.query_params.get("q", "")[:200] if section == "inbox" else "",
    )
    return HTMLResponse(rendered(template, {"shell": shell, **view}), status)


def here(request: Request) -> str:
    """Path and query of this page."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _came_from(request: Request) -> str:
    """The page of ours that a form was sent from: that is where somebody goes on who was signed out meanwhile."""
    page = urlsplit(request.headers.get("referer", ""))
    path = _FORM.sub(r"\g<id>", page.path) or "/"
    own = page.netloc == request.headers.get("host", "")
    return back_to(f"{path}?{page.query}" if page.query else path) if own else "/"


def back_to(address: str, default: str = "/") -> str:
    """`address` when it is a page of ours; anything else would send people away."""
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address
    return address if own else default


def see(address: str, told: str = "", of: str = "") -> Response:
    """Go and look: after a form, so that reloading sends nothing twice. `of`: another case."""
    mark = "&" if "?" in address else "?"
    about = f"&of={quote(of, safe='')}" if of else ""
    return RedirectResponse(f"{address}{mark}told={told}{about}" if told else address, 303)


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks, and not a program."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/v1/")


def problem_page(request: Request, problem: Problem) -> Response:
    """What went wrong, as a page: to the sign-in when nobody is signed in."""
    # Not asked anew: a form without its token would be refused a second time, while it is being refused.
    who: Principal | None = getattr(request.state, "principal", None)
    if problem.status == 401:
        return _to_sign_in(request)
    if who is None and request.method == "GET":
        who = service_of(request).gate.principal(request)
    _speak_as(service_of(request))
    said = for_people(problem, who, _able(service_of(request), problem.scope))
    return page(request, "problem.html", said.title, who, status=problem.status, problem=said)


def _to_sign_in(request: Request) -> Response:
    """Whoever pressed something was signed out meanwhile, and is told that it did not count: it may be money."""
    if request.method == "GET":
        return see(f"/login?next={quote(here(request))}")
    told = "out" if request.url.path == "/logout" else "lost"
    return see(f"/login?next={quote(_came_from(request))}", told)


def fault_page(request: Request, problem: Problem) -> Response:
    """What went wrong with us, as a page: it reads no database and asks nobody who it is for, as either may be away."""
    if problem.kind == "fault":
        name = str(getattr(request.state, "request_id", ""))
        detail = f"Try it again. If it stays so, tell whoever runs Countersign this number: {name}."
        problem = replace(problem, detail=detail)
    shell = Shell(
        title=problem.title, section="", who=None, theme=theme_of(request.cookies), places=(), notices=(), here="/"
    )
    return HTMLResponse(rendered("problem.html", {"shell": shell, "problem": problem}), problem.status)


def for_people(problem: Problem, who: Principal | None, able: Sequence[str] = ()) -> Problem:
    """The same refusal in the words of a page: what a program is told about routes and scopes helps nobody here.

    `able`: the names of some who may do it.
    """
    if problem.kind in ("unknown-route", "method-not-allowed"):
        return replace(
            problem, title="There is no such page", detail="The address may be mistyped, or the page is gone."
        )
    if problem.kind == "not-allowed" and who is not None:
        role = next((role for role, scopes in GRANTED.items() if problem.scope in scopes), None)
        needs = f"needs {a(role.value)}{'' if role is Role.ADMIN else ' or above'}" if role else "needs a higher role"
        ask = f" {' or '.join(able)} can do it." if able else ""
        said = f"This {needs}; you are signed in as {who.name} ({who.role.value}).{ask} An admin changes roles."
        return replace(problem, detail=said)
    return problem


def _able(service: Service, scope: str) -> tuple[str, ...]:
    """Some of those who may do what somebody was refused, the least trusted first."""
    if not scope:
        return ()
    found = [each for each in service.database.accounts.list() if not each.disabled and scope in GRANTED[each.role]]
    return tuple(each.name for each in sorted(found, key=lambda each: each.role.rank)[:NAMED])


def _waiting(service: Service) -> int:
    return service.database.cases.count_by("status").get(CaseStatus.AWAITING_APPROVAL.value, 0)


def _stops(service: Service, who: Principal | None) -> tuple[Notice, ...]:
    return stop_notices(service.database.switches.all()) if who else ()


def _told(request: Request) -> tuple[Notice, ...]:
    key, of = request.query_params.get("told", ""), request.query_params.get("of", "")
    if of and key in TOLD:
        return (_told_of(service_of(request), key, of),)
    if key in NOT_DONE:
        return (Notice(kind="refused", text=NOT_DONE[key]),)
    if key in ("role", "disable", "enable"):
        return (_told_of_account(service_of(request), key, request.query_params.get("who", "")),)
    text = TOLD.get(key, "")
    place = request.url.path.removeprefix("/cases/") if key == "signed" else ""
    href = f"/audit?case={quote(place)}" if place and "/" not in place else ""
    return (Notice(kind="told", text=text, href=href, link="See it in the log" if href else ""),) if text else ()


def _told_of(service: Service, key: str, case_id: str) -> Notice:
    """The same about the case before this one: whose it was, and the way back to it."""
    record = service.database.cases.get(case_id)
    ticket = service.store.readers().helpdesk.ticket(record.ticket_id) if record else None
    if record is None or ticket is None:
        return Notice(kind="told", text=TOLD[key])
    text = f"{name_of(ticket)[:60]}: {TOLD[key][0].lower()}{TOLD[key][1:]}"
    return Notice(kind="told", text=text, href=f"/cases/{quote(case_id, safe='')}", link="Look at it")


def _told_of_account(service: Service, key: str, account_id: str) -> Notice:
    """What became of somebody's account, as it is now."""
    account = service.database.accounts.get(account_id)
    if account is None:
        return Notice(kind="told", text=TOLD[key])
    if key == "role":
        return Notice(kind="told", text=f"{account.name} is {a(account.role.value)} from their next request on.")
    return Notice(kind="told", text=f"{account.name}: {TOLD[key][0].lower()}{TOLD[key][1:]}")
