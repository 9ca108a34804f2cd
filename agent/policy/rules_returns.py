"""Rules about goods that come back: final sale, categories, and the window in whole days since delivery."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.case import Violation
from agent.policy.question import PolicyFacts, Question, ask
from tools import actions as act
from tools.commerce import LineItem, Order, OrderStage, ParcelStatus, Shipment, arrived, untracked
from tools.preconditions.settlement import arrived_of, arrived_units, units_by_line

OUR_FAULT = frozenset({"damaged_item", "wrong_item", "missing_item"})
"""Intents where something went wrong on our side: the time to report it counts, and not the return window."""


@dataclass(frozen=True)
class _Asked:
    """One line that comes back or is paid back, with the moment it was asked for."""

    line: LineItem
    category: str
    final_sale: bool
    delivered: datetime | None
    tracked: bool
    """Whether a parcel is known that it is in."""
    asked: datetime


def returnable(question: Question) -> Iterator[Violation]:
    """Goods come back, or are sent again, within their window; a person of more experience signs exceptions.

    Goods are sent again because something went wrong, so the time to report it counts for them.
    """
    order = question.facts.order
    if order is None:
        return
    for asked in _asked(question, order):
        if not _with_customer(question, order) and asked.delivered is None:
            yield from _perhaps_arrived(question, order, asked)
            continue
        ours = question.intent in OUR_FAULT or isinstance(question.action, act.ReplaceItems)
        yield from (_report(question, asked) if ours else _return(question, asked))


def _with_customer(question: Question, order: Order) -> bool:
    """Whether the goods are taken to have arrived; what is to come back and has no parcel on record is."""
    parcels = question.facts.world.shipments
    back = isinstance(question.action, act.CreateReturn | act.ExchangeItems)
    return arrived(order, parcels) or (back and untracked(order, parcels))


def _perhaps_arrived(question: Question, order: Order, asked: _Asked) -> Iterator[Violation]:
    """What left so long ago that it may have been returnable once, and no parcel tells; a platform's files never do."""
    returns = question.limits.returns
    days = max(returns.days_for(asked.category), returns.default_days)
    left = order.stage in (OrderStage.PROCESSING, OrderStage.SHIPPED)
    if left and not asked.tracked and whole_days(order.placed_at, asked.asked, question) > days:
        yield _unknown_delivery(question, asked)


def _return(question: Question, asked: _Asked) -> Iterator[Violation]:
    returns, name = question.limits.returns, _name(question.action)
    days = returns.days_for(asked.category)
    if asked.final_sale and not returns.final_sale:
        message = f"{asked.line.title} was final sale: outside policy, an exception."
        yield ask(f"{name}.final_sale", returns.exception_role, message)
    elif days == 0:
        message = f"{asked.line.title} ({asked.category}) cannot be returned: outside policy, an exception."
        yield ask(f"{name}.not_returnable", returns.exception_role, message)
    else:
        yield from _in_time(question, asked, days, "to return it")


def _report(question: Question, asked: _Asked) -> Iterator[Violation]:
    returns = question.limits.returns
    late = list(_in_time(question, asked, returns.report_damage_days, "to report it"))
    if late and asked.delivered is not None and _covered(asked.delivered, asked, question):
        years, name = returns.warranty_of(asked.category), _name(question.action)
        message = f"{asked.line.title} is within its warranty of {years} years: look whether that covers what is wrong."
        late = [ask(f"{name}.warranty", returns.exception_role, message)]
    yield from late


def _covered(delivered: datetime, asked: _Asked, question: Question) -> bool:
    """Whether a fault was told within the years from delivery, that day included. Nothing else has a warranty."""
    zone, years = question.limits.business_hours.zone, question.limits.returns.warranty_of(asked.category)
    if question.intent != "damaged_item":
        return False
    start, then = delivered.astimezone(zone).date(), asked.asked.astimezone(zone).date()
    return years > 0 and (then.year - years, then.month, then.day) <= (start.year, start.month, start.day)


def _in_time(question: Question, asked: _Asked, days: int, purpose: str) -> Iterator[Violation]:
    returns, name = question.limits.returns, _name(question.action)
    if asked.delivered is None:
        yield _unknown_delivery(question, asked)
        return
    passed = whole_days(asked.delivered, asked.asked, question)
    if passed > days:
        message = (
            f"{asked.line.title} was delivered {passed} days before this was asked and there are {days} days {purpose}:"
            " outside policy, an exception."
        )
        yield ask(f"{name}.{_WINDOW[name]}", returns.exception_role, message)


def _unknown_delivery(question: Question, asked: _Asked) -> Violation:
    message = f"Nobody knows when {asked.line.title} was delivered, so its window cannot be checked."
    role = question.limits.returns.unknown_delivery_role
    return ask(f"{_name(question.action)}.delivery_unknown", role, message)


_WINDOW = {"refund": "outside_window", "returns": "window", "replacement": "outside_window"}


def _name(action: act.Action) -> str:
    return {"refund_order": "refund", "replace_items": "replacement"}.get(action.kind, "returns")


def whole_days(since: datetime, until: datetime, question: Question) -> int:
    """Calendar days between two moments, where the shop is: delivered on the 1st, the 31st is day 30."""
    zone = question.limits.business_hours.zone
    return (until.astimezone(zone).date() - since.astimezone(zone).date()).days


def _asked(question: Question, order: Order) -> Iterator[_Asked]:
    for line, units in _lines(question.action, order):
        product = question.facts.products.get(line.id)
        parcels = [one for one in question.facts.world.shipments if not one.line_ids or line.id in one.line_ids]
        yield _Asked(
            line=line,
            category=line.category or (product.category if product else ""),
            final_sale=line.final_sale or (product is not None and product.final_sale),
            delivered=_delivered(parcels),
            tracked=bool(parcels),
            asked=_since_when(question.action, line, units, question.facts) or question.now,
        )


def _lines(action: act.Action, order: Order) -> Iterable[tuple[LineItem, int]]:
    """The lines the action names with their units; a refund that names none is about the order as a whole."""
    if isinstance(action, act.CreateReturn | act.RefundOrder | act.ReplaceItems):
        asked = units_by_line(action.lines)
    elif isinstance(action, act.ExchangeItems):
        asked = units_by_line(action.swaps)
    else:
        return []
    whole = isinstance(action, act.RefundOrder) and not asked
    return [(line, line.quantity if whole else asked[line.id]) for line in order.lines if whole or line.id in asked]


def _delivered(parcels: Iterable[Shipment]) -> datetime | None:
    """When the last parcel arrived; None when no parcel says so."""
    moments = [parcel.delivered_at or _delivery_scan(parcel) for parcel in parcels]
    return max((moment for moment in moments if moment is not None), default=None)


def _delivery_scan(parcel: Shipment) -> datetime | None:
    return max((event.at for event in parcel.events if event.status is ParcelStatus.DELIVERED), default=None)


def _since_when(action: act.Action, line: LineItem, units: int, facts: PolicyFacts) -> datetime | None:
    """When the return was asked for that these units came back with: its refund is as much in time as it was.

    Units refunded before are no part of it, and what is still with the customer is asked for now.
    """
    back = [found for found in facts.world.returns if arrived_of(line, [found])]
    # A snapshot may leave out on the line what is on its way back; once something was refunded, only the line tells.
    here = arrived_units(line, facts.world.returns) if line.refunded else arrived_of(line, back)
    if not isinstance(action, act.RefundOrder) or here < units:
        return None
    return max((found.requested_at for found in back), default=None)
