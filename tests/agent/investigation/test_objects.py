"""What an ask is about, where that is nothing of the order or nobody can tell what of it."""

from __future__ import annotations

import pytest

from agent.investigation.fields import members_of
from agent.investigation.inquiry import Inquiry
from tests.agent.investigation.world import (
    CUSHION,
    MUG,
    SOCKS,
    SWEATER,
    TOTE,
    about,
    letter,
    line,
    look,
    order,
    product,
)
from tools import commerce as shop

TEE = product("tee", "Everyday Tee", "apparel", {"size": "M"})
CARDIGAN = product("card", "Larch Cardigan", "apparel", {"size": "M"}, {"size": "L"})
SHELF = (SWEATER, MUG, SOCKS, CUSHION, TOTE, CARDIGAN)
PENDING, HERE = shop.OrderStage.PENDING, shop.OrderStage.DELIVERED
THREE = order("2145", line(TEE), line(MUG), line(CUSHION), stage=PENDING)
ONE = order("2146", line(MUG), stage=PENDING)
KNIT = order("2147", line(CARDIGAN), stage=HERE)
ORDERS = {"three": THREE, "one": ONE, "knit": KNIT}


def read(text: str, which: str, intent: str = "cancel_order", language: str = "en") -> Inquiry:
    meant = ORDERS[which]
    return look(letter(text), about(intent, numbers=(meant.number,), language=language), meant, *SHELF)


@pytest.mark.parametrize(
    ("text", "which", "intent", "language"),
    [
        ("please cancel the kettle in my order, everything else is fine", "three", "cancel_order", "en"),
        ("can you cancle the cusshion from order 2145", "three", "cancel_order", "en"),
        ("cancel the gizmo please", "three", "cancel_order", "en"),
        ("cancel the blue one", "three", "cancel_order", "en"),
        ("the candle should be cancelled, keep the rest", "three", "cancel_order", "en"),
        ("drop the gloves from 2146 please", "one", "cancel_order", "en"),
        ("please don't send the vase", "one", "cancel_order", "en"),
        ("I ordered a kettle by mistake, please cancel", "one", "cancel_order", "en"),
        ("cancel the kettle and refund it", "one", "cancel_order", "en"),
        ("cancel the kettle, I only need the mug", "one", "cancel_order", "en"),
        ("cancel my order for the kettle", "three", "cancel_order", "en"),
        ("cancel everything but the cusshion", "three", "cancel_order", "en"),
        ("¿Pueden quitar los guantes del pedido 2145?", "three", "cancel_order", "es"),
        ("Anulen solo la vela de mi pedido, lo demás lo quiero", "one", "cancel_order", "es"),
        ("Pouvez-vous enlever les gants de ma commande ?", "three", "cancel_order", "fr"),
        ("Merci d'annuler la bougie, le reste est bon", "one", "cancel_order", "fr"),
        ("Nehmen Sie bitte die Kerze aus der Bestellung raus", "three", "cancel_order", "de"),
        ("Können Sie die Handschuhe aus meiner Bestellung stornieren?", "one", "cancel_order", "de"),
        ("Refund the kettle please", "three", "refund_request", "en"),
        ("Geld zurück für die Kerze bitte", "one", "refund_request", "de"),
        ("I want to return the gloves", "knit", "return_request", "en"),
        ("Could I swap my Rowan sweater for a size L?", "knit", "exchange_request", "en"),
    ],
)
def test_what_the_order_does_not_hold_is_not_taken_for_what_it_does(
    text: str, which: str, intent: str, language: str
) -> None:
    scope = read(text, which, intent, language).scope
    assert scope["lines_unclear"] is True
    assert scope["item"] is None
    assert scope["swap"] is None
    assert not scope["items_meant"]
    assert not scope["items_named"]
    assert len(members_of(scope["items"])) == len(ORDERS[which].lines)


@pytest.mark.parametrize(
    ("text", "which", "intent", "language"),
    [
        ("I found a nicer kettle elsewhere, cancel order 2146", "one", "cancel_order", "en"),
        ("Cancel order 2145 because I was given a kettle", "three", "cancel_order", "en"),
        ("my wife bought a kettle please cancel #2146", "one", "cancel_order", "en"),
        ("Cancel order 2146 for the cups", "one", "cancel_order", "en"),
        ("please cancel, ordered it twice", "three", "cancel_order", "en"),
        ("Only cancel #2145, the other orders can come", "three", "cancel_order", "en"),
        ("cancel my latest order please", "three", "cancel_order", "en"),
        ("I request the cancellation of order 2145", "three", "cancel_order", "en"),
        ("Take the mug out of 2145, keep the rest", "three", "cancel_order", "en"),
        ("cancel the cusshion please", "one", "refund_request", "en"),
        ("cancel the coffee mug", "one", "cancel_order", "en"),
        ("cancel the whole order, also the kettle", "three", "cancel_order", "en"),
        ("cancelación del pedido 2145, me regalaron una vela", "three", "cancel_order", "es"),
        ("Ya compré una tetera en otra tienda, anulen mi pedido", "three", "cancel_order", "es"),
        ("J'ai reçu une bougie en cadeau, annulez la commande", "three", "cancel_order", "fr"),
        ("annulez la housse de coussin", "three", "cancel_order", "fr"),
        ("Ich bitte um Stornierung von 2145", "three", "cancel_order", "de"),
        ("Ich habe schon eine Kerze, bitte Bestellung 2145 stornieren", "three", "cancel_order", "de"),
        ("Geld zurück für 2145 bitte", "three", "refund_request", "de"),
        ("I'd like to return this, how do I print the label?", "knit", "return_request", "en"),
        ("Could I swap my sweater for a size L?", "knit", "exchange_request", "en"),
        ("Could I swap it for the Rowan Sweater?", "knit", "exchange_request", "en"),
        ("Could I swap the cardigan for the kettle?", "knit", "exchange_request", "en"),
        ("The kettle arrived broken", "knit", "damaged_item", "en"),
    ],
)
def test_a_thing_mentioned_in_passing_turns_no_clear_ask_into_a_question(
    text: str, which: str, intent: str, language: str
) -> None:
    assert read(text, which, intent, language).scope["lines_unclear"] is False
