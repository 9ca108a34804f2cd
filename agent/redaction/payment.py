"""Payment cards, IBANs, bank accounts, wallets: proved by check digits, or by the words beside them."""

import hashlib
import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import REFERENCE, before, is_reference, last_at, near
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_CARD_WORD = Lazy(
    r"credit\s?card|debit\s?card|\bcards?\b(?! ?board)|\bcc\b|visa|master\s?card|amex|american express"
    r"|discover|maestro|diners|\bjcb\b"
    r"|tarjeta|\bcarte\b|\bcb\b|kreditkarte|ec-?karte|bankkarte|kartennummer",
    re.I,
)
_NOT_A_CARD = Lazy(
    r"gift|loyalty|member|store card|reward|gutschein|regalo|cadeau|fid[ée]lit[ée]|library|sim[ -]?card", re.I
)

# Grouped as on the card, or without any separator. 12 to 19 digits.
_CARD = Lazy(
    r"(?<![\w.,/-])(?<!\d )(?:\d{4}(?P<s>[ .-]{1,2})\d{4}(?P=s)\d{4}(?P=s)\d{4}(?:(?P=s)\d{3})?"
    r"|\d{4}(?P<t>[ .-]{1,2})\d{6}(?P=t)\d{4,5}"
    r"|\d{4}(?P<u>[ -])\d{4}(?P=u)\d{4}(?P=u)\d{1,3}|\d{12,19})(?![\w/])(?![-.,]\d)(?! \d{4} \d)"
)
# Length and first digits of each network.
_NETWORKS = Lazy(
    r"4\d{15}|4\d{18}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|(?:6011|65|64[4-9])\d{12,15}|35(?:2[89]"
    r"|[3-8]\d)\d{12}|62\d{14,17}"
    r"|(?:30[0-5]|36|38|39)\d{12}"
)


def luhn(digits: str) -> bool:
    """Do the digits end in their Luhn check digit?"""
    doubled = [sum(divmod(2 * int(d), 10)) for d in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _is_card(match: Match[str]) -> bool:
    digits = re.sub(r"\D", "", match.group())
    spoken = near(_CARD_WORD, match, 40, 24) and not near(_NOT_A_CARD, match, 40)
    if spoken and last_at(_CARD_WORD, match, 40) >= last_at(REFERENCE, match, 40):
        return len(digits) >= 13 or luhn(digits)
    grouped = len(digits) != len(match.group())
    known = _NETWORKS.fullmatch(digits) is not None
    sure = known and luhn(digits) and (grouped or len(digits) in (15, 16))
    return sure and not is_reference(match) and len(set(digits)) > 1


_COUNTRIES_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
}
_IBAN_LENGTHS = {code: length for length, codes in _COUNTRIES_BY_LENGTH.items() for code in codes.split()}
_IBAN = Lazy(r"(?<![A-Z0-9])[A-Z]{2}[ -]?\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.I)
_IBAN_WORD = Lazy(r"iban|\bbank|konto|cuenta|compte|account", re.I)


def mod97(code: str) -> bool:
    """ISO 7064 mod 97-10 over letters and digits, the first four moved to the end."""
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _ibans(text: str) -> Iterator[Span]:
    """IBANs: the country says how many characters belong to it; words that follow do not."""
    position = 0
    while match := _IBAN.search(text, position):
        end = _iban_end(match)
        position = end or match.start() + 1
        if end:
            yield Span(match.start(), end, PiiType.IBAN)


def _iban_end(match: Match[str]) -> int:
    """Where the IBAN at the match ends; 0 when it is none."""
    length = _IBAN_LENGTHS.get(match.group()[:2].upper(), 99)
    places = [i for i, char in enumerate(match.group()) if char.isalnum()]
    if len(places) < length:
        return 0
    end = match.start() + places[length - 1] + 1
    code = "".join(match.group()[i] for i in places[:length]).upper()
    whole = end == len(match.string) or not match.string[end].isalnum()
    return end if whole and code.isascii() and (mod97(code) or near(_IBAN_WORD, match, 24)) else 0


_ACCOUNT = Lazy(
    r"\b(?:(?:bank |checking |savings |current |deposit )?account|acct|a/c|konto|cuenta(?: bancaria)?"
    r"|compte(?: bancaire)?)\s?"
    r"(?:number|num|no|nr|nummer|n[º°o])?\.?[ :#]{0,3}(?:(?:is|ist|es"
    r"|est)[ :]{1,2})?(?P<v>\d[\d -]{4,22}\d)(?![\w-])(?![.,]\d)",
    re.I,
)
_ACCOUNT_WORDED = Lazy(
    r"\b(?:kontonummer|kontonr\.?|n[uú]mero de cuenta|num[ée]ro de compte|routing|aba|sort code"
    r"|bankleitzahl|blz|transit|bsb|conta(?: corrente| poupan[çc]a)?|rekening(?:nummer|nr)?|rachunek"
    r"|code (?:banque|guichet))(?: number| no\.?| nr\.?| n[º°o]\.?)?[ :#]{0,3}(?:(?:is|ist|es|est"
    r"|lautet)[ :]{1,2})?(?P<v>\d[\d -]{3,22}\d)(?![\w-])",
    re.I,
)
_BIC = Lazy(
    r"\b(?:bic|swift)(?:[ -]?code)?(?:/(?:bic|swift))?[ :]{1,3}(?:(?:is|ist|es"
    r"|est)[ :]{1,2})?(?P<v>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b",
    re.I,
)


def _is_account(match: Match[str]) -> bool:
    digits = re.sub(r"\D", "", match.group("v"))
    return 7 <= len(digits) <= 18 and not re.search(r"customer|kunden|client", before(match, 12), re.I)


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WALLET_WORD = Lazy(
    r"bitcoin|\bbtc\b|litecoin|\bltc\b|dogecoin|ripple|\bxrp\b|crypto|wallet|monero|solana|tron|usdt", re.I
)
_WALLET = Lazy(r"(?<![\w/=-])[13LMDrT][1-9A-HJ-NP-Za-km-z]{24,34}(?![\w/=-])")
_WALLET_PREFIXED = Lazy(
    r"(?<!\w)(?:0x[0-9a-f]{40}|(?:bc1|ltc1|tb1)[02-9ac-hj-np-z]{20,62}|addr1[02-9ac-hj-np-z]{50,100})(?!\w)", re.I
)


def _base58_checks(code: str) -> bool:
    """Does the address end in the first four bytes of its own double SHA-256?"""
    number = 0
    for char in code:
        number = number * 58 + _BASE58.index(char)
    if number.bit_length() > 25 * 8:
        return False
    data = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(data[:21]).digest()).digest()[:4] == data[21:]


def _is_wallet(match: Match[str]) -> bool:
    code = match.group()
    mixed = bool(re.search(r"\d", code[1:]) and re.search(r"[a-z]", code) and re.search(r"[A-Z]", code))
    return mixed and (code[0] in "13" or near(_WALLET_WORD, match) or _base58_checks(code))


_RULES = (
    Rule(PiiType.CREDIT_CARD, _CARD, _is_card, digits=12),
    Rule(
        PiiType.BANK_ACCOUNT,
        _ACCOUNT,
        _is_account,
        hints="acc a/c konto cuenta compte",
    ),
    Rule(
        PiiType.BANK_ACCOUNT,
        _ACCOUNT_WORDED,
        hints="konto cuenta compte conta rekening rachunek routing aba sort blz bankleit transit bsb banque guichet",
    ),
    Rule(
        PiiType.BANK_ACCOUNT,
        _BIC,
        lambda m: m["v"].isupper() or ":" in m.group(),
        hints="bic swift",
    ),
    Rule(PiiType.CRYPTO_WALLET, _WALLET, _is_wallet, run=25),
    Rule(
        PiiType.CRYPTO_WALLET,
        _WALLET_PREFIXED,
        hints="0x bc1 tb1 ltc1 addr1",
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield cards, IBANs, bank accounts and wallets."""
    yield from found_by(_RULES, text)
    yield from _ibans(text)
