"""The zone of a shop's hours may be named, in every language; the city of another shop may not."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from agent.guard.known import Known
from agent.guard.people import personal


def strangers(text: str, language: str, zone: str) -> list[str]:
    return [text[one.start : one.end] for one in personal(text, language, Known(ZoneInfo(zone)))[1]]


@pytest.mark.parametrize(
    ("zone", "language", "text"),
    [
        ("Europe/Berlin", "en", "We open again at nine Berlin time."),
        ("Europe/Berlin", "de", "Wir öffnen wieder um 9 Uhr Berliner Zeit."),
        ("Europe/Berlin", "es", "Abrimos de nuevo a las nueve, hora de Berlín."),
        ("America/New_York", "es", "Abrimos de nuevo a las nueve, hora de Nueva York."),
        ("Europe/London", "fr", "Nous rouvrons à neuf heures, heure de Londres."),
    ],
)
def test_the_own_zone_is_no_name_of_a_person(zone: str, language: str, text: str) -> None:
    assert strangers(text, language, zone) == []


def test_the_zone_of_another_shop_is_a_stranger() -> None:
    assert strangers("We open again at nine New York time.", "en", "Europe/Berlin")
