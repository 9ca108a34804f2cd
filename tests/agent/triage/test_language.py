"""The language of short messages, with order numbers, names and signatures around them."""

import pytest

from agent.triage.glossary import glossaries, in_english
from agent.triage.language import LANGUAGES, language_of
from tests.agent.triage.conftest import rows


@pytest.mark.parametrize("hint", ["en", "fr"])
def test_a_draw_goes_to_the_language_on_record(hint: str) -> None:
    assert language_of("agent", hint) == hint


def test_240_short_messages_in_four_languages() -> None:
    messages = rows("held_out.csv")
    right = sum(language_of(row["text"]) == row["language"] for row in messages)
    assert right / len(messages) >= 0.98, f"{right} of {len(messages)}"


@pytest.mark.parametrize("row", rows("languages.csv"), ids=lambda row: row["text"][:24])
def test_numbers_names_and_greetings_do_not_mislead(row: dict[str, str]) -> None:
    assert language_of(row["text"], row["hint"]) == row["language"]


@pytest.mark.parametrize("hint", ["", "xx", *LANGUAGES])
def test_a_text_that_says_nothing_takes_the_hint(hint: str) -> None:
    assert language_of("#1042", hint) == (hint if hint in LANGUAGES else "en")


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("¿Dónde está mi pedido?", "es", ["where", "my", "order"]),
        ("je veux un remboursement", "fr", ["want", "refund"]),
        ("Meine Lieferadresse ist falsch", "de", ["my", "delivery", "address", "wrong"]),
        ("bestellnummer", "de", ["order", "number"]),
        ("ik wil mijn bestelling annuleren", "nl", ["want", "order", "cancel"]),
    ],
)
def test_shop_words_are_put_into_english(text: str, language: str, english: list[str]) -> None:
    found = in_english(text, language).split()
    assert [word for word in english if word in found] == english


def test_english_is_left_as_it_is() -> None:
    assert in_english("die cast model was in the box", "en") == "die cast model was in the box"


def test_every_language_of_the_table_is_one_we_tell() -> None:
    assert set(glossaries()) == set(LANGUAGES) - {"en"}
