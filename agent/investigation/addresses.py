"""A complete new address in a message, for the six countries most small shops ship to. None when in doubt."""

from __future__ import annotations

import re
from collections.abc import Collection

from agent.reading.answers import in_pieces
from agent.reading.words import fold
from tools.commerce import Address
from tools.helpdesk import Ticket

# Every part is bounded, so that a long hostile text takes time in proportion to its length.
_LONGEST = 4_000
_SPACE = r"[ \t]"
_BREAK = rf"{_SPACE}{{0,4}}(?:,|\n|,\n){_SPACE}{{0,4}}"
_STREET_WORDS = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|terrace|close|crescent|square|"
    "sq|hwy|highway|parkway|pkwy|trail|circle|cir|row|gardens|mews|hill|broadway|quay|wharf|grove|walk|rise"
)
# "send order 1042 to 48 Birch Lane": the house number is the last one before the street.
_NOT_STREET = r"(?:\d+|to|at|for|from|my|is|please)"
_EN_UNIT_WORD = r"(?:(?:apt|apartment|unit|suite|ste|flat|floor|room)\b\.?|\#)"
_EN_UNIT = rf"{_EN_UNIT_WORD}{_SPACE}{{0,2}}[\w-]{{1,8}}"
_EN_LINE = (
    rf"(?:(?P<unit_first>{_EN_UNIT}){_BREAK})?"
    rf"(?P<line>(?<![#\w])\d{{1,6}}[A-Za-z]?{_SPACE}{{1,3}}"
    rf"(?:(?!{_NOT_STREET}\s)\w[\w.'’-]{{0,30}}{_SPACE}{{1,3}}){{0,5}}(?:{_STREET_WORDS})\b\.?(?:{_SPACE}[nsew]{{1,2}}\b)?)"
    rf"(?:(?:{_BREAK}|{_SPACE}{{0,4}})(?P<unit>{_EN_UNIT}))?"
)
_EN_CITY = r"(?P<city>[A-Za-z][A-Za-z .'’-]{1,39}?)"
_REGION = r"(?P<region>[A-Z]{2})"
_GB_ZIP = r"(?P<zip>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b"
_EN_TOWN = rf"{_EN_LINE}{_BREAK}{_EN_CITY}(?:{_BREAK}|{_SPACE})"
_EN_NAME = r"[A-Z][A-Za-z'’-]{1,20}"
_US = re.compile(rf"{_EN_TOWN}{_REGION}\.?,?\s{{1,3}}(?P<zip>\d{{5}}(?:-\d{{4}})?)\b", re.I)
_CA = re.compile(rf"{_EN_TOWN}{_REGION},?\s{{1,3}}(?P<zip>[A-Z]\d[A-Z][ -]?\d[A-Z]\d)\b", re.I)
_GB = re.compile(rf"{_EN_TOWN}{_GB_ZIP}", re.I)
_GB_ZIP_FIRST = re.compile(
    rf"{_EN_LINE}{_BREAK}{_GB_ZIP}{_SPACE}{{1,3}}(?P<city>{_EN_NAME}(?: {_EN_NAME}){{0,2}})", re.I
)
# "die neue Adresse Ulmenweg 3": the word before the street says what follows and is no part of it.
_DE_LABEL = (
    r"(?:(?:Liefer|Rechnungs|Heimat|Post|Versand)?(?:[Aa]dresse|[Aa]nschrift)|Wohnort|(?:Kunden)?(?:[Kk]onto|[Pp]rofil)|Account"
    r"|Bestellung|Haus|Wohnung|Büro|Firma|Arbeit|Paket|Päckchen|Mutter|Vater|Eltern|Oma|Opa|Schwester|Bruder|Tante|Onkel"
    r"|Freund(?:in)?|Nachbar(?:n|in)?|Neuerdings|Bitte|Neu)"
)
# Before a name that ends in "straße" stands a word that tells old from new; before "Straße" alone its name.
_DE_BEFORE = (
    r"(?:Alte|Neue|Gro(?:ß|ss)e|Kleine|Obere|Untere|Vordere|Hintere|Lange|Kurze|Hohe|Breite|Innere|Äu(?:ß|ss)ere)r?"
)
_DE_WORD = rf"(?!{_DE_LABEL}\b)[A-ZÄÖÜ][\wäöüß.-]{{0,30}}"
_DE_PLACE = r"(?:Am|An der|An den|Im|In der|In den|Auf der|Auf dem|Unter den|Zum|Zur|Hinter|Alter|Alte|Neuer|Neue)"
_DE_STREET = "stra(?:ß|ss)e|str\\.|weg|platz|allee|gasse|ring|damm|ufer"
_DE_UNIT = r"(?:Wohnung|Whg\.?|Apartment|App\.|Hinterhaus|\d{1,2}\. ?(?:OG|Stock|Etage)|EG|c/o)[^,\n]{0,30}"
_DE = re.compile(
    rf"(?P<line>(?:(?:{_DE_BEFORE}{_SPACE}{{1,2}})?[A-ZÄÖÜ]?[\wäöüß-]{{1,40}}(?i:{_DE_STREET})"
    rf"|(?:{_DE_WORD}{_SPACE}{{1,2}}){{1,2}}(?i:{_DE_STREET})"
    rf"|{_DE_PLACE}{_SPACE}{_DE_WORD}(?:{_SPACE}{_DE_WORD})?){_SPACE}{{0,3}}\d{{1,4}}{_SPACE}?[a-z]?)\b"
    rf"(?:{_BREAK}(?P<unit>{_DE_UNIT}))?{_BREAK}(?:D-)?(?P<zip>\d{{5}}){_SPACE}{{1,3}}"
    rf"(?P<city>[A-ZÄÖÜ][\wäöüß-]{{1,30}}(?:{_SPACE}(?:an|am|im|ob|a\.|[A-ZÄÖÜ(])[\wäöüß.)-]{{0,20}}){{0,3}})",
)
_FR_STREET = "rue|avenue|av\\.|boulevard|bd|place|chemin|impasse|all[eé]es?|quai|cours|route|square|passage|faubourg"
_FR_UNIT = (
    r"(?:\d{1,2}(?:er|e|ème|eme)? [ée]tage|appt?\.?|appartement|b[âa]t(?:iment|\.)?|esc(?:alier|\.)|porte"
    r"|r[ée]sidence)[^,\n]{0,30}"
)
_FR_NAME = r"[A-ZÉÈ][\w'’éèêàâîôûçë-]{0,30}"
_FR = re.compile(
    rf"(?P<line>\d{{1,4}}\s{{0,2}}(?:bis|ter)?,?\s{{0,2}}(?:{_FR_STREET}){_SPACE}{{1,3}}[\w'’ .éèêàâîôûçëï-]{{2,50}}?)"
    rf"(?:{_BREAK}(?P<unit>{_FR_UNIT}))?{_BREAK}(?P<zip>\d{{5}}){_SPACE}{{1,3}}"
    rf"(?P<city>{_FR_NAME}(?:[ -]{_FR_NAME}){{0,4}})",
    re.I,
)
_ES_STREET = r"calle|c/|avenida|avda\.?|av\.|plaza|pza\.?|paseo|camino|ronda|gran v[ií]a|rambla|traves[ií]a|carretera"
_ES_UNIT = r"(?:\d{1,2}[ºª°o]|piso|puerta|esc\.?|escalera|bajo|[aá]tico|portal)[^,\n]{0,20}"
_ES_NAME = r"[A-ZÁÉÍÓÚÑ][\wáéíóúñü'-]{1,30}"
_ES = re.compile(
    rf"(?P<line>(?:{_ES_STREET}){_SPACE}{{0,3}}[\wáéíóúñü' .-]{{0,50}}?,?{_SPACE}{{0,3}}(?:n[ºo°]\.?\s?)?"
    r"\d{1,4})(?!\w)"
    rf"(?:(?:{_BREAK}|{_SPACE})(?P<unit>{_ES_UNIT}))?{_BREAK}(?P<zip>\d{{5}}){_SPACE}{{1,3}}"
    rf"(?P<city>{_ES_NAME}(?: (?:de|del|la|las|los|el|{_ES_NAME})){{0,4}})",
    re.I,
)
_HAS_POSTAL_CODE = re.compile(r"\b(?:\d{5}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.I)
_BY_COUNTRY = (("US", _US), ("CA", _CA), ("GB", _GB), ("GB", _GB_ZIP_FIRST), ("FR", _FR), ("ES", _ES), ("DE", _DE))
_STREET_IN_FRONT = re.compile(rf"{_EN_LINE}|\d{{1,4}},?\s(?:bis |ter )?(?:{_FR_STREET})\b", re.I)
# A sentence that goes on after the city is not part of it.
_CITY_END = re.compile(
    r"\s+(?:please|thanks|thank|danke|bitte|gracias|por|merci|svp|instead|statt|and|und|et|y|is|ist|est|es|before|not|"
    r"or|the|it|my|i|because|for|to|as|asap|wegen|weil|porque|car|avant|antes|vor|pour)\b.*",
    re.I | re.S,
)


def find_address(text: str, name: str = "", known: Collection[str] = ()) -> Address | None:
    """The one complete new address in `text`: street with number, city, postal code. None when it is not certain.

    Args:
        text: What the customer wrote.
        name: Whose address it is.
        known: Addresses on record, each on one line. Of several in the text these are not the new one.
    """
    found = _addresses(text[:_LONGEST], name) if _HAS_POSTAL_CODE.search(text[:_LONGEST]) else []
    fresh = [address for address in found if len(found) == 1 or not any(_is(address, line) for line in known)]
    return fresh[0] if len(fresh) == 1 else None


def address_in(ticket: Ticket, name: str = "", known: Collection[str] = ()) -> Address | None:
    """The one complete new address of the newest message, else of the messages that it goes on with."""
    text = f"{ticket.subject}\n{ticket.latest.text}"
    return find_address(text, name, known) or find_address(in_pieces(ticket), name, known)


def _addresses(text: str, name: str) -> list[Address]:
    hits = ((country, hit) for country, shape in _BY_COUNTRY for hit in shape.finditer(text))
    found = [_address(hit, country, name) for country, hit in hits]
    return list({fold(address.one_line()): address for address in found}.values())


def _is(address: Address, line: str) -> bool:
    return fold(address.line1) in fold(line) and fold(address.postal_code) in fold(line)


def without_streets(text: str) -> str:
    """The text without house numbers and their streets: 2145 Elm Street is no order number."""
    return _STREET_IN_FRONT.sub(" ", text[:_LONGEST])


def _address(match: re.Match[str], country: str, name: str) -> Address:
    parts = match.groupdict()
    unit = parts.get("unit") or parts.get("unit_first") or ""
    return Address(
        name=name,
        line1=" ".join(parts["line"].split()).rstrip(","),
        line2=" ".join(unit.split()),
        city=_CITY_END.sub("", " ".join(parts["city"].split())).rstrip(".,"),
        region=(parts.get("region") or "").upper(),
        postal_code=parts["zip"].upper(),
        country=country,
    )
