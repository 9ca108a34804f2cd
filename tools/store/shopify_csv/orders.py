"""Orders: several rows each, whose parts have to add up to the file's total to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tools.commerce import (
    FraudBand,
    Hold,
    LineItem,
    Order,
    OrderStage,
    Transaction,
    TransactionKind,
)
from tools.money import Money, total
from tools.store.report import Problems
from tools.store.shopify_csv import fields
from tools.store.shopify_csv.amounts import Amounts, amounts_of, spread
from tools.store.shopify_csv.catalogue import Catalogue
from tools.store.shopify_csv.customers import People
from tools.store.shopify_csv.sheet import BadRow, Sheet, SheetRow, grouped
from tools.store.words import folded, number_key

_STAGES = {
    "": OrderStage.PENDING,
    "unfulfilled": OrderStage.PENDING,
    "scheduled": OrderStage.PENDING,
    "on_hold": OrderStage.PENDING,
    "restocked": OrderStage.PENDING,
    "request_declined": OrderStage.PENDING,
    "pending": OrderStage.PENDING,
    "partial": OrderStage.PROCESSING,
    "in_progress": OrderStage.PROCESSING,
    "fulfilled": OrderStage.SHIPPED,
}
"""Shopify's files never say that a parcel was delivered."""
_BANDS = {"": FraudBand.LOW, "none": FraudBand.LOW, "pending": FraudBand.MEDIUM} | {str(b): b for b in FraudBand}
_OF_THE_ORDER = (
    "Email", "Created at", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Financial Status",
    "Fulfillment Status", "Cancelled at", "Refunded Amount", "Outstanding Balance",
)  # fmt: skip
"""Shopify writes them on the first row of an order, and some again, the same, on those that follow."""
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_UNPAID = frozenset({"", "pending", "authorized", "voided", "expired", "unpaid"})


def read_orders(sheet: Sheet, catalogue: Catalogue, people: People, problems: Problems) -> Iterator[Order]:
    """The orders whose rows are all good, one by one; one with a bad row is left out whole and reported."""
    seen = set[str]()
    for rows in grouped(sheet.rows, _continues):
        try:
            order = _order(rows, catalogue, people)
            if order.id in seen:
                raise rows[0].bad("Name", f"order {order.number} appeared further up already")
        except BadRow as bad:
            problems.add(sheet.file, bad.line, bad.column, bad.reason)
            continue
        seen.add(order.id)
        yield order


def _continues(first: SheetRow, row: SheetRow) -> bool:
    same_id = row.get("Id") in ("", first.get("Id"))
    return bool(row.get("Name")) and row.get("Name") == first.get("Name") and same_id


def _order(rows: Sequence[SheetRow], catalogue: Catalogue, people: People) -> Order:
    for row in rows:
        if row.fault:
            raise row.bad("", row.fault)
    first = rows[0]
    number = first.need("Name")
    order_id = fields.identifier(first, "Id") or f"shopify:{number_key(number)}"[:200]
    placed, currency = fields.moment(first, "Created at"), fields.currency(first)
    if placed is None:
        raise first.bad("Created at", "is empty")
    lines = [_line(row, f"{order_id}-{index}", currency, catalogue) for index, row in enumerate(rows, start=1)]
    amounts = amounts_of(first, rows, lines, currency)
    _agree(first, rows[1:])
    order = Order(
        id=order_id,
        number=number[:200],
        customer_id=people.of_order(first, order_id),
        email=first.get("Email"),
        placed_at=placed,
        stage=_stage(first),
        currency=currency,
        lines=spread(lines, rows, amounts),
        shipping=amounts.shipping,
        shipping_tax=amounts.shipping_tax,
        taxes_included=amounts.taxes_included,
        discount_codes=fields.listed(first.get("Discount Code")),
        shipping_method=first.get("Shipping Method"),
        shipping_address=fields.address(first, "Shipping"),
        payment_method_id=first.get("Payment Method"),
        hold=_hold(first, placed),
        fraud=_band(first),
        cancelled_at=fields.moment(first, "Cancelled at"),
        note=first.get("Notes", "Note"),
        tags=fields.listed(first.get("Tags")),
    )
    return _with_money(order, first, amounts)


def _agree(first: SheetRow, rows: Sequence[SheetRow]) -> None:
    for row in rows:
        for column in _OF_THE_ORDER:
            again, before = row.get(column), first.get(column)
            if again and folded(again) != folded(before):
                said = f'"{before[:40]}"' if before else "nothing"
                raise row.bad(
                    column, f'"{again[:40]}" is not what line {first.line} says of this order, which is {said}'
                )


def _line(row: SheetRow, line_id: str, currency: str, catalogue: Catalogue) -> LineItem:
    quantity, name, sku = fields.whole(row, "Lineitem quantity"), row.need("Lineitem name"), row.get("Lineitem sku")
    if not 1 <= quantity <= 100_000:
        raise row.bad("Lineitem quantity", f"{quantity} is not a quantity")
    row.need("Lineitem price")
    nothing = Money.zero(currency)
    found = catalogue.find(sku, name)
    product, variant = found if found is not None else (None, None)
    return LineItem(
        id=line_id[:200],
        product_id=product.id if product else "",
        variant_id=variant.id if variant else "",
        sku=sku,
        title=product.title if product else name,
        category=product.category if product else "",
        options=dict(variant.options) if variant else {},
        quantity=quantity,
        price=fields.money(row, currency, "Lineitem price"),
        discount=nothing,
        tax=nothing,
        final_sale=product.final_sale if product else False,
    )


def _stage(row: SheetRow) -> OrderStage:
    if row.get("Cancelled at"):
        return OrderStage.CANCELLED
    status = folded(row.get("Fulfillment Status"))
    if status not in _STAGES:
        raise row.bad("Fulfillment Status", f'"{status[:40]}" is not known')
    return _STAGES[status]


def _hold(row: SheetRow, placed: datetime) -> Hold | None:
    held = folded(row.get("Fulfillment Status")) == "on_hold"
    return Hold(reason="on hold in Shopify", by="shopify", at=placed) if held else None


def _band(row: SheetRow) -> FraudBand:
    level = folded(row.get("Risk Level"))
    if level not in _BANDS:
        raise row.bad("Risk Level", f'"{level[:40]}" is not known')
    return _BANDS[level]


def _with_money(order: Order, row: SheetRow, amounts: Amounts) -> Order:
    captured, refunded = _captured(row, amounts), fields.money(row, order.currency, "Refunded Amount")
    if refunded > captured:
        raise row.bad("Refunded Amount", f"{refunded} is more than the {captured} that were paid")
    if _status(row) == "refunded":
        captured = refunded = refunded if row.get("Refunded Amount") else captured
    elif _status(row) == "partially_refunded":
        row.need("Refunded Amount")
    at = fields.moment(row, "Paid at") or order.placed_at
    later = order.cancelled_at or at
    moved = [
        Transaction(id=f"{order.id[:180]}-{kind}", kind=kind, amount=amount, method_id=order.payment_method_id, at=when)
        for kind, amount, when in (
            (TransactionKind.CAPTURE, captured, at),
            (TransactionKind.REFUND, refunded, max(at, later)),
        )
        if amount
    ]
    whole = bool(captured) and refunded == captured
    lines = tuple(line.model_copy(update={"refunded": line.quantity}) for line in order.lines) if whole else order.lines
    return order.model_copy(update={"transactions": tuple(moved), "lines": lines})


def _captured(row: SheetRow, amounts: Amounts) -> Money:
    status = _status(row)
    if status in _PAID:
        return amounts.total
    if status == "partially_paid":
        return max(amounts.total - fields.money(row, amounts.total.currency, "Outstanding Balance"), amounts.nothing)
    if status in _UNPAID:
        return total([], amounts.total.currency)
    raise row.bad("Financial Status", f'"{status[:40]}" is not known')


def _status(row: SheetRow) -> str:
    return folded(row.get("Financial Status"))
