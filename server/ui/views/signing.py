"""Who may sign, why somebody may not, and what their limits leave them today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.approvals import ApprovalRequest
from agent.approvals.request import ApprovalKind
from agent.case import Violation
from agent.limits import Person, PolicyLimits, Role
from agent.policy import PastEffect
from agent.policy.past import past_in
from agent.policy.signing import DAY
from server.ui.views.rules import Rule, a, rule_of, rules_of
from server.ui.words import moment, money, sentence
from tools.actions import CancelOrder, ChangeOrderItems, ChangePaymentMethod, ExchangeItems
from tools.money import Money

MOVING = (CancelOrder, ChangeOrderItems, ChangePaymentMethod, ExchangeItems)
"""What may settle money with the customer without giving anything away."""
ALWAYS = frozenset({"action.needs_signature", "reply.draft_only"})
"""Rules that ask for a person whatever the case is."""


@dataclass(frozen=True)
class Says:
    """What a signature does, in full for its button, and without its sums."""

    does: str
    title: str


NAMED = 4
"""Of those who may sign: more names help nobody who looks for one."""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What a person is told before they sign. `against`: why this person may not; empty when they may."""

    request_id: str
    digest: str
    version: int
    sign: bool
    does: str
    title: str
    """The same without its sums, for where the sum stands above it."""
    amount: str
    needs: str
    needs_says: str
    signers: tuple[str, ...]
    may: bool
    against: tuple[Rule, ...]
    because: tuple[Rule, ...]
    """Why it takes that role, where no ceiling of their own says it already."""
    left: str
    expires_at: datetime
    reasons: tuple[Rule, ...]
    back: str = ""
    """What goes back of what the customer paid, beside what is given."""
    moves_money: bool = False

    @property
    def who_says(self) -> str:
        """Whose signature it takes: that yours will do, else who can be asked."""
        if self.may:
            return f"Needs {self.needs_says}: you may sign"
        return f"Needs {self.needs_says}{': ' if self.signers else ''}{', '.join(self._named)}"

    @property
    def asks_whom(self) -> str:
        """`Dana Whitfield (lead) or Priya Raman (admin) may sign it`; who could, when nobody can now."""
        if not self.signers:
            return f"Nobody may sign it now; it takes {self.needs_says} or above, within their limits"
        *others, last = self._named
        return f"{', '.join(others)} or {last} may sign it" if others else f"{last} may sign it"

    @property
    def _named(self) -> list[str]:
        more = [f"{len(self.signers) - NAMED} more"] if len(self.signers) > NAMED else []
        return [*self.signers[:NAMED], *more]

    @property
    def leaves(self) -> str:
        """What the signature leaves of this person's limit, and what else it does to money."""
        if self.left:
            return sentence(self.left)
        if self.back:
            return f"{self.back} of what the customer paid goes back; it does not count against your limit"
        return "It does not count against your limit" if self.moves_money else "No money leaves with this signature"

    @property
    def until(self) -> str:
        """Until when the request is good."""
        return moment(self.expires_at)


def signing_view(
    request: ApprovalRequest,
    says: Says,
    against: Sequence[Violation],
    left: str,
    signers: Sequence[Person],
    back: Sequence[Money] = (),
) -> Signing:
    """The card around the effects of a request. `back`: what its cancellations pay back."""
    whole = money(Money(minor=sum(each.minor for each in back), currency=back[0].currency)) if back else ""
    return Signing(
        request_id=request.id,
        digest=request.digest,
        version=request.version,
        sign=request.kind is ApprovalKind.SIGN,
        does=says.does,
        title=says.title,
        amount=money(request.amount) or whole,
        back=whole,
        moves_money=any(isinstance(action, MOVING) for action in request.effects),
        needs=request.required_role.value,
        needs_says=a(request.required_role.value),
        signers=tuple(f"{person.name} ({person.role.value})" for person in signers),
        may=not against,
        against=tuple(dict.fromkeys(rule_of(each.message, each.rule) for each in against)),
        because=() if any(each.rule == "signer.ceiling" for each in against) else tuple(_why(request)),
        left=left,
        expires_at=request.expires_at,
        reasons=rules_of(request.reasons),
    )


def _why(request: ApprovalRequest) -> Iterator[Rule]:
    return (each for each in rules_of(request.reasons) if each.id not in ALWAYS)


def may_cover(people: Sequence[Person], least: Role) -> tuple[Person, ...]:
    """Who has the role for it, the least trusted first."""
    return tuple(sorted((p for p in people if p.role.covers(least)), key=lambda p: (p.role.rank, p.name)))


def left_today(
    person: Person | None, past: Sequence[PastEffect], limits: PolicyLimits, now: datetime, amount: Money | None = None
) -> str:
    """`$61.00 left of your $100.00 today, $22.00 after this; at most $50.00 each`; a signature counts for 24 hours."""
    if person is None:
        return ""
    own = limits.roles.of(person.role)
    if own.per_day is None:
        return f"{person.role.value} signs for no money"
    if own.per_day.amount is None:
        return "no limit of your own today"
    most = own.per_day.amount
    left = most - _signed(person, past, most.currency, now)
    nothing = Money(minor=0, currency=most.currency)
    each = f"; at most {money(own.each.amount)} each" if own.each and own.each.amount else ""
    after = f", {money(left - amount)} after this" if amount is not None and _fits(amount, left) else ""
    return f"{money(max(left, nothing, key=lambda found: found.minor))} left of your {money(most)} today{after}{each}"


def _fits(amount: Money, left: Money) -> bool:
    return amount.currency == left.currency and amount.minor <= left.minor


def _signed(person: Person, past: Sequence[PastEffect], currency: str, now: datetime) -> Money:
    return past_in(past, now, currency).tally(DAY, (), person.id).amount
