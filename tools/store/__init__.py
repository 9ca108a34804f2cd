"""The local store of record: `LocalStore.open(url)`, its readers and writers, snapshots and imports."""

from tools.store.local import LocalStore

__all__ = ["LocalStore"]
