"""Structured types in the formats people use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_97_10

from agent.redaction import PiiType, find_pii


def kinds(text: str) -> list[tuple[PiiType, str | None]]:
    return [(span.type, span.text) for span in find_pii(text)]


@pytest.mark.parametrize(
    "number",
    [
        *(
            "(512)555-0147x1234",
            "+1-512-555-0147x88",
            "512.555.0147",
            "001-512-555-0147x0033",
            "1 (512) 555-0147",
            "512/555-0147",
        ),
        *("+44(0)7911 123456", "(0113) 4960000", "07700 900123", "07700900123", "+4420 7946 0958", "+353 86 123 4567"),
        *("+49 30 901820", "+49(0)30/901820-12", "0049 30 901820", "+33 (0)1 42 68 53 00", "06 12 34 56 78"),
        *("+34 912 345 678", "612 345 678", "+61 2 9374 4000", "+86 138 0013 8000", "+55 11 91234-5678"),
    ],
)
def test_phones_without_a_word(number: str) -> None:
    assert kinds(f"Hello, {number}, thanks") == [(PiiType.PHONE, number)]


@pytest.mark.parametrize(
    "text",
    [
        "phone 5125550147",
        "call me: 555-0142",
        "my number is 07911 123456",
        "Tel. 030/1234567",
        "Handy 0176 1234 5678",
        "móvil 612345678",
        "portable 0612345678",
        "whatsapp 447911123456",
        "912 345 678 es mi tlf",
    ],
)
def test_phones_with_a_word(text: str) -> None:
    assert [kind for kind, _ in kinds(text)] == [PiiType.PHONE]


@pytest.mark.parametrize(
    "text",
    ["order 5125550147", "pedido 612345678", "Sendung 0176 1234 5678", "ticket #4155550123", "Rechnung 06 12 34 56 78"],
)
def test_the_same_digits_as_reference_are_no_phone(text: str) -> None:
    assert kinds(text) == []


CARD_BODIES = st.sampled_from(["4", "51", "55", "2221", "6011"]).flatmap(
    lambda prefix: st.from_regex(rf"\A{prefix}\d{{{15 - len(prefix)}}}\Z")
)


@given(CARD_BODIES, st.sampled_from([" ", "-", ""]))
@settings(max_examples=60, deadline=None)
def test_every_valid_card_is_found_and_a_wrong_digit_is_not(body: str, gap: str) -> None:
    digits = "".join(str(int(char)) for char in body)
    right = digits + luhn.calc_check_digit(digits)
    wrong = digits + str((int(right[-1]) + 1) % 10)
    grouped = [gap.join(number[i : i + 4] for i in range(0, 16, 4)) for number in (right, wrong)]
    assert kinds(f"paid, {grouped[0]}, ok") == [(PiiType.CREDIT_CARD, grouped[0])]
    assert kinds(f"paid, {grouped[1]}, ok") == []
    assert kinds(f"my card {grouped[1]}") == [(PiiType.CREDIT_CARD, grouped[1])]


@given(st.from_regex(r"\A\d{18}\Z"), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_valid_iban_is_found_and_a_wrong_one_only_with_a_word(body: str, grouped: bool) -> None:
    account = "".join(str(int(char)) for char in body)
    check = mod_97_10.calc_check_digits(account + "DE")
    iban = f"DE{check}{account}"
    shown = " ".join(iban[i : i + 4] for i in range(0, 22, 4)) if grouped else iban
    assert kinds(f"{shown} please") == [(PiiType.IBAN, shown)]
    assert kinds(shown.lower()) == [(PiiType.IBAN, shown.lower())]
    wrong = shown[:-1] + str((int(shown[-1]) + 1) % 10)
    assert PiiType.IBAN not in [kind for kind, _ in kinds(f"code {wrong} please")]
    assert PiiType.IBAN in [kind for kind, _ in kinds(f"IBAN {wrong} please")]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("jane at example dot com", PiiType.EMAIL, "jane at example dot com"),
        ("jane[at]example[dot]com", PiiType.EMAIL, "jane[at]example[dot]com"),
        ("jane@example dot com", PiiType.EMAIL, "jane@example dot com"),
        ("reach me: j_d at gmail.com", PiiType.EMAIL, "j_d at gmail.com"),
        ("<mailto:jane@example.org>", PiiType.EMAIL, "jane@example.org"),
        ("SSN 123456789", PiiType.SSN, "123456789"),
        ("it is 219-09-9999", PiiType.SSN, "219-09-9999"),
        ("ITIN 912-73-1234", PiiType.TAX_ID, "912-73-1234"),
        ("2001:db8::1", PiiType.IP_ADDRESS, "2001:db8::1"),
        ("192.168.1.1:8080", PiiType.IP_ADDRESS, "192.168.1.1"),
        ("001b.4411.3ab7", PiiType.MAC_ADDRESS, "001b.4411.3ab7"),
        ("born in Madrid on May 4, 1988", PiiType.DATE_OF_BIRTH, "May 4, 1988"),
        ("her birthday, 4 May 1988", PiiType.DATE_OF_BIRTH, "4 May 1988"),
        ("api_key='a1b2c3d4e5f6'", PiiType.SECRET, "a1b2c3d4e5f6"),
        ("PIN: 4821", PiiType.SECRET, "4821"),
        ('password is "tulip"', PiiType.PASSWORD, "tulip"),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", PiiType.CRYPTO_WALLET, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        ("https://u:p@host.example/x", PiiType.URL, "https://u:p@host.example/x"),
        ("Flat 3, 44 Queen's Road, Brighton BN1 3XB", PiiType.ADDRESS, "Flat 3, 44 Queen's Road, Brighton BN1 3XB"),
        ("ZIP 60614", PiiType.POSTAL_CODE, "60614"),
    ],
)
def test_other_formats(text: str, kind: PiiType, value: str) -> None:
    assert kinds(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "need it by her birthday 12 May 2025",
        "password must contain 8 characters",
        "PIN badge set of 3",
        "shopped at amazon.com",
        "1.2.3.4 is the version",
        "3.14159, 2.71828",
        "std::vector at 10:23:11",
        "000-12-3456",
        "666-12-3456",
    ],
)
def test_lookalikes(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ES 612 345 678 +34 612 345 679", ["612 345 678", "+34 612 345 679"]),
        ("order 2145 +49 170 1234567", ["+49 170 1234567"]),
        ("apt 5 (+1) 617 555 0123", ["(+1) 617 555 0123"]),
        ("12 + 34 pieces", []),
    ],
)
def test_a_number_with_a_plus_is_found_right_behind_other_digits(text: str, numbers: list[str]) -> None:
    assert kinds(text) == [(PiiType.PHONE, number) for number in numbers]
