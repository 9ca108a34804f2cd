"""Whether this person may sign this: role, ceiling, and what they signed within a day. Default: no."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from agent.case import ActionVerdict, Verdict, Violation
from agent.limits import Per, Person, PolicyLimits, Role
from agent.policy.past import counts_in, past_in
from agent.policy.question import Past, PastEffect, block
from agent.policy.rules_sums import above, over_ceiling
from tools.actions import ACTIONS
from tools.money import Money

DAY = 24


def may_sign(
    person: Person | None,
    action_verdict: ActionVerdict,
    amount: Money | None,
    history: Sequence[PastEffect] | Past,
    limits: PolicyLimits,
    now: datetime,
    known: Callable[[str], Person | None] | None = None,
) -> list[Violation]:
    """Why `person` may not sign; empty when they may.

    `amount` is what the action gives (`agent.policy.amount_of`); `history` holds what everybody signed lately; `known`
    says who there is and with which role: the people of limits.yaml, unless accounts count as well.
    """
    if person is None or (known or limits.person)(person.id) != person:
        return [block("signer.unknown", "Nobody of that name and role may sign: not in limits.yaml, nor by account.")]
    if action_verdict.verdict is Verdict.BLOCK:
        return [block("signer.blocked", "This is blocked; no signature changes that.")]
    if action_verdict.verdict is Verdict.ALLOW:
        return []
    past = past_in(history, now, limits.currency)
    return [*_role(person, action_verdict), *_sums(person, action_verdict.kind, amount, past, limits)]


def _role(person: Person, action_verdict: ActionVerdict) -> Iterator[Violation]:
    least = Role(action_verdict.role) if action_verdict.role else Role.ADMIN
    if not person.role.covers(least) or person.role is Role.VIEWER:
        message = f"{person.name} is {person.role.value}; this takes the signature of {least.value} or above."
        yield block("signer.role", message)


def _sums(person: Person, kind: str, amount: Money | None, past: Past, limits: PolicyLimits) -> Iterator[Violation]:
    value = amount is not None or (kind in ACTIONS and ACTIONS[kind].gives_value)
    if amount is not None:
        yield from _amounts(person, kind, amount, past, limits)
    for window in limits.windows.limits:
        if window.per is Per.APPROVER and counts_in(kind, value, window.actions):
            signed = past.tally(window.hours, window.actions, person.id)
            for found in above(window, signed, amount, limits.currency):
                if not _may_anyway(person, found):
                    yield block("signer.window", f"{person.name}: {found.message}")


def _may_anyway(person: Person, found: Violation) -> bool:
    return found.verdict is not Verdict.BLOCK and bool(found.role) and person.role.covers(Role(found.role))


def _amounts(person: Person, kind: str, amount: Money, past: Past, limits: PolicyLimits) -> Iterator[Violation]:
    if amount.currency != limits.currency:
        yield block("signer.currency", f"{amount} cannot be held against limits in {limits.currency}.")
        return
    over = over_ceiling(person.role, kind, amount, limits)
    if over is not None:
        most = f"the {over.most} that" if over.most else "what"
        said = f"{amount} is above {most} {person.name} ({person.role.value}) may sign at once"
        yield block("signer.ceiling", f"{said}: {over.place} in limits.yaml.")
    per_day = limits.roles.of(person.role).per_day
    reached = past.tally(DAY, (), person.id).amount + amount
    if per_day is None or not per_day.covers(reached):
        most, place = per_day or "nothing", f"roles.{person.role.value}.per_day in limits.yaml"
        said = f"{person.name} would have signed {reached} within a day; the most is {most}"
        yield block("signer.day_sum", f"{said}: {place}.")
