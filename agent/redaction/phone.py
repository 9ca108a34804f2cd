"""Telephone numbers: by their shape, by the numbering plans of several countries, or by the words beside them."""

import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import REFERENCE, last_at
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_PHONE_WORD = Lazy(
    r"\b(?:tele)?phones?\b|\bph\b|\btel\b|\bcell(?:phone|ular)?\b|\bmobile\b|\bmob\b|\bcall(?:ed|ing"
    r"|back)?\b|\btext(?:ed)? (?:me|us)\b|whats ?app|\bfax\b|\bsms\b|\bring me\b|\breach(?:ed|able)?\b"
    r"|\b(?:my|our|contact|his|her|their|daytime) (?:number|no\.?|#|num)|\bdial\b|\blandline\b|telegram"
    r"|signal\b|viber|\btlfn?\b"
    r"|telefon\w{0,8}|\bhandy\w{0,8}|\banruf\w{0,3}|\bruf\w{0,3} (?:mich|uns|sie)|erreich\w{0,5}"
    r"|r[üu]ckruf|\bmobil\w{0,8}|\bfestnetz|durchwahl"
    r"|tel[ée]fono|m[óo]v[ie]l|celular|ll[áa]m[ae]\w{0,5}|mi n[úu]mero|t[ée]l[ée]phone|portable|appel\w{0,4}"
    r"|joindre|joignable|mon num[ée]ro|[☎📞📱]"
    r"|telefoon\w{0,8}|mobiel\w{0,3}|\bbel(?:len)?\b|bereik\w{0,5}|\bgsm\b|natel|\bcel\b|\bfone\b|\bzapp?\b"
    r"|\blig(?:a|ue|ar)\b"
    r"|cellulare|\bchiam\w{0,6}|recapito|\btfno\b|\bpuh(?:elin)?\b|meu n[úu]mero|mijn nummer|mio numero",
    re.I,
)
_EXTENSION = r"(?:[ ,;]{0,2}(?:x|ext(?:ension)?\.?|extn\.?|poste|dw\.?|durchwahl|anexo|int\.|#)[ .:]{0,2}\d{1,6})?"
_START = r"(?<![\w@/#=&.,+*$€£¥_-])(?<!\d[ (])"
_END = r"(?![\w@%])(?![-/.,:]\d)(?! ?[€$£]| ?(?:eur|usd|gbp|euros?|dollars?|kg|cm|mm|ml|pcs|units?|items?)\b)"
_SEP = r"[ .\-/·]{0,2}"
_INTERNATIONAL = Lazy(
    # Digits and a blank before it may be the beginning of one long number, but not before a plus.
    r"(?<![\w@/#=+])(?:(?<!\d[ .-])|(?=\(?\+))(?P<v>(?:\((?:\+|00) ?[1-9]\d{0,2}\)|(?:\+|\b00) ?[1-9]\d{0,2})"
    rf"(?:{_SEP}(?:\(\d{{1,5}}\)|\d{{1,11}})){{1,6}}{_EXTENSION})(?![\w@%])(?![.,:]?\d)",
    re.I,
)
_NORTH_AMERICAN = Lazy(
    rf"(?<![\w@/#=.,$€£-])(?<!\d[ ])(?P<v>(?:(?:\+?1|001)[-. ]?)?(?:\(\d{{3}}\)[-. ]?"
    rf"|\d{{3}}(?P<s>[-. /]))\d{{3}}[-. ]\d{{4}}{_EXTENSION}){_END}",
    re.I,
)
_FRENCH = Lazy(rf"{_START}(?P<v>0[1-9](?:(?P<s>[ .-])\d\d)(?:(?P=s)\d\d){{3}}){_END}", re.I)
_SPANISH = Lazy(
    rf"{_START}(?P<v>[67]\d\d(?P<s>[ .-])(?:\d{{3}}(?P=s)\d{{3}}|\d\d(?P=s)\d\d(?P=s)\d\d)"
    rf"|9[1-8]\d? \d{{2,3}} \d\d \d\d){_END}",
    re.I,
)
_TRUNK = Lazy(
    rf"{_START}(?P<v>0\d{{8,12}}|0\d{{2,3}}/\d\d(?:\.\d\d){{2,3}}"
    rf"|\(?0\d{{1,5}}\)?(?:[ ]?[-/ ][ ]?\d{{1,8}}){{0,4}}){_END}",
    re.I,
)
_BRAZILIAN = Lazy(rf"{_START}(?P<v>(?:\(0?\d\d\)|(?P<bare>0?\d\d)) ?9? ?\d{{4}}-\d{{4}}){_END}", re.I)
_LOCAL = Lazy(
    rf"{_START}(?P<v>\d{{3}}[-. ]\d{{4}}|\d{{6,15}}"
    rf"|\(?\d{{1,6}}\)?(?:[-./ ]{{1,2}}\d{{1,8}}){{1,5}}{_EXTENSION}){_END}",
    re.I,
)

_FOLLOWED = Lazy(
    r"\W{0,3}(?:(?:is|es|ist|est) (?:my|mi|mein|meine|mon) (?:\w{1,12} )?)?\(?(?:cell|mobile|home|work"
    r"|office|phone|number|tel|tlf"
    r"|whatsapp|m[óo]vil|tel[ée]fono|n[úu]mero|handy\w{0,8}|telefon\w{0,8}|nummer|t[ée]l[ée]phone|portable"
    r"|num[ée]ro)\b",
    re.I,
)
_DATE = Lazy(r"(?:\d{4}([-./ ])\d{1,2}\1\d{1,2}|\d{1,2}([-./ ])\d{1,2}\2(?:19|20)?\d{2})(?!\d)")
_ZIP4 = Lazy(r"\d{5}-\d{4}")
_REGIONS = ("GB", "FR", "DE", "ES", "IT", "NL", "AU", "AT", "CH", "BE", "IE", "PT", "PL", "SE", "NZ", "ZA", "IN")


def _digits(match: Match[str]) -> str:
    """The digits without the extension."""
    body = re.split(r"[a-z#]", match["v"], maxsplit=1, flags=re.I)[0]
    return re.sub(r"\D", "", body)


def _says_phone(match: Match[str]) -> bool:
    """Is the nearest telling word, before or right after, one about telephones?"""
    spoken, other = last_at(_PHONE_WORD, match), last_at(REFERENCE, match)
    if spoken >= 0:
        return spoken > other
    return other < 0 and _FOLLOWED.match(match.string, match.end()) is not None


def _says_other(match: Match[str]) -> bool:
    """Does the nearest word say order, parcel, product or amount?"""
    return last_at(REFERENCE, match, 32) > last_at(_PHONE_WORD, match, 32)


def _is_international(match: Match[str]) -> bool:
    import phonenumbers

    digits = _digits(match)
    if not 7 <= len(digits.lstrip("0")) <= 16 or (not match["v"].lstrip("(").startswith("+") and _says_other(match)):
        return False
    try:
        number = phonenumbers.parse("+" + re.sub(r"^00", "", digits).replace("+", ""), None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) or len(digits) >= 9


def _is_north_american(match: Match[str]) -> bool:
    digits = _digits(match)[-10:]
    if _says_other(match) and "(" not in match["v"]:
        return False
    spaced = match["s"] == " " or match["s"] == "/"
    return (digits[0] in "23456789" and (not spaced or digits[3] in "23456789")) or _says_phone(match)


def _is_plan_number(match: Match[str]) -> bool:
    """A national number with its trunk zero, valid in some numbering plan, and written or announced as a number."""
    digits, value = _digits(match), match["v"]
    if not 9 <= len(digits) <= 13 or _DATE.fullmatch(value) or _ZIP4.fullmatch(value) or _says_other(match):
        return False
    mobile = bool(re.match(r"07[1-57-9]\d{8}$|0[67]\d{8}$|01(?:5\d|6[023]|7\d)\d{7,8}$", digits))
    return mobile or ((_says_phone(match) or re.search(r"[ /()-]", value) is not None) and _is_valid(digits))


def _is_valid(digits: str) -> bool:
    """Valid in the numbering plan of one of the regions we know of."""
    import phonenumbers

    for region in _REGIONS:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            return False
        if phonenumbers.is_valid_number(number):
            return True
    return False


def _is_brazilian(match: Match[str]) -> bool:
    """`(31) 3222-4455` is one by its shape, `85 9 8877-6655` when it is called one."""
    return not _says_other(match) if match["bare"] is None else _says_phone(match)


def _is_announced(match: Match[str]) -> bool:
    """Any number of seven to fifteen digits that the words beside it call a telephone number."""
    digits = _digits(match)
    return (
        7 <= len(digits) <= 15
        and not _DATE.fullmatch(match["v"])
        and not _ZIP4.fullmatch(match["v"])
        and _says_phone(match)
    )


_RULES = (
    Rule(PiiType.PHONE, _INTERNATIONAL, _is_international, digits=7),
    Rule(PiiType.PHONE, _NORTH_AMERICAN, _is_north_american, digits=10),
    Rule(PiiType.PHONE, _FRENCH, lambda m: not _says_other(m), digits=10),
    Rule(PiiType.PHONE, _SPANISH, lambda m: not _says_other(m), digits=8),
    Rule(PiiType.PHONE, _TRUNK, _is_plan_number, digits=9),
    Rule(PiiType.PHONE, _BRAZILIAN, _is_brazilian, digits=10),
    Rule(PiiType.PHONE, _LOCAL, _is_announced, digits=7),
)


def find(text: str) -> Iterator[Span]:
    """Yield telephone numbers."""
    return found_by(_RULES, text)
