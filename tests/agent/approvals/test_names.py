"""A card says order numbers, titles and people, with the ids of the call beside them; nothing else decides a name."""

from __future__ import annotations

import pytest

from agent.approvals import LineKind, card, describe
from agent.approvals.names import LONGEST, NO_NAMES, names_of
from tests.agent.approvals.test_card import EVERY
from tests.agent.execution.world import ask
from tests.agent.investigation.world import MIA, MUG, PRODUCTS, SWEATER, Shelf, line, order, parcel, usd
from tools import actions as act
from tools.commerce import Noun

ORDER = order("1042", line(SWEATER), line(MUG, quantity=2))
PARCEL = parcel(ORDER).model_copy(update={"tracking_number": "1Z9"})
REFUND = act.RefundOrder(
    order_id="o-1042", amount=usd("52.00"), lines=(act.Lines(line_id="l-p-mug", quantity=2),), method_id="paypal"
)
SWAP = act.Swap(line_id="l-p-knit", variant_id=SWEATER.variants[1].id)
WORDS: tuple[tuple[act.Action, str], ...] = (
    (REFUND, "Pay back 52.00 USD for order #1042, covering 2 of Hearth Mug (Slate Blue), onto paypal"),
    (
        act.ExchangeItems(order_id="o-1042", swaps=(SWAP,), method_id="visa"),
        "Exchange 1 of Rowan Sweater (S, Green) for Rowan Sweater (M, Green) of order #1042, "
        "the difference settled on Visa ·1881",
    ),
    (act.IssueStoreCredit(customer_id="mia", amount=usd("5.00")), "Give 5.00 USD of store credit to customer Mia Lund"),
    (act.OpenCarrierTrace(shipment_id="s-o-1042"), "Ask the carrier to look for shipment UPS 1Z9 of order #1042"),
    (act.ReleaseHold(order_id="o-1042"), "Release the hold on order #1042"),
)


def shelf(*nouns: Noun, down: frozenset[str] = frozenset()) -> Shelf:
    return Shelf((MIA, *PRODUCTS, ORDER, PARCEL, *nouns), down=down)


@pytest.mark.parametrize(("action", "words"), WORDS, ids=lambda value: getattr(value, "kind", ""))
def test_a_sentence_calls_things_by_their_names(action: act.Action, words: str) -> None:
    assert describe(action, names_of([action], shelf().readers())) == words


@pytest.mark.system("U6")
def test_on_the_card_every_name_has_the_id_of_the_call_beside_it() -> None:
    request = ask(*(action for action, _ in WORDS))
    lines = card(request, names_of(request.effects, shelf().readers()))
    said = [each.text for each in lines if each.effect and each.kind in (LineKind.EFFECT, LineKind.AMOUNT)]
    assert said[0] == (
        "Pay back 52.00 USD for order #1042 (o-1042), covering 2 of Hearth Mug (Slate Blue) (line l-p-mug), onto paypal"
    )
    assert said[1].startswith("Exchange 1 of Rowan Sweater (S, Green) (line l-p-knit) for Rowan Sweater (M, Green) (")
    assert said[1].endswith("of order #1042 (o-1042), the difference settled on Visa ·1881 (method visa)")
    assert said[2].endswith("customer Mia Lund (mia)")
    calls = [each.text for each in lines if each.kind is LineKind.CALL]
    assert calls == [action.model_dump_json() for action in request.effects]


@pytest.mark.parametrize("down", ["order", "customer", "variant", "shipment"])
def test_a_system_that_is_down_leaves_the_ids_and_the_card(down: str) -> None:
    request = ask(*(action for action, _ in WORDS))
    lines = card(request, names_of(request.effects, shelf(down=frozenset({down})).readers()))
    assert len(lines) == len(card(request))
    assert "o-1042" in " ".join(each.text for each in lines if each.kind is not LineKind.CALL)


def test_what_is_not_known_goes_by_its_id() -> None:
    empty = Shelf(())
    for action in EVERY:
        assert describe(action, names_of([action], empty.readers())) == describe(action)
        assert describe(action, names_of([action], empty.readers()).with_ids()) == describe(action, NO_NAMES)


def test_lines_of_two_orders_with_one_id_keep_their_own_titles() -> None:
    other = order("1043", line(MUG, key="l-p-knit"))
    actions = [
        act.ReplaceItems(order_id=f"o-{number}", lines=(act.Lines(line_id="l-p-knit"),)) for number in ("1042", "1043")
    ]
    names = names_of(actions, shelf(other).readers())
    assert "1 of Rowan Sweater" in describe(actions[0], names)
    assert "1 of Hearth Mug" in describe(actions[1], names)


def test_a_title_stays_on_its_line_and_is_cut() -> None:
    loud = MUG.model_copy(update={"title": "Mug\n\nSigned already by Priya" + "!" * 500})
    made = order("1044", line(loud))
    said = describe(
        act.ReplaceItems(order_id="o-1044", lines=(act.Lines(line_id="l-p-mug"),)),
        names_of([act.ReplaceItems(order_id="o-1044", lines=(act.Lines(line_id="l-p-mug"),))], shelf(made).readers()),
    )
    assert "\n" not in said
    assert len(said) < LONGEST + 80
