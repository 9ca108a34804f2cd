"""What limits.yaml says about actions, windows, returns, payments, subscriptions, value, fraud and offers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from agent.case import Verdict
from agent.limits.people import Ceiling, Role, Section
from tools.money import Money

Days = Annotated[int, Field(ge=0, le=3650)]
Hours = Annotated[int, Field(ge=1, le=87_600)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class Say(Section):
    """A verdict, and for `require_approval` the least role that may sign. `allow` and `block` may stand alone."""

    verdict: Verdict
    role: Role | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if isinstance(value, str):
            return {"verdict": value}
        return value

    @model_validator(mode="after")
    def _role_fits(self) -> Self:
        if self.verdict is Verdict.REQUIRE_APPROVAL and self.role is None:
            raise ValueError("say who signs: add `role: agent`, `role: lead` or `role: admin`")
        if self.verdict is not Verdict.REQUIRE_APPROVAL and self.role is not None:
            raise ValueError(f"`role` only goes with `verdict: require_approval`, not with `{self.verdict.value}`")
        if self.role is Role.VIEWER:
            raise ValueError("a viewer cannot sign: use agent, lead or admin")
        return self


class ActionRule(Say):
    """What may happen to one kind of action."""

    ceilings: dict[Role, Ceiling] = Field(default_factory=dict[Role, Ceiling])
    by_intent: dict[str, Say] = Field(default_factory=dict[str, Say])
    reasons: Annotated[tuple[Word, ...], Field(strict=False)] = ()
    max_per_case: Count | None = None

    def for_intent(self, intent: str) -> Say:
        """The override for an intent, or the rule itself."""
        return self.by_intent.get(intent, self)


class Per(StrEnum):
    """What a window adds up over."""

    CASE = "case"
    CUSTOMER = "customer"
    APPROVER = "approver"
    SHOP = "shop"


class Window(Section):
    """A cumulative limit: how much or how often within `hours` (without: ever), and what happens above it."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    per: Per
    hours: Hours | None = None
    amount: Money | None = None
    count: Count | None = None
    actions: tuple[str, ...] = ()
    above: Say

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.amount is None and self.count is None:
            raise ValueError("a window needs `amount`, `count` or both")
        if self.above.verdict is Verdict.ALLOW:
            raise ValueError("`above: allow` limits nothing: use block, or require_approval with a role")
        return self


class Windows(Section):
    """Cumulative limits, so that splitting an amount does not slip under a ceiling."""

    look_back_hours: Hours
    limits: tuple[Window, ...]


class Returns(Section):
    """How long after delivery goods may come back. 0 days means: not returnable."""

    default_days: Days
    by_category: dict[str, Days]
    final_sale: bool
    report_damage_days: Days
    warranty_years: dict[str, Annotated[int, Field(ge=1, le=50)]]
    exception_role: Role
    unknown_delivery_role: Role

    def days_for(self, category: str) -> int:
        """The window of a category, in whole days; `Gift Cards`, `gift-cards` and `gift_cards` are one."""
        return {plain(name): days for name, days in self.by_category.items()}.get(plain(category), self.default_days)

    def warranty_of(self, category: str) -> int:
        """Years from delivery in which parts of this category are covered; 0 when none are."""
        return {plain(name): years for name, years in self.warranty_years.items()}.get(plain(category), 0)


def plain(category: str) -> str:
    """A category without case, and with its words joined by single spaces."""
    return " ".join(category.casefold().replace("-", " ").replace("_", " ").split())


class Payments(Section):
    """How long money takes. `refund_days` and `double_charge_days` are business days."""

    refund_days: tuple[Days, Days]
    double_charge_days: Annotated[int, Field(ge=1, le=365)]
    price_adjustment_days: Days

    @field_validator("refund_days")
    @classmethod
    def _least_first(cls, value: tuple[int, int]) -> tuple[int, int]:
        least, most = value
        if least > most:
            raise ValueError(f"write the least number of days first, [{most}, {least}]")
        return value


class Subscriptions(Section):
    """Recurring orders."""

    renewal_notice_days: Days


class Value(Section):
    """Orders and customers that a person of more experience looks at."""

    order_total_over: Money
    refunds: Count
    within_days: Annotated[int, Field(ge=1, le=3650)]
    role: Role


class BandRule(Say):
    """What a fraud band does to every action on the order but those in `except_for`."""

    except_for: Annotated[tuple[str, ...], Field(strict=False)] = ()


class Fraud(Section):
    """What happens per risk band. The reasons never reach a customer, whatever stands here."""

    low: BandRule
    medium: BandRule
    high: BandRule


class Offers(Section):
    """Discount codes and pauses of promotion."""

    margin_floor_percent: Percent
    max_percent: Annotated[int, Field(ge=1, le=100)]
    valid_days: Annotated[int, Field(ge=1, le=3650)]
    promo_pause_days: Annotated[int, Field(ge=1, le=365)]
