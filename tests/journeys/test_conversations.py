"""Second and third messages through the real classifier: a few words answer what we asked, and no ask is lost."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.case import CaseStatus
from agent.reasoners.local import LocalClassifier
from agent.repositories import CaseRecord
from agent.triage import Triage
from tests.journeys.shop import Brand, Shop, actions, draft
from tools.actions import ChangeShippingAddress, CreateReturn, ExchangeItems
from tools.commerce import Order

Say = Callable[[str], CaseRecord]


@pytest.fixture
def listening(brand: Brand, shipped_triage: Triage, tmp_path: Path) -> Generator[Shop]:
    """A shop that is told nothing about its tickets."""
    with brand.open(tmp_path, reasoner=brand.playbook(LocalClassifier(shipped_triage))) as shop:
        yield shop


def talk(shop: Shop, order: Order, *texts: str, signed: bool = True) -> CaseRecord:
    """Each text an hour after the one before; what was proposed in between is signed, or left."""
    letter = shop.letter(texts[0].format(number=order.number), shop.owner(order))
    shop.parts.store.receive(letter)
    record = shop.runner.start(letter.id)
    for text in texts[1:]:
        shop.clock.advance(timedelta(hours=1))
        if signed:
            shop.sign(record)
        shop.clock.advance(timedelta(hours=1))
        shop.answer(letter.id, text.format(number=order.number))
        record = shop.runner.start(letter.id)
    return record


def returned(shop: Shop, record: CaseRecord) -> list[str]:
    back = actions(record).get("create_return")
    assert isinstance(back, CreateReturn), record.outcome
    titles = {line.id: line.title for line in shop.order(back.order_id).lines}
    return [titles[line.line_id] for line in back.lines]


@pytest.mark.parametrize(
    ("first", "answer", "titles"),
    [
        ("I want to return one of the items from {number}", "the mug", ["Hearth Mug"]),
        (
            "I want to return one of the items from {number}",
            "both the mug and the socks",
            ["Hearth Mug", "Bramble Socks"],
        ),
        ("Ich möchte einen der Artikel aus {number} zurückschicken", "die Socken bitte", ["Bramble Socks"]),
        ("Je voudrais renvoyer un des articles de la commande {number}", "les chaussettes", ["Bramble Socks"]),
        ("Quiero devolver uno de los artículos del pedido {number}", "la taza", ["Hearth Mug"]),
    ],
)  # fmt: skip
def test_the_name_of_an_item_answers_which_one(listening: Shop, first: str, answer: str, titles: list[str]) -> None:
    record = talk(listening, listening.planted("several_lines"), first, answer)
    assert returned(listening, record) == titles
    assert "replace_items" not in actions(record)


def test_an_item_named_after_a_no_is_sent_back_and_not_sent_for_free(listening: Shop) -> None:
    order, first = listening.planted("several_lines"), "I want to return one of the items from {number}"
    record = talk(listening, order, first, "the mug", "no, the other one, the socks")
    assert returned(listening, record) == ["Bramble Socks"]


@pytest.mark.parametrize("answer", ["M please", "M", "The M in navy"])
def test_a_size_answers_which_size(listening: Shop, answer: str) -> None:
    order = listening.planted("exchange_ok")
    record = talk(listening, order, "Can I exchange {number} for another size?", answer)
    swap = actions(record)["exchange_items"]
    assert isinstance(swap, ExchangeItems)
    assert swap.swaps[0].variant_id == "var_knit_row_m_nvy"


def test_an_address_may_come_in_pieces(listening: Shop) -> None:
    order = listening.planted("pending")
    record = talk(listening, order, "Please change the address of {number}", "48 Birch Lane", "Portland, OR 97205")
    change = actions(record)["change_shipping_address"]
    assert isinstance(change, ChangeShippingAddress)
    assert (change.address.line1, change.address.postal_code) == ("48 Birch Lane", "97205")


def test_a_corrected_number_answers_the_question_before(listening: Shop) -> None:
    order = listening.planted("on_its_way")
    record = talk(listening, order, "Where is order 1111?", "Sorry, wrong number, it is {number}")
    text = draft(record).text
    assert listening.parcel(order).tracking_url in text
    assert record.proposal is not None
    assert not record.proposal.escalate


def test_a_number_given_again_starts_no_second_return(listening: Shop) -> None:
    record = talk(listening, listening.planted("return_ok"), "Hi, I want to return my tee", "{number}")
    assert "create_return" not in actions(record)
    assert "has been open since" in draft(record).text


def test_what_waits_for_a_signature_is_not_lost_when_the_customer_writes_again(listening: Shop) -> None:
    order = listening.planted("return_ok")
    record = talk(listening, order, "I want to return the mug from {number}", "Any news?", signed=False)
    assert returned(listening, record) == ["Hearth Mug"]
    assert record.status is CaseStatus.AWAITING_APPROVAL
    pending = listening.planted("pending")
    record = talk(listening, pending, "Please cancel {number}", "Wait, don't cancel it after all!", signed=False)
    assert "cancel_order" not in actions(record)


def test_who_said_no_answers_when_the_customer_writes_again(listening: Shop) -> None:
    order = listening.planted("return_ok")
    record = listening.reject(talk(listening, order, "I want to return the mug from {number}"))
    listening.answer(record.ticket_id, "Hello? Any news on my return?")
    record = listening.runner.start(record.ticket_id)
    assert record.status is CaseStatus.ESCALATED
    assert record.with_person == "dana said no: not like this, and the customer writes again"


def test_who_chooses_the_money_is_not_asked_for_a_size_again(listening: Shop) -> None:
    order = listening.planted("exchange_sold_out", 2)
    record = talk(listening, order, "Can I exchange {number} for another size?", "Then I'd rather return it")
    assert returned(listening, record) == [order.lines[0].title]


def test_what_is_quoted_of_us_names_no_item(listening: Shop) -> None:
    order = listening.planted("return_ok", 3)
    quoted = "> We have created a free return label for Hearth Mug from order {number}."
    below = f"can you also take back the other item?\n\n{quoted}"
    record = talk(listening, order, "I want to return the mug from {number}", below)
    assert returned(listening, record) == [order.lines[0].title]


@pytest.mark.parametrize(
    "again",
    ["You said you would write to me and nobody did", "Ihr habt versprochen zu schreiben und niemand hat das getan"],
)
def test_what_we_announced_and_did_not_happen_goes_to_a_person(listening: Shop, again: str) -> None:
    record = talk(listening, listening.planted("stalled"), "Where is {number}? It has not moved", again)
    assert record.status is CaseStatus.ESCALATED
    assert "something we announced has not happened" in record.outcome


def test_nobody_is_told_the_same_words_twice(listening: Shop) -> None:
    record = talk(listening, listening.planted("on_its_way", 1), "Where is {number}?", "And when will it arrive?")
    assert record.outcome == "the customer was told just this before, and writes again"
    thanks = talk(listening, listening.planted("on_its_way", 2), "Where is {number}?", "Thanks!", "Thanks again!")
    assert thanks.status is CaseStatus.AWAITING_REVIEW


def test_what_is_kept_after_all_gets_no_label(listening: Shop) -> None:
    order = listening.planted("return_ok")
    first, again = "I want to return the mug from {number}", "Actually never mind, I'll keep it"
    record = talk(listening, order, first, again, signed=False)
    assert "create_return" not in actions(record)
    assert record.status is CaseStatus.ESCALATED


def test_money_for_what_is_being_exchanged_is_for_a_person(listening: Shop) -> None:
    order = listening.planted("exchange_sold_out", 1)
    record = talk(listening, order, "Please exchange {number} for a M in charcoal", "refund then please")
    assert "an exchange is under way" in record.outcome
    back = talk(listening, listening.planted("return_in_transit", 2), "Can you exchange {number} for a size M instead?")
    assert "a return is under way" in back.outcome


def test_the_question_that_is_answered_with_no_names_nothing(listening: Shop) -> None:
    record = talk(listening, listening.planted("several_lines"), "{number}: send the mug back? no. the socks yes.")
    assert returned(listening, record) == ["Bramble Socks"]


def test_another_size_in_german_is_not_the_large_one(listening: Shop) -> None:
    order, first = listening.planted("exchange_ok", 2), "Ich möchte {number} in einer anderen Größe"
    assert "exchange_items" not in actions(talk(listening, order, first))
    swap = actions(talk(listening, order, first, "M bitte"))["exchange_items"]
    assert isinstance(swap, ExchangeItems)
    assert swap.swaps[0].variant_id == "var_tee_evd_m_wht"


def test_a_question_about_the_shop_is_about_no_parcel_that_has_come(listening: Shop) -> None:
    order = listening.planted("return_ok", 3)
    record = talk(listening, order, "I want to return the mug from {number}", "And do you ship to Canada?")
    assert "Canada" in draft(record).text
    assert order.number not in draft(record).text


def test_money_after_a_replacement_is_for_a_person_and_needs_no_label(listening: Shop) -> None:
    record = talk(listening, listening.planted("damaged", 3), "{number} came broken", "I'd rather have my money back")
    assert record.status is CaseStatus.ESCALATED
    assert "create_return" not in actions(record)


@pytest.mark.parametrize(
    ("planted", "first", "then"),
    [
        ("several_lines", "I want to return the mug from {number}", "Actually I'll keep it, thanks!"),
        ("several_lines", "I want to return the mug from {number}", "never mind, I decided to keep the mug"),
        ("several_lines", "the mug from {number} arrived broken", "here is the photo"),
        ("exchange_ok", "Can I exchange {number} for a size M in navy?", "make it L instead"),
    ],
)
def test_what_a_prepared_answer_would_miss_goes_to_a_person(
    listening: Shop, planted: str, first: str, then: str
) -> None:
    record = talk(listening, listening.planted(planted), first, then)
    assert record.status is CaseStatus.ESCALATED
    assert not {"create_return", "close_ticket", "replace_items", "exchange_items"} & set(actions(record))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Je veux renvoyer les chaussettes de {number}", "Merci ! Dois-je imprimer l'étiquette ?"),
        ("Quiero devolver la taza de {number}", "¿y cuánto me devuelven?"),
    ],
)
def test_a_question_about_a_return_sends_nothing_else_back(listening: Shop, first: str, then: str) -> None:
    record = talk(listening, listening.planted("several_lines"), first, then)
    assert record.status is CaseStatus.ESCALATED
    assert "create_return" not in actions(record)


@pytest.mark.parametrize(
    ("planted", "first", "then"),
    [
        ("several_lines", "I want to return the mug from {number}", "never mind, I decided to keep the mug"),
        ("pending", "Please send {number} to 48 Birch Lane, Portland, OR 97205", "sorry, number 84 not 48"),
        ("pending", "Can I have {number} in another size?", "ok then leave it as it is"),
    ],
)
def test_what_is_taken_back_or_corrected_before_somebody_signed_is_not_done(
    listening: Shop, planted: str, first: str, then: str
) -> None:
    record = talk(listening, listening.planted(planted), first, then, signed=False)
    assert record.status is CaseStatus.ESCALATED
    assert not {"create_return", "change_shipping_address", "change_order_items"} & set(actions(record))


def test_a_product_that_is_asked_about_besides_is_the_one_that_is_named(listening: Shop) -> None:
    first, then = "Where is my order {number}?", "ok thanks, can you also tell me if the mug is dishwasher safe"
    record = talk(listening, listening.planted("on_its_way"), first, then, signed=False)
    assert "Hearth Mug" in draft(record).text
    assert "Rowan Sweater" not in draft(record).text
