"""The words beside a number that say what it is: a phone number, or the number of an order."""

import re
from bisect import bisect_right
from functools import lru_cache
from re import Match

from agent.redaction.patterns import Lazy

_LOOK_BACK = 48

# Words that make the number after them one of the shop's own. Singular and plural, en/es/fr/de/nl/pt/it.
REFERENCE = Lazy(
    r"\b(?:orders?|track(?:ing)?|invoice|sku|skus|ref|reference|item|product|serial|s/n|imei|meid|case"
    r"|ticket|rma|return"
    r"|transaction|confirmation|parcel|package|shipment|shipping|part|model|ean|upc|gtin|isbn|asin|barcode|batch|lot"
    r"|voucher|coupon|gift|promo|discount|version|build|firmware|quote|po|customer (?:no|number|id)"
    r"|bestel\w{0,12}|order(?:nummer|nr|number|no)|auftrag\w{0,12}|sendung\w{0,12}|rechnung\w{0,12}"
    r"|artikel\w{0,12}|serien\w{0,12}"
    r"|paket\w{0,12}|vorgang\w{0,9}"
    r"|zending\w{0,9}|verzending|pakket\w{0,9}|factuur\w{0,9}|volgnummer|klantnummer"
    r"|encomenda|rastrei\w{0,8}|rastreamento|nota fiscal|compra|protocolo|ordine|spedizione|pacco|fattura"
    r"|tracciamento"
    r"|best[äi]ll\w{0,10}|zam[óo]wieni\w{0,3}|paczk\w{0,3}"
    r"|pedidos?|factura|env[ií]o|seguimiento|referencia|rastreo|art[ií]culo|gu[ií]a"
    r"|commandes?|facture|suivi|colis|r[ée]f[ée]rence|article"
    r"|ups|usps|fedex|dhl|dpd|gls|hermes|evri|correos|colissimo|chronopost|amount|total|price|qty|quantity|id)\b"
    r"|#(?=\s?\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def _places(pattern: Lazy, text: str) -> tuple[list[int], list[int]]:
    """Starts and ends of all matches: looked up once per text, or a text full of numbers would take quadratic time."""
    found = [(match.start(), match.end()) for match in pattern.finditer(text)]
    return [start for start, _ in found], [end for _, end in found]


def before(match: Match[str], length: int = _LOOK_BACK) -> str:
    """The characters on the left of a match."""
    return match.string[max(0, match.start() - length) : match.start()]


def after(match: Match[str], length: int = _LOOK_BACK) -> str:
    """The characters on the right of a match."""
    return match.string[match.end() : match.end() + length]


def last_at(pattern: Lazy, match: Match[str], length: int = _LOOK_BACK) -> int:
    """Where the last `pattern` that ends before the match begins; -1 when there is none within `length` characters."""
    starts, ends = _places(pattern, match.string)
    index = bisect_right(ends, match.start()) - 1
    return starts[index] if index >= 0 and starts[index] >= match.start() - length else -1


def near(pattern: Lazy, match: Match[str], left: int = _LOOK_BACK, right: int = 0) -> bool:
    """Is `pattern` found within `left` characters before the match or begins within `right` characters after it?"""
    if last_at(pattern, match, left) >= 0:
        return True
    starts, _ = _places(pattern, match.string)
    index = bisect_right(starts, match.end() - 1)
    return index < len(starts) and starts[index] < match.end() + right


def is_reference(match: Match[str]) -> bool:
    """Does a word just before the match say that the number belongs to an order, a parcel or a product?"""
    return last_at(REFERENCE, match, 32) >= 0
