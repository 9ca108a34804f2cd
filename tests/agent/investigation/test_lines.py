"""Which lines of an order a message means."""

from __future__ import annotations

import pytest

from agent.investigation.fields import members_of
from agent.investigation.nouns import glossaries, things_said, things_titled
from tests.agent.investigation.world import (
    CUSHION,
    MUG,
    SOCKS,
    SWEATER,
    TOTE,
    about,
    letter,
    line,
    look,
    order,
    product,
)
from tools.commerce import LineItem
from tools.helpdesk import Author

SHEETS = product("sheet", "Linen Sheet Set", "home textiles", {"size": "Queen"})
CARDIGAN = product("card", "Larch Cardigan", "apparel", {"size": "M"})
THREE = (line(CUSHION), line(MUG), line(SOCKS))


def meant(text: str, *lines: LineItem, language: str = "en", ask: str = "missing_item") -> tuple[list[str], bool]:
    found = look(letter(text), about(ask, numbers=("#2145",), language=language), order("2145", *lines))
    return [str(item["title"]) for item in members_of(found.scope["items"])], bool(found.scope["items_meant"])


@pytest.mark.parametrize(
    ("text", "language", "titles"),
    [
        ("The mug is missing from #2145", "en", ["Hearth Mug"]),
        ("paid for 3 things, got 2. cup missing", "en", ["Hearth Mug"]),
        ("MUG-SLA was not in the box", "en", ["Hearth Mug"]),
        ("Falta la taza en mi pedido", "es", ["Hearth Mug"]),
        ("Faltan los calcetines", "es", ["Bramble Socks"]),
        ("Falta la funda del cojín", "es", ["Linen Cushion Cover"]),
        ("des chaussettes en taille S", "fr", ["Bramble Socks"]),
        ("la tasse est cassée", "fr", ["Hearth Mug"]),
        ("la housse de coussin manque", "fr", ["Linen Cushion Cover"]),
        ("war der falsche Becher, blau statt weiß", "de", ["Hearth Mug"]),
        ("es fehlen die Socken", "de", ["Bramble Socks"]),
        ("meine Kaffeetasse ist kaputt", "de", ["Hearth Mug"]),
        ("der Kissenbezug fehlt", "de", ["Linen Cushion Cover"]),
        ("manca la tazza", "it", ["Hearth Mug"]),
        ("falta a caneca", "pt", ["Hearth Mug"]),
        ("het kussen ontbreekt", "nl", ["Linen Cushion Cover"]),
        ("The socks are missing and the cushion cover is torn", "en", ["Linen Cushion Cover", "Bramble Socks"]),
    ],
)
def test_things_are_understood_in_four_languages(text: str, language: str, titles: list[str]) -> None:
    assert meant(text, *THREE, language=language) == (titles, True)


@pytest.mark.parametrize("text", ["something is missing", "the pull cord", "can I sleeve it", "¿qué falta?"])
def test_nothing_named_means_every_line_and_says_so(text: str) -> None:
    titles, singled = meant(text, *THREE)
    assert len(titles) == 3
    assert not singled


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("refund for everything in 2145 please", "en"),
        ("I want to return the whole order", "en"),
        ("returning the lot", "en"),
        ("all three items were broken", "en"),
        ("Quiero devolver todo el pedido", "es"),
        ("quisiera devolver todo", "es"),
        ("el pedido completo", "es"),
        ("je renvoie toute la commande", "fr"),
        ("je voudrais renvoyer le tout", "fr"),
        ("die ganze Bestellung zurück", "de"),
        ("ich schicke alles zurück", "de"),
    ],
)
def test_the_whole_order_is_meant_as_clearly_as_one_line(text: str, language: str) -> None:
    titles, singled = meant(text, *THREE, language=language)
    assert len(titles) == 3
    assert singled


@pytest.mark.parametrize(
    "text", ["thanks for everything", "sobre todo gracias", "tout de suite svp", "vor allem: alles gut"]
)
def test_a_figure_of_speech_is_not_the_whole_order(text: str) -> None:
    assert not meant(text, *THREE)[1]


@pytest.mark.parametrize(
    "text",
    [
        "return everything except the mug",
        "the whole order but the mug",
        "all items apart from the mug",
        "return everything in 2145 but the mug",
        "return 2145 except the mug",
    ],
)
def test_what_is_excepted_stays(text: str) -> None:
    assert meant(text, *THREE) == (["Linen Cushion Cover", "Bramble Socks"], True)


def test_what_is_wrong_in_an_order_that_is_fine_otherwise_is_what_is_named() -> None:
    assert meant("Everything fine with 2145 except the mug, its handle came off", *THREE) == (["Hearth Mug"], True)


def test_a_reservation_about_what_goes_back_leaves_it_out_of_nothing() -> None:
    assert meant("return the mug from order 2145, but not now", *THREE) == (["Hearth Mug"], True)
    assert meant("return the mug from order 2145 except if it can be mended", *THREE) == (["Hearth Mug"], True)


def test_a_line_whose_words_name_another_line_better_is_not_meant() -> None:
    assert meant("the linen sheet set", line(CUSHION), line(SHEETS)) == (["Linen Sheet Set"], True)
    assert meant("my sweater", line(SWEATER), line(CARDIGAN)) == (["Rowan Sweater"], True)
    assert meant("my sweater", line(CARDIGAN), line(MUG)) == (["Larch Cardigan"], True)


def test_options_decide_between_lines_that_are_named_alike() -> None:
    small, large = line(SOCKS, 0, key="a"), line(SOCKS, 1, key="b")
    assert meant("the socks", small, large) == (["Bramble Socks", "Bramble Socks"], True)
    titles, singled = meant("bag and mug", line(TOTE), line(MUG), small)
    assert (titles, singled) == (["Wren Tote", "Hearth Mug"], True)


def test_a_single_line_is_always_the_one_meant() -> None:
    assert meant("it broke", line(MUG)) == (["Hearth Mug"], True)


def test_a_german_compound_is_the_thing_it_ends_with_and_an_adverb_is_none() -> None:
    assert "mug" in things_said("Mein Lieblingsbecher", "de")["lieblingsbecher"]
    assert not things_said("das ist praktisch und bringt nichts", "de")


def test_words_count_in_the_language_they_are_written_in() -> None:
    assert not things_said("please pull it", "en")
    assert things_said("mon pull", "fr")
    assert things_said("mon pull", "pt")


def test_a_loose_word_names_things_only_in_messages() -> None:
    assert "mug" in things_said("the cup", "en")["cup"]
    assert "mug" not in things_titled("Espresso Cups")


def test_the_glossary_is_folded_and_complete() -> None:
    for language, glossary in glossaries().items():
        assert len(glossary.exact) > 80, language
        assert all(word == word.casefold() and word.isascii() and word.isalpha() for word in glossary.said), language


@pytest.mark.parametrize(
    ("text", "named"), [("the mug broke", True), ("all of it please", True), ("20 dollars back", False)]
)
def test_a_single_line_is_meant_and_still_may_have_no_words(text: str, named: bool) -> None:
    found = look(letter(text), about("refund_request", numbers=("#2145",)), order("2145", line(MUG)))
    assert (found.scope["items_meant"], found.scope["items_named"]) == (True, named)


def test_a_few_words_of_an_answer_are_about_what_was_named_before() -> None:
    plain = letter("The money, thanks.", "The socks of #2145 are not for me.", "Another pair, or your money?")
    first, question, newest = plain.messages
    ours = question.model_copy(update={"author": Author.STAFF})
    thread = plain.model_copy(update={"messages": (first, ours, newest)})
    found = look(thread, about("return_request", numbers=("#2145",)), order("2145", line(MUG), line(SOCKS)))
    assert [item["title"] for item in members_of(found.scope["items"])] == [SOCKS.title]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I want to return everything in 2145, the mug is ugly", "en"),
        ("Return all of 2145. The mug is not my style.", "en"),
        ("Return the whole order because the mug is ugly and the socks are too warm", "en"),
        ("Ich möchte alles aus 2145 zurückgeben, die Tasse ist hässlich", "de"),
        ("Quiero devolver todo lo de 2145, la taza es fea", "es"),
        ("Je veux tout renvoyer, la tasse est moche", "fr"),
    ],
)
def test_what_only_says_why_everything_goes_back_singles_nothing_out(text: str, language: str) -> None:
    titles, singled = meant(text, *THREE, ask="return_request", language=language)
    assert len(titles) == 3
    assert singled


@pytest.mark.parametrize(
    "text", ["Return everything in 2145. Not the mug.", "Return everything in 2145, the mug stays with me"]
)
def test_what_stays_of_everything_is_not_what_goes_back(text: str) -> None:
    assert meant(text, *THREE, ask="return_request") == (["Linen Cushion Cover", "Bramble Socks"], True)


def test_of_everything_but_a_thing_that_is_fine_nobody_knows_what_goes_back() -> None:
    assert not meant("I'm returning everything from 2145, the mug is perfect though", *THREE, ask="return_request")[1]


def test_a_but_behind_everything_that_begins_a_wish_leaves_nothing_out() -> None:
    assert meant("I got everything from 2145 but want to return the mug", *THREE, ask="return_request") == (
        ["Hearth Mug"],
        True,
    )


@pytest.mark.parametrize(
    ("text", "language", "pair"),
    [
        ("one sock is missing in order 2145", "en", True),
        ("only one sock was in the packet", "en", True),
        ("es fehlt eine Socke aus 2145", "de", True),
        ("falta un calcetín del pedido 2145", "es", True),
        ("il manque une chaussette dans 2145", "fr", True),
        ("the pair of socks is missing", "en", False),
        ("one mug is missing", "en", False),
    ],
)
def test_of_a_thing_that_is_sold_in_pairs_one_may_be_missing(text: str, language: str, pair: bool) -> None:
    said = about("missing_item", numbers=("#2145",), language=language)
    found = look(letter(text), said, order("2145", *THREE))
    assert found.scope["one_of_a_pair"] is pair
    assert len(members_of(found.scope["items"])) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the socks dont fit and the mug is chipped, 2145", "en"),
        ("die Socken passen nicht und die Tasse ist kaputt, 2145", "de"),
        ("los calcetines no me quedan bien y la taza llegó rota, 2145", "es"),
        ("los calcetines me quedan pequeños y la taza llegó rota, 2145", "es"),
        ("les chaussettes sont trop petites et la tasse est cassée, 2145", "fr"),
    ],
)
def test_what_does_not_fit_is_not_replaced_with_what_is_broken(text: str, language: str) -> None:
    said = about("damaged_item", numbers=("#2145",), language=language)
    assert look(letter(text), said, order("2145", *THREE)).scope["asks_differ"]


@pytest.mark.parametrize(
    ("question", "answer", "title"),
    [
        ("There are two, the mug and the socks. Which one?", "Just the first. I drink out of the second.", MUG.title),
        ("There are two, the socks and the mug. Which one?", "Just the first. The second I love.", SOCKS.title),
        ("Which one is it? 1. mug 2. socks.", "The second on your list, please. The first I like.", SOCKS.title),
        ("Was ist es, Socken oder Becher?", "das zweite bitte", MUG.title),
    ],
)
def test_a_thing_may_be_named_by_its_place_in_our_question(question: str, answer: str, title: str) -> None:
    plain = letter(answer, "One of the things in #2145 goes back.", question)
    first, asked, newest = plain.messages
    thread = plain.model_copy(update={"messages": (first, asked.model_copy(update={"author": Author.STAFF}), newest)})
    language = "de" if question.startswith("Was") else "en"
    said = about("return_request", numbers=("#2145",), language=language)
    found = look(thread, said, order("2145", line(MUG), line(SOCKS)))
    assert [item["title"] for item in members_of(found.scope["items"])] == [title]


@pytest.mark.parametrize("answer", ["This is the second time I write!", "The first or the second, I do not mind."])
def test_a_place_that_names_no_thing_singles_none_out(answer: str) -> None:
    plain = letter(answer, "One of the things in #2145 goes back.", "The mug or the socks?")
    first, asked, newest = plain.messages
    thread = plain.model_copy(update={"messages": (first, asked.model_copy(update={"author": Author.STAFF}), newest)})
    found = look(thread, about("return_request", numbers=("#2145",)), order("2145", line(MUG), line(SOCKS)))
    assert not found.scope["items_meant"]


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("I'd like to return something from #2145.", True),
        ("One of the things in #2145 has to go back.", True),
        ("I'd like to return something from #2145: the mug.", False),
        ("I'd like to return #2145.", False),
    ],
)
def test_who_returns_one_of_several_things_is_asked_which(text: str, unclear: bool) -> None:
    two = order("2145", line(MUG), line(SOCKS))
    found = look(letter(text), about("return_request", numbers=("#2145",)), two)
    assert found.scope["lines_unclear"] is unclear
