"""What a policy says about a person or a consequence is what happens, from the ticket to the store."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from agent.case import CaseStatus
from agent.repositories import CaseRecord
from tests.journeys.shop import Shop, about, actions, draft
from tests.knowledge.content.test_numbers import POLICIES
from tests.knowledge.playbooks.contract import MACROS
from tools.actions import ACTIONS

POSTAL = re.compile(r"postal code|c[óo]digo postal|code postal|postleitzahl", re.I)
WHO = "from the e-mail address that was used for the order"
GUARDED = {kind for kind, action in ACTIONS.items() if action.gives_value or action.gate.value == "sign"}
BACK = "shipping@v5#returned-parcels"


def moved(record: CaseRecord) -> set[str]:
    """What was proposed that changes an order, an account or money."""
    return GUARDED & set(actions(record))


@pytest.mark.parametrize("intent", ["order_status", "return_request", "exchange_request", "refund_request"])
@pytest.mark.parametrize("verified", [True, None, False])
def test_order_number_name_and_postal_code_prove_nothing(shop: Shop, intent: str, verified: bool | None) -> None:
    assert "A postal code or a name does not prove that" in POLICIES["privacy#account-access"]
    order = shop.planted("day_29")
    owner, home = shop.owner(order), order.shipping_address
    text = f"{order.number}, a gift from {owner.name}, {home.postal_code} {home.city}. Please help me with it."
    letter = shop.letter(text, owner, sender="somebody@inbox.example", verified=verified)
    record = shop.work(letter, about(intent))
    assert moved(record) == set()
    said = draft(record).text
    assert WHO in said
    assert [secret for secret in (home.line1, home.postal_code, str(order.total)) if secret in said] == []


def test_an_unproven_address_needs_the_order_number_and_not_the_postal_code(shop: Shop) -> None:
    order = shop.planted("day_29")
    owner, code = shop.owner(order), order.shipping_address.postal_code
    letter = shop.letter(f"Where is it? My postal code is {code}.", owner, verified=None)
    assert WHO in draft(shop.work(letter, about("order_status"))).text
    letter = shop.letter(f"Where is {order.number}?", owner, verified=None)
    assert order.number in draft(shop.work(letter, about("order_status"))).text


def test_no_reply_asks_for_a_postal_code_but_for_a_new_address() -> None:
    asking = {path.stem for path in MACROS.glob("*.yaml") if POSTAL.search(path.read_text(encoding="utf-8"))}
    assert asking == {"change_address"}


def test_a_gift_goes_back_through_whoever_bought_it_and_so_does_the_money(shop: Shop) -> None:
    policy = POLICIES["returns#gifts"]
    assert "the person who bought it can exchange or return it for you" in policy
    assert "Nobody else gets the money or store credit" in policy
    order = shop.planted("return_ok")
    record = shop.ask(
        f"The present I bought with {order.number} is not right, please take it back.", order, "return_request"
    )
    assert "create_return" in actions(record)
    refund = shop.choose(record, "refund_order", "dana")
    shop.sign(refund, "dana")
    paid = shop.order(order.id).transactions
    assert {each.method_id for each in paid} == {order.payment_method_id}
    assert any(each.kind.value == "refund" for each in paid)


@pytest.mark.parametrize(
    ("intent", "text", "escalated"),
    [
        ("order_status", "Where is {number}?", False),
        ("not_received", "{number} never came.", False),
        ("change_address", "Is the address of {number} wrong?", False),
        ("change_address", "Please send {number} to 12 Birch Lane, Portland, OR 97205 instead.", True),
        ("cancel_order", "Cancel {number} please.", True),
        ("refund_request", "I want my money back for {number}.", True),
        ("return_request", "I want to return {number}.", True),
    ],
)
def test_a_parcel_that_comes_back_is_a_choice_with_a_person_and_nothing_moves(
    shop: Shop, intent: str, text: str, escalated: bool
) -> None:
    order = shop.planted("bad_address")
    record = shop.ask(text.format(number=order.number), order, intent)
    assert record.proposal is not None
    assert BACK in record.proposal.citations
    assert moved(record) == set()
    assert bool(record.proposal.escalate) is escalated
    assert not escalated or "person on our team" in draft(record).text.replace(
        "our team decides", "our team, who decides"
    )
    assert shop.order(order.id) == order


@pytest.mark.parametrize(("after", "waits"), [(timedelta(), True), (timedelta(days=9), False)])
def test_a_second_charge_is_waited_for_as_long_as_the_policy_says_and_then_looked_at(
    shop: Shop, after: timedelta, waits: bool
) -> None:
    order = shop.planted("pending")
    shop.clock.advance(after)
    record = shop.ask(f"I was charged twice for {order.number}, why is there a second charge?", order, "payment_issue")
    assert record.proposal is not None
    assert record.proposal.branch == ("charge_may_clear" if waits else "double_charge")
    assert bool(record.proposal.escalate) is not waits
    assert moved(record) == set()
    assert ("If both charges are still there after that day" in draft(record).text) is waits
    assert record.status is CaseStatus.AWAITING_REVIEW


def test_a_bag_within_its_warranty_is_no_late_report(shop: Shop) -> None:
    order = shop.planted("bag_return_ok")
    shop.clock.advance(timedelta(days=300))
    record = shop.ask(f"The zip of my bag from {order.number} broke.", order, "damaged_item")
    assert record.proposal is not None
    assert record.proposal.branch == "warranty"
    assert "covered for 2 years from delivery" in draft(record).text
    assert moved(record) == set()
    shop.clock.advance(timedelta(days=600))
    late = shop.ask(f"The zip of my bag from {order.number} broke.", order, "damaged_item")
    assert late.proposal is not None
    assert late.proposal.branch == "too_late"
