"""With --apply: in order, against the store as it is then, signed by one named person, each effect once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.case import Verdict
from agent.gate import GateError, gate
from agent.limits import Per, Window
from agent.limits.people import Roles
from agent.limits.rules import Say
from agent.policy import PastEffect
from tests.agent.gate.conftest import LIMITS, Shop
from tests.agent.gate.test_verdicts import CANCEL, call, mug_to, mugs
from tests.tools.world import NOW, usd
from tools.commerce import OrderStage
from tools.errors import OutcomeUnknown, Unavailable
from tools.money import Money
from tools.ports import Receipt


def refund(call_id: str, amount: str, order_id: str = "o-1005", units: int = 0) -> dict[str, object]:
    return call("refund_order", call_id=call_id, order_id=order_id, amount=f"{amount} USD", lines=mugs(units)[:units])


def test_what_is_allowed_runs_and_the_rest_waits(shop: Shop) -> None:
    trace, cancel = shop.apply(
        call("open_carrier_trace", call_id="1", shipment_id="s-o-1003"), call("cancel_order", call_id="2", **CANCEL)
    )
    assert trace["executed"] is True
    assert trace["reference"]
    assert (cancel["executed"], cancel["error"]) == (False, "waits for the signature of agent")
    assert shop.store.readers().orders.trace("s-o-1003") is not None
    assert [kind for kind, _, _ in shop.done] == ["open_carrier_trace"]
    assert (shop.report.executed, shop.report.not_executed) == (1, 1)


def test_what_a_person_may_sign_runs_in_their_name(shop: Shop) -> None:
    [found] = shop.apply(call("cancel_order", **CANCEL), sign="Sam Okafor")
    assert (found["verdict"], found["executed"], found["error"]) == ("require_approval", True, "")
    order = shop.store.readers().orders.order("o-1001")
    assert order is not None
    assert order.stage is OrderStage.CANCELLED
    assert shop.done[0][2] == "sam"


def test_the_next_call_meets_the_store_as_it_is_then(shop: Shop) -> None:
    found = shop.apply(
        call("change_order_items", call_id="1", order_id="o-1001", **mug_to("v-mug-blue")),
        call("change_order_items", call_id="2", order_id="o-1001", **mug_to("v-mug-red")),
        call("cancel_order", call_id="3", **CANCEL),
        call("cancel_order", call_id="4", **CANCEL),
        call("change_shipping_address", call_id="5", order_id="o-1001", address={"city": "x"}),
        sign="sam",
    )
    assert [one["executed"] for one in found] == [True, False, True, False, False]
    assert "precondition.items_already_modified" in {violation["rule"] for violation in found[1]["violations"]}
    assert found[3]["verdict"] == "block"


def test_an_exchange_is_not_done_twice(shop: Shop) -> None:
    found = shop.apply(
        call("exchange_items", call_id="1", order_id="o-1005", **mug_to("v-mug-blue", 2)),
        call("exchange_items", call_id="2", order_id="o-1005", **mug_to("v-mug-blue", 1)),
        sign="sam",
    )
    assert [one["executed"] for one in found] == [True, False]
    assert "precondition.quantity_not_left" in {violation["rule"] for violation in found[1]["violations"]}


@pytest.mark.parametrize("method", ["", "card-ada", "gift-ada"])
def test_what_a_cheaper_exchange_pays_back_goes_where_a_refund_may(shop: Shop, method: str) -> None:
    [found] = shop.judge(call("exchange_items", order_id="o-1005", **mug_to("v-mug-red"), method_id=method))
    assert {violation["role"] for violation in found["violations"]} == {"agent"}, found


def test_what_a_cheaper_exchange_pays_to_another_method_takes_a_lead(shop: Shop) -> None:
    exchange = call("exchange_items", order_id="o-1005", **mug_to("v-mug-red"), method_id="paypal-ada")
    [waits] = shop.apply(exchange, sign="noor")
    assert waits["executed"] is False
    assert (waits["violations"][-1]["rule"], waits["violations"][-1]["role"]) == ("payment.other_method", "lead")
    [done] = shop.apply(exchange, sign="dana")
    order = shop.store.readers().orders.order("o-1005")
    assert order is not None
    assert (done["executed"], order.transactions[-1].method_id) == (True, "paypal-ada")


def test_what_exchanges_pay_back_counts_in_the_day_of_who_signs(shop: Shop) -> None:
    tight = {**LIMITS.model_dump(mode="json")["roles"], "agent": {"each": "50.00 USD", "per_day": "12.00 USD"}}
    shop.limits = LIMITS.model_copy(update={"roles": Roles.model_validate(tight)})
    found = shop.apply(
        call("exchange_items", call_id="a", order_id="o-1005", **mug_to("v-mug-red")),
        call("refund_order", "c-bob", "b", order_id="o-1004", amount="7.00 USD"),
        call("refund_order", "c-bob", "c", order_id="o-1004", amount="0.01 USD"),
        sign="noor",
    )
    assert [line["executed"] for line in found] == [True, True, False]
    assert "would have signed 12.01 USD within a day" in found[2]["error"]


def test_what_exchanges_pay_back_counts_in_the_windows_of_a_customer(shop: Shop) -> None:
    window = Window(id="w", per=Per.CUSTOMER, hours=24, amount=usd("6.00"), above=Say(verdict=Verdict.BLOCK))
    shop.limits = LIMITS.model_copy(update={"windows": LIMITS.windows.model_copy(update={"limits": (window,)})})
    cheaper = [call("exchange_items", call_id=n, order_id="o-1005", **mug_to("v-mug-red")) for n in ("a", "b")]
    found = shop.apply(*cheaper, sign="dana")
    assert [line["executed"] for line in found] == [True, False]
    assert found[1]["violations"][-1]["rule"] == "limits.window_sum"


def test_what_a_dearer_exchange_costs_may_come_from_any_method(shop: Shop) -> None:
    [found] = shop.judge(call("exchange_items", order_id="o-1005", **mug_to("v-mug-blue"), method_id="paypal-ada"))
    assert {violation["role"] for violation in found["violations"]} == {"agent"}


def test_a_cheaper_change_of_items_is_as_an_exchange(shop: Shop) -> None:
    [found] = shop.judge(call("change_order_items", order_id="o-1001", **mug_to("v-mug-red"), method_id="paypal-ada"))
    assert found["violations"][-1]["rule"] == "payment.other_method"


def test_an_order_is_not_refunded_beyond_what_was_paid(shop: Shop) -> None:
    found = shop.apply(*[refund(str(n), "20.00", units=1) for n in range(3)], sign="priya")
    assert [one["executed"] for one in found] == [True, True, False]
    order = shop.store.readers().orders.order("o-1005")
    assert order is not None
    assert order.refunded == usd("40.00")


@pytest.mark.system("U7")
def test_four_times_49_under_a_ceiling_of_50_is_stopped(shop: Shop) -> None:
    calls = [refund(str(n), "49.00", order_id) for n, order_id in enumerate(["o-1001", "o-1003", "o-1007", "o-1001"])]
    found = shop.apply(*calls, sign="sam")
    assert [one["executed"] for one in found] == [True, False, False, False]
    assert all("limits.window_sum" in {v["rule"] for v in one["violations"]} for one in found[1:])
    assert found[1]["error"] == "Sam Okafor is agent; this takes the signature of lead or above."


@pytest.mark.system("U7")
def test_what_an_earlier_run_refunded_still_counts(shop: Shop) -> None:
    shop.apply(refund("1", "49.00", "o-1001"), sign="sam")
    [later] = shop.apply(refund("2", "49.00", "o-1007"), sign="sam")
    assert later["executed"] is False
    assert "limits.window_sum" in {violation["rule"] for violation in later["violations"]}


def test_the_same_id_in_a_second_run_has_no_second_effect(shop: Shop) -> None:
    for _ in range(2):
        shop.apply(refund("1", "5.00", "o-1001"), sign="sam")
    order = shop.store.readers().orders.order("o-1001")
    assert order is not None
    assert order.refunded == usd("5.00")


@pytest.mark.system("B2")
def test_an_exception_takes_a_lead(shop: Shop) -> None:
    exchange = call("exchange_items", order_id="o-1002", **mug_to("v-mug-blue"))
    [by_agent] = shop.apply(exchange, sign="sam")
    assert (by_agent["executed"], by_agent["verdict"]) == (False, "require_approval")
    [by_lead] = shop.apply(exchange, sign="dana")
    assert by_lead["executed"] is True
    assert [approver for _, _, approver in shop.done] == ["dana"]


def test_blocked_calls_never_reach_the_store(shop: Shop) -> None:
    found = shop.apply(call("cancel_order", "c-bob", **CANCEL), {"id": "2", "action": "x"}, sign="priya")
    assert [(one["verdict"], one["executed"]) for one in found] == [("block", False)] * 2
    assert found[0]["error"]
    assert shop.done == []


@pytest.mark.parametrize(
    ("error", "says", "counts"), [(Unavailable("down"), "down", False), (OutcomeUnknown("lost"), "not known", True)]
)
def test_a_failing_store_is_reported_and_an_unknown_outcome_counts(
    shop: Shop, error: Exception, says: str, counts: bool
) -> None:
    def broken(effect: PastEffect) -> Receipt:
        raise error

    calls, out = shop.folder / "calls.jsonl", shop.folder / "out.jsonl"
    shop.judge(refund("1", "49.00", "o-1001"), refund("2", "49.00", "o-1007"))
    gate(shop.store.readers(), LIMITS, calls, out, now=NOW, execute=broken, approve_as="sam")
    first, second = out.read_text().splitlines()
    assert says in first
    assert ("limits.window_sum" in second) is counts


def test_a_store_that_cannot_be_read_blocks(shop: Shop) -> None:
    class Down:
        def __getattr__(self, name: str) -> object:
            raise Unavailable("the store does not answer")

    broken = replace(shop.store.readers(), orders=Down())  # pyright: ignore[reportArgumentType] - it reads nothing
    shop.judge(call("cancel_order", **CANCEL))
    report = gate(broken, LIMITS, shop.folder / "calls.jsonl", shop.folder / "out.jsonl", now=NOW)
    assert report.verdicts == {Verdict.BLOCK: 1}
    assert "gate.unreadable" in (shop.folder / "out.jsonl").read_text()


def test_a_run_that_cannot_start_says_why_and_leaves_nothing(shop: Shop) -> None:
    calls, out = shop.folder / "calls.jsonl", shop.folder / "out.jsonl"
    readers = shop.store.readers()

    def start(message: str, **changes: object) -> None:
        arguments = {"calls_path": calls, "out_path": out, "now": NOW} | changes
        with pytest.raises(GateError, match=message):
            gate(readers, LIMITS, **arguments)  # pyright: ignore[reportArgumentType] - keyword arguments by name
        assert not out.exists()
        assert not out.with_name("out.jsonl.partial").exists()

    start("cannot be read")
    calls.write_bytes(b"")
    start("there are no calls")
    calls.write_bytes("{}".encode("utf-16"))
    start("save the file with UTF-8")
    calls.write_text("{}")
    start("only means something together with --apply", approve_as="sam")
    start("answers to", approve_as="mallory", execute=shop.execute)
    start("cannot be written", out_path=shop.folder / "none" / "out.jsonl")
    with pytest.raises(GateError, match="the file of calls itself"):
        gate(readers, LIMITS, calls, calls, now=NOW)
    assert calls.read_text() == "{}"


def test_an_id_that_no_store_takes_stops_nothing_else(shop: Shop) -> None:
    ids = ("half \ud800", "nul \0", "two\nlines", "fine \N{PARTY POPPER}")
    lines = shop.apply(*(call("add_internal_note", call_id=one, ticket_id="t-1", text="x") for one in ids))
    assert [line["id"] for line in lines] == [ids[-1]]
    assert [problem.line for problem in shop.report.problems] == [1, 2, 3]


AGAIN = call("replace_items", call_id="again", order_id="o-1005", lines=mugs(2))
BACK = call("create_return", call_id="back", order_id="o-1005", lines=mugs(2))
OTHERS = call("exchange_items", call_id="others", order_id="o-1005", **mug_to("v-mug-blue", 2))


def asked(found: dict[str, Any]) -> list[str]:
    """Who is asked because of what the customer has already."""
    return [violation["role"] for violation in found["violations"] if violation["rule"].endswith(".made_good_already")]


@pytest.mark.parametrize("first", [AGAIN, BACK, OTHERS], ids=lambda one: str(one["action"]))
@pytest.mark.parametrize(("over", "who"), [(0, []), (1, ["lead"])])
def test_leaving_out_the_lines_does_not_get_round_goods_that_were_made_good(
    shop: Shop, first: dict[str, object], over: int, who: list[str]
) -> None:
    shop.apply(first, sign="dana")
    order = shop.store.readers().orders.order("o-1005")
    assert order is not None
    besides = order.left_to_refund - usd("40.00") + Money(minor=over, currency="USD")
    [found] = shop.judge(call("refund_order", order_id="o-1005", amount=str(besides)))
    assert (found["verdict"], asked(found)) == ("require_approval", who)


@pytest.mark.parametrize(("over", "who"), [(0, []), (1, ["lead"])])
def test_goods_whose_money_went_back_are_not_sent_again_by_an_agent(shop: Shop, over: int, who: list[str]) -> None:
    order = shop.store.readers().orders.order("o-1005")
    assert order is not None
    besides = order.left_to_refund - usd("40.00") + Money(minor=over, currency="USD")
    shop.apply(call("refund_order", order_id="o-1005", amount=str(besides)), sign="priya")
    [found] = shop.judge(AGAIN)
    assert (found["verdict"], asked(found)) == ("require_approval", who)
