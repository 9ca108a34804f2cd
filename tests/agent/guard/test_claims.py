"""Every claim of a reply is grounded or a violation, in four languages and both ways."""

from __future__ import annotations

import pytest

from agent.guard.claims import claims_of
from tests.agent.guard.world import ids, rules

GROUNDED = [
    # amounts
    ("en", "The total of order #1042 is $78.00."),
    ("en", "You paid USD 78 for it, 39.00 USD of it for the Wren Tote."),
    ("en", "The bag was 39 dollars."),
    ("en", "The bag was thirty-nine dollars."),
    ("en", "You paid US$78.00 in all."),
    ("es", "El total es de 78,00 $."),
    ("es", "El bolso costó treinta y nueve dólares."),
    ("fr", "Le total est de 78,00 $US."),
    ("fr", "Le sac coûtait trente-neuf dollars."),
    ("de", "Der Betrag ist 78,00 $."),
    ("de", "Die Tasche kostete neununddreißig Dollar."),
    # dates
    ("en", "You ordered on November 3 and it left us on Nov 5, 2026."),
    ("en", "You ordered on the 3rd of November."),
    ("en", "UPS expects to deliver it by Thursday, November 19."),
    ("en", "UPS expects it on 11/19."),
    ("en", "UPS expects it on 11/19/2026, written 2026-11-19 elsewhere."),
    ("en", "It should be there on the 19th."),
    ("en", "It should be there this week."),
    ("es", "Hizo el pedido el 3 de noviembre y salió el 5 de noviembre de 2026."),
    ("es", "UPS prevé entregarlo el jueves 19 de noviembre."),
    ("es", "Llegará el 19."),
    ("fr", "Vous avez commandé le 3 novembre, et UPS prévoit jeudi 19 novembre."),
    ("fr", "UPS prévoit le 19/11/2026."),
    ("de", "Sie haben am 3. November bestellt, UPS rechnet mit Donnerstag, 19. November."),
    ("de", "UPS rechnet mit dem 19.11.2026, also dem 19.11."),
    ("de", "Es soll am 19. bei Ihnen sein."),
    # relative days, times and weekdays
    ("en", "The last scan was 2 days ago."),
    ("en", "The last scan was two days ago."),
    ("en", "It should arrive in 3 days."),
    ("en", "We looked at it today."),
    ("en", "We answer Monday to Friday, 9:00 AM to 17:00."),
    ("es", "El último escaneo fue hace dos días."),
    ("es", "Hoy hemos mirado el paquete."),
    ("fr", "Le dernier scan date d'il y a 2 jours."),
    ("de", "Der letzte Scan ist zwei Tage her, also vor 2 Tagen."),
    ("de", "Guten Morgen, wir antworten von 9 Uhr bis 17 Uhr."),
    # durations and numbers
    ("en", "A refund takes 5 to 10 business days."),
    ("en", "A refund takes five to ten business days."),
    ("en", "A refund takes up to two weeks; no, up to 10 days."[:22] + " 10 days."),
    ("en", "1. Pack the bag\n2. Attach the label\n3. Hand it over"),
    ("en", "There are two ways to do this, and one of them is simple."),
    ("en", "Espresso Cups, set of two, are in the same parcel."),
    ("en", "We open again tomorrow, and you have an answer by Tuesday, November 17."),
    ("es", "Un reembolso tarda de 5 a 10 días hábiles."),
    ("es", "Un reembolso tarda de cinco a diez días hábiles."),
    ("fr", "Un remboursement prend 5 à 10 jours ouvrés."),
    ("fr", "Un remboursement prend cinq à dix jours ouvrés."),
    ("fr", "Le sac est neuf."),
    ("de", "Eine Erstattung dauert 5 bis 10 Werktage."),
    ("de", "Eine Erstattung dauert fünf bis zehn Werktage."),
    ("de", "Bitte geben Sie acht."),
    # identifiers, links, people
    ("en", "Order 1042 is the one with the TOTE-OLV."),
    ("en", "Your tracking number is 1Z999AA10123456784."),
    ("en", "Follow it at https://track.alderandwren.example/1Z999AA10123456784."),
    ("en", "Write to help@alderandwren.example, or to mia@inbox.example if you mean yourself."),
    ("en", "Hi Mia,\n\nThe last scan was in Coventry.\n\nThe Alder & Wren team"),
    ("en", "It goes to 12 Elm Street, Portland, OR 97201."),
    ("en", "You paid with your Visa ending in 4242."),
    ("en", "It is with UPS, and Germany is not involved."),
    ("es", "Hola, Mia:\n\nVa a 12 Elm Street, Portland, OR 97201.\n\n¿Qué prefiere?"),
    ("fr", "Bonjour Mia,\n\nLe colis va à 12 Elm Street, Portland."),
    ("de", "Guten Tag Mia Rossi,\n\ndas Paket geht an 12 Elm Street, Portland.\n\nIhr Team von Alder & Wren"),
    # the rules of the shop, as the passages have them
    ("en", "You can return the bag within 60 days of delivery."),
    ("en", "The return label is free."),
    ("es", "Puede devolver el bolso en 60 días, y la etiqueta es gratuita."),
    ("fr", "Vous pouvez renvoyer le sac sous 60 jours, et l'étiquette est gratuite."),
    ("de", "Sie können die Tasche innerhalb von 60 Tagen zurückschicken, und das Etikett ist kostenlos."),
]  # fmt: skip

INVENTED = [
    # amounts
    ("en", "The total of order #1042 is $87.00.", "grounding.amount"),
    ("en", "You paid 78.00 EUR for it.", "grounding.amount"),
    ("en", "The bag was forty dollars.", "grounding.amount"),
    ("en", "The bag was £39.00.", "grounding.amount"),
    ("en", "We offer you $20 for the trouble.", "grounding.amount"),
    ("en", "Orders above $300.00 are looked at.", "grounding.amount"),
    ("en", "You have spent $612.40 with us.", "grounding.amount"),
    ("en", "Take 15 % off your next order.", "grounding.percent"),
    ("en", "Take fifteen percent off.", "grounding.percent"),
    ("es", "El total es de 87,00 $.", "grounding.amount"),
    ("es", "El bolso costó cuarenta dólares.", "grounding.amount"),
    ("es", "Un 15 % de descuento.", "grounding.percent"),
    ("fr", "Le total est de 87,00 $US.", "grounding.amount"),
    ("fr", "Le sac coûtait quarante dollars.", "grounding.amount"),
    ("de", "Der Betrag ist 87,00 $.", "grounding.amount"),
    ("de", "Die Tasche kostete vierzig Dollar.", "grounding.amount"),
    # dates
    ("en", "You ordered on November 4.", "grounding.date"),
    ("en", "It arrives on 3/3.", "grounding.date"),
    ("en", "It arrives on 2/1, as we said.", "grounding.date"),
    ("en", "You ordered on November 3, 2025.", "grounding.date"),
    ("en", "UPS expects to deliver it by Friday, November 19.", "grounding.weekday"),
    ("en", "UPS expects it on 11/20/2026.", "grounding.date"),
    ("en", "UPS expects it on 2026-11-20.", "grounding.date"),
    ("en", "It should be there on the 23rd.", "grounding.day_of_month"),
    ("en", "You will have it tomorrow.", "grounding.relative_date"),
    ("en", "It should be there next week.", "grounding.relative_date"),
    ("es", "Hizo el pedido el 4 de noviembre.", "grounding.date"),
    ("es", "UPS prevé entregarlo el viernes 19 de noviembre.", "grounding.weekday"),
    ("es", "Llegará mañana.", "grounding.relative_date"),
    ("es", "Llegará la semana próxima.", "grounding.relative_date"),
    ("fr", "Vous avez commandé le 4 novembre.", "grounding.date"),
    ("fr", "Il arrive demain.", "grounding.relative_date"),
    ("fr", "Il est arrivé hier.", "grounding.relative_date"),
    ("de", "Sie haben am 4. November bestellt.", "grounding.date"),
    ("de", "UPS rechnet mit dem 20.11.", "grounding.date"),
    ("de", "Es ist morgen bei Ihnen.", "grounding.relative_date"),
    # relative days, times and weekdays
    ("en", "The last scan was 4 days ago.", "grounding.duration"),
    ("en", "It should arrive in four days.", "grounding.duration"),
    ("en", "We answer on Sunday.", "grounding.weekday"),
    ("en", "We answer from 8:00 AM.", "grounding.time"),
    ("en", "We answer 24/7.", "grounding.identifier"),
    ("es", "El último escaneo fue hace cuatro días.", "grounding.duration"),
    ("es", "Contestamos el domingo.", "grounding.weekday"),
    ("fr", "Le dernier scan date d'il y a quatre jours.", "grounding.duration"),
    ("fr", "Nous répondons dès 8h30.", "grounding.time"),
    ("de", "Der letzte Scan war vor vier Tagen.", "grounding.duration"),
    ("de", "Wir antworten ab 8 Uhr.", "grounding.time"),
    # durations and numbers
    ("en", "A refund takes 5 to 12 business days.", "grounding.duration"),
    ("en", "A refund takes three business days.", "grounding.duration"),
    ("en", "A refund takes two months.", "grounding.duration"),
    ("en", "You have seven orders with us.", "grounding.number"),
    ("en", "There are 37 left.", "grounding.number"),
    ("en", "Two hundred and fifty people bought it.", "grounding.number"),
    ("es", "Un reembolso tarda doce días.", "grounding.duration"),
    ("es", "Usted tiene siete pedidos.", "grounding.number"),
    ("fr", "Un remboursement prend neuf jours.", "grounding.duration"),
    ("fr", "Vous avez sept commandes.", "grounding.number"),
    ("de", "Eine Erstattung dauert acht Tage.", "grounding.duration"),
    ("de", "Sie haben sieben Bestellungen.", "grounding.number"),
    # identifiers, links, mail, telephone numbers
    ("en", "Order #1043 is the one.", "grounding.identifier"),
    ("en", "Order 1 0 4 3 is the one.", "grounding.identifier"),
    ("en", "Order one zero four three is the one.", "grounding.number"),
    ("en", "Your tracking number is 1Z999AA10123456785.", "grounding.identifier"),
    ("en", "It is the TOTE-RED2.", "grounding.identifier"),
    ("en", "Use SAVE20 at the checkout.", "grounding.identifier"),
    ("en", "Follow it at https://track.alderandwren.example/1Z999AA10123456785.", "grounding.link"),
    ("en", "Log in at alderandwren.example.evil.example/login first.", "grounding.link"),
    ("en", "See www.tracking-parcels.example now.", "grounding.link"),
    ("en", "See refunds-now.top for details.", "grounding.link"),
    ("en", "Click javascript:alert(1) please.", "grounding.link"),
    ("en", "Write to refunds@other-shop.example.", "grounding.email"),
    ("en", "Call us at +1 503 555 0142.", "grounding.phone"),
    ("es", "Llámenos al teléfono +34 612 345 678.", "grounding.phone"),
    ("fr", "Appelez-nous au 06 12 34 56 78.", "grounding.phone"),
    ("de", "Rufen Sie uns an: +49 30 901820.", "grounding.phone"),
    # people and addresses
    ("en", "Hi Maria,\n\nit is here.", "grounding.name"),
    ("en", "It went to Priscilla Vance by mistake.", "grounding.name"),
    ("en", "It went to priscilla and then to teresa.", "grounding.name"),
    ("en", "Teresa Alvarez asked for the same.", "grounding.name"),
    ("en", "The neighbour is called Whitaker.", "grounding.name"),
    ("en", "It goes to 14 Oak Avenue, Seattle, WA 98101.", "grounding.address"),
    ("es", "Hola, Marta:\n\naquí está.", "grounding.name"),
    ("es", "El paquete fue a Lucía Moreno.", "grounding.name"),
    ("es", "Va a Calle de Alcalá 45, 28014 Madrid.", "grounding.address"),
    ("fr", "Bonjour Camille,\n\nvoici.", "grounding.name"),
    ("fr", "Le colis est parti chez Élise Fournier.", "grounding.name"),
    ("fr", "Il part à 8 rue des Lilas, 75011 Paris.", "grounding.address"),
    ("de", "Guten Tag Anna Weber,\n\nhier ist es.", "grounding.name"),
    ("de", "Das Paket liegt bei Katharina Vogel.", "grounding.name"),
    ("de", "Es geht an Gartenweg 3, 10115 Berlin.", "grounding.address"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), GROUNDED, ids=ids(GROUNDED))
def test_what_the_evidence_says_may_be_written(language: str, text: str) -> None:
    assert rules(text, language) == []


@pytest.mark.parametrize(("language", "text", "rule"), INVENTED, ids=ids(INVENTED))
def test_what_no_evidence_says_is_named(language: str, text: str, rule: str) -> None:
    assert rule in rules(text, language)


def test_the_dotted_capital_of_turkish_keyboards_is_read_and_no_fault() -> None:
    found = claims_of("See you on FRİDAY, 3 APRİL, in 2 MİNUTES.")
    assert [claim.text for claim in found] == ["FRİDAY", "3 APRİL", "2"]
