"""A promise is one in whatever words: a giver with an object, or an object that moves. Statements of rules are none."""

from __future__ import annotations

import pytest

from agent.guard.paraphrases import PARAPHRASES
from agent.guard.promise_words import hypothetical, negated, promises_in
from agent.guard.sentences import sentence_at

REFUND = """
Consider the money returned.|Your cash is heading home.|The funds are on their way back to you.
You will have the money by Friday.|We have sent the money back.|We are returning your money today.
We returned the 30 USD to your card.|The amount is being sent back to your card.|Your card was credited.
You should see the money on your card in three days.|We've put the money back on your card.
I've pushed your refund through.
The money should land in your account tomorrow.|The refund went out this morning.|Your refund has gone through.
The refund is all set.|We have paid you back.
Der Betrag ist auf dem Weg zu Ihnen.|Ihr Geld ist auf dem Rückweg.|Wir überweisen Ihnen den Betrag heute.
Wir haben Ihnen das Geld zurückgeschickt.|Sie haben Ihr Geld morgen wieder auf dem Konto.
L'argent est en route.|Nous vous rendons l'argent.|Vous serez remboursée demain.
Nous avons viré la somme sur votre carte.
Su dinero va de camino.|Le devolvemos el dinero hoy.|Hemos enviado el dinero a su tarjeta.
"""
GOODS = """
We'll get a new one out to you today.|A fresh one is already on the truck.|Another one is in the mail.
We will pop another one in the post tomorrow.|A second mug is on its way to you.|We're mailing you another.
I've packed you a new one.|We have sent you a new mug.|We'll ship you another one tomorrow.|A new kettle goes out today.
Your new one leaves us tomorrow.|Consider it replaced.
Ein neues Exemplar ist unterwegs.|Wir schicken Ihnen ein neues.|Eine neue Tasse geht heute raus.
Nous vous en envoyons un autre.|Un nouveau part demain.|Le enviamos otra mañana.|Otra taza ya va de camino.
"""
CANCEL = """
I've gone ahead and cancelled it.|We cancelled your order.|I just cancelled it for you.|The order has been called off.
We've stopped your order.|I have taken care of the cancellation.
Ihre Bestellung ist storniert.|Votre commande est annulée.|Su pedido queda cancelado.
"""
CREDIT = """
We put 20 dollars on your account.|We've added 20 dollars to your balance.|You have 20 USD of store credit waiting.
I've dropped a little something into your account.
"""
LABEL = "The return label is in your inbox.|I've e-mailed you the label."
MORE = {
    "items": "We have added the mug to your order.|I removed the socks from your order.",
    "swap": "We swapped the colour to navy.|I've changed the size to M.",
    "exchange": "I've set up the swap for you.|Your exchange is all set.",
    "hold": "We paused your order.|We will hold the parcel for you.|We kept it back.",
    "address": "I changed the address on your order.|It will now go to 12 Elm Street.|The new address is saved.",
    "payment": "We moved the order to your other card.|We charged the other card instead.",
    "trace": "We have asked UPS where it is.|I've contacted the carrier for you.|We're chasing the carrier.",
    "handover": "Someone will call you.|I've asked my lead to look at it.|I passed it to our warehouse team.",
    "follow_up": "You will hear from us by Friday.|Nous revenons vers vous demain.|Le escribimos hoy.",
}
PROMISES = {"refund": REFUND, "goods": GOODS, "cancel": CANCEL, "credit": CREDIT, "label": LABEL, **MORE}
NOTHING = """
We never send money back to another card.|A refund takes 3 to 5 business days.|Another colour is in stock.
A new one costs 30 USD.|Your order can still be cancelled.|If you like, we can send you a new one.
We cannot cancel it any more.|A new collection arrives in spring.|We have not cancelled anything.
Would you like a new one or your money back?|The new ones are on their way to our warehouse.|Your money is safe.
The amount was charged on 3 November.|Your card was charged once.|Your second parcel is on its way.
Die neue Kollektion kommt im Frühling.|Un autre colis de votre commande est en route.
Un segundo paquete de su pedido va de camino.|The bank sends the money back within 10 days.
When the return is here, the amount goes back to your card.|We packed your order on Monday.|We got your new address.
We sent you another e-mail yesterday.|Your refund has not gone out yet.|The refund is not on its way yet.
The money has not been returned.|We have not sent the money back.|You will see the amount of 30 USD on your statement.
Your new sweater is on its way.|The second half of your order leaves tomorrow.|We got another question from you.
Please send us your new address.|Which size or colour would you like?|The carrier asks for a signature.
Is the address on your order right?|You can add the mug to your order until it ships.
We cannot change the size any more.
We cancelled the campaign.|As soon as your return arrives, we send the money back to your card.
The bank has returned the payment.|We will send you a new password.|We ask another colleague to have a look.
Sie bekommen Ihr Geld zurück, sobald die Rücksendung da ist.|Die Bestellung ist noch nicht storniert.
Votre commande n'est pas annulée.|Su pedido no está cancelado.|We will look into the amount you were charged.
"""


def each(words: str) -> list[str]:
    return [sentence for line in words.strip().splitlines() for sentence in line.split("|")]


def promised(text: str) -> set[str]:
    """The kinds that a sentence promises, as the guard sees it."""
    found = ((said, sentence_at(text, said.start)) for said in promises_in(text, "en"))
    return {said.kind for said, sentence in found if not negated(said, sentence) and not hypothetical(said, sentence)}


@pytest.mark.system("U3")
@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, words in PROMISES.items() for text in each(words)])
def test_a_promise_in_other_words_is_one(kind: str, text: str) -> None:
    assert kind in promised(text)
    assert kind in promised(f"Hello Mia, thank you for writing. {text} Kind regards")


@pytest.mark.system("U3")
@pytest.mark.parametrize("text", each(NOTHING))
def test_rules_questions_and_what_was_not_done_promise_nothing(text: str) -> None:
    assert not promised(text)


@pytest.mark.parametrize("text", [text for words in PROMISES.values() for text in each(words)])
def test_the_quick_look_lets_every_promise_through(text: str) -> None:
    for _, hints, shape in PARAPHRASES:
        assert shape.search(text) is None or any(hint in text.lower() for hint in hints)
