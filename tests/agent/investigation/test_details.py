"""What customers change in their account themselves is told apart from what a person changes."""

from __future__ import annotations

import pytest

from agent.case import References
from tests.agent.investigation.world import about, letter, look


def test_who_writes_about_prices_may_say_that_something_costs_less_now() -> None:
    less = "Your own shop wants less for the sweater today than I paid"
    assert look(letter(less), about("promotion")).scope["lower_price_said"] is True
    named = about("promotion").model_copy(update={"references": References(amounts=("80.00 USD",))})
    assert look(letter("It is down to $80 now"), named).scope["lower_price_said"] is True
    assert look(letter(less), about("product_question")).scope["lower_price_said"] is False
    assert look(letter("Does a code work on the sweater?"), about("promotion")).scope["lower_price_said"] is False


def own(text: str) -> object:
    return look(letter(text), about("account")).scope["own_detail"]


@pytest.mark.parametrize(
    "text",
    [
        "Where do I change the phone number on my profile?",
        "I have a new surname, which page is that on",
        "how can I update my street address in the account",
        "¿Dónde cambio mi teléfono?",
        "¿En qué página pongo mi nueva dirección?",
        "Comment modifier mon prénom ?",
        "J'ai déménagé, où mettre ma nouvelle adresse ?",
        "Wo ändere ich meine Handynummer?",
        "Mein Nachname hat sich geändert.",
        "Dove cambio il mio cognome?",
        "Onde altero o meu telefone?",
        "Waar pas ik mijn adres aan?",
    ],
)
def test_name_phone_and_address_are_on_the_page(text: str) -> None:
    assert own(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "Please put my new e-mail address on the account.",
        "new email and new phone number please",
        "Quiero cambiar mi dirección de correo",
        "Je voudrais changer d'adresse mail",
        "Meine E-Mail-Adresse soll anders lauten",
        "There are two accounts in my name, merge them",
        "There is a name in my account that I don't know, was I hacked?",
        "The page fails when I save my phone number",
        "Die Adresse zu ändern funktioniert nicht",
        "Delete my name and everything else",
        "Which address does your login page have?",
        "my account looks odd",
    ],
)
def test_what_a_person_changes_or_looks_at_is_not(text: str) -> None:
    assert own(text) is False
