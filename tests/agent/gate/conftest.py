"""A small shop in a store, and a gate around it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.gate import Execute, GateReport, gate
from agent.limits import PolicyLimits, load_limits, shipped_limits
from agent.policy import PastEffect
from tests.tools.world import NOW, WORLD, paid_order, shipment
from tools import writes
from tools.commerce import Noun, OrderStage
from tools.ports import Receipt
from tools.store.bulk import write
from tools.store.local import LocalStore
from tools.store.nouns import row_of
from tools.store.tables import StoreTable

ARRIVED = paid_order("1005", OrderStage.DELIVERED)
CANCELLED = paid_order("1006", OrderStage.CANCELLED)
SECOND = paid_order("1007", OrderStage.PENDING)
PARCEL = shipment(ARRIVED).model_copy(update={"delivered_at": NOW - timedelta(days=3)})
LIMITS = load_limits(shipped_limits())


def put(store: LocalStore, nouns: Sequence[Noun]) -> None:
    rows = [row_of(noun) for noun in nouns]
    with store.transaction() as connection:
        write(connection, {name: [row for row in rows if row.table == name] for name in StoreTable.metadata.tables})


@dataclass
class Shop:
    """Runs the gate over calls and keeps what came out. Verdict lines are JSON, so their values are Any."""

    store: LocalStore
    folder: Path
    limits: PolicyLimits = LIMITS
    done: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    report: GateReport = field(default_factory=GateReport)

    def judge(self, *calls: object) -> list[dict[str, Any]]:
        return self.run([json.dumps(call) for call in calls])

    def apply(self, *calls: object, sign: str | None = None) -> list[dict[str, Any]]:
        return self.run([json.dumps(call) for call in calls], execute=self.execute, sign=sign)

    def run(
        self, lines: Sequence[str], *, execute: Execute | None = None, sign: str | None = None
    ) -> list[dict[str, Any]]:
        calls, out = self.folder / "calls.jsonl", self.folder / "verdicts.jsonl"
        calls.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.report = gate(self.store.readers(), self.limits, calls, out, now=NOW, execute=execute, approve_as=sign)
        return [json.loads(line) for line in out.read_text().splitlines()]

    def execute(self, effect: PastEffect) -> Receipt:
        receipt = writes.apply(effect.action, self.store.writers(lambda: NOW), effect.key)
        self.done.append((effect.action.kind, effect.key, effect.approver))
        return receipt


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store on disk, made once; each test takes a copy."""
    path = tmp_path_factory.mktemp("gate") / "store.db"
    with LocalStore.open(f"sqlite:///{path}") as store:
        put(store, (*WORLD, ARRIVED, CANCELLED, SECOND, PARCEL))
    return path


@pytest.fixture
def shop(stocked: Path, tmp_path: Path) -> Generator[Shop]:
    copy = shutil.copy(stocked, tmp_path / "store.db")
    with LocalStore.open(f"sqlite:///{copy}") as store:
        yield Shop(store, tmp_path)
