"""What a case came to, what it cost, what was promised, and what happens when systems or people stop."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from agent.alerts import late_promises
from agent.case import CaseStatus, ExecutionStatus
from agent.outcomes import Outcome, outcome_of, tally
from agent.promises import PromiseStatus
from agent.reasoners.vocabulary import vocabulary
from agent.repositories import CaseRecord
from agent.switches import EVERYTHING, Switch, intent_scope
from knowledge.playbooks import load_playbooks
from server.settings import SOURCES
from tests.journeys.shop import LIMITS, Brand, Shop, about, with_limits
from tools.errors import OutcomeUnknown, Unavailable
from tools.ports import OrderReader, OrderWriter, Readers, Receipt, Writers


def outcome(shop: Shop, record: CaseRecord) -> Outcome:
    known = shop.database.cases.get(record.case_id)
    assert known is not None
    return outcome_of(known, shop.ticket(known))


@pytest.mark.system("U16")
def test_silence_is_unknown_however_long_it_lasts(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    record = shop.ask(f"Where is {order.number}?", order, "order_status")
    assert outcome(shop, record) is Outcome.OPEN
    shop.sign(record)
    shop.clock.advance(timedelta(days=90))
    shop.runner.recover()
    assert outcome(shop, record) is Outcome.UNKNOWN


@pytest.mark.system("U16")
@pytest.mark.parametrize(("days", "stands"), [(7, False), (8, True)])
def test_a_thank_you_resolves_unless_the_customer_comes_back_within_a_week(shop: Shop, days: int, stands: bool) -> None:
    order = shop.planted("on_its_way")
    record = shop.ask("It came, thank you so much", order, "thanks")
    shop.sign(record)
    assert outcome(shop, record) is Outcome.RESOLVED
    shop.clock.advance(timedelta(days=days))
    shop.answer(record.ticket_id, "It broke after all.")
    assert (outcome(shop, record) is Outcome.RESOLVED) is stands


@pytest.mark.system("U16")
def test_what_a_person_has_and_what_a_program_wrote_are_no_resolutions(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    person = shop.sign(shop.ask("A person please.", order, "human_request"))
    letter = shop.letter("I am away", shop.owner(order), automatic="out of office")
    program = shop.work(letter, about("other"))
    counts = tally((record, shop.ticket(record)) for record in (person, program))
    assert counts == {**dict.fromkeys(Outcome, 0), Outcome.WITH_PERSON: 1, Outcome.NONE: 1}


class Feed:
    """The order feed, which can be turned off. Whatever is asked of it then raises Unavailable."""

    def __init__(self) -> None:
        self.on = True
        self.plain: OrderReader | None = None

    def around(self, readers: Readers) -> Readers:
        self.plain = readers.orders
        # It has every method that the real one has; a protocol cannot say that of __getattr__.
        switched = cast("OrderReader", self)
        return Readers(orders=switched, customers=readers.customers, catalog=readers.catalog, helpdesk=readers.helpdesk)

    def __getattr__(self, name: str) -> object:
        if not self.on:
            raise Unavailable("the order feed does not answer")
        return getattr(self.plain, name)


@pytest.mark.system("A3")
def test_with_the_order_feed_off_no_draft_mentions_an_order(brand: Brand, tmp_path: Path) -> None:
    feed = Feed()
    with brand.open(tmp_path, around=feed.around) as shop:
        feed.on = False
        records = [
            shop.runner.start(label.ticket_id) for label in brand.world.labels[::5] if label.order_id and not label.tags
        ]
        assert len(records) >= 30
        for record in records:
            assert record.proposal is not None
            assert record.proposal.reply is None
            assert "order context missing" in record.outcome
            assert record.status is CaseStatus.ESCALATED
            assert not shop.sent(record)
            (note,) = shop.sent(record, "note")
            assert "order context missing" in note.text


@pytest.mark.system("A14")
def test_a_template_with_a_gap_goes_to_a_person_and_never_to_review(brand: Brand, tmp_path: Path) -> None:
    """The parcel has no trace, so the date of its answer cannot be filled in."""
    macros = tmp_path / "macros"
    shutil.copytree(SOURCES / "macros", macros)
    before, name, after = (macros / "shared.yaml").read_text(encoding="utf-8").partition("\nparcel_moving:\n")
    gap = "{{ shipment.carrier }} {{ shipment.trace_due_at | date }}"
    block, end, rest = after.partition("\nparcel_delivered:\n")
    torn_text = f"{before}{name}{block.replace('{{ shipment.carrier }}', gap)}{end}{rest}"
    (macros / "shared.yaml").write_text(torn_text, encoding="utf-8")
    torn = Brand(
        brand.world,
        brand.template,
        brand.knowledge,
        load_playbooks(SOURCES / "playbooks", macros, vocabulary(LIMITS)),
    )
    with torn.open(tmp_path) as shop:
        order = shop.planted("on_its_way")
        record = shop.ask(f"Where is {order.number}?", order, "order_status")
        assert record.status is CaseStatus.ESCALATED
        assert record.proposal is not None
        assert record.proposal.reply is None
        assert "trace_due_at" in record.outcome
        assert not record.approval_id


@pytest.mark.system("A14")
def test_every_intent_has_a_playbook_and_every_reply_a_template_in_four_languages(brand: Brand) -> None:
    assert len(brand.book.playbooks) == 24
    for intent, playbook in brand.book.playbooks.items():
        named = [branch.reply for branch in playbook.branches if branch.reply]
        assert named, intent
        for name in named:
            for language in ("en", "es", "fr", "de"):
                assert brand.book.macro(name, intent).text(language).strip()


@pytest.mark.system("U3")
def test_a_promise_with_a_day_is_chased_when_the_day_has_passed(shop: Shop) -> None:
    order = shop.planted("stalled")
    record = shop.ask(f"Where is {order.number}?", order, "order_status")
    shop.sign(record)
    made = shop.database.promises.of_case(record.case_id)
    due = [promise.due_at for promise in made if promise.due_at is not None]
    assert due
    assert late_promises(shop.database.promises, shop.clock.now()) == []
    shop.clock.set(max(due) + timedelta(hours=1))
    (alert,) = late_promises(shop.database.promises, shop.clock.now())
    assert alert.kind == "promise_overdue"
    assert "tell the customer" in alert.message
    assert late_promises(shop.database.promises, shop.clock.now()) == []
    assert PromiseStatus.OVERDUE in {promise.status for promise in shop.database.promises.of_case(record.case_id)}


class Silent:
    """A connected system that takes every call and answers none."""

    def around(self, writers: Writers) -> Writers:
        return replace(writers, orders=cast("OrderWriter", self))  # as with Feed

    def __getattr__(self, name: str) -> Callable[..., Receipt]:
        def call(*arguments: object) -> Receipt:
            raise OutcomeUnknown("no answer")

        return call


@pytest.mark.system("L10")
def test_an_effect_that_nothing_confirms_is_told_once_and_never_called_done(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path, writing=Silent().around) as shop:
        order = shop.planted("return_ok")
        record = shop.sign(shop.ask(f"I would like to return {order.number}.", order, "return_request"))
        assert record.status is CaseStatus.WORKING
        assert "nobody knows yet" in record.outcome
        assert shop.runner.recover().alerts == ()
        shop.clock.advance(timedelta(minutes=16))
        (alert,) = shop.runner.recover().alerts
        assert alert.kind == "unconfirmed"
        shop.clock.advance(timedelta(hours=3))
        assert {again.key for again in shop.runner.recover().alerts} <= {alert.key}
        entries = {entry.action.kind: entry.status for entry in shop.database.ledger.of_case(record.case_id)}
        assert entries["create_return"] in (ExecutionStatus.UNCONFIRMED, ExecutionStatus.UNKNOWN)
        known = shop.database.cases.get(record.case_id)
        assert known is not None
        assert known.status is CaseStatus.WORKING
        assert outcome(shop, known) is Outcome.OPEN
        assert not shop.sent(record)


@pytest.mark.system("L12")
def test_a_loop_of_ten_messages_gets_three_replies_and_a_person_has_to_let_it_go_on(
    brand: Brand, tmp_path: Path
) -> None:
    """Replies to questions about parcels go out unread here, as an owner may decide."""
    limits = with_limits(
        replies={"mode": "listed_intents", "auto_intents": {"order_status": {"owner": "priya"}}},
        autonomy={"reviewed_samples": 1},
    )
    with brand.open(tmp_path, limits=limits) as shop:
        earned = shop.planted("on_its_way", 2)
        shop.sign(shop.ask(f"Where is {earned.number}?", earned, "order_status"))
        order = shop.planted("on_its_way")
        records: list[CaseRecord] = []
        for at in range(10):
            letter = shop.letter(f"Where is {order.number}? ({at})", shop.owner(order))
            records.append(shop.work(letter, about("order_status")))
            shop.clock.advance(timedelta(seconds=25))
        assert sum(len(shop.sent(record)) for record in records) == 3
        told = [e for r in records for e in shop.database.events.read(case_id=r.case_id) if e.kind == "alert"]
        assert len(told) == 1
        shop.clock.advance(timedelta(hours=1))
        shop.runner.recover()
        assert sum(len(shop.sent(record)) for record in records) == 3
        (stopped,) = [switch for switch in shop.database.switches.all() if switch.stopped]
        assert stopped.scope.startswith("loop:")
        resumed = stopped.model_copy(update={"stopped": False, "by": "dana", "at": shop.clock.now()})
        shop.database.switches.set(resumed)
        shop.runner.recover()
        assert sum(len(shop.sent(record)) for record in records) > 3
        other = shop.planted("on_its_way", 1)
        assert shop.sent(shop.ask(f"Where is {other.number}?", other, "order_status"))


@pytest.mark.system("L12")
@pytest.mark.parametrize("most", [2, 5])
def test_how_many_replies_make_a_loop_is_what_the_limits_say(brand: Brand, tmp_path: Path, most: int) -> None:
    limits = with_limits(replies={"max_per_recipient": {"replies": most, "minutes": 5}})
    with brand.open(tmp_path, limits=limits) as shop:
        order = shop.planted("on_its_way")
        asked = [shop.ask(f"Where is {order.number}? ({at})", order, "order_status") for at in range(6)]
        for record in asked:
            shop.sign(record)
        assert sum(len(shop.sent(record)) for record in asked) == most


@pytest.mark.system("L13")
@pytest.mark.parametrize("scope", [EVERYTHING, intent_scope("return_request")])
def test_a_stop_counts_from_the_next_effect_on_also_after_a_restart(brand: Brand, tmp_path: Path, scope: str) -> None:
    with brand.open(tmp_path) as shop:
        order = shop.planted("return_ok")
        record = shop.ask(f"I would like to return {order.number}.", order, "return_request")
        now = shop.clock.now()
        shop.database.switches.set(Switch(scope=scope, stopped=True, by="dana", reason="odd returns", at=now))
        shop.sign(record)
    with brand.open(tmp_path) as shop:
        shop.told.tell(record.ticket_id, about("return_request"))
        shop.runner.recover()
        assert not shop.readers.orders.returns(order.id)
        assert not shop.sent(record)
        newer = shop.ask(f"I would like to return {order.number}, too.", order, "return_request")
        assert shop.database.cases.get(newer.case_id) is not None
        assert "odd returns" in newer.outcome
        shop.database.switches.set(Switch(scope=scope, stopped=False, by="dana", at=shop.clock.now()))
        shop.runner.recover()
        assert len(shop.readers.orders.returns(order.id)) == 1
        events = [entry.event for entry in shop.database.audit.entries()]
        assert {"switch.stopped", "switch.resumed"} <= set(events)


@pytest.mark.system("N3")
def test_what_waits_for_a_signature_is_there_after_a_restart_and_happens_once(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path) as shop:
        order = shop.planted("damaged")
        record = shop.ask(f"{order.number} came broken.", order, "damaged_item")
    for _ in range(2):
        with brand.open(tmp_path) as shop:
            shop.told.tell(record.ticket_id, about("damaged_item"))
            shop.runner.recover()
            assert shop.request(record).awaiting
    with brand.open(tmp_path) as shop:
        shop.told.tell(record.ticket_id, about("damaged_item"))
        shop.sign(record)
        shop.runner.recover()
        assert len(shop.readers.orders.replacements(order.id)) == 1
        assert len(shop.sent(record)) == 1
