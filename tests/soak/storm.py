"""A storm: deliveries tripled and shuffled, people who sign at once, and somebody who kills the workers.

Senders and signers are threads of the test; the service is real processes that listen on loopback. A sender tries again
until it is told that its delivery was taken in, as helpdesks do.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from server.webhook import signature

SOURCE, SECRET = "storm", "a-secret-of-the-storm"
TAKEN = (200, 202)
SIGNERS = ("dana", "priya")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One `countersign serve` that can be killed and started again under the same name and port."""

    environment: Mapping[str, str]
    port: int
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "server", "serve", "--port", str(self.port)]
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(command, env={**os.environ, **self.environment}, stdout=out, stderr=out)

    def kill(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        if self.running is None or self.running.poll() is not None:
            return
        self.running.terminate()
        try:
            self.running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Storm:
    """What is sent and signed. `port` is where the pages and webhooks are."""

    port: int
    keys: Mapping[str, str]
    """The API key of each signer."""
    answers: Counter[int] = field(default_factory=Counter[int])
    signed: set[str] = field(default_factory=set[str])
    over: threading.Event = field(default_factory=threading.Event)

    def send(self, deliveries: Sequence[tuple[str, bytes]], seconds: float) -> list[str]:
        """Send everything three times in any order; the ids that were never taken in within the time."""
        chance = random.Random(7)  # noqa: S311 - reproducible, not secret
        every = [each for each in deliveries for _ in range(3)]
        chance.shuffle(every)
        deadline = time.monotonic() + seconds
        with ThreadPoolExecutor(8) as senders:
            names, bodies = [name for name, _ in every], [body for _, body in every]
            taken = list(senders.map(self._sent, names, bodies, [deadline] * len(every)))
        return [name for name, arrived in zip(names, taken, strict=True) if not arrived]

    def _sent(self, name: str, body: bytes, deadline: float) -> bool:
        while time.monotonic() < deadline:
            stamp = str(int(time.time()))
            headers = {
                "Content-Type": "application/json",
                "X-Countersign-Timestamp": stamp,
                "X-Countersign-Signature": signature(SECRET, stamp, body),
                "X-Countersign-Delivery": name,
            }
            status, _ = self.ask("POST", f"/webhooks/{SOURCE}", headers, body)
            self.answers[status] += 1
            if status in TAKEN:
                return True
            time.sleep(0.3)
        return False

    def sign(self) -> None:
        """Both people approve whatever waits, often the same request at the same moment, and each click twice."""
        threads = [threading.Thread(target=self._signs, args=(who,)) for who in self.keys]
        for thread in threads:
            thread.start()
        self.over.wait()
        for thread in threads:
            thread.join(timeout=60)

    def _signs(self, who: str) -> None:
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Content-Type": "application/json"}
        while not self.over.is_set():
            status, content = self.ask("GET", "/api/v1/approvals?status=awaiting&limit=20", headers)
            if status != 200:
                time.sleep(0.5)
                continue
            for waiting in json.loads(content)["requests"]:
                self._click(who, headers, waiting)
                if self.over.is_set():
                    return
            time.sleep(0.2)

    def _click(self, who: str, headers: Mapping[str, str], waiting: Mapping[str, str]) -> None:
        body = json.dumps({"kind": "approve", "digest": waiting["digest"]}).encode()
        path, click = f"/api/v1/approvals/{waiting['id']}/decision", f"{who}-{waiting['digest'][:24]}"
        for _ in range(2):
            status, _ = self.ask("POST", path, {**headers, "Idempotency-Key": click}, body)
            if status in TAKEN:
                self.signed.add(waiting["id"])

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Status and body; 0 when nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def ready(self, seconds: float = 120) -> None:
        """Wait until the service takes work."""
        until(lambda: self.ask("GET", "/ready", {})[0] == 200, "the service is ready", seconds)


def until(done: Callable[[], bool], what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.25)
