"""Read-only lookups that a model may ask for. A function's docstring and signature are its schema.

Whose data is read is bound by code before a model is asked: no argument names a customer, and what belongs to another
customer is answered like what does not exist. Notes, holds and risk marks are for staff and are never in an answer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from tools.commerce import LineItem, Order, Product, Refund, Return, Shipment
from tools.ports import Readers

Fields = dict[str, JsonValue]
LONGEST = 200
"""Characters of an argument."""
MOST_ROWS = 5
"""Orders or products in one answer."""


class LookupRefused(ValueError):
    """The lookup was asked for in a way that has no answer; the message is for the model to read."""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """One question that can be asked; every argument is a short text."""

    name: str
    description: str
    arguments: Mapping[str, str]
    run: Callable[..., Fields]

    @classmethod
    def of(cls, function: Callable[..., Fields]) -> Lookup:
        """From a function with a docstring. Raises ValueError when an argument is undescribed or not a text."""
        described = _arguments(function)
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.annotation not in (str, "str") or name not in described:
                raise ValueError(f"{function.__name__}: {name} has to be a described text")
        return cls(name=function.__name__, description=_summary(function), arguments=described, run=function)

    def schema(self) -> Fields:
        """The function as OpenAI-compatible endpoints want it described."""
        properties: Fields = {
            name: {"type": "string", "description": text, "maxLength": LONGEST} for name, text in self.arguments.items()
        }
        parameters: Fields = {
            "type": "object",
            "properties": properties,
            "required": list(self.arguments),
            "additionalProperties": False,
        }
        about: Fields = {"name": self.name, "description": self.description, "parameters": parameters}
        return {"type": "function", "function": about}

    def __call__(self, given: Mapping[str, object]) -> Fields:
        """The answer. Raises LookupRefused for wrong arguments and Unavailable when a system is down."""
        if set(given) != set(self.arguments):
            raise LookupRefused(f"{self.name} takes exactly {', '.join(self.arguments) or 'no argument'}")
        for name, value in given.items():
            if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
                raise LookupRefused(f"{self.name}: {name} has to be a text of 1 to {LONGEST} characters")
        return self.run(**given)


def shop_lookups(readers: Readers) -> tuple[Lookup, ...]:
    """What anybody may know: the catalogue."""

    def products(words: str) -> Fields:
        """Find products by words of their title, by SKU or by attribute, with prices, options and stock.

        Args:
            words: What the product is called, or its SKU.
        """
        found = [_product(product, readers) for product in readers.catalog.find_products(words, MOST_ROWS)]
        return _listed("products", found)

    return (Lookup.of(products),)


def customer_lookups(readers: Readers, customer_id: str) -> tuple[Lookup, ...]:
    """What the verified customer `customer_id` may know: own orders, parcels, returns, refunds and subscriptions."""

    def own(number: str) -> Order | None:
        order = readers.orders.order_by_number(number)
        return order if order is not None and order.customer_id == customer_id else None

    def recent_orders() -> Fields:
        """List this customer's newest orders."""
        found = readers.orders.orders_of(customer_id, MOST_ROWS)
        return _listed("orders", [_brief(order) for order in found])

    def order(number: str) -> Fields:
        """Read one order of this customer: lines, prices, state and address.

        Args:
            number: The order number, such as #1042.
        """
        found = own(number)
        return _order(found) if found else _nothing()

    def parcels(number: str) -> Fields:
        """Read the parcels of one order of this customer, with the carrier's last scan.

        Args:
            number: The order number.
        """
        found = own(number)
        return _listed("parcels", [_parcel(each) for each in readers.orders.shipments(found.id)] if found else [])

    def returns_and_refunds(number: str) -> Fields:
        """Read the returns and refunds of one order of this customer.

        Args:
            number: The order number.
        """
        found = own(number)
        if found is None:
            return _nothing()
        back = [_return(each) for each in readers.orders.returns(found.id)]
        paid = [_refund(each) for each in readers.orders.refunds(found.id)]
        return {"found": bool(back or paid), "returns": list[JsonValue](back), "refunds": list[JsonValue](paid)}

    def subscriptions() -> Fields:
        """List this customer's recurring orders."""
        plans = readers.customers.subscriptions(customer_id)
        rows: list[Fields] = [
            {"title": p.title, "status": p.status, "interval": p.interval, "price": str(p.price)} for p in plans
        ]
        return _listed("subscriptions", rows)

    offered = (recent_orders, order, parcels, returns_and_refunds, subscriptions)
    return tuple(Lookup.of(function) for function in offered)


def _summary(function: Callable[..., Fields]) -> str:
    text = inspect.getdoc(function) or ""
    if not text:
        raise ValueError(f"{function.__name__} needs a docstring: it is what a model reads")
    return text.partition("\n\n")[0].replace("\n", " ")


def _arguments(function: Callable[..., Fields]) -> dict[str, str]:
    """`Args:` of a docstring, one line each."""
    _, _, section = (inspect.getdoc(function) or "").partition("Args:\n")
    pairs = (line.strip().partition(": ") for line in section.splitlines() if line.strip())
    return {name: text for name, _, text in pairs}


def _nothing() -> Fields:
    # The argument is never repeated: an answer may become evidence, and evidence holds only what the store says.
    return {"found": False, "why": "this customer has nothing of that name"}


def _listed(name: str, rows: Sequence[Fields]) -> Fields:
    return {"found": True, name: list[JsonValue](rows)} if rows else _nothing()


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _known(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _brief(order: Order) -> Fields:
    return {
        "number": order.number,
        "stage": order.stage.value,
        "placed_at": _at(order.placed_at),
        "total": str(order.total),
    }


def _order(order: Order) -> Fields:
    lines: list[JsonValue] = [_line(line, order) for line in order.lines]
    return {
        "found": True,
        **_brief(order),
        "captured": str(order.captured),
        "refunded": str(order.refunded),
        "shipping_address": order.shipping_address.one_line(),
        "lines": lines,
    }


def _line(line: LineItem, order: Order) -> Fields:
    return _known(
        {
            "title": line.title,
            "sku": line.sku,
            "options": ", ".join(line.options.values()),
            "quantity": line.quantity,
            "paid": str(line.paid(order.taxes_included)),
            "final_sale": line.final_sale,
        }
    )


def _parcel(parcel: Shipment) -> Fields:
    scan = parcel.last_scan
    return _known(
        {
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "tracking_url": parcel.tracking_url,
            "status": parcel.status.value,
            "shipped_at": _at(parcel.shipped_at),
            "estimated_delivery": _at(parcel.estimated_delivery),
            "delivered_at": _at(parcel.delivered_at),
            "last_scan_at": _at(scan.at) if scan else None,
            "last_scan": scan.description if scan else None,
        }
    )


def _return(back: Return) -> Fields:
    return _known(
        {
            "status": back.status.value,
            "requested_at": _at(back.requested_at),
            "received_at": _at(back.received_at),
            "label_url": back.label_url,
        }
    )


def _refund(paid: Refund) -> Fields:
    return {"amount": str(paid.amount), "at": _at(paid.at)}


def _product(product: Product, readers: Readers) -> Fields:
    variants: list[JsonValue] = [
        {
            "sku": variant.sku,
            "options": ", ".join(variant.options.values()) or variant.title,
            "price": str(variant.price),
            "available": sum(level.available for level in readers.catalog.stock(variant.id)),
        }
        for variant in product.variants
    ]
    about: dict[str, JsonValue] = dict(product.attributes)
    return {"title": product.title, "category": product.category, "attributes": about, "variants": variants}
