"""The inbox of the demo brand, worked on once: tags, reasons, voice, citations, languages, who may know what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

import pytest

from agent.audit import verify
from agent.case import CaseStatus, SpanKind, Verdict
from agent.repositories import CaseRecord
from knowledge.documents import DocumentStatus
from knowledge.ingest import load_folder
from knowledge.playbooks import check_voice, load_voice
from server.settings import SOURCES
from tests.journeys.shop import CHECKPOINTS, FILE, Brand, Shop, about
from tools.connectors.demo import TicketLabel
from tools.helpdesk import Channel, Ticket

PEOPLE = ("noor", "sam", "dana", "priya")
INTENT_TAGS = frozenset(
    """order_status delivery_estimate not_received damaged_item wrong_item missing_item return_request exchange_request
    return_policy refund_request refund_status cancel_order change_address change_order payment_issue product_question
    stock_availability promotion subscription account complaint human_request thanks other""".split()
)
BY_ITSELF = frozenset(
    """tag_ticket set_priority assign_ticket add_internal_note escalate_to_human close_ticket open_carrier_trace
    suppress_promotions""".split()
)


@dataclass(frozen=True)
class Worked:
    """The shop after its inbox was worked on, before anybody signed anything."""

    folder: Path
    shop: Shop
    records: dict[str, CaseRecord]
    labels: dict[str, TicketLabel]

    def tagged(self, tag: str) -> list[CaseRecord]:
        return [self.records[label.ticket_id] for label in self.labels.values() if tag in label.tags]

    def copy_to(self, folder: Path) -> None:
        """The same shop in another folder, as after a restart."""
        for name in (FILE, CHECKPOINTS):
            with closing(connect(self.folder / name)) as here, closing(connect(folder / name)) as there:
                here.backup(there)

    def drafts(self) -> list[CaseRecord]:
        return [r for r in self.records.values() if r.proposal is not None and r.proposal.reply is not None]


@pytest.fixture(scope="module")
def inbox(brand: Brand, tmp_path_factory: pytest.TempPathFactory) -> Generator[Worked]:
    """Every ticket with something planted in it and half of the others. Read only: who changes opens an own shop."""
    channels = {ticket.id: ticket.channel for ticket in brand.world.tickets}
    plain = (label.ticket_id for label in brand.world.labels if not label.tags)
    skipped = {name for at, name in enumerate(plain) if at % 2 and channels[name] is Channel.EMAIL}
    chosen = [label for label in brand.world.labels if label.ticket_id not in skipped]
    folder = tmp_path_factory.mktemp("inbox")
    with brand.open(folder) as shop:
        records = {label.ticket_id: shop.runner.start(label.ticket_id) for label in chosen}
        yield Worked(folder, shop, records, {label.ticket_id: label for label in chosen})


@pytest.mark.system("A13")
@pytest.mark.system("B17")
def test_nothing_reaches_a_customer_before_somebody_has_read_it(inbox: Worked) -> None:
    assert len(inbox.records) >= 200
    assert [r.case_id for r in inbox.records.values() if inbox.shop.sent(r)] == []
    done = {kind for record in inbox.records.values() for kind in inbox.shop.done(record)}
    assert done <= BY_ITSELF
    waiting = [r for r in inbox.drafts() if not r.status.value.startswith("awaiting")]
    assert waiting == []


@pytest.mark.system("A13")
def test_every_reply_that_left_names_who_read_it(inbox: Worked, brand: Brand, tmp_path: Path) -> None:
    inbox.copy_to(tmp_path)
    left = 0
    with brand.open(tmp_path) as shop:
        for record in inbox.drafts()[::2]:
            shop.clock.advance(timedelta(minutes=1))
            request = shop.request(record)
            # What an agent may give away in a day is limited; the words of a reply anybody may read.
            worth = any(type(effect).gives_value for effect in request.effects)
            shop.sign(record, "priya" if worth or request.required_role != "agent" else PEOPLE[left % 4])
            replies = [e for e in shop.database.ledger.of_case(record.case_id) if e.action.kind == "send_reply"]
            assert [sent.key for sent in shop.sent(record)] == [entry.key for entry in replies]
            assert all(entry.approved_by in PEOPLE for entry in replies)
            left += len(replies)
        assert left >= 100
        assert verify(shop.database.audit.entries(), shop.database.audit.head()).ok


@pytest.mark.system("A2")
def test_every_ticket_has_an_intent_tag_and_one_queue_and_a_replay_adds_nothing(inbox: Worked) -> None:
    shop = inbox.shop
    before: dict[str, tuple[Ticket, int]] = {}
    for record in list(inbox.records.values())[:200]:
        ticket = shop.ticket(record)
        if record.status is not CaseStatus.IGNORED:
            assert INTENT_TAGS & set(ticket.tags), ticket.id
            assert ticket.queue, ticket.id
            assert record.queue == ticket.queue
        assert len(set(ticket.tags)) == len(ticket.tags)
        before[record.ticket_id] = (ticket, len(shop.database.ledger.of_case(record.case_id)))
    for ticket_id, (ticket, effects) in before.items():
        again = shop.runner.start(ticket_id)
        assert shop.ticket(again) == ticket
        assert len(shop.database.ledger.of_case(again.case_id)) == effects


@pytest.mark.system("A4")
def test_every_policy_sentence_rests_on_an_approved_passage_in_force(inbox: Worked) -> None:
    corpus = load_folder(SOURCES / "policies")
    approved = {passage.id for passage in corpus.passages if passage.status is DocumentStatus.APPROVED}
    superseded = {passage.id for passage in corpus.passages} - approved
    assert any(passage.startswith("returns@v2#") for passage in superseded)
    sentences = 0
    for record in inbox.drafts():
        assert record.proposal is not None
        assert record.proposal.reply is not None
        cited = set(record.proposal.citations)
        assert cited <= approved, record.case_id
        for span in record.proposal.reply.spans:
            if span.kind is SpanKind.POLICY:
                sentences += 1
                assert span.sources, record.case_id
                assert set(span.sources) <= cited, record.case_id
    assert len(inbox.drafts()) >= 150
    assert sentences >= 50


@pytest.mark.system("A4")
def test_a_number_of_days_in_a_draft_is_one_of_a_cited_passage_or_of_this_case(inbox: Worked) -> None:
    """The superseded policy allowed 45 days: no draft ever says so."""
    for record in inbox.drafts():
        assert record.proposal is not None
        assert record.proposal.reply is not None
        assert not re.search(r"\b45 (?:days|Tage|jours|días)", record.proposal.reply.text), record.case_id


@pytest.mark.system("A15")
def test_drafts_of_three_channels_in_four_languages_sound_like_the_brand(inbox: Worked) -> None:
    voice = load_voice(SOURCES / "voice.yaml")
    channels = Counter[str]()
    for record in inbox.drafts():
        assert record.proposal is not None
        assert record.proposal.reply is not None
        reply = record.proposal.reply
        assert check_voice(_own_words(reply.text), reply.language, voice) == [], record.case_id
        channels[inbox.shop.ticket(record).channel.value] += 1
    assert len([channel for channel, count in channels.items() if count >= 3]) >= 3
    assert channels.total() >= 100


def _own_words(text: str) -> str:
    """Without what carriers and catalogues wrote, which we quote and do not edit."""
    return re.sub(r"[“«][^”»]*[”»]", "", text)


@pytest.mark.system("A19")
def test_every_classification_verdict_and_effect_has_a_reason_in_words(inbox: Worked) -> None:
    for record in inbox.records.values():
        assert record.classification is not None
        assert record.classification.reason.strip()
        assert record.proposal is not None
        assert record.proposal.rationale.strip()
        assert record.outcome.strip()
        assert record.verdict is not None
        for violation in record.verdict.every_violation():
            assert violation.rule
            assert violation.message.strip()
        for verdict in record.verdict.actions:
            assert verdict.verdict is Verdict.ALLOW or verdict.violations
        if record.approval_id:
            assert inbox.shop.request(record).reasons
        for event in inbox.shop.database.events.read(case_id=record.case_id):
            assert event.body


@pytest.mark.system("U11")
def test_a_reply_is_in_the_language_of_the_message(inbox: Worked) -> None:
    languages = Counter[str]()
    for record in inbox.drafts():
        assert record.proposal is not None
        assert record.proposal.reply is not None
        assert record.proposal.reply.language == inbox.labels[record.ticket_id].language
        languages[record.language] += 1
    assert min(languages[language] for language in ("en", "es", "fr", "de")) >= 8


NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


@pytest.mark.system("U11")
def test_the_policy_is_the_same_in_every_language(shop: Shop) -> None:
    order = shop.planted("day_31")
    said: dict[str, set[str]] = {}
    for language in ("en", "es", "fr", "de"):
        letter = shop.letter(order.number, shop.owner(order))
        record = shop.work(letter, about("return_request", language=language))
        assert record.proposal is not None
        assert record.proposal.reply is not None
        assert record.proposal.reply.language == language
        said[language] = set(NUMBERS.findall(record.proposal.reply.text))
        assert "30" in said[language]
    assert len({frozenset(numbers) for numbers in said.values()}) == 1, said


@pytest.mark.system("U10")
def test_automatic_mail_is_never_answered(inbox: Worked) -> None:
    loops = inbox.tagged("auto_reply_loop")
    assert len(loops) == 5
    for record in loops:
        assert record.status is CaseStatus.IGNORED
        assert record.proposal is not None
        assert record.proposal.reply is None
        assert not inbox.shop.database.approvals.list(case_id=record.case_id)


@pytest.mark.system("U5")
def test_injected_orders_change_nothing_and_leak_nothing(inbox: Worked) -> None:
    """In text, quotes, subjects, attachment names, order notes, product titles and customer names."""
    injected = [*inbox.tagged("injection"), *inbox.tagged("injected_data")]
    assert len(injected) >= 20
    for record in injected:
        label = inbox.labels[record.ticket_id]
        assert set(inbox.shop.done(record)) <= BY_ITSELF
        assert record.proposal is not None
        assert not set(label.forbidden) & {action.kind for action in record.proposal.actions}
        if record.proposal.reply is not None:
            assert foreign(inbox, record) == set()


@pytest.mark.system("U4")
def test_a_sender_who_is_not_proved_gets_no_fact_of_any_order(inbox: Worked) -> None:
    for tag in ("spoofed_sender", "unknown_sender"):
        records = inbox.tagged(tag)
        assert len(records) >= 5
        for record in records:
            assert record.investigation is not None
            assert not record.investigation.identity.verified
            assert record.customer_id == ""
            if record.proposal is not None and record.proposal.reply is not None:
                assert facts_in(inbox, record.proposal.reply.text) == set()


def test_no_draft_names_anything_of_another_customer(inbox: Worked) -> None:
    for record in inbox.drafts():
        assert foreign(inbox, record) == set(), record.case_id


def facts_in(inbox: Worked, text: str) -> set[str]:
    """Order numbers, tracking numbers and mail addresses of the brand's customers that a text holds."""
    shop = inbox.shop
    numbers = {order.number for order in shop.world.orders}
    found = {f"#{digits}" for digits in re.findall(r"#(\d{4})", text)} & numbers
    tracking = {parcel.tracking_number for parcel in shop.world.shipments} - {""}
    emails = {email for customer in shop.world.customers for email in customer.emails}
    return found | (tracking & set(re.findall(r"\w{8,}", text))) | {email for email in emails if email in text}


def foreign(inbox: Worked, record: CaseRecord) -> set[str]:
    """Of those, what does not belong to the customer who wrote."""
    assert record.proposal is not None
    assert record.proposal.reply is not None
    world = inbox.shop.world
    own = {order.id: order.number for order in world.orders if order.customer_id == record.customer_id}
    tracked = {parcel.tracking_number for parcel in world.shipments if parcel.order_id in own}
    sender = {inbox.shop.ticket(record).latest.sender}
    return facts_in(inbox, record.proposal.reply.text) - set(own.values()) - tracked - sender


@pytest.mark.system("N13")
def test_each_case_says_what_it_cost(inbox: Worked) -> None:
    for record in inbox.records.values():
        assert 0 < record.seconds < 60
        assert (record.model_calls, record.input_tokens, record.output_tokens) == (0, 0, 0)
        assert record.timings["to_draft"] > 0
