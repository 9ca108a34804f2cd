"""The playbooks for changes, payments, products, codes, plans, accounts, complaints and the rest, case by case."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.case import (
    CitedPassage,
    Classification,
    Draft,
    Identity,
    IdentityLevel,
    Investigation,
    Promise,
    ProposedResolution,
    Violation,
)
from agent.guard.guard import TextCase
from agent.guard.text import TextGuard
from agent.investigation.evidence import evidence_of
from knowledge.documents import DocumentStatus, Passage
from knowledge.ingest import load_folder
from knowledge.playbooks import (
    Branch,
    Engine,
    PlaybookBook,
    Scope,
    Voice,
    as_scope,
    check_voice,
    compose,
    load_playbooks,
    load_voice,
)
from tests.knowledge.content.cases import CASES, INTENTS, about
from tests.knowledge.playbooks.contract import MACROS, NOW, PLAYBOOKS, SOURCES, changed, usd, vocabulary
from tests.knowledge.playbooks.test_cases import MOVING, PENDING, PROCESSING, Changes

LANGUAGES = ("en", "es", "fr", "de")
ZONE = "America/New_York"
GIVES = {"refund_order", "replace_items", "issue_store_credit", "issue_discount_code"}
Case = tuple[str, str, Changes]
cases = pytest.mark.parametrize("case", CASES, ids=[f"{intent}-{name}" for intent, name, _ in CASES])


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    found = load_folder(SOURCES / "policies").passages
    return [passage for passage in found if passage.status is DocumentStatus.APPROVED]


@pytest.fixture(scope="module")
def book(passages: list[Passage]) -> PlaybookBook:
    anchors = frozenset(f"{passage.document_id}#{passage.section}" for passage in passages)
    return load_playbooks(PLAYBOOKS, MACROS, vocabulary(anchors))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(ZONE)


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice(SOURCES / "voice.yaml")


def chosen(book: PlaybookBook, engine: Engine, intent: str, changes: Changes) -> tuple[Branch, Scope]:
    facts = as_scope(changed(changes))
    return engine.choose(book.get(intent), facts), facts


def said(book: PlaybookBook, engine: Engine, intent: str, changes: Changes, language: str = "en") -> str:
    branch, facts = chosen(book, engine, intent, changes)
    assert branch.reply is not None
    return engine.render(book.macro(branch.reply, intent).text(language), facts, language, branch.follow_up)


def test_every_intent_has_a_playbook(book: PlaybookBook) -> None:
    assert set(INTENTS) <= set(book.playbooks)


def test_every_branch_has_a_case(book: PlaybookBook) -> None:
    written = {(intent, branch.name) for intent in INTENTS for branch in book.get(intent).branches}
    assert written == {(intent, name) for intent, name, _ in CASES}


@pytest.mark.system("A14")
@pytest.mark.system("U11")
@cases
def test_a_case_gets_its_branch_and_the_same_facts_in_every_language(
    case: Case, book: PlaybookBook, engine: Engine, voice: Voice
) -> None:
    intent, name, changes = case
    branch, _ = chosen(book, engine, intent, changes)
    assert branch.name == name
    if branch.reply is None:
        assert branch.escalate
        return
    bodies = {language: said(book, engine, intent, changes, language) for language in LANGUAGES}
    assert len({tuple(sorted(numbers(body))) for body in bodies.values()}) == 1, bodies
    for language, body in bodies.items():
        assert len(body) > 40
        assert check_voice(compose([body], language, "Mia", voice, "Mia Rossi"), language, voice) == []


def numbers(text: str) -> list[str]:
    """Digits of every number, without the decimal sign."""
    return [re.sub(r"\D", "", found) for found in re.findall(r"\d+(?:[.,]\d+)?", text.replace("1er", "1"))]


@cases
def test_what_a_person_may_choose_instead_has_a_reply_that_fits(case: Case, book: PlaybookBook, engine: Engine) -> None:
    intent, _, changes = case
    branch, facts = chosen(book, engine, intent, changes)
    for choice in branch.alternatives:
        for step in choice.actions:
            engine.arguments(step, facts)
        assert choice.reply is not None
        if changes.get("claimed_amount", "") is None:
            continue
        for language in LANGUAGES:
            macro = book.macro(choice.reply, intent)
            assert engine.render(macro.text(language), facts, language, choice.follow_up)


@pytest.mark.system("A4")
@cases
def test_every_fact_and_rule_in_a_reply_has_a_source(
    case: Case, book: PlaybookBook, engine: Engine, voice: Voice, passages: list[Passage]
) -> None:
    intent, _, changes = case
    branch, facts = chosen(book, engine, intent, changes)
    if branch.reply is None or branch.reply == "from_our_help_texts":
        return
    cited = cited_by(book.get(intent).citations(branch), passages)
    due = engine.due(branch.follow_up, facts) if branch.follow_up else None
    for language in LANGUAGES:
        body = said(book, engine, intent, changes, language)
        letter = compose([body], language, "Mia", voice, "Mia Rossi")
        assert unsourced(letter, language, changes, cited, branch, due) == [], letter


def cited_by(cites: tuple[str, ...], passages: list[Passage]) -> list[CitedPassage]:
    return [
        CitedPassage(
            passage_id=p.id, document_id=p.document_id, version=p.version, anchor=p.anchor, title=p.title, text=p.text
        )
        for p in passages
        if f"{p.document_id}#{p.section}" in cites
    ]


def unsourced(
    letter: str,
    language: str,
    changes: Changes,
    cited: list[CitedPassage],
    branch: Branch,
    due: datetime | None,
) -> list[Violation]:
    """What the guard cannot trace in a letter: claims, rules, internal words, form."""
    promises = (Promise(text="later", kind="follow_up", due_at=due),) if due else ()
    case = TextCase(
        draft=Draft(text=letter, language=language, in_reply_to="m"),
        classification=Classification(intent="other", confidence=1, language=language),
        investigation=Investigation(
            identity=Identity(level=IdentityLevel.VERIFIED, customer_id="cus_0001", how="test"),
            evidence=evidence_of(changed(changes), NOW),
            passages=tuple(cited),
        ),
        proposal=ProposedResolution(
            citations=tuple(passage.passage_id for passage in cited),
            promises=promises,
            escalate=branch.escalate or "",
            rationale="test",
            summary="test",
        ),
        effects=(),
        now=NOW.astimezone(UTC),
    )
    own = load_voice(SOURCES / "voice.yaml")
    guard = TextGuard(zone=ZoneInfo(ZONE), detect=lambda text: "", own=(own.brand, *own.sign_off.values()))
    # Promises rest on actions, which the check of the playbooks looks at.
    return [v for v in guard(case).violations if not v.rule.startswith("promise.")]


@cases
def test_nothing_of_value_is_given_without_a_choice_of_a_person(case: Case, book: PlaybookBook, engine: Engine) -> None:
    intent, _, changes = case
    branch, _ = chosen(book, engine, intent, changes)
    # What our own prices differ by is arithmetic; all else that gives value is a person's idea. Both need a signature.
    computed = {"issue_store_credit"} if branch.name == "price_dropped" else set[str]()
    assert {step.kind for step in branch.steps} & GIVES == computed


def test_a_lower_price_of_ours_gives_exactly_the_difference(book: PlaybookBook, engine: Engine) -> None:
    dropped: Changes = {"price_drop": usd("14.00"), "claimed_amount": usd("99.00"), "order.age_days": 2}
    branch, facts = chosen(book, engine, "promotion", dropped)
    [step] = branch.propose
    assert engine.arguments(step, facts)["amount"] == usd("14.00")
    assert all("14" in said(book, engine, "promotion", dropped, language) for language in LANGUAGES)
    assert not any("99" in said(book, engine, "promotion", dropped, language) for language in LANGUAGES)


def test_a_pending_order_moves_to_the_method_that_is_named(book: PlaybookBook, engine: Engine) -> None:
    asked = PENDING | {"payment_can_move": True} | about("orders@v2#change-payment")
    branch, _ = chosen(book, engine, "payment_issue", asked)
    assert [step.kind for step in branch.propose] == ["change_payment_method"]
    assert all("PayPal" in said(book, engine, "payment_issue", asked, language) for language in LANGUAGES)
    for late in (PROCESSING, MOVING):
        assert chosen(book, engine, "payment_issue", late | about("orders@v2#change-payment"))[0].steps == ()


@pytest.mark.system("A10")
def test_a_property_is_quoted_exactly_and_a_missing_one_goes_to_a_person(book: PlaybookBook, engine: Engine) -> None:
    for language in LANGUAGES:
        assert "cotton canvas, 450 g" in said(book, engine, "product_question", {}, language)
    missing: Changes = {"attribute": None, "attribute_missing": True, "passage_confident": False}
    assert chosen(book, engine, "product_question", missing)[0].escalate
    assert "not in our product data" in said(book, engine, "product_question", missing)


@pytest.mark.system("A11")
def test_an_address_changes_only_while_pending_and_only_for_its_owner(book: PlaybookBook, engine: Engine) -> None:
    assert book.get("change_address").needs_identity
    branch, _ = chosen(book, engine, "change_address", PENDING)
    assert [step.kind for step in branch.propose] == ["change_shipping_address"]
    assert "48 Birch Lane, Portland, OR 97205" in said(book, engine, "change_address", PENDING)
    for late in (PROCESSING, MOVING):
        assert chosen(book, engine, "change_address", late)[0].steps == ()
        text = said(book, engine, "change_address", late)
        assert "can no longer change its delivery address" in text
        assert "may let you redirect the parcel; we cannot promise" in text
    assert "https://track.example/" in said(book, engine, "change_address", MOVING)


@pytest.mark.system("U9")
def test_asking_for_a_person_is_enough(book: PlaybookBook, engine: Engine) -> None:
    branch, _ = chosen(book, engine, "human_request", {"identity.verified": False})
    assert branch.escalate
    assert "?" not in said(book, engine, "human_request", {})


@pytest.mark.system("B6")
def test_a_mild_complaint_is_answered_with_the_facts_and_a_day(book: PlaybookBook, engine: Engine) -> None:
    branch, _ = chosen(book, engine, "complaint", {"refund": None})
    assert not branch.escalate
    assert branch.follow_up is not None
    assert "Wednesday, November 18" in said(book, engine, "complaint", {"refund": None})


def test_a_subscription_is_never_said_to_be_changed(book: PlaybookBook, engine: Engine) -> None:
    branch, _ = chosen(book, engine, "subscription", about("subscriptions@v1#cancel"))
    assert branch.escalate
    assert branch.steps == ()
    text = said(book, engine, "subscription", about("subscriptions@v1#cancel"))
    assert "Wednesday, November 25" in text
    assert not re.search(r"\b(?:have|has been) (?:cancelled|paused|skipped)", text)


def test_a_code_of_somebody_else_is_not_told_apart_from_one_that_does_not_exist(
    book: PlaybookBook, engine: Engine
) -> None:
    text = said(book, engine, "promotion", {"order_named": False, "code.found": False, "code.in_force": False})
    assert "no such code" in text
    # Words that only the message brought are not repeated: whoever plants them wants to read them from us.
    assert "WELCOME10" not in text
    assert "10 %" not in text


def test_personal_data_is_only_touched_for_a_verified_sender(book: PlaybookBook, engine: Engine) -> None:
    unknown = about("privacy@v2#account-deletion") | {"identity.verified": False}
    assert not chosen(book, engine, "account", unknown)[0].escalate
    assert chosen(book, engine, "account", about("privacy@v2#account-deletion"))[0].escalate
