"""What an order costs, to the cent: discount shares, taxes on top or included, shipping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.commerce import Address, DiscountCode, LineItem
from tools.connectors.demo.catalog import Item
from tools.connectors.demo.chance import usd
from tools.connectors.demo.customers import country
from tools.money import Money

FREE_SHIPPING_FROM = 7500
SHIPPING = {"US": 600, "CA": 1400, "GB": 1800, "DE": 1800, "FR": 1800, "ES": 1800}
UNTAXED = frozenset({"coffee", "gift cards"})
PERCENT = 100_000
"""Tax rates are in thousandths of a percent."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Lines and shipping of an order with discount and tax."""

    lines: tuple[LineItem, ...]
    shipping: Money
    shipping_tax: Money
    taxes_included: bool


def rounded(amount: int, rate: int, per: int) -> int:
    """`amount * rate / per`, half up, in whole cents."""
    return (2 * amount * rate + per) // (2 * per)


def price_order(
    number: int,
    items: Sequence[tuple[Item, int]],
    ship_to: Address,
    codes: Sequence[DiscountCode] = (),
    markup: int = 0,
    free: bool = False,
) -> Priced:
    """Work an order out. `markup` is what each unit cost more than today; `free` prices a replacement at zero."""
    home = country(ship_to.country)
    rate = home.vat or home.tax.get(ship_to.region, 0)
    included = bool(home.vat)
    gross = [(item.variant.price.minor + markup) * quantity for item, quantity in items]
    discounts = gross if free else _discounts(items, gross, codes)
    lines = tuple(
        _line(f"ord_{number}-{at}", item, quantity, markup, cut, rate, included)
        for at, ((item, quantity), cut) in enumerate(zip(items, discounts, strict=True), start=1)
    )
    shipping = 0 if free else _shipping(ship_to.country, sum(gross) - sum(discounts))
    return Priced(lines, usd(shipping), usd(_tax(shipping, rate, included)), included)


def _shipping(code: str, subtotal: int) -> int:
    return 0 if code == "US" and subtotal >= FREE_SHIPPING_FROM else SHIPPING[code]


def _tax(net: int, rate: int, included: bool) -> int:
    return rounded(net, rate, PERCENT + rate) if included else rounded(net, rate, PERCENT)


def _discounts(items: Sequence[tuple[Item, int]], gross: Sequence[int], codes: Sequence[DiscountCode]) -> list[int]:
    """The cut of each line; gift cards are never discounted."""
    if not codes:
        return [0] * len(items)
    open_to_codes = [
        0 if item.product.category == "gift cards" else amount for (item, _), amount in zip(items, gross, strict=True)
    ]
    left = sum(open_to_codes)
    for code in codes:
        left -= min(left, code.amount.minor if code.amount else rounded(left, code.percent or 0, 100))
    cut = sum(open_to_codes) - left
    return [part.minor for part in usd(cut).allocate(open_to_codes)] if cut else [0] * len(items)


def _line(line_id: str, item: Item, quantity: int, markup: int, cut: int, rate: int, included: bool) -> LineItem:
    product, variant = item.product, item.variant
    price = variant.price.minor + markup
    applied = 0 if product.category in UNTAXED else rate
    return LineItem(
        id=line_id,
        product_id=product.id,
        variant_id=variant.id,
        sku=variant.sku,
        title=product.title,
        category=product.category,
        options=variant.options,
        quantity=quantity,
        price=usd(price),
        discount=usd(cut),
        tax=usd(_tax(price * quantity - cut, applied, included)),
        final_sale=product.final_sale,
    )
