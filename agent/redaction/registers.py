"""Numbers of state registers in the Netherlands, Belgium, Brazil, Italy, Poland, France and the north."""

import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import near
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_CPF = Lazy(r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])")
_CNPJ = Lazy(r"(?<![\w.-])\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}(?![\w-])")
_BELGIAN = Lazy(r"(?<![\w.-])\d{2}\.(?:0\d|1[0-2]|[24]\d)\.[0-3]\d-\d{3}\.\d{2}(?![\w-])")
_FISCALE = Lazy(r"(?<!\w)[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z](?!\w)", re.I)
_NIR = Lazy(r"(?<![\w.-])[12] \d{2} \d{2} \d[\dAB] \d{3} \d{3}(?: \d{2})?(?![\w-])", re.I)
_NIR_WORD = Lazy(r"s[ée]cu\b|s[ée]curit[ée] sociale|\bnir\b|\bnss\b", re.I)
_GLUE = r"(?: ?(?:numm?er|nr|no|n[º°o]))?\.?(?: |:|#|=){0,3}(?:(?:is|[éèe]|är|er|to)[ :]{1,2})?"
_WORDED = Lazy(
    r"\b(?:bsn|burgerservicenummer|sofinummer|rijksregister(?:nummer)?|niss|cpf|rg|carteira de identidade"
    r"|cart[ãa]o de"
    r" cidad[ãa]o|codice fiscale|carta d'identit[àa]|personnummer|pnr|samordningsnummer|cpr(?:-?nr)?"
    rf"|f[øo]dselsnummer|henkil[öo]tunnus|pesel|cnp){_GLUE}"
    r"(?P<v>[A-Z]{0,3}\d(?:[ ./+-]?[\dA-Z]){6,15})(?!\w)",
    re.I,
)


def _checked(digits: str, most: int) -> int:
    """The next check digit of a Brazilian register: weights from 2 to `most`, from the right, modulo 11."""
    total = sum(int(digit) * (2 + at % (most - 1)) for at, digit in enumerate(reversed(digits)))
    return (11 - total % 11) % 11 % 10


def _is_brazilian(match: Match[str], most: int) -> bool:
    digits = re.sub(r"\D", "", match.group())
    return all(int(digits[at]) == _checked(digits[:at], most) for at in (len(digits) - 2, len(digits) - 1))


def _is_number(match: Match[str]) -> bool:
    return sum(char.isdigit() for char in match["v"]) >= 6


_RULES = (
    Rule(PiiType.NATIONAL_ID, _CPF, lambda match: _is_brazilian(match, 11), digits=11),
    Rule(PiiType.TAX_ID, _CNPJ, lambda match: _is_brazilian(match, 9), digits=14),
    Rule(PiiType.NATIONAL_ID, _BELGIAN, digits=11),
    Rule(PiiType.NATIONAL_ID, _FISCALE, run=16),
    Rule(PiiType.NATIONAL_ID, _NIR, lambda match: near(_NIR_WORD, match), digits=12),
    Rule(
        PiiType.NATIONAL_ID,
        _WORDED,
        _is_number,
        hints="bsn burger sofi rijks niss cpf rg cart codice personnummer pnr samord cpr selsnummer henkil pesel cnp",
        digits=6,
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield what these registers number people by."""
    return found_by(_RULES, text)
