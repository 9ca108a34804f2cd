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
