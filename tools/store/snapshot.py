"""Our own snapshot of a store: a folder with `meta.json` and one `<noun>.jsonl` per noun, one noun a line, by id."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from sqlalchemy import Connection

from tools.commerce import Order
from tools.errors import StoreError
from tools.money import CurrencyMismatch, Money, total
from tools.store.bulk import write
from tools.store.keeping import KEPT
from tools.store.local import LocalStore
from tools.store.nouns import EVERY_NOUN, ORDERS, REFUNDS, RETURNS, AnyTable, Row
from tools.store.report import ImportReport, Problems
from tools.store.rows import every_body
from tools.store.textfile import lines_of
from tools.store.units import with_units

FORMAT = "countersign-store"
VERSION = 1
META = "meta.json"
Places = dict[tuple[str, str], int]
"""The line of every noun by its kind and id."""
_NEVER_NONE = frozenset({"customers", "products", "stock", "orders"})
"""A shop has these, so an empty file of them was cut off; of returns, refunds or tickets there may be none."""
_AT = re.compile(r"^(.*?):? at line \d+ column (\d+)$", re.DOTALL)


def export_snapshot(store: LocalStore, folder: Path) -> dict[str, int]:
    """Write the whole store into `folder` as one moment in time; the same store gives the same bytes.

    Returns how many of each noun. Raises StoreError when the folder holds something else or cannot be written.
    """
    try:
        _make_room(folder)
        with store.reading() as connection:
            counts = {noun.name: _export(connection, noun, folder) for noun in EVERY_NOUN}
        meta = {"format": FORMAT, "version": VERSION}
        (folder / META).write_text(json.dumps(meta) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror}") from error
    return {name: count for name, count in counts.items() if count}


def _make_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ours = {f"{noun.name}.jsonl" for noun in EVERY_NOUN} | {META}
    others = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if others:
        raise StoreError(f"{folder} holds other files ({', '.join(others[:3])}); give an empty folder")


def _export(connection: Connection, noun: AnyTable, folder: Path) -> int:
    path, count = folder / f"{noun.name}.jsonl", 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for body in every_body(connection, noun):
            file.write(f"{body}\n")
            count += 1
    if not count:
        path.unlink()
    return count


def import_snapshot(store: LocalStore, folder: Path) -> ImportReport:
    """Read a snapshot into the store: what is new is added, what exists is updated, nothing is removed or unpaid.

    Files may be missing. A line that cannot be read is left out and reported; the rest is written in one transaction.
    Raises StoreError when the folder is no snapshot or of a newer format.
    """
    problems = Problems()
    rows = read_snapshot(folder, problems)
    with store.transaction() as connection:
        return problems.report(write(connection, rows, KEPT))


def read_snapshot(folder: Path, problems: Problems) -> dict[str, list[Row]]:
    """The rows of every file of a snapshot. Raises StoreError when it is of another format."""
    check_meta(folder)
    places: Places = {}
    rows = {noun.name: list(_rows(noun, folder / f"{noun.name}.jsonl", problems, places)) for noun in EVERY_NOUN}
    rows[ORDERS.name] = list(_agreeing(rows[ORDERS.name], rows[REFUNDS.name], problems, places))
    rows[ORDERS.name] = with_units(rows[ORDERS.name], rows[REFUNDS.name], rows[RETURNS.name])
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem not in rows:
            _unknown(path, problems)
    return rows


def read_file(path: Path, problems: Problems) -> dict[str, list[Row]]:
    """The rows of one file of a snapshot."""
    rows = {noun.name: list(_rows(noun, path, problems, {})) for noun in EVERY_NOUN if noun.name == path.stem}
    if not rows:
        _unknown(path, problems)
    return rows


def _agreeing(orders: list[Row], refunds: list[Row], problems: Problems, places: Places) -> Iterable[Row]:
    """Orders whose transactions pay back what their refunds say: what only one of them knows would be paid twice."""
    by_order: defaultdict[str, list[Money]] = defaultdict(list)
    for row in refunds:
        by_order[str(row.values["order_id"])].append(REFUNDS.read(str(row.values["body"])).amount)
    for row in orders:
        fault = _disagreement(ORDERS.read(str(row.values["body"])), by_order[row.id]) if row.id in by_order else ""
        if fault:
            problems.add(f"{ORDERS.name}.jsonl", places[ORDERS.name, row.id], "transactions", fault)
        else:
            yield row


def _disagreement(order: Order, refunds: list[Money]) -> str:
    try:
        told = total(refunds, order.currency)
    except CurrencyMismatch as error:
        return f"refunds.jsonl refunds it in another currency: {error}"
    if told <= order.refunded:
        return ""
    return f"they pay back {order.refunded}, and refunds.jsonl says {told}; every refund is a transaction too"


def _unknown(path: Path, problems: Problems) -> None:
    known = ", ".join(sorted(noun.name for noun in EVERY_NOUN))
    problems.add(path.name, 0, "", f"is not a file of a snapshot; these are: {known}")


def check_meta(folder: Path) -> None:
    """Refuse a snapshot of another format. Raises StoreError."""
    path = folder / META
    if not path.exists():
        return
    try:
        meta = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} is not readable JSON ({error})") from error
    said = cast("dict[str, object]", meta) if isinstance(meta, dict) else {"format": None}
    if (said.get("format", FORMAT), said.get("version", VERSION)) != (FORMAT, VERSION):
        raise StoreError(
            f'{path} has to hold {{"format": "{FORMAT}", "version": {VERSION}}}; another format is not read'
        )


def _rows(noun: AnyTable, path: Path, problems: Problems, places: Places) -> Iterable[Row]:
    if not path.exists():
        return
    for number, line in lines_of(path, problems, may_be_empty=noun.name not in _NEVER_NONE):
        row = _row(noun, path.name, number, line, problems)
        if row is None:
            continue
        first = places.setdefault((noun.name, row.id), number)
        if first != number:
            problems.add(path.name, number, "id", f"{row.id} is on line {first} already")
            continue
        yield row


def _row(noun: AnyTable, file: str, number: int, line: bytes, problems: Problems) -> Row | None:
    try:
        row = noun.parse(line)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False)[:5]:
            problems.add(file, number, *_place(fault["loc"], fault["msg"]))
        return None
    except ValueError as error:
        problems.add(file, number, "", str(error))
        return None
    if any(isinstance(value, str) and "\0" in value for value in row.values.values()):
        problems.add(file, number, "", "an identifier holds a NUL character")
        return None
    return row


def _place(loc: tuple[int | str, ...], message: str) -> tuple[str, str]:
    message = message.removeprefix("Value error, ").removeprefix("Invalid JSON: ")
    found = _AT.match(message)
    if found is not None:
        return f"column {found[2]}", f"not JSON: {found[1]}"
    return ".".join(str(part) for part in loc), message
