"""`python -m evals bench core`: the offline suggestion against a floor and a peer, growth, memory and start-up.

Ours, the floor and the peer take turns ticket by ticket, so that a busy moment of the machine hits all three. How many
suggestions come out in a second is measured in rounds of several tickets at once (`at_once.py`), as a worker runs.
"""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.checkpoints import open_checkpoints
from agent.repositories import CaseRecord
from agent.runner import thread
from agent.state import CaseState
from evals.bench.at_once import at_once
from evals.bench.figures import Figure, p50, quantile
from evals.bench.floor import floor_graph
from evals.bench.peer import peer_world, run_peer
from evals.bench.world import demo_workshop
from server.container import Workshop
from tools.helpdesk import Ticket

WARM_UP = 20


@dataclass
class Timed:
    """Milliseconds by ticket: to the checked draft, to the pause, of the floor, of the peer."""

    draft: list[float] = field(default_factory=list[float])
    whole: list[float] = field(default_factory=list[float])
    floor: list[float] = field(default_factory=list[float])
    peer: list[float] = field(default_factory=list[float])
    model_calls: int = 0


def core(tickets: int = 300) -> Iterator[Figure]:
    """Every figure of the core benchmark, as it is measured."""
    with tempfile.TemporaryDirectory() as scratch:
        yield from _suggestions(Path(scratch), tickets)
    with tempfile.TemporaryDirectory() as scratch:
        yield at_once(Path(scratch), tickets, WARM_UP)
    yield from _memory()
    yield from _help()
    yield from _growth(min(tickets, 150))
    yield from _knowledge()


def _suggestions(folder: Path, count: int) -> Iterator[Figure]:
    with demo_workshop(folder / "ours") as (workshop, inbox):
        timed = _race(folder, workshop, inbox[: count + WARM_UP])
    n = len(timed.draft)
    yield _ratio("suggestion p50 / floor p50", p50(timed.draft), p50(timed.floor), 3, n)
    yield _ratio("suggestion p95 / floor p95", quantile(timed.draft, 0.95), quantile(timed.floor, 0.95), 4, n)
    rate, peer = 1000 * n / sum(timed.draft), 1000 * n / sum(timed.peer)
    said = f"{rate:.1f} against {peer:.1f} a second, each up to the draft that waits for a person"
    yield Figure(name="suggestions a second / peer, one after another", value=rate / peer, n=n, said=said)
    whole = 1000 * n / sum(timed.whole)
    said = f"{whole:.1f} a second with tags and queue done, case and request kept; the peer has done none of that"
    yield Figure(name="whole tickets a second / peer", value=whole / peer, n=n, said=said)
    yield Figure(name="model calls", value=timed.model_calls, bar=0, n=n)
    ours, theirs = checkpoint_bytes(folder / "ours" / "checkpoints.db"), checkpoint_bytes(folder / "peer.db")
    said = f"{ours / 1024:.1f} against {theirs / 1024:.1f} KB a ticket"
    yield Figure(name="checkpoint bytes / peer", value=ours / theirs, bar=0.5, n=n, said=said)


def _ratio(name: str, ours: float, other: float, bar: float, n: int) -> Figure:
    return Figure(name=name, value=ours / other, bar=bar, n=n, said=f"{ours:.1f} ms against {other:.1f} ms")


def _race(folder: Path, workshop: Workshop, inbox: Sequence[Ticket]) -> Timed:
    timed = Timed()
    world = peer_world(workshop)
    with open_checkpoints(folder / "floor.db") as floor_saver, open_checkpoints(folder / "peer.db") as peer_saver:
        floor, peer = floor_graph(floor_saver), run_peer(world, peer_saver)
        for number, ticket in enumerate(inbox):
            record, whole = _timed(lambda ticket=ticket: workshop.runner.start(ticket.id))
            state: CaseState = {"version": 1, "case_id": ticket.id, "ticket_id": ticket.id, "turn": "1", "rounds": 0}
            config = thread(ticket.id, "1")
            _, least = _timed(lambda state=state, config=config: floor.invoke(state, config, durability="sync"))  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType]
            _, theirs = _timed(lambda ticket=ticket, record=record: peer(ticket, record, ticket.id))
            if number >= WARM_UP:
                _note(timed, record, whole, least, theirs)
    return timed


def _timed(call: Callable[[], CaseRecord | object]) -> tuple[CaseRecord, float]:
    gc.disable()
    started = time.perf_counter()
    result = call()
    spent = (time.perf_counter() - started) * 1000
    gc.enable()
    return result, spent  # pyright: ignore[reportReturnType] - only our own runs give a record, and only that is read


def _note(timed: Timed, record: CaseRecord, whole: float, floor: float, peer: float) -> None:
    timed.draft.append(record.timings["to_draft"])
    timed.whole.append(whole)
    timed.floor.append(floor)
    timed.peer.append(peer)
    timed.model_calls += record.model_calls


def checkpoint_bytes(path: Path) -> float:
    """Bytes of checkpoints and pending writes per thread."""
    with sqlite3.connect(path) as connection:
        size = sum(
            connection.execute(f"SELECT coalesce(sum({columns}), 0) FROM {table}").fetchone()[0]  # noqa: S608 - our words
            for table, columns in (
                ("checkpoints", "length(checkpoint) + length(metadata)"),
                ("writes", "length(value)"),
            )
        )
        threads = connection.execute("SELECT count(DISTINCT thread_id) FROM checkpoints").fetchone()[0]
    return size / max(threads, 1)


def _memory() -> Iterator[Figure]:
    """Resident memory of a process that has worked on 100 tickets and has loaded nothing for benchmarks."""
    used = float(_python("from evals.bench.memory import resident; print(resident(100))").split()[-1])
    yield Figure(name="resident memory", value=used, unit="MB", bar=450, n=100)


def _help() -> Iterator[Figure]:
    runs = 7
    ours = min(_seconds([sys.executable, "-m", "server", "--help"]) for _ in range(runs))
    bare = min(_seconds([sys.executable, "-c", "pass"]) for _ in range(runs))
    stack = min(_seconds([sys.executable, "-c", "import langgraph.graph, chromadb"]) for _ in range(runs))
    said = f"{ours * 1000:.0f} ms against {stack * 1000:.0f} ms (python alone {bare * 1000:.0f} ms), best of {runs}"
    yield Figure(name="--help / importing langgraph and chromadb", value=ours / stack, bar=0.25, n=runs, said=said)


def _growth(count: int) -> Iterator[Figure]:
    medians: list[float] = []
    for orders, cases in ((1_000, 500), (100_000, 50_000)):
        with tempfile.TemporaryDirectory() as scratch, demo_workshop(Path(scratch), orders, cases) as (workshop, inbox):
            records = [workshop.runner.start(ticket.id) for ticket in inbox[: count + WARM_UP]]
            medians.append(p50([record.timings["to_draft"] for record in records[WARM_UP:]]))
    yield _ratio("suggestion p50, 100,000 orders / 1,000", medians[1], medians[0], 1.3, count)


def _knowledge() -> Iterator[Figure]:
    from evals.bench.passages import search_times

    small, large = search_times(100), search_times(10_000)
    ours, other = quantile(large, 0.95), quantile(small, 0.95)
    yield _ratio("search p95, 10,000 passages / 100", ours, other, 3, len(large))


def _python(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600)  # noqa: S603
    return run.stdout


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True, timeout=60)  # noqa: S603 - our own interpreter
    return time.perf_counter() - started
