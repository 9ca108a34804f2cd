"""Rules about amounts: ceilings choose the role, and what was given before counts with what is given now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent.case import Verdict, Violation
from agent.limits import Ceiling, Per, PolicyLimits, Role, Window
from agent.limits.people import ORDER
from agent.policy.amounts import NAMES, gives_value, within
from agent.policy.past import counts_in, tally_of
from agent.policy.question import Question, Tally, ask, block
from tools.money import Money

MOST = 10**11
"""Minor units beyond which an amount is a mistake and not a decision."""


@dataclass(frozen=True)
class Before:
    """What counts under a ceiling with an action: how much there was, what it gave, and what its own kind gave."""

    count: int
    everything: Money
    same: Money


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
    before = _before(question)
    alone = role_for(kind, amount, limits)
    name = NAMES.get(kind, kind)
    if alone is None:
        yield block(f"{name}.over_ceiling", f"{amount} is above every ceiling.")
        return
    if alone is not Role.AGENT:
        yield ask(f"{name}.over_ceiling", alone, f"{amount} is above {_most(alone, kind, amount, limits)}.")
    summing = role_for(kind, amount, limits, before)
    if summing is not alone:
        what = f"{before.everything + amount} in {before.count + 1} parts"
        yield _over(limits, what, summing, _most(summing, kind, amount, limits, before))


def _before(question: Question) -> Before:
    """Value to the same customer or in the same case, not long ago."""
    facts, hours = question.facts, question.limits.windows.look_back_hours
    every = question.past.got(facts.customer_id, hours, (), facts.case_id)
    same = question.past.got(facts.customer_id, hours, (question.action.kind,), facts.case_id)
    return Before(every.count, every.amount, same.amount)


def _over(limits: PolicyLimits, what: str, role: Role | None, most: str) -> Violation:
    hours = limits.windows.look_back_hours
    message = f"{what} within {hours} hours, counted together, is above {most}."
    return block("limits.window_sum", message) if role is None else ask("limits.window_sum", role, message)


def _most(role: Role | None, kind: str, amount: Money, limits: PolicyLimits, before: Before | None = None) -> str:
    """`the 50.00 USD that an agent may sign`: the ceiling of the role below `role`, which it is for that reason."""
    if role is None:
        return "what anybody may sign"
    below = ORDER[role.rank - 1]
    over = over_ceiling(below, kind, amount, limits, before)
    who = f"{'an' if below is Role.AGENT else 'a'} {below.value} may sign"
    return f"the {over.most} that {who}" if over and over.most else f"what {who}"


def role_for(kind: str, amount: Money, limits: PolicyLimits, before: Before | None = None) -> Role | None:
    """The least role whose every ceiling covers `amount` with what was given `before`; None when no role's does."""
    return next((role for role in ORDER[1:] if over_ceiling(role, kind, amount, limits, before) is None), None)


@dataclass(frozen=True)
class Over:
    """The ceiling that is too low: its place in limits.yaml, and the most; None where there is none at all."""

    place: str
    most: Ceiling | None


def over_ceiling(
    role: Role, kind: str, amount: Money, limits: PolicyLimits, before: Before | None = None
) -> Over | None:
    """The first ceiling of `role` that `amount` is above after `before`; None when one signature covers it."""
    everything = before.everything + amount if before else amount
    same = before.same + amount if before else amount
    found = (
        (each, same if each.place != f"roles.{role.value}.each" else everything) for each in _of(role, kind, limits)
    )
    return next((each for each, given in found if each.most is None or not each.most.covers(given)), None)


def _of(role: Role, kind: str, limits: PolicyLimits) -> Iterator[Over]:
    """Every ceiling that a signature of this role has for this kind; a missing one covers nothing."""
    roles, rule = limits.roles.of(role), limits.actions.get(kind)
    if kind == "issue_store_credit":
        yield Over(f"roles.{role.value}.store_credit", roles.store_credit)
    yield Over(f"roles.{role.value}.each", roles.each)
    if rule is not None and role in rule.ceilings:
        yield Over(f"actions.{kind}.ceilings.{role.value}", rule.ceilings[role])


def windows(question: Question) -> Iterator[Violation]:
    """Every cumulative window that this action counts in, but those of the person who signs."""
    value = gives_value(question.action) or question.amount is not None
    for window in question.limits.windows.limits:
        if window.per is not Per.APPROVER and counts_in(question.action.kind, value, window.actions):
            yield from above(window, _inside(question, window), question.amount, question.limits.currency)


def _inside(question: Question, window: Window) -> Tally:
    if window.per is Per.SHOP:
        return question.past.tally(window.hours, window.actions)
    facts, currency = question.facts, question.limits.currency
    if window.per is Per.CUSTOMER:
        return question.past.got(facts.customer_id, window.hours, window.actions)
    case = question.past.in_case(facts.case_id)
    return tally_of(within(case, question.now, window.hours), window.actions, currency)


def above(window: Window, past: Tally, amount: Money | None, currency: str) -> Iterator[Violation]:
    """What happens when one more effect of `amount` leaves the window."""
    span = f"in {window.hours} hours" if window.hours else "in all"
    if window.count is not None and past.count + 1 > window.count:
        message = f"{past.count + 1} per {window.per.value} {span} is above {window.count} ({window.id})."
        yield _say("limits.window_count", window, message)
    if window.amount is not None and amount is not None and amount.currency == currency:
        reached = past.amount + amount
        if reached > window.amount:
            message = f"{reached} per {window.per.value} {span} is above {window.amount} ({window.id})."
            yield _say("limits.window_sum", window, message)


def _say(rule: str, window: Window, message: str) -> Violation:
    if window.above.verdict is Verdict.BLOCK:
        return block(rule, message)
    return ask(rule, window.above.role or Role.ADMIN, message)
