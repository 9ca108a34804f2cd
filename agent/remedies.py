"""Which actions make good for the same goods: one order line gets one remedy, not two."""

from __future__ import annotations

from collections.abc import Iterable

from tools import actions as act

WHOLE = "*"
"""The order as a whole: cancelling it, or paying back without naming lines."""


def remedied(action: act.Action) -> frozenset[tuple[str, str]]:
    """(order, line) of everything that this action makes good; empty for actions that make nothing good."""
    if isinstance(action, act.CreateReturn | act.ReplaceItems):
        return frozenset((action.order_id, line.line_id) for line in action.lines)
    if isinstance(action, act.ExchangeItems | act.ChangeOrderItems):
        return frozenset((action.order_id, swap.line_id) for swap in action.swaps)
    if isinstance(action, act.RefundOrder):
        if action.shipping and not action.lines:
            return frozenset()
        return frozenset((action.order_id, line.line_id) for line in action.lines) or _whole(action.order_id)
    return _whole(action.order_id) if isinstance(action, act.CancelOrder) else frozenset()


def _whole(order_id: str) -> frozenset[tuple[str, str]]:
    return frozenset({(order_id, WHOLE)})


def clash(first: act.Action, second: act.Action) -> bool:
    """Whether both make good for the same goods."""
    ours, theirs = remedied(first), remedied(second)
    whole = {order for order, line in ours | theirs if line == WHOLE}
    shared = {order for order, _ in ours} & {order for order, _ in theirs}
    return bool(ours & theirs) or bool(whole & shared)


def clashes(actions: Iterable[act.Action]) -> list[tuple[act.Action, act.Action]]:
    """Every pair that makes good twice."""
    listed = [action for action in actions if remedied(action)]
    return [(one, other) for at, one in enumerate(listed) for other in listed[at + 1 :] if clash(one, other)]
