"""What people and the guard see: every fact with source and time, as JSON, without holes; and what failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from agent.case import Evidence
from agent.investigation import investigate
from agent.investigation.evidence import CUSTOMER_KINDS, SOURCES, evidence_of
from agent.investigation.fields import fields_of, members_of, texts_of
from agent.investigation.inquiry import ABOUT_IT, ALWAYS, ANSWERS, CONFIDENT, LOOKUPS, MOST_ASKED, NAMES, WITH_CODE
from agent.investigation.needs import Needs
from knowledge.documents import DocumentKind, Hit
from tests.agent.investigation.world import (
    EVERY_LOOKUP,
    LIMITS,
    MIA,
    MUG,
    NOW,
    PRODUCTS,
    SOCKS,
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
from tools.commerce import DiscountCode, OrderStage, StockLevel
from tools.store.bulk import write
from tools.store.local import LocalStore
from tools.store.nouns import row_of
from tools.store.tables import StoreTable

SENT = order("2145", line(MUG), line(SOCKS), stage=OrderStage.SHIPPED)
WINDOW = passage("returns", "window", "You can send an item back within 30 days.")


def holes(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return any(holes(item) for item in value.values())
    return value is None


def every_evidence() -> tuple[Evidence, ...]:
    said = about("exchange_request", numbers=("#2145",))
    nouns = (
        SENT,
        parcel(SENT),
        StockLevel(variant_id=MUG.variants[1].id, available=2),
        DiscountCode(code="TEN10", percent=10),
    )
    text = "swap the mug for the white one, TEN10, PayPal, send it to 48 Birch Lane, Salem, OR 97301"
    return look(letter(text), said, *nouns).investigation.evidence


def test_every_fact_has_a_source_and_a_time_and_is_json_without_holes() -> None:
    found = every_evidence()
    assert {"customer", "order", "orders", "items", "shipment", "swap", "code", "policy", "new_address"} <= {
        item.kind for item in found
    }
    for item in found:
        assert item.source == SOURCES[item.kind]
        assert item.as_of == NOW
        assert not holes(item.fields), item
        assert json.loads(json.dumps(item.fields)) == item.fields


def test_evidence_has_its_own_name_and_reads_back_as_it_was() -> None:
    found = every_evidence()
    names = [item.id for item in found]
    assert len(set(names)) == len(names)
    assert {"order:o-2145", "code:TEN10", "customer:mia"} <= set(names)
    assert [Evidence.model_validate_json(item.model_dump_json()) for item in found] == list(found)


def test_money_is_text_and_moments_are_iso() -> None:
    fields = next(item.fields for item in every_evidence() if item.kind == "order")
    assert (fields["total"], fields["placed_at"]) == ("45.00 USD", SENT.placed_at.isoformat())


def test_what_only_conditions_use_is_no_evidence() -> None:
    kinds = {item.kind for item in evidence_of({"today": NOW, "order_named": True, "items": []}, NOW)}
    assert kinds == set()
    assert set(SOURCES) >= CUSTOMER_KINDS


@pytest.mark.system("A3")
@pytest.mark.parametrize(
    ("down", "failed"),
    [
        ("orders_of", "orders"),
        ("shipments", "shipment"),
        ("refunds_of", "history"),
        ("stock", "order"),
        ("returns", "returns"),
        ("find_products", "product"),
        ("discount_code", "discount_code"),
    ],
)
def test_a_system_that_is_down_is_a_recorded_failure(down: str, failed: str) -> None:
    shelf = Shelf((MIA, *PRODUCTS, SENT, parcel(SENT)), down=frozenset({down}))
    text = "where is my mug, TEN10" if down != "find_products" else "where is the thing"
    said = about("order_status") if down != "shipments" else about("order_status", numbers=("#2145",))
    failures = look(letter(text), said, shelf=shelf).investigation.failures
    assert [failure for failure in failures if failure.startswith(f"{failed}: {down} is down")]


@pytest.mark.system("A3")
def test_what_a_failed_lookup_would_have_shown_is_not_there() -> None:
    shelf = Shelf((MIA, *PRODUCTS, SENT, parcel(SENT)), down=frozenset({"shipments", "orders_of"}))
    found = look(letter("where is it"), about("order_status"), shelf=shelf)
    assert (found.scope["order"], found.scope["shipment"], found.scope["orders"]) == (None, None, [])
    assert fields_of(found.scope["customer"]) is not None


def test_only_what_is_needed_is_asked() -> None:
    shelf = Shelf((MIA, *PRODUCTS, SENT, parcel(SENT)))
    look(letter("where is it"), about("order_status"), shelf=shelf, lookups=frozenset())
    assert set(shelf.asked) <= {"customer_by_email", "orders_of", "stock", "refunds_of"}
    assert set(LOOKUPS) >= ALWAYS
    assert {"knowledge", "estimate"} == NAMES - set(LOOKUPS)


def test_the_passages_that_a_reply_may_have_to_cite_are_kept() -> None:
    guide = passage("voice", "tone", "Short sentences.", DocumentKind.GUIDE)
    library = Library((WINDOW, guide))
    cites = ("returns#window", "returns#window", "returns#nowhere", "voice#tone")
    found = look(letter("hi"), about("return_policy"), library=library, lookups=frozenset(), cites=cites)
    assert [kept.passage_id for kept in found.investigation.passages] == ["returns@v1#window"]
    assert library.questions == []
    assert DocumentKind.GUIDE not in ANSWERS


@pytest.mark.parametrize(
    ("question", "text", "score", "sure"),
    [
        ("how long do I have", WINDOW.text, CONFIDENT, True),
        ("how long do I have", WINDOW.text, CONFIDENT - 0.01, False),
        ("is BK-4711 safe", "BK-4711 is dishwasher safe", 1 + WITH_CODE, True),
        ("is BK-4711 safe", "BK-4711 comes in a box", 1 + WITH_CODE - 0.01, False),
        ("is BK-4711 safe", "nothing of the kind", 0.5, False),
    ],
)
def test_a_passage_answers_by_likeness_and_not_because_it_holds_a_code(
    question: str, text: str, score: float, sure: bool
) -> None:
    best = Hit(passage=passage("faq", "safe", text, DocumentKind.FAQ), score=score)
    scope = look(letter(question), about("product_question"), library=Library(best=best)).scope
    assert (scope["passage"], scope["passage_id"], scope["passage_confident"]) == (text, "faq@v1#safe", sure)


@pytest.mark.parametrize(
    ("text", "score", "sure"),
    [
        ("The Hearth Mug holds tea.", ABOUT_IT, True),
        ("The Hearth Mug holds tea.", ABOUT_IT - 0.01, False),
        ("A teapot holds tea.", ABOUT_IT, False),
    ],
)
def test_a_passage_about_the_very_article_answers_with_less_likeness(text: str, score: float, sure: bool) -> None:
    best = Hit(passage=passage("faq", "tea", text, DocumentKind.FAQ), score=score)
    asked = letter("Would tea be safe in your Hearth Mug?")
    scope = look(asked, about("product_question"), library=Library(best=best)).scope
    assert scope["passage_confident"] is sure


def test_a_subject_that_answers_an_earlier_mail_is_not_asked() -> None:
    for subject, asked in (
        ("Re: Your order", "how long?"),
        ("AW: Ihre Bestellung", "how long?"),
        ("Returns", "Returns\nhow long?"),
    ):
        library = Library()
        look(letter("how long?", subject=subject), about("return_policy"), library=library)
        assert library.questions == [asked]
    library = Library()
    look(letter("x" * 9000), about("return_policy"), library=library)
    assert len(library.questions[0]) == MOST_ASKED


def test_reading_a_scope_takes_only_what_is_there() -> None:
    assert fields_of([1]) is None
    assert members_of({"a": 1}) == []
    assert members_of([{"a": 1}, 2]) == [{"a": 1}]
    assert (texts_of(["a", 2, "b"]), texts_of("ab"), texts_of(None)) == (["a", "b"], [], [])


def test_a_real_store_answers_as_the_shelf_does(tmp_path: Path) -> None:
    nouns = (MIA, *PRODUCTS, SENT, parcel(SENT), StockLevel(variant_id=MUG.variants[1].id, available=2))
    rows = [row_of(noun) for noun in nouns]
    ticket, said = letter("swap the mug for the white one, 2145"), about("exchange_request")
    with LocalStore.open(f"sqlite:///{tmp_path}/store.db") as store:
        with store.transaction() as connection:
            write(connection, {name: [row for row in rows if row.table == name] for name in StoreTable.metadata.tables})
        needs = Needs(lookups=EVERY_LOOKUP)
        real = investigate(ticket, said, needs, readers=store.readers(), knowledge=Library(), limits=LIMITS, now=NOW)
    shelf = look(ticket, said, shelf=Shelf(nouns))
    assert real.investigation == shelf.investigation
    assert real.scope == shelf.scope


def test_a_question_in_another_language_is_also_asked_in_english() -> None:
    library = Library(best=Hit(passage=passage("faq", "tea", "Tea is hot."), score=0.9))
    look(letter("Ist der Becher wasserdicht?"), about("product_question", language="de"), library=library)
    assert library.questions[0] == "Ist der Becher wasserdicht?"
    assert "waterproof" in library.questions[1]
    look(letter("is it waterproof?"), about("product_question"), library=library)
    assert library.questions[2:] == ["is it waterproof?"]
