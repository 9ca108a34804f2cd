"""What a rule is asked: the action, the facts, the rules of the shop, who asks, and what happened before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from agent.case import Identity, Verdict, Violation
from agent.limits import PolicyLimits, Role
from tools.actions import Action
from tools.commerce import FraudBand, Noun, Order, Product, Refund, StoreCredit
from tools.facts import ActionFacts
from tools.money import Money


class PastEffect(Noun):
    """An effect that counts in windows: done, or approved or waiting to be done. `approver` is a person's id."""

    action: Action
    at: datetime
    customer_id: str = ""
    approver: str = ""
    case_id: str = ""
    amount: Money | None = None
    key: str = ""


@dataclass(frozen=True)
class Tally:
    """How many effects there were, and what they gave together."""

    count: int
    amount: Money

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.amount + other.amount)


class Past(Protocol):
    """What happened before, as of the moment of a judgement."""

    def near(self, customer_id: str, case_id: str) -> Sequence[PastEffect]:
        """The effects of this customer and of this case."""
        ...

    def in_case(self, case_id: str) -> Sequence[PastEffect]:
        """The effects of this case; none of no case."""
        ...

    def got(self, customer_id: str, hours: int | None, kinds: tuple[str, ...], case_id: str = "") -> Tally:
        """What this customer got, or was done in this case, within `hours`: of `kinds`, or all that gives value."""
        ...

    def tally(self, hours: int | None, kinds: tuple[str, ...], signer: str | None = None) -> Tally:
        """What the whole shop, or one person who signs, did within `hours`: of `kinds`, or all that gives value."""
        ...


@dataclass(frozen=True, kw_only=True)
class BasketLine:
    """What an offer would be spent on: what the shop gets for the line now, without tax, and what it cost."""

    price: Money
    cost: Money | None


@dataclass(frozen=True, kw_only=True)
class PolicyFacts:
    """The world around one action, and what only policy asks for. Read afresh by code, never taken from a proposal.

    `refunds` are the customer's, newest window first wanted by `value.within_days`; `cancelled` names those of
    them that a cancellation made, and they count under no ceiling; `credits` are the customer's, ever; `products` by
    line id, where a line does not say its category itself; `case_fraud` is the worst band among the orders that the
    case is about.
    """

    world: ActionFacts
    refunds: tuple[Refund, ...] = ()
    credits: tuple[StoreCredit, ...] = ()
    products: Mapping[str, Product] = field(default_factory=dict[str, Product])
    basket: tuple[BasketLine, ...] = ()
    cancelled: frozenset[str] = frozenset()
    case_fraud: FraudBand = FraudBand.LOW
    case_id: str = ""

    @property
    def order(self) -> Order | None:
        """The order that the action is about."""
        return self.world.order

    @property
    def customer_id(self) -> str:
        """Who the action is for: the owner of the order, or of the record."""
        if self.world.order is not None:
            return self.world.order.customer_id
        return self.world.customer.id if self.world.customer is not None else ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything that a rule may look at."""

    action: Action
    facts: PolicyFacts
    limits: PolicyLimits
    identity: Identity
    intent: str
    past: Past
    now: datetime
    amount: Money | None


Rule = Callable[[Question], Iterator[Violation]]


def block(rule: str, message: str) -> Violation:
    """Nobody can agree to this."""
    return Violation(rule=rule, verdict=Verdict.BLOCK, message=message)


def ask(rule: str, role: Role, message: str) -> Violation:
    """Somebody of at least `role` has to agree."""
    return Violation(rule=rule, verdict=Verdict.REQUIRE_APPROVAL, message=message, role=role.value)
