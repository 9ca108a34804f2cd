"""Codes and spelling: the two signals beside meaning."""

import pytest

from knowledge.identifiers import identifiers
from knowledge.ranking import CodeBook, plain, score, spelling


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("How long does BK-4711 take?", {"bk-4711"}),
        ("is bk-4711 back", {"bk-4711"}),
        ("order #10234, please", {"10234"}),
        ("order 10234", {"10234"}),
        ("#1001", {"1001"}),
        ("TEE-NAVY-M in stock?", {"tee-navy-m"}),
        ("AW-1042_B and EAN 4006381333931", {"aw-1042_b", "4006381333931"}),
        ("1Z999AA10123456784", {"1z999aa10123456784"}),
        ("a 30-day return, 2 kg, 42cm, 4x, 24/7, 10%, 2026, iOS 15, pre-order", set[str]()),
        ("I paid 19.99 on 12.11.", set[str]()),
        ("1" * 9999 + "-", set[str]()),
        ("", set[str]()),
    ],
)
def test_codes_are_told_from_measures(text: str, codes: set[str]) -> None:
    assert identifiers(text) == codes


def test_code_book_counts_codes_per_text() -> None:
    book = CodeBook([("a", "BK-4711 and BK-4712"), ("b", "BK-4711"), ("c", "BK-47112")])
    assert book.holders("bk-4711 or BK-4712?") == {"a": 2, "b": 1}
    assert book.holders("no code") == {}


def test_spelling_is_the_share_of_pieces_found() -> None:
    text = plain("Exchange a voucher, please!")
    assert spelling("voucher")(text) == 1
    assert 0.3 < spelling("vouchr")(text) < 1
    assert spelling("lamp")(text) == 0
    assert spelling("?!")(text) == 0
    assert spelling("a")(text) == 1


def test_a_code_outweighs_everything_else() -> None:
    assert score(-0.1, 0, 1) > score(0.85, 0.3, 0)


@pytest.mark.parametrize("question", ["err5521", "ERR 5521 again", "error Err-5521", "what is err_5521?", "(err/5521)"])
def test_a_code_is_found_without_its_hyphen(question: str) -> None:
    book = CodeBook([("a", "Error ERR-5521"), ("b", "Error ERR-5512")])
    assert book.holders(question) == {"a": 1}


def test_a_code_that_is_spelt_so_somewhere_means_no_other() -> None:
    book = CodeBook([("a", "BK-4711"), ("b", "BK4711"), ("c", "BK-47-11")])
    assert book.holders("BK-4711") == {"a": 1}
    assert set(book.holders("bk 4711")) == {"a", "b", "c"}
    assert not book.holders("2 kg, 30 days, order 4711 of bk")
