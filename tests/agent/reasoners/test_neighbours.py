"""The same facts end in the same effects, whichever of two neighbouring asks a message is taken for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import combinations

import pytest

from agent.investigation import Inquiry
from agent.reasoners.base import Brief
from agent.reasoners.builders import CannotBuild, build
from agent.reasoners.vocabulary import vocabulary
from agent.remedies import remedied
from knowledge.playbooks import Branch, Engine, PlaybookBook, Scope, load_playbooks
from server.settings import Settings
from tests.agent.investigation.world import (
    LIMITS,
    MUG,
    NOW,
    SOCKS,
    SWEATER,
    about,
    letter,
    line,
    look,
    order,
    parcel,
    usd,
)
from tools import commerce as shop
from tools.actions import Action

World = Callable[[], Sequence[shop.Noun]]
Effects = frozenset[tuple[str, frozenset[tuple[str, str]]]]
ENGINE = Engine("America/New_York")
HANDED_OVER: Effects = frozenset({("handed over", frozenset[tuple[str, str]]())})


@pytest.fixture(scope="module")
def book() -> PlaybookBook:
    settings = Settings()
    return load_playbooks(settings.playbooks, settings.macros, vocabulary(LIMITS))


def stock(of: shop.Product, available: int) -> list[shop.Noun]:
    return [shop.StockLevel(variant_id=variant.id, available=available) for variant in of.variants]


def in_stock() -> list[shop.Noun]:
    return [level for of in (SWEATER, MUG, SOCKS) for level in stock(of, 7)]


def sold_out() -> list[shop.Noun]:
    return [level for of in (SWEATER, MUG, SOCKS) for level in stock(of, 0)]


def ordered(stage: shop.OrderStage = shop.OrderStage.PENDING, *, hold: str = "", **changes: object) -> shop.Order:
    lines = (line(SWEATER, 2),)
    return order("2145", *lines, stage=stage, days_ago=1, hold=hold).model_copy(update=changes)


def delivered(days_ago: int, *lines: shop.LineItem) -> list[shop.Noun]:
    bought = order("2145", *(lines or (line(SWEATER, 2),)), days_ago=days_ago + 4)
    return [
        bought,
        parcel(bought, delivered_at=NOW - timedelta(days=days_ago), scanned_at=NOW - timedelta(days=days_ago)),
    ]


def on_its_way(quiet: int, late: int = -2, *lines: shop.LineItem) -> list[shop.Noun]:
    bought = order("2145", *(lines or (line(SWEATER, 2),)), stage=shop.OrderStage.SHIPPED, days_ago=quiet + late + 9)
    scanned, expected = NOW - timedelta(days=quiet), NOW - timedelta(days=late)
    return [bought, parcel(bought, shop.ParcelStatus.IN_TRANSIT, scanned_at=scanned, expected=expected)]


def going_back(nouns: list[shop.Noun]) -> list[shop.Noun]:
    found = [noun for noun in nouns if isinstance(noun, shop.Order)]
    lines = tuple(each.model_copy(update={"returning": each.quantity}) for each in found[0].lines)
    back = shop.Return(
        id="r-1",
        order_id=found[0].id,
        status=shop.ReturnStatus.LABEL_SENT,
        requested_at=NOW - timedelta(days=1),
        lines=tuple(shop.ReturnLine(line_id=each.id, quantity=each.quantity) for each in lines),
    )
    return [found[0].model_copy(update={"lines": lines}), *nouns[1:], back]


PAID_BACK = shop.Refund(id="f-1", order_id="o-2145", amount=usd("90.00"), at=NOW - timedelta(days=2))
WORLDS: dict[str, World] = {
    "pending": lambda: [ordered(), *in_stock()],
    "pending, sold out": lambda: [ordered(), *sold_out()],
    "pending, on hold": lambda: [ordered(hold="address check"), *in_stock()],
    "pending, changed before": lambda: [ordered(items_modified=True), *in_stock()],
    "pending, several items": lambda: [
        order("2145", line(SWEATER, 2), line(MUG), stage=shop.OrderStage.PENDING, days_ago=1),
        *in_stock(),
    ],
    "with the warehouse": lambda: [ordered(shop.OrderStage.PROCESSING), *in_stock()],
    "cancelled": lambda: [ordered(shop.OrderStage.CANCELLED), *in_stock()],
    "moving": lambda: [*on_its_way(1), *in_stock()],
    "stopped": lambda: [*on_its_way(6), *in_stock()],
    "lost": lambda: [*on_its_way(20, 12), *in_stock()],
    "lost, sold out": lambda: [*on_its_way(20, 12), *sold_out()],
    "delivered": lambda: [*delivered(5), *in_stock()],
    "delivered, sold out": lambda: [*delivered(5), *sold_out()],
    "delivered, last day": lambda: [*delivered(30), *in_stock()],
    "delivered, a day too late": lambda: [*delivered(31), *in_stock()],
    "delivered, final sale": lambda: [*delivered(5, line(SWEATER, 2, final_sale=True)), *in_stock()],
    "delivered, several items": lambda: [*delivered(5, line(SWEATER, 2), line(MUG)), *in_stock()],
    "delivered, comes back already": lambda: [*going_back(delivered(5)), *in_stock()],
    "delivered, paid back already": lambda: [*delivered(5, line(SWEATER, 2, refunded=1)), PAID_BACK, *in_stock()],
}
NEIGHBOURS: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "another size": ("The sweater of #2145 in M please", ("exchange_request", "change_order"), "", ""),
    "no longer wanted": ("I do not want #2145 any more", ("cancel_order", "refund_request"), "pending", ""),
    "one item of it": ("I do not want the sweater of #2145", ("cancel_order", "refund_request"), "pending", ""),
    "no longer wanted, on its way": ("I do not want #2145 any more", ("cancel_order", "refund_request"), "lost", ""),
    "stuck": ("I do not want #2145 any more", ("cancel_order", "refund_request"), "stopped", ""),
    "back": ("The sweater of #2145 can go back", ("return_request", "refund_request"), "delivered", ""),
    "something is wrong": (
        "About the sweater of #2145", ("damaged_item", "wrong_item", "missing_item"), "delivered", "",
    ),
    "something is wrong, money": (
        "About the sweater of #2145", ("damaged_item", "wrong_item", "missing_item"), "delivered", "refund_request",
    ),
    "where it is": ("Where is #2145", ("order_status", "not_received"), "lost", ""),
    "where it is, money": ("Where is #2145", ("order_status", "not_received"), "lost", "refund_request"),
    "stopped": ("Where is #2145", ("order_status", "not_received", "delivery_estimate"), "stopped", ""),
    "moving": ("Where is #2145", ("order_status", "not_received", "delivery_estimate"), "moving", ""),
    "not there yet": ("Where is #2145", ("order_status", "not_received", "delivery_estimate"), "pending", ""),
}  # fmt: skip
"""Asks that are easily taken for each other: a message, the asks, the worlds (by their first words), a further ask."""
CASES = [
    (each, world) for each, (_, _, worlds, _) in NEIGHBOURS.items() for world in WORLDS if world.startswith(worlds)
]


def looked(text: str, world: str, intent: str, *further: str) -> Inquiry:
    return look(letter(text), about(intent, *further, numbers=("#2145",)), *WORLDS[world]())


def effects(branch: Branch, inquiry: Inquiry, intent: str) -> Effects:
    """What a branch would change beyond the helpdesk, and for which lines."""
    brief = Brief(
        ticket=inquiry.ticket,
        classification=about(intent),
        investigation=inquiry.investigation,
        scope=inquiry.scope,
        now=NOW,
    )
    scope = Scope(inquiry.scope)
    try:
        actions: list[Action] = [build(step.kind, ENGINE.arguments(step, scope), brief) for step in branch.steps]
    except CannotBuild:
        return HANDED_OVER
    return frozenset((action.kind, remedied(action)) for action in actions)


@pytest.mark.parametrize(("case", "world"), CASES, ids=[f"{case} - {world}" for case, world in CASES])
def test_neighbouring_asks_end_in_the_same_effects_or_with_a_person(case: str, world: str, book: PlaybookBook) -> None:
    text, intents, _, also = NEIGHBOURS[case]
    found: dict[str, tuple[Branch, Effects]] = {}
    for intent in intents:
        inquiry = looked(text, world, intent, *([also] if also else []))
        branch = ENGINE.choose(book.get(intent), Scope(inquiry.scope))
        found[intent] = (branch, effects(branch, inquiry, intent))
    for one, other in combinations(found.values(), 2):
        handed_over = [1 for branch, done in (one, other) if done is HANDED_OVER or (branch.escalate and not done)]
        assert one[1] == other[1] or handed_over, {intent: (b.name, done) for intent, (b, done) in found.items()}


def test_the_cases_really_propose_something(book: PlaybookBook) -> None:
    """Otherwise all of them could agree on nothing."""
    proposed = set[str]()
    for case, world in CASES:
        text, intents, _, also = NEIGHBOURS[case]
        inquiry = looked(text, world, intents[0], *([also] if also else []))
        branch = ENGINE.choose(book.get(intents[0]), Scope(inquiry.scope))
        proposed |= {step.kind for step in branch.propose}
    assert proposed == {
        "cancel_order", "change_order_items", "create_return", "exchange_items", "refund_order", "replace_items",
    }  # fmt: skip


@pytest.mark.parametrize("intent", ["cancel_order", "refund_request", "change_order"])
def test_nothing_is_cancelled_because_one_thing_of_several_is_not_wanted(intent: str, book: PlaybookBook) -> None:
    inquiry = looked("please take the mug out of #2145", "pending, several items", intent)
    branch = ENGINE.choose(book.get(intent), Scope(inquiry.scope))
    assert not branch.steps
