"""Rules about amounts: ceilings choose the role, and what was given before counts with what is given now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.case import Verdict, Violation
from agent.limits import Ceiling, Per, PolicyLimits, Role, Window
from agent.limits.people import ORDER
from agent.policy.amounts import NAMES, gives_value, same_case, summed, together, within
from agent.policy.question import PastEffect, Question, ask, block
from tools.money import Money

MOST = 10**11
"""Minor units beyond which an amount is a mistake and not a decision."""


def ceiling(question: Question) -> Iterator[Violation]:
    """The amount chooses who may sign: by itself, and together with what the same customer or case got before."""
    amount = question.amount
    if amount is None:
        return
    if amount.currency != question.limits.currency:
        message = f"{amount} cannot be held against limits in {question.limits.currency}; nothing is converted."
        yield block("amount.currency", message)
    elif abs(amount.minor) > MOST:
        yield block("amount.too_large", f"{amount} is not an amount that this shop gives.")
    else:
        yield from _by_amount(question, amount)


def _by_amount(question: Question, amount: Money) -> Iterator[Violation]:
    kind, limits = question.action.kind, question.limits
    before = together(question)
    alone = role_for(kind, amount, [], limits)
    name = NAMES.get(kind, kind)
    if alone is None:
        yield block(f"{name}.over_ceiling", f"{amount} is above every ceiling.")
        return
    if alone is not Role.AGENT:
        yield ask(f"{name}.over_ceiling", alone, f"{amount} is above what {_below(alone)} may sign.")
    summing = role_for(kind, amount, before, limits)
    if summing is not alone:
        yield _over(limits, f"{summed(before, limits.currency) + amount} in {len(before) + 1} parts", summing)


def _over(limits: PolicyLimits, what: str, role: Role | None) -> Violation:
    hours = limits.windows.look_back_hours
    message = f"{what} within {hours} hours, counted together, is above what {_below(role)} may sign."
    return block("limits.window_sum", message) if role is None else ask("limits.window_sum", role, message)


def _below(role: Role | None) -> str:
    return f"an {ORDER[role.rank - 1].value}" if role is Role.LEAD else "a lead" if role is Role.ADMIN else "anybody"


def role_for(kind: str, amount: Money, before: Iterable[PastEffect], limits: PolicyLimits) -> Role | None:
    """The least role whose every ceiling covers `amount` with what was given `before`; None when no role's does."""
    past = list(before)
    return next((role for role in ORDER[1:] if covers(role, kind, amount, past, limits)), None)


def covers(role: Role, kind: str, amount: Money, before: Iterable[PastEffect], limits: PolicyLimits) -> bool:
    """Whether one signature of `role` may give `amount` of `kind` after `before`; a missing ceiling covers nothing."""
    past = list(before)
    everything = summed(past, limits.currency) + amount
    same = summed((p for p in past if p.action.kind == kind), limits.currency) + amount
    roles, rule = limits.roles.of(role), limits.actions.get(kind)
    own = rule.ceilings.get(role) if rule is not None else None
    if kind == "issue_store_credit" and not _fits(roles.store_credit, same):
        return False
    return _fits(roles.each, everything) and (own is None or own.covers(same))


def _fits(found: Ceiling | None, amount: Money) -> bool:
    return found is not None and found.covers(amount)


def windows(question: Question) -> Iterator[Violation]:
    """Every cumulative window that this action counts in, but those of the person who signs."""
    for window in question.limits.windows.limits:
        if window.per is not Per.APPROVER and counts_in(question.action.kind, gives_value(question.action), window):
            past = [p for p in _inside(question, window) if counts_in(p.action.kind, gives_value(p.action), window)]
            yield from above(window, past, question.amount, question.limits.currency)


def counts_in(kind: str, value: bool, window: Window) -> bool:
    """Whether an action counts in a window."""
    return kind in window.actions if window.actions else value


def _inside(question: Question, window: Window) -> Iterator[PastEffect]:
    facts = question.facts
    for past in within(question.history, question.now, window.hours):
        if (
            window.per is Per.SHOP
            or (window.per is Per.CASE and same_case(past, facts.case_id))
            or (window.per is Per.CUSTOMER and past.customer_id and past.customer_id == facts.customer_id)
        ):
            yield past


def above(window: Window, past: list[PastEffect], amount: Money | None, currency: str) -> Iterator[Violation]:
    """What happens when one more effect of `amount` leaves the window."""
    span = f"in {window.hours} hours" if window.hours else "in all"
    if window.count is not None and len(past) + 1 > window.count:
        message = f"{len(past) + 1} per {window.per.value} {span} is above {window.count} ({window.id})."
        yield _say("limits.window_count", window, message)
    if window.amount is not None and amount is not None and amount.currency == currency:
        reached = summed(past, currency) + amount
        if reached > window.amount:
            message = f"{reached} per {window.per.value} {span} is above {window.amount} ({window.id})."
            yield _say("limits.window_sum", window, message)


def _say(rule: str, window: Window, message: str) -> Violation:
    if window.above.verdict is Verdict.BLOCK:
        return block(rule, message)
    return ask(rule, window.above.role or Role.ADMIN, message)
