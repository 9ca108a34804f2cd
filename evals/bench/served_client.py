"""What the benchmark asks of the served process: deliveries, floors, streams."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from evals.bench.served import SECRET, SOURCE
from evals.bench.wire import Wire
from server.webhook import signature
from tools.helpdesk import Ticket

START_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running server process on loopback."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return psutil.Process(self.process.pid).memory_info().rss / 1_000_000


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, environment: Mapping[str, str] | None = None, *, answers: bool = True) -> Generator[Served]:
    """The server over a data folder; ended when the block ends. `answers`: wait until it takes requests."""
    port = free_port()
    given = [f"{name}={value}" for name, value in (environment or {}).items()]
    command = ["/usr/bin/env", *given, sys.executable, "-m", "evals.bench.served", str(folder), str(port)]
    log = folder / f"served-{port}.log"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:  # noqa: S603 - ours
        try:
            if answers:
                _await(port, process, log)
            yield Served(process, port)
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def body_of(ticket: Ticket, foreign_id: str) -> bytes:
    """A delivery of the last message of a ticket, as another system would send it."""
    last = ticket.messages[-1]
    message = {
        "id": f"{foreign_id}-m", "text": last.text, "sender": last.sender, "sender_name": last.sender_name,
        "verified": last.sender_verified,
    }  # fmt: skip
    return json.dumps({"id": foreign_id, "subject": ticket.subject, "message": message}).encode()


async def deliver(wire: Wire, ticket: Ticket, foreign_id: str) -> float:
    """Deliver by webhook; the milliseconds until it was accepted. Raises Refused."""
    body, stamp = body_of(ticket, foreign_id), str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-Countersign-Timestamp": stamp,
        "X-Countersign-Signature": signature(SECRET, stamp, body),
        "X-Countersign-Delivery": foreign_id,
    }
    return await _timed(wire, f"/webhooks/{SOURCE}", body, headers, 202)


async def floor(wire: Wire) -> float:
    """Let the server commit one row; the milliseconds it took."""
    return await _timed(wire, "/bench/floor", b"", {}, 200)


async def announce(wire: Wire, number: int) -> float:
    """Let the server append one event; the milliseconds it took."""
    return await _timed(wire, f"/bench/event/{number}", b"", {}, 200)


async def _timed(wire: Wire, path: str, body: bytes, headers: Mapping[str, str], expected: int) -> float:
    started = time.perf_counter()
    await wire.post(path, body, headers, expected)
    return (time.perf_counter() - started) * 1000
