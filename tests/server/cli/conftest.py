"""Runs the command line in this process, as `main` does, in a working folder and data folder of its own."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.__main__ import app
from server.cli.edge import run
from server.cli.folder import DATABASE
from server.clock import write_demo_clock
from tests.agent.gate.conftest import put
from tests.sharing import made_once
from tests.tools.world import NOW, WORLD, paid_order, shipment
from tools.commerce import OrderStage
from tools.connectors.demo import generate
from tools.store.local import LocalStore
from tools.store.snapshot import export_snapshot

WORKED = 12
ARRIVED = paid_order("1005", OrderStage.DELIVERED)
PARCEL = shipment(ARRIVED).model_copy(update={"delivered_at": NOW - timedelta(days=3)})
NOTE = {
    "id": "note",
    "customer": None,
    "action": "add_internal_note",
    "arguments": {"ticket_id": "t-1", "text": "Rang the carrier."},
}
CANCEL = {
    "id": "cancel",
    "customer": "c-ada",
    "action": "cancel_order",
    "arguments": {"order_id": "o-1001", "reason": "no longer needed"},
}
REFUND = {
    "id": "refund",
    "customer": "c-ada",
    "action": "RefundOrder",
    "arguments": {"order_id": "o-1005", "amount": "20.00 USD", "lines": [{"line_id": "l-mug", "quantity": 1}]},
}
STRANGER = {"id": "stranger", "customer": "c-bob", "action": "cancel_order", "arguments": {"order_id": "o-1003"}}


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # whatever the command documents
        """The one document on standard output."""
        return json.loads(self.out)


Command = Callable[..., Answer]


def call(patch: pytest.MonkeyPatch, data: Path, *words: object, typed: bytes = b"") -> Answer:
    """The command line in this process, over one data folder."""
    patch.setenv("COUNTERSIGN_DATA_DIR", str(data))
    patch.setattr(sys, "argv", ["countersign", *map(str, words)])
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        # What a command calls people by is not what the next test does.
        code = copy_context().run(run, app)
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder; the data folder is `data` inside it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def countersign(work: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`countersign("store", "show")` as typed in the working folder; `data` names another data folder."""

    def command(*words: object, data: Path = work / "data", typed: bytes = b"") -> Answer:
        return call(monkeypatch, data, *words, typed=typed)

    return command


@pytest.fixture(scope="session")
def brand_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo brand with the first tickets of its inbox worked on, made once by the command itself."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            made = call(patch, folder / "data", "demo", "--limit", WORKED, "--json")
            assert made.code == 0, made.err
            assert made.json["cases"] == WORKED
            _ask_for_money(patch, folder / "data")

    return made_once(tmp_path_factory, "demo", make) / "data"


def _ask_for_money(patch: pytest.MonkeyPatch, data: Path) -> None:
    """One more ticket: a parcel that the demo brand lost, and its customer wants the money back."""
    with LocalStore.open(f"sqlite:///{data / DATABASE}") as store:
        readers = store.readers()
        order = readers.orders.order(generate().planted["lost"][0])
        assert order is not None
        owner = readers.customers.customer(order.customer_id)
        assert owner is not None
    text = f"{order.number} never came, I want my money."
    asked = call(patch, data, "ticket", text, "--from", owner.emails[0], "--verified", "--json")
    assert "refund_order" in [action["kind"] for action in asked.json["proposal"]["actions"]], asked.out


@pytest.fixture
def brand(brand_once: Path, work: Path) -> Path:
    """A copy of that data folder, where commands find it."""
    return Path(shutil.copytree(brand_once, work / "data"))


@pytest.fixture(scope="session")
def snapshot_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    with LocalStore.open(f"sqlite:///{folder / 'store.db'}") as store:
        put(store, (*WORLD, ARRIVED, PARCEL))
        export_snapshot(store, folder / "snapshot")
    write_demo_clock(folder / "snapshot", NOW)
    return folder / "snapshot"


@pytest.fixture
def snapshot(snapshot_once: Path, work: Path) -> Path:
    """A small shop whose clock stands at NOW."""
    return Path(shutil.copytree(snapshot_once, work / "snapshot"))


@pytest.fixture
def calls(work: Path) -> Callable[..., Path]:
    """A file of calls, or of raw lines."""

    def write(*lines: object) -> Path:
        path = work / "calls.jsonl"
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text(f"{text}\n", encoding="utf-8")
        return path

    return write


def lines_of(path: Path) -> list[Any]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
