"""`countersign serve`: where it is, how to come in, and a clear word when it cannot be."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from server.cli.serve import check_folder
from server.lock import DataLock
from server.settings import Settings
from tests.server.cli.conftest import Command

LONGEST = 90
STOPPED = "Stopped. Nothing is lost; the next start goes on from here."


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, log: Path, *options: str) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """A process of its own, answering; the address it listens on."""
    port = free_port()
    environment = {**os.environ, "COUNTERSIGN_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "server", "serve", "--port", str(port), *options]
    with log.open("wb") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _await_answer(address, process, log)
            yield process, address
        finally:
            process.kill()


def _await_answer(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            read(address, "/health")
            return
        time.sleep(0.1)
    pytest.fail(f"it never answered: {log.read_text()}")


def read(address: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_opens_says_how_to_come_in_and_ends_when_told_to(brand: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with serving(brand, log, "--demo") as (process, address):
        status, page = read(address, "/login")
        assert (status, "password" in page.lower()) == (200, True)
        assert json.loads(read(address, "/ready")[1])["ready"] is True
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    said = log.read_text(encoding="utf-8")
    assert f"Countersign is open at {address}" in said
    logins = re.findall(r"^(\S+@alderandwren\.example) +(\w+) +(\S+)$", said, re.MULTILINE)
    assert [role for _, role, _ in logins] == ["agent", "agent", "lead", "admin"]
    assert said.rstrip().endswith(STOPPED)
    assert "Traceback" not in said


def test_a_shop_without_accounts_is_given_a_link_that_makes_the_first(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with serving(tmp_path / "shop", log) as (process, address):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    said = log.read_text(encoding="utf-8")
    assert re.search(rf"{re.escape(address)}/setup\?token=\S+", said) is not None
    assert said.rstrip().endswith(STOPPED)
    assert "Traceback" not in said


def test_a_second_one_on_the_same_data_is_told_so(countersign: Command, brand: Path) -> None:
    with DataLock(brand):
        refused = countersign("serve", "--port", free_port())
    assert refused.code == 2
    assert f"process {os.getpid()} is working on {brand}" in refused.err


def test_a_port_that_is_taken_is_named_before_anything_is_made(countersign: Command, work: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        refused = countersign("serve", "--demo", "--port", port)
    assert refused.code == 2
    assert f"port {port} of 127.0.0.1 cannot be used (address already in use)" in refused.err
    assert f"--port {port + 1}" in refused.err
    assert not (work / "data" / "countersign.db").exists()


def test_a_folder_that_we_make_is_ours_alone(countersign: Command, tmp_path: Path) -> None:
    """Customers, password hashes and secrets are in it; one that is there keeps the rights it has."""
    (tmp_path / "there").mkdir(mode=0o750)
    check_folder(Settings(data_dir=str(tmp_path / "new")))
    check_folder(Settings(data_dir=str(tmp_path / "there")))
    with DataLock(tmp_path / "locked"):
        pass
    rights = {each.name: oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir() if each.is_dir()}
    assert {name: rights[name] for name in ("new", "there", "locked")} == {
        "new": "0o700", "there": "0o750", "locked": "0o700",
    }  # fmt: skip


def test_a_folder_that_cannot_be_written_is_named(countersign: Command, work: Path) -> None:
    (work / "file").write_text("not a folder")
    refused = countersign("serve", data=work / "file" / "data")
    assert refused.code == 2
    assert "cannot be written" in refused.err
    assert "COUNTERSIGN_DATA_DIR" in refused.err


def test_a_role_that_needs_postgres_says_so(countersign: Command, brand: Path, work: Path) -> None:
    (work / ".env").write_text("COUNTERSIGN_ROLE=worker\n")
    refused = countersign("serve", "--port", free_port())
    assert (refused.code, "need Postgres" in refused.err) == (2, True)
