"""The country that a message names."""

from __future__ import annotations

import pytest

from agent.investigation.countries import country_named
from agent.investigation.fields import fields_of
from tests.agent.investigation.world import about, letter, look


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("do you ship to Norway", "en", "NO"),
        ("delivery to the united kingdom?", "en", "GB"),
        ("how long does a parcel to Perth, Australia take", "en", "AU"),
        ("Wie lange dauert es nach Österreich?", "de", "AT"),
        ("¿cuánto tarda a Japón?", "es", "JP"),
        ("la livraison en Suède, c'est possible ?", "fr", "SE"),
        ("spedite in Svezia?", "it", "SE"),
        ("to England please", "en", "GB"),
        ("Hauptplatz 4\n8010 Graz\nÖsterreich", "de", "AT"),
        ("Hauptplatz 4, 8010 Graz Austria", "en", "AT"),
        ("3 Harbour Street, Sydney NSW 2000, Australia", "en", "AU"),
        ("send it to Jordan", "en", None),
        ("to Norway or to Sweden", "en", None),
        ("delivery to Atlanta, Georgia", "en", None),
        ("a Swedish friend of mine in the turkey business", "en", None),
        ("when does it come", "en", None),
        ("nach Norwegen", "hu", None),
    ],
)
def test_one_country_is_known_by_its_name(text: str, language: str, code: str | None) -> None:
    assert country_named(text, language) == code


@pytest.mark.parametrize(("country", "served"), [("Norway", False), ("Canada", True)])
def test_an_estimate_is_for_the_country_that_is_named(country: str, served: bool) -> None:
    scope = look(letter(f"How long does delivery to {country} take?"), about("delivery_estimate")).scope
    estimate = fields_of(scope["estimate"])
    assert (estimate is not None and estimate["country"] == "CA") is served
    assert served or estimate is None


def test_without_a_country_it_is_the_one_on_record() -> None:
    for text, intent in (("How long does delivery take?", "delivery_estimate"), ("a trip to Norway", "thanks")):
        estimate = fields_of(look(letter(text), about(intent)).scope["estimate"])
        assert estimate is not None
        assert estimate["country"] == "US"


_SPOKEN = {"Schicken": "de", "Envíen": "es", "Merci": "fr"}


@pytest.mark.parametrize(
    ("text", "intent", "code"),
    [
        ("Can 2145 go to Norway? Storgata 3, 0155 Oslo", "change_address", "NO"),
        ("Schicken Sie 2145 nach Österreich: Hauptplatz 4, 8010 Graz", "change_address", "AT"),
        ("Envíen el 2145 a Calle Mayor 3, 06600 Ciudad de México, México", "change_address", "MX"),
        ("Merci d'envoyer la 2145 en Belgique", "change_address", "BE"),
        ("Send 2145 to Canada please", "change_address", None),
        ("Envíen el 2145 a Calle Mayor 133, 2º B, 18006 Granada", "change_address", None),
        ("I go to Norway, so send 2145 to 12 Harbor Way, Boston, MA 02110", "change_address", None),
        ("I go to Norway soon, where is 2145?", "order_status", None),
    ],
)
def test_an_address_abroad_is_told_by_its_country(text: str, intent: str, code: str | None) -> None:
    language = next((code for word, code in _SPOKEN.items() if word in text), "en")
    assert look(letter(text), about(intent, language=language)).scope["country_not_served"] == code
