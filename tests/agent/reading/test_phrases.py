"""Phrases found by how their words begin are those that a search for all of them finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.reading.phrases import Phrase, beginnings, phrases_of, shapes_of
from agent.reading.stated import FILE, plain_of
from agent.triage import shipped_examples

WORDS = sorted({word for shape in shapes_of(FILE).values() for word in re.findall(r"[a-z]{1,12}", shape.pattern)})


def searched(plain: str) -> list[tuple[str, int, int]]:
    return sorted((name, *hit.span()) for name, shape in shapes_of(FILE).items() for hit in shape.finditer(plain))


def found(plain: str) -> list[tuple[str, int, int]]:
    return sorted((name, *hit.span()) for name, hit in phrases_of(FILE).hits(plain, list(shapes_of(FILE))))


def test_in_what_customers_write() -> None:
    for example in shipped_examples()[::60]:
        plain = plain_of(example.text)
        assert found(plain) == searched(plain), example.text


@given(st.lists(st.sampled_from([*WORDS, "|", "#2145", "12"]), max_size=12))
def test_in_any_words(words: list[str]) -> None:
    plain = f" {' '.join(words)} "
    assert found(plain) == searched(plain)


@pytest.mark.parametrize("file", sorted(FILE.parent.glob("*.csv")), ids=lambda file: file.stem)
def test_no_sign_of_the_notation_is_left_to_be_looked_for_as_it_stands(file: Path) -> None:
    for name, shape in shapes_of(file).items():
        assert "~" not in shape.pattern, f"{name}: no gap behind a choice that may be empty"


@pytest.mark.parametrize(
    ("phrase", "begins"),
    [
        ("(doesnt|wont) ~ work", {"doesnt ", "wont "}),
        ("(the |) dog", {"the ", "dog "}),
        ("(a|(b|c)d*)e", {"ae ", "bd", "cd"}),
        ("colou?r", {"colo"}),
        ("crack*", {"crack"}),
        ("# (euro)", {""}),
        ("(?<!mail )(box|parcel) was", {""}),
    ],
)
def test_how_a_phrase_begins(phrase: str, begins: set[str]) -> None:
    assert set(beginnings(phrase)) == begins


@pytest.mark.parametrize(
    ("phrase", "always"),
    [
        ("(doesnt|wont) ~ work", "work"),
        ("(the |) dog (and|) cats", "cats"),
        ("(a|(b|c)d*)e fg", "e fg"),
        ("colou?rs", "colo"),
        ("(?<!mail )(box|parcel)", ""),
    ],
)
def test_what_always_stands_in_what_a_phrase_matches(phrase: str, always: str) -> None:
    assert Phrase("any", 0, phrase).always == always
