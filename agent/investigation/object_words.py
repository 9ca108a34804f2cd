"""The words by which it is told what an ask is about: folded (`agent.reading.words`), en, es, fr, de and more."""

from __future__ import annotations

import re
from collections.abc import Mapping


def _set(*listed: str) -> frozenset[str]:
    return frozenset(" ".join(listed).split())


ENDS, TAKES_OUT, BACK, MONEY, SWAPS, ORDERED = "ends takes_out back money swaps ordered".split()
"""What a clause asks for: an end, less, a return, money, a swap. Or it says what was ordered."""
ASKS: Mapping[str, re.Pattern[str]] = {
    TAKES_OUT: re.compile(
        r"\b(?:remov\w+|take(?=.* (?:out|off|away)\b)|leave(?=.* out\b)|drop|delete"
        r"|quit(?:ar|en|a|ad|e)\w*|sacar\w*|saqu\w+|elimin\w+|retir(?:er|ez|ar|en|e)|enlev\w+|supprim\w+"
        r"|(?:he)?rausnehm\w*|(?:he)?rausstreich\w*|entfern\w*|(?:nehm\w*|nimm)(?=.* (?:he)?raus\b)"
        r"|togli\w*|rimuov\w*|tirar|tirem|remover|verwijder\w*)\b"
    ),
    ENDS: re.compile(
        r"\b(?:cancel\w*|cancl\w*|cancal\w*|cansel\w*|cacel\w*|annul\w*|anul\w*|stornier\w*|storno|abbestell\w*|scrap"
        r"|(?:don t|dont|do not) (?:send|ship|pack)|no envi\w+|call off)\b"
    ),
    MONEY: re.compile(
        r"\b(?:refund\w*|reimburs\w*|reembols\w*|rembours\w*|(?:zuruck)?erstatt\w*|money back|geld zuruck)\b"
    ),
    BACK: re.compile(
        r"\b(?:return(?:ing)?|send(?:ing)?(?=.* back\b)|devolver|devuelv\w+|retourn\w+|renvoyer|rendre"
        r"|zuruck(?:geb|schick|send)\w*|schick\w*(?=.* zuruck\b))\b"
    ),
    SWAPS: re.compile(r"\b(?:exchang\w+|swap\w*|chang(?:e|ing)|cambi(?:ar|o|en|e)|echang\w+|(?:um|ein)?tausch\w*)\b"),
    ORDERED: re.compile(r"\b(?:ordered|pedi|encargue|commande(?= (?:un|une|des|le|la|les|du)\b)|bestellt)\b"),
}
READ_FOR: Mapping[str, frozenset[str]] = {
    ENDS: _set("cancel_order refund_request change_order"),
    TAKES_OUT: _set("cancel_order refund_request change_order"),
    ORDERED: _set("cancel_order refund_request"),
    MONEY: _set("refund_request"),
    BACK: _set("return_request refund_request"),
    SWAPS: _set("exchange_request change_order"),
}
"""The asks of a message for which each of them counts."""
WHOLE = _set(
    "order orders ordr purchase purchases transaction shopping booking parcel package shipment delivery everything",
    "pedido pedidos compra compras encargo orden paquete envio entrega todo commande commandes achat achats colis",
    "livraison tout bestellung bestellungen kauf einkauf auftrag lieferung sendung paket alles encomenda ordine",
    "acquisto bestelling aankoop subscription suscripcion abo abonnement membership",
)
"""The order as a whole; a subscription is no thing of an order either."""
SAME = _set("it them lo cela ihn")
"""What was said before."""
INSIDE = _set("in on of at von bei de del des du d en dans sur da do di dell van within inside de la")
OUT = _set("from off out aus uit vom")
"""Before "the order" they make it the place of what is meant, not the thing."""
ARTICLES = _set(
    "the my our this that these those a an el la los las mi mis un una unos este esta nuestro nuestra le les",
    "ma mon mes",
    "une ce cet cette l notre der die das den dem des mein meine meinen meiner meinem ein eine einen diese",
    "diesen dieser",
    "unsere o os as il lo mia mio minha meu het de mijn",
)
BESIDE = _set(
    "to in into on onto as via by from at under near than like with against per wegen due because after before until",
    "auf an als mit bei gegen nach vor seit en sur dans chez par con como avec comme contra contre statt instead",
)
"""Behind one of these stands no object."""
FOR = _set("for fur por pour para gegen")
"""After a swap: what is wanted instead."""
LINKS = _set("for of with fur von mit de del du des d por para pour avec con")
"""Between an order and what is in it: "the order for the teapot"."""
GENERIC = _set(
    "whole entire complete full last latest newest recent first second third other duplicate double extra",
    "wrong new old",
    "pending current same item items thing things stuff product products article articles articulo articulos",
    "producto",
    "artikel produkt ding lot one ones purchase request requests refund return exchange change cancellation payment",
    "charge money amount number label address account newsletter pedido ultimo ultima primer primera segundo segunda",
    "entero derniere dernier premiere premier deuxieme entiere totalite ganze ganzen komplette gesamte letzte",
    "letzten erste",
    "ersten zweite zweiten doppelte falsche monto importe dinero pago cuenta argent montant paiement compte",
    "geld betrag",
    "zahlung konto nr no nummer numero num today yesterday heute gestern hoy ayer hier rest resto reste buy",
    "sale mistake",
    "remaining above below error fehler erreur",
)
"""What names no thing."""
FILLERS = _set(
    "please pls plz bitte por favor svp sie ihr you us mir uns me only just nur solo solamente seulement uniquement",
    "juste kindly doch mal also auch tambien aussi nos",
)
ALONE = _set("only nur solo solamente unicamente seulement uniquement bloss")
REST = re.compile(
    r"\b(?:(?:the|my) (?:rest|remaining)(?! of)|rest (?:is|are|stays?|can stay)|everything else|all else|el resto"
    r"|l[oa]s? demas|le reste|(?:der|den|dem) rest|alles (?:andere|ubrige)|das ubrige|il resto|o resto|de rest)\b"
)
"""What stays beside something else."""
APART = re.compile(
    r"[.!?;\n]+|,(?!\d)|\s[-–—]\s|\b(?:and|but|because|since|so|as|while|if|when|und|aber|weil|denn|da|sodass|falls|wenn"
    r"|y|pero|porque|pues|si|et|mais|car|parce|puisque|maar|omdat|mas|perche)\b(?!-)",
    re.IGNORECASE,
)
