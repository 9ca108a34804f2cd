"""One brand voice: letters are put together from it, and what does not sound like it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.playbooks import (
    Engine,
    PlaybooksInvalid,
    Voice,
    as_scope,
    check_voice,
    compose,
    load_playbooks,
    load_voice,
)
from knowledge.playbooks.voice_check import reading_grade
from tests.knowledge.playbooks.contract import MACROS, PLAYBOOKS, SOURCES, facts, vocabulary

FILE = SOURCES / "voice.yaml"
GOOD = "Hi Mia,\n\nYour parcel left us on November 3. It should be there by Friday.\n\nThe Alder & Wren team"


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice(FILE)


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("en", "Hi Mia,", "The Alder & Wren team"),
        ("es", "Hola, Mia:", "El equipo de Alder & Wren"),
        ("fr", "Bonjour Mia,", "L'équipe Alder & Wren"),
        ("de", "Guten Tag Mia Rossi,", "Ihr Team von Alder & Wren"),
        ("it", "Hi Mia,", "The Alder & Wren team"),
    ],
)
def test_a_letter_has_a_greeting_the_body_and_a_sign_off(language: str, first: str, last: str, voice: Voice) -> None:
    assert compose(["One."], language, "Mia", voice, "Mia Rossi") == f"{first}\n\nOne.\n\n{last}"


def test_without_a_name_the_greeting_has_none(voice: Voice) -> None:
    assert compose(["One."], "en", "", voice).startswith("Hello,\n\n")
    assert compose(["One."], "de", "Mia", voice).startswith("Guten Tag,\n\n")


def test_several_answers_are_one_letter_and_nothing_is_said_twice(voice: Voice) -> None:
    first = "Order #1 left us on November 3. You get an e-mail with a tracking link."
    second = (
        "Order #2 is being packed. You get an e-mail with a tracking link.\n\nPlease tell us which one.\n\n- A\n- B"
    )
    assert compose([first, second], "en", "Mia", voice) == (
        f"Hi Mia,\n\n{first}\n\nOrder #2 is being packed.\n\nPlease tell us which one.\n\n- A\n- B"
        "\n\nThe Alder & Wren team"
    )


def test_a_list_that_two_bodies_share_stands_under_both_headings_and_never_a_heading_alone(voice: Voice) -> None:
    first, second = "These are in stock:\n\n- Oat\n- Ink", "This is what we have:\n\n- Oat\n- Ink"
    assert compose([first, second], "en", "Mia", voice) == f"Hi Mia,\n\n{first}\n\n{second}\n\n{voice.sign_off['en']}"
    assert compose([first, first], "en", "Mia", voice) == f"Hi Mia,\n\n{first}\n\n{voice.sign_off['en']}"


@pytest.mark.system("A15")
@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("banned", ("Your parcel", "Unfortunately your parcel")),
        ("exclamation", ("by Friday.", "by Friday!")),
        ("emoji", ("by Friday.", "by Friday 🎉.")),
        ("greeting", ("Hi Mia,", "Dear Mia,")),
        ("sign_off", ("The Alder & Wren team", "Kind regards, Sam")),
        ("sentence_length", ("by Friday.", "by Friday " + "and then again later " * 7 + ".")),
        ("prefer", ("Your parcel", "Regarding your order: the parcel")),
        ("paragraph_length", ("by Friday.", "by Friday. One. Two. Three. Four.")),
        (
            "reading_level",
            (
                "by Friday.",
                "immediately. Notwithstanding considerable international transportation irregularities, "
                "organisational responsibilities necessitate comprehensive documentation. Administrative verification "
                "procedures unquestionably require additional supplementary authorisation. Subsequently, "
                "representatives communicate individualised recommendations electronically. Circumstances permitting, "
                "reimbursement materialises. Transportation companies occasionally reschedule.",
            ),
        ),
    ],
)
def test_a_planted_breach_is_named(rule: str, change: tuple[str, str], voice: Voice) -> None:
    assert check_voice(GOOD, "en", voice) == []
    found = check_voice(GOOD.replace(*change), "en", voice)
    assert rule in {problem.rule for problem in found}
    assert all(problem.message and problem.words for problem in found)


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("de", "Bitte schick uns deine Nummer.", "address_form"),
        ("de", "Leider ist das Paket nicht da.", "banned"),
        ("fr", "Quelle est ta commande ?", "address_form"),
        ("fr", "Malheureusement, le colis est perdu.", "banned"),
        ("es", "¿Cuál es vuestro pedido?", "address_form"),
        ("es", "¡Gracias por su mensaje!", "exclamation"),
        ("en", "Our AI found your parcel.", "banned"),
    ],
)
def test_other_channels_and_languages_have_the_same_rules(language: str, text: str, rule: str, voice: Voice) -> None:
    assert [problem.rule for problem in check_voice(text, language, voice, letter=False)] == [rule]
    assert check_voice("We said it again.", "en", voice, letter=False) == []


@pytest.mark.system("A15")
def test_a_hundred_drafts_sound_like_us(voice: Voice) -> None:
    book, engine = load_playbooks(PLAYBOOKS, MACROS, vocabulary()), Engine("America/New_York")
    scope = as_scope(facts() | {"unknown_option": "navy"})
    branches = [(p, b) for p in book.playbooks.values() for b in p.branches if b.reply]
    drafts = 0
    for playbook, branch in branches:
        assert branch.reply is not None
        for language in ("en", "es", "fr", "de"):
            text = book.macro(branch.reply, playbook.intent).text(language)
            body = engine.render(text, scope, language, branch.follow_up)
            letter = compose([body], language, "Mia", voice, "Mia Rossi")
            assert check_voice(letter, language, voice) == [], letter
            drafts += 1
    assert drafts >= 100


def test_the_reading_grade_grows_with_the_words() -> None:
    assert reading_grade("The cat sat on the mat. It was warm.") < 3
    assert reading_grade("Administrative verification procedures require supplementary authorisation.") > 12
    assert reading_grade("1042") == 0.0


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("max_sentence_words: 28", "max_sentence_words: many", "max_sentence_words: has to be a whole number"),
        ("emoji: false", "emojis: false", "emojis: is no key here"),
        ("brand: Alder & Wren\n", "", "brand: is missing"),
        ("{first_name}", "{vorname}", "holds {vorname}; there are {first_name} and {full_name}"),
        ("L'équipe Alder & Wren", "L'équipe {brand}", "sign_off.fr holds {brand}; none is filled here"),
        ('  fr: "L\'équipe Alder & Wren"\n', "", "sign_off lacks fr: every language needs one"),
    ],
)
def test_a_wrong_voice_file_is_reported_with_its_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "voice.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlaybooksInvalid, match=r"voice\.yaml:") as caught:
        load_voice(path)
    assert expected in str(caught.value)
