"""What a message asks, read once more when its order is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.case import Classification, RankedIntent
from agent.reasoners.rereading import clues_of, reread, sureness
from agent.triage.intents import Intent
from tools.money import Money

INTENTS = [intent.value for intent in Intent]
SWAPS = {"exchange_request", "change_order"}
RENAMED = SWAPS | {"missing_item", "order_status"}
"""What the stage of an order alone may give another name."""
STAGES = ["pending", "processing", "shipped", "delivered", "cancelled"]


def reading(intent: str, confidence: float = 0.5, **others: float) -> Classification:
    chances = {intent: confidence, **others}
    ranked = sorted(chances, key=lambda each: -chances[each])
    likely = tuple(RankedIntent(intent=each, confidence=chances[each]) for each in ranked)
    return Classification(intent=intent, confidence=confidence, abstained=True, likely=likely, reason="read so")


def with_order(stage: str, **facts: object) -> dict[str, object]:
    order = {"number": "#2145", "stage": stage}
    return {"order": order, "orders": [order], "order_named": True, **facts}


@pytest.mark.parametrize(
    ("stage", "read", "other", "text"),
    [
        ("pending", "wrong_item", "change_order", "picked too small in 2145, M would be right"),
        ("pending", "damaged_item", "cancel_order", "our roof leaks, 2145 has to be undone"),
        ("pending", "exchange_request", "change_order", "2145 in M"),
        ("delivered", "order_status", "missing_item", "the jug of 2145 is here and its lid is still with you"),
        ("delivered", "change_order", "exchange_request", "2145: the L for an M"),
        ("delivered", "stock_availability", "exchange_request", "is there an M for 2145, mine is an L"),
        ("shipped", "change_order", "order_status", "2145 - is it close?"),
    ],
)
def test_what_cannot_be_about_such_an_order_gives_way_to_what_can(stage: str, read: str, other: str, text: str) -> None:
    said = reading(read, 0.5, **{other: 0.3})
    now = reread(said, with_order(stage), text)
    assert now.intent == other
    assert now.confidence > 0.5
    assert now.reason.startswith(
        f"{other.replace('_', ' ')} rather than {read.replace('_', ' ')}: the order is {stage}"
    )
    assert now.abstained


@pytest.mark.parametrize(
    ("stage", "read", "other", "text"),
    [
        ("shipped", "refund_request", "order_status", "That will not come any more, refund 2145"),
        ("delivered", "return_policy", "return_request", "until when may 2145 go back"),
        ("delivered", "promotion", "refund_request", "2145 got cheaper, may I have the difference"),
        ("pending", "damaged_item", "cancel_order", "2145 arrived and the mug is broken"),
        ("pending", "refund_request", "cancel_order", "money back for 2145 please"),
    ],
)
def test_what_is_said_outright_or_fits_stays(stage: str, read: str, other: str, text: str) -> None:
    assert reread(reading(read, 0.5, **{other: 0.4}), with_order(stage), text).intent == read


def test_what_has_come_is_not_missed() -> None:
    said = reading("not_received", 0.6, complaint=0.2)
    late = "2145 got here two days after the party and nobody warned me"
    assert reread(said, with_order("delivered"), late).intent == "complaint"
    assert reread(said, with_order("delivered"), "nobody warned me about 2145").intent == "not_received"
    assert (
        reread(said, with_order("delivered"), "2145 never arrived, I got a mail that it was there").intent
        == "not_received"
    )


def test_what_somebody_signs_for_is_not_read_into_a_message_on_a_whim() -> None:
    said = reading("product_question", 0.4, damaged_item=0.05, stock_availability=0.3)
    assert reread(said, with_order("delivered"), "may the print of 2145 get wet").intent != "damaged_item"


def test_another_size_of_the_very_article_speaks_for_a_swap() -> None:
    said = reading("wrong_item", 0.4, cancel_order=0.35, change_order=0.2)
    assert reread(said, with_order("pending"), "2145 M").intent == "cancel_order"
    assert reread(said, with_order("pending", swap={"id": "v"}), "2145 M").intent == "change_order"


def test_who_names_another_variant_of_what_came_wants_neither_money_nor_the_same_again() -> None:
    said = reading("damaged_item", 0.55, exchange_request=0.1, wrong_item=0.08)
    swapped = with_order("delivered", swap={"id": "v"}, swap_missing=False)
    assert reread(said, swapped, "the one of 2145 in slate, same size").intent == "exchange_request"
    assert reread(said, with_order("delivered"), "the one of 2145 in slate, same size").intent == "damaged_item"
    # A fault that is said outright stays one.
    assert reread(said, swapped, "2145 arrived broken, it was slate").intent == "damaged_item"


def test_who_tells_what_came_from_what_was_ordered_got_something_wrong() -> None:
    said = reading("exchange_request", 0.6, wrong_item=0.25)
    apart = with_order("delivered", swap=None, swap_missing=True, other_variant_came=True)
    assert reread(said, apart, "there's an XL label in what 2145 lists as L").intent == "wrong_item"


def test_who_names_none_although_there_are_others_hardly_asks_for_a_swap() -> None:
    said = reading("exchange_request", 0.5, wrong_item=0.35)
    others = with_order("delivered", swap=None, swap_missing=True, alternatives_in_stock=["M, Navy"])
    assert reread(said, others, "there's somebody else's label in 2145").intent == "wrong_item"
    assert reread(said, others, "there's a label in 2145, may I exchange it").intent == "exchange_request"
    assert reread(said, with_order("delivered"), "there's a label in 2145").intent == "exchange_request"


def test_a_whole_new_address_is_no_question_about_the_parcel() -> None:
    said = reading("delivery_estimate", 0.6, change_address=0.1)
    moved = with_order("pending", new_address="1 Oak Road, Austin, TX 78701")
    assert reread(said, moved, "from Monday on I am at 1 Oak Road, could 2145 come there").intent == "change_address"
    assert reread(said, with_order("pending"), "from Monday on I am away").intent == "delivery_estimate"
    assert reread(said, {**moved, **with_order("delivered")}, "2145, 1 Oak Road").intent != "change_address"


def test_words_that_stop_an_order_need_no_likeness_while_it_is_pending() -> None:
    said = reading("change_order", 0.7, stock_availability=0.1)
    assert reread(said, with_order("pending"), "my wife wants to wait, don't pack 2145").intent == "cancel_order"
    assert reread(said, with_order("processing"), "don't pack 2145").intent == "change_order"


def test_without_a_number_every_order_of_the_customer_counts() -> None:
    orders = [{"number": "#1", "stage": "pending"}, {"number": "#2", "stage": "delivered"}]
    said = reading("damaged_item", 0.5, cancel_order=0.3)
    scope: dict[str, object] = {"order": None, "orders": orders, "order_named": False}
    assert reread(said, scope, "the mug").intent == "damaged_item"
    assert reread(said, {**scope, "orders": orders[:1]}, "the mug").intent == "cancel_order"


@pytest.mark.parametrize(
    ("parcel", "read", "meant"),
    [
        ({}, "not_received", "order_status"),  # it moves: what is asked is where it is
        ({"overdue": True}, "not_received", "not_received"),
        ({"stalled": True}, "not_received", "not_received"),
        ({"stalled": True}, "refund_request", "not_received"),
        ({"stalled": True}, "cancel_order", "cancel_order"),
        ({"lost": True}, "refund_request", "not_received"),
        ({"lost": True}, "cancel_order", "not_received"),
        ({}, "refund_request", "refund_request"),
        ({"overdue": True}, "refund_request", "refund_request"),
        ({}, "delivery_estimate", "delivery_estimate"),
        ({"overdue": True}, "delivery_estimate", "order_status"),
        ({"stalled": True}, "delivery_estimate", "order_status"),
    ],
)
def test_the_records_tell_a_parcel_that_moves_from_one_that_does_not(
    parcel: dict[str, object], read: str, meant: str
) -> None:
    said = reading(read, 0.55, order_status=0.3)
    assert reread(said, with_order("shipped", shipment=parcel), "2145, please").intent == meant


def test_money_for_what_will_hardly_come_is_a_parcel_that_did_not_come_however_sure_the_reading() -> None:
    said = reading("refund_request", 0.98).model_copy(update={"likely": (), "abstained": False})
    now = reread(said, with_order("shipped", shipment={"lost": True}), "refund 2145")
    assert (now.intent, now.confidence) == ("not_received", 0.98)
    assert [each.intent for each in now.secondary] == ["refund_request"]  # money is what makes it good
    assert reread(said, with_order("delivered", shipment={"lost": True}), "refund 2145") is said
    unnamed = {**with_order("shipped", shipment={"lost": True}), "order_named": False}
    assert reread(said, unnamed, "refund please") is said


@pytest.mark.parametrize(
    ("stage", "read", "text", "meant"),
    [
        ("processing", "missing_item", "the tracking of 2145 has half of it, no backpack", "order_status"),
        ("processing", "missing_item", "2145 arrived and the backpack is missing", "missing_item"),
        ("delivered", "missing_item", "2145: no backpack", "missing_item"),
    ],
)
def test_however_sure_an_ask_is_called_what_it_is_for_such_an_order(
    stage: str, read: str, text: str, meant: str
) -> None:
    said = reading(read, 0.98).model_copy(update={"likely": (), "abstained": False})
    now = reread(said, with_order(stage), text)
    assert (now.intent, now.confidence) == (meant, 0.98)
    assert reread(said, {**with_order(stage), "order_named": False}, text).intent == read


def test_nobody_asks_where_a_parcel_is_that_they_hold() -> None:
    said = reading("order_status", 0.6, damaged_item=0.2)
    text = "2145: the zip has come off its track"
    assert reread(said, with_order("delivered"), text).intent == "damaged_item"
    assert reread(said, with_order("shipped"), text).intent == "order_status"
    assert reread(said, with_order("delivered"), "2145 never arrived, track it").intent == "not_received"


def test_money_that_is_on_its_way_is_asked_for_also_in_words_that_ask_for_it_outright() -> None:
    order = {"number": "#2145", "stage": "delivered", "left_to_refund": Money.of("9.00", "USD")}
    scope = {**with_order("delivered", refund={"id": "r"}), "order": order}
    assert (
        reread(reading("refund_request", 0.55, refund_status=0.4), scope, "refund 2145 where").intent == "refund_status"
    )
    assert reread(reading("refund_request", 0.8, refund_status=0.1), scope, "refund 2145").intent == "refund_request"


@pytest.mark.parametrize(
    ("facts", "left", "read", "meant"),
    [
        ({"refund": {"id": "r"}}, "0.00", "refund_request", "refund_status"),
        ({"return_": {"status": "in_transit"}}, "9.00", "refund_request", "refund_status"),
        ({"return_": {"status": "in_transit"}}, "9.00", "return_request", "refund_status"),
        ({"refund": {"id": "r"}}, "9.00", "return_request", "return_request"),
        ({}, "9.00", "refund_status", "refund_request"),
        ({}, "9.00", "refund_request", "refund_request"),
    ],
)
def test_the_records_tell_whose_money_is_on_its_way(facts: dict[str, object], left: str, read: str, meant: str) -> None:
    other = "refund_request" if read == "refund_status" else "refund_status"
    scope = with_order("delivered", **facts)
    scope["order"] = {"number": "#2145", "stage": "delivered", "left_to_refund": Money.of(left, "USD")}
    assert reread(reading(read, 0.55, **{other: 0.4}), scope, "2145 and my money?").intent == meant


def test_who_sends_something_back_and_asks_outright_to_send_more_is_not_told_how_far_the_first_is() -> None:
    scope = with_order("delivered", return_={"status": "in_transit"})
    more = "I would like to return the mug of 2145 as well"
    assert reread(reading("return_request", 0.85, refund_status=0.1), scope, more).intent == "return_request"
    how_far = "return 2145 is with the carrier, and now?"
    assert reread(reading("return_request", 0.6, refund_status=0.69), scope, how_far).intent == "refund_status"


def test_who_saw_it_get_cheaper_asks_for_the_difference() -> None:
    said = reading("refund_status", 0.3, refund_request=0.4, promotion=0.12)
    scope = with_order("delivered")
    assert reread(said, scope, "I see that 2145 is cheaper now, what of what I paid too much").intent == "promotion"
    assert reread(said, scope, "what of the money for 2145").intent == "refund_request"


def test_a_parcel_that_is_lost_did_not_come_however_little_the_words_are_like_it() -> None:
    said = reading("damaged_item", 0.48, subscription=0.16, not_received=0.04)
    lost = reread(said, with_order("shipped", shipment={"lost": True}), "2145 fell off the edge of the earth")
    late = reread(said, with_order("shipped", shipment={"stalled": True}), "2145 fell off the edge of the earth")
    assert (lost.intent, late.intent) == ("not_received", "not_received")
    assert lost.confidence > 0.45 > 0.25 > late.confidence


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my sister wants to know if the caps come in black", "stock_availability"),
        ("Gibt es die Mütze auch in Black?", "stock_availability"),
        ("is the black one scratchy", "product_question"),
        ("do the caps come in a box", "product_question"),
    ],
)
def test_who_asks_for_an_option_in_so_many_words_is_told_what_can_be_had(text: str, intent: str) -> None:
    scope: dict[str, object] = {"order_named": False, "product": {"options": ["Black", "Moss"]}}
    assert reread(reading("product_question", 0.97), scope, text).intent == intent


def test_what_a_variant_is_like_is_answered_besides_whether_it_can_be_had() -> None:
    scope: dict[str, object] = {
        "order_named": False,
        "product": {"options": ["Navy", "White"]},
        "variant": {"in_stock": True},
        "attribute": {"name": "material", "value": "cotton"},
    }
    said = reading("product_question", 0.5, stock_availability=0.4)
    now = reread(said, scope, "the tee in navy, and what is it made of")
    assert now.intents == ("stock_availability", "product_question")


@pytest.mark.parametrize("orders", [[], [{"number": "#1", "stage": "delivered"}]])
@pytest.mark.parametrize(
    ("options", "in_stock", "chance", "meant"),
    [
        (["S", "M"], False, 0.17, "stock_availability"),
        (["S", "M"], True, 0.17, "product_question"),
        (["S", "M"], True, 0.25, "stock_availability"),
        (["S"], False, 0.25, "product_question"),
    ],
)
def test_who_names_a_variant_asks_for_it_all_the_more_where_it_is_out(
    orders: list[object], options: list[str], in_stock: bool, chance: float, meant: str
) -> None:
    said = reading("product_question", 0.57, stock_availability=chance)
    scope: dict[str, object] = {
        "orders": orders,
        "order_named": False,
        "product": {"options": options},
        "variant": {"in_stock": in_stock},
    }
    now = reread(said, scope, "the hollow vest in small, any chance")
    assert now.intent == meant
    assert now.intent == said.intent or "one of several variants is named" in now.reason


def test_who_asks_outright_for_money_that_is_left_gets_no_answer_about_an_earlier_refund() -> None:
    said = reading("refund_request", 0.9, refund_status=0.05)
    order = {"number": "#2145", "stage": "delivered", "left_to_refund": Money.of("9.00", "USD")}
    scope = {**with_order("delivered", refund={"id": "r"}), "order": order}
    assert reread(said, scope, "Please refund the other mug of 2145 too").intent == "refund_request"


@pytest.mark.parametrize("sure", [True, False])
@pytest.mark.parametrize(("stage", "name"), [("pending", "change_order"), ("delivered", "exchange_request")])
@pytest.mark.parametrize("read", sorted(SWAPS))
def test_a_swap_is_called_what_it_is_for_such_an_order(stage: str, name: str, read: str, sure: bool) -> None:
    said = reading(read, 0.9, thanks=0.05)
    said = said.model_copy(update={"likely": ()}) if sure else said
    now = reread(said, with_order(stage), "2145: exchange it for an M")
    assert now.intent == name
    assert {each.intent for each in now.likely} in ({name, "thanks"}, set())


def test_without_a_number_a_question_about_the_shop_is_not_weighed_by_old_orders() -> None:
    said = reading("delivery_estimate", 0.88, return_policy=0.11)
    scope: dict[str, object] = {"orders": [{"number": "#1", "stage": "delivered"}], "order_named": False}
    assert reread(said, scope, "how many days to the UK").intent == "delivery_estimate"
    unsure = reading("delivery_estimate", 0.8, other=0.12)
    assert reread(unsure, scope, "do your cups come here as well").intent == "delivery_estimate"


@pytest.mark.parametrize("scope", [{}, with_order("cancelled"), {"order": None, "orders": [], "order_named": True}])
def test_without_an_order_to_weigh_by_nothing_changes(scope: dict[str, object]) -> None:
    said = reading("damaged_item", 0.5, cancel_order=0.3)
    assert reread(said, scope, "hello") is said


def test_a_sure_reading_a_program_and_a_wish_for_a_person_are_left_alone() -> None:
    for changed in ({"likely": ()}, {"automatic": "out of office"}, {"human_request": True}):
        said = reading("wrong_item", 0.5, cancel_order=0.4).model_copy(update=changed)
        assert reread(said, with_order("pending"), "2145") is said


@given(st.dictionaries(st.sampled_from(INTENTS), st.floats(0.01, 0.2), min_size=1, max_size=5), st.sampled_from(STAGES))
def test_likelihoods_stay_likelihoods_and_no_further_ask_repeats_the_first(
    chances: dict[str, float], stage: str
) -> None:
    lead = max(chances, key=lambda each: chances[each])
    second = RankedIntent(intent=min(chances, key=lambda each: chances[each]), confidence=0.8)
    said = reading(lead, chances[lead], **{each: chances[each] for each in chances if each != lead})
    now = reread(
        said.model_copy(update={"secondary": (second,) if second.intent != lead else ()}), with_order(stage), "2145"
    )
    assert sum(each.confidence for each in now.likely) <= 1.0001
    left = {each.intent for each in now.likely}
    assert left - RENAMED == set(chances) - RENAMED
    assert bool(left & SWAPS) == bool(set(chances) & SWAPS)
    assert now.intent in left
    assert len(set(now.intents)) == len(now.intents)
    assert 0 <= sureness(now, with_order(stage, order={"pending": stage == "pending", "delivered_at": None})) <= 1


def test_asks_that_come_to_the_same_thing_are_sure_together() -> None:
    pending: dict[str, object] = {"order": {"pending": True, "delivered_at": None}}
    delivered: dict[str, object] = {"order": {"pending": False, "delivered_at": "then"}}
    assert sureness(reading("damaged_item", 0.5, missing_item=0.3, wrong_item=0.15), {}) == pytest.approx(0.95)
    assert sureness(reading("exchange_request", 0.5, change_order=0.3, return_request=0.1), {}) == pytest.approx(0.8)
    money = reading("refund_request", 0.5, return_request=0.3, cancel_order=0.1)
    assert [round(sureness(money, scope), 2) for scope in ({}, delivered, pending)] == [0.5, 0.8, 0.6]


@pytest.mark.parametrize(
    ("text", "read", "meant", "stage"),
    [
        ("2145 was a mistake at four in the morning. Don't pack it.", "delivery_estimate", "cancel_order", "pending"),
        ("please take 2145 off your list. My postal code is 97205", "change_address", "cancel_order", "pending"),
        ("the jacket of 2145, what's the drill for posting it back", "product_question", "return_request", "delivered"),
        ("where is 2145? if it takes much longer I cancel", "order_status", "order_status", "shipped"),
        ("You took the money for 2145 two times, send it back", "payment_issue", "payment_issue", "delivered"),
        ("2145 went back with your label, when is the money here", "refund_status", "refund_status", "delivered"),
        ("2145 leaks and it goes back", "damaged_item", "damaged_item", "delivered"),
    ],
)
def test_one_ask_in_words_that_fits_the_order_leads_where_what_was_read_is_not_said(
    text: str, read: str, meant: str, stage: str
) -> None:
    assert (
        reread(reading(read, 0.6, **({meant: 0.1} if meant != read else {})), with_order(stage), text).intent == meant
    )


def test_what_tells_likely_asks_apart_is_looked_up() -> None:
    assert "stock" in clues_of(reading("stock_availability", 0.5, exchange_request=0.2))
    assert not clues_of(reading("order_status", 0.5, delivery_estimate=0.2))


@pytest.mark.parametrize(
    ("stage", "name"), [("pending", "change_order"), ("delivered", "exchange_request"), ("shipped", "exchange_request")]
)
def test_a_swap_in_the_order_that_was_guessed_has_the_name_that_fits_it(stage: str, name: str) -> None:
    scope = with_order(stage) | {"order_named": False}
    assert reread(reading("exchange_request", 0.96), scope, "the overshirt should be M").intent == name


def test_what_is_on_its_way_back_to_us_has_come() -> None:
    scope = with_order("delivered", return_={"status": "open"})
    said = reading("not_received", 0.6, refund_status=0.3)
    assert reread(said, scope, "I walked the tee to the post office, I should like to be paid").intent != "not_received"


@pytest.mark.parametrize(("parcel", "meant"), [({"lost": True}, "not_received"), ({"lost": False}, "order_status")])
def test_a_parcel_that_the_carrier_lost_is_not_asked_about_as_one_that_moves(
    parcel: dict[str, object], meant: str
) -> None:
    said = reading("order_status", 0.6, not_received=0.35)
    assert reread(said, with_order("shipped", shipment=parcel), "a month, and nothing of 2145").intent == meant


def test_a_parcel_marked_delivered_that_nobody_has_is_not_asked_about_as_one_that_moves() -> None:
    said = reading("order_status", 0.96)
    assert (
        reread(said, with_order("delivered"), "2165 is delivered, it says, but I have nothing").intent == "not_received"
    )
    assert reread(said, with_order("shipped"), "2165 still has not arrived").intent == "order_status"


def test_who_wants_a_lost_parcel_sent_once_more_is_not_paid_back() -> None:
    said = reading("order_status", 0.6, cancel_order=0.2)
    now = reread(said, with_order("shipped", shipment={"lost": True}), "2165 ist weg, bitte noch einmal losschicken")
    assert now.intent == "not_received"
    assert "refund_request" not in [each.intent for each in now.secondary]


def test_a_wish_to_return_what_came_is_not_taken_for_a_parcel_that_did_not() -> None:
    said = reading("not_received", 0.85, return_request=0.1)
    assert reread(said, with_order("delivered"), "i want to return 2132, unworn").intent == "return_request"
