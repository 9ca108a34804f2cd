# ruff: noqa: E501 - one shape a line reads better than one shape on three
"""Promises in nobody's fixed words: who gives, what moves, and where to. A model finds a thousand ways to say "refunded".

`promise_words.py` knows phrases; here a promise is a giver with an object, or an object that moves. Statements of the
shop's rules have other subjects (a bank, a carrier, "refunds" in general), conditions are looked at by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_GAP = r"(?:[^.?!\n]|\.(?=\S)){0,40}?"
_NO = r"(?!not\b|never\b|cannot\b|can\b|could\b|would\b|may\b|might\b|only\b|rarely\b)"
_WE = rf"\b(?:we|I)(?:['’](?:ve|ll|re|m|d))?(?: {_NO}[\w'’]+){{0,3}}?"
_MONEY = r"(?:money|cash|funds?|amount|sum|refund|reimbursement)"
_BACK = r"(?:on (?:its|their|the) way|head(?:ing|ed)|coming|going|returned|sent|credited|transferred|wired|paid|back|gone through|through|out|all set|in your|on your)"
_YOURS = r"your (?:card|account|bank|paypal|wallet|balance)"
# What is sent again without being goods, and what is new or second without being instead of something.
_NOT_GOODS = r"(?!e-?mail|mail|message|note|update|link|label|reminder|password|invoice|receipt|confirmation|code|address|collection|range|batch|stock|season|price|colou?r|size|version|order number|card|date|day|week|month|time|tracking|question|answer|opinion|look|chance|person|colleague|team)"
_SPLIT = r"(?!parcel|package|shipment|delivery|part|half|box|order)"
_ONE = rf"(?:(?:a|one) (?:brand[- ])?(?:new|fresh) {_NOT_GOODS}\w+|(?:your|the) (?:new|fresh) one|(?:a|the|your) second {_SPLIT}{_NOT_GOODS}\w+|(?:yet )?another {_SPLIT}{_NOT_GOODS}\w+|another(?=[.,!]))"
_SENT = r"(?:send(?:ing)?|sent|ship(?:ped|ping)?|mail(?:ed|ing)?|post(?:ed|ing)?|pack(?:ed|ing)?|get(?:ting)?|got|pop(?:ped|ping)?|put(?:ting)?|dispatch(?:ed|ing)?|drop(?:ped|ping)?)"

_CARRIER = (
    r"(?:the |our )?(?:carrier|courier|UPS|DHL|FedEx|USPS|DPD|GLS|Hermes|Royal Mail|La Poste|Correos|postal service)"
)

_EN: Mapping[str, tuple[str, ...]] = {
    "refund": (
        rf"{_WE} (?:return(?:ed|ing)?|sen[dt]|sending|giv(?:e|en|ing)|gave|pa(?:id|y|ying)|put(?:ting)?|transferr?(?:ed|ing)?|wir(?:e|ed|ing)|push(?:ed|ing)?|releas(?:e|ed|ing)|mov(?:e|ed|ing))\b (?:you )?(?:your|the|all (?:of )?(?:your|the)|back your|back the) (?:full )?{_MONEY}\b",
        rf"{_WE} (?:return(?:ed|ing)?|sent|sending|paid|paying|put(?:ting)?|transferr(?:ed|ing)|wired|wiring|moved)\b{_GAP}\d{_GAP}\b(?:back )?(?:to|on|onto|into) {_YOURS}",
        rf"{_WE} (?:paid|pay|paying) you back\b",
        rf"\b(?:your|the|this|that) (?:full )?{_MONEY}(?: {_NO}(?!charged|due|paid|owed|refunded)\w+){{0,2}}? (?:is|are|was|were|has|have|will be|should be|went|goes|came|comes)(?: (?:now|already|just|being|been|all))? {_BACK}\b(?! (?:for|by)\b)",
        rf"\b(?:your|the) {_MONEY} (?:should|will|is going to) (?:land|arrive|show up|appear|be) (?:in|on|with) (?:you\b|{_YOURS})",
        rf"\b{_YOURS} (?:was|has been|is being|is|will be|gets) (?:credited|refunded)\b",
        rf"\byou(?:['’]ll| will| should| are going to| can expect to)(?: \w+)? (?:have|see|find|get|receive) (?:your|the) {_MONEY}\b(?! (?:of|charged|due))",
        rf"\bconsider (?:it|that|(?:the|your) (?:{_MONEY}|order|purchase)) (?:returned|repaid|paid back|refunded)\b",
    ),
    "goods": (
        rf"{_WE} {_SENT}\b(?: you)?(?: out)? {_ONE}",
        rf"\b{_ONE}(?: \w+)? (?:is|are|was|has been|have been|goes|went|leaves|left|ships|will be|is being|will)(?: (?:now|already|just|being|leave|go|ship))? ?(?:on (?:its|their|the|a) (?:way|truck|van|road)|out\b|sent|shipped|packed|dispatched|in the (?:mail|post)|today|tomorrow|us\b)(?! to (?:us|our)\b)",
        r"\bconsider (?:it|that) replaced\b",
    ),
    "cancel": (
        rf"{_WE} (?:cancell?ed|called off|voided|annulled) (?:it|that|this|them|everything|both|(?:your|the|this|that) (?:\w+ )?(?:order|purchase|items?)|order)\b",
        r"\b(?:we|I)(?:['’]ve| have)?(?: (?:just|now|already|also))? stopped (?:your|the|this|that) (?:order|purchase)\b",
        r"\b(?:order|purchase) (?:is|was|has been|have been) (?:now |already )?(?:called off|voided|stopped|annulled)\b",
        r"\b(?:took|taken|taking) care of (?:the|your) cancell?ation\b|\bconsider (?:it|that|your order) cancell?ed\b",
    ),
    "credit": (
        rf"{_WE} (?:put|add(?:ed|ing)?|drop(?:ped|ping)?|plac(?:e|ed|ing)|load(?:ed|ing)?|gave|given|give)\b{_GAP}(?:\d|credit|bonus|something|gift){_GAP}\b(?:on|to|into|onto|in) your (?:store )?(?:account|balance|wallet)\b",
        r"\byou(?:['’]ve| have)(?: got)?(?: \S+){0,3} (?:of |in )?store credit (?:waiting|now|from us)\b",
    ),
    "label": (
        rf"{_WE} (?:e-?mail(?:ed|ing)?|sent|mailed|created|made|generated|attached)\b(?: you)? (?:a|the|your) (?:prepaid |return |shipping )*label\b",
        r"\blabel (?:is|was|has been) (?:now |already )?(?:in your (?:inbox|mailbox)|sent|e-?mailed|on its way|created)\b",
    ),
    "items": (
        rf"{_WE} (?:add(?:ed|ing)?|remov(?:e|ed|ing)|took|taken|taking|put(?:ting)?)\b [^.?!\n]{{1,40}} (?:to|from|off|out of|into) your order\b",
    ),
    "swap": (
        rf"{_WE} (?:swapp?(?:ed|ing)?|chang(?:e|ed|ing)|switch(?:ed|ing)?)\b(?: \w+){{0,3}} (?:colou?r|size|variant)\b",
    ),
    "exchange": (
        rf"{_WE} (?:set(?:ting)? up|arrang(?:e|ed|ing)|book(?:ed|ing)?) (?:the|your|an?) (?:swap|exchange)\b",
        r"\b(?:exchange|swap) is (?:now |already )?(?:all set|set up|arranged|under way|on its way)\b",
    ),
    "hold": (
        rf"{_WE} (?:paus(?:e|ed|ing)|hold(?:ing)?|held|keep(?:ing)?|kept)\b(?: your| the| this)?(?: order| parcel| package| it)(?: back)?(?: for you| back| on hold|(?=[.,!]))",
    ),
    "address": (
        rf"{_WE} (?:chang(?:e|ed|ing)|updat(?:e|ed|ing)|correct(?:ed|ing)?|sav(?:e|ed|ing)|enter(?:ed|ing)?)\b (?:your|the) (?:\w+ )?address\b",
        r"\b(?:new|corrected|right) address is (?:now |already )?(?:saved|set|entered|in place|on (?:the|your) order)\b",
        r"\b(?:parcel|package|order|it) (?:will now|now) (?:goes|go|ships?|be sent|gets sent) to \d",
    ),
    "payment": (
        rf"{_WE} (?:mov(?:e|ed|ing)|switch(?:ed|ing)?|chang(?:e|ed|ing)|charg(?:e|ed|ing))\b(?: \w+){{0,4}} (?:your|the) (?:other|new) (?:card|payment method)\b",
    ),
    "trace": (
        rf"{_WE} (?:ask(?:ed|ing)?|contact(?:ed|ing)?|call(?:ed|ing)?|phon(?:e|ed|ing)|chas(?:e|ed|ing)|written to|wrote to|writing to) {_CARRIER}\b",
    ),
    "handover": (
        rf"{_WE} (?:ask(?:ed|ing)?|pass(?:ed|ing)?|hand(?:ed|ing)?|forward(?:ed|ing)?|gave|given|giving)\b [^.?!\n]{{0,30}}?\b(?:my|our|the) (?:\w+ )?(?:lead|team|colleagues?|manager|supervisor|warehouse)\b",
        r"\b(?:someone|somebody) (?:will|is going to) (?:call|contact|write|reach|get back|be in touch)\b",
    ),
    "follow_up": (r"\byou(?:['’]ll| will) hear (?:back )?from (?:us|me)\b|\bkeep you (?:posted|updated|informed)\b",),
}
_DE: Mapping[str, tuple[str, ...]] = {
    "refund": (
        r"\b(?:Ihr|Das|Der|Die|Ihre) (?:Geld|Betrag|Summe|Erstattung) (?:ist|sind|wurde|wird|geht|kommt)(?: \w+){0,3} (?:auf dem (?:Rück)?[Ww]eg|unterwegs|zurück\w*|überwiesen|gutgeschrieben|angewiesen)",
        rf"\b(?:wir|ich) (?:überweisen?|zahlen?|schicken?|geben?|buchen?) Ihnen\b{_GAP}\b(?:Geld|Betrag|Summe|Kaufpreis)\b",
        rf"\b(?:haben?) Ihnen\b{_GAP}\b(?:Geld|Betrag|Summe|Kaufpreis)\b{_GAP}\b(?:zurück|überwiesen|gutgeschrieben)",
        rf"\bSie haben (?:Ihr|das) Geld\b{_GAP}\b(?:wieder|zurück|auf dem Konto)",
    ),
    "goods": (
        r"\b(?:ein|eine|einen) (?:neue[sn]?|zweite[sn]?|weitere[sn]?) (?!Paket|Sendung|Lieferung|Link|Etikett|Kollektion|Passwort|Rechnung|Mail|Nachricht)\w+ (?:ist|geht|wurde|wird|verlässt)(?: \w+){0,3} (?:unterwegs|raus|verschickt|geschickt|versandt|uns)\b",
        r"\b(?:wir|ich) (?:schicken?|senden?|verschicken?|versenden?) Ihnen(?: \w+){0,2} (?:ein|eine|einen) (?:neue[sn]?|weitere[sn]?)\b(?! (?:Link|Etikett|Passwort|Rechnung|Mail|Nachricht|Code|Bestätigung))",
    ),
    "cancel": (r"\bBestellung (?:ist|wurde)(?: \w+){0,2} (?:storniert|widerrufen)\b",),
}
_FR: Mapping[str, tuple[str, ...]] = {
    "refund": (
        r"\b(?:l['’]|votre )(?:argent|somme) (?:est|arrive|sera)(?: \w+){0,2} (?:en route|en chemin|rendue?|virée?|de retour|sur votre)",
        rf"\b(?:nous|je) (?:vous )?(?:rendons|rends|rendrons|virons|avons (?:viré|rendu|renvoyé|reversé)|ai (?:viré|rendu))\b{_GAP}\b(?:argent|somme|montant)\b",
        r"\bvous (?:serez|êtes|avez été) rembours\w+",
    ),
    "goods": (
        r"\bvous en (?:envoyons|enverrons|renvoyons|envoie) (?:un|une)\b",
        r"\b(?:un|une) (?:nouveau|nouvelle|nouvel|autre|second|seconde)(?: (?!colis|envoi|lien|code|message|étiquette|collection)\w+)? (?:part|partira|est (?:en route|partie?))\b",
    ),
    "cancel": (r"\bcommande est (?:bien |maintenant |désormais )?annulée\b",),
    "follow_up": (r"\b(?:revenons|reviendrons|reviens|reviendrai) vers vous\b",),
}
_ES: Mapping[str, tuple[str, ...]] = {
    "refund": (
        r"\b(?:su|el) (?:dinero|importe) (?:ya )?(?:va|está|viene) (?:de|en) (?:camino|vuelta)\b",
        rf"\ble (?:devolvemos|devuelvo|devolveremos|enviamos|transferimos|ingresamos)\b{_GAP}\b(?:dinero|importe|suma)\b",
        rf"\b(?:hemos|he) (?:enviado|devuelto|transferido|ingresado)\b{_GAP}\b(?:dinero|importe|suma)\b",
    ),
    "goods": (
        r"\ble (?:enviamos|mandamos|enviaremos|mandaremos|envío) (?:otr[oa]|un[oa]? nuev[oa])\b(?! (?:enlace|correo|código|etiqueta|mensaje))",
        r"\botr[oa](?: (?!paquete|envío|parte|pedido)\w+)? (?:ya )?(?:va|está) (?:de|en) camino\b",
    ),
    "cancel": (r"\bpedido (?:ya )?(?:queda|está|ha sido) (?:ya )?(?:cancelado|anulado)\b",),
    "follow_up": (r"\ble (?:escribimos|escribiremos|contactaremos|contactamos)\b",),
}
_HINTS: Mapping[str, tuple[str, ...]] = {
    "refund": ("money", "cash", "fund", "amount", "sum", "reimburs", "your card", "your account", "your bank", "paid you", "pay you", "paying you", "consider", "geld", "betrag", "erstattung", "kaufpreis", "argent", "somme", "montant", "rembours", "dinero", "importe"),
    "goods": ("new ", "fresh", "second", "another", "replaced", "neue", "zweite", "weitere", "vous en", "nouve", "autre", "otr", "nuev"),
    "cancel": ("cancel", "called off", "voided", "stopped", "annulled", "storniert", "widerrufen", "annulée", "anulado"),
    "credit": ("your account", "your balance", "your wallet", "your store", "store credit"),
    "label": ("label",),
    "items": ("your order",),
    "swap": ("color", "colour", "size", "variant"),
    "exchange": ("swap", "exchange"),
    "hold": ("hold", "paus", "held", "keep", "kept"),
    "address": ("address", "will now ", " now go", " now ship", " now gets"),
    "payment": ("other card", "new card", "payment method"),
    "trace": ("carrier", "courier", "ups", "dhl", "fedex", "usps", "dpd", "gls", "hermes", "royal mail", "la poste", "correos", "postal"),
    "handover": (" lead", " team", "colleague", "manager", "supervisor", "warehouse", "someone", "somebody"),
    "follow_up": ("hear ", "keep you", "vers vous", "le escrib", "le contactar"),
}  # fmt: skip


def _shape(kind: str) -> re.Pattern[str]:
    shapes = [shape for words in (_EN, _DE, _FR, _ES) for shape in words.get(kind, ())]
    return re.compile("|".join(f"(?:{shape})" for shape in shapes), re.IGNORECASE)


PARAPHRASES = tuple((kind, hints, _shape(kind)) for kind, hints in _HINTS.items())
"""Kind, a quick look whether a text may hold such a promise at all (lower case), and the shapes."""
