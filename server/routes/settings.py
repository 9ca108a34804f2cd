"""`/api/v1/settings`: what is configured, without a secret, and the switch that stops effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from agent.switches import EVERYTHING, Switch, intent_scope
from agent.triage.intents import Intent
from server.auth.principal import Principal
from server.deps import Administrator, Insider, Operator, Parts
from server.problems import Problem
from server.routes.errors import documented
from server.service import Service
from server.settings import PREFIX, Settings

router = APIRouter(prefix="/settings", tags=["settings"])
_SECRET = ("key", "secret", "password", "token", "url", "endpoint")
"""Words in the names of settings whose value is nobody's to read; an address may hold a password."""


class Setting(BaseModel):
    """One setting. `value` is empty for a secret."""

    name: Annotated[str, Field(examples=["COUNTERSIGN_REASONER"])]
    value: str
    configured: bool
    secret: bool
    said: str


class Configured(BaseModel):
    """Every setting there is."""

    settings: list[Setting]


class Stops(BaseModel):
    """What is stopped now; empty when effects happen."""

    stopped: list[Switch]


class Stop(BaseModel):
    """What to stop, and why."""

    model_config = ConfigDict(extra="forbid")

    intent: Annotated[
        str,
        Field(max_length=60, description="only cases of this intent; empty: everything", examples=["refund_request"]),
    ] = ""
    reason: Annotated[str, Field(min_length=3, max_length=500, examples=["Refunds look odd since noon"])]


class Go(BaseModel):
    """What may happen again."""

    # A misspelt `intent` would let everything go.
    model_config = ConfigDict(extra="forbid")

    intent: Annotated[
        str, Field(max_length=60, description="as it was stopped; empty: everything", examples=["refund_request"])
    ] = ""
    reason: Annotated[str, Field(max_length=500, examples=["It was one wrong price, and is mended"])] = ""


@router.get("", responses=documented(422))
def configured(service: Parts, who: Administrator) -> Configured:
    """What is configured, secrets left out."""
    return Configured(settings=list(_listed(service.settings)))


def _listed(settings: Settings) -> Iterator[Setting]:
    for each in fields(settings):
        value, secret = str(getattr(settings, each.name)), any(word in each.name for word in _SECRET)
        shown = "" if secret else value
        changed = value != each.default
        said = str(each.metadata.get("said", ""))
        name = f"{PREFIX}{each.name.upper()}"
        yield Setting(name=name, value=shown, configured=changed, secret=secret, said=said)


@router.get("/stops", responses=documented(422))
def stops(service: Parts, who: Insider) -> Stops:
    """What is stopped, by whom and why."""
    return _stops(service)


@router.post("/stop", responses=documented(422))
def stop(service: Parts, who: Operator, body: Stop) -> Stops:
    """Stop everything, or one intent, from the next effect on, in every process. Tickets still come in."""
    return _set(service, who, body.intent, body.reason, stopped=True)


@router.post("/go", responses=documented(422))
def go(service: Parts, who: Operator, body: Go) -> Stops:
    """Let effects happen again; what waited for it is carried on."""
    return _set(service, who, body.intent, body.reason, stopped=False)


def _set(service: Service, who: Principal, intent: str, reason: str, *, stopped: bool) -> Stops:
    if intent and intent not in {each.value for each in Intent}:
        # A stop that names nothing would stop nothing and say nothing.
        raise Problem(422, "invalid", "There is no such intent", "Leave `intent` away to mean everything.")
    scope = intent_scope(intent) if intent else EVERYTHING
    switch = Switch(scope=scope, stopped=stopped, by=who.id, reason=reason.strip(), at=service.clock.now())
    service.database.switches.set(switch)
    service.feed.wake()
    return _stops(service)


def _stops(service: Service) -> Stops:
    return Stops(stopped=[switch for switch in service.database.switches.all() if switch.stopped])
