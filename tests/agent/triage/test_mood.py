"""Anger, legal threats, urgency and sentiment."""

import pytest

from agent.triage.mood import mood_of, trend
from tests.agent.triage.conftest import rows


@pytest.mark.system("B6")
def test_angry_and_legal_messages_are_told_from_mild_ones() -> None:
    rates = {
        kind: [_flagged(row["text"]) for row in rows("moods.csv") if row["kind"] == kind] for kind in ("strong", "mild")
    }
    assert len(rates["strong"]) == len(rates["mild"]) == 20
    assert all(rates["strong"]), f"found {sum(rates['strong'])} of 20"
    assert sum(rates["mild"]) <= 2, f"{sum(rates['mild'])} of 20 mild ones flagged"


@pytest.mark.parametrize(
    "text",
    [
        "I'm filing a chargeback",
        "you will hear from my lawyer",
        "reporting you to the BBB",
        "see you in small claims court",
        "hablaré con mi abogado",
        "mon avocat va vous contacter",
        "ich gehe zur Verbraucherzentrale",
        "I have opened a PayPal dispute",
    ],
)
def test_legal_threats(text: str) -> None:
    found = mood_of(text)
    assert found.legal_threat
    assert found.urgency == "urgent"
    assert found.signs


@pytest.mark.parametrize(
    "text",
    [
        "I'm a lawyer and need a briefcase",
        "Do you charge for returns?",
        "do I have to file a police report for the stolen parcel",
        "is the court shoe available in 7",
        "I love this, thanks so much!!",
        "where is my order",
        "mug in pieces, im not angry",
        "No estoy enfadada, pero la taza llegó rota",
        "Die Tasse ist kaputt, ich bin nicht wirklich wütend",
        "La tasse est cassée, je ne suis pas en colère",
    ],
)
def test_no_threat_and_no_anger(text: str) -> None:
    assert not _flagged(text)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("I need it by Friday, it's for a wedding", "high"),
        ("this is urgent, the funeral is tomorrow", "urgent"),
        ("third time I write to you, no reply", "high"),
        ("Zum dritten Mal: wo bleibt mein Geld", "high"),
        ("sigo esperando, nadie contesta", "high"),
        ("c'est pour un mariage samedi", "high"),
        ("no rush, whenever you can", "low"),
        ("where is my order", "normal"),
    ],
)
def test_urgency_comes_with_its_reason(text: str, urgency: str) -> None:
    found = mood_of(text)
    assert found.urgency == urgency
    assert bool(found.urgency_reason) == (urgency != "normal")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love it, thank you!", "positive"),
        ("gracias, todo perfecto", "positive"),
        ("very disappointed with this", "negative"),
        ("nicht ganz zufrieden", "negative"),
        ("not happy", "negative"),
        ("what size is it", "neutral"),
        ("", "neutral"),
    ],
)
def test_sentiment(text: str, expected: str) -> None:
    assert trend(mood_of(text).sentiment) == expected


def test_shouting_counts_only_in_sentences() -> None:
    assert mood_of("WHERE IS MY ORDER ANSWER ME!!!!").sentiment < 0
    assert mood_of("SKU TOTE-NAT-L").sentiment == 0


def _flagged(text: str) -> bool:
    found = mood_of(text)
    return found.high_emotion or found.legal_threat


def test_who_is_more_than_angry_does_not_deny_it() -> None:
    assert _flagged("I am not just angry, I am furious")


@pytest.mark.parametrize(
    ("text", "high"),
    [("the lid is screwed down the way my husband did it", False), ("I feel screwed over by you people", True)],
)
def test_a_lid_that_is_screwed_on_is_no_fury(text: str, high: bool) -> None:
    assert mood_of(text).high_emotion is high
