"""Returns, exchanges, replacements and changes of items."""

from __future__ import annotations

from collections.abc import Sequence

from tools import actions as act
from tools.commerce import LineItem, Order, OrderStage, Return, ReturnLine, ReturnStatus
from tools.money import Money
from tools.preconditions.settlement import SPLIT, difference, exchanged, units_by_line
from tools.store.changes.money import next_versions, settled
from tools.store.changes.result import Changes, Effecting, listed
from tools.store.changes.stock import given_back, levels_after, taken


def create_return(action: act.CreateReturn, effecting: Effecting) -> Changes:
    """A return with a label; its units are on their way back."""
    order = effecting.facts.known_order()
    asked = units_by_line(action.lines)
    made = _return(
        order.id,
        [ReturnLine(line_id=line, quantity=units, reason=action.reason) for line, units in asked.items()],
        effecting,
        refund_method_id=action.refund_method_id,
    )
    after = _coming_back(order, asked)
    summary = f"Return {made.id} of {_named(order, asked)} from order {order.number}; label {made.label_url}."
    return Changes(made.id, summary, (made, *next_versions([order], [after])))


def exchange_items(action: act.ExchangeItems, effecting: Effecting) -> Changes:
    """A return for what comes back, stock taken for what goes out, the difference settled."""
    facts = effecting.facts
    order = facts.known_order()
    pairs = exchanged(order, action.swaps, facts.variants)
    out = [new for _, new in pairs]
    after = _coming_back(order, units_by_line(action.swaps))
    due = difference(order, pairs)
    after, customer, moved = settled(after, facts.customer, action.method_id, due, effecting)
    lines = [
        ReturnLine(line_id=old.id, quantity=old.quantity, reason=action.reason, exchange_variant_id=new.variant_id)
        for old, new in pairs
    ]
    made = _return(order.id, lines, effecting, refund_method_id=action.method_id, difference=due)
    changed = next_versions([order, facts.customer], [after, customer])
    summary = f"Exchange {made.id} on order {order.number}: {_swapped(pairs)}; {_settlement(moved)}."
    return Changes(made.id, summary, (made, *changed, *levels_after(taken(out, facts), facts)))


def change_order_items(action: act.ChangeOrderItems, effecting: Effecting) -> Changes:
    """The lines of a pending order with other variants; stock moves both ways, the difference is settled."""
    facts = effecting.facts
    order = facts.known_order()
    pairs = exchanged(order, action.swaps, facts.variants)
    update = {"lines": _lines_after(order, pairs), "items_modified": True}
    after, customer, moved = settled(
        order.model_copy(update=update), facts.customer, action.method_id, difference(order, pairs), effecting
    )
    shelf = given_back([old for old, _ in pairs], facts)
    shelf.update(taken([new for _, new in pairs], facts))
    changed = next_versions([order, facts.customer], [after, customer])
    summary = f"Order {order.number} changed: {_swapped(pairs)}; {_settlement(moved)}."
    return Changes(effecting.identifier("change"), summary, (*changed, *levels_after(shelf, facts)))


def replace_items(action: act.ReplaceItems, effecting: Effecting) -> Changes:
    """A new order at no charge, tied to the original, and stock taken for it."""
    facts = effecting.facts
    order = facts.known_order()
    asked = units_by_line(action.lines)
    lines = tuple(_free(line, asked[line.id]) for line in order.lines if line.id in asked)
    made = _replacement(order, lines, len(facts.replacements) + 1, effecting)
    # The original counts a version up: a second approval for the same units was given for another world.
    touched = order.model_copy(update={"version": order.version + 1})
    summary = f"Order {made.number} sends {_named(order, asked)} of order {order.number} again at no charge."
    return Changes(made.id, summary, (made, touched, *levels_after(taken(lines, facts), facts)))


def _return(
    order_id: str,
    lines: Sequence[ReturnLine],
    effecting: Effecting,
    *,
    refund_method_id: str,
    difference: Money | None = None,
) -> Return:
    made = effecting.identifier("return")
    return Return(
        id=made,
        order_id=order_id,
        status=ReturnStatus.LABEL_SENT,
        lines=tuple(lines),
        label_url=f"local://labels/{made}",
        refund_method_id=refund_method_id,
        difference=difference,
        requested_at=effecting.now,
        key=effecting.key,
    )


def _coming_back(order: Order, asked: dict[str, int]) -> Order:
    lines = tuple(line.model_copy(update={"returning": line.returning + asked.get(line.id, 0)}) for line in order.lines)
    return order.model_copy(update={"lines": lines})


def _free(line: LineItem, units: int) -> LineItem:
    nothing = Money.zero(line.price.currency)
    # The line keeps its id: that is how the units that were sent again are counted.
    return line.model_copy(
        update={
            "quantity": units,
            "price": nothing,
            "discount": nothing,
            "tax": nothing,
            "refunded": 0,
            "returning": 0,
        }
    )


def _replacement(order: Order, lines: tuple[LineItem, ...], count: int, effecting: Effecting) -> Order:
    nothing = Money.zero(order.currency)
    return Order(
        id=effecting.identifier("order"),
        number=f"{order.number}-R{count}",
        customer_id=order.customer_id,
        email=order.email,
        placed_at=effecting.now,
        stage=OrderStage.PENDING,
        currency=order.currency,
        lines=lines,
        shipping=nothing,
        shipping_tax=nothing,
        taxes_included=order.taxes_included,
        shipping_method=order.shipping_method,
        shipping_address=order.shipping_address,
        replaces_order_id=order.id,
    )


def _lines_after(order: Order, pairs: Sequence[tuple[LineItem, LineItem]]) -> tuple[LineItem, ...]:
    ids, mark = {line.id for line in order.lines}, SPLIT if order.replaces_order_id else "-"
    lines: list[LineItem] = []
    for line in order.lines:
        mine = [(old, new) for old, new in pairs if old.id == line.id]
        rest = _rest(line, [old for old, _ in mine])
        lines += [rest] if rest is not None else []
        for number, (_, new) in enumerate(mine, start=1):
            keeps_id = rest is None and number == 1
            lines.append(new if keeps_id else new.model_copy(update={"id": _free_id(f"{line.id}{mark}", ids)}))
    return tuple(lines)


def _free_id(base: str, ids: set[str]) -> str:
    number = 2
    while f"{base}{number}" in ids:
        number += 1
    ids.add(f"{base}{number}")
    return f"{base}{number}"


def _rest(line: LineItem, parts: Sequence[LineItem]) -> LineItem | None:
    quantity, discount, tax = line.quantity, line.discount, line.tax
    for gone in parts:
        quantity, discount, tax = quantity - gone.quantity, discount - gone.discount, tax - gone.tax
    if not quantity:
        return None
    return line.model_copy(update={"quantity": quantity, "discount": discount, "tax": tax})


def _named(order: Order, asked: dict[str, int]) -> str:
    return listed(f"{asked[line.id]} x {line.title}" for line in order.lines if line.id in asked)


def _swapped(pairs: Sequence[tuple[LineItem, LineItem]]) -> str:
    return listed(f"{old.quantity} x {_label(old)} becomes {_label(new)}" for old, new in pairs)


def _label(line: LineItem) -> str:
    options = ", ".join(line.options.values())
    return f"{line.title} ({options})" if options else f"{line.title} ({line.sku or line.variant_id})"


def _settlement(moved: Money) -> str:
    if not moved:
        return "no money moved"
    return f"{moved} captured" if moved.minor > 0 else f"{-moved} paid back"
