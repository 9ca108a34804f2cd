"""The sums that a run of the gate keeps say what looking through everything would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from agent import gate_history
from agent.gate_history import GateHistory
from agent.limits import PolicyLimits
from agent.policy import PastEffect, judge, merged
from agent.policy.amounts import NAMES, within
from agent.policy.past import Listed
from agent.policy.signing import DAY
from tests.agent.gate.conftest import LIMITS
from tests.agent.policy.world import MIA, NOW, every_action, facts, refund, usd
from tools.actions import AddInternalNote, ExchangeItems, IssueStoreCredit, RefundOrder, Swap
from tools.money import Money

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

MORE = st.builds(
    PastEffect,
    action=st.sampled_from(every_action()),
    at=st.sampled_from([NOW - timedelta(hours=hours) for hours in (0, 23, 24, 167, 168, 8759, 9000)]),
    customer_id=st.sampled_from(["cus_1", "cus_2", ""]),
    approver=st.sampled_from(["", "dana"]),
    case_id=CASES,
    amount=st.sampled_from([None, usd("4.00"), usd("31.00"), usd("280.00"), Money.of("9.00", "EUR")]),
    key=st.sampled_from(["", "k1", "k2", "k3"]),
).filter(lambda effect: effect.amount is None or effect.action.kind in NAMES)


def spans(limits: PolicyLimits) -> list[tuple[int | None, tuple[str, ...]]]:
    shared = [window for window in limits.windows.limits if window.per in ("shop", "approver")]
    return [(DAY, ()), *((window.hours, window.actions) for window in shared)]


@given(st.lists(EFFECTS, max_size=12), st.lists(EFFECTS, max_size=4), CUSTOMERS.filter(bool), CASES.filter(bool))
def test_sums_are_those_of_a_list(done: list[PastEffect], known: list[PastEffect], who: str, case: str) -> None:
    store = _of_store(known, who)
    history = GateHistory(done[:6], LIMITS, NOW)
    for each in done[6:]:
        history.add(each)
    seen, plain = history.about(who, case, store), Listed(_all(done, store, who), NOW, "USD")
    for hours, kinds in spans(LIMITS):
        for signer in (None, "dana", "priya"):
            assert seen.tally(hours, kinds, signer) == plain.tally(hours, kinds, signer)
    assert _keyed(seen.near(who, case)) == _keyed(plain.near(who, case))
    assert _keyed(seen.in_case(case)) == _keyed(plain.in_case(case))


@settings(deadline=None)
@given(st.data())
def test_a_verdict_is_that_of_looking_through_everything(data: st.DataObject) -> None:
    done, history = list[PastEffect](), GateHistory([], LIMITS, NOW)
    with patch.object(gate_history, "_FEW", data.draw(st.integers(0, 3))):
        for action in data.draw(st.lists(st.sampled_from(every_action()), min_size=1, max_size=8)):
            for effect in data.draw(st.lists(MORE, max_size=4)):
                history.add(effect)
                done.append(effect)
            about, store = facts(case_id=data.draw(CASES)), _of_store(data.draw(st.lists(MORE, max_size=3)), "cus_1")
            seen = history.about("cus_1", about.case_id, store)
            found = judge(action, about, LIMITS, MIA, "", seen, NOW)
            assert found == judge(action, about, LIMITS, MIA, "", _all(done, store, "cus_1"), NOW)


def test_a_long_list_of_one_customer_is_not_looked_through_for_every_call() -> None:
    history, effect = GateHistory([], LIMITS, NOW), PastEffect(action=refund(), at=NOW, customer_id="cus_1")
    looked = list[int]()

    def counted(effects: Sequence[PastEffect], now: datetime, hours: int | None) -> Iterator[PastEffect]:
        looked.append(len(effects))
        return within(effects, now, hours)

    with patch.object(gate_history, "within", counted):
        for at in range(300):
            judge(refund(), facts(), LIMITS, MIA, "", history.about("cus_1", "case_1", []), NOW)
            history.add(effect.model_copy(update={"key": f"k{at}", "amount": usd("20.00")}))
    assert sum(looked) < 300 * 50


def _of_store(known: Sequence[PastEffect], who: str) -> list[PastEffect]:
    return [each.model_copy(update={"customer_id": who, "approver": "", "case_id": ""}) for each in known]


def _all(done: Sequence[PastEffect], store: Sequence[PastEffect], who: str) -> list[PastEffect]:
    own = [each for each in done if each.customer_id == who]
    beside = [each for each in done if each.customer_id != who and each.action.kind in NAMES]
    return [*merged(own, list(store)), *beside]


def _keyed(effects: Sequence[PastEffect]) -> list[str]:
    return sorted(each.model_dump_json() for each in effects)
