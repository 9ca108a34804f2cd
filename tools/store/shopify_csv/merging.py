"""A file that is imported again meets what the store knows by now: money and units never go backwards.

The store may have refunded, cancelled or held what the file, exported earlier, does not know of. Taking the file's word
for it would open the way to a second refund.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.commerce import Customer, LineItem, Order, OrderStage, Product, Transaction, TransactionKind
from tools.errors import StoreError
from tools.store.nouns import CUSTOMERS, ORDERS, PRODUCTS, Row
from tools.store.shopify_csv.customers import GUEST
from tools.store.words import folded

_STEPS = list(OrderStage)


def merge_order(incoming: Row, before: str) -> Row:
    """The file's order with the store's money, units, holds and changed items, at the stage further along."""
    new, old = ORDERS.read(str(incoming.values["body"])), ORDERS.read(before)
    if new.currency != old.currency:
        raise StoreError(
            f"order {new.number} comes in {new.currency} and is stored in {old.currency}; nothing was imported"
        )
    update: dict[str, object] = {
        "stage": max(new.stage, old.stage, key=_STEPS.index),
        "cancelled_at": new.cancelled_at or old.cancelled_at,
        "cancel_reason": old.cancel_reason,
        "hold": old.hold or new.hold,
        "items_modified": old.items_modified,
        "replaces_order_id": old.replaces_order_id,
        "campaign": old.campaign,
        "payment_method_id": old.payment_method_id or new.payment_method_id,
        "customer_id": new.customer_id if old.customer_id.startswith(GUEST) else old.customer_id,
        "version": old.version,
        "transactions": _transactions(new, old),
    }
    if old.items_modified:
        update |= {"lines": old.lines, "shipping": old.shipping, "shipping_tax": old.shipping_tax}
    else:
        update["lines"] = tuple(_lines(new, old))
    return ORDERS.row(new.model_copy(update=update))


def _lines(new: Order, old: Order) -> Iterator[LineItem]:
    """The file's lines under the ids that the store has for the same goods: an edited order counts them anew."""
    known = {line.id: before for line in new.lines if (before := old.line(line.id)) and _same_goods(line, before)}
    others = [line for line in old.lines if line.id not in known]
    for line in new.lines:
        same = known.get(line.id) or next((other for other in others if _same_goods(line, other)), None)
        others = [other for other in others if other is not same]
        yield line.model_copy(update={"id": _free_id(line.id, old)}) if same is None else _carried(line, same)


def _same_goods(line: LineItem, known: LineItem) -> bool:
    if line.sku and known.sku:
        return folded(line.sku) == folded(known.sku)
    return folded(line.title) == folded(known.title) or line.price == known.price


def _free_id(wanted: str, old: Order) -> str:
    return wanted if old.line(wanted) is None else f"{wanted}-{old.version + 1}"


def _carried(line: LineItem, known: LineItem) -> LineItem:
    refunded = min(max(line.refunded, known.refunded), line.quantity)
    returning = min(known.returning, line.quantity - refunded)
    return line.model_copy(update={"id": known.id, "refunded": refunded, "returning": returning})


def _transactions(new: Order, old: Order) -> tuple[Transaction, ...]:
    kept = list(old.transactions)
    for kind in TransactionKind:
        more = new.moved(kind) - old.moved(kind)
        last = next((moved for moved in new.transactions if moved.kind is kind), None)
        if more.minor > 0 and last is not None:
            name = f"{last.id}-{len(kept) + 1}"
            kept.append(last.model_copy(update={"id": name, "amount": more}))
    return tuple(kept)


def merge_customer(incoming: Row, before: str) -> Row:
    """The file's customer with the payment methods, addresses of e-mail and language that only the store knows."""
    new, old = CUSTOMERS.read(str(incoming.values["body"])), CUSTOMERS.read(before)
    return CUSTOMERS.row(_customer(new, old))


def _customer(new: Customer, old: Customer) -> Customer:
    known = {email.casefold() for email in new.emails}
    return new.model_copy(
        update={
            "name": new.name or old.name,
            "phone": new.phone or old.phone,
            "emails": (*new.emails, *(email for email in old.emails if email.casefold() not in known)),
            "payment_methods": old.payment_methods,
            "language": old.language,
            "created_at": old.created_at,
            "default_address": new.default_address or old.default_address,
            "tags": new.tags or old.tags,
            "note": new.note or old.note,
            "version": old.version,
        }
    )


def merge_product(incoming: Row, before: str) -> Row:
    """The file's product with the attributes and the final-sale mark that only the store knows."""
    new, old = PRODUCTS.read(str(incoming.values["body"])), PRODUCTS.read(before)
    return PRODUCTS.row(_product(new, old))


def _product(new: Product, old: Product) -> Product:
    return new.model_copy(
        update={"attributes": old.attributes | new.attributes, "final_sale": new.final_sale or old.final_sale}
    )


MERGES = {"orders": merge_order, "customers": merge_customer, "products": merge_product}
"""By noun."""
