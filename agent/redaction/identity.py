"""What identifies a person to a state: SSN, national and tax numbers, passport, licence, date of birth."""

import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import REFERENCE, is_reference, last_at, near
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_SSN_WORD = Lazy(r"\bssn\b|\bss ?#|social security|\bsocial\b|\bsoc\.? sec|seguro social|s[ée]curit[ée] sociale", re.I)
_SSN = Lazy(
    r"(?<![\w.-])(?<!\d )(?!(?:000|666|9\d\d))\d{3}(?P<s>[ -])(?!00)\d{2}(?P=s)(?!0000)\d{4}(?![\w-])(?![.,]\d)"
)
_SSN_LOOSE = Lazy(r"(?<![\w-])\d{3}[ .-]?\d{2}[ .-]?\d{4}(?![\w-])")


def _is_ssn(match: Match[str]) -> bool:
    return near(_SSN_WORD, match) or (match["s"] == "-" and not is_reference(match))


def _is_loose_ssn(match: Match[str]) -> bool:
    return last_at(_SSN_WORD, match, 40) > last_at(REFERENCE, match, 40)


_ITIN = Lazy(r"(?<![\w-])9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4}(?![\w-])")
_TAX_WORD = Lazy(
    r"\bein\b|\bfein\b|\btin\b|\bitin\b|tax\s?(?:payer)?[ -]?(?:id|no|number|identification)|employer id"
    r"|\bvat\b|ust-?id|steuer|\btva\b|\biva\b|\bnif\b"
    r"|\bcif\b|\butr\b|partita|siren|siret|num[ée]ro fiscal|n[uú]mero fiscal|\babn\b|\bgst\b|\bbtw\b"
    r"|p\.? ?iva|\bcnpj\b|\btfn\b|contribuinte|\bnipc\b",
    re.I,
)
_EIN = Lazy(r"(?<![\w-])\d{2}-\d{7}(?![\w-])")
_VAT = Lazy(
    r"(?<!\w)(?:ATU\d{8}|BE ?[01]\d{3}[ .]?\d{3}[ .]?\d{3}|DE ?\d{3} ?\d{3} ?\d{3}|DK ?\d{8}"
    r"|ES ?[A-Z]\d{7}[A-Z0-9]|FI ?\d{8}|FR ?[A-Z0-9]{2} ?\d{3} ?\d{3} ?\d{3}"
    r"|GB ?\d{3} ?\d{4} ?\d{2}|IE ?\d{7}[A-Z]{1,2}|IT ?\d{11}|NL ?\d{9}B\d{2}|PL ?\d{10}|PT ?\d{9}"
    r"|SE ?\d{12}|CHE-\d{3}\.\d{3}\.\d{3}|[A-HJUVNPQRSW]-?\d{7}[0-9A-J])(?!\w)"
)
_TAX_NUMBER = Lazy(
    r"\b(?:ein|fein|tin|itin|tax ?(?:payer)?[ -]?(?:id|no|number)|vat(?: reg)?|ust-?id(?:nr)?"
    r"|steuer(?:nummer|-?id\w{0,20}|nr)|nif|cif|utr|siren|siret"
    r"|num[ée]ro fiscal|n[uú]mero fiscal|n[uú]mero de contribuinte|contribuinte|nipc|abn|tfn|tax file|gst|btw"
    r"|p\.? ?iva|partita iva|cnpj)(?: ?(?:number|no|nr|n[º°o]|id|#))?\.?[ :#]{1,3}(?:(?:is"
    r"|ist|es|est|lautet)[ :]{1,2})?"
    r"(?P<v>\d[\d /.-]{6,16}\d)(?![\w/-])(?![.,]\d)",
    re.I,
)


def _is_tax_number(match: Match[str]) -> bool:
    return 8 <= sum(char.isdigit() for char in match["v"]) <= 14


_NINO = Lazy(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)", re.I
)
_NINO_WORD = Lazy(r"national insurance|\bnino?\b|\bni (?:no|number)", re.I)
_DNI = Lazy(
    r"(?<![\w.-])(?:(?P<nie>[XYZ])-?\d{7}|\d{8}|\d{2}\.\d{3}\.\d{3})[ -]?(?P<letter>[A-HJ-NP-TV-Z])(?![\w-])", re.I
)
_DNI_WORD = Lazy(r"\bdni\b|\bnie\b|\bnif\b|documento|identidad", re.I)
_NIR = Lazy(r"(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?![\w-])", re.I)


def _is_nino(match: Match[str]) -> bool:
    return near(_NINO_WORD, match) or (match.group().isupper() and not is_reference(match))


def _is_dni(match: Match[str]) -> bool:
    digits = re.sub(r"\D", "", match.group())
    if nie := match["nie"]:
        digits = str("XYZ".index(nie.upper())) + digits
    checks = "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == match["letter"].upper()
    return near(_DNI_WORD, match) or (checks and match["letter"].isupper() and not is_reference(match))


def _is_nir(match: Match[str]) -> bool:
    code = match.group().upper().replace(" ", "").replace("2A", "19").replace("2B", "18")
    return len(code) == 15 and 97 - int(code[:13]) % 97 == int(code[13:])


def _has_digits(match: Match[str], least: int = 4) -> bool:
    return sum(char.isdigit() for char in match["v"]) >= least


_GLUE = r"(?: ?(?:number|num|no|nr|n[º°o]|#|id|card))?\.?(?: |:|#|=|-(?= )){0,3}(?:(?:is|ist|es|est|lautet)[ :]{1,2})?"
_PASSPORT = Lazy(
    r"\b(?:passport|pasaporte|passeport|pass?aport[eo]|pas?spoort(?:nummer)?|reisepass(?:nummer)?"
    rf"|passnummer){_GLUE}(?P<v>[A-Z]{{0,3}} ?\d[A-Z0-9]{{4,9}}\d|[A-Z]\d{{2}}[A-Z]{{2}}\d{{5}}"
    rf"|[A-Z0-9]{{8,9}})(?!\w)",
    re.I,
)
_CODE = r"(?P<v>(?:[A-Z]{1,3} )?[A-Za-z0-9]{2,20}(?:[ -][A-Z0-9]{0,8}\d[A-Z0-9]{0,8}){0,4}(?:[ -][A-Z])?)(?!\w)"
_LICENCE = Lazy(
    r"\b(?i:driver'?s?'? licen[sc]e|driving licen[sc]e|\bDL\b|f[üu]hrerschein(?:nummer)?|permis de conduire"
    rf"|(?:permiso|carnet|licencia) de conducir"
    rf"|rijbewijs(?:nummer)?|CNH|carta de condu[çc][ãa]o|patente(?: di guida)?|k[öo]rkort|kørekort"
    rf"|førerkort)(?i:{_GLUE}){_CODE}"
)

_NATIONAL = Lazy(
    r"\b(?i:national (?:id|identity)|identity card|id card|personalausweis\w{0,8}|ausweisnummer|carte d'identit[ée]"
    r"|sozialversicherungsnummer|rentenversicherungsnummer|social insurance(?: number)?|\bsin\b|aadhaar|curp|cpf"
    r"|medicare|nhs|national insurance|ni(?= n))"
    rf"(?i:{_GLUE}){_CODE}"
)

_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]v(?:rier)?|mar(?:ch|s|zo)?|m[äa]rz|apr(?:il)?"
    r"|avr(?:il)?|abr(?:il)?|may|mai|mayo|june?|juni|juin|junio"
    r"|july?|juli|juillet|julio|aug(?:ust)?|ao[ûu]t|ago(?:sto)?|sep(?:t(?:ember|embre|iembre)?)?"
    r"|oct(?:ober|obre|ubre)?|okt(?:ober)?|nov(?:ember|embre|iembre)?"
    r"|dec(?:ember)?|dez(?:ember|embro)?|d[ée]c(?:embre)?|dic(?:iembre|embre)?|enero|febrero"
    r"|januari|februari|maart|mei|augustus|janeiro|fevereiro|mar[çc]o|abril|maio|jun?ho|jul?ho|setembro|outubro"
    r"|novembro"
    r"|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|settembre|ottobre)"
)
_DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|er)?[ -](?:of |de )?{_MONTH}\.?,?[ -](?:de |del )?\d{{2,4}}"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})(?!\w)"
)
_BIRTH = Lazy(
    r"\b(?:date of birth|birth ?date|d\.?o\.?b\.?|born|geburtsdatum|geboren|geb\.|date de naissance"
    r"|n[ée]+ ?(?:\(e\) ?)?le"
    r"|fecha de nacimiento|nac[ií][óo]?|nacid[oa]|geboortedatum|geboortedag|data de nascimento|data nasc\.?"
    r"|nascimento"
    r"|nascid[oa]|data di nascita|nat[oa](?= il| a |:)|f[öo]delsedatum|född|f[øo]dselsdato|født|data urodzenia"
    r"|urodzon[ya])(?: (?:in|en|à|a|te|em) \w{2,20},?)?"
    r"(?:[ :=()-]|\bis\b|\bon\b|\bam\b|\bel\b|\bes\b|\bist\b|\best\b|\ble\b|\bop\b|\bem\b|\bil\b|\bden\b|[éè]"
    r"|\bd[ií]a\b|\bin\b|the\b"
    r"|[a-z]{2}/[a-z]{2}/[a-z]{2,4}){1,6}"
    rf"(?P<v>{_DATE})",
    re.I,
)
_BIRTHDAY = Lazy(
    rf"\b(?:birthday|b-?day|geburtstag|cumplea[ñn]os|anniversaire|verjaardag|anivers[áa]rio"
    rf"|compleanno)[^\n\d]{{1,16}}(?P<v>{_DATE})",
    re.I,
)


def _is_long_ago(match: Match[str]) -> bool:
    """A birthday of this century's teens is when a present is due, not when somebody was born."""
    year = re.search(r"(?<!\d)(?:19\d{2}|200\d|201[0-4])(?!\d)", match["v"])
    return year is not None


_RULES = (
    Rule(PiiType.SSN, _SSN, _is_ssn, digits=9),
    Rule(
        PiiType.SSN,
        _SSN_LOOSE,
        _is_loose_ssn,
        hints="ssn soc seg séc sec",
    ),
    Rule(PiiType.TAX_ID, _ITIN, lambda m: not is_reference(m), digits=9),
    Rule(PiiType.TAX_ID, _EIN, lambda m: near(_TAX_WORD, m), digits=9),
    Rule(PiiType.TAX_ID, _VAT, lambda m: near(_TAX_WORD, m), digits=7),
    Rule(
        PiiType.TAX_ID,
        _TAX_NUMBER,
        _is_tax_number,
        hints="ein tin tax vat ust steuer nif cif utr sire fiscal abn gst contribuinte nipc tfn btw iva cnpj",
    ),
    Rule(PiiType.NATIONAL_ID, _NINO, _is_nino, digits=6),
    Rule(PiiType.NATIONAL_ID, _DNI, _is_dni, digits=7),
    Rule(PiiType.NATIONAL_ID, _NIR, _is_nir, digits=14),
    Rule(
        PiiType.NATIONAL_ID,
        _NATIONAL,
        _has_digits,
        hints="national ident card ausweis sozial renten social sin aadhaar curp cpf medicare nhs ni",
    ),
    Rule(
        PiiType.PASSPORT,
        _PASSPORT,
        _has_digits,
        hints="pass pasaport paspoort",
    ),
    Rule(
        PiiType.DRIVER_LICENSE,
        _LICENCE,
        _has_digits,
        hints="licen dl führer fuhrer permis carnet rijbewijs cnh carta patente rkort",
    ),
    Rule(
        PiiType.DATE_OF_BIRTH,
        _BIRTH,
        hints="birth born dob d.o.b geb naissance né nee nac nasc nat födels född fodels fødsel fodsel født data",
    ),
    Rule(
        PiiType.DATE_OF_BIRTH,
        _BIRTHDAY,
        _is_long_ago,
        hints="birthday b-day bday geburtstag cumplea anniversaire verjaar anivers complean",
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield numbers and dates that identify a person to a state."""
    return found_by(_RULES, text)
