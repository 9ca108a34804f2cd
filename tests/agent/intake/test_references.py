"""Order numbers, articles, parcels, money and days in the words of customers."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intake import References, extract

TODAY = date(2025, 3, 5)


def _orders(text: str) -> list[str]:
    return [mention.value for mention in extract(text).order_numbers]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#1042", ["1042"]),
        ("order 1042", ["1042"]),
        ("Order #1042 hasn't arrived", ["1042"]),
        ("my order is 1042.", ["1042"]),
        ("order no. is 1042", ["1042"]),
        ("order number: CS-1042", ["CS-1042"]),
        ("cs-1042 and CS1043", ["CS-1042", "CS1043"]),
        ("#W2378156", ["W2378156"]),
        ("W2378156 please", ["W2378156"]),
        ("pedido 1042", ["1042"]),
        ("nº de pedido 1042", ["1042"]),
        ("commande n° 1042", ["1042"]),
        ("numéro de commande : 1042", ["1042"]),
        ("Bestellung Nr. 1042", ["1042"]),
        ("Bestellnummer lautet 1042", ["1042"]),
        ("Bestellnr. 1042", ["1042"]),
        ("Auftragsnummer 4930123456", ["4930123456"]),
        ("orders 1042, 1043 and 1044", ["1042", "1043", "1044"]),
        ("pedidos 1042 y 1043", ["1042", "1043"]),
        ("#1042, #1043", ["1042", "1043"]),
        ("order 1042 and 2 shirts", ["1042"]),
        ("RE: Order 1042 (was late)", ["1042"]),
        ("your order confirmation 1042", ["1042"]),
        ("order 112-7654321-1234567", ["112-7654321-1234567"]),
        ("111-7654321-1234567", ["111-7654321-1234567"]),
        ("order #1042-R", ["1042-R"]),
        ("Order1042", ["1042"]),
        ("1042", ["1042"]),
    ],
)
def test_order_numbers(text: str, numbers: list[str]) -> None:
    assert _orders(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "I want to order 1000 cups",
        "can I order 100 shirts",
        "I'd like to order 250",
        "order 5 mugs",
        "call 415-555-2671",
        "+1 415 555 2671",
        "zip 94105",
        "94105",
        "2024",
        "in 2024",
        "ordered in 2024",
        "3 items",
        "ticket #5521",
        "case #1234",
        "apt #204",
        "my #1 choice",
        "colour #FF5733",
        "order 10.42",
        "order 2024-03-14",
        "order 1042,50 €",
        "order 500 euros",
        "invoice INV-2024-000123",
        "reorder 1000",
        "order 1000 pieces",
        "BK-4711",
        "Springfield, IL 62704",
    ],
)
def test_what_is_no_order_number(text: str) -> None:
    assert _orders(text) == []


def test_the_store_names_its_prefixes() -> None:
    assert extract("BK-4711", order_prefixes=("BK",)).order_numbers[0].value == "BK-4711"
    assert extract("BK-4711", order_prefixes=("BK",)).skus == ()
    assert extract("CS-1042", order_prefixes=()).skus[0].value == "CS-1042"
    assert extract("sku CS-1042 of order BK-4711").order_numbers[-1].value == "BK-4711"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("BK-4711 in blue", ["BK-4711"]),
        ("TEE-BLK-M, TEE-BLK-XL", ["TEE-BLK-M", "TEE-BLK-XL"]),
        ("the bk-4711 lamp", ["BK-4711"]),
        ("sku tee-blk-m-2", ["TEE-BLK-M-2"]),
        ("item 9523456873", ["9523456873"]),
        ("Artikelnummer 4711-B", ["4711-B"]),
        ("AB-123-XL-2", ["AB-123-XL-2"]),
        ("ISO-9001 COVID-19 UTF-8 RMA-1234", []),
        ("mid-2023 at ten-forty", []),
        ("NOT-GOOD-ENOUGH", []),
        ("item 2 of 3 items", []),
    ],
)
def test_skus(text: str, values: list[str]) -> None:
    assert [mention.value for mention in extract(text).skus] == values


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("$39.00", [(3900, "USD")]),
        ("39,00 €", [(3900, "EUR")]),
        ("€39", [(3900, "EUR")]),
        ("39 euros", [(3900, "EUR")]),
        ("USD 39 or 39 USD", [(3900, "USD"), (3900, "USD")]),
        ("1.234,56 €", [(123456, "EUR")]),
        ("$1,234.56", [(123456, "USD")]),
        ("1 234,56 €", [(123456, "EUR")]),
        ("CHF 1'234.50", [(123450, "CHF")]),
        ("€1.234", [(123400, "EUR")]),
        ("$1,234", [(123400, "USD")]),
        ("$1,234,567", [(123456700, "USD")]),
        ("$1,5", [(150, "USD")]),
        ("€0.99", [(99, "EUR")]),
        ("39,- €", [(3900, "EUR")]),
        ("$1.5k", [(150000, "USD")]),
        ("¥1000", [(1000, "JPY")]),
        ("KWD 1.250", [(1250, "KWD")]),
        ("A$20, C$30, £5", [(2000, "AUD"), (3000, "CAD"), (500, "GBP")]),
        ("I paid $39, then $5.", [(3900, "USD"), (500, "USD")]),
        ("refund of 39.00", [(3900, None)]),
        ("me cobraron 39,90", [(3990, None)]),
        ("50 cents", [(50, None)]),
        ("5 pounds", [(500, "GBP")]),
        ("it weighs 5 pounds", []),
        ("size 38.50, 12.05 kg", []),
        ("paid on 12.05", []),
        ("version 1.25, 3.00 stars", []),
        ("¥10.50", []),
        ("1042 100 5", []),
    ],
)
def test_amounts(text: str, amounts: list[tuple[int, str | None]]) -> None:
    found = [mention.value for mention in extract(text).amounts]
    assert found == amounts
    assert all(type(minor) is int for minor, _ in found)


def test_a_plain_dollar_is_the_stores() -> None:
    assert extract("$10", dollar="CAD").amounts[0].value == (1000, "CAD")
    assert extract("US$10", dollar="CAD").amounts[0].value == (1000, "USD")


Writing = Callable[[int, int], str]
WRITINGS: list[Writing] = [
    lambda whole, cents: f"${whole:,}.{cents:02}",
    lambda whole, cents: f"{whole:,}".replace(",", ".") + f",{cents:02} €",
    lambda whole, cents: f"{whole:,}".replace(",", " ") + f",{cents:02} €",
    lambda whole, cents: f"CHF {whole:,}".replace(",", "'") + f".{cents:02}",
    lambda whole, cents: f"{whole},{cents:02} EUR",
    lambda whole, cents: f"USD {whole}.{cents:02}",
]


@given(st.integers(0, 9_999_999), st.integers(0, 99), st.sampled_from(WRITINGS))
@settings(max_examples=150, deadline=None)
def test_every_amount_reads_back_to_the_cent(whole: int, cents: int, writing: Writing) -> None:
    text = f"I paid {writing(whole, cents)} yesterday"
    (mention,) = extract(text).amounts
    assert mention.value[0] == whole * 100 + cents
    assert text[mention.start : mention.end] == writing(whole, cents)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 2024-03-14", ["2024-03-14"]),
        ("on 03/18/2024 and 18/03/2024", ["2024-03-18", "2024-03-18"]),
        ("am 20.03.2024, 3.4.24", ["2024-03-20", "2024-04-03"]),
        ("on 03/04/2024", []),
        ("March 3, 2024; 3rd of March 2024", ["2024-03-03", "2024-03-03"]),
        ("3. März 2025, le 3 mars 2025, 3 de marzo de 2025", ["2025-03-03"] * 3),
        ("on March 3", ["2025-03-03"]),
        ("December 28", ["2024-12-28"]),
        ("yesterday, today", ["2025-03-04", "2025-03-05"]),
        ("gestern, vorgestern", ["2025-03-04", "2025-03-03"]),
        ("hier j'ai payé, avant-hier", ["2025-03-04", "2025-03-03"]),
        ("ich bin hier", []),
        ("ayer, anteayer", ["2025-03-04", "2025-03-03"]),
        ("3 days ago, two weeks ago", ["2025-03-02", "2025-02-19"]),
        ("vor 3 Tagen, hace una semana, il y a 2 jours", ["2025-03-02", "2025-02-26", "2025-03-03"]),
        (
            "last Friday, letzten Montag, lundi dernier, el lunes pasado",
            ["2025-02-28", "2025-03-03", "2025-03-03", "2025-03-03"],
        ),
        ("2024-02-30, 31.02.2024, 1.2.3.4", []),
        ("may 5 items go back in may", []),
    ],
)
def test_dates(text: str, days: list[str]) -> None:
    assert [mention.value.isoformat() for mention in extract(text, today=TODAY).dates] == days


def test_without_today_nothing_is_relative() -> None:
    assert extract("yesterday, 3 days ago, last Friday, March 3").dates == ()


def test_day_first_is_told_not_guessed() -> None:
    assert extract("03/04/2024", day_first=True).dates[0].value == date(2024, 4, 3)
    assert extract("03/04/2024", day_first=False).dates[0].value == date(2024, 3, 4)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_days_ago_follow_the_calendar(today: date, days: int) -> None:
    (mention,) = extract(f"{days} days ago", today=today).dates
    assert mention.value == today - timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1Z999AA10123456784", "1Z999AA10123456784"),
        ("1Z 999 AA1 01 2345 6784", "1Z999AA10123456784"),
        ("tracking number is 9400 1000 0000 0000 0000 00", "9400100000000000000000"),
        ("LX123456789DE", "LX123456789DE"),
        ("Sendungsnummer 00340434161094015902", "00340434161094015902"),
        ("FedEx 7489 1234 5678", "748912345678"),
        ("TBA123456789000", "TBA123456789000"),
        ("https://www.ups.com/track?tracknum=1Z999AA10123456784", "1Z999AA10123456784"),
        ("número de seguimiento: AB12345678CD", "AB12345678CD"),
    ],
)
def test_tracking_numbers(text: str, value: str) -> None:
    found = extract(text)
    assert [mention.value for mention in found.tracking_numbers] == [value]
    assert found.order_numbers == ()


@pytest.mark.parametrize(
    "text", ["tracking says delivered 2024", "the parcel of 12 May 2025", "DHL came at 10:30", "order 4930123456"]
)
def test_what_is_no_tracking_number(text: str) -> None:
    assert extract(text).tracking_numbers == ()


def test_a_whole_message() -> None:
    text = (
        "Hi, order #1042 (2x TEE-BLK-M) from yesterday: 1Z999AA10123456784 is stuck, refund $39.00 to Maria@Example.org"
    )
    found = extract(text, today=TODAY)
    values = {name: [m.value for m in getattr(found, name)] for name in References.__slots__}
    assert values == {
        "order_numbers": ["1042"],
        "emails": ["maria@example.org"],
        "skus": ["TEE-BLK-M"],
        "amounts": [(3900, "USD")],
        "dates": [date(2025, 3, 4)],
        "tracking_numbers": ["1Z999AA10123456784"],
    }


@given(st.text(max_size=80) | st.text(alphabet="0123456789 #$€.,-/AZorderpt", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_places_are_inside(text: str) -> None:
    found = extract(text, today=TODAY, day_first=True)
    for name in References.__slots__:
        mentions = getattr(found, name)
        assert all(0 <= m.start < m.end <= len(text) for m in mentions)
        assert all(a.end <= b.start for a, b in pairwise(mentions))
