"""The sums that a run of the gate keeps say what looking through everything would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.gate_history import GateHistory
from agent.limits import PolicyLimits
from agent.policy import PastEffect, merged
from agent.policy.amounts import NAMES
from agent.policy.past import Listed
from agent.policy.signing import DAY
from tests.agent.gate.conftest import LIMITS
from tests.tools.world import NOW, usd
from tools.actions import AddInternalNote, ExchangeItems, IssueStoreCredit, RefundOrder, Swap

CUSTOMERS = st.sampled_from(["c-ada", "c-bob", ""])
CASES = st.sampled_from(["gate:1", "gate:2", ""])
ACTIONS = st.sampled_from(
    [
        AddInternalNote(ticket_id="t-1", text="Rang."),
        IssueStoreCredit(customer_id="c-ada", amount=usd("2.00")),
        RefundOrder(order_id="o-1005", amount=usd("2.00")),
        ExchangeItems(order_id="o-1005", swaps=(Swap(line_id="l-mug", variant_id="v-mug-red"),)),
    ]
)
EFFECTS = st.builds(
    PastEffect,
    action=ACTIONS,
    at=st.sampled_from([NOW - timedelta(hours=hours) for hours in (0, 23, 24, 167, 168, 9000)]),
    customer_id=CUSTOMERS,
    approver=st.sampled_from(["", "dana", "priya"]),
    case_id=CASES,
    amount=st.sampled_from([None, usd("2.00"), usd("0.07")]),
    key=st.sampled_from(["", "k1", "k2", "k3"]),
).filter(lambda effect: effect.amount is None or effect.action.kind in NAMES)


def spans(limits: PolicyLimits) -> list[tuple[int | None, tuple[str, ...]]]:
    shared = [window for window in limits.windows.limits if window.per in ("shop", "approver")]
    return [(DAY, ()), *((window.hours, window.actions) for window in shared)]


@given(st.lists(EFFECTS, max_size=12), st.lists(EFFECTS, max_size=4), CUSTOMERS.filter(bool), CASES.filter(bool))
def test_sums_are_those_of_a_list(done: list[PastEffect], known: list[PastEffect], who: str, case: str) -> None:
    store = [each.model_copy(update={"customer_id": who, "approver": "", "case_id": ""}) for each in known]
    history = GateHistory(done[:6], LIMITS, NOW)
    for each in done[6:]:
        history.add(each)
    seen, plain = history.about(who, case, store), Listed(_all(done, store, who), NOW, "USD")
    for hours, kinds in spans(LIMITS):
        for signer in (None, "dana", "priya"):
            assert seen.tally(hours, kinds, signer) == plain.tally(hours, kinds, signer)
    assert _keyed(seen.near(who, case)) == _keyed(plain.near(who, case))


def _all(done: Sequence[PastEffect], store: Sequence[PastEffect], who: str) -> list[PastEffect]:
    own = [each for each in done if each.customer_id == who]
    beside = [each for each in done if each.customer_id != who and each.action.kind in NAMES]
    return [*merged(own, list(store)), *beside]


def _keyed(effects: Sequence[PastEffect]) -> list[str]:
    return sorted(each.model_dump_json() for each in effects)
