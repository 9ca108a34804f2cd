"""Promises are found in what our voice says, and statements of fact are left alone."""

from __future__ import annotations

import pytest

from knowledge.playbooks import find_promises

PROMISED = {
    "refund": [
        ("en", "We have refunded $39.00 to Visa."), ("en", "I'll pay you back tomorrow."),
        ("es", "Le hemos reembolsado 39,00 US$."), ("es", "Reembolsaremos el importe."),
        ("fr", "Nous avons remboursé 39,00 $US."), ("fr", "Nous vous rembourserons."),
        ("de", "Wir haben Ihnen 39,00 $ erstattet."), ("de", "Wir werden Ihnen den Betrag erstatten."),
    ],
    "trace": [
        ("en", "We have opened a trace with UPS."), ("es", "Hemos abierto una investigación con UPS."),
        ("fr", "Nous avons ouvert une enquête auprès du transporteur."),
        ("de", "Wir haben bei UPS einen Nachforschungsauftrag gestellt."),
    ],
    "label": [
        ("en", "We have attached a return label."), ("es", "Hemos creado una etiqueta."),
        ("fr", "Nous avons créé une étiquette de retour."), ("de", "Wir haben ein Rücksendeetikett für Sie erstellt."),
    ],
    "replacement": [
        ("en", "We have ordered a replacement."), ("es", "Hemos preparado un reemplazo."),
        ("fr", "Nous avons préparé un remplacement."), ("de", "Wir haben für Sie Ersatz bestellt."),
    ],
    "cancel": [
        ("en", "We have cancelled order #1."), ("es", "Hemos cancelado el pedido."),
        ("fr", "Nous avons annulé la commande."), ("de", "Wir haben die Bestellung storniert."),
    ],
    "address": [
        ("en", "We have changed the delivery address."), ("es", "Hemos cambiado la dirección."),
        ("fr", "Nous avons modifié l'adresse."), ("de", "Wir haben die Lieferadresse geändert."),
    ],
    "credit": [
        ("en", "We have added $5.00 in store credit."), ("es", "Hemos añadido 5,00 US$ de saldo."),
        ("fr", "Nous avons ajouté un avoir."), ("de", "Wir haben Ihnen ein Guthaben gutgeschrieben."),
    ],
    "follow_up": [
        ("en", "We will write to you by Friday."), ("es", "Le escribiremos el viernes."),
        ("fr", "Nous vous écrirons vendredi."), ("de", "Wir melden uns am Freitag."),
    ],
    "handover": [
        ("en", "A person on our team will answer."), ("es", "Hemos pasado su mensaje a una persona."),
        ("fr", "Nous avons transmis votre message."), ("de", "Wir haben Ihre Nachricht weitergegeben."),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "language", "text"), [(k, *case) for k, cases in PROMISED.items() for case in cases])
def test_a_promise_is_found(kind: str, language: str, text: str) -> None:
    assert kind in {promise.kind for promise in find_promises(text, language)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The refund of $39.00 left us on November 3. Order #1 was cancelled on November 1."),
        ("en", "If there is no scan for 5 days, we open a trace with the carrier."),
        ("en", "A refund takes 5 to 10 business days. You can return the item; the label is free."),
        ("es", "El reembolso salió el 3 de noviembre. El pedido se canceló."),
        ("fr", "Le remboursement est parti le 3 novembre. La commande est annulée depuis le 1er."),
        ("de", "Die Erstattung ging am 3. November raus. Die Bestellung ist storniert."),
        ("de", "Falls das erste Paket noch auftaucht, sagen Sie uns bitte Bescheid."),
        ("it", "We have refunded everything."),
    ],
)
def test_a_fact_or_an_offer_is_no_promise(language: str, text: str) -> None:
    assert find_promises(text, language) == []


def test_a_promise_does_not_reach_over_the_end_of_its_sentence() -> None:
    text = "We have looked at it. A trace is something the carrier does."
    assert find_promises(text, "en") == []
    assert [p.kind for p in find_promises("We have opened, for $39.00 of goods, a trace.", "en")] == ["trace"]
