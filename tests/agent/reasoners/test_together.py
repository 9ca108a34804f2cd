"""One reply does not end an order and speak of it as if it went on, and drops no ask without a word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

import pytest

from agent.case import ProposedResolution
from agent.reasoners.base import Brief
from agent.reasoners.playbook import PlaybookReasoner
from agent.reasoners.vocabulary import vocabulary
from knowledge.documents import Passage
from knowledge.playbooks import Engine, PlaybookBook, load_playbooks, load_voice
from server.settings import Settings
from tests.agent.investigation.world import (
    LIMITS,
    MIA,
    MUG,
    NOW,
    PRODUCTS,
    Library,
    Shelf,
    about,
    letter,
    line,
    look,
    order,
    parcel,
    passage,
)
from tests.agent.reasoners.procedures import Told
from tools import commerce as shop

WAITING = order("2145", line(MUG), stage=shop.OrderStage.PENDING, days_ago=1)
HELD = order("2145", line(MUG))
ARRIVED = (HELD, parcel(HELD, delivered_at=NOW - timedelta(days=3)))
STOCK = tuple(shop.StockLevel(variant_id=each.id, available=9) for each in MUG.variants)


class Everything(Library):
    """Every section that a playbook cites."""

    def cite_all(self, wanted: Iterable[tuple[str, str]], now: datetime) -> list[Passage | None]:
        return [passage(document, anchor, "Approved.") for document, anchor in wanted]


@cache
def shipped() -> PlaybookBook:
    settings = Settings()
    return load_playbooks(settings.playbooks, settings.macros, vocabulary(LIMITS))


def proposed(text: str, *asks: str, language: str = "en", arrived: bool = False) -> ProposedResolution:
    settings, said = Settings(), about(asks[0], *asks[1:], numbers=("#2145",), language=language)
    book = PlaybookReasoner(
        classifier=Told(said),
        book=shipped(),
        engine=Engine(LIMITS.business_hours.time_zone),
        voice=load_voice(settings.voice),
    )
    needs, ticket = book.needs(said), letter(text)
    cites = [cite.partition("~")[0] for cite in needs.cites]
    shelf = Shelf((MIA, *PRODUCTS, *(ARRIVED if arrived else (WAITING,)), *STOCK))
    found = look(ticket, said, shelf=shelf, library=Everything(), lookups=needs.lookups, cites=cites)
    return book.propose(
        Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)
    )


def effects(proposal: ProposedResolution) -> set[str]:
    return {action.kind for action in proposal.actions} & {
        "cancel_order", "change_order_items", "change_shipping_address", "create_return", "exchange_items",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "asks", "language"),
    [
        ("Cancel 2145 and ship me the mug in speckled white instead", ("cancel_order",), "en"),
        ("Please cancel 2145, I want it in speckled white", ("cancel_order", "exchange_request"), "en"),
        ("Stornieren Sie 2145 und schicken Sie mir stattdessen den in Speckled White", ("cancel_order",), "de"),
        ("Anulen el 2145 y envíenme en su lugar la de Speckled White", ("cancel_order",), "es"),
        ("Annulez la 2145 et envoyez-moi à la place celle en Speckled White", ("cancel_order",), "fr"),
    ],
)
def test_who_cancels_to_get_another_variant_gets_that_one(text: str, asks: tuple[str, ...], language: str) -> None:
    proposal = proposed(text, *asks, language=language)
    assert effects(proposal) == {"change_order_items"}
    assert [action.kind for option in proposal.alternatives for action in option.actions] == ["cancel_order"]


@pytest.mark.parametrize(
    "text", ["Cancel 2145, I meant speckled white and order again", "Cancel 2145 and give me the money instead"]
)
def test_a_plain_cancellation_stays_one(text: str) -> None:
    proposal = proposed(text, "cancel_order")
    assert effects(proposal) == {"cancel_order"}
    assert not proposal.escalate


def test_what_is_wanted_instead_and_not_known_is_left_to_a_person() -> None:
    proposal = proposed("Cancel 2145 and send me the big one instead", "cancel_order")
    assert effects(proposal) == {"cancel_order"}
    assert "sent instead" in proposal.escalate


@pytest.mark.parametrize("ask", ["return_request", "order_status", "delivery_estimate"])
def test_a_cancelled_order_is_not_spoken_of_as_if_it_went_on(ask: str) -> None:
    proposal = proposed("Please cancel order 2145", "cancel_order", ask)
    alone = proposed("Please cancel order 2145", "cancel_order")
    assert proposal.reply is not None
    assert alone.reply is not None
    assert proposal.reply.text == alone.reply.text
    assert not proposal.escalate


def test_an_address_for_an_order_that_ends_is_named_to_a_person() -> None:
    text = "Cancel order 2145. Its new address is 48 Birch Lane, Portland, OR 97205"
    proposal = proposed(text, "cancel_order", "change_address")
    assert effects(proposal) == {"cancel_order"}
    assert "change address" in proposal.escalate


def test_who_names_a_number_that_is_none_of_theirs_is_told_that_a_person_answers() -> None:
    proposal = proposed("Please cancel 2145 and 2210", "cancel_order")
    alone = proposed("Please cancel 2145", "cancel_order")
    assert effects(proposal) == {"cancel_order"}
    assert "#2210" in proposal.escalate
    assert proposal.reply is not None
    assert alone.reply is not None
    assert proposal.reply.text != alone.reply.text
    assert "2210" not in proposal.reply.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Return 2145 and send me the speckled white one", "en"),
        ("Ich schicke 2145 zurück, bitte schickt mir den in Speckled White", "de"),
        ("Devuelvo el 2145, mándenme la de Speckled White", "es"),
        ("Je renvoie 2145, envoyez-moi celle en Speckled White", "fr"),
    ],
)
def test_who_sends_back_to_get_another_variant_is_not_given_a_label_alone(text: str, language: str) -> None:
    proposal = proposed(text, "return_request", "exchange_request", language=language, arrived=True)
    assert effects(proposal) == {"exchange_items"}


def test_another_thing_for_what_goes_back_is_left_to_a_person() -> None:
    text = "Return 2145 and send me a blue teapot please"
    proposal = proposed(text, "return_request", "exchange_request", arrived=True)
    assert effects(proposal) == set()
    assert "sent besides" in proposal.escalate


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("Please don't put the price in the parcel of 2145", "change_order"),
        ("2145 is a gift, please don't send it with the invoice in the box", "cancel_order"),
    ],
)
def test_how_the_parcel_is_packed_goes_to_a_person_and_ends_nothing(text: str, ask: str) -> None:
    proposal = proposed(text, ask)
    assert effects(proposal) == set()
    assert "packed" in proposal.escalate
