"""`python -m evals bench service`: the running service against a floor of the same server, and against the library.

The floor is a route of the same process that commits one row. Client and server share the machine, so ratios count.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from pathlib import Path

from evals.bench.figures import Figure, p50, quantile
from evals.bench.served import WHO, bench_settings
from evals.bench.served_client import Served, announce, deliver, floor, served
from evals.bench.wire import Wire
from evals.bench.world import add_old_cases, demo_workshop
from server.container import open_workshop
from server.demo import create_brand
from tools.connectors.demo import DemoWorld, generate
from tools.helpdesk import Ticket

RATE, SECONDS = 50, 8
"""Deliveries a second, for how long."""
WARM_UP = 8
SETTLED = ("waiting", "closed", "failed")


@dataclass
class Times:
    """Milliseconds, by what was waited for."""

    accepted: list[float] = field(default_factory=list[float])
    floor: list[float] = field(default_factory=list[float])
    first: list[float] = field(default_factory=list[float])
    complete: list[float] = field(default_factory=list[float])
    library: list[float] = field(default_factory=list[float])


def service(tickets: int = 120) -> Iterator[Figure]:
    """Every figure of the service benchmark, as it is measured."""
    world = generate()
    with tempfile.TemporaryDirectory() as scratch:
        yield from _suggestions(Path(scratch), world, tickets)
    with tempfile.TemporaryDirectory() as scratch:
        yield from _deliveries(Path(scratch), world)
    with tempfile.TemporaryDirectory() as scratch:
        yield from _streams(Path(scratch), world)
    yield from _growth(world, tickets // 2)
    from evals.bench.workers import workers

    yield from workers(world, tickets)


def _brand(folder: Path, world: DemoWorld, cases: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    create_brand(bench_settings(folder), world, arriving=True)
    if cases:
        with open_workshop(bench_settings(folder)) as workshop:
            add_old_cases(workshop, cases)
    return folder


def _suggestions(folder: Path, world: DemoWorld, count: int) -> Iterator[Figure]:
    """One ticket after the other, in turns with the floor and with the library."""
    with (
        demo_workshop(folder / "library") as (workshop, inbox),
        served(_brand(folder / "service", world)) as server,
    ):

        def library(at: int) -> float:
            return workshop.runner.start(inbox[at].id).timings["to_draft"]

        times = asyncio.run(_one_by_one(server, world.tickets, count, library))
    n = len(times.first)
    yield _ratio("first event p95 / floor p95", times.first, times.floor, 5, n, share=0.95)
    yield _ratio("suggestion complete p95 / library p95", times.complete, times.library, 2, n, share=0.95)
    yield _ratio("suggestion complete p50 / library p50", times.complete, times.library, None, n, share=0.5)


async def _one_by_one(server: Served, tickets: Sequence[Ticket], count: int, library: Callable[[int], float]) -> Times:
    times, wire = Times(), Wire(server.port)
    async with aclosing(wire.events("/api/v1/stream", {WHO: "watcher"})) as events:
        await asyncio.sleep(0.5)  # the stream begins where the log ends when it is opened
        for at in range(count + WARM_UP):
            least = await floor(wire)
            started = time.perf_counter()
            await deliver(wire, tickets[at], f"one-{at}")
            first, complete = await _until_drafted(events.__anext__, f"bench-one-{at}", started)
            alone = await asyncio.to_thread(library, at)
            if at >= WARM_UP:
                _note(times, least, first, complete, alone)
    await wire.close()
    return times


async def _until_drafted(
    next_event: Callable[[], Awaitable[dict[str, object]]], case_id: str, started: float
) -> tuple[float, float]:
    """Milliseconds to the first event of a case, and to its draft being checked, which is where the library stops."""
    first = checked = 0.0
    while True:
        event = await asyncio.wait_for(next_event(), timeout=60)
        now = (time.perf_counter() - started) * 1000
        if event.get("case_id") == case_id:
            first = first or now
            checked = now if event.get("kind") == "checked" else checked
            if event.get("kind") in SETTLED:
                return first, checked or now


def _note(times: Times, least: float, first: float, complete: float, alone: float) -> None:
    times.floor.append(least)
    times.first.append(first)
    times.complete.append(complete)
    times.library.append(alone)


def _deliveries(folder: Path, world: DemoWorld) -> Iterator[Figure]:
    """Deliveries at a rate while their cases are worked on, with floors between them."""
    with served(_brand(folder, world)) as server:
        times = asyncio.run(_at_a_rate(server, world.tickets))
    said = f"{quantile(times.accepted, 0.95):.1f} ms against {quantile(times.floor, 0.95):.1f} ms at {RATE} a second"
    value = quantile(times.accepted, 0.95) / quantile(times.floor, 0.95)
    yield Figure(name="webhook accepted p95 / floor p95", value=value, bar=3, n=len(times.accepted), said=said)


async def _at_a_rate(server: Served, tickets: Sequence[Ticket]) -> Times:
    times, wire = Times(), Wire(server.port)
    begun = time.perf_counter()
    running: list[asyncio.Task[None]] = []

    async def one(number: int) -> None:
        took = await deliver(wire, tickets[number % len(tickets)], f"rate-{number}")
        times.accepted.append(took)

    async def least() -> None:
        times.floor.append(await floor(wire))

    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
        running += [asyncio.create_task(one(number)), asyncio.create_task(least())]
    await asyncio.gather(*running)
    await wire.close()
    return times


def _streams(folder: Path, world: DemoWorld) -> Iterator[Figure]:
    """What 10 and what 200 readers wait for an event, and what the readers cost."""
    with served(_brand(folder, world)) as server:
        few, lost_few = asyncio.run(_readers(server, 10, 60))
        before = server.megabytes
        many, lost_many = asyncio.run(_readers(server, 200, 60))
        after = server.megabytes
    yield _ratio("event delay p95, 200 streams / 10", many, few, 4, len(many), share=0.95)
    yield Figure(name="events that a stream missed", value=lost_few + lost_many, bar=0, n=len(few) + len(many))
    said = f"{before:.0f} MB with 10 streams, {after:.0f} MB after 200"
    yield Figure(name="memory after 200 streams / 10", value=after / before, bar=1.2, n=200, said=said)


async def _readers(server: Served, count: int, events: int) -> tuple[list[float], int]:
    """The delays of every event at every reader, and how many never came."""
    wire, sent, delays = Wire(server.port), dict[int, float](), list[float]()
    base = count * 1_000

    async def read(who: int) -> None:
        async with aclosing(wire.events("/api/v1/stream", {WHO: f"reader-{who // 10}"})) as stream:
            async for event in stream:
                number = _number(event)
                if number in sent:
                    delays.append((time.perf_counter() - sent[number]) * 1000)
                if number == base + events - 1:
                    return

    await announce(wire, 0)
    tasks = [asyncio.create_task(read(who)) for who in range(count)]
    await asyncio.sleep(2)
    for number in range(base, base + events):
        sent[number] = time.perf_counter()
        await announce(wire, number)
        await asyncio.sleep(0.05)
    await asyncio.wait(tasks, timeout=30)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await wire.close()
    return delays, count * events - len(delays)


def _number(event: dict[str, object]) -> int:
    body = event.get("body")
    found = body.get("number") if isinstance(body, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return found if isinstance(found, int) else -1


def _growth(world: DemoWorld, count: int) -> Iterator[Figure]:
    """The same tickets with 1,000 and with 50,000 old cases, and what a case weighs in the database."""
    medians: list[float] = []
    for cases in (1_000, 50_000):
        with tempfile.TemporaryDirectory() as scratch, served(_brand(Path(scratch), world, cases)) as server:
            times = asyncio.run(_one_by_one(server, world.tickets, count, lambda at: 0.0))
            medians.append(p50(times.complete))
            weight = _bytes_a_case(Path(scratch) / "countersign.db")
    said = f"{medians[1]:.1f} ms against {medians[0]:.1f} ms"
    yield Figure(
        name="suggestion p50, 50,000 cases / 1,000", value=medians[1] / medians[0], bar=1.3, n=count, said=said
    )
    yield Figure(name="kilobytes of a worked case", value=weight / 1024, unit="KB", n=count, said="row, events, log")


def _bytes_a_case(path: Path) -> float:
    """Of what the service keeps about a case that it worked on: its row, requests, effects, events, log entries."""
    with closing(sqlite3.connect(path)) as connection:
        worked = "SELECT case_id FROM cases WHERE helpdesk = 'bench'"
        total = 0
        for table, column in (
            ("cases", "body"), ("approvals", "body"), ("executions", "body"), ("events", "body"), ("audit", "payload"),
        ):  # fmt: skip
            query = f"SELECT coalesce(sum(length({column}) + 200), 0) FROM {table} WHERE case_id IN ({worked})"  # noqa: S608
            total += connection.execute(query).fetchone()[0]
        count = connection.execute("SELECT count(*) FROM cases WHERE helpdesk = 'bench'").fetchone()[0]
    return total / max(count, 1)


def _ratio(
    name: str, ours: Sequence[float], other: Sequence[float], bar: float | None, n: int, *, share: float
) -> Figure:
    one, two = quantile(ours, share), quantile(other, share)
    return Figure(name=name, value=one / two, bar=bar, n=n, said=f"{one:.1f} ms against {two:.1f} ms")
