"""The money of an order in a file: found out of its totals, spread over its lines, equal to the total to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tools.commerce import LineItem
from tools.money import Money, total
from tools.store.shopify_csv import fields
from tools.store.shopify_csv.sheet import SheetRow


@dataclass(frozen=True)
class Amounts:
    """What an order costs. `discount` is on lines; `shipping` is less its own discount, and holds the duties."""

    total: Money
    discount: Money
    shipping: Money
    tax: Money
    shipping_tax: Money
    taxes_included: bool
    beside: bool = False
    """Whether what is no article (a tip) is not in the Subtotal, so that no discount is on it."""

    @property
    def nothing(self) -> Money:
        """Zero in the order's currency."""
        return Money.zero(self.total.currency)


def amounts_of(first: SheetRow, rows: Sequence[SheetRow], lines: Sequence[LineItem], currency: str) -> Amounts:
    """Read the order's amounts and prove that they add up. Raises BadRow."""
    gross = total((line.price * line.quantity for line in lines), currency)
    first.need("Total")
    whole, tax = fields.money(first, currency, "Total"), fields.money(first, currency, "Taxes")
    reduced, duties = fields.money(first, currency, "Discount Amount"), fields.money(first, currency, "Duties")
    # Duties are paid for the way, not for an item: they go back when shipping does.
    charged = fields.money(first, currency, "Shipping") + duties
    less = _line_discount(first, gross, reduced, currency)
    beside = total((line.price * line.quantity for line, row in zip(lines, rows, strict=True) if _tip(row)), currency)
    for discount in dict.fromkeys((less, less - beside)):
        for included in (False, True):
            for shipping in dict.fromkeys((charged, charged - (reduced - discount))):
                owed = gross - discount + shipping + (Money.zero(currency) if included else tax)
                # Shipping is never more than the file says: what is left over has another cause.
                if owed == whole and Money.zero(currency) <= min(shipping, discount) and shipping <= charged:
                    found = _amounts(whole, discount, shipping, tax, included, rows)
                    return replace(found, beside=discount != less)
    parts = f"items {gross}, discount {less}, shipping {charged - duties}, taxes {tax}, duties {duties}"
    raise first.bad("Total", f"{parts} do not add up to {whole}")


def _tip(row: SheetRow) -> bool:
    """A line that is no article: Shopify writes a tip as one, and leaves it out of the Subtotal."""
    return not row.get("Lineitem sku") and row.get("Lineitem requires shipping").casefold() == "false"


def _line_discount(row: SheetRow, gross: Money, reduced: Money, currency: str) -> Money:
    if not row.get("Subtotal"):
        return min(reduced, gross)
    subtotal = fields.money(row, currency, "Subtotal")
    if subtotal > gross:
        raise row.bad("Subtotal", f"{subtotal} is more than the {gross} that the items cost")
    return gross - subtotal


def _amounts(
    whole: Money, discount: Money, shipping: Money, tax: Money, included: bool, rows: Sequence[SheetRow]
) -> Amounts:
    nothing = Money.zero(whole.currency)
    # The file does not say what the tax is on. It stays with the items, unless none of them is taxable.
    on_lines = any(_taxable(row) for row in rows)
    return Amounts(whole, discount, shipping, tax if on_lines else nothing, nothing if on_lines else tax, included)


def _taxable(row: SheetRow) -> bool:
    return row.get("Lineitem taxable").casefold() != "false"


def spread(lines: Sequence[LineItem], rows: Sequence[SheetRow], amounts: Amounts) -> tuple[LineItem, ...]:
    """The lines with their discounts and taxes; the parts add up exactly."""
    discounts = _discounts(lines, rows, amounts)
    net = [(line.price * line.quantity - off).minor for line, off in zip(lines, discounts, strict=True)]
    weights = [part if _taxable(row) else 0 for part, row in zip(net, rows, strict=True)]
    taxable = [int(_taxable(row)) for row in rows]
    taxes = amounts.tax.allocate(weights if any(weights) else taxable)
    return tuple(
        line.model_copy(update={"discount": discount, "tax": tax})
        for line, discount, tax in zip(lines, discounts, taxes, strict=True)
    )


def _discounts(lines: Sequence[LineItem], rows: Sequence[SheetRow], amounts: Amounts) -> list[Money]:
    currency = amounts.total.currency
    kept = [amounts.beside and _tip(row) for row in rows]
    nothing = amounts.nothing
    gross = [nothing if tip else line.price * line.quantity for line, tip in zip(lines, kept, strict=True)]
    own = [min(fields.money(row, currency, "Lineitem discount"), cost) for row, cost in zip(rows, gross, strict=True)]
    rest = amounts.discount - total(own, currency)
    if rest.minor < 0:
        return amounts.discount.allocate([cost.minor for cost in gross])
    shared = rest.allocate([(cost - off).minor for cost, off in zip(gross, own, strict=True)])
    return [off + more for off, more in zip(own, shared, strict=True)]
