"""What goes to a person before any reasoner is asked, where it goes, and what goes with it."""

from __future__ import annotations

import re

import pytest

from agent.case import Classification, Urgency
from agent.reasoners.base import Brief
from agent.reasoners.handover import forced, handover, route
from agent.reasoners.summary import summary
from tests.agent.investigation.world import (
    LIMITS,
    MUG,
    NOW,
    Library,
    about,
    letter,
    line,
    look,
    order,
    parcel,
    passage,
)
from tools.actions import AssignTicket, EscalateToHuman, RefundOrder, SetPriority, TagTicket
from tools.commerce import FraudBand, Noun, OrderStage
from tools.money import Money

ORDER = order("2145", line(MUG))
PARTS = ("Conversation", "Customer", "Assessment", "Policy", "Priority")
SECRET = ("fraud", "risk", "avs", "velocity", "mismatch", "hold", "band")


def brief(said: Classification, *nouns: Noun, text: str = "please help", verified: bool | None = True) -> Brief:
    ticket = letter(text, "an earlier message", verified=verified)
    library = Library((passage("returns", "window", "30 days"),))
    found = look(ticket, said, *nouns, library=library, cites=("returns#window",))
    return Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)


def pack(brief: Brief, reason: str = "a reason") -> dict[str, str]:
    (escalation,) = [each for each in handover(brief, reason).actions if isinstance(each, EscalateToHuman)]
    found = re.split(rf"^({'|'.join(PARTS)}): ", escalation.context, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


@pytest.mark.system("B13")
@pytest.mark.parametrize("verified", [True, None])
def test_the_five_parts_are_never_empty(verified: bool | None) -> None:
    parts = pack(brief(about("refund_request"), ORDER, parcel(ORDER), verified=verified))
    assert tuple(parts) == PARTS
    assert all(text.strip() for text in parts.values())
    assert "[m-1]" in parts["Conversation"]
    assert "[m-2]" in parts["Conversation"]
    assert "a reason" in parts["Assessment"]
    assert "returns@v1#window" in parts["Policy"]
    assert ("Mia Lund" in parts["Customer"]) is bool(verified)


@pytest.mark.system("B13")
def test_what_would_have_been_done_goes_along() -> None:
    would = RefundOrder(order_id="o-2145", amount=Money.of("26.00", "USD"))
    case = brief(about("refund_request"), ORDER)
    (escalation,) = [
        each for each in handover(case, "why", suggested=(would,)).actions if isinstance(each, EscalateToHuman)
    ]
    assert "refund order" in escalation.context


@pytest.mark.system("A16")
def test_that_it_was_handed_over_is_not_what_is_open() -> None:
    case = brief(about("refund_request"), ORDER)
    would = RefundOrder(order_id="o-2145", amount=Money.of("26.00", "USD"))
    handed = handover(case, "why")
    ends = [summary(case.ticket, case.classification, None, (*handed.actions, *more)) for more in ((), (would,))]
    assert [end.splitlines()[-1].split(" [")[0] for end in ends] == [
        "Open: an answer by a person",
        "Open: refund order",
    ]


@pytest.mark.system("B6")
@pytest.mark.parametrize(
    ("changes", "goes"),
    [
        ({"legal_threat": True}, True),
        ({"high_emotion": True}, True),
        ({"high_emotion": True, "intent": "thanks"}, False),
        ({"urgency": Urgency.URGENT}, False),
        ({}, False),
    ],
)
def test_threats_and_anger_go_to_a_person(changes: dict[str, object], goes: bool) -> None:
    said = about("complaint").model_copy(update=changes)
    proposal = forced(brief(said, ORDER))
    assert bool(proposal) is goes
    if proposal is not None:
        assert proposal.escalate
        assert proposal.reply is None


@pytest.mark.system("B5")
@pytest.mark.parametrize(
    ("hold", "band"), [("AVS mismatch, velocity", FraudBand.LOW), ("", FraudBand.HIGH), ("Risk review", FraudBand.HIGH)]
)
@pytest.mark.parametrize("intent", ["order_status", "cancel_order", "change_address", "thanks"])
def test_an_order_under_a_risk_check_goes_to_a_person_in_neutral_words(hold: str, band: FraudBand, intent: str) -> None:
    checked = order("2145", stage=OrderStage.PENDING, hold=hold, fraud=band)
    proposal = forced(brief(about(intent, numbers=("#2145",)), checked, text="why is 2145 not moving?"))
    assert proposal is not None
    assert proposal.reply is None
    assert {each.kind for each in proposal.actions} == {"tag_ticket", "set_priority", "escalate_to_human"}
    assert not [word for word in SECRET if word in proposal.escalate.casefold()]


@pytest.mark.system("B5")
@pytest.mark.parametrize(
    "mild", [order("2145", hold="waiting for stock"), order("2145", fraud=FraudBand.MEDIUM), order("2145")]
)
def test_any_other_order_goes_on(mild: Noun) -> None:
    assert forced(brief(about("order_status", numbers=("#2145",)), mild)) is None


def test_a_risk_check_on_an_order_that_is_not_meant_changes_nothing() -> None:
    other = order("2158", fraud=FraudBand.HIGH)
    assert forced(brief(about("order_status", numbers=("#2145",)), ORDER, other)) is None


def test_automatic_mail_is_never_answered() -> None:
    proposal = forced(brief(about("other").model_copy(update={"automatic": "out of office", "legal_threat": True})))
    assert proposal is not None
    assert proposal.ignore
    assert proposal.reply is None
    assert not proposal.escalate


@pytest.mark.system("A2")
def test_a_case_gets_tags_and_exactly_one_queue() -> None:
    tags, assigned = route(brief(about("refund_request", "damaged_item"), ORDER), "billing", "label")
    assert isinstance(tags, TagTicket)
    assert tags.tags == ("refund_request", "damaged_item", "label")
    assert (assigned.queue, assigned.reason) == ("billing", "refund request goes to billing")


@pytest.mark.system("B15")
def test_repeat_customers_have_their_own_queue_and_the_reason_says_so() -> None:
    orders = [order(str(2000 + at)) for at in range(LIMITS.vip.orders)]
    case = brief(about("thanks"), *orders)
    _, assigned = route(case, "billing", "close")
    assert (assigned.queue, assigned.reason) == (LIMITS.vip.queue, f"repeat customer: {len(orders)} orders")
    queues = [each.queue for each in handover(case, "why").actions if isinstance(each, EscalateToHuman)]
    assert queues == [LIMITS.vip.queue]
    fewer = brief(about("thanks"), *orders[1:])
    assert isinstance(route(fewer, "billing", "close")[1], AssignTicket)
    assert route(fewer, "billing", "close")[1].queue == "billing"


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({"legal_threat": True}, "urgent"),
        ({"urgency": Urgency.URGENT}, "urgent"),
        ({"high_emotion": True}, "high"),
        ({"urgency": Urgency.LOW}, "low"),
        ({}, "normal"),
    ],
)
def test_the_priority_comes_from_what_was_said(changes: dict[str, object], priority: str) -> None:
    case = brief(about("refund_request").model_copy(update=changes), ORDER)
    assert [each.priority for each in handover(case, "why").actions if isinstance(each, SetPriority)] == [priority]
