"""PolicyLimits: everything that limits.yaml says, typed."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from agent.limits.people import Person, Roles, Section
from agent.limits.rules import ActionRule, Fraud, Offers, Payments, Returns, Subscriptions, Value, Windows
from agent.limits.service import Approvals, Autonomy, BusinessHours, Delivery, IdentityRule, Replies, Vip


class PolicyLimits(Section):
    """The rules of one shop. An action without a rule is blocked; read it with `agent.limits.load_limits`."""

    version: Literal[1]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    people: tuple[Person, ...]
    roles: Roles
    actions: dict[str, ActionRule]
    windows: Windows
    returns: Returns
    payments: Payments
    subscriptions: Subscriptions
    value: Value
    fraud: Fraud
    offers: Offers
    replies: Replies
    identity: IdentityRule
    approvals: Approvals
    business_hours: BusinessHours
    delivery: Delivery
    vip: Vip
    autonomy: Autonomy

    @cached_property
    def digest(self) -> str:
        """sha256 of the content, without comments and layout: the version that approvals are bound to."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def person(self, name: str) -> Person | None:
        """The person with this id, name, e-mail or Slack id, in any case; None when nobody answers to it."""
        wanted = name.strip().casefold()
        return next((person for person in self.people if wanted in person.answers_to()), None)
