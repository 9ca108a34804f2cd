"""From what a playbook names (`replace_items`) to the exact action, with arguments taken from the scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from agent.investigation.addresses import address_in
from agent.investigation.fields import fields_of, members_of
from agent.reasoners.base import Brief
from tools.actions import ACTION, Action
from tools.money import Money

Arguments = dict[str, object]
CODE_PERCENT, CODE_DAYS = 10, 30
"""The offer of a playbook that names none of its own."""


class CannotBuild(ValueError):
    """The facts do not give what an action needs; the case goes to a person with this reason."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Typed access to the scope of a brief."""

    brief: Brief
    ask: str = ""
    """The intent that is answered; empty: the first one."""

    def of(self, kind: str) -> Mapping[str, object]:
        """The object of this name. Raises CannotBuild when the case has none."""
        found = fields_of(self.brief.scope.get(kind))
        if found is None:
            raise CannotBuild(f"there is no {_spoken(kind)} to act on")
        return found

    def text(self, kind: str, name: str) -> str:
        """A text field. Raises CannotBuild when it is empty."""
        value = self.of(kind).get(name)
        if not isinstance(value, str) or not value:
            raise CannotBuild(f"the {_spoken(kind)} has no {name}")
        return value

    def counted(self) -> None:
        """Raises CannotBuild when nobody can tell which line is meant, or how many pieces of it."""
        if self.brief.scope.get("units_unclear"):
            raise CannotBuild("the message leaves open how many pieces of an item are meant")
        if self.brief.scope.get("lines_unclear"):
            raise CannotBuild("the message leaves open which item of the order is meant")

    def items(self) -> Sequence[Mapping[str, object]]:
        """The order lines meant that have units left."""
        self.counted()
        left = [line for line in members_of(self.brief.scope.get("items")) if line["left"]]
        if not left:
            raise CannotBuild("no order line is left to act on")
        return left


def _spoken(kind: str) -> str:
    return kind.rstrip("_").replace("_", " ")


def build(kind: str, given: Mapping[str, object], brief: Brief, ask: str = "") -> Action:
    """The action of this kind for this case. Raises CannotBuild with a reason that a person understands.

    Args:
        kind: Of the action.
        given: The arguments that a playbook or a model gives itself.
        brief: The case.
        ask: The intent whose playbook wants it, if not the first one: it is the reason of what is done about goods.
    """
    usual = _BUILDERS[kind](Facts(brief=brief, ask=ask))
    try:
        return ACTION.validate_python({"kind": kind, **usual, **given})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        wrong = "is not known" if first["type"] == "missing" else first["msg"]
        raise CannotBuild(f"{_spoken(kind)}: {_spoken(where)} {wrong}") from error


def _reason(facts: Facts) -> str:
    return facts.brief.classification.intent.replace("_", " ")


def _about(facts: Facts) -> str:
    about = facts.ask.replace("_", " ") or _reason(facts)
    return f"{about}: one of a pair, so all of it" if facts.brief.scope.get("one_of_a_pair") is True else about


def _ticket(facts: Facts) -> Arguments:
    return {"ticket_id": facts.brief.ticket.id}


def _message(facts: Facts) -> Arguments:
    """What is done again when a later message asks for it."""
    return {**_ticket(facts), "in_reply_to": facts.brief.ticket.latest.id}


def _customer(facts: Facts) -> Arguments:
    return {"customer_id": facts.text("customer", "id"), "reason": _reason(facts)}


def _order(facts: Facts) -> Arguments:
    return {"order_id": facts.text("order", "id")}


def _lines(facts: Facts) -> list[Arguments]:
    return [{"line_id": line["line_id"], "quantity": line["left"]} for line in facts.items()]


def _order_lines(facts: Facts) -> Arguments:
    return {**_order(facts), "lines": _lines(facts), "reason": _about(facts)}


def _refund(facts: Facts) -> Arguments:
    lines, amount = _order_lines(facts), facts.brief.scope.get("items_value")
    if not isinstance(amount, Money) or not amount:
        raise CannotBuild("there is nothing left to refund")
    return {**lines, "amount": amount}


def _swap(facts: Facts) -> Arguments:
    lines = facts.items()
    if len(lines) != 1:
        raise CannotBuild("it is not clear which line is to be changed")
    swap = {"line_id": lines[0]["line_id"], "quantity": lines[0]["left"], "variant_id": facts.text("swap", "id")}
    return {**_order(facts), "swaps": [swap], "reason": _about(facts)}


def _cancel(facts: Facts) -> Arguments:
    return {**_order(facts), "reason": "customer request"}


def _address(facts: Facts) -> Arguments:
    name = str(facts.of("customer")["name"] or "")
    address = address_in(facts.brief.ticket, name, _on_record(facts.brief))
    if address is None:
        raise CannotBuild("the message holds no complete new address")
    return {"address": address, "reason": _reason(facts)}


def _on_record(brief: Brief) -> list[str]:
    """The addresses we have: of several in a message they are not the new one."""
    home, order = fields_of(brief.scope.get("customer")), fields_of(brief.scope.get("order"))
    known = (home["default_address"] if home else None, order["shipping_address"] if order else None)
    return [address for address in known if isinstance(address, str)]


def _method(facts: Facts) -> Arguments:
    named = fields_of(facts.brief.scope.get("payment_method_named"))
    return {**_order(facts), "reason": _reason(facts), **({"method_id": named["id"]} if named else {})}


def _code(facts: Facts) -> Arguments:
    until = facts.brief.now.date() + timedelta(days=CODE_DAYS)
    return {**_customer(facts), "percent": CODE_PERCENT, "expires_on": until}


def _credit(facts: Facts) -> Arguments:
    facts.counted()
    amount = facts.brief.scope.get("items_value")
    if not isinstance(amount, Money) or not amount:
        raise CannotBuild("there is no amount to credit")
    return {**_customer(facts), "amount": amount}


def _suppress(facts: Facts) -> Arguments:
    return {**_customer(facts), "days": facts.of("policy")["promo_pause_days"]}


_BUILDERS: dict[str, Callable[[Facts], Arguments]] = {
    "add_internal_note": _ticket,
    "tag_ticket": lambda facts: {**_ticket(facts), "tags": (facts.brief.classification.intent,)},
    "set_priority": lambda facts: {**_message(facts), "priority": facts.brief.classification.urgency.value},
    "assign_ticket": lambda facts: {**_message(facts), "queue": "support"},
    "escalate_to_human": lambda facts: {**_message(facts), "reason": _reason(facts)},
    "close_ticket": _message,
    "create_return": _order_lines,
    "exchange_items": _swap,
    "refund_order": _refund,
    "replace_items": _order_lines,
    "cancel_order": _cancel,
    "change_order_items": _swap,
    "change_shipping_address": lambda facts: {**_order(facts), **_address(facts)},
    "change_payment_method": _method,
    "update_customer_address": lambda facts: {"customer_id": facts.text("customer", "id"), **_address(facts)},
    "issue_store_credit": _credit,
    "issue_discount_code": _code,
    "open_carrier_trace": lambda facts: {**_ticket(facts), "shipment_id": facts.text("shipment", "id")},
    "hold_order": lambda facts: {**_order(facts), "reason": "customer request"},
    "release_hold": _order,
    "suppress_promotions": _suppress,
}
BUILDABLE = frozenset(_BUILDERS)
"""Every action a playbook may name; a reply is written with a macro."""
