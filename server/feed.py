"""EventFeed: what happens in cases, for live views, read from the durable log.

A reader is a position in the log and nothing else. One task for each event loop looks at the log, keeps the newest
events in memory and wakes the readers they concern; a reader that fell behind takes pages from the table.
"""

from __future__ import annotations

import asyncio
import threading
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from agent.repositories import CaseEvent
from tools.errors import ToolError

PAGE = 200
RECENT = 1_000
"""Events that are kept for readers who are up to date."""
MOST_STREAMS = 20
"""Of one person or program at once: browsers open a handful."""
_PAUSE = 0.5


class FeedLog(Protocol):
    """The part of the event log that is read."""

    def read(self, after: int = 0, case_id: str = "", limit: int = 500) -> Sequence[CaseEvent]:
        """Events after a `seq`, of one case or of all, in order."""
        ...

    def head(self) -> int:
        """The `seq` of the newest event; 0 when there is none."""
        ...


class EventFeed:
    """Gives events as they are appended, by any thread or process."""

    def __init__(self, log: FeedLog, *, poll_seconds: float = 0.4) -> None:
        """`poll_seconds`: how soon events of other processes are noticed. Nothing is started before somebody reads."""
        self._log = log
        self._poll_seconds = poll_seconds
        self._tails: dict[asyncio.AbstractEventLoop, _Tail] = {}
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return self._open.total()

    def wake(self) -> None:
        """Something was appended just now: do not wait for the next look at the log. Safe from any thread."""
        with self._lock:
            tails = list(self._tails.values())
        for tail in tails:
            tail.nudge()

    def head(self) -> int:
        """Where the log ends now."""
        return self._log.head()

    def has_room(self, who: str) -> bool:
        """Whether somebody may open another stream."""
        return self._open[who] < MOST_STREAMS

    @contextmanager
    def stream_of(self, who: str) -> Generator[None]:
        """Counts a stream while it is open."""
        with self._lock:
            self._open[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[who] -= 1
                if not self._open[who]:
                    del self._open[who]

    async def follow(self, after: int, case_id: str = "", beat: float = 15.0) -> AsyncGenerator[CaseEvent | None]:
        """Every event after a `seq`, of one case or of all, once and in order, for as long as somebody asks.

        None each time that nothing happened for `beat` seconds.
        """
        tail, reader = self._joined(case_id)
        try:
            position = after
            while True:
                events, position = await self._next(tail, position, case_id)
                for event in events:
                    yield event
                if not events and not await reader.woken(beat):
                    yield None
        finally:
            self._left(tail, reader, case_id)

    async def _next(self, tail: _Tail, position: int, case_id: str) -> tuple[Sequence[CaseEvent], int]:
        """What comes after a position, and where the reader then is."""
        recent = tail.since(position, case_id)
        if recent is not None:
            return recent, max(position, tail.position)
        seen = tail.position
        try:
            page = await asyncio.to_thread(self._log.read, position, case_id, PAGE)
        except ToolError:
            await asyncio.sleep(_PAUSE)
            return (), position
        # All that was committed up to `seen` is in a page that is not full: what is not in it is of other cases.
        return page, page[-1].seq if len(page) == PAGE else max([position, seen, *(event.seq for event in page)])

    def _joined(self, case_id: str) -> tuple[_Tail, _Reader]:
        loop, reader = asyncio.get_running_loop(), _Reader()
        with self._lock:
            tail = self._tails.get(loop)
            if tail is None:
                tail = self._tails[loop] = _Tail(self._log, loop, self._poll_seconds)
        tail.readers[case_id].add(reader)
        return tail, reader

    def _left(self, tail: _Tail, reader: _Reader, case_id: str) -> None:
        tail.readers[case_id].discard(reader)
        if not tail.readers[case_id]:
            del tail.readers[case_id]
        if not tail.readers:
            tail.stop()
            with self._lock:
                self._tails.pop(tail.loop, None)


class _Reader:
    """Somebody who waits."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    async def woken(self, seconds: float) -> bool:
        """Whether there was news before the time ran out."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


class _Tail:
    """The one that looks at the log, for every reader of an event loop."""

    def __init__(self, log: FeedLog, loop: asyncio.AbstractEventLoop, poll_seconds: float) -> None:
        self.loop = loop
        self.position = 0
        self.readers: defaultdict[str, set[_Reader]] = defaultdict(set)
        self._covered: int | None = None
        """Every event after this one is in memory; None before the first look."""
        self._recent: list[CaseEvent] = []
        self._log = log
        self._poll_seconds = poll_seconds
        self._nudged = asyncio.Event()
        self._task = loop.create_task(self._run())

    def nudge(self) -> None:
        """Look at once. From any thread."""
        with suppress(RuntimeError):  # the loop was closed under us: nobody reads there any more
            self.loop.call_soon_threadsafe(self._nudged.set)

    def stop(self) -> None:
        """Nobody reads any more."""
        self._task.cancel()

    def since(self, position: int, case_id: str) -> Sequence[CaseEvent] | None:
        """What came after a position; None when it is older than what is in memory."""
        if self._covered is None or position < self._covered:
            return None
        newer = self._recent[bisect_right(self._recent, position, key=lambda event: event.seq) :]
        return [event for event in newer if not case_id or event.case_id == case_id]

    async def _run(self) -> None:
        while True:
            # Cleared before looking: what is appended while we look is looked for again.
            self._nudged.clear()
            try:
                await self._look()
            except ToolError:
                await asyncio.sleep(_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._nudged.wait()

    async def _look(self) -> None:
        if self._covered is None:
            self.position = self._covered = await asyncio.to_thread(self._log.head)
            self._wake(self.readers)
        full = True
        while full:
            page = await asyncio.to_thread(self._log.read, self.position, "", PAGE)
            full = len(page) == PAGE
            self._take(page)

    def _take(self, page: Sequence[CaseEvent]) -> None:
        if not page:
            return
        self._recent += page
        self.position = page[-1].seq
        if len(self._recent) > RECENT:
            self._covered = self._recent[-RECENT - 1].seq
            del self._recent[:-RECENT]
        self._wake({"", *(event.case_id for event in page)})

    def _wake(self, cases: Iterable[str]) -> None:
        for case_id in list(cases):
            for reader in self.readers.get(case_id, ()):
                reader.wake()
