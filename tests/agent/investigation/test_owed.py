"""What is owed when it is our fault: shipping goes with the whole order, and with nothing less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from tests.agent.investigation.world import CUSHION, MUG, NOW, SOCKS, about, letter, line, look, order, parcel, usd
from tools.commerce import (
    LineItem,
    Noun,
    Order,
    OrderStage,
    ParcelStatus,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
)

AGO = NOW - timedelta(days=3)
LATE = NOW - timedelta(days=14)
ALL = "everything in the order is broken"


def scope(made: Order, *nouns: Noun, text: str = ALL) -> Mapping[str, object]:
    return look(letter(text), about("damaged_item", numbers=(made.number,)), made, *nouns).scope


def owed(made: Order, *nouns: Noun, text: str = ALL) -> tuple[object, object]:
    found = scope(made, *nouns, text=text)
    return found["owed_value"], found["shipping_owed"]


def refund(of: Order, amount: str, *, shipping: str | None = None) -> Refund:
    paid = usd(shipping) if shipping else None
    return Refund(id=f"r-{amount}", order_id=of.id, amount=usd(amount), shipping=paid, at=AGO)


def split(made: Order, *parcels: tuple[ParcelStatus, Sequence[int]]) -> list[Shipment]:
    """A parcel for each entry, with the lines at these places."""
    return [
        parcel(
            made,
            status,
            delivered_at=AGO if status is ParcelStatus.DELIVERED else None,
            scanned_at=LATE if status is ParcelStatus.IN_TRANSIT else AGO,
            expected=LATE,
        ).model_copy(update={"id": f"s-{at}", "line_ids": tuple(made.lines[place].id for place in places)})
        for at, (status, places) in enumerate(parcels)
    ]


@pytest.mark.parametrize("lines", [(line(MUG),), (line(MUG, quantity=3, discount="7.80", tax="5.62"), line(SOCKS))])
def test_shipping_is_owed_with_the_whole_order(lines: Sequence[LineItem]) -> None:
    made = order("2145", *lines)
    assert owed(made, parcel(made, delivered_at=AGO)) == (made.total, True)
    assert scope(made)["items_value"] == made.total - usd("5.00")


@pytest.mark.parametrize(("included", "worth"), [(True, "23.00"), (False, "24.40")])
def test_the_tax_on_shipping_is_owed_once(included: bool, worth: str) -> None:
    plain = order("2145", line(SOCKS, price="18.00"))
    made = plain.model_copy(update={"shipping_tax": usd("1.40"), "taxes_included": included})
    paid = plain.transactions[0].model_copy(update={"amount": made.total})
    assert owed(made.model_copy(update={"transactions": (paid,)})) == (usd(worth), True)


def test_a_part_of_the_order_is_owed_without_shipping() -> None:
    assert owed(order("2145", line(MUG), line(SOCKS)), text="the mug is broken") == (usd("26.00"), False)
    assert owed(order("2145", line(MUG).model_copy(update={"returning": 1}), line(SOCKS))) == (usd("14.00"), False)


def test_free_shipping_is_not_owed() -> None:
    plain = order("2145", line(MUG))
    free = plain.model_copy(update={"shipping": usd("0.00")})
    assert owed(free) == (usd("26.00"), False)


def test_nothing_is_owed_without_an_order() -> None:
    nobody = look(letter("hello"), about("damaged_item")).scope
    assert (nobody["owed_value"], nobody["shipping_owed"]) == (None, False)


TOUCHED = order("2145", line(MUG, quantity=2))
BEFORE: dict[str, Sequence[Noun]] = {
    "goodwill": [refund(TOUCHED, "3.00")],
    "shipping": [refund(TOUCHED, "5.00", shipping="5.00")],
    "return": [
        Return(
            id="r", order_id=TOUCHED.id, status=ReturnStatus.CLOSED, requested_at=AGO,
            lines=(ReturnLine(line_id=TOUCHED.lines[0].id, quantity=1),),
        )
    ],
    "sent again": [order("2146", line(MUG)).model_copy(update={"replaces_order_id": TOUCHED.id})],
}  # fmt: skip


@pytest.mark.parametrize("before", BEFORE)
def test_shipping_is_not_owed_for_an_order_that_was_touched_before(before: str) -> None:
    assert owed(TOUCHED, *BEFORE[before])[1] is False
    assert owed(TOUCHED)[1] is True


def test_a_refund_that_only_the_order_knows_counts() -> None:
    back = TOUCHED.transactions[0].model_copy(update={"id": "b", "kind": "refund", "amount": usd("1.00")})
    assert owed(TOUCHED.model_copy(update={"transactions": (*TOUCHED.transactions, back)})) == (usd("52.00"), False)


def test_a_rejected_return_and_a_cancelled_replacement_do_not_count() -> None:
    rejected = BEFORE["return"][0].model_copy(update={"status": ReturnStatus.REJECTED})
    cancelled = BEFORE["sent again"][0].model_copy(update={"stage": OrderStage.CANCELLED})
    assert owed(TOUCHED, rejected, cancelled) == (usd("57.00"), True)


ARRIVED, MOVING = ParcelStatus.DELIVERED, ParcelStatus.IN_TRANSIT
THREE = order("2145", line(MUG), line(SOCKS), line(CUSHION))


FARED: dict[str, tuple[list[tuple[ParcelStatus, list[int]]], bool]] = {
    "all arrived": ([(ARRIVED, [0]), (ARRIVED, [1, 2])], True),
    "all lost": ([(MOVING, [0]), (MOVING, [1, 2])], True),
    "one with all": ([(MOVING, [])], True),
    "one arrived and one lost": ([(ARRIVED, [0]), (MOVING, [1, 2])], False),
    "one line never packed": ([(MOVING, [0, 1])], False),
}


@pytest.mark.parametrize("fared", FARED)
def test_the_whole_order_went_wrong_only_when_its_parcels_fared_alike(
    fared: str,
) -> None:
    parcels, whole = FARED[fared]
    assert owed(THREE, *split(THREE, *parcels)) == (usd("83.00" if whole else "78.00"), whole)


def test_one_of_two_parcels_that_is_not_lost_is_no_whole_order() -> None:
    lost, late = split(THREE, (MOVING, [0]), (MOVING, [1, 2]))
    moving = late.model_copy(update={"estimated_delivery": NOW + timedelta(days=1)})
    assert owed(THREE, lost, moving) == (usd("78.00"), False)
