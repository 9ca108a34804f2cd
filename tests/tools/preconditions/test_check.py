"""Every refusal by name: one wrong action for each code, and the right one beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.tools.store.test_writers import ADDRESS, EVERY
from tests.tools.world import ADA, BOB, DELIVERED, LAMP, MUG, NOW, PENDING, TICKET, mug_line, paid_order, usd
from tools.actions import ACTION, ACTIONS, TICKET_ACTIONS
from tools.commerce import (
    Hold,
    Order,
    OrderStage,
    ParcelStatus,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    StockLevel,
)
from tools.facts import ActionFacts, load_facts, versions
from tools.money import Money
from tools.preconditions import Code, check
from tools.store.local import LocalStore

HELD = Hold(reason="stolen card suspected", at=NOW)


def refusals(store: LocalStore, kind: str, **arguments: object) -> dict[str, str]:
    return refusals_to("c-ada", store, kind, **arguments)


def refusals_to(customer: str | None, store: LocalStore, kind: str, **arguments: object) -> dict[str, str]:
    action = ACTION.validate_python({"kind": kind, **(EVERY[kind] | arguments)})
    facts = load_facts(action, store.readers(), NOW)
    return {refusal.code: refusal.message for refusal in check(action, facts, customer)}


@pytest.mark.parametrize("kind", sorted(set(ACTIONS) - {"release_hold"}))
def test_the_right_action_is_not_refused(sqlite_store: LocalStore, kind: str) -> None:
    assert refusals(sqlite_store, kind) == {}


@pytest.mark.parametrize("kind", sorted(set(ACTIONS) - TICKET_ACTIONS))
def test_without_a_verified_identity_nothing_of_a_customer_is_touched(sqlite_store: LocalStore, kind: str) -> None:
    assert list(refusals_to(None, sqlite_store, kind)) == ["identity_required"]


@pytest.mark.parametrize("kind", sorted(set(ACTIONS) - TICKET_ACTIONS))
def test_somebody_elses_is_refused_without_telling_anything(sqlite_store: LocalStore, kind: str) -> None:
    found = refusals_to("c-bob", sqlite_store, kind)
    assert list(found) == ["not_this_customer"]
    secrets = ("Ada", "ada@", "1881", "Mill Lane", "c-ada" if "customer_id" not in EVERY[kind] else "Ada", "#100")
    assert not [secret for secret in secrets if secret in found["not_this_customer"]]


LINES = [{"line_id": "l-mug", "quantity": 2}]
SWAP = {"line_id": "l-mug", "quantity": 1}
WRONG: list[tuple[str, str, dict[str, object]]] = [
    ("unknown_order", "cancel_order", {"order_id": "o-9"}),
    ("unknown_shipment", "open_carrier_trace", {"shipment_id": "s-9"}),
    ("unknown_ticket", "open_carrier_trace", {"ticket_id": "t-9"}),
    ("unknown_ticket", "tag_ticket", {"ticket_id": "t-9"}),
    ("unknown_message", "send_reply", {"in_reply_to": "m-9"}),
    ("wrong_stage", "cancel_order", {"order_id": "o-1003"}),
    ("wrong_stage", "change_order_items", {"order_id": "o-1002"}),
    ("wrong_stage", "change_shipping_address", {"order_id": "o-1003"}),
    ("wrong_stage", "change_payment_method", {"order_id": "o-1003"}),
    ("wrong_stage", "hold_order", {"order_id": "o-1003"}),
    ("wrong_stage", "create_return", {"order_id": "o-1003"}),
    ("wrong_stage", "exchange_items", {"order_id": "o-1003"}),
    ("wrong_stage", "replace_items", {"order_id": "o-1001"}),
    ("order_not_held", "release_hold", {}),
    ("unknown_line", "refund_order", {"lines": [{"line_id": "l-9"}]}),
    ("unknown_line", "exchange_items", {"swaps": [{"line_id": "l-9", "variant_id": "v-mug-blue"}]}),
    ("quantity_not_left", "refund_order", {"lines": [*LINES, {"line_id": "l-mug"}]}),
    ("quantity_not_left", "create_return", {"lines": [{"line_id": "l-mug", "quantity": 3}]}),
    ("unknown_variant", "exchange_items", {"swaps": [{**SWAP, "variant_id": "v-9"}]}),
    ("other_product", "exchange_items", {"swaps": [{**SWAP, "variant_id": "v-lamp"}]}),
    ("same_variant", "exchange_items", {"swaps": [{**SWAP, "variant_id": "mug-grey"}]}),
    (
        "out_of_stock",
        "change_order_items",
        {"swaps": [{**SWAP, "variant_id": "MUG-RED"}, {**SWAP, "variant_id": "v-mug-red"}]},
    ),
    ("amount_not_positive", "refund_order", {"amount": "0.00 USD"}),
    ("amount_not_positive", "refund_order", {"amount": "-5.00 USD"}),
    ("amount_not_positive", "issue_store_credit", {"amount": "0.00 USD"}),
    ("wrong_currency", "refund_order", {"amount": "5.00 EUR"}),
    ("wrong_currency", "issue_store_credit", {"amount": "5.00 EUR"}),
    ("wrong_currency", "issue_discount_code", {"percent": None, "amount": "5.00 EUR"}),
    ("amount_above_left", "refund_order", {"lines": [], "amount": "117.91 USD"}),
    ("amount_above_worth", "refund_order", {"amount": "20.01 USD"}),
    ("amount_above_worth", "refund_order", {"lines": [], "shipping": True, "amount": "5.01 USD"}),
    ("method_not_customers", "refund_order", {"method_id": "card-bob"}),
    ("method_not_customers", "change_payment_method", {"method_id": "card-bob"}),
    ("method_not_customers", "exchange_items", {"method_id": "card-bob"}),
    ("method_not_customers", "create_return", {"refund_method_id": "card-bob"}),
    ("wrong_refund_method", "refund_order", {"method_id": "paypal-ada"}),
    ("wrong_refund_method", "create_return", {"refund_method_id": "paypal-ada"}),
    ("same_method", "change_payment_method", {"method_id": "card-ada"}),
    ("balance_too_low", "change_payment_method", {"method_id": "gift-ada"}),
    ("address_incomplete", "change_shipping_address", {"address": {**ADDRESS, "line1": " "}}),
    ("address_incomplete", "update_customer_address", {"address": {**ADDRESS, "postal_code": ""}}),
    ("unknown_country", "change_shipping_address", {"address": {**ADDRESS, "country": "UK"}}),
    ("percent_or_amount", "issue_discount_code", {"amount": "5.00 USD"}),
    ("percent_or_amount", "issue_discount_code", {"percent": None}),
    ("expiry_in_the_past", "issue_discount_code", {"expires_on": date(2026, 3, 9)}),
]


@pytest.mark.parametrize(("code", "kind", "arguments"), WRONG, ids=[f"{kind}-{code}" for code, kind, _ in WRONG])
def test_the_wrong_action_is_refused_by_name(
    sqlite_store: LocalStore, code: str, kind: str, arguments: dict[str, object]
) -> None:
    found = refusals(sqlite_store, kind, **arguments)
    assert list(found) == [code]
    assert found[code].endswith(".")


def test_a_country_without_postal_codes_needs_none(sqlite_store: LocalStore) -> None:
    hong_kong = {"line1": "1 Queen's Road", "city": "Hong Kong", "country": "HK"}
    assert refusals(sqlite_store, "change_shipping_address", address=hong_kong) == {}


def judged(kind: str, facts: ActionFacts, **arguments: object) -> set[str]:
    action = ACTION.validate_python({"kind": kind, **(EVERY[kind] | arguments)})
    return {refusal.code for refusal in check(action, facts, "c-ada")}


def of(order: Order) -> ActionFacts:
    return ActionFacts(now=NOW, order=order, customer=ADA, currency="USD")


def changed(order: Order, **update: object) -> Order:
    return order.model_copy(update=update)


@pytest.mark.parametrize(
    "kind", sorted({kind for kind, named in EVERY.items() if "order_id" in named} - {"release_hold"})
)
@pytest.mark.system("B5")
def test_a_hold_stops_everything_but_its_release(kind: str) -> None:
    found = judged(kind, of(changed(DELIVERED, hold=HELD)))
    assert "order_on_hold" in found
    assert judged("release_hold", of(changed(DELIVERED, hold=HELD))) == set()


def test_nothing_captured_means_nothing_to_refund() -> None:
    order = paid_order("7", OrderStage.DELIVERED, captured=False)
    assert "nothing_captured" in judged("refund_order", of(order))


def test_shipping_is_refunded_once() -> None:
    shipping = Refund(id="r", order_id="o-1002", amount=usd("5.00"), shipping=usd("5.00"), at=NOW)
    arguments = {"lines": (), "shipping": True, "amount": "5.00 USD"}
    assert judged("refund_order", of(DELIVERED), **arguments) == set()
    found = judged("refund_order", replace(of(DELIVERED), refunds=(shipping,)), **arguments)
    assert found == {"shipping_already_refunded", "amount_above_worth"}


def test_goodwill_goes_up_to_what_is_left() -> None:
    assert judged("refund_order", of(DELIVERED), lines=[], amount=str(DELIVERED.left_to_refund)) == set()


def test_units_on_their_way_back_are_refunded_when_they_arrive() -> None:
    order = changed(DELIVERED, lines=(mug_line().model_copy(update={"returning": 2}), DELIVERED.lines[1]))
    back = Return(
        id="r",
        order_id=order.id,
        status=ReturnStatus.LABEL_SENT,
        lines=(ReturnLine(line_id="l-mug", quantity=2),),
        requested_at=NOW,
    )
    assert judged("refund_order", replace(of(order), returns=(back,))) == {"quantity_not_left"}
    arrived = back.model_copy(update={"status": ReturnStatus.RECEIVED})
    assert judged("refund_order", replace(of(order), returns=(arrived,))) == set()
    assert judged("create_return", replace(of(order), returns=(arrived,))) == {"quantity_not_left"}


def test_a_replaced_unit_is_not_refunded_as_well() -> None:
    again = changed(DELIVERED, id="o-r", replaces_order_id=DELIVERED.id, lines=(mug_line(2),))
    assert judged("refund_order", replace(of(DELIVERED), replacements=(again,))) == {"quantity_not_left"}
    cancelled = changed(again, stage=OrderStage.CANCELLED)
    assert judged("refund_order", replace(of(DELIVERED), replacements=(cancelled,))) == set()


def test_a_refund_to_one_of_two_cards_is_what_came_from_it() -> None:
    first, second = usd("100.00"), DELIVERED.total - usd("100.00")
    paid = DELIVERED.transactions[0]
    split = (
        paid.model_copy(update={"amount": first}),
        paid.model_copy(update={"amount": second, "method_id": "paypal-ada"}),
    )
    order = changed(DELIVERED, transactions=split)
    arguments = {"lines": (), "amount": "20.00 USD"}
    assert judged("refund_order", of(order), method_id="paypal-ada", **arguments) == {"amount_above_method"}
    assert judged("refund_order", of(order), method_id="card-ada", **arguments) == set()


@pytest.mark.parametrize(("balance", "expected"), [("7.99", {"balance_too_low"}), ("8.00", set[str]())])
def test_a_gift_card_covers_the_whole_difference(balance: str, expected: set[str]) -> None:
    gift = ADA.payment_methods[1].model_copy(update={"balance": usd(balance)})
    ada = ADA.model_copy(update={"payment_methods": (gift,)})
    variants = {variant.id: (MUG, variant) for variant in MUG.variants}
    stock = {"v-mug-blue": (StockLevel(variant_id="v-mug-blue", available=2),)}
    facts = replace(of(DELIVERED), customer=ada, variants=variants, stock=stock)
    swaps = [{"line_id": "l-mug", "quantity": 2, "variant_id": "v-mug-blue"}]
    assert judged("exchange_items", facts, method_id="gift-ada", swaps=swaps) == expected


def test_items_are_modified_once() -> None:
    facts = of(changed(PENDING, items_modified=True))
    assert "items_already_modified" in judged("change_order_items", facts)


def test_a_label_is_not_a_shipment(sqlite_store: LocalStore) -> None:
    parcel = sqlite_store.readers().orders.shipment("s-o-1003")
    assert parcel is not None
    waiting = parcel.model_copy(update={"status": ParcelStatus.LABEL_CREATED, "shipped_at": None})
    facts = replace(of(DELIVERED), shipment=waiting, ticket=TICKET)
    assert judged("open_carrier_trace", facts) == {"not_shipped"}


def test_a_product_that_is_not_sold_is_no_exchange() -> None:
    lamp = LAMP.model_copy(update={"active": False})
    variant = LAMP.variants[0].model_copy(update={"id": "v-lamp-2", "price": Money.of("75.00", "EUR")})
    facts = replace(of(DELIVERED), variants={"v-lamp-2": (lamp, variant), "v-lamp": (lamp, LAMP.variants[0])})
    found = judged("exchange_items", facts, swaps=[{"line_id": "l-lamp", "variant_id": "v-lamp-2"}])
    assert found == {"not_for_sale", "wrong_currency", "out_of_stock"}


def test_a_customer_that_is_gone_is_said() -> None:
    assert judged("suppress_promotions", ActionFacts(now=NOW)) == {"unknown_customer"}


def test_an_approval_is_bound_to_order_and_customer(sqlite_store: LocalStore) -> None:
    action = ACTION.validate_python({"kind": "cancel_order", "order_id": "o-1004"})
    facts = load_facts(action, sqlite_store.readers(), NOW)
    assert versions(facts) == {"order:o-1004": "1", "customer:c-bob": "1"}
    assert versions(replace(facts, customer=BOB.model_copy(update={"version": 2})))["customer:c-bob"] == "2"


def test_every_code_is_tested_here() -> None:
    here = {code for code, _, _ in WRONG} | {
        "identity_required",
        "not_this_customer",
        "unknown_customer",
        "order_on_hold",
        "nothing_captured",
        "not_for_sale",
        "shipping_already_refunded",
        "amount_above_method",
        "items_already_modified",
        "not_shipped",
        "key_reused",
    }
    assert here == {str(code) for code in Code}


def test_the_parcels_say_as_well_as_the_stage_that_an_order_arrived(sqlite_store: LocalStore) -> None:
    action = ACTION.validate_python({"kind": "create_return", **EVERY["create_return"]})
    facts = load_facts(action, sqlite_store.readers(), NOW)
    sent = facts.known_order().model_copy(update={"stage": OrderStage.SHIPPED})
    parcel = Shipment(id="s-x", order_id=sent.id, carrier="DHL", status=ParcelStatus.IN_TRANSIT)

    def codes(*statuses: ParcelStatus) -> list[str]:
        parcels = tuple(parcel.model_copy(update={"order_id": sent.id, "status": status}) for status in statuses)
        return [each.code for each in check(action, replace(facts, order=sent, shipments=parcels), "c-ada")]

    assert codes(ParcelStatus.DELIVERED, ParcelStatus.DELIVERED) == []
    assert codes(ParcelStatus.DELIVERED, ParcelStatus.IN_TRANSIT) == ["wrong_stage"]
    assert codes() == []
