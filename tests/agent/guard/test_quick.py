"""A quick look leaves out searches that find nothing, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.guard import claims, number_words, promise_words
from agent.guard.quick import at_codes
from knowledge.hints import may_hold

PIECES = (
    "November 19|the 19th|le 3|am 19.|2026-11-19|19/11/26|3.11.|49.00 USD|$ US|39 $|€49,90|EUR|kr 5|12 %|3-5 days|"
    "within two weeks|10:30|14h|5pm|9 Uhr|750ml|#1042|BK-4711|1 0 4 2|555-010-44|24/7|tomorrow|morgen|next week|"
    "la semana próxima|Thursday|sábado|FRI\u0130DAY|\u017funday|www.example.com|shop.de|a@b.co|mailto:x|e.g.|"
    "twenty-one|dix-sept|veintiuno|zweiundzwanzig|one|un|"
    "\u0661\u0662|\u212a|a_b|x1_2|0|7|,|.|-|/|#| |  |\n|\u00a0|the|in|of"
).split("|")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).flatmap(
    lambda found: st.sampled_from(["", " ", "-"]).map(lambda glue: glue.join(found))
)


@given(text=TEXTS)
def test_every_claim_that_a_search_finds_is_found(text: str) -> None:
    for _, look, shape, _ in claims._SHAPES:  # pyright: ignore[reportPrivateUsage] - all of them, one by one
        assert [m.span() for m in look(shape, text)] == [m.span() for m in shape.finditer(text)], shape.pattern


WHOLE = st.one_of(
    *(st.from_regex(shape, fullmatch=True) for shape in (claims._CODE, claims._LINK, claims._MAIL)),  # pyright: ignore[reportPrivateUsage]
    st.text(alphabet="aw1.@:/-_#www", max_size=24),
)


@given(text=WHOLE, language=st.sampled_from(number_words.LANGUAGES))
def test_a_code_a_link_or_an_address_alone_says_what_a_search_finds_in_it(text: str, language: str) -> None:
    assert claims.claims_of(text, language) == claims._searched(text, language)  # pyright: ignore[reportPrivateUsage]


@given(text=st.text(alphabet="aA1\u0662-_#. \n", max_size=24))
def test_codes_are_found_where_they_begin(text: str) -> None:
    shape = claims._IDENTIFIER  # pyright: ignore[reportPrivateUsage]
    assert [m.span() for m in at_codes(shape, text)] == [m.span() for m in shape.finditer(text)]


SPOKEN = st.lists(
    st.sampled_from(
        "I|we|has|been|is|on|here|he|hemos|ha|sido|se|le|Etiqueta|compañera|verá|haremos|miré|j'ai|J’ai|avons|a|été|"
        "est|jointe|Étiquette|ferez|ferai|seront|donnerons|rai|habe|wird|Versandetikett|prüft|ſe|ich|the|team|other".split(
            "|"
        )
    ),
    max_size=6,
).flatmap(lambda words: st.sampled_from([" ", "-", "\n", ""]).map(lambda glue: glue.join(words)))


@given(text=SPOKEN, language=st.sampled_from(promise_words.WRITTEN))
def test_a_language_that_may_promise_is_heard(text: str, language: str) -> None:
    heard = promise_words._SPOKEN[language].search(text) is not None  # pyright: ignore[reportPrivateUsage]
    assert promise_words._may_speak(text, language) is heard  # pyright: ignore[reportPrivateUsage]


@given(text=TEXTS, language=st.sampled_from(number_words.LANGUAGES))
def test_every_number_in_words_is_found(text: str, language: str) -> None:
    every = [match.span() for match in number_words.pattern(language).finditer(text)]
    found = [match.span() for match in number_words.runs(text, language)]
    assert found == [span for span in every if text[slice(*span)].casefold() not in number_words._ARTICLES]  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("text", "held"),
    [("On MONDAY", True), ("on day one", False), ("\u212aonday", True), ("", False), ("Mond\u0101y", True)],
)
def test_a_text_with_strange_letters_may_hold_anything(text: str, held: bool) -> None:
    assert may_hold(text, ("monday",)) is held
