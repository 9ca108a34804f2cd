"""German, French and Spanish street addresses, PO boxes and postal codes by pattern."""

import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import before, is_reference, near
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by
from agent.redaction.streets import (
    CA_POST,
    CAP,
    CITY,
    COUNTRY,
    GAP,
    STATE,
    TAIL_AU,
    TAIL_TOWN,
    TAIL_US,
    UK_POST,
    US_POST,
    counted,
    not_counted,
)

_DE_UNIT = (
    r"(?:,? ?\n? ?(?:(?i:hinterhaus|vorderhaus|gartenhaus|seitenflügel|erdgeschoss|dachgeschoss"
    r"|\d\. ?(?:og|ug|stock|etage|obergeschoss)(?: (?:links|rechts|mitte))?"
    r"|(?:whg|wohnung|aufgang|haus|apartment)\.? \w{1,4})|[HVED][HG])\b)"
)
_DE_TAIL = (
    rf"(?:{_DE_UNIT}{{0,2}}(?:{GAP}|,? in (?=\d{{5}} ))(?:D-|A-|CH-|DE-|AT-)?\d{{4,5}} {CITY}(?:{GAP}{COUNTRY})?)"
)
_DE_NUMBER = (
    r"\d{1,4}(?: ?[a-z]\b)?(?: ?[-/+] ?\d{1,4}[a-z]?)?(?![\w.]|,\d| ?(?:km|m|min|Minuten|Stunden|Tage"
    r"|St[üu]ck|Uhr|€|Euro|%))"
)
_DE_SURE = Lazy(r"(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|chaussee) \d|(?<!gi)str\.\d", re.I)
_DE_WORD = Lazy(r"adresse|wohn|liefer|send|schick|anschrift|umgezogen", re.I)
_DE = Lazy(
    rf"(?<![\w-])(?:(?:{CAP}[ -]){{0,3}}[A-ZÄÖÜ][\wäöüß-]{{0,40}}(?:stra(?:ß|ss)e|str\.|weg|platz|allee"
    r"|gasse|ring|damm|ufer|chaussee|steig|graben|markt|hof|stieg|pfad|zeile|promenade|br[üu]cke|anger"
    r"|berg|feld|wall|kamp)"
    rf"|(?:{CAP}[ -]){{1,3}}(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|Graben"
    rf"|Markt|Hof)|(?:Stra(?:ß|ss)e|Str\.|Platz|Allee|Weg|Ufer|Brücke) (?:des|der|am|an der) (?:\d{{1,2}}\. )?{CAP}"
    rf"(?:[ -]{CAP}){{0,2}})(?: |(?<=str\.)){_DE_NUMBER}(?P<tail>{_DE_TAIL}|{TAIL_TOWN})?"
)
_DE_FIELD = Lazy(
    r"(?<![\w-])(?:Am|An der|An den|Auf dem|Auf der|Im|In der|In den|Unter den|Unter der|Zum|Zur"
    rf"|Hinter de[rnm]|Vor de[rnm]|Bei de[rnm]|Über de[rn]|Auf den|Beim)"
    rf" {CAP}(?:[ -]{CAP}){{0,2}} {_DE_NUMBER}{_DE_TAIL}"
)
_FR_SMALL = r"(?:de la|de l'|du|des|de|d'|la|le|les|l'|à|aux|au|et|en|sur)"
_FR_UNIT = (
    r"(?:,? ?(?i:b[âa]t(?:iment)?|appt?|appartement|esc(?:alier)?|[ée]tage|porte|r[ée]sidence|hall)\b\.? ?"
    r"(?:\d{1,4}[A-Z]?|[A-Z])\b)"
)
_FR = Lazy(
    rf"(?<![\w-])\d{{1,4}}(?: ?(?:bis|ter|quater|[a-dA-D])\b)?,? (?i:rue|avenue|av\.|boulevard|boul\.|bd|blvd"
    r"|place|chemin|impasse|all[ée]e|quai|cours|route"
    r"|square|passage|sentier|faubourg|voie|mont[ée]e|villa|cit[ée]"
    rf"|r[ée]sidence)(?: ?{_FR_SMALL}(?=[ A-ZÀ-Þ])| {CAP}| ?(?<=')[\wÀ-ÿ-]{{2,30}}"
    rf"| \d{{1,2}}(?= [A-Zé])){{1,7}}{_FR_UNIT}{{0,3}}"
    rf"(?:{GAP}{CITY}(?:,? QC| ?\((?:QC|Qu[ée]bec)\))?,? {CA_POST}\b"
    rf"|{GAP}(?:F-)?\d{{5}} {CITY}(?: (?i:cedex)(?: \d{{1,2}})?)?(?:{GAP}{COUNTRY})?|{TAIL_TOWN})?"
)
_ES_FLOOR = (
    r"(?:,? ?(?:\d{1,2} ?[ºª°](?: ?[A-Za-z]\b)?|(?i:piso|puerta|esc\.?|bajo|izq\.?|dcha\.?|planta|portal"
    r"|int(?:erior|\.)|apt\.?|depto\.?|dpto\.?|oficina"
    r"|[áa]tico|entresuelo|local)\b\.?(?: \d{1,3} ?[ºª]?)?(?: [A-Z]\b)?))"
)
_ES = Lazy(
    r"(?<![\w-])(?i:calle|c/|c\.|avda\.?|avenida|av\.|plaza|pza\.?|paseo|p[ºo]\.|camino|carrer|ronda"
    r"|traves[ií]a|carretera|callej[óo]n|glorieta|rambla|v[ií]a|pol[ií]gono|pol\.) ?"
    rf"(?:(?:de la|de los|de las|del|de|la|el|los|las|{CAP}"
    rf"|\d{{1,2}} de)[ ]){{0,6}}{CAP},? ?(?:(?i:n[úu]m\.?|n[º°o]\.?|#) ?)?(?:\d{{1,4}}[A-Za-z]?"
    r"|s/n|(?i:km\.?|nave|parcela) ?\d{1,3})(?![\w.ºª°]|,\d)"
    rf"{_ES_FLOOR}{{0,3}}(?:(?:{GAP}(?:Col(?:onia|\.)|Fracc\.|Barrio|Urb\.) {CITY})?{GAP}(?:CP "
    rf"|C\.P\. )?\d{{5}},? {CITY}(?:\s?\([\w ]{{2,30}}\))?"
    rf"(?:{GAP}{COUNTRY})?|{GAP}{CITY},? \d{{5}}\b|{TAIL_TOWN})?"
)
_FR_BARE = Lazy(
    r"(?<![\w-])(?i:rue|avenue|boulevard|chemin|place|impasse|all[ée]e|quai|route|lieu-dit)"
    rf"(?: {_FR_SMALL}(?=[ A-ZÀ-Þ])| ?(?<=')[\wÀ-ÿ-]{{2,30}}| {CAP}){{1,6}}{GAP}(?:F-)?\d{{5}} {CITY}"
)
_DE_SMALL = Lazy(
    r"(?<![\w-])[a-zäöüß][a-zäöüß-]{1,30} ?(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm"
    r"|ufer) \d{1,4} ?[a-z]?"
    r",? (?:d-)?\d{5} [a-zäöüß]{3,30}",
    re.I,
)
_BOX = Lazy(
    r"(?<!\w)(?:(?i:P\.? ?O\.? ?Box|Post Office Box|Packstation|Postfach|Apartado(?: de correos| postal)?"
    r"|Casilla(?: de correo)?|Bo[iî]te postale|Locked Bag)|(?:BP|B\.P\.)(?= \d{1,5},? ?\n?\d{5} ))"
    rf" (?:n[º°o]\.? )?#?(?:\d{{2,3}} \d\d \d\d|\d{{2}} \d{{2}}(?: \d\d)?|\d{{1,7}})(?!\w)(?:{TAIL_AU}|{TAIL_US}"
    rf"|{_DE_TAIL}|, {CAP}(?: {CAP})? \d{{4,5}}\b)?"
)
_RURAL_BOX = Lazy(
    r"(?<![\w-])(?i:RR|R\.R\.|HC|HCR|Rural Route|Highway Contract) ?#?\d{1,3},? (?i:Box) \d{1,5}[A-Z]?\b"
    rf"(?:{TAIL_US})?"
)
_STATE_ZIP = Lazy(rf"(?<![\w-]){STATE},? (?P<v>{US_POST})(?![\w-])(?![.,]\d)")
_ABROAD = Lazy(rf"(?<![\w-])(?P<v>{UK_POST}|{CA_POST})(?![\w-])")
_DE_CITY = Lazy(rf"(?<![\w-])(?:D-|DE-|A-|CH-|F-)\d{{4,5}} {CITY}")
_POST_WORD = (
    r"(?:zip(?: ?code)?|post(?:al)? ?code|postcode|plz|postleitzahl|code postal|c[óo]digo postal"
    r"|c\.?p\.?)(?: is| to| ist| es| est|[ :=]){0,2}[ ]?"
)
_WORDED = Lazy(rf"\b{_POST_WORD}(?P<v>\d{{4,5}}(?:-\d{{4}})?|{UK_POST}|{CA_POST})(?![\w-])(?![.,]\d)", re.I)


_BY = Lazy(r"via (?:[A-Z]{2,4}|[A-Z]\w*(?:[Mm]ail|[Pp]al|Ex|Ex\w*))\b")  # `sent via GLS 3 days ago`


def _is_german(match: Match[str]) -> bool:
    """`Gartenweg 3`, and `Kaiserring 3` with its town; not `Spring 24`."""
    proved = _DE_SURE.search(match.group()) or match["tail"] or near(_DE_WORD, match, 40)
    return bool(proved) and not counted(match)


def _has_capital(match: Match[str]) -> bool:
    if _BY.match(match.group()):
        return False
    return bool(re.search(r"[A-ZÀ-ÖØ-Þ]", match.group()[3:])) and not counted(match)


def _is_foreign_code(match: Match[str]) -> bool:
    return " " in match["v"] and not is_reference(match)


_RULES = (
    Rule(
        PiiType.ADDRESS,
        _DE,
        _is_german,
        hints="stra str. weg platz allee gasse ring damm ufer chaussee steig graben markt hof stieg pfad zeile "
        "promenade brück bruck anger berg feld wall kamp",
        digits=1,
    ),
    Rule(
        PiiType.ADDRESS,
        _FR_BARE,
        hints="rue avenue boulevard chemin place impasse allee allée quai route lieu-dit",
        digits=5,
    ),
    Rule(
        PiiType.ADDRESS,
        _DE_SMALL,
        not_counted,
        hints="stra str weg platz allee gasse ring damm ufer",
        digits=5,
    ),
    Rule(
        PiiType.ADDRESS, _DE_FIELD, digits=4, first=Lazy(r"(?:A[mnu]|I[mn]|U|Z|H|V|B)[a-z]{0,5} (?:de[mnr] )?[A-ZÀ-Þ]")
    ),
    Rule(
        PiiType.ADDRESS,
        _FR,
        _has_capital,
        hints="rue avenue av. boul bd blvd place chemin impasse allee allée quai cours route square passage "
        "sentier faubourg voie montée montee villa cité cite résidence residence",
        digits=1,
    ),
    Rule(
        PiiType.ADDRESS,
        _ES,
        _has_capital,
        hints="calle c/ c. avda avenida av. plaza pza paseo pº. po. camino carrer ronda traves carretera callej "
        "glorieta rambla via vía pol",
    ),
    Rule(PiiType.ADDRESS, _BOX, hints="box packstation postfach apartado casilla postale _bag bp b.p.", digits=1),
    Rule(PiiType.ADDRESS, _RURAL_BOX, hints="box", digits=2),
    Rule(PiiType.ADDRESS, _DE_CITY, digits=4, first=Lazy(r"[DAEHF]-\d{4}")),
    Rule(PiiType.POSTAL_CODE, _STATE_ZIP, digits=5),
    Rule(PiiType.POSTAL_CODE, _ABROAD, _is_foreign_code, first=Lazy(r"\d[A-Z]")),
    Rule(
        PiiType.POSTAL_CODE,
        _WORDED,
        lambda m: not re.search(r"promo|coupon", before(m, 12), re.I),
        hints="zip post plz cp c.p",
        digits=1,
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield street addresses, PO boxes and postal codes."""
    return found_by(_RULES, text)
