"""What is wanted only if something is so, and what stands behind an "if" and is no condition."""

from __future__ import annotations

import csv
import time

import pytest

from agent.reading.conditions import FILE, on_condition
from agent.reading.stated import LONGEST
from agent.reading.words import fold

CANCEL = "cancel_order"


@pytest.mark.parametrize(
    "text",
    [
        "Cancel 2145 please, if the bowl can't go in the oven",
        "Cancel 2145. But only if the beans are not ground.",
        "If the wool is scratchy, cancel 2145",
        "cancel 2145 if it has not shipped by tomorrow",
        "Cancel it unless you can make it green",
        "cancel 2145 if you can not deliver before Friday",
        "Cancel it as long as the money is here before Monday",
        "Bitte 2145 stornieren, sofern die Kanne nicht in die Spülmaschine darf",
        "2145 nur stornieren, wenn er aus Polyester ist",
        "Stornieren Sie 2145, es sei denn, sie kommt vor Freitag",
        "Cancelen el 2145 si la jarra no es apta para el horno",
        "Quiero anular el 2145, a menos que llegue antes del viernes",
        "Annulez la 2145 si la laine gratte",
        "Merci d'annuler la 2145 s'il n'arrive pas avant samedi",
        "Merci d'annuler la 2145, à moins qu'elle parte demain",
        "Annuleer 2145, tenzij hij vrijdag komt",
    ],
)
def test_an_ask_hangs_on_a_condition(text: str) -> None:
    assert on_condition(CANCEL, CANCEL, text)


@pytest.mark.parametrize(
    "text",
    [
        "Please cancel 2145",
        "If it hasn't shipped yet, cancel 2145",
        "cancel 2145 if it is not too late",
        "Please cancel 2145 if still possible",
        "Cancel it if you can",
        "I would be glad if you could cancel 2145",
        "I was wondering if I can cancel 2145",
        "Would you mind if I cancel 2145",
        "Please cancel 2145 and let me know if you need anything",
        "Cancel 2145. If the refund takes long, tell me.",
        "Please cancel, unless it has already left the warehouse",
        "cancel 2145 if it can still be stopped",
        "The handle falls apart, please cancel 2145",
        "Falls 2145 noch nicht verschickt wurde, bitte stornieren",
        "Ich wäre froh, wenn Sie 2145 nicht verschicken und stornieren",
        "Bitte stornieren, sofern sie noch nicht unterwegs ist",
        "Cancelen el 2145 si todavía no ha salido",
        "Sí, cancelen el 2145",
        "Quisiera cancelar el 2145 si es posible",
        "Annulez la 2145 s'il vous plaît",
        "Annulez la 2145 si elle n'est pas encore partie",
        "Il pacco si è rotto, annullare 2145",
        "Se ha equivocado mi hijo, cancelen el 2145",
    ],
)
def test_what_a_playbook_decides_and_what_is_polite_is_no_condition(text: str) -> None:
    assert not on_condition(CANCEL, CANCEL, text)


def test_that_it_is_in_stock_is_what_the_playbooks_of_swaps_look_up() -> None:
    text = "Please change 2145 to the blue one if it is in stock"
    assert not on_condition("change_order", "change_order", text)
    assert on_condition(CANCEL, CANCEL, "Cancel 2145 if the blue one is in stock again")


def test_what_is_wrong_with_goods_is_made_good_one_way_or_the_other() -> None:
    text = "It came broken, a refund please if you have no other"
    assert not on_condition("refund_request", "damaged_item", text)
    assert on_condition("refund_request", "refund_request", "Please refund me if the fabric is not cotton")


def test_the_words_are_folded_and_every_language_that_we_write_has_them() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["phrases"] == fold(row["phrases"]) and ";;" not in row["phrases"] for row in rows)
    for name in ("conditional", "proviso", "in_stock", "deadline"):
        assert {"en", "de", "es", "fr"} <= {row["language"] for row in rows if row["statement"] == name}


@pytest.mark.parametrize("word", ["if ", "cancel if not ", "wenn nicht ", "si no ha ", "a "])
def test_a_hostile_text_takes_no_time(word: str) -> None:
    began = time.perf_counter()
    on_condition(CANCEL, CANCEL, word * LONGEST)
    assert time.perf_counter() - began < 2
