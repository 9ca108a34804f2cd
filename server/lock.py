"""One process works on a data folder at a time; others are told so. Reading needs no lock."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

PRIVATE = 0o700
"""The rights of a data folder that we make: customers, password hashes and secrets are in it."""
_NOBODY_ELSE = 0o077


class DataFolderBusy(Exception):
    """Another process works on this data folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(
            f"{who} is working on {folder}; wait for it, stop it, or set COUNTERSIGN_DATA_DIR to another folder"
        )


class DataLock:
    """An advisory lock on the folder. The kernel drops it when the process dies, so a kill leaves nothing behind.

    Files that are made while it is held are for their owner alone: the folder may be one that everybody can look into.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1
        self._rights = _NOBODY_ELSE

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self._descriptor = os.open(self._folder / "working.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 20).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise DataFolderBusy(self._folder, holder) from None
        self._rights = os.umask(_NOBODY_ELSE)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.umask(self._rights)
        os.close(self._descriptor)
