"""Any calls whatever: the gate answers every one, and nothing happens that the rules and a signature do not cover."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.gate import GateReport, gate
from agent.policy import PastEffect
from tests.agent.gate.conftest import LIMITS, Shop
from tests.tools.world import NOW
from tools.actions import ACTIONS, Action, Gate, IssueStoreCredit, RefundOrder
from tools.ports import Receipt
from tools.store.snapshot import export_snapshot

ODD_MONEY = ["0.00 USD", "-5.00 USD", "9999.00 USD", "5.00 EUR", "5"]
MONEY = st.sampled_from(["5.00 USD", "20.00 USD", "49.00 USD"]) | st.sampled_from(ODD_MONEY)
METHODS = st.sampled_from(["", "card-ada", "card-bob", "gift-ada", "paypal-ada", "none"])
ADDRESS = {"name": "A", "line1": "2 Elm St", "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB"}
LINE = {"line_id": st.sampled_from(["l-mug", "l-lamp"]) | st.just("x"), "quantity": st.just(1) | st.integers(0, 3)}
SWAP = {**LINE, "variant_id": st.sampled_from(["v-mug-blue", "v-mug-red", "v-lamp", "MUG-GREY", "x"])}
POOL: dict[str, st.SearchStrategy[object]] = {
    "order_id": st.sampled_from([f"o-100{n}" for n in range(1, 8)] + ["o-none", "#1001", ""]),
    "customer_id": st.sampled_from(["c-ada", "c-bob"]) | st.just("c-none"),
    "shipment_id": st.sampled_from(["s-o-1003", "s-o-1005", "s-none"]),
    "ticket_id": st.sampled_from(["t-1", "t-none"]),
    "in_reply_to": st.sampled_from(["m-1", "m-none"]),
    "amount": MONEY,
    "percent": st.none() | st.integers(0, 110),
    "expires_on": st.sampled_from([None, "2026-04-01", "2020-01-01", "2099-01-01", "soon"]),
    "lines": st.lists(st.fixed_dictionaries(LINE), min_size=1, max_size=2),
    "swaps": st.lists(st.fixed_dictionaries(SWAP), min_size=1, max_size=2),
    "method_id": METHODS,
    "refund_method_id": METHODS,
    "address": st.sampled_from([ADDRESS, {"city": "x"}]),
    "days": st.integers(0, 400),
    "reason": st.sampled_from(["no longer needed", "x"]),
    "shipping": st.booleans(),
    "tags": st.just(["a"]),
    "priority": st.sampled_from(["high", "x"]),
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CUSTOMERS = st.sampled_from(["c-ada", "c-bob"]) | st.sampled_from([None, "", "bob@example.com", "c-none"])


@st.composite
def proposed(draw: st.DrawFn, kinds: Sequence[str] = tuple(ACTIONS)) -> dict[str, object]:
    """A call that looks right, with any values, and now and then with junk in it."""
    kind = draw(st.sampled_from(list(kinds)))
    fields = [name for name, field in ACTIONS[kind].model_fields.items() if field.is_required() or draw(st.booleans())]
    arguments = {name: draw(POOL.get(name, st.just("text"))) for name in fields if name != "kind"}
    call: dict[str, object] = {"action": kind, "customer": draw(CUSTOMERS), "arguments": arguments}
    if draw(st.integers(0, 9)) == 0:
        call[draw(st.sampled_from(["action", "customer", "arguments", "extra"]))] = draw(JUNK)
    return {"id": draw(st.integers(0, 60)), **call}


class Recorder:
    """Takes the place of the executor and remembers what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[tuple[Action, str, str]] = []

    def __call__(self, effect: PastEffect) -> Receipt:
        self.done.append((effect.action, effect.key, effect.approver))
        return Receipt(key=effect.key, reference="r", summary="", at=NOW)


def run(shop: Shop, calls: Sequence[object], sign: str | None) -> tuple[list[dict[str, Any]], Recorder, GateReport]:
    path, out, recorder = shop.folder / "calls.jsonl", shop.folder / "out.jsonl", Recorder()
    path.write_text("\n".join(json.dumps(call) for call in calls))
    report = gate(shop.store.readers(), LIMITS, path, out, now=NOW, execute=recorder, approve_as=sign)
    return [json.loads(line) for line in out.read_text().splitlines()], recorder, report


def test_every_call_is_answered_and_value_moves_only_signed(shop: Shop) -> None:
    signed = Counter[str]()

    @settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(proposed() | proposed() | JUNK, min_size=2, max_size=12),
        st.sampled_from([None, "sam", "dana", "priya"]),
    )
    def holds(calls: list[object], sign: str | None) -> None:
        answers, recorder, report = run(shop, calls, sign)
        assert len(calls) - len(answers) <= len(report.problems)
        assert report.executed == len(recorder.done) == sum(answer["executed"] for answer in answers)
        assert len({key for _, key, _ in recorder.done}) == len(recorder.done)
        for action, _, approver in recorder.done:
            assert approver in ("", sign)
            assert approver or not (type(action).gives_value or type(action).gate is Gate.SIGN)
            signed[approver] += 1

    holds()
    assert signed[""]
    assert signed["sam"] + signed["dana"] + signed["priya"]


def test_an_agent_never_gives_one_customer_more_than_an_agents_ceiling(shop: Shop) -> None:
    given_away = Counter[str]()

    @settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(proposed(kinds=("refund_order", "issue_store_credit")), min_size=3, max_size=12))
    def holds(calls: list[dict[str, object]]) -> None:
        _, recorder, _ = run(shop, [{**call, "id": n, "customer": "c-ada"} for n, call in enumerate(calls)], "sam")
        amounts = [done.amount for done, _, _ in recorder.done if isinstance(done, RefundOrder | IssueStoreCredit)]
        assert sum(amount.minor for amount in amounts) <= 5000
        given_away["times"] += len(amounts)

    holds()
    assert given_away["times"]


def test_another_customers_order_is_never_touched(shop: Shop) -> None:
    """Bob asks for everything and the owner signs everything: none of Ada's orders or records changes."""
    touched = Counter[str]()

    @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(proposed(), min_size=1, max_size=8))
    def holds(calls: list[dict[str, object]]) -> None:
        bobs = [{**call, "id": n, "customer": "c-bob"} for n, call in enumerate(calls)]
        for action, _, _ in run(shop, bobs, "priya")[1].done:
            assert getattr(action, "order_id", "o-1004") == "o-1004"
            assert getattr(action, "customer_id", "c-bob") == "c-bob"
            assert action.kind != "open_carrier_trace"
            touched[action.kind] += 1

    holds()
    assert touched["issue_store_credit"] or touched["suppress_promotions"]


def test_judging_changes_nothing(shop: Shop) -> None:
    before, after = shop.folder / "before", shop.folder / "after"
    export_snapshot(shop.store, before)

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(proposed(), min_size=1, max_size=8))
    def judged(calls: list[dict[str, object]]) -> None:
        shop.judge(*calls)

    judged()
    export_snapshot(shop.store, after)
    assert _content(before) == _content(after)


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
