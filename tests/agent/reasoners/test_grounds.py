"""What moves goods or money rests on words, or on a reading that is sure and that no word speaks against."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.case import Classification
from agent.reasoners.base import Brief
from agent.reasoners.grounds import BEYOND_WORDS, ON_RECORD, SAID_AGAIN, SAID_OF_GOODS, UNSAID, Weight, doubt, weight_of
from knowledge.playbooks import Branch
from tests.agent.investigation.world import MUG, NOW, SOCKS, about, letter, line, look, order, parcel
from tools.commerce import Order, OrderStage, ParcelStatus

GIVES, MOVES, TELLS = Weight.GIVES, Weight.MOVES, Weight.TELLS
BOUGHT = order("2145", line(MUG))


TWO = order("2146", line(MUG), line(SOCKS))


def brief(text: str, said: Classification, bought: Order = BOUGHT) -> Brief:
    ticket = letter(text)
    found = look(ticket, said, bought)
    return Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)


def why(text: str, intent: str, weight: Weight, sure: float = 0.99, *further: str) -> str:
    return doubt(brief(text, about(intent, *further, confidence=sure)), weight)


@pytest.mark.parametrize(
    ("kinds", "weight"),
    [
        (["replace_items", "suppress_promotions"], GIVES),
        (["cancel_order"], GIVES),
        (["create_return"], MOVES),
        (["change_order_items"], MOVES),
        (["open_carrier_trace"], TELLS),
        ([], TELLS),
    ],
)
def test_a_branch_weighs_what_its_weightiest_step_does(kinds: list[str], weight: Weight) -> None:
    branch = Branch.model_validate({"name": "a", "propose": kinds, "reply": "b"})
    assert weight_of(branch) is weight
    assert weight_of(None) is TELLS


@pytest.mark.parametrize(
    ("text", "intent", "speaks_of"),
    [
        ("2145 isn't for me after all, I'd like to return it", "missing_item", "return request"),
        ("2145, I want a refund, it does not match the kitchen", "damaged_item", "refund request"),
        ("2145 came, please exchange it", "refund_request", "exchange request"),
        ("not to me, 2145 never arrived", "missing_item", "not received"),
        ("please cancel 2145", "change_order", "cancel order"),
        ("2145 arrived broken", "return_request", "damaged item"),
    ],
)
def test_words_for_something_else_speak_against_a_reading(text: str, intent: str, speaks_of: str) -> None:
    doubted = BEYOND_WORDS - 0.01
    assert speaks_of in why(text, intent, GIVES, doubted)
    assert speaks_of in why(text, intent, MOVES, doubted)
    assert speaks_of not in why(text, intent, TELLS, doubted)
    assert why(text, intent, GIVES, BEYOND_WORDS) == ""


@pytest.mark.parametrize(
    ("text", "intent", "further"),
    [
        ("2145 arrived broken, I want to return it", "damaged_item", ()),
        ("the socks are missing from 2145, refund them", "damaged_item", ("refund_request",)),
        ("I want my money back for 2145", "return_request", ()),
        ("please cancel 2145 and refund me", "refund_request", ()),
        ("I want to send the M of 2145 back for an L", "exchange_request", ()),
        ("from Monday on at 1 Oak Road, please cancel nothing", "change_address", ()),
    ],
)
def test_words_that_go_with_a_reading_do_not(text: str, intent: str, further: tuple[str, ...]) -> None:
    assert "speaks of" not in why(text, intent, GIVES, 0.99, *further)


@pytest.mark.parametrize(
    ("text", "intent", "weight", "sure", "firm"),
    [
        ("the mug, 2145", "missing_item", GIVES, UNSAID[GIVES] - 0.01, False),
        ("the mug, 2145", "missing_item", GIVES, UNSAID[GIVES], True),
        ("the mug, 2145", "return_request", MOVES, UNSAID[MOVES] - 0.01, False),
        ("the mug, 2145", "return_request", MOVES, UNSAID[MOVES], True),
        ("the mug of 2145 came broken", "damaged_item", GIVES, SAID_OF_GOODS - 0.01, False),
        ("the mug of 2145 came broken", "damaged_item", GIVES, SAID_OF_GOODS, True),
        ("the mug of 2145 is a sorry sight, may I have another one", "damaged_item", GIVES, SAID_AGAIN, True),
        ("the mug of 2145 is a sorry sight, may I have another one", "damaged_item", GIVES, SAID_AGAIN - 0.01, False),
        ("another one for 2145, or my money back", "damaged_item", GIVES, SAID_AGAIN, False),
        ("please cancel 2145", "cancel_order", GIVES, 0.3, True),
    ],
)
def test_words_carry_what_a_reading_alone_does_not(
    text: str, intent: str, weight: Weight, sure: float, firm: bool
) -> None:
    assert (why(text, intent, weight, sure) == "") is firm


@pytest.mark.parametrize(
    ("quiet", "intent", "sure", "firm"),
    [
        (25, "not_received", ON_RECORD, True),
        (25, "not_received", ON_RECORD - 0.01, False),
        (7, "not_received", ON_RECORD, False),
        (25, "missing_item", ON_RECORD, False),
    ],
)
def test_what_the_records_bear_out_needs_no_words(quiet: int, intent: str, sure: float, firm: bool) -> None:
    sent = order("2145", line(MUG), stage=OrderStage.SHIPPED, days_ago=30)
    since = NOW - timedelta(days=quiet)
    gone = parcel(sent, ParcelStatus.IN_TRANSIT, scanned_at=since, expected=since)
    ticket, said = letter("my mug of 2145 has left for another planet"), about(intent, confidence=sure)
    found = look(ticket, said, sent, gone)
    asked = Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)
    assert (doubt(asked, GIVES) == "") is firm


def test_one_fault_said_carries_another_read() -> None:
    assert why("the mug of 2145 came broken", "wrong_item", GIVES, SAID_OF_GOODS) == ""


def test_what_did_not_come_of_several_is_missing_from_the_parcel() -> None:
    said = about("missing_item", numbers=("#2146",), confidence=0.6)
    assert doubt(brief("no socks came with #2146", said, TWO), GIVES) == ""
    assert "not received" in doubt(brief("#2146 never came", said, TWO), GIVES)


@pytest.mark.parametrize(
    "text",
    [
        "I wanted to cancel 2145 but changed my mind, please send it",
        "never mind cancelling 2145",
        "undo the cancellation of 2145",
        "I no longer want to cancel 2145",
        "I'd like to keep 2145 after all",
        "Cancel it. Just kidding. When does 2145 ship?",
        "don't ship 2145 yet, cancel nothing",
        "Ich wollte 2145 stornieren, möchte sie jetzt aber doch haben",
        "Stornierung von 2145 bitte rückgängig machen",
        "Ich nehme die Stornierung von 2145 zurück",
        "Ich möchte die Tasse aus 2145 doch behalten",
        "vergessen Sie's, 2145",
        "stornieren Sie 2145 NICHT",
        "2145 bitte noch nicht verschicken",
        "quería cancelar el 2145 pero al final la quiero",
        "olviden la cancelación del 2145",
        "je voulais annuler 2145 mais finalement je la garde",
        "oubliez ma demande d'annulation, 2145",
    ],
)
def test_who_takes_an_ask_back_is_not_given_it(text: str) -> None:
    assert why(text, "cancel_order", GIVES)


@pytest.mark.parametrize(
    "text",
    [
        "I wanted to cancel 2145 but the button does not work",
        "I decided to cancel 2145 after all",
        "I want to cancel 2145, I changed my mind",
        "please don't wait, cancel 2145",
        "Ich möchte 2145 doch stornieren",
        "Bitte 2145 stornieren, ich habe doch die andere genommen",
        "2145 bitte nicht mehr verschicken",
        "al final no lo quiero, cancelen el 2145",
        "finalement je voudrais annuler 2145",
        "je demande l'annulation de 2145",
    ],
)
def test_who_changes_their_mind_the_other_way_is(text: str) -> None:
    assert why(text, "cancel_order", GIVES) == ""


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("my neighbour's mug came broken, mine is great. 2145", True),
        ("I thought the mug of 2145 was broken but it's just the packaging", True),
        ("mine came broken, my friend's was fine. The mug of 2145", False),
        ("I thought you sell quality but the mug of 2145 came broken", False),
    ],
)
def test_what_is_fine_after_all_is_not_made_good(text: str, holds: bool) -> None:
    assert bool(why(text, "damaged_item", GIVES)) is holds
