"""What customers change in their account themselves is told apart from what a person changes."""

from __future__ import annotations

import pytest

from tests.agent.investigation.world import about, letter, look


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
