"""What every implementation of the ports promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from agent.approvals import ApprovalStatus, attach, decide, expire, finish
from agent.audit import AuditNote, verify
from agent.case import CaseStatus, Classification, ExecutionStatus, effect_key
from agent.ledger import LedgerEntry, settled
from agent.promises import PromiseEntry, PromiseStatus, overdue, settle
from agent.repositories import CaseEvent, CaseRecord, TicketTaken
from agent.switches import EVERYTHING, Switch
from agent.testing import NOON
from tests.agent.execution.world import REFUND, REPLY, TAG, answer, ask
from tests.server.db.conftest import Records
from tools.actions import Action
from tools.money import Money

HOUR = timedelta(hours=1)


def case(number: int, status: CaseStatus = CaseStatus.NEW, intent: str = "", **more: object) -> CaseRecord:
    moment = NOON + timedelta(minutes=number)
    record = CaseRecord(case_id=f"c-{number}", ticket_id=f"t-{number}", created_at=moment, updated_at=moment)
    found = Classification(intent=intent, confidence=0.8, language="de") if intent else None
    return record.model_copy(update={"status": status, "classification": found, **more})


def entry(action: Action = REFUND, case_id: str = "c-1", **more: object) -> LedgerEntry:
    plain = LedgerEntry(
        key=effect_key(case_id, action),
        case_id=case_id,
        action=action,
        status=ExecutionStatus.PENDING,
        claimed_at=NOON,
        owner="p-1",
    )
    return plain.model_copy(update=more)


def keys(entries: Sequence[LedgerEntry]) -> list[str]:
    return [e.key for e in entries]


def test_a_case_comes_back_as_it_was_saved(db: Records) -> None:
    record = case(
        1, CaseStatus.WORKING, "damaged_item", value=Money.of("39.00", "USD"), timings={"classify": 1.25}, queue="vip"
    )
    db.cases.save(record)
    assert db.cases.get("c-1") == record
    assert db.cases.by_ticket("local", "t-1") == record
    later = record.model_copy(update={"status": CaseStatus.ANSWERED, "outcome": "answered"})
    db.cases.save(later)
    assert db.cases.get("c-1") == later
    assert db.cases.get("c-2") is None
    assert db.cases.by_ticket("other", "t-1") is None


def test_a_second_delivery_of_a_ticket_is_a_no_op(db: Records) -> None:
    first = db.cases.start(case(1))
    assert db.cases.start(case(2).model_copy(update={"ticket_id": "t-1"})) == first
    assert db.cases.get("c-2") is None


def test_a_ticket_belongs_to_one_case(db: Records) -> None:
    db.cases.save(case(1))
    with pytest.raises(TicketTaken, match="t-1 of local already has a case"):
        db.cases.save(case(2).model_copy(update={"ticket_id": "t-1"}))
    assert db.cases.get("c-2") is None


def test_cases_are_listed_newest_first_in_pages(db: Records) -> None:
    for number in range(7):
        status = CaseStatus.ANSWERED if number % 2 else CaseStatus.NEW
        db.cases.save(case(number, status, "thanks" if number < 4 else "other"))
    assert [c.case_id for c in db.cases.list(limit=3)] == ["c-6", "c-5", "c-4"]
    assert [c.case_id for c in db.cases.list(limit=3, after="c-4")] == ["c-3", "c-2", "c-1"]
    assert [c.case_id for c in db.cases.list(status=CaseStatus.ANSWERED)] == ["c-5", "c-3", "c-1"]
    assert [c.case_id for c in db.cases.list(status=CaseStatus.NEW, intent="thanks", after="c-2")] == ["c-0"]


def test_cases_are_counted_by_what_views_show(db: Records) -> None:
    for number in range(5):
        db.cases.save(case(number, CaseStatus.NEW, "thanks" if number < 4 else "other"))
    assert db.cases.count_by("intent") == {"thanks": 4, "other": 1}
    assert db.cases.count_by("language") == {"de": 5}
    with pytest.raises(ValueError, match="use one of status"):
        db.cases.count_by("body")


def test_events_come_back_in_order_and_from_where_a_reader_left_off(db: Records) -> None:
    events = [CaseEvent(case_id=f"c-{n % 2}", at=NOON, kind="node", body={"n": n}) for n in range(6)]
    kept = [*db.events.append(events[:2]), *db.events.append(events[2:])]
    assert [e.model_copy(update={"seq": 0}) for e in db.events.read()] == events
    assert list(db.events.read(after=kept[2].seq)) == kept[3:]
    assert [e.body["n"] for e in db.events.read(case_id="c-1")] == [1, 3, 5]
    assert len(db.events.read(limit=2)) == 2
    assert list(db.events.append([])) == []


def test_a_case_and_its_events_are_saved_together(db: Records) -> None:
    db.cases.save(case(1), [CaseEvent(case_id="c-1", at=NOON, kind="classified")])
    assert [e.kind for e in db.events.read(case_id="c-1")] == ["classified"]


def test_the_cases_of_a_customer_newest_first(db: Records) -> None:
    for number, customer in enumerate(("ada", "bob", "ada", "")):
        db.cases.save(case(number, CaseStatus.ANSWERED, "order_status", customer_id=customer))
    assert [c.case_id for c in db.cases.of_customer("ada", 5)] == ["c-2", "c-0"]
    assert [c.case_id for c in db.cases.of_customer("ada", 1)] == ["c-2"]
    assert list(db.cases.of_customer("", 5)) == []


@pytest.mark.system("A17")
def test_what_people_answered_about_an_intent_is_found_newest_first(db: Records) -> None:
    for number, intent in enumerate(("order_status", "order_status", "refund_request", "order_status")):
        db.cases.save(case(number, CaseStatus.WORKING, intent))
        asked = ask(case_id=f"c-{number}", now=NOON + number * HOUR)
        request = db.approvals.open(asked.model_copy(update={"intent": intent}))
        if number != 3:
            assert db.approvals.swap(request, decide(request, answer(request), NOON + number * HOUR))
    assert [r.case_id for r in db.approvals.decided("order_status", 10)] == ["c-1", "c-0"]
    assert [r.case_id for r in db.approvals.decided("order_status", 1)] == ["c-1"]
    assert list(db.approvals.decided("cancel_order", 10)) == []


def test_asking_the_same_again_gives_the_request_there_is(db: Records) -> None:
    first = db.approvals.open(ask(case_id="c-1"))
    again = db.approvals.open(ask(case_id="c-1", now=NOON + HOUR))
    assert again == first
    assert [r.id for r in db.approvals.list(case_id="c-1")] == [first.id]


def test_asking_something_else_replaces_what_waits(db: Records) -> None:
    first = db.approvals.open(ask(case_id="c-1"))
    second = db.approvals.open(ask(TAG, case_id="c-1", now=NOON + HOUR))
    replaced = db.approvals.get(first.id)
    assert replaced is not None
    assert (replaced.status, replaced.version) == (ApprovalStatus.SUPERSEDED, 2)
    assert [r.id for r in db.approvals.list(ApprovalStatus.AWAITING)] == [second.id]
    other = db.approvals.open(ask(case_id="c-2"))
    assert {r.id for r in db.approvals.list(ApprovalStatus.AWAITING)} == {second.id, other.id}


def test_the_same_question_in_the_same_moment_gets_an_id_of_its_own_when_the_first_is_closed(db: Records) -> None:
    first = db.approvals.open(ask(case_id="c-1"))
    assert db.approvals.swap(first, expire(first, first.expires_at))
    second = db.approvals.open(ask(case_id="c-1"))
    assert second.id != first.id
    assert db.approvals.get(first.id) != db.approvals.get(second.id)


@pytest.mark.system("U2")
def test_only_one_answer_wins(db: Records) -> None:
    request = db.approvals.open(ask(case_id="c-1"))
    yes, no = decide(request, answer(request), NOON), decide(request, answer(request, by="sam"), NOON)
    assert db.approvals.swap(request, yes)
    assert not db.approvals.swap(request, no)
    kept = db.approvals.get(request.id)
    assert kept == yes
    assert db.approvals.swap(yes, finish(yes, NOON, done=True))
    assert not db.approvals.swap(yes, finish(yes, NOON, done=False))
    assert [r.id for r in db.approvals.list(ApprovalStatus.EXECUTED)] == [request.id]


def test_knowing_its_pause_does_not_change_what_was_asked(db: Records) -> None:
    request = db.approvals.open(ask(case_id="c-1"))
    paused = attach(request, "interrupt-1")
    assert db.approvals.swap(request, paused)
    assert paused.digest == request.digest
    assert not db.approvals.swap(request, decide(request, answer(request), NOON))
    assert db.approvals.swap(paused, decide(paused, answer(paused), NOON))


def test_requests_whose_time_ran_out_are_found(db: Records) -> None:
    early = db.approvals.open(ask(case_id="c-1"))
    late = db.approvals.open(ask(case_id="c-2", now=NOON + HOUR))
    assert list(db.approvals.due(early.expires_at - timedelta(microseconds=1))) == []
    assert [r.id for r in db.approvals.due(early.expires_at)] == [early.id]
    assert [r.id for r in db.approvals.due(late.expires_at)] == [early.id, late.id]


def test_what_waits_or_is_signed_counts_in_limits(db: Records) -> None:
    money = db.approvals.open(ask(REFUND, case_id="c-1"))
    tag = db.approvals.open(ask(TAG, case_id="c-2").model_copy(update={"customer_id": "c-9"}))
    gone = db.approvals.open(ask(REFUND, case_id="c-3"))
    assert db.approvals.swap(gone, expire(gone, gone.expires_at))
    signed = decide(money, answer(money), NOON)
    assert db.approvals.swap(money, signed)
    assert [r.id for r in db.approvals.counting("")] == [money.id]
    assert {r.id for r in db.approvals.counting("c-9")} == {money.id, tag.id}


@pytest.mark.system("U2")
def test_a_key_is_claimed_once(db: Records) -> None:
    assert db.ledger.claim(entry())
    assert not db.ledger.claim(entry(owner="p-2"))
    found = db.ledger.get(entry().key)
    assert found == entry()


def test_only_the_holder_of_a_claim_records_what_became_of_it(db: Records) -> None:
    mine = entry()
    assert db.ledger.claim(mine)
    theirs = mine.model_copy(update={"owner": "p-2", "attempt": 2})
    assert db.ledger.swap(mine, theirs)
    assert not db.ledger.swap(mine, settled(mine, ExecutionStatus.FAILED, NOON, "no"))
    assert not db.ledger.release(mine)
    done = settled(theirs, ExecutionStatus.FAILED, NOON, "no")
    assert db.ledger.swap(theirs, done)
    assert not db.ledger.release(theirs)
    assert db.ledger.get(mine.key) == done


def test_a_claim_that_is_given_back_can_be_made_again(db: Records) -> None:
    assert db.ledger.claim(entry())
    assert db.ledger.release(entry())
    assert not db.ledger.release(entry())
    assert db.ledger.claim(entry(owner="p-2"))


def test_the_ledger_is_read_by_case_approval_and_state(db: Records) -> None:
    refund = entry(approval_id="ap-1")
    tag = entry(TAG, claimed_at=NOON + HOUR, approval_id="ap-1")
    other = entry(TAG, case_id="c-2")
    for found in (tag, refund, other):
        assert db.ledger.claim(found)
    assert db.ledger.swap(other, settled(other, ExecutionStatus.UNKNOWN, NOON, "timeout"))
    assert db.ledger.swap(tag, settled(tag, ExecutionStatus.FAILED, NOON, "no"))
    assert keys(db.ledger.of_case("c-1")) == [refund.key, tag.key]
    assert keys(db.ledger.of_approval("ap-1")) == [refund.key, tag.key]
    assert list(db.ledger.of_approval("")) == []
    assert set(keys(db.ledger.unsettled())) == {refund.key, other.key}


@pytest.mark.system("U7")
def test_history_adds_up_customer_case_and_shop(db: Records) -> None:
    mine = entry(case_id="c-1", customer_id="ada", claimed_at=NOON)
    old = entry(case_id="c-2", customer_id="ada", claimed_at=NOON - 48 * HOUR)
    shop = entry(case_id="c-3", customer_id="bob", claimed_at=NOON - HOUR)
    tag = entry(TAG, case_id="c-4", customer_id="", claimed_at=NOON)
    failed = entry(REPLY, case_id="c-1", customer_id="ada")
    for found in (mine, old, shop, tag, failed):
        assert db.ledger.claim(found)
    assert db.ledger.swap(failed, settled(failed, ExecutionStatus.FAILED, NOON, "no"))
    day = NOON - 24 * HOUR

    def history(customer: str, case_id: str, since: int, kinds: tuple[str, ...]) -> list[str]:
        return keys(db.ledger.history(NOON - since * HOUR, customer, case_id, day, kinds))

    assert history("ada", "", 72, ()) == [old.key, mine.key]
    assert history("ada", "", 24, ()) == [mine.key]
    assert history("", "c-2", 24, ()) == [old.key]
    assert history("", "", 72, ("refund_order",)) == [shop.key, mine.key]
    assert history("", "", 72, ()) == []


@pytest.mark.system("L12")
def test_messages_to_one_recipient_are_found(db: Records) -> None:
    first = entry(REPLY, recipient="abc", claimed_at=NOON)
    second = entry(REPLY, case_id="c-2", recipient="abc", claimed_at=NOON + HOUR)
    other = entry(REPLY, case_id="c-3", recipient="xyz", claimed_at=NOON + HOUR)
    for found in (first, second, other):
        assert db.ledger.claim(found)
    assert keys(db.ledger.sent_to("abc", NOON - HOUR)) == [first.key, second.key]
    assert keys(db.ledger.sent_to("abc", NOON)) == [second.key]
    assert list(db.ledger.sent_to("", NOON - HOUR)) == []


@pytest.mark.system("L13")
def test_switches_stop_scopes_until_they_are_set_again(db: Records) -> None:
    stop = Switch(scope="intent:thanks", stopped=True, by="dana", reason="test", at=NOON)
    assert db.switches.stopped(["intent:thanks"]) is None
    db.switches.set(stop)
    assert db.switches.stopped(["workflow:support", "intent:thanks"]) == stop
    assert db.switches.stopped(["workflow:support"]) is None
    every = stop.model_copy(update={"scope": EVERYTHING})
    db.switches.set(every)
    assert db.switches.stopped([]) == every
    db.switches.set(every.model_copy(update={"stopped": False}))
    assert db.switches.stopped([]) is None
    assert [s.scope for s in db.switches.all()] == [EVERYTHING, "intent:thanks"]


def test_a_breaker_trips_once(db: Records) -> None:
    stop = Switch(scope="loop:support:abc", stopped=True, by="loop breaker", at=NOON)
    assert db.switches.trip(stop)
    assert not db.switches.trip(stop)
    db.switches.set(stop.model_copy(update={"stopped": False}))
    assert db.switches.stopped([stop.scope]) is None
    assert db.switches.trip(stop)


def promise(number: int, **more: object) -> PromiseEntry:
    plain = PromiseEntry(
        id=f"pr-{number}",
        case_id="c-1",
        ticket_id="t-1",
        kind="follow_up",
        text="We will write by Friday",
        made_at=NOON + timedelta(minutes=number),
    )
    return plain.model_copy(update=more)


@pytest.mark.system("U3")
def test_promises_are_found_when_they_are_late_and_settled_once(db: Records) -> None:
    late, open_ = promise(1, due_at=NOON + HOUR), promise(2, due_at=NOON + 3 * HOUR, effect="c-1:abc")
    db.promises.record([late, open_, promise(3)])
    db.promises.record([late.model_copy(update={"text": "something else"})])
    assert list(db.promises.late(NOON + HOUR)) == []
    assert list(db.promises.late(NOON + 2 * HOUR)) == [late]
    assert db.promises.swap(late, overdue(late, NOON + 2 * HOUR))
    assert not db.promises.swap(late, overdue(late, NOON + 2 * HOUR))
    assert list(db.promises.late(NOON + 2 * HOUR)) == []
    (found,) = db.promises.by_effect("c-1:abc")
    assert db.promises.swap(found, settle(found, NOON, "dana"))
    kept = db.promises.get("pr-2")
    assert kept is not None
    assert (kept.status, kept.settled_by) == (PromiseStatus.KEPT, "dana")
    assert [p.id for p in db.promises.of_case("c-1")] == ["pr-1", "pr-2", "pr-3"]


def test_every_change_leaves_its_trace_in_one_chain(db: Records) -> None:
    request = db.approvals.open(ask(case_id="c-1"))
    signed = decide(request, answer(request), NOON)
    db.approvals.swap(request, signed)
    db.approvals.swap(request, signed)
    claimed = entry()
    db.ledger.claim(claimed)
    db.ledger.claim(claimed)
    db.ledger.swap(claimed, settled(claimed, ExecutionStatus.UNKNOWN, NOON, "timeout"))
    db.switches.set(Switch(scope=EVERYTHING, stopped=True, by="dana", at=NOON))
    db.promises.record([promise(1)])
    db.audit.append(AuditNote(at=NOON, actor="dana", event="looked", payload={"ü": 1, "a": [True, None]}))
    entries = list(db.audit.entries())
    assert [(e.seq, e.actor, e.event) for e in entries] == [
        (1, "system", "approval.awaiting"),
        (2, "dana", "approval.executing"),
        (3, "system", "effect.claimed"),
        (4, "system", "effect.unknown"),
        (5, "dana", "switch.stopped"),
        (6, "system", "promise.made"),
        (7, "dana", "looked"),
    ]
    report = verify(entries, db.audit.head())
    assert (report.ok, report.count) == (True, 7)
    assert [e.seq for e in db.audit.entries(after=2, limit=3)] == [3, 4, 5]


def test_the_log_holds_no_words_of_a_customer(db: Records) -> None:
    secret = REPLY.model_copy(update={"text": "Dear Ada Byron, 1 Mill Lane"})
    request = db.approvals.open(ask(REFUND, secret, case_id="c-1"))
    db.approvals.swap(request, decide(request, answer(request, reason="Ada is right"), NOON))
    written = "".join(entry.model_dump_json() for entry in db.audit.entries())
    assert not any(word in written for word in ("Ada", "Mill Lane", "it broke"))
