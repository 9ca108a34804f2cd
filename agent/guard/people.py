"""Personal data in a draft: names, addresses, telephone numbers. All of it has to come from this case's evidence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from agent.case import SourcedSpan, SpanKind, Violation
from agent.guard import german
from agent.guard.known import NOWHERE, Known, words_of
from agent.guard.lexicon import CURRENCIES, MONTHS, WEEKDAYS
from agent.guard.rules import Rule, blocked
from agent.redaction import PiiType, Span, find_pii
from agent.redaction.lexicon import words as word_list
from knowledge.playbooks.formatting import city_words

_KINDS: dict[PiiType, tuple[Rule, SpanKind]] = {
    PiiType.PERSON_NAME: (Rule.NAME, SpanKind.NAME),
    PiiType.USERNAME: (Rule.NAME, SpanKind.NAME),
    PiiType.ADDRESS: (Rule.ADDRESS, SpanKind.ADDRESS),
    PiiType.POSTAL_CODE: (Rule.ADDRESS, SpanKind.ADDRESS),
    PiiType.EMAIL: (Rule.EMAIL, SpanKind.EMAIL),
    PiiType.PHONE: (Rule.PHONE, SpanKind.IDENTIFIER),
    PiiType.URL: (Rule.LINK, SpanKind.LINK),
}
_PAYMENT = frozenset(
    {PiiType.CREDIT_CARD, PiiType.IBAN, PiiType.BANK_ACCOUNT, PiiType.CRYPTO_WALLET, PiiType.SECRET, PiiType.PASSWORD,
     PiiType.PRIVATE_KEY, PiiType.SSN}
)  # fmt: skip
_CAPITAL = re.compile(r"(?<![\w'’-])[A-ZÀ-ÖØ-Þ][\w'’-]*\w|(?<![\w'’-])[A-ZÀ-ÖØ-Þ](?=\.)")
_LOWER = re.compile(r"(?<![\w'’@.-])[a-zà-öø-ÿ]{3,20}(?![\w@-])")
_STARTS = re.compile(r"(?:\A|[.!?:…]['\"”»)]?\s|[\n“\"«„(¿¡]\s?|[-*•]\s|\d[.)]\s)\Z")
_MONSIEUR = re.compile(r"\bM\. \Z")
_USUAL = (
    "i i'm i've i'll i'd ok sie ihr ihre ihren ihrem ihrer ihnen sku rma vat iva tva ust pin pdf usa uk eu us faq id "
    "qr ups usps dhl fedex dpd gls hermes evri royal mail correos colissimo chronopost la poste deutsche post canada "
    "visa mastercard amex american express discover maestro paypal apple google pay klarna shop giropay sepa bizum "
    "germany france spain kingdom united states britain deutschland frankreich spanien england scotland wales ireland "
    "canada europe alemania francia españa reino unido estados unidos canadá europa allemagne espagne royaume-uni "
    "états-unis royaume uni états unis kanada großbritannien vereinigten vereinigtes königreich staaten europäischen "
    "english spanish french german deutsch englisch französisch spanisch british american time christmas "
    "easter black friday am pm et noël navidad weihnachten ostern http https"
)
"""Capitalised words that name no person."""
_ORDINARY = frozenset(
    "ella don dan max claire lou mila norma roman gloria salvador rosario rita viola stella milan luc leo pete ali jan "
    "chad lara clement constance raj jack bob brad ken lea lupe mandy nick pepe tara angel jesus flo sina".split()
)
"""Given names that are an ordinary word of one of our languages when written small or first in a sentence."""


def personal(text: str, language: str, known: Known) -> tuple[list[SourcedSpan], list[Violation]]:
    """What is sourced of the personal data in a draft, and what is not."""
    spans: list[SourcedSpan] = []
    violations: list[Violation] = []
    for found in find_pii(text):
        if language != "fr" and _MONSIEUR.search(text, max(0, found.start - 3), found.start):
            continue  # a size: `es M. Hay existencias`; _names still looks at the word
        sources = _behind(found, text, known)
        if sources:
            spans.append(_span(found, sources))
        else:
            violations.append(_stranger(found, text))
    taken = [(v.start or 0, v.end or 0) for v in violations]
    violations += [found for found in _names(text, language, known) if not _inside(found, taken)]
    return spans, violations


def _inside(violation: Violation, taken: Collection[tuple[int, int]]) -> bool:
    return any(start <= (violation.start or 0) < end for start, end in taken)


def _span(found: Span, sources: Collection[str]) -> SourcedSpan:
    kind = _KINDS[found.type][1] if found.type in _KINDS else SpanKind.IDENTIFIER
    return SourcedSpan(start=found.start, end=found.end, kind=kind, sources=tuple(sorted(sources)[:4]))


def _behind(found: Span, text: str, known: Known) -> Collection[str]:
    said = text[found.start : found.end]
    compact = re.sub(r"\W", "", said).casefold()
    if found.type in _PAYMENT:
        return {"tracking"} if compact in known.tracking else ()
    if found.type is PiiType.EMAIL:
        return known.mails.get(said.casefold(), NOWHERE)
    return known.holding(said) or known.codes(compact)


def _stranger(found: Span, text: str) -> Violation:
    said = text[found.start : found.end]
    if found.type in _PAYMENT:
        return blocked(Rule.PAYMENT, "payment data and secrets are never written", found.start, found.end)
    rule = _KINDS[found.type][0] if found.type in _KINDS else Rule.PERSONAL
    return blocked(rule, f'"{said}" is not in the evidence of this case', found.start, found.end)


def _names(text: str, language: str, known: Known) -> Iterator[Violation]:
    have = known.names | _usual() | _zone(known.zone.key)
    for match in _CAPITAL.finditer(text):
        if not words_of(match[0]) <= have and _looks_like_name(match, language, have):
            yield _unknown(match)
    for match in _LOWER.finditer(text):
        if match[0] in _only_names() and not words_of(match[0]) <= have:
            yield _unknown(match)


def _unknown(match: re.Match[str]) -> Violation:
    message = f'"{match[0]}" is no name in the evidence of this case'
    return blocked(Rule.NAME, message, match.start(), match.end())


def _looks_like_name(match: re.Match[str], language: str, have: set[str]) -> bool:
    """In the middle of a sentence a capital makes a name; at its start, and in German, more has to speak for one."""
    if match[0].casefold() in _only_names():
        return True
    first = bool(_STARTS.search(match.string, max(0, match.start() - 4), match.start()))
    short = match[0].isupper() and len(match[0]) <= 4
    if language != "de":
        return not first and not short
    following = _CAPITAL.match(match.string, match.end() + 1)
    beside = following is not None and not words_of(following[0]) <= have
    return not first and (beside or (not short and german.person_after_preposition(match)))


@cache
def _only_names() -> frozenset[str]:
    """Given names that are no other word."""
    return word_list("given_names") - word_list("also_words") - word_list("not_names") - _ORDINARY


@cache
def _zone(key: str) -> frozenset[str]:
    """The shop's own zone, as replies name it: another city's time is no time of ours."""
    return words_of(" ".join(city_words(key)))


@cache
def _usual() -> frozenset[str]:
    return words_of(" ".join((_USUAL, *MONTHS, *WEEKDAYS, *CURRENCIES)))
