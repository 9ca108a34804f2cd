"""Rules on orders: stage, hold, lines and units, variants and stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tools import actions as act
from tools.actions import ActionBase, Lines, Swap
from tools.commerce import LineItem, OrderStage, ParcelStatus, Product, Variant, arrived, untracked
from tools.errors import Refusal
from tools.facts import ActionFacts, SwapAction, line_variant
from tools.preconditions.codes import Code
from tools.preconditions.rules import refuse
from tools.preconditions.settlement import units_by_line, units_to_refund, units_to_replace

LineAction = act.CreateReturn | act.RefundOrder | act.ReplaceItems


def not_on_hold(action: ActionBase, facts: ActionFacts) -> Iterator[Refusal]:
    """A hold stops everything; its reason is for staff and is not repeated."""
    order = facts.known_order()
    if order.hold is not None:
        yield refuse(Code.ORDER_ON_HOLD, f"Order {order.number} is on hold; release the hold first.")


def held(action: ActionBase, facts: ActionFacts) -> Iterator[Refusal]:
    """Only a held order can be released."""
    order = facts.known_order()
    if order.hold is None:
        yield refuse(Code.ORDER_NOT_HELD, f"Order {order.number} is not on hold.")


def stage(*allowed: OrderStage) -> Callable[[ActionBase, ActionFacts], Iterator[Refusal]]:
    """The order is in one of the `allowed` stages."""

    def rule(action: ActionBase, facts: ActionFacts) -> Iterator[Refusal]:
        order = facts.known_order()
        if order.stage not in allowed:
            wanted = " or ".join(allowed)
            yield refuse(Code.WRONG_STAGE, f"Order {order.number} is {order.stage}; it has to be {wanted} for this.")

    return rule


def with_customer(action: ActionBase, facts: ActionFacts) -> Iterator[Refusal]:
    """The customer has the goods; an order that left with no parcel on record may have arrived: a person decides."""
    order = facts.known_order()
    if not arrived(order, facts.shipments) and not untracked(order, facts.shipments):
        yield refuse(Code.WRONG_STAGE, f"Order {order.number} is {order.stage}; it has to be delivered for this.")


def items_not_modified(action: ActionBase, facts: ActionFacts) -> Iterator[Refusal]:
    """The items of an order change once."""
    order = facts.known_order()
    if order.items_modified:
        yield refuse(Code.ITEMS_ALREADY_MODIFIED, f"The items of order {order.number} have been changed once already.")


def lines_exist(action: LineAction | SwapAction, facts: ActionFacts) -> Iterator[Refusal]:
    """Every named line is a line of the order."""
    order = facts.known_order()
    for line_id in units_by_line(_entries(action)):
        if order.line(line_id) is None:
            yield refuse(Code.UNKNOWN_LINE, f"Order {order.number} has no line {line_id}.")


def units_left(action: LineAction | SwapAction, facts: ActionFacts) -> Iterator[Refusal]:
    """No more units than are left on each line, however often the line is named."""
    order = facts.known_order()
    asked = units_by_line(_entries(action))
    for line in (line for line in order.lines if line.id in asked):
        left = max(0, _left(action, line, facts))
        if asked[line.id] > left:
            text = f"{asked[line.id]} x {line.title} were asked for; order {order.number} has {left} left for this."
            yield refuse(Code.QUANTITY_NOT_LEFT, text)


def _entries(action: LineAction | SwapAction) -> Iterable[Lines | Swap]:
    return action.swaps if isinstance(action, SwapAction) else action.lines


def _left(action: ActionBase, line: LineItem, facts: ActionFacts) -> int:
    if isinstance(action, act.RefundOrder):
        return units_to_refund(line, facts)
    if isinstance(action, act.ReplaceItems | act.ExchangeItems):
        return units_to_replace(line, facts)
    return line.left


def swaps_fit(action: SwapAction, facts: ActionFacts) -> Iterator[Refusal]:
    """Every new variant exists, is sold, is of the same product and is another one than before."""
    order = facts.known_order()
    for swap in action.swaps:
        line, found = order.line(swap.line_id), facts.named(swap.variant_id)
        if found is None:
            yield refuse(Code.UNKNOWN_VARIANT, f"There is no variant {swap.variant_id}.")
        elif line is not None:
            yield from _swap_fits(line, found, facts)


def _swap_fits(line: LineItem, found: tuple[Product, Variant], facts: ActionFacts) -> Iterator[Refusal]:
    product, variant = found
    order, old = facts.known_order(), facts.named(line_variant(line))
    if product.id != (old[0].id if old else line.product_id):
        yield refuse(Code.OTHER_PRODUCT, f"{variant.title or variant.id} is not another version of {line.title}.")
    elif variant.id == (old[1].id if old else line.variant_id):
        yield refuse(Code.SAME_VARIANT, f"{line.title} is {variant.title or variant.id} already.")
    if not product.active:
        yield refuse(Code.NOT_FOR_SALE, f"{product.title} is not on sale.")
    if variant.price.currency != order.currency:
        text = f"{product.title} is priced in {variant.price.currency} and order {order.number} is in {order.currency}."
        yield refuse(Code.WRONG_CURRENCY, text)


def swaps_in_stock(action: SwapAction, facts: ActionFacts) -> Iterator[Refusal]:
    """Stock covers all swaps together."""
    needed: Counter[str] = Counter()
    for swap in action.swaps:
        needed[swap.variant_id] += swap.quantity
    yield from _in_stock(needed, facts)


def replacements_in_stock(action: act.ReplaceItems, facts: ActionFacts) -> Iterator[Refusal]:
    """The variants to send again exist, and stock covers all of them together."""
    order, needed = facts.known_order(), Counter[str]()
    for line_id, units in units_by_line(action.lines).items():
        line = order.line(line_id)
        if line is None:
            continue
        if facts.named(line_variant(line)) is None:
            yield refuse(Code.UNKNOWN_VARIANT, f"{line.title} is not in the catalogue any more.")
        needed[line_variant(line)] += units
    yield from _in_stock(needed, facts)


def _in_stock(needed: Counter[str], facts: ActionFacts) -> Iterator[Refusal]:
    by_id: Counter[str] = Counter()
    names: dict[str, str] = {}
    for name, units in needed.items():
        found = facts.named(name)
        if found is not None:
            by_id[found[1].id] += units
            names[found[1].id] = f"{found[0].title} {found[1].title}".strip()
    for variant_id, units in by_id.items():
        available = max(0, facts.available(variant_id))
        if units > available:
            text = f"{units} x {names[variant_id]} are needed; {available} in stock."
            yield refuse(Code.OUT_OF_STOCK, text)


def has_shipped(action: act.OpenCarrierTrace, facts: ActionFacts) -> Iterator[Refusal]:
    """A carrier can only look for a parcel it has been given."""
    shipment = facts.known_shipment()
    if shipment.status is ParcelStatus.LABEL_CREATED and shipment.shipped_at is None:
        yield refuse(Code.NOT_SHIPPED, f"The carrier has not been given shipment {shipment.id} yet.")
