"""A complete new address in a message, for the six countries most small shops ship to. None when in doubt."""

from __future__ import annotations

import re

from tools.commerce import Address

_STREET_WORDS = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|terrace|close|crescent|square|"
    "sq|hwy|highway|parkway|pkwy|trail|circle|cir|row|gardens|mews|hill"
)
# "send order 1042 to 48 Birch Lane": the house number is the last one before the street.
_NOT_STREET = r"(?:\d+|to|at|for|from|my|is|please)"
_STREET_EN = (
    rf"(?<![#\w])\d{{1,6}}[A-Za-z]?\s+(?:(?!{_NOT_STREET}\s)[A-Z0-9][\w.'’-]*\s+){{0,5}}(?:{_STREET_WORDS})\b\.?"
    r"(?:\s*,?\s*(?:apt|apartment|unit|suite|ste|flat|\#)\.?\s*\w+)?"
)
_CITY_EN = r"[,\n]\s*(?P<city>[A-Za-z .'’-]{2,40}?),?\s+"
_REGION = r"(?P<region>[A-Z]{2})\s+"
_US = re.compile(rf"(?P<line>{_STREET_EN}){_CITY_EN}{_REGION}(?P<zip>\d{{5}}(?:-\d{{4}})?)\b", re.I)
_CA = re.compile(rf"(?P<line>{_STREET_EN}){_CITY_EN}{_REGION}(?P<zip>[A-Z]\d[A-Z] ?\d[A-Z]\d)\b", re.I)
_GB = re.compile(rf"(?P<line>{_STREET_EN}){_CITY_EN}(?P<zip>[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}})\b", re.I)
_DE = re.compile(
    r"(?P<line>(?:[A-ZÄÖÜ][\wäöüß.-]*\s+){0,3}[A-ZÄÖÜ]?[\wäöüß-]*"
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer)\s*\d{1,4}\s?[a-z]?)"
    r"[,\n]\s*(?P<zip>\d{5})\s+(?P<city>[A-ZÄÖÜ][\wäöüß -]{1,40}\w)",
    re.I,
)
_FR = re.compile(
    r"(?P<line>\d{1,4}\s*(?:bis|ter)?,?\s*(?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|all[eé]e|quai|cours|route)"
    r"\s+[\w'’ .éèêàâîôûçë-]{2,50}?)[,\n]\s*(?P<zip>\d{5})\s+"
    r"(?P<city>[A-ZÉÈ][\w'’éèêàâîôûçë-]*(?:[ -][A-Z][\w'’éèêàâîôûçë-]*)*)",
    re.I,
)
_ES = re.compile(
    r"(?P<line>(?:calle|c/|avenida|avda\.?|plaza|pza\.?|paseo|camino|ronda)\s+[\wáéíóúñü' .-]{2,50}?,?\s*\d{1,4}"
    r"(?:,?\s*\d{1,2}[ºª°]?\s*\w{0,3})?)[,\n]\s*(?P<zip>\d{5})\s+(?P<city>[A-ZÁÉÍÓÚÑ][\wáéíóúñü' -]{1,40}\w)",
    re.I,
)
_BY_COUNTRY = (("US", _US), ("CA", _CA), ("GB", _GB), ("FR", _FR), ("ES", _ES), ("DE", _DE))
_LONGEST = 4_000
# A sentence that goes on after the city is not part of it.
_CITY_END = re.compile(
    r"\s+(?:please|thanks|thank|danke|bitte|gracias|por|merci|svp|instead|statt|and|und|et|y|is|ist|est|es)\b.*",
    re.I | re.S,
)


def find_address(text: str, name: str = "") -> Address | None:
    """The one complete address in `text`: street with number, city, postal code. None when there is none or several."""
    found = [
        _address(match, country, name) for country, shape in _BY_COUNTRY for match in shape.finditer(text[:_LONGEST])
    ]
    distinct = {address.one_line(): address for address in found}
    return next(iter(distinct.values())) if len(distinct) == 1 else None


def _address(match: re.Match[str], country: str, name: str) -> Address:
    parts = match.groupdict()
    city = _CITY_END.sub("", " ".join(parts["city"].split()))
    return Address(
        name=name,
        line1=" ".join(parts["line"].split()).rstrip(","),
        city=city,
        region=(parts.get("region") or "").upper(),
        postal_code=parts["zip"].upper(),
        country=country,
    )
