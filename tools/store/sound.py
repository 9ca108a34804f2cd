"""Nouns that contradict themselves: amounts below zero, ids used twice, more units or money than there are."""

from __future__ import annotations

from collections.abc import Iterable

from tools import commerce as shop
from tools.money import Money


def sound_order(order: shop.Order) -> None:
    """Raises ValueError when an order contradicts itself: two currencies, repeated line ids, units or money amiss."""
    if len({line.id for line in order.lines}) < len(order.lines):
        raise ValueError(f"order {order.number} has two lines with the same id")
    for line in order.lines:
        _sound_line(line)
    if min(order.shipping.minor, order.shipping_tax.minor) < 0:
        raise ValueError(f"order {order.number} has shipping below zero")
    if any(moved.amount.minor < 0 for moved in order.transactions):
        raise ValueError(f"order {order.number} has a transaction below zero; a refund is a transaction of kind refund")
    if order.total.minor < 0 or order.left_to_refund.minor < 0:
        raise ValueError(f"order {order.number} costs less than nothing, or more was refunded than captured")


def _sound_line(line: shop.LineItem) -> None:
    if line.refunded + line.returning > line.quantity:
        raise ValueError(f"line {line.id} has more units refunded and returning than its quantity")
    if min(line.price.minor, line.discount.minor, line.tax.minor) < 0:
        raise ValueError(f"line {line.id} has a price, a discount or a tax below zero")
    if line.discount > line.price * line.quantity:
        raise ValueError(f"line {line.id} has a discount of {line.discount}, more than it costs")


def sound_customer(customer: shop.Customer) -> None:
    """Raises ValueError when two payment methods share an id, or a balance is below zero."""
    ids = [method.id for method in customer.payment_methods]
    if len(set(ids)) < len(ids):
        raise ValueError(f"customer {customer.id} has two payment methods with the same id")
    _not_below_zero(f"customer {customer.id} has a balance", [method.balance for method in customer.payment_methods])


def sound_product(product: shop.Product) -> None:
    """Raises ValueError when two variants share an id, or a price or cost is below zero."""
    ids = [variant.id for variant in product.variants]
    if len(set(ids)) < len(ids):
        raise ValueError(f"product {product.id} has two variants with the same id")
    amounts = [amount for variant in product.variants for amount in (variant.price, variant.cost)]
    _not_below_zero(f"product {product.id} has a price or cost", amounts)


def sound_refund(refund: shop.Refund) -> None:
    """Raises ValueError when less than nothing was paid back."""
    _not_below_zero(f"refund {refund.id} has an amount", [refund.amount, refund.shipping])


def sound_credit(credit: shop.StoreCredit) -> None:
    """Raises ValueError when less than nothing was given."""
    _not_below_zero(f"store credit {credit.id} has an amount", [credit.amount])


def _not_below_zero(what: str, amounts: Iterable[Money | None]) -> None:
    if any(amount is not None and amount.minor < 0 for amount in amounts):
        raise ValueError(f"{what} below zero")
