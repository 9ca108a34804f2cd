"""One process at a time inside the index.

Embedded Chroma gives a second process silently wrong answers. So every operation takes its turn under a file lock
that dies with its holder, and a counter in the lock file tells a process that another one has written since.
"""

import fcntl
import itertools
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from knowledge.errors import IndexBusy, IndexDamaged

_POLL_SECONDS = 0.02
_spellings = itertools.count(1)


class Turns:
    """A lock file `counter pid`; threads of one process queue behind each other."""

    def __init__(self, path: Path, wait_seconds: float) -> None:
        self._path = path
        self._wait = wait_seconds
        self._threads = RLock()
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Generator[None]:
        """Wait for the turn and hold it.

        Raises:
            IndexBusy: Another process kept it for longer than `wait_seconds`.
            IndexDamaged: The folder cannot be created or written.
        """
        with self._threads:
            file = self._opened()
            self._acquire(file)
            try:
                self._write(file, self.counter())
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def counter(self) -> int:
        """How many writes there have been, by any process; call it within a turn."""
        return int(os.pread(self._opened(), 20, 0) or b"0")

    def count_write(self) -> int:
        """Announce a write, before it begins: whoever dies halfway leaves the others warned."""
        counter = self.counter() + 1
        self._write(self._opened(), counter)
        return counter

    def close(self) -> None:
        """Give the file back."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _opened(self) -> int:
        if self._file is None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise IndexDamaged(f"{self._path.parent} cannot be used as index: {error.strerror}") from error
        return self._file

    def _acquire(self, file: int) -> None:
        until = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise self._busy(file) from None
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _busy(self, file: int) -> IndexBusy:
        holder = os.pread(file, 10, 21).decode("ascii", "replace").lstrip("0") or "unknown"
        return IndexBusy(
            f"The knowledge index in {self._path.parent} has been in use by process {holder} for more than "
            f"{self._wait:g} s. Try again when it has finished."
        )

    def _write(self, file: int, counter: int) -> None:
        os.pwrite(file, f"{counter:020d} {os.getpid():010d}\n".encode("ascii"), 0)


class SharedTurns:
    """Turns at an index that a server holds: threads queue behind each other, processes do not wait.

    `read` and `write` reach the count of writes that the server keeps. It is asked for at most every `look_seconds`:
    for so long may a process not know what another one has brought in.
    """

    def __init__(self, read: Callable[[], int], write: Callable[[int], None], look_seconds: float = 1.0) -> None:
        self._read, self._keep = read, write
        self._look = look_seconds
        self._threads = RLock()
        self._known, self._asked = 0, -look_seconds

    @contextmanager
    def turn(self) -> Generator[None]:
        """Wait for other threads."""
        with self._threads:
            yield

    def counter(self) -> int:
        """How many writes there have been, by any process, as of a moment ago."""
        if time.monotonic() - self._asked >= self._look:
            self._known = self._read()
            self._asked = time.monotonic()
        return self._known

    def count_write(self) -> int:
        """Announce a write."""
        self._known = self._read() + 1
        self._keep(self._known)
        return self._known

    def close(self) -> None:
        """Nothing is held."""


def fresh_spelling(path: Path) -> str:
    """The same folder, spelled as never before in this process.

    Chroma keeps one live system per spelling, even one that failed to start or has gone stale.
    """
    return f"{path}/" + "".join("./" if bit == "0" else ".//" for bit in f"{next(_spellings):b}")
