"""Amounts of money in a message, as whole minor units (cents, pence); never a float."""

import re
from collections.abc import Iterator
from re import Match

from agent.intake.mentions import Mention

Amount = tuple[int, str | None]

_WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
_WITH_MILS = frozenset({"KWD", "BHD", "OMR", "JOD", "TND"})
_NAMES = {
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "pound": "GBP",
    "pounds": "GBP",
    "quid": "GBP",
    "¥": "JPY",
    "yen": "JPY",
    "₹": "INR",
    "rs": "INR",
    "rupees": "INR",
    "₩": "KRW",
    "₺": "TRY",
    "zł": "PLN",
    "zloty": "PLN",
    "fr": "CHF",
    "sfr": "CHF",
    "franken": "CHF",
    "us$": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "mx$": "MXN",
    "r$": "BRL",
    "hk$": "HKD",
    "s$": "SGD",
}
_DOLLARS = frozenset({"$", "dollar", "dollars", "bucks", "dólares", "dolares", "dollar(s)"})
_CODES = "|".join(
    (
        "USD EUR GBP CHF CAD AUD NZD JPY CNY INR MXN BRL SEK NOK DKK PLN CZK HUF RON BGN TRY ZAR SGD HKD KRW ILS AED "
        "SAR KWD BHD OMR JOD"
    ).split()
)
_BEFORE = rf"(?:(?:US|CA|AU|NZ|MX|HK|[CARS])?\$|[€£¥₹₩₺]|(?:{_CODES}|usd|eur|gbp|chf|Eur|Euro|Rs\.?|SFr\.?|Fr\.))"
_AFTER = (
    rf"(?:[€£¥₹₩₺$]|(?:{_CODES}|usd|eur|gbp|chf|Eur)\b|(?i:euros?|dollars?|d[óo]lares|bucks|pounds?|quid"
    r"|yen|rupees|z[łl]oty|zł"
    r"|franken|pesos)\b)"
)
_NUMBER = (
    r"(?P<n>\d{1,3}(?:[ '’.,]\d{3}(?!\d)){1,4}(?:[.,]\d{1,2}(?!\d))?"
    r"|\d{1,9}(?:[.,]\d{1,3}(?!\d))?(?:[.,](?:-|–|—)+)?)"
)
_LEADING = re.compile(rf"(?<![\w$€£])(?P<c>{_BEFORE})\s?{_NUMBER}(?P<k>k\b)?(?!\d|[.,]\d)")
_TRAILING = re.compile(rf"(?<![\w.,$€£#-])(?<!\d ){_NUMBER}(?P<k>k)?\s?(?P<c>{_AFTER})")
_SPACED_TRAILING = re.compile(
    rf"(?<![\w.,$€£#-])(?P<n>\d{{1,3}}(?: \d{{3}}(?!\d)){{1,3}}(?:,\d{{1,2}}(?!\d))?)\s?(?P<c>{_AFTER})"
)
_CENTS = re.compile(r"(?<![\w.,$€£#-])(?P<n>\d{1,2})\s?(?P<c>(?i:cents?|centimes?|c[ée]ntimos|ct)\b|p\b)")
_BARE = re.compile(
    r"(?<![\w.,$€£#/-])(?P<n>\d{1,3}(?:[.,]\d{3}){0,3}[.,]\d{2})(?![\w%]|[.,/-]\d| ?(?:kg|g|cm|mm|m|x|%"
    r"|inch|uhr|h)\b)"
)
_MONEY_WORD = re.compile(
    r"(?:refund\w*|charged?|paid|pay|total\w*|price\w*|costs?|amount\w*|worth|billed|bill|debited|fee"
    r"|credit(?:ed)?|balance|subtotal"
    r"|erstatt\w*|bezahlt|betrag|preis|kostet|abgebucht|summe|pagu[ée]|pagado|cobrado|cobraron|importe|precio|reembolso"
    r"|pay[ée]|montant|prix|rembours\w*|d[ée]bit[ée]|factur[ée])[\s:=]*(?:me |of |for |was |is |only |de "
    r"|von |über |es |est |war |ist |um ){0,3}$",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"weigh\w*|heavy|lost|lbs?", re.IGNORECASE)


def amounts(text: str, dollar: str = "USD") -> Iterator[Mention[Amount]]:
    """Yield the amounts in a text.

    Args:
        text: any text.
        dollar: what a plain `$` means in this store.
    """
    for pattern in (_LEADING, _TRAILING, _SPACED_TRAILING):
        for match in pattern.finditer(text):
            if (minor := _minor(match, currency := _currency(match["c"], dollar))) is not None and not _is_weight(
                match
            ):
                yield Mention((minor, currency), match.start(), match.end())
    for match in _CENTS.finditer(text):
        yield Mention((int(match["n"]), "GBP" if match["c"] == "p" else None), match.start(), match.end())
    for match in _BARE.finditer(text):
        if _MONEY_WORD.search(text[max(0, match.start() - 40) : match.start()]):
            yield Mention((_units(match["n"], 2) or 0, None), match.start(), match.end())


def _currency(symbol: str, dollar: str) -> str | None:
    name = symbol.lower().rstrip(".")
    if name in _DOLLARS:
        return dollar
    return _NAMES.get(name) or (symbol.upper() if len(symbol) == 3 and symbol.isalpha() else None)


def _minor(match: Match[str], currency: str | None) -> int | None:
    places = 0 if currency in _WITHOUT_CENTS else 3 if currency in _WITH_MILS else 2
    units = _units(re.sub(r"[.,][-–—]+$", "", match["n"]), places)
    thousands = match.groupdict().get("k")
    return units if units is None or not thousands else units * 1000


def _units(number: str, places: int) -> int | None:
    """`1.234,56` -> 123456: the last dot or comma is decimal unless it groups thousands; None when it is no money."""
    plain = re.sub(r"[ '’]", "", number)
    whole, fraction = plain, ""
    separators = re.findall(r"[.,]", plain)
    if separators:
        head, tail = re.split(r"[.,](?=[^.,]*$)", plain)
        repeated = len(separators) > 1 and len(set(separators)) == 1
        groups = len(tail) == 3 and head.lstrip("0") != "" and (places != 3 or len(separators) > 1)
        whole, fraction = (plain, "") if repeated or groups else (head, tail)
    if len(fraction) > places:
        return None
    return int(re.sub(r"[.,]", "", whole) + fraction.ljust(places, "0"))


def _is_weight(match: Match[str]) -> bool:
    """Whether the pounds are those of `it weighs 5 pounds`."""
    left = match.string[max(0, match.start() - 20) : match.start()]
    return match["c"].lower().startswith("pound") and bool(_WEIGHT.search(left))
