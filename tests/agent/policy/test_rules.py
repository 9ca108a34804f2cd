"""Each rule at its edges: what it says, and the value right beside it where it is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.case import Verdict
from agent.limits import PolicyLimits
from agent.policy import RULES, PolicyFacts
from tests.agent.policy.world import (
    LIMITS,
    NOBODY,
    NOW,
    allowing,
    delivered,
    every_action,
    facts,
    line,
    order,
    past,
    past_refund,
    refund,
    rules,
    usd,
    verdict,
)
from tools import actions as act
from tools.commerce import FraudBand, OrderStage, ParcelStatus, Product, Return, ReturnLine, ReturnStatus, Shipment
from tools.money import Money


def without(kind: str) -> PolicyLimits:
    return LIMITS.model_copy(update={"actions": {k: rule for k, rule in LIMITS.actions.items() if k != kind}})


@pytest.mark.system("B1")
def test_every_action_has_a_row_in_the_table_and_one_in_the_world() -> None:
    assert set(RULES) == set(act.ACTIONS.values()) == {type(action) for action in every_action()}


@pytest.mark.system("B1")
@pytest.mark.parametrize("action", every_action(), ids=lambda action: action.kind)
def test_an_action_without_a_rule_is_blocked(action: act.Action) -> None:
    found = verdict(action, limits=without(action.kind))
    assert found.verdict is Verdict.BLOCK
    assert rules(found)["action.no_rule"] == "block"


class TeleportParcel(act.SuppressPromotions):
    """An action that somebody forgot to put into the table."""


@pytest.mark.system("B1")
def test_an_action_that_is_not_in_the_table_is_blocked() -> None:
    found = verdict(TeleportParcel(customer_id="cus_1", days=1))
    assert (found.verdict, rules(found)) == (Verdict.BLOCK, {"action.no_rule": "block"})


@pytest.mark.system("B1")
@pytest.mark.parametrize("action", [a for a in every_action() if type(a).gives_value], ids=lambda action: action.kind)
def test_value_never_leaves_unsigned_whatever_the_file_says(action: act.Action) -> None:
    found = verdict(action, limits=allowing(action.kind))
    assert found.verdict is not Verdict.ALLOW
    assert "value.needs_signature" in rules(found)


@pytest.mark.system("U4")
@pytest.mark.parametrize("action", every_action(), ids=lambda action: action.kind)
def test_without_identity_only_the_ticket_is_touched(action: act.Action) -> None:
    found = verdict(action, identity=NOBODY)
    assert ("identity.unverified" in rules(found)) is (action.kind not in act.TICKET_ACTIONS)
    assert (found.verdict is Verdict.BLOCK) is (action.kind not in act.TICKET_ACTIONS)


def test_preconditions_block_under_their_own_names() -> None:
    found = verdict(act.CancelOrder(order_id="ord_1", reason="no longer needed"))
    assert rules(found)["precondition.wrong_stage"] == "block"


@pytest.mark.parametrize(
    ("reason", "fine"),
    [("no longer needed", True), ("  No  Longer NEEDED ", True), ("", False), ("I am bored", False)],
)
def test_a_reason_has_to_be_listed(reason: str, fine: bool) -> None:
    pending = facts(order(stage=OrderStage.PENDING))
    found = verdict(act.CancelOrder(order_id="ord_1", reason=reason), pending)
    assert ("cancel.reason" in rules(found)) is not fine
    assert found.verdict is (Verdict.REQUIRE_APPROVAL if fine else Verdict.BLOCK)


DAY_LENGTHS = [
    ("knitwear", 30, True),
    ("knitwear", 31, False),
    ("Bags", 60, True),
    ("Bags", 61, False),
]


@pytest.mark.system("B2")
@pytest.mark.parametrize(("category", "days", "fine"), DAY_LENGTHS)
@pytest.mark.parametrize("action", [a for a in every_action() if a.kind in {"create_return", "refund_order"}])
def test_the_return_window_by_category(action: act.Action, category: str, days: int, fine: bool) -> None:
    about = facts(order(lines=(line(category=category),)), shipments=[delivered(days)])
    name = "refund.outside_window" if action.kind == "refund_order" else "returns.window"
    found = verdict(action, about)
    assert found.verdict is Verdict.REQUIRE_APPROVAL
    assert rules(found).get(name) == (None if fine else "lead")
    assert found.role == ("agent" if fine else "lead")


@pytest.mark.system("B2")
def test_a_day_45_refund_is_marked_as_outside_policy() -> None:
    found = verdict(refund(), facts(shipments=[delivered(45)]))
    message = next(v.message for v in found.violations if v.rule == "refund.outside_window")
    assert "45 days" in message
    assert "30 days" in message
    assert "outside policy" in message


def test_days_end_at_midnight_where_the_shop_is() -> None:
    """Delivered on 17 October at 23:30 in New York, which is already the 18th in UTC: 16 November is day 30."""
    late = delivered(0).model_copy(update={"delivered_at": datetime(2026, 10, 18, 3, 30, tzinfo=UTC)})
    early = delivered(0).model_copy(update={"delivered_at": datetime(2026, 10, 17, 3, 30, tzinfo=UTC)})
    assert "refund.outside_window" not in rules(verdict(refund(), facts(shipments=[late])))
    assert "refund.outside_window" in rules(verdict(refund(), facts(shipments=[early])))


@pytest.mark.parametrize("category", ["coffee", "gift_cards"])
def test_some_categories_do_not_come_back(category: str) -> None:
    found = verdict(refund(), facts(order(lines=(line(category=category),))))
    assert rules(found)["refund.not_returnable"] == "lead"


def test_final_sale_is_an_exception_that_a_lead_signs() -> None:
    about = facts(order(lines=(line(final_sale=True),)))
    assert rules(verdict(refund(), about))["refund.final_sale"] == "lead"
    returns = LIMITS.returns.model_copy(update={"final_sale": True})
    assert "refund.final_sale" not in rules(
        verdict(refund(), about, limits=LIMITS.model_copy(update={"returns": returns}))
    )


def test_the_product_tells_what_the_line_does_not() -> None:
    plain = facts(order(lines=(line(category=""),)))
    product = Product(id="prd_1", title="Beans", category="Coffee", final_sale=False)
    known = PolicyFacts(world=plain.world, products={"l1": product})
    assert "refund.not_returnable" not in rules(verdict(refund(), plain))
    assert "refund.not_returnable" in rules(verdict(refund(), known))


@pytest.mark.parametrize("intent", ["damaged_item", "wrong_item", "missing_item"])
@pytest.mark.parametrize(("days", "fine"), [(14, True), (15, False)])
def test_our_mistakes_have_their_own_time_and_no_final_sale(intent: str, days: int, fine: bool) -> None:
    about = facts(order(lines=(line(final_sale=True, category="coffee"),)), shipments=[delivered(days)])
    found = rules(verdict(refund(), about, intent=intent))
    assert ("refund.outside_window" in found) is not fine
    assert "refund.final_sale" not in found
    assert "refund.not_returnable" not in found


@pytest.mark.parametrize("action", [refund(), act.ReplaceItems(order_id="ord_1", lines=(act.Lines(line_id="l1"),))])
@pytest.mark.parametrize(
    ("category", "intent", "days", "rule"),
    [
        ("bags", "damaged_item", 14, None),
        ("bags", "damaged_item", 15, "warranty"),
        ("Bags", "damaged_item", 730, "warranty"),
        ("bags", "damaged_item", 732, "outside_window"),
        ("bags", "missing_item", 15, "outside_window"),
        ("knitwear", "damaged_item", 15, "outside_window"),
    ],
)
def test_a_fault_within_the_warranty_is_no_late_report_and_a_lead_looks_whether_it_is_covered(
    action: act.Action, category: str, intent: str, days: int, rule: str | None
) -> None:
    about = facts(order(lines=(line(category=category),)), shipments=[delivered(days)])
    found = rules(verdict(action, about, intent=intent))
    ours = {name.partition(".")[2]: role for name, role in found.items() if name.endswith(("warranty", "window"))}
    assert ours == ({rule: "lead"} if rule else {})


@pytest.mark.system("B4")
@pytest.mark.parametrize(("days", "fine"), [(14, True), (15, False)])
def test_goods_are_sent_again_within_the_time_to_report(days: int, fine: bool) -> None:
    again = act.ReplaceItems(order_id="ord_1", lines=(act.Lines(line_id="l1"),))
    about = facts(order(lines=(line(final_sale=True, price=usd("10.00")),)), shipments=[delivered(days)])
    found = verdict(again, about)
    assert rules(found).get("replacement.outside_window") == (None if fine else "lead")
    assert found.role == ("agent" if fine else "lead")
    lost = facts(order(stage=OrderStage.SHIPPED), shipments=[])
    assert "replacement.delivery_unknown" not in rules(verdict(again, lost))


def test_an_unknown_delivery_date_is_not_taken_for_a_recent_one() -> None:
    assert rules(verdict(refund(), facts(shipments=[])))["refund.delivery_unknown"] == "lead"


def test_what_left_without_a_parcel_on_record_comes_back_with_a_leads_signature() -> None:
    back = act.CreateReturn(order_id="ord_1", lines=(act.Lines(line_id="l1"),))
    sent = order(stage=OrderStage.SHIPPED)
    assert rules(verdict(back, facts(sent, shipments=[])))["returns.delivery_unknown"] == "lead"
    final = order(stage=OrderStage.SHIPPED, lines=(line(final_sale=True),))
    assert rules(verdict(back, facts(final, shipments=[])))["returns.final_sale"] == "lead"
    assert "returns.delivery_unknown" not in rules(verdict(back, facts(sent, shipments=[delivered(3)])))


def test_the_parcel_with_the_line_counts() -> None:
    def parcel(days: int, *line_ids: str) -> Shipment:
        return delivered(days).model_copy(update={"id": f"shp_{days}", "line_ids": line_ids})

    assert "refund.outside_window" in rules(verdict(refund(), facts(shipments=[parcel(50, "l1"), parcel(2, "l2")])))
    assert "refund.outside_window" not in rules(verdict(refund(), facts(shipments=[parcel(50, "l2"), parcel(2, "l1")])))


@pytest.mark.parametrize(("status", "fine"), [(ReturnStatus.RECEIVED, True), (ReturnStatus.REJECTED, False)])
def test_a_refund_that_follows_a_return_in_time_is_in_time(status: ReturnStatus, fine: bool) -> None:
    back = Return(
        id="ret_1",
        order_id="ord_1",
        status=status,
        lines=(ReturnLine(line_id="l1", quantity=1),),
        requested_at=NOW - timedelta(days=20),
    )
    about = facts(shipments=[delivered(45)], returns=[back])
    assert ("refund.outside_window" not in rules(verdict(refund(), about))) is fine
    assert "refund.outside_window" in rules(verdict(refund(units=2, amount="40.00"), about))


def test_an_order_that_is_not_delivered_has_no_window_yet() -> None:
    moving = {"delivered_at": None, "status": ParcelStatus.IN_TRANSIT}
    lost = facts(order(stage=OrderStage.SHIPPED), shipments=[delivered(3).model_copy(update=moving)])
    assert not any(rule.startswith("refund.") for rule in rules(verdict(refund(), lost, intent="not_received")))


@pytest.mark.system("B12")
@pytest.mark.parametrize(
    ("shipping", "escalates"), [("59.00", False), ("60.00", False), ("60.01", True), ("61.00", True)]
)
def test_an_order_over_the_threshold_goes_to_a_lead(shipping: str, escalates: bool) -> None:
    about = facts(order(shipping=usd(shipping)))
    found = verdict(refund(), about)
    assert rules(found).get("order.over_value_threshold") == ("lead" if escalates else None)


@pytest.mark.system("B12")
@pytest.mark.parametrize(
    ("days", "escalates"), [((1, 2), False), ((1, 2, 89), True), ((1, 2, 90), False), ((1, 2, 3, 4), True)]
)
def test_a_customer_with_three_refunds_in_ninety_days_goes_to_a_lead(days: tuple[int, ...], escalates: bool) -> None:
    about = facts(refunds=[past_refund(f"r{day}", day) for day in days])
    assert rules(verdict(refund(), about)).get("customer.many_refunds") == ("lead" if escalates else None)


@pytest.mark.system("B5")
@pytest.mark.parametrize("action", every_action(), ids=lambda action: action.kind)
def test_a_high_risk_order_stops_everything_but_what_helps_a_person(action: act.Action) -> None:
    about = facts(order(fraud=FraudBand.HIGH))
    helps = action.kind in LIMITS.fraud.high.except_for
    assert rules(verdict(action, about)).get("fraud.band") == (None if helps else "block")
    assert rules(verdict(action, facts(fraud=FraudBand.HIGH))).get("fraud.band") == (None if helps else "block")


def test_a_medium_risk_order_takes_a_lead() -> None:
    assert rules(verdict(refund(), facts(order(fraud=FraudBand.MEDIUM))))["fraud.band"] == "lead"


@pytest.mark.parametrize(
    ("amount", "role"),
    [("50.00", "agent"), ("50.01", "lead"), ("240.00", "lead"), ("300.00", "lead"), ("300.01", "admin")],
)
def test_the_amount_chooses_the_role(amount: str, role: str) -> None:
    about = facts(order(lines=(line(price=usd("100.00")),)))
    found = verdict(refund(amount, units=4), about, limits=_no_value_rule())
    assert rules(found).get("refund.over_ceiling") == (None if role == "agent" else role)


def _no_value_rule() -> PolicyLimits:
    value = LIMITS.value.model_copy(update={"order_total_over": usd("10000.00")})
    return LIMITS.model_copy(update={"value": value})


@pytest.mark.parametrize(
    ("amount", "role"), [("20.00", "agent"), ("20.01", "lead"), ("100.00", "lead"), ("100.01", "admin")]
)
@pytest.mark.system("B8")
def test_store_credit_has_its_own_ceilings(amount: str, role: str) -> None:
    found = verdict(act.IssueStoreCredit(customer_id="cus_1", amount=usd(amount)))
    assert (found.verdict, found.role) == (Verdict.REQUIRE_APPROVAL, role)


def test_goods_sent_again_are_worth_their_price() -> None:
    found = verdict(act.ReplaceItems(order_id="ord_1", lines=(act.Lines(line_id="l1", quantity=2),)))
    assert rules(found)["replacement.over_ceiling"] == "lead"


@pytest.mark.parametrize("amount", ["5.00 EUR", "500 JPY"])
def test_another_currency_is_never_converted(amount: str) -> None:
    money = Money.model_validate(amount)
    found = verdict(act.IssueStoreCredit(customer_id="cus_1", amount=money))
    assert rules(found)["amount.currency"] == "block"


def test_an_order_in_another_currency_cannot_pass_the_threshold_unseen() -> None:
    euros = order(currency="EUR", shipping=Money.zero("EUR"), shipping_tax=Money.zero("EUR"), transactions=(), lines=())
    found = verdict(act.ReleaseHold(order_id="ord_1"), facts(euros))
    assert rules(found)["order.other_currency"] == "lead"


def test_an_absurd_amount_is_blocked_for_everybody() -> None:
    found = verdict(act.IssueStoreCredit(customer_id="cus_1", amount=usd("99999999999999999999.00")))
    assert rules(found)["amount.too_large"] == "block"


@pytest.mark.system("U7")
def test_four_refunds_under_the_ceiling_are_one_above_it() -> None:
    history = [past("49.00", hours) for hours in (1, 2, 3)]
    one = verdict(refund("49.00"), history=[])
    assert (one.verdict, one.role) == (Verdict.REQUIRE_APPROVAL, "agent")
    four = verdict(refund("49.00"), history=history)
    assert rules(four)["limits.window_sum"] == "lead"
    assert four.role == "lead"


@pytest.mark.system("U7")
@pytest.mark.parametrize(
    ("hours", "changes", "counts"),
    [
        (23.9, {}, True),
        (24, {}, False),
        (1, {"customer_id": "cus_2"}, False),
        (1, {"customer_id": "cus_2", "case_id": "case_1"}, True),
        (1, {"customer_id": "", "case_id": ""}, False),
    ],
)
def test_what_counts_together_under_a_ceiling(hours: float, changes: dict[str, object], counts: bool) -> None:
    found = verdict(refund("49.00"), history=[past("49.00", hours, **changes)])
    assert ("limits.window_sum" in rules(found)) is counts


def test_credit_and_refunds_count_together() -> None:
    credit = act.IssueStoreCredit(customer_id="cus_1", amount=usd("20.00"))
    assert rules(verdict(credit, history=[past("49.00", 1)]))["limits.window_sum"] == "lead"
    earlier = past("15.00", 1, action=credit.model_copy(update={"amount": usd("15.00")}))
    assert rules(verdict(credit, history=[earlier]))["limits.window_sum"] == "lead"


def test_the_shipped_windows() -> None:
    week = [past("5.00", 30 * n) for n in range(1, 4)]
    assert rules(verdict(refund("5.00"), history=week))["limits.window_count"] == "lead"
    assert "limits.window_count" not in rules(verdict(refund("5.00"), history=week[:2]))
    shop = [past("50.00", 1, customer_id=f"cus_{n}") for n in range(2, 52)]
    assert rules(verdict(refund("5.00"), history=shop))["limits.window_sum"] == "admin"
    assert (
        rules(verdict(refund("5.00"), history=[past("299.00", 200, case_id="case_1")]))["limits.window_sum"] == "lead"
    )


def test_max_per_case() -> None:
    twice = [past("1.00", 500, case_id="case_1", customer_id="") for _ in range(2)]
    assert rules(verdict(refund(), history=twice))["case.max_per_case"] == "block"
    assert "case.max_per_case" not in rules(verdict(refund(), history=twice[:1]))
    assert "case.max_per_case" not in rules(verdict(refund(), facts(case_id=""), history=[past("1.00", 500)] * 3))


@pytest.mark.system("B3")
def test_a_damage_ticket_is_not_closed_without_a_person() -> None:
    close = act.CloseTicket(ticket_id="tic_1")
    assert verdict(close, intent="damaged_item").verdict is Verdict.REQUIRE_APPROVAL
    assert verdict(close, intent="order_status").verdict is Verdict.ALLOW


def test_a_trace_runs_by_itself_for_a_shipped_parcel() -> None:
    moving = delivered(1).model_copy(update={"status": ParcelStatus.IN_TRANSIT, "shipped_at": NOW})
    assert verdict(act.OpenCarrierTrace(shipment_id="shp_1"), facts(shipments=[moving])).verdict is Verdict.ALLOW
