"""`/settings`: what is configured, what is missing, the limits, and the switch that stops everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from agent.limits import LimitsError, load_limits
from agent.switches import EVERYTHING, Switch, intent_scope
from agent.triage.intents import Intent
from server.auth.people import signers
from server.auth.principal import Principal, Scope
from server.cli.examination import STANDING, Finding
from server.deps import Insider, Operator, Parts
from server.pages.knowledge import passages_of
from server.pages.shell import page, see
from server.problems import Problem
from server.service import Service
from server.ui.views.settings import checks, role_rows, stops, window_rows

router = APIRouter(prefix="/settings")
_KNOWN = frozenset({EVERYTHING, *(intent_scope(intent.value) for intent in Intent)})


@router.get("", response_class=HTMLResponse)
def settings(request: Request, service: Parts, who: Insider) -> Response:
    """The page."""
    limits = service.limits
    people = signers(limits, list(service.database.accounts.list())) or limits.people
    return page(
        request, "settings.html", "Settings", who, section="settings",
        checks=checks(_findings(service, who)), roles=role_rows(limits, people), windows=window_rows(limits),
        stops=stops(service.database.switches.all()), intents=[intent.value for intent in Intent],
        hours=limits.business_hours, operator=who.may(Scope.OPERATE), admin=who.may(Scope.ADMINISTER),
    )  # fmt: skip


@router.post("/stop")
def stop(
    service: Parts,
    who: Operator,
    reason: Annotated[str, Form(min_length=3, max_length=500)],
    scope: Annotated[str, Form(max_length=100)] = EVERYTHING,
) -> Response:
    """Stop everything, or one intent, from the next effect on."""
    return _set(service, who, scope, reason, stopped=True)


@router.post("/go")
def go(
    service: Parts,
    who: Operator,
    scope: Annotated[str, Form(max_length=100)] = EVERYTHING,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Let effects of this scope happen again; what was paused is carried on by the queue."""
    return _set(service, who, scope, reason, stopped=False)


def _set(service: Service, who: Principal, scope: str, reason: str, *, stopped: bool) -> Response:
    known = _KNOWN | {switch.scope for switch in service.database.switches.all()}
    if scope not in known:
        raise Problem(422, "unknown-scope", "There is nothing of that name to stop", "Choose everything or an intent.")
    now = service.clock.now()
    switch = Switch(scope=scope, stopped=stopped, by=who.id, reason=reason.strip(), at=now)
    service.database.switches.set(switch)
    service.feed.wake()
    return see("/settings", "stopped" if stopped else "started")


def _findings(service: Service, who: Principal) -> Iterator[Finding]:
    held, orders = len(passages_of(service)), service.store.counts()["orders"]
    yield Finding("Knowledge", "ok" if held else "missing", f"{held} passages", "" if held else "bring documents in")
    do = "countersign store import FOLDER"
    yield Finding("Store", "ok" if orders else "missing", f"{orders:,} orders", "" if orders else do)
    model = service.settings.reasoner
    said = "none: the offline reasoner works from playbooks, and nothing leaves this machine"
    yield Finding("Model", "ok", said if model == "playbook" else f"{model}, {service.settings.model}")
    if _limits_now(service) != service.limits.digest:
        said = "the file is not the one that was read when the service started, which stays in force"
        yield Finding("Limits in force", "note", said, "start the service again")
    # Paths and addresses of the machine are for those who run it.
    if who.may(Scope.OPERATE):
        for look in STANDING:
            yield from look(service.settings)


def _limits_now(service: Service) -> str:
    """What the file would bring in; empty when it has mistakes."""
    try:
        return load_limits(service.settings.limits).digest
    except LimitsError:
        return ""
