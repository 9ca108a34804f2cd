"""Whatever is asked in whatever order, by however many: stock, money and effects stay right."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.conftest import fill
from tests.tools.store.test_writers import do
from tests.tools.world import NOW, usd
from tools import actions as act
from tools.commerce import Order
from tools.errors import ActionRefused
from tools.store.local import LocalStore
from tools.writes import apply

ORDERS = ("o-1001", "o-1002", "o-1003", "o-1004")
VARIANTS = ("v-mug-grey", "v-mug-blue", "v-mug-red", "v-lamp")
_orders = st.sampled_from(ORDERS)
_lines = st.lists(
    st.builds(act.Lines, line_id=st.sampled_from(("l-mug", "l-lamp")), quantity=st.integers(1, 3)),
    min_size=1,
    max_size=2,
).map(tuple)
_swaps = st.lists(
    st.builds(
        act.Swap,
        line_id=st.sampled_from(("l-mug", "l-lamp", "l-mug-2")),
        quantity=st.integers(1, 3),
        variant_id=st.sampled_from(VARIANTS),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
_methods = st.sampled_from(("", "card-ada", "gift-ada", "paypal-ada", "card-bob"))
_amounts = st.integers(1, 13_000).map(lambda minor: usd("0.01") * minor)
ACTIONS = st.one_of(
    st.builds(act.RefundOrder, order_id=_orders, amount=_amounts, lines=_lines | st.just(()), method_id=_methods),
    st.builds(act.ReplaceItems, order_id=_orders, lines=_lines),
    st.builds(act.CreateReturn, order_id=_orders, lines=_lines),
    st.builds(act.ExchangeItems, order_id=_orders, swaps=_swaps, method_id=_methods),
    st.builds(act.ChangeOrderItems, order_id=_orders, swaps=_swaps, method_id=_methods),
    st.builds(act.CancelOrder, order_id=_orders),
    st.builds(act.ChangePaymentMethod, order_id=_orders, method_id=_methods.filter(bool)),
    st.builds(act.HoldOrder, order_id=_orders, reason=st.just("check")),
    st.builds(act.ReleaseHold, order_id=_orders),
)


@contextmanager
def fresh() -> Generator[LocalStore]:
    with tempfile.TemporaryDirectory() as folder, LocalStore.open(f"sqlite:///{folder}/s.db") as store:
        fill(store)
        yield store


def orders(store: LocalStore) -> list[Order]:
    readers = store.readers().orders
    return [order for customer in ("c-ada", "c-bob") for order in readers.orders_of(customer, limit=500)]


def gift_balance(store: LocalStore) -> int:
    ada = store.readers().customers.customer("c-ada")
    gift = ada.method("gift-ada") if ada else None
    assert gift is not None
    assert gift.balance is not None
    return gift.balance.minor


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(ACTIONS, st.integers(0, 12)), min_size=3, max_size=14))
def test_no_sequence_of_actions_breaks_stock_or_money(steps: list[tuple[act.Action, int]]) -> None:
    with fresh() as store:
        before = {order.id: order.version for order in orders(store)}
        for action, key in steps:
            changed = _attempt(store, action, f"k{key}")
            assert changed in (0, 1)
        for order in orders(store):
            assert order.refunded <= order.captured
            assert order.version >= before.get(order.id, 1)
            assert all(0 <= line.refunded + line.returning <= line.quantity for line in order.lines)
        for variant in VARIANTS:
            assert all(level.available >= 0 for level in store.readers().catalog.stock(variant))
        assert gift_balance(store) >= 0


def _attempt(store: LocalStore, action: act.Action, key: str) -> int:
    before = store.writers(lambda: NOW).effects.receipt(key)
    try:
        receipt = apply(action, store.writers(lambda: NOW), key)
    except ActionRefused:
        assert store.writers(lambda: NOW).effects.receipt(key) == before
        return 0
    assert receipt.repeated is (before is not None)
    return 1


def test_the_same_effect_from_eight_threads_happens_once(store: LocalStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(do, store, "refund_order", key="one") for _ in range(8)]
        receipts = [one.result() for one in asked]
    assert Counter(receipt.repeated for receipt in receipts) == {False: 1, True: 7}
    order = store.readers().orders.order("o-1002")
    assert order is not None
    assert order.refunded == usd("20.00")


def test_different_effects_race_for_the_last_unit(store: LocalStore) -> None:
    def change(order_id: str) -> bool:
        swaps = [{"line_id": "l-mug", "quantity": 1, "variant_id": "v-mug-red"}]
        try:
            do(store, "change_order_items", key=order_id, order_id=order_id, swaps=swaps)
        except ActionRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(change, ("o-1001", "o-1004")))
    assert sorted(won) == [False, True]
    assert [level.available for level in store.readers().catalog.stock("v-mug-red")] == [0]


def _refund_in_process(url: str) -> bool:
    with LocalStore.open(url) as store:
        return do(store, "refund_order", key="one").repeated


def test_the_same_effect_from_two_processes_happens_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    with LocalStore.open(url) as store:
        fill(store)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert sorted(pool.map(_refund_in_process, [url, url])) == [False, True]


def _open_new(url: str) -> str:
    with LocalStore.open(url) as store:
        return str(store.readers().orders.order("none"))


def test_two_processes_may_open_a_new_store_together(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_open_new, [url] * 4, chunksize=1) == ["None"] * 4


def _refund_many(url: str, count: int) -> None:
    with LocalStore.open(url) as store:
        for number in range(count):
            do(store, "refund_order", key=f"k{number}", order_id="o-1002", amount="0.01 USD")


def test_a_killed_process_leaves_whole_effects_and_the_rest_is_done_after(tmp_path: Path) -> None:
    url, count = f"sqlite:///{tmp_path / 'killed.db'}", 300
    with LocalStore.open(url) as store:
        fill(store)
        process = multiprocessing.get_context("spawn").Process(target=_refund_many, args=(url, count))
        process.start()
        refunds = store.readers().orders.refunds
        while process.is_alive() and len(refunds("o-1002")) < 5:
            process.join(0.01)
        process.kill()
        process.join()
        keys = {refund.key for refund in refunds("o-1002")}
        effects = store.writers(lambda: NOW).effects
        assert 5 <= len(keys) <= count
        assert keys == {f"k{number}" for number in range(count) if effects.receipt(f"k{number}")}
        for number in range(10):
            assert do(store, "refund_order", key=f"k{number}", order_id="o-1002", amount="0.01 USD").repeated is (
                f"k{number}" in keys
            )
        after = store.readers().orders.order("o-1002")
        assert after is not None
        assert after.refunded == usd("0.01") * len(refunds("o-1002"))
