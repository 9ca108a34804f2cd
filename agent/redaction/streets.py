"""English street addresses by pattern: house number, name, street word, flat, town, state, postal code."""

import re
from collections.abc import Iterator
from functools import cache
from re import Match

from agent.redaction.context import near
from agent.redaction.lexicon import words
from agent.redaction.patterns import Lazy, either
from agent.redaction.spans import PiiType, Rule, Span, found_by

CAP = r"(?:(?:St|Mt|Ft|Sta|Ste)\.|[A-ZÀ-ÖØ-Þ](?:[\w'-]|\.(?=\w)){0,30})"
GAP = r"(?:\s?,\s{0,2}|\s?\n\s?| - |\s)"
CITY = (
    rf"{CAP}(?:[ -](?:{CAP}|am|an der|im|sur|sous|de|la|del|upon|on|the|les|lès|en"
    rf"|aan den?|aan|op|d[ao]s?|di)){{0,4}}"
)
STATE = either(
    """
    AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK
    OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY AB BC MB NB NL NS ON PE QC SK NSW VIC QLD TAS
    """
)
STATE_NAME = either(
    r"""
    Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho Illinois
    Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri
    Montana Nebraska Nevada New\s(?:Hampshire|Jersey|Mexico|York) (?:North|South)\s(?:Carolina|Dakota) Ohio
    Oklahoma Oregon Pennsylvania Rhode\sIsland Tennessee Texas Utah Vermont Virginia Washington West\sVirginia
    Wisconsin Wyoming
    """
)
_UK_AREA = (
    r"(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE"
    r"|K[ATWY]|L[ADELNSU]?"
    r"|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)"
)
UK_POST = rf"{_UK_AREA}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
CA_POST = r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d"
US_POST = r"\d{5}(?:-\d{4})?"
IE_POST = r"(?:[AC-FHKNPRTV-Y]\d\d|D6W) ?[0-9AC-FHKNPRTV-Y]{4}"
# State and postcode of Australia: the first digit of the code is that of the state.
AU_POST = (
    r"(?:(?:NSW|New\sSouth\sWales|ACT)\b,?\s[12]\d{3}|(?:VIC|Vic|Victoria)\b,?\s[38]\d{3}"
    r"|(?:QLD|Qld|Queensland)\b,?\s[49]\d{3}|(?:SA|South\sAustralia)\b,?\s5\d{3}"
    r"|(?:WA|Western\sAustralia)\b,?\s6\d{3}|(?:TAS|Tas|Tasmania)\b,?\s7\d{3}"
    r"|(?:NT|Northern\sTerritory|ACT)\b,?\s0\d{3})(?![\w-])"
)
COUNTRY = (
    r"(?:USA|U\.S\.A\.|US|United States|UK|United Kingdom|England|Scotland|Wales|Canada|Germany"
    r"|Deutschland|France|Spain|España"
    r"|Austria|Österreich|Switzerland|Schweiz|Suisse|Ireland|Australia|Mexico|México)\b"
)
_UNIT = (
    r"(?:(?:,? ?|\s?\n)(?:#|(?i:apt|apartment|unit|suite|ste|flat|floor|fl|room|rm|building|bldg|lot)\b\.? ?#?)"
    r" ?(?:[A-Z]?-?\d{1,5}[A-Z]?|[A-Z])\b(?: floor)?)"
)
TAIL_US = (
    rf"(?:(?:{GAP}{CITY})?{GAP}(?:{STATE}|{STATE_NAME})\b\.?(?:{GAP}(?:{US_POST}|{CA_POST})\b)?(?:{GAP}{COUNTRY})?)"
)
TAIL_AU = rf"(?:(?:{GAP}{CITY})?{GAP}{AU_POST}(?:{GAP}{COUNTRY})?)"
_TAIL_POST = (
    rf"(?:(?:\s?[,\n]\s?{CITY}(?: \d{{1,2}}\b)?){{0,3}}{GAP}(?:{UK_POST}|{CA_POST}|{IE_POST}|{US_POST})\b"
    rf"(?:{GAP}{COUNTRY})?)"
)
TAIL_TOWN = rf"(?:(?:, {CITY}){{1,2}}(?=[.;!?\n]|$))"
_TAIL = rf"(?:{TAIL_AU}|{TAIL_US}|{_TAIL_POST}|(?:,\s?{CITY}){{1,2}}\s\d{{4}}(?![\w.,-])|{TAIL_TOWN})"
_HOUSE = r"(?<![\w.,/#$€£-])(?<!\d )\d{1,6}(?:[A-Za-z]|[-/]\d{1,4}| 1/2)?"
_FLAT = r"(?:\b(?i:flat|apt|apartment|unit|suite|floor|level|shop|room)\.? \w{1,4}(?:,? |/| - ))"
_SIDE = r"(?:[NSEW]{1,2}\b\.?|North|South|East|West)"
_SIDE_OR = rf"(?:{_SIDE}|Lower|Upper)"
_SIDE_ANY = r"(?:[nsew]{1,2}\b\.?|north|south|east|west)"

_POSTED = Lazy(r"\d{5}|\d[A-Z]{2}")
_ZIP_AT_END = Lazy(rf"\D{US_POST}(?:{GAP}{COUNTRY})?$")
_POSTED_SMALL = Lazy(r"\d[A-Z]{2}", re.I)
_POSTED_LINE = Lazy(rf"\n[ ]{{0,3}}(?:{UK_POST}|{IE_POST})")
_MILITARY = Lazy(
    r"(?<![\w-])(?:(?:PSC|CMR|Unit|USS|USNS|USCGC|USNV|HHC) [\w ]{1,24}(?:, ?Box \d{1,6})?\s?[,\n] ?)?"
    r"(?:APO|FPO|DPO),? A[AEP],? \d{5}(?:-\d{4})?\b"
)
_AFTER_AU = Lazy(r"[A-Za-z],?\s\d{4}")
_AFTER_STATE, _AFTER_STATE_NAME = Lazy(r"[A-Z]{2},? \d{5}"), Lazy(r"[a-z],? \d{5}")
_COUNTED = Lazy(
    r"\b(?:orders?|items?|skus?|sizes?|no|nr|ref|qty|model|style|pedido|commande|bestellung)\W{0,3}$|#$", re.I
)
_LOCATED = Lazy(rf"\b(?:{STATE},? {US_POST}|{UK_POST}|\d{{5}}(?:-\d{{4}})?)\b|, {STATE}$")
_ADDRESS_WORD = Lazy(
    r"address|liv(?:e|ing) (?:at|in|on)|ship(?:ped|ping)? (?:it |them )?to|deliver\w{0,3} (?:it |them )?to|moved? to"
    r"|send (?:it|them) to|located at|reside|house",
    re.I,
)
_SIDED = Lazy(rf"\d{{1,6}} {_SIDE} ")
_NEXT_WORD = Lazy(r" ([a-z]{3,20})")
_PROSE = Lazy(
    r"\b(?:of|in|on|to|for|the|a|an|from|at|days?|weeks?|months?|hours?|minutes?|pairs?|items?|pieces?|x"
    r"|and|or|with|by|my|your|per"
    r"|orders?|boxes|out|left|right|more|other|times?|stars?|sizes?|inch|inches|am|pm|cm|mm|kg|lb|oz"
    r"|people|different|is|are"
    r"|was|were|still|not|euros?|dollars?|usd|eur|gb)\b",
    re.I,
)


def counted(match: Match[str]) -> bool:
    """Does the number at the start count or name something else (`order 12 High Street mugs`)?"""
    return bool(_COUNTED.search(match.string[max(0, match.start() - 16) : match.start()]))


def not_counted(match: Match[str]) -> bool:
    """Does it not: what remains may be an address."""
    return not counted(match)


@cache
def _sure() -> Lazy:
    return Lazy(rf" (?:{'|'.join(sorted(words('roads_sure')))})\b", re.I)


def _is_street(match: Match[str]) -> bool:
    """Capitalised words and a street word, and not `2 New Lake Tees in Forest Green`."""
    if counted(match) or _names_a_product(match):
        return False
    proved = _sure().search(match.group()) or _LOCATED.search(match.group()[3:]) or near(_ADDRESS_WORD, match, 40)
    return bool(proved)


def _is_way(match: Match[str]) -> bool:
    """`301 W Broadway`."""
    return _is_street(match) or (bool(_SIDED.match(match.group())) and not counted(match))


def _is_numbered(match: Match[str]) -> bool:
    """`5900 State Highway 71, Austin TX 78735`, and not `2 Route 66 OR a refund`."""
    return _ZIP_AT_END.search(match.group()) is not None and not counted(match)


def _names_a_product(match: Match[str]) -> bool:
    """`the 100 Main Street tee`."""
    following = _NEXT_WORD.match(match.string, match.end())
    return following is not None and following[1].removesuffix("s") in words("not_surnames")


def _is_lower_street(match: Match[str]) -> bool:
    """`742 evergreen terrace` is a place, `3 days on the road` is not."""
    return not (_PROSE.search(match.group().split(" ", 1)[1]) or counted(match) or _names_a_product(match))


@cache
def _rules() -> tuple[Rule, ...]:
    roads = "|".join(sorted(words("roads"), key=lambda word: (-len(word), word)))
    sure = "|".join(sorted(words("roads_sure"), key=lambda word: (-len(word), word)))
    between = rf"(?:(?:{CAP}|\d{{1,3}}(?:st|nd|rd|th)|of|the|de|la|del|van) ){{1,4}}?"
    street = (
        rf"{_FLAT}{{0,2}}{_HOUSE},? (?:{_SIDE} )?{between}(?i:{roads})\b\.?(?: {_SIDE_OR}(?!\w))?{_UNIT}{{0,2}}{_TAIL}?"
    )
    lower = (
        rf"{_HOUSE} (?:{_SIDE_ANY} )?(?:[a-z][a-z'-]{{1,20}} |\d{{1,3}}(?:st|nd|rd"
        rf"|th) ){{1,3}}?(?:{sure})\b\.?(?: {_SIDE_ANY}(?!\w))?"
        rf"{_UNIT}{{0,2}}(?:,? [a-z]{{3,20}}(?: [a-z]{{3,20}})?,? {STATE},? {US_POST})?"
    )
    named = (
        rf"{_HOUSE},? (?:{_SIDE} )?(?:{CAP} ){{0,3}}{CAP}{_UNIT}{{0,2}},?\s(?:{CITY},? (?:{STATE}"
        rf"|{STATE_NAME}),? {US_POST}|{CITY},? {UK_POST})\b"
    )
    way = (
        rf"{_HOUSE} (?:{_SIDE} )?(?:Broadway|Piccadilly|Strand|[A-Z][a-z]{{2,12}}(?:way"
        rf"|gate))\b{_UNIT}{{0,2}}{_TAIL}?"
    )
    numbered = (
        rf"{_HOUSE} (?:{_SIDE} )?(?:(?:{CAP}|U\.S\.) ){{0,3}}"
        rf"(?:Farm to Market(?: Road)?|Highway|Hwy\.?|Road|Rd\.?|Route|Rte\.?|FM|CR|SR|I)"
        rf" \d{{1,4}}[A-Z]?\b{_UNIT}{{0,2}}{TAIL_US}"
    )
    small_uk = (
        rf"{_HOUSE},? (?P<name>(?:[a-z][a-z'-]{{1,20}} ){{1,3}}?)(?:{roads})\b(?:,? [a-z][a-z'-]{{2,20}}){{0,4}},? "
        rf"{UK_POST}\b"
    )
    estate = rf"(?<![\w-])(?:The )?{CAP}(?: {CAP}){{0,3}}(?:\s?[,\n]\s?{CITY}){{1,4}}{GAP}{UK_POST}\b"
    token = rf"(?:[A-Z][\w'/-]{{0,30}}|\d{{1,4}}[A-Za-z]?|of|the|on|upon|le|under|(?i:{roads}))"
    line = rf"[ ]{{0,3}}{token}(?: {token}){{0,4}},?[ ]{{0,3}}\n"
    envelope = rf"(?<![^\n ])(?:{line}){{2,4}}[ ]{{0,3}}(?:{UK_POST}|{IE_POST})\b"
    return (
        Rule(PiiType.ADDRESS, Lazy(street), _is_street, digits=1, words="roads"),
        Rule(PiiType.ADDRESS, Lazy(lower, re.I), _is_lower_street, digits=1, words="roads_sure"),
        Rule(PiiType.ADDRESS, Lazy(named), not_counted, first=_POSTED),
        Rule(PiiType.ADDRESS, Lazy(way), _is_way, digits=1, hints="way gate piccadilly strand"),
        Rule(PiiType.ADDRESS, Lazy(numbered), _is_numbered, digits=5, first=_POSTED),
        Rule(
            PiiType.ADDRESS,
            Lazy(small_uk, re.I),
            lambda match: not (counted(match) or _PROSE.search(match["name"])),
            digits=1,
            words="roads",
            first=_POSTED_SMALL,
        ),
        Rule(PiiType.ADDRESS, Lazy(estate), first=_POSTED),
        Rule(PiiType.ADDRESS, Lazy(envelope), first=_POSTED_LINE),
        Rule(PiiType.ADDRESS, _MILITARY, hints="apo fpo dpo"),
        Rule(PiiType.ADDRESS, Lazy(rf"(?<![\w-])(?:{CAP} ){{0,2}}{CAP},? {AU_POST}"), digits=4, first=_AFTER_AU),
        Rule(
            PiiType.ADDRESS,
            Lazy(rf"(?<![\w-])(?:{CAP} ){{0,2}}{CAP},? {STATE},? {US_POST}(?![\w-])"),
            digits=5,
            first=_AFTER_STATE,
        ),
        Rule(
            PiiType.ADDRESS,
            Lazy(rf"(?<![\w-])(?:{CAP} ){{0,2}}{CAP}, {STATE_NAME},? {US_POST}(?![\w-])"),
            digits=5,
            first=_AFTER_STATE_NAME,
        ),
    )


def find(text: str) -> Iterator[Span]:
    """Yield English street addresses and towns with state and ZIP."""
    return found_by(_rules(), text)
