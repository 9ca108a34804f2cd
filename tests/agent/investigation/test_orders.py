"""Which order a message means, and that nobody else's is ever the answer."""

from __future__ import annotations

import json

import pytest

from agent.investigation import Inquiry
from agent.investigation.fields import fields_of, texts_of
from agent.investigation.own_numbers import MOST_ORDERS, own_orders_named
from tests.agent.investigation.world import (
    BEN,
    CUSHION,
    MIA,
    MUG,
    PRODUCTS,
    SWEATER,
    Shelf,
    about,
    letter,
    line,
    look,
    order,
)
from tools.commerce import Order, OrderStage

DELIVERED = order("2145", line(SWEATER, 2), days_ago=30)
SHIPPED = order("2158", line(MUG), stage=OrderStage.SHIPPED, days_ago=6)
PENDING = order("2160", line(CUSHION), stage=OrderStage.PENDING, days_ago=1)
OLD = order("1002", line(MUG), days_ago=400)
BENS = order("2146", line(MUG), customer=BEN)
ALL = (DELIVERED, SHIPPED, PENDING, BENS)


def number(found: Inquiry) -> str | None:
    fields = fields_of(found.scope["order"])
    return None if fields is None else str(fields["number"])


def meant(text: str, intent: str = "order_status", *numbers: str, orders: tuple[Order, ...] = ALL) -> str | None:
    return number(look(letter(text), about(intent, numbers=numbers), *orders))


def test_a_named_order_is_the_one_meant() -> None:
    assert meant("where is #2145?", "order_status", "#2145") == "#2145"


@pytest.mark.parametrize("numbers", [("#2146",), ()])
def test_the_number_of_somebody_elses_order_reveals_nothing(numbers: tuple[str, ...]) -> None:
    found = look(letter("where is 2146? It is a friend's."), about("order_status", numbers=numbers), *ALL)
    told = json.dumps([item.model_dump(mode="json") for item in found.investigation.evidence])
    assert number(found) in (None, "#2158", "#2160")
    assert "2146" not in told
    assert "ben" not in told.casefold()
    assert found.scope["order_not_found"] is bool(numbers)


def test_a_named_number_that_is_not_found_is_never_replaced_by_a_guess() -> None:
    found = look(letter("where is #9321?"), about("order_status", numbers=("#9321",)), SHIPPED)
    assert number(found) is None
    assert found.scope["order_not_found"] is True
    assert found.investigation.open_questions == ("which order: the number named is not one of this customer's",)


@pytest.mark.parametrize(
    "text",
    [
        "2145?",
        "2145: the sweater in M, the rest stays",
        "need XL instead of L, 2145",
        "from 2145 please",
        "es el 2145",
        "order:2145 status",
        "(2145)",
        "CANCEL 2145 ASAP",
    ],
)
def test_the_bare_number_of_an_own_order_counts(text: str) -> None:
    found = look(letter(text), about("exchange_request"), *ALL)
    assert number(found) == "#2145"
    assert found.scope["order_named"] is True


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("the cushion cover, I meant the other colour", "exchange_request", "#2160"),
        ("the sweater in M rather", "exchange_request", "#2145"),
        ("the sweater in M rather", "change_order", "#2145"),
        ("the cushion cover in green rather", "change_order", "#2160"),
        ("another colour please", "exchange_request", "#2145"),
        ("another colour please", "change_order", None),
        ("the cushion cover goes back", "return_request", "#2145"),
    ],
)
def test_a_swap_is_of_the_order_whose_line_is_named_before_or_after_it_left(
    text: str, intent: str, expected: str | None
) -> None:
    assert meant(text, intent) == expected


def test_of_two_orders_with_the_line_named_the_usual_stage_is_meant() -> None:
    pending = order("2161", line(SWEATER, 2), stage=OrderStage.PENDING, days_ago=1)
    assert meant("the sweater in M rather", "exchange_request", orders=(DELIVERED, pending)) == "#2145"
    assert meant("the sweater in M rather", "change_order", orders=(DELIVERED, pending)) == "#2161"


@pytest.mark.parametrize(
    "text",
    [
        "I paid 2145 USD",
        "it was $2145",
        "2145 € charged",
        "call me at 555 2145",
        "+1-503-2145",
        "move it to 2145 Elm Street, Portland, OR 97205",
        "au 2145 rue de Rivoli",
        "version 1.2145",
        "2145 ml",
        "02145",
        "21450",
        "2145/11",
        "2145:30",
    ],
)
def test_other_digits_are_no_order_number(text: str) -> None:
    assert own_orders_named(text, [DELIVERED], 2026) == []


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("since 2025", False),
        ("im November 2025", False),
        ("in 2025", False),
        ("2025 please", True),
        ("cancel 2025", True),
    ],
)
def test_a_year_is_no_order_number(text: str, counts: bool) -> None:
    assert bool(own_orders_named(text, [order("2025")], 2026)) is counts


def test_a_number_with_letters_may_be_written_without_them() -> None:
    assert own_orders_named("where is 1042", [order("CS-1042")], 2026)
    assert own_orders_named("where is cs-1042", [order("CS-1042")], 2026)
    assert not own_orders_named("where is 042", [order("CS-1042")], 2026)


def test_an_order_named_earlier_in_the_thread_still_counts() -> None:
    found = look(letter("any news?", "my order is 2145"), about("order_status"), *ALL)
    assert number(found) == "#2145"


def test_several_named_orders_are_all_remembered() -> None:
    found = look(letter("return 2145 and 2158"), about("return_request"), *ALL)
    assert number(found) == "#2145"
    assert found.scope["also_named"] == ["#2158"]
    assert "#2158" in found.investigation.open_questions[0]


@pytest.mark.parametrize(
    "text",
    ["New address for 2160 please. And #2158, is that one gone?", "2160 please, and also the order #2158"],
)
def test_a_bare_number_beside_one_with_a_sign_is_named_as_well(text: str) -> None:
    found = look(letter(text), about("change_address", numbers=("#2158",)), *ALL)
    assert (number(found), found.scope["also_named"]) == ("#2160", ["#2158"])


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("2158 has left I guess. Please cancel 2160.", "cancel_order", "#2160"),
        ("Cancel 2158 and 2160", "cancel_order", "#2160"),
        ("2158 ist schon da. Bitte stornieren Sie 2160!", "cancel_order", "#2160"),
        ("El 2158 ya salió. Envíen el 2160 a otra dirección.", "change_address", "#2160"),
        ("La 2158 est partie. Merci de changer la taille dans 2160.", "change_order", "#2160"),
        ("Please cancel 2158. I only need 2160.", "cancel_order", "#2158"),
        ("Cancel 2158, 2160 stays", "cancel_order", "#2158"),
        ("Cancel 2158. And when is 2160 here?", "cancel_order", "#2158"),
        ("where is 2158? and 2160?", "order_status", "#2158"),
    ],
)
def test_of_several_orders_the_one_leads_in_which_the_ask_can_be_done(text: str, intent: str, expected: str) -> None:
    found = look(letter(text), about(intent), *ALL)
    assert number(found) == expected
    assert len(texts_of(found.scope["also_named"])) == 1


def test_what_the_newest_message_names_counts_before_what_was_named_earlier() -> None:
    found = look(letter("and 2160?", "my order is #2145"), about("order_status", numbers=("#2145",)), *ALL)
    assert (number(found), found.scope["also_named"]) == ("#2160", [])


@pytest.mark.parametrize(
    ("intent", "expected"),
    [("return_request", "#2145"), ("cancel_order", None), ("order_status", None), ("damaged_item", "#2145")],
)
def test_the_stage_says_which_order_fits(intent: str, expected: str | None) -> None:
    found = look(letter("my order please"), about(intent), *ALL)
    assert number(found) == expected
    assert found.scope["order_ambiguous"] is (expected is None)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Where is my mug?", "en", "#2158"),
        ("¿Dónde está mi taza?", "es", "#2158"),
        ("Où est ma tasse ?", "fr", "#2158"),
        ("Wo bleibt mein Lieblingsbecher?", "de", "#2158"),
        ("Wo ist die Kissenhülle?", "de", "#2160"),
    ],
)
def test_the_things_named_say_which_of_several_orders(text: str, language: str, expected: str) -> None:
    assert number(look(letter(text), about("order_status", language=language), *ALL)) == expected


@pytest.mark.parametrize(
    "intent",
    "promotion return_policy product_question stock_availability subscription account thanks payment_issue".split(),
)
def test_a_question_about_the_shop_is_about_no_order_unless_it_names_one(intent: str) -> None:
    assert meant("how does that work?", intent, orders=(SHIPPED,)) is None
    assert meant("how does that work? 2158", intent, orders=(SHIPPED,)) == "#2158"


def test_a_second_ask_about_an_order_finds_it() -> None:
    found = look(letter("thanks, and where is it?"), about("thanks", "order_status"), SHIPPED, DELIVERED)
    assert number(found) == "#2158"


def test_a_question_about_delivery_is_never_about_what_has_arrived() -> None:
    assert meant("how long does it take?", "delivery_estimate", orders=(DELIVERED,)) is None
    assert meant("how long does it take?", "delivery_estimate", orders=(DELIVERED, SHIPPED)) == "#2158"


def test_an_old_order_is_meant_only_when_there_is_no_newer_one() -> None:
    assert meant("where is it", orders=(OLD,)) == "#1002"
    assert meant("where is it", orders=(OLD, DELIVERED)) == "#2145"


def test_the_store_is_not_asked_for_what_is_at_hand() -> None:
    shelf = Shelf((MIA, *PRODUCTS, *ALL))
    look(letter("where is #2145?"), about("order_status", numbers=("#2145",)), shelf=shelf)
    assert shelf.asked.count("customer_by_email") == 1
    assert "customer" not in shelf.asked
    assert "order_by_number" not in shelf.asked


def test_repeat_customers_are_counted_over_many_orders() -> None:
    many = [order(str(3000 + at), days_ago=at + 1) for at in range(MOST_ORDERS + 20)]
    found = look(letter("hello"), about("thanks"), *many)
    customer = fields_of(found.scope["customer"])
    assert customer is not None
    assert customer["orders_count"] == MOST_ORDERS
    assert customer["vip"] is True


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("2160 can ship whenever, but cancel 2158", "cancel_order", "#2158"),
        ("keep 2158, cancel 2160", "cancel_order", "#2160"),
        ("cancel 2160 not 2158", "cancel_order", "#2160"),
        ("cancel 2160 and 2158", "cancel_order", "#2160"),
        ("2158 arrived fine. I want to return 2145", "return_request", "#2145"),
        ("2158 ist gut, bei 2145 ist der Pullover gerissen", "damaged_item", "#2145"),
        ("I ordered 2158 and 2160, please cancel the second one", "cancel_order", None),
        ("2145 is fine, the mug I want to return is from another purchase", "return_request", "#2145"),
        ("2145 is fine. The mug I want to return is from my other order", "return_request", None),
        ("2145 ist gut. Die Tasse, die ich zurückschicke, ist aus der anderen Bestellung", "return_request", None),
        ("I have another order. Please return 2145", "return_request", "#2145"),
    ],
)
def test_the_order_in_whose_clause_the_ask_stands_is_meant(text: str, intent: str, expected: str | None) -> None:
    assert meant(text, intent) == expected


@pytest.mark.parametrize(
    ("text", "numbers", "unknown"),
    [
        ("cancel 2160. And what about order 2210?", ("#2210",), ["#2210"]),
        ("cancel 2160 and 2210", (), ["#2210"]),
        ("2160 stornieren. Was ist mit 2210?", (), ["#2210"]),
        ("cancel 2160 and 2158", (), []),
        ("cancel 2160, I paid 2210 USD", (), []),
        ("2160 to 1010 Wien please", (), []),
        ("I placed 2160 in 2026 and 2025 was better", (), []),
        ("what about 2210?", (), []),
    ],
)
def test_a_number_beside_an_own_one_that_is_none_is_not_dropped(
    text: str, numbers: tuple[str, ...], unknown: list[str]
) -> None:
    assert look(letter(text), about("cancel_order", numbers=numbers), *ALL).scope["not_own"] == unknown
