"""From a playbook's word to an exact action; what the facts do not give is refused in words for a person."""

from __future__ import annotations

from datetime import date

import pytest

from agent.case import Classification
from agent.reasoners.base import Brief
from agent.reasoners.builders import BUILDABLE, CannotBuild, build
from tests.agent.investigation.world import (
    LIMITS,
    MIA,
    MUG,
    NOW,
    SOCKS,
    SWEATER,
    Shelf,
    about,
    letter,
    line,
    look,
    order,
    parcel,
    usd,
)
from tools.actions import ACTIONS
from tools.commerce import Noun, OrderStage, ParcelStatus

TEXT = "M instead of L, pay with PayPal, send it to 48 Birch Lane, Apt 3, Salem, OR 97301"
SENT = order("2145", line(SWEATER, 2, quantity=3, refunded=1), stage=OrderStage.PENDING)
EVERY = (SENT, parcel(SENT, ParcelStatus.IN_TRANSIT))


def brief(text: str = TEXT, said: Classification | None = None, *nouns: Noun, verified: bool = True) -> Brief:
    said = said or about("exchange_request", numbers=("#2145",))
    ticket = letter(text, verified=verified)
    found = look(ticket, said, *nouns)
    return Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)


FULL = brief(TEXT, None, *EVERY)
LINES = [{"line_id": "l-p-knit", "quantity": 2}]
ADDRESS = {
    "name": "Mia Lund", "line1": "48 Birch Lane", "line2": "Apt 3", "city": "Salem", "region": "OR",
    "postal_code": "97301", "country": "US",
}  # fmt: skip
SWAPS = [{"line_id": "l-p-knit", "quantity": 2, "variant_id": "v-knit-m-green"}]
BUILT: dict[str, dict[str, object]] = {
    "add_internal_note": {"ticket_id": "t-1", "text": "look"},
    "tag_ticket": {"ticket_id": "t-1", "tags": ["exchange_request"]},
    "set_priority": {"ticket_id": "t-1", "priority": "normal"},
    "assign_ticket": {"ticket_id": "t-1", "queue": "support"},
    "escalate_to_human": {"ticket_id": "t-1", "reason": "exchange request"},
    "close_ticket": {"ticket_id": "t-1"},
    "create_return": {"order_id": "o-2145", "lines": LINES, "reason": "exchange request"},
    "exchange_items": {"order_id": "o-2145", "swaps": SWAPS},
    "refund_order": {"order_id": "o-2145", "lines": LINES, "amount": "180.00 USD"},
    "replace_items": {"order_id": "o-2145", "lines": LINES},
    "cancel_order": {"order_id": "o-2145", "reason": "customer request"},
    "change_order_items": {"order_id": "o-2145", "swaps": SWAPS},
    "change_shipping_address": {"order_id": "o-2145", "address": ADDRESS},
    "change_payment_method": {"order_id": "o-2145", "method_id": "paypal"},
    "update_customer_address": {"customer_id": "mia", "address": ADDRESS},
    "issue_store_credit": {"customer_id": "mia", "amount": "180.00 USD"},
    "issue_discount_code": {"customer_id": "mia", "percent": 10, "expires_on": date(2026, 12, 2).isoformat()},
    "open_carrier_trace": {"ticket_id": "t-1", "shipment_id": "s-o-2145"},
    "hold_order": {"order_id": "o-2145", "reason": "customer request"},
    "release_hold": {"order_id": "o-2145"},
    "suppress_promotions": {"customer_id": "mia", "days": LIMITS.offers.promo_pause_days},
}
GIVEN: dict[str, dict[str, object]] = {"add_internal_note": {"text": "look"}}


@pytest.mark.parametrize("kind", sorted(BUILDABLE))
def test_every_action_takes_its_arguments_from_the_facts(kind: str) -> None:
    built = build(kind, GIVEN.get(kind, {}), FULL).model_dump(mode="json", exclude_defaults=True)
    expected = BUILT[kind]
    assert {name: built[name] for name in expected} == expected
    assert built["kind"] == kind


def test_a_playbook_can_name_every_action_but_a_reply() -> None:
    assert set(ACTIONS) - BUILDABLE == {"send_reply"}
    assert set(BUILT) == BUILDABLE


def test_what_a_playbook_gives_counts_before_the_usual() -> None:
    built = build("refund_order", {"amount": usd("12.00")}, FULL).model_dump(mode="json")
    assert built["amount"] == "12.00 USD"
    built = build("change_payment_method", {"method_id": "master"}, FULL).model_dump(mode="json")
    assert built["method_id"] == "master"


@pytest.mark.parametrize(
    ("kind", "text", "nouns", "why"),
    [
        ("refund_order", "refund", (), "there is no order to act on"),
        ("cancel_order", "cancel", (), "there is no order to act on"),
        ("open_carrier_trace", "where is it", (SENT,), "there is no shipment to act on"),
        ("exchange_items", "exchange it", (SENT,), "there is no swap to act on"),
        ("exchange_items", "M instead of L", (order("2145", line(MUG), line(SOCKS)),), "not clear which line"),
        ("change_shipping_address", "to my office", (SENT,), "no complete new address"),
        ("change_payment_method", "another card", (SENT,), "change payment method: method id is not known"),
        ("refund_order", "refund", (order("2145", line(MUG, refunded=1)),), "no order line is left to act on"),
        ("create_return", "return", (order("2145", line(MUG, refunded=1)),), "no order line is left to act on"),
        ("add_internal_note", "", (), "add internal note: text is not known"),
    ],
)
def test_what_cannot_be_built_says_why(kind: str, text: str, nouns: tuple[Noun, ...], why: str) -> None:
    said = about("exchange_request", numbers=("#2145",) if nouns else ())
    with pytest.raises(CannotBuild, match=why):
        build(kind, {}, brief(text, said, *nouns))


def test_nothing_is_worth_nothing() -> None:
    free = order("2145", line(MUG, discount="26.00"))
    empty = brief("refund", about("refund_request", numbers=("#2145",)), free)
    for kind, why in (("refund_order", "nothing left to refund"), ("issue_store_credit", "no amount to credit")):
        with pytest.raises(CannotBuild, match=why):
            build(kind, {}, empty)


@pytest.mark.parametrize("kind", ["refund_order", "issue_store_credit", "issue_discount_code", "suppress_promotions"])
def test_for_somebody_who_is_not_verified_nothing_can_be_built(kind: str) -> None:
    with pytest.raises(CannotBuild):
        build(kind, {}, brief(TEXT, None, *EVERY, verified=False))


def test_a_wrong_argument_is_refused_in_words() -> None:
    with pytest.raises(CannotBuild, match="issue discount code: percent"):
        build("issue_discount_code", {"percent": 400}, FULL)


def test_of_two_addresses_the_new_one_is_built() -> None:
    text = "not 12 Elm Street, Portland, OR 97205 but 48 Birch Lane, Apt 3, Salem, OR 97301"
    built = build("change_shipping_address", {}, brief(text, None, SENT)).model_dump(mode="json")
    assert built["address"]["line1"] == "48 Birch Lane"


def test_a_customer_without_a_name_may_move_too() -> None:
    said = about("change_address", numbers=("#2145",))
    nameless = MIA.model_copy(update={"name": ""})
    ticket = letter(TEXT)
    found = look(ticket, said, shelf=Shelf((nameless, SWEATER, SENT)))
    case = Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)
    assert build("change_shipping_address", {}, case).model_dump(mode="json")["address"]["name"] == ""
