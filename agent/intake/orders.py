"""Order numbers, article numbers and tracking numbers in a message."""

import re
from collections.abc import Iterator, Sequence
from re import Match

from agent.intake.mentions import Mention

_ID = r"(?:[A-Z]{1,5}-?)?\d{3,12}(?:-\d{2,8}){0,3}(?:-[A-Z]\d{0,2}|-\d)?"
_ORDER = (
    r"(?:orders?|ord|purchase|pedidos?|[óo]rden(?:es)?|compra|commandes?|cde|bestellung(?:en)?|bestell"
    r"|auftrag|auftrags|ordine|bestelling)"
)
_NUMBER_WORD = (
    r"(?:numbers?|no|nos|num|nr|id|ids|code|ref(?:erence)?|nummern?|confirmation|n[úu]mero|num[ée]ro"
    r"|n[úu]m|n[°º]|#)"
)
_EXPLICIT = re.compile(
    rf"\b(?i:{_ORDER}(?:\s|-)?{_NUMBER_WORD}\.?|{_NUMBER_WORD}\.?\s(?:de\s|of\s|du\s|del\s|der\s|my\s|mi\s"
    rf"|ma\s)*{_ORDER})"
    rf"[\s:=#(\"'-]{{0,4}}(?i:(?:is|was|are|ist|lautet|es|est)\s?:?\s)?[\s:=#(\"'-]{{0,3}}(?P<v>{_ID}"
    rf"|(?=[A-Z\d-]{{0,20}}\d)[A-Z\d]{{2,12}}(?:-[A-Z\d]{{1,12}}){{0,3}})(?![\w%])",
)
_WORDED = re.compile(
    rf"(?<![\w-])(?i:{_ORDER})(?P<glue>\s{{0,3}}[:=#(\"'-]{{1,3}}\s?#?|\s(?i:is|was|es|est|ist)\s#?"
    rf"|\s?#?)(?P<v>{_ID})(?![\w%])(?![.,]\d|[/:]\d)"
)
_HASH = re.compile(rf"(?<![\w&/#=.])#\s?(?P<v>{_ID})(?![\w%])(?![.,]\d)")
_NEXT = re.compile(
    rf"\s{{0,2}}(?:,|;|&|/|\+|and|und|y|et|or|plus)\s{{0,2}}(?:(?:and|und|y|et"
    rf"|or)\s)?#?(?P<v>{_ID})(?![\w%])(?![.,]\d)",
    re.IGNORECASE,
)
_AMAZON = re.compile(r"(?<![\w-])(?P<v>\d{3}-\d{7}-\d{7})(?![\w-])")
_SINGLE_W = re.compile(r"(?<![\w-])(?P<v>W\d{6,8})(?![\w-])")
_ALONE = re.compile(r"\s*(?P<v>\d{4}|\d{6,9})\s*[.!]?\s*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")
_OTHER_HASH = re.compile(
    r"\b(?:ticket|case|apt|apartment|unit|suite|ste|room|size|item|style|colou?r|hex|sku|phone|tel|invoice"
    r"|rma|tracking|track|flat|box|farbe|fall|vorgang"
    r"|caso|tracking number|number one|top)\W{0,3}$",
    re.IGNORECASE,
)
# "I want to order 1000 cups": a quantity, not a number of an order.
_VERB = re.compile(
    r"\b(?:to|can i|could i|can we|could we|may i|i'll|we'll|will|would|should|we|i|you|please|minimum"
    r"|bulk|min|max)\W{0,2}"
    r"(?:like to |also |now )?$",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\s?(?:x\b|pcs|pieces?|pairs?|units?|items?|boxes|packs?|sets?|cups?|more\b|of (?:the|these|those"
    r"|them)\b|st[üu]ck|unidades|pi[èe]ces|euros?|dollars?|usd|eur|gbp|[€$£%]|kg|cm|mm"
    r"|days?|hours?|weeks?|mal\b)",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"\s(?!(?:was|has|does|says|needs|shows|arrives|seems|looks|contains)\b)[a-z]{2,20}[^us\s]s\b")


def order_numbers(text: str, prefixes: Sequence[str] = ()) -> Iterator[Mention[str]]:
    """Yield order numbers: upper case, without `#`.

    Args:
        text: any text.
        prefixes: letters that only order numbers of this store begin with (`CS` for CS-1042).
    """
    for pattern in (_EXPLICIT, _WORDED, _HASH):
        for match in pattern.finditer(text):
            if _is_order(match, explicit=pattern is _EXPLICIT):
                yield _mention(match)
                yield from _following(match)
    own = re.compile(
        rf"(?<![\w-])(?P<v>(?:{'|'.join(map(re.escape, prefixes))})-?\d{{3,10}}(?:-\d{{1,8}})?)(?![\w-])", re.IGNORECASE
    )
    for pattern in (_AMAZON, _SINGLE_W, *((own,) if prefixes else ())):
        yield from (_mention(match) for match in pattern.finditer(text))
    if (alone := _ALONE.fullmatch(text)) and not _YEAR.fullmatch(alone["v"]):
        yield _mention(alone)


def _mention(match: Match[str]) -> Mention[str]:
    return Mention(match["v"].upper(), match.start("v"), match.end("v"))


def _is_order(match: Match[str], *, explicit: bool) -> bool:
    text, value = match.string, match["v"]
    if _DATE.fullmatch(value) or _QUANTITY.match(text, match.end()):
        return False
    left = text[max(0, match.start() - 24) : match.start()]
    if "#" in match.group():
        return not _OTHER_HASH.search(left)
    if explicit or match.groupdict().get("glue", "").strip():
        return True
    counted = value.isdigit() and (_VERB.search(left) or (len(value) == 3 and _PLURAL.match(text, match.end())))
    return not counted


def _following(match: Match[str]) -> Iterator[Mention[str]]:
    """`orders 1042, 1043 and 1044`: more of the same shape."""
    shape = re.sub(r"\d", "0", match["v"].upper())
    position = match.end()
    while (more := _NEXT.match(match.string, position)) and re.sub(r"\d", "0", more["v"].upper()) == shape:
        if _QUANTITY.match(match.string, more.end()):
            return
        yield _mention(more)
        position = more.end()


_TRACKING = re.compile(
    r"(?<![\w-])(?P<v>1Z ?[0-9A-Z]{3} ?[0-9A-Z]{3} ?(?:[0-9A-Z]{10}|[0-9A-Z]{2} ?[0-9A-Z]{4} ?[0-9A-Z]{4})"
    r"|9[2-5]\d{18,24}|9[2-5]\d\d(?: \d{4}){4}(?: \d{2})?(?: \d{4}(?: \d{2})?)?"
    r"|[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}|TBA\d{12}|JJD\d{14,20}|JVGL\d{12,20}|JD\d{16,18}|0034\d{16}"
    r"|1LS[0-9A-Z]{10,16}|YT\d{16}|SF\d{12,15}|H[0-9A-Z]{4,6}A\d{8,12})(?![\w-])",
)
_TRACKING_WORDED = re.compile(
    r"\b(?i:track(?:ing)?|sendungs?(?:verfolgung|nummer|nr)?|paket(?:nummer|nr)?|suivi|colis|seguimiento"
    r"|gu[ií]a|rastreo|parcel|shipment|waybill|awb|consignment|fedex|ups|usps|dhl|dpd|gls|hermes|evri)"
    r"(?:\s(?i:number|no|num|nr|code|id|#|n[°º]|n[úu]mero|num[ée]ro|parcel|paket|tracking"
    r"|sendung(?:snummer)?|paketnummer))?\.?[\s:=#(-]{0,3}(?i:(?:is|was|ist|lautet|es"
    r"|est)\s:?)?(?P<v>(?=[A-Z\d -]{0,20}\d{4})[A-Z\d]{2,30}(?:[ -][A-Z]{0,3}\d[A-Z\d]{2,15}){0,5})"
    r"(?![\w-])",
)


def tracking_numbers(text: str) -> Iterator[Mention[str]]:
    """Yield tracking numbers by the carriers' formats, or by the word before them: upper case, without spaces."""
    for match in _TRACKING.finditer(text):
        yield _tracking(match)
    for match in _TRACKING_WORDED.finditer(text):
        if len(re.sub(r"\D", "", match["v"])) >= 8 and not _DATE.search(match["v"]):
            yield _tracking(match)


def _tracking(match: Match[str]) -> Mention[str]:
    return Mention(re.sub(r"[ -]", "", match["v"]).upper(), match.start("v"), match.end("v"))


_SKU = re.compile(
    r"(?<![\w#/.-])(?P<v>(?P<p>[A-Z]{2,5})-\d{2,6}(?:-[A-Z0-9]{1,6}){0,3}"
    r"|[A-Z]{2,8}(?:-[A-Z0-9]{1,8}){2,4})(?![\w-])"
)
_SKU_LOWER = re.compile(
    r"(?<![\w#/.@-])(?P<v>(?P<p>[a-z]{2,4})-(?!(?:19|20)\d\d(?!\d))\d{3,6}(?:-[a-z0-9]{1,6}){0,3})"
    r"(?![\w@-])"
)
_SKU_WORDED = re.compile(
    r"\b(?i:skus?|item|items|article|artikel(?:nummer|nr)?|art\.?-?(?:nr)?|style|model"
    r"|r[ée]f(?:[ée]rence)?|referencia|art[ií]culo|product (?:code|number|id|no))\.?\s?(?i:number|no|nr"
    r"|code|id|n[°º])?\.?[\s:=#-]{0,3}"
    r"(?i:(?:is|es|est|ist)\s)?(?P<v>(?=[A-Za-z-]{0,12}\d)[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,10}){0,4})"
    r"(?![\w-])(?![.,]\d)",
)
_SIZES = frozenset("XXS XS S M L XL XXL XXXL 2XL 3XL 4XL OS ONE".split())
_NOT_A_SKU = frozenset(
    "AM APT AT AW COVID CVE DIN EN EXT FAX FW GMT HTTP ID IN INV IP ISO MD MID MP NO NR ON PM PO POST PRE RAL RE RFC "
    "RMA SHA TEL THE TLS TO TOP USB UTC UTF WG".split()
)


def skus(text: str, prefixes: Sequence[str] = ()) -> Iterator[Mention[str]]:
    """Yield article numbers such as BK-4711 and TEE-BLK-M: upper case."""
    for pattern in (_SKU, _SKU_LOWER):
        for match in pattern.finditer(text):
            if _is_sku(match["v"].upper(), prefixes):
                yield _mention(match)
    for match in _SKU_WORDED.finditer(text):
        if len(match["v"]) >= 4 and not _DATE.fullmatch(match["v"]) and not _QUANTITY.match(text, match.end()):
            yield _mention(match)


def _is_sku(value: str, prefixes: Sequence[str]) -> bool:
    first, *rest = value.split("-")
    if first in _NOT_A_SKU or first in {prefix.upper() for prefix in prefixes}:
        return False
    return any(char.isdigit() for char in value) or rest[-1] in _SIZES
