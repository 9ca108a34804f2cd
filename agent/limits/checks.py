"""What no type can say: names that must exist, amounts that must fit together. Errors and warnings with their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import cast

from pydantic import BaseModel

from agent.case import Verdict
from agent.limits.people import ORDER, Ceiling, Role, RoleLimits
from agent.limits.policy_limits import PolicyLimits
from agent.limits.rules import ActionRule, plain
from agent.limits.source import Loc
from agent.limits.vocabulary import INTENTS
from tools.actions import ACTIONS
from tools.money import Money, is_currency

PRICED = frozenset({"refund_order", "issue_store_credit", "issue_discount_code", "replace_items", "exchange_items"})
"""Actions with an amount that a ceiling can be held against."""


@dataclass(frozen=True)
class Finding:
    """Something about a value (or about the key that names it) at `loc`."""

    loc: Loc
    message: str
    key: bool = False


def meant(word: str, known: Iterable[str]) -> str:
    """`; did you mean "refund_order"?`, or the whole list when nothing is close and the list is short."""
    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known are: {', '.join(names)}" if len(names) <= 30 else ""


def mistakes(limits: PolicyLimits) -> Iterator[Finding]:
    """Everything in the file that cannot be meant. A file with mistakes is not used at all."""
    yield from _people(limits)
    yield from _roles(limits)
    yield from _actions(limits)
    yield from _windows(limits)
    yield from _names(limits)
    yield from _replies(limits)
    yield from _money(limits)


def _people(limits: PolicyLimits) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, person in enumerate(limits.people):
        for name in person.answers_to():
            if name in seen:
                yield Finding(
                    ("people", index),
                    f'"{name}" already means {seen[name]}; a signature must name one person, so give each their own',
                )
        seen |= dict.fromkeys(person.answers_to(), person.name)


def _roles(limits: PolicyLimits) -> Iterator[Finding]:
    if limits.roles.viewer != RoleLimits():
        yield Finding(("roles", "viewer"), "a viewer only looks: write `viewer: {}`")
    for name in RoleLimits.model_fields:
        for lower, higher in pairwise(ORDER[1:]):
            low, high = (_ceiling(limits, role, name) for role in (lower, higher))
            if low is not None and not _at_least(high, low):
                yield Finding(
                    ("roles", higher.value, name),
                    f"{higher.value} may give less than {lower.value} ({high or 'nothing'} against {low}); raise it",
                )
    for loc, role in (
        (("returns", "exception_role"), limits.returns.exception_role),
        (("returns", "unknown_delivery_role"), limits.returns.unknown_delivery_role),
        (("value", "role"), limits.value.role),
    ):
        if role is Role.VIEWER:
            yield Finding(loc, "a viewer cannot sign: use agent, lead or admin")


def _ceiling(limits: PolicyLimits, role: Role, name: str) -> Ceiling | None:
    roles = limits.roles.of(role)
    return {"each": roles.each, "per_day": roles.per_day, "store_credit": roles.store_credit}[name]


def _at_least(high: Ceiling | None, low: Ceiling) -> bool:
    if high is None:
        return False
    if high.amount is None or low.amount is None:
        return high.amount is None
    return high.amount.currency != low.amount.currency or high.amount >= low.amount


def _actions(limits: PolicyLimits) -> Iterator[Finding]:
    for kind, rule in limits.actions.items():
        loc = ("actions", kind)
        if kind not in ACTIONS:
            yield Finding(loc, f'"{kind}" is not an action{meant(kind, ACTIONS)}', key=True)
            continue
        yield from _action(loc, kind, rule)


def _action(loc: Loc, kind: str, rule: ActionRule) -> Iterator[Finding]:
    for intent in rule.by_intent:
        if intent not in INTENTS:
            yield Finding((*loc, "by_intent", intent), f'"{intent}" is not an intent{meant(intent, INTENTS)}', key=True)
    if rule.reasons and "reason" not in ACTIONS[kind].model_fields:
        yield Finding((*loc, "reasons"), f"{kind} has no reason that could be checked; remove it", key=True)
    if rule.ceilings and kind not in PRICED:
        message = f"{kind} has no amount; ceilings go with {', '.join(sorted(PRICED))}"
        yield Finding((*loc, "ceilings"), message, key=True)
    if Role.VIEWER in rule.ceilings:
        yield Finding((*loc, "ceilings", "viewer"), "a viewer cannot sign: use agent, lead or admin", key=True)


def _windows(limits: PolicyLimits) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, window in enumerate(limits.windows.limits):
        loc = ("windows", "limits", index)
        if window.id in seen:
            yield Finding((*loc, "id"), f'"{window.id}" names two windows; give each its own id')
        seen.add(window.id)
        yield from _known_actions((*loc, "actions"), window.actions)


def _known_actions(loc: Loc, kinds: Iterable[str]) -> Iterator[Finding]:
    for index, kind in enumerate(kinds):
        if kind not in ACTIONS:
            yield Finding((*loc, index), f'"{kind}" is not an action{meant(kind, ACTIONS)}')


def _names(limits: PolicyLimits) -> Iterator[Finding]:
    bands = {"low": limits.fraud.low, "medium": limits.fraud.medium, "high": limits.fraud.high}
    for name, band in bands.items():
        yield from _known_actions(("fraud", name, "except_for"), band.except_for)
    for kind in limits.approvals.by_action:
        if kind not in ACTIONS:
            loc = ("approvals", "by_action", kind)
            yield Finding(loc, f'"{kind}" is not an action{meant(kind, ACTIONS)}', key=True)
    yield from _once_each(("returns", "by_category"), limits.returns.by_category)
    yield from _once_each(("returns", "warranty_years"), limits.returns.warranty_years)


def _once_each(loc: Loc, categories: Iterable[str]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for category in categories:
        if plain(category) in seen:
            message = f'"{category}" and "{seen[plain(category)]}" are the same category; keep one'
            yield Finding((*loc, category), message, key=True)
        seen[plain(category)] = category


def _replies(limits: PolicyLimits) -> Iterator[Finding]:
    for intent, listed in limits.replies.auto_intents.items():
        loc = ("replies", "auto_intents", intent)
        if intent not in INTENTS:
            yield Finding(loc, f'"{intent}" is not an intent{meant(intent, INTENTS)}', key=True)
        yield from _owner((*loc, "owner"), listed.owner, limits)
    if limits.replies.queue_notice is not None:
        yield from _owner(("replies", "queue_notice", "owner"), limits.replies.queue_notice.owner, limits)


def _owner(loc: Loc, name: str, limits: PolicyLimits) -> Iterator[Finding]:
    owner = limits.person(name)
    if owner is None:
        known = meant(name, [person.id for person in limits.people])
        yield Finding(loc, f'nobody in `people` answers to "{name}"{known}')
    elif not owner.role.covers(Role.LEAD):
        yield Finding(loc, f"{owner.name} is {owner.role.value}; unread replies need a lead or an admin")


def _money(limits: PolicyLimits) -> Iterator[Finding]:
    if not is_currency(limits.currency):
        yield Finding(("currency",), f'"{limits.currency}" is not a currency; write that of the shop, such as USD')
    for loc, amount in _amounts(limits, ()):
        if amount.currency != limits.currency:
            yield Finding(loc, f"{amount} is not in {limits.currency}, the currency of these limits")
        elif amount.minor < 0:
            yield Finding(loc, f"{amount} is below zero; an amount here is at least 0")


def _amounts(value: object, loc: Loc) -> Iterator[tuple[Loc, Money]]:
    if isinstance(value, Money):
        yield loc, value
    elif isinstance(value, Ceiling):
        yield from _amounts(value.amount, loc)
    else:
        for name, item in _children(value):
            yield from _amounts(item, (*loc, name))


def _children(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, BaseModel):
        return [(name, getattr(value, name)) for name in type(value).model_fields]
    if isinstance(value, dict):
        mapping = cast("dict[str, object]", value)  # isinstance cannot know what is inside
        return list(mapping.items())
    if isinstance(value, tuple):
        return enumerate(cast("tuple[object, ...]", value))
    return ()


def doubts(limits: PolicyLimits) -> Iterator[Finding]:
    """What is valid and probably not meant, or is overruled by code."""
    for kind, rule in limits.actions.items():
        yield from _overruled(("actions", kind), kind, rule)
    for kind in ACTIONS:
        if kind not in limits.actions:
            yield Finding(("actions",), f"{kind} has no rule, so it is blocked", key=True)
    if limits.replies.auto_intents and not limits.replies.owner_of(next(iter(limits.replies.auto_intents))):
        message = "these intents are not sent unread while `mode` is draft_only"
        yield Finding(("replies", "auto_intents"), message, key=True)
    for role in ORDER[1:]:
        if not any(person.role.covers(role) for person in limits.people):
            yield Finding(("people",), f"nobody can sign what needs {role.value}; it will expire unsigned", key=True)


def _overruled(loc: Loc, kind: str, rule: ActionRule) -> Iterator[Finding]:
    why = ""
    if ACTIONS[kind].gives_value:
        why = "gives value away and always needs a signature"
    elif kind == "send_reply":
        why = "is read before it leaves unless `replies` lists its intent with an owner"
    if not why:
        return
    if rule.verdict is Verdict.ALLOW:
        yield Finding(loc, f"{kind} {why}: `allow` is taken as require_approval", key=True)
    for intent, say in rule.by_intent.items():
        if say.verdict is Verdict.ALLOW:
            place = (*loc, "by_intent", intent)
            yield Finding(place, f"{kind} {why}: `allow` is taken as require_approval", key=True)
