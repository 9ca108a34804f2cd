"""The arithmetic of an order, exact to the cent: units left, shares of lines, price differences, where money goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tools.actions import Lines, Swap
from tools.commerce import (
    LineItem,
    Order,
    OrderStage,
    PaymentKind,
    PaymentMethod,
    Product,
    Refund,
    Return,
    ReturnStatus,
    TransactionKind,
    Variant,
)
from tools.facts import ActionFacts, line_variant
from tools.money import Money, total

WITH_BALANCE = frozenset({PaymentKind.GIFT_CARD, PaymentKind.STORE_CREDIT})
SPLIT = "~"
"""Stands in the id of a line of a replacement between the line it was and its number, when its items were changed."""
_ARRIVED = frozenset({ReturnStatus.RECEIVED, ReturnStatus.INSPECTED})
_AWAITED = frozenset({ReturnStatus.LABEL_SENT, ReturnStatus.IN_TRANSIT})

Variants = Mapping[str, tuple[Product, Variant]]


def units_by_line(entries: Iterable[Lines | Swap]) -> Counter[str]:
    """Units asked for per line; entries that repeat a line add up."""
    asked: Counter[str] = Counter()
    for entry in entries:
        asked[entry.line_id] += entry.quantity
    return asked


def units_replaced(line: LineItem, replacements: Iterable[Order]) -> int:
    """Units of this line that were sent again, as long as the replacement is not cancelled."""
    alive = [order for order in replacements if order.stage is not OrderStage.CANCELLED]
    lines = [again for order in alive for again in order.lines]
    return sum(again.quantity for again in lines if f"{again.id}{SPLIT}".startswith(f"{line.id}{SPLIT}"))


def units_to_replace(line: LineItem, facts: ActionFacts) -> int:
    """Units for which others can be sent: each only once, and none that was refunded or comes back."""
    return line.left - units_replaced(line, facts.replacements)


def units_to_refund(line: LineItem, facts: ActionFacts) -> int:
    """Units that can be refunded: a unit that comes back counts only once it has arrived, a replaced one not at all."""
    blocked = line.returning - arrived_units(line, facts.returns)
    return line.quantity - line.refunded - blocked - units_replaced(line, facts.replacements)


def arrived_units(line: LineItem, returns: Sequence[Return]) -> int:
    """Units of plain returns that the shop has received and not yet refunded."""
    arrived = arrived_of(line, returns)
    awaited = _returned(line, returns, _AWAITED)
    return max(0, min(arrived, line.returning - awaited))


def arrived_of(line: LineItem, returns: Sequence[Return]) -> int:
    """Units that came back with plain returns, refunded or not."""
    return _returned(line, returns, _ARRIVED)


def _returned(line: LineItem, returns: Sequence[Return], statuses: frozenset[ReturnStatus]) -> int:
    lines = [back for found in returns if found.status in statuses for back in found.lines]
    return sum(back.quantity for back in lines if back.line_id == line.id and not back.exchange_variant_id)


def worth(order: Order, entries: Iterable[Lines]) -> Money:
    """What the named units are worth now: price less discount share plus tax, after the units refunded before."""
    asked = units_by_line(entries)
    lines = [(line, asked[line.id]) for line in order.lines if line.id in asked]
    return total((line.refundable(units, order.taxes_included) for line, units in lines), order.currency)


def shipping_left(order: Order, refunds: Iterable[Refund]) -> Money:
    """What was paid for shipping and not refunded yet; never below zero."""
    back = total((refund.shipping for refund in refunds if refund.shipping is not None), order.currency)
    return max(order.shipping_paid - back, Money.zero(order.currency))


def part(line: LineItem, units: int, already: int) -> LineItem:
    """`units` of a line as a line of their own, with their share of discount and tax after `already` units."""
    return line.model_copy(
        update={
            "quantity": units,
            "discount": line.discount.share(units, line.quantity, already),
            "tax": line.tax.share(units, line.quantity, already),
            "refunded": 0,
            "returning": 0,
        }
    )


def swapped(old: LineItem, product: Product, variant: Variant) -> LineItem:
    """`old` with another variant: the discount stays (at most the new price), the tax keeps its rate."""
    gross = variant.price * old.quantity
    discount = min(old.discount, gross)
    tax = _at_rate_of(old, (gross - discount).minor)
    return old.model_copy(
        update={
            "product_id": product.id,
            "variant_id": variant.id,
            "sku": variant.sku,
            "title": product.title,
            "options": dict(variant.options),
            "price": variant.price,
            "discount": discount,
            "tax": tax,
        }
    )


def _at_rate_of(old: LineItem, net: int) -> Money:
    old_net = (old.price * old.quantity - old.discount).minor
    if old_net <= 0:
        return Money.zero(old.price.currency)
    return Money(minor=(old.tax.minor * net * 2 + old_net) // (old_net * 2), currency=old.price.currency)


def exchanged(order: Order, swaps: Iterable[Swap], variants: Variants) -> list[tuple[LineItem, LineItem]]:
    """Every swap as (units that leave, units that take their place), each with its exact share of discount and tax."""
    taken: Counter[str] = Counter()
    pairs: list[tuple[LineItem, LineItem]] = []
    for swap in swaps:
        line, found = order.line(swap.line_id), variants.get(swap.variant_id)
        if line is None or found is None:
            continue
        old = part(line, swap.quantity, line.refunded + line.returning + taken[line.id])
        taken[line.id] += swap.quantity
        new = swapped(old, *found)
        pairs.append((old, _sent_again(old, new, variants) if order.replaces_order_id else new))
    return pairs


def _sent_again(old: LineItem, new: LineItem, variants: Variants) -> LineItem:
    """What is sent again is free up to the price of what it stands for: another variant costs what it is dearer."""
    before = variants.get(line_variant(old))
    if before is None or before[1].price.currency != new.price.currency:
        return new
    return new.model_copy(
        update={"price": max(old.price + new.price - before[1].price, Money.zero(old.price.currency))}
    )


def moves_now(order: Order) -> bool:
    """Whether a price difference is settled at once: an order that is still to be paid is charged as a whole later."""
    return bool(order.captured) or bool(order.replaces_order_id)


def difference(order: Order, pairs: Iterable[tuple[LineItem, LineItem]]) -> Money:
    """What the customer has to pay for the swaps (below zero: gets back)."""
    included = order.taxes_included
    return total((new.paid(included) - old.paid(included) for old, new in pairs), order.currency)


def captured_by_method(order: Order) -> dict[str, int]:
    """Minor units that are still with the shop, by the payment method they came from, oldest first; never below 0."""
    left: Counter[str] = Counter()
    for moved in order.transactions:
        sign = 1 if moved.kind is TransactionKind.CAPTURE else -1
        left[moved.method_id or order.payment_method_id] += sign * moved.amount.minor
    return {method: amount for method, amount in left.items() if amount > 0}


def back_to_source(order: Order, amount: Money) -> list[tuple[str, Money]]:
    """Split `amount` over the methods it came from: the order's own method first, then the others, oldest first."""
    left = captured_by_method(order)
    methods = sorted(left, key=lambda method: method != order.payment_method_id)
    parts: list[tuple[str, Money]] = []
    remaining = amount.minor
    for method in methods:
        share = min(left[method], remaining)
        remaining -= share
        parts.append((method, Money(minor=share, currency=amount.currency)))
    return [(method, share) for method, share in parts if share]


def held_amount(order: Order) -> Money:
    """What an order's payment method carries: what the shop still holds, or the total when nothing was captured."""
    return order.left_to_refund if order.captured else order.total


def balance_of(method: PaymentMethod, currency: str) -> Money:
    """The balance of a gift card or of store credit; an unknown balance is nothing."""
    return method.balance if method.balance is not None else Money.zero(currency)
