"""Units that refunds and returns of a snapshot tell of: they count on the line too, or they are made good twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from tools.commerce import LineItem, ReturnLine, ReturnStatus
from tools.store.nouns import ORDERS, REFUNDS, RETURNS, Row

Units = dict[str, Counter[str]]
"""Units by line, by order."""
_AWAITED = (ReturnStatus.LABEL_SENT, ReturnStatus.IN_TRANSIT)


def with_units(orders: Iterable[Row], refunds: Iterable[Row], returns: Iterable[Row]) -> list[Row]:
    """The orders, with what was refunded and what is on its way back on their lines as well.

    Whoever writes a snapshot by hand has the refund and forgets the line; a line that says more keeps it.
    """
    refunded, awaited = _refunded(refunds), _awaited(returns)
    touched = refunded.keys() | awaited.keys()
    return [_with_units(row, refunded, awaited) if row.id in touched else row for row in orders]


def _refunded(rows: Iterable[Row]) -> Units:
    found: Units = defaultdict(Counter)
    for refund in (REFUNDS.read(str(row.values["body"])) for row in rows):
        _add(found[refund.order_id], refund.lines)
    return found


def _awaited(rows: Iterable[Row]) -> Units:
    found: Units = defaultdict(Counter)
    for back in (RETURNS.read(str(row.values["body"])) for row in rows):
        if back.status in _AWAITED:
            _add(found[back.order_id], back.lines)
    return found


def _add(units: Counter[str], lines: Iterable[ReturnLine]) -> None:
    for line in lines:
        units[line.line_id] += line.quantity


def _with_units(row: Row, refunded: Units, awaited: Units) -> Row:
    order, none = ORDERS.read(str(row.values["body"])), Counter[str]()
    back, coming = refunded.get(order.id, none), awaited.get(order.id, none)
    lines = tuple(_line(line, back[line.id], coming[line.id]) for line in order.lines)
    return row if lines == order.lines else ORDERS.row(order.model_copy(update={"lines": lines}))


def _line(line: LineItem, back: int, coming: int) -> LineItem:
    refunded = min(max(line.refunded, back), line.quantity)
    # A shop may pay back at once what is still on its way: such a unit is refunded, and no second one comes.
    returning = min(max(line.returning, coming - refunded), line.quantity - refunded)
    return line.model_copy(update={"refunded": refunded, "returning": returning})
