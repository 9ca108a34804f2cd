"""Asking for a person."""

import pytest

from agent.triage.human import wants_human
from tests.agent.triage.conftest import rows

ROWS = rows("human_requests.csv")


@pytest.mark.system("U9")
@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_ten_phrasings_and_more_in_each_language(language: str) -> None:
    asked = [row["text"] for row in ROWS if row["wants"] == "yes" and row["language"] == language]
    assert len(asked) >= 10
    assert [text for text in asked if not wants_human(text)] == []


def test_talking_about_people_is_not_asking_for_one() -> None:
    plain = [row["text"] for row in ROWS if row["wants"] == "no"]
    assert len(plain) >= 30
    assert [text for text in plain if wants_human(text)] == []


@pytest.mark.parametrize("text", ["speak to a humna", "agnet please", "i want a reprsentative", "ein mitarbeitr bitte"])
def test_slips_of_one_letter_are_forgiven(text: str) -> None:
    assert wants_human(text)


def test_few_false_alarms_on_other_messages() -> None:
    others = [row["text"] for row in rows("held_out.csv") if row["label"] not in ("human_request", "complaint")]
    assert sum(wants_human(text) for text in others) <= 2
