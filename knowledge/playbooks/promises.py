# ruff: noqa: E501 - one pattern a line reads better than one pattern on three
"""Words by which a reply promises an effect: first person perfect and future, in each language.

A net, not a proof: it finds the phrases our voice uses and their usual variants. Statements of fact ("the refund left
us on November 3") are not promises; they are checked against evidence instead.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from knowledge.hints import may_hold

# Up to the end of the sentence or list entry; a dot inside a number or a link is not an end.
_GAP = r"(?:[^.?!\n]|\.(?=\S)|\n(?!\n|- )){0,140}?"

_EN = r"\b(?:I|we)(?: have|['’]ve| will|['’]ll)(?: now| just| also| already| then)?"
_ES_DONE = r"\b(?:he|hemos)(?: ya)?"
_FR_DONE = r"\b(?:j['’]ai|avons)(?: déjà| bien| aussi)?"
_DE_DONE = rf"\b(?:habe|haben)\b{_GAP}"
_DE_WILL = rf"\b(?:werde|werden)\b{_GAP}"

_PATTERNS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "refund": rf"{_EN} (?:refund|pa(?:y|id)\b{_GAP}\bback)|(?:has|have) been refunded|will be refunded"
        r"|refund (?:has been|is being) (?:issued|sent|made|processed)|refund is on its way",
        "label": rf"{_EN} (?:attach|creat|prepar|sen[dt])\w*{_GAP}\blabel|label is (?:attached|ready|below)",
        "exchange": rf"{_EN} (?:exchang|swap|(?:book|arrang|set up)\w*{_GAP}\bexchange)",
        "replacement": rf"{_EN} (?:sen[dt]|order|book|ship|arrang)\w*{_GAP}\b(?:replacement|again|once more)\b"
        r"|replacement is on its way|will be replaced|has been replaced",
        "cancel": rf"{_EN} cancel|(?:has been|is now|will be) cancell?ed",
        "items": rf"{_EN} (?:chang|updat)\w*{_GAP}\b(?:item|size|colou?r|variant)s?\b",
        "address": rf"{_EN} (?:chang|updat|correct)\w*{_GAP}\baddress",
        "payment": rf"{_EN} (?:chang|updat|mov|switch)\w*{_GAP}\bpayment",
        "credit": rf"{_EN} (?:add|issu|giv|credit|put)\w*{_GAP}\bstore credit",
        "code": rf"{_EN} (?:creat|issu|ma[dk]e|sen[dt]|giv)\w*{_GAP}\bcode\b|here is (?:your|a) code",
        "trace": rf"{_EN} (?:open|start|ask|request)\w*{_GAP}\b(?:trac|investigat|search|look for)",
        "hold": rf"{_EN} (?:put|plac|stop)\w*{_GAP}\bhold\b",
        "handover": rf"\b(?:colleague|person|someone|specialist|team)\b{_GAP}\b(?:will|is going to) "
        rf"(?:reply|answer|write|look|check|decide|contact|get back|take)|{_EN} (?:pass|hand|forward)ed\b"
        r"|colleague is (?:looking|checking)",
        "follow_up": r"\b(?:I|we)(?: will|['’]ll) (?:write|get back|follow up|check|update you|let you know|be in touch"
        r"|come back|look again|tell you|e-?mail you)",
    },
    "es": {
        "refund": rf"{_ES_DONE} (?:reembolsado|abonado|devuelto el (?:importe|dinero))|\b(?:reembolsar|abonar)(?:é|emos)\b"
        r"|se (?:le )?ha reembolsado|ha sido reembolsad|será reembolsad",
        "label": rf"{_ES_DONE} (?:adjuntado|creado|preparado|enviado){_GAP}\betiqueta|etiqueta (?:va )?adjunta",
        "exchange": rf"{_ES_DONE} (?:registrado|preparado|tramitado){_GAP}\bcambio|\bcambiaremos\b",
        "replacement": rf"{_ES_DONE} (?:enviado|pedido|preparado){_GAP}\b(?:reemplazo|de nuevo)|\benviaremos{_GAP}"
        r"\b(?:reemplazo|de nuevo)",
        "cancel": rf"{_ES_DONE} (?:cancelado|anulado)|\b(?:cancelar|anular)(?:é|emos)\b|ha sido (?:cancelad|anulad)",
        "items": rf"{_ES_DONE} (?:cambiado|modificado){_GAP}\b(?:artículo|talla|color|variante)s?\b",
        "address": rf"{_ES_DONE} (?:cambiado|modificado|corregido|actualizado){_GAP}\bdirección",
        "payment": rf"{_ES_DONE} (?:cambiado|modificado|actualizado){_GAP}\bpago",
        "credit": rf"{_ES_DONE} (?:añadido|emitido|concedido|abonado){_GAP}\b(?:saldo|crédito)",
        "code": rf"{_ES_DONE} (?:creado|emitido|preparado|enviado){_GAP}\bcódigo\b",
        "trace": rf"{_ES_DONE} (?:abierto|iniciado|pedido|solicitado){_GAP}\b(?:investigación|localización|busque|búsqueda)",
        "hold": rf"{_ES_DONE} (?:puesto|dejado|detenido){_GAP}\b(?:espera|pausa|retenid)",
        "handover": rf"\b(?:compañer[oa]|persona|equipo)\b{_GAP}\b(?:responderá|contestará|escribirá|revisará|decidirá)"
        rf"|{_ES_DONE} pasado\b|compañer[oa] está revisando",
        "follow_up": r"\b(?:escribiremos|avisaremos|comprobaremos|informaremos|contactaremos|le diremos|revisaremos)\b",
    },
    "fr": {
        "refund": rf"{_FR_DONE} remboursé|\brembourser(?:ai|ons)\b|a été remboursé|ser(?:a|ez|ont) remboursé",
        "label": rf"{_FR_DONE} (?:joint|créé|préparé|envoyé){_GAP}\bétiquette|étiquette (?:est )?(?:ci-)?jointe",
        "exchange": rf"{_FR_DONE} (?:enregistré|préparé){_GAP}\béchange|\béchangerons\b",
        "replacement": rf"{_FR_DONE} (?:envoyé|expédié|commandé|préparé){_GAP}\b(?:remplacement|de nouveau|à nouveau)"
        rf"|\b(?:enverrons|expédierons){_GAP}\b(?:remplacement|de nouveau|à nouveau)",
        "cancel": rf"{_FR_DONE} annulé|\bannuler(?:ai|ons)\b|(?:a été|est maintenant|sera) annulée?",
        "items": rf"{_FR_DONE} (?:changé|modifié){_GAP}\b(?:article|taille|couleur|variante)s?\b",
        "address": rf"{_FR_DONE} (?:changé|modifié|corrigé|mis à jour){_GAP}\badresse",
        "payment": rf"{_FR_DONE} (?:changé|modifié|mis à jour){_GAP}\bpaiement",
        "credit": rf"{_FR_DONE} (?:ajouté|émis|accordé|crédité){_GAP}\b(?:avoir|crédit)\b",
        "code": rf"{_FR_DONE} (?:créé|émis|préparé|envoyé){_GAP}\bcode\b",
        "trace": rf"{_FR_DONE} (?:ouvert|lancé|demandé){_GAP}\b(?:enquête|recherche|rechercher)",
        "hold": rf"{_FR_DONE} (?:mis|placé|bloqué){_GAP}\battente",
        "handover": rf"\b(?:collègue|personne|équipe)\b{_GAP}\b(?:répondra|écrira|vérifiera|décidera|reviendra|examinera)"
        rf"|{_FR_DONE} (?:transmis|confié)|collègue (?:examine|vérifie)",
        "follow_up": r"\b(?:écrirons|reviendrons|vérifierons|tiendrons|préviendrons|informerons|donnerons des nouvelles)\b",
    },
    "de": {
        "refund": rf"{_DE_DONE}\b(?:erstattet|zurückgezahlt|zurücküberwiesen)\b"
        rf"|{_DE_WILL}\b(?:erstatten|zurückzahlen|erstattet)\b|wurde erstattet|wird erstattet",
        "label": rf"{_DE_DONE}\b(?:Rücksende|Versand|Retouren)?etikett\b{_GAP}\b(?:erstellt|angehängt|beigefügt|vorbereitet)"
        r"|etikett (?:hängt|liegt|ist) (?:an|bei|beigefügt|angehängt)",
        "exchange": rf"{_DE_DONE}\bUmtausch\b{_GAP}\b(?:angelegt|gebucht|vorbereitet)|{_DE_DONE}\bumgetauscht\b"
        rf"|{_DE_WILL}\bumtauschen\b",
        "replacement": rf"{_DE_DONE}\b(?:Ersatz|noch einmal|erneut)\b{_GAP}\b(?:geschickt|verschickt|losgeschickt|bestellt|versandt)"
        rf"|{_DE_WILL}\b(?:Ersatz|noch einmal|erneut)\b{_GAP}\b(?:schicken|verschicken|senden)",
        "cancel": rf"{_DE_DONE}\bstorniert\b|{_DE_WILL}\bstornieren\b|wurde storniert|wird storniert|ist jetzt storniert",
        "items": rf"{_DE_DONE}\b(?:Artikel|Größe|Farbe|Variante)\b{_GAP}\b(?:geändert|getauscht)",
        "address": rf"{_DE_DONE}(?:adresse|anschrift)\b{_GAP}\b(?:geändert|korrigiert|aktualisiert)",
        "payment": rf"{_DE_DONE}\bZahlung\w*\b{_GAP}\b(?:geändert|umgestellt|aktualisiert)",
        "credit": rf"{_DE_DONE}\b(?:Guthaben|Gutschrift)\b{_GAP}\b(?:gutgeschrieben|ausgestellt|angelegt|hinterlegt)",
        "code": rf"{_DE_DONE}(?:\bCode|code)\b{_GAP}\b(?:erstellt|ausgestellt|angelegt|geschickt)",
        "trace": rf"{_DE_DONE}(?:nachforschung|suche|suchauftrag)\w*\b{_GAP}\b(?:eingeleitet|gestartet|gestellt|beauftragt)",
        "hold": rf"{_DE_DONE}\b(?:angehalten|zurückgehalten)\b",
        "handover": rf"\b(?:Kolleg(?:e|in)|Person|Team)\b{_GAP}\bwird{_GAP}\b(?:antworten|melden|schreiben|prüfen|entscheiden)"
        rf"|{_DE_DONE}\bweitergegeben\b|\b(?:Kolleg(?:e|in)|Person|Team)\b (?:sieht|schaut|prüft|kümmert|meldet)",
        "follow_up": rf"\b(?:wir|ich) melden? (?:uns|mich)\b|\bmelden wir uns\b|(?:wir|ich) (?:schreiben|informieren) Ihnen"
        rf"|schreiben wir Ihnen|informieren wir Sie|(?:wir|ich) schauen? {_GAP}\bnach\b"
        rf"|\bwir (?:werden|sagen Ihnen){_GAP}\b(?:melden|schreiben|informieren|Bescheid)|(?:geben|sagen) wir Ihnen\b{_GAP}\bBescheid",
    },
}  # fmt: skip


_HINTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "refund": "refund|back",
        "label": "label",
        "exchange": "exchang|swap",
        "replacement": "replac|again|once more",
        "cancel": "cancel",
        "items": "item|size|colo|variant",
        "address": "address",
        "payment": "payment",
        "credit": "store credit",
        "code": "code",
        "trace": "trac|investigat|search|look for",
        "hold": "hold",
        "handover": "colleague|person|someone|specialist|team|passed|handed|forwarded",
        "follow_up": "write|get back|follow up|check|update you|let you know|be in touch|come back|look again|tell you"
        "|mail you",
    },
    "es": {
        "refund": "reembols|abona|devuelto",
        "label": "etiqueta",
        "exchange": "cambi",
        "replacement": "reemplazo|de nuevo",
        "cancel": "cancel|anula",
        "items": "artículo|talla|color|variante",
        "address": "dirección",
        "payment": "pago",
        "credit": "saldo|crédito",
        "code": "código",
        "trace": "investigación|localización|busque|búsqueda",
        "hold": "espera|pausa|retenid",
        "handover": "compañer|persona|equipo|pasado",
        "follow_up": "remos",
    },
    "fr": {
        "refund": "rembours",
        "label": "étiquette",
        "exchange": "échang",
        "replacement": "remplacement|nouveau",
        "cancel": "annul",
        "items": "article|taille|couleur|variante",
        "address": "adresse",
        "payment": "paiement",
        "credit": "avoir|crédit",
        "code": "code",
        "trace": "enquête|recherche",
        "hold": "attente",
        "handover": "collègue|personne|équipe|transmis|confié",
        "follow_up": "rons",
    },
    "de": {
        "refund": "erstatte|zurückgezahlt|zurücküberwiesen|zurückzahlen",
        "label": "etikett",
        "exchange": "umtausch|umgetauscht",
        "replacement": "ersatz|noch einmal|erneut",
        "cancel": "stornier",
        "items": "artikel|größe|farbe|variante",
        "address": "adresse|anschrift",
        "payment": "zahlung",
        "credit": "guthaben|gutschrift",
        "code": "code",
        "trace": "nachforschung|such",
        "hold": "gehalten",
        "handover": "kolleg|person|team|weitergegeben",
        "follow_up": "meld|schreib|informier|schau|bescheid",
    },
}
"""One of these, in lower case, stands in every promise of a kind."""


class Promise(NamedTuple):
    """Something a text says was or will be done. `start` is an offset into the text."""

    kind: str
    words: str
    start: int


def find_promises(text: str, language: str) -> list[Promise]:
    """Every promise in a text, in order; nothing for a language we do not write."""
    found = [
        Promise(kind, match[0], match.start())
        for kind, hints, pattern in _compiled(language)
        if may_hold(text, hints)
        for match in pattern.finditer(text)
    ]
    return sorted(found, key=lambda promise: promise.start)


@cache
def _compiled(language: str) -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple(
        (kind, tuple(_HINTS[language][kind].split("|")), re.compile(rf"(?:{pattern})\w*", re.IGNORECASE))
        for kind, pattern in _PATTERNS.get(language, {}).items()
    )
