"""Typing mistakes are mended towards the words of the texts, and nothing else is touched."""

import pytest

from knowledge.speller import Speller

TEXTS = ["Return an item within thirty days.", "Return postage is free; the café delivers.", "A pouch of cotton."]
KNOWN = {"where", "voucher", "item", "books"}


@pytest.mark.parametrize(
    ("question", "mended"),
    [
        ("how to retrun an itme", "how to return an item"),
        ("Retrun POSTIGE?", "return postage?"),
        ("the cafe", "the café"),
        ("my voucher", "my voucher"),  # known to the model
        ("coupon", "coupon"),  # cotton is two letters away
        ("teh", "teh"),  # too short to be sure
        ("retrun2 re1urn", "return2 re1urn"),
        ("", ""),
        ("?" * 1000 + "z" * 100_000, "?" * 1000 + "z" * 100_000),
    ],
)
def test_mends_one_letter_of_unknown_words(question: str, mended: str) -> None:
    assert Speller(TEXTS).mend(question, KNOWN.__contains__) == mended


def test_commonest_word_wins() -> None:
    assert Speller(["boots", "books", "books"]).mend("boous", lambda _: False) == "books"


def test_without_texts_nothing_changes() -> None:
    assert Speller([]).mend("retrun", lambda _: False) == "retrun"
