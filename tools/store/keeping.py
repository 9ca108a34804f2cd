"""A snapshot imported over a store that went on: what we paid back since is not forgotten, or it is paid twice."""

from __future__ import annotations

from collections.abc import Iterator

from tools.commerce import LineItem, Order, OrderStage, Transaction, TransactionKind
from tools.money import Money
from tools.store.nouns import ORDERS, Row


def keep_money(incoming: Row, before: str) -> Row:
    """The snapshot's order; money, units, a cancellation and a change of items that only the store knows stay."""
    new, old = ORDERS.read(str(incoming.values["body"])), ORDERS.read(before)
    if new.currency != old.currency:
        return incoming
    cancelled = old.stage is OrderStage.CANCELLED and new.stage is not OrderStage.CANCELLED
    update: dict[str, object] = {
        "transactions": (*new.transactions, *_missing(new, old)),
        "lines": tuple(_line(line, old.line(line.id)) for line in new.lines),
        "items_modified": new.items_modified or old.items_modified,
    }
    if cancelled:
        update |= {"stage": old.stage, "cancelled_at": old.cancelled_at, "cancel_reason": old.cancel_reason}
    return ORDERS.row(new.model_copy(update=update))


def _missing(new: Order, old: Order) -> Iterator[Transaction]:
    """The store's movements beyond the sums that the snapshot knows, the newest of them, in their order."""
    known = {moved.id for moved in new.transactions}
    more = {kind: (old.moved(kind) - new.moved(kind)).minor for kind in TransactionKind}
    kept: list[Transaction] = []
    for moved in reversed([moved for moved in old.transactions if moved.id not in known]):
        amount = max(0, min(moved.amount.minor, more[moved.kind]))
        more[moved.kind] -= amount
        kept += [moved.model_copy(update={"amount": Money(minor=amount, currency=old.currency)})] if amount else []
    yield from reversed(kept)


def _line(line: LineItem, known: LineItem | None) -> LineItem:
    if known is None:
        return line
    refunded = min(max(line.refunded, known.refunded), line.quantity)
    returning = min(line.returning, line.quantity - refunded)
    return line.model_copy(update={"refunded": refunded, "returning": returning})


KEPT = {ORDERS.name: keep_money}
"""By noun."""
