"""`import_path`: reads whatever a merchant has, a snapshot or Shopify's CSV exports, into a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tools.errors import StoreError
from tools.money import is_currency
from tools.store.arrivals import settle_arrivals
from tools.store.bulk import write
from tools.store.contradicting import contradictions
from tools.store.keeping import KEPT
from tools.store.local import LocalStore
from tools.store.nouns import Row
from tools.store.report import ImportReport, Problems
from tools.store.shopify_csv.merging import MERGES
from tools.store.shopify_csv.reading import read_shopify
from tools.store.snapshot import META, read_file, read_snapshot


def import_path(store: LocalStore, path: Path, currency: str = "") -> ImportReport:
    """Import a folder (snapshot or CSV files) or one file; what is understood is written in one transaction.

    `currency` prices a product file, which does not name one; without it, that of the orders beside it is taken.
    Raises StoreError when there is nothing to import, a snapshot of another format, or no such currency.
    """
    problems, currency = Problems(), currency.strip().upper()
    if currency and not is_currency(currency):
        raise StoreError(f'"{currency[:40]}" is not a currency; write its three letters, such as USD')
    try:
        snapshot, sheets = _folder(path, problems) if path.is_dir() else _file(path, problems)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    if not sheets:
        with store.transaction() as connection:
            for told in contradictions(connection, snapshot):
                problems.add(path.name, 0, "", told)
            counts = write(connection, snapshot, KEPT)
            settle_arrivals(connection, snapshot)
            return problems.report(counts)
    rows = read_shopify(sheets, store.readers(), currency, problems)
    with store.transaction() as connection:
        for told in contradictions(connection, rows):
            problems.add(path.name, 0, "", told)
        return problems.report(write(connection, rows, MERGES))


def _folder(path: Path, problems: Problems) -> tuple[dict[str, list[Row]], Sequence[Path]]:
    ours = any(path.glob("*.jsonl")) or (path / META).exists()
    sheets = sorted(found for found in path.iterdir() if found.suffix.lower() == ".csv")
    if ours and sheets:
        raise StoreError(f"{path} holds a snapshot and CSV files; import them from two folders")
    if not ours and not sheets:
        raise StoreError(f"{path} holds nothing to import: no CSV file and no snapshot with files such as orders.jsonl")
    return (read_snapshot(path, problems) if ours else {}), sheets


def _file(path: Path, problems: Problems) -> tuple[dict[str, list[Row]], Sequence[Path]]:
    if not path.exists():
        raise StoreError(f"{path} does not exist")
    if path.suffix.lower() == ".csv":
        return {}, [path]
    if path.suffix.lower() == ".jsonl":
        return read_file(path, problems), []
    raise StoreError(f"{path} is neither a .csv file nor a .jsonl file of a snapshot")
