"""Every action applied for real, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tools.world import NOW, usd
from tools import actions as act
from tools.actions import ACTION, ACTIONS
from tools.errors import ActionRefused
from tools.ports import Receipt
from tools.store.local import LocalStore
from tools.writes import apply

ADDRESS = {"line1": "2 High Street", "city": "York", "postal_code": "YO1 7HH", "country": "GB"}
EVERY: dict[str, dict[str, object]] = {
    "send_reply": {"ticket_id": "t-1", "in_reply_to": "m-1", "text": "Hello"},
    "add_internal_note": {"ticket_id": "t-1", "text": "Checked the parcel"},
    "tag_ticket": {"ticket_id": "t-1", "tags": ["order_status"]},
    "set_priority": {"ticket_id": "t-1", "priority": "high"},
    "assign_ticket": {"ticket_id": "t-1", "queue": "shipping"},
    "escalate_to_human": {"ticket_id": "t-1", "reason": "asked for a person"},
    "close_ticket": {"ticket_id": "t-1"},
    "create_return": {"order_id": "o-1002", "lines": [{"line_id": "l-mug", "quantity": 1}]},
    "exchange_items": {"order_id": "o-1002", "swaps": [{"line_id": "l-mug", "variant_id": "MUG-BLUE"}]},
    "refund_order": {"order_id": "o-1002", "amount": "20.00 USD", "lines": [{"line_id": "l-mug"}]},
    "replace_items": {"order_id": "o-1003", "lines": [{"line_id": "l-lamp"}]},
    "cancel_order": {"order_id": "o-1001"},
    "change_order_items": {"order_id": "o-1001", "swaps": [{"line_id": "l-mug", "variant_id": "v-mug-red"}]},
    "change_shipping_address": {"order_id": "o-1001", "address": ADDRESS},
    "change_payment_method": {"order_id": "o-1001", "method_id": "paypal-ada"},
    "update_customer_address": {"customer_id": "c-ada", "address": ADDRESS},
    "issue_store_credit": {"customer_id": "c-ada", "amount": "5.00 USD"},
    "issue_discount_code": {"customer_id": "c-ada", "percent": 10},
    "open_carrier_trace": {"shipment_id": "s-o-1003", "ticket_id": "t-1"},
    "hold_order": {"order_id": "o-1001", "reason": "address looks wrong"},
    "release_hold": {"order_id": "o-1001"},
    "suppress_promotions": {"customer_id": "c-ada", "days": 14},
}


def action(kind: str, **arguments: object) -> act.Action:
    return ACTION.validate_python({"kind": kind, **(arguments or EVERY[kind])})


def do(store: LocalStore, kind: str, key: str = "", **arguments: object) -> Receipt:
    return apply(action(kind, **arguments), store.writers(lambda: NOW), key or f"case:{kind}")


def test_every_action_is_listed() -> None:
    assert set(EVERY) == set(ACTIONS)


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_action_happens_once_under_its_key(store: LocalStore, kind: str) -> None:
    if kind == "release_hold":
        do(store, "hold_order")
    first = do(store, kind)
    again = do(store, kind)
    assert not first.repeated
    assert again == first.model_copy(update={"repeated": True})
    assert store.writers(lambda: NOW).effects.receipt(f"case:{kind}") == first
    assert first.reference
    assert first.summary.endswith(".")


def test_a_refund_moves_money_units_and_versions(store: LocalStore) -> None:
    before = store.readers().orders.order("o-1002")
    receipt = do(store, "refund_order")
    order = store.readers().orders.order("o-1002")
    assert before is not None
    assert order is not None
    assert order.refunded == usd("20.00")
    assert order.version == before.version + 1
    assert [line.refunded for line in order.lines] == [1, 0]
    refund = store.readers().orders.refunds("o-1002")[0]
    assert (refund.id, refund.method_id, refund.key) == (receipt.reference, "card-ada", "case:refund_order")


def test_a_refund_to_a_gift_card_raises_its_balance(store: LocalStore) -> None:
    do(store, "refund_order", order_id="o-1002", amount="3.00 USD", method_id="gift-ada")
    ada = store.readers().customers.customer("c-ada")
    method = ada.method("gift-ada") if ada else None
    assert method is not None
    assert method.balance == usd("13.00")


def test_a_cancelled_order_gives_stock_and_money_back(store: LocalStore) -> None:
    do(store, "cancel_order", order_id="o-1001", reason="ordered by mistake")
    order = store.readers().orders.order("o-1001")
    assert order is not None
    assert (order.stage, order.left_to_refund, order.cancel_reason) == ("cancelled", usd("0.00"), "ordered by mistake")
    assert store.readers().orders.refunds("o-1001")[0].amount == order.captured
    assert sum(level.available for level in store.readers().catalog.stock("v-mug-grey")) == 7


def test_what_was_refunded_before_it_left_is_on_the_shelf_again_and_comes_back_once(store: LocalStore) -> None:
    def grey() -> int:
        return sum(level.available for level in store.readers().catalog.stock("v-mug-grey"))

    lines = [{"line_id": "l-mug", "quantity": 1}]
    do(store, "refund_order", key="one", order_id="o-1001", amount="20.00 USD", lines=lines)
    assert grey() == 6
    do(store, "refund_order", key="sent", order_id="o-1003", amount="20.00 USD", lines=lines)
    assert grey() == 6
    do(store, "cancel_order", order_id="o-1001", reason="ordered by mistake")
    assert grey() == 7


def test_items_change_once_and_the_difference_is_captured(store: LocalStore) -> None:
    swaps = [{"line_id": "l-mug", "quantity": 1, "variant_id": "MUG-BLUE"}]
    before = store.readers().orders.order("o-1001")
    do(store, "change_order_items", order_id="o-1001", swaps=swaps)
    order = store.readers().orders.order("o-1001")
    assert before is not None
    assert order is not None
    assert [(line.id, line.variant_id, line.quantity) for line in order.lines] == [
        ("l-mug", "v-mug-grey", 1),
        ("l-mug-2", "v-mug-blue", 1),
        ("l-lamp", "v-lamp", 1),
    ]
    assert order.captured == order.total == before.total + usd("4.00")
    assert sum(level.available for level in store.readers().catalog.stock("v-mug-blue")) == 4
    assert sum(level.available for level in store.readers().catalog.stock("v-mug-grey")) == 6
    with pytest.raises(ActionRefused, match="changed once already"):
        do(store, "change_order_items", key="again", order_id="o-1001", swaps=swaps)


@pytest.mark.system("B11")
def test_a_replacement_is_free_tied_to_the_original_and_made_once(store: LocalStore) -> None:
    receipt = do(store, "replace_items")
    made = store.readers().orders.order(receipt.reference)
    assert made is not None
    assert (made.number, made.replaces_order_id, made.total) == ("#1003-R1", "o-1003", usd("0.00"))
    assert [level.available for level in store.readers().catalog.stock("v-lamp")] == [1]
    with pytest.raises(ActionRefused, match="0 left"):
        do(store, "replace_items", key="a second approval")


@pytest.mark.system("B10")
def test_a_second_ticket_joins_the_search_for_a_parcel(store: LocalStore) -> None:
    first = do(store, "open_carrier_trace", shipment_id="s-o-1003")
    second = do(store, "open_carrier_trace", key="other", shipment_id="s-o-1003", ticket_id="t-1")
    trace = store.readers().orders.trace("s-o-1003")
    assert trace is not None
    assert first.reference == second.reference == trace.id
    assert trace.ticket_ids == ("t-1",)
    assert sum((NOW + timedelta(days=n)).weekday() < 5 for n in range(1, (trace.due_at - NOW).days + 1)) == 8
    assert trace.due_at.weekday() < 5


def test_a_key_belongs_to_one_action(store: LocalStore) -> None:
    do(store, "tag_ticket", key="k")
    with pytest.raises(ActionRefused) as refused:
        do(store, "close_ticket", key="k")
    assert refused.value.refusals[0].code == "key_reused"


def test_a_refused_effect_leaves_nothing_behind(store: LocalStore) -> None:
    with pytest.raises(ActionRefused):
        do(store, "refund_order", key="k", order_id="o-1002", amount="900.00 USD")
    assert store.writers(lambda: NOW).effects.receipt("k") is None
    assert not store.readers().orders.refunds("o-1002")
    assert do(store, "refund_order", key="k", order_id="o-1002", amount="1.00 USD").repeated is False


def test_a_held_order_does_not_move(store: LocalStore) -> None:
    do(store, "hold_order")
    with pytest.raises(ActionRefused) as refused:
        do(store, "cancel_order")
    assert [refusal.code for refusal in refused.value.refusals] == ["order_on_hold"]
    assert "address looks wrong" not in str(refused.value)


def test_payment_moves_to_another_method(store: LocalStore) -> None:
    do(store, "change_payment_method")
    order = store.readers().orders.order("o-1001")
    assert order is not None
    assert order.payment_method_id == "paypal-ada"
    assert order.left_to_refund == order.total
    assert [moved.method_id for moved in order.transactions] == ["card-ada", "card-ada", "paypal-ada"]


def test_an_escalated_ticket_waits_for_a_person_with_its_context(store: LocalStore) -> None:
    do(store, "escalate_to_human", ticket_id="t-1", queue="vip", reason="angry", context="second parcel lost")
    ticket = store.readers().helpdesk.ticket("t-1")
    assert ticket is not None
    assert (ticket.queue, ticket.tags) == ("vip", ("escalated",))
    assert [note.text for note in store.readers().helpdesk.sent("t-1")] == ["angry\n\nsecond parcel lost"]
