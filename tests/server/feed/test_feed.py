"""The feed gives every event once and in order: to many readers, to slow ones, and to those who come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from agent.repositories import CaseEvent
from agent.testing import NOON
from server import feed as feeds
from server.db.database import Database
from server.feed import MOST_STREAMS, PAGE, RECENT, EventFeed
from tools.errors import Unavailable


def happened(number: int, case_id: str = "c-1") -> CaseEvent:
    return CaseEvent(case_id=case_id, at=NOON, kind="looked_up", body={"n": number})


class Log:
    """A log in memory that counts how often it is read, and that can be away."""

    def __init__(self) -> None:
        self.events: list[CaseEvent] = []
        self.reads = 0
        self.away = False

    def append(self, *events: CaseEvent) -> None:
        for event in events:
            self.events.append(event.model_copy(update={"seq": len(self.events) + 1}))

    def read(self, after: int = 0, case_id: str = "", limit: int = 500) -> Sequence[CaseEvent]:
        self.reads += 1
        if self.away:
            raise Unavailable("the database is away")
        found = [each for each in self.events[after:] if case_id in ("", each.case_id)]
        return found[:limit]

    def head(self) -> int:
        if self.away:
            raise Unavailable("the database is away")
        return len(self.events)


async def taken(events: AsyncIterator[CaseEvent | None], many: int) -> list[int]:
    """The numbers of the next events."""
    found: list[int] = []
    async with asyncio.timeout(10):
        while len(found) < many:
            event = await anext(events)
            if event is not None:
                found.append(event.seq)
    return found


def test_what_was_and_what_comes_is_one_sequence() -> None:
    async def scene() -> None:
        log = Log()
        log.append(*(happened(n) for n in range(3)))
        feed = EventFeed(log, poll_seconds=30)
        async with aclosing(feed.follow(0)) as events:
            assert await taken(events, 3) == [1, 2, 3]
            waiting = asyncio.create_task(taken(events, 2))
            await asyncio.sleep(0.05)
            log.append(happened(3), happened(4))
            started = time.monotonic()
            feed.wake()
            assert await waiting == [4, 5]
            assert time.monotonic() - started < 5, "woken, not polled"

    asyncio.run(scene())


def test_events_of_another_process_are_noticed_without_a_wake() -> None:
    async def scene() -> None:
        log = Log()
        feed = EventFeed(log, poll_seconds=0.02)
        async with aclosing(feed.follow(0)) as events:
            waiting = asyncio.create_task(taken(events, 1))
            await asyncio.sleep(0.06)
            log.append(happened(1))
            assert await waiting == [1]

    asyncio.run(scene())


def test_a_reader_of_one_case_meets_no_other_and_still_moves_on() -> None:
    async def scene() -> None:
        log = Log()
        feed = EventFeed(log, poll_seconds=0.01)
        async with aclosing(feed.follow(0, "c-2")) as events:
            log.append(*(happened(n, f"c-{n % 3}") for n in range(9)))
            assert await taken(events, 3) == [3, 6, 9]
            reads = log.reads
            log.append(*(happened(n, "c-1") for n in range(40)))
            waiting = asyncio.create_task(taken(events, 1))
            await asyncio.sleep(0.1)
            log.append(happened(99, "c-2"))
            assert await waiting == [50]
            assert log.reads - reads < 40

    asyncio.run(scene())


def test_many_readers_cost_no_reads_of_their_own() -> None:
    async def scene() -> None:
        log = Log()
        feed = EventFeed(log, poll_seconds=30)
        streams = [feed.follow(0) for _ in range(60)]
        waiting = [asyncio.create_task(taken(each, 5)) for each in streams]
        reads = -1
        while reads != log.reads:  # each looks once for what was before it came
            reads = log.reads
            await asyncio.sleep(0.2)
        log.append(*(happened(n) for n in range(5)))
        feed.wake()
        assert await asyncio.gather(*waiting) == [[1, 2, 3, 4, 5]] * 60
        assert log.reads - reads <= 3
        for each in streams:
            await each.aclose()

    asyncio.run(scene())


def test_a_slow_reader_catches_up_from_the_table_in_pages_and_nothing_grows() -> None:
    async def scene() -> None:
        log, many = Log(), RECENT + 3 * PAGE + 7
        feed = EventFeed(log, poll_seconds=0.01)
        async with aclosing(feed.follow(0)) as slow, aclosing(feed.follow(0)) as quick:
            log.append(happened(0))
            assert await taken(slow, 1) == [1]
            log.append(*(happened(n) for n in range(1, many)))
            assert await taken(quick, many) == list(range(1, many + 1))
            (tail,) = feed._tails.values()  # pyright: ignore[reportPrivateUsage] - what is kept is what this is about
            assert len(tail._recent) <= RECENT  # pyright: ignore[reportPrivateUsage]
            assert await taken(slow, many - 1) == list(range(2, many + 1))

    asyncio.run(scene())


def test_a_quiet_stream_beats() -> None:
    async def scene() -> None:
        feed = EventFeed(Log(), poll_seconds=0.01)
        async with aclosing(feed.follow(0, beat=0.02)) as events:
            assert await anext(events) is None
            assert await anext(events) is None

    asyncio.run(scene())


def test_a_database_that_goes_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_PAUSE", 0.01)

    async def scene() -> None:
        log = Log()
        log.append(happened(1))
        feed = EventFeed(log, poll_seconds=0.01)
        async with aclosing(feed.follow(0, beat=0.05)) as events:
            assert await taken(events, 1) == [1]
            log.away = True
            waiting = asyncio.create_task(taken(events, 2))
            log.append(happened(2))
            await asyncio.sleep(0.05)
            log.append(happened(3))
            log.away = False
            assert await waiting == [2, 3]
        log.away = True
        async with aclosing(feed.follow(0, beat=0.05)) as events:
            waiting = asyncio.create_task(taken(events, 3))
            await asyncio.sleep(0.05)
            log.away = False
            assert await waiting == [1, 2, 3]

    asyncio.run(scene())


def test_whoever_leaves_leaves_nothing_behind() -> None:
    async def scene() -> None:
        feed = EventFeed(Log(), poll_seconds=0.01)
        events = feed.follow(0, beat=0.01)
        assert await anext(events) is None
        assert len(asyncio.all_tasks()) == 2
        await events.aclose()
        await asyncio.sleep(0)
        feed.wake()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(scene())


def test_streams_of_one_person_are_counted() -> None:
    feed = EventFeed(Log())
    streams = [feed.stream_of("dana") for _ in range(MOST_STREAMS)]
    for each in streams:
        each.__enter__()
    assert (feed.has_room("dana"), feed.has_room("noor"), feed.readers) == (False, True, MOST_STREAMS)
    for each in streams:
        each.__exit__(None, None, None)
    assert (feed.has_room("dana"), feed.readers) == (True, 0)


def test_a_reader_goes_on_where_it_was_after_a_restart_and_on_both_databases(url: str, tmp_path: Path) -> None:
    async def read(after: int, many: int) -> list[int]:
        with Database.open(url) as database:
            feed = EventFeed(database.events, poll_seconds=0.02)
            async with aclosing(feed.follow(after)) as events:
                waiting = asyncio.create_task(taken(events, many))
                await asyncio.sleep(0.1)
                with Database.open(url) as other:
                    await asyncio.to_thread(other.events.append, [happened(7), happened(8)])
                return await waiting

    with Database.open(url) as database:
        database.events.append([happened(n) for n in range(4)])
    seen = asyncio.run(read(0, 6))
    assert seen == sorted(set(seen))
    assert len(seen) == 6
    again = asyncio.run(read(seen[3], 4))
    assert again[:2] == seen[4:]
    assert len(set(seen) | set(again)) == 8
