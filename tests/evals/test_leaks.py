"""The leak check finds what is shared, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.leaks import brought_texts, leaks, normal, twins


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my order #1042?", "where is my ORDER #2312"),
        ("¿Dónde está mi pedido?", "donde esta mi pedido"),
        ("Please cancel {order}.", "please cancel #1042"),
        ("I'd like to return the {item} from {order}. Never worn.", "I'd like to return the {item} from {order}."),
        (
            "Hello there, I would like to know how long the delivery to Spain takes, thank you",
            "I would like to know how long the delivery to Spain takes because of a party",
        ),
    ],
)
def test_a_phrase_with_other_numbers_and_dress_is_the_same_phrase(one: str, other: str) -> None:
    assert [(leak.one, leak.other) for leak in leaks({"a": one}, {"b": other})] == [("a", "b")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my order?", "Has my parcel reached you yet?"),
        ("I'd like to return the {item} from {order}.", "How do I send the {item} back to you? {order}"),
        ("thanks", "no thanks, I want my money back and a word with your boss"),
    ],
)
def test_two_ways_to_say_a_thing_are_two_phrases(one: str, other: str) -> None:
    assert leaks({"a": one}, {"b": other}) == []


def test_twins_are_told_once_and_nothing_is_its_own_twin() -> None:
    texts = {"a": "my mug is broken", "b": "My mug is broken!", "c": "the cup arrived in pieces"}
    assert [str(leak) for leak in twins(texts)] == ["a and b share 100%"]


def test_numbers_placeholders_and_accents_do_not_count() -> None:
    assert normal("Où est {order} (n° 2312), SVP ?") == "ou est n svp"


def test_a_brands_own_training_file_is_read_by_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('text,label\n"where is it, please",order\nbye,thanks\n', encoding="utf-8")
    assert brought_texts(path) == {"own.csv row 2": "where is it, please", "own.csv row 3": "bye"}
