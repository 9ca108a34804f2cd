"""What is asked for on other terms than ours goes to a person."""

from __future__ import annotations

import pytest

from agent.reasoners.base import Brief
from agent.reasoners.terms import on_other_terms
from tests.agent.investigation.world import MUG, NOW, SOCKS, about, letter, line, look, order
from tools.commerce import Order

ONE, TWO = order("2145", line(MUG)), order("2146", line(MUG), line(SOCKS))


def why(
    text: str, intent: str, *kinds: str, bought: Order = ONE, replies: tuple[str, ...] = (), sure: float = 0.9
) -> str:
    ticket = letter(text)
    amounts = ("10 USD",) if "10" in text else ("23 USD",) if "23" in text else ()
    said = about(intent, numbers=(bought.number,), confidence=sure)
    said = said.model_copy(update={"references": said.references.model_copy(update={"amounts": amounts})})
    found = look(ticket, said, bought)
    brief = Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)
    return on_other_terms(brief, kinds, replies)


@pytest.mark.parametrize(
    ("text", "intent", "kind", "because"),
    [
        ("the mug is chipped, refund me 10 dollars", "damaged_item", "refund_order", "10.00 USD only"),
        ("the mug is chipped, half the price back", "damaged_item", "refund_order", "part of the money"),
        ("a scratch. Some money back and I will keep it", "refund_request", "create_return", "part of the money"),
        ("I'd like 10 dollars back of 2145", "refund_request", "cancel_order", "10.00 USD only"),
        ("one more thing, please refund the shipping as well", "refund_request", "create_return", "the shipping"),
        ("Bitte erstatten Sie auch den Versand", "refund_request", "create_return", "the shipping"),
        ("reembolsen también el envío, por favor", "refund_request", "create_return", "the shipping"),
        ("remboursez aussi la livraison svp", "refund_request", "create_return", "the shipping"),
        ("refund it to a different card", "refund_request", "create_return", "another card"),
        ("the mug is blue, I wanted white", "wrong_item", "replace_items", "what the order says"),
        ("it broke, my own fault", "damaged_item", "replace_items", "broke it themselves"),
        ("I washed it once, can it go back", "return_request", "create_return", "condition"),
        ("please cancel the return", "cancel_order", "cancel_order", "calls off"),
        ("I did NOT order this, take the money back", "cancel_order", "cancel_order", "nobody there placed"),
        ("my card was hacked, cancel 2145", "cancel_order", "cancel_order", "nobody there placed"),
        ("Ich habe das nie bestellt, bitte stornieren", "cancel_order", "cancel_order", "nobody there placed"),
        ("no he hecho este pedido, cancélenlo", "cancel_order", "cancel_order", "nobody there placed"),
        ("je n'ai jamais passé cette commande", "cancel_order", "cancel_order", "nobody there placed"),
        ("I sent it back without a label, please confirm", "return_request", "create_return", "went back already"),
        ("I lost the label for 2145", "return_request", "create_return", "went back already"),
        ("Ich habe das Etikett verloren", "return_request", "create_return", "went back already"),
        ("ya lo he devuelto, confírmenlo", "return_request", "create_return", "went back already"),
        ("je l'ai déjà renvoyé, vous confirmez ?", "return_request", "create_return", "went back already"),
        ("the mug came chipped, no need for a refund, just telling you", "damaged_item", "replace_items", "nothing is"),
        (
            "Der Becher hat einen Sprung, brauche nichts, wollte nur Bescheid geben",
            "damaged_item",
            "replace_items",
            "nothing is",
        ),
        ("la taza llegó rota, no quiero nada, solo avisar", "damaged_item", "replace_items", "nothing is"),
        ("la tasse est fêlée, ce n'est pas grave", "damaged_item", "replace_items", "nothing is"),
        ("can my neighbour return the mug for me", "return_request", "create_return", "somebody else"),
        ("can I return the mug in a shop", "return_request", "create_return", "a shop"),
        ("Kann ich die Tasse im Laden zurückgeben?", "return_request", "create_return", "a shop"),
        ("¿puedo devolver la taza en una tienda?", "return_request", "create_return", "a shop"),
        ("puis-je rapporter la tasse en magasin ?", "return_request", "create_return", "a shop"),
        ("You refunded the wrong amount for 2145", "refund_status", "refund_order", "amount that came back"),
        ("Sie haben den falschen Betrag erstattet", "refund_request", "create_return", "amount that came back"),
        ("Me habéis devuelto de menos", "refund_status", "refund_order", "amount that came back"),
        ("Le montant remboursé est faux, mauvais montant", "refund_status", "refund_order", "amount that came back"),
        ("Your driver broke my fence", "damaged_item", "replace_items", "no goods of ours"),
        ("Der Zusteller hat unseren Zaun beschädigt", "damaged_item", "replace_items", "no goods of ours"),
        ("Le livreur a abîmé mon portail", "order_status", "open_carrier_trace", "no goods of ours"),
        ("El repartidor rompió mi valla", "damaged_item", "replace_items", "no goods of ours"),
    ],
)
def test_a_person_judges_other_terms(text: str, intent: str, kind: str, because: str) -> None:
    assert because in why(text, intent, kind)


@pytest.mark.parametrize(
    ("text", "intent", "kind"),
    [
        ("the mug is chipped, I paid 10 dollars more than elsewhere", "damaged_item", "refund_order"),
        ("the mug came broken, refund me please", "damaged_item", "refund_order"),
        ("it broke, my own fault", "exchange_request", "exchange_items"),
        ("my card was stolen, and the mug is broken, send another", "damaged_item", "replace_items"),
        ("refund the 31 dollars of 2145 please", "refund_request", "cancel_order"),
        ("cancel 2145 please, I only have 10 dollars left", "cancel_order", "cancel_order"),
        ("refund it to my Visa please", "refund_request", "create_return"),
        ("I never ordered a second one, cancel 2145", "cancel_order", "cancel_order"),
        ("cancel it, I ordered this yesterday", "cancel_order", "cancel_order"),
        ("send me a label, I want to send it back", "return_request", "create_return"),
        ("can I send the mug back, I will drop it at the post office", "return_request", "create_return"),
        ("Ich möchte es zurückschicken", "return_request", "create_return"),
        ("return it, my husband will drop it off at the UPS store", "return_request", "create_return"),
        ("your driver broke the mug", "damaged_item", "replace_items"),
        ("the refund is 23 dollars, right?", "refund_status", "refund_order"),
        ("you said it ships today, where is it", "order_status", "open_carrier_trace"),
        ("just letting you know the mug arrived broken", "damaged_item", "replace_items"),
        ("Wollte nur Bescheid geben, dass der Becher kaputt ankam", "damaged_item", "replace_items"),
        ("I did not want a refund but I do now, the mug broke", "damaged_item", "refund_order"),
    ],
)
def test_usual_terms_are_proposed(text: str, intent: str, kind: str) -> None:
    assert why(text, intent, kind) == ""


def test_what_is_missing_of_several_is_part_of_the_money_anyway() -> None:
    assert why("the socks are missing, a partial refund please", "missing_item", "refund_order", bought=TWO) == ""
    assert why("the socks are missing, a partial refund please", "missing_item", "refund_order", bought=ONE)


def test_an_open_return_is_no_answer_to_who_keeps_the_thing() -> None:
    assert why("I keep it after all", "return_request", replies=("return_open",))
    assert why("where is my refund", "refund_status", replies=("return_open",)) == ""


def test_a_word_of_thanks_does_not_close_what_may_be_wrong() -> None:
    assert why("thanks, the mug is broken by the way", "thanks", "close_ticket", sure=0.5)
    assert why("thanks, found it!", "thanks", "close_ticket", sure=0.5) == ""
    assert why("thanks a lot", "thanks", "close_ticket", sure=0.5) == ""


@pytest.mark.parametrize(
    "text",
    ["The kid next door broke my mug", "Die Tasse ist kaputt, das war meine Katze", "mi perro la rompió",
     "le chat a cassé la tasse"],
)  # fmt: skip
def test_what_somebody_at_home_broke_is_for_a_person(text: str) -> None:
    assert "broke it themselves" in why(text, "damaged_item", "replace_items")


@pytest.mark.parametrize("text", ["My husband opened the box and the mug was broken", "it came chipped, my cat is sad"])
def test_what_came_broken_is_not_their_fault(text: str) -> None:
    assert why(text, "damaged_item", "replace_items") == ""
