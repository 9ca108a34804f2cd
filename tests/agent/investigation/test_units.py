"""How many pieces are meant: nobody is paid for the mug that is fine."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.investigation.units import Units, units_said
from agent.reasoners.base import Brief
from agent.reasoners.builders import CannotBuild, build
from tests.agent.investigation.world import MUG, NOW, SOCKS, about, letter, line, look, order, parcel, usd
from tools.commerce import LineItem

MUGS = frozenset({"mug", "tass", "taza", "teapot"})
AGO = NOW - timedelta(days=3)


@pytest.mark.parametrize(
    "text",
    [
        "One of the two mugs in order 2145 arrived broken.",
        "One of my mugs is cracked, please send a new one",
        "I want to return one of the mugs",
        "1 mug of 2 missing",
        "only one mug came, I ordered two",
        "I ordered two mugs and one arrived broken",
        "one was fine, the other cracked",
        "can I send back one please? No: return one, please",
        "Eine der zwei Tassen ist zerbrochen",
        "Eine Tasse von zwei ist kaputt, bitte Geld zurück",
        "une des deux tasses est cassée",
        "una de las dos tazas llegó rota",
        "one of them is chipped",
        "one of these is chipped",
        "I send back one of those",
    ],
)
def test_some_of_two_is_one(text: str) -> None:
    assert units_said(text, MUGS, 2) == 1


@pytest.mark.parametrize(
    "text",
    [
        "My order arrived broken",
        "my mug is broken",
        "the mugs came broken",
        "both mugs are broken",
        "two mugs broken",
        "I'd like a new one please, mugs broken",
        "no one was at home, and the mugs are broken",
        "my first one was great, but these mugs are broken",
        "it was one of those days, and the mugs are broken",
        "this is one of the best shops, but the mugs are broken",
        "it took one day and one phone call. both mugs are broken",
        "ein Problem mit den Tassen: kaputt",
        "un problema con las tazas",
        "order #1 of mugs, paid 1.50 for them",
        "",
    ],
)
def test_a_message_that_does_not_speak_of_some_means_all(text: str) -> None:
    assert units_said(text, MUGS, 2) is Units.ALL


@pytest.mark.parametrize(
    ("text", "left", "units"),
    [
        ("two of the three mugs are broken", 3, 2),
        ("2 out of 5 mugs broken", 5, 2),
        ("one of the three mugs is fine", 3, Units.UNCLEAR),
        ("only one of the three mugs arrived", 3, Units.UNCLEAR),
        ("one mug broke and two mugs have scratches", 4, Units.UNCLEAR),
        ("all mugs came, one is broken and both look bad", 2, Units.UNCLEAR),
        ("three of the three mugs broke", 3, Units.ALL),
        ("one of the mugs", 1, Units.ALL),
    ],
)
def test_of_more_than_two_it_is_told_or_a_person_counts(text: str, left: int, units: int | Units) -> None:
    assert units_said(text, MUGS, left) == units


@given(st.text(max_size=200), st.integers(0, 8))
def test_never_none_and_never_as_many_as_there_are(text: str, left: int) -> None:
    units = units_said(text, MUGS, left)
    assert isinstance(units, Units) or 1 <= units < left


@pytest.mark.parametrize(
    "text", ["one of " * 30_000, "1 of the " * 20_000 + "x", "one " + "x " * 100_000, "a" * 200_000]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    began = time.process_time()
    units_said(text, MUGS, 2)
    assert time.process_time() - began < 2


def brief(text: str, *lines: LineItem) -> Brief:
    made = order("2145", *lines)
    ticket, said = letter(text), about("damaged_item", numbers=("2145",))
    found = look(ticket, said, made, parcel(made, delivered_at=AGO))
    return Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)


@pytest.mark.parametrize("kind", ["refund_order", "replace_items", "create_return"])
def test_an_action_covers_the_pieces_that_are_meant_and_no_shipping_goes_with_a_part(kind: str) -> None:
    two = line(MUG, quantity=2, discount="5.01", tax="4.13")
    found = brief("One of the two mugs arrived broken", two)
    built = build(kind, {}, found).model_dump(mode="json")
    assert built["lines"] == [{"line_id": two.id, "quantity": 1}]
    assert found.scope["items_value"] == two.refundable(1, taxes_included=False)
    assert (found.scope["owed_value"], found.scope["shipping_owed"]) == (found.scope["items_value"], False)
    whole = brief("The mugs arrived broken", two)
    assert build(kind, {}, whole).model_dump(mode="json")["lines"] == [{"line_id": two.id, "quantity": 2}]
    assert (whole.scope["items_value"], whole.scope["shipping_owed"]) == (usd("51.12"), True)


@pytest.mark.parametrize("kind", ["refund_order", "replace_items", "create_return", "issue_store_credit"])
def test_what_leaves_the_number_open_is_for_a_person(kind: str) -> None:
    found = brief("All mugs came, one is broken and both look bad", line(MUG, quantity=2))
    with pytest.raises(CannotBuild, match="leaves open how many pieces of an item are meant"):
        build(kind, {}, found)


def test_between_two_lines_of_several_pieces_nobody_can_tell_whose_it_is() -> None:
    lines = (line(MUG, quantity=2), line(SOCKS, quantity=2))
    assert brief("One of them is broken in the mugs and socks", *lines).scope["units_unclear"] is True
    assert brief("The mugs and the socks are broken", *lines).scope["units_unclear"] is False
    beside = brief("One of the two mugs and the socks are torn", line(MUG, quantity=2), line(SOCKS))
    assert build("refund_order", {}, beside).model_dump(mode="json")["lines"] == [
        {"line_id": "l-p-mug", "quantity": 1},
        {"line_id": "l-p-sock", "quantity": 1},
    ]


@pytest.mark.parametrize(
    ("text", "left", "units"),
    [
        ("I ordered two mugs and only got one", 2, 1),
        ("I only received one. Please send the other one.", 2, 1),
        ("I ordered 3 mugs and just got 2", 3, 1),
        ("only one of the three mugs arrived", 3, 2),
        ("I got two of the three mugs", 3, 1),
        ("I got half of the mugs", 4, 2),
        ("there was only half of the mugs in the box", 4, 2),
        ("only one mug is missing", 3, Units.UNCLEAR),
        ("Es kam nur eine Tasse", 2, 1),
        ("solo llegaron dos", 3, 1),
        ("je n'ai reçu qu'une tasse", 2, 1),
        ("I only have one question: where are my mugs", 2, Units.ALL),
    ],
)
def test_where_something_is_missing_those_that_came_are_not_counted(text: str, left: int, units: int | Units) -> None:
    assert units_said(text, MUGS, left, missing=True) == units


def test_more_than_the_order_has_is_for_a_person() -> None:
    assert brief("I ordered three mugs and one is broken", line(MUG, quantity=2)).scope["units_unclear"] is True
    assert brief("I ordered two mugs and one is broken", line(MUG, quantity=2)).scope["units_unclear"] is False
    assert brief("I ordered 2 pairs of socks, one pair is torn", line(SOCKS)).scope["units_unclear"] is True
    assert brief("I ordered two socks, one is torn", line(SOCKS)).scope["units_unclear"] is False
