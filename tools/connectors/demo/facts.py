"""What fills the placeholders of a message: facts of the order and the customer it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from tools.commerce import Address, Order, Product, Variant
from tools.connectors.demo.customers import address, country_of
from tools.connectors.demo.situations import Case

MISSING_ORDERS = ("#9321", "#8804", "#4410")


class Facts:
    """Answers `str.format_map` with facts of one case; a placeholder without a fact is an error."""

    def __init__(
        self, case: Case, products: Mapping[str, Product], available: Mapping[str, int], other: Order, chance: Random
    ) -> None:
        self._facts = _about_customer(case) | {
            "other_order": other.number,
            "missing_order": chance.choice(MISSING_ORDERS),
        }
        self._facts |= _about_address(address(chance, country_of(case.customer), case.customer.name))
        if case.order is not None:
            self._facts |= _about_order(case, case.order)
            self._facts |= _about_variants(case.order, products, available)

    def fill(self, template: str) -> str:
        """The text with its placeholders filled.

        Raises:
            KeyError: The case has no such fact; the situation does not fit the message.
        """
        return template.format_map(self._facts)


def _about_customer(case: Case) -> dict[str, str]:
    customer = case.customer
    home = customer.default_address or Address()
    return {
        "name": customer.name,
        "first": customer.name.split()[0],
        "email": customer.emails[0],
        "customer_id": customer.id,
        "zip": home.postal_code,
        "city": home.city,
    }


def _about_address(new: Address) -> dict[str, str]:
    town = f"{new.city}, {new.region} {new.postal_code}" if new.region else f"{new.postal_code} {new.city}"
    lines = [part for part in (new.line1, new.line2, town) if part]
    return {
        "new_line1": new.line1,
        "new_zip": new.postal_code,
        "new_address": ", ".join(lines),
        "new_address_lines": "\n".join(lines),
    }


def _about_order(case: Case, order: Order) -> dict[str, str]:
    facts = {
        "order": order.number,
        "digits": order.number.lstrip("#"),
        "order_id": order.id,
        "total": str(order.total.decimal),
    }
    for at, line in enumerate(order.lines, start=1):
        suffix = "" if at == 1 else str(at)
        facts |= {f"item{suffix}": line.title, f"line{suffix}_id": line.id, f"sku{suffix}": line.sku}
    if case.shipment is not None:
        parcel = case.shipment
        facts |= {"carrier": parcel.carrier, "tracking": parcel.tracking_number, "shipment_id": parcel.id}
    others = [m for m in case.customer.payment_methods if m.id != order.payment_method_id and m.kind != "gift_card"]
    return facts | ({"other_method": others[0].brand, "other_method_id": others[0].id} if others else {})


def _about_variants(order: Order, products: Mapping[str, Product], available: Mapping[str, int]) -> dict[str, str]:
    """`option` is what was bought, `want` a sibling in stock and `gone` one that is sold out."""
    line = order.lines[0]
    bought = products[line.product_id].variant(line.variant_id)
    if bought is None or not bought.options:
        return {}
    key = "size" if "size" in bought.options else next(iter(bought.options))
    siblings = [sibling for sibling in products[line.product_id].variants if _differs_only(sibling, bought, key)]
    facts = {"option": bought.options[key]}
    in_stock = _nearest(bought, siblings, [s for s in siblings if available[s.id] > 1])
    sold_out = _nearest(bought, siblings, [s for s in siblings if not available[s.id]])
    if in_stock is not None:
        facts |= {"want": in_stock.options[key], "want_id": in_stock.id}
    return facts | ({"gone": sold_out.options[key], "gone_id": sold_out.id} if sold_out else {})


def _differs_only(sibling: Variant, bought: Variant, key: str) -> bool:
    """Whether a variant is the bought one in every option, with `key` left out of the comparison."""
    return {**sibling.options, key: ""} == {**bought.options, key: ""}


def _nearest(bought: Variant, siblings: Sequence[Variant], among: Sequence[Variant]) -> Variant | None:
    """The variant of `among` that stands next to the bought one in the catalogue."""
    places = {variant.id: at for at, variant in enumerate(siblings)}
    others = [variant for variant in among if variant.id != bought.id]
    return min(others, key=lambda v: (abs(places[v.id] - places[bought.id]), -places[v.id]), default=None)
