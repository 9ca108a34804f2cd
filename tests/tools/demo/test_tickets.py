"""The inbox: 400 tickets whose labels are valid and fit the world."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from tools.actions import ACTIONS
from tools.commerce import OrderStage
from tools.connectors.demo import DemoWorld, Resolution, TicketLabel
from tools.connectors.demo.messages import scripts
from tools.helpdesk import Author, Ticket

INTENTS = set(
    """order_status delivery_estimate not_received damaged_item wrong_item missing_item return_request exchange_request
    return_policy refund_request refund_status cancel_order change_address change_order payment_issue product_question
    stock_availability promotion subscription account complaint human_request thanks other""".split()
)


def _tagged(world: DemoWorld, tag: str) -> list[tuple[Ticket, TicketLabel]]:
    tickets = {ticket.id: ticket for ticket in world.tickets}
    return [(tickets[label.ticket_id], label) for label in world.labels if tag in label.tags]


@pytest.mark.system("N11")
def test_there_are_400_tickets_each_with_a_label(world: DemoWorld) -> None:
    assert len(world.tickets) == 400
    assert [ticket.id for ticket in world.tickets] == [label.ticket_id for label in world.labels]
    assert len({ticket.latest.text for ticket in world.tickets}) >= 395


def test_messages_are_written_not_generated() -> None:
    texts = {script.message.text for script in scripts()}
    assert len(texts) >= 500
    lengths = sorted(map(len, texts))
    assert lengths[0] < 10
    assert lengths[-1] > 220


def test_every_intent_and_every_language_is_there(world: DemoWorld) -> None:
    intents = Counter(label.intent for label in world.labels)
    assert set(intents) == INTENTS
    assert min(intents.values()) >= 7
    languages = Counter(label.language for label in world.labels)
    assert set(languages) == {"en", "de", "fr", "es"}
    assert 0.7 <= languages["en"] / 400 <= 0.8


def test_labels_name_things_that_exist(world: DemoWorld) -> None:
    orders = {order.id: order for order in world.orders}
    customers = {customer.id for customer in world.customers}
    for label in world.labels:
        assert not label.order_id or label.order_id in orders
        assert not label.customer_id or label.customer_id in customers
        assert set(label.secondary_intents) <= INTENTS - {label.intent}
        assert set(label.forbidden) <= set(ACTIONS)
        assert {action.kind for action in label.must_propose} <= set(ACTIONS) - set(label.forbidden)
        assert label.must_ask in ("", "agent", "lead", "admin")
        if label.order_id and label.customer_id:
            assert orders[label.order_id].customer_id == label.customer_id


def test_expected_arguments_are_fields_of_their_action(world: DemoWorld) -> None:
    for label in world.labels:
        for action in label.must_propose:
            for path in action.arguments:
                assert path.split(".")[0] in ACTIONS[action.kind].model_fields, (label.ticket_id, path)


def test_no_placeholder_is_left(world: DemoWorld) -> None:
    for ticket in world.tickets:
        for message in ticket.messages:
            assert "{order" not in message.text + ticket.subject + message.quoted
            assert "{first" not in message.text


def test_what_needs_no_signature_proposes_nothing_that_needs_one(world: DemoWorld) -> None:
    for label in world.labels:
        if label.resolution in (Resolution.REPLY_ONLY, Resolution.IGNORE):
            assert {action.kind for action in label.must_propose} <= {"open_carrier_trace"}, label.ticket_id


def test_expected_changes_are_possible(world: DemoWorld) -> None:
    orders = {order.id: order for order in world.orders}
    pending = {"cancel_order", "change_order_items", "change_shipping_address", "change_payment_method"}
    delivered = {"create_return", "exchange_items"}
    for label in world.labels:
        for action in label.must_propose:
            if action.kind in pending:
                assert orders[label.order_id].stage is OrderStage.PENDING, label
            if action.kind in delivered:
                assert orders[label.order_id].stage is OrderStage.DELIVERED, label


def test_tickets_come_in_the_last_four_days_in_order(world: DemoWorld) -> None:
    placed = {order.id: order.placed_at for order in world.orders}
    times = [ticket.messages[-1].at for ticket in world.tickets]
    assert times == sorted(times)
    for ticket, label in zip(world.tickets, world.labels, strict=True):
        at = ticket.messages[-1].at
        assert world.now - timedelta(days=4) <= at < world.now
        assert not label.order_id or placed[label.order_id] < ticket.messages[0].at
        assert [m.at for m in ticket.messages] == sorted(m.at for m in ticket.messages)


def test_special_tickets_are_all_there(world: DemoWorld) -> None:
    counts = Counter(tag for label in world.labels for tag in label.tags)
    assert counts["injection"] == 20
    assert counts["auto_reply_loop"] == 5
    assert counts["legal_threat"] == 20
    assert counts["mild_negative"] >= 20
    assert counts["spoofed_sender"] >= 5
    assert counts["unknown_sender"] >= 5
    assert counts["sender_unproved"] >= 5
    assert counts["threshold_splitting"] == 4
    assert counts["promised"] >= 3
    assert counts["multi_ask"] >= 8


def test_injections_hide_in_text_quote_subject_and_attachment(world: DemoWorld) -> None:
    found = [ticket for ticket, _ in _tagged(world, "injection")]
    assert sum(bool(t.latest.quoted) for t in found) >= 3
    assert sum(any(len(a.name) > 20 for a in t.latest.attachments) for t in found) >= 3
    assert sum("assistant" in t.subject or "instructions" in t.subject for t in found) >= 3
    for _, label in _tagged(world, "injection"):
        assert {"issue_store_credit", "refund_order", "issue_discount_code"} & set(label.forbidden)


def test_loops_are_automatic_and_left_alone(world: DemoWorld) -> None:
    for ticket, label in _tagged(world, "auto_reply_loop"):
        assert ticket.latest.automatic
        assert label.resolution is Resolution.IGNORE
        assert "send_reply" in label.forbidden
    assert sum(bool(ticket.latest.automatic) for ticket in world.tickets) == 5


def test_senders_who_are_not_proved_get_nothing(world: DemoWorld) -> None:
    emails = {email for customer in world.customers for email in customer.emails}
    for ticket, label in _tagged(world, "spoofed_sender"):
        assert ticket.latest.sender_verified is False
        assert ticket.latest.sender in emails
        assert (label.order_id, label.customer_id) == ("", "")
    for ticket, label in _tagged(world, "unknown_sender"):
        assert ticket.latest.sender not in emails
        assert label.customer_id == ""
    for ticket, label in _tagged(world, "sender_unproved"):
        assert ticket.latest.sender_verified is None
        assert bool(label.order_id) == ("two_facts" in label.tags)


def test_legal_threats_go_to_a_person_and_mild_ones_do_not_all(world: DemoWorld) -> None:
    assert {label.resolution for _, label in _tagged(world, "legal_threat")} == {Resolution.ESCALATE}
    mild = Counter(label.resolution for _, label in _tagged(world, "mild_negative"))
    assert mild[Resolution.ESCALATE] < mild.total() / 4


def test_splitting_is_one_customer_and_one_order(world: DemoWorld) -> None:
    labels = [label for _, label in _tagged(world, "threshold_splitting")]
    assert len({label.order_id for label in labels}) == len({label.customer_id for label in labels}) == 1


def test_human_requests_come_in_every_language(world: DemoWorld) -> None:
    asked = [label for label in world.labels if label.intent == "human_request"]
    assert {label.language for label in asked} == {"en", "de", "fr", "es"}
    assert {label.resolution for label in asked} == {Resolution.ESCALATE}


@pytest.mark.system("A16")
def test_one_thread_has_twelve_messages(world: DemoWorld) -> None:
    lengths = Counter(len(ticket.messages) for ticket in world.tickets)
    assert lengths[12] == 1
    assert sum(count for length, count in lengths.items() if length > 1) >= 8
    for ticket in world.tickets:
        assert ticket.messages[-1].author is Author.CUSTOMER


def test_several_channels_and_attachments(world: DemoWorld) -> None:
    assert {ticket.channel for ticket in world.tickets} >= {"email", "chat", "sms", "social"}
    assert sum(bool(ticket.latest.attachments) for ticket in world.tickets) >= 12


@pytest.mark.system("B10")
def test_a_parcel_that_is_traced_already_is_not_traced_again(world: DemoWorld) -> None:
    traced = {trace.order_id for trace in world.traces}
    labels = [label for label in world.labels if label.order_id in traced]
    assert labels
    for label in labels:
        assert "trace_open" in label.tags
        assert "open_carrier_trace" not in {action.kind for action in label.must_propose}
