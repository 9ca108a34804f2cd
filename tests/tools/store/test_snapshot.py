"""Snapshots: identical round trips, pleasant minimal files, clear faults."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.tools.store.test_writers import do
from tests.tools.world import usd
from tools.errors import StoreError
from tools.store.local import LocalStore
from tools.store.snapshot import export_snapshot, import_snapshot

ORDER: dict[str, Any] = {
    "id": "1",
    "number": "#1",
    "customer_id": "c",
    "placed_at": "2026-03-01T10:00:00Z",
    "stage": "pending",
    "currency": "USD",
    "lines": [
        {"id": "a", "title": "Mug", "quantity": 2, "price": "20.00 USD", "discount": "0.00 USD", "tax": "0.00 USD"}
    ],
    "shipping": {"minor": 500, "currency": "USD"},
    "shipping_tax": "0.00 USD",
}


def snapshot(folder: Path, **files: Sequence[object]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, lines in files.items():
        text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_round_trip_is_identical_byte_for_byte(store: LocalStore, tmp_path: Path) -> None:
    do(store, "refund_order")
    do(store, "replace_items")
    do(store, "escalate_to_human")
    do(store, "open_carrier_trace")
    counts = export_snapshot(store, tmp_path / "one")
    with LocalStore.open(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        report = import_snapshot(copy, tmp_path / "one")
        export_snapshot(copy, tmp_path / "two")
    assert report.ok
    assert report.counts == counts
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_importing_again_changes_nothing(sqlite_store: LocalStore, tmp_path: Path) -> None:
    export_snapshot(sqlite_store, tmp_path / "one")
    assert import_snapshot(sqlite_store, tmp_path / "one").ok
    export_snapshot(sqlite_store, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_what_changes_by_import_gets_a_higher_version(sqlite_store: LocalStore, tmp_path: Path) -> None:
    import_snapshot(sqlite_store, snapshot(tmp_path / "s", orders=[ORDER]))
    import_snapshot(sqlite_store, snapshot(tmp_path / "s", orders=[ORDER | {"stage": "shipped"}]))
    order = sqlite_store.readers().orders.order("1")
    assert order is not None
    assert (order.stage, order.version) == ("shipped", 2)


def test_a_minimal_snapshot_is_one_line(store: LocalStore, tmp_path: Path) -> None:
    report = import_snapshot(store, snapshot(tmp_path / "s", orders=[ORDER]))
    order = store.readers().orders.order_by_number("1")
    assert report.counts == {"orders": 1}
    assert order is not None
    assert order.total == usd("45.00")


def test_a_bad_line_is_reported_and_the_rest_loads(sqlite_store: LocalStore, tmp_path: Path) -> None:
    negative = ORDER | {"id": "2", "shipping": "-99.00 USD"}
    mixed = ORDER | {"id": "3", "shipping": "1.00 EUR"}
    lines = [ORDER, '{"id": "4", ', ORDER | {"id": "5", "colour": "red"}, negative, mixed, ORDER]
    report = import_snapshot(sqlite_store, snapshot(tmp_path / "s", orders=lines))
    found = [(problem.line, problem.column) for problem in report.problems]
    assert report.counts == {"orders": 1}
    assert found == [(2, "column 12"), (3, "colour"), (4, ""), (5, ""), (6, "id")]
    assert "line 1 already" in report.problems[-1].reason
    assert str(report.problems[1]) == "orders.jsonl:3: colour: Extra inputs are not permitted"


@pytest.mark.parametrize(
    ("line", "order", "said"),
    [
        ({"discount": "-5.00 USD"}, {}, "line a has a price, a discount or a tax below zero"),
        ({"price": "-1.00 USD"}, {"shipping": "9.00 USD"}, "line a has a price, a discount or a tax below zero"),
        ({"tax": "-0.01 USD"}, {}, "line a has a price, a discount or a tax below zero"),
        ({"discount": "40.01 USD"}, {}, "line a has a discount of 40.01 USD, more than it costs"),
        ({}, {"shipping": "-0.01 USD"}, "order #1 has shipping below zero"),
        ({}, {"shipping_tax": "-0.01 USD"}, "order #1 has shipping below zero"),
    ],
)
def test_an_order_with_an_amount_that_cannot_be_is_left_out(
    sqlite_store: LocalStore, tmp_path: Path, line: dict[str, str], order: dict[str, str], said: str
) -> None:
    """A discount below zero would make an item worth more than was paid for it."""
    wrong = ORDER | order | {"lines": [{**ORDER["lines"][0], **line}]}
    report = import_snapshot(sqlite_store, snapshot(tmp_path / "s", orders=[wrong]))
    assert report.counts == {}
    assert said in report.problems[0].reason
    edge = ORDER | {"lines": [{**ORDER["lines"][0], "discount": "40.00 USD"}]}
    assert import_snapshot(sqlite_store, snapshot(tmp_path / "s", orders=[edge])).ok


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 0, "empty"),
        (b"\n \n", 0, "empty"),
        ('{"id": "é"}'.encode("utf-16"), 1, "UTF-16"),
        (b"\xff\xff\x00", 1, "UTF-16 or binary"),
        ('{"id": "caf\u00e9"}'.encode("latin-1"), 1, ""),
        (b'{"id": "' + b"x" * 4_000_100 + b'"}\n', 1, "longer than 4,000,000 bytes"),
        (b"[" * 5_000, 1, ""),
    ],
    ids=["empty", "blank", "utf16", "binary", "latin1", "endless", "deep"],
)
def test_broken_files_are_named(
    sqlite_store: LocalStore, tmp_path: Path, content: bytes, line: int, reason: str
) -> None:
    folder = snapshot(tmp_path / "s", customers=[{"id": "new"}])
    (folder / "orders.jsonl").write_bytes(content)
    report = import_snapshot(sqlite_store, folder)
    assert {problem.file for problem in report.problems} == {"orders.jsonl"}
    assert report.problems[0].line == line
    assert reason in report.problems[0].reason
    assert sqlite_store.readers().customers.customer("new") is not None


def test_a_misnamed_file_is_said(sqlite_store: LocalStore, tmp_path: Path) -> None:
    report = import_snapshot(sqlite_store, snapshot(tmp_path / "s", order=[ORDER]))
    assert report.problems[0].file == "order.jsonl"
    assert "orders" in report.problems[0].reason


@pytest.mark.parametrize("meta", ["{", "[]", '{"format": "countersign-store", "version": 2}'])
def test_another_format_is_refused(sqlite_store: LocalStore, tmp_path: Path, meta: str) -> None:
    folder = snapshot(tmp_path / "s", orders=[ORDER])
    (folder / "meta.json").write_text(meta, encoding="utf-8")
    with pytest.raises(StoreError, match=r"meta\.json"):
        import_snapshot(sqlite_store, folder)
    assert sqlite_store.readers().orders.order("1") is None


def test_an_export_never_mixes_with_other_files(sqlite_store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"thesis\.txt"):
        export_snapshot(sqlite_store, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf"])
def test_a_shop_may_have_none_of_what_comes_later(sqlite_store: LocalStore, tmp_path: Path, content: bytes) -> None:
    folder = snapshot(tmp_path / "s", orders=[ORDER])
    for name in ("returns", "refunds", "tickets", "shipments"):
        (folder / f"{name}.jsonl").write_bytes(content)
    report = import_snapshot(sqlite_store, folder)
    assert (report.counts, report.problems) == ({"orders": 1}, ())
