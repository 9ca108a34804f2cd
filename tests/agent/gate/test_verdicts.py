"""The gate's verdict on everyday calls and on the classic traps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.agent.gate.conftest import Shop, put
from tests.tools.world import ADA
from tools.actions import ACTIONS

ADDRESS = {"name": "Ada", "line1": "2 Elm St", "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB"}
OTHER_METHOD = "paypal-ada"


def call(action: str, customer: str | None = "c-ada", call_id: object = "1", **arguments: object) -> dict[str, object]:
    return {"id": call_id, "customer": customer, "action": action, "arguments": arguments}


def mug_to(variant: str, quantity: int = 1) -> dict[str, Any]:
    return {"swaps": [{"line_id": "l-mug", "quantity": quantity, "variant_id": variant}]}


def mugs(quantity: int = 1) -> list[dict[str, object]]:
    return [{"line_id": "l-mug", "quantity": quantity}]


FINE = [
    call("cancel_order", order_id="o-1001", reason="no longer needed"),
    call("CancelOrder", order_id="o-1001", reason="No longer needed"),
    call("cancel_order", "Ada@Example.com", order_id="o-1001", reason="ordered by mistake"),
    call("change_order_items", order_id="o-1001", **mug_to("v-mug-blue")),
    call("change_order_items", order_id="o-1001", **mug_to("mug-red")),
    call("change_shipping_address", order_id="o-1001", address=ADDRESS),
    call("change_payment_method", order_id="o-1001", method_id=OTHER_METHOD),
    call("update_customer_address", customer_id="c-ada", address=ADDRESS),
    call("exchange_items", order_id="o-1005", **mug_to("v-mug-blue", 2)),
    call("create_return", order_id="o-1005", lines=mugs(2), refund_method_id="card-ada"),
    call("refund_order", order_id="o-1005", amount="20.00 USD", lines=mugs()),
    call("replace_items", order_id="o-1005", lines=mugs()),
    call("issue_store_credit", customer_id="c-ada", amount="10.00 USD"),
    call("hold_order", order_id="o-1001", reason="address check"),
]


@pytest.mark.parametrize("one", FINE, ids=lambda one: f"{one['action']}")
def test_everyday_calls_wait_for_a_signature(shop: Shop, one: dict[str, object]) -> None:
    [found] = shop.judge(one)
    assert (found["id"], found["verdict"]) == ("1", "require_approval"), found
    assert {violation["role"] for violation in found["violations"]} == {"agent"}
    assert "executed" not in found


OPTIONAL = [
    (name, {"id": name, "customer": "c-ada", "action": name, "arguments": arguments})
    for name, arguments in {
        "cancel_order": {"order_id": "o-1001", "reason": "no longer needed", "note": None},
        "refund_order": {
            "order_id": "o-1005",
            "amount": "20.00 USD",
            "lines": None,
            "shipping": None,
            "method_id": None,
        },
        "change_shipping_address": {"order_id": "o-1001", "address": {**ADDRESS, "line2": None, "phone": None}},
        "replace_items": {"order_id": "o-1005", "lines": [{"line_id": "l-mug", "quantity": None}], "reason": None},
        "hold_order": {"kind": None, "order_id": "o-1001", "reason": "address check", "note": None},
    }.items()
]


@pytest.mark.parametrize(("name", "one"), OPTIONAL)
def test_an_optional_argument_that_is_null_is_not_given(shop: Shop, name: str, one: dict[str, object]) -> None:
    [found] = shop.judge(one)
    assert (found["id"], found["verdict"]) == (name, "require_approval"), found


@pytest.mark.parametrize("kind", ACTIONS)
def test_null_is_the_same_as_nothing_for_every_action(shop: Shop, kind: str) -> None:
    optional = [name for name, field in ACTIONS[kind].model_fields.items() if not field.is_required()]
    [bare, nulls] = shop.judge(call(kind, call_id=1), call(kind, call_id=2, **dict.fromkeys(optional)))
    assert bare["violations"] == nulls["violations"]


@pytest.mark.parametrize("amount", [None, ["20.00 USD"], 20, True])
def test_an_amount_that_is_no_text_is_told_how_to_write_it(shop: Shop, amount: object) -> None:
    [found] = shop.judge(call("refund_order", order_id="o-1005", amount=amount))
    assert 'write money as text with its currency, such as "39.00 USD"' in found["violations"][0]["message"]


def test_a_required_argument_that_is_null_is_bad(shop: Shop) -> None:
    [found] = shop.judge(call("hold_order", order_id="o-1001", reason=None))
    assert found["violations"][0]["rule"] == "call.bad_argument"


def test_harmless_calls_are_allowed(shop: Shop) -> None:
    ticket = {"ticket_id": "t-1"}
    calls = [
        call("tag_ticket", None, 1, **ticket, tags=["a"]),
        call("AddInternalNote", None, 2, **ticket, text="Looked"),
        call("escalate_to_human", "", 3, **ticket, reason="asked for a person"),
        call("open_carrier_trace", "c-ada", 4, shipment_id="s-o-1003"),
        call("suppress_promotions", "c-ada", 5, customer_id="c-ada", days=14),
    ]
    assert [(found["id"], found["verdict"], found["violations"]) for found in shop.judge(*calls)] == [
        (number, "allow", []) for number in (1, 2, 3, 4, 5)
    ]


CANCEL: dict[str, Any] = {"order_id": "o-1001", "reason": "no longer needed"}
TRAPS: list[tuple[str, dict[str, object]]] = [
    ("precondition.not_this_customer", call("cancel_order", "c-bob", **CANCEL)),
    ("precondition.not_this_customer", call("cancel_order", order_id="o-1004", reason="no longer needed")),
    ("precondition.not_this_customer", call("update_customer_address", customer_id="c-bob", address=ADDRESS)),
    ("precondition.not_this_customer", call("issue_store_credit", customer_id="c-bob", amount="5.00 USD")),
    ("identity.unverified", call("cancel_order", None, **CANCEL)),
    ("identity.unverified", call("cancel_order", "", **CANCEL)),
    ("identity.unverified", call("cancel_order", "c-nobody", **CANCEL)),
    ("identity.unverified", call("cancel_order", "C-ADA", **CANCEL)),
    ("identity.unverified", call("cancel_order", "eve@example.com", **CANCEL)),
    ("precondition.wrong_stage", call("cancel_order", order_id="o-1003", reason="no longer needed")),
    ("precondition.wrong_stage", call("cancel_order", order_id="o-1006", reason="no longer needed")),
    ("cancel.reason", call("cancel_order", order_id="o-1001", reason="the stars told me")),
    ("cancel.reason", call("cancel_order", order_id="o-1001")),
    ("precondition.unknown_order", call("cancel_order", order_id="o-9999", reason="no longer needed")),
    ("precondition.unknown_order", call("cancel_order", order_id="O-1001", reason="no longer needed")),
    ("precondition.same_variant", call("change_order_items", order_id="o-1001", **mug_to("v-mug-grey"))),
    ("precondition.same_variant", call("change_order_items", order_id="o-1001", **mug_to("MUG-GREY"))),
    ("precondition.other_product", call("change_order_items", order_id="o-1001", **mug_to("v-lamp"))),
    ("precondition.unknown_variant", call("change_order_items", order_id="o-1001", **mug_to("v-none"))),
    ("precondition.out_of_stock", call("change_order_items", order_id="o-1001", **mug_to("v-mug-red", 2))),
    ("precondition.quantity_not_left", call("change_order_items", order_id="o-1001", **mug_to("v-mug-blue", 3))),
    ("precondition.wrong_stage", call("change_order_items", order_id="o-1005", **mug_to("v-mug-blue"))),
    ("precondition.wrong_stage", call("exchange_items", order_id="o-1001", **mug_to("v-mug-blue"))),
    ("precondition.wrong_stage", call("create_return", order_id="o-1001", lines=mugs())),
    ("precondition.method_not_customers", call("change_payment_method", order_id="o-1001", method_id="card-bob")),
    ("precondition.balance_too_low", call("change_payment_method", order_id="o-1001", method_id="gift-ada")),
    ("precondition.same_method", call("change_payment_method", order_id="o-1001", method_id="card-ada")),
    (
        "precondition.method_not_customers",
        call("create_return", order_id="o-1005", lines=mugs(), refund_method_id="card-bob"),
    ),
    (
        "precondition.wrong_refund_method",
        call("create_return", order_id="o-1005", lines=mugs(), refund_method_id="paypal-ada"),
    ),
    ("precondition.unknown_line", call("create_return", order_id="o-1005", lines=[{"line_id": "l-none"}])),
    ("precondition.quantity_not_left", call("create_return", order_id="o-1005", lines=mugs(3))),
    ("precondition.quantity_not_left", call("create_return", order_id="o-1005", lines=[*mugs(1), *mugs(2)])),
    ("precondition.amount_above_left", call("refund_order", order_id="o-1005", amount="9000.00 USD")),
    ("precondition.amount_above_worth", call("refund_order", order_id="o-1005", amount="20.01 USD", lines=mugs())),
    ("precondition.amount_not_positive", call("refund_order", order_id="o-1005", amount="0.00 USD")),
    ("precondition.amount_not_positive", call("refund_order", order_id="o-1005", amount="-5.00 USD")),
    ("precondition.amount_not_positive", call("issue_store_credit", customer_id="c-ada", amount="-5.00 USD")),
    ("precondition.wrong_currency", call("refund_order", order_id="o-1005", amount="5.00 EUR")),
    ("amount.currency", call("issue_store_credit", customer_id="c-ada", amount="5.00 EUR")),
    ("amount.too_large", call("issue_store_credit", customer_id="c-ada", amount=f"{'9' * 20}.00 USD")),
    ("call.bad_argument", call("issue_store_credit", customer_id="c-ada", amount=f"{'9' * 4000}.00 USD")),
    ("precondition.address_incomplete", call("change_shipping_address", order_id="o-1001", address={"city": "Leeds"})),
    ("precondition.unknown_ticket", call("tag_ticket", ticket_id="t-none", tags=["a"])),
    ("call.unknown_action", call("delete_customer", customer_id="c-ada")),
    ("call.unknown_action", call("REFUND_ORDER", order_id="o-1005", amount="5.00 USD")),
    ("call.unknown_argument", call("cancel_order", **CANCEL, force=True)),
    ("call.unknown_argument", call("cancel_order", **CANCEL, approved_by="dana")),
    ("call.missing_argument", call("cancel_order", reason="no longer needed")),
    ("call.bad_argument", call("create_return", order_id="o-1005", lines=[{"line_id": "l-mug", "quantity": "2"}])),
    ("call.bad_argument", call("create_return", order_id="o-1005", lines=mugs(0))),
    ("call.bad_argument", call("create_return", order_id="o-1005", lines=mugs(-1))),
    ("call.bad_argument", call("create_return", order_id="o-1005", lines=[])),
    ("call.bad_argument", call("refund_order", order_id="o-1005", amount=5.0)),
    ("call.bad_argument", call("refund_order", order_id="o-1005", amount="5 dollars")),
    ("call.bad_argument", call("refund_order", order_id="o-1005", amount="5.001 USD")),
    ("call.bad_argument", call("refund_order", order_id="o-1005", amount="5.00 USD", shipping="yes")),
    ("call.bad_argument", call("cancel_order", order_id=1001, reason="no longer needed")),
    ("call.arguments", call("cancel_order", **CANCEL, kind="refund_order")),
    ("call.arguments", {"id": "1", "customer": "c-ada", "action": "cancel_order", "arguments": ["o-1001"]}),
    ("call.action", {"id": "1", "customer": "c-ada", "action": None, "arguments": {}}),
    ("call.customer", {"id": "1", "customer": ["c-ada"], "action": "cancel_order", "arguments": CANCEL}),
    ("identity.unverified", {"id": "1", "action": "cancel_order", "arguments": CANCEL}),
]


@pytest.mark.parametrize(("rule", "one"), TRAPS, ids=lambda value: value if isinstance(value, str) else "")
def test_traps_are_blocked_by_name(shop: Shop, rule: str, one: dict[str, object]) -> None:
    [found] = shop.judge(one)
    assert found["verdict"] == "block"
    assert rule in {violation["rule"] for violation in found["violations"]}, found
    assert all(violation["message"] for violation in found["violations"])


def test_nothing_of_another_customers_order_is_told(shop: Shop) -> None:
    [found] = shop.judge(call("refund_order", "c-bob", order_id="o-1005", amount="9000.00 USD", method_id="card-bob"))
    told = json.dumps(found)
    assert "#1005" not in told
    assert "Ada" not in told
    assert "Visa" not in told


def test_an_unknown_delivery_day_takes_a_lead(shop: Shop) -> None:
    [found] = shop.judge(call("create_return", order_id="o-1002", lines=mugs()))
    assert found["verdict"] == "require_approval"
    assert {"returns.delivery_unknown": "lead"}.items() <= {v["rule"]: v["role"] for v in found["violations"]}.items()


def test_every_call_is_judged_by_itself_without_apply(shop: Shop) -> None:
    found = shop.judge(*[call("cancel_order", call_id=str(n), **CANCEL) for n in range(3)])
    assert [one["verdict"] for one in found] == ["require_approval"] * 3
    assert shop.report.judged == 3
    assert shop.report.problems == []


BAD_LINES = [
    ("not json", "not JSON at column 1"),
    ('{"id": "2", "action"', "not JSON at column"),
    ("[1, 2]", "not a call"),
    ('{"customer": "c-ada"}', 'has no "id"'),
    ('{"id": true, "action": "x"}', 'has no "id"'),
    ('{"id": null}', 'has no "id"'),
    (json.dumps({"id": "x" * 101}), "longer than 100"),
    ('{"id": "2", "id": "3"}', '"id" is there twice'),
    ('{"id": NaN}', "NaN is not JSON"),
    ("[" * 100_000, "nested deeper"),
    ('{"id": "' + "x" * 300_000 + '"}', "longer than 256 KB"),
]


@pytest.mark.parametrize(("line", "says"), BAD_LINES, ids=[says for _, says in BAD_LINES])
def test_a_bad_line_is_named_and_the_rest_goes_on(shop: Shop, line: str, says: str) -> None:
    good = call("cancel_order", **CANCEL)
    found = shop.run([line, "", json.dumps({**good, "id": "7"})])
    assert [(one["id"], one["verdict"]) for one in found] == [("7", "require_approval")]
    [problem] = shop.report.problems
    assert problem.line == 1
    assert says in str(problem)
    assert str(problem).startswith(f"{shop.folder / 'calls.jsonl'}:1: ")


def test_an_id_names_one_call(shop: Shop) -> None:
    found = shop.judge(call("cancel_order", **CANCEL), call("cancel_order", **CANCEL))
    assert [one["verdict"] for one in found] == ["require_approval", "block"]
    assert found[1]["violations"][0]["rule"] == "call.duplicate_id"
    assert shop.report.problems[0].line == 2


def test_text_that_no_database_takes_is_an_unknown_order(shop: Shop) -> None:
    odd = ("\\ud800", "\\u0000")
    lines = [
        f'{{"id": "{n}", "customer": "{text}", "action": "cancel_order", "arguments": {{"order_id": "{text}"}}}}'
        for n, text in enumerate(odd)
    ]
    assert [one["verdict"] for one in shop.run(lines)] == ["block", "block"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (call("create_return", order_id="o-1005", lines=[]), "lines of create_return: it is empty; name at least one."),
        (call("  ", order_id="o-1005"), '"action" must be the name of an action as text.'),
        (call("CANCEL_ORDER", order_id="o-1005"), "There is no action CANCEL_ORDER; did you mean cancel_order."),
    ],
)
def test_a_call_that_is_none_is_told_in_plain_words(shop: Shop, wrong: dict[str, object], said: str) -> None:
    [found] = shop.judge(wrong)
    assert [violation["message"] for violation in found["violations"]] == [said]


def test_an_address_of_two_customers_is_told_with_both_ids(shop: Shop) -> None:
    put(shop.store, [ADA.model_copy(update={"id": "c-ada-2"})])
    [found] = shop.judge(call("issue_store_credit", "Ada@Example.com", customer_id="c-ada", amount="1.00 USD"))
    [said] = [each["message"] for each in found["violations"] if each["rule"] == "identity.unverified"]
    assert "2 customers have Ada@Example.com: c-ada, c-ada-2; name the id" in said
    [by_id] = shop.judge(call("issue_store_credit", "c-ada-2", customer_id="c-ada-2", amount="1.00 USD"))
    assert by_id["verdict"] == "require_approval"
