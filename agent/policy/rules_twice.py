"""Rules about goods that were made good already: whoever names no line does not get round what the lines say."""

from __future__ import annotations

from collections.abc import Iterator

from agent.case import Violation
from agent.policy.question import Question, ask
from tools import actions as act
from tools.commerce import LineItem, Order
from tools.facts import ActionFacts
from tools.money import Money, total
from tools.preconditions.settlement import arrived_units, units_replaced, worth


def money_besides_goods(question: Question) -> Iterator[Violation]:
    """Money for no line in particular, out of what goods cost that were sent again or are still on their way back."""
    order, action = question.facts.order, question.action
    if order is None or not isinstance(action, act.RefundOrder) or action.lines or action.shipping:
        return
    spoken_for = _spoken_for(order, question.facts.world)
    if not spoken_for or action.amount.currency != order.currency:
        return
    rest = max(order.left_to_refund - spoken_for, Money.zero(order.currency))
    if action.amount > rest:
        message = (
            f"Goods of order {order.number} worth {spoken_for} were sent again or are not back yet: {action.amount} is"
            f" more than the {rest} besides them, an exception."
        )
        yield ask("refund.made_good_already", question.limits.returns.exception_role, message)


def goods_besides_money(question: Question) -> Iterator[Violation]:
    """Goods sent again although so much went back that what is left no longer pays for them."""
    order, action = question.facts.order, question.action
    if order is None or not isinstance(action, act.ReplaceItems) or not order.refunded:
        return
    again = worth(order, (entry for entry in action.lines if order.line(entry.line_id) is not None))
    if again and _spoken_for(order, question.facts.world) + again > order.left_to_refund:
        message = (
            f"{order.refunded} of order {order.number} went back already, and the {order.left_to_refund} left do not"
            f" cover what would be sent again ({again}): an exception."
        )
        yield ask("replacement.made_good_already", question.limits.returns.exception_role, message)


def _spoken_for(order: Order, world: ActionFacts) -> Money:
    """What the units cost that were sent again, exchanged or are on their way back, and were not refunded."""
    worths = (line.refundable(_units(line, world), order.taxes_included) for line in order.lines)
    return total(worths, order.currency)


def _units(line: LineItem, world: ActionFacts) -> int:
    away = line.returning - arrived_units(line, world.returns) + units_replaced(line, world.replacements)
    return max(0, min(away, line.quantity - line.refunded))
