"""`import_path`: reads whatever a merchant has, a snapshot or CSV exports, into a store."""

from __future__ import annotations

from pathlib import Path

from tools.errors import StoreError
from tools.store.local import LocalStore
from tools.store.report import ImportReport
from tools.store.snapshot import import_snapshot


def import_path(store: LocalStore, path: Path) -> ImportReport:
    """Import a snapshot folder. Raises StoreError when there is nothing to import."""
    if not path.is_dir() or not any(path.glob("*.jsonl")):
        raise StoreError(f"{path} holds nothing to import; give a snapshot folder with files such as orders.jsonl")
    return import_snapshot(store, path)
