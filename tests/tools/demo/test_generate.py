"""The demo world: the same bytes for a seed, whole references, money to the cent."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tools.commerce import FraudBand, Order, OrderStage, ReturnStatus, TransactionKind
from tools.connectors.demo import DemoWorld, generate, write_snapshot
from tools.connectors.demo.parcels import TRANSIT
from tools.connectors.demo.snapshot import files
from tools.money import total
from tools.store.local import LocalStore
from tools.store.snapshot import export_snapshot, import_snapshot

ROOT = Path(__file__).parents[3]
HASH = """
import hashlib, pathlib, sys, tempfile
from tools.connectors.demo import generate, write_labels, write_snapshot
folder = write_snapshot(generate(scale=600), pathlib.Path(sys.argv[1]))
digest = hashlib.sha256()
for path in sorted(folder.iterdir()):
    digest.update(path.name.encode() + path.read_bytes())
sys.stdout.write(digest.hexdigest())
"""


def _folder_hash(folder: Path, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HASH, str(folder)],
        env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout


@pytest.mark.system("N11")
def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = _folder_hash(tmp_path / "a", "1"), _folder_hash(tmp_path / "b", "2")
    assert first == second
    assert len(first) == 64


def test_another_seed_gives_another_world(world: DemoWorld) -> None:
    other = generate(seed=7, scale=600)
    assert other.orders[0] != world.orders[0]
    assert set(other.planted) == set(world.planted)
    assert len(other.tickets) == len(world.tickets)


def test_a_world_too_small_for_its_cases_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 500 orders, not 100"):
        generate(scale=100)


def test_scale_is_the_number_of_orders(world: DemoWorld) -> None:
    assert (len(world.orders), len(world.customers)) == (1500, 900)
    larger = generate(scale=2500)
    assert len(larger.orders) == 2500
    assert len(larger.customers) == 1500


def test_snapshot_is_one_file_per_noun_sorted_by_id(world: DemoWorld, tmp_path: Path) -> None:
    folder = write_snapshot(world, tmp_path / "snapshot")
    meta = json.loads((folder / "meta.json").read_text())
    assert (meta["format"], meta["version"]) == ("countersign-store", 1)
    assert {path.stem for path in folder.glob("*.jsonl")} == set(files(world))
    for name in ("orders", "customers", "products", "tickets", "shipments", "refunds"):
        ids = [json.loads(line)["id"] for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert ids == sorted(ids), name
    first = (folder / "orders.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert Order.model_validate_json(first) == world.orders[0]


@pytest.mark.system("M3")
def test_the_store_takes_it_all_and_gives_it_back(world: DemoWorld, tmp_path: Path) -> None:
    folder = write_snapshot(world, tmp_path / "snapshot")
    store = LocalStore.open(f"sqlite:///{tmp_path / 'store.db'}")
    report = import_snapshot(store, folder)
    export_snapshot(store, tmp_path / "export")
    assert not report.problems
    for path in folder.glob("*.jsonl"):
        assert path.read_bytes() == (tmp_path / "export" / path.name).read_bytes(), path.name
    readers = store.readers()
    assert readers.customers.customer_by_email("the.novaks@inbox.example") is None
    assert readers.orders.order_by_number("1001") == world.orders[0]
    store.close()


def test_labels_never_reach_the_snapshot(world: DemoWorld, tmp_path: Path) -> None:
    folder = write_snapshot(world, tmp_path)
    text = (folder / "tickets.jsonl").read_text(encoding="utf-8") + (folder / "orders.jsonl").read_text(
        encoding="utf-8"
    )
    assert "day_31" not in text
    assert "must_propose" not in text


def test_ids_are_unique_and_every_reference_resolves(world: DemoWorld) -> None:
    for name, nouns in files(world).items():
        ids = [getattr(noun, "id", None) or getattr(noun, "code", None) for noun in nouns]
        if name != "stock":
            assert [i for i, n in Counter(ids).items() if n > 1] == [], name
    customers = {customer.id: customer for customer in world.customers}
    orders = {order.id: order for order in world.orders}
    variants = {variant.id for product in world.products for variant in product.variants}
    codes = {code.code for code in world.discount_codes}
    for order in world.orders:
        customer = customers[order.customer_id]
        assert order.email in customer.emails
        assert customer.method(order.payment_method_id) is not None
        assert {line.variant_id for line in order.lines} <= variants
        assert set(order.discount_codes) <= codes
        assert not order.replaces_order_id or orders[order.replaces_order_id].customer_id == order.customer_id
    lines = {line.id for order in world.orders for line in order.lines}
    for noun in (*world.shipments, *world.returns, *world.refunds, *world.traces):
        assert noun.order_id in orders
    for noun in (*world.returns, *world.refunds):
        assert {line.line_id for line in noun.lines} <= lines
    assert {trace.shipment_id for trace in world.traces} <= {parcel.id for parcel in world.shipments}
    for noun in (*world.store_credits, *world.subscriptions, *world.suppressions):
        assert noun.customer_id in customers
    assert {level.variant_id for level in world.stock} == variants


def test_every_order_is_paid_to_the_cent(world: DemoWorld) -> None:
    for order in world.orders:
        assert order.captured == order.total, order.id
        assert order.refunded <= order.captured, order.id
        for line in order.lines:
            assert line.discount <= line.price * line.quantity
            assert line.refunded + line.returning <= line.quantity


def test_refunds_equal_their_lines_and_their_transactions(world: DemoWorld) -> None:
    orders = {order.id: order for order in world.orders}
    paid_back = Counter[str]()
    for refund in world.refunds:
        order = orders[refund.order_id]
        worth = total(
            (
                line.paid(order.taxes_included).share(units.quantity, line.quantity)
                for units in refund.lines
                for line in order.lines
                if line.id == units.line_id
            ),
            order.currency,
        )
        assert refund.amount == (worth + refund.shipping if refund.shipping else worth)
        assert refund.amount in [t.amount for t in order.transactions if t.kind is TransactionKind.REFUND]
        paid_back[order.id] += refund.amount.minor
    assert all(orders[order_id].refunded.minor == minor for order_id, minor in paid_back.items())
    assert sum(1 for order in world.orders if order.refunded) == len(paid_back)


def test_tax_is_on_top_in_america_and_inside_in_europe(world: DemoWorld) -> None:
    by_country = {order.shipping_address.country: order.taxes_included for order in world.orders}
    assert by_country == {"US": False, "CA": False, "GB": True, "DE": True, "FR": True, "ES": True}
    mug = next(
        (order, line)
        for order in world.orders
        for line in order.lines
        if order.shipping_address.region == "NY" and line.sku == "BK-4711" and line.quantity == 1 and not line.discount
    )
    assert str(mug[1].tax) == "2.31 USD"  # 8.875 % of 26.00


def test_stages_follow_the_parcels(world: DemoWorld) -> None:
    parcels = {parcel.order_id: parcel for parcel in world.shipments}
    for order in world.orders:
        parcel = parcels.get(order.id)
        if order.stage in (OrderStage.PENDING, OrderStage.CANCELLED):
            assert parcel is None, order.id
        if order.stage is OrderStage.DELIVERED:
            assert parcel is not None
            assert parcel.delivered_at is not None
        if order.hold is not None:
            assert order.stage is OrderStage.PENDING
            assert order.fraud is FraudBand.HIGH


def test_no_scan_is_out_of_time(world: DemoWorld) -> None:
    placed = {order.id: order.placed_at for order in world.orders}
    for parcel in world.shipments:
        times = sorted(scan.at for scan in parcel.events)
        assert times, parcel.id
        assert placed[parcel.order_id] < times[-1] <= world.now
        assert parcel.delivered_at in (None, times[-1])
    shuffled = [p for p in world.shipments if [s.at for s in p.events] != sorted(s.at for s in p.events)]
    assert shuffled, "feeds deliver out of order; some parcels must show it"


def test_ordinary_parcels_take_as_long_as_promised(world: DemoWorld) -> None:
    planted = {order_id for ids in world.planted.values() for order_id in ids}
    country = {order.id: order.shipping_address.country for order in world.orders}
    late = 0
    arrived = [p for p in world.shipments if p.delivered_at and p.shipped_at and p.order_id not in planted]
    for parcel in arrived:
        assert parcel.delivered_at is not None
        assert parcel.shipped_at is not None
        days = (parcel.delivered_at - parcel.shipped_at) / timedelta(days=1)
        assert days >= TRANSIT[country[parcel.order_id]][0] - 1
        late += parcel.estimated_delivery is not None and parcel.delivered_at > parcel.estimated_delivery
    assert 0 < late / len(arrived) < 0.1


def test_nobody_orders_before_being_a_customer(world: DemoWorld) -> None:
    since = {customer.id: customer.created_at for customer in world.customers}
    for order in world.orders:
        created = since[order.customer_id]
        assert created is not None
        assert created < order.placed_at


def test_returns_are_of_returnable_things(world: DemoWorld) -> None:
    lines = {line.id: line for order in world.orders for line in order.lines}
    for back in world.returns:
        for line in back.lines:
            assert lines[line.line_id].category not in ("coffee", "gift cards")
            assert not lines[line.line_id].final_sale
        assert back.status in (ReturnStatus.LABEL_SENT, ReturnStatus.IN_TRANSIT) or back.received_at is not None


def test_the_shop_is_as_varied_as_promised(world: DemoWorld) -> None:
    assert len(world.products) >= 30
    assert len({product.category for product in world.products}) == 6
    assert {customer.language for customer in world.customers} == {"en", "de", "fr", "es"}
    assert {customer.default_address.country for customer in world.customers if customer.default_address} == set(
        TRANSIT
    )
    assert {level.location for level in world.stock} == {"newark", "portland"}
    emails = Counter(email for customer in world.customers for email in customer.emails)
    assert [email for email, count in emails.items() if count > 1] == ["the.novaks@inbox.example"]


def test_planting_leaves_the_digest_of_a_world_alone(world: DemoWorld) -> None:
    again = generate()
    assert [n.model_dump_json() for n in again.orders] == [n.model_dump_json() for n in world.orders]
    digest = hashlib.sha256("".join(t.model_dump_json() for t in again.tickets).encode()).hexdigest()
    assert digest == hashlib.sha256("".join(t.model_dump_json() for t in world.tickets).encode()).hexdigest()
