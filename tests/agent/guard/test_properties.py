"""Change one digit of anything that is grounded, and it no longer is; write money in any form, and it still is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.guard.claims import claims_of
from tests.agent.guard.world import KINDS, ORDER, PASSAGES, SHIPMENT, ZONE, Case, Fields, rules
from tools.money import Money

GROUNDED = [
    ("en", "Order #1042 of November 3, 2026 cost $78.00, and $39.00 of it was the TOTE-OLV."),
    ("en", "It left us on 11/05/2026 as 1Z999AA10123456784 and is expected on Nov 19, 2026."),
    ("es", "El pedido #1042 del 3 de noviembre de 2026 costó 78,00 $, y 39,00 $ fueron el bolso."),
    ("fr", "La commande #1042 du 3 novembre 2026 coûtait 78,00 $US, dont 39,00 $US pour le sac."),
    ("de", "Die Bestellung #1042 vom 3. November 2026 kostete 78,00 $, davon 39,00 $ für die Tasche."),
    ("de", "Sie ging am 05.11.2026 als 1Z999AA10123456784 ab und soll am 2026-11-19 ankommen."),
    ("en", "It goes to 12 Elm Street, Portland, OR 97201, paid with the Visa ending in 4242."),
    ("en", "A refund takes 5 to 10 business days, and bags have 60 days."),
]
LOCALES = {"en": "en_US", "es": "es_ES", "fr": "fr_FR", "de": "de_DE"}
LANGUAGES = st.sampled_from(sorted(LOCALES))
CURRENCIES = st.sampled_from(["USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "SEK", "PLN", "MXN", "INR"])


def facts() -> str:
    """Everything that is evidence, as one text: what a changed number must not happen to be."""
    return " ".join([str(KINDS), *(passage.text for passage in PASSAGES)])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GROUNDED), st.data())
def test_one_changed_digit_is_a_violation(row: tuple[str, str], data: st.DataObject) -> None:
    language, text = row
    places = [match.start() for match in re.finditer(r"\d", text)]
    at = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
    changed = text[:at] + digit + text[at + 1 :]
    claim = next(c for c in claims_of(changed, language) if c.start <= at < c.end)
    assume(not is_evidence(claim.text, claim.values))
    assert rules(changed, language) != []


def is_evidence(said: str, values: tuple[object, ...]) -> bool:
    """Whether the changed value happens to be another fact of the case, found without the guard's own index."""
    days = {_day(value) for fields in KINDS.values() for value in fields.values() if isinstance(value, str)}
    dates = {(day.year, day.month, day.day) for day in days if day is not None}
    if any(value in dates for value in values):
        return True
    return bool(re.search(rf"(?<![\w.]){re.escape(said.strip('#$').strip())}(?![\w.]?\d)", facts()))


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).astimezone(ZONE).date() if "T" in text else None
    except ValueError:
        return None


def with_total(amount: Money) -> dict[str, Fields]:
    return {"order": {**ORDER, "total": str(amount)}, "shipment": SHIPMENT}


def of_order(**fields: str) -> dict[str, Fields]:
    return {"order": {"id": "ord_1", "number": "#A", **fields}}


def written(amount: Money, language: str) -> list[str]:
    plain = f"{amount.decimal:f}"
    local = re.sub(r"[\u00a0\u202f]", " ", format_currency(amount.decimal, amount.currency, locale=LOCALES[language]))
    return [local, f"{plain} {amount.currency}", f"{amount.currency} {plain}"]


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 10_000_000), CURRENCIES, LANGUAGES, st.integers(0, 2))
def test_an_amount_is_known_in_every_form(minor: int, currency: str, language: str, form: int) -> None:
    amount = Money(minor=minor, currency=currency)
    text = f"Total: {written(amount, language)[form]}."
    assert Case(language=language, kinds=with_total(amount)).rules(text) == []


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 1_000_000), st.integers(1, 1_000_000), CURRENCIES, LANGUAGES, st.integers(0, 2))
def test_another_amount_is_known_in_no_form(minor: int, other: int, currency: str, language: str, form: int) -> None:
    assume(minor != other)
    kinds = of_order(total=str(Money(minor=minor, currency=currency)))
    text = f"Total: {written(Money(minor=other, currency=currency), language)[form]}."
    assert "grounding.amount" in Case(language=language, kinds=kinds, passages=()).rules(text)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1_000_000), LANGUAGES)
def test_the_same_number_in_another_currency_is_another_amount(minor: int, language: str) -> None:
    kinds = of_order(total=str(Money(minor=minor, currency="EUR")))
    for text in written(Money(minor=minor, currency="GBP"), language):
        assert "grounding.amount" in Case(language=language, kinds=kinds, passages=()).rules(f"Total: {text}.")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 700), LANGUAGES, st.sampled_from(["long", "medium", "short"]), st.integers(-3, 3))
def test_a_day_is_known_in_every_form_and_no_other_day_is(back: int, language: str, form: str, off: int) -> None:
    moment = datetime(2026, 11, 15, 17, tzinfo=UTC) - timedelta(days=back)
    kinds = of_order(placed_at=moment.isoformat())
    said = moment.astimezone(ZONE).date() + timedelta(days=off)
    text = format_date(said, form, locale=LOCALES[language])
    swapped = said.day <= 12 and form != "long"  # 11/03 may mean both ways round
    found = Case(language=language, kinds=kinds, passages=()).rules(f"- {text}")
    if off == 0:
        assert found == []
    elif not swapped:
        assert "grounding.date" in found


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,234.50", "1234.50 USD"),
        ("1.234,50 €", "1234.50 EUR"),
        ("1 234,50 €", "1234.50 EUR"),
        ("CHF 1’234.50", "1234.50 CHF"),
        ("¥1,200", "1200 JPY"),
        ("1.234 KWD", "1.234 KWD"),
        ("39,- €", "39.00 EUR"),
        ("£5", "5.00 GBP"),
        ("1.000.000,00 €", "1000000.00 EUR"),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    money = Money.model_validate(amount)
    (claim,) = claims_of(text)
    assert (money.decimal, money.currency) in claim.values
    assert all(isinstance(value, tuple) and isinstance(value[0], Decimal) for value in claim.values)


PIECES = st.sampled_from(
    ["$", "€", "1", "42", "#", "-", ".", ",", " ", "\n", "we have", "refunded", "if", "no", "tomorrow",
     "19. November", "{y}", "Maria", "@", "https://", "%", "[x]", "twenty",
     "one", "und", "no se", "n'avons", "\u200b", "é", "ß", "日本"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.lists(PIECES, max_size=60).map("".join), LANGUAGES)
def test_any_text_is_judged(text: str, language: str) -> None:
    assume(text)
    verdict = Case(language=language).check(text)
    length = len(verdict.draft.text)
    assert all(0 <= span.start < span.end <= length for span in verdict.draft.spans)
    for violation in verdict.violations:
        assert violation.verdict == "block"
        assert 0 <= (violation.start or 0) <= (violation.end or 0) <= length


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([row for row in GROUNDED if row[0] == "en"]), min_size=1, max_size=6, unique=True))
def test_what_is_grounded_alone_is_grounded_together(rows: list[tuple[str, str]]) -> None:
    assert rules("\n\n".join(text for _, text in rows)) == []
