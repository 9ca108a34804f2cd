# ruff: noqa: E501 - one phrase a line reads better than one phrase on three
"""Words of policy, of what only staff may read, and of topics, in en, es, fr and de."""

from __future__ import annotations

import re
from functools import lru_cache

_BACK = r"(?:returned|refunded|exchanged|cancell?ed|sent back|replaced)"
_GOODS = r"(?:return|exchange|refund|send (?:it|them|this|these|the \w+|items?) back|cancel)"
_PHRASES = (
    # en
    r"return window|final sale|clearance|not returnable|non-?refundable|eligible|entitled|our \w{0,12} ?policy",
    r"within \d+ (?:\w+ )?(?:days|weeks|months)|at any time|any ?time you (?:like|want)|no questions asked",
    rf"(?:can|cannot|can['’]t|could|may|must|will) (?:not |never |always )?be {_BACK}",
    rf"you (?:can|may|cannot|can['’]t|must|have to|need to) (?:\w+ ){{0,2}}{_GOODS}",
    r"we (?:do not|don['’]t|never|always|only) (?:accept|offer|refund|exchange|replace|ship|charge|cover|match|allow|take back|pay|give)",
    r"we (?:accept|offer|cover|match|guarantee|allow|charge|ship to)\b",
    r"warrant(?:y|ies)|guarantee[ds]?|money[- ]back guarantee|price (?:match|adjustment|protection)|restocking fee|one code per order",
    r"free (?:of charge|returns?|shipping|exchanges?)|(?:label|return|exchange|shipping|delivery) is (?:always )?free",
    r"(?:shipping|return|delivery) (?:costs?|fees?)|import dut(?:y|ies)",
    # es
    r"plazo de devolución|venta final|no (?:se puede|admiten?) (?:\w+ )?devol\w+|(?:puede|debe|tiene que) (?:devolver|cambiar|cancelar)",
    r"garant[ií]a\w*|gastos de (?:envío|devolución)|envío gratuito|etiqueta es gratuita|en cualquier momento|nuestra política",
    r"(?:aceptamos|ofrecemos|no enviamos|siempre reembols\w+)\b",
    # fr
    r"délai de retour|vente finale|non remboursable|(?:pouvez|devez) (?:le |la |les )?(?:renvoyer|retourner|échanger|annuler)",
    r"garanti\w*|frais de (?:port|retour|livraison)|livraison gratuite|étiquette est gratuite|à tout moment|notre politique",
    r"(?:acceptons|offrons|proposons|n['’]expédions pas)\b",
    # de
    r"Rückgabefrist|vom Umtausch ausgeschlossen|von der Rückgabe ausgeschlossen|nicht (?:erstattbar|zurückgegeben)",
    r"Sie (?:können|dürfen|müssen) (?:[\w.]+ ){0,8}(?:zurückschicken|zurückgeben|umtauschen|stornieren)",
    r"(?:können|dürfen|müssen) Sie (?:[\w.]+ ){0,6}(?:zurückschicken|zurückgeben|umtauschen|stornieren)",
    r"Garantie|versandkostenfrei|Versandkosten|Rücksendekosten|Etikett ist kostenlos|jederzeit|unsere Richtlinie\w*",
    r"(?:akzeptieren|bieten) wir|wir (?:akzeptieren|bieten)\b",
)  # fmt: skip
POLICY = re.compile(rf"\b(?:{'|'.join(_PHRASES)})\b", re.IGNORECASE)
"""A sentence with one of these states a policy, and needs a passage that says so."""

INTERNAL = re.compile(
    r"\b(?:fraud\w*|suspicious\w*|risk (?:score|band|level|check|review)|high[- ]risk|chargeback\w*|"
    r"(?:profit |gross )?margins?|cost price|wholesale price|our (?:cost|supplier)\b|internal (?:note|use|policy|rule)s?|staff only|"
    r"system prompt|my (?:instructions|prompt)|language model|AI (?:model|assistant)|as an AI|chatbot|tool calls?|"
    r"(?:refund|approval|signing) (?:limit|ceiling)s?|value threshold|lifetime value|customer (?:score|segment)|"
    r"blacklist\w*|blocklist\w*|serial returner|confidence score|"
    r"fraude|fraudulent\w*|sospechos[oa]s?|puntuación de riesgo|nivel de riesgo|nota interna|lista negra|margen de beneficio|"
    r"modelo de lenguaje|frauduleu\w*|suspecte?s?|score de risque|niveau de risque|note interne|liste noire|marge (?:brute|bénéficiaire)|"
    r"modèle de langage|Betrug\w*|betrüger\w*|verdächtig\w*|Risiko(?:stufe|bewertung|prüfung)|interne Notiz|Einkaufspreis\w*|"
    r"Gewinnspanne|Lieferantenpreis\w*|Sprachmodell\w*|schwarze Liste)\b",
    re.IGNORECASE,
)
"""What only staff may read; a customer never does."""
INTERNAL_HINTS = (
    *"fraud suspic risk chargeback margin wholesale supplier internal prompt chatbot limit ceiling threshold".split(),
    *"blacklist blocklist returner sospechos riesgo margen lenguaje suspect risque marge modèle betrug betrüger".split(),
    *"verdächtig risiko einkaufspreis gewinnspanne lieferantenpreis sprachmodell".split(),
    *("cost price", "our cost", "staff only", "my instruct", "language model", "ai model", "ai assistant", "as an ai"),
    *("tool call", "lifetime value", "customer s", "confidence score", "interna", "interne", "lista negra"),
    *("liste noire", "schwarze liste"),
)
"""One of these, in lower case, stands in every such word."""

_TOPICS = {
    "return": r"\breturn|send\w* back|devol|retour|renvoy|rückgabe|rücksend|zurückschick|zurückgeb|zurückkomm|zurückbrauch",
    "refund": r"\brefund|money back|reembols|rembours|erstatt|dinero|argent\b|geld\b",
    "exchange": r"\bexchang|\bswap|\bcambi|échang|umtausch|tausch",
    "shipping": r"\bship|deliver|parcel|carrier|packing|dispatch|envío|enví|entreg|paquete|livr|expédi|colis|versand|liefer|paket|zustell|verschick|schick",
    "warranty": r"warrant|guarantee|garant",
    "cancel": r"\bcancel|annul|anula|storn",
    "code": r"\bcode|discount|promo|código|descuento|réduction|rabatt",
    "price": r"\bprice|\bcost|\bfree\b|precio|gratuit|prix|frais|preis|kostenlos|sin coste",
    "trace": r"\btrace|lost|investigación|enquête|nachforsch|verloren|perdid|perdu",
    "exception": r"exception|excepci|ausnahme|final[- ]sale|clearance|venta final|déstockage|vente finale|endverkauf|ausverkauf",
    "subscription": r"subscri|suscrip|abonn|renew|renov",
    "account": r"\baccount|address|cuenta|dirección|compte|adresse|konto",
    "item": r"damaged|wrong|missing|dañad|equivocad|falta|abîm|endommag|mauvais|manqu|beschädigt|falsch|fehl",
    "card": r"gift card|tarjeta regalo|carte[s]? cadeau|geschenkkarte|payment|pago|paiement|zahlung",
    "product": r"wash|care|material|size|colou?r|talla|taille|größe|farbe|couleur|lav|wasch|pflege",
}  # fmt: skip
_STRONG = {
    "any time": r"\b(?:at any time|any ?time you|whenever you)|en cualquier momento|cuando quiera|à tout moment|quand vous voulez|jederzeit|wann immer",
    "lifetime": r"\blifetime|\bforever|de por vida|à vie\b|lebenslang",
    "free": r"\bfree(?: of charge)?\b(?!\w)|\bat no cost|gratis|gratuit|sin coste|sans frais|kostenlos|versandkostenfrei",
    "guarantee": r"guarantee|warrant|garant",
    "no questions": r"no questions|sin preguntas|sans (?:poser de )?questions|ohne (?:fragen|angabe)",
    "at once": r"\bimmediately|\binstantly|\bat once\b|de inmediato|immédiatement|\bsofort",
    "double": r"\bdouble|\btwice the|el doble|le double|doppelt",
    "everything": r"\ball (?:our )?(?:items|products|orders)\b|todos los (?:artículos|productos)|tous les (?:articles|produits)|\balle (?:artikel|produkte)",
    "fee": r"\bfee\b|\bfees\b|restocking|comisión|recargo|frais de (?:dossier|restock)|gebühr",
}  # fmt: skip
_STRONG_SHAPES = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _STRONG.items())
FUNCTION_WORDS = frozenset(
    "you can we will not within day if is are be it that this have our us do no at as by from may must any all but "
    "cannot can't don't what which who how when once after before until so then than there here only also just still more "
    "most some they them their he she was were has had been being would could should about into out up down over back "
    "ask time tim busines want need pleas write reply tell".split()
)
"""Stems that every rule has; sharing them says nothing."""
_TOPIC_SHAPES = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _TOPICS.items())


@lru_cache(maxsize=4096)
def topics_of(text: str) -> frozenset[str]:
    """What a text is about, by word stems of all four languages: how a Spanish sentence meets an English passage."""
    return frozenset(name for name, shape in _TOPIC_SHAPES if shape.search(text))


@lru_cache(maxsize=4096)
def strong_words(text: str) -> frozenset[str]:
    """What a rule gives without limit: `free`, `at any time`, `guaranteed`. A passage has to say the same."""
    return frozenset(name for name, shape in _STRONG_SHAPES if shape.search(text))
