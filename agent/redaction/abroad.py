"""Street addresses of the Netherlands, Belgium, Portugal, Brazil, Italy, Poland and the north, by pattern."""

import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import is_reference, near
from agent.redaction.patterns import Lazy, either
from agent.redaction.spans import PiiType, Rule, Span, found_by
from agent.redaction.streets import CAP, CITY, GAP, IE_POST, TAIL_TOWN, counted, not_counted

NL_POST = r"[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?![\w-])"
BR_POST = r"\d{5}-\d{3}"
PT_POST = r"\d{4}-\d{3}"
PL_POST = r"\d{2}-\d{3}"

_SMALL = (
    r"(?:van|den?|der|het|ten?|ter|op|aan|in|naar|'s|'t|du|des|la|les?|di|d[ae]l|della|delle|dello|dei|degli|da|das"
    r"|dos?|e|i|von|vom|zum|zur|am|im|på|ved)"
)
_WORDS = rf"(?<![\w.-])(?:'[st]-?)?{CAP}(?:[ -](?:{CAP}|{_SMALL})){{0,5}}"
_NUMBER = (
    r"\d{1,4}(?: ?[a-zA-Z]\b)?(?: ?[-/] ?\w{1,4}\b)?(?: (?:bis|ter|hs|huis|[IVX]{1,4}|\d{1,3})\b)?"
    r"(?:,? (?i:bus|bte|bo[iî]te|bt) ?\w{1,4}\b)?"
)
_CUE = Lazy(
    r"ad+res|\bwo(?:on|nen)\b|verhuis|bezorg|lever|st(?:uur|uren)\b|endere[çc]o|morada|entreg|envi|\bmor[oa]\b|\bmud"
    r"|mandar|indirizzo|spedi|consegn|abit[oi]|skicka|sänd|bor på|bor i|wys[łl]|dostaw|mieszka|osoite|l[äa]het"
    r"|ship|deliver|send|liv(?:e|ing)\b|mov(?:e|ing)|livr|domicil|habit|d[ée]m[ée]nag|liefer|wohn|schick|anschrift"
    r"|umgezogen|direcci[óo]n|vivo en",
    re.I,
)
_STREET_WORD = Lazy(
    r"\b(?:rue|avenue|av|chauss[ée]e|boulevard|bd|place|quai|dr[èe]ve|clos|all[ée]e|chemin|impasse|route|ruelle|sentier|square|via|viale|corso|piazza"
    r"|piazzale|largo|vicolo|strada|contrada|rua|avenida|alameda|travessa|pra[çc]a|calle|plaza|paseo)\b"
    r"|(?:straat|laan|plein|gracht|kade|singel|dijk|steeg|weg|dreef|burgwal|gatan|gata|v[äa]g(?:en)?|gade|vej|gaten?"
    r"|vei(?:en)?|katu|tie|stra(?:ß|ss)e|str\.|platz|gasse)\b",
    re.I,
)
_NOT_A_TOWN = Lazy(
    r"\d (?:Artikel|St[üu]ck|Watt|Euro|Gramm|Grams?|Seiten|Teile|Points?|Items?|Pieces|Pcs|Uhr|Volt|Liter)\b"
)

_DUTCH = Lazy(rf"{_WORDS},? {_NUMBER}{GAP}(?:NL-)?{NL_POST}(?: {CITY})?")
_DUTCH_SMALL = Lazy(
    rf"(?<![\w-])[a-zà-ÿ-]{{2,30}}(?:straat|laan|plein|gracht|kade|singel|dijk|steeg|weg|hof|pad) {_NUMBER}"
    rf"(?:,? {NL_POST}(?: [a-z]{{3,20}}(?= ?[,.!?\n]| *$))?|,? [1-9]\d{{3}} [a-z]{{3,20}})",
    re.I,
)
_SUFFIX = (
    r"(?:straat|laan|plein|gracht|kade|singel|dijk|steeg|burgwal|plantsoen|dreef|gatan|gata|v[äa]gen|väg|gränd"
    r"|gaten|gate|veien|vei|vej|gade|stræde|plads|torget|katu|tie)"
)
_POSTED = rf"{GAP}(?:(?:NL|B|S|N|DK|FI)-)?(?:{NL_POST}|\d{{3}} \d\d|\d{{5}}|[01]?[1-9]\d{{2,3}}) {CITY}"
_SUFFIXED = Lazy(
    rf"(?<![\w-])(?:(?:{CAP}[ -]){{0,3}}[A-ZÀ-ÖØ-Þ][\w-]{{1,30}}{_SUFFIX}|(?:{CAP}[ -]){{1,3}}{_SUFFIX})"
    rf" {_NUMBER}(?![\w.]|,\d)(?:(?P<tail>{_POSTED})|{TAIL_TOWN})?"
)
_SURE_SUFFIX = Lazy(
    r"(?:straat|laan|plein|gracht|kade|singel|dijk|steeg|burgwal|plantsoen|dreef|gatan|v[äa]gen|stræde) \d", re.I
)
_PLACED = Lazy(
    rf"{_WORDS},? (?:n[°ºr]\.? ?)?{_NUMBER}{GAP}(?:(?:B|I|S|DK|L)-)?"
    rf"(?:(?P<far>\d{{5}}(?<!000))|\d{{5}}|\d{{3}} \d\d|[1-9]\d{{3}})(?![\d.,-])"
    rf" {CITY}(?: \(?[A-Z]{{2}}\b\)?)?"
)

_UF = either("AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO")
_PT_KIND = (
    r"(?<![\w.-])(?i:rua|r\.|avenida|av\.?|alameda|al\.|travessa|trav\.|tv\.|pra[çc]a|p[çc]a\.?|largo|rodovia|rod\."
    r"|estrada|estr\.|beco|cal[çc]ada|ladeira|urbaniza[çc][ãa]o)"
)
_PT_NUMBER = r",? ?(?:n[º°o.]{0,2} ?)?(?:\d{1,5}(?:-?[A-Za-z]\b)?|s/n)(?![\w.]|,\d\d?\b)"
_PT_UNIT = (
    r"(?:,? ?-? ?(?i:ap(?:to|artamento|t)?|bl(?:oco)?|casa|sala|cj|conj|cob(?:ertura)?|kit|lote|lt|andar"
    r"|fundos|torre|quadra|qd|loja)\b"
    r"\.? ?(?:\d{1,5}[A-Z]?\b|[A-Z]\b)?|,? ?-? ?\d{1,2}[.]?[ºª°]\.? ?(?i:andar|esq|dto|dt|drt|frente)?\b\.?)"
)
_PT_TOWNS = rf"(?:(?: ?- ?|, |\s?\n){CITY}){{0,3}}"
_PT_TAIL = (
    rf"(?:{_PT_TOWNS}(?: ?[-/] ?|, ){_UF}\b(?:(?:,? ?-? ?|\s?\n)(?:CEP:? ?)?(?:{BR_POST}|\d{{8}})\b)?"
    rf"|{_PT_TOWNS}(?:,? ?-? ?|\s?\n)(?:CEP:? ?)?{BR_POST}\b(?: (?:d[aeo]s? )?{CITY} ?[/-] ?{_UF}\b)?"
    rf"|{_PT_TOWNS}{GAP}{PT_POST} {CITY}|{TAIL_TOWN})"
)
_PORTUGUESE = Lazy(
    rf"{_PT_KIND}(?: (?:{CAP}|d[aeo]s?|e|\d{{1,2}} de)){{1,6}}{_PT_NUMBER}{_PT_UNIT}{{0,3}}(?P<tail>{_PT_TAIL})?"
)
_PORTUGUESE_SMALL = Lazy(
    rf"(?<![\w.-])(?:rua|avenida|travessa|alameda)(?: [a-zà-ÿ]{{2,20}}){{1,5}}?,? (?:n[º°o.]{{0,2}} ?)?\d{{1,5}}\b"
    rf"(?![.,]\d| (?:dias?|horas?|vezes|reais|pares|peças)\b){_PT_UNIT}{{0,3}}",
    re.I,
)

_BRAZILIAN_BLOCK = Lazy(
    rf"{_WORDS},? {_NUMBER}{_PT_UNIT}{{0,2}}{_PT_TOWNS}{GAP}{BR_POST} (?:d[aeo]s? )?{CITY}(?: ?[/-] ?{_UF}\b)?"
)
_BRAZILIAN_TOWN = Lazy(
    rf"(?<![\w-])(?:[A-Z]{{2,4}} \d{{1,4}}(?: Bloco [A-Z])?, )?{CITY} ?[-/] ?{_UF}"
    rf",? ?-? ?(?:CEP:? ?)?{BR_POST}(?![\w-])"
)

_IT_KIND = (
    r"(?<![\w.-])(?i:viale|v\.le|corso|c\.so|piazza|p\.zza|piazzale|p\.le|largo|vicolo|strada|contrada|c\.da"
    r"|lungomare|lungotevere|borgo|salita|localit[àa]|loc\.|frazione|fraz\.|traversa|via)"
)
_IT_NAME = (
    rf"(?P<name>(?: (?:{CAP}|\d{{1,2}}(?= [A-Z])|d[aei]|de[il]|della|delle|dello|degli|dai|(?:d|dell|sant)'{CAP}"
    r"|e|alla)){1,6})"
)
_ITALIAN = Lazy(
    rf"{_IT_KIND}{_IT_NAME},? ?(?:n[.°º]{{0,2}} ?|civico )?\d{{1,4}}(?:[ /]?(?:[A-Za-z]|bis|ter)\b)?(?:/\d{{1,3}})?"
    rf"(?![\w.]|,\d)(?:,? (?i:int(?:erno|\.)?|app(?:artamento|\.)?|scala|sc\.|piano"
    rf"|pal(?:azzina|\.)?) ?\w{{1,4}}\b){{0,3}}"
    rf"(?P<tail>(?:\s?[,\n]\s?{CITY})?{GAP}(?:I-)?\d{{5}} {CITY}(?: ?\(?[A-Z]{{2}}\b\)?)?"
    rf"|{TAIL_TOWN}(?: ?\([A-Z]{{2}}\))?)?"
)
_CARRIER = Lazy(
    r" (?:DHL|UPS|GLS|SDA|BRT|TNT|DPD|FedEx|Fedex|Poste|Bartolini|E-?[Mm]ail|Mail|PayPal|Paypal|Whats\w*|SMS|Chat|App"
    r"|Instagram|Facebook|Amazon|Klarna|Telegram|Internet|Web)\b"
)

_PL_CAP = r"[A-ZĄĆĘŁŃÓŚŹŻ][\w.-]{1,30}"
_POLISH = Lazy(
    rf"(?<!\w)(?i:ul|al|os|pl)\.? ?(?:\d{{1,2}} )?{_PL_CAP}(?: {_PL_CAP}){{0,3}} \d{{1,4}}[A-Za-z]?(?:/\d{{1,4}})?"
    rf"(?: m\. ?\d{{1,4}})?(?:{GAP}{PL_POST} {_PL_CAP}(?:[ -]{_PL_CAP}){{0,2}})?"
)
_CODE_WORD = (
    r"(?:postcode|post ?code|zip|c\.?e\.?p\.?|c[óo]digo postal|cap|eircode|kod pocztowy|postnummer|postnr\.?)"
    r"(?: correto| correct| nuovo| novo)?(?: is| [ée]|[ :=]){0,2} ?"
)
_WORDED = Lazy(
    rf"\b(?i:{_CODE_WORD})(?P<v>{BR_POST}|{PT_POST}|{PL_POST}|{IE_POST}|{NL_POST}|\d{{8}}|\d{{5}}|\d{{3}} \d\d"
    r"|\d{4})(?![\w-])(?![.,]\d)"
)
_EIRCODE = Lazy(rf"(?<![\w-]){CITY}(?: \d{{1,2}})?,? {IE_POST}(?![\w-])")


def _is_worded(match: Match[str]) -> bool:
    """`CAP` is also a hat, and a hat has a number."""
    return len(re.sub(r"\D", "", match["v"])) >= 5 or not re.match(r"cap\b", match.group(), re.I)


def _has_capital(match: Match[str]) -> bool:
    return re.search(r"[A-ZÀ-ÖØ-Þ]", match.group()[2:]) is not None and not counted(match)


def _is_small_street(match: Match[str]) -> bool:
    """`rua dos pinheiros, 870`, and not `the Rua sandals in 39`."""
    said = "," in match.group() or re.match(r"\w+ d[aeo]s? ", match.group(), re.I) or near(_CUE, match, 40)
    return bool(said) and not counted(match)


def _is_suffixed(match: Match[str]) -> bool:
    """`Oudegracht 99`, and `Karl Johans gate 22` with its town."""
    return bool(_SURE_SUFFIX.search(match.group()) or match["tail"]) and not counted(match)


def _is_placed(match: Match[str]) -> bool:
    """Words, a number, a code and a town: four digits need a street word, a cue or lines of their own."""
    if counted(match) or is_reference(match) or _NOT_A_TOWN.search(match.group()):
        return False
    if _STREET_WORD.search(match.group()) or near(_CUE, match, 48):
        return True
    return _fills_lines(match) if "\n" in match.group() else match["far"] is not None


def _fills_lines(match: Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return (not before.strip(" ") or before.endswith("\n")) and (not after.strip(" ") or after[:1] == "\n")


def _is_italian(match: Match[str]) -> bool:
    """`via dei Mille 7, 80121 Napoli`, and not `via DHL 24`, nor `Largo 12`."""
    if counted(match) or not re.search(r"[A-ZÀ-ÖØ-Þ]", match["name"]) or _CARRIER.match(match["name"]):
        return False
    return bool(match["tail"]) or near(_CUE, match, 48)


_RULES = (
    Rule(PiiType.ADDRESS, _DUTCH, not_counted, digits=4, first=Lazy(r"\d{4} ?[A-Z]{2}")),
    Rule(
        PiiType.ADDRESS,
        _DUTCH_SMALL,
        not_counted,
        hints="straat laan plein gracht kade singel dijk steeg weg hof pad",
        digits=4,
    ),
    Rule(
        PiiType.ADDRESS,
        _SUFFIXED,
        _is_suffixed,
        hints="straat laan plein gracht kade singel dijk steeg burgwal plantsoen dreef gata gränd gate vei vej gade "
        "vägen vagen väg stræde plads torget katu tie",
        digits=1,
    ),
    Rule(PiiType.ADDRESS, _PLACED, _is_placed, digits=4, first=Lazy(r"\d{4}[ ]?|\d{3} \d\d")),
    Rule(
        PiiType.ADDRESS,
        _PORTUGUESE,
        _has_capital,
        hints="rua r. av alameda al. trav tv. praça praca pça pca largo rod estr beco calçada calcada ladeira urbaniza",
    ),
    Rule(PiiType.ADDRESS, _PORTUGUESE_SMALL, _is_small_street, hints="rua_ avenida_ travessa_ alameda_", digits=1),
    Rule(PiiType.ADDRESS, _BRAZILIAN_TOWN, digits=8),
    Rule(PiiType.ADDRESS, _BRAZILIAN_BLOCK, not_counted, digits=8, first=Lazy(BR_POST)),
    Rule(
        PiiType.ADDRESS,
        _ITALIAN,
        _is_italian,
        hints="via v.le corso c.so piazza p.zza p.le largo vicolo strada contrada c.da lungo borgo salita loc fraz "
        "traversa",
        digits=1,
    ),
    Rule(PiiType.ADDRESS, _POLISH, not_counted, hints="ul al os pl", digits=1, first=Lazy(r"(?i:ul|al|os|pl)\.? ?")),
    Rule(PiiType.ADDRESS, _EIRCODE, not_counted, first=Lazy(r"[A-Z]\d[\dW] ?[\dA-Z]{4}")),
    Rule(
        PiiType.POSTAL_CODE,
        _WORDED,
        _is_worded,
        hints="post zip cep c.e.p postal cap eircode kod",
        digits=2,
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield street addresses and postal codes of these countries."""
    return found_by(_RULES, text)
