"""Who may sign what: people, roles in order, and the ceilings of each role."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_serializer, model_validator

from tools.commerce import Noun
from tools.money import Money

UNLIMITED = "unlimited"


class Section(Noun):
    """A part of limits.yaml. Strict, so that `"3"` is not a number and `yes` is not a switch."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Role(StrEnum):
    """What a person is trusted with, from looking to owning the shop."""

    VIEWER = "viewer"
    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Place in the order, 0 for the least."""
        return ORDER.index(self)

    def covers(self, least: Role) -> bool:
        """Whether this role may do what `least` may do."""
        return self.rank >= least.rank


ORDER = tuple(Role)
"""Roles from the least to the most trusted."""


def highest(roles: list[Role]) -> Role:
    """The most trusted of `roles`; AGENT when there are none, because viewers never sign."""
    return max([Role.AGENT, *roles], key=lambda role: role.rank)


class Ceiling(Section):
    """The most that may be given: an amount such as `50.00 USD`, or `unlimited` (None)."""

    amount: Money | None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"amount": None if value == UNLIMITED else value}

    @model_serializer
    def __str__(self) -> str:
        return UNLIMITED if self.amount is None else str(self.amount)

    def covers(self, amount: Money) -> bool:
        """Whether `amount` is at or under the ceiling. Raises CurrencyMismatch for another currency."""
        return self.amount is None or amount <= self.amount


class Person(Section):
    """Somebody of the team. `id` is what approvals and the audit log record."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Role
    slack: Annotated[str, Field(max_length=64)] = ""
    email: Annotated[str, Field(max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")] = ""

    def answers_to(self) -> tuple[str, ...]:
        """Every name that means this person, casefolded."""
        return tuple(dict.fromkeys(n.casefold() for n in (self.id, self.name, self.slack, self.email) if n))


class RoleLimits(Section):
    """What one signature of a role may give. A ceiling that is not there means: nothing."""

    each: Ceiling | None = None
    per_day: Ceiling | None = None
    store_credit: Ceiling | None = None


class Roles(Section):
    """The four roles, from the least to the most trusted."""

    viewer: RoleLimits
    agent: RoleLimits
    lead: RoleLimits
    admin: RoleLimits

    def of(self, role: Role) -> RoleLimits:
        """The limits of one role."""
        return {Role.VIEWER: self.viewer, Role.AGENT: self.agent, Role.LEAD: self.lead, Role.ADMIN: self.admin}[role]
