"""What the law gives a customer is known by its words: it has a deadline."""

from __future__ import annotations

import pytest

from agent.investigation.data_rights import data_asked
from tests.agent.investigation.world import about, letter, look


@pytest.mark.parametrize(
    "text",
    [
        "Please delete my account and all my personal data.",
        "erase everything you have on me",
        "kindly remove her whole customer profile, she has passed away",
        "I invoke my right to be forgotten.",
        "I do not want you to keep my data any longer",
        "Could my account be closed and wiped?",
        "Bitte löschen Sie mein Kundenkonto und alle meine Daten!",
        "Ich möchte, dass meine Daten bei Ihnen vollständig gelöscht werden.",
        "Hiermit verlange ich die Löschung meiner Daten",
        "Quiero eliminar mi cuenta y mis datos, por favor",
        "Borren mi perfil de su tienda",
        "Merci d'effacer toutes mes données.",
        "Je demande la suppression de mon compte",
        "Vorrei cancellare il mio account",
        "Quero excluir minha conta",
        "Gelieve mijn account te verwijderen",
    ],
)
def test_who_wants_data_deleted_is_heard(text: str) -> None:
    assert data_asked(text) == "deletion"


@pytest.mark.parametrize(
    "text",
    [
        "Send me a copy of all the data you hold on me.",
        "This is a subject access request.",
        "What information do you keep about me?",
        "Under Art. 15 GDPR I ask for my file",
        "Ich bitte um Auskunft über meine personenbezogenen Daten.",
        "Welche Daten habt ihr von mir?",
        "Quiero una copia de mis datos personales",
        "Solicito acceso a todos mis datos",
        "Quelles données avez-vous, et puis-je avoir une copie de mes données ?",
        "Vorrei una copia dei miei dati",
        "Graag een kopie van mijn gegevens",
    ],
)
def test_who_wants_to_see_them_is_heard(text: str) -> None:
    assert data_asked(text) == "copy"


@pytest.mark.parametrize(
    "text",
    [
        "I can't sign in, please send the link again.",
        "Where do I change the phone number in my account?",
        "I don't want my account deleted, only the newsletter should stop.",
        "Please remove the second address from the list",
        "Ich möchte mein Konto nicht löschen, nur das Passwort ändern",
        "No quiero borrar mi cuenta",
        "Could you close the parcel better next time?",
        "please cancel my order 2145",
        "My data plan is used up, so I answer late",
    ],
)
def test_what_asks_for_neither_is_left_alone(text: str) -> None:
    assert data_asked(text) is None


def test_it_counts_only_where_the_account_is_meant() -> None:
    text = "Please delete my account."
    assert look(letter(text), about("account")).scope["data_asked"] == "deletion"
    assert look(letter(text), about("subscription")).scope["data_asked"] is None
