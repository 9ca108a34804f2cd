"""What a person gets: the summary of a thread, the context pack, the order of importance, the queue, the hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.case import Classification, Urgency
from agent.priority import ranked, score_of
from agent.repositories import CaseRecord
from tests.journeys.shop import LIMITS, NOW, Brand, Shop, about, actions, draft
from tools.actions import AssignTicket, EscalateToHuman
from tools.commerce import Customer, Order
from tools.money import Money

PARTS = ("Conversation", "Customer", "Assessment", "Policy", "Priority")


@pytest.mark.system("A16")
def test_the_summary_of_a_long_thread_states_order_ask_promises_and_what_is_open(shop: Shop) -> None:
    (label,) = [label for label in shop.world.labels if "long_thread" in label.tags]
    record = shop.runner.start(label.ticket_id)
    ticket = shop.ticket(record)
    assert len(ticket.messages) == 12
    assert record.proposal is not None
    lines = dict(line.split(": ", 1) for line in record.proposal.summary.splitlines())
    assert lines["Order"].startswith(shop.order(label.order_id).number)
    assert lines["Ask"].startswith("not received")
    assert "We look at it again on Monday." in lines["Promised"]
    assert "open carrier trace" in lines["Open"]
    texts = {message.id: message.text for message in ticket.messages}
    for name, line in lines.items():
        fact, source = re.fullmatch(r"(.*) \[([^\]]+)\]", line).groups()  # pyright: ignore[reportOptionalMemberAccess]
        assert source in texts, name
        if name in ("Order", "Promised"):
            assert fact.strip("“”").lstrip("#") in texts[source]


def pack_of(record: CaseRecord) -> dict[str, str]:
    escalation = actions(record)["escalate_to_human"]
    assert isinstance(escalation, EscalateToHuman)
    found = re.split(rf"^({'|'.join(PARTS)}): ", escalation.context, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


@pytest.mark.system("B13")
def test_an_escalation_carries_five_parts_and_every_passage_it_names_exists(shop: Shop) -> None:
    order = shop.planted("day_45")
    letter = shop.letter(f"{order.number}: my lawyer will write to you about this refund.", shop.owner(order))
    earlier = shop.ask("It is late.", order, "complaint")
    record = shop.work(letter, about("refund_request", legal_threat=True))
    pack = pack_of(record)
    assert f"complaint, {earlier.status.value.replace('_', ' ')} [{earlier.case_id}]" in pack["Customer"]
    assert tuple(pack) == PARTS
    assert all(part.strip() for part in pack.values())
    assert letter.latest.text in pack["Conversation"]
    assert shop.owner(order).name in pack["Customer"]
    assert order.number in pack["Customer"]
    assert "refunds in 90 days" in pack["Customer"]
    assert "Suggested:" in pack["Assessment"]
    passages = re.findall(r"\[([^\]]+)\]", pack["Policy"])
    assert passages
    for passage in passages:
        document, anchor = passage.split("@")[0], passage.split("#")[1]
        found = shop.knowledge.cite(document, anchor, shop.clock.now())
        assert found is not None
        assert found.id == passage
    (note,) = shop.sent(record, "note")
    assert all(f"{part}: " in note.text for part in PARTS)


FIXTURES: Sequence[tuple[str, int, Classification]] = (
    ("stranger, low", 0, about("other", urgency=Urgency.LOW)),
    ("stranger, normal", 0, about("other")),
    ("small, normal", 90, about("other")),
    ("stranger, high", 0, about("other", urgency=Urgency.HIGH)),
    ("large, normal", 700, about("other")),
    ("small, angry", 400, about("complaint", high_emotion=True)),
    ("large, high", 900, about("not_received", urgency=Urgency.HIGH)),
    ("small, urgent", 450, about("change_address", urgency=Urgency.URGENT)),
    ("large, threat", 900, about("complaint", legal_threat=True)),
    ("largest, urgent", 2_000, about("change_address", urgency=Urgency.URGENT)),
)
"""Escalations from the least to the most important."""


def escalation(name: str, spent: int, said: Classification) -> CaseRecord:
    value = Money.of(f"{spent}.00", "USD") if spent else None
    score = score_of(said, value)
    return CaseRecord(case_id=name, ticket_id=name, classification=said, score=score, created_at=NOW, updated_at=NOW)


@pytest.mark.system("B14")
def test_escalations_are_ordered_by_customer_value_times_urgency() -> None:
    records = [escalation(*fixture) for fixture in FIXTURES]
    shuffled = [records[at] for at in (7, 2, 9, 0, 5, 3, 8, 1, 6, 4)]
    assert [record.case_id for record in ranked(shuffled)] == [name for name, _, _ in reversed(FIXTURES)]


@pytest.mark.system("B14")
def test_value_alone_and_urgency_alone_move_the_rank() -> None:
    records = [escalation(*fixture) for fixture in FIXTURES]
    name, _, said = FIXTURES[2]
    richer = [escalation(name, 1_900, said) if record.case_id == name else record for record in records]
    sooner = [
        escalation(name, 90, about("other", urgency=Urgency.URGENT)) if record.case_id == name else record
        for record in records
    ]
    before = [record.case_id for record in ranked(records)].index(name)
    assert [record.case_id for record in ranked(richer)].index(name) < before
    assert [record.case_id for record in ranked(sooner)].index(name) < before


@pytest.mark.system("B14")
def test_of_two_alike_the_one_that_waits_longer_comes_first() -> None:
    late = escalation("a", 100, about("other"))
    early = late.model_copy(update={"case_id": "b", "created_at": NOW - timedelta(hours=1)})
    assert [record.case_id for record in ranked([late, early])] == ["b", "a"]


@pytest.mark.system("B14")
def test_a_case_row_has_its_score(shop: Shop) -> None:
    order = shop.planted("pending")
    letter = shop.letter(f"{order.number} or I sue you.", shop.owner(order))
    threat = shop.work(letter, about("complaint", legal_threat=True))
    calm = shop.ask(f"{order.number}?", order, "order_status")
    assert threat.score == 4 * calm.score > 400
    assert f"score {threat.score}" in pack_of(threat)["Priority"]


def buyer(shop: Shop, orders: int) -> tuple[Customer, Order]:
    """A customer with so many orders, and the one that is pending."""
    plain = shop.planted("pending")
    customer = shop.owner(plain).model_copy(update={"id": "cus_vip", "emails": ("repeat@inbox.example",)})
    made = [
        plain.model_copy(update={"id": f"ord_vip{at}", "number": f"#77{at:02d}", "customer_id": customer.id})
        for at in range(orders)
    ]
    shop.put(customer, *made)
    return customer, made[-1]


@pytest.mark.system("B15")
@pytest.mark.parametrize(("orders", "queue"), [(5, "vip"), (4, "shipping"), (1, "shipping")])
def test_a_customer_with_five_orders_has_the_faster_lane(shop: Shop, orders: int, queue: str) -> None:
    customer, order = buyer(shop, orders)
    record = shop.work(shop.letter(f"Where is {order.number}?", customer), about("order_status"))
    assert (record.queue, shop.ticket(record).queue) == (queue, queue)
    route = actions(record)["assign_ticket"]
    assert isinstance(route, AssignTicket)
    assert ("5 orders" in route.reason) is (queue == "vip")


@pytest.mark.system("B15")
def test_the_faster_lane_promises_an_answer_sooner(shop: Shop) -> None:
    answers: list[datetime] = []
    for orders in (1, 5):
        customer, order = buyer(shop, orders)
        record = shop.work(shop.letter(f"{order.number}: a person please", customer), about("human_request"))
        assert record.investigation is not None
        queue = record.investigation.find("queue")
        assert queue is not None
        answers.append(datetime.fromisoformat(str(queue.fields["answer_by"])))
    usual, faster = answers
    assert faster == shop.clock.now() + timedelta(hours=LIMITS.vip.first_response_hours)
    assert faster < usual


NIGHTS = (
    ("Tuesday 03:00", datetime(2026, 11, 17, 8, tzinfo=UTC), "Tuesday, November 17 at 9:00 AM", "Tuesday, November 17"),
    ("Friday 23:00", datetime(2026, 11, 14, 4, tzinfo=UTC), "Monday, November 16 at 9:00 AM", "Monday, November 16"),
    ("Thanksgiving", datetime(2026, 11, 26, 15, tzinfo=UTC), "Friday, November 27 at 9:00 AM", "Friday, November 27"),
    ("Friday 16:00", datetime(2026, 11, 20, 21, tzinfo=UTC), "", "Monday, November 23"),
)


@pytest.mark.system("A20")
@pytest.mark.parametrize(
    ("now", "opens", "answer"), [night[1:] for night in NIGHTS], ids=[night[0] for night in NIGHTS]
)
def test_outside_hours_the_notice_says_when_somebody_answers_and_promises_nothing_else(
    brand: Brand, tmp_path: Path, now: datetime, opens: str, answer: str
) -> None:
    with brand.open(tmp_path, now=now) as shop:
        order = shop.planted("return_ok")
        record = shop.ask("I want my money back, and to talk to somebody.", order, "human_request")
        text = draft(record).text
        assert ("closed at the moment" in text) is bool(opens)
        assert opens in text
        assert f"You have an answer by {answer}" in text
        assert not re.search(r"refund|money|\$|approve|exception", text, re.IGNORECASE)
